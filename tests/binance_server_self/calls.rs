//! Calls: what is accepted, what is refused and how.

use rust_decimal::dec;

use crate::binance_server::{Options, Server};
use crate::caller::Caller;

const BUY: &str = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.010&price=59000";

#[tokio::test]
async fn an_order_lives_from_placing_to_its_fill() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    let mut user = caller.user_stream().await;
    let placed = caller.order(&format!("{BUY}&newClientOrderId=a1")).await;
    assert_eq!((placed["status"].as_str(), placed["clientOrderId"].as_str()), (Some("NEW"), Some("a1")));
    assert_eq!(user.next().await["o"]["x"], "NEW");
    server.trade("BTCUSDT", dec!(59000), dec!(0.004));
    assert_eq!(user.event("TRADE_LITE").await["l"], "0.004");
    let account = user.next().await;
    assert_eq!(account["a"]["P"][0]["pa"], "0.004");
    assert_eq!(account["a"]["B"][0]["wb"], "9999.95280000");
    let event = user.next().await;
    assert_eq!((event["o"]["X"].as_str(), event["o"]["m"].as_bool()), (Some("PARTIALLY_FILLED"), Some(true)));
    server.trade("BTCUSDT", dec!(58000), dec!(0.001));
    let event = user.event("ORDER_TRADE_UPDATE").await;
    assert_eq!((event["o"]["X"].as_str(), event["o"]["z"].as_str()), (Some("FILLED"), Some("0.010")));
    assert_eq!(server.position("BTCUSDT"), dec!(0.010));
    assert_eq!(server.trades().len(), 2);
    let row = caller.done("GET", "/fapi/v1/order", "symbol=BTCUSDT&origClientOrderId=a1").await;
    assert_eq!((row["status"].as_str(), row["avgPrice"].as_str()), (Some("FILLED"), Some("59000.00000")));
}

#[tokio::test]
async fn a_market_order_takes_what_the_book_has() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    let query = "symbol=BTCUSDT&side=SELL&type=MARKET&quantity=0.05&newOrderRespType=RESULT";
    let done = caller.order(query).await;
    assert_eq!(done["status"], "FILLED");
    assert_eq!(server.position("BTCUSDT"), dec!(-0.05));
    let rows = caller.done("GET", "/fapi/v3/positionRisk", "").await;
    assert_eq!(rows[0]["positionAmt"], "-0.050");
}
