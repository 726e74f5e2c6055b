//! Replies of the public market endpoints that differ from the streams' frames.

use std::fmt;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::broker::binance::wire::number::MaybeNumber;
use crate::market::Symbol;

/// A row of `GET /api/v3/aggTrades`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AggTradeRow {
    /// Its number.
    #[serde(rename = "a")]
    pub id: u64,
    /// Price.
    #[serde(rename = "p")]
    pub price: MaybeNumber,
    /// Quantity.
    #[serde(rename = "q")]
    pub quantity: MaybeNumber,
    /// When, in ms.
    #[serde(rename = "T")]
    pub traded_ms: i64,
    /// Whether the buyer rested: then the taker sold.
    #[serde(rename = "m")]
    pub buyer_is_maker: bool,
}

/// A row of `GET /api/v3/klines`; the last is the one that still forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KlineRow {
    /// When it opened, in ms: which candle it is.
    pub open_ms: i64,
    /// Open.
    pub open: MaybeNumber,
    /// High.
    pub high: MaybeNumber,
    /// Low.
    pub low: MaybeNumber,
    /// Close.
    pub close: MaybeNumber,
    /// Units.
    pub volume: MaybeNumber,
    /// Its last millisecond.
    pub close_ms: i64,
    /// Money.
    pub quote_volume: MaybeNumber,
}

impl<'de> Deserialize<'de> for KlineRow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Row;
        impl<'de> Visitor<'de> for Row {
            type Value = KlineRow;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a row of at least eight columns")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut row: A) -> Result<KlineRow, A::Error> {
                fn next<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(row: &mut A) -> Result<T, A::Error> {
                    row.next_element()?.ok_or_else(|| A::Error::custom("a column is missing"))
                }
                let out = KlineRow {
                    open_ms: next(&mut row)?,
                    open: next(&mut row)?,
                    high: next(&mut row)?,
                    low: next(&mut row)?,
                    close: next(&mut row)?,
                    volume: next(&mut row)?,
                    close_ms: next(&mut row)?,
                    quote_volume: next(&mut row)?,
                };
                while row.next_element::<serde::de::IgnoredAny>()?.is_some() {}
                Ok(out)
            }
        }
        deserializer.deserialize_seq(Row)
    }
}

/// `GET /api/v3/ticker/24hr` of one symbol.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DayTicker {
    /// Of what.
    pub symbol: Symbol,
    /// Last price.
    pub last_price: MaybeNumber,
    /// First price of the window.
    pub open_price: MaybeNumber,
    /// Highest.
    pub high_price: MaybeNumber,
    /// Lowest.
    pub low_price: MaybeNumber,
    /// Price before the window.
    #[serde(default)]
    pub prev_close_price: MaybeNumber,
    /// Units.
    pub volume: MaybeNumber,
    /// Money.
    pub quote_volume: MaybeNumber,
    /// Best bid.
    #[serde(default)]
    pub bid_price: MaybeNumber,
    /// Units there.
    #[serde(default)]
    pub bid_qty: MaybeNumber,
    /// Best ask.
    #[serde(default)]
    pub ask_price: MaybeNumber,
    /// Units there.
    #[serde(default)]
    pub ask_qty: MaybeNumber,
    /// End of the window, in ms.
    pub close_time: i64,
}
