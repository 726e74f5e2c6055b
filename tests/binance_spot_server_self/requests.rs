//! The WebSocket API: subscriptions to the account's events.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::pkcs8::DecodePrivateKey;
use ed25519_dalek::{Signer, SigningKey};
use rust_decimal::dec;
use serde_json::{Value, json};

use crate::binance_spot_server::{
    Fault, KEY, KEY_ED25519, Options, Route, SpotServer, StreamFault, ed25519_pem, signature,
};
use crate::caller::{Caller, Feed};

/// The request that subscribes, signed by a function.
fn subscribe(server: &SpotServer, key: &str, sign: impl Fn(&str) -> String) -> String {
    let now = server.now();
    let signature = sign(&format!("apiKey={key}&recvWindow=5000&timestamp={now}"));
    json!({"id": "s1", "method": "userDataStream.subscribe.signature",
           "params": {"apiKey": key, "recvWindow": 5000, "timestamp": now, "signature": signature}})
    .to_string()
}

/// A connection that gets the account's events.
pub async fn account_stream(caller: &Caller<'_>) -> Feed {
    let mut feed = caller.stream("/ws-api/v3").await;
    feed.say(&subscribe(caller.server, KEY, signature)).await;
    let reply = feed.next().await;
    assert_eq!((reply["id"].as_str(), reply["status"].as_u64()), (Some("s1"), Some(200)), "{reply}");
    assert_eq!(reply["result"], json!({"subscriptionId": 0}));
    feed
}

/// The next event of the account of a type.
pub async fn account_event(feed: &mut Feed, kind: &str) -> Value {
    loop {
        let mut frame = feed.next().await;
        if frame["event"]["e"] == kind {
            return frame["event"].take();
        }
    }
}

#[tokio::test]
async fn a_subscription_is_signed_and_one_by_connection() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    let mut feed = account_stream(&caller).await;
    feed.say(&subscribe(&server, KEY, signature)).await;
    assert_eq!(feed.next().await["error"]["code"], -2035);
    feed.say(r#"{"id":7,"method":"session.subscriptions"}"#).await;
    assert_eq!(feed.next().await["result"], json!([{"subscriptionId": 0}]));
    feed.say(r#"{"id":8,"method":"userDataStream.unsubscribe","params":{"subscriptionId":0}}"#).await;
    assert_eq!(feed.next().await["status"], 200);
    feed.say(r#"{"id":9,"method":"userDataStream.unsubscribe"}"#).await;
    assert_eq!(feed.next().await["error"]["code"], -2036);
    assert_eq!(server.account_streams(), 0);
    let wrong = subscribe(&server, KEY, |_| "00".to_owned());
    let mut feed = caller.stream("/ws-api/v3").await;
    feed.say(&wrong).await;
    assert_eq!(feed.next().await["error"]["code"], -1022);
    let seen = server.requests_to("WS", "userDataStream.subscribe.signature");
    assert_eq!(seen.iter().map(|seen| seen.code).collect::<Vec<_>>(), [None, Some(-2035), Some(-1022)]);
    assert!(seen.iter().all(|seen| seen.param("signature").is_none()));
}

#[tokio::test]
async fn an_ed25519_key_subscribes_with_base64_as_it_is() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    let key = SigningKey::from_pkcs8_pem(&ed25519_pem()).unwrap();
    let mut feed = caller.stream("/ws-api/v3").await;
    let sign = |payload: &str| STANDARD.encode(key.sign(payload.as_bytes()).to_bytes());
    feed.say(&subscribe(&server, KEY_ED25519, sign)).await;
    assert_eq!(feed.next().await["status"], 200);
}

#[tokio::test]
async fn a_clock_that_is_off_and_faults_are_told() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    let mut feed = caller.stream("/ws-api/v3").await;
    let early = subscribe(&server, KEY, signature);
    server.set_clock(60_000);
    feed.say(&early).await;
    assert_eq!(feed.next().await["error"]["code"], -1021);
    server.fault("WS", "subscribe.signature", 1, Fault::Refuse { status: 400, code: -1034, message: "many".into() });
    feed.say(&subscribe(&server, KEY, signature)).await;
    assert_eq!(feed.next().await["error"]["code"], -1034);
    server.fault("WS", "subscribe.signature", 1, Fault::TooMany { seconds: 60 });
    feed.say(&subscribe(&server, KEY, signature)).await;
    assert_eq!(feed.next().await["status"], 429);
    server.change(|state| state.limits.forgive());
    server.fault("WS", "subscribe.signature", 1, Fault::LostReply);
    feed.say(&subscribe(&server, KEY, signature)).await;
    server.deposit("USDT", dec!(1));
    server.until("subscribed", |state| state.hub.count_accounts() == 1).await;
    server.deposit("USDT", dec!(2));
    assert!(account_event(&mut feed, "balanceUpdate").await["d"].is_string());
}

#[tokio::test]
async fn a_subscription_ends_with_its_event_and_a_server_says_that_it_goes() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    let mut feed = account_stream(&caller).await;
    server.end_account_stream();
    assert_eq!(feed.next().await["event"]["e"], "eventStreamTerminated");
    server.deposit("USDT", dec!(1));
    feed.say(&subscribe(&server, KEY, signature)).await;
    assert_eq!(feed.next().await["result"]["subscriptionId"], 1);
    let mut market = caller.stream("/stream?streams=btcusdt@aggTrade").await;
    let mut bare = caller.stream("/ws/btcusdt@aggTrade").await;
    server.until("open", |state| state.hub.count(Route::Market) == 2).await;
    server.announce_shutdown();
    assert_eq!(feed.next().await["event"]["e"], "serverShutdown");
    assert_eq!(bare.next().await["e"], "serverShutdown");
    let wrapped = market.next().await;
    assert_eq!(
        (wrapped["stream"].as_str(), wrapped["data"]["e"].as_str()),
        (Some("!serverShutdown"), Some("serverShutdown"))
    );
    server.strike(Route::Requests, StreamFault::Cut);
    assert_eq!(feed.text().await, None);
}
