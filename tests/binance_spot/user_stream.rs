//! The subscription to the account's events.

use std::sync::{Arc, Mutex};

use hoga::broker::binance::spot::user_stream::{Signs, UserStream, payload, subscribe};
use hoga::broker::binance::spot::wire::user::{self, UserFrame};
use hoga::broker::net::websocket::{Meaning, Next, Protocol};
use serde_json::{Value, json};

use crate::samples::{part, sample};

struct Key;

impl Signs for Key {
    fn key(&self) -> &str {
        "the-key"
    }

    fn sign(&self, payload: &str) -> String {
        format!("signed+{payload}")
    }

    fn server_ms(&self) -> i64 {
        1_747_385_641_636
    }

    fn recv_window_ms(&self) -> u64 {
        5_000
    }
}

fn stream() -> (UserStream<Key>, Arc<Mutex<Vec<String>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let refusals = Arc::clone(&told);
    let take = Box::new(move |text| refusals.lock().unwrap().push(text));
    (UserStream::new("wss://ws-api.example/ws-api/v3".to_owned(), Key, take), told)
}

fn next(meaning: Meaning) -> (Next, Vec<String>) {
    let Meaning::Control(reaction) = meaning else { panic!("{meaning:?}") };
    assert!(!reaction.deliver);
    (reaction.next, reaction.send)
}

fn id_of(message: &str) -> String {
    serde_json::from_str::<Value>(message).unwrap()["id"].as_str().unwrap().to_owned()
}

fn reply(id: &str, body: Value) -> Vec<u8> {
    let mut value = json!({"id": id});
    value.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
    value.to_string().into_bytes()
}

#[test]
fn what_is_signed_is_sorted_by_name_and_not_encoded() {
    let vectors: Value = json!([
        ("timestamp", "1645423376532"),
        ("symbol", "BTCUSDT"),
        ("side", "SELL"),
        ("type", "LIMIT"),
        ("timeInForce", "GTC"),
        ("quantity", "0.01000000"),
        ("price", "52000.00"),
        ("recvWindow", "100"),
        ("apiKey", "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"),
        ("signature", "left out"),
    ]);
    let pairs: Vec<(&str, &str)> =
        vectors.as_array().unwrap().iter().map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap())).collect();
    assert_eq!(
        payload(&pairs),
        "apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A&price=52000.00&quantity=0.01000000&\
         recvWindow=100&side=SELL&symbol=BTCUSDT&timeInForce=GTC&timestamp=1645423376532&type=LIMIT"
    );
    assert_eq!(payload(&[("symbol", "１２３４５６")]), "symbol=１２３４５６");
}

#[test]
fn the_request_has_the_published_shape() {
    let message: Value = serde_json::from_str(&subscribe("subscribe-1", &Key)).unwrap();
    let published: Value = serde_json::from_slice(&part("wsapi_s_subscribe_signature.json", "/request")).unwrap();
    assert_eq!(message["method"], published["method"]);
    let parameters = message["params"].as_object().unwrap();
    for name in published["params"].as_object().unwrap().keys() {
        assert!(parameters.contains_key(name), "{name}");
    }
    assert_eq!(parameters["timestamp"], json!(1_747_385_641_636_i64));
    assert_eq!(parameters["signature"], "signed+apiKey=the-key&recvWindow=5000&timestamp=1747385641636");
}

#[test]
fn the_published_replies_are_read() {
    let UserFrame::Reply(taken) = user::decode(&part("wsapi_s_subscribe_signature.json", "/reply")).unwrap() else {
        panic!()
    };
    assert_eq!((taken.status, taken.subscription, taken.error), (200, Some(0), None), "0 is a subscription");
    let UserFrame::Reply(refused) = user::decode(&sample("wsapi_s_error.json")).unwrap() else { panic!() };
    let error = refused.error.unwrap();
    assert_eq!((refused.status, error.code), (400, -2010));
    assert_eq!(error.msg, "Account has insufficient balance for requested action.");
    let used: Vec<_> = refused.rate_limits.iter().map(|row| (row.limit, row.count)).collect();
    assert_eq!(used, [(50, Some(13)), (6_000, Some(322))]);
}

#[test]
fn events_flow_once_the_subscription_is_taken() {
    let (mut stream, told) = stream();
    let opened = stream.on_open();
    assert_eq!(opened.next, Next::Stay, "an open socket is not a subscription");
    let id = id_of(&opened.send[0]);
    // Events may come before the reply, and replies to nobody are nobody's.
    assert_eq!(stream.classify(&sample("ws_s_user_execution_report.json")), Meaning::Data);
    let (stay, _) = next(stream.classify(&reply("another", json!({"status": 200, "result": {"subscriptionId": 3}}))));
    assert_eq!(stay, Next::Stay);
    let (ready, _) = next(stream.classify(&reply(&id, json!({"status": 200, "result": {"subscriptionId": 0}}))));
    assert_eq!(ready, Next::Ready);
    for name in ["ws_s_user_account_position.json", "ws_s_user_balance_update.json", "ws_s_user_list_status.json"] {
        assert_eq!(stream.classify(&sample(name)), Meaning::Data, "{name}");
    }
    assert!(told.lock().unwrap().is_empty());
}

/// The end of a subscription leaves a hole like a lost connection: everything is asked for again afterwards.
#[test]
fn a_subscription_that_ends_is_made_anew() {
    let (mut stream, _) = stream();
    stream.on_open();
    assert_eq!(next(stream.classify(&sample("ws_s_user_terminated.json"))).0, Next::Reconnect);
    for envelope in ["raw", "ws_api"] {
        let frame = part("ws_s_server_shutdown.json", &format!("/{envelope}"));
        assert_eq!(next(stream.classify(&frame)).0, Next::Reconnect, "{envelope}");
    }
    assert_eq!(stream.classify(b"<html>"), Meaning::Unreadable);
    assert_eq!(stream.classify(b"{}"), Meaning::Unreadable);
}

#[test]
fn refusals_are_told_and_decide_when_to_try_again() {
    for (code, expected) in [
        (-2035, Next::Ready),
        (-1034, Next::ReconnectAfter(std::time::Duration::from_secs(60))),
        (-2015, Next::ReconnectAfter(std::time::Duration::from_secs(300))),
        (-1022, Next::Reconnect),
    ] {
        let (mut stream, told) = stream();
        let id = id_of(&stream.on_open().send[0]);
        let refusal = json!({"status": 400, "error": {"code": code, "msg": "no\u{1b}[2J way"}});
        assert_eq!(next(stream.classify(&reply(&id, refusal))).0, expected, "{code}");
        assert_eq!(*told.lock().unwrap(), [format!("{code} no way")]);
    }
}

/// Refused for its time stamp it was never looked at: it is signed again, once.
#[test]
fn a_late_subscription_is_asked_for_once_more() {
    let (mut stream, told) = stream();
    let id = id_of(&stream.on_open().send[0]);
    let late = json!({"status": 400, "error": {"code": -1021, "msg": "Timestamp for this request is outside of the recvWindow."}});
    let (stay, again) = next(stream.classify(&reply(&id, late.clone())));
    assert_eq!(stay, Next::Stay);
    let second = id_of(&again[0]);
    assert_ne!(second, id);
    assert_eq!(next(stream.classify(&reply(&second, late))).0, Next::Reconnect);
    assert_eq!(told.lock().unwrap().len(), 1);
}
