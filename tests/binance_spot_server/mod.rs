//! A Binance spot exchange on this machine: REST, streams, the WebSocket API with the account's events, and everything
//! that goes wrong.
//!
//! ```ignore
//! let server = SpotServer::start(Options::default());
//! // the client: server.rest_url(), server.ws_url(), server.ws_api_url(), binance_spot_server::KEY and SECRET
//! server.trade("BTCUSDT", dec!(59000), dec!(0.5));          // somebody else's trade
//! server.fault("POST", "/order", 1, Fault::LostReply);      // the next order's answer is lost after it took effect
//! server.wait_until("filled", |state| state.exchange.fills.len() == 1);
//! assert_eq!(server.balance("BTC"), (dec!(0.0999), dec!(0)));
//! ```
//!
//! It is made of the same parts as the futures server beside it and is told and broken in the same ways. All market data
//! is on [`Route::Market`], the WebSocket API on [`Route::Requests`].
//!
//! | what | how |
//! |---|---|
//! | market | [`SpotServer::trade`], [`SpotServer::set_top`], [`SpotServer::set_level`], [`SpotServer::drift`] |
//! | account | [`SpotServer::deposit`], [`SpotServer::lock_elsewhere`], [`SpotServer::foreign_order`], [`SpotServer::foreign_pair`], [`SpotServer::end_order`] |
//! | truth | [`SpotServer::orders`], [`SpotServer::trades`], [`SpotServer::balance`], [`SpotServer::requests`] |
//! | faults of requests | [`SpotServer::fault`], also of the WebSocket API with the method `WS` and the name of the request |
//! | faults of streams | [`SpotServer::strike`], [`SpotServer::plan`], [`SpotServer::end_account_stream`], [`SpotServer::announce_shutdown`] |
//! | faults of the whole | [`SpotServer::stop`], [`SpotServer::resume`], [`SpotServer::set_clock`], [`SpotServer::maintenance`] |
//! | everything else | [`SpotServer::change`], which gives the [`State`] |
//!
//! The synthetic book does not show the account's own orders and is not emptied by them. An order that waits for a price
//! waits for a trade at it. What an order costs is locked when it is placed: for a stop to market at the price that sets
//! it off. Bars are of a minute and longer.
#![allow(dead_code, unused_imports)]

#[path = "../binance_parts/mod.rs"]
#[allow(clippy::duplicate_mod)]
pub mod parts;

pub mod account;
pub mod command;
pub mod exchange;
pub mod filters;
pub mod listing;
pub mod lists;
pub mod matching;
pub mod order;
pub mod order_calls;
pub mod replacing;
pub mod requests;
pub mod rest;
mod rest_account;
mod rest_market;
mod steering;
mod venue;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use rust_decimal::{Decimal, dec};

use exchange::Exchange;
pub use exchange::Habits;
pub use order::{Fill, Order};
pub use parts::faults::{Fault, Faults};
pub use parts::frame::{FrameFault, Route, StreamFault};
pub use parts::journal::Seen;
pub use parts::keys::{KEY, KEY_ED25519, KEY_READ_ONLY, SECRET, ed25519_pem, signature};
pub use parts::listing::Listing;
pub use parts::server::PATIENCE;
use parts::state::machine_ms;

/// A server that runs until it is dropped.
pub type SpotServer = parts::server::Server<Exchange>;
/// Everything behind its lock.
pub type State = parts::state::State<Exchange>;

/// How a server starts.
#[derive(Clone, Debug)]
pub struct Options {
    /// 0: any that is free.
    pub port: u16,
    pub seed: u64,
    /// What the account holds, all of it free.
    pub balances: BTreeMap<String, Decimal>,
    /// File to which requests, orders and trades are appended.
    pub journal: Option<PathBuf>,
    /// How often a stream is pinged.
    pub ping_every: Duration,
    /// How far the server's clock is ahead of the machine's, in ms.
    pub clock_offset: i64,
    pub habits: Habits,
}

impl Default for Options {
    fn default() -> Self {
        let held = [("USDT", dec!(10000)), ("BTC", dec!(1)), ("ETH", dec!(0)), ("BNB", dec!(10))];
        Self {
            port: 0,
            seed: 1,
            balances: held.into_iter().map(|(asset, amount)| (asset.to_owned(), amount)).collect(),
            journal: None,
            ping_every: Duration::from_secs(20),
            clock_offset: 0,
            habits: Habits::default(),
        }
    }
}

impl SpotServer {
    /// Starts it and waits until it listens.
    pub fn start(options: Options) -> Self {
        let mut exchange = Exchange::new(options.seed, &options.balances, machine_ms() + options.clock_offset);
        exchange.habits = options.habits.clone();
        let state = State::new(exchange, options.clock_offset);
        Self::launch(state, options.port, options.journal.as_deref(), options.ping_every)
    }

    /// `ws://127.0.0.1:PORT/ws-api/v3`.
    pub fn ws_api_url(&self) -> String {
        format!("{}/ws-api/v3", self.ws_url())
    }
}
