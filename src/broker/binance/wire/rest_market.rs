//! Replies of public REST calls of the futures market.

use serde::de::{self, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

use super::digits::{Levels, MaybeNumber, Number, Whole};

/// `GET /fapi/v1/time`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct ServerTime {
    /// Milliseconds.
    #[serde(rename = "serverTime")]
    pub server_time: Whole,
}

/// `GET /fapi/v1/depth`: best levels first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DepthSnapshot {
    /// Id of the last update contained.
    #[serde(rename = "lastUpdateId")]
    pub last_update_id: u64,
    /// Sent at, in milliseconds.
    #[serde(rename = "E", default)]
    pub sent: Option<i64>,
    /// Engine time, in milliseconds.
    #[serde(rename = "T", default)]
    pub time: Option<i64>,
    /// Bids.
    pub bids: Levels,
    /// Asks.
    pub asks: Levels,
}

/// A row of `GET /fapi/v1/trades`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct TradeRow {
    /// Trade id; of another series than aggregate ids.
    pub id: u64,
    /// Price.
    pub price: Number,
    /// Quantity.
    #[serde(rename = "qty")]
    pub quantity: Number,
    /// Milliseconds.
    pub time: i64,
    /// Whether the buyer was the maker.
    #[serde(rename = "isBuyerMaker")]
    pub buyer_is_maker: bool,
}

/// A row of `GET /fapi/v1/aggTrades`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct AggregateTradeRow {
    /// Aggregate id.
    #[serde(rename = "a")]
    pub id: u64,
    /// Price.
    #[serde(rename = "p")]
    pub price: Number,
    /// Quantity.
    #[serde(rename = "q")]
    pub quantity: Number,
    /// Quantity without fills of retail price improvement.
    #[serde(rename = "nq", default)]
    pub quantity_without_rpi: MaybeNumber,
    /// First trade id.
    #[serde(rename = "f")]
    pub first_trade: u64,
    /// Last trade id.
    #[serde(rename = "l")]
    pub last_trade: u64,
    /// Milliseconds.
    #[serde(rename = "T")]
    pub time: i64,
    /// Whether the buyer was the maker: then the taker sold.
    #[serde(rename = "m")]
    pub buyer_is_maker: bool,
}

/// A row of `GET /fapi/v1/klines`, which is a list of mixed values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KlineRow {
    /// Opens at, in milliseconds: the identity of the bar.
    pub opens: i64,
    /// First price.
    pub open: Number,
    /// Highest price.
    pub high: Number,
    /// Lowest price.
    pub low: Number,
    /// Last price.
    pub close: Number,
    /// Units traded.
    pub volume: Number,
    /// Last millisecond.
    pub ends: i64,
    /// Money traded.
    pub value: Number,
    /// Trades.
    pub trades: u64,
    /// Units bought by takers.
    pub taker_volume: Number,
    /// Money paid by takers who bought.
    pub taker_value: Number,
}

impl<'de> Deserialize<'de> for KlineRow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Row;
        impl<'de> Visitor<'de> for Row {
            type Value = KlineRow;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a row of eleven values")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut row: A) -> Result<KlineRow, A::Error> {
                fn next<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(row: &mut A) -> Result<T, A::Error> {
                    row.next_element()?.ok_or_else(|| de::Error::invalid_length(0, &"a row of eleven values"))
                }
                let read = KlineRow {
                    opens: next(&mut row)?,
                    open: next(&mut row)?,
                    high: next(&mut row)?,
                    low: next(&mut row)?,
                    close: next(&mut row)?,
                    volume: next(&mut row)?,
                    ends: next(&mut row)?,
                    value: next(&mut row)?,
                    trades: next(&mut row)?,
                    taker_volume: next(&mut row)?,
                    taker_value: next(&mut row)?,
                };
                while row.next_element::<IgnoredAny>()?.is_some() {}
                Ok(read)
            }
        }
        deserializer.deserialize_seq(Row)
    }
}

/// `GET /fapi/v1/ticker/24hr`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DayRow {
    /// Symbol.
    pub symbol: String,
    /// Price change.
    pub price_change: Number,
    /// The same in per cent.
    pub price_change_percent: Number,
    /// Last price.
    pub last_price: Number,
    /// Price 24 hours ago.
    pub open_price: Number,
    /// Highest price.
    pub high_price: Number,
    /// Lowest price.
    pub low_price: Number,
    /// Units traded.
    pub volume: Number,
    /// Money traded.
    pub quote_volume: Number,
    /// End of the 24 hours, in milliseconds.
    pub close_time: i64,
    /// Trades.
    #[serde(default)]
    pub count: u64,
}

/// `GET /fapi/v1/ticker/bookTicker`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BookTickerRow {
    /// Symbol.
    pub symbol: String,
    /// Best bid.
    pub bid_price: Number,
    /// Quantity there.
    pub bid_qty: Number,
    /// Best ask.
    pub ask_price: Number,
    /// Quantity there.
    pub ask_qty: Number,
    /// Milliseconds.
    pub time: i64,
}

/// `GET /fapi/v1/premiumIndex`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PremiumIndex {
    /// Symbol.
    pub symbol: String,
    /// Mark price.
    pub mark_price: Number,
    /// Index price.
    #[serde(default)]
    pub index_price: MaybeNumber,
    /// Estimated settlement price.
    #[serde(default)]
    pub estimated_settle_price: MaybeNumber,
    /// Rate of the running interval, as a fraction.
    #[serde(default)]
    pub last_funding_rate: MaybeNumber,
    /// Interest part of it.
    #[serde(default)]
    pub interest_rate: MaybeNumber,
    /// Next funding, in milliseconds; can be 0.
    pub next_funding_time: i64,
    /// Milliseconds.
    pub time: i64,
}

/// A row of `GET /fapi/v1/fundingRate`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FundingRow {
    /// Symbol.
    pub symbol: String,
    /// Rate, as a fraction.
    pub funding_rate: Number,
    /// Milliseconds.
    pub funding_time: i64,
    /// Mark price then; missing on old rows.
    #[serde(default)]
    pub mark_price: MaybeNumber,
    /// `Regular` or `Special`.
    #[serde(default)]
    pub rate_type: Option<String>,
}

/// A row of `GET /fapi/v1/fundingInfo`; symbols that are absent have 8 hours.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FundingTerms {
    /// Symbol.
    pub symbol: String,
    /// Highest rate.
    pub adjusted_funding_rate_cap: Number,
    /// Lowest rate.
    pub adjusted_funding_rate_floor: Number,
    /// Hours between fundings.
    pub funding_interval_hours: u32,
}

/// `GET /fapi/v1/openInterest`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenInterestNow {
    /// Units.
    pub open_interest: Number,
    /// Symbol.
    pub symbol: String,
    /// Milliseconds.
    pub time: i64,
}

/// A row of `GET /futures/data/openInterestHist`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenInterestRow {
    /// Units.
    pub sum_open_interest: Number,
    /// The same in money.
    pub sum_open_interest_value: Number,
    /// Milliseconds, as a number or as text.
    pub timestamp: Whole,
}

/// A row of `GET /futures/data/takerlongshortRatio`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TakerRow {
    /// Bought by takers over sold by takers.
    pub buy_sell_ratio: Number,
    /// Units bought by takers.
    pub buy_vol: Number,
    /// Units sold by takers.
    pub sell_vol: Number,
    /// Milliseconds, as a number or as text.
    pub timestamp: Whole,
}

/// A row of the three long/short ratios under `/futures/data`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RatioRow {
    /// Long over short.
    pub long_short_ratio: Number,
    /// Share that is long.
    pub long_account: Number,
    /// Share that is short.
    pub short_account: Number,
    /// Milliseconds, as a number or as text.
    pub timestamp: Whole,
}
