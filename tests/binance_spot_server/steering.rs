//! What a test does to the server, and what the server knows to be true. Faults are those of every server.

use rust_decimal::Decimal;

use super::order::EventExtra;
use super::{Fill, Order, SpotServer, requests};

/// The market.
impl SpotServer {
    /// Moves the best prices; resting orders they cross are filled.
    pub fn set_top(&self, symbol: &str, bid: Decimal, ask: Decimal) {
        self.at_now(|exchange, now| exchange.set_top(symbol, bid, ask, now));
    }

    /// Sets how much lies at one price; zero removes the level.
    pub fn set_level(&self, symbol: &str, is_bid: bool, price: Decimal, quantity: Decimal) {
        self.at_now(|exchange, now| exchange.set_level(symbol, is_bid, price, quantity, now));
    }
}

/// The account.
impl SpotServer {
    /// Money that came from elsewhere, or left when negative.
    pub fn deposit(&self, asset: &str, amount: Decimal) {
        self.at_now(|exchange, now| exchange.deposit(asset, amount, now));
    }

    /// Something beside trading locks so much of an asset, or frees it when negative.
    pub fn lock_elsewhere(&self, asset: &str, amount: Decimal) {
        self.at_now(|exchange, now| exchange.lock_elsewhere(asset, amount, now));
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

    /// A pair made by hand in the exchange's own app: a sale that rests above the market and a stop below it. Gives the
    /// numbers of both.
    pub fn foreign_pair(&self, symbol: &str, quantity: Decimal, above: Decimal, stop: Decimal) -> (i64, i64) {
        self.at_now(|exchange, now| exchange.pair(symbol, quantity, above, stop, now))
    }

    /// Cancels an order from the exchange's side (`CANCELED`) or lets it expire (`EXPIRED`).
    pub fn end_order(&self, symbol: &str, order_id: i64, what: &str) {
        self.at_now(|exchange, now| {
            let cancel_id = exchange.random_id(22);
            let cancel_id = (what == "CANCELED").then_some(cancel_id.as_str());
            let expiry = (what == "EXPIRED").then_some("EXCHANGE_CANCELED");
            let extra = EventExtra { cancel_id, expiry, ..EventExtra::default() };
            exchange.end_order(&(symbol.to_owned(), order_id), what, extra, now);
        });
    }

    /// Every subscription to the account's events ends, with `eventStreamTerminated`; the connections stay.
    pub fn end_account_stream(&self) {
        self.change(|state| {
            let now = state.now();
            state.flush();
            state.hub.end_accounts(now);
        });
    }

    /// `serverShutdown` on every stream; nothing ends yet.
    pub fn announce_shutdown(&self) {
        self.change(requests::announce_shutdown);
    }
}

/// What it knows.
impl SpotServer {
    /// All orders ever, by symbol and id.
    pub fn orders(&self) -> Vec<Order> {
        self.change(|state| state.exchange.orders.values().cloned().collect())
    }

    pub fn open_orders(&self) -> Vec<Order> {
        self.orders().into_iter().filter(Order::is_open).collect()
    }

    /// The newest order with a client id.
    pub fn order(&self, client_id: &str) -> Option<Order> {
        self.orders().into_iter().rfind(|order| order.client_id == client_id)
    }

    /// All fills of the account, in order.
    pub fn trades(&self) -> Vec<Fill> {
        self.change(|state| state.exchange.fills.clone())
    }

    /// Free and locked.
    pub fn balance(&self, asset: &str) -> (Decimal, Decimal) {
        self.change(|state| {
            let held = state.exchange.balance(asset);
            (held.free, held.locked)
        })
    }

    /// How many subscriptions to the account's events there are.
    pub fn account_streams(&self) -> usize {
        self.change(|state| state.hub.count_accounts())
    }
}
