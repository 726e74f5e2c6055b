//! Prints of Korean shares: KRX, NXT and both together.

use rust_decimal::Decimal;

use super::row::Row;
use super::{Clock, Day};
use crate::market::{Price, Quantity, Side, Symbol};

/// A record of a print, or of an expected price: the two come in the same stream and differ by [`Self::hour_class`].
#[derive(Clone, Copy)]
pub struct StockTrade<'a> {
    /// Symbol.
    pub symbol: Symbol,
    /// When, Korean time to the second; several prints share one.
    pub time: Clock,
    /// Price, won.
    pub price: Price,
    /// Shares of this print; zero in messages that are none.
    pub quantity: Quantity,
    /// Shares traded today, this print included.
    pub volume: i64,
    /// `0` while trading; `A` to `D` when the price is only expected.
    pub hour_class: u8,
    /// 1 a buyer took, 5 a seller took, 3 before the open.
    aggressor: u8,
    row: Row<'a>,
}

impl<'a> StockTrade<'a> {
    /// Reads a record; `None` when what every print has cannot be read.
    #[inline]
    #[must_use]
    pub fn read(row: Row<'a>) -> Option<Self> {
        Some(Self {
            symbol: row.symbol(0)?,
            time: row.clock(1)?,
            price: row.price(2)?,
            quantity: row.quantity(12)?,
            volume: row.integer(13).filter(|volume| *volume >= 0)?,
            hour_class: row.code(43),
            aggressor: row.code(21),
            row,
        })
    }

    /// Whether it is a print. In the hours A to D the price is only what an auction would give.
    #[must_use]
    pub fn is_trade(&self) -> bool {
        self.hour_class == b'0' && !self.quantity.is_zero()
    }

    /// Whether it says what an auction would give.
    #[must_use]
    pub const fn is_expected(&self) -> bool {
        matches!(self.hour_class, b'A'..=b'D')
    }

    /// Who took; `None` in auctions.
    #[must_use]
    pub const fn taker(&self) -> Option<Side> {
        match self.aggressor {
            b'1' => Some(Side::Buy),
            b'5' => Some(Side::Sell),
            _ => None,
        }
    }

    /// Date of the business day, where it is said.
    #[must_use]
    pub fn date(&self) -> Option<Day> {
        self.row.day(33)
    }

    /// First price of the day, won.
    #[must_use]
    pub fn open(&self) -> Option<Price> {
        self.row.price(7)
    }

    /// Highest price of the day, won.
    #[must_use]
    pub fn high(&self) -> Option<Price> {
        self.row.price(8)
    }

    /// Lowest price of the day, won.
    #[must_use]
    pub fn low(&self) -> Option<Price> {
        self.row.price(9)
    }

    /// Best ask: price and shares, where there is one.
    #[must_use]
    pub fn ask(&self) -> Option<(Price, Quantity)> {
        Some((self.row.price(10)?, self.row.quantity(36)?))
    }

    /// Best bid: price and shares, where there is one.
    #[must_use]
    pub fn bid(&self) -> Option<(Price, Quantity)> {
        Some((self.row.price(11)?, self.row.quantity(37)?))
    }

    /// Shares traded today, this print included.
    #[must_use]
    pub fn traded(&self) -> Option<Quantity> {
        Quantity::from_whole(u64::try_from(self.volume).ok()?)
    }

    /// Money traded today, won.
    #[must_use]
    pub fn value(&self) -> Option<Decimal> {
        self.row.decimal(14)
    }

    /// Close of the day before, won: the price less its change, whose direction is that of the sign.
    #[must_use]
    pub fn previous_close(&self) -> Option<Price> {
        let sign = super::Sign::of(self.row.code(3));
        // Won have no decimals; a calculation in decimals takes several times as long.
        match (self.row.units(2), self.row.integer(4)) {
            (Some(price), Some(change)) => Price::from_whole(price.checked_sub_signed(sign.apply_whole(change))?),
            _ => Price::new(self.price.value() - sign.apply(self.row.decimal(4)?)).ok(),
        }
    }

    /// 체결강도, per cent.
    #[must_use]
    pub fn strength(&self) -> Option<Decimal> {
        self.row.decimal(18)
    }

    /// Two digits: 1 before the open, 2 open, 3 after the close, 4 single price; the second 0 normal, 1 closing.
    #[must_use]
    pub fn session(&self) -> &'a str {
        self.row.text(34)
    }

    /// Whether trading is halted.
    #[must_use]
    pub fn is_halted(&self) -> bool {
        self.row.is_yes(35)
    }

    /// Static reference price of the volatility interruption, won.
    #[must_use]
    pub fn volatility_base(&self) -> Option<Price> {
        self.row.price(45)
    }

    /// 1 pre-market, 2 regular, 3 after-market, 5 closing price; records before 2026-09-14 do not have it.
    #[must_use]
    pub fn market_phase(&self) -> Option<u8> {
        Some(self.row.code(46)).filter(|code| *code != 0)
    }
}
