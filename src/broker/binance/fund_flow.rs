//! Who holds what: open interest, takers, long and short accounts, funding of the past.
//!
//! Public, without weight, but a family of calls of its own with 1,000 calls in five minutes; the demo host serves none
//! of it. Which end of its period a row is stamped with differs between the series and is not known: rows are aligned by
//! the stamp as given.

use rust_decimal::Decimal;

use super::market_map::{Implausible, price, quantity, venue_time};
use super::query::Query;
use super::wire::rest_market::{FundingRow, OpenInterestNow, OpenInterestRow, RatioRow, TakerRow};
use crate::broker::net::json;
use crate::market::arrange::Arrange;
use crate::market::{FlowPoint, FlowSeries, Interval, Price, Quantity, Symbol, UtcTime};

pub use super::history::HistoryError;

/// Most rows of one call.
pub const ROWS_MAX: u32 = 500;
/// Five hundred rows are some 100 kB.
const REPLY_MAX: usize = 2 << 20;

/// Path of a series.
#[must_use]
pub const fn path(series: FlowSeries) -> &'static str {
    match series {
        FlowSeries::OpenInterest => "/futures/data/openInterestHist",
        // Their spelling.
        FlowSeries::Takers => "/futures/data/takerlongshortRatio",
        FlowSeries::Accounts => "/futures/data/globalLongShortAccountRatio",
        FlowSeries::TopAccounts => "/futures/data/topLongShortAccountRatio",
        FlowSeries::TopPositions => "/futures/data/topLongShortPositionRatio",
    }
}

/// Parameters of the call; `None` for an interval there is no such series of (2 h, 6 h and 12 h exist too, hoga has no
/// such intervals).
#[must_use]
pub fn query(symbol: Symbol, period: Interval, rows: u32) -> Option<Query> {
    let period = match period {
        Interval::Minute5
        | Interval::Minute15
        | Interval::Minute30
        | Interval::Hour1
        | Interval::Hour4
        | Interval::Day1 => period.as_str(),
        _ => return None,
    };
    let query = Query::new().text("symbol", symbol.as_str()).text("period", period);
    Some(query.number("limit", i64::from(rows.clamp(1, ROWS_MAX))))
}

/// Contracts held open now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenInterest {
    /// When.
    pub time: UtcTime,
    /// Units of the coin.
    pub units: Quantity,
}

/// A funding of the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Funding {
    /// When it was paid.
    pub time: UtcTime,
    /// Rate as a fraction; positive when longs paid shorts.
    pub rate: Decimal,
    /// Mark price then; missing on old rows.
    pub mark: Option<Price>,
}

/// Reads `openInterest`: the count now.
///
/// # Errors
/// When it cannot be read or holds what cannot be.
pub fn open_interest_now(bytes: &[u8]) -> Result<OpenInterest, HistoryError> {
    let row: OpenInterestNow = json::parse("openInterest", bytes, REPLY_MAX)?;
    Ok(OpenInterest { time: venue_time(row.time)?, units: quantity(row.open_interest.0)? })
}

/// Reads the answer to a question for a series, oldest first.
///
/// # Errors
/// When it cannot be read or holds what cannot be.
pub fn points(series: FlowSeries, bytes: &[u8]) -> Result<Vec<FlowPoint>, HistoryError> {
    match series {
        FlowSeries::OpenInterest => {
            let rows: Vec<OpenInterestRow> = json::parse("openInterestHist", bytes, REPLY_MAX)?;
            by_time(&rows, open_interest, |point| point.time)
        }
        FlowSeries::Takers => {
            let rows: Vec<TakerRow> = json::parse("takerlongshortRatio", bytes, REPLY_MAX)?;
            by_time(&rows, takers, |point| point.time)
        }
        FlowSeries::Accounts | FlowSeries::TopAccounts | FlowSeries::TopPositions => {
            let rows: Vec<RatioRow> = json::parse("long/short ratio", bytes, REPLY_MAX)?;
            by_time(&rows, long_short, |point| point.time)
        }
    }
}

fn open_interest(row: &OpenInterestRow) -> Result<FlowPoint, Implausible> {
    Ok(FlowPoint {
        time: venue_time(row.timestamp.0)?,
        long: quantity(row.sum_open_interest.0)?.value(),
        short: None,
        ratio: None,
        value: Some(not_negative(row.sum_open_interest_value.0)?),
    })
}

fn takers(row: &TakerRow) -> Result<FlowPoint, Implausible> {
    let (bought, sold) = (quantity(row.buy_vol.0)?.value(), quantity(row.sell_vol.0)?.value());
    // Their own ratio is rounded to four digits.
    let ratio = bought.checked_div(sold).map(|ratio| ratio.round_dp(8).normalize());
    Ok(FlowPoint { time: venue_time(row.timestamp.0)?, long: bought, short: Some(sold), ratio, value: None })
}

/// The two shares should make one together; the exchange's own examples do not.
fn long_short(row: &RatioRow) -> Result<FlowPoint, Implausible> {
    Ok(FlowPoint {
        time: venue_time(row.timestamp.0)?,
        long: not_negative(row.long_account.0)?,
        short: Some(not_negative(row.short_account.0)?),
        ratio: Some(not_negative(row.long_short_ratio.0)?),
        value: None,
    })
}

/// Reads `fundingRate`, oldest first.
///
/// # Errors
/// When it cannot be read or holds what cannot be.
pub fn fundings(bytes: &[u8]) -> Result<Vec<Funding>, HistoryError> {
    let rows: Vec<FundingRow> = json::parse("fundingRate", bytes, REPLY_MAX)?;
    by_time(
        &rows,
        |row| {
            let rate = row.funding_rate.0;
            if rate.abs() > Decimal::ONE {
                return Err(Implausible("a funding rate"));
            }
            Ok(Funding { time: venue_time(row.funding_time)?, rate, mark: row.mark_price.0.map(price).transpose()? })
        },
        |row| row.time,
    )
}

fn by_time<R, T>(
    rows: &[R],
    read: impl Fn(&R) -> Result<T, Implausible>,
    time: impl Fn(&T) -> UtcTime,
) -> Result<Vec<T>, HistoryError> {
    let mut read = rows.iter().map(read).collect::<Result<Vec<T>, _>>()?;
    read.arrange_by_key(time);
    Ok(read)
}

/// A share, a ratio or money.
fn not_negative(value: Decimal) -> Result<Decimal, Implausible> {
    if value < Decimal::ZERO { Err(Implausible("a number below zero")) } else { Ok(value) }
}
