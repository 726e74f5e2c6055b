//! What is refused, and with which code.

use serde_json::Value;

use crate::binance_spot_server::{KEY, KEY_ED25519, KEY_READ_ONLY, Options, SpotServer};
use crate::caller::Caller;
use crate::exchange::ORDER;

/// A limit order with one part of it changed.
fn with(from: &str, to: &str) -> String {
    "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=59000".replace(from, to)
}

async fn refusal(caller: &Caller<'_>, query: &str) -> (u16, i64, String) {
    let (status, body) = caller.signed("POST", ORDER, query).await;
    (status, body["code"].as_i64().unwrap_or_default(), body["msg"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn filters_are_refused_by_their_names() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    for (query, text) in [
        (with("price=59000", "price=59000.001"), "PRICE_FILTER"),
        (with("price=59000", "price=2000000"), "PRICE_FILTER"),
        (with("price=59000", "price=11000"), "PERCENT_PRICE_BY_SIDE"),
        (with("price=59000", "price=310000"), "PERCENT_PRICE_BY_SIDE"),
        (with("quantity=0.01", "quantity=0.000001"), "LOT_SIZE"),
        (with("quantity=0.01", "quantity=0.010001"), "LOT_SIZE"),
        (with("quantity=0.01", "quantity=9001"), "LOT_SIZE"),
        (with("quantity=0.01", "quantity=0.00008"), "NOTIONAL"),
        ("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.00008".to_owned(), "NOTIONAL"),
        ("symbol=BTCUSDT&side=SELL&type=MARKET&quantity=150".to_owned(), "MARKET_LOT_SIZE"),
        ("symbol=BTCUSDT&side=SELL&type=STOP_LOSS&quantity=0.1&trailingDelta=5".to_owned(), "TRAILING_DELTA"),
    ] {
        let expected = (400, -1013, format!("Filter failure: {text}"));
        assert_eq!(refusal(&caller, &query).await, expected, "{query}");
    }
    server.change(|state| state.exchange.habits.limits.orders = 2);
    caller.order(&with("", "")).await;
    caller.order(&with("", "")).await;
    assert_eq!(refusal(&caller, &with("", "")).await.2, "Filter failure: MAX_NUM_ORDERS");
    assert_eq!(server.orders().len(), 2);
}

#[tokio::test]
async fn parameters_money_and_names_are_refused_by_their_codes() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    caller.order(&with("price=59000", "price=59000&newClientOrderId=one")).await;
    let market = "symbol=BTCUSDT&side=BUY&type=MARKET";
    for (query, code, text) in [
        (with("symbol=BTCUSDT", "symbol=NONE"), -1121, "Invalid symbol."),
        (with("symbol=BTCUSDT", "symbol=LUNAUSDT"), -1013, "Market is closed."),
        (with("side=BUY", "side=buy"), -1117, "Invalid side."),
        (with("type=LIMIT", "type=STOP_MARKET"), -1116, "Invalid orderType."),
        (with("GTC", "GTX"), -1115, "Invalid timeInForce."),
        (with("timeInForce=GTC&", ""), -1102, "'timeInForce'"),
        (with("LIMIT", "LIMIT_MAKER"), -1106, "'timeInForce' sent when not required."),
        (format!("{market}&quantity=0.01&price=59000"), -1106, "'price'"),
        (market.to_owned(), -1102, "quoteOrderQty"),
        (with("GTC", "GTC&reduceOnly=true"), -1104, "Not all sent parameters were read"),
        (with("quantity=0.01", "quantity=0"), -1013, "Invalid quantity."),
        (with("price=59000", "price=-1"), -1013, "Invalid price."),
        (with("price=59000", "price=5.9e4"), -1100, "Illegal characters"),
        (with("price=59000", "price=59000.000000001"), -1111, "too much precision"),
        (with("quantity=0.01", "quantity=0.5"), -2010, "insufficient balance"),
        (with("BUY", "SELL").replace("0.01", "1.00001"), -2010, "insufficient balance"),
        (format!("{market}&quantity=1"), -2010, "insufficient balance"),
        (with("price=59000", "price=59000&newClientOrderId=one"), -2010, "Duplicate order sent."),
        (
            with("timeInForce=GTC&", "").replace("LIMIT", "LIMIT_MAKER").replace("59000", "60000"),
            -2010,
            "Order would immediately match and take.",
        ),
        (with("price=59000", "price=59000&newClientOrderId=a%20b"), -1100, "newClientOrderId"),
    ] {
        let (status, got, words) = refusal(&caller, &query).await;
        assert!((status, got) == (400, code) && words.contains(text), "{query}: {got} {words}");
    }
    assert_eq!(server.orders().len(), 1);
    for (method, path, query, code) in [
        ("GET", "/api/v3/order", "symbol=BTCUSDT", -1102),
        ("GET", "/api/v3/klines", "symbol=BTCUSDT&interval=7m", -1120),
        ("GET", "/api/v3/allOrders", "symbol=BTCUSDT&startTime=0&endTime=86400001", -1127),
        ("GET", "/api/v3/myTrades", "symbol=BTCUSDT&startTime=1&fromId=1", -1128),
        ("GET", "/api/v3/userDataStream", "", -5000),
    ] {
        let query = if path.ends_with("klines") {
            return_unsigned(&caller, path, query).await
        } else {
            caller.code(method, path, query).await
        };
        assert_eq!(query, code, "{path}");
    }
}

async fn return_unsigned(caller: &Caller<'_>, path: &str, query: &str) -> i64 {
    let (_, body): (u16, Value) = caller.read("GET", &format!("{path}?{query}")).await;
    body["code"].as_i64().unwrap()
}

#[tokio::test]
async fn keys_signatures_and_time_stamps() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    let good = caller.target("/api/v3/account", "");
    let status = async |target: &str, key: &str| caller.raw("GET", target, key).await.unwrap().status().as_u16();
    assert_eq!(status(&good, KEY).await, 200);
    assert_eq!(status(&good, KEY_READ_ONLY).await, 200);
    assert_eq!(status(&good, "short").await, 401);
    assert_eq!(status(&good, &KEY.replace('h', "x")).await, 401);
    assert_eq!(status(&good, KEY_ED25519).await, 400);
    assert_eq!(status(&good.replace("timestamp", "timestamq"), KEY).await, 400);
    let order = caller.target(ORDER, &with("", ""));
    let answer = caller.raw("POST", &order, KEY_READ_ONLY).await.unwrap();
    assert!(answer.text().await.unwrap().contains("-2015"));
    for (offset, code) in [(60_000, -1021), (-60_000, -1021)] {
        let target = caller.target("/api/v3/account", "");
        server.set_clock(offset);
        let (_, body) = caller.read("GET", &target).await;
        assert_eq!(body["code"], code);
        server.set_clock(0);
    }
}

#[tokio::test]
async fn weight_is_counted_and_who_goes_on_is_banned() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    server.change(|state| (state.limits.weight_a_minute, state.limits.patience) = (30, 1));
    let ask = async || {
        let answer = caller.raw("GET", "/api/v3/exchangeInfo?symbol=BTCUSDT", KEY).await.unwrap();
        (answer.status().as_u16(), answer.headers().contains_key("retry-after"))
    };
    // A minute may end between two of them.
    let mut asked = 0;
    while ask().await != (429, true) {
        asked += 1;
        assert!(asked < 5);
    }
    server.change(|state| state.limits.block(60_000, state.now()));
    assert_eq!([ask().await, ask().await], [(429, true), (418, true)]);
    server.change(|state| state.limits.forgive());
    assert_eq!(caller.read("GET", "/api/v3/ping").await.0, 200);
}
