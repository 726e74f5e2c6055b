//! Calls on plain orders: place, change, cancel, in ones and in batches.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::exchange::Exchange;
use super::listing::Listing;
use super::order::{EventExtra, Order};
use super::params::Params;
use super::refusal::Refusal;

const BATCH_PLACE_MAX: usize = 5;
const BATCH_CANCEL_MAX: usize = 10;
/// The plain endpoint lost these in December 2025.
pub const CONDITIONAL: [&str; 5] = ["STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET"];

impl Exchange {
    /// `POST order`. The reply shows the order as accepted, before it matched, unless `RESULT` was asked for.
    pub fn place(&mut self, params: &Params, now: i64) -> Result<Value, Refusal> {
        let order = self.draft(params, now)?;
        self.check_state(&order)?;
        let listing = self.listing(&order.symbol);
        let wants_result = params.get("newOrderRespType") == Some("RESULT");
        let mut accepted = order.clone();
        let key = self.accept(order, now);
        accepted.order_id = key.1;
        let shown = if wants_result { &self.orders[&key] } else { &accepted };
        let reply = shown.reply(&listing);
        self.run_triggers(now);
        Ok(reply)
    }

    /// `POST order/test`.
    pub fn test(&self, params: &Params, now: i64) -> Result<Value, Refusal> {
        let mut sized = self.draft_with(params, now, "test")?;
        self.check_state(&sized)?;
        sized.client_id = params.get("newClientOrderId").unwrap_or("test").to_owned();
        Ok(sized.reply(&self.listing(&sized.symbol)))
    }

    fn draft(&mut self, params: &Params, now: i64) -> Result<Order, Refusal> {
        let fallback = self.random_id(22);
        self.draft_with(params, now, &fallback)
    }

    /// The order that parameters describe, when each of them is as it must be.
    fn draft_with(&self, params: &Params, now: i64, client_id: &str) -> Result<Order, Refusal> {
        let (listing, is_buy, position_side) = self.tradable(params)?;
        let kind = params.need("type")?;
        if CONDITIONAL.contains(&kind) {
            return Err(Refusal::of(-4120));
        }
        let quantity = || params.need_decimal("quantity");
        let mut order = Order::plain(listing.symbol, is_buy, Decimal::ZERO, now);
        match kind {
            "LIMIT" => {
                order.time_in_force = limit_force(params)?;
                order.quantity = quantity()?;
                order.price = params.need_decimal("price")?;
                listing.check_price(order.price)?;
                self.check_band(&listing, is_buy, order.price)?;
            }
            "MARKET" => {
                for name in ["price", "timeInForce"] {
                    if params.get(name).is_some() {
                        return Err(Refusal::not_required(name.to_lowercase().as_str()));
                    }
                }
                order.quantity = quantity()?;
            }
            _ => return Err(Refusal::of(-1116)),
        }
        listing.check_quantity(order.quantity, kind == "MARKET")?;
        order.kind = kind.to_owned();
        order.original_kind = kind.to_owned();
        order.position_side = position_side;
        order.reduce_only = self.reduce_only(params)?;
        order.good_till = good_till(params, &order.time_in_force, now)?;
        order.client_id = client_order_id(params, "newClientOrderId", client_id)?;
        let price = if order.price.is_zero() { self.markets[listing.symbol].mark() } else { order.price };
        if price * order.quantity < listing.min_notional && !order.only_closes() {
            return Err(notional_refusal(&listing));
        }
        Ok(order)
    }

    /// What every order begins with: a symbol that trades, a side, and a position side that fits the mode.
    pub(super) fn tradable(&self, params: &Params) -> Result<(Listing, bool, String), Refusal> {
        let listing = self.market(params.need("symbol")?)?.listing.clone();
        let is_buy = match params.need("side")? {
            "BUY" => true,
            "SELL" => false,
            _ => return Err(Refusal::of(-1117)),
        };
        if listing.status != "TRADING" {
            return Err(Refusal::of(-4141));
        }
        let position_side = params.get("positionSide").unwrap_or("BOTH");
        let fits = if self.is_hedge { matches!(position_side, "LONG" | "SHORT") } else { position_side == "BOTH" };
        if !fits {
            return Err(Refusal::of(-4061));
        }
        Ok((listing, is_buy, position_side.to_owned()))
    }

    pub(super) fn reduce_only(&self, params: &Params) -> Result<bool, Refusal> {
        if self.is_hedge && params.get("reduceOnly").is_some() {
            return Err(Refusal::not_required("reduceonly"));
        }
        params.flag("reduceOnly")
    }

    fn check_band(&self, listing: &Listing, is_buy: bool, price: Decimal) -> Result<(), Refusal> {
        let mark = self.markets[listing.symbol].mark();
        if is_buy && price > mark * listing.multiplier_up {
            return Err(Refusal::of(-4016));
        }
        if !is_buy && price < mark * listing.multiplier_down {
            return Err(Refusal::of(-4024));
        }
        Ok(())
    }

    fn meant(&self, params: &Params) -> Result<Option<(String, i64)>, Refusal> {
        let symbol = params.need("symbol")?;
        self.market(symbol)?;
        let (id, client_id) = (params.number("orderId")?, params.get("origClientOrderId"));
        if id.is_none() && client_id.is_none() {
            return Err(Refusal::missing("orderId"));
        }
        Ok(self.find(symbol, id, client_id))
    }

    /// `GET order`.
    pub fn order(&self, params: &Params) -> Result<Value, Refusal> {
        let key = self.meant(params)?.ok_or_else(|| Refusal::of(-2013))?;
        Ok(self.orders[&key].row(&self.listing(&key.0)))
    }

    /// `DELETE order`.
    pub fn cancel(&mut self, params: &Params, now: i64) -> Result<Value, Refusal> {
        let key = self.meant(params)?.filter(|key| self.orders[key].is_open()).ok_or_else(|| Refusal::of(-2011))?;
        self.end_order(&key, "CANCELED", "0", now);
        Ok(self.orders[&key].reply(&self.listing(&key.0)))
    }

    /// `PUT order`.
    pub fn modify(&mut self, params: &Params, now: i64) -> Result<Value, Refusal> {
        let key = self.meant(params)?.filter(|key| self.orders[key].is_open()).ok_or_else(|| Refusal::of(-2013))?;
        let listing = self.listing(&key.0);
        let before = self.orders[&key].clone();
        if before.kind != "LIMIT" {
            return Err(Refusal::of(-5025));
        }
        if params.need("side")? != before.side() {
            return Err(Refusal::of(-1117));
        }
        let (quantity, price) = (params.need_decimal("quantity")?, params.need_decimal("price")?);
        if (quantity, price) == (before.quantity, before.price) {
            return Err(Refusal::of(-5027));
        }
        listing.check_price(price)?;
        listing.check_quantity(quantity, false)?;
        self.check_band(&listing, before.is_buy, price)?;
        if price * quantity < listing.min_notional && !before.only_closes() {
            return Err(Refusal::new(400, -5029, "Order's notional is too small to be modified."));
        }
        let changed = Order { quantity, price, updated: now, ..before.clone() };
        self.check_growth(&before, &changed)?;
        if quantity <= before.filled || (before.time_in_force == "GTX" && self.would_match(&changed)) {
            self.end_order(&key, "CANCELED", "0", now);
        } else {
            self.orders.insert(key.clone(), changed);
            let modify_id = params.number("modifyId")?;
            self.say_order(&key, "AMENDMENT", now, EventExtra { modify_id, ..EventExtra::default() });
            self.take(&key, now);
        }
        let mut reply = self.orders[&key].reply(&listing);
        reply["pair"] = json!(listing.symbol);
        self.run_triggers(now);
        Ok(reply)
    }

    fn check_growth(&self, before: &Order, after: &Order) -> Result<(), Refusal> {
        let more = self.margin_needed(after) - self.margin_needed(before);
        if !before.only_closes() && more > self.available("USDT") {
            return Err(Refusal::of(-2019));
        }
        Ok(())
    }

    /// `POST batchOrders`, or `PUT` when `is_change`.
    pub fn batch(&mut self, params: &Params, is_change: bool, now: i64) -> Result<Value, Refusal> {
        let list: Vec<Value> =
            serde_json::from_str(params.need("batchOrders")?).map_err(|_| Refusal::missing("batchOrders"))?;
        if list.is_empty() || list.len() > BATCH_PLACE_MAX {
            return Err(Refusal::of(-4082));
        }
        let mut rows = Vec::new();
        for object in &list {
            let done = Params::of_object(object).and_then(|params| match is_change {
                true => self.modify(&params, now),
                false => self.place(&params, now),
            });
            rows.push(done.unwrap_or_else(|refusal| refusal.body()));
        }
        Ok(Value::Array(rows))
    }

    /// `DELETE batchOrders`.
    pub fn batch_cancel(&mut self, params: &Params, now: i64) -> Result<Value, Refusal> {
        let symbol = params.need("symbol")?.to_owned();
        self.market(&symbol)?;
        let (numbers, names) = (params.get("orderIdList"), params.get("origClientOrderIdList"));
        let (text, name) = match (numbers, names) {
            (Some(text), _) => (text, "orderIdList"),
            (None, Some(text)) => (text, "origClientOrderIdList"),
            (None, None) => return Err(Refusal::missing("orderIdList")),
        };
        let list: Vec<Value> = serde_json::from_str(text).map_err(|_| Refusal::missing(name))?;
        if list.is_empty() || list.len() > BATCH_CANCEL_MAX {
            return Err(Refusal::of(-4082));
        }
        let rows = list.iter().map(|id| {
            let key = self.find(&symbol, id.as_i64(), id.as_str()).filter(|key| self.orders[key].is_open());
            let Some(key) = key else { return Refusal::of(-2011).body() };
            self.end_order(&key, "CANCELED", "0", now);
            self.orders[&key].reply(&self.listing(&key.0))
        });
        Ok(rows.collect())
    }

    /// `POST countdownCancelAll`.
    pub fn countdown(&mut self, params: &Params, now: i64) -> Result<Value, Refusal> {
        let (symbol, time) = (params.need("symbol")?, params.need_number("countdownTime")?);
        self.market(symbol)?;
        match time {
            0 => self.countdowns.remove(symbol),
            _ => self.countdowns.insert(symbol.to_owned(), now + time),
        };
        Ok(json!({"symbol": symbol, "countdownTime": time.to_string()}))
    }
}

fn limit_force(params: &Params) -> Result<String, Refusal> {
    let force = params.need("timeInForce")?;
    match force {
        "GTC" | "IOC" | "FOK" | "GTX" | "GTD" => Ok(force.to_owned()),
        _ => Err(Refusal::of(-1115)),
    }
}

fn good_till(params: &Params, force: &str, now: i64) -> Result<i64, Refusal> {
    const SHORTEST: i64 = 600_000;
    match (params.number("goodTillDate")?, force) {
        (Some(date), "GTD") if date > now + SHORTEST => Ok(date / 1_000 * 1_000),
        (Some(_), "GTD") => Err(Refusal::new(400, -5040, "Invalid goodTillDate.")),
        (None, "GTD") => Err(Refusal::missing("goodTillDate")),
        (Some(_), _) => Err(Refusal::not_required("goodtilldate")),
        (None, _) => Ok(0),
    }
}

pub(super) fn client_order_id(params: &Params, name: &str, fallback: &str) -> Result<String, Refusal> {
    let Some(id) = params.get(name) else { return Ok(fallback.to_owned()) };
    let is_allowed = id.bytes().all(|b| b.is_ascii_alphanumeric() || b".:/_-".contains(&b));
    if id.len() > 36 || !is_allowed {
        return Err(Refusal::of(-4015));
    }
    Ok(id.to_owned())
}

fn notional_refusal(listing: &Listing) -> Refusal {
    let text =
        format!("Order's notional must be no smaller than {} (unless you choose reduce only).", listing.min_notional);
    Refusal::new(400, -4164, text)
}
