//! What the tasks of a session share, and the one way to the desk.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::known::{Known, locked};
use super::market::{Depth, news};
use super::spot;
use super::words::Words;
use super::{Pace, SessionParts};
use crate::broker::api::{BrokerEvent, Connection};
use crate::broker::binance::code::Then;
use crate::broker::binance::environment::Environment;
use crate::broker::binance::feed::{Feed, FeedRules};
use crate::broker::binance::limits::{self, OrderWindows};
use crate::broker::binance::order_number::OrderNumber;
use crate::broker::binance::report::Follow;
use crate::broker::binance::rest::{Fault, Rest, RestParts};
use crate::broker::binance::spot::report::Follow as SpotFollow;
use crate::broker::binance::spot::wire::exchange_info::LISTING_MAX;
use crate::broker::inbox::Outlet;
use crate::broker::net::WallClock;
use crate::broker::net::backoff::Jitter;
use crate::broker::net::http::{HttpClient, HttpRules, NetError};
use crate::broker::net::lanes::Lanes;
use crate::broker::net::tls::TlsTrust;
use crate::broker::net::websocket::SocketRules;
use crate::config::{BinanceMarket, BinanceSettings};
use crate::market::UtcTime;

/// See the module.
pub(super) struct Shared {
    pub(super) rest: Arc<Rest>,
    pub(super) environment: Environment,
    pub(super) settings: BinanceSettings,
    pub(super) wall_clock: WallClock,
    pub(super) pace: Pace,
    pub(super) outlet: Outlet,
    pub(super) feed: Feed,
    pub(super) known: Arc<Mutex<Known>>,
    /// Of the futures market; of the other market there is nothing in it.
    words: Mutex<Words>,
    /// The same of spot.
    spot: Mutex<spot::words::Words>,
    /// Orders were opened or ended.
    pub(super) orders_changed: Notify,
    /// An order sets out on a symbol that may not have been traded before.
    pub(super) traded_more: Notify,
    /// Money moved that has to be asked about.
    pub(super) income_due: Notify,
    /// The rules of the market are not what they were.
    pub(super) listing_due: Arc<Notify>,
    /// Something the account's stream said could not be taken in: everything has to be compared.
    pub(super) doubts: Notify,
    /// The account's stream keeps silent about what happens.
    pub(super) mute: Notify,
    trust: TlsTrust,
    jitter: Mutex<Jitter>,
    /// Whether the desk was told that the connection is up.
    is_up: Arc<AtomicBool>,
    /// Frames of the account's stream.
    heard: AtomicU64,
}

impl Shared {
    pub(super) fn new(parts: SessionParts, outlet: Outlet) -> Result<Self, NetError> {
        let market = parts.environment.market;
        let rules = HttpRules { trust: parts.trust.clone(), system_proxy: parts.system_proxy, ..HttpRules::default() };
        // Spot lists thousands of symbols in one answer.
        let body_max = if market == BinanceMarket::Spot { LISTING_MAX } else { rules.body_max };
        let rules = HttpRules { body_max, ..rules };
        let mut jitter = parts.jitter;
        let notices = outlet.clone();
        let rest = Rest::new(RestParts {
            market,
            http: HttpClient::new(&rules, parts.wall_clock.clone())?,
            lanes: Lanes::start(limits::lanes(OrderWindows::of(market))),
            base: parts.environment.rest.clone(),
            signer: parts.signer,
            wall_clock: parts.wall_clock.clone(),
            jitter: fork(&mut jitter),
            notices: Box::new(move |text| notices.tell(BrokerEvent::Notice(text))),
        });
        let rest = Arc::new(rest);
        let (is_up, listing_due) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
        let feed = Feed::start(
            &parts.environment,
            FeedRules { trust: parts.trust.clone(), ..parts.feed },
            parts.wall_clock.clone(),
            fork(&mut jitter),
            outlet.clone(),
            Arc::new(Depth(Arc::clone(&rest))),
            news(outlet.clone(), Arc::clone(&is_up), Arc::clone(&listing_due)),
        );
        Ok(Self {
            rest,
            feed,
            is_up,
            listing_due,
            environment: parts.environment,
            settings: parts.settings,
            wall_clock: parts.wall_clock,
            pace: parts.pace,
            outlet,
            known: Arc::default(),
            words: Mutex::default(),
            spot: Mutex::default(),
            traded_more: Notify::new(),
            orders_changed: Notify::new(),
            income_due: Notify::new(),
            mute: Notify::new(),
            doubts: Notify::new(),
            trust: parts.trust,
            jitter: Mutex::new(jitter),
            heard: AtomicU64::new(0),
        })
    }

    /// Which market it is of.
    pub(super) const fn market(&self) -> BinanceMarket {
        self.environment.market
    }

    /// What is known of spot's words. Never held over a wait.
    pub(super) fn spot(&self) -> std::sync::MutexGuard<'_, spot::words::Words> {
        // Every change of it is whole, even when its holder panics.
        self.spot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of the futures market's words. Never held over a wait.
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
        self.is_up.store(true, Ordering::Relaxed);
        self.outlet.tell(BrokerEvent::Connection(Connection::Up));
    }

    /// Whether they flow, as far as the desk was told.
    pub(super) fn is_up(&self) -> bool {
        self.is_up.load(Ordering::Relaxed)
    }

    /// They do not.
    pub(super) fn down(&self, reason: String, retry_at: Option<UtcTime>) {
        self.is_up.store(false, Ordering::Relaxed);
        tracing::warn!(reason, "the connection to Binance is down");
        self.outlet.tell(BrokerEvent::Connection(Connection::Down { reason, retry_at }));
    }

    /// The account's stream is live: what is said of the time before is not to be relied on.
    pub(super) async fn connected(&self) {
        // The mode may have been changed while nobody listened.
        if let Err(fault) = super::markets::read_settings(self).await {
            tracing::warn!(%fault, "the account's settings were not read");
        }
        locked(&self.known).discovered = false;
        self.up();
    }

    /// Takes in a frame of the account's stream.
    pub(super) fn hear(self: &Arc<Self>, bytes: &[u8]) {
        self.heard.fetch_add(1, Ordering::Relaxed);
        let outcome: Result<(), Fault> = match self.market() {
            BinanceMarket::Futures => {
                let news = self.words().event(bytes);
                news.map_err(Fault::from).map(|news| {
                    self.tell_all(news.events);
                    news.then.into_iter().for_each(|follow| self.follow_event(follow));
                })
            }
            BinanceMarket::Spot => {
                let news = self.spot().event(bytes);
                news.map_err(Fault::from).map(|news| {
                    self.tell_all(news.events);
                    news.then.into_iter().for_each(|follow| self.follow_spot(follow));
                })
            }
        };
        if let Err(error) = outcome {
            tracing::error!(%error, "an event of the account could not be taken in");
            self.doubts.notify_one();
        }
    }

    /// What follows from an event or an answer of spot.
    pub(super) fn follow_spot(self: &Arc<Self>, follow: SpotFollow) {
        let shared = Arc::clone(self);
        match follow {
            SpotFollow::AskOrder(number) => {
                if let Some(number) = OrderNumber::of(&number) {
                    tokio::spawn(async move { super::orders::tell_state(&shared, number).await });
                }
            }
            SpotFollow::AskAccount => {
                tokio::spawn(async move { spot::account::renew(&shared).await });
            }
            SpotFollow::Subscribe => self.mute.notify_waiters(),
        }
    }

    fn follow_event(self: &Arc<Self>, follow: Follow) {
        let shared = Arc::clone(self);
        match follow {
            Follow::AskOrder(number) => {
                tokio::spawn(async move { super::orders::tell_state(&shared, number).await });
            }
            Follow::AskFills(number) => {
                tokio::spawn(async move { super::fills::tell_of_order(&shared, number).await });
            }
            Follow::AskIncome { .. } => self.income_due.notify_one(),
            Follow::RenewSettings => {
                tokio::spawn(async move { super::account::renew_mode(&shared).await });
            }
            // The socket's own protocol sees to that.
            Follow::NewListenKey => {}
        }
    }

    /// Frames of the account's stream so far.
    pub(super) fn frames_heard(&self) -> u64 {
        self.heard.load(Ordering::Relaxed)
    }

    /// An order was taken; `before` frames had come when it was sent. The stream must say something of it soon, for a
    /// stream with a wrong key opens like any other.
    pub(super) fn prove_stream(self: &Arc<Self>, before: u64) {
        if self.frames_heard() != before {
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
            Then::StopTrading => {
                self.notice(format!("Binance lets nothing be traded with this key or account: {fault}"))
            }
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
