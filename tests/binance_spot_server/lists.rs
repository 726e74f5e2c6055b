//! Order lists: pairs of which one ends the other, made elsewhere.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::exchange::Exchange;
use super::order::{EventExtra, Order};

/// A pair of orders.
#[derive(Clone, Debug)]
pub struct List {
    pub id: i64,
    pub symbol: String,
    pub client_id: String,
    pub orders: Vec<(String, i64)>,
    /// One of them has filled, was set off or has ended, so that the others had to.
    is_decided: bool,
    is_done: bool,
}

impl Exchange {
    /// A sale that rests above the market and a stop below it, for the same coins; gives the numbers of both.
    pub fn pair(&mut self, symbol: &str, quantity: Decimal, above: Decimal, stop: Decimal, now: i64) -> (i64, i64) {
        let id = self.lists.keys().next_back().map_or(1_929, |last| last + 1);
        let mut keys = Vec::new();
        for (kind, price, stop_price) in [("LIMIT_MAKER", above, Decimal::ZERO), ("STOP_LOSS", Decimal::ZERO, stop)] {
            let mut order = Order::plain(symbol, false, quantity, now);
            order.client_id = format!("web_{}", self.random_id(16));
            order.kind = kind.to_owned();
            (order.price, order.stop_price, order.list) = (price, stop_price, Some(id));
            // The coins are locked once, for the first of them.
            let locked = if keys.is_empty() { quantity } else { Decimal::ZERO };
            keys.push(self.insert(order, locked));
        }
        let client_id = self.random_id(22);
        let list =
            List { id, symbol: symbol.to_owned(), client_id, orders: keys.clone(), is_decided: false, is_done: false };
        self.lists.insert(id, list);
        self.say_list(id, "EXEC_STARTED", "EXECUTING", now);
        for key in &keys {
            self.say_order(key, "NEW", now, EventExtra::default());
        }
        (keys[0].1, keys[1].1)
    }

    fn say_list(&mut self, id: i64, kind: &str, status: &str, now: i64) {
        let list = &self.lists[&id];
        let orders: Vec<Value> =
            list.orders.iter().map(|key| json!({"s": key.0, "i": key.1, "c": self.orders[key].client_id})).collect();
        let event = json!({"e": "listStatus", "E": now + 1, "s": list.symbol, "g": id, "c": "OCO", "l": kind, "L": status,
                           "r": "NONE", "C": list.client_id, "T": now, "O": orders});
        self.say_user(event);
    }

    /// Ends the other orders of the list of one: it has filled, was set off or has ended itself.
    pub(super) fn decide_list(&mut self, key: &(String, i64), what: &str, extra: EventExtra<'_>, now: i64) {
        let Some(list) = self.orders[key].list.and_then(|id| self.lists.get_mut(&id)) else { return };
        if std::mem::replace(&mut list.is_decided, true) {
            return;
        }
        for other in list.orders.clone() {
            if other != *key {
                self.end_order(&other, what, extra, now);
            }
        }
    }

    /// Says that a list is over when the last of its orders is.
    pub(super) fn finish_list(&mut self, key: &(String, i64), now: i64) {
        let Some(list) = self.orders[key].list.and_then(|id| self.lists.get_mut(&id)) else { return };
        let is_over = list.orders.iter().all(|key| !self.orders[key].is_open());
        if is_over && !std::mem::replace(&mut list.is_done, true) {
            let id = list.id;
            self.say_list(id, "ALL_DONE", "ALL_DONE", now);
        }
    }

    /// What `DELETE openOrders` answers of a list.
    pub(super) fn canceled_list(&self, id: i64, cancel_id: &str, now: i64) -> Value {
        let list = &self.lists[&id];
        let name = |key: &(String, i64)| json!({"symbol": key.0, "orderId": key.1, "clientOrderId": self.orders[key].client_id});
        let names: Vec<Value> = list.orders.iter().map(name).collect();
        let reports: Vec<Value> = list.orders.iter().map(|key| self.orders[key].canceled(cancel_id, now)).collect();
        json!({"orderListId": id, "contingencyType": "OCO", "listStatusType": "ALL_DONE", "listOrderStatus": "ALL_DONE",
               "listClientOrderId": list.client_id, "transactionTime": now, "symbol": list.symbol, "orders": names,
               "orderReports": reports})
    }
}
