//! The futures exchange on this machine as a desk meets it.

use hoga::config::BinanceMarket;
use rust_decimal::Decimal;

use crate::binance_server::{self, KEY, Options, SECRET, Server};
pub use crate::desk::*;

impl Exchange for Server {
    fn rest_url(&self) -> String {
        Self::rest_url(self)
    }

    fn ws_url(&self) -> String {
        Self::ws_url(self)
    }

    fn market(&self) -> BinanceMarket {
        BinanceMarket::Futures
    }

    fn holds(&self, symbol: &str) -> Decimal {
        self.position(symbol)
    }

    fn dollars(&self) -> Decimal {
        self.wallet("USDT")
    }

    fn count_open(&self) -> usize {
        self.open_orders().len() + self.algos().iter().filter(|algo| algo.is_open()).count()
    }

    fn ed25519_pem(&self) -> String {
        binance_server::ed25519_pem()
    }
}

impl Default for Setup {
    fn default() -> Self {
        Self::of(KEY, Some(SECRET))
    }
}

impl Desk {
    /// A server that is well, and a desk that is connected to it.
    pub fn connected() -> (Server, Self) {
        let server = Server::start(Options::default());
        let desk = Self::to(&server, Setup::default());
        (server, desk)
    }
}
