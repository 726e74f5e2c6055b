//! Streams: routes, control messages, the book's chain, and what goes wrong.

use std::collections::BTreeMap;
use std::time::Duration;

use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use crate::binance_server::{FrameFault, Options, Route, Server, StreamFault};
use crate::caller::Caller;

#[tokio::test]
async fn a_stream_on_the_wrong_route_is_acknowledged_and_silent() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    for path in ["/public/ws", "/ws", "/market/ws"] {
        let mut feed = caller.stream(path).await;
        feed.say(r#"{"method":"SUBSCRIBE","params":["btcusdt@aggTrade"],"id":1}"#).await;
        assert_eq!(feed.next().await, json!({"result": null, "id": 1}));
        feed.say(r#"{"method":"LIST_SUBSCRIPTIONS","id":2}"#).await;
        assert_eq!(feed.next().await, json!({"result": ["btcusdt@aggTrade"], "id": 2}));
        server.trade("BTCUSDT", dec!(60000), dec!(1));
        feed.say(r#"{"method":"UNSUBSCRIBE","params":["btcusdt@aggTrade"],"id":3}"#).await;
        let next = feed.next().await;
        assert_eq!(next["e"] == "aggTrade", path == "/market/ws", "{path}: {next}");
    }
    let mut feed = caller.stream("/market/ws").await;
    feed.say("nonsense").await;
    assert_eq!(feed.next().await["code"], 3);
    feed.say(r#"{"method":"SUBSCRIBE","params":[],"id":"x"}"#).await;
    assert_eq!(feed.next().await["code"], 2);
}

#[tokio::test]
async fn a_user_stream_needs_its_events_and_a_key_that_lives() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    let mut user = caller.user_stream().await;
    let key = server.change(|state| state.exchange.listen_key.clone()).unwrap().key;
    let mut bare = caller.stream(&format!("/private/ws?listenKey={key}")).await;
    let mut some = caller.stream(&format!("/private/ws?listenKey={key}&events=ACCOUNT_UPDATE")).await;
    let mut wrong = caller.stream("/private/ws?listenKey=wrong&events=ACCOUNT_UPDATE").await;
    server.transfer("USDT", dec!(5));
    assert_eq!(user.next().await["a"]["m"], "DEPOSIT");
    assert_eq!(some.next().await["a"]["m"], "DEPOSIT");
    server.strike(Route::Private, StreamFault::Close(1000));
    assert_eq!(bare.text().await, None);
    assert_eq!(wrong.text().await, None);
}

/// A book kept as the documents say.
#[derive(Default)]
struct Kept {
    levels: BTreeMap<(bool, Decimal), Decimal>,
    last: u64,
}

impl Kept {
    fn apply(&mut self, event: &Value, names: [&str; 2]) {
        for (name, is_bid) in names.into_iter().zip([true, false]) {
            for row in event[name].as_array().unwrap() {
                let (price, quantity): (Decimal, Decimal) =
                    (row[0].as_str().unwrap().parse().unwrap(), row[1].as_str().unwrap().parse().unwrap());
                match quantity.is_zero() {
                    true => self.levels.remove(&(is_bid, price)),
                    false => self.levels.insert((is_bid, price), quantity),
                };
            }
        }
    }
}

#[tokio::test]
async fn a_book_kept_from_snapshot_and_stream_is_the_books() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    server.drift(3);
    let mut feed = caller.stream("/public/ws/btcusdt@depth@100ms").await;
    let mut waiting = vec![feed.event("depthUpdate").await];
    let snapshot = caller.open("/fapi/v1/depth?symbol=BTCUSDT&limit=1000").await;
    let id = snapshot["lastUpdateId"].as_u64().unwrap();
    let mut kept = Kept::default();
    kept.apply(&snapshot, ["bids", "asks"]);
    let mut applied = 0;
    while applied < 10 {
        let event = if waiting.is_empty() { feed.event("depthUpdate").await } else { waiting.remove(0) };
        let (first, last) = (event["U"].as_u64().unwrap(), event["u"].as_u64().unwrap());
        if last < id {
            continue;
        }
        match applied {
            0 => assert!(first <= id || event["pu"] == id, "{event}"),
            _ => assert_eq!(event["pu"].as_u64().unwrap(), kept.last),
        }
        kept.apply(&event, ["b", "a"]);
        kept.last = last;
        applied += 1;
    }
    server.stop_drift();
    server.change(|state| state.breathes = false);
    let end = server.change(|state| state.exchange.markets["BTCUSDT"].book.last_id);
    while kept.last < end {
        let event = feed.event("depthUpdate").await;
        kept.apply(&event, ["b", "a"]);
        kept.last = event["u"].as_u64().unwrap();
    }
    let mut truth = Kept::default();
    truth.apply(&caller.open("/fapi/v1/depth?symbol=BTCUSDT&limit=1000").await, ["bids", "asks"]);
    assert_eq!(kept.levels, truth.levels);
}

#[tokio::test]
async fn frames_are_lost_doubled_turned_and_torn() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    let mut feed = caller.stream("/market/ws/btcusdt@aggTrade").await;
    let mut ids = async |fault: Option<FrameFault>, trades: usize, frames: usize| {
        if let Some(fault) = fault {
            server.plan(Route::Market, "aggTrade", 1, fault);
        }
        let first = server.change(|state| state.exchange.markets["BTCUSDT"].newest_id());
        (0..trades).for_each(|_| server.trade("BTCUSDT", dec!(60000), dec!(0.01)));
        let mut ids = Vec::new();
        for _ in 0..frames {
            ids.push(feed.event("aggTrade").await["a"].as_i64().unwrap() - first);
        }
        ids
    };
    assert_eq!(ids(None, 2, 2).await, [1, 2]);
    assert_eq!(ids(Some(FrameFault::Lose), 3, 2).await, [2, 3]);
    assert_eq!(ids(Some(FrameFault::Duplicate), 2, 3).await, [1, 1, 2]);
    assert_eq!(ids(Some(FrameFault::Swap), 3, 3).await, [2, 1, 3]);
    assert_eq!(ids(Some(FrameFault::Drip), 2, 2).await, [1, 2]);
    assert_eq!(ids(Some(FrameFault::Merge(3)), 3, 3).await, [1, 2, 3]);
    assert_eq!(ids(Some(FrameFault::Burst(10)), 1, 10).await, [1; 10]);
}

#[tokio::test]
async fn connections_are_cut_closed_and_poisoned() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    let ends = [
        StreamFault::Cut,
        StreamFault::Close(1001),
        StreamFault::HalfFrame,
        StreamFault::Raw(vec![0xff, 0x03, 0x00]),
        StreamFault::Text(vec![0xb0, 0xa1]),
    ];
    for fault in ends {
        let mut feed = caller.stream("/market/ws/btcusdt@aggTrade").await;
        server.until("open", |state| state.hub.count(Route::Market) == 1).await;
        server.strike(Route::Market, fault.clone());
        server.trade("BTCUSDT", dec!(60000), dec!(1));
        assert_eq!(feed.text().await.filter(|text| !text.contains("aggTrade")), None, "{fault:?}");
        drop(feed);
        server.until("closed", |state| state.hub.count(Route::Market) == 0).await;
    }
    let mut feed = caller.stream("/market/ws/btcusdt@aggTrade").await;
    server.until("open", |state| state.hub.count(Route::Market) == 1).await;
    server.strike(Route::Market, StreamFault::Text(b"{\"e\":\"\0\"}".to_vec()));
    assert_eq!(feed.text().await.unwrap(), "{\"e\":\"\0\"}");
}

#[tokio::test]
async fn silences_keep_the_connection() {
    let server = Server::start(Options { ping_every: Duration::from_millis(20), ..Options::default() });
    let caller = Caller::new(&server);
    for (fault, answers) in
        [(StreamFault::Stall, true), (StreamFault::HeartbeatsOnly, true), (StreamFault::HalfOpen, false)]
    {
        let mut feed = caller.stream("/market/ws/btcusdt@aggTrade").await;
        server.until("open", |state| state.hub.count(Route::Market) == 1).await;
        server.strike(Route::Market, fault.clone());
        server.trade("BTCUSDT", dec!(60000), dec!(1));
        feed.say(r#"{"method":"LIST_SUBSCRIPTIONS","id":9}"#).await;
        if answers {
            assert_eq!(feed.next().await["id"], 9, "{fault:?}");
        }
        assert_eq!(server.streams(Route::Market), 1);
        server.strike(Route::Market, StreamFault::Cut);
        drop(feed);
        server.until("closed", |state| state.hub.count(Route::Market) == 0).await;
    }
}

#[tokio::test]
async fn fills_while_the_user_stream_is_away_are_told_to_nobody() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    caller.order("symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=59000").await;
    let mut user = caller.user_stream().await;
    server.refuse_streams(Route::Private);
    assert_eq!(user.text().await, None);
    server.trade("BTCUSDT", dec!(58000), dec!(1));
    assert_eq!(server.position("BTCUSDT"), dec!(0.01));
    server.allow_streams(Route::Private);
    let mut user = caller.user_stream().await;
    server.transfer("USDT", dec!(1));
    assert_eq!(user.next().await["a"]["m"], "DEPOSIT");
}

#[tokio::test]
async fn a_listen_key_dies_and_the_socket_stays() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    let mut user = caller.user_stream().await;
    server.set_clock(3_600_001);
    assert_eq!(user.next().await["e"], "listenKeyExpired");
    let (status, body) = caller.signed("PUT", "/fapi/v1/listenKey", "").await;
    assert_eq!((status, body["code"].as_i64()), (400, Some(-1125)));
    server.transfer("USDT", dec!(1));
    assert_eq!(server.streams(Route::Private), 1);
    let mut again = caller.user_stream().await;
    server.transfer("USDT", dec!(2));
    assert_eq!(again.next().await["a"]["B"][0]["bc"], "2");
}
