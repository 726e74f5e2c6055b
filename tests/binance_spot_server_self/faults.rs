//! What goes wrong with requests, and what is true afterwards.

use std::time::Duration;

use rust_decimal::dec;

use crate::binance_spot_server::{Fault, KEY, Options, Route, SpotServer};
use crate::caller::Caller;
use crate::exchange::ORDER;

const BUY: &str = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=59000";

/// Sends one order and gives status and body, or what broke.
async fn attempt(caller: &Caller<'_>) -> Result<(u16, String), &'static str> {
    let target = caller.target(ORDER, BUY);
    let asked = async {
        let answer = caller.raw("POST", &target, KEY).await.map_err(|_| "broken")?;
        let status = answer.status().as_u16();
        Ok((status, answer.text().await.map_err(|_| "cut")?))
    };
    tokio::time::timeout(Duration::from_millis(1_500), asked).await.unwrap_or(Err("silence"))
}

#[tokio::test]
async fn each_fault_is_seen_and_the_truth_is_known() {
    for (fault, seen, orders) in [
        (Fault::LostReply, Err("broken"), 1),
        (Fault::NoAnswer { executed: true }, Err("silence"), 1),
        (Fault::Late(Duration::from_millis(50)), Ok((200, "orderId")), 1),
        (Fault::CutBody, Err("cut"), 1),
        (Fault::UnknownError { executed: true }, Ok((503, "Unknown error, please check")), 1),
        (Fault::UnknownError { executed: false }, Ok((503, "Unknown error, please check")), 0),
        (Fault::Timeout { executed: true }, Ok((408, "-1007")), 1),
        (Fault::Timeout { executed: false }, Ok((408, "-1007")), 0),
        (Fault::Overload, Ok((503, "-1008")), 0),
        (Fault::ClockRefused, Ok((400, "-1021")), 0),
        (Fault::TooMany { seconds: 1 }, Ok((429, "-1003")), 0),
        (Fault::Unparsable, Ok((200, "\0")), 1),
        (Fault::Twice, Ok((200, "orderId")), 1),
        (Fault::Page(403), Ok((403, "Forbidden")), 0),
    ] {
        let server = SpotServer::start(Options::default());
        server.fault("POST", "/order", 1, fault.clone());
        let got = attempt(&Caller::new(&server)).await;
        match (&got, seen) {
            (Ok((status, body)), Ok((wanted, text))) => {
                assert!(*status == wanted && body.contains(text), "{fault:?}: {status} {body}");
            }
            (Err(kind), Err(wanted)) => assert_eq!(*kind, wanted, "{fault:?}"),
            _ => panic!("{fault:?}: {got:?}"),
        }
        assert_eq!(server.orders().len(), orders, "{fault:?}");
        assert_eq!(server.requests_to("POST", "/order").len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_restart_keeps_what_is_known_and_the_port() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    assert_eq!(attempt(&caller).await.unwrap().0, 200);
    server.stop();
    assert_eq!(attempt(&caller).await, Err("broken"));
    server.trade("BTCUSDT", dec!(58000), dec!(1));
    server.resume();
    let row = caller.done("GET", "/api/v3/allOrders", "symbol=BTCUSDT").await;
    assert_eq!(row[0]["status"], "FILLED");
    server.maintenance(true);
    assert!(attempt(&caller).await.unwrap().1.starts_with("<html>"));
    for route in ["/ws", "/ws-api/v3"] {
        let url = format!("{}{route}", server.ws_url());
        assert!(tokio_tungstenite::connect_async(url).await.is_err(), "{route}");
    }
    assert_eq!(server.streams(Route::Market), 0);
}
