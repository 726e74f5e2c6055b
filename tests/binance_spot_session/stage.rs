//! The spot exchange on this machine as a desk meets it.

use hoga::config::BinanceMarket;
use hoga::desk::core::CoreCommand;
use hoga::order::OrderId;
use rust_decimal::Decimal;

use crate::binance_spot_server::{self, KEY, Options, SECRET, SpotServer};
pub use crate::desk::*;

impl Exchange for SpotServer {
    fn rest_url(&self) -> String {
        Self::rest_url(self)
    }

    fn ws_url(&self) -> String {
        Self::ws_url(self)
    }

    fn market(&self) -> BinanceMarket {
        BinanceMarket::Spot
    }

    fn holds(&self, symbol: &str) -> Decimal {
        total(self, symbol.strip_suffix("USDT").unwrap())
    }

    fn dollars(&self) -> Decimal {
        total(self, "USDT")
    }

    fn count_open(&self) -> usize {
        open(self)
    }

    fn ed25519_pem(&self) -> String {
        binance_spot_server::ed25519_pem()
    }
}

/// What the account has of an asset, free or not.
pub fn total(server: &SpotServer, asset: &str) -> Decimal {
    let held = server.change(|state| state.exchange.balance(asset));
    (held.free + held.locked).normalize()
}

/// Open orders of the account.
pub fn open(server: &SpotServer) -> usize {
    server.change(|state| state.exchange.orders.values().filter(|order| order.is_open()).count())
}

impl Default for Setup {
    fn default() -> Self {
        Self::of(KEY, Some(SECRET))
    }
}

impl Desk {
    /// A server that is well, and a desk that is connected to it.
    pub fn connected() -> (SpotServer, Self) {
        let server = SpotServer::start(Options::default());
        let desk = Self::to(&server, Setup::default());
        (server, desk)
    }

    /// Asks for another price or total quantity.
    pub fn change(&mut self, id: OrderId, to: Option<&str>, quantity: Option<&str>) {
        self.ask(CoreCommand::Replace {
            order: id.to_string(),
            price: to.map(price),
            stop_price: None,
            quantity: quantity.map(units),
        });
    }

    pub fn until_changed(&mut self, id: OrderId, to: &str, quantity: &str) {
        self.until(&format!("the order is {quantity} at {to}"), |desk| {
            let order = desk.order(id);
            order.kind.limit() == Some(price(to)) && order.quantity == units(quantity) && order.pending_change.is_none()
        });
    }
}
