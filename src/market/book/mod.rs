//! An order book kept from snapshots and diffs, which knows when it cannot be trusted.
//!
//! Built by Binance's own procedure ("How to manage a local order book correctly"): diffs are buffered until a snapshot
//! comes, what the snapshot contains already is dropped, the first diff applied must straddle the snapshot, and every
//! later one must connect to the one before. Whatever does not connect, crosses the book or cannot be read makes the
//! book stale until a snapshot (or a whole book, where the venue only sends those) heals it.
//!
//! A stale book cannot be read by mistake: [`OrderBook::live`] gives nothing, and [`OrderBook::last_known`] says what it
//! is.

mod grid;
mod levels;
mod sequence;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::ops::Deref;

pub use grid::{FixedLevel, Grid};
pub use levels::{DEPTH_MAX, Levels};
use sequence::{Position, Verdict};

use super::event::{BookUpdate, Level, Sequence};
use super::side::Side;

/// Diffs kept while waiting for a snapshot: 100 seconds of a 100 ms stream.
pub const BUFFER_MAX: usize = 1_000;

/// Whether a book can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookState {
    /// Nothing came yet.
    Empty,
    /// Every change up to the last update is in it.
    Live,
    /// It was live, or was meant to be, and is not now.
    Stale(StaleReason),
}

/// Why a book cannot be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaleReason {
    /// A diff did not connect to what came before it: something was lost, or the snapshot is too old.
    Gap {
        /// Id that should have come.
        expected: u64,
        /// Id that came.
        got: u64,
    },
    /// The best bid was at or above the best ask.
    Crossed,
    /// The connection said so: it broke, or fell silent.
    Feed,
    /// An update contradicts itself or has a price or quantity the instrument cannot have.
    Malformed,
}

/// What became of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// The book is live and contains it.
    Changed,
    /// The book contained it already.
    Ignored,
    /// It waits for a snapshot.
    Buffered,
    /// It made the book stale.
    Stale(StaleReason),
}

/// What happened to a book since it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BookCounts {
    /// Diffs applied.
    pub diffs: u64,
    /// Snapshots and whole books applied.
    pub snapshots: u64,
    /// Diffs and snapshots that were in the book already.
    pub duplicates: u64,
    /// Times something did not connect.
    pub gaps: u64,
    /// Times the book crossed.
    pub crossed: u64,
    /// Levels that do not fit the instrument, and updates that contradict themselves.
    pub malformed: u64,
    /// Buffered diffs thrown away because too many waited.
    pub overflowed: u64,
    /// Levels beyond the cap thrown away.
    pub trimmed: u64,
}

/// Levels that are current: proof, for who asks for one, that the book was live.
#[derive(Debug, Clone, Copy)]
pub struct LiveBook<'a>(&'a Levels);

impl<'a> LiveBook<'a> {
    /// The levels, for as long as the book is not changed.
    #[must_use]
    pub const fn levels(self) -> &'a Levels {
        self.0
    }
}

impl Deref for LiveBook<'_> {
    type Target = Levels;
    fn deref(&self) -> &Levels {
        self.0
    }
}

/// The order book of one instrument.
#[derive(Debug, Clone)]
pub struct OrderBook {
    levels: Levels,
    state: BookState,
    position: Position,
    waiting: VecDeque<BookUpdate>,
    counts: BookCounts,
}

impl OrderBook {
    /// An empty book of an instrument with so many decimals, holding up to [`DEPTH_MAX`] levels a side.
    #[must_use]
    pub fn new(price_decimals: u32, quantity_decimals: u32) -> Self {
        Self::with_depth(price_decimals, quantity_decimals, DEPTH_MAX)
    }

    /// As [`Self::new`] with another cap on the levels a side (at least one).
    #[must_use]
    pub fn with_depth(price_decimals: u32, quantity_decimals: u32, depth_max: usize) -> Self {
        Self {
            levels: Levels::new(Grid::new(price_decimals, quantity_decimals), depth_max.max(1)),
            state: BookState::Empty,
            position: Position::Unknown,
            waiting: VecDeque::new(),
            counts: BookCounts::default(),
        }
    }

    /// Takes the next update of the feed, in the order of arrival.
    pub fn apply(&mut self, update: &BookUpdate) -> Applied {
        match update.sequence {
            Sequence::Whole => self.replace(update, Position::Unnumbered),
            Sequence::Snapshot { last } => self.restart(update, last),
            Sequence::Chained { .. } | Sequence::Counted { .. } => {
                if self.state == BookState::Live {
                    self.follow(update)
                } else {
                    self.wait(update)
                }
            }
        }
    }

    /// Makes a live book stale, because the connection broke or fell silent. Diffs that waited for a snapshot are
    /// forgotten: what comes next need not connect to them.
    pub fn mark_stale(&mut self, reason: StaleReason) {
        self.waiting.clear();
        if self.state != BookState::Empty {
            self.spoil(reason);
        }
    }

    /// Whether the book can be trusted.
    #[must_use]
    pub const fn state(&self) -> BookState {
        self.state
    }

    /// The levels, when they are current.
    #[must_use]
    pub fn live(&self) -> Option<LiveBook<'_>> {
        (self.state == BookState::Live).then_some(LiveBook(&self.levels))
    }

    /// The levels as they were left when the book was last changed, current or not. For showing them as old, never for
    /// deciding anything.
    #[must_use]
    pub const fn last_known(&self) -> &Levels {
        &self.levels
    }

    /// Id of the last update in the book, where its feed has ids.
    #[must_use]
    pub const fn last_id(&self) -> Option<u64> {
        self.position.last()
    }

    /// What happened so far.
    #[must_use]
    pub const fn counts(&self) -> BookCounts {
        self.counts
    }

    /// How many diffs wait for a snapshot.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// A snapshot of a numbered book: replaces everything, then takes the diffs that waited.
    fn restart(&mut self, update: &BookUpdate, last: u64) -> Applied {
        let behind = self.position.last().is_some_and(|have| last < have);
        if self.state == BookState::Live && behind {
            self.counts.duplicates += 1;
            return Applied::Ignored;
        }
        let mut outcome = self.replace(update, Position::Snapshot { last });
        let mut waiting = std::mem::take(&mut self.waiting);
        while self.state == BookState::Live
            && let Some(diff) = waiting.pop_front()
        {
            if let stale @ Applied::Stale(_) = self.follow(&diff) {
                outcome = stale;
            }
        }
        // The diffs behind a gap may connect to a later snapshot.
        self.waiting.append(&mut waiting);
        outcome
    }

    fn replace(&mut self, update: &BookUpdate, position: Position) -> Applied {
        self.position = position;
        self.state = BookState::Live;
        self.counts.snapshots += 1;
        self.set_levels(update)
    }

    /// A diff while the book is live.
    fn follow(&mut self, update: &BookUpdate) -> Applied {
        match self.position.judge(&update.sequence) {
            Verdict::Next(position) => {
                self.position = position;
                self.counts.diffs += 1;
                self.set_levels(update)
            }
            Verdict::Contained => {
                self.counts.duplicates += 1;
                Applied::Ignored
            }
            Verdict::Gap { expected, got } => {
                self.counts.gaps += 1;
                self.spoil(StaleReason::Gap { expected, got });
                self.buffer(update);
                Applied::Stale(StaleReason::Gap { expected, got })
            }
            Verdict::Contradiction => {
                self.counts.malformed += 1;
                self.spoil(StaleReason::Malformed)
            }
        }
    }

    /// A diff while there is nothing it could be applied to.
    fn wait(&mut self, update: &BookUpdate) -> Applied {
        self.buffer(update);
        Applied::Buffered
    }

    fn buffer(&mut self, update: &BookUpdate) {
        if self.waiting.len() >= BUFFER_MAX {
            self.waiting.pop_front();
            self.counts.overflowed += 1;
        }
        self.waiting.push_back(update.clone());
    }

    /// Writes the levels of an update into the book, then looks whether the book still makes sense.
    fn set_levels(&mut self, update: &BookUpdate) -> Applied {
        let bad = if matches!(update.sequence, Sequence::Whole | Sequence::Snapshot { .. }) {
            let (bad, trimmed) = self.levels.replace(&update.bids, &update.asks);
            self.counts.trimmed += trimmed;
            bad
        } else {
            self.set_side(Side::Buy, &update.bids) + self.set_side(Side::Sell, &update.asks)
        };
        if bad > 0 {
            self.counts.malformed += bad;
            return self.spoil(StaleReason::Malformed);
        }
        if self.levels.is_crossed() {
            self.counts.crossed += 1;
            return self.spoil(StaleReason::Crossed);
        }
        Applied::Changed
    }

    /// Returns how many levels do not fit the instrument.
    fn set_side(&mut self, side: Side, levels: &[Level]) -> u64 {
        let mut bad = 0;
        for level in levels {
            match self.levels.set(side, level) {
                Some(trimmed) => self.counts.trimmed += trimmed as u64,
                None => bad += 1,
            }
        }
        bad
    }

    fn spoil(&mut self, reason: StaleReason) -> Applied {
        self.state = BookState::Stale(reason);
        Applied::Stale(reason)
    }
}
