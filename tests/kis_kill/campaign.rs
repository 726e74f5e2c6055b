//! Kill after kill on one data folder and one exchange, and then on the next; and what came of all of them.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::catch_unwind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::exchange::Issue;
use crate::house::House;

/// Kills on one exchange: the lists of a day's orders grow, and the broker gives few pages a second.
const KILLS_ON_ONE: u64 = 50;

#[derive(Debug, Default)]
pub struct Tally {
    pub seed: u64,
    pub kills: u64,
    pub answered: u64,
    pub lost: u64,
    pub refused: BTreeMap<String, u64>,
    pub changes: u64,
    pub sent: u64,
    pub there: u64,
    pub orders: u64,
    pub fills: u64,
    pub unknown_found: u64,
    pub never_left: u64,
    /// What the desk showed a person after a restart, by kind.
    pub shown: BTreeMap<String, u64>,
    pub recoveries: Vec<Duration>,
    took: Duration,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.kills += other.kills;
        self.answered += other.answered;
        self.lost += other.lost;
        self.changes += other.changes;
        self.sent += other.sent;
        self.there += other.there;
        self.orders += other.orders;
        self.fills += other.fills;
        self.unknown_found += other.unknown_found;
        self.never_left += other.never_left;
        self.recoveries.extend(other.recoveries);
        for (mine, others) in [(&mut self.refused, other.refused), (&mut self.shown, other.shown)] {
            for (name, count) in others {
                *mine.entry(name).or_default() += count;
            }
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut recoveries = self.recoveries.clone();
        recoveries.sort_unstable();
        let at =
            |share: usize| recoveries.get((recoveries.len() * share / 100).min(recoveries.len().saturating_sub(1)));
        let seconds = |share| at(share).map_or(0.0, Duration::as_secs_f64);
        write!(
            f,
            "seed {}: {} kills in {:.0} s; {} orders answered, {} cut off, refused: {:?}, {} changes; {} orders sent, {} taken by \
             the exchange, ledger {} orders, {} fills; {} unknown orders found, {} of them never left; shown after \
             restarts: {:?}; agreed {:.2} s after the start of the desk in the middle, {:.2} s at 99 %, {:.2} s at most; 0 \
             unknown to the ledger, 0 sent twice, 0 differences of cash or position",
            self.seed,
            self.kills,
            self.took.as_secs_f64(),
            self.answered,
            self.lost,
            self.refused,
            self.changes,
            self.sent,
            self.there,
            self.orders,
            self.fills,
            self.unknown_found,
            self.never_left,
            self.shown,
            seconds(50),
            seconds(99),
            seconds(100),
        )
    }
}

/// So many houses at a time, for a desk mostly waits. Orders that never left are followed until the exchange cannot take
/// them any more where `to_the_end`: longer than a minute.
pub fn run(issue: &'static Issue, (seed, kills): (u64, u64), at_once: u64, to_the_end: bool) -> Tally {
    eprintln!("seed {seed}");
    let began = Instant::now();
    let (next, tally) = (AtomicU64::new(0), Mutex::new(Tally { seed, ..Tally::default() }));
    // A symbol of which an order is unknown takes no other until that is known; there must be some left. And each takes two
    // of the 41 registrations.
    let beside = if to_the_end { 18 } else { 4 };
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                // Where one has failed the lock is poisoned, and no other begins.
                while !tally.is_poisoned() {
                    let done = next.fetch_add(KILLS_ON_ONE, Ordering::Relaxed);
                    if done >= kills {
                        return;
                    }
                    let outcome = catch_unwind(|| {
                        let mut house = House::new(seed.wrapping_add(done), issue, beside);
                        house.run(KILLS_ON_ONE.min(kills - done));
                        house.finish(to_the_end)
                    });
                    let mut tally = tally.lock().expect("every house agrees");
                    tally.add(outcome.expect("a house that agrees to its end"));
                    eprintln!("{} kills, {:.0} s", tally.kills, began.elapsed().as_secs_f64());
                }
            });
        }
    });
    let mut tally = tally.into_inner().expect("every house agrees");
    tally.took = began.elapsed();
    tally
}
