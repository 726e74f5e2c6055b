//! What the tasks of a session share, and the one way to the desk.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::known::{Known, locked};
use super::words::Words;
use super::{Pace, SessionParts};
use crate::broker::api::{BrokerEvent, Connection};
use crate::broker::binance::code::Then;
use crate::broker::binance::environment::Environment;
use crate::broker::binance::limits::{self, OrderWindows};
use crate::broker::binance::rest::{Fault, Rest, RestParts, futures};
use crate::broker::net::WallClock;
use crate::broker::net::backoff::Jitter;
use crate::broker::net::http::{HttpClient, HttpRules, NetError};
use crate::broker::net::inbox::Outlet;
use crate::broker::net::lanes::Lanes;
use crate::broker::net::tls::TlsTrust;
use crate::broker::net::websocket::SocketRules;
use crate::config::BinanceSettings;
use crate::market::UtcTime;

/// See the module.
pub(super) struct Shared {
    pub(super) rest: Arc<Rest>,
    pub(super) environment: Environment,
    pub(super) settings: BinanceSettings,
    pub(super) wall_clock: WallClock,
    pub(super) pace: Pace,
    pub(super) outlet: Outlet,
    pub(super) known: Arc<Mutex<Known>>,
    pub(super) words: Mutex<Words>,
    /// Orders were opened or ended.
    pub(super) orders_changed: Notify,
    /// Money moved that has to be asked about.
    pub(super) income_due: Notify,
    /// The rules of the market are not what they were.
    pub(super) listing_due: Notify,
    /// The account's stream keeps silent about what happens.
    pub(super) mute: Notify,
    trust: TlsTrust,
    jitter: Mutex<Jitter>,
    /// Frames of the account's stream.
    heard: AtomicU64,
}

impl Shared {
    pub(super) fn new(parts: SessionParts, outlet: Outlet) -> Result<Self, NetError> {
        let rules =
            HttpRules { trust: parts.trust.clone(), system_proxy: parts.system_proxy, ..HttpRules::default() };
        let mut jitter = parts.jitter;
        let notices = outlet.clone();
        let rest = Rest::new(RestParts {
            market: parts.environment.market,
            http: HttpClient::new(&rules, parts.wall_clock.clone())?,
            lanes: Lanes::start(limits::lanes(OrderWindows::Futures)),
            base: parts.environment.rest.clone(),
            signer: parts.signer,
            time_path: futures::TIME,
            wall_clock: parts.wall_clock.clone(),
            jitter: fork(&mut jitter),
            notices: Box::new(move |text| notices.tell(BrokerEvent::Notice(text))),
        });
        Ok(Self {
            rest: Arc::new(rest),
            environment: parts.environment,
            settings: parts.settings,
            wall_clock: parts.wall_clock,
            pace: parts.pace,
            outlet,
            known: Arc::default(),
            words: Mutex::default(),
            orders_changed: Notify::new(),
            income_due: Notify::new(),
            listing_due: Notify::new(),
            mute: Notify::new(),
            trust: parts.trust,
            jitter: Mutex::new(jitter),
            heard: AtomicU64::new(0),
        })
    }

    /// What is known of the exchange's words. Never held over a wait.
    pub(super) fn words(&self) -> std::sync::MutexGuard<'_, Words> {
        // Every change of it is whole, even when its holder panics.
        self.words.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn socket_rules(&self, rules: SocketRules) -> SocketRules {
        SocketRules { trust: self.trust.clone(), ..rules }
    }

    pub(super) fn fork_jitter(&self) -> Jitter {
        fork(&mut self.jitter.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Tells the desk, and remembers what it says of orders.
    pub(super) fn tell(&self, event: BrokerEvent) {
        self.tell_all(vec![event]);
    }

    /// The same of several, in their order.
    pub(super) fn tell_all(&self, events: Vec<BrokerEvent>) {
        let mut known = locked(&self.known);
        events.iter().for_each(|event| known.hear(event));
        drop(known);
        if events.iter().any(|event| matches!(event, BrokerEvent::Order(_))) {
            self.orders_changed.notify_one();
        }
        self.outlet.tell_all(events);
    }

    pub(super) fn notice(&self, text: impl Into<String>) {
        self.outlet.tell(BrokerEvent::Notice(text.into()));
    }

    /// The same, unless it has been said already.
    pub(super) fn notice_once(&self, text: String) {
        let first = locked(&self.known).says_first(&text);
        if first {
            self.notice(text);
        }
    }

    /// Orders and data flow; the desk compares everything.
    pub(super) fn up(&self) {
        self.outlet.tell(BrokerEvent::Connection(Connection::Up));
    }

    /// They do not.
    pub(super) fn down(&self, reason: String, retry_at: Option<UtcTime>) {
        tracing::warn!(reason, "the connection to Binance is down");
        self.outlet.tell(BrokerEvent::Connection(Connection::Down { reason, retry_at }));
    }

    /// A frame of the account's stream came.
    pub(super) fn count_frame(&self) {
        self.heard.fetch_add(1, Ordering::Relaxed);
    }

    /// Frames of the account's stream so far.
    pub(super) fn frames_heard(&self) -> u64 {
        self.heard.load(Ordering::Relaxed)
    }

    /// An order was taken; `before` frames had come when it was sent. The stream must say something of it soon, for a
    /// stream with a wrong key opens like any other.
    pub(super) fn prove_stream(self: &Arc<Self>, before: u64) {
        if self.environment.private.is_none() || self.frames_heard() != before {
            return;
        }
        let shared = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(shared.pace.proof_within).await;
            if shared.frames_heard() == before {
                shared.mute.notify_waiters();
            }
        });
    }

    /// What follows from a bad answer beside passing it on.
    pub(super) fn follow_up(self: &Arc<Self>, fault: &Fault) {
        match fault.then() {
            Then::RenewListing => self.listing_due.notify_one(),
            Then::RenewMode => {
                let shared = Arc::clone(self);
                tokio::spawn(async move { super::account::renew_mode(&shared).await });
            }
            Then::RenewPositions => {
                let shared = Arc::clone(self);
                tokio::spawn(async move { super::account::renew_positions(&shared).await });
            }
            Then::NewListenKey => self.mute.notify_waiters(),
            Then::OurMistake => tracing::error!(%fault, "a request was refused as malformed"),
            Then::StopTrading => self.notice(format!("Binance lets nothing be traded with this key or account: {fault}")),
            Then::OnlyReduce => self.notice(format!("Binance takes only orders that make a position smaller: {fault}")),
            Then::Nothing
            | Then::SyncClock
            | Then::LookAgain
            | Then::AlreadyDone
            | Then::TryAgain(_)
            | Then::HoldOrders(_)
            | Then::HoldAll(_)
            | Then::Banned { .. }
            | Then::Firewall => {}
        }
    }
}

fn fork(jitter: &mut Jitter) -> Jitter {
    let seed = jitter.between(std::time::Duration::ZERO, std::time::Duration::from_secs(u64::from(u32::MAX)));
    Jitter::from_seed(u64::try_from(seed.as_nanos() & u128::from(u64::MAX)).unwrap_or_default())
}
