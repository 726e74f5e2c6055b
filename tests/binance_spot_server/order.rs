//! Orders and fills, and their shapes in replies and events.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::parts::listing::money;

/// An order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub symbol: String,
    pub order_id: i64,
    pub client_id: String,
    pub is_buy: bool,
    /// `LIMIT`, `MARKET`, `LIMIT_MAKER`, `STOP_LOSS`, `STOP_LOSS_LIMIT`, `TAKE_PROFIT`, `TAKE_PROFIT_LIMIT`.
    pub kind: String,
    pub time_in_force: String,
    pub price: Decimal,
    pub quantity: Decimal,
    /// A market order told by its money.
    pub quote_quantity: Decimal,
    pub stop_price: Decimal,
    /// Distance of a trailing stop in basis points.
    pub trailing_delta: Option<i64>,
    /// Highest or lowest price since a trailing stop was placed.
    pub extreme: Decimal,
    pub filled: Decimal,
    /// What the filled quantity cost.
    pub quote: Decimal,
    /// `NEW`, `PARTIALLY_FILLED`, `FILLED`, `CANCELED`, `EXPIRED`.
    pub status: String,
    /// On the book; one that waits for a price is not.
    pub is_working: bool,
    /// What is locked for it: of the quote for a purchase, of the base for a sale.
    pub locked: Decimal,
    pub created: i64,
    pub updated: i64,
    pub working_since: i64,
    /// How often it was made smaller.
    pub amends: u32,
    /// The list it belongs to.
    pub list: Option<i64>,
}

impl Order {
    /// A limit order, good till cancelled, without price and ids.
    pub fn plain(symbol: &str, is_buy: bool, quantity: Decimal, now: i64) -> Self {
        Self {
            symbol: symbol.to_owned(),
            order_id: 0,
            client_id: String::new(),
            is_buy,
            kind: "LIMIT".to_owned(),
            time_in_force: "GTC".to_owned(),
            price: Decimal::ZERO,
            quantity,
            quote_quantity: Decimal::ZERO,
            stop_price: Decimal::ZERO,
            trailing_delta: None,
            extreme: Decimal::ZERO,
            filled: Decimal::ZERO,
            quote: Decimal::ZERO,
            status: "NEW".to_owned(),
            is_working: true,
            locked: Decimal::ZERO,
            created: now,
            updated: now,
            working_since: now,
            amends: 0,
            list: None,
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

    /// Whether it has a limit, at once or once it is set off.
    pub fn is_limit(&self) -> bool {
        !matches!(self.kind.as_str(), "MARKET" | "STOP_LOSS" | "TAKE_PROFIT")
    }

    pub fn is_conditional(&self) -> bool {
        self.kind.starts_with("STOP_LOSS") || self.kind.starts_with("TAKE_PROFIT")
    }

    /// Whether it still waits for a price.
    pub fn waits(&self) -> bool {
        self.is_conditional() && !self.is_working
    }

    /// Whether it is set off by a price that rises.
    pub fn triggers_above(&self) -> bool {
        self.is_buy == self.kind.starts_with("STOP_LOSS")
    }

    /// What every reply has.
    fn head(&self) -> Value {
        json!({"symbol": self.symbol, "orderId": self.order_id, "orderListId": self.list.unwrap_or(-1),
               "clientOrderId": self.client_id})
    }

    fn body(&self) -> Value {
        let mut row = self.head();
        let more = json!({
            "price": money(self.price), "origQty": money(self.quantity), "executedQty": money(self.filled),
            "origQuoteOrderQty": money(self.quote_quantity), "cummulativeQuoteQty": money(self.quote),
            "status": self.status, "timeInForce": self.time_in_force, "type": self.kind, "side": self.side(),
            "selfTradePreventionMode": "EXPIRE_MAKER",
        });
        extend(&mut row, more);
        if self.is_conditional() {
            row["stopPrice"] = json!(money(self.stop_price));
        }
        if let Some(delta) = self.trailing_delta {
            row["trailingDelta"] = json!(delta);
        }
        row
    }

    /// The reply to placing it, as long as asked for: `ACK`, `RESULT` or `FULL`.
    pub fn placed(&self, form: &str, fills: &[Fill], now: i64) -> Value {
        let mut reply = if form == "ACK" { self.head() } else { self.body() };
        reply["transactTime"] = json!(now);
        if form != "ACK" {
            reply["workingTime"] = json!(if self.is_working { self.working_since } else { -1 });
        }
        if form == "FULL" {
            reply["fills"] = fills.iter().map(Fill::short).collect();
        }
        reply
    }

    /// The reply to its cancel, which has a name of its own.
    pub fn canceled(&self, cancel_id: &str, now: i64) -> Value {
        let mut reply = self.body();
        reply["origClientOrderId"] = json!(self.client_id);
        reply["clientOrderId"] = json!(cancel_id);
        reply["transactTime"] = json!(now);
        reply
    }

    /// A row of a query.
    pub fn row(&self) -> Value {
        let mut row = self.body();
        let more = json!({
            "stopPrice": money(self.stop_price), "icebergQty": money(Decimal::ZERO), "time": self.created,
            "updateTime": self.updated, "isWorking": self.is_working,
            "workingTime": if self.is_working { self.working_since } else { -1 },
        });
        extend(&mut row, more);
        row
    }

    /// What an order was made by a smaller quantity; other names than elsewhere.
    pub fn amended(&self, old_id: &str) -> Value {
        let mut row = self.head();
        let more = json!({
            "origClientOrderId": old_id, "price": money(self.price), "qty": money(self.quantity),
            "executedQty": money(self.filled), "preventedQty": money(Decimal::ZERO),
            "quoteOrderQty": money(self.quote_quantity), "cumulativeQuoteQty": money(self.quote),
            "status": self.status, "timeInForce": self.time_in_force, "type": self.kind, "side": self.side(),
            "workingTime": self.working_since, "selfTradePreventionMode": "EXPIRE_MAKER",
        });
        extend(&mut row, more);
        row
    }

    /// `executionReport`; `what` is `x`.
    pub fn event(&self, what: &str, now: i64, extra: &EventExtra<'_>) -> Value {
        let zero = || money(Decimal::ZERO);
        let fill = extra.fill;
        let (name, original) = match extra.cancel_id {
            Some(cancel) => (cancel, self.client_id.as_str()),
            None => (self.client_id.as_str(), ""),
        };
        let mut event = json!({
            "e": "executionReport", "E": now + 1, "s": self.symbol, "c": name, "S": self.side(), "o": self.kind,
            "f": self.time_in_force, "q": money(self.quantity), "p": money(self.price), "P": money(self.stop_price),
            "F": zero(), "g": self.list.unwrap_or(-1), "C": original, "x": what, "X": self.status, "r": "NONE", "i": self.order_id,
            "l": fill.map_or_else(zero, |fill| money(fill.quantity)), "z": money(self.filled),
            "L": fill.map_or_else(zero, |fill| money(fill.price)),
            "n": fill.map_or_else(|| "0".to_owned(), |fill| money(fill.commission)),
            "N": fill.map(|fill| fill.commission_asset.clone()), "T": now, "t": fill.map_or(-1, |fill| fill.id),
            "I": extra.execution_id, "w": self.is_working && self.is_open(), "m": fill.is_some_and(|fill| fill.is_maker),
            "M": false, "O": self.created, "Z": money(self.quote),
            "Y": fill.map_or_else(zero, |fill| money(fill.price * fill.quantity)), "Q": money(self.quote_quantity),
            "V": "EXPIRE_MAKER",
        });
        if self.is_working {
            event["W"] = json!(self.working_since);
        }
        if let Some(delta) = self.trailing_delta {
            event["d"] = json!(delta);
        }
        if let Some(reason) = extra.expiry {
            event["eR"] = json!(reason);
        }
        event
    }
}

fn extend(row: &mut Value, more: Value) {
    if let (Some(row), Value::Object(more)) = (row.as_object_mut(), more) {
        row.extend(more);
    }
}

/// What an order event carries beside the order.
#[derive(Clone, Copy, Debug, Default)]
pub struct EventExtra<'a> {
    pub fill: Option<&'a Fill>,
    /// The cancel's own name, when this is about one.
    pub cancel_id: Option<&'a str>,
    /// `eR`.
    pub expiry: Option<&'a str>,
    pub execution_id: i64,
}

/// One fill of an order of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fill {
    pub symbol: String,
    /// Unique by symbol only.
    pub id: i64,
    pub order_id: i64,
    pub is_buy: bool,
    pub price: Decimal,
    pub quantity: Decimal,
    pub commission: Decimal,
    pub commission_asset: String,
    pub is_maker: bool,
    pub time: i64,
}

impl Fill {
    fn short(&self) -> Value {
        json!({"price": money(self.price), "qty": money(self.quantity), "commission": money(self.commission),
               "commissionAsset": self.commission_asset, "tradeId": self.id})
    }

    /// A row of `myTrades`.
    pub fn row(&self) -> Value {
        json!({"symbol": self.symbol, "id": self.id, "orderId": self.order_id, "orderListId": -1,
               "price": money(self.price), "qty": money(self.quantity), "quoteQty": money(self.price * self.quantity),
               "commission": money(self.commission), "commissionAsset": self.commission_asset, "time": self.time,
               "isBuyer": self.is_buy, "isMaker": self.is_maker, "isBestMatch": true})
    }
}
