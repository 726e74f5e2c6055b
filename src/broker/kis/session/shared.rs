//! What all parts of a session work with.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::{Notify, Semaphore, SemaphorePermit};

use super::abroad::Abroad;
use super::account::Balance;
use super::bonds::Bonds;
use super::futures;
use super::listing::Listing;
use super::lists::ReadLists;
use super::look::Look;
use super::needs::Held;
use super::notices::Early;
use super::once::Once;
use super::phases::Phases;
use super::unanswered::{self, Unanswered};
use super::{Pace, QuotesParts, SessionParts};
use crate::broker::api::{BrokerEvent, Connection};
use crate::broker::inbox::Outlet;
use crate::broker::kis::budget::Registration;
use crate::broker::kis::environment::{Environment, Realm};
use crate::broker::kis::feed::{Feed, FeedNews, FeedParts, FeedRules};
use crate::broker::kis::order::Tracker;
use crate::broker::kis::realtime::Stream;
use crate::broker::kis::request::call::Account;
use crate::broker::kis::rest::{Rest, RestParts};
use crate::broker::kis::wire::stock_account::Buyable;
use crate::broker::net::WallClock;
use crate::broker::net::backoff::Jitter;
use crate::broker::net::http::NetError;
use crate::broker::net::websocket::SocketState;
use crate::market::UtcTime;
use crate::text::notice;

/// See the module.
pub(super) struct Shared {
    pub(super) rest: Arc<Rest>,
    /// Requests about the market: those of the account, or of another environment that has more of it.
    pub(super) market: Arc<Rest>,
    feed: OnceLock<Feed>,
    /// The account's own stream, when market data comes from another environment: it brings the notices.
    notices_feed: OnceLock<Feed>,
    pub(super) outlet: Outlet,
    pub(super) account: Account,
    tracker: Mutex<Tracker>,
    /// Orders whose number is not known.
    pub(super) unanswered: Arc<Mutex<Unanswered>>,
    early: Mutex<Early>,
    pub(super) listing: Listing,
    /// Questions about the market as the feed asks them.
    pub(super) look: Look,
    /// What is subscribed, and the phases that were told of it.
    pub(super) phases: Phases,
    pub(super) pace: Pace,
    jitter: Mutex<Jitter>,
    /// Whether the desk was told that orders and data flow.
    pub(super) is_up: AtomicBool,
    /// The account must be compared by asking.
    pub(super) doubts: Notify,
    /// A list of orders may hold a fill that was not taken from its notice.
    pub(super) lists_wanted: Notify,
    /// The socket's notices live, or were lost.
    pub(super) notices_changed: Notify,
    pub(super) notices_live: AtomicBool,
    /// How often they began to.
    pub(super) notices_began: AtomicU64,
    /// Lists of orders that were read just now.
    pub(super) lists: ReadLists,
    /// Holdings in Korean shares, and won to order with, that were read just now.
    pub(super) balance: Once<(), Balance>,
    pub(super) buyable: Once<(), Buyable>,
    /// Positions and cash of a derivatives account.
    pub(super) future_balance: Once<(), futures::Balance>,
    /// Turns of questions about the account; see [`Self::account_turn`].
    account_turns: Option<Semaphore>,
    /// What is known of the foreign part of the account.
    pub(super) abroad: Abroad,
    /// What is known of the bonds of the account.
    pub(super) bonds: Bonds,
    /// What the account held when it was last told.
    pub(super) held: Held,
}

impl Shared {
    /// Starts what a session needs, within a tokio runtime.
    pub(super) fn start(parts: SessionParts, outlet: Outlet) -> Result<Arc<Self>, NetError> {
        let SessionParts {
            environment,
            credential,
            account,
            hts_id,
            folder,
            trust,
            system_proxy,
            wall_clock,
            mut jitter,
            limits,
            feed,
            quotes,
            pace,
        } = parts;
        let mut rest_of = |environment: &Environment, credential, limits| {
            Rest::new(RestParts {
                environment: environment.clone(),
                credential,
                tokens: folder.clone(),
                trust: trust.clone(),
                system_proxy,
                wall_clock: Arc::clone(&wall_clock),
                jitter: fork(&mut jitter),
                limits,
            })
        };
        let rest = rest_of(&environment, credential, limits)?;
        let own_notices = notices(environment.realm, account.is_derivatives(), hts_id.as_ref().map(|id| id.reveal()));
        let own = FeedOf { environment, rules: feed, notices: own_notices };
        let (market, data, own) = match quotes {
            None => (Arc::clone(&rest), own, None),
            Some(QuotesParts { environment, credential, limits, feed }) => {
                let market = rest_of(&environment, credential, limits)?;
                (market, FeedOf { environment, rules: feed, notices: Vec::new() }, Some(own))
            }
        };
        let feed_jitter = fork(&mut jitter);
        let own_jitter = fork(&mut jitter);
        let look = Look::new(Arc::clone(&market));
        let own_realm = rest.realm();
        let shared = Arc::new(Self {
            account_turns: (rest.realm() == Realm::Paper).then(|| Semaphore::new(1)),
            rest,
            market,
            feed: OnceLock::new(),
            notices_feed: OnceLock::new(),
            outlet,
            account,
            tracker: Mutex::default(),
            unanswered: Arc::default(),
            early: Mutex::default(),
            listing: Listing::new(folder),
            look: look.clone(),
            phases: Phases::of(own_realm, look.last_days()),
            pace,
            jitter: Mutex::new(jitter),
            is_up: AtomicBool::new(false),
            doubts: Notify::new(),
            lists_wanted: Notify::new(),
            notices_changed: Notify::new(),
            notices_live: AtomicBool::new(false),
            notices_began: AtomicU64::new(0),
            lists: ReadLists::default(),
            balance: Once::default(),
            buyable: Once::default(),
            future_balance: Once::default(),
            abroad: Abroad::default(),
            bonds: Bonds::default(),
            held: Held::default(),
        });
        let brings = if own.is_some() { Brings::Data } else { Brings::Both };
        // Nobody else sets them.
        let _ = shared.feed.set(shared.start_feed(data, look, brings, (feed_jitter, &wall_clock)));
        if let Some(own) = own {
            let look = Look::new(Arc::clone(&shared.rest));
            let _ = shared.notices_feed.set(shared.start_feed(own, look, Brings::Notices, (own_jitter, &wall_clock)));
        }
        Ok(shared)
    }

    fn start_feed(
        self: &Arc<Self>,
        of: FeedOf,
        look: Look,
        brings: Brings,
        (jitter, wall_clock): (Jitter, &WallClock),
    ) -> Feed {
        let hearer = Arc::downgrade(self);
        let keeper = Arc::downgrade(self);
        Feed::start(FeedParts {
            notices: of.notices,
            environment: of.environment,
            rules: of.rules,
            wall_clock: Arc::clone(wall_clock),
            jitter,
            outlet: self.outlet.clone(),
            questions: Arc::new(look),
            calendar: Arc::new(move |instrument, now| keeper.upgrade()?.phases.phase(instrument, now)),
            news: Arc::new(move |news| {
                if let Some(shared) = hearer.upgrade() {
                    shared.hear(news, brings);
                }
            }),
        })
    }

    /// The running data.
    pub(super) fn feed(&self) -> Option<&Feed> {
        self.feed.get()
    }

    /// The orders of the account.
    pub(super) fn tracker(&self) -> MutexGuard<'_, Tracker> {
        // Every change of it is whole, even when its holder panics.
        self.tracker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Orders whose number is not known. Where both are needed the tracker comes first, and what comes early before both.
    pub(super) fn unanswered(&self) -> MutexGuard<'_, Unanswered> {
        unanswered::locked(&self.unanswered)
    }

    /// Notices that wait for what the ledger holds.
    pub(super) fn early(&self) -> MutexGuard<'_, Early> {
        self.early.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The local time now.
    pub(super) fn now(&self) -> UtcTime {
        self.rest.now()
    }

    /// Which environment it is.
    pub(super) fn realm(&self) -> Realm {
        self.rest.realm()
    }

    /// Waits for the turn of a question about the account. Paper answers one question a second: a comparison that put all of
    /// its questions into the line at once would let nobody look at a price for the better part of ten. One at a time they
    /// take turns with those of the market. Orders and what is asked for them wait for no turn.
    pub(super) async fn account_turn(&self) -> Option<SemaphorePermit<'_>> {
        // It is never closed.
        self.account_turns.as_ref()?.acquire().await.ok()
    }

    pub(super) fn notice(&self, text: String) {
        self.outlet.tell(BrokerEvent::Notice(text));
    }

    pub(super) fn fork_jitter(&self) -> Jitter {
        fork(&mut self.jitter.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Says that orders and data flow; the desk then compares everything.
    pub(super) fn up(&self) {
        self.is_up.store(true, Ordering::Relaxed);
        self.outlet.tell(BrokerEvent::Connection(Connection::Up));
    }

    /// Says that they do not.
    pub(super) fn down(&self, reason: String, retry_at: Option<UtcTime>) {
        self.is_up.store(false, Ordering::Relaxed);
        self.outlet.tell(BrokerEvent::Connection(Connection::Down { reason, retry_at }));
    }

    fn hear(self: &Arc<Self>, news: FeedNews, brings: Brings) {
        match news {
            FeedNews::Notice(notice, at) => super::notices::take(self, &notice, at),
            FeedNews::NoticeLost(why) => {
                tracing::warn!(why, "an execution notice was not taken in");
                self.doubts.notify_one();
            }
            FeedNews::NoticesLive => {
                if !self.notices_live.swap(true, Ordering::Relaxed) {
                    self.notices_began.fetch_add(1, Ordering::Relaxed);
                    self.notices_changed.notify_one();
                }
            }
            FeedNews::NoticesDue => {
                if self.notices_live.swap(false, Ordering::Relaxed) {
                    self.notices_changed.notify_one();
                }
            }
            FeedNews::NoticesRefused(text) => {
                self.notice(notice::NOTICES_REFUSED.english(&[&text]));
            }
            FeedNews::InUse => self.notice(notice::KEY_IN_USE.english(&[])),
            FeedNews::Socket(SocketState::Silent { .. }) if self.is_up.load(Ordering::Relaxed) => {
                self.outlet.tell(BrokerEvent::Connection(Connection::Silent));
            }
            FeedNews::Socket(state) => {
                let has_notices = brings != Brings::Data;
                if has_notices
                    && !matches!(state, SocketState::Live)
                    && self.notices_live.swap(false, Ordering::Relaxed)
                {
                    self.notices_changed.notify_one();
                }
                tracing::debug!(?state, "live data");
            }
            FeedNews::Polled(polled) if brings != Brings::Notices => self.outlet.tell(BrokerEvent::Polled(polled)),
            FeedNews::Polled(_) => {}
            FeedNews::Status(instrument, phase) => self.phases.stands(instrument, phase),
        }
    }
}

/// A stream of an environment.
struct FeedOf {
    environment: Environment,
    rules: FeedRules,
    notices: Vec<Registration>,
}

/// What a stream is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Brings {
    /// The market and the account's notices.
    Both,
    /// The market alone.
    Data,
    /// Notices alone.
    Notices,
}

/// Those of the night session are registered at night only, and not there on paper.
const OF_DERIVATIVES: [Stream; 3] = [Stream::FutureNotice, Stream::NightFutureNotice, Stream::NightOptionNotice];

/// Registrations of notices of a customer, of what the account trades.
fn notices(realm: Realm, is_derivatives: bool, hts_id: Option<&str>) -> Vec<Registration> {
    let Some(key) = hts_id else { return Vec::new() };
    let streams: &[Stream] =
        if is_derivatives { &OF_DERIVATIVES } else { &[Stream::StockNotice, Stream::OverseasNotice] };
    let there = streams.iter().copied().filter(|stream| stream.id(realm.world()).is_some());
    there.map(|stream| Registration { stream, key: key.into() }).collect()
}

fn fork(jitter: &mut Jitter) -> Jitter {
    let seed = jitter.between(std::time::Duration::ZERO, std::time::Duration::from_secs(u64::from(u32::MAX)));
    Jitter::from_seed(u64::try_from(seed.as_nanos() & u128::from(u64::MAX)).unwrap_or_default())
}
