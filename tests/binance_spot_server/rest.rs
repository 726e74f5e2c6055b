//! The table of calls: what each needs, takes, costs and does.

use serde_json::Value;

use super::exchange::Exchange;
use super::parts::keys::Security::{self, Open, Read, Trade};
use super::parts::params::Params;
use super::parts::refusal::Refusal;

/// One call: what it needs, its weight without the exceptions of [`weight`], and the parameters it reads.
struct Call {
    method: &'static str,
    path: &'static str,
    security: Security,
    weight: u32,
    params: &'static [&'static str],
}

const fn call(
    method: &'static str,
    path: &'static str,
    security: Security,
    weight: u32,
    params: &'static [&'static str],
) -> Call {
    Call { method, path, security, weight, params }
}

const PLACE: &[&str] = &[
    "symbol",
    "side",
    "type",
    "timeInForce",
    "quantity",
    "quoteOrderQty",
    "price",
    "newClientOrderId",
    "stopPrice",
    "trailingDelta",
    "icebergQty",
    "newOrderRespType",
    "selfTradePreventionMode",
    "strategyId",
    "strategyType",
];
const REPLACE: &[&str] = &[
    "symbol",
    "side",
    "type",
    "timeInForce",
    "quantity",
    "quoteOrderQty",
    "price",
    "newClientOrderId",
    "stopPrice",
    "trailingDelta",
    "icebergQty",
    "newOrderRespType",
    "selfTradePreventionMode",
    "cancelReplaceMode",
    "cancelOrderId",
    "cancelOrigClientOrderId",
    "cancelNewClientOrderId",
    "cancelRestrictions",
];
const SPAN: &[&str] = &["symbol", "orderId", "startTime", "endTime", "limit"];

const CALLS: [Call; 27] = [
    call("GET", "/api/v3/ping", Open, 1, &[]),
    call("GET", "/api/v3/time", Open, 1, &[]),
    call(
        "GET",
        "/api/v3/exchangeInfo",
        Open,
        20,
        &["symbol", "symbols", "permissions", "symbolStatus", "showPermissionSets"],
    ),
    call("GET", "/api/v3/depth", Open, 5, &["symbol", "limit"]),
    call("GET", "/api/v3/trades", Open, 25, &["symbol", "limit"]),
    call("GET", "/api/v3/aggTrades", Open, 4, &["symbol", "fromId", "startTime", "endTime", "limit"]),
    call("GET", "/api/v3/klines", Open, 2, &["symbol", "interval", "startTime", "endTime", "timeZone", "limit"]),
    call("GET", "/api/v3/avgPrice", Open, 2, &["symbol"]),
    call("GET", "/api/v3/ticker/24hr", Open, 2, &["symbol", "symbols", "type"]),
    call("GET", "/api/v3/ticker/price", Open, 2, &["symbol", "symbols"]),
    call("GET", "/api/v3/ticker/bookTicker", Open, 2, &["symbol", "symbols"]),
    call("POST", "/api/v3/order", Trade, 1, PLACE),
    call("POST", "/api/v3/order/test", Trade, 1, PLACE),
    call("POST", "/api/v3/order/cancelReplace", Trade, 1, REPLACE),
    call(
        "PUT",
        "/api/v3/order/amend/keepPriority",
        Trade,
        4,
        &["symbol", "orderId", "origClientOrderId", "newClientOrderId", "newQty"],
    ),
    call(
        "DELETE",
        "/api/v3/order",
        Trade,
        1,
        &["symbol", "orderId", "origClientOrderId", "newClientOrderId", "cancelRestrictions"],
    ),
    call("DELETE", "/api/v3/openOrders", Trade, 1, &["symbol"]),
    call("GET", "/api/v3/order", Read, 4, &["symbol", "orderId", "origClientOrderId"]),
    call("GET", "/api/v3/openOrders", Read, 6, &["symbol"]),
    call("GET", "/api/v3/allOrders", Read, 20, SPAN),
    call("GET", "/api/v3/myTrades", Read, 20, &["symbol", "orderId", "startTime", "endTime", "fromId", "limit"]),
    call("GET", "/api/v3/account", Read, 20, &["omitZeroBalances"]),
    call("GET", "/api/v3/account/commission", Read, 20, &["symbol"]),
    call("GET", "/api/v3/rateLimit/order", Read, 40, &[]),
    call("GET", "/sapi/v1/account/apiRestrictions", Read, 1, &[]),
    call("GET", "/sapi/v1/system/status", Open, 1, &[]),
    call("GET", "/api/v3/orderList", Read, 4, &["orderListId", "origClientOrderId"]),
];

fn find(method: &str, path: &str) -> Option<&'static Call> {
    CALLS.iter().find(|call| call.method == method && call.path == path)
}

/// What a call needs; `None` when there is no such call.
pub fn security(method: &str, path: &str) -> Option<Security> {
    find(method, path).map(|call| call.security)
}

/// Request weight of a call.
pub fn weight(method: &str, path: &str, params: &Params) -> u32 {
    let has_symbol = params.get("symbol").is_some();
    let limit = params.get("limit").and_then(|limit| limit.parse::<u32>().ok());
    let listed = params.get("symbols").map(|list| list.matches(',').count() + 1);
    match (method, path) {
        ("GET", "/api/v3/depth") => match limit.unwrap_or(100) {
            0..=100 => 5,
            101..=500 => 25,
            501..=1_000 => 50,
            _ => 250,
        },
        ("GET", "/api/v3/ticker/24hr") if listed.is_some_and(|count| count <= 20) => 2,
        ("GET", "/api/v3/ticker/24hr") if listed.is_some_and(|count| count <= 100) => 40,
        ("GET", "/api/v3/ticker/24hr" | "/api/v3/openOrders") if !has_symbol => 80,
        ("GET", "/api/v3/ticker/price" | "/api/v3/ticker/bookTicker") if !has_symbol => 4,
        ("GET", "/api/v3/myTrades") if params.get("orderId").is_some() => 5,
        _ => find(method, path).map_or(1, |call| call.weight),
    }
}

/// How many orders a call counts for.
pub fn order_count(method: &str, path: &str) -> Option<(u32, u32)> {
    matches!((method, path), ("POST", "/api/v3/order" | "/api/v3/order/cancelReplace")).then_some((1, 1))
}

/// Refuses parameters that a call does not read.
fn check_names(method: &str, path: &str, params: &Params) -> Result<(), Refusal> {
    let Some(call) = find(method, path) else { return Ok(()) };
    let names = params.unsigned();
    let own: &[&str] = if call.security == Open { &[] } else { &["timestamp", "recvWindow"] };
    let read = names.iter().filter(|(name, _)| call.params.contains(&name.as_str()) || own.contains(&name.as_str()));
    let (read, sent) = (read.count(), names.len());
    if read < sent {
        let text = format!("Not all sent parameters were read; read '{read}' parameter(s) but was sent '{sent}'.");
        return Err(Refusal::new(400, -1104, text));
    }
    Ok(())
}

/// Does a call; limits and keys have been seen to before.
pub fn execute(exchange: &mut Exchange, method: &str, path: &str, params: &Params, now: i64) -> Result<Value, Refusal> {
    check_names(method, path, params)?;
    match (method, path.trim_start_matches("/api/v3/")) {
        ("POST", "order") => exchange.place(params, now),
        ("POST", "order/test") => exchange.test(params, now),
        ("POST", "order/cancelReplace") => exchange.cancel_replace(params, now),
        ("PUT", "order/amend/keepPriority") => exchange.amend(params, now),
        ("DELETE", "order") => exchange.cancel(params, now),
        ("DELETE", "openOrders") => exchange.cancel_all(params, now),
        ("GET", "order") => exchange.order(params),
        ("GET", path) if security(method, &format!("/api/v3/{path}")) == Some(Open) => {
            super::rest_market::read(exchange, path, params, now)
        }
        (_, path) => super::rest_account::read(exchange, path, params, now),
    }
}
