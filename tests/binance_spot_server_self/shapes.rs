//! Every reply and event against the exchange's own samples: no name missing, no value of another kind.

use rust_decimal::dec;
use serde_json::Value;

use crate::binance_spot_server::{Options, SpotServer};
use crate::caller::{Caller, differences};
use crate::exchange::ORDER;
use crate::requests::{account_event, account_stream};

fn sample(name: &str) -> Value {
    let path = format!("{}/tests/data/binance/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn assert_like(name: &str, value: &Value) {
    let differences = differences(&sample(name), value);
    assert!(differences.is_empty(), "{name}: {differences:?}\n{value}");
}

/// The event inside a sample of the account's stream.
fn assert_event(name: &str, event: &Value) {
    let differences = differences(&sample(name)["event"], event);
    assert!(differences.is_empty(), "{name}: {differences:?}\n{event}");
}

#[tokio::test]
async fn market_data() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    server.trade("BTCUSDT", dec!(60001), dec!(0.5));
    for (path, name) in [
        ("exchangeInfo", "s_exchange_info_current_shape"),
        ("depth?symbol=BTCUSDT&limit=20", "s_depth"),
        ("klines?symbol=BTCUSDT&interval=1m", "s_klines"),
        ("aggTrades?symbol=BTCUSDT", "s_agg_trades"),
        ("ticker/24hr?symbol=BTCUSDT", "s_ticker_24hr"),
    ] {
        assert_like(name, &caller.open(&format!("/api/v3/{path}")).await);
    }
    for path in ["ticker/24hr", "ticker/bookTicker", "exchangeInfo"] {
        let two = caller.open(&format!("/api/v3/{path}?symbols=%5B%22ETHUSDT%22,%22BTCUSDT%22%5D")).await;
        let rows = if path == "exchangeInfo" { &two["symbols"] } else { &two };
        assert_eq!((rows[0]["symbol"].as_str(), rows[2].is_null()), (Some("ETHUSDT"), true), "{path}");
    }
    let info = caller.open("/api/v3/exchangeInfo").await;
    assert_eq!(info["symbols"][0], sample("s_exchange_info_current_shape")["symbols"][0]);
    assert_eq!(info["rateLimits"], sample("s_exchange_info_current_shape")["rateLimits"]);
}

#[tokio::test]
async fn market_streams() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    for (stream, name) in [
        ("aggTrade", "ws_s_agg_trade"),
        ("bookTicker", "ws_s_book_ticker"),
        ("depth@100ms", "ws_s_depth_diff"),
        ("depth5@100ms", "ws_s_depth_partial"),
        ("kline_1m", "ws_s_kline"),
        ("ticker", "ws_s_ticker"),
        ("miniTicker", "ws_s_mini_ticker"),
    ] {
        let mut feed = caller.stream(&format!("/ws/btcusdt@{stream}")).await;
        server.set_top("BTCUSDT", dec!(60010), dec!(60010.01));
        server.trade("BTCUSDT", dec!(60020), dec!(0.5));
        assert_like(name, &feed.next().await);
    }
}

#[tokio::test]
async fn orders_and_account() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    let limit = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=59000";
    let ack = caller.order(&format!("{limit}&newOrderRespType=ACK&newClientOrderId=o")).await;
    assert_like("s_order_new_ack", &ack);
    assert_like("s_order_query", &caller.done("GET", ORDER, "symbol=BTCUSDT&origClientOrderId=o").await);
    assert_like("s_order_query", &caller.done("GET", "/api/v3/openOrders", "").await[0]);
    assert_like("s_order_cancel", &caller.done("DELETE", ORDER, "symbol=BTCUSDT&origClientOrderId=o").await);
    caller.order(limit).await;
    let gone = caller.done("DELETE", "/api/v3/openOrders", "symbol=BTCUSDT").await;
    assert_like("s_cancel_open_orders", &gone);
    let full = caller.order("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.1").await;
    assert_like("s_order_new_full", &full);
    assert_like("s_my_trades", &caller.done("GET", "/api/v3/myTrades", "symbol=BTCUSDT").await);
    assert_like("s_account", &caller.done("GET", "/api/v3/account", "").await);
    let commission = caller.done("GET", "/api/v3/account/commission", "symbol=BTCUSDT").await;
    assert_eq!(commission["standardCommission"]["taker"], "0.00100000");
}

#[tokio::test]
async fn events_of_the_account() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    let mut user = account_stream(&caller).await;
    caller.order("symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=59000").await;
    assert_event("ws_s_user_execution_report", &account_event(&mut user, "executionReport").await);
    assert_event("ws_s_user_account_position", &account_event(&mut user, "outboundAccountPosition").await);
    server.deposit("BTC", dec!(100));
    assert_event("ws_s_user_balance_update", &account_event(&mut user, "balanceUpdate").await);
    server.foreign_pair("BTCUSDT", dec!(0.5), dec!(61000), dec!(59000));
    assert_event("ws_s_user_list_status", &account_event(&mut user, "listStatus").await);
    let gone = caller.done("DELETE", "/api/v3/openOrders", "symbol=BTCUSDT").await;
    // The sample's first order is a stop that shows a part of itself.
    let differences = differences(&sample("s_cancel_open_orders")[2], &gone[1]);
    assert!(
        differences.iter().all(|line| line.contains("icebergQty") || line.contains("stopPrice")),
        "{differences:?}"
    );
    server.end_account_stream();
    assert_event("ws_s_user_terminated", &account_event(&mut user, "eventStreamTerminated").await);
}
