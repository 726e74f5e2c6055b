//! Every reply and event against the exchange's own samples: no name missing, no value of another kind.

use rust_decimal::dec;
use serde_json::Value;

use crate::binance_server::{Options, Server};
use crate::caller::{Caller, Feed, differences};

fn sample(name: &str) -> Value {
    let path = format!("{}/tests/data/binance/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn assert_like(name: &str, value: &Value, except: &[&str]) {
    let differences = differences(&sample(name), value);
    let left: Vec<_> = differences.into_iter().filter(|line| !except.iter().any(|word| line.contains(word))).collect();
    assert!(left.is_empty(), "{name}: {left:?}\n{value}");
}

#[tokio::test]
async fn market_data() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    server.trade("BTCUSDT", dec!(60001), dec!(0.5));
    for (path, name) in [
        ("/fapi/v1/time", "f_time"),
        ("/fapi/v1/exchangeInfo", "f_exchange_info_current_shape"),
        ("/fapi/v1/depth?symbol=BTCUSDT&limit=20", "f_depth"),
        ("/fapi/v1/klines?symbol=BTCUSDT&interval=1m", "f_klines"),
        ("/fapi/v1/aggTrades?symbol=BTCUSDT", "f_agg_trades"),
        ("/fapi/v1/trades?symbol=BTCUSDT", "f_trades"),
        ("/fapi/v1/ticker/24hr?symbol=BTCUSDT", "f_ticker_24hr"),
        ("/fapi/v1/ticker/bookTicker?symbol=BTCUSDT", "f_book_ticker"),
        ("/fapi/v1/premiumIndex?symbol=BTCUSDT", "f_premium_index"),
        ("/fapi/v1/fundingRate?symbol=BTCUSDT", "f_funding_rate"),
        ("/fapi/v1/openInterest?symbol=BTCUSDT", "f_open_interest"),
        ("/futures/data/openInterestHist?symbol=BTCUSDT&period=5m", "f_open_interest_hist"),
        ("/futures/data/takerlongshortRatio?symbol=BTCUSDT&period=1h", "f_taker_long_short_ratio"),
    ] {
        // The samples of statistics write the time as text, what comes is a number.
        assert_like(name, &caller.open(path).await, &[".timestamp"]);
    }
    let accounts = caller.open("/futures/data/globalLongShortAccountRatio?symbol=BTCUSDT&period=1d&limit=40").await;
    assert_like("f_global_long_short_account_ratio", &accounts, &[".timestamp"]);
    assert_eq!(accounts.as_array().unwrap().len(), 30);
    assert_eq!(caller.open("/fapi/v1/ping").await, serde_json::json!({}));
}

#[tokio::test]
async fn orders_and_account() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    let limit = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.010";
    assert_like("f_order_new", &caller.order(&format!("{limit}&price=59000&newClientOrderId=o1")).await, &[]);
    let change = "symbol=BTCUSDT&side=BUY&quantity=0.020&price=58999&origClientOrderId=o1";
    let changed = caller.done("PUT", "/fapi/v1/order", change).await;
    assert_like("f_order_modify", &changed, &["modifyId"]);
    assert_like(
        "f_order_query",
        &caller.done("GET", "/fapi/v1/order", "symbol=BTCUSDT&origClientOrderId=o1").await,
        &[],
    );
    let cancelled = caller.done("DELETE", "/fapi/v1/order", "symbol=BTCUSDT&origClientOrderId=o1").await;
    assert_like("f_order_cancel", &cancelled, &[]);
    assert_eq!(cancelled["status"], "CANCELED");
    caller.order("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.1").await;
    let risk = caller.done("GET", "/fapi/v3/positionRisk", "symbol=BTCUSDT").await;
    assert_like("f_position_risk_v3_one_way", &risk, &[]);
    for (method, path, query, name) in [
        ("GET", "/fapi/v1/userTrades", "symbol=BTCUSDT", "f_user_trades"),
        ("GET", "/fapi/v3/balance", "", "f_balance_v3"),
        ("GET", "/fapi/v3/account", "", "f_account_v3"),
        ("GET", "/fapi/v1/accountConfig", "", "f_account_config"),
        ("GET", "/fapi/v1/symbolConfig", "symbol=BTCUSDT", "f_symbol_config"),
        ("POST", "/fapi/v1/leverage", "symbol=BTCUSDT&leverage=21", "f_leverage"),
        ("POST", "/fapi/v1/marginType", "symbol=ETHUSDT&marginType=ISOLATED", "f_margin_type_ok"),
        ("GET", "/fapi/v1/positionSide/dual", "", "f_position_mode"),
        ("GET", "/fapi/v1/commissionRate", "symbol=BTCUSDT", "f_commission_rate"),
        ("GET", "/fapi/v1/income", "", "f_income"),
        ("GET", "/fapi/v1/rateLimit/order", "", "f_rate_limit_order"),
        ("POST", "/fapi/v1/listenKey", "", "f_listen_key"),
        ("DELETE", "/fapi/v1/allOpenOrders", "symbol=BTCUSDT", "f_cancel_all_ok"),
        ("POST", "/fapi/v1/countdownCancelAll", "symbol=BTCUSDT&countdownTime=100000", "f_countdown_cancel_all"),
    ] {
        assert_like(name, &caller.done(method, path, query).await, &[]);
    }
}

#[tokio::test]
async fn conditional_orders() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    let mut user = caller.user_stream().await;
    let query = "algoType=CONDITIONAL&symbol=BTCUSDT&side=SELL&type=TAKE_PROFIT&quantity=0.010&price=61000\
                 &triggerPrice=61000&clientAlgoId=t1";
    assert_like("f_algo_order_new", &caller.done("POST", "/fapi/v1/algoOrder", query).await, &[]);
    assert_like("ws_f_user_algo_new", &user.next().await, &[]);
    assert_like("f_algo_open_orders", &caller.done("GET", "/fapi/v1/openAlgoOrders", "").await, &[]);
    assert_like("f_algo_order_query", &caller.done("GET", "/fapi/v1/algoOrder", "clientAlgoId=t1").await, &[]);
    let gone = caller.done("DELETE", "/fapi/v1/algoOrder", "clientAlgoId=t1").await;
    assert_like("f_algo_order_cancel", &gone, &[]);
    assert_eq!(gone["code"], "200");
    assert_like("ws_f_user_algo_canceled", &user.next().await, &[".o.rm"]);
}

async fn events_like(user: &mut Feed, kind: &str, name: &str, except: &[&str]) -> Value {
    let event = user.event(kind).await;
    assert_like(name, &event, except);
    event
}

#[tokio::test]
async fn events_of_the_account() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    let mut user = caller.user_stream().await;
    caller.order("symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.1&price=60000").await;
    events_like(&mut user, "ORDER_TRADE_UPDATE", "ws_f_user_order_new", &[]).await;
    events_like(&mut user, "TRADE_LITE", "ws_f_user_trade_lite", &[]).await;
    events_like(&mut user, "ACCOUNT_UPDATE", "ws_f_user_account_update", &[]).await;
    events_like(&mut user, "ORDER_TRADE_UPDATE", "ws_f_user_order_filled", &[]).await;
    server.fund("BTCUSDT", dec!(0.0001));
    let funding = events_like(&mut user, "ACCOUNT_UPDATE", "ws_f_user_account_update_funding", &[]).await;
    assert_eq!((funding["a"]["P"].as_array().unwrap().len(), funding["a"]["m"].as_str()), (0, Some("FUNDING_FEE")));
    caller.done("POST", "/fapi/v1/leverage", "symbol=BTCUSDT&leverage=25").await;
    events_like(&mut user, "ACCOUNT_CONFIG_UPDATE", "ws_f_user_account_config_leverage", &[]).await;
    let mut market = caller.stream("/market/ws/btcusdt@forceOrder").await;
    server.liquidate("BTCUSDT");
    let except = [".AP", ".cr"];
    let forced = events_like(&mut user, "ORDER_TRADE_UPDATE", "ws_f_user_order_calculated", &except).await;
    assert!(forced["o"]["c"].as_str().unwrap().starts_with("autoclose-"));
    assert_eq!((forced["o"]["x"].as_str(), forced["o"]["l"].as_str()), (Some("CALCULATED"), Some("0.100")));
    assert_like("ws_f_force_order", &market.next().await, &[]);
    assert!(server.position("BTCUSDT").is_zero());
    server.expire_listen_key();
    assert_like("ws_f_user_listen_key_expired", &user.event("listenKeyExpired").await, &[]);
}

#[tokio::test]
async fn market_streams() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    let names = "btcusdt@aggTrade/btcusdt@ticker/btcusdt@miniTicker/btcusdt@markPrice@1s/btcusdt@kline_1m";
    let mut market = caller.stream(&format!("/market/ws/{names}")).await;
    server.trade("BTCUSDT", dec!(60010), dec!(0.5));
    for (kind, name) in [
        ("aggTrade", "ws_f_agg_trade"),
        ("kline", "ws_f_kline_open"),
        ("markPriceUpdate", "ws_f_mark_price"),
        ("24hrTicker", "ws_f_ticker"),
        ("24hrMiniTicker", "ws_f_mini_ticker"),
    ] {
        // All of them come every two seconds or sooner, but the trade only once.
        assert_like(name, &market.event(kind).await, &[]);
        server.trade("BTCUSDT", dec!(60010), dec!(0.5));
    }
    let mut public = caller.stream("/public/stream?streams=btcusdt@depth@100ms/btcusdt@bookTicker").await;
    let wrapped = public.next().await;
    assert_eq!(wrapped["stream"], "btcusdt@depth@100ms");
    assert_like("ws_f_depth_diff", &wrapped["data"], &[]);
    server.trade("BTCUSDT", dec!(60500), dec!(0.5));
    loop {
        let wrapped = public.next().await;
        if wrapped["stream"] == "btcusdt@bookTicker" {
            assert_like("ws_f_book_ticker", &wrapped["data"], &[]);
            break;
        }
    }
}
