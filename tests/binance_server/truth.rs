//! What the server knows to be true.

use rust_decimal::Decimal;

use super::{Algo, Fill, Order, Server};

impl Server {
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

    /// All conditional orders ever.
    pub fn algos(&self) -> Vec<Algo> {
        self.change(|state| state.exchange.algos.values().cloned().collect())
    }

    /// All fills of the account, in order.
    pub fn trades(&self) -> Vec<Fill> {
        self.change(|state| state.exchange.fills.clone())
    }

    /// The signed position in one-way mode; in hedge mode long and short together.
    pub fn position(&self, symbol: &str) -> Decimal {
        ["BOTH", "LONG", "SHORT"].iter().map(|side| self.position_of(symbol, side)).sum()
    }

    /// The signed position of a side.
    pub fn position_of(&self, symbol: &str, side: &str) -> Decimal {
        self.change(|state| state.exchange.position(symbol, side))
    }

    pub fn wallet(&self, asset: &str) -> Decimal {
        self.change(|state| state.exchange.wallet.get(asset).copied().unwrap_or_default())
    }
}
