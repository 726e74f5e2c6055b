//! One WebSocket kept alive by its data: connected, watched, reconnected, re-subscribed.
//!
//! A [`Protocol`] says what to send and what a frame means; the supervisor does the rest. It never decides what a lost
//! connection means for an order: it says that one was lost, and every book on it is unknown until it is live again.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use thiserror::Error;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_util::sync::CancellationToken;

use super::WallClock;
use super::backoff::{BackoffRules, Jitter};
use super::http::{ConnectFault, NetError};
use super::tls::TlsTrust;
use crate::market::time::UtcTime;

mod connection;
mod outlet;
mod supervisor;

/// Where a connection goes. It does not print: address and headers may hold keys.
#[derive(Clone)]
pub struct Endpoint {
    pub(super) url: url::Url,
    pub(super) headers: Vec<(&'static str, HeaderValue)>,
}

impl Endpoint {
    /// A `ws` or `wss` address.
    ///
    /// # Errors
    /// When the text is no such address.
    pub fn new(url: &str) -> Result<Self, NetError> {
        let url = url::Url::parse(url).map_err(|_| NetError::unbuildable("not a WebSocket address"))?;
        if !matches!(url.scheme(), "ws" | "wss") || !url.has_host() {
            return Err(NetError::unbuildable("not a WebSocket address"));
        }
        Ok(Self { url, headers: Vec::new() })
    }

    /// Adds a header to the opening request.
    ///
    /// # Errors
    /// When the value holds a byte that HTTP forbids.
    pub fn header(mut self, name: &'static str, value: &str) -> Result<Self, NetError> {
        let mut value = HeaderValue::from_str(value).map_err(|_| NetError::unbuildable("a header has a bad byte"))?;
        value.set_sensitive(true);
        self.headers.push((name, value));
        Ok(self)
    }
}

/// What a frame from the broker means to the supervisor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// Market or order data: handed on, and the proof that the feed lives.
    Data,
    /// Part of the broker's protocol, such as the answer to a login. No proof that data flows.
    Control(Reaction),
    /// An application ping: the same bytes go back at once. No proof that data flows.
    Echo,
    /// Not understood: handed on for the adapter to count, and no proof of anything.
    Unreadable,
}

/// What follows from a control frame.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reaction {
    /// Messages to send, in order.
    pub send: Vec<String>,
    /// Whether the adapter gets the frame too.
    pub deliver: bool,
    /// What becomes of the connection.
    pub next: Next,
}

/// What becomes of a connection after a control frame.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Next {
    /// It goes on.
    #[default]
    Stay,
    /// The login is through: subscriptions go out and the feed counts as live.
    Ready,
    /// Drop it and connect again after the usual wait (a rejected login, an expired listen key).
    Reconnect,
    /// Drop it and connect again no sooner than this (another session holds the key).
    ReconnectAfter(Duration),
    /// Drop it and stay away until somebody starts a new one.
    Stop,
}

/// A broker's side of a connection: pure but for [`Protocol::endpoint`]. It outlives connections, so it holds the
/// subscriptions that are wanted.
pub trait Protocol: Send + 'static {
    /// What the adapter may ask of a running connection, such as another subscription.
    type Command: Send + 'static;

    /// Where to connect this time; may fetch a session key first. Dropped when it takes longer than the opening
    /// timeout.
    fn endpoint(&mut self) -> impl Future<Output = Result<Endpoint, NetError>> + Send;

    /// A connection is open: the first messages (a login), and whether that is all it needs to be ready.
    fn on_open(&mut self) -> Reaction;

    /// The connection is ready: every subscription that is wanted, for the broker has forgotten them.
    fn on_ready(&mut self) -> Vec<String>;

    /// What this frame means.
    fn classify(&mut self, frame: &[u8]) -> Meaning;

    /// A command; the messages that carry it out. When not `is_ready` it only changes what is wanted, and messages
    /// returned are dropped: [`Protocol::on_ready`] will send them.
    fn on_command(&mut self, command: Self::Command, is_ready: bool) -> Vec<String>;

    /// How long the feed may go without data before it counts as dead. `None` while nothing is expected: no
    /// subscriptions, a closed market, only quiet symbols.
    fn data_silence(&self) -> Option<Duration>;
}

/// Limits and waits of one connection.
#[derive(Clone)]
pub struct SocketRules {
    /// For logs, such as `binance futures market`.
    pub name: &'static str,
    /// Whom to trust.
    pub trust: TlsTrust,
    /// Endpoint, connection, handshake and login together.
    pub opening_timeout: Duration,
    /// The longest a write may take before the connection counts as dead.
    pub send_timeout: Duration,
    /// The longest without any frame at all, pings included.
    pub frame_silence: Duration,
    /// Replaced before the broker ends it by itself; up to a twentieth sooner, so that connections part.
    pub lifetime: Duration,
    /// Largest message in bytes; a larger one ends the connection.
    pub message_max: usize,
    /// Pause between two messages of ours, for brokers that count them. Echoes do not wait.
    pub send_gap: Duration,
    /// Frames waiting for the adapter; see [`SocketEvent::Lagged`].
    pub events_max: usize,
    /// Commands waiting for the connection; one more is refused.
    pub commands_max: usize,
    /// Messages waiting for their turn; more end the connection, for the broker no longer takes them.
    pub outgoing_max: usize,
    /// Waits between attempts.
    pub backoff: BackoffRules,
}

impl SocketRules {
    /// Rules that suit most brokers, by this name.
    #[must_use]
    pub fn named(name: &'static str) -> Self {
        Self {
            name,
            trust: TlsTrust::system(),
            opening_timeout: Duration::from_secs(10),
            send_timeout: Duration::from_secs(5),
            frame_silence: Duration::from_secs(90),
            lifetime: Duration::from_secs(23 * 60 * 60),
            message_max: 4 * 1024 * 1024,
            send_gap: Duration::ZERO,
            events_max: 4_096,
            commands_max: 256,
            outgoing_max: 1_024,
            backoff: BackoffRules::default(),
        }
    }
}

/// Why a connection ended, or never came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Loss {
    /// The address or session key could not be had.
    Endpoint(NetError),
    /// No connection.
    Connect(ConnectFault),
    /// The server answered the opening request with this HTTP status.
    Status(u16),
    /// Not ready in time.
    OpeningTimeout,
    /// No data for too long although the socket lives.
    DataSilence,
    /// No frame of any kind for too long.
    FrameSilence,
    /// A write did not get through in time.
    SendTimeout,
    /// More messages of ours than the broker takes.
    OutgoingFull,
    /// Closed by the server, with its code.
    Closed(Option<u16>),
    /// Reset or cut without a close.
    Cut,
    /// What came breaks the WebSocket protocol or is too large.
    Protocol,
    /// The protocol asked for it.
    Asked,
    /// Replaced before its lifetime ends.
    Planned,
}

/// Where a connection stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SocketState {
    /// Connecting and logging in.
    Connecting,
    /// Ready and subscribed. Data of the time before is not to be relied on: take snapshots.
    Live,
    /// No data for longer than allowed; a new connection follows.
    Silent {
        /// How long there has been none.
        duration: Duration,
    },
    /// Lost; the next attempt comes later.
    Reconnecting {
        /// Number of the coming attempt since the last stable connection, from 1.
        attempt: u32,
        /// Local wall clock of the coming attempt.
        next_at: UtcTime,
        /// Why it was lost.
        loss: Loss,
    },
    /// Ended for good.
    Closed,
}

/// What comes out of a connection, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SocketEvent {
    /// A frame as received: data, or a control frame the protocol wanted delivered.
    Frame {
        /// Its bytes, shared and not copied.
        bytes: Bytes,
        /// Local wall clock when it was read.
        received_at: UtcTime,
        /// Monotonic clock at the same moment, for latencies.
        received: Instant,
    },
    /// The connection's state changed.
    State(SocketState),
    /// The reader was too slow and this many frames were thrown away here: every book and every order on this
    /// connection must be read again.
    Lagged {
        /// Frames lost.
        dropped: u64,
    },
}

/// A command that was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CommandError {
    /// Too many are waiting.
    #[error("too many commands wait for the connection")]
    Full,
    /// The connection has ended for good.
    #[error("the connection has ended")]
    Closed,
}

/// A running connection. Dropping it ends the connection.
pub struct Socket<P: Protocol> {
    commands: mpsc::Sender<P::Command>,
    state: watch::Receiver<SocketState>,
    ended: CancellationToken,
    task: Option<JoinHandle<()>>,
}

impl<P: Protocol> Socket<P> {
    /// Starts the supervisor within a tokio runtime; the receiver gives what comes out. When it is dropped the
    /// connection ends.
    #[must_use]
    pub fn start(
        protocol: P,
        rules: SocketRules,
        jitter: Jitter,
        wall_clock: WallClock,
    ) -> (Self, mpsc::Receiver<SocketEvent>) {
        let (commands, command_inbox) = mpsc::channel(rules.commands_max.max(1));
        let (events, event_inbox) = mpsc::channel(rules.events_max.max(1));
        let (state_sender, state) = watch::channel(SocketState::Connecting);
        let ended = CancellationToken::new();
        let outlet = outlet::Outlet::new(events, state_sender);
        let work =
            supervisor::Supervisor::new(protocol, rules, jitter, wall_clock, outlet, command_inbox, ended.clone());
        let task = tokio::spawn(work.run());
        (Self { commands, state, ended, task: Some(task) }, event_inbox)
    }

    /// Hands a command over, without waiting.
    ///
    /// # Errors
    /// When too many wait already, or the connection has ended for good.
    pub fn command(&self, command: P::Command) -> Result<(), CommandError> {
        self.commands.try_send(command).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => CommandError::Full,
            mpsc::error::TrySendError::Closed(_) => CommandError::Closed,
        })
    }

    /// The state now; unlike the events it is never late.
    #[must_use]
    pub fn state(&self) -> SocketState {
        self.state.borrow().clone()
    }

    /// Ends the connection and waits until its task is gone.
    pub async fn close(mut self) {
        self.ended.cancel();
        if let Some(task) = self.task.take() {
            // A panic of the protocol has already been seen as the end of the events.
            let _ = task.await;
        }
    }
}

impl<P: Protocol> Drop for Socket<P> {
    fn drop(&mut self) {
        self.ended.cancel();
    }
}
