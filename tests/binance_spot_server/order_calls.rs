//! Calls on orders: place, cancel, make smaller, ask.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::exchange::Exchange;
use super::filters;
use super::order::{EventExtra, Fill, Order};
use super::parts::params::Params;
use super::parts::refusal::Refusal;

/// What each type needs, and what else it takes beside what every order takes.
const TYPES: [(&str, &[&str], &[&str]); 7] = [
    ("LIMIT", &["timeInForce", "quantity", "price"], &["icebergQty"]),
    ("MARKET", &[], &["quantity", "quoteOrderQty"]),
    ("LIMIT_MAKER", &["quantity", "price"], &["icebergQty"]),
    ("STOP_LOSS", &["quantity"], &["stopPrice", "trailingDelta"]),
    ("TAKE_PROFIT", &["quantity"], &["stopPrice", "trailingDelta"]),
    ("STOP_LOSS_LIMIT", &["timeInForce", "quantity", "price"], &["stopPrice", "trailingDelta", "icebergQty"]),
    ("TAKE_PROFIT_LIMIT", &["timeInForce", "quantity", "price"], &["stopPrice", "trailingDelta", "icebergQty"]),
];
const OF_SOME: [&str; 7] =
    ["timeInForce", "quantity", "quoteOrderQty", "price", "stopPrice", "trailingDelta", "icebergQty"];

impl Exchange {
    /// `POST order`. `LIMIT` and `MARKET` are answered in full unless another form was asked for.
    pub fn place(&mut self, params: &Params, now: i64) -> Result<Value, Refusal> {
        let order = self.draft(params, now)?;
        self.check_filters(&order)?;
        self.check_state(&order)?;
        Ok(self.take_in(order, params, now))
    }

    /// `POST order/test`.
    pub fn test(&mut self, params: &Params, now: i64) -> Result<Value, Refusal> {
        let order = self.draft(params, now)?;
        self.check_filters(&order)?;
        Ok(json!({}))
    }

    /// Accepts a checked order and gives the reply.
    pub(super) fn take_in(&mut self, order: Order, params: &Params, now: i64) -> Value {
        let usual = if matches!(order.kind.as_str(), "LIMIT" | "MARKET") { "FULL" } else { "ACK" };
        let form = params.get("newOrderRespType").unwrap_or(usual);
        let before = self.fills.len();
        let key = self.accept(order, now);
        let fills: Vec<Fill> = self.fills[before..].iter().filter(|fill| fill.order_id == key.1).cloned().collect();
        self.orders[&key].placed(form, &fills, now)
    }

    /// The order that parameters describe, when each of them is as it must be; filters are not looked at.
    pub(super) fn draft(&mut self, params: &Params, now: i64) -> Result<Order, Refusal> {
        let fallback = self.random_id(22);
        let listing = self.market(params.need("symbol")?)?.listing.clone();
        let is_buy = match params.need("side")? {
            "BUY" => true,
            "SELL" => false,
            _ => return Err(Refusal::of(-1117)),
        };
        let kind = params.need("type")?;
        let Some((_, needed, taken)) = TYPES.iter().find(|(name, ..)| *name == kind) else {
            return Err(Refusal::of(-1116));
        };
        for name in *needed {
            params.need(name)?;
        }
        let is_taken = |name: &&&str| needed.contains(name) || taken.contains(name);
        if let Some(name) = OF_SOME.iter().filter(|name| params.get(name).is_some()).find(|name| !is_taken(name)) {
            return Err(Refusal::not_required(name));
        }
        if !matches!(params.get("newOrderRespType"), None | Some("ACK" | "RESULT" | "FULL")) {
            return Err(Refusal::new(400, -1130, "Data sent for parameter 'newOrderRespType' is not valid."));
        }
        if listing.status != "TRADING" {
            return Err(Refusal::new(400, -1013, "Market is closed."));
        }
        let mut order = Order::plain(listing.symbol, is_buy, Decimal::ZERO, now);
        order.kind = kind.to_owned();
        order.client_id = client_order_id(params, "newClientOrderId", &fallback)?;
        if let Some(force) = params.get("timeInForce") {
            if !matches!(force, "GTC" | "IOC" | "FOK") {
                return Err(Refusal::of(-1115));
            }
            force.clone_into(&mut order.time_in_force);
        }
        numbers(&mut order, params)?;
        Ok(order)
    }

    pub(super) fn meant(&self, params: &Params, id: &str, name: &str) -> Result<Option<(String, i64)>, Refusal> {
        let symbol = params.need("symbol")?;
        self.market(symbol)?;
        let (id_given, client_id) = (params.number(id)?, params.get(name));
        if id_given.is_none() && client_id.is_none() {
            return Err(Refusal::new(
                400,
                -1102,
                format!("Param '{name}' or '{id}' must be sent, but both were empty/null!"),
            ));
        }
        let found = self.find(symbol, id_given, client_id);
        // Both together must mean the same order.
        let agrees = |key: &(String, i64)| client_id.is_none_or(|client| self.orders[key].client_id == client);
        Ok(found.filter(agrees))
    }

    /// `GET order`.
    pub fn order(&self, params: &Params) -> Result<Value, Refusal> {
        let key = self.meant(params, "orderId", "origClientOrderId")?.ok_or_else(|| Refusal::of(-2013))?;
        Ok(self.orders[&key].row())
    }

    /// `DELETE order`.
    pub fn cancel(&mut self, params: &Params, now: i64) -> Result<Value, Refusal> {
        self.cancel_meant(params, ("orderId", "origClientOrderId", "newClientOrderId"), now)
    }

    /// Cancels the order named by the first two parameters, under the name in the third.
    pub(super) fn cancel_meant(
        &mut self,
        params: &Params,
        (id, name, own): (&str, &str, &str),
        now: i64,
    ) -> Result<Value, Refusal> {
        let fallback = self.random_id(22);
        let cancel_id = client_order_id(params, own, &fallback)?;
        let key = self.meant(params, id, name)?.filter(|key| self.orders[key].is_open());
        let key = key.ok_or_else(|| Refusal::of(-2011))?;
        let is_new = self.orders[&key].filled.is_zero();
        let is_allowed = match params.get("cancelRestrictions") {
            None => true,
            Some("ONLY_NEW") => is_new,
            Some("ONLY_PARTIALLY_FILLED") => !is_new,
            Some(_) => return Err(Refusal::new(400, -1145, "Invalid cancelRestrictions")),
        };
        if !is_allowed {
            return Err(Refusal::new(400, -2011, "Order was not canceled due to cancel restrictions."));
        }
        let extra = EventExtra { cancel_id: Some(&cancel_id), ..EventExtra::default() };
        self.end_order(&key, "CANCELED", extra, now);
        Ok(self.orders[&key].canceled(&cancel_id, now))
    }

    /// `DELETE openOrders`.
    pub fn cancel_all(&mut self, params: &Params, now: i64) -> Result<Value, Refusal> {
        let symbol = params.need("symbol")?;
        self.market(symbol)?;
        let keys = self.open_keys(symbol);
        if keys.is_empty() {
            return Err(Refusal::of(-2011));
        }
        let cancel_id = self.random_id(22);
        let extra = EventExtra { cancel_id: Some(&cancel_id), ..EventExtra::default() };
        for key in &keys {
            self.end_order(key, "CANCELED", extra, now);
        }
        let single = keys.iter().map(|key| &self.orders[key]).filter(|order| order.list.is_none());
        let mut rows: Vec<Value> = single.map(|order| order.canceled(&cancel_id, now)).collect();
        let lists: BTreeSet<i64> = keys.iter().filter_map(|key| self.orders[key].list).collect();
        rows.extend(lists.into_iter().map(|id| self.canceled_list(id, &cancel_id, now)));
        Ok(Value::Array(rows))
    }

    /// `PUT order/amend/keepPriority`. Without a new name the order gets one by chance.
    pub fn amend(&mut self, params: &Params, now: i64) -> Result<Value, Refusal> {
        let fallback = self.random_id(22);
        let name = client_order_id(params, "newClientOrderId", &fallback)?;
        let quantity = params.need_decimal("newQty")?;
        filters::plain("newQty", quantity)?;
        let key = self.meant(params, "orderId", "origClientOrderId")?.filter(|key| self.orders[key].is_open());
        let key = key.ok_or_else(|| Refusal::of(-2013))?;
        let order = self.orders[&key].clone();
        filters::lot(&self.listing(&key.0), quantity)?;
        if order.amends >= self.habits.limits.amends {
            return Err(filters::failed("MAX_NUM_ORDER_AMENDS"));
        }
        if quantity >= order.quantity || quantity <= order.filled {
            return Err(Refusal::new(400, -2038, "Order amend (quantity change) was rejected."));
        }
        let less = order.quantity - quantity;
        let freed = match (order.is_buy, order.is_limit()) {
            (true, true) => order.price * less,
            (true, false) => order.stop_price * less,
            (false, _) => less,
        };
        self.lock(&key, -freed.min(order.locked));
        let changed = self.orders.get_mut(&key).unwrap();
        (changed.quantity, changed.updated) = (quantity, now);
        changed.amends += 1;
        let old_id = std::mem::replace(&mut changed.client_id, name);
        self.say_order(&key, "REPLACED", now, EventExtra::default());
        let execution = self.next_execution_id();
        Ok(json!({"transactTime": now, "executionId": execution, "amendedOrder": self.orders[&key].amended(&old_id)}))
    }
}

/// Prices and quantities of an order.
fn numbers(order: &mut Order, params: &Params) -> Result<(), Refusal> {
    let number = |name: &str| -> Result<Decimal, Refusal> {
        let Some(value) = params.decimal(name)? else { return Ok(Decimal::ZERO) };
        filters::plain(name, value)?;
        Ok(value)
    };
    order.price = number("price")?;
    order.quantity = number("quantity")?;
    order.quote_quantity = number("quoteOrderQty")?;
    order.stop_price = number("stopPrice")?;
    order.trailing_delta = params.number("trailingDelta")?;
    let either = |first: bool, second: bool, names: &str| match (first, second) {
        (false, false) => Err(Refusal::new(400, -1102, format!("{names} must be sent, but both were empty/null!"))),
        _ => Ok(()),
    };
    if order.kind == "MARKET" {
        if !order.quantity.is_zero() && !order.quote_quantity.is_zero() {
            return Err(Refusal::of(-1128));
        }
        either(!order.quantity.is_zero(), !order.quote_quantity.is_zero(), "Param 'quantity' or 'quoteOrderQty'")?;
    }
    if order.is_conditional() {
        either(!order.stop_price.is_zero(), order.trailing_delta.is_some(), "Param 'stopPrice' or 'trailingDelta'")?;
    }
    Ok(())
}

fn client_order_id(params: &Params, name: &str, fallback: &str) -> Result<String, Refusal> {
    let Some(id) = params.get(name) else { return Ok(fallback.to_owned()) };
    let is_allowed = id.bytes().all(|b| b.is_ascii_alphanumeric() || b".:/_-".contains(&b));
    if id.len() > 36 || !is_allowed {
        let text =
            format!("Illegal characters found in parameter '{name}'; legal range is '^[\\.A-Z\\:/a-z0-9_-]{{1,36}}$'.");
        return Err(Refusal::new(400, -1100, text));
    }
    Ok(id.to_owned())
}
