//! Calls: what is accepted, and what follows.

use rust_decimal::{Decimal, dec};
use serde_json::Value;

use crate::binance_spot_server::{Habits, Options, SpotServer};
use crate::caller::Caller;
use crate::exchange::ORDER;
use crate::requests::{account_event, account_stream};

const BUY: &str = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01000&price=59000";

fn text<'a>(value: &'a Value, names: &[&str]) -> Vec<&'a str> {
    names.iter().map(|name| value[*name].as_str().unwrap_or("?")).collect()
}

#[tokio::test]
async fn an_order_lives_from_placing_to_its_fill() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    let mut user = account_stream(&caller).await;
    let placed = caller.order(&format!("{BUY}&newClientOrderId=a1&newOrderRespType=FULL")).await;
    assert_eq!(text(&placed, &["status", "clientOrderId", "executedQty"]), ["NEW", "a1", "0.00000000"]);
    assert_eq!(placed["fills"], serde_json::json!([]));
    let event = account_event(&mut user, "executionReport").await;
    assert_eq!((text(&event, &["x", "X", "c", "C"]), event["t"].as_i64()), (vec!["NEW", "NEW", "a1", ""], Some(-1)));
    let held = account_event(&mut user, "outboundAccountPosition").await;
    assert_eq!(text(&held["B"][1], &["a", "f", "l"]), ["USDT", "9410.00000000", "590.00000000"]);
    server.trade("BTCUSDT", dec!(59000), dec!(0.004));
    let event = account_event(&mut user, "executionReport").await;
    assert_eq!(
        text(&event, &["x", "X", "l", "z", "L"]),
        ["TRADE", "PARTIALLY_FILLED", "0.00400000", "0.00400000", "59000.00000000"]
    );
    assert_eq!(text(&event, &["n", "N"]), ["0.00000400", "BTC"]);
    assert_eq!((event["m"].as_bool(), event["w"].as_bool()), (Some(true), Some(true)));
    assert_eq!(server.balance("USDT"), (dec!(9410), dec!(354)));
    server.trade("BTCUSDT", dec!(58000), dec!(0.001));
    let event = account_event(&mut user, "executionReport").await;
    assert_eq!(text(&event, &["X", "z", "Z"]), ["FILLED", "0.01000000", "590.00000000"]);
    assert_eq!(server.balance("USDT"), (dec!(9410), dec!(0)));
    assert_eq!(server.balance("BTC"), (dec!(1.00999), dec!(0)));
    let row = caller.done("GET", ORDER, "symbol=BTCUSDT&origClientOrderId=a1").await;
    assert_eq!(text(&row, &["status", "cummulativeQuoteQty"]), ["FILLED", "590.00000000"]);
    let trades = caller.done("GET", "/api/v3/myTrades", "symbol=BTCUSDT").await;
    assert_eq!(trades.as_array().unwrap().len(), 2);
    let newer = format!("symbol=BTCUSDT&fromId={}", trades[1]["id"]);
    assert_eq!(caller.done("GET", "/api/v3/myTrades", &newer).await, serde_json::json!([trades[1]]));
}

#[tokio::test]
async fn a_market_order_takes_what_the_book_has_and_is_answered_in_full() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    let done = caller.order("symbol=BTCUSDT&side=SELL&type=MARKET&quantity=0.05").await;
    assert_eq!(text(&done, &["status", "executedQty"]), ["FILLED", "0.05000000"]);
    let number = |value: &Value| value.as_str().unwrap().parse::<Decimal>().unwrap();
    let fills = done["fills"].as_array().unwrap();
    let sum = |name: &str| fills.iter().map(|fill| number(&fill[name])).sum::<Decimal>();
    assert_eq!(sum("qty"), dec!(0.05));
    assert_eq!(server.balance("BTC"), (dec!(0.95), dec!(0)));
    let got = number(&done["cummulativeQuoteQty"]);
    assert_eq!(server.balance("USDT").0, dec!(10000) + got - sum("commission"));
    assert!(fills.iter().all(|fill| fill["commissionAsset"] == "USDT"));
    let by_money = caller.order("symbol=BTCUSDT&side=BUY&type=MARKET&quoteOrderQty=100").await;
    assert_eq!(text(&by_money, &["status", "executedQty"]), ["FILLED", "0.00166000"]);
}

#[tokio::test]
async fn fees_may_be_paid_in_bnb() {
    let habits = Habits { bnb_price: Some(dec!(600)), ..Habits::default() };
    let server = SpotServer::start(Options { habits, ..Options::default() });
    let caller = Caller::new(&server);
    caller.order(BUY).await;
    server.set_top("BTCUSDT", dec!(58900), dec!(58900.01));
    // 590 x 0.001 x 0.75 / 600
    assert_eq!(server.balance("BNB").0, dec!(9.9992625));
    assert_eq!(server.balance("BTC").0, dec!(1.01));
    assert_eq!(server.trades()[0].commission_asset, "BNB");
}

#[tokio::test]
async fn a_cancel_has_a_name_of_its_own() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    let mut user = account_stream(&caller).await;
    let placed = caller.order(&format!("{BUY}&newClientOrderId=mine")).await;
    let query = format!("symbol=BTCUSDT&orderId={}&newClientOrderId=cancel1", placed["orderId"]);
    let gone = caller.done("DELETE", ORDER, &query).await;
    assert_eq!(text(&gone, &["status", "clientOrderId", "origClientOrderId"]), ["CANCELED", "cancel1", "mine"]);
    account_event(&mut user, "executionReport").await;
    let event = account_event(&mut user, "executionReport").await;
    assert_eq!(text(&event, &["x", "c", "C"]), ["CANCELED", "cancel1", "mine"]);
    assert_eq!(server.balance("USDT"), (dec!(10000), dec!(0)));
    assert_eq!(caller.code("DELETE", ORDER, &query).await, -2011);
    assert_eq!(caller.code("GET", ORDER, "symbol=BTCUSDT&orderId=1").await, -2013);
    caller.order(&BUY.replace("0.01000", "0.02000")).await;
    caller.order(BUY).await;
    let gone = caller.done("DELETE", "/api/v3/openOrders", "symbol=BTCUSDT").await;
    assert_eq!(gone.as_array().unwrap().len(), 2);
    assert_eq!(caller.code("DELETE", "/api/v3/openOrders", "symbol=BTCUSDT").await, -2011);
}

#[tokio::test]
async fn times_in_force_end_as_they_should() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    server.set_level("BTCUSDT", false, dec!(60000), dec!(0.004));
    let taken =
        |force: &str| format!("symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce={force}&quantity=0.01&price=60000");
    let none = caller.order(&taken("FOK")).await;
    assert_eq!(text(&none, &["status", "executedQty"]), ["EXPIRED", "0.00000000"]);
    let some = caller.order(&taken("IOC")).await;
    assert_eq!(text(&some, &["status", "executedQty"]), ["EXPIRED", "0.00400000"]);
    assert_eq!(server.balance("USDT"), (dec!(9760), dec!(0)));
    let rest = caller.order(&taken("GTC")).await;
    assert_eq!(text(&rest, &["status", "executedQty"]), ["PARTIALLY_FILLED", "0.00400000"]);
    assert_eq!(server.balance("USDT").1, dec!(360));
}

#[tokio::test]
async fn stops_wait_for_a_trade() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    let stop = "symbol=BTCUSDT&side=SELL&type=STOP_LOSS&quantity=0.5&stopPrice=59000&newClientOrderId=s";
    assert!(caller.order(stop).await.get("status").is_none(), "an acknowledgement");
    let limit =
        "symbol=BTCUSDT&side=BUY&type=STOP_LOSS_LIMIT&timeInForce=GTC&quantity=0.01&price=61000&stopPrice=60500";
    caller.order(&format!("{limit}&newClientOrderId=l")).await;
    caller.order("symbol=BTCUSDT&side=SELL&type=STOP_LOSS&quantity=0.1&trailingDelta=100&newClientOrderId=t").await;
    assert!(server.open_orders().iter().all(|order| !order.is_working));
    assert_eq!(server.balance("BTC"), (dec!(0.4), dec!(0.6)));
    assert_eq!(server.balance("USDT").1, dec!(610));
    server.trade("BTCUSDT", dec!(60400), dec!(1));
    assert_eq!(server.order("t").unwrap().status, "NEW");
    server.trade("BTCUSDT", dec!(60500), dec!(1));
    assert_eq!(server.order("l").unwrap().status, "FILLED");
    // A hundredth below 60500.
    server.trade("BTCUSDT", dec!(59895), dec!(1));
    assert_eq!(server.order("t").unwrap().status, "FILLED");
    assert_eq!(server.order("s").unwrap().status, "NEW");
    server.trade("BTCUSDT", dec!(59000), dec!(1));
    assert!(server.order("s").unwrap().is_working);
    let locked = ["BTC", "USDT"].map(|asset| server.balance(asset).1);
    assert_eq!(locked, [dec!(0), dec!(0)]);
    let passed = "symbol=BTCUSDT&side=SELL&type=STOP_LOSS&quantity=0.01&stopPrice=59500";
    assert_eq!(caller.code("POST", ORDER, passed).await, -2010);
}

const REPLACE: &str = "/api/v3/order/cancelReplace";

#[tokio::test]
async fn an_order_takes_the_place_of_another_or_not() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    caller.order(&format!("{BUY}&newClientOrderId=r")).await;
    let stop = |old: &str, new: &str, price: &str, quantity: &str| {
        format!(
            "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity={quantity}&price={price}&newClientOrderId={new}\
             &cancelReplaceMode=STOP_ON_FAILURE&cancelOrigClientOrderId={old}&cancelRestrictions=ONLY_NEW"
        )
    };
    let done = caller.done("POST", REPLACE, &stop("r", "r-1", "58000", "0.02")).await;
    assert_eq!(text(&done, &["cancelResult", "newOrderResult"]), ["SUCCESS", "SUCCESS"]);
    assert_eq!(text(&done["newOrderResponse"], &["status", "clientOrderId"]), ["NEW", "r-1"]);
    let (status, none) = caller.signed("POST", REPLACE, &stop("r", "r-2", "58000", "0.02")).await;
    assert_eq!((status, none["code"].as_i64()), (400, Some(-2022)));
    assert_eq!(text(&none["data"], &["cancelResult", "newOrderResult"]), ["FAILURE", "NOT_ATTEMPTED"]);
    assert!(none["data"]["newOrderResponse"].is_null());
    let (status, half) = caller.signed("POST", REPLACE, &stop("r-1", "r-2", "58000", "0.2")).await;
    assert_eq!((status, half["code"].as_i64()), (409, Some(-2021)));
    assert_eq!(text(&half["data"], &["cancelResult", "newOrderResult"]), ["SUCCESS", "FAILURE"]);
    assert_eq!(half["data"]["newOrderResponse"]["code"], -2010);
    assert_eq!(server.balance("USDT"), (dec!(10000), dec!(0)));
    // A filter refuses both before anything is done.
    caller.order(&format!("{BUY}&newClientOrderId=q")).await;
    assert_eq!(caller.code("POST", REPLACE, &stop("q", "q-1", "58000.001", "0.02")).await, -1013);
    assert_eq!(server.order("q").unwrap().status, "NEW");
    server.trade("BTCUSDT", dec!(59000), dec!(0.005));
    let (_, kept) = caller.signed("POST", REPLACE, &stop("q", "q-1", "58000", "0.02")).await;
    assert_eq!(kept["data"]["cancelResponse"]["code"], -2011);
}

const AMEND: &str = "/api/v3/order/amend/keepPriority";

#[tokio::test]
async fn a_quantity_is_made_smaller_in_place() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    let mut user = account_stream(&caller).await;
    caller.order(&format!("{BUY}&newClientOrderId=a")).await;
    account_event(&mut user, "executionReport").await;
    let smaller = |quantity: &str| format!("symbol=BTCUSDT&origClientOrderId=a&newClientOrderId=a&newQty={quantity}");
    let done = caller.done("PUT", AMEND, &smaller("0.006")).await;
    assert_eq!(text(&done["amendedOrder"], &["qty", "status", "clientOrderId"]), ["0.00600000", "NEW", "a"]);
    let event = account_event(&mut user, "executionReport").await;
    assert_eq!(text(&event, &["x", "q"]), ["REPLACED", "0.00600000"]);
    assert_eq!(server.balance("USDT"), (dec!(9646), dec!(354)));
    assert_eq!(caller.code("PUT", AMEND, &smaller("0.007")).await, -2038);
    server.trade("BTCUSDT", dec!(59000), dec!(0.002));
    assert_eq!(caller.code("PUT", AMEND, &smaller("0.002")).await, -2038);
    let done = caller.done("PUT", AMEND, "symbol=BTCUSDT&origClientOrderId=a&newQty=0.005").await;
    assert_eq!(done["amendedOrder"]["clientOrderId"].as_str().unwrap().len(), 22);
    server.trade("BTCUSDT", dec!(59000), dec!(1));
    assert_eq!(server.balance("USDT"), (dec!(9705), dec!(0)));
}

#[tokio::test]
async fn an_order_made_elsewhere_and_one_ended_elsewhere_are_told() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    let mut user = account_stream(&caller).await;
    let id = server.foreign_order("ETHUSDT", true, dec!(2900), dec!(1));
    assert!(id > 8_000_000_000_000_000_000);
    let event = account_event(&mut user, "executionReport").await;
    assert!(event["c"].as_str().unwrap().starts_with("web_"));
    server.end_order("ETHUSDT", id, "EXPIRED");
    let event = account_event(&mut user, "executionReport").await;
    assert_eq!(text(&event, &["x", "eR"]), ["EXPIRED", "EXCHANGE_CANCELED"]);
}

#[tokio::test]
async fn a_pair_made_elsewhere_ends_together() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    let mut user = account_stream(&caller).await;
    let (_, stop) = server.foreign_pair("BTCUSDT", dec!(0.5), dec!(61000), dec!(59000));
    let started = account_event(&mut user, "listStatus").await;
    assert_eq!((started["L"].as_str(), &started["O"][1]["i"]), (Some("EXECUTING"), &serde_json::json!(stop)));
    assert_eq!(server.balance("BTC"), (dec!(0.5), dec!(0.5)));
    let open = caller.done("GET", "/api/v3/openOrders", "symbol=BTCUSDT").await;
    assert_eq!((&open[0]["orderListId"], &open[1]["orderListId"]), (&started["g"], &started["g"]));
    server.trade("BTCUSDT", dec!(61000), dec!(0.2));
    assert_eq!(account_event(&mut user, "executionReport").await["g"], started["g"]);
    server.trade("BTCUSDT", dec!(61000), dec!(0.3));
    assert_eq!(account_event(&mut user, "listStatus").await["L"], "ALL_DONE");
    let ends: Vec<String> = server.orders().into_iter().map(|order| order.status).collect();
    assert_eq!(ends, ["FILLED", "EXPIRED"]);
    assert_eq!(server.balance("BTC"), (dec!(0.5), dec!(0)));
    server.foreign_pair("BTCUSDT", dec!(0.4), dec!(62000), dec!(60000));
    server.trade("BTCUSDT", dec!(60000), dec!(0.1));
    let ends: Vec<String> = server.orders().into_iter().skip(2).map(|order| order.status).collect();
    assert_eq!(ends, ["EXPIRED", "FILLED"]);
    assert_eq!(server.balance("BTC"), (dec!(0.1), dec!(0)));
    server.foreign_pair("BTCUSDT", dec!(0.1), dec!(62000), dec!(59000));
    caller.order(BUY).await;
    let gone = caller.done("DELETE", "/api/v3/openOrders", "symbol=BTCUSDT").await;
    assert_eq!(gone[1]["orderReports"].as_array().unwrap().len(), 2);
    assert_eq!(server.balance("BTC"), (dec!(0.1), dec!(0)));
    assert!(server.open_orders().is_empty());
}
