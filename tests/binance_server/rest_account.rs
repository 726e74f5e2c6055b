//! Signed calls on the account, and lists of orders and trades.

use serde_json::{Value, json};

use super::exchange::Exchange;
use super::params::Params;
use super::parts::history::cut;
use super::refusal::Refusal;

const WEEK: i64 = 7 * 24 * 3_600_000;

/// `path` without `/fapi/`.
pub fn call(exchange: &mut Exchange, method: &str, path: &str, params: &Params, now: i64) -> Result<Value, Refusal> {
    if let Some(symbol) = params.get("symbol") {
        exchange.market(symbol)?;
    }
    match (method, path) {
        ("POST", "v1/leverage") => leverage(exchange, params, now),
        ("POST", "v1/marginType") => margin_type(exchange, params),
        ("POST", "v1/positionSide/dual") => position_mode(exchange, params),
        ("GET", "v1/positionSide/dual") => Ok(json!({"dualSidePosition": exchange.is_hedge})),
        ("GET", "v1/multiAssetsMargin") => Ok(json!({"multiAssetsMargin": false})),
        ("POST", "v1/multiAssetsMargin") => Err(Refusal::new(400, -4171, "No need to change multi-assets mode.")),
        ("GET", "v3/balance") => Ok(exchange.balances(now)),
        ("GET", "v3/account") => Ok(exchange.account(now)),
        ("GET", "v3/positionRisk") => Ok(Value::Array(exchange.shown_positions(params.get("symbol")))),
        ("GET", "v1/accountConfig") => Ok(json!({
            "feeTier": 0, "canTrade": true, "canDeposit": true, "canWithdraw": true,
            "dualSidePosition": exchange.is_hedge, "updateTime": 0, "multiAssetsMargin": false, "tradeGroupId": -1})),
        ("GET", "v1/symbolConfig") => Ok(symbol_config(exchange, params)),
        ("GET", "v1/commissionRate") => Ok(json!({
            "symbol": params.need("symbol")?, "makerCommissionRate": exchange.habits.maker_rate.to_string(),
            "takerCommissionRate": exchange.habits.taker_rate.to_string(), "rpiCommissionRate": "0.00005"})),
        ("GET", "v1/leverageBracket") => Ok(brackets(exchange, params)),
        ("GET", "v1/income") => income(exchange, params, now),
        ("GET", "v1/userTrades") => user_trades(exchange, params, now),
        ("GET", "v1/allOrders") => all_orders(exchange, params, now),
        ("GET", "v1/openOrders") => Ok(open_orders(exchange, params)),
        ("GET", "v1/openOrder") => {
            let row = exchange.order(params)?;
            if matches!(row["status"].as_str(), Some("NEW" | "PARTIALLY_FILLED")) {
                Ok(row)
            } else {
                Err(Refusal::of(-2013))
            }
        }
        ("GET", "v1/openAlgoOrders") => Ok(algos(exchange, params, true, now)?),
        ("GET", "v1/allAlgoOrders") => {
            params.need("symbol")?;
            Ok(algos(exchange, params, false, now)?)
        }
        _ => Err(Refusal::new(404, -5000, format!("Path /fapi/{path}, Method {method} is invalid"))),
    }
}

fn leverage(exchange: &mut Exchange, params: &Params, now: i64) -> Result<Value, Refusal> {
    let (symbol, leverage) = (params.need("symbol")?, params.need_number("leverage")?);
    let leverage = u32::try_from(leverage).ok().filter(|n| (1..=125).contains(n)).ok_or_else(|| Refusal::of(-4028))?;
    exchange.leverage.insert(symbol.to_owned(), leverage);
    exchange
        .say_user(json!({"e": "ACCOUNT_CONFIG_UPDATE", "E": now, "T": now - 3, "ac": {"s": symbol, "l": leverage}}));
    Ok(json!({"leverage": leverage, "maxNotionalValue": "1000000", "symbol": symbol}))
}

fn margin_type(exchange: &mut Exchange, params: &Params) -> Result<Value, Refusal> {
    let symbol = params.need("symbol")?;
    let wants_isolated = match params.need("marginType")? {
        "ISOLATED" => true,
        "CROSSED" => false,
        _ => return Err(Refusal::missing("marginType")),
    };
    if exchange.isolated.contains(symbol) == wants_isolated {
        return Err(Refusal::of(-4046));
    }
    if !exchange.open_keys(symbol).is_empty() {
        return Err(Refusal::of(-4047));
    }
    if ["BOTH", "LONG", "SHORT"].iter().any(|side| !exchange.position(symbol, side).is_zero()) {
        return Err(Refusal::of(-4048));
    }
    match wants_isolated {
        true => exchange.isolated.insert(symbol.to_owned()),
        false => exchange.isolated.remove(symbol),
    };
    Ok(json!({"code": 200, "msg": "success"}))
}

fn position_mode(exchange: &mut Exchange, params: &Params) -> Result<Value, Refusal> {
    params.need("dualSidePosition")?;
    let wants_hedge = params.flag("dualSidePosition")?;
    if wants_hedge == exchange.is_hedge {
        return Err(Refusal::of(-4059));
    }
    let has_algos = exchange.algos.values().any(super::order::Algo::is_open);
    if has_algos || exchange.orders.values().any(super::order::Order::is_open) {
        return Err(Refusal::of(-4067));
    }
    if exchange.positions.values().any(|position| !position.amount.is_zero()) {
        return Err(Refusal::of(-4068));
    }
    exchange.is_hedge = wants_hedge;
    Ok(json!({"code": 200, "msg": "success"}))
}

fn symbol_config(exchange: &Exchange, params: &Params) -> Value {
    let wanted = |symbol: &&String| params.get("symbol").is_none_or(|only| only == *symbol);
    let row = |symbol: &String| {
        let margin = if exchange.isolated.contains(symbol) { "ISOLATED" } else { "CROSSED" };
        let leverage = exchange.leverage.get(symbol).copied().unwrap_or(20);
        json!({"symbol": symbol, "marginType": margin, "isAutoAddMargin": false, "leverage": leverage,
               "maxNotionalValue": "1000000"})
    };
    exchange.markets.listed.iter().filter(wanted).map(row).collect()
}

fn brackets(exchange: &Exchange, params: &Params) -> Value {
    let wanted = |symbol: &&String| params.get("symbol").is_none_or(|only| only == *symbol);
    let row = |symbol: &String| {
        json!({"symbol": symbol, "notionalCoef": 1.5, "brackets": [
            {"bracket": 1, "initialLeverage": 125, "notionalCap": 50_000, "notionalFloor": 0,
             "maintMarginRatio": 0.004, "cum": 0.0},
            {"bracket": 2, "initialLeverage": 50, "notionalCap": 1_000_000, "notionalFloor": 50_000,
             "maintMarginRatio": 0.01, "cum": 300.0}]})
    };
    exchange.markets.listed.iter().filter(wanted).map(row).collect()
}

/// Start and end of a list, at most a week apart; without them the last week.
fn span(params: &Params, now: i64) -> Result<(i64, i64), Refusal> {
    let (start, end) = (params.number("startTime")?, params.number("endTime")?);
    match (start, end) {
        (Some(start), Some(end)) if end - start > WEEK => Err(Refusal::of(-1127)),
        (Some(start), Some(end)) => Ok((start, end)),
        (Some(start), None) => Ok((start, start + WEEK)),
        (None, Some(end)) => Ok((end - WEEK, end)),
        (None, None) => Ok((now - WEEK, now)),
    }
}

fn income(exchange: &Exchange, params: &Params, now: i64) -> Result<Value, Refusal> {
    let (start, end) = span(params, now)?;
    let limit = params.limit(100, 1_000)?;
    let page = usize::try_from(params.number("page")?.unwrap_or(1).max(1)).unwrap_or(1);
    let rows = exchange.income.iter().filter(|row| (start..=end).contains(&row.time));
    let rows = rows.filter(|row| params.get("symbol").is_none_or(|symbol| row.symbol == symbol));
    let rows = rows.filter(|row| params.get("incomeType").is_none_or(|kind| row.kind == kind));
    Ok(rows.skip((page - 1) * limit).take(limit).map(super::account::Income::row).collect())
}

fn user_trades(exchange: &Exchange, params: &Params, now: i64) -> Result<Value, Refusal> {
    let (symbol, limit) = (params.need("symbol")?, params.limit(500, 1_000)?);
    let (from_id, order_id) = (params.number("fromId")?, params.number("orderId")?);
    let (start, end) = if from_id.is_some() { (0, now) } else { span(params, now)? };
    let listing = exchange.listing(symbol);
    let rows = exchange.fills.iter().filter(|fill| fill.symbol == symbol && (start..=end).contains(&fill.time));
    let rows = rows.filter(|fill| from_id.is_none_or(|id| fill.id >= id));
    let rows = rows.filter(|fill| order_id.is_none_or(|id| fill.order_id == id));
    let from_start = from_id.is_some() || params.get("startTime").is_some();
    Ok(cut(rows.map(|fill| fill.row(&listing)).collect(), limit, from_start))
}

fn all_orders(exchange: &Exchange, params: &Params, now: i64) -> Result<Value, Refusal> {
    let (symbol, limit) = (params.need("symbol")?, params.limit(500, 1_000)?);
    let from_id = params.number("orderId")?;
    let (start, end) = if from_id.is_some() { (0, now) } else { span(params, now)? };
    let listing = exchange.listing(symbol);
    let rows =
        exchange.orders.values().filter(|order| order.symbol == symbol && (start..=end).contains(&order.created));
    let rows = rows.filter(|order| from_id.is_none_or(|id| order.order_id >= id));
    let from_start = from_id.is_some() || params.get("startTime").is_some();
    Ok(cut(rows.map(|order| order.row(&listing)).collect(), limit, from_start))
}

fn open_orders(exchange: &Exchange, params: &Params) -> Value {
    let open = exchange.orders.values().filter(|order| order.is_open());
    let open = open.filter(|order| params.get("symbol").is_none_or(|symbol| order.symbol == symbol));
    open.map(|order| order.row(&exchange.listing(&order.symbol))).collect()
}

fn algos(exchange: &Exchange, params: &Params, only_open: bool, now: i64) -> Result<Value, Refusal> {
    let limit = params.limit(500, 1_000)?;
    let (from_id, (start, end)) = (params.number("algoId")?, span(params, now)?);
    let rows = exchange.algos.values().filter(|algo| !only_open || algo.is_open());
    let rows = rows.filter(|algo| params.get("symbol").is_none_or(|symbol| algo.symbol == symbol));
    let rows = rows.filter(|algo| from_id.is_none_or(|id| algo.algo_id >= id));
    let rows = rows.filter(|algo| only_open || (start..=end).contains(&algo.created));
    Ok(cut(rows.map(|algo| algo.row(&exchange.listing(&algo.symbol))).collect(), limit, from_id.is_some()))
}
