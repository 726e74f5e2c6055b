//! One profile's life at Binance: bringing it up, carrying out what the desk asks, and what goes on beside that.
//!
//! All of it runs on one thread. Nothing waits for anything but the network: every request of the desk is a task of its
//! own, the lanes decide who goes first, and what comes back is told in the order in which it came.

mod account;
mod connection;
mod dead_man;
mod fills;
mod income;
mod known;
mod listing;
mod orders;
mod requests;
mod stream;
mod upkeep;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use self::known::{Known, locked};
use super::environment::Environment;
use super::limits::{self, OrderWindows};
use super::listing::Listing;
use super::order_request::PositionMode;
use super::report::Reporter;
use super::rest::{Rest, RestParts, futures};
use super::sign::Signer;
use crate::broker::api::{BrokerEvent, BrokerRequest, Connection};
use crate::broker::net::WallClock;
use crate::broker::net::backoff::Jitter;
use crate::broker::net::http::{HttpClient, HttpRules, NetError};
use crate::broker::net::inbox::Outlet;
use crate::broker::net::lanes::Lanes;
use crate::broker::net::tls::TlsTrust;
use crate::broker::net::websocket::SocketRules;
use crate::config::{BinanceMarket, BinanceSettings};
use crate::market::UtcTime;

/// How often a session does what it does by itself.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// The local clock is compared with a monotonic one.
    pub clock_look: Duration,
    /// The exchange's clock is read.
    pub clock_every: Duration,
    /// The same while it is not known.
    pub clock_retry: Duration,
    /// Connections are used, so that they stay open.
    pub ping_every: Duration,
    /// The listen key is extended.
    pub extend_every: Duration,
    /// Instruments and rules are read again.
    pub listing_every: Duration,
    /// Money that moved without an order is asked for.
    pub income_every: Duration,
    /// How long after an order was taken the account's stream may say nothing.
    pub proof_within: Duration,
    /// From giving a stream up to the next.
    pub stream_again: Duration,
    /// First and longest wait before another attempt to come up.
    pub start_again: (Duration, Duration),
}

impl Default for Pace {
    fn default() -> Self {
        let (second, minute) = (Duration::from_secs(1), Duration::from_secs(60));
        Self {
            clock_look: second,
            clock_every: 15 * minute,
            clock_retry: 5 * second,
            ping_every: 15 * second,
            extend_every: super::user_stream::EXTEND_EVERY,
            listing_every: 60 * minute,
            income_every: 3 * minute,
            proof_within: 5 * second,
            stream_again: second,
            start_again: (second, minute),
        }
    }
}

/// What a session is made of.
pub struct SessionParts {
    /// Where.
    pub environment: Environment,
    /// How.
    pub settings: BinanceSettings,
    /// The key; without one only the market is looked at.
    pub signer: Option<Signer>,
    /// Whom to trust.
    pub trust: TlsTrust,
    /// Whether the environment's proxy is used.
    pub system_proxy: bool,
    /// The local clock.
    pub wall_clock: WallClock,
    /// Spreads attempts.
    pub jitter: Jitter,
    /// How often what is done.
    pub pace: Pace,
}

/// What the tasks of a session share.
struct Shared {
    rest: Arc<Rest>,
    environment: Environment,
    settings: BinanceSettings,
    trust: TlsTrust,
    wall_clock: WallClock,
    jitter: Mutex<Jitter>,
    pace: Pace,
    outlet: Outlet,
    known: Arc<Mutex<Known>>,
    words: Mutex<Words>,
    /// Orders were opened or ended.
    orders_changed: Notify,
    /// Money moved that has to be asked about.
    income_due: Notify,
    /// The rules of the market are not what they were.
    listing_due: Notify,
    /// The account's stream keeps silent about what happens.
    mute: Notify,
}
