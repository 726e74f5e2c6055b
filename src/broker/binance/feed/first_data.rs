//! Streams that tick by themselves and have not yet: a name the server took but does not know stays silent for ever.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior, interval};

/// Looks it has to survive before people are told: whole waits, whenever between two looks it began.
const LOOKS: u8 = 2;

pub(super) struct FirstData {
    /// By name, with the looks it was seen silent at.
    silent: BTreeMap<String, u8>,
    look: Interval,
}

impl FirstData {
    /// A stream is told after at least `wait`, at most two of it. Within a runtime.
    pub(super) fn new(wait: Duration) -> Self {
        let mut look = interval(wait.max(Duration::from_millis(1)));
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { silent: BTreeMap::new(), look }
    }

    /// These were subscribed; those of them that tick by themselves are waited for.
    pub(super) fn expect(&mut self, names: &[String]) {
        if self.silent.is_empty() {
            self.look.reset();
        }
        for name in names.iter().filter(|name| ticks_by_itself(name)) {
            self.silent.insert(name.clone(), 0);
        }
    }

    /// These are no longer subscribed, or cannot come now.
    pub(super) fn forget(&mut self, names: &[String]) {
        for name in names {
            self.silent.remove(name);
        }
    }

    /// Whether any is waited for.
    pub(super) fn waits(&self) -> bool {
        !self.silent.is_empty()
    }

    /// One has come.
    pub(super) fn saw(&mut self, name: &str) {
        if !self.silent.is_empty() {
            self.silent.remove(name);
        }
    }

    /// Streams that have been silent too long, each told once; never ends while none is. Cancel-safe.
    pub(super) async fn overdue(&mut self) -> Vec<String> {
        if self.silent.is_empty() {
            std::future::pending::<()>().await;
        }
        loop {
            self.look.tick().await;
            for looks in self.silent.values_mut() {
                *looks += 1;
            }
            let overdue = self.silent.extract_if(.., |_, looks| *looks >= LOOKS).map(|(name, _)| name);
            let overdue: Vec<String> = overdue.collect();
            if !overdue.is_empty() {
                return overdue;
            }
        }
    }
}

/// Trades and best prices may rest for hours in a small market; marks, the day's numbers and books do not.
fn ticks_by_itself(name: &str) -> bool {
    !(name.ends_with("@aggTrade") || name.ends_with("@bookTicker"))
}
