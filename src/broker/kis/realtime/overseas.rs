//! Prints and books of foreign shares.

use rust_decimal::Decimal;

use super::row::Row;
use super::{Clock, Day, Sign};
use crate::market::{Price, Quantity, Side};

/// When something happened at a foreign exchange, by both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BothClocks {
    /// Date at the exchange.
    pub date: Day,
    /// Time at the exchange.
    pub time: Clock,
    /// Date in Korea.
    pub korean_date: Day,
    /// Time in Korea.
    pub korean_time: Clock,
}

impl BothClocks {
    fn read(row: Row<'_>, at: usize) -> Option<Self> {
        Some(Self {
            date: row.day(at)?,
            time: row.clock(at + 1)?,
            korean_date: row.day(at + 2)?,
            korean_time: row.clock(at + 3)?,
        })
    }

    /// The instant, by the Korean clock, which has no daylight saving.
    #[must_use]
    pub fn instant(&self) -> Option<crate::market::UtcTime> {
        self.korean_time.in_korea(self.korean_date.get()?)
    }
}

/// A record of `HDFSCNT0`.
#[derive(Clone, Copy)]
pub struct OverseasTrade<'a> {
    /// When.
    pub clocks: BothClocks,
    /// Price.
    pub price: Price,
    /// Size of this print.
    pub quantity: Quantity,
    /// Traded today.
    pub volume: Decimal,
    row: Row<'a>,
}

impl<'a> OverseasTrade<'a> {
    /// Reads a record.
    #[must_use]
    pub fn read(row: Row<'a>) -> Option<Self> {
        Some(Self {
            clocks: BothClocks::read(row, 4)?,
            price: row.price(11)?,
            quantity: row.quantity(19)?,
            volume: row.decimal(20)?,
            row,
        })
    }

    /// What was registered: `DNASAAPL`.
    #[must_use]
    pub fn key(&self) -> &'a str {
        self.row.text(0)
    }

    /// Symbol without the exchange.
    #[must_use]
    pub fn symbol(&self) -> &'a str {
        self.row.text(1)
    }

    /// First, highest and lowest price of the day.
    #[must_use]
    pub fn range(&self) -> [Option<Price>; 3] {
        [self.row.price(8), self.row.price(9), self.row.price(10)]
    }

    /// Change from the previous close. The wire leaves its sign out; it is in the code before it.
    #[must_use]
    pub fn change(&self) -> Option<Decimal> {
        Some(Sign::of(self.row.code(12)).apply(self.row.decimal(13)?))
    }

    /// Best bid, where there is one.
    #[must_use]
    pub fn bid(&self) -> Option<(Price, Quantity)> {
        Some((self.row.price(15)?, self.row.quantity(17)?))
    }

    /// Best ask, where there is one.
    #[must_use]
    pub fn ask(&self) -> Option<(Price, Quantity)> {
        Some((self.row.price(16)?, self.row.quantity(18)?))
    }

    /// Money traded today.
    #[must_use]
    pub fn value(&self) -> Option<Decimal> {
        self.row.decimal(21)
    }

    /// 1 regular, 2 pre-market, 3 after-market.
    #[must_use]
    pub fn session(&self) -> u8 {
        self.row.code(25)
    }

    /// Who took: a print at the bid sold, one at the ask bought; `None` between them.
    #[must_use]
    pub fn taker(&self) -> Option<Side> {
        match (self.bid(), self.ask()) {
            (Some((bid, _)), _) if self.price <= bid => Some(Side::Sell),
            (_, Some((ask, _))) if self.price >= ask => Some(Side::Buy),
            _ => None,
        }
    }
}

/// A record of `HDFSASP0` (ten levels) or `HDFSASP1` (one).
#[derive(Clone, Copy)]
pub struct OverseasBook<'a> {
    /// When.
    pub clocks: BothClocks,
    row: Row<'a>,
}

impl<'a> OverseasBook<'a> {
    /// Reads a record.
    #[must_use]
    pub fn read(row: Row<'a>) -> Option<Self> {
        Some(Self { clocks: BothClocks::read(row, 3)?, row })
    }

    /// What was registered.
    #[must_use]
    pub fn key(&self) -> &'a str {
        self.row.text(0)
    }

    /// Symbol without the exchange.
    #[must_use]
    pub fn symbol(&self) -> &'a str {
        self.row.text(1)
    }

    fn side(&self, price: usize, quantity: usize) -> impl Iterator<Item = (Price, Quantity)> + use<'a> {
        let row = self.row;
        (0..10).filter_map(move |level| {
            let quantity = row.quantity(quantity + 6 * level).filter(|quantity| !quantity.is_zero())?;
            Some((row.price(price + 6 * level)?, quantity))
        })
    }

    /// Bids, highest first, without empty levels.
    pub fn bids(&self) -> impl Iterator<Item = (Price, Quantity)> + use<'a> {
        self.side(11, 13)
    }

    /// Asks, lowest first, without empty levels.
    pub fn asks(&self) -> impl Iterator<Item = (Price, Quantity)> + use<'a> {
        self.side(12, 14)
    }
}
