//! From a key to its effect.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::figures::{percentiles, rounded};
use crate::subject::{Setting, Source, Subject, wait};
use crate::terminal::screen::{Cell, Screen};

/// Rest after a key in quiet, until all its effects are on the screen.
const REST: Duration = Duration::from_millis(400);
/// Shortest and longest time between an effect and the next key. Spread, so that keys come at every moment of a frame
/// and not always as long after one.
const BETWEEN: (u64, u64) = (40_000, 90_000);
/// A step that visits that time evenly: the golden ratio of it, in microseconds.
const STEP: u64 = 30_902;
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two tries to get where the keys are to be pressed; a quicker one is taken for a held key.
const AGAIN: Duration = Duration::from_secs(1);

/// A key and the one that undoes it, each with an effect at every press.
#[derive(Debug, Clone)]
pub struct Pair {
    /// What they do.
    name: String,
    /// How to get where they do it.
    before: Before,
    there: String,
    back: String,
}

#[derive(Debug, Clone)]
enum Before {
    Nothing,
    /// Keys, until a text appears.
    Keys(&'static str, &'static str),
    /// A click on a text.
    Click(&'static str),
}

impl Pair {
    /// What a trader's hand does most: the cursor of an armed ladder, the marked row of the watch list, the order form.
    pub fn usual() -> Vec<Self> {
        let pair = |name: &str, before, there: &str, back: &str| Self {
            name: name.to_owned(),
            before,
            there: there.to_owned(),
            back: back.to_owned(),
        };
        vec![
            pair("cursor of the armed ladder", Before::Keys("A", "ARMED"), "<down>", "<up>"),
            pair("row of the watch list", Before::Click("Kakao"), "<down>", "<up>"),
            pair("order form", Before::Nothing, "b", "<esc>"),
        ]
    }

    /// Keys of the caller's choice.
    pub fn of(keys: &[String]) -> Result<Self> {
        let [there, back] = keys else { bail!("two keys are needed: one, and the one that undoes it") };
        let name = format!("{there} {back}");
        Ok(Self { name, before: Before::Nothing, there: there.clone(), back: back.clone() })
    }

    fn prepare(&self, subject: &Subject) -> Result<()> {
        match self.before {
            Before::Nothing => Ok(()),
            Before::Click(text) => {
                subject.terminal.click_text(text);
                wait(REST);
                Ok(())
            }
            Before::Keys(keys, text) => {
                for _ in 0..8 {
                    stand_still(subject);
                    subject.terminal.type_keys(keys);
                    if subject.terminal.becomes(AGAIN, |screen| screen.shows(text)) {
                        wait(REST);
                        return Ok(());
                    }
                }
                bail!("{text:?} did not appear after {keys}:\n{}", subject.terminal.text())
            }
        }
    }
}

/// A cell that a key changes: where, how it looks before, and after.
#[derive(Debug, Clone, PartialEq)]
struct Sign {
    x: u16,
    y: u16,
    before: Cell,
    after: Cell,
}

/// A reference takes no keys.
pub fn none(setting: &Setting) -> Value {
    json!({ "measure": "key", "program": setting.name(), "latency_ms": null, "why": "it takes no keys" })
}

/// Presses a key and the one that undoes it, in turn, so many times each, while updates arrive.
pub fn latency(setting: &Setting, rate: u64, pair: &Pair, presses: usize) -> Result<Value> {
    let subject = setting.start()?;
    pair.prepare(&subject)?;
    let signs = learn(&subject, &pair.there, &pair.back)?;
    let mut feed = setting.feed(rate);
    feed.updates = rate * 600;
    let mut run = subject.source.feed(feed);
    wait(Duration::from_secs(1));
    let (mut times, mut missed) = (Vec::new(), 0);
    let (bytes, began) = (subject.terminal.bytes_written(), Instant::now());
    let before = run.count();
    for press in 0..presses * 2 {
        let forward = press % 2 == 0;
        match press_and_wait(&subject, if forward { &pair.there } else { &pair.back }, &signs, forward) {
            Some(time) => times.push(time),
            None => missed += 1,
        }
        let (least, most) = BETWEEN;
        wait(Duration::from_micros(least + press as u64 * STEP % (most - least)));
    }
    let time = began.elapsed().as_secs_f64();
    let (written, updates) = (subject.terminal.bytes_written() - bytes, run.count() - before);
    run.stop();
    Ok(json!({
        "measure": "key", "program": setting.name(), "what": pair.name, "keys": [pair.there, pair.back],
        "rate": rate, "fps": setting.fps, "cells": signs.len(), "missed": missed,
        "updates_per_second": rounded(updates as f64 / time),
        "kib_per_second": rounded(written as f64 / 1_024.0 / time),
        "latency_ms": percentiles(times),
    }))
}

/// The market as it stands is told again: nothing on the screen changes, and nothing grows old.
fn stand_still(subject: &Subject) {
    if let Source::Desk(desk) = &subject.source {
        desk.count_to(1);
    }
}

/// Which cells the key changes, and the other changes back, each time. Digits are left out: the market moves them.
fn learn(subject: &Subject, there: &str, back: &str) -> Result<Vec<Sign>> {
    stand_still(subject);
    wait(REST);
    let mut kept: Option<Vec<Sign>> = None;
    for _ in 0..3 {
        let before = cells(subject);
        press(subject, there);
        let after = cells(subject);
        press(subject, back);
        let again = cells(subject);
        let signs =
            before.into_iter().zip(after).zip(again).filter_map(|(((x, y, before), (_, _, after)), (_, _, again))| {
                let digits = |cell: &Cell| cell.text.chars().any(|c| c.is_ascii_digit());
                let is_sign = before != after && before == again && !(digits(&before) || digits(&after));
                is_sign.then_some(Sign { x, y, before, after })
            });
        let signs: Vec<Sign> = signs.collect();
        kept = Some(match kept {
            Some(kept) => kept.into_iter().filter(|sign| signs.contains(sign)).collect(),
            None => signs,
        });
    }
    match kept {
        Some(kept) if !kept.is_empty() => Ok(kept),
        _ => bail!("{there} has no effect that {back} undoes:\n{}", subject.terminal.text()),
    }
}

fn press(subject: &Subject, key: &str) {
    stand_still(subject);
    subject.terminal.type_keys(key);
    wait(REST);
}

fn cells(subject: &Subject) -> Vec<(u16, u16, Cell)> {
    subject.terminal.look(|screen| {
        let (rows, columns) = screen.size();
        let places = (0..rows).flat_map(|y| (0..columns).map(move |x| (x, y)));
        places.filter_map(|(x, y)| screen.cell(x, y).map(|cell| (x, y, cell))).collect()
    })
}

/// The effect is there when more of the cells look as after the key than as before it.
fn is_there(screen: &Screen, signs: &[Sign], forward: bool) -> bool {
    let score: i64 = signs
        .iter()
        .map(|sign| match screen.cell(sign.x, sign.y) {
            Some(cell) if cell == sign.after => 1,
            Some(cell) if cell == sign.before => -1,
            _ => 0,
        })
        .sum();
    if forward { score > 0 } else { score < 0 }
}

fn press_and_wait(subject: &Subject, key: &str, signs: &[Sign], forward: bool) -> Option<Duration> {
    let seen: Arc<Mutex<Option<Instant>>> = Arc::default();
    let (noted, looked_for) = (seen.clone(), signs.to_vec());
    subject.terminal.observe(move |screen, at| {
        let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.is_none() && is_there(screen, &looked_for, forward) {
            *noted = Some(at);
        }
    });
    let pressed = Instant::now();
    subject.terminal.type_keys(key);
    let at = || *seen.lock().unwrap_or_else(PoisonError::into_inner);
    subject.terminal.becomes(PATIENCE, |_| at().is_some());
    subject.terminal.stop_observing();
    at().map(|at| at.saturating_duration_since(pressed))
}
