//! What goes wrong with requests, and what is true afterwards.

use std::time::Duration;

use rust_decimal::dec;

use crate::binance_server::{Fault, Faults, KEY, Options, Server};
use crate::caller::Caller;

const ORDER: &str = "/fapi/v1/order";
const BUY: &str = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.010&price=59000";

type Case = (Fault, Result<(u16, &'static str), &'static str>, usize);

/// Sends one order and gives status and body, or what broke.
async fn attempt(caller: &Caller<'_>) -> Result<(u16, String), String> {
    let target = caller.target(ORDER, BUY);
    let asked = async {
        let answer = caller.raw("POST", &target, KEY).await.map_err(|_| "broken".to_owned())?;
        let status = answer.status().as_u16();
        Ok((status, answer.text().await.map_err(|_| "cut".to_owned())?))
    };
    tokio::time::timeout(Duration::from_millis(1_500), asked).await.unwrap_or_else(|_| Err("silence".to_owned()))
}

#[tokio::test]
async fn each_fault_is_seen_and_the_truth_is_known() {
    // The fault, what the client sees, how many orders there are then.
    let cases: [Case; 19] = [
        (Fault::LostReply, Err("broken"), 1),
        (Fault::NoAnswer { executed: true }, Err("silence"), 1),
        (Fault::NoAnswer { executed: false }, Err("silence"), 0),
        (Fault::Late(Duration::from_millis(50)), Ok((200, "orderId")), 1),
        (Fault::CutBody, Err("cut"), 1),
        (Fault::Gateway(502), Ok((502, "<html>")), 1),
        (Fault::UnknownError { executed: true }, Ok((503, "Unknown error, please check")), 1),
        (Fault::UnknownError { executed: false }, Ok((503, "Unknown error, please check")), 0),
        (Fault::Unavailable, Ok((503, "Service Unavailable.")), 0),
        (Fault::InternalError, Ok((503, "Internal error; unable")), 0),
        (Fault::Timeout { executed: true }, Ok((408, "-1007")), 1),
        (Fault::Timeout { executed: false }, Ok((408, "-1007")), 0),
        (Fault::Overload, Ok((503, "-1008")), 0),
        (Fault::ClockRefused, Ok((400, "-1021")), 0),
        (Fault::TooMany { seconds: 1 }, Ok((429, "-1003")), 0),
        (Fault::Unparsable, Ok((200, "\0")), 1),
        (Fault::AnotherAnswer, Ok((200, "{}")), 1),
        (Fault::Page(403), Ok((403, "Forbidden")), 0),
        (Fault::Refuse { status: 400, code: -4531, message: "moving".to_owned() }, Ok((400, "moving")), 0),
    ];
    for (fault, expected, orders) in cases {
        let server = Server::start(Options::default());
        let caller = Caller::new(&server);
        server.fault("POST", ORDER, 1, fault.clone());
        match (attempt(&caller).await, expected) {
            (Ok((status, body)), Ok((wanted, text))) => {
                assert_eq!(status, wanted, "{fault:?}");
                assert!(body.contains(text), "{fault:?}: {body}");
            }
            (Err(kind), Err(wanted)) => assert_eq!(kind, wanted, "{fault:?}"),
            other => panic!("{fault:?}: {other:?}"),
        }
        assert_eq!(server.orders().len(), orders, "{fault:?}");
        assert_eq!(server.requests().len(), 1, "{fault:?}");
        assert!(server.requests()[0].fault.is_some());
    }
}

#[tokio::test]
async fn an_answer_may_come_twice() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    server.fault("POST", ORDER, 1, Fault::Twice);
    assert_eq!(attempt(&caller).await.unwrap().0, 200);
    assert_eq!(server.orders().len(), 1);
}

#[tokio::test]
async fn overload_lets_orders_through_that_only_close() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    caller.order("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01").await;
    server.fault("POST", ORDER, 5, Fault::Overload);
    assert_eq!(attempt(&caller).await.unwrap().0, 503);
    caller.order("symbol=BTCUSDT&side=SELL&type=MARKET&quantity=0.01&reduceOnly=true").await;
}

#[tokio::test]
async fn specifications_are_read() {
    let mut faults =
        Faults::parse("POST /order lost-reply 2 1; * /balance late:70; DELETE /order timeout:executed").unwrap();
    assert_eq!(faults.next("POST", "/fapi/v1/order"), None);
    assert_eq!(faults.next("POST", "/fapi/v1/order"), Some(Fault::LostReply));
    assert_eq!(faults.next("DELETE", "/fapi/v1/order"), Some(Fault::Timeout { executed: true }));
    assert_eq!(faults.next("GET", "/fapi/v3/balance"), Some(Fault::Late(Duration::from_millis(70))));
    assert_eq!(faults.next("GET", "/fapi/v3/balance"), None);
    for wrong in ["POST /order", "POST /order nothing", "seed=1", "POST /order late:x"] {
        assert!(Faults::parse(wrong).is_err(), "{wrong}");
    }
    let course = |seed| {
        let mut faults = Faults::seeded(seed, 0.3);
        (0..200).map(|_| faults.next("POST", "/x")).collect::<Vec<_>>()
    };
    assert_eq!(course(4), course(4));
    let hits = course(4).iter().flatten().count();
    assert!((40..80).contains(&hits), "{hits}");
}

#[tokio::test]
async fn a_restart_keeps_what_is_known_and_the_port() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    assert_eq!(attempt(&caller).await.unwrap().0, 200);
    let mut user = caller.user_stream().await;
    server.stop();
    assert_eq!(user.text().await, None);
    assert_eq!(attempt(&caller).await, Err("broken".to_owned()));
    server.trade("BTCUSDT", dec!(58000), dec!(1));
    server.resume();
    let row = caller.done("GET", "/fapi/v1/allOrders", "symbol=BTCUSDT").await;
    assert_eq!(row[0]["status"], "FILLED");
}

#[tokio::test]
async fn maintenance_is_a_page() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    server.maintenance(true);
    let (status, body) = attempt(&caller).await.unwrap();
    assert!(status == 503 && body.starts_with("<html>"), "{status} {body}");
    assert!(tokio_tungstenite::connect_async(format!("{}/market/ws", server.ws_url())).await.is_err());
    server.maintenance(false);
    assert_eq!(attempt(&caller).await.unwrap().0, 200);
}

#[tokio::test]
async fn a_journal_has_what_arrived_and_what_came_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let server = Server::start(Options { journal: Some(path.clone()), ..Options::default() });
    let caller = Caller::new(&server);
    caller.order(&format!("{BUY}&newClientOrderId=mine")).await;
    assert_eq!(server.command("trade BTCUSDT 58900 0.5")["ok"], true);
    let status = server.command("status");
    assert_eq!(
        (status["orders"][0]["status"].as_str(), status["trades"][0]["qty"].as_str()),
        (Some("FILLED"), Some("0.010"))
    );
    for (line, is_ok) in [
        ("fault POST /order lost-reply", true),
        ("stream private cut", true),
        ("frames public depth 1 lose", true),
        ("trade NOPE 1 1", false),
        ("trade BTCUSDT x 1", false),
        ("dance", false),
    ] {
        assert_eq!(server.command(line)["ok"], is_ok, "{line}");
    }
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<_> = lines.iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["request", "order", "income", "order", "trade"]);
    assert_eq!(lines[0]["params"]["newClientOrderId"], "mine");
    assert!(!text.contains("signature"));
    assert_eq!(lines[4]["clientOrderId"], "mine");
}

#[tokio::test]
async fn whatever_goes_wrong_the_books_add_up() {
    let server = Server::start(Options { seed: 12, ..Options::default() });
    let caller = Caller::new(&server);
    server.faults(Faults::seeded(12, 0.2));
    server.stream_faults(12, 0.1);
    let mut user = Some(caller.user_stream().await);
    for number in 0..60 {
        let side = if number % 2 == 0 { "BUY" } else { "SELL" };
        let query = format!("symbol=BTCUSDT&side={side}&type=MARKET&quantity=0.01&newClientOrderId=n{number}");
        let target = caller.target(ORDER, &query);
        let asked = caller.raw("POST", &target, KEY);
        let _ = tokio::time::timeout(Duration::from_millis(40), asked).await;
        if number % 20 == 19 {
            user = None;
        }
    }
    drop(user);
    server.no_faults();
    let fills = server.trades();
    let held: rust_decimal::Decimal =
        fills.iter().map(|fill| if fill.is_buy { fill.quantity } else { -fill.quantity }).sum();
    assert_eq!(server.position("BTCUSDT"), held);
    let paid: rust_decimal::Decimal = fills.iter().map(|fill| fill.realized - fill.commission).sum();
    assert_eq!(server.wallet("USDT"), dec!(10000) + paid);
    let rows = caller.done("GET", "/fapi/v1/allOrders", "symbol=BTCUSDT").await;
    assert_eq!(rows.as_array().unwrap().len(), server.orders().len());
    let happened = server.requests().iter().filter(|seen| seen.fault.is_some()).count();
    assert!((3..=30).contains(&happened), "{happened}");
}
