//! Streams: control messages, the book's chain, and what goes wrong.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use crate::binance_spot_server::{FrameFault, Options, Route, SpotServer, StreamFault};
use crate::caller::Caller;

#[tokio::test]
async fn streams_are_bare_or_wrapped_and_changed_on_the_way() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    let mut bare = caller.stream("/ws").await;
    bare.say(r#"{"method":"SUBSCRIBE","params":["btcusdt@aggTrade","btcusdt@bookTicker"],"id":"one"}"#).await;
    assert_eq!(bare.next().await, json!({"result": null, "id": "one"}));
    let mut wrapped = caller.stream("/stream?streams=btcusdt@bookTicker/ethusdt@aggTrade").await;
    server.set_top("BTCUSDT", dec!(60010), dec!(60010.01));
    let best = bare.next().await;
    assert!(best.get("e").is_none() && best["b"] == "60010.00000000", "{best}");
    let frame = wrapped.next().await;
    assert_eq!((frame["stream"].as_str(), &frame["data"]), (Some("btcusdt@bookTicker"), &best));
    server.trade("ETHUSDT", dec!(3000), dec!(0.5));
    assert_eq!(wrapped.next().await["data"]["q"], "0.50000000");
    bare.say(r#"{"method":"UNSUBSCRIBE","params":["btcusdt@bookTicker"],"id":2}"#).await;
    assert_eq!(bare.next().await["id"], 2);
    bare.say(r#"{"method":"LIST_SUBSCRIPTIONS","id":3}"#).await;
    assert_eq!(bare.next().await["result"], json!(["btcusdt@aggTrade"]));
    bare.say(r#"{"method":"SUBSCRIBE","params":[],"id":[1]}"#).await;
    assert_eq!(bare.next().await["code"], 2);
}

fn levels(rows: &Value) -> Vec<(Decimal, Decimal)> {
    let number = |value: &Value| value.as_str().unwrap().parse().unwrap();
    rows.as_array().unwrap().iter().map(|row| (number(&row[0]), number(&row[1]))).collect()
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
            for (price, quantity) in levels(&event[name]) {
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
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    server.drift(3);
    let mut feed = caller.stream("/ws/btcusdt@depth@100ms").await;
    let mut waiting = vec![feed.event("depthUpdate").await];
    let snapshot = caller.open("/api/v3/depth?symbol=BTCUSDT&limit=5000").await;
    let mut kept = Kept { last: snapshot["lastUpdateId"].as_u64().unwrap(), ..Kept::default() };
    kept.apply(&snapshot, ["bids", "asks"]);
    assert!(kept.last + 1 >= waiting[0]["U"].as_u64().unwrap());
    let mut applied = 0;
    while applied < 10 {
        let event = if waiting.is_empty() { feed.event("depthUpdate").await } else { waiting.remove(0) };
        assert!(event.get("pu").is_none());
        let (first, last) = (event["U"].as_u64().unwrap(), event["u"].as_u64().unwrap());
        if last <= kept.last {
            continue;
        }
        match applied {
            0 => assert!(first <= kept.last + 1, "{event}"),
            _ => assert_eq!(first, kept.last + 1, "{event}"),
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
    truth.apply(&caller.open("/api/v3/depth?symbol=BTCUSDT&limit=5000").await, ["bids", "asks"]);
    assert_eq!(kept.levels, truth.levels);
}

#[tokio::test]
async fn frames_are_lost_doubled_and_turned_and_connections_cut() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    let mut feed = caller.stream("/ws/btcusdt@aggTrade").await;
    let mut ids = async |fault: FrameFault, trades: usize, frames: usize| {
        server.plan(Route::Market, "aggTrade", 1, fault);
        let first = server.change(|state| state.exchange.markets["BTCUSDT"].newest_id());
        (0..trades).for_each(|_| server.trade("BTCUSDT", dec!(60000), dec!(0.01)));
        let mut ids = Vec::new();
        for _ in 0..frames {
            ids.push(feed.event("aggTrade").await["a"].as_i64().unwrap() - first);
        }
        ids
    };
    assert_eq!(ids(FrameFault::Lose, 3, 2).await, [2, 3]);
    assert_eq!(ids(FrameFault::Duplicate, 2, 3).await, [1, 1, 2]);
    assert_eq!(ids(FrameFault::Swap, 3, 3).await, [2, 1, 3]);
    for fault in [StreamFault::Cut, StreamFault::Close(1001), StreamFault::HalfFrame] {
        let mut feed = caller.stream("/ws/btcusdt@aggTrade").await;
        server.until("open", |state| state.hub.count(Route::Market) >= 1).await;
        server.strike(Route::Market, fault);
        assert_eq!(feed.text().await, None);
    }
}

#[tokio::test]
async fn the_past_does_not_change_and_joins_the_present() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    server.trade("BTCUSDT", dec!(60001), dec!(0.5));
    let bars = caller.open("/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=50").await;
    assert_eq!(bars.as_array().unwrap().len(), 50);
    let past = format!("/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=10&startTime={}", bars[20][0]);
    assert_eq!(caller.open(&past).await.as_array().unwrap()[..], bars.as_array().unwrap()[20..30]);
    let trades = caller.open("/api/v3/aggTrades?symbol=BTCUSDT&limit=5").await;
    assert_eq!(trades[4]["p"], "60001.00000000");
    let from = format!("/api/v3/aggTrades?symbol=BTCUSDT&fromId={}&limit=3", trades[1]["a"]);
    assert_eq!(caller.open(&from).await.as_array().unwrap()[..], trades.as_array().unwrap()[1..4]);
}
