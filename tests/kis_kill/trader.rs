//! Somebody who types orders of all kinds until the desk is killed.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::exchange::BEGINS_AT;
use crate::random::Random;
use crate::user::{Ran, User};

const AFTER_THE_KILL: Duration = Duration::from_millis(60);
const LOOK_EVERY: Duration = Duration::from_millis(1);
/// Smallest step of a fund's price.
const TICK: u64 = 5;

/// What came of the commands of a trader.
#[derive(Debug, Default)]
pub struct Diary {
    /// Client ids of orders that the desk answered for.
    pub answered: Vec<String>,
    /// Orders whose outcome the command could not tell.
    pub lost: u64,
    /// Orders refused before anything was written, by code.
    pub refused: BTreeMap<String, u64>,
    /// Cancels and changes that were answered.
    pub changes: u64,
}

/// Types until `stop`; every answer counts in `answers`.
pub fn trade(user: &User, symbols: &[String], seed: u64, name: &str, stop: &AtomicBool, answers: &AtomicU64) -> Diary {
    let mut random = Random::new(seed);
    let (mut diary, mut count) = (Diary::default(), 0);
    while !stop.load(Ordering::Relaxed) {
        count += 1;
        let own = format!("{name}-{count}");
        let (line, is_order) = match random.below(20) {
            0 => ("order cancel --all".to_owned(), false),
            1..=3 => {
                (format!("order replace {} --price {}", earlier(name, count, &mut random), near(&mut random)), false)
            }
            4 | 5 => (format!("order cancel {}", earlier(name, count, &mut random)), false),
            _ => (format!("{} --client-id {own}", order(symbols, &mut random)), true),
        };
        let Some(ran) = typed(user, &format!("{line} --yes --json"), stop) else { break };
        answers.fetch_add(1, Ordering::Relaxed);
        match (is_order, ran.status) {
            (true, 0) => diary.answered.push(own),
            (true, 6 | 2) => *diary.refused.entry(ran.error()["code"].to_string()).or_default() += 1,
            (true, _) => diary.lost += 1,
            (false, 0) => diary.changes += 1,
            (false, _) => {}
        }
    }
    diary
}

/// Types a command; whoever sits there closes the terminal a moment after the desk is gone, answered or not.
fn typed(user: &User, line: &str, stop: &AtomicBool) -> Option<Ran> {
    let words: Vec<&str> = line.split(' ').collect();
    let mut command = user.command(&words);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut left = AFTER_THE_KILL;
    while child.try_wait().unwrap().is_none() {
        if stop.load(Ordering::Relaxed) {
            if left.is_zero() {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
            left = left.saturating_sub(LOOK_EVERY);
        }
        std::thread::park_timeout(LOOK_EVERY);
    }
    Some(user.ran(&child.wait_with_output().unwrap()))
}

/// One of the trader's last few orders.
fn earlier(name: &str, count: u64, random: &mut Random) -> String {
    format!("{name}-{}", count.saturating_sub(1 + random.below(4)).max(1))
}

/// A price near the market, on either side of it.
fn near(random: &mut Random) -> u64 {
    BEGINS_AT - 10 * TICK + random.below(20) * TICK
}

/// Few quantities and prices, so that there are orders that look the same.
fn order(symbols: &[String], random: &mut Random) -> String {
    let side = *random.pick(&["buy", "sell"]);
    let what = format!("{} {}", random.pick(symbols), 1 + random.below(3));
    let away = |steps: u64| (2 + steps) * TICK;
    match random.below(10) {
        0 | 1 => format!("order {side} {what}"),
        2 => format!("order {side} {what}@{} --tif ioc", near(random)),
        3 => format!("order sell {what} --stop {}", BEGINS_AT - away(random.below(8))),
        4 => format!("order buy {what} --stop {} --price {}", BEGINS_AT + away(random.below(8)), BEGINS_AT + 60 * TICK),
        _ => format!("order {side} {what}@{}", near(random)),
    }
}
