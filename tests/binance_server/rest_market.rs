//! Public market data.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::exchange::Exchange;
use super::listing::{fixed, money};
use super::market::{Market, next_funding};
use super::params::Params;
use super::parts::history;
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
        "v1/trades" => history::trades(exchange.market(params.need("symbol")?)?, params),
        "v1/aggTrades" => history::agg_trades(exchange.market(params.need("symbol")?)?, params, now),
        "v1/klines" => history::klines(exchange.market(params.need("symbol")?)?, params, 1_500, now),
        "v1/ticker/24hr" => exchange.markets.rows(params, |market| market.ticker_row(now)),
        "v1/ticker/bookTicker" => exchange.markets.rows(params, |market| book_row(market, now)),
        "v2/ticker/price" => exchange.markets.rows(
            params,
            |market| json!({"symbol": market.listing.symbol, "price": market.listing.price_text(market.last), "time": now}),
        ),
        "v1/premiumIndex" => exchange.markets.rows(params, |market| premium_row(market, now)),
        "v1/fundingRate" => funding(exchange, params, now),
        _ => {
            let market = exchange.market(params.need("symbol")?)?;
            Ok(json!({"openInterest": fixed(market.listing.max_quantity * Decimal::TEN, market.listing.step.scale()),
                      "symbol": market.listing.symbol, "time": now}))
        }
    }
}

/// The budgets here are what the caller puts in place of them.
fn exchange_info(exchange: &Exchange, now: i64) -> Value {
    let symbols: Vec<Value> =
        exchange.markets.listed.iter().map(|symbol| exchange.markets[symbol].listing.to_json()).collect();
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
    history::depth(&mut exchange.markets, symbol, usize::try_from(limit).unwrap_or_default(), now)
}

fn book_row(market: &Market, now: i64) -> Value {
    let mut row = history::best_prices(market, now);
    row["time"] = json!(now);
    row["lastUpdateId"] = json!(market.book.last_id);
    row
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
