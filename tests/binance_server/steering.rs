//! What a test does to the server: moves its market and its account. Faults are those of every server.

use rust_decimal::Decimal;

use super::{Order, Server};

/// The market.
impl Server {
    /// Moves the best prices; resting orders they cross are filled.
    pub fn set_top(&self, symbol: &str, bid: Decimal, ask: Decimal) {
        self.at_now(|exchange, now| exchange.set_top(symbol, bid, ask, now));
    }

    /// Sets how much lies at one price; zero removes the level.
    pub fn set_level(&self, symbol: &str, is_bid: bool, price: Decimal, quantity: Decimal) {
        self.at_now(|exchange, now| exchange.set_level(symbol, is_bid, price, quantity, now));
    }

    /// Sets the mark price, which otherwise is the middle of the book; `None` lets it go again.
    pub fn set_mark(&self, symbol: &str, price: Option<Decimal>) {
        self.at_now(|exchange, now| {
            exchange.markets.get_mut(symbol).unwrap().set_mark = price;
            exchange.run_triggers(now);
        });
    }
}

/// The account.
impl Server {
    /// Funding of a symbol at a rate.
    pub fn fund(&self, symbol: &str, rate: Decimal) {
        self.at_now(|exchange, now| exchange.fund(symbol, rate, now));
    }

    /// The position of a symbol is closed by force, its orders cancelled.
    pub fn liquidate(&self, symbol: &str) {
        self.at_now(|exchange, now| exchange.liquidate(symbol, false, now));
    }

    /// The position of a symbol is closed by deleveraging.
    pub fn deleverage(&self, symbol: &str) {
        self.at_now(|exchange, now| exchange.liquidate(symbol, true, now));
    }

    /// Money from another wallet, or to it when negative.
    pub fn transfer(&self, asset: &str, amount: Decimal) {
        self.at_now(|exchange, now| exchange.transfer(asset, amount, now));
    }

    /// The leverage of a symbol, set in the exchange's own app.
    pub fn set_leverage(&self, symbol: &str, leverage: u32) {
        self.at_now(|exchange, now| {
            exchange.leverage.insert(symbol.to_owned(), leverage);
            let change = serde_json::json!({"s": symbol, "l": leverage});
            exchange.say_user(serde_json::json!({"e": "ACCOUNT_CONFIG_UPDATE", "E": now, "T": now - 3, "ac": change}));
        });
    }

    pub fn set_hedge(&self, is_hedge: bool) {
        self.change(|state| state.exchange.is_hedge = is_hedge);
    }

    /// An order placed by hand in the exchange's own app: a client id that is not ours. Gives its id.
    pub fn foreign_order(&self, symbol: &str, is_buy: bool, price: Decimal, quantity: Decimal) -> i64 {
        self.at_now(|exchange, now| {
            let mut order = Order::plain(symbol, is_buy, quantity, now);
            order.client_id = format!("web_{}", exchange.random_id(16));
            order.price = price;
            exchange.accept(order, now).1
        })
    }

    /// Cancels an order from the exchange's side (`CANCELED`) or lets it expire (`EXPIRED`).
    pub fn end_order(&self, symbol: &str, order_id: i64, what: &str) {
        self.at_now(|exchange, now| exchange.end_order(&(symbol.to_owned(), order_id), what, "0", now));
    }

    /// The listen key dies, with its event.
    pub fn expire_listen_key(&self) {
        self.change(super::venue::expire_listen_key);
    }
}
