//! Streams beside prints and books of shares: bonds, indexes, net asset values, programme trading.

use rust_decimal::Decimal;

use super::row::Row;
use super::{Clock, Day, Sign};
use crate::market::{Price, Quantity, Symbol};

/// A print of a bond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BondTrade<'a> {
    /// ISIN.
    pub isin: Symbol,
    /// Korean name as it came.
    pub name: &'a str,
    /// When, Korean time.
    pub time: Clock,
    /// Price of 10,000 won face value, won.
    pub price: Price,
    /// Change from the previous close, signed.
    pub change: Decimal,
    /// Thousands of won face value.
    pub quantity: Quantity,
    /// First, highest and lowest price of the day.
    pub range: [Option<Price>; 3],
    /// Yield, per cent.
    pub rate: Option<Decimal>,
    /// Traded today.
    pub volume: Decimal,
}

impl<'a> BondTrade<'a> {
    /// Reads a record.
    #[must_use]
    pub fn read(row: Row<'a>) -> Option<Self> {
        Some(Self {
            isin: row.symbol(0)?,
            name: row.text(1),
            time: row.clock(2)?,
            price: row.price(6)?,
            change: Sign::of(row.code(3)).apply(row.decimal(4)?),
            quantity: row.quantity(7)?,
            range: [row.price(8), row.price(9), row.price(10)],
            rate: row.decimal(12),
            volume: row.decimal(16)?,
        })
    }
}

/// A level of a bond's book: price, quantity, yield.
pub type BondLevel = (Price, Quantity, Option<Decimal>);

/// A book of a bond, five levels.
#[derive(Clone, Copy)]
pub struct BondBook<'a> {
    /// ISIN.
    pub isin: Symbol,
    /// When, Korean time.
    pub time: Clock,
    row: Row<'a>,
}

impl<'a> BondBook<'a> {
    /// Reads a record.
    #[must_use]
    pub fn read(row: Row<'a>) -> Option<Self> {
        Some(Self { isin: row.symbol(0)?, time: row.clock(1)?, row })
    }

    fn side(&self, side: usize) -> impl Iterator<Item = BondLevel> + use<'a> {
        let row = self.row;
        (0..5).filter_map(move |level| {
            let at = 2 + 6 * level + side;
            let quantity = row.quantity(at + 4).filter(|quantity| !quantity.is_zero())?;
            Some((row.price(at + 2)?, quantity, row.decimal(at)))
        })
    }

    /// Asks, lowest first, without empty levels.
    pub fn asks(&self) -> impl Iterator<Item = BondLevel> + use<'a> {
        self.side(0)
    }

    /// Bids, highest first, without empty levels.
    pub fn bids(&self) -> impl Iterator<Item = BondLevel> + use<'a> {
        self.side(1)
    }
}

/// The bond index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BondIndex<'a> {
    /// Which.
    pub id: &'a str,
    /// Its day.
    pub date: Day,
    /// Its time.
    pub time: Clock,
    /// Total return index.
    pub value: Decimal,
}

impl<'a> BondIndex<'a> {
    /// Reads a record.
    #[must_use]
    pub fn read(row: Row<'a>) -> Option<Self> {
        Some(Self { id: row.text(0), date: row.day(1)?, time: row.clock(2)?, value: row.decimal(3)? })
    }
}

/// A Korean index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexValue<'a> {
    /// Its code: `0001` KOSPI, `1001` KOSDAQ, `2001` KOSPI200.
    pub code: &'a str,
    /// When, Korean time.
    pub time: Clock,
    /// Points.
    pub value: Decimal,
    /// Change from the previous close, points, signed.
    pub change: Decimal,
    /// The same in per cent.
    pub change_percent: Decimal,
    /// First, highest and lowest of the day.
    pub range: [Decimal; 3],
    /// Rising and falling issues.
    pub issues: [i64; 2],
}

impl<'a> IndexValue<'a> {
    /// Reads a record.
    #[must_use]
    pub fn read(row: Row<'a>) -> Option<Self> {
        Some(Self {
            code: row.text(0),
            time: row.clock(1)?,
            value: row.decimal(2).filter(|value| *value > Decimal::ZERO)?,
            change: Sign::of(row.code(3)).apply(row.decimal(4)?),
            change_percent: row.decimal(9)?,
            range: [row.decimal(10)?, row.decimal(11)?, row.decimal(12)?],
            issues: [row.integer(23)?, row.integer(25)?],
        })
    }
}

/// Net asset value of an ETF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EtfNav {
    /// Symbol.
    pub symbol: Symbol,
    /// Net asset value of a unit, won.
    pub nav: Price,
    /// Its change from the day before, signed.
    pub change: Decimal,
    /// At the open, highest, lowest.
    pub range: [Option<Price>; 3],
}

impl EtfNav {
    /// Reads a record.
    #[must_use]
    pub fn read(row: Row<'_>) -> Option<Self> {
        Some(Self {
            symbol: row.symbol(0)?,
            nav: row.price(1)?,
            change: Sign::of(row.code(2)).apply(row.decimal(3)?),
            range: [row.price(5), row.price(6), row.price(7)],
        })
    }
}

/// Programme trading in a share so far today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Programme {
    /// Symbol.
    pub symbol: Symbol,
    /// When, Korean time.
    pub time: Clock,
    /// Shares sold and bought.
    pub quantities: [i64; 2],
    /// Net shares bought; negative when sold.
    pub net: i64,
    /// Net won bought.
    pub net_value: Decimal,
}

impl Programme {
    /// Reads a record.
    #[must_use]
    pub fn read(row: Row<'_>) -> Option<Self> {
        Some(Self {
            symbol: row.symbol(0)?,
            time: row.clock(1)?,
            quantities: [row.integer(2)?, row.integer(4)?],
            net: row.integer(6)?,
            net_value: row.decimal(7)?,
        })
    }
}
