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

pub mod account;
pub mod algo_calls;
pub mod book;
pub mod command;
mod connection;
pub mod exchange;
pub mod faults;
mod fund_flow;
pub mod http;
pub mod hub;
pub mod journal;
pub mod keys;
pub mod limits;
pub mod listing;
pub mod market;
pub mod matching;
pub mod order;
pub mod order_calls;
pub mod params;
mod past;
pub mod random;
pub mod refusal;
pub mod rest;
mod rest_account;
mod rest_market;
mod running;
pub mod state;
mod steering;
mod truth;

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rust_decimal::{Decimal, dec};
use tokio::sync::watch;

use exchange::Exchange;
pub use exchange::Habits;
pub use faults::{Fault, Faults};
pub use hub::{FrameFault, Route, StreamFault};
pub use journal::Seen;
pub use keys::{KEY, KEY_ED25519, KEY_READ_ONLY, SECRET, ed25519_pem, signature};
pub use listing::Listing;
pub use order::{Algo, Fill, Order};
use running::Running;
pub use state::State;

/// Longest wait for what must happen: a debug build on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

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

/// The state, and who waits for it to change.
#[derive(Debug)]
pub struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    version: watch::Sender<u64>,
    ping_every: Duration,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.lock();
        let out = change(&mut state);
        state.flush();
        drop(state);
        self.changed.notify_all();
        self.version.send_modify(|version| *version += 1);
        out
    }
}

/// A server that runs until it is dropped.
pub struct Server {
    shared: Arc<Shared>,
    running: Running,
}

impl Server {
    /// Starts it and waits until it listens.
    pub fn start(options: Options) -> Self {
        let now = state::machine_ms() + options.clock_offset;
        let mut exchange = Exchange::new(options.seed, options.wallet, now);
        exchange.habits = options.habits.clone();
        let mut state = State::new(exchange, options.clock_offset);
        state.journal.file = options
            .journal
            .as_ref()
            .map(|path| std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap());
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            changed: Condvar::new(),
            version: watch::Sender::new(0),
            ping_every: options.ping_every,
        });
        let running = Running::start(options.port, Arc::clone(&shared));
        Self { shared, running }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn rest_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.running.port)
    }

    /// `ws://127.0.0.1:PORT`, before which routes are put.
    pub fn ws_url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.running.port)
    }

    /// Reads or changes anything; what the exchange has to say after it is sent at once.
    pub fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        self.shared.change(change)
    }

    fn at_now<T>(&self, change: impl FnOnce(&mut Exchange, i64) -> T) -> T {
        self.change(|state| {
            let now = state.now();
            change(&mut state.exchange, now)
        })
    }

    /// The server's clock in ms.
    pub fn now(&self) -> i64 {
        self.change(|state| state.now())
    }

    /// Waits until something is so, or panics with `what` after [`PATIENCE`].
    pub fn wait_until(&self, what: &str, is_so: impl Fn(&State) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.shared.lock();
        while !is_so(&state) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "waited in vain: {what}");
            let waited = self.shared.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The same for a test inside a runtime.
    pub async fn until(&self, what: &str, is_so: impl Fn(&State) -> bool) {
        let mut version = self.shared.version.subscribe();
        let happened = async {
            loop {
                version.mark_unchanged();
                if is_so(&self.shared.lock()) {
                    return;
                }
                if version.changed().await.is_err() {
                    return;
                }
            }
        };
        assert!(tokio::time::timeout(PATIENCE, happened).await.is_ok(), "waited in vain: {what}");
    }
}
