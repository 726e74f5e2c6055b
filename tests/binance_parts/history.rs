//! The past as the market's calls tell it: books, trades and bars.

use serde_json::{Value, json};

use super::listing::Dialect;
use super::market::{Market, Print, bar_of};
use super::markets::Markets;
use super::params::Params;
use super::refusal::Refusal;

const HOUR: i64 = 3_600_000;

/// `depth` with so many levels.
pub fn depth(markets: &mut Markets, symbol: &str, levels: usize, now: i64) -> Result<Value, Refusal> {
    markets.find(symbol)?;
    let market = markets.get_mut(symbol).unwrap();
    let listing = market.listing.clone();
    if market.old_snapshots > 0 {
        market.old_snapshots -= 1;
        return Ok(market.book.old_snapshot(&listing, levels, now));
    }
    Ok(market.book.snapshot(&listing, levels, now))
}

fn prints(market: &Market, first: i64, limit: usize) -> Vec<Print> {
    (first..).take(limit).map_while(|id| market.print_of(id)).collect()
}

/// `trades`: the newest.
pub fn trades(market: &Market, params: &Params) -> Result<Value, Refusal> {
    let limit = params.limit(500, 1_000)?;
    let first = market.newest_id() + 1 - i64::try_from(limit).unwrap_or_default();
    Ok(prints(market, first, limit).iter().map(|print| market.trade_row(print)).collect())
}

/// `aggTrades` of the last two days.
pub fn agg_trades(market: &Market, params: &Params, now: i64) -> Result<Value, Refusal> {
    let limit = params.limit(500, 1_000)?;
    let (from_id, start, end) = (params.number("fromId")?, params.number("startTime")?, params.number("endTime")?);
    let is_futures = market.listing.dialect == Dialect::Futures;
    if let (Some(start), Some(end)) = (start, end)
        && end - start > HOUR
        && is_futures
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

/// `klines`, at most so many.
pub fn klines(market: &Market, params: &Params, most: i64, now: i64) -> Result<Value, Refusal> {
    let interval = params.need("interval")?;
    let (current, _) = bar_of(interval, now).ok_or_else(|| Refusal::of(-1120))?;
    let limit = params.limit(500, most)?;
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

/// `ticker/bookTicker`.
pub fn best_prices(market: &Market, now: i64) -> Value {
    let event = market.book_ticker_event(now);
    json!({"symbol": market.listing.symbol, "bidPrice": event["b"], "bidQty": event["B"], "askPrice": event["a"],
           "askQty": event["A"]})
}

/// Rows of a list: the oldest when a start is given, else the newest.
pub fn cut(mut rows: Vec<Value>, limit: usize, from_start: bool) -> Value {
    if rows.len() > limit {
        if from_start {
            rows.truncate(limit);
        } else {
            rows.drain(..rows.len() - limit);
        }
    }
    Value::Array(rows)
}
