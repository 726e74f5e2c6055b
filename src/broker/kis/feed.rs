//! The running data of an account's markets: one WebSocket with at most 41 registrations, and questions for what has no
//! room on it, whose events reach the desk in order. Execution notices come over the same socket.
//!
//! Wanted instruments are a state and no queue. Nothing here waits for the desk.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use secrecy::SecretString;

use super::budget::{Need, Registration};
use super::environment::Environment;
use super::realtime::notice::Notice;
use crate::broker::api::{BrokerError, Channel};
use crate::broker::inbox::Outlet;
use crate::broker::net::WallClock;
use crate::broker::net::backoff::{BackoffRules, Jitter};
use crate::broker::net::tls::TlsTrust;
use crate::broker::net::websocket::SocketState;
use crate::market::{InstrumentId, MarketEvent, UtcTime};

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
    /// The server refused the registration of notices, with its words.
    NoticesRefused(String),
    /// Another session uses the app key (OPSP8996): people must end one of them.
    InUse,
    /// What is polled and not streamed has changed; all of it.
    Polled(BTreeSet<InstrumentId>),
}

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
    /// Pause between two questions of the poll, of all instruments together.
    pub poll_gap: Duration,
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

/// A running feed. Dropping it ends it.
pub struct Feed {
    _parts: FeedParts,
}

impl Feed {
    /// Starts within a tokio runtime.
    #[must_use]
    pub fn start(parts: FeedParts) -> Self {
        Self { _parts: parts }
    }

    /// Wants an instrument's data, beginning with a whole book and the day's numbers, which are asked for. Asked for again
    /// it brings them once more, and these channels instead of those before.
    ///
    /// # Errors
    /// A venue that the broker does not have.
    pub fn subscribe(&self, _instrument: InstrumentId, _channels: BTreeSet<Channel>) -> Result<(), BrokerError> {
        unimplemented!()
    }

    /// Wants no more of an instrument.
    pub fn unsubscribe(&self, _instrument: InstrumentId) {
        unimplemented!()
    }

    /// How urgently instruments are needed: what has an order or a holding comes before the rest.
    pub fn set_needs(&self, _needs: Vec<(InstrumentId, Need)>) {
        unimplemented!()
    }

    /// What it saw so far.
    #[must_use]
    pub fn counters(&self) -> FeedCounters {
        unimplemented!()
    }

    /// Ends it and waits until its tasks are gone.
    pub async fn close(self) {
        unimplemented!()
    }
}
