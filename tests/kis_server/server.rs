//! A server: its addresses, its state, and how it is broken.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hoga::broker::kis::environment::Environment;
use hoga::broker::net::WallClock;
use hoga::market::UtcTime;
use tokio::sync::watch;

use super::Options;
use super::account::Account;
use super::clock::{machine_ms, ms_of};
use super::exchange::Exchange;
use super::faults::{Fault, Faults};
use super::hub::{FrameFault, StreamFault};
use super::journal::Seen;
use super::running::Running;
use super::state::State;

/// Longest wait for what must happen: a debug build on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The state, and who waits for it to change.
#[derive(Debug)]
pub struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    version: watch::Sender<u64>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
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
        let offset = options.start.map_or(0, |start| ms_of(start) - machine_ms());
        let account = Account::new(options.cash, options.dollars);
        let mut exchange = Exchange::new(options.realm, options.seed, account, machine_ms() + offset);
        exchange.habits.lists_lag = options.lists_lag;
        let mut state = State::new(exchange, options.seed, offset, options.ping_every);
        state.hub.linger = options.session_linger;
        let file = |path| std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
        state.journal.file = options.journal.as_deref().map(file);
        let (changed, version) = (Condvar::new(), watch::Sender::new(0));
        let shared = Arc::new(Shared { state: Mutex::new(state), changed, version });
        let running = Running::start(options.port, Arc::clone(&shared));
        Self { shared, running }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn rest_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.running.port)
    }

    /// `ws://127.0.0.1:PORT/tryitout`.
    pub fn ws_url(&self) -> String {
        format!("ws://127.0.0.1:{}/tryitout", self.running.port)
    }

    /// `http://127.0.0.1:PORT/masters`.
    pub fn masters_url(&self) -> String {
        format!("{}/masters", self.rest_url())
    }

    /// Where a client finds all of it.
    pub fn environment(&self) -> Environment {
        let realm = self.change(|state| state.realm);
        Environment { realm, rest: self.rest_url(), stream: self.ws_url(), masters: self.masters_url() }
    }

    /// Reads or changes anything; what the exchange has to say after it is sent at once.
    pub fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        self.shared.change(change)
    }

    pub(super) fn at_now<T>(&self, change: impl FnOnce(&mut Exchange, i64) -> T) -> T {
        self.change(|state| {
            let now = state.now();
            change(&mut state.exchange, now)
        })
    }

    /// The server's clock in ms.
    pub fn now(&self) -> i64 {
        self.shared.lock().now()
    }

    /// The server's clock for a client: it goes wherever the server's is set.
    pub fn wall_clock(&self) -> WallClock {
        let shared = Arc::clone(&self.shared);
        Arc::new(move || UtcTime::from_millis(shared.lock().now()))
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

/// A test that fails shows what was asked last, one that is looked at (`HOGA_SHOW_REQUESTS=always`) all of it, and when.
#[allow(clippy::print_stderr)]
impl Drop for Server {
    fn drop(&mut self) {
        let Some(shows) = std::env::var_os("HOGA_SHOW_REQUESTS") else { return };
        let always = shows == "always";
        if !always && !std::thread::panicking() {
            return;
        }
        let requests = self.requests();
        let begun = requests.first().map_or(0, |seen| seen.time);
        let skipped = if always { 0 } else { requests.len().saturating_sub(80) };
        for seen in requests.iter().skip(skipped) {
            let (fault, after) = (seen.fault.as_deref().unwrap_or_default(), seen.time - begun);
            eprintln!("{after:>7} ms {} {} {} {} {fault}", seen.method, seen.path, seen.status, seen.code);
        }
    }
}

/// Faults.
impl Server {
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

    /// Does something to the streams that are open; new ones are well.
    pub fn strike(&self, fault: StreamFault) {
        self.change(|state| state.hub.strike(&fault));
    }

    /// Plans a fault for the next `count` messages whose stream, key or plain text contains this (empty: any):
    /// `server.plan("H0STCNI0", 2, FrameFault::Repeat)`, `server.plan("H0STCNT0 005930", 1, FrameFault::Lose)`.
    pub fn plan(&self, contains: &str, count: u32, fault: FrameFault) {
        self.change(|state| state.hub.plan(contains, count, fault));
    }

    /// Messages go wrong by chance from now on, so many in one (`rate` 0.01: one in a hundred). Notices are never lost and
    /// never garbled by chance.
    pub fn stream_faults(&self, seed: u64, rate: f64) {
        self.change(|state| state.hub.set_chance(seed, rate));
    }

    /// Cuts the streams and refuses new ones until [`Self::allow_streams`]: what happens meanwhile is told to nobody.
    pub fn refuse_streams(&self) {
        self.change(|state| {
            state.hub.is_refusing = true;
            state.hub.strike(&StreamFault::Cut);
        });
    }

    pub fn allow_streams(&self) {
        self.change(|state| state.hub.is_refusing = false);
    }

    /// Sets the server's clock to an instant, from which it runs on: `2026-10-14T06:20:00Z`.
    pub fn set_clock(&self, instant: &str) {
        self.change(|state| {
            state.clock_offset = ms_of(instant) - machine_ms();
            // What the new time brings has happened when this returns.
            state.exchange.tick(state.clock_offset + machine_ms());
        });
    }

    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        self.change(|state| {
            state.clock_offset += i64::try_from(by.as_millis()).unwrap();
            state.exchange.tick(state.clock_offset + machine_ms());
        });
    }

    /// Every token is dead from now on, and a new one may be asked for at once.
    pub fn expire_tokens(&self) {
        self.change(|state| state.sign_in.expire_tokens());
    }

    /// Every request gets a page in HTML and no stream opens; streams that are open end.
    pub fn maintenance(&self, is_on: bool) {
        self.change(|state| {
            state.is_in_maintenance = is_on;
            if is_on {
                state.hub.strike(&StreamFault::Cut);
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
impl Server {
    /// All requests, in the order of their arrival.
    pub fn requests(&self) -> Vec<Seen> {
        self.change(|state| state.journal.requests.clone())
    }

    /// Requests of a method (`*`: any) whose path ends so.
    pub fn requests_to(&self, method: &str, path: &str) -> Vec<Seen> {
        let fits = |seen: &Seen| (method == "*" || seen.method == method) && seen.path.ends_with(path);
        self.requests().into_iter().filter(fits).collect()
    }

    /// How many streams are open.
    pub fn streams(&self) -> usize {
        self.change(|state| state.hub.count())
    }

    /// The most requests in any second, those refused counted in.
    pub fn most_in_a_second(&self) -> usize {
        self.change(|state| state.limits.most)
    }

    /// The most registrations any session had at once.
    pub fn most_registrations(&self) -> usize {
        self.change(|state| state.hub.most_registrations)
    }

    /// How many tokens were issued; the same one again does not count.
    pub fn tokens_issued(&self) -> u64 {
        self.change(|state| state.sign_in.issued)
    }
}
