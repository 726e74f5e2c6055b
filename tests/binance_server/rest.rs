//! The table of calls: what each needs, costs and does.

use serde_json::{Value, json};

use super::exchange::Exchange;
use super::keys::Security;
use super::params::Params;
use super::refusal::Refusal;

const PUBLIC: [&str; 14] = [
    "/fapi/v1/ping",
    "/fapi/v1/time",
    "/fapi/v1/exchangeInfo",
    "/fapi/v1/depth",
    "/fapi/v1/trades",
    "/fapi/v1/aggTrades",
    "/fapi/v1/klines",
    "/fapi/v1/ticker/24hr",
    "/fapi/v1/ticker/bookTicker",
    "/fapi/v2/ticker/price",
    "/fapi/v1/premiumIndex",
    "/fapi/v1/fundingRate",
    "/fapi/v1/fundingInfo",
    "/fapi/v1/openInterest",
];

/// Signed calls that change something; the rest of the signed ones read.
const CHANGES: [(&str, &str); 16] = [
    ("POST", "/fapi/v1/order"),
    ("PUT", "/fapi/v1/order"),
    ("DELETE", "/fapi/v1/order"),
    ("POST", "/fapi/v1/order/test"),
    ("POST", "/fapi/v1/batchOrders"),
    ("PUT", "/fapi/v1/batchOrders"),
    ("DELETE", "/fapi/v1/batchOrders"),
    ("DELETE", "/fapi/v1/allOpenOrders"),
    ("POST", "/fapi/v1/countdownCancelAll"),
    ("POST", "/fapi/v1/algoOrder"),
    ("DELETE", "/fapi/v1/algoOrder"),
    ("DELETE", "/fapi/v1/algoOpenOrders"),
    ("POST", "/fapi/v1/leverage"),
    ("POST", "/fapi/v1/marginType"),
    ("POST", "/fapi/v1/positionSide/dual"),
    ("POST", "/fapi/v1/multiAssetsMargin"),
];

const READS: [&str; 19] = [
    "/fapi/v1/order",
    "/fapi/v1/openOrder",
    "/fapi/v1/openOrders",
    "/fapi/v1/allOrders",
    "/fapi/v1/userTrades",
    "/fapi/v1/algoOrder",
    "/fapi/v1/openAlgoOrders",
    "/fapi/v1/allAlgoOrders",
    "/fapi/v3/balance",
    "/fapi/v3/account",
    "/fapi/v3/positionRisk",
    "/fapi/v1/symbolConfig",
    "/fapi/v1/accountConfig",
    "/fapi/v1/positionSide/dual",
    "/fapi/v1/multiAssetsMargin",
    "/fapi/v1/commissionRate",
    "/fapi/v1/income",
    "/fapi/v1/leverageBracket",
    "/fapi/v1/rateLimit/order",
];

/// What a call needs; `None` when there is no such call.
pub fn security(method: &str, path: &str) -> Option<Security> {
    if path == "/fapi/v1/listenKey" && matches!(method, "POST" | "PUT" | "DELETE") {
        return Some(Security::Key);
    }
    if CHANGES.contains(&(method, path)) {
        return Some(Security::Trade);
    }
    match method {
        "GET" if PUBLIC.contains(&path) => Some(Security::Open),
        "GET" if READS.contains(&path) => Some(Security::Read),
        _ => None,
    }
}

/// Request weight of a call.
pub fn weight(method: &str, path: &str, params: &Params) -> u32 {
    let limit = params.get("limit").and_then(|limit| limit.parse::<u32>().ok());
    let has_symbol = params.get("symbol").is_some();
    let either = |with, without| if has_symbol { with } else { without };
    match (method, path.trim_start_matches("/fapi/")) {
        ("GET", "v1/depth") => match limit.unwrap_or(500) {
            ..=50 => 2,
            ..=100 => 5,
            ..=500 => 10,
            _ => 20,
        },
        ("GET", "v1/klines") => match limit.unwrap_or(500) {
            ..100 => 1,
            ..500 => 2,
            ..=1_000 => 5,
            _ => 10,
        },
        ("POST" | "PUT", "v1/order" | "v1/algoOrder" | "v1/order/test") => 0,
        ("POST" | "PUT", "v1/batchOrders") => 5,
        ("GET", "v1/trades" | "v1/allOrders" | "v1/allAlgoOrders" | "v1/userTrades") => 5,
        ("GET", "v1/aggTrades" | "v1/commissionRate") => 20,
        ("GET", "v1/ticker/24hr") => either(1, 40),
        ("GET", "v1/ticker/bookTicker") => either(2, 5),
        ("GET", "v2/ticker/price") => either(1, 2),
        ("GET", "v1/premiumIndex") => either(1, 10),
        ("GET", "v1/fundingRate" | "v1/fundingInfo") => 0,
        ("GET", "v1/openOrders" | "v1/openAlgoOrders") => either(1, 40),
        ("GET", "v3/balance" | "v3/account" | "v3/positionRisk" | "v1/symbolConfig" | "v1/accountConfig") => 5,
        ("GET", "v1/positionSide/dual" | "v1/multiAssetsMargin" | "v1/income") => 30,
        ("POST", "v1/countdownCancelAll") => 10,
        _ => 1,
    }
}

/// How many orders a call counts for in ten seconds and in a minute.
pub fn order_count(method: &str, path: &str, params: &Params) -> Option<(u32, u32)> {
    match (method, path) {
        ("POST" | "PUT", "/fapi/v1/order") | ("POST", "/fapi/v1/algoOrder" | "/fapi/v1/order/test") => Some((1, 1)),
        ("POST" | "PUT", "/fapi/v1/batchOrders") => {
            let list: Vec<Value> = serde_json::from_str(params.get("batchOrders").unwrap_or("[]")).unwrap_or_default();
            Some((u32::try_from(list.len()).unwrap_or(u32::MAX), 1))
        }
        _ => None,
    }
}

/// Does a call; limits, keys and listen keys have been seen to before.
pub fn execute(exchange: &mut Exchange, method: &str, path: &str, params: &Params, now: i64) -> Result<Value, Refusal> {
    let symbol = || params.need("symbol");
    match (method, path.trim_start_matches("/fapi/")) {
        ("GET", path) if PUBLIC.iter().any(|public| public.ends_with(path)) => {
            super::rest_market::read(exchange, path, params, now)
        }
        ("POST", "v1/order") => exchange.place(params, now),
        ("POST", "v1/order/test") => exchange.test(params, now),
        ("PUT", "v1/order") => exchange.modify(params, now),
        ("DELETE", "v1/order") => exchange.cancel(params, now),
        ("GET", "v1/order") => exchange.order(params),
        ("POST", "v1/batchOrders") => exchange.batch(params, false, now),
        ("PUT", "v1/batchOrders") => exchange.batch(params, true, now),
        ("DELETE", "v1/batchOrders") => exchange.batch_cancel(params, now),
        ("DELETE", "v1/allOpenOrders") => {
            exchange.market(symbol()?)?;
            exchange.cancel_all(symbol()?, now);
            Ok(json!({"code": 200, "msg": "The operation of cancel all open order is done."}))
        }
        ("POST", "v1/countdownCancelAll") => exchange.countdown(params, now),
        ("POST", "v1/algoOrder") => exchange.place_algo(params, now),
        ("DELETE", "v1/algoOrder") => exchange.cancel_algo(params, now),
        ("GET", "v1/algoOrder") => exchange.algo(params),
        ("DELETE", "v1/algoOpenOrders") => {
            exchange.market(symbol()?)?;
            exchange.cancel_algos(symbol()?, now);
            Ok(json!({"code": 200, "msg": "The operation of cancel all open order is done."}))
        }
        (method, path) => super::rest_account::call(exchange, method, path, params, now),
    }
}
