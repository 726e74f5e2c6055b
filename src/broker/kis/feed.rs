//! The running data of an account's markets: one WebSocket with at most 41 registrations, and questions for what has no
//! room on it, whose events reach the desk in order. Execution notices come over the same socket.
//!
//! Wanted instruments are a state and no queue. Nothing here waits for the desk.

mod heard;
mod intake;
mod notices;
mod plausible;
mod poll;
mod protocol;
mod registrar;
mod status;
mod task;
mod turns;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use secrecy::SecretString;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::budget::{Need, Registration};
use super::environment::{Environment, Realm};
use super::exchange::OverseasExchange;
use super::realtime::notice::Notice;
use crate::broker::api::{BrokerError, Channel};
use crate::broker::inbox::Outlet;
use crate::broker::net::WallClock;
use crate::broker::net::backoff::{BackoffRules, Jitter};
use crate::broker::net::tls::TlsTrust;
use crate::broker::net::websocket::SocketState;
use crate::market::{InstrumentId, MarketEvent, Phase, PhaseChange, UtcTime, Venue};

/// What the feed asks over REST.
pub trait Questions: Send + Sync {
    /// A key to register streams with; asked for anew before each connection.
    fn approval_key(&self) -> BoxFuture<'static, Result<SecretString, BrokerError>>;

    /// The state of one channel of an instrument now: a whole book, or the newest print with the day's numbers.
    fn look(
        &self,
        instrument: InstrumentId,
        channel: Channel,
    ) -> BoxFuture<'static, Result<Vec<MarketEvent>, BrokerError>>;
}

/// What whoever runs the feed should know. It is told within the feed's task, so taking it must not wait.
#[derive(Debug, Clone, PartialEq)]
pub enum FeedNews {
    /// The socket changed its state.
    Socket(SocketState),
    /// An execution notice.
    Notice(Box<Notice>, UtcTime),
    /// A notice came that cannot be read: the account must be compared by asking.
    NoticeLost(&'static str),
    /// Every registration of notices was accepted on this connection.
    NoticesLive,
    /// Another session of derivatives has begun, whose notices are registered now.
    NoticesDue,
    /// The server refused the registration of notices, with its words.
    NoticesRefused(String),
    /// Another session uses the app key (OPSP8996): people must end one of them.
    InUse,
    /// What is polled and not streamed has changed; all of it.
    Polled(BTreeSet<InstrumentId>),
    /// The phase of an instrument that stands against the calendar's, and was told to the desk; `None` where the calendar's
    /// holds again.
    Status(InstrumentId, Option<Phase>),
}

/// Says in which phase an instrument is by the calendar.
pub type CalendarPhase = Arc<dyn Fn(InstrumentId, UtcTime) -> Option<PhaseChange> + Send + Sync>;

/// Takes news.
pub type NewsTaker = Arc<dyn Fn(FeedNews) + Send + Sync>;

/// How the feed behaves.
#[derive(Clone)]
pub struct FeedRules {
    /// Whom to trust.
    pub trust: TlsTrust,
    /// Waits between attempts to connect: the broker blocks whoever hurries.
    pub backoff: BackoffRules,
    /// Pause between two messages of ours.
    pub send_gap: Duration,
    /// Longest silence of the socket, the server's own pings counted in, before it is given up.
    pub frame_silence: Duration,
    /// How often one polled channel is asked for, at best.
    pub poll_every: Duration,
    /// Pause between two questions of the poll, quiet books included, of all instruments together.
    pub poll_gap: Duration,
}

impl FeedRules {
    /// What suits an environment. Live, polling takes two of the fifteen questions a second that are asked at most; paper
    /// answers one a second in all, of which polling leaves two in three to orders and lists. One share that is polled is
    /// young enough to be traded in either.
    #[must_use]
    pub fn of(realm: Realm) -> Self {
        let (send_gap, poll_every, poll_gap) = match realm {
            Realm::Live => (Duration::from_millis(100), Duration::from_secs(3), Duration::from_millis(500)),
            Realm::Paper => (Duration::from_millis(500), Duration::from_secs(3), Duration::from_secs(3)),
        };
        Self {
            trust: TlsTrust::system(),
            // The broker blocks the key and the address of who connects in a loop; it asks for five seconds at least.
            backoff: BackoffRules {
                floor: Duration::from_secs(5),
                ceiling: Duration::from_secs(60),
                stable_after: Duration::from_secs(60),
            },
            // The broker's own programs wait 50 ms between two messages, 500 ms on paper.
            send_gap,
            // The server pings every ten seconds or somewhat more; after 60 to 90 s without one it is gone.
            frame_silence: Duration::from_secs(90),
            poll_every,
            poll_gap,
        }
    }
}

impl Default for FeedRules {
    fn default() -> Self {
        Self::of(Realm::Live)
    }
}

/// What a feed is made of.
pub struct FeedParts {
    /// Where.
    pub environment: Environment,
    /// How.
    pub rules: FeedRules,
    /// The local clock.
    pub wall_clock: WallClock,
    /// Spreads attempts.
    pub jitter: Jitter,
    /// Where market data goes.
    pub outlet: Outlet,
    /// What is asked over REST.
    pub questions: Arc<dyn Questions>,
    /// Registrations of notices: first, and always.
    pub notices: Vec<Registration>,
    /// Who hears the news.
    pub news: NewsTaker,
    /// What holds when a halt or an interruption ends.
    pub calendar: CalendarPhase,
}

/// What the feed saw since its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FeedCounters {
    /// Frames of data.
    pub frames: u64,
    /// Records read.
    pub records: u64,
    /// Records or frames that could not be read, or hold what no market has.
    pub refused: u64,
    /// Records of what nobody asked for.
    pub unasked: u64,
    /// Market events thrown away because the desk was too slow.
    pub drops: u64,
    /// Notices told.
    pub notices: u64,
}

/// What is wanted, and what the task has to look at again.
#[derive(Debug, Default)]
struct Wanted {
    instruments: BTreeMap<InstrumentId, BTreeSet<Channel>>,
    /// Asked for since the task last looked: these begin with a whole book and the day's numbers.
    anew: BTreeSet<InstrumentId>,
    needs: BTreeMap<InstrumentId, Need>,
    selected: BTreeSet<InstrumentId>,
    counters: FeedCounters,
}

#[derive(Default)]
struct Shared {
    wanted: Mutex<Wanted>,
    /// Something in `wanted` has changed.
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
    shared: Arc<Shared>,
    task: Option<JoinHandle<()>>,
}

impl Feed {
    /// Starts within a tokio runtime.
    #[must_use]
    pub fn start(parts: FeedParts) -> Self {
        let shared = Arc::new(Shared::default());
        let work = task::Task::new(parts, Arc::clone(&shared));
        Self { shared, task: Some(tokio::spawn(work.run())) }
    }

    /// Wants an instrument's data, beginning with a whole book and the day's numbers, which are asked for. Asked for again
    /// it brings them once more, and these channels instead of those before.
    ///
    /// # Errors
    /// A venue that the broker does not have.
    pub fn subscribe(&self, instrument: InstrumentId, mut channels: BTreeSet<Channel>) -> Result<(), BrokerError> {
        let is_foreign = OverseasExchange::at(instrument.venue).is_some();
        let is_korean = matches!(instrument.venue, Venue::Krx | Venue::Nxt)
            || matches!(instrument.venue, Venue::KrxFutures | Venue::KrxBonds);
        if !is_foreign && !is_korean {
            return Err(BrokerError::Unsupported("market data of this venue"));
        }
        // Nothing here has a mark price.
        channels.remove(&Channel::Mark);
        let mut wanted = self.shared.wanted();
        wanted.instruments.insert(instrument, channels);
        wanted.anew.insert(instrument);
        drop(wanted);
        self.shared.changed.notify_one();
        Ok(())
    }

    /// Wants no more of an instrument.
    pub fn unsubscribe(&self, instrument: InstrumentId) {
        let mut wanted = self.shared.wanted();
        wanted.instruments.remove(&instrument);
        wanted.anew.remove(&instrument);
        drop(wanted);
        self.shared.changed.notify_one();
    }

    /// How urgently instruments are needed: what has an order or a holding comes before the rest. Takes the place of what was
    /// said before; an instrument that is not named counts as visible.
    pub fn set_needs(&self, needs: Vec<(InstrumentId, Need)>) {
        let mut urgent: BTreeMap<InstrumentId, Need> = BTreeMap::new();
        for (instrument, need) in needs {
            urgent.entry(instrument).and_modify(|known| *known = need.min(*known)).or_insert(need);
        }
        let mut wanted = self.shared.wanted();
        if wanted.needs == urgent {
            return;
        }
        wanted.needs = urgent;
        drop(wanted);
        self.shared.changed.notify_one();
    }

    /// What is selected on screens. Takes the place of what was said before. It comes after what has an order or a holding
    /// where streams are few, and is asked for first where it says nothing, even when it is held.
    pub fn set_selected(&self, selected: BTreeSet<InstrumentId>) {
        let mut wanted = self.shared.wanted();
        if wanted.selected == selected {
            return;
        }
        wanted.selected = selected;
        drop(wanted);
        self.shared.changed.notify_one();
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
