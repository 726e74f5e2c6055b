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
use crate::market::{FlowPoint, FlowSeries, Interval, Price, Quantity, Symbol, UtcTime};

pub use super::history::HistoryError;

/// Most rows of one call.
pub const ROWS_MAX: u32 = 500;
/// Five hundred rows are some 100 kB.
const REPLY_MAX: usize = 2 << 20;

/// A series of the past, with its period where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Series {
    /// Open interest.
    OpenInterest,
    /// Units bought and sold by takers.
    Takers,
    /// Long and short accounts of everybody.
    Accounts,
    /// Long and short accounts of the largest traders.
    TopAccounts,
    /// Long and short positions of the largest traders.
    TopPositions,
}

impl Series {
    /// Of what the desk asks for.
    #[must_use]
    pub const fn of(series: FlowSeries) -> Self {
        match series {
            FlowSeries::OpenInterest => Self::OpenInterest,
            FlowSeries::Takers => Self::Takers,
            FlowSeries::Accounts => Self::Accounts,
            FlowSeries::TopAccounts => Self::TopAccounts,
            FlowSeries::TopPositions => Self::TopPositions,
        }
    }

    /// Reads the answer, oldest first.
    ///
    /// # Errors
    /// When it cannot be read or holds what cannot be.
    pub fn points(self, bytes: &[u8]) -> Result<Vec<FlowPoint>, HistoryError> {
        Ok(match self {
            Self::OpenInterest => open_interest(bytes)?.into_iter().map(FlowPoint::from).collect(),
            Self::Takers => takers(bytes)?.into_iter().map(FlowPoint::from).collect(),
            Self::Accounts | Self::TopAccounts | Self::TopPositions => {
                long_short(bytes)?.into_iter().map(FlowPoint::from).collect()
            }
        })
    }

    /// Path of the call.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::OpenInterest => "/futures/data/openInterestHist",
            // Their spelling.
            Self::Takers => "/futures/data/takerlongshortRatio",
            Self::Accounts => "/futures/data/globalLongShortAccountRatio",
            Self::TopAccounts => "/futures/data/topLongShortAccountRatio",
            Self::TopPositions => "/futures/data/topLongShortPositionRatio",
        }
    }

    /// Parameters of the call; `None` for an interval there is no such series of (2 h, 6 h and 12 h exist too, hoga has
    /// no such intervals).
    #[must_use]
    pub fn query(self, symbol: Symbol, period: Interval, rows: u32) -> Option<Query> {
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
}

/// Contracts held open at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenInterest {
    /// When.
    pub time: UtcTime,
    /// Units of the coin.
    pub units: Quantity,
    /// The same in money, where it is said.
    pub value: Option<Decimal>,
}

/// What takers did in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakerFlow {
    /// Stamp of the period.
    pub time: UtcTime,
    /// Units bought.
    pub bought: Quantity,
    /// Units sold.
    pub sold: Quantity,
}

/// How many are long and how many short. The two shares should make one together; the exchange's own examples do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LongShort {
    /// Stamp of the period.
    pub time: UtcTime,
    /// Share that is long.
    pub long: Decimal,
    /// Share that is short.
    pub short: Decimal,
    /// Long over short as the exchange says it.
    pub ratio: Decimal,
}

impl From<OpenInterest> for FlowPoint {
    fn from(of: OpenInterest) -> Self {
        Self { time: of.time, long: of.units.value(), short: None, ratio: None, value: of.value }
    }
}

impl From<TakerFlow> for FlowPoint {
    fn from(of: TakerFlow) -> Self {
        let (long, short) = (of.bought.value(), of.sold.value());
        Self {
            time: of.time,
            long,
            short: Some(short),
            ratio: long.checked_div(short).map(|ratio| ratio.round_dp(4)),
            value: None,
        }
    }
}

impl From<LongShort> for FlowPoint {
    fn from(of: LongShort) -> Self {
        Self { time: of.time, long: of.long, short: Some(of.short), ratio: Some(of.ratio), value: None }
    }
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
    Ok(OpenInterest { time: venue_time(row.time)?, units: quantity(row.open_interest.0)?, value: None })
}

/// Reads [`Series::OpenInterest`], oldest first.
///
/// # Errors
/// When it cannot be read or holds what cannot be.
pub fn open_interest(bytes: &[u8]) -> Result<Vec<OpenInterest>, HistoryError> {
    let rows: Vec<OpenInterestRow> = json::parse("openInterestHist", bytes, REPLY_MAX)?;
    by_time(
        &rows,
        |row| {
            Ok(OpenInterest {
                time: venue_time(row.timestamp.0)?,
                units: quantity(row.sum_open_interest.0)?,
                value: Some(not_negative(row.sum_open_interest_value.0)?),
            })
        },
        |row| row.time,
    )
}

/// Reads [`Series::Takers`], oldest first.
///
/// # Errors
/// When it cannot be read or holds what cannot be.
pub fn takers(bytes: &[u8]) -> Result<Vec<TakerFlow>, HistoryError> {
    let rows: Vec<TakerRow> = json::parse("takerlongshortRatio", bytes, REPLY_MAX)?;
    by_time(
        &rows,
        |row| {
            Ok(TakerFlow {
                time: venue_time(row.timestamp.0)?,
                bought: quantity(row.buy_vol.0)?,
                sold: quantity(row.sell_vol.0)?,
            })
        },
        |row| row.time,
    )
}

/// Reads any of the three long/short series, oldest first.
///
/// # Errors
/// When it cannot be read or holds what cannot be.
pub fn long_short(bytes: &[u8]) -> Result<Vec<LongShort>, HistoryError> {
    let rows: Vec<RatioRow> = json::parse("long/short ratio", bytes, REPLY_MAX)?;
    by_time(
        &rows,
        |row| {
            Ok(LongShort {
                time: venue_time(row.timestamp.0)?,
                long: not_negative(row.long_account.0)?,
                short: not_negative(row.short_account.0)?,
                ratio: not_negative(row.long_short_ratio.0)?,
            })
        },
        |row| row.time,
    )
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
    read.sort_by_key(time);
    Ok(read)
}

/// A share, a ratio or money.
fn not_negative(value: Decimal) -> Result<Decimal, Implausible> {
    if value < Decimal::ZERO { Err(Implausible("a number below zero")) } else { Ok(value) }
}
