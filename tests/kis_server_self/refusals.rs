//! Refusals with their codes and words, and that nothing is taken with them.

use hoga::broker::api::BrokerError;
use hoga::broker::kis::code::{Meaning, Purpose, judge};
use rust_decimal::dec;

use crate::caller::{Caller, STOCK, account};
use crate::kis_server::{Options, Server};

#[tokio::test]
async fn orders_that_cannot_be_are_refused_for_what_is_wrong() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    server.set_position("000660", dec!(5), dec!(180_000));
    server.halt("035720", true);
    for (symbol, is_buy, kind, price, quantity, code, meaning) in [
        ("005930", true, "00", "70000", "143", "APBK0952", Meaning::Cash),
        // At the market the upper limit counts: 91000 each.
        ("005930", true, "01", "0", "110", "APBK0952", Meaning::Cash),
        ("000660", false, "00", "185000", "6", "APBK0400", Meaning::Shares),
        ("005930", false, "01", "0", "1", "APBK0400", Meaning::Shares),
        ("999999", true, "00", "1000", "1", "APBK0656", Meaning::Symbol),
        ("AAPL", true, "00", "1000", "1", "APBK0656", Meaning::Symbol),
        ("035720", true, "00", "40000", "1", "APBK0918", Meaning::Closed),
        ("005930", true, "00", "70050", "1", "APBK0506", Meaning::Other),
        ("005930", true, "00", "91100", "1", "APBK0506", Meaning::Other),
        ("005930", true, "00", "70000.0", "1", "IGW00007", Meaning::Malformed),
    ] {
        let came = caller.order(symbol, is_buy, kind, price, quantity).await;
        assert_eq!((came.status, came.code().as_str()), (200, code), "{symbol} {kind} {price} {quantity}");
        let text = came.body()["msg1"].as_str().unwrap().to_owned();
        assert_eq!(Meaning::of(code, &text), meaning, "{text}");
        let judged = judge("an order", came.status, &came.bytes, Purpose::Order).err().unwrap();
        assert!(matches!(judged, BrokerError::Refused { .. }) || code.starts_with("IGW"), "{judged:?}");
    }
    assert!(server.orders().is_empty());
}

#[tokio::test]
async fn open_orders_hold_money_and_shares_back() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    server.set_position("000660", dec!(5), dec!(180_000));
    let first = caller.bought("005930", "60000", "100").await;
    assert_eq!(caller.order("005930", true, "00", "60000", "67").await.code(), "APBK0952");
    caller.order("000660", false, "00", "200000", "4").await;
    assert_eq!(caller.order("000660", false, "00", "200000", "2").await.code(), "APBK0400");
    caller.change(&first, "02", "0", None).await;
    assert_eq!(caller.order("005930", true, "00", "60000", "67").await.code(), "APBK0013");
}

#[tokio::test]
async fn a_closed_market_says_so_in_the_words_of_each_environment() {
    for (options, codes) in [
        (Options::default(), ["APBK0918", "APBK0918", "APBK0919", "APBK0919"]),
        (Options::paper(), ["40570000", "40580000", "40100000", "40100000"]),
    ] {
        let server = Server::start(options);
        server.close_day("20261009");
        let mut caller = Caller::new(&server).await;
        // Before the open, at night, a Sunday, a holiday.
        let times = ["2026-10-13T22:00:00Z", "2026-10-14T12:00:00Z", "2026-10-18T02:00:00Z", "2026-10-09T02:00:00Z"];
        for (time, code) in times.into_iter().zip(codes) {
            server.set_clock(time);
            server.expire_tokens();
            caller.token = caller.sign_in().await.body()["access_token"].as_str().unwrap().to_owned();
            let came = caller.order("005930", true, "00", "70000", "1").await;
            assert_eq!(came.code(), code, "{time}");
            let text = came.body()["msg1"].as_str().unwrap().to_owned();
            assert_eq!(Meaning::of(code, &text), Meaning::Closed);
        }
    }
}

#[tokio::test]
async fn changes_that_cannot_be_are_refused() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    let order = caller.bought("005930", "69000", "10").await;
    for (number, what, price, quantity) in [
        ("0000000001", "02", "0", None),
        (order.as_str(), "02", "0", Some("11")),
        (order.as_str(), "01", "69050", None),
        (order.as_str(), "03", "69000", None),
    ] {
        let came = caller.change(number, what, price, quantity).await;
        assert_ne!(came.body()["rt_cd"], "0", "{what} {price} {quantity:?}");
    }
    assert_eq!(server.order(&order).unwrap().acceptances, 1);
    // Of a filled order nothing is left.
    server.trade("005930", dec!(68_000), dec!(1));
    assert_eq!(caller.change(&order, "02", "0", None).await.code(), "APBK0344");
}

#[tokio::test]
async fn another_account_and_bodies_that_are_none() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    let path = format!("{STOCK}/order-cash");
    let other = [("CANO", "87654321"), ("ACNT_PRDT_CD", "01"), ("PDNO", "005930")];
    assert_eq!(caller.post(&path, "TTTC0012U", &other).await.code(), "OPSQ2000");
    assert_eq!(caller.post(&path, "TTTC0012U", &[("cano", "12345678")]).await.code(), "OPSQ9998");
    assert_eq!(caller.post(&path, "TTTC0012U", &account([])).await.code(), "OPSQ2002");
    for (body, code) in [("", "OPSQ9997"), ("[]", "OPSQ9997"), ("{\"CANO\":12345678}", "IGW00007")] {
        let request = caller.request("POST", &path, "TTTC0012U").body(body).send().await.unwrap();
        let came: serde_json::Value = serde_json::from_slice(&request.bytes().await.unwrap()).unwrap();
        assert_eq!(came["msg_cd"], code, "{body}");
    }
    assert!(server.orders().is_empty());
}
