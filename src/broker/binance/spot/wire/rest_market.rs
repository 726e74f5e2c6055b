//! Replies of the public market endpoints that differ from the streams' frames.

use serde::Deserialize;

use crate::broker::binance::wire::digits::MaybeNumber;
use crate::market::Symbol;

/// A row of `GET /api/v3/ticker/price`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LastPrice {
    /// Of what; may hold letters hoga has no symbol for.
    pub symbol: String,
    /// What it last traded at.
    pub price: MaybeNumber,
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
