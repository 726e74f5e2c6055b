//! Frames of the futures market streams, in both of their forms: bare (`/ws`) and wrapped (`/stream`).
//!
//! Read in one pass with text borrowed from the frame: what comes most without the general parser, the rest with it. The
//! exchange writes the kind of an event first; where it does not, the frame is read twice.

mod frame;
mod quick;

use serde::Deserialize;

use super::digits::{Levels, MaybeNumber, Number};

pub use frame::{Event, Frame, Reply, parse};

/// `st` of an event of the COIN-M market, which shares some streams with ours since June 2026.
const COIN_MARGINED: u8 = 2;

/// `<s>@aggTrade`: fills of one taker order at one price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct AggregateTrade<'a> {
    /// Sent at, in milliseconds.
    #[serde(rename = "E")]
    pub sent: i64,
    /// Symbol.
    #[serde(rename = "s")]
    pub symbol: &'a str,
    /// Consecutive per symbol: a jump means missed trades.
    #[serde(rename = "a")]
    pub id: u64,
    /// Price.
    #[serde(rename = "p")]
    pub price: Number,
    /// Quantity.
    #[serde(rename = "q")]
    pub quantity: Number,
    /// Traded at, in milliseconds.
    #[serde(rename = "T")]
    pub time: i64,
    /// Whether the buyer was the maker: then the taker sold.
    #[serde(rename = "m")]
    pub buyer_is_maker: bool,
    /// 1 USD-M, 2 COIN-M; USD-M when absent.
    #[serde(rename = "st", default)]
    pub market: Option<u8>,
}

/// `<s>@trade`: undocumented on futures and quiet; taken for a sign of life only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct SingleTrade<'a> {
    /// Sent at, in milliseconds.
    #[serde(rename = "E")]
    pub sent: i64,
    /// Traded at, in milliseconds.
    #[serde(rename = "T")]
    pub time: i64,
    /// Symbol.
    #[serde(rename = "s")]
    pub symbol: &'a str,
    /// Trade id.
    #[serde(rename = "t")]
    pub id: u64,
    /// Price.
    #[serde(rename = "p")]
    pub price: Number,
    /// Quantity.
    #[serde(rename = "q")]
    pub quantity: Number,
    /// Whether the buyer was the maker.
    #[serde(rename = "m")]
    pub buyer_is_maker: bool,
    /// 1 USD-M, 2 COIN-M; USD-M when absent.
    #[serde(rename = "st", default)]
    pub market: Option<u8>,
}

/// `<s>@bookTicker`: best bid and ask. Can run ahead of the depth stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct BookTicker<'a> {
    /// Update id, growing.
    #[serde(rename = "u")]
    pub id: u64,
    /// Sent at, in milliseconds.
    #[serde(rename = "E")]
    pub sent: i64,
    /// Engine time, in milliseconds.
    #[serde(rename = "T")]
    pub time: i64,
    /// Symbol.
    #[serde(rename = "s")]
    pub symbol: &'a str,
    /// Best bid.
    #[serde(rename = "b")]
    pub bid: Number,
    /// Quantity there.
    #[serde(rename = "B")]
    pub bid_quantity: Number,
    /// Best ask.
    #[serde(rename = "a")]
    pub ask: Number,
    /// Quantity there.
    #[serde(rename = "A")]
    pub ask_quantity: Number,
    /// 1 USD-M, 2 COIN-M; USD-M when absent.
    #[serde(rename = "st", default)]
    pub market: Option<u8>,
}

/// `<s>@depth`: changed levels; or `<s>@depth5`: the whole top of the book in the same shape.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Depth<'a> {
    /// Sent at, in milliseconds.
    #[serde(rename = "E")]
    pub sent: i64,
    /// Engine time, in milliseconds.
    #[serde(rename = "T")]
    pub time: i64,
    /// Symbol.
    #[serde(rename = "s")]
    pub symbol: &'a str,
    /// First update in the event.
    #[serde(rename = "U")]
    pub first: u64,
    /// Last update in the event.
    #[serde(rename = "u")]
    pub last: u64,
    /// Last update of the event before: what chains events.
    #[serde(rename = "pu")]
    pub previous: u64,
    /// Bids; quantity 0 removes.
    #[serde(rename = "b")]
    pub bids: Levels,
    /// Asks; quantity 0 removes.
    #[serde(rename = "a")]
    pub asks: Levels,
    /// 1 USD-M, 2 COIN-M; USD-M when absent.
    #[serde(rename = "st", default)]
    pub market: Option<u8>,
}

/// `<s>@markPrice`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct MarkPrice<'a> {
    /// Sent at, in milliseconds: the time of the event.
    #[serde(rename = "E")]
    pub sent: i64,
    /// Symbol.
    #[serde(rename = "s")]
    pub symbol: &'a str,
    /// Mark price.
    #[serde(rename = "p")]
    pub mark: Number,
    /// Moving average of the mark price, since March 2026.
    #[serde(rename = "ap", default)]
    pub average: MaybeNumber,
    /// Index price.
    #[serde(rename = "i", default)]
    pub index: MaybeNumber,
    /// Estimated settlement price; means something in the last hour before a settlement only.
    #[serde(rename = "P", default)]
    pub settlement: MaybeNumber,
    /// Funding rate as a fraction; empty where there is no funding.
    #[serde(rename = "r", default)]
    pub funding_rate: MaybeNumber,
    /// Next funding, in milliseconds; 0 where there is none.
    #[serde(rename = "T", default)]
    pub next_funding: i64,
    /// 1 USD-M, 2 COIN-M; USD-M when absent.
    #[serde(rename = "st", default)]
    pub market: Option<u8>,
}

/// `<s>@ticker`: the last 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Ticker<'a> {
    /// Sent at, in milliseconds.
    #[serde(rename = "E")]
    pub sent: i64,
    /// Symbol.
    #[serde(rename = "s")]
    pub symbol: &'a str,
    /// Price change.
    #[serde(rename = "p")]
    pub change: Number,
    /// The same in per cent.
    #[serde(rename = "P")]
    pub change_percent: Number,
    /// Average price by volume.
    #[serde(rename = "w")]
    pub average: Number,
    /// Last price.
    #[serde(rename = "c")]
    pub last: Number,
    /// Last quantity.
    #[serde(rename = "Q")]
    pub last_quantity: Number,
    /// Price 24 hours ago.
    #[serde(rename = "o")]
    pub open: Number,
    /// Highest price.
    #[serde(rename = "h")]
    pub high: Number,
    /// Lowest price.
    #[serde(rename = "l")]
    pub low: Number,
    /// Units traded.
    #[serde(rename = "v")]
    pub volume: Number,
    /// Money traded.
    #[serde(rename = "q")]
    pub value: Number,
    /// Trades.
    #[serde(rename = "n", default)]
    pub trades: u64,
    /// 1 USD-M, 2 COIN-M; USD-M when absent.
    #[serde(rename = "st", default)]
    pub market: Option<u8>,
}

/// `<s>@miniTicker`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct MiniTicker<'a> {
    /// Sent at, in milliseconds.
    #[serde(rename = "E")]
    pub sent: i64,
    /// Symbol.
    #[serde(rename = "s")]
    pub symbol: &'a str,
    /// Last price.
    #[serde(rename = "c")]
    pub last: Number,
    /// Price 24 hours ago.
    #[serde(rename = "o")]
    pub open: Number,
    /// Highest price.
    #[serde(rename = "h")]
    pub high: Number,
    /// Lowest price.
    #[serde(rename = "l")]
    pub low: Number,
    /// Units traded.
    #[serde(rename = "v")]
    pub volume: Number,
    /// Money traded.
    #[serde(rename = "q")]
    pub value: Number,
    /// 1 USD-M, 2 COIN-M; USD-M when absent.
    #[serde(rename = "st", default)]
    pub market: Option<u8>,
}

/// `<s>@kline_<i>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct KlineEvent<'a> {
    /// Sent at, in milliseconds.
    #[serde(rename = "E")]
    pub sent: i64,
    /// Symbol.
    #[serde(rename = "s")]
    pub symbol: &'a str,
    /// The bar.
    #[serde(rename = "k", borrow)]
    pub bar: KlineBar<'a>,
    /// 1 USD-M, 2 COIN-M; USD-M when absent.
    #[serde(rename = "st", default)]
    pub market: Option<u8>,
}

/// The bar of a [`KlineEvent`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct KlineBar<'a> {
    /// Opens at, in milliseconds.
    #[serde(rename = "t")]
    pub opens: i64,
    /// Last millisecond.
    #[serde(rename = "T")]
    pub ends: i64,
    /// `1m`.
    #[serde(rename = "i")]
    pub interval: &'a str,
    /// First trade; -1 without trades.
    #[serde(rename = "f")]
    pub first_trade: i64,
    /// Last trade; -1 without trades.
    #[serde(rename = "L")]
    pub last_trade: i64,
    /// First price.
    #[serde(rename = "o")]
    pub open: Number,
    /// Last price.
    #[serde(rename = "c")]
    pub close: Number,
    /// Highest price.
    #[serde(rename = "h")]
    pub high: Number,
    /// Lowest price.
    #[serde(rename = "l")]
    pub low: Number,
    /// Units traded.
    #[serde(rename = "v")]
    pub volume: Number,
    /// Money traded.
    #[serde(rename = "q")]
    pub value: Number,
    /// Whether it is over; said once, shortly after its end.
    #[serde(rename = "x")]
    pub closed: bool,
}

/// `<s>@forceOrder`: the largest liquidation of a symbol in a second; a sample, never all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct ForceOrder<'a> {
    /// Sent at, in milliseconds.
    #[serde(rename = "E")]
    pub sent: i64,
    /// The order of the liquidation.
    #[serde(rename = "o", borrow)]
    pub order: LiquidationOrder<'a>,
    /// 1 USD-M, 2 COIN-M; USD-M when absent. It may stand in the order instead.
    #[serde(rename = "st", default)]
    pub market: Option<u8>,
}

/// The order of a [`ForceOrder`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct LiquidationOrder<'a> {
    /// Symbol.
    #[serde(rename = "s")]
    pub symbol: &'a str,
    /// `SELL`: a long was liquidated.
    #[serde(rename = "S")]
    pub side: &'a str,
    /// Average fill price.
    #[serde(rename = "ap")]
    pub average_price: Number,
    /// Filled.
    #[serde(rename = "z")]
    pub filled: Number,
    /// Time, in milliseconds.
    #[serde(rename = "T")]
    pub time: i64,
    /// See [`ForceOrder::market`].
    #[serde(rename = "st", default)]
    pub market: Option<u8>,
}

/// `!contractInfo`: a contract was listed, ended or changed; the listing must be read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct ContractInfo<'a> {
    /// Symbol.
    #[serde(rename = "s")]
    pub symbol: &'a str,
    /// Its status now.
    #[serde(rename = "cs", default)]
    pub status: Option<&'a str>,
    /// 1 USD-M, 2 COIN-M; USD-M when absent.
    #[serde(rename = "st", default)]
    pub market: Option<u8>,
}
