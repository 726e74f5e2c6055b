//! What is asked of the account.

use serde_json::{Value, json};

use super::exchange::Exchange;
use super::order::{Fill, Order};
use super::parts::history::cut;
use super::parts::listing::money;
use super::parts::params::Params;
use super::parts::refusal::Refusal;

const DAY: i64 = 86_400_000;

/// `path` without `/api/v3/`.
pub fn read(exchange: &Exchange, path: &str, params: &Params, now: i64) -> Result<Value, Refusal> {
    match path {
        "account" => Ok(exchange.account(params.flag("omitZeroBalances")?)),
        "openOrders" => {
            if let Some(symbol) = params.get("symbol") {
                exchange.market(symbol)?;
            }
            let open = exchange.orders.values().filter(|order| order.is_open());
            let open = open.filter(|order| params.get("symbol").is_none_or(|symbol| order.symbol == symbol));
            Ok(open.map(Order::row).collect())
        }
        "allOrders" => all_orders(exchange, params),
        "myTrades" => my_trades(exchange, params),
        "account/commission" => commission(exchange, params),
        "orderList" => Err(Refusal::new(400, -2018, "Order list does not exist.")),
        "/sapi/v1/system/status" => Ok(json!({"status": 0, "msg": "normal"})),
        _ => Err(Refusal::new(404, -5000, format!("Path {path} is invalid at {now}"))),
    }
}

/// What a key may do.
pub fn restrictions(withdraws: bool, trades: bool, now: i64) -> Value {
    json!({"ipRestrict": false, "createTime": now - DAY, "enableReading": true, "enableWithdrawals": withdraws,
           "enableInternalTransfer": false, "enableMargin": false, "enableFutures": false,
           "permitsUniversalTransfer": false, "enableVanillaOptions": false, "enableFixApiTrade": false,
           "enableFixReadOnly": false, "enableSpotAndMarginTrading": trades, "enablePortfolioMarginTrading": false})
}

/// Times of a list, at most a day apart when both are given.
fn is_within(params: &Params) -> Result<impl Fn(i64) -> bool, Refusal> {
    let (start, end) = (params.number("startTime")?, params.number("endTime")?);
    if let (Some(start), Some(end)) = (start, end)
        && end - start > DAY
    {
        return Err(Refusal::new(400, -1127, "More than 24 hours between startTime and endTime."));
    }
    Ok(move |time| start.is_none_or(|start| time >= start) && end.is_none_or(|end| time <= end))
}

fn all_orders(exchange: &Exchange, params: &Params) -> Result<Value, Refusal> {
    let (symbol, limit) = (params.need("symbol")?, params.limit(500, 1_000)?);
    exchange.market(symbol)?;
    let (from_id, within) = (params.number("orderId")?, is_within(params)?);
    let rows = exchange.orders.values().filter(|order| order.symbol == symbol && within(order.created));
    let rows = rows.filter(|order| from_id.is_none_or(|id| order.order_id >= id));
    let from_start = from_id.is_some() || params.get("startTime").is_some();
    Ok(cut(rows.map(Order::row).collect(), limit, from_start))
}

fn my_trades(exchange: &Exchange, params: &Params) -> Result<Value, Refusal> {
    let (symbol, limit) = (params.need("symbol")?, params.limit(500, 1_000)?);
    exchange.market(symbol)?;
    let (from_id, order_id, within) = (params.number("fromId")?, params.number("orderId")?, is_within(params)?);
    let has_time = params.get("startTime").is_some() || params.get("endTime").is_some();
    if has_time && (from_id.is_some() || order_id.is_some()) {
        return Err(Refusal::of(-1128));
    }
    let rows = exchange.fills.iter().filter(|fill| fill.symbol == symbol && within(fill.time));
    let rows = rows.filter(|fill| from_id.is_none_or(|id| fill.id >= id));
    let rows = rows.filter(|fill| order_id.is_none_or(|id| fill.order_id == id));
    let from_start = from_id.is_some() || params.get("startTime").is_some();
    Ok(cut(rows.map(Fill::row).collect(), limit, from_start))
}

fn commission(exchange: &Exchange, params: &Params) -> Result<Value, Refusal> {
    let symbol = params.need("symbol")?;
    exchange.market(symbol)?;
    let rates = |maker, taker| {
        let zero = rust_decimal::Decimal::ZERO;
        json!({"maker": money(maker), "taker": money(taker), "buyer": money(zero), "seller": money(zero)})
    };
    let zero = rust_decimal::Decimal::ZERO;
    let is_on = exchange.habits.bnb_price.is_some();
    Ok(json!({"symbol": symbol, "standardCommission": rates(exchange.habits.maker_rate, exchange.habits.taker_rate),
              "specialCommission": rates(zero, zero), "taxCommission": rates(zero, zero),
              "discount": {"enabledForAccount": is_on, "enabledForSymbol": true, "discountAsset": "BNB",
                           "discount": "0.75000000"}}))
}
