//! The running feed against a server in this process, on a clock that only these tests move.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hoga::broker::api::{BrokerError, BrokerEvent, Channel};
use hoga::broker::binance::environment::Environment;
use hoga::broker::binance::feed::{Feed, FeedNews, FeedRules, Route, Snapshots};
use hoga::broker::inbox::{Inbox, Outlet, inbox};
use hoga::broker::net::backoff::{BackoffRules, Jitter};
use hoga::broker::net::websocket::{Loss, SocketState};
use hoga::config::BinanceMarket;
use hoga::market::book::{BookState, OrderBook, StaleReason};
use hoga::market::{InstrumentId, MarketBody, MarketEvent, UtcTime};

use super::server::{Books, StreamServer, until};
use super::{instrument, millis, symbol};

const PUBLIC: &str = "/public/stream";
const MARKET: &str = "/market/stream";
const NOW: i64 = 1_763_700_000_000;
const SECOND: Duration = Duration::from_secs(1);

/// A feed, its server, and the desk it tells.
struct Stage {
    server: StreamServer,
    books: Arc<Books>,
    feed: Feed,
    outlet: Outlet,
    inbox: Inbox,
    news: Arc<Mutex<Vec<FeedNews>>>,
    told: Vec<MarketEvent>,
    notices: Vec<String>,
    shown: BTreeMap<InstrumentId, OrderBook>,
}

fn rules() -> FeedRules {
    FeedRules {
        backoff: BackoffRules { floor: SECOND, ceiling: 2 * SECOND, stable_after: 60 * SECOND },
        send_gap: Duration::ZERO,
        snapshot_gap: Duration::ZERO,
        ..FeedRules::default()
    }
}

fn all() -> BTreeSet<Channel> {
    BTreeSet::from([Channel::Trades, Channel::Book, Channel::Quote, Channel::Mark])
}

impl Stage {
    async fn open(rules: FeedRules) -> Self {
        let server = StreamServer::start().await;
        let root = format!("ws://{}", server.address);
        let environment = Environment {
            market: BinanceMarket::Futures,
            rest: String::new(),
            public: format!("{root}/public"),
            market_data: format!("{root}/market"),
            private: None,
            requests: String::new(),
        };
        let (outlet, inbox) = inbox(Arc::new(|| {}));
        let books = Arc::new(Books::default());
        let news: Arc<Mutex<Vec<FeedNews>>> = Arc::default();
        let heard = Arc::clone(&news);
        let feed = Feed::start(
            &environment,
            rules,
            Arc::new(|| millis(NOW + 5)),
            Jitter::from_seed(1),
            outlet.clone(),
            Arc::clone(&books) as Arc<dyn Snapshots>,
            Arc::new(move |news| heard.lock().unwrap().push(news)),
        );
        let (told, notices, shown) = (Vec::new(), Vec::new(), BTreeMap::new());
        Self { server, books, feed, outlet, inbox, news, told, notices, shown }
    }

    /// With one instrument subscribed and its book live at 10.
    async fn live(rules: FeedRules) -> Self {
        let mut stage = Self::open(rules).await;
        stage.feed.subscribe(instrument("BTCUSDT"), all()).unwrap();
        stage.server.hears(PUBLIC, 1, 1).await;
        stage.server.hears(MARKET, 1, 1).await;
        stage.join(10).await;
        stage
    }

    /// An event, the question it sets off, and the whole book at this id.
    async fn join(&mut self, id: u64) {
        let questions = self.books.asked().len();
        self.server.say(PUBLIC, depth(id - 1, id + 2, id - 2));
        self.asked(questions + 1).await;
        self.books.answer(Ok(whole(id)));
        self.until_state(BookState::Live).await;
    }

    async fn asked(&self, questions: usize) {
        until(&format!("{questions} questions"), || self.books.asked().len() >= questions).await;
    }

    /// Takes what was told so far.
    fn look(&mut self) {
        let mut events = Vec::new();
        while self.inbox.take(1_000, &mut events) {}
        for event in events {
            match event {
                BrokerEvent::Market(event) => self.see(event),
                BrokerEvent::Notice(text) => self.notices.push(text),
                other => panic!("{other:?}"),
            }
        }
    }

    fn see(&mut self, event: MarketEvent) {
        let book = self.shown.entry(event.instrument).or_insert_with(|| OrderBook::new(1, 3));
        match &event.body {
            MarketBody::Book(update) => {
                book.apply(update);
            }
            MarketBody::Stale => book.mark_stale(StaleReason::Feed),
            _ => {}
        }
        self.told.push(event);
    }

    fn book(&mut self) -> BookState {
        self.look();
        self.shown.get(&instrument("BTCUSDT")).map_or(BookState::Empty, OrderBook::state)
    }

    async fn until_state(&mut self, state: BookState) {
        let mut found = BookState::Empty;
        until(&format!("a book that is {state:?}"), || {
            found = self.book();
            found == state
        })
        .await;
    }

    async fn until_told(&mut self, what: &str, wanted: impl Fn(&MarketEvent) -> bool) {
        until(what, || {
            self.look();
            self.told.iter().any(&wanted)
        })
        .await;
    }

    async fn until_notice(&mut self, words: &str) {
        until(words, || {
            self.look();
            self.notices.iter().any(|notice| notice.contains(words))
        })
        .await;
    }

    fn last_id(&self) -> Option<u64> {
        self.shown.get(&instrument("BTCUSDT")).and_then(OrderBook::last_id)
    }

    fn losses(&self) -> Vec<(Route, Loss)> {
        let news = self.news.lock().unwrap();
        let loss = |news: &FeedNews| match news {
            FeedNews::Socket(route, SocketState::Reconnecting { loss, .. }) => Some((*route, loss.clone())),
            _ => None,
        };
        news.iter().filter_map(loss).collect()
    }
}

fn wrap(stream: &str, data: &str) -> String {
    format!("{{\"stream\":\"{stream}\",\"data\":{data}}}")
}

fn depth(first: u64, last: u64, previous: u64) -> String {
    depth_of("BTCUSDT", first, last, previous)
}

fn depth_of(name: &str, first: u64, last: u64, previous: u64) -> String {
    let stream = format!("{}@depth@100ms", name.to_ascii_lowercase());
    wrap(
        &stream,
        &format!(
            r#"{{"e":"depthUpdate","E":{NOW},"T":{NOW},"s":"{name}","U":{first},"u":{last},"pu":{previous},"b":[["100.1","{last}"]],"a":[]}}"#
        ),
    )
}

fn whole(id: u64) -> String {
    format!(r#"{{"lastUpdateId":{id},"E":{NOW},"T":{NOW},"bids":[["100.0","5"]],"asks":[["100.2","4"]]}}"#)
}

fn trade(id: u64) -> String {
    wrap(
        "btcusdt@aggTrade",
        &format!(
            r#"{{"e":"aggTrade","E":{NOW},"s":"BTCUSDT","a":{id},"p":"100.1","q":"1","f":1,"l":2,"T":{NOW},"m":true}}"#
        ),
    )
}

fn mark() -> String {
    wrap(
        "btcusdt@markPrice@1s",
        &format!(
            r#"{{"e":"markPriceUpdate","E":{NOW},"s":"BTCUSDT","p":"100.1","i":"100.2","P":"","r":"0.0001","T":{}}}"#,
            NOW + 1_000
        ),
    )
}

fn day() -> String {
    wrap(
        "btcusdt@ticker",
        &format!(
            r#"{{"e":"24hrTicker","E":{NOW},"s":"BTCUSDT","p":"1","P":"1","w":"1","c":"1","Q":"1","o":"1","h":"2","l":"1","v":"10","q":"10","O":1,"C":2,"F":1,"L":2,"n":2}}"#
        ),
    )
}

fn is_trade(event: &MarketEvent, id: u64) -> bool {
    matches!(event.body, MarketBody::Trade(trade) if trade.id == id)
}

#[tokio::test(start_paused = true)]
async fn every_stream_goes_to_the_route_that_carries_it_in_one_message() {
    let mut stage = Stage::live(rules()).await;
    assert_eq!(
        stage.server.heard(PUBLIC),
        [
            r#"{"method":"SUBSCRIBE","params":["btcusdt@bookTicker","btcusdt@depth@100ms","btcusdt@depth5@500ms"],"id":1}"#
        ]
    );
    assert_eq!(
        stage.server.heard(MARKET),
        [
            r#"{"method":"SUBSCRIBE","params":["btcusdt@aggTrade","btcusdt@markPrice@1s","btcusdt@ticker","!contractInfo"],"id":1}"#
        ]
    );
    for frame in [trade(1), mark(), day()] {
        stage.server.say(MARKET, frame);
    }
    let best =
        format!(r#"{{"e":"bookTicker","u":1,"s":"BTCUSDT","b":"1","B":"1","a":"2","A":"1","T":{NOW},"E":{NOW}}}"#);
    stage.server.say(PUBLIC, wrap("btcusdt@bookTicker", &best));
    stage.until_told("trade", |event| is_trade(event, 1)).await;
    stage.until_told("mark", |event| matches!(event.body, MarketBody::Mark(_))).await;
    stage.until_told("day", |event| matches!(event.body, MarketBody::Day(_))).await;
    stage.until_told("quote", |event| matches!(event.body, MarketBody::Quote(_))).await;
    assert_eq!((stage.book(), stage.last_id()), (BookState::Live, Some(12)));
    assert!(stage.told.iter().all(|event| event.received_at == millis(NOW + 5)));
    let changed = wrap("!contractInfo", r#"{"e":"contractInfo","E":1,"s":"NEWUSDT","cs":"TRADING"}"#);
    stage.server.say(MARKET, changed);
    until("the listing", || stage.news.lock().unwrap().contains(&FeedNews::ListingChanged)).await;
    let counters = stage.feed.counters();
    assert_eq!((counters.gaps, counters.unreadable, counters.implausible, counters.drops), (0, 0, 0, 0));
    assert!(counters.messages >= 6 && counters.bytes > 500, "{counters:?}");
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_gap_makes_the_book_stale_at_once_and_a_new_snapshot_heals_it() {
    let mut stage = Stage::live(rules()).await;
    stage.server.say(PUBLIC, depth(20, 22, 19));
    stage.until_state(BookState::Stale(StaleReason::Feed)).await;
    // It has only just come together: the next question waits a second.
    tokio::time::advance(Duration::from_millis(500)).await;
    for id in [23, 26, 29] {
        stage.server.say(PUBLIC, depth(id, id + 2, id - 1));
    }
    stage.asked(2).await;
    assert!(stage.books.asked()[1].1 >= SECOND, "{:?}", stage.books.asked());
    stage.books.answer(Ok(whole(25)));
    stage.until_state(BookState::Live).await;
    assert_eq!(stage.last_id(), Some(31));
    let counters = stage.feed.counters();
    assert_eq!((counters.gaps, counters.resyncs), (1, 1));
    assert_eq!(stage.server.connections(PUBLIC), 1, "the socket is kept");
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_silent_socket_makes_the_book_stale_within_three_seconds_and_a_frame_heals_it() {
    let mut stage = Stage::live(rules()).await;
    let begun = tokio::time::Instant::now();
    stage.until_state(BookState::Stale(StaleReason::Feed)).await;
    assert!(begun.elapsed() <= 3 * SECOND, "{:?}", begun.elapsed());
    stage.server.say(PUBLIC, depth(13, 15, 12));
    stage.asked(2).await;
    stage.books.answer(Ok(whole(14)));
    stage.until_state(BookState::Live).await;
    assert_eq!(stage.server.connections(PUBLIC), 1, "the socket is kept");
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn what_no_market_has_is_left_out_and_counted() {
    let stage = Stage::live(rules()).await;
    let before = stage.feed.counters();
    for (route, frame) in [
        (PUBLIC, depth(13, 15, 12).replace("\"100.1\"", "\"-100.1\"")),
        (MARKET, trade(1).replace("\"p\":\"", "\"p\":\"-")),
        (MARKET, trade(2).replace("\"q\":\"", "\"q\":\"-")),
        (MARKET, trade(3).replace("\"p\":\"", "\"p\":\"99999999999999999999999999999999999")),
        (MARKET, "{\"e\":\"aggTrade\",".to_owned()),
    ] {
        stage.server.say(route, frame);
    }
    until("all are counted", || {
        let now = stage.feed.counters();
        now.implausible + now.unreadable >= before.implausible + before.unreadable + 5
    })
    .await;
    let now = stage.feed.counters();
    assert!(now.implausible >= before.implausible + 3, "{now:?}");
    assert_eq!(stage.server.connections(MARKET), 1, "the socket is kept");
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_repeat_is_no_gap_and_a_swap_is_one() {
    let mut stage = Stage::live(rules()).await;
    for frame in [depth(9, 12, 8), depth(13, 15, 12), depth(13, 15, 12)] {
        stage.server.say(PUBLIC, frame);
    }
    for id in [1, 1, 2] {
        stage.server.say(MARKET, trade(id));
    }
    stage.until_told("trade", |event| is_trade(event, 2)).await;
    until("the repeat", || stage.feed.counters().repeats == 3).await;
    assert_eq!((stage.book(), stage.last_id()), (BookState::Live, Some(15)));
    assert_eq!(stage.told.iter().filter(|event| is_trade(event, 1)).count(), 1);
    for frame in [depth(19, 21, 18), depth(16, 18, 15)] {
        stage.server.say(PUBLIC, frame);
    }
    stage.until_state(BookState::Stale(StaleReason::Feed)).await;
    stage.server.say(PUBLIC, depth(22, 24, 21));
    stage.asked(2).await;
    stage.books.answer(Ok(whole(20)));
    stage.until_state(BookState::Live).await;
    assert_eq!(stage.last_id(), Some(24));
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn half_a_frame_and_one_that_cannot_be_are_counted_and_cost_nothing_else() {
    let mut stage = Stage::live(rules()).await;
    let whole_frame = trade(1);
    stage.server.say(MARKET, whole_frame[..whole_frame.len() / 2].to_owned());
    stage.server.say(MARKET, "<html>maintenance</html>");
    stage.server.say(MARKET, "{\"what\":\"is this\"}");
    stage.server.say(MARKET, trade(2).replace("100.1", "-100.1"));
    stage.server.say(MARKET, trade(3));
    stage.until_told("trade", |event| is_trade(event, 3)).await;
    let counters = stage.feed.counters();
    assert_eq!((counters.unreadable, counters.implausible), (3, 1));
    assert_eq!((stage.server.connections(MARKET), stage.book()), (1, BookState::Live));
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_lost_socket_makes_books_stale_at_once_and_they_come_back_by_themselves() {
    let mut stage = Stage::live(rules()).await;
    stage.server.cut(PUBLIC);
    stage.until_state(BookState::Stale(StaleReason::Feed)).await;
    assert_eq!(stage.server.connections(PUBLIC), 1, "told before the next attempt");
    stage.server.hears(PUBLIC, 2, 1).await;
    assert!(stage.server.heard(PUBLIC)[0].contains("btcusdt@depth@100ms"));
    stage.join(50).await;
    assert_eq!(stage.last_id(), Some(52));
    assert_eq!(stage.losses(), [(Route::Public, Loss::Cut)]);
    assert_eq!(stage.server.connections(MARKET), 1, "the other socket is left alone");
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_silent_socket_is_replaced_although_it_lives() {
    let mut stage = Stage::live(rules()).await;
    stage.server.say(MARKET, mark());
    stage.until_told("mark", |event| matches!(event.body, MarketBody::Mark(_))).await;
    tokio::time::advance(Duration::from_secs(9)).await;
    stage.until_state(BookState::Stale(StaleReason::Feed)).await;
    stage.server.hears(PUBLIC, 2, 1).await;
    stage.server.hears(MARKET, 2, 1).await;
    let losses: BTreeSet<(Route, String)> =
        stage.losses().into_iter().map(|(route, loss)| (route, format!("{loss:?}"))).collect();
    let silence = "DataSilence".to_owned();
    assert_eq!(losses, BTreeSet::from([(Route::Public, silence.clone()), (Route::Market, silence)]));
    stage.join(50).await;
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn sockets_are_renewed_before_the_exchange_ends_them() {
    let mut stage = Stage::live(FeedRules { lifetime: 4 * SECOND, ..rules() }).await;
    tokio::time::advance(4 * SECOND).await;
    stage.until_state(BookState::Stale(StaleReason::Feed)).await;
    stage.server.hears(PUBLIC, 2, 1).await;
    assert!(stage.losses().iter().all(|(_, loss)| *loss == Loss::Planned), "{:?}", stage.losses());
    stage.join(50).await;
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_that_is_too_old_or_fails_is_asked_for_again() {
    /// Seconds before each question after the first.
    const LEAST: [u64; 6] = [1, 1, 1, 2, 4, 8];
    let mut stage = Stage::open(rules()).await;
    stage.feed.subscribe(instrument("BTCUSDT"), all()).unwrap();
    stage.server.hears(PUBLIC, 1, 1).await;
    stage.server.say(PUBLIC, depth(100, 102, 99));
    let refused = || BrokerError::Refused { code: "-1121".into(), text: "Invalid symbol.".into() };
    let throttled = BrokerError::Throttled { retry_after: 7 * SECOND };
    let replies = [
        Ok(whole(50)),
        Ok("{\"lastUpdateId\":".into()),
        Ok(whole(101).replace("100.0", "-1")),
        Err(refused()),
        Err(refused()),
        Err(throttled),
    ];
    for (number, reply) in replies.into_iter().enumerate() {
        stage.asked(number + 1).await;
        stage.books.answer(reply);
        until("the reply", || stage.books.asked().len() == number + 1).await;
        stage.server.say(PUBLIC, wrap("btcusdt@depth5@500ms", "{\"e\":\"depthUpdate\"}"));
        tokio::time::advance(Duration::from_millis(10)).await;
        // The whole wait passes, but not so much at once that the socket seems silent.
        for _ in 0..LEAST[number] * 4 {
            tokio::time::advance(Duration::from_millis(250)).await;
            stage.server.say(PUBLIC, wrap("btcusdt@depth5@500ms", "{\"e\":\"depthUpdate\"}"));
            stage.server.say(MARKET, mark());
            for _ in 0..500 {
                tokio::task::yield_now().await;
            }
        }
    }
    stage.asked(7).await;
    stage.books.answer(Ok(whole(101)));
    stage.until_state(BookState::Live).await;
    let waits: Vec<u64> = stage.books.asked().windows(2).map(|pair| (pair[1].1 - pair[0].1).as_secs()).collect();
    assert!(waits.iter().zip(LEAST).all(|(wait, least)| *wait >= least), "{waits:?}");
    let refusals = stage.notices.iter().filter(|notice| notice.contains("-1121")).count();
    assert_eq!(refusals, 1, "{:?}", stage.notices);
    let counters = stage.feed.counters();
    assert_eq!(counters.implausible, 1);
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_was_taken_and_stays_silent_is_told_to_people_once() {
    let mut stage = Stage::live(FeedRules { first_data: SECOND, data_silence: 600 * SECOND, ..rules() }).await;
    stage.server.say(MARKET, mark());
    stage.until_told("mark", |event| matches!(event.body, MarketBody::Mark(_))).await;
    tokio::time::advance(2 * SECOND).await;
    stage.until_notice("no data has come of 1 subscribed streams: btcusdt@ticker").await;
    tokio::time::advance(10 * SECOND).await;
    stage.server.say(MARKET, trade(1));
    stage.until_told("trade", |event| is_trade(event, 1)).await;
    assert_eq!(stage.notices.len(), 1, "{:?}", stage.notices);
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_subscription_is_told_without_what_could_harm_a_terminal() {
    let mut stage = Stage::live(rules()).await;
    stage.server.say(MARKET, r#"{"error":{"code":2,"msg":"Invalid request: \u001b[2Jinvalid stream"},"id":1}"#);
    stage.until_notice("2 Invalid request: invalid stream").await;
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn asking_again_brings_the_whole_book_once_more_and_ending_ends_it() {
    let mut stage = Stage::live(rules()).await;
    stage.feed.subscribe(instrument("BTCUSDT"), all()).unwrap();
    stage.until_state(BookState::Stale(StaleReason::Feed)).await;
    stage.join(60).await;
    assert_eq!(stage.last_id(), Some(62));
    stage.feed.resnapshot(instrument("BTCUSDT"));
    stage.until_state(BookState::Stale(StaleReason::Feed)).await;
    stage.join(70).await;
    assert_eq!(stage.server.heard(PUBLIC).len(), 1, "nothing is subscribed twice");
    stage.feed.unsubscribe(instrument("BTCUSDT"));
    stage.server.hears(PUBLIC, 1, 2).await;
    stage.server.hears(MARKET, 1, 2).await;
    assert!(stage.server.heard(PUBLIC)[1].contains("UNSUBSCRIBE"));
    let before = stage.told.len();
    stage.server.say(MARKET, trade(9));
    until("the frame", || stage.feed.counters().messages > 0).await;
    stage.feed.subscribe(instrument("ETHUSDT"), BTreeSet::from([Channel::Mark])).unwrap();
    stage.server.hears(MARKET, 1, 3).await;
    stage.look();
    assert_eq!(stage.told.len(), before);
    assert!(stage.server.heard(MARKET)[2].contains("\"ethusdt@markPrice@1s\",\"!contractInfo\""));
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_desk_that_stands_still_gets_true_books_when_it_comes_back() {
    let mut stage = Stage::live(rules()).await;
    let at = UtcTime::EPOCH;
    let filler =
        MarketEvent { instrument: instrument("ETHUSDT"), venue_time: at, received_at: at, body: MarketBody::Stale };
    let mut many = vec![filler; 65_536];
    stage.outlet.tell_market(&mut many).unwrap();
    let dropped = stage.outlet.dropped();
    for frame in [depth(13, 15, 12), depth(16, 18, 15)] {
        stage.server.say(PUBLIC, frame);
    }
    until("the overflow", || stage.outlet.dropped() > dropped).await;
    // The desk comes back: its book is stale before anything new is told, and then whole again.
    assert_eq!(stage.book(), BookState::Live);
    stage.server.say(PUBLIC, depth(19, 21, 18));
    stage.until_state(BookState::Stale(StaleReason::Feed)).await;
    stage.asked(2).await;
    stage.books.answer(Ok(whole(20)));
    stage.until_state(BookState::Live).await;
    assert_eq!(stage.last_id(), Some(21));
    assert!(stage.feed.counters().drops >= 1);
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn many_books_are_asked_for_one_after_the_other() {
    let gap = Duration::from_millis(150);
    let stage = Stage::open(FeedRules { snapshot_gap: gap, ..rules() }).await;
    let names: Vec<String> = (0..12).map(|number| format!("A{number}USDT")).collect();
    for name in &names {
        stage.feed.subscribe(instrument(name), BTreeSet::from([Channel::Book])).unwrap();
    }
    stage.server.hears(PUBLIC, 1, 1).await;
    for name in &names {
        stage.server.say(PUBLIC, depth_of(name, 9, 12, 8));
    }
    stage.asked(names.len()).await;
    let asked = stage.books.asked();
    assert!(asked.windows(2).all(|pair| pair[1].1 - pair[0].1 >= gap), "{asked:?}");
    let wanted: BTreeSet<_> = names.iter().map(|name| symbol(name)).collect();
    assert_eq!(asked.into_iter().map(|(symbol, _)| symbol).collect::<BTreeSet<_>>(), wanted);
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn more_instruments_than_two_connections_carry_are_refused() {
    let stage = Stage::open(rules()).await;
    for number in 0..hoga::broker::binance::feed::instruments_max(hoga::config::BinanceMarket::Futures) {
        stage.feed.subscribe(instrument(&format!("A{number}")), all()).unwrap();
    }
    assert!(matches!(stage.feed.subscribe(instrument("ONEMORE"), all()), Err(BrokerError::Unsupported(_))));
    assert!(stage.feed.subscribe(instrument("A1"), all()).is_ok());
    stage.feed.close().await;
}
