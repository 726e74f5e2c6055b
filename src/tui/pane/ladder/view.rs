//! Which prices are in sight, and where the cursor is.
//!
//! Nothing here moves while the ladder is armed or its cursor in use, but by a key or the wheel: what a finger is about to
//! press must be about the price the eye has read.

use std::time::Duration;

use super::scale::Scale;
use crate::market::Price;

/// A cursor that was moved is in use for so long.
const IN_USE: Duration = Duration::from_secs(15);

/// The part of the price scale in sight.
#[derive(Debug, Default)]
pub struct View {
    /// The price of each row, from the top.
    pub prices: Vec<Price>,
    /// The row the cursor is on.
    pub cursor: Option<Price>,
    used: Option<Duration>,
    scale: Option<Scale>,
    /// Rows are others than when they were last asked for.
    moved: bool,
}

/// Why the view may move by itself, or not.
#[derive(Debug, Clone, Copy)]
pub struct Hold {
    /// The ladder is armed.
    pub armed: bool,
    /// Since the screen opened.
    pub now: Duration,
}

impl View {
    /// Forgets everything: another instrument is shown.
    pub fn reset(&mut self) {
        *self = Self { prices: std::mem::take(&mut self.prices), ..Self::default() };
        self.prices.clear();
    }

    /// The cursor was moved by hand.
    pub const fn use_cursor(&mut self, now: Duration) {
        self.used = Some(now);
    }

    /// The cursor may be put elsewhere.
    pub const fn leave_cursor(&mut self) {
        self.used = None;
    }

    /// Which row of the view has a price.
    #[must_use]
    pub fn row_at(&self, price: Price) -> Option<usize> {
        self.prices.binary_search_by(|row| price.cmp(row)).ok()
    }

    /// The cursor's price, if its row is in sight.
    #[must_use]
    pub fn chosen(&self) -> Option<Price> {
        self.cursor.filter(|price| self.row_at(*price).is_some())
    }

    /// Fits the view to its height and to the market. Whether its rows are others than before.
    pub fn arrange(&mut self, scale: Scale, height: usize, middle: Option<Price>, hold: Hold) -> bool {
        if height == 0 {
            self.prices.clear();
            return true;
        }
        self.follow(scale, height, middle, hold);
        std::mem::take(&mut self.moved)
    }

    fn follow(&mut self, scale: Scale, height: usize, middle: Option<Price>, hold: Hold) {
        let regridded = self.scale != Some(scale);
        let in_use = self.used.is_some_and(|used| hold.now.saturating_sub(used) < IN_USE);
        let held = (hold.armed || in_use) && !self.prices.is_empty();
        let same = !regridded && self.prices.len() == height;
        if held {
            if !same {
                self.refit(scale, height);
            }
            return;
        }
        let Some(middle) = middle.and_then(|price| scale.floor(price.value()).or(Some(price))) else {
            self.moved |= !self.prices.is_empty();
            self.prices.clear();
            return;
        };
        let slack = (height / 6).max(1);
        let near = self.row_at(middle).is_some_and(|row| row.abs_diff(height / 2) <= slack);
        if !(near && same) {
            self.centre(scale, height, middle);
        } else if self.chosen().is_none() {
            self.cursor = Some(middle);
        }
    }

    /// Puts a price, and the cursor, in the middle.
    pub fn centre(&mut self, scale: Scale, height: usize, middle: Price) {
        let above = i32::try_from(height / 2).unwrap_or(0);
        self.fill(scale, height, scale.step(middle, above));
        self.cursor = self.row_at(middle).map(|_| middle).or_else(|| self.prices.get(height / 2).copied());
    }

    /// The same place with another height or scale: the cursor stays on its line if it can, and on its price if that is
    /// a row of the scale.
    fn refit(&mut self, scale: Scale, height: usize) {
        let line = self.cursor.and_then(|price| self.row_at(price)).unwrap_or(self.prices.len() / 2);
        let at = self.cursor.or_else(|| self.prices.get(line).copied());
        let Some(at) = at.and_then(|price| scale.floor(price.value())) else { return };
        let line = i32::try_from(line.min(height.saturating_sub(1))).unwrap_or(0);
        self.fill(scale, height, scale.step(at, line));
    }

    /// Changes the groups of ticks: the cursor goes to the row its price is in.
    pub fn regroup(&mut self, scale: Scale) {
        let line = self.cursor.and_then(|price| self.row_at(price)).unwrap_or(self.prices.len() / 2);
        let at = self.cursor.or_else(|| self.prices.get(line).copied());
        let Some(at) = at.and_then(|price| scale.floor(price.value())) else { return };
        self.cursor = Some(at);
        self.fill(scale, self.prices.len(), scale.step(at, i32::try_from(line).unwrap_or(0)));
    }

    fn fill(&mut self, scale: Scale, height: usize, top: Price) {
        self.scale = Some(scale);
        self.moved = true;
        self.prices.clear();
        let mut at = Some(top);
        while let Some(price) = at.filter(|_| self.prices.len() < height) {
            self.prices.push(price);
            at = scale.down(price);
        }
        // At the bottom of all prices the rows that lack are added above.
        while self.prices.len() < height
            && let Some(above) = self.prices.first().and_then(|top| scale.up(*top))
        {
            self.prices.insert(0, above);
        }
    }

    /// Moves the cursor so many rows up, and the view with it where the row is out of sight.
    pub fn move_cursor(&mut self, rows: i32, now: Duration) {
        self.use_cursor(now);
        let (Some(scale), Some(cursor)) = (self.scale, self.cursor) else { return };
        let target = scale.step(cursor, rows);
        self.cursor = Some(target);
        self.show(scale, target);
    }

    /// Puts the cursor on a row in sight.
    pub fn put_cursor(&mut self, price: Price, now: Duration) {
        self.use_cursor(now);
        self.cursor = Some(price);
        if let Some(scale) = self.scale {
            self.show(scale, price);
        }
    }

    fn show(&mut self, scale: Scale, price: Price) {
        if self.row_at(price).is_some() {
            return;
        }
        let height = self.prices.len();
        let Some((top, bottom)) = self.prices.first().copied().zip(self.prices.last().copied()) else { return };
        if price > top {
            self.fill(scale, height, price);
        } else if price < bottom {
            let above = i32::try_from(height.saturating_sub(1)).unwrap_or(0);
            self.fill(scale, height, scale.step(price, above));
        } else {
            self.fill(scale, height, scale.step(price, i32::try_from(height / 2).unwrap_or(0)));
        }
    }

    /// Scrolls so many rows up; the cursor keeps its price.
    pub fn scroll(&mut self, rows: i32, now: Duration) {
        self.use_cursor(now);
        let (Some(scale), Some(top)) = (self.scale, self.prices.first().copied()) else { return };
        let height = self.prices.len();
        self.fill(scale, height, scale.step(top, rows));
    }
}
