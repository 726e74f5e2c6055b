//! The running market data of a market: two sockets, one for books and best prices and one for the rest, whose events reach
//! the desk in order, with every book joined from its snapshot and changes.
//!
//! Wanted instruments are a state and no queue, so that any number of requests of the desk stays small. Nothing here
//! waits for the desk: when it does not keep up, market data is dropped and every book begins anew.

mod first_data;
mod hush;
mod protocol;
mod snapshots;
mod streams;
mod task;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::environment::Environment;
use crate::broker::api::{BrokerError, Channel};
use crate::broker::inbox::Outlet;
use crate::broker::net::WallClock;
use crate::broker::net::backoff::{BackoffRules, Jitter};
use crate::broker::net::tls::TlsTrust;
use crate::broker::net::websocket::SocketState;
use crate::market::{InstrumentId, Symbol, UtcTime, Venue};

pub use streams::instruments_max;

/// Where the feed gets whole books.
pub trait Snapshots: Send + Sync {
    /// The body of `GET depth` for so many levels a side. Dropped when nobody wants it any more.
    fn depth(&self, symbol: Symbol, limit: u32) -> BoxFuture<'static, Result<Bytes, BrokerError>>;

    /// The exchange's time at a local time, for what it sends without one.
    fn venue_time(&self, local: UtcTime) -> UtcTime {
        local
    }
}

/// One of the two sockets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Route {
    /// Books and best prices.
    Public,
    /// Trades, marks and the day's numbers.
    Market,
}

/// What whoever runs the feed should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedNews {
    /// A socket changed its state.
    Socket(Route, SocketState),
    /// The exchange says that a contract was listed, ended or changed: read the listing again.
    ListingChanged,
}

/// Takes news; called from the feed's task, so it must not wait.
pub type NewsTaker = Arc<dyn Fn(FeedNews) + Send + Sync>;

/// How the feed behaves.
#[derive(Clone)]
pub struct FeedRules {
    /// Whom to trust.
    pub trust: TlsTrust,
    /// Waits between attempts to connect.
    pub backoff: BackoffRules,
    /// A socket is renewed when it is this old: the exchange ends it at 24 hours.
    pub lifetime: Duration,
    /// Pause between two messages of ours: the exchange takes ten a second.
    pub send_gap: Duration,
    /// After so much silence of the socket of books, on which a companion never is quiet, books count as stale; they begin
    /// anew with what comes next, on the same connection if that recovers.
    pub quiet: Duration,
    /// Longest silence of each socket while something is subscribed; doubles while nothing comes at all.
    pub data_silence: Duration,
    /// How long after its subscription a stream that ticks by itself may stay silent before people are told.
    pub first_data: Duration,
    /// Pause between two questions for whole books, of all instruments together.
    pub snapshot_gap: Duration,
    /// Longest wait for a whole book.
    pub snapshot_timeout: Duration,
}

impl Default for FeedRules {
    fn default() -> Self {
        Self {
            trust: TlsTrust::system(),
            backoff: BackoffRules::default(),
            lifetime: Duration::from_secs(23 * 60 * 60),
            send_gap: Duration::from_millis(250),
            quiet: Duration::from_secs(2),
            data_silence: Duration::from_secs(5),
            first_data: Duration::from_secs(30),
            snapshot_gap: Duration::from_millis(150),
            snapshot_timeout: Duration::from_secs(15),
        }
    }
}

/// What the feed saw since its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FeedCounters {
    /// Frames.
    pub messages: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Frames and events thrown away because a reader was too slow.
    pub drops: u64,
    /// Breaks in the chain of a book.
    pub gaps: u64,
    /// Books that were lost and came together again.
    pub resyncs: u64,
    /// Frames and replies that could not be read.
    pub unreadable: u64,
    /// Messages refused for a value no market has.
    pub implausible: u64,
    /// Trades, quotes and book events that came again or late.
    pub repeats: u64,
    /// Trades missing between two that came.
    pub missed_trades: u64,
}

/// What is wanted, and what the task has to look at again.
#[derive(Debug, Default)]
struct Wanted {
    instruments: BTreeMap<Symbol, BTreeSet<Channel>>,
    /// Asked for since the task last looked: these begin with a whole book.
    anew: BTreeSet<Symbol>,
    counters: FeedCounters,
}

#[derive(Default)]
struct Shared {
    wanted: Mutex<Wanted>,
    changed: Notify,
    ended: CancellationToken,
}

impl Shared {
    fn wanted(&self) -> MutexGuard<'_, Wanted> {
        // Every change of it is whole, even when its holder panics.
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running feed. Dropping it ends it.
pub struct Feed {
    venue: Venue,
    instruments_max: usize,
    shared: Arc<Shared>,
    task: Option<JoinHandle<()>>,
}

impl Feed {
    /// Starts within a tokio runtime.
    #[must_use]
    pub fn start(
        environment: &Environment,
        rules: FeedRules,
        wall_clock: WallClock,
        jitter: Jitter,
        outlet: Outlet,
        rest: Arc<dyn Snapshots>,
        news: NewsTaker,
    ) -> Self {
        let shared = Arc::new(Shared::default());
        let parts = task::Parts { wall_clock, outlet, rest, news };
        let work = task::Task::new(environment, rules, jitter, parts, Arc::clone(&shared));
        let instruments_max = instruments_max(environment.market);
        Self { venue: environment.venue(), instruments_max, shared, task: Some(tokio::spawn(work.run())) }
    }

    /// Wants an instrument's data, beginning with a whole book. Asked for again it brings the whole book once more, and
    /// these channels instead of those before.
    ///
    /// # Errors
    /// Another venue's, or more instruments than two connections carry.
    pub fn subscribe(&self, instrument: InstrumentId, channels: BTreeSet<Channel>) -> Result<(), BrokerError> {
        if instrument.venue != self.venue {
            return Err(BrokerError::Unsupported("instruments of another venue"));
        }
        let mut wanted = self.shared.wanted();
        let known = wanted.instruments.contains_key(&instrument.symbol);
        if !known && wanted.instruments.len() >= self.instruments_max {
            return Err(BrokerError::Unsupported("data of so many instruments at once"));
        }
        wanted.instruments.insert(instrument.symbol, channels);
        wanted.anew.insert(instrument.symbol);
        drop(wanted);
        self.shared.changed.notify_one();
        Ok(())
    }

    /// Wants no more of an instrument.
    pub fn unsubscribe(&self, instrument: InstrumentId) {
        self.shared.wanted().instruments.remove(&instrument.symbol);
        self.shared.changed.notify_one();
    }

    /// Wants the whole book of an instrument once more.
    pub fn resnapshot(&self, instrument: InstrumentId) {
        let mut wanted = self.shared.wanted();
        if wanted.instruments.contains_key(&instrument.symbol) {
            wanted.anew.insert(instrument.symbol);
            drop(wanted);
            self.shared.changed.notify_one();
        }
    }

    /// What it saw so far.
    #[must_use]
    pub fn counters(&self) -> FeedCounters {
        self.shared.wanted().counters
    }

    /// Ends it and waits until its tasks are gone.
    pub async fn close(mut self) {
        self.shared.ended.cancel();
        if let Some(task) = self.task.take() {
            // A panic in it has already ended the data.
            let _ = task.await;
        }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.shared.ended.cancel();
    }
}
