//! Orders, fills and conditional orders, and their shapes in replies and events.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::listing::{Listing, fixed, money};

/// A plain order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub symbol: String,
    pub order_id: i64,
    pub client_id: String,
    pub is_buy: bool,
    /// `BOTH`, `LONG` or `SHORT`.
    pub position_side: String,
    /// `LIMIT` or `MARKET`.
    pub kind: String,
    /// The type of the conditional order it came from, or its own.
    pub original_kind: String,
    pub time_in_force: String,
    pub price: Decimal,
    pub quantity: Decimal,
    pub filled: Decimal,
    /// What the filled quantity cost.
    pub quote: Decimal,
    /// `NEW`, `PARTIALLY_FILLED`, `FILLED`, `CANCELED`, `EXPIRED`.
    pub status: String,
    pub reduce_only: bool,
    pub close_position: bool,
    pub stop_price: Decimal,
    pub working_type: String,
    pub good_till: i64,
    pub created: i64,
    pub updated: i64,
    /// The conditional order whose child this is.
    pub algo_id: Option<i64>,
}

impl Order {
    /// A limit order in one-way mode, good till cancelled, without price and ids.
    pub fn plain(symbol: &str, is_buy: bool, quantity: Decimal, now: i64) -> Self {
        Self {
            symbol: symbol.to_owned(),
            order_id: 0,
            client_id: String::new(),
            is_buy,
            position_side: "BOTH".to_owned(),
            kind: "LIMIT".to_owned(),
            original_kind: "LIMIT".to_owned(),
            time_in_force: "GTC".to_owned(),
            price: Decimal::ZERO,
            quantity,
            filled: Decimal::ZERO,
            quote: Decimal::ZERO,
            status: "NEW".to_owned(),
            reduce_only: false,
            close_position: false,
            stop_price: Decimal::ZERO,
            working_type: "CONTRACT_PRICE".to_owned(),
            good_till: 0,
            created: now,
            updated: now,
            algo_id: None,
        }
    }

    pub fn is_open(&self) -> bool {
        matches!(self.status.as_str(), "NEW" | "PARTIALLY_FILLED")
    }

    pub fn remaining(&self) -> Decimal {
        self.quantity - self.filled
    }

    pub const fn side(&self) -> &'static str {
        if self.is_buy { "BUY" } else { "SELL" }
    }

    pub fn average(&self) -> Decimal {
        if self.filled.is_zero() { Decimal::ZERO } else { self.quote / self.filled }
    }

    /// Whether it can only bring a position nearer to zero.
    pub fn only_closes(&self) -> bool {
        let closes_side = matches!((self.position_side.as_str(), self.is_buy), ("LONG", false) | ("SHORT", true));
        self.reduce_only || self.close_position || closes_side
    }

    fn price_text(&self, listing: &Listing) -> String {
        if self.price.is_zero() { "0".to_owned() } else { listing.price_text(self.price) }
    }

    /// The reply to placing and cancelling: without the average price since 2026-06-30.
    pub fn reply(&self, listing: &Listing) -> Value {
        json!({
            "orderId": self.order_id, "symbol": self.symbol, "status": self.status, "clientOrderId": self.client_id,
            "price": self.price_text(listing), "origQty": listing.quantity_text(self.quantity),
            "executedQty": listing.quantity_text(self.filled), "cumQty": listing.quantity_text(self.filled),
            "timeInForce": self.time_in_force, "type": self.kind, "reduceOnly": self.reduce_only,
            "closePosition": self.close_position, "side": self.side(), "positionSide": self.position_side,
            "stopPrice": self.stop_price.normalize().to_string(), "workingType": self.working_type,
            "priceProtect": false, "origType": self.original_kind, "priceMatch": "NONE",
            "selfTradePreventionMode": "EXPIRE_MAKER", "goodTillDate": self.good_till, "updateTime": self.updated,
        })
    }

    /// A row of a query.
    pub fn row(&self, listing: &Listing) -> Value {
        let mut row = self.reply(listing);
        if let Some(row) = row.as_object_mut() {
            row.remove("cumQty");
        }
        row["avgPrice"] = json!(fixed(self.average(), 5));
        row["cumQuote"] = json!(fixed(self.quote, 5));
        row["time"] = json!(self.created);
        row
    }

    /// `ORDER_TRADE_UPDATE`; `what` is the reason, `x`.
    pub fn event(&self, listing: &Listing, what: &str, now: i64, extra: EventExtra<'_>) -> Value {
        let fill = extra.fill;
        let mut order = json!({
            "s": self.symbol, "c": self.client_id, "S": self.side(), "o": self.kind, "f": self.time_in_force,
            "q": listing.quantity_text(self.quantity), "p": self.price_text(listing),
            "ap": if self.filled.is_zero() { "0".to_owned() } else { fixed(self.average(), 5) },
            "sp": self.stop_price.normalize().to_string(), "x": what, "X": self.status, "i": self.order_id,
            "l": fill.map_or_else(|| "0".to_owned(), |fill| listing.quantity_text(fill.quantity)),
            "z": if self.filled.is_zero() { "0".to_owned() } else { listing.quantity_text(self.filled) },
            "L": fill.map_or_else(|| "0".to_owned(), |fill| listing.price_text(fill.price)),
            "n": fill.map_or_else(|| "0".to_owned(), |fill| money(fill.commission)),
            "N": fill.map_or(listing.quote, |fill| fill.commission_asset.as_str()),
            "T": now, "t": fill.map_or(0, |fill| fill.id), "b": "0", "a": "0",
            "m": fill.is_some_and(|fill| fill.is_maker), "R": self.only_closes() && !self.close_position,
            "wt": self.working_type, "ot": self.original_kind, "ps": self.position_side, "cp": self.close_position,
            "rp": fill.map_or_else(|| "0".to_owned(), |fill| fill.realized.normalize().to_string()),
            "pP": false, "si": 0, "ss": 0, "V": "EXPIRE_MAKER", "pm": "NONE", "gtd": self.good_till,
            "er": extra.reason,
        });
        if let Some(number) = extra.modify_id {
            order["M"] = json!(number);
        }
        json!({"e": "ORDER_TRADE_UPDATE", "T": now, "E": now + 1, "o": order})
    }

    pub fn trade_lite(&self, listing: &Listing, fill: &Fill) -> Value {
        json!({"e": "TRADE_LITE", "E": fill.time, "T": fill.time, "s": self.symbol,
               "q": listing.quantity_text(self.quantity), "p": listing.price_text(self.price), "m": fill.is_maker,
               "c": self.client_id, "S": self.side(), "L": listing.price_text(fill.price),
               "l": listing.quantity_text(fill.quantity), "t": fill.id, "i": self.order_id})
    }
}

/// What an order event carries beside the order.
#[derive(Clone, Copy, Debug)]
pub struct EventExtra<'a> {
    pub fill: Option<&'a Fill>,
    /// `er`.
    pub reason: &'a str,
    pub modify_id: Option<i64>,
}

impl Default for EventExtra<'_> {
    fn default() -> Self {
        Self { fill: None, reason: "0", modify_id: None }
    }
}

/// One fill of an order of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fill {
    pub symbol: String,
    pub id: i64,
    pub order_id: i64,
    pub is_buy: bool,
    pub position_side: String,
    pub price: Decimal,
    pub quantity: Decimal,
    pub realized: Decimal,
    pub commission: Decimal,
    pub commission_asset: String,
    pub is_maker: bool,
    pub time: i64,
}

impl Fill {
    /// A row of `userTrades`.
    pub fn row(&self, listing: &Listing) -> Value {
        json!({"symbol": self.symbol, "id": self.id, "orderId": self.order_id,
               "side": if self.is_buy { "BUY" } else { "SELL" }, "price": listing.price_text(self.price),
               "qty": listing.quantity_text(self.quantity), "realizedPnl": money(self.realized),
               "marginAsset": listing.quote, "quoteQty": fixed(self.price * self.quantity, 5),
               "commission": money(self.commission), "commissionAsset": self.commission_asset, "time": self.time,
               "positionSide": self.position_side, "buyer": self.is_buy, "maker": self.is_maker})
    }
}

/// A conditional order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Algo {
    pub algo_id: i64,
    pub client_id: String,
    pub symbol: String,
    pub is_buy: bool,
    pub position_side: String,
    /// `STOP`, `STOP_MARKET`, `TAKE_PROFIT`, `TAKE_PROFIT_MARKET` or `TRAILING_STOP_MARKET`.
    pub kind: String,
    pub time_in_force: String,
    pub quantity: Decimal,
    pub price: Decimal,
    pub trigger: Decimal,
    pub activate: Option<Decimal>,
    /// Percent.
    pub callback: Option<Decimal>,
    pub working_type: String,
    pub close_position: bool,
    pub reduce_only: bool,
    pub price_protect: bool,
    /// `NEW`, `CANCELED`, `TRIGGERING`, `TRIGGERED`, `FINISHED`, `REJECTED`, `EXPIRED`.
    pub status: String,
    /// The order it became.
    pub child: Option<i64>,
    pub child_filled: Decimal,
    pub child_average: Decimal,
    /// Why it was refused when it triggered.
    pub reason: String,
    pub is_active: bool,
    /// Highest or lowest price since it was placed.
    pub extreme: Decimal,
    pub good_till: i64,
    pub created: i64,
    pub updated: i64,
    pub triggered: i64,
}

impl Algo {
    pub fn is_open(&self) -> bool {
        self.status == "NEW"
    }

    pub const fn side(&self) -> &'static str {
        if self.is_buy { "BUY" } else { "SELL" }
    }

    pub fn is_trailing(&self) -> bool {
        self.kind == "TRAILING_STOP_MARKET"
    }

    pub fn child_kind(&self) -> &'static str {
        if matches!(self.kind.as_str(), "STOP" | "TAKE_PROFIT") { "LIMIT" } else { "MARKET" }
    }

    /// The reply to placing it.
    pub fn reply(&self, listing: &Listing) -> Value {
        let optional = |value: Option<Decimal>| value.map_or_else(String::new, |value| value.to_string());
        json!({
            "algoId": self.algo_id, "clientAlgoId": self.client_id, "algoType": "CONDITIONAL", "orderType": self.kind,
            "symbol": self.symbol, "side": self.side(), "positionSide": self.position_side,
            "timeInForce": self.time_in_force, "quantity": listing.quantity_text(self.quantity),
            "algoStatus": self.status, "triggerPrice": listing.price_text(self.trigger),
            "price": listing.price_text(self.price), "icebergQuantity": null,
            "selfTradePreventionMode": "EXPIRE_MAKER", "workingType": self.working_type, "priceMatch": "NONE",
            "closePosition": self.close_position, "priceProtect": self.price_protect, "reduceOnly": self.reduce_only,
            "activatePrice": optional(self.activate), "callbackRate": optional(self.callback),
            "createTime": self.created, "updateTime": self.updated, "triggerTime": self.triggered,
            "goodTillDate": self.good_till,
        })
    }

    /// A row of a query.
    pub fn row(&self, listing: &Listing) -> Value {
        let mut row = self.reply(listing);
        let more = json!({
            "actualOrderId": self.child.map_or_else(String::new, |id| id.to_string()),
            "actualPrice": fixed(self.child_average, 5),
            "actualType": self.child.map_or("", |_| self.child_kind()),
            "actualQty": listing.quantity_text(self.child_filled),
            "tpTriggerPrice": "0.000", "tpPrice": "0.000", "slTriggerPrice": "0.000", "slPrice": "0.000",
            "tpOrderType": "",
        });
        if let (Some(row), Value::Object(more)) = (row.as_object_mut(), more) {
            row.extend(more);
        }
        row
    }

    /// `ALGO_UPDATE`.
    pub fn event(&self, listing: &Listing, now: i64) -> Value {
        let text = |value: Decimal| value.normalize().to_string();
        let mut order = json!({
            "caid": self.client_id, "aid": self.algo_id, "at": "CONDITIONAL", "o": self.kind, "s": self.symbol,
            "S": self.side(), "ps": self.position_side, "f": self.time_in_force, "q": text(self.quantity),
            "X": self.status, "ai": self.child.map_or_else(String::new, |id| id.to_string()), "tp": text(self.trigger),
            "p": text(self.price), "V": "EXPIRE_MAKER", "wt": self.working_type, "pm": "NONE",
            "cp": self.close_position, "pP": self.price_protect, "R": self.reduce_only, "tt": self.triggered,
            "gtd": self.good_till, "ia": self.is_active,
        });
        if self.child.is_some() || self.status == "CANCELED" {
            order["ap"] = json!(fixed(self.child_average, 5));
            order["aq"] = json!(fixed(self.child_filled, listing.step.scale()));
            order["act"] = json!(self.child.map_or("0", |_| self.child_kind()));
        }
        if !self.reason.is_empty() {
            order["rm"] = json!(self.reason);
        }
        json!({"e": "ALGO_UPDATE", "T": now, "E": now + 1, "o": order})
    }
}
