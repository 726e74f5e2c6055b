//! A Binance USD-M futures exchange on this machine: REST, routed streams, an account, and everything that goes wrong.
//!
//! ```ignore
//! let server = Server::start(Options::default());
//! // the client: server.rest_url(), server.ws_url(), binance_server::KEY, binance_server::SECRET
//! server.trade("BTCUSDT", dec!(59000), dec!(0.5));          // somebody else's trade
//! server.fault("POST", "/order", 1, Fault::LostReply);      // the next order's answer is lost after it took effect
//! server.wait_until("filled", |state| state.exchange.fills.len() == 1);
//! assert_eq!(server.orders()[0].status, "FILLED");
//! ```
//!
//! It runs on a thread and runtime of its own, so that its methods may be called from anywhere, also from inside another
//! runtime, and take effect at once. Everything it does by chance follows from [`Options::seed`].
//!
//! | what | how |
//! |---|---|
//! | market | [`Server::trade`], [`Server::set_top`], [`Server::set_level`], [`Server::set_mark`], [`Server::drift`] |
//! | account | [`Server::fund`], [`Server::liquidate`], [`Server::transfer`], [`Server::set_hedge`] |
//! | truth | [`Server::orders`], [`Server::algos`], [`Server::trades`], [`Server::position`], [`Server::requests`] |
//! | faults of requests | [`Server::fault`], [`Server::faults`], [`Fault`], [`Faults::seeded`] |
//! | faults of streams | [`Server::strike`], [`Server::plan`], [`Server::refuse_streams`], [`Server::expire_listen_key`] |
//! | faults of the whole | [`Server::stop`], [`Server::resume`], [`Server::set_clock`], [`Server::maintenance`] |
//! | everything else | [`Server::change`], which gives the [`State`] |
//!
//! Where sources disagree it takes the stricter course: streams without a route and user streams without `events=` are
//! silent. The synthetic book does not show the account's own orders and is not emptied by them. The account is in one
//! asset, USDT, whatever else its wallet holds.
#![allow(dead_code, unused_imports)]

#[path = "../binance_parts/mod.rs"]
#[allow(clippy::duplicate_mod)]
pub mod parts;

pub mod account;
pub mod algo_calls;
pub mod command;
pub mod exchange;
mod fund_flow;
pub mod listing;
pub mod matching;
pub mod order;
pub mod order_calls;
pub mod rest;
mod rest_account;
mod rest_market;
mod steering;
mod truth;
mod venue;

use std::path::PathBuf;
use std::time::Duration;

use rust_decimal::{Decimal, dec};

use exchange::Exchange;
pub use exchange::Habits;
pub use order::{Algo, Fill, Order};
pub use parts::faults::{Fault, Faults};
pub use parts::frame::{FrameFault, Route, StreamFault};
pub use parts::journal::Seen;
pub use parts::keys::{KEY, KEY_ED25519, KEY_READ_ONLY, SECRET, ed25519_pem, signature};
pub use parts::listing::Listing;
pub use parts::random;
pub use parts::server::PATIENCE;
pub use parts::state::Event;
use parts::state::machine_ms;
use parts::{keys, market, markets, params, refusal};

/// A server that runs until it is dropped.
pub type Server = parts::server::Server<Exchange>;
/// Everything behind its lock.
pub type State = parts::state::State<Exchange>;

/// How a server starts.
#[derive(Clone, Debug)]
pub struct Options {
    /// 0: any that is free.
    pub port: u16,
    pub seed: u64,
    /// USDT of the account.
    pub wallet: Decimal,
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
        Self {
            port: 0,
            seed: 1,
            wallet: dec!(10000),
            journal: None,
            ping_every: Duration::from_secs(180),
            clock_offset: 0,
            habits: Habits::default(),
        }
    }
}

impl Server {
    /// Starts it and waits until it listens.
    pub fn start(options: Options) -> Self {
        let mut exchange = Exchange::new(options.seed, options.wallet, machine_ms() + options.clock_offset);
        exchange.habits = options.habits.clone();
        let state = State::new(exchange, options.clock_offset);
        Self::launch(state, options.port, options.journal.as_deref(), options.ping_every)
    }
}
