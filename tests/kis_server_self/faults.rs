//! Faults of requests do what they say, and nothing else.

use std::time::{Duration, Instant};

use hoga::broker::kis::code::{Purpose, judge};
use rust_decimal::dec;

use crate::caller::{Caller, QUOTES};
use crate::kis_server::{Fault, Faults, Options, Server};

const PRICE: [(&str, &str); 2] = [("FID_COND_MRKT_DIV_CODE", "J"), ("FID_INPUT_ISCD", "005930")];

async fn order(caller: &Caller<'_>) -> reqwest::Result<crate::caller::Came> {
    let fields = crate::caller::account([
        ("PDNO", "005930"),
        ("ORD_DVSN", "00"),
        ("ORD_QTY", "1"),
        ("ORD_UNPR", "60000"),
        ("EXCG_ID_DVSN_CD", "KRX"),
    ]);
    caller.try_post(&format!("{}/order-cash", crate::caller::STOCK), "TTTC0012U", &fields).await
}

#[tokio::test]
async fn each_fault_takes_effect_or_not() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    let inside = |code: &str, executed| Fault::Inside { code: code.to_owned(), executed };
    let mut taken = 0;
    for (fault, takes_effect, code) in [
        (Fault::LostReply, true, None),
        (Fault::LostRequest, false, None),
        (Fault::Reset { executed: true }, true, None),
        (Fault::Reset { executed: false }, false, None),
        (Fault::HalfBody, true, None),
        (Fault::Garbage, true, Some("")),
        (inside("EGW00301", true), true, Some("EGW00301")),
        (inside("EGW00302", false), false, Some("EGW00302")),
        (Fault::TooMany, false, Some("EGW00201")),
        (Fault::LedgerBusy, false, Some("EGW00215")),
        (Fault::TokenRefused, false, Some("EGW00123")),
        (Fault::Page(503), false, Some("")),
        (Fault::Refuse { code: "APBK0918".into(), text: "장운영시간이 아닙니다.".into() }, false, Some("APBK0918")),
    ] {
        server.fault("POST", "/order-cash", 1, fault.clone());
        let came = order(&caller).await;
        taken += usize::from(takes_effect);
        assert_eq!(server.orders().len(), taken, "{fault:?}");
        match code {
            None => assert!(came.is_err(), "{fault:?}"),
            Some("") => {
                let came = came.unwrap();
                assert!(judge("an order", came.status, &came.bytes, Purpose::Order).err().unwrap().may_have_happened());
            }
            Some(code) => assert_eq!(came.unwrap().code(), code),
        }
        let seen = server.requests().pop().unwrap();
        assert!(seen.fault.is_some() && seen.path.ends_with("/order-cash"));
    }
    assert_eq!(order(&caller).await.unwrap().code(), "APBK0013");
    assert!(server.requests().pop().unwrap().fault.is_none());
}

#[tokio::test]
async fn an_answer_comes_late_or_never() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    server.fault("POST", "/order-cash", 1, Fault::Late(Duration::from_millis(300)));
    let before = Instant::now();
    assert_eq!(order(&caller).await.unwrap().code(), "APBK0013");
    assert!(before.elapsed() >= Duration::from_millis(300));
    server.fault("POST", "/order-cash", 1, Fault::NoAnswer { executed: true });
    assert!(tokio::time::timeout(Duration::from_millis(500), order(&caller)).await.is_err());
    assert_eq!(server.orders().len(), 2);
}

#[tokio::test]
async fn what_the_server_knows_outlives_a_stop() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    let mut feed = caller.stream().await;
    order(&caller).await.unwrap();
    server.stop();
    assert!(order(&caller).await.is_err());
    assert_eq!(feed.text().await, None);
    server.resume();
    assert_eq!(order(&caller).await.unwrap().code(), "APBK0013");
    assert_eq!((server.orders().len(), server.tokens_issued()), (2, 1));
    server.maintenance(true);
    assert_eq!(order(&caller).await.unwrap().status, 503);
    server.maintenance(false);
    assert_eq!(server.orders().len(), 2);
}

#[tokio::test]
async fn chance_follows_from_the_seed() {
    let mut all: Vec<Vec<Option<Fault>>> = Vec::new();
    for seed in [7, 7, 8] {
        let mut faults = Faults::seeded(seed, 0.3);
        all.push((0..200).map(|_| faults.next("POST", "/uapi/x")).collect());
        assert!((30..100).contains(&faults.happened), "{}", faults.happened);
        assert_eq!(faults.next("POST", "/oauth2/tokenP"), None);
    }
    assert!(all[0] == all[1] && all[1] != all[2]);
}

#[tokio::test]
async fn commands_do_the_same_as_methods() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    for line in [
        "trade 005930 70000 3",
        "top 005930 69900 70000",
        "level 005930 ask 70000 7",
        "fault POST /order-cash lost-reply 1; GET /inquire-price too-many",
        "frames H0STCNI0 1 late:100",
        "chance seed=1,rate=0.1",
        "stream pings",
        "position 000660 5 180000",
        "order 005930 buy 60000 2",
        "limit 100",
        "lag 0",
        "clock 2026-10-14T02:00:00Z",
        "restart",
    ] {
        assert_eq!(server.command(line)["ok"], true, "{line}: {}", server.command(line));
    }
    for line in ["trade NOBODY 1 1", "fault x", "stream x", "clock x", "x"] {
        assert_eq!(server.command(line)["ok"], false, "{line}");
    }
    let came = caller.get(&format!("{QUOTES}/inquire-price"), "FHKST01010100", &PRICE).await;
    assert_eq!(came.code(), "EGW00201");
    assert!(order(&caller).await.is_err());
    let status = server.command("status");
    assert_eq!(status["orders"].as_array().unwrap().len(), 2);
    assert_eq!(status["orders"][1]["standing"], "Open");
    assert_eq!(status["positions"]["000660"], dec!(5).to_string());
}
