//! Public market data.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::exchange::Exchange;
use super::listing::{fixed, money};
use super::market::{Market, Print, bar_of, next_funding};
use super::params::Params;
use super::refusal::Refusal;

const DEPTHS: [i64; 7] = [5, 10, 20, 50, 100, 500, 1_000];
const HOUR: i64 = 3_600_000;
const EIGHT_HOURS: i64 = 8 * HOUR;

/// `path` without `/fapi/`.
pub fn read(exchange: &mut Exchange, path: &str, params: &Params, now: i64) -> Result<Value, Refusal> {
    match path {
        "v1/ping" => Ok(json!({})),
        "v1/time" => Ok(json!({"serverTime": now})),
        "v1/exchangeInfo" => Ok(exchange_info(exchange, now)),
        "v1/fundingInfo" => Ok(json!([])),
        "v1/depth" => depth(exchange, params, now),
        "v1/trades" => {
            let market = exchange.market(params.need("symbol")?)?;
            let limit = params.limit(500, 1_000)?;
            let first = market.newest_id() + 1 - i64::try_from(limit).unwrap_or_default();
            Ok(prints(market, first, limit).iter().map(|print| market.trade_row(print)).collect())
        }
        "v1/aggTrades" => agg_trades(exchange.market(params.need("symbol")?)?, params, now),
        "v1/klines" => klines(exchange.market(params.need("symbol")?)?, params, now),
        "v1/ticker/24hr" => rows(exchange, params, |market| market.ticker_row(now)),
        "v1/ticker/bookTicker" => rows(exchange, params, |market| book_row(market, now)),
        "v2/ticker/price" => rows(
            exchange,
            params,
            |market| json!({"symbol": market.listing.symbol, "price": market.listing.price_text(market.last), "time": now}),
        ),
        "v1/premiumIndex" => rows(exchange, params, |market| premium_row(market, now)),
        "v1/fundingRate" => funding(exchange, params, now),
        _ => {
            let market = exchange.market(params.need("symbol")?)?;
            Ok(json!({"openInterest": fixed(market.listing.max_quantity * Decimal::TEN, market.listing.step.scale()),
                      "symbol": market.listing.symbol, "time": now}))
        }
    }
}

fn rows(exchange: &Exchange, params: &Params, row: impl Fn(&Market) -> Value) -> Result<Value, Refusal> {
    match params.get("symbol") {
        Some(symbol) => Ok(row(exchange.market(symbol)?)),
        None => Ok(exchange.listed.iter().map(|symbol| row(&exchange.markets[symbol])).collect()),
    }
}

/// The budgets here are what the caller puts in place of them.
fn exchange_info(exchange: &Exchange, now: i64) -> Value {
    let symbols: Vec<Value> = exchange.listed.iter().map(|symbol| exchange.markets[symbol].listing.to_json()).collect();
    json!({"timezone": "UTC",
           // Old on purpose: nobody may set a clock by it.
           "serverTime": now - 2 * 24 * HOUR,
           "futuresType": "U_MARGINED", "rateLimits": [], "exchangeFilters": [],
           "assets": [{"asset": "USDT", "marginAvailable": true, "autoAssetExchange": "-10000"},
                      {"asset": "BNB", "marginAvailable": true, "autoAssetExchange": null}],
           "symbols": symbols})
}

fn depth(exchange: &mut Exchange, params: &Params, now: i64) -> Result<Value, Refusal> {
    let symbol = params.need("symbol")?;
    exchange.market(symbol)?;
    let limit = params.number("limit")?.unwrap_or(500);
    if !DEPTHS.contains(&limit) {
        return Err(Refusal::new(400, -4021, format!("{limit} is not valid depth limit.")));
    }
    let market = exchange.markets.get_mut(symbol).unwrap();
    let listing = market.listing.clone();
    let levels = usize::try_from(limit).unwrap_or_default();
    if market.old_snapshots > 0 {
        market.old_snapshots -= 1;
        return Ok(market.book.old_snapshot(&listing, levels, now));
    }
    Ok(market.book.snapshot(&listing, levels, now))
}

fn prints(market: &Market, first: i64, limit: usize) -> Vec<Print> {
    (first..).take(limit).map_while(|id| market.print_of(id)).collect()
}

fn agg_trades(market: &Market, params: &Params, now: i64) -> Result<Value, Refusal> {
    let limit = params.limit(500, 1_000)?;
    let (from_id, start, end) = (params.number("fromId")?, params.number("startTime")?, params.number("endTime")?);
    if let (Some(start), Some(end)) = (start, end)
        && end - start > HOUR
    {
        return Err(Refusal::new(400, -4165, "Invalid time interval."));
    }
    if start.is_some_and(|start| start < now - 48 * HOUR) {
        return Ok(json!([]));
    }
    let newest = |before: i64| before - i64::try_from(limit).unwrap_or_default();
    let first = match (from_id, start, end) {
        (Some(id), _, _) => id,
        (None, Some(start), _) => market.first_id_from(start),
        (None, None, Some(end)) => newest(market.first_id_from(end + 1)),
        (None, None, None) => newest(market.newest_id() + 1),
    };
    let rows = prints(market, first, limit);
    let rows = rows.iter().filter(|print| end.is_none_or(|end| print.time <= end));
    Ok(rows.map(|print| market.agg_row(print)).collect())
}

fn klines(market: &Market, params: &Params, now: i64) -> Result<Value, Refusal> {
    let interval = params.need("interval")?;
    let (current, _) = bar_of(interval, now).ok_or_else(|| Refusal::of(-1120))?;
    let limit = params.limit(500, 1_500)?;
    let end = params.number("endTime")?.unwrap_or(now).min(now);
    let mut bars = Vec::new();
    match params.number("startTime")? {
        Some(start) => {
            let Some((first, next)) = bar_of(interval, start) else { return Ok(json!([])) };
            let mut at = if first == start { first } else { next };
            while at <= end && at <= current && bars.len() < limit {
                let Some((_, next)) = bar_of(interval, at) else { break };
                bars.push(market.kline_row(at, next, now));
                at = next;
            }
        }
        None => {
            let mut at = end;
            while bars.len() < limit {
                let Some((start, next)) = bar_of(interval, at) else { break };
                bars.push(market.kline_row(start, next, now));
                at = start - 1;
            }
            bars.reverse();
        }
    }
    Ok(Value::Array(bars))
}

fn book_row(market: &Market, now: i64) -> Value {
    let event = market.book_ticker_event(now);
    json!({"symbol": market.listing.symbol, "bidPrice": event["b"], "bidQty": event["B"], "askPrice": event["a"],
           "askQty": event["A"], "time": now, "lastUpdateId": event["u"]})
}

fn premium_row(market: &Market, now: i64) -> Value {
    let index = fixed(market.book.middle(), 8);
    json!({"symbol": market.listing.symbol, "markPrice": fixed(market.mark(), 8), "indexPrice": index,
           "estimatedSettlePrice": index, "lastFundingRate": money(market.funding_rate), "interestRate": "0.00010000",
           "nextFundingTime": next_funding(now), "time": now})
}

fn funding(exchange: &Exchange, params: &Params, now: i64) -> Result<Value, Refusal> {
    let limit = params.limit(100, 1_000)?;
    let (start, end) = (params.number("startTime")?, params.number("endTime")?.unwrap_or(now).min(now));
    let market = exchange.market(params.get("symbol").unwrap_or("BTCUSDT"))?;
    let newest = end - end.rem_euclid(EIGHT_HOURS);
    let count = i64::try_from(limit).unwrap_or_default();
    let first = match start {
        Some(start) => (start + EIGHT_HOURS - 1).div_euclid(EIGHT_HOURS) * EIGHT_HOURS,
        None => newest - (count - 1) * EIGHT_HOURS,
    };
    let times = (0..count).map(|n| first + n * EIGHT_HOURS).take_while(|time| *time <= newest);
    let row = |time: i64| {
        let mark = market.bar(time - 60_000, time, now).close;
        json!({"symbol": market.listing.symbol, "fundingRate": money(market.funding_rate), "fundingTime": time,
               "markPrice": fixed(mark, 8), "rateType": "Regular"})
    };
    Ok(times.map(row).collect())
}
