//! The running data of KIS against a server in this process, on a clock that only these tests move: what is registered and
//! what is polled, notices, frames, and everything that can go wrong between.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "kis_feed/budget.rs"]
mod budget;
#[path = "kis_feed/frames.rs"]
mod frames;
#[path = "kis_feed/notices.rs"]
mod notices;
#[path = "kis_feed/polling.rs"]
mod polling;
#[path = "kis_feed/quiet.rs"]
mod quiet;
#[path = "kis_feed/server.rs"]
mod server;
#[path = "kis_feed/status.rs"]
mod status;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hoga::broker::api::{BrokerEvent, Channel};
use hoga::broker::inbox::{Inbox, inbox};
use hoga::broker::kis::budget::Registration;
use hoga::broker::kis::environment::{Environment, Realm};
use hoga::broker::kis::feed::{Feed, FeedNews, FeedParts, FeedRules};
use hoga::broker::kis::realtime::Stream;
use hoga::broker::net::WallClock;
use hoga::broker::net::backoff::{BackoffRules, Jitter};
use hoga::market::{
    BookUpdate, Calendar, InstrumentId, Level, MarketBody, MarketEvent, PhaseChange, Quantity, Sequence, Symbol,
    UtcTime, Venue,
};
use server::{Asked, Rest, StreamServer, until};

const SECOND: Duration = Duration::from_secs(1);

fn bytes(file: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/kis").join(file);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn sample(file: &str) -> String {
    String::from_utf8(bytes(file)).unwrap()
}

fn now() -> UtcTime {
    UtcTime::parse("2026-09-14T00:20:00Z").unwrap()
}

fn at(venue: Venue, symbol: &str) -> InstrumentId {
    InstrumentId { venue, symbol: Symbol::new(symbol).unwrap() }
}

fn samsung() -> InstrumentId {
    at(Venue::Krx, "005930")
}

fn stock(number: usize) -> InstrumentId {
    at(Venue::Krx, &format!("{number:06}"))
}

fn all() -> BTreeSet<Channel> {
    BTreeSet::from([Channel::Trades, Channel::Book, Channel::Quote])
}

fn event(instrument: InstrumentId, body: MarketBody) -> MarketEvent {
    MarketEvent { instrument, venue_time: now(), received_at: now(), body }
}

/// A whole book of one level a side.
fn book(instrument: InstrumentId, bid: &str, ask: &str) -> MarketEvent {
    let level = |price: &str| vec![Level { price: price.parse().unwrap(), quantity: Quantity::whole(1) }];
    let update = BookUpdate { sequence: Sequence::Whole, bids: level(bid), asks: level(ask) };
    event(instrument, MarketBody::Book(Box::new(update)))
}

fn rules() -> FeedRules {
    FeedRules {
        backoff: BackoffRules { floor: SECOND, ceiling: 2 * SECOND, stable_after: 60 * SECOND },
        send_gap: Duration::from_millis(1),
        poll_every: SECOND,
        poll_gap: Duration::from_millis(100),
        ..FeedRules::default()
    }
}

fn notice_registrations() -> Vec<Registration> {
    let streams = [Stream::StockNotice, Stream::OverseasNotice];
    streams.map(|stream| Registration { stream, key: "myhtsid1".into() }).to_vec()
}

/// A feed, its server, and the desk it tells.
struct Stage {
    server: StreamServer,
    rest: Arc<Rest>,
    feed: Feed,
    inbox: Inbox,
    news: Arc<Mutex<Vec<FeedNews>>>,
    told: Vec<MarketEvent>,
}

impl Stage {
    async fn open(realm: Realm, notices: Vec<Registration>) -> Self {
        Self::with(realm, notices, |_| {}).await
    }

    async fn with(realm: Realm, notices: Vec<Registration>, prepare: impl FnOnce(&StreamServer)) -> Self {
        Self::by_clock(realm, notices, Arc::new(now), rules(), prepare).await
    }

    /// Without notices, and with a wall clock that goes from this time on.
    async fn ticking(realm: Realm, from: UtcTime, rules: FeedRules) -> Self {
        let begun = tokio::time::Instant::now();
        Self::by_clock(realm, Vec::new(), Arc::new(move || from.plus(begun.elapsed())), rules, |_| {}).await
    }

    async fn by_clock(
        realm: Realm,
        notices: Vec<Registration>,
        wall_clock: WallClock,
        rules: FeedRules,
        prepare: impl FnOnce(&StreamServer),
    ) -> Self {
        let server = StreamServer::start().await;
        prepare(&server);
        let environment = Environment {
            realm,
            rest: String::new(),
            stream: format!("ws://{}/tryitout", server.address),
            masters: String::new(),
        };
        let (outlet, inbox) = inbox(Arc::new(|| {}));
        let rest = Arc::new(Rest::default());
        let news: Arc<Mutex<Vec<FeedNews>>> = Arc::default();
        let heard = Arc::clone(&news);
        let feed = Feed::start(FeedParts {
            environment,
            rules,
            wall_clock,
            jitter: Jitter::from_seed(1),
            outlet,
            questions: Arc::new(Asked(Arc::clone(&rest))),
            notices,
            calendar: Arc::new(|instrument, now| {
                let at = Calendar::builtin().ok()?.phase_at(instrument.venue, now);
                Some(PhaseChange { phase: at.phase, until: at.until })
            }),
            news: Arc::new(move |news| heard.lock().unwrap().push(news)),
        });
        Self { server, rest, feed, inbox, news, told: Vec::new() }
    }

    /// With Samsung's prints and book registered, and no notices.
    async fn live() -> Self {
        let stage = Self::open(Realm::Live, Vec::new()).await;
        stage.feed.subscribe(samsung(), all()).unwrap();
        stage.server.holds(2).await;
        until("questions of the beginning", || stage.rest.asked().len() >= 4).await;
        stage
    }

    fn look(&mut self) {
        let mut events = Vec::new();
        while self.inbox.take(1_000, &mut events) {}
        for event in events {
            match event {
                BrokerEvent::Market(event) => self.told.push(event),
                other => panic!("{other:?}"),
            }
        }
    }

    async fn until_told(&mut self, what: &str, wanted: impl Fn(&MarketEvent) -> bool) {
        until(what, || {
            self.look();
            self.told.iter().any(&wanted)
        })
        .await;
    }

    fn count(&self, wanted: impl Fn(&MarketBody) -> bool) -> usize {
        self.told.iter().filter(|event| wanted(&event.body)).count()
    }

    async fn until_news(&self, what: &str, wanted: impl Fn(&FeedNews) -> bool) {
        until(what, || self.news.lock().unwrap().iter().any(&wanted)).await;
    }

    fn news_count(&self, wanted: impl Fn(&FeedNews) -> bool) -> usize {
        self.news.lock().unwrap().iter().filter(|news| wanted(news)).count()
    }

    /// The newest word on what is polled.
    fn polled(&self) -> BTreeSet<InstrumentId> {
        let news = self.news.lock().unwrap();
        let told = news.iter().rev().find_map(|news| match news {
            FeedNews::Polled(set) => Some(set.clone()),
            _ => None,
        });
        told.unwrap_or_default()
    }
}
