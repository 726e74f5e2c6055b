//! A server of any exchange: its addresses, its state, and how it is broken.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rust_decimal::Decimal;
use tokio::sync::watch;

use super::faults::{Fault, Faults};
use super::frame::{FrameFault, Route, StreamFault};
use super::journal::Seen;
use super::listing::Listing;
use super::running::Running;
use super::state::{State, Venue};

/// Longest wait for what must happen: a debug build on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The state, and who waits for it to change.
#[derive(Debug)]
pub struct Shared<V> {
    state: Mutex<State<V>>,
    changed: Condvar,
    version: watch::Sender<u64>,
    pub(super) ping_every: Duration,
}

impl<V: Venue> Shared<V> {
    fn lock(&self) -> MutexGuard<'_, State<V>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn change<T>(&self, change: impl FnOnce(&mut State<V>) -> T) -> T {
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
pub struct Server<V: Venue> {
    shared: Arc<Shared<V>>,
    running: Running,
}

impl<V: Venue> Server<V> {
    /// Starts it and waits until it listens; `port` 0 is any that is free.
    pub fn launch(mut state: State<V>, port: u16, journal: Option<&Path>, ping_every: Duration) -> Self {
        state.journal.file =
            journal.map(|path| std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap());
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            changed: Condvar::new(),
            version: watch::Sender::new(0),
            ping_every,
        });
        let running = Running::start(port, Arc::clone(&shared));
        Self { shared, running }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn rest_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.running.port)
    }

    /// `ws://127.0.0.1:PORT`, before which paths are put.
    pub fn ws_url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.running.port)
    }

    /// Reads or changes anything; what the exchange has to say after it is sent at once.
    pub fn change<T>(&self, change: impl FnOnce(&mut State<V>) -> T) -> T {
        self.shared.change(change)
    }

    pub(crate) fn at_now<T>(&self, change: impl FnOnce(&mut V, i64) -> T) -> T {
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
    pub fn wait_until(&self, what: &str, is_so: impl Fn(&State<V>) -> bool) {
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
    pub async fn until(&self, what: &str, is_so: impl Fn(&State<V>) -> bool) {
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

/// The market.
impl<V: Venue> Server<V> {
    /// Somebody else's trade: resting orders of the account at that price fill up to its quantity, those the price went
    /// through fill whole.
    pub fn trade(&self, symbol: &str, price: Decimal, quantity: Decimal) {
        self.at_now(|exchange, now| exchange.trade(symbol, price, quantity, now));
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
        self.change(|state| {
            let book = &state.exchange.markets()[symbol].book;
            (book.bid(), book.ask())
        })
    }

    /// Lists a symbol or changes a listed one, as `exchangeInfo` tells it from now on.
    pub fn list(&self, listing: Listing) {
        self.at_now(|exchange, now| exchange.markets().list(listing, now));
    }

    /// Changes how a symbol is listed: `server.relist("BTCUSDT", |listing| listing.tick = dec!(0.01))`.
    pub fn relist(&self, symbol: &str, change: impl FnOnce(&mut Listing)) {
        self.change(|state| change(&mut state.exchange.markets().get_mut(symbol).unwrap().listing));
    }

    /// The next so many snapshots of a book are older than every event.
    pub fn old_snapshots(&self, symbol: &str, count: u32) {
        self.change(|state| state.exchange.markets().get_mut(symbol).unwrap().old_snapshots = count);
    }
}

/// Faults.
impl<V: Venue> Server<V> {
    /// The next `count` requests of this method (`*`: any) whose path ends so meet this fault.
    pub fn fault(&self, method: &str, path: &str, count: u32, fault: Fault) {
        self.change(|state| state.faults.add(method, path, count, fault));
    }

    /// Adds faults, such as [`Faults::seeded`].
    pub fn faults(&self, faults: Faults) {
        self.change(|state| state.faults.join(faults));
    }

    /// Forgets all faults to come, those of streams too.
    pub fn no_faults(&self) {
        self.change(|state| {
            state.faults.clear();
            state.hub.forget_faults();
        });
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

    /// Events go wrong by chance from now on, so many in one (`rate` 0.01: one in a hundred): lost, doubled, turned, torn or
    /// the connection is cut. Events of the account are never lost or turned without a cut.
    pub fn stream_faults(&self, seed: u64, rate: f64) {
        self.change(|state| state.hub.set_chance(seed, rate));
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

    /// Sets how far the server's clock is ahead of the machine's, in ms.
    pub fn set_clock(&self, offset_ms: i64) {
        self.change(|state| state.clock_offset = offset_ms);
    }

    /// Every request gets a page in HTML and no stream opens; streams that are open end.
    pub fn maintenance(&self, is_on: bool) {
        self.change(|state| {
            state.is_in_maintenance = is_on;
            if is_on {
                Route::ALL.into_iter().for_each(|route| state.hub.strike(route, &StreamFault::Cut));
            }
        });
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
}

/// What it has seen.
impl<V: Venue> Server<V> {
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
}
