//! Order books of Korean shares: KRX, NXT and both together.

use super::Clock;
use super::row::Row;
use crate::market::{Level, Price, Quantity, Symbol};

/// Levels of each side.
pub const LEVELS: usize = 10;

/// A price and what rests there.
pub type BookLevel = (Price, Quantity);

/// A record of a book.
#[derive(Clone, Copy)]
pub struct StockBook<'a> {
    /// Symbol.
    pub symbol: Symbol,
    /// When, Korean time to the second.
    pub time: Clock,
    /// `0` while trading; `A` to `D` in auctions.
    pub hour_class: u8,
    row: Row<'a>,
}

impl<'a> StockBook<'a> {
    /// Reads a record; `None` when a field that every book has cannot be read.
    #[inline]
    #[must_use]
    pub fn read(row: Row<'a>) -> Option<Self> {
        let book = Self::head(row)?;
        // Every level is empty or a number from zero: else the fields have moved.
        let sound = (3..43).all(|field| row.units(field).is_some() || row.bytes(field).is_empty());
        sound.then_some(book)
    }

    /// What stands before the levels. Whether they are sound is not asked yet: [`Self::sides`] does.
    #[inline]
    #[must_use]
    pub fn head(row: Row<'a>) -> Option<Self> {
        Some(Self { symbol: row.symbol(0)?, time: row.clock(1)?, hour_class: row.code(2), row })
    }

    /// Bids and asks, best first, without empty levels, read once and written where they stay; `None` when
    /// [`Self::read`] would not take the record.
    #[inline]
    #[must_use]
    pub fn sides(&self) -> Option<[Vec<Level>; 2]> {
        let mut sides = [Vec::with_capacity(LEVELS), Vec::with_capacity(LEVELS)];
        for (levels, at) in sides.iter_mut().zip([13, 3]) {
            for level in at..at + LEVELS {
                let (price, quantity) = (self.units(level)?, self.units(level + 20)?);
                if quantity == 0 {
                    continue;
                }
                if let (Some(price), Some(quantity)) = (Price::from_whole(price), Quantity::from_whole(quantity)) {
                    levels.push(Level { price, quantity });
                }
            }
        }
        Some(sides)
    }

    /// A number of a level; an empty one says zero.
    #[inline(always)]
    fn units(&self, field: usize) -> Option<u64> {
        match self.row.units(field) {
            None if self.row.bytes(field).is_empty() => Some(0),
            units => units,
        }
    }

    fn levels(&self, price: usize, quantity: usize) -> impl Iterator<Item = BookLevel> + use<'a> {
        let row = self.row;
        (0..LEVELS).filter_map(move |level| {
            let quantity = row.quantity(quantity + level).filter(|quantity| !quantity.is_zero())?;
            Some((row.price(price + level)?, quantity))
        })
    }

    /// Asks, lowest first, without empty levels.
    pub fn asks(&self) -> impl Iterator<Item = BookLevel> + use<'a> {
        self.levels(3, 23)
    }

    /// Bids, highest first, without empty levels.
    pub fn bids(&self) -> impl Iterator<Item = BookLevel> + use<'a> {
        self.levels(13, 33)
    }

    /// Whether a single-price auction runs.
    #[must_use]
    pub const fn is_auction(&self) -> bool {
        matches!(self.hour_class, b'A'..=b'D')
    }

    /// What the auction would give: price and shares; `None` while nothing would match, and outside auctions.
    #[must_use]
    pub fn expected(&self) -> Option<BookLevel> {
        let quantity = self.row.quantity(48).filter(|quantity| !quantity.is_zero())?;
        Some((self.row.price(47)?, quantity))
    }

    /// Shares of all asks.
    #[must_use]
    pub fn total_ask(&self) -> Option<Quantity> {
        self.row.quantity(43)
    }

    /// Shares of all bids.
    #[must_use]
    pub fn total_bid(&self) -> Option<Quantity> {
        self.row.quantity(44)
    }

    /// Mid price of KRX and the shares that wait there; records before 2026-03 do not have it.
    #[must_use]
    pub fn krx_mid(&self) -> Option<BookLevel> {
        Some((self.row.price(59)?, self.row.quantity(60)?))
    }

    /// Mid price of NXT and the shares that wait there; only in the streams of NXT and of both.
    #[must_use]
    pub fn nxt_mid(&self) -> Option<BookLevel> {
        Some((self.row.price(62)?, self.row.quantity(63)?))
    }

    /// Fields the record has.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.row.width()
    }
}
