//! What will happen when: the exchange's clockwork.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use crate::market::UtcTime;

/// Something that happens at its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// An agent of a pit looks at the market.
    Act {
        /// Which pit.
        pit: u16,
        /// Which agent.
        agent: u16,
    },
    /// The market factor and every fair value move.
    Factor,
    /// The coalesced book and day's numbers of a pit go out.
    Publish(u16),
    /// A phase of a pit ends, if it is still the same.
    PhaseEnd {
        /// Which pit.
        pit: u16,
        /// The era it was planned in.
        era: u32,
    },
    /// The closing call begins.
    Closing,
    /// A new day of the KRX-like instruments.
    NewDay,
    /// Midnight UTC: a new day of what trades around the clock.
    Midnight,
    /// Mark prices go out.
    Mark,
    /// Funding is paid.
    Funding,
    /// Prices go to the journal.
    Checkpoint,
}

/// The clockwork. What is planned for the same instant happens in the order it was planned.
#[derive(Debug, Clone, Default)]
pub struct Agenda {
    heap: BinaryHeap<Reverse<(UtcTime, u64, Item)>>,
    planned: u64,
}

impl Agenda {
    /// Plans something.
    pub fn plan(&mut self, at: UtcTime, item: Item) {
        self.planned += 1;
        self.heap.push(Reverse((at, self.planned, item)));
    }

    /// The next thing that is due by `until`.
    pub fn next(&mut self, until: UtcTime) -> Option<(UtcTime, Item)> {
        let Reverse((at, _, _)) = self.heap.peek()?;
        if *at > until {
            return None;
        }
        self.heap.pop().map(|Reverse((at, _, item))| (at, item))
    }

    /// Moves everything into the future, except what the calendar sets: that is due at once when its time has passed.
    pub fn postpone(&mut self, by: Duration) {
        let moved = self.heap.drain().map(|Reverse((at, order, item))| match item {
            Item::Midnight | Item::Funding => Reverse((at, order, item)),
            _ => Reverse((at.plus(by), order, item)),
        });
        self.heap = moved.collect::<Vec<_>>().into();
    }
}
