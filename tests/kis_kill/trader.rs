//! Somebody who types orders of all kinds until the desk is killed.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::exchange::Issue;
use crate::random::Random;
use crate::user::{Ran, User};

const AFTER_THE_KILL: Duration = Duration::from_millis(60);
const LOOK_EVERY: Duration = Duration::from_millis(1);

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

/// Somebody at a shell.
pub struct Trader<'a> {
    pub user: &'a User,
    pub issue: &'a Issue,
    pub symbols: &'a [String],
    /// What the client ids of the orders begin with.
    pub name: String,
    pub random: Random,
}

impl Trader<'_> {
    /// Types until `stop`; every answer counts in `answers`.
    pub fn trade(mut self, stop: &AtomicBool, answers: &AtomicU64) -> Diary {
        let (mut diary, mut count) = (Diary::default(), 0);
        while !stop.load(Ordering::Relaxed) {
            count += 1;
            let own = format!("{}-{count}", self.name);
            let (line, is_order) = match self.random.below(20) {
                0 => ("order cancel --all".to_owned(), false),
                1..=3 => (format!("order replace {} --price {}", self.earlier(count), self.near()), false),
                4 | 5 => (format!("order cancel {}", self.earlier(count)), false),
                _ => (format!("{} --client-id {own}", self.order()), true),
            };
            let Some(ran) = typed(self.user, &format!("{line} --yes --json"), stop) else { break };
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

    /// One of the last few orders.
    fn earlier(&mut self, count: u64) -> String {
        format!("{}-{}", self.name, count.saturating_sub(1 + self.random.below(4)).max(1))
    }

    /// A price near the market, on either side of it.
    fn near(&mut self) -> u64 {
        self.issue.begins_at - 10 * self.issue.tick + self.random.below(20) * self.issue.tick
    }

    /// Few quantities and prices, so that there are orders that look the same.
    fn order(&mut self) -> String {
        let side = *self.random.pick(&["buy", "sell"]);
        let what = format!("{} {}", self.random.pick(self.symbols), 1 + self.random.below(3));
        let Issue { begins_at, tick, .. } = *self.issue;
        let away = (2 + self.random.below(8)) * tick;
        match self.random.below(10) {
            0 | 1 => format!("order {side} {what}"),
            2 => format!("order {side} {what}@{} --tif ioc", self.near()),
            3 => format!("order sell {what} --stop {}", begins_at - away),
            4 => format!("order buy {what} --stop {} --price {}", begins_at + away, begins_at + 60 * tick),
            _ => format!("order {side} {what}@{}", self.near()),
        }
    }
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
