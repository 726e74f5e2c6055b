//! Prints and books of futures and options. Where price and change stand differs by stream.

use rust_decimal::Decimal;

use super::row::Row;
use super::stream::Stream;
use super::{Clock, Sign};
use crate::market::{Price, Quantity};

/// A record of a print of a future or an option.
#[derive(Clone, Copy)]
pub struct DerivativeTrade<'a> {
    /// When, Korean time; hours of the night session go on past midnight.
    pub time: Clock,
    /// Price, points (won for stock futures).
    pub price: Price,
    /// Contracts of this print.
    pub quantity: Quantity,
    /// Contracts traded today.
    pub volume: Decimal,
    layout: &'static Layout,
    row: Row<'a>,
}

struct Layout {
    price: usize,
    sign: usize,
    change: usize,
    percent: usize,
    open_interest: usize,
    ask: usize,
}

/// Index, commodity and night futures: change, sign and per cent come before the price.
const FUTURE: Layout = Layout { price: 5, sign: 3, change: 2, percent: 4, open_interest: 18, ask: 34 };
const STOCK_FUTURE: Layout = Layout { price: 2, sign: 3, change: 4, percent: 5, ..FUTURE };
const OPTION: Layout = Layout { price: 2, sign: 3, change: 4, percent: 5, open_interest: 13, ask: 41 };

impl<'a> DerivativeTrade<'a> {
    /// Reads a record of a stream; `None` when it cannot be read.
    #[must_use]
    pub fn read(stream: Stream, row: Row<'a>) -> Option<Self> {
        let layout = match stream {
            Stream::FutureTrade | Stream::CommodityTrade | Stream::NightFutureTrade => &FUTURE,
            Stream::StockFutureTrade => &STOCK_FUTURE,
            Stream::OptionTrade | Stream::NightOptionTrade => &OPTION,
            _ => return None,
        };
        Some(Self {
            time: row.clock(1)?,
            price: row.price(layout.price)?,
            quantity: row.quantity(9)?,
            volume: row.decimal(10)?,
            layout,
            row,
        })
    }

    /// Short code of the contract.
    #[must_use]
    pub fn contract(&self) -> &'a str {
        self.row.text(0)
    }

    /// Change from the previous close, signed.
    #[must_use]
    pub fn change(&self) -> Option<Decimal> {
        Some(Sign::of(self.row.code(self.layout.sign)).apply(self.row.decimal(self.layout.change)?))
    }

    /// The same in per cent.
    #[must_use]
    pub fn change_percent(&self) -> Option<Decimal> {
        self.row.decimal(self.layout.percent)
    }

    /// First, highest and lowest price of the session.
    #[must_use]
    pub fn range(&self) -> [Option<Price>; 3] {
        [self.row.price(6), self.row.price(7), self.row.price(8)]
    }

    /// Money traded today, in units of 1,000 won.
    #[must_use]
    pub fn value(&self) -> Option<Decimal> {
        self.row.decimal(11)
    }

    /// Open interest, contracts.
    #[must_use]
    pub fn open_interest(&self) -> Option<Decimal> {
        self.row.decimal(self.layout.open_interest)
    }

    /// Best ask and contracts there.
    #[must_use]
    pub fn ask(&self) -> Option<(Price, Quantity)> {
        Some((self.row.price(self.layout.ask)?, self.row.quantity(self.layout.ask + 2)?))
    }

    /// Best bid and contracts there.
    #[must_use]
    pub fn bid(&self) -> Option<(Price, Quantity)> {
        Some((self.row.price(self.layout.ask + 1)?, self.row.quantity(self.layout.ask + 3)?))
    }
}

/// A record of a book: five levels, ten of stock futures.
#[derive(Clone, Copy)]
pub struct DerivativeBook<'a> {
    /// When, Korean time.
    pub time: Clock,
    levels: usize,
    row: Row<'a>,
}

impl<'a> DerivativeBook<'a> {
    /// Reads a record of a stream.
    #[must_use]
    pub fn read(stream: Stream, row: Row<'a>) -> Option<Self> {
        let levels = if stream == Stream::StockFutureBook { 10 } else { 5 };
        Some(Self { time: row.clock(1)?, levels, row })
    }

    /// Short code of the contract.
    #[must_use]
    pub fn contract(&self) -> &'a str {
        self.row.text(0)
    }

    /// Prices of both sides come first, then their numbers of orders, then their quantities.
    fn side(&self, side: usize) -> impl Iterator<Item = (Price, Quantity)> + use<'a> {
        let (row, levels) = (self.row, self.levels);
        (0..levels).filter_map(move |level| {
            let quantity = row.quantity(2 + (4 + side) * levels + level).filter(|quantity| !quantity.is_zero())?;
            Some((row.price(2 + side * levels + level)?, quantity))
        })
    }

    /// Asks, lowest first, without empty levels.
    pub fn asks(&self) -> impl Iterator<Item = (Price, Quantity)> + use<'a> {
        self.side(0)
    }

    /// Bids, highest first, without empty levels.
    pub fn bids(&self) -> impl Iterator<Item = (Price, Quantity)> + use<'a> {
        self.side(1)
    }
}
