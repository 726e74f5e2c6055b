//! Public market data.

use serde_json::{Value, json};

use super::exchange::Exchange;
use super::parts::history;
use super::parts::params::Params;
use super::parts::refusal::Refusal;

const DEPTH_MAX: i64 = 5_000;

/// `path` without `/api/v3/`.
pub fn read(exchange: &mut Exchange, path: &str, params: &Params, now: i64) -> Result<Value, Refusal> {
    match path {
        "ping" => Ok(json!({})),
        "time" => Ok(json!({"serverTime": now})),
        "exchangeInfo" => exchange_info(exchange, params, now),
        "depth" => {
            let limit = params.number("limit")?.unwrap_or(100).clamp(1, DEPTH_MAX);
            let levels = usize::try_from(limit).unwrap_or_default();
            history::depth(&mut exchange.markets, params.need("symbol")?, levels, now)
        }
        "trades" => history::trades(exchange.market(params.need("symbol")?)?, params),
        "aggTrades" => history::agg_trades(exchange.market(params.need("symbol")?)?, params, now),
        "klines" => history::klines(exchange.market(params.need("symbol")?)?, params, 1_000, now),
        "avgPrice" => {
            let market = exchange.market(params.need("symbol")?)?;
            Ok(json!({"mins": 5, "price": market.listing.price_text(market.last), "closeTime": now}))
        }
        "ticker/24hr" => exchange.markets.rows(params, |market| market.ticker_row(now)),
        "ticker/bookTicker" => exchange.markets.rows(params, |market| history::best_prices(market, now)),
        _ => exchange.markets.rows(
            params,
            |market| json!({"symbol": market.listing.symbol, "price": market.listing.price_text(market.last)}),
        ),
    }
}

/// The budgets here are what the caller puts in place of them.
fn exchange_info(exchange: &Exchange, params: &Params, now: i64) -> Result<Value, Refusal> {
    let limits = exchange.habits.limits;
    let symbols = exchange.markets.named(params)?;
    let rows: Result<Vec<Value>, Refusal> =
        symbols.iter().map(|symbol| exchange.market(symbol).map(|market| market.listing.to_json(&limits))).collect();
    Ok(json!({"timezone": "UTC", "serverTime": now, "rateLimits": [], "exchangeFilters": [], "symbols": rows?}))
}
