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
//! | market | [`Server::trade`], [`Server::set_top`], [`Server::set_mark`], [`Server::drift`] |
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

    // The market.

    /// Somebody else's trade; see [`Exchange::trade`].
    pub fn trade(&self, symbol: &str, price: Decimal, quantity: Decimal) {
        self.at_now(|exchange, now| exchange.trade(symbol, price, quantity, now));
    }

    /// Moves the best prices; resting orders they cross are filled.
    pub fn set_top(&self, symbol: &str, bid: Decimal, ask: Decimal) {
        self.at_now(|exchange, now| exchange.set_top(symbol, bid, ask, now));
    }

    /// Sets the mark price, which otherwise is the middle of the book; `None` lets it go again.
    pub fn set_mark(&self, symbol: &str, price: Option<Decimal>) {
        self.at_now(|exchange, now| {
            exchange.markets.get_mut(symbol).unwrap().set_mark = price;
            exchange.run_triggers(now);
        });
    }

    /// The market moves by itself, every 50 to 100 ms.
    pub fn drift(&self, seed: u64) {
        self.change(|state| state.set_drift(Some(seed)));
    }

    pub fn stop_drift(&self) {
        self.change(|state| state.set_drift(None));
    }

    /// Best bid and ask.
    pub fn top(&self, symbol: &str) -> (Decimal, Decimal) {
        self.change(|state| (state.exchange.markets[symbol].book.bid(), state.exchange.markets[symbol].book.ask()))
    }

    /// Lists a symbol or changes a listed one, as `exchangeInfo` tells it from now on.
    pub fn list(&self, listing: Listing) {
        self.at_now(|exchange, now| exchange.list(listing, now));
    }

    /// Changes how a symbol is listed: `server.relist("BTCUSDT", |listing| listing.tick = dec!(0.01))`.
    pub fn relist(&self, symbol: &str, change: impl FnOnce(&mut Listing)) {
        self.change(|state| change(&mut state.exchange.markets.get_mut(symbol).unwrap().listing));
    }

    // The account.

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

    // The truth.

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

    /// All requests, in the order of their arrival.
    pub fn requests(&self) -> Vec<Seen> {
        self.change(|state| state.journal.requests.clone())
    }

    /// Requests of a method (`*`: any) whose path ends so.
    pub fn requests_to(&self, method: &str, path: &str) -> Vec<Seen> {
        let fits = |seen: &Seen| (method == "*" || seen.method == method) && seen.path.ends_with(path);
        self.requests().into_iter().filter(fits).collect()
    }

    /// How many streams are open on a route.
    pub fn streams(&self, route: Route) -> usize {
        self.change(|state| state.hub.count(route))
    }

    // Faults.

    /// The next `count` requests of this method (`*`: any) whose path ends so meet this fault.
    pub fn fault(&self, method: &str, path: &str, count: u32, fault: Fault) {
        self.change(|state| state.faults.add(method, path, count, fault));
    }

    /// Adds faults, such as [`Faults::seeded`].
    pub fn faults(&self, faults: Faults) {
        self.change(|state| state.faults.join(faults));
    }

    pub fn no_faults(&self) {
        self.change(|state| state.faults.clear());
    }

    /// Does something to the connections that are open on a route; new ones are well.
    pub fn strike(&self, route: Route, fault: StreamFault) {
        self.change(|state| state.hub.strike(route, &fault));
    }

    /// Plans a fault for the next `count` events on a route whose stream name contains, or whose type is, `contains`
    /// (empty: any): `server.plan(Route::Public, "btcusdt@depth", 1, FrameFault::Lose)`.
    pub fn plan(&self, route: Route, contains: &str, count: u32, fault: FrameFault) {
        self.change(|state| state.hub.plan(route, contains, count, fault));
    }

    /// Cuts the streams of a route and refuses new ones until [`Self::allow_streams`]: what happens meanwhile is told to
    /// nobody.
    pub fn refuse_streams(&self, route: Route) {
        self.change(|state| {
            state.hub.refused.insert(route);
            state.hub.strike(route, &StreamFault::Cut);
        });
    }

    pub fn allow_streams(&self, route: Route) {
        self.change(|state| state.hub.refused.remove(&route));
    }

    /// The listen key dies, with its event.
    pub fn expire_listen_key(&self) {
        self.change(State::expire_listen_key);
    }

    /// Sets how far the server's clock is ahead of the machine's, in ms.
    pub fn set_clock(&self, offset_ms: i64) {
        self.change(|state| state.clock_offset = offset_ms);
    }

    /// Every request gets a page in HTML and no stream opens; streams that are open end.
    pub fn maintenance(&self, is_on: bool) {
        self.change(|state| {
            state.is_in_maintenance = is_on;
            if is_on {
                for route in [Route::Public, Route::Market, Route::Private, Route::Unrouted] {
                    state.hub.strike(route, &StreamFault::Cut);
                }
            }
        });
    }

    /// The next so many snapshots of a book are older than every event.
    pub fn old_snapshots(&self, symbol: &str, count: u32) {
        self.change(|state| state.exchange.markets.get_mut(symbol).unwrap().old_snapshots = count);
    }

    /// Ends every connection and listens no more; what it knows stays.
    pub fn stop(&self) {
        self.running.stop();
    }

    /// Listens again on the same port after [`Self::stop`].
    pub fn resume(&self) {
        self.running.resume();
    }

    /// Stops and listens again at once.
    pub fn restart(&self) {
        self.stop();
        self.resume();
    }

    // Waiting.

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
