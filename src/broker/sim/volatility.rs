//! Volatility interruptions (변동성완화장치, VI): when a trade would move the price too far, a two-minute call auction
//! takes the place of continuous trading.

use super::grid::Grid;
use super::matching::Bounds;

/// Rates of an instrument's interruptions, in basis points. KRX: 300 dynamic for KOSPI200 members, 600 for others;
/// closing call 200 and 400; static 1,000 for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InterruptionRates {
    /// Against the last trade, in continuous trading.
    pub dynamic: i64,
    /// Against the last trade, in the closing call.
    pub closing: i64,
    /// Against the latest single price (before the opening: the base price).
    pub fixed: i64,
}

/// KOSPI200 members and ETFs on KOSPI200.
pub const KOSPI200: InterruptionRates = InterruptionRates { dynamic: 300, closing: 200, fixed: 1_000 };
/// Other KOSPI and all KOSDAQ issues.
pub const OTHERS: InterruptionRates = InterruptionRates { dynamic: 600, closing: 400, fixed: 1_000 };

const WHOLE: i64 = 10_000;

/// First tick above, and first below, that is `rate` or more away from a reference tick.
fn around(grid: &Grid, reference: i64, rate: i64) -> (i64, i64) {
    let units = i128::from(grid.units(reference));
    let up = units * i128::from(WHOLE + rate);
    let down = units * i128::from(WHOLE - rate);
    let whole = i128::from(WHOLE);
    let up = i64::try_from((up + whole - 1) / whole).unwrap_or(i64::MAX);
    let down = i64::try_from(down / whole).unwrap_or(0);
    (grid.floor(down), grid.ceil(up))
}

/// The daily bounds with the ticks at which trading is interrupted, from the last trade and the last single price.
#[must_use]
pub fn bounds(grid: &Grid, rates: InterruptionRates, limits: (i64, i64), last: i64, single_price: i64) -> Bounds {
    let (dynamic_low, dynamic_high) = around(grid, last, rates.dynamic);
    let (static_low, static_high) = around(grid, single_price, rates.fixed);
    Bounds {
        lowest: limits.0,
        highest: limits.1,
        trip_below: dynamic_low.max(static_low),
        trip_above: dynamic_high.min(static_high),
    }
}

/// Whether a single price is so far from its reference that the call must go on for two more minutes.
#[must_use]
pub fn extends(grid: &Grid, rate: i64, reference: i64, price: i64) -> bool {
    let (low, high) = around(grid, reference, rate);
    price <= low || price >= high
}
