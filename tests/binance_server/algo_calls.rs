//! Conditional orders: calls on them, and how they trigger.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::exchange::Exchange;
use super::order::{Algo, Order};
use super::order_calls::{CONDITIONAL, client_order_id};
use super::params::Params;
use super::refusal::Refusal;

/// Open conditional orders allowed over all symbols.
const OPEN_MAX: usize = 200;

impl Exchange {
    /// `POST algoOrder`.
    pub fn place_algo(&mut self, params: &Params, now: i64) -> Result<Value, Refusal> {
        let algo = self.draft_algo(params, now)?;
        if self.algos.values().any(|other| other.is_open() && other.client_id == algo.client_id) {
            return Err(Refusal::of(-4116));
        }
        if self.algos.values().filter(|other| other.is_open()).count() >= OPEN_MAX {
            return Err(Refusal::of(-4045));
        }
        let price = self.watched(&algo);
        if !algo.is_trailing() && is_met(&algo, price) {
            return Err(Refusal::of(-2021));
        }
        let id = algo.algo_id;
        self.next_algo_id += 1;
        let reply = algo.reply(&self.listing(&algo.symbol));
        self.algos.insert(id, algo);
        self.say_algo(id, now);
        Ok(reply)
    }

    fn draft_algo(&mut self, params: &Params, now: i64) -> Result<Algo, Refusal> {
        let (listing, is_buy, position_side) = self.tradable(params)?;
        if params.need("algoType")? != "CONDITIONAL" {
            return Err(Refusal::new(400, -4500, "Invalid algoType."));
        }
        let kind = params.need("type")?;
        if !CONDITIONAL.contains(&kind) {
            return Err(Refusal::of(-1116));
        }
        if params.get("stopPrice").is_some() {
            return Err(Refusal::not_required("stopprice"));
        }
        let working_type = params.get("workingType").unwrap_or("CONTRACT_PRICE");
        if !matches!(working_type, "CONTRACT_PRICE" | "MARK_PRICE") {
            return Err(Refusal::new(400, -4031, "Invalid working type."));
        }
        let (close_position, reduce_only) = (params.flag("closePosition")?, self.reduce_only(params)?);
        let quantity = params.decimal("quantity")?;
        if close_position {
            check_close_all(params, kind, &position_side, is_buy)?;
        } else {
            listing.check_quantity(quantity.ok_or_else(|| Refusal::missing("quantity"))?, !is_limit(kind))?;
        }
        let price = match is_limit(kind) {
            true => params.need_decimal("price")?,
            false if params.get("price").is_some() => return Err(Refusal::not_required("price")),
            false => Decimal::ZERO,
        };
        let (trigger, activate, callback) = self.conditions(params, kind, is_buy)?;
        for price in [Some(price).filter(|price| !price.is_zero()), trigger, activate].into_iter().flatten() {
            listing.check_price(price)?;
        }
        let last = self.markets[listing.symbol].last;
        let fallback = self.random_id(22);
        Ok(Algo {
            algo_id: self.next_algo_id,
            client_id: client_order_id(params, "clientAlgoId", &fallback)?,
            symbol: listing.symbol.to_owned(),
            is_buy,
            position_side,
            kind: kind.to_owned(),
            time_in_force: params.get("timeInForce").unwrap_or("GTC").to_owned(),
            quantity: quantity.unwrap_or_default(),
            price,
            trigger: trigger.unwrap_or_default(),
            activate,
            callback,
            working_type: working_type.to_owned(),
            close_position,
            reduce_only,
            price_protect: params.flag("priceProtect")?,
            status: "NEW".to_owned(),
            child: None,
            child_filled: Decimal::ZERO,
            child_average: Decimal::ZERO,
            reason: String::new(),
            is_active: kind == "TRAILING_STOP_MARKET" && activate.is_none(),
            extreme: last,
            good_till: params.number("goodTillDate")?.unwrap_or(0),
            created: now,
            updated: now,
            triggered: 0,
        })
    }

    /// Trigger price, activation price and callback rate, each where the type has it.
    #[allow(clippy::type_complexity)]
    fn conditions(
        &self,
        params: &Params,
        kind: &str,
        is_buy: bool,
    ) -> Result<(Option<Decimal>, Option<Decimal>, Option<Decimal>), Refusal> {
        if kind != "TRAILING_STOP_MARKET" {
            let trigger = params.need_decimal("triggerPrice")?;
            return if trigger <= Decimal::ZERO { Err(Refusal::of(-4006)) } else { Ok((Some(trigger), None, None)) };
        }
        let rate = params.need_decimal("callbackRate")?;
        let is_right = (Decimal::new(1, 1)..=Decimal::from(20)).contains(&rate) && rate.normalize().scale() <= 1;
        if !is_right {
            return Err(Refusal::new(400, -2007, "Invalid callBack rate."));
        }
        let activate = params.decimal("activatePrice")?;
        let last = self.markets[params.need("symbol")?].last;
        match activate {
            Some(price) if (is_buy && price >= last) || (!is_buy && price <= last) => Err(Refusal::of(-4135)),
            _ => Ok((None, activate, Some(rate))),
        }
    }

    fn watched(&self, algo: &Algo) -> Decimal {
        let market = &self.markets[&algo.symbol];
        if algo.working_type == "MARK_PRICE" { market.mark() } else { market.last }
    }

    fn say_algo(&mut self, id: i64, now: i64) {
        let algo = &self.algos[&id];
        let listing = &self.markets[&algo.symbol].listing;
        let event = algo.event(listing, now);
        let mut row = algo.row(listing);
        row["kind"] = json!("algo");
        self.log.push(row);
        self.say_user(event);
    }

    fn set_algo(&mut self, id: i64, status: &str, now: i64) {
        let algo = self.algos.get_mut(&id).unwrap();
        status.clone_into(&mut algo.status);
        algo.updated = now;
        self.say_algo(id, now);
    }

    fn meant_algo(&self, params: &Params) -> Result<Option<i64>, Refusal> {
        match (params.number("algoId")?, params.get("clientAlgoId")) {
            (Some(id), _) => Ok(self.algos.contains_key(&id).then_some(id)),
            (None, Some(client)) => {
                Ok(self.algos.values().filter(|algo| algo.client_id == client).map(|algo| algo.algo_id).next_back())
            }
            (None, None) => Err(Refusal::missing("algoId")),
        }
    }

    /// `GET algoOrder`.
    pub fn algo(&self, params: &Params) -> Result<Value, Refusal> {
        let id = self.meant_algo(params)?.ok_or_else(|| Refusal::of(-2013))?;
        let algo = &self.algos[&id];
        Ok(algo.row(&self.listing(&algo.symbol)))
    }

    /// `DELETE algoOrder`.
    pub fn cancel_algo(&mut self, params: &Params, now: i64) -> Result<Value, Refusal> {
        let id = self.meant_algo(params)?.filter(|id| self.algos[id].is_open()).ok_or_else(|| Refusal::of(-2011))?;
        self.set_algo(id, "CANCELED", now);
        Ok(json!({"algoId": id, "clientAlgoId": self.algos[&id].client_id, "code": "200", "msg": "success"}))
    }

    /// `DELETE algoOpenOrders`.
    pub fn cancel_algos(&mut self, symbol: &str, now: i64) {
        for id in self.open_algos(symbol) {
            self.set_algo(id, "CANCELED", now);
        }
    }

    fn open_algos(&self, symbol: &str) -> Vec<i64> {
        self.algos.values().filter(|algo| algo.is_open() && algo.symbol == symbol).map(|algo| algo.algo_id).collect()
    }

    /// Shows conditional orders the prices traded since the last time, and the mark price as it is.
    pub fn run_triggers(&mut self, now: i64) {
        // A child's own trades may trigger the next; the book bounds how far that goes.
        for _ in 0..1_000 {
            let mut prices = std::mem::take(&mut self.prices_to_check);
            let marked: Vec<_> =
                self.markets.listed.iter().map(|symbol| (symbol.clone(), self.markets[symbol].mark())).collect();
            if prices.is_empty() && !marked.iter().any(|(symbol, mark)| self.has_met(symbol, *mark, "MARK_PRICE")) {
                return;
            }
            for (symbol, price) in marked {
                self.show_price(&symbol, price, "MARK_PRICE", now);
            }
            for (symbol, price) in prices.drain(..) {
                self.show_price(&symbol, price, "CONTRACT_PRICE", now);
            }
        }
    }

    fn has_met(&self, symbol: &str, price: Decimal, working_type: &str) -> bool {
        let open = self.algos.values().filter(|algo| algo.is_open() && algo.symbol == symbol);
        open.filter(|algo| algo.working_type == working_type && !algo.is_trailing()).any(|algo| is_met(algo, price))
    }

    fn show_price(&mut self, symbol: &str, price: Decimal, working_type: &str, now: i64) {
        for id in self.open_algos(symbol) {
            let algo = self.algos.get_mut(&id).unwrap();
            if algo.working_type != working_type {
                continue;
            }
            let was_active = algo.is_active;
            if algo.is_trailing() {
                follow(algo, price);
            }
            let (is_met, has_become_active) = (is_met(algo, price), algo.is_active && !was_active);
            if has_become_active {
                self.say_algo(id, now);
            }
            if is_met {
                self.trigger(id, now);
            }
        }
    }

    fn trigger(&mut self, id: i64, now: i64) {
        self.algos.get_mut(&id).unwrap().triggered = now;
        self.set_algo(id, "TRIGGERING", now);
        let order = self.child_of(&self.algos[&id].clone(), now);
        if order.quantity.is_zero() {
            return self.set_algo(id, "EXPIRED", now);
        }
        if let Err(refusal) = self.check_state(&order) {
            self.algos.get_mut(&id).unwrap().reason = refusal.message;
            return self.set_algo(id, "REJECTED", now);
        }
        let child = self.markets[&order.symbol].next_order_id;
        self.algos.get_mut(&id).unwrap().child = Some(child);
        self.set_algo(id, "TRIGGERED", now);
        self.accept(order, now);
    }

    fn child_of(&mut self, algo: &Algo, now: i64) -> Order {
        let mut order = Order::plain(&algo.symbol, algo.is_buy, algo.quantity, now);
        order.client_id = if self.habits.child_keeps_client_id { algo.client_id.clone() } else { self.random_id(22) };
        order.position_side.clone_from(&algo.position_side);
        order.kind = algo.child_kind().to_owned();
        order.original_kind.clone_from(&algo.kind);
        order.price = algo.price;
        order.stop_price = algo.trigger;
        order.working_type.clone_from(&algo.working_type);
        order.reduce_only = algo.reduce_only;
        order.close_position = algo.close_position;
        order.algo_id = Some(algo.algo_id);
        if algo.close_position {
            order.quantity = self.closable(&order);
        }
        order
    }

    /// A child that is done finishes its conditional order.
    pub(super) fn child_ended(&mut self, key: &(String, i64), now: i64) {
        let order = &self.orders[key];
        let (Some(id), filled, average) = (order.algo_id, order.filled, order.average()) else { return };
        let algo = self.algos.get_mut(&id).unwrap();
        if algo.status == "TRIGGERED" {
            algo.child_filled = filled;
            algo.child_average = average;
            self.set_algo(id, "FINISHED", now);
        }
    }
}

fn is_limit(kind: &str) -> bool {
    matches!(kind, "STOP" | "TAKE_PROFIT")
}

fn check_close_all(params: &Params, kind: &str, position_side: &str, is_buy: bool) -> Result<(), Refusal> {
    if !matches!(kind, "STOP_MARKET" | "TAKE_PROFIT_MARKET") {
        return Err(Refusal::of(-1116));
    }
    if params.get("quantity").is_some() {
        return Err(Refusal::of(-4137));
    }
    if params.get("reduceOnly").is_some() {
        return Err(Refusal::of(-4138));
    }
    if matches!((position_side, is_buy), ("LONG", true) | ("SHORT", false)) {
        return Err(Refusal::of(-4061));
    }
    Ok(())
}

/// Notes the extreme since it was placed, and wakes when it has passed the activation price.
fn follow(algo: &mut Algo, price: Decimal) {
    algo.extreme = if algo.is_buy { algo.extreme.min(price) } else { algo.extreme.max(price) };
    let has_passed = |at: Decimal| if algo.is_buy { algo.extreme <= at } else { algo.extreme >= at };
    algo.is_active = algo.is_active || algo.activate.is_none_or(has_passed);
}

fn is_met(algo: &Algo, price: Decimal) -> bool {
    let rises = match algo.kind.as_str() {
        "STOP" | "STOP_MARKET" => algo.is_buy,
        "TAKE_PROFIT" | "TAKE_PROFIT_MARKET" => !algo.is_buy,
        _ => {
            let part = algo.callback.unwrap_or_default() / Decimal::ONE_HUNDRED;
            let (up, down) = (algo.extreme * (Decimal::ONE + part), algo.extreme * (Decimal::ONE - part));
            return algo.is_active && if algo.is_buy { price >= up } else { price <= down };
        }
    };
    if rises { price >= algo.trigger } else { price <= algo.trigger }
}
