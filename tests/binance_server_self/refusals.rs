//! What is refused, with the exchange's own codes.

use rust_decimal::dec;

use crate::binance_server::{KEY, KEY_READ_ONLY, Options, SECRET, Server, ed25519_pem, signature};
use crate::caller::Caller;

const ORDER: &str = "/fapi/v1/order";

#[tokio::test]
async fn orders_that_break_a_rule() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    let limit = "side=BUY&type=LIMIT&timeInForce=GTC";
    caller.order(&format!("symbol=BTCUSDT&{limit}&quantity=0.010&price=59000&newClientOrderId=open")).await;
    let cases = [
        (-1121, "symbol=NOPE&side=BUY&type=MARKET&quantity=1".to_owned()),
        (-4141, format!("symbol=LUNAUSDT&{limit}&quantity=10&price=1")),
        (-1102, format!("symbol=BTCUSDT&{limit}&price=59000")),
        (-1102, "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.010&price=59000".to_owned()),
        (-1111, format!("symbol=BTCUSDT&{limit}&quantity=0.0105&price=59000")),
        (-1111, format!("symbol=BTCUSDT&{limit}&quantity=0.010&price=59000.005")),
        (-4014, format!("symbol=BTCUSDT&{limit}&quantity=0.010&price=59000.05")),
        (-1111, format!("symbol=1000SHIBUSDT&{limit}&quantity=0.5&price=0.012")),
        (-4005, format!("symbol=BTCUSDT&{limit}&quantity=1001&price=59000")),
        (-4005, "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=121".to_owned()),
        (-4003, format!("symbol=BTCUSDT&{limit}&quantity=0&price=59000")),
        (-4164, format!("symbol=BTCUSDT&{limit}&quantity=0.001&price=49000")),
        (-4016, format!("symbol=BTCUSDT&{limit}&quantity=0.010&price=70000")),
        (-1100, format!("symbol=BTCUSDT&{limit}&quantity=1e-2&price=59000")),
        (-1106, "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01&timeInForce=GTC".to_owned()),
        (-1116, "symbol=BTCUSDT&side=BUY&type=OTHER&quantity=0.01".to_owned()),
        (-1117, "symbol=BTCUSDT&side=HOLD&type=MARKET&quantity=0.01".to_owned()),
        (-1115, "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=DAY&quantity=0.010&price=59000".to_owned()),
        (-4015, format!("symbol=BTCUSDT&{limit}&quantity=0.010&price=59000&newClientOrderId={}", "x".repeat(37))),
        (-4116, format!("symbol=BTCUSDT&{limit}&quantity=0.010&price=59000&newClientOrderId=open")),
        (-4120, "symbol=BTCUSDT&side=SELL&type=STOP_MARKET&quantity=0.01&stopPrice=59000".to_owned()),
        (-4061, format!("symbol=BTCUSDT&{limit}&quantity=0.010&price=59000&positionSide=LONG")),
        (-2022, "symbol=BTCUSDT&side=SELL&type=MARKET&quantity=0.01&reduceOnly=true".to_owned()),
        (-2019, format!("symbol=BTCUSDT&{limit}&quantity=10&price=59000")),
        (-5022, "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTX&quantity=0.010&price=60001".to_owned()),
        (-5021, "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=FOK&quantity=0.010&price=59000".to_owned()),
    ];
    for (code, query) in cases {
        assert_eq!(caller.code("POST", ORDER, &query).await, code, "{query}");
    }
    assert_eq!(server.orders().len(), 1);
}

#[tokio::test]
async fn changes_and_cancels_that_do_not_fit() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    let open = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.010&price=59000&newClientOrderId=o";
    caller.order(open).await;
    let change = |rest: &str| format!("symbol=BTCUSDT&side=BUY&{rest}");
    for (code, method, query) in [
        (-5027, "PUT", change("quantity=0.010&price=59000&origClientOrderId=o")),
        (-4014, "PUT", change("quantity=0.010&price=59000.05&origClientOrderId=o")),
        (-1102, "PUT", change("quantity=0.010&origClientOrderId=o")),
        (-2013, "PUT", change("quantity=0.010&price=59001&origClientOrderId=other")),
        (-2013, "GET", "symbol=BTCUSDT&origClientOrderId=other".to_owned()),
        (-2011, "DELETE", "symbol=BTCUSDT&orderId=1".to_owned()),
        (-1102, "DELETE", "symbol=BTCUSDT".to_owned()),
    ] {
        assert_eq!(caller.code(method, ORDER, &query).await, code, "{method} {query}");
    }
    caller.done("DELETE", ORDER, "symbol=BTCUSDT&origClientOrderId=o").await;
    assert_eq!(caller.code("DELETE", ORDER, "symbol=BTCUSDT&origClientOrderId=o").await, -2011);
    // The id is free again, as on the exchange: only open orders hold theirs.
    caller.order(open).await;
}

#[tokio::test]
async fn keys_signatures_and_time_stamps() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    let code = async |target: String, key: &'static str| {
        let answer = caller.raw("GET", &target, key).await.unwrap();
        let status = answer.status().as_u16();
        let body: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        (status, body["code"].as_i64())
    };
    let balance = "/fapi/v3/balance";
    let good = caller.target(balance, "");
    assert_eq!(code(good.clone(), "short").await, (401, Some(-2014)));
    assert_eq!(code(good.clone(), SECRET).await, (401, Some(-2015)));
    assert_eq!(code(good.replace("signature=", "signature=00"), KEY).await, (400, Some(-1022)));
    assert_eq!(code(format!("{good}&more=1"), KEY).await, (400, Some(-1022)));
    assert_eq!(code(balance.to_owned(), KEY).await, (400, Some(-1102)));
    let read_only = caller.raw("GET", &good, KEY_READ_ONLY).await.unwrap();
    assert_eq!(read_only.status().as_u16(), 200);
    let order = caller.target(ORDER, "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01");
    let refused = caller.raw("POST", &order, KEY_READ_ONLY).await.unwrap();
    assert_eq!(refused.status().as_u16(), 401);
    for (offset, text) in [(-6_000, "outside of the recvWindow"), (2_000, "1000ms ahead")] {
        let payload = format!("timestamp={}", server.now() + offset);
        let target = format!("{balance}?{payload}&signature={}", signature(&payload));
        let body = caller.raw("GET", &target, KEY).await.unwrap().text().await.unwrap();
        assert!(body.contains("-1021") && body.contains(text), "{body}");
    }
    let late = server.now();
    server.set_clock(30_000);
    let payload = format!("timestamp={late}");
    assert_eq!(code(format!("{balance}?{payload}&signature={}", signature(&payload)), KEY).await, (400, Some(-1021)));
    assert_eq!(code(caller.target(balance, ""), KEY).await, (200, None));
}

#[tokio::test]
async fn an_ed25519_key_signs_too() {
    use base64::Engine;
    use ed25519_dalek::Signer;
    use ed25519_dalek::pkcs8::DecodePrivateKey;

    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    let key = ed25519_dalek::SigningKey::from_pkcs8_pem(&ed25519_pem()).unwrap();
    let payload = format!("timestamp={}", server.now());
    let text = base64::engine::general_purpose::STANDARD.encode(key.sign(payload.as_bytes()).to_bytes());
    let encoded = text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    for (signature, status) in [(encoded, 200), (text, 400)] {
        let target = format!("/fapi/v3/balance?{payload}&signature={signature}");
        let answer = caller.raw("GET", &target, crate::binance_server::KEY_ED25519).await.unwrap();
        assert_eq!(answer.status().as_u16(), status);
    }
}

#[tokio::test]
async fn settings_of_the_account() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    let dual = "/fapi/v1/positionSide/dual";
    assert_eq!(caller.code("POST", dual, "dualSidePosition=false").await, -4059);
    assert_eq!(caller.code("POST", "/fapi/v1/marginType", "symbol=BTCUSDT&marginType=CROSSED").await, -4046);
    assert_eq!(caller.code("POST", "/fapi/v1/leverage", "symbol=BTCUSDT&leverage=200").await, -4028);
    caller.order("symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=59000").await;
    assert_eq!(caller.code("POST", dual, "dualSidePosition=true").await, -4067);
    caller.done("DELETE", "/fapi/v1/allOpenOrders", "symbol=BTCUSDT").await;
    caller.order("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01").await;
    assert_eq!(caller.code("POST", dual, "dualSidePosition=true").await, -4068);
    assert_eq!(caller.code("POST", "/fapi/v1/marginType", "symbol=BTCUSDT&marginType=ISOLATED").await, -4048);
}

#[tokio::test]
async fn weight_and_orders_are_counted_and_refused() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    let target = "/fapi/v1/depth?symbol=BTCUSDT&limit=1000";
    let answer = caller.raw("GET", target, KEY).await.unwrap();
    assert_eq!(answer.headers()["X-MBX-USED-WEIGHT-1M"], "20");
    server.change(|state| (state.limits.orders_in_ten_seconds, state.limits.patience) = (1, 1));
    let order = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=59000";
    let target = caller.target(ORDER, order);
    let answer = caller.raw("POST", &target, KEY).await.unwrap();
    assert_eq!(answer.headers()["X-MBX-ORDER-COUNT-10S"], "1");
    assert_eq!(caller.code("POST", ORDER, order).await, -1015);
    server.change(|state| {
        state.limits.forgive();
        state.limits.weight_a_minute = 19;
    });
    let statuses = async || {
        let mut all = Vec::new();
        for _ in 0..3 {
            let answer = caller.raw("GET", "/fapi/v1/depth?symbol=BTCUSDT&limit=1000", KEY).await.unwrap();
            assert!(answer.headers().contains_key("Retry-After"));
            all.push(answer.status().as_u16());
        }
        all
    };
    assert_eq!(statuses().await, [429, 429, 418]);
    assert_eq!(caller.raw("GET", "/fapi/v1/ping", KEY).await.unwrap().status().as_u16(), 418);
}

#[tokio::test]
async fn conditional_orders_that_break_a_rule() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    let path = "/fapi/v1/algoOrder";
    for (code, rest) in [
        (-2021, "side=SELL&type=STOP_MARKET&quantity=0.01&triggerPrice=60500"),
        (-1102, "side=SELL&type=STOP_MARKET&quantity=0.01"),
        (-1106, "side=SELL&type=STOP_MARKET&quantity=0.01&stopPrice=59000"),
        (-4014, "side=SELL&type=STOP_MARKET&quantity=0.01&triggerPrice=59000.05"),
        (-4137, "side=SELL&type=STOP_MARKET&quantity=0.01&triggerPrice=59000&closePosition=true"),
        (-4138, "side=SELL&type=STOP_MARKET&triggerPrice=59000&closePosition=true&reduceOnly=true"),
        (-4135, "side=SELL&type=TRAILING_STOP_MARKET&quantity=0.01&callbackRate=1&activatePrice=59000"),
        (-1116, "side=SELL&type=LIMIT&quantity=0.01&price=61000"),
    ] {
        let query = format!("algoType=CONDITIONAL&symbol=BTCUSDT&{rest}");
        assert_eq!(caller.code("POST", path, &query).await, code, "{query}");
    }
    assert_eq!(caller.code("DELETE", path, "algoId=1").await, -2011);
    assert_eq!(caller.code("GET", path, "clientAlgoId=none").await, -2013);
    server.trade("BTCUSDT", dec!(60000), dec!(0.1));
    assert!(server.algos().is_empty());
}
