//! The two sides of a book and how they are read.

use super::grid::{FixedLevel, Grid};
use crate::market::{Level, Price, Quantity, Side};

/// Levels a side holds at most. Binance's own guide warns that what lies further out than its 5,000-level snapshot is
/// unknown until it changes.
pub const DEPTH_MAX: usize = 5_000;
/// How many levels beyond the cap a side collects before it throws the worst away in one go: moving the whole side for
/// every single one would cost microseconds a change.
const SLACK: usize = 512;

/// Emptied levels a side keeps beyond as many as it has levels that are not.
const EMPTIED_MAX: usize = 256;

/// One side: `(key, quantity)` with the keys rising, so that the best is at the end and a change near the touch moves
/// few elements. The key of a bid is its price, that of an ask its negated price.
///
/// A level that goes stays as one of quantity zero, for prices near the touch come back soon: then nothing moves at all.
/// The last level is never an emptied one.
#[derive(Debug, Clone, Default)]
pub(super) struct HalfBook {
    entries: Vec<(i64, i64)>,
    /// How many of them are emptied.
    emptied: usize,
}

impl HalfBook {
    /// Sets the quantity at a key; zero removes the level. Returns how many levels fell off the far end.
    #[inline]
    pub(super) fn set(&mut self, key: i64, quantity: i64, depth_max: usize) -> usize {
        // A whole book is written from its far end: every level is better than all before it.
        let Some(best) = self.best_key().filter(|best| *best >= key) else {
            return self.append(key, quantity, depth_max);
        };
        let at = self.place_of(key, best);
        match self.entries.get_mut(at) {
            Some(entry) if entry.0 == key => {
                let before = std::mem::replace(&mut entry.1, quantity);
                match (before == 0, quantity == 0) {
                    (true, false) => self.emptied -= 1,
                    (false, true) => self.removed(at),
                    _ => {}
                }
                0
            }
            _ if quantity != 0 => {
                self.entries.insert(at, (key, quantity));
                self.trimmed(depth_max)
            }
            _ => 0,
        }
    }

    /// Where a key is or belongs. Keys are whole numbers, so at most as many can be better as lie between it and the
    /// best: where the side has no holes that is its place, and with few holes it is not far.
    #[inline]
    fn place_of(&self, key: i64, best: i64) -> usize {
        let last = self.entries.len() - 1;
        let better = usize::try_from(best.abs_diff(key)).unwrap_or(usize::MAX);
        let Some(mut low) = last.checked_sub(better) else {
            return self.entries.partition_point(|entry| entry.0 < key);
        };
        let mut step = 1;
        // Everything before `low` is worse than the key.
        while self.entries.get(low).is_some_and(|entry| entry.0 < key) {
            let next = low + step;
            if self.entries.get(next).is_none_or(|entry| entry.0 >= key) {
                let part = self.entries.get(low..next.min(last + 1)).unwrap_or_default();
                return low + part.partition_point(|entry| entry.0 < key);
            }
            low = next;
            step *= 2;
        }
        low
    }

    /// A level has just been emptied.
    fn removed(&mut self, at: usize) {
        self.emptied += 1;
        if at + 1 == self.entries.len() {
            while self.entries.pop_if(|entry| entry.1 == 0).is_some() {
                self.emptied -= 1;
            }
        } else if self.emptied > self.len() + EMPTIED_MAX {
            self.forget_emptied();
        }
    }

    fn forget_emptied(&mut self) {
        self.entries.retain(|entry| entry.1 != 0);
        self.emptied = 0;
    }

    /// The whole side anew. `worst_first` is in any order, in the one it names for the fastest; of two levels at one key the
    /// later counts. Returns how many levels do not fit the grid, and how many fell off the far end.
    fn fill(&mut self, worst_first: impl ExactSizeIterator<Item = Option<(i64, i64)>>, depth_max: usize) -> (u64, u64) {
        self.entries.clear();
        self.emptied = 0;
        self.entries.reserve(worst_first.len());
        let (mut bad, mut trimmed) = (0, 0);
        for level in worst_first {
            match level {
                Some((key, quantity)) => trimmed += self.set(key, quantity, depth_max) as u64,
                None => bad += 1,
            }
        }
        (bad, trimmed)
    }

    #[inline]
    fn append(&mut self, key: i64, quantity: i64, depth_max: usize) -> usize {
        if quantity == 0 {
            return 0;
        }
        self.entries.push((key, quantity));
        self.trimmed(depth_max)
    }

    /// After a new level: throws away what is too far out; how many that were.
    #[inline]
    fn trimmed(&mut self, depth_max: usize) -> usize {
        if self.len() > depth_max.saturating_add(SLACK) { self.trim(depth_max) } else { 0 }
    }

    fn trim(&mut self, depth_max: usize) -> usize {
        self.forget_emptied();
        let excess = self.entries.len().saturating_sub(depth_max);
        self.entries.drain(..excess);
        excess
    }

    /// Levels that are not emptied.
    #[inline]
    const fn len(&self) -> usize {
        self.entries.len() - self.emptied
    }

    #[inline]
    fn best_key(&self) -> Option<i64> {
        self.entries.last().map(|entry| entry.0)
    }

    fn quantity(&self, key: i64) -> i64 {
        self.entries
            .binary_search_by_key(&key, |entry| entry.0)
            .ok()
            .and_then(|at| self.entries.get(at))
            .map_or(0, |e| e.1)
    }

    /// The best `count` levels, best first.
    fn best(&self, count: usize) -> impl DoubleEndedIterator<Item = (i64, i64)> + '_ {
        let from = if count >= self.len() { 0 } else { self.start_of(count) };
        self.entries.get(from..).unwrap_or_default().iter().rev().copied().filter(|entry| entry.1 != 0)
    }

    /// Where the best `count` levels begin, of more than so many.
    fn start_of(&self, count: usize) -> usize {
        if self.emptied == 0 {
            return self.entries.len() - count;
        }
        let kept = self.entries.iter().enumerate().rev().filter(|(_, entry)| entry.1 != 0);
        count.checked_sub(1).and_then(|nth| kept.map(|(at, _)| at).nth(nth)).unwrap_or(self.entries.len())
    }
}

/// Price levels of an instrument, both sides.
///
/// Says nothing about whether they are current: that is what [`super::LiveBook`] is for.
#[derive(Debug, Clone)]
pub struct Levels {
    grid: Grid,
    depth_max: usize,
    pub(super) bids: HalfBook,
    pub(super) asks: HalfBook,
}

impl Levels {
    pub(super) fn new(grid: Grid, depth_max: usize) -> Self {
        Self { grid, depth_max, bids: HalfBook::default(), asks: HalfBook::default() }
    }

    /// Sets one level. `None` when it does not fit the grid, else how many levels fell off the far end.
    #[inline]
    pub(super) fn set(&mut self, side: Side, level: &Level) -> Option<usize> {
        let price = self.grid.price(level.price)?;
        let quantity = self.grid.quantity(level.quantity)?;
        Some(match side {
            Side::Buy => self.bids.set(price, quantity, self.depth_max),
            Side::Sell => self.asks.set(-price, quantity, self.depth_max),
        })
    }

    /// Both sides anew from a snapshot, best first. Returns how many levels do not fit the grid, and how many fell off the
    /// far ends.
    pub(super) fn replace(&mut self, bids: &[Level], asks: &[Level]) -> (u64, u64) {
        let (grid, depth_max) = (self.grid, self.depth_max);
        let fixed = |level: &Level| Some((grid.price(level.price)?, grid.quantity(level.quantity)?));
        let bids = self.bids.fill(bids.iter().rev().map(fixed), depth_max);
        let negated = |level: &Level| fixed(level).map(|(price, quantity)| (-price, quantity));
        let asks = self.asks.fill(asks.iter().rev().map(negated), depth_max);
        (bids.0 + asks.0, bids.1 + asks.1)
    }

    /// How fine prices and quantities are.
    #[must_use]
    pub const fn grid(&self) -> Grid {
        self.grid
    }

    /// Whether the best bid is at or above the best ask, which no continuous market shows.
    #[must_use]
    #[inline]
    pub fn is_crossed(&self) -> bool {
        match (self.bids.best_key(), self.asks.best_key()) {
            (Some(bid), Some(ask)) => bid >= -ask,
            _ => false,
        }
    }

    /// Highest price somebody buys at.
    #[must_use]
    pub fn best_bid(&self) -> Option<Level> {
        self.bids(1).next()
    }

    /// Lowest price somebody sells at.
    #[must_use]
    pub fn best_ask(&self) -> Option<Level> {
        self.asks(1).next()
    }

    /// The best `count` bids, best first.
    pub fn bids(&self, count: usize) -> impl DoubleEndedIterator<Item = Level> + '_ {
        self.fixed_bids(count).filter_map(|fixed| self.grid.level(fixed))
    }

    /// The best `count` asks, best first.
    pub fn asks(&self, count: usize) -> impl DoubleEndedIterator<Item = Level> + '_ {
        self.fixed_asks(count).filter_map(|fixed| self.grid.level(fixed))
    }

    /// The best `count` bids as whole numbers of the [`Self::grid`], best first.
    pub fn fixed_bids(&self, count: usize) -> impl DoubleEndedIterator<Item = FixedLevel> + '_ {
        self.bids.best(count.min(self.depth_max)).map(|(key, quantity)| FixedLevel { price: key, quantity })
    }

    /// The best `count` asks as whole numbers of the [`Self::grid`], best first.
    pub fn fixed_asks(&self, count: usize) -> impl DoubleEndedIterator<Item = FixedLevel> + '_ {
        self.asks.best(count.min(self.depth_max)).map(|(key, quantity)| FixedLevel { price: -key, quantity })
    }

    /// Replaces the contents of `bids` and `asks` by the best `count` levels a side, best first.
    pub fn copy_top(&self, count: usize, bids: &mut Vec<Level>, asks: &mut Vec<Level>) {
        bids.clear();
        bids.extend(self.bids(count));
        asks.clear();
        asks.extend(self.asks(count));
    }

    /// As [`Self::copy_top`] without making decimals: for readers that only need to compare or draw.
    pub fn copy_top_fixed(&self, count: usize, bids: &mut Vec<FixedLevel>, asks: &mut Vec<FixedLevel>) {
        bids.clear();
        bids.extend(self.fixed_bids(count));
        asks.clear();
        asks.extend(self.fixed_asks(count));
    }

    /// What rests at a price on a side; zero when nothing is known to.
    #[must_use]
    pub fn quantity_at(&self, side: Side, price: Price) -> Quantity {
        let Some(key) = self.grid.price(price) else { return Quantity::ZERO };
        let quantity = match side {
            Side::Buy => self.bids.quantity(key),
            Side::Sell => self.asks.quantity(-key),
        };
        let level = self.grid.level(FixedLevel { price: key, quantity });
        level.map_or(Quantity::ZERO, |level| level.quantity)
    }

    /// How many levels a side has, at most [`DEPTH_MAX`] (or what the book was made with).
    #[must_use]
    pub fn depth(&self, side: Side) -> usize {
        let half = match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        };
        half.len().min(self.depth_max)
    }
}
