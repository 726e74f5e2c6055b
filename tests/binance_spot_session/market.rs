//! Market data and history, with a key and without one, and a virtual world on it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hoga::broker::api::{Answer, Broker, BrokerEvent, BrokerRequest, Channel, RequestBody, RequestId};
use hoga::broker::binance;
use hoga::broker::net::system_wall_clock;
use hoga::broker::opening::Opening;
use hoga::config::World;
use hoga::market::candle::Interval;
use hoga::market::{InstrumentId, MarketBody, Side, Symbol, Venue};
use hoga::order::{OrderId, OrderKind, OrderState, PositionSide, TimeInForce};

use crate::binance_spot_server::{Options, Route, SpotServer};
use crate::stage::{BTC, Desk, Setup, dec, profile, units};

/// A broker of a virtual profile, opened as the desk opens one.
struct Virtual {
    broker: Box<dyn Broker>,
    seen: Vec<BrokerEvent>,
    last: u64,
    _folder: tempfile::TempDir,
}

impl Virtual {
    fn to(server: &SpotServer) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut profile = profile(server, &Setup::default());
        profile.world = World::Virtual;
        let opening = Opening {
            profile,
            journal: folder.path().join("journal"),
            data_dir: folder.path().to_owned(),
            wake: Arc::new(|| {}),
        };
        let broker = binance::open(&opening, system_wall_clock()()).unwrap();
        Self { broker, seen: Vec::new(), last: 0, _folder: folder }
    }

    fn ask(&mut self, body: RequestBody) -> RequestId {
        self.last += 1;
        let id = RequestId(self.last);
        self.broker.request(system_wall_clock()(), BrokerRequest { id, body });
        id
    }

    fn until<T>(&mut self, what: &str, find: impl Fn(&BrokerEvent) -> Option<T>) -> T {
        let deadline = Instant::now() + Duration::from_secs(60);
        let (pause, mut from) = (std::sync::mpsc::channel::<()>(), 0);
        loop {
            self.broker.poll(system_wall_clock()(), &mut self.seen);
            if let Some(found) = self.seen[from..].iter().find_map(&find) {
                return found;
            }
            from = self.seen.len();
            assert!(Instant::now() < deadline, "waited in vain: {what}");
            let _ = pause.1.recv_timeout(Duration::from_millis(5));
        }
    }

    fn answer(&mut self, id: RequestId) -> Answer {
        self.until("the answer", |event| match event {
            BrokerEvent::Answer { id: of, outcome } if *of == id => Some(outcome.clone().unwrap()),
            _ => None,
        })
    }

    fn up(&mut self) {
        self.until("it is up", |event| {
            matches!(event, BrokerEvent::Connection(hoga::broker::api::Connection::Up)).then_some(())
        });
    }
}

fn btc() -> InstrumentId {
    InstrumentId { venue: Venue::BinanceSpot, symbol: Symbol::new(BTC).unwrap() }
}

#[test]
fn the_past_is_told_without_a_key() {
    let server = SpotServer::start(Options::default());
    let mut desk = Virtual::to(&server);
    desk.up();
    let id = desk.ask(RequestBody::Instruments);
    let Answer::Instruments(listed) = desk.answer(id) else { panic!() };
    assert!(listed.iter().any(|instrument| instrument.id == btc()));
    let id =
        desk.ask(RequestBody::Candles { instrument: btc(), interval: Interval::Minute1, count: 1_200, until: None });
    let Answer::Candles(candles) = desk.answer(id) else { panic!() };
    assert_eq!(candles.len(), 1_200);
    assert!(candles.windows(2).all(|pair| pair[0].time < pair[1].time));
    let pages = server.requests_to("GET", "/klines");
    assert_eq!(pages.iter().map(|seen| seen.param("limit").unwrap()).collect::<Vec<_>>(), ["1000", "200"]);
    server.trade(BTC, dec("59990"), dec("0.5"));
    let id = desk.ask(RequestBody::RecentTrades(btc(), 10));
    let Answer::Trades(trades) = desk.answer(id) else { panic!() };
    assert_eq!(trades.last().unwrap().1.quantity, units("0.5"));
    assert!(server.requests().iter().all(|seen| seen.param("signature").is_none()), "nothing is signed");
}

#[test]
fn a_virtual_order_is_filled_against_the_real_market() {
    let server = SpotServer::start(Options::default());
    let mut desk = Virtual::to(&server);
    desk.up();
    let channels = BTreeSet::from([Channel::Trades, Channel::Book, Channel::Quote]);
    desk.ask(RequestBody::Subscribe(btc(), channels));
    desk.until("a book", |event| match event {
        BrokerEvent::Market(event) => matches!(event.body, MarketBody::Book(_)).then_some(()),
        _ => None,
    });
    let order_id = OrderId::from_uuid(uuid::Uuid::from_u128(7));
    desk.ask(RequestBody::Place(hoga::broker::api::PlaceOrder {
        order_id,
        instrument: btc(),
        side: Side::Buy,
        kind: OrderKind::Market,
        quantity: units("0.01"),
        time_in_force: TimeInForce::Gtc,
        reduce_only: false,
        position_side: PositionSide::Net,
        route: None,
    }));
    desk.until("it is filled", |event| match event {
        BrokerEvent::Fill(fill) => (fill.order_id == Some(order_id)).then_some(()),
        _ => None,
    });
    assert!(server.requests_to("POST", "/order").is_empty());
}

#[test]
fn a_book_is_whole_again_after_everything_that_befalls_its_stream() {
    let (server, mut desk) = Desk::connected();
    let live = |desk: &Desk| {
        let profile = desk.core.profile(0).unwrap();
        profile.markets.get(&btc()).unwrap().book.live().is_some()
    };
    server.old_snapshots(BTC, 2);
    server.strike(Route::Market, crate::binance_spot_server::StreamFault::Cut);
    desk.until("the book is stale", |desk| !live(desk));
    desk.until("and whole again", live);
    server.plan(Route::Market, "btcusdt@depth@100ms", 1, crate::binance_spot_server::FrameFault::Lose);
    desk.live(Duration::from_millis(600));
    desk.until("whole after a gap", live);
    server.set_top(BTC, dec("61000.00"), dec("61000.01"));
    desk.until("and right", |desk| {
        let profile = desk.core.profile(0).unwrap();
        let book = profile.markets.get(&btc()).unwrap().book.live();
        book.is_some_and(|book| book.best_bid().is_some_and(|level| level.price.value() == dec("61000")))
    });
    let id = desk.submit(crate::stage::market(Side::Buy, "0.01"));
    desk.until_state(id, OrderState::Filled);
    desk.agrees_with(&server);
}
