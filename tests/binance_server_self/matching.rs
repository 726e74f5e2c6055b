//! Orders against the market: positions, money, conditional orders.

use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use crate::binance_server::{Habits, Options, Route, Server};
use crate::caller::Caller;

fn market(side: &str, quantity: &str) -> String {
    format!("symbol=BTCUSDT&side={side}&type=MARKET&quantity={quantity}")
}

#[tokio::test]
async fn a_position_is_opened_reduced_and_turned() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    caller.order(&market("BUY", "0.100")).await;
    assert_eq!(server.position("BTCUSDT"), dec!(0.100));
    server.set_top("BTCUSDT", dec!(61000), dec!(61000.1));
    server.set_level("BTCUSDT", true, dec!(61000), dec!(5));
    caller.order(&format!("{}&reduceOnly=true", market("SELL", "0.300"))).await;
    // Reduce-only never turns a position: the rest expired.
    assert!(server.position("BTCUSDT").is_zero());
    let order = server.orders().pop().unwrap();
    assert_eq!((order.status.as_str(), order.filled), ("EXPIRED", dec!(0.100)));
    let realized: Decimal = server.trades().iter().map(|fill| fill.realized).sum();
    let fees: Decimal = server.trades().iter().map(|fill| fill.commission).sum();
    assert_eq!(realized, dec!(100));
    assert_eq!(server.wallet("USDT"), dec!(10000) + realized - fees);
    caller.order(&market("BUY", "0.010")).await;
    caller.order(&market("SELL", "0.030")).await;
    assert_eq!(server.position("BTCUSDT"), dec!(-0.020));
    let income = caller.done("GET", "/fapi/v1/income", "incomeType=COMMISSION").await;
    assert_eq!(income.as_array().unwrap().len(), server.trades().len());
}

#[tokio::test]
async fn long_and_short_are_held_apart_in_hedge_mode() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    caller.done("POST", "/fapi/v1/positionSide/dual", "dualSidePosition=true").await;
    assert_eq!(caller.code("POST", "/fapi/v1/order", &market("BUY", "0.1")).await, -4061);
    let mut user = caller.user_stream().await;
    caller.order(&format!("{}&positionSide=LONG", market("BUY", "0.1"))).await;
    let sides = |event: &Value| -> Vec<String> {
        let rows = event["a"]["P"].as_array().unwrap();
        rows.iter().map(|row| format!("{} {}", row["ps"].as_str().unwrap(), row["pa"].as_str().unwrap())).collect()
    };
    assert_eq!(sides(&user.event("ACCOUNT_UPDATE").await), ["BOTH 0", "LONG 0.100"]);
    caller.order(&format!("{}&positionSide=SHORT", market("SELL", "0.2"))).await;
    assert_eq!(server.position_of("BTCUSDT", "LONG"), dec!(0.1));
    assert_eq!(server.position_of("BTCUSDT", "SHORT"), dec!(-0.2));
    let rows = caller.done("GET", "/fapi/v3/positionRisk", "").await;
    assert_eq!((rows[0]["positionAmt"].as_str(), rows[1]["positionAmt"].as_str()), (Some("0.100"), Some("-0.200")));
    let close = format!("{}&positionSide=SHORT", market("BUY", "0.2"));
    let sent = format!("{close}&reduceOnly=true");
    assert_eq!(caller.code("POST", "/fapi/v1/order", &sent).await, -1106);
    caller.order(&close).await;
    assert_eq!(caller.code("POST", "/fapi/v1/order", &close).await, -2022);
}

#[tokio::test]
async fn times_in_force_end_as_they_should() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    let limit = |force: &str, price: &str| {
        format!(
            "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce={force}&quantity=0.01&price={price}&newOrderRespType=RESULT"
        )
    };
    assert_eq!(caller.order(&limit("IOC", "59000")).await["status"], "EXPIRED");
    assert_eq!(caller.order(&limit("IOC", "60000")).await["status"], "FILLED");
    assert_eq!(caller.order(&limit("FOK", "60000")).await["status"], "FILLED");
    assert_eq!(caller.order(&limit("GTX", "59000")).await["status"], "NEW");
    server.change(|state| state.exchange.habits.soft_rejects = true);
    assert_eq!(caller.order(&limit("GTX", "60000")).await["status"], "EXPIRED");
    assert_eq!(caller.order(&limit("FOK", "59000")).await["status"], "EXPIRED");
}

async fn algo(caller: &Caller<'_>, rest: &str) -> i64 {
    let query = format!("algoType=CONDITIONAL&symbol=BTCUSDT&{rest}");
    caller.done("POST", "/fapi/v1/algoOrder", &query).await["algoId"].as_i64().unwrap()
}

#[tokio::test]
async fn a_stop_becomes_an_order_with_an_id_of_its_own() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    caller.order(&market("BUY", "0.100")).await;
    let mut user = caller.user_stream().await;
    algo(&caller, "side=SELL&type=STOP_MARKET&quantity=0.100&triggerPrice=59500&reduceOnly=true&clientAlgoId=s1").await;
    assert_eq!(caller.done("GET", "/fapi/v1/openOrders", "").await, json!([]));
    server.trade("BTCUSDT", dec!(59600), dec!(1));
    assert!(server.algos()[0].is_open());
    server.trade("BTCUSDT", dec!(59500), dec!(1));
    let mut course = Vec::new();
    while course.last().is_none_or(|last| last != "ALGO_UPDATE FINISHED") {
        let event = user.next().await;
        let status = event["o"]["X"].as_str().unwrap_or_default();
        course.push(format!("{} {status}", event["e"].as_str().unwrap()));
    }
    assert_eq!(
        course,
        [
            "ALGO_UPDATE NEW",
            "ALGO_UPDATE TRIGGERING",
            "ALGO_UPDATE TRIGGERED",
            "ORDER_TRADE_UPDATE NEW",
            "TRADE_LITE ",
            "ACCOUNT_UPDATE ",
            "ORDER_TRADE_UPDATE FILLED",
            "ALGO_UPDATE FINISHED"
        ]
    );
    let row = caller.done("GET", "/fapi/v1/algoOrder", "clientAlgoId=s1").await;
    let child = server.orders().pop().unwrap();
    assert_eq!(row["actualOrderId"], child.order_id.to_string());
    assert_eq!((child.client_id.as_str(), child.original_kind.as_str()), ("s1", "STOP_MARKET"));
    assert!(server.position("BTCUSDT").is_zero());
}

#[tokio::test]
async fn a_trailing_stop_wakes_follows_and_sells() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    caller.order(&market("BUY", "0.100")).await;
    let mut user = caller.user_stream().await;
    let rest = "side=SELL&type=TRAILING_STOP_MARKET&quantity=0.100&callbackRate=1&activatePrice=60500";
    algo(&caller, rest).await;
    assert_eq!(user.event("ALGO_UPDATE").await["o"]["ia"], false);
    server.trade("BTCUSDT", dec!(60600), dec!(1));
    let awake = user.event("ALGO_UPDATE").await;
    assert_eq!((awake["o"]["X"].as_str(), awake["o"]["ia"].as_bool()), (Some("NEW"), Some(true)));
    server.trade("BTCUSDT", dec!(62000), dec!(1));
    server.trade("BTCUSDT", dec!(61400), dec!(1));
    assert!(server.algos()[0].is_open());
    server.trade("BTCUSDT", dec!(61380), dec!(1));
    assert_eq!(server.algos()[0].status, "FINISHED");
    assert!(server.position("BTCUSDT").is_zero());
}

#[tokio::test]
async fn a_stop_that_cannot_be_paid_or_has_nothing_to_close_fails_later() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    algo(&caller, "side=SELL&type=STOP_MARKET&quantity=0.1&triggerPrice=59500&reduceOnly=true").await;
    algo(&caller, "side=SELL&type=STOP_MARKET&triggerPrice=59500&closePosition=true").await;
    algo(&caller, "side=SELL&type=STOP_MARKET&quantity=100&triggerPrice=59500").await;
    server.trade("BTCUSDT", dec!(59400), dec!(1));
    let ends: Vec<_> = server.algos().into_iter().map(|algo| (algo.status, algo.reason)).collect();
    let ends: Vec<_> = ends.iter().map(|(status, reason)| (status.as_str(), reason.as_str())).collect();
    assert_eq!(
        ends,
        [("REJECTED", "ReduceOnly Order is rejected."), ("EXPIRED", ""), ("REJECTED", "Margin is insufficient.")]
    );
}

#[tokio::test]
async fn a_stop_on_the_mark_price_waits_for_the_mark_price() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    algo(&caller, "side=BUY&type=STOP&quantity=0.01&price=60200&triggerPrice=60100&workingType=MARK_PRICE").await;
    server.set_mark("BTCUSDT", Some(dec!(60000)));
    server.trade("BTCUSDT", dec!(60150), dec!(1));
    assert!(server.algos()[0].is_open());
    server.set_mark("BTCUSDT", Some(dec!(60100)));
    assert_eq!(server.algos()[0].status, "FINISHED");
}

#[tokio::test]
async fn fees_may_be_taken_in_another_asset() {
    let habits = Habits { fee_asset: Some(("BNB".to_owned(), dec!(600))), ..Habits::default() };
    let server = Server::start(Options { habits, ..Options::default() });
    let caller = Caller::new(&server);
    caller.order(&market("BUY", "0.1")).await;
    let rows = caller.done("GET", "/fapi/v1/userTrades", "symbol=BTCUSDT").await;
    assert_eq!(
        (rows[0]["commissionAsset"].as_str(), rows[0]["commission"].as_str()),
        (Some("BNB"), Some("0.00400000"))
    );
    assert_eq!(server.wallet("USDT"), dec!(10000));
}

#[tokio::test]
async fn batches_answer_one_by_one() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    let order = |price: &str, id: &str| {
        json!({"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01",
               "price": price, "newClientOrderId": id})
    };
    let list = json!([order("59000", "a"), order("59000.05", "b")]).to_string();
    let encoded: String = list.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let rows = caller.done("POST", "/fapi/v1/batchOrders", &format!("batchOrders={encoded}")).await;
    assert_eq!((rows[0]["status"].as_str(), rows[1]["code"].as_i64()), (Some("NEW"), Some(-4014)));
    let query = "symbol=BTCUSDT&origClientOrderIdList=%5B%22a%22%2C%22b%22%5D";
    let rows = caller.done("DELETE", "/fapi/v1/batchOrders", query).await;
    assert_eq!((rows[0]["status"].as_str(), rows[1]["code"].as_i64()), (Some("CANCELED"), Some(-2011)));
}

#[tokio::test]
async fn a_dead_mans_switch_cancels_what_is_open() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    caller.order("symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=59000").await;
    algo(&caller, "side=SELL&type=STOP_MARKET&quantity=0.1&triggerPrice=59500").await;
    caller.done("POST", "/fapi/v1/countdownCancelAll", "symbol=BTCUSDT&countdownTime=60000").await;
    server.set_clock(61_000);
    server.until("cancelled", |state| state.exchange.orders.values().all(|order| order.status == "CANCELED")).await;
    assert!(server.algos()[0].is_open());
}

#[tokio::test]
async fn a_market_that_moves_by_itself_is_the_same_for_the_same_seed() {
    let prices = async || {
        let server = Server::start(Options { seed: 5, ..Options::default() });
        server.drift(9);
        server.until("a hundred trades", |state| state.exchange.markets["BTCUSDT"].prints.len() >= 30).await;
        server.stop_drift();
        assert_eq!(server.streams(Route::Public), 0);
        server.change(|state| {
            let prints = &state.exchange.markets["BTCUSDT"].prints[..30];
            prints.iter().map(|print| (print.price, print.quantity)).collect::<Vec<_>>()
        })
    };
    let (once, again) = tokio::join!(prices(), prices());
    assert_eq!(once, again);
}
