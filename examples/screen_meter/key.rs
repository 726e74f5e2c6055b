//! From a key to its effect.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::figures::percentiles;
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
/// Presses of each key.
const PRESSES: usize = 100;

/// A cell that a key changes: where, how it looks before, and after.
#[derive(Debug, Clone, PartialEq)]
struct Sign {
    x: u16,
    y: u16,
    before: Cell,
    after: Cell,
}

/// Presses a key and the one that undoes it, in turn, while updates arrive.
pub fn latency(setting: &Setting, rate: u64, keys: &[String]) -> Result<Value> {
    let [there, back] = keys else { bail!("two keys are needed: one, and the one that undoes it") };
    if matches!(setting.kind, crate::subject::Kind::Reference(_)) {
        return Ok(
            json!({ "measure": "key", "program": setting.name(), "latency_ms": null, "why": "it takes no keys" }),
        );
    }
    let subject = setting.start()?;
    let signs = learn(&subject, there, back)?;
    let mut feed = setting.feed(rate);
    feed.updates = rate * 600;
    let mut run = subject.source.feed(feed);
    wait(Duration::from_secs(1));
    let (mut times, mut missed) = (Vec::new(), 0);
    for press in 0..PRESSES * 2 {
        let forward = press % 2 == 0;
        match press_and_wait(&subject, if forward { there } else { back }, &signs, forward) {
            Some(time) => times.push(time),
            None => missed += 1,
        }
        let (least, most) = BETWEEN;
        wait(Duration::from_micros(least + press as u64 * STEP % (most - least)));
    }
    run.stop();
    Ok(json!({
        "measure": "key", "program": setting.name(), "rate": rate, "fps": setting.fps, "keys": keys,
        "cells": signs.len(), "missed": missed, "latency_ms": percentiles(times),
    }))
}

/// Which cells the key changes, and the other changes back, each time. Digits are left out: the market moves them.
fn learn(subject: &Subject, there: &str, back: &str) -> Result<Vec<Sign>> {
    if let Source::Desk(desk) = &subject.source {
        desk.count_to(1);
    }
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
