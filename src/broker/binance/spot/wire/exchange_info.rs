//! `GET /api/v3/exchangeInfo`.
//!
//! Thousands of symbols come in one reply, some with names hoga cannot carry; each is read by itself, so that one of
//! them never costs the others.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::WireError;
use crate::broker::binance::wire::digits::MaybeNumber;
use crate::broker::net::json::parse;

/// Largest reply that is read; the whole market was about 20 MB in 2026.
pub const LISTING_MAX: usize = 64 * 1024 * 1024;

/// The market and its rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeInfo {
    /// The exchange's clock, in ms.
    pub server_ms: i64,
    /// Budgets.
    pub rate_limits: Vec<RateLimit>,
    /// Symbols that could be read.
    pub symbols: Vec<SymbolInfo>,
    /// Symbols that could not.
    pub unreadable: usize,
}

/// One budget: so many of something in a window.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RateLimit {
    /// `REQUEST_WEIGHT`, `ORDERS`, `RAW_REQUESTS`.
    pub rate_limit_type: String,
    /// `SECOND`, `MINUTE`, `DAY`.
    pub interval: String,
    /// How many of them.
    pub interval_num: u32,
    /// How much.
    pub limit: u32,
    /// How much is used, in replies of the WebSocket API.
    #[serde(default)]
    pub count: Option<u32>,
}

/// One symbol.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SymbolInfo {
    /// Its code; may hold letters hoga has no symbol for.
    pub symbol: String,
    /// `TRADING`, `HALT`, `BREAK`, `CANCEL_ONLY`.
    pub status: String,
    /// What is bought.
    pub base_asset: String,
    /// Decimals of amounts of it.
    pub base_asset_precision: u32,
    /// What it is paid with.
    pub quote_asset: String,
    /// Decimals of amounts of it.
    #[serde(default)]
    pub quote_asset_precision: Option<u32>,
    /// Types it takes.
    #[serde(default)]
    pub order_types: Vec<String>,
    /// Whether `trailingDelta` is taken.
    #[serde(default)]
    pub allow_trailing_stop: bool,
    /// Whether an order may be replaced in one request.
    #[serde(default)]
    pub cancel_replace_allowed: bool,
    /// Whether a quantity may be made smaller in place.
    #[serde(default)]
    pub amend_allowed: bool,
    /// Whether it trades on spot at all.
    #[serde(default)]
    pub is_spot_trading_allowed: Option<bool>,
    /// Its filters.
    #[serde(default)]
    pub filters: Vec<FilterInfo>,
}

/// A filter: one shape for all of them, each with its own fields.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub struct FilterInfo {
    /// Which.
    pub filter_type: String,
    /// PRICE_FILTER.
    pub min_price: MaybeNumber,
    /// PRICE_FILTER.
    pub max_price: MaybeNumber,
    /// PRICE_FILTER.
    pub tick_size: MaybeNumber,
    /// LOT_SIZE, MARKET_LOT_SIZE.
    pub min_qty: MaybeNumber,
    /// LOT_SIZE, MARKET_LOT_SIZE.
    pub max_qty: MaybeNumber,
    /// LOT_SIZE, MARKET_LOT_SIZE.
    pub step_size: MaybeNumber,
    /// NOTIONAL, MIN_NOTIONAL.
    pub min_notional: MaybeNumber,
    /// NOTIONAL.
    pub max_notional: MaybeNumber,
    /// NOTIONAL.
    pub apply_min_to_market: bool,
    /// NOTIONAL.
    pub apply_max_to_market: bool,
    /// MIN_NOTIONAL.
    pub apply_to_market: bool,
    /// PERCENT_PRICE.
    pub multiplier_up: MaybeNumber,
    /// PERCENT_PRICE.
    pub multiplier_down: MaybeNumber,
    /// PERCENT_PRICE_BY_SIDE, buys.
    pub bid_multiplier_up: MaybeNumber,
    /// PERCENT_PRICE_BY_SIDE, buys.
    pub bid_multiplier_down: MaybeNumber,
    /// PERCENT_PRICE_BY_SIDE, sells.
    pub ask_multiplier_up: MaybeNumber,
    /// PERCENT_PRICE_BY_SIDE, sells.
    pub ask_multiplier_down: MaybeNumber,
    /// TRAILING_DELTA, in basis points.
    pub min_trailing_above_delta: MaybeNumber,
    /// TRAILING_DELTA, in basis points.
    pub max_trailing_above_delta: MaybeNumber,
    /// TRAILING_DELTA, in basis points.
    pub min_trailing_below_delta: MaybeNumber,
    /// TRAILING_DELTA, in basis points.
    pub max_trailing_below_delta: MaybeNumber,
}

#[derive(Deserialize)]
struct Reply<'a> {
    #[serde(rename = "serverTime")]
    server_time: i64,
    #[serde(rename = "rateLimits", default)]
    rate_limits: Vec<RateLimit>,
    #[serde(borrow)]
    symbols: Vec<&'a RawValue>,
}

/// Reads the reply.
///
/// # Errors
/// Not JSON, or without a list of symbols.
pub fn decode(body: &[u8]) -> Result<ExchangeInfo, WireError> {
    let reply: Reply<'_> = parse("exchangeInfo", body, LISTING_MAX)?;
    let read = |raw: &&RawValue| parse("symbol", raw.get().as_bytes(), LISTING_MAX).ok();
    let symbols: Vec<SymbolInfo> = reply.symbols.iter().filter_map(read).collect();
    let unreadable = reply.symbols.len() - symbols.len();
    Ok(ExchangeInfo { server_ms: reply.server_time, rate_limits: reply.rate_limits, symbols, unreadable })
}
