//! Statistics under `/futures/data`, the same for the same seed.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::listing::fixed;
use super::market::Market;
use super::params::Params;
use super::parts::past;
use super::refusal::Refusal;

pub const PATHS: [&str; 5] = [
    "/futures/data/openInterestHist",
    "/futures/data/takerlongshortRatio",
    "/futures/data/globalLongShortAccountRatio",
    "/futures/data/topLongShortAccountRatio",
    "/futures/data/topLongShortPositionRatio",
];

const MINUTE: i64 = 60_000;
const KEPT: i64 = 30 * 24 * 60 * MINUTE;

/// Rows of a series, oldest first.
pub fn read(market: &Market, path: &str, params: &Params, now: i64) -> Result<Value, Refusal> {
    let period = match params.need("period")? {
        "5m" => 5,
        "15m" => 15,
        "30m" => 30,
        "1h" => 60,
        "2h" => 120,
        "4h" => 240,
        "6h" => 360,
        "12h" => 720,
        "1d" => 1_440,
        _ => return Err(Refusal::new(400, -1130, "Data sent for parameter 'period' is not valid.")),
    } * MINUTE;
    let limit = i64::try_from(params.limit(30, 500)?).unwrap_or_default();
    let start = params.number("startTime")?;
    if start.is_some_and(|start| start < now - KEPT) {
        return Err(Refusal::new(400, -1130, "Data sent for parameter 'startTime' is not valid."));
    }
    let last = params.number("endTime")?.unwrap_or(now).min(now).div_euclid(period);
    let first = match start {
        Some(start) => (start + period - 1).div_euclid(period),
        None => (last - limit + 1).max((now - KEPT).div_euclid(period) + 1),
    };
    Ok((first..=last).take(usize::try_from(limit).unwrap_or_default()).map(|n| row(market, path, n * period)).collect())
}

fn row(market: &Market, path: &str, time: i64) -> Value {
    let seed = path.bytes().fold(0, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let part = |n: u64, range: u64| Decimal::from(past::hash(seed ^ n, time) % range);
    let listing = &market.listing;
    if path.ends_with("openInterestHist") {
        let held = listing.max_quantity * (Decimal::from(9) + part(1, 2_000) / Decimal::ONE_THOUSAND);
        let value = held * market.bar(time - MINUTE, time, time).close;
        return json!({"symbol": listing.symbol, "sumOpenInterest": fixed(held, 8), "sumOpenInterestValue": fixed(value, 8),
                      "CMCCirculatingSupply": "165880.538", "timestamp": time});
    }
    if path.ends_with("takerlongshortRatio") {
        let (bought, sold) = (Decimal::from(100) + part(1, 500), Decimal::from(100) + part(2, 500));
        return json!({"buySellRatio": fixed(bought / sold, 4), "buyVol": fixed(bought, 4), "sellVol": fixed(sold, 4),
                      "timestamp": time});
    }
    let long = (Decimal::from(4_000) + part(1, 2_000)) / Decimal::from(10_000);
    let short = Decimal::ONE - long;
    // The exchange has been seen to write the time as a number and as text.
    let time = if past::hash(seed, time).is_multiple_of(2) { json!(time) } else { json!(time.to_string()) };
    json!({"symbol": listing.symbol, "longShortRatio": fixed(long / short, 4), "longAccount": fixed(long, 4),
           "shortAccount": fixed(short, 4), "timestamp": time})
}
