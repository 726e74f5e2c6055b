//! Where the columns of the ladder stand: asks at the left of the price, bids at its right, in mirror image.

/// What the mouse may point at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// Quantity of asks.
    Asks,
    /// Price.
    Price,
    /// Quantity of bids.
    Bids,
}

/// Cells a quantity has at least.
const QUANTITY: u16 = 7;
/// Cells a quantity has where there is room.
const QUANTITY_WIDE: u16 = 10;
/// Cells a half has before other columns are thought of.
const HALF: u16 = 14;
/// Cells of the change in per cent, with the one before it.
const PERCENT: u16 = 7;
/// Cells of the recent volume, with the one before it.
const TRADED: u16 = 8;

/// Columns, in cells from the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Columns {
    /// Left half, after the cell of the cursor.
    pub left: u16,
    /// Width of each half.
    pub half: u16,
    /// Width of a quantity, next to the price.
    pub quantity: u16,
    /// Mark, price, limit arrow and per cent together.
    pub block: u16,
    /// Its width.
    pub block_width: u16,
    /// Width of the price itself, from the second cell of the block on.
    pub price: u16,
    /// Width of the per cent after it; 0 without.
    pub percent: u16,
    /// Right half.
    pub right: u16,
    /// Recent volume, at the right end.
    pub traded: u16,
    /// Its width; 0 without.
    pub traded_width: u16,
}

impl Columns {
    /// Columns for a width, with prices of so many cells.
    #[must_use]
    pub fn new(width: u16, price: u16) -> Self {
        let price = price.min(width.saturating_sub(4));
        let bare = price + 2;
        let room = width.saturating_sub(1);
        let halves = |taken: u16| room.saturating_sub(taken) / 2;
        let percent = if halves(bare + PERCENT) >= HALF { PERCENT } else { 0 };
        let block_width = bare + percent;
        let traded_width = if halves(block_width + TRADED) >= HALF { TRADED } else { 0 };
        let half = halves(block_width + traded_width);
        let block = 1 + half;
        let quantity = match half {
            0..=QUANTITY => half.saturating_sub(1),
            half if half >= QUANTITY_WIDE + 9 => QUANTITY_WIDE,
            _ => QUANTITY,
        };
        Self {
            left: 1,
            half,
            quantity,
            block,
            block_width,
            price,
            percent,
            right: block + block_width,
            traded: block + block_width + half,
            traded_width,
        }
    }

    /// Cells of the change beside a quantity; 0 without.
    #[must_use]
    pub const fn change(&self) -> u16 {
        let left = self.half.saturating_sub(self.quantity + 2);
        if left >= 4 { left } else { 0 }
    }

    /// What is at a cell.
    #[must_use]
    pub const fn zone(&self, x: u16) -> Zone {
        if x < self.block {
            Zone::Asks
        } else if x < self.right {
            Zone::Price
        } else {
            Zone::Bids
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fit_every_width() {
        for width in 0..120 {
            for price in [1, 6, 9, 12] {
                let columns = Columns::new(width, price);
                let used = columns.traded + columns.traded_width;
                assert!(used <= width.max(4), "{width} {price} {columns:?}");
                assert!(columns.quantity <= columns.half);
            }
        }
    }

    #[test]
    fn more_width_tells_more() {
        let narrow = Columns::new(38, 6);
        assert_eq!((narrow.half, narrow.percent, narrow.traded_width), (14, 0, 0));
        let usual = Columns::new(44, 6);
        assert_eq!((usual.half, usual.percent, usual.traded_width), (14, 7, 0));
        let wide = Columns::new(56, 6);
        assert_eq!((wide.percent, wide.traded_width), (7, 8));
    }
}
