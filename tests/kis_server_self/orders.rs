//! The life of an order over REST and the stream.

use hoga::broker::kis::realtime::notice::{ChangeOf, Happened};
use hoga::broker::kis::wire::stock_order::{OrderReply, RevocableOrder, StockOrder};
use hoga::broker::kis::wire::{Envelope, Part};
use rust_decimal::{Decimal, dec};

use crate::caller::{Caller, STOCK, account, number};
use crate::kis_server::{Options, Server, Standing};

fn daily<'a>(filled: &'a str, search: &'a str, next: &'a str) -> Vec<(&'static str, &'a str)> {
    account([
        ("INQR_STRT_DT", "20261014"),
        ("INQR_END_DT", "20261014"),
        ("SLL_BUY_DVSN_CD", "00"),
        ("PDNO", ""),
        ("ORD_GNO_BRNO", ""),
        ("ODNO", ""),
        ("CCLD_DVSN", filled),
        ("INQR_DVSN", "00"),
        ("INQR_DVSN_1", ""),
        ("INQR_DVSN_3", "00"),
        ("EXCG_ID_DVSN_CD", "KRX"),
        ("CTX_AREA_FK100", search),
        ("CTX_AREA_NK100", next),
    ])
}

async fn rows(caller: &Caller<'_>) -> Vec<StockOrder> {
    let came = caller.get(&format!("{STOCK}/inquire-daily-ccld"), &caller.id("TTTC0081R"), &daily("00", "", "")).await;
    let envelope = Envelope::parse("orders", &came.bytes).unwrap();
    envelope.outcome().unwrap();
    let rows = envelope.rows(Part::First);
    assert_eq!(rows.refused, 0);
    rows.rows
}

#[tokio::test]
async fn a_whole_life_over_rest_and_stream() {
    for (options, id) in [(Options::default(), "H0STCNI0"), (Options::paper(), "H0STCNI9")] {
        let server = Server::start(options);
        let caller = Caller::new(&server).await;
        let mut feed = caller.notices(id).await;

        let came = caller.order("005930", true, "00", "69500", "10").await;
        let envelope = Envelope::parse("an order", &came.bytes).unwrap();
        let reply: OrderReply = envelope.one(Part::First).unwrap();
        assert_eq!(reply.number.len(), 10);
        let notice = feed.notice().await;
        assert_eq!((notice.change, notice.happened), (ChangeOf::New, Happened::Received));
        assert_eq!((&*notice.number, &*notice.account), (&*reply.number, "1234567801"));
        assert_eq!((&*notice.branch, notice.order_price), (&*reply.branch, Some(dec!(69_500))));

        server.trade("005930", dec!(69_500), dec!(4));
        let notice = feed.notice().await;
        assert_eq!(notice.happened, Happened::Filled { quantity: dec!(4), price: dec!(69_500) });
        assert_eq!(notice.order_quantity, Some(dec!(10)));

        // What is open goes on under a new number.
        let modified = number(&caller.change(&reply.number, "01", "69400", None).await);
        assert_eq!(
            (feed.notice().await.change, feed.notice().await.happened),
            (ChangeOf::Modification, Happened::Confirmed)
        );
        let order = server.order(&reply.number).unwrap();
        assert_eq!(order.chain, [reply.number.to_string(), modified.clone()]);
        assert_eq!((order.filled, order.remaining, order.standing), (dec!(4), dec!(6), Standing::Open));

        // The old number is no one's any more.
        let stale = caller.change(&reply.number, "02", "0", None).await;
        assert_ne!(stale.body()["rt_cd"], "0");
        assert_eq!(stale.code(), if id == "H0STCNI9" { "40330000" } else { "APBK0344" });

        // A part is canceled, then the rest.
        let part = number(&caller.change(&modified, "02", "0", Some("2")).await);
        let (received, confirmed) = (feed.notice().await, feed.notice().await);
        assert_eq!((received.happened, confirmed.happened), (Happened::Received, Happened::Confirmed));
        assert_eq!((&*confirmed.number, confirmed.changed.as_deref()), (&*part, Some(&*modified)));
        assert_eq!(confirmed.event_quantity, dec!(2));
        number(&caller.change(&modified, "02", "0", None).await);
        let order = server.order(&modified).unwrap();
        assert_eq!((order.standing, order.filled, order.acceptances), (Standing::Canceled, dec!(4), 4));
        assert_eq!((server.position("005930"), server.cash()), (dec!(4), dec!(10_000_000) - dec!(278_000)));

        let rows = rows(&caller).await;
        let by = |number: &str| rows.iter().find(|row| &*row.number == number).unwrap();
        assert_eq!(rows.len(), 4);
        assert_eq!(by(&reply.number).filled.get(), Some(dec!(4)));
        assert_eq!(by(&reply.number).open.get(), Some(dec!(0)));
        assert_eq!(&*by(&modified).changed, &*reply.number);
        assert_eq!((by(&modified).quantity.get(), by(&modified).canceled.get()), (Some(dec!(6)), Some(dec!(6))));
        assert_eq!((&*by(&part).is_cancel, &*by(&part).changed), ("Y", &*modified));
    }
}

#[tokio::test]
async fn orders_fill_at_the_book_and_when_others_trade_through_them() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    server.set_top("005930", dec!(69_900), dec!(70_000));
    server.set_level("005930", false, dec!(70_000), dec!(3));
    server.set_level("005930", false, dec!(70_100), dec!(4));
    let taker = caller.bought("005930", "70100", "10").await;
    let order = server.order(&taker).unwrap();
    assert_eq!((order.filled, order.remaining), (dec!(7), dec!(3)));
    assert_eq!(order.filled_value, dec!(70_000) * dec!(3) + dec!(70_100) * dec!(4));
    // Through its price: it fills whole, at its own price.
    server.trade("005930", dec!(69_000), dec!(1));
    assert_eq!(server.order(&taker).unwrap().standing, Standing::Filled);
    assert_eq!(server.fills().last().map(|fill| (fill.price, fill.quantity)), Some((dec!(70_100), dec!(3))));
}

#[tokio::test]
async fn a_list_comes_in_pages_and_nothing_twice() {
    for (options, size) in [(Options::default(), 100), (Options::paper(), 15)] {
        let server = Server::start(options);
        let caller = Caller::new(&server).await;
        let count = size * 2 + 1;
        for _ in 0..count {
            server.foreign_order("005930", true, dec!(60_000), dec!(1));
        }
        let (path, id) = (format!("{STOCK}/inquire-daily-ccld"), caller.id("TTTC0081R"));
        let (mut numbers, mut pages) = (Vec::new(), Vec::new());
        let mut came = caller.get(&path, &id, &daily("02", "", "")).await;
        loop {
            let envelope = Envelope::parse("orders", &came.bytes).unwrap();
            numbers.extend(envelope.rows::<StockOrder>(Part::First).rows.into_iter().map(|row| row.number.to_string()));
            pages.push(came.more.clone());
            if matches!(came.more.as_str(), "D" | "E") {
                break;
            }
            let keys = envelope.next.clone();
            came = caller.next(&path, &id, &daily("02", &keys.search, &keys.next)).await;
        }
        assert_eq!(pages, ["F", "M", "E"]);
        let newest_first: Vec<String> = server.rows().into_iter().rev().map(|row| row.number).collect();
        assert_eq!(numbers, newest_first);
    }
}

#[tokio::test]
async fn what_can_be_changed_is_listed_live() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    let first = caller.bought("005930", "69000", "10").await;
    server.trade("005930", dec!(69_000), dec!(3));
    let second = number(&caller.change(&first, "01", "68900", Some("5")).await);
    let fields = account([("CTX_AREA_FK100", ""), ("CTX_AREA_NK100", ""), ("INQR_DVSN_1", "0"), ("INQR_DVSN_2", "0")]);
    let came = caller.get(&format!("{STOCK}/inquire-psbl-rvsecncl"), "TTTC0084R", &fields).await;
    let rows = Envelope::parse("revocable", &came.bytes).unwrap().rows::<RevocableOrder>(Part::First).rows;
    let open: Vec<(&str, Option<Decimal>)> = rows.iter().map(|row| (&*row.number, row.open.get())).collect();
    // Five went on under the new number, two stay under the old one.
    assert_eq!(open, [(&*second, Some(dec!(5))), (&*first, Some(dec!(2)))]);
    assert_eq!(server.order(&first).unwrap().remaining, dec!(7));
}

#[tokio::test]
async fn a_list_may_lag_behind_the_orders() {
    let server = Server::start(Options { lists_lag: std::time::Duration::from_secs(3_600), ..Options::default() });
    let caller = Caller::new(&server).await;
    caller.bought("005930", "69000", "10").await;
    assert!(rows(&caller).await.is_empty());
    server.change(|state| state.exchange.habits.lists_lag = std::time::Duration::ZERO);
    assert_eq!(rows(&caller).await.len(), 1);
}

#[tokio::test]
async fn the_exchange_refuses_what_the_broker_had_taken() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    let mut feed = caller.notices("H0STCNI0").await;
    server.refuse_next(1);
    let refused = caller.bought("005930", "69000", "10").await;
    let notice = feed.notice().await;
    assert_eq!((&*notice.number, notice.happened), (&*refused, Happened::Refused));
    assert_eq!(rows(&caller).await[0].refused.get(), Some(dec!(10)));
    assert_eq!(server.order(&refused).unwrap().standing, Standing::Refused);

    // A change that is refused leaves its order as it was.
    let works = caller.bought("005930", "69000", "10").await;
    feed.notice().await;
    server.refuse_next(1);
    caller.change(&works, "02", "0", None).await;
    assert_eq!(feed.notice().await.happened, Happened::Refused);
    let order = server.order(&works).unwrap();
    assert_eq!((order.standing, order.number), (Standing::Open, works));
}

#[tokio::test]
async fn orders_of_the_day_end_with_it() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    let resting = caller.bought("005930", "60000", "10").await;
    server.set_clock("2026-10-14T06:29:00Z");
    assert_eq!(server.order(&resting).unwrap().standing, Standing::Open);
    server.set_clock("2026-10-14T06:30:00Z");
    assert_eq!(server.order(&resting).unwrap().standing, Standing::Expired);
    assert_eq!(rows(&caller).await[0].canceled.get(), Some(dec!(10)));
    // Numbers begin anew on another day.
    server.set_clock("2026-10-15T01:00:00Z");
    let next = caller.bought("005930", "60000", "10").await;
    assert!(next < format!("{:010}", 117_010));
}

#[tokio::test]
async fn an_order_before_the_open_waits_for_it() {
    let server = Server::start(Options::default().at("2026-10-13T23:45:00Z"));
    let caller = Caller::new(&server).await;
    let early = caller.bought("005930", "70500", "10").await;
    assert_eq!(server.order(&early).unwrap().filled, dec!(0));
    server.set_clock("2026-10-14T00:00:00Z");
    assert_eq!(server.order(&early).unwrap().standing, Standing::Filled);
}

#[tokio::test]
async fn a_journal_tells_afterwards_what_happened() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.jsonl");
    let server = Server::start(Options { journal: Some(file.clone()), ..Options::default() });
    let caller = Caller::new(&server).await;
    let bought = caller.bought("005930", "70500", "2").await;
    let text = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |kind: &str| lines.iter().filter(|line| line["kind"] == kind).count();
    assert!(of("request") == 2 && of("fill") == 1 && of("order") >= 1, "{text}");
    let order = lines.iter().rfind(|line| line["kind"] == "order").unwrap();
    assert_eq!((order["number"].as_str(), order["standing"].as_str()), (Some(&*bought), Some("Filled")));
    assert!(!text.contains(crate::kis_server::APP_SECRET) && !text.contains(&caller.token));
}
