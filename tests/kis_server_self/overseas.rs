//! US shares: orders, lists, holdings, notices.

use hoga::broker::kis::order::listed::{Listed, RowOf};
use hoga::broker::kis::realtime::notice::Happened;
use hoga::broker::kis::wire::overseas_account::{
    OverseasBuyable, OverseasCash, OverseasHolding, OverseasOrder, PresentHolding, PresentTotals,
};
use hoga::broker::kis::wire::{Envelope, Part};
use hoga::order::OrderState;
use rust_decimal::dec;

use crate::caller::{Caller, Came, account, number};
use crate::kis_server::{Options, Server, Standing};

const TRADING: &str = "/uapi/overseas-stock/v1/trading";
/// Ten in the morning in New York, eleven in the evening in Korea.
const OPEN: &str = "2026-10-14T14:00:00Z";

async fn order(caller: &Caller<'_>, place: &str, symbol: &str, is_buy: bool, price: &str, quantity: &str) -> Came {
    let fields = account([
        ("OVRS_EXCG_CD", place),
        ("PDNO", symbol),
        ("ORD_QTY", quantity),
        ("OVRS_ORD_UNPR", price),
        ("CTAC_TLNO", ""),
        ("MGCO_APTM_ODNO", ""),
        ("SLL_TYPE", if is_buy { "" } else { "00" }),
        ("ORD_SVR_DVSN_CD", "0"),
        ("ORD_DVSN", "00"),
    ]);
    let id = caller.id(if is_buy { "TTTT1002U" } else { "TTTT1006U" });
    caller.post(&format!("{TRADING}/order"), &id, &fields).await
}

async fn change(caller: &Caller<'_>, number: &str, what: &str, price: &str, quantity: &str) -> Came {
    let fields = account([
        ("OVRS_EXCG_CD", "NASD"),
        ("PDNO", "AAPL"),
        ("ORGN_ODNO", number),
        ("RVSE_CNCL_DVSN_CD", what),
        ("ORD_QTY", quantity),
        ("OVRS_ORD_UNPR", price),
        ("MGCO_APTM_ODNO", ""),
        ("ORD_SVR_DVSN_CD", "0"),
    ]);
    caller.post(&format!("{TRADING}/order-rvsecncl"), &caller.id("TTTT1004U"), &fields).await
}

fn listing<'a>(realm_is_live: bool) -> Vec<(&'static str, &'a str)> {
    let any = if realm_is_live { "%" } else { "" };
    account([
        ("PDNO", any),
        ("ORD_STRT_DT", "20261014"),
        ("ORD_END_DT", "20261014"),
        ("SLL_BUY_DVSN", "00"),
        ("CCLD_NCCS_DVSN", "00"),
        ("OVRS_EXCG_CD", any),
        ("SORT_SQN", "DS"),
        ("ORD_DT", ""),
        ("ORD_GNO_BRNO", ""),
        ("ODNO", ""),
        ("CTX_AREA_FK200", ""),
        ("CTX_AREA_NK200", ""),
    ])
}

async fn listed(caller: &Caller<'_>) -> Vec<Listed> {
    let is_live = caller.id("TTTS3035R") == "TTTS3035R";
    let came = caller.get(&format!("{TRADING}/inquire-ccnl"), &caller.id("TTTS3035R"), &listing(is_live)).await;
    let envelope = Envelope::parse("orders", &came.bytes).unwrap();
    envelope.outcome().unwrap();
    let rows = envelope.rows::<OverseasOrder>(Part::First).rows;
    rows.iter().map(|row| Listed::overseas(row).unwrap()).collect()
}

#[tokio::test]
async fn a_whole_life_of_an_order() {
    for (options, id) in [(Options::default().at(OPEN), "H0GSCNI0"), (Options::paper().at(OPEN), "H0GSCNI9")] {
        let server = Server::start(options);
        let caller = Caller::new(&server).await;
        assert!(listed(&caller).await.is_empty());
        let mut feed = caller.notices(id).await;
        let bought = number(&order(&caller, "NASD", "AAPL", true, "227.50", "10").await);
        let notice = feed.notice().await;
        assert_eq!((&*notice.number, notice.happened), (&*bought, Happened::Received));
        assert_eq!((notice.order_price, notice.order_quantity), (Some(dec!(227.5)), None));
        server.trade("AAPL", dec!(227.50), dec!(3));
        assert_eq!(feed.notice().await.happened, Happened::Filled { quantity: dec!(3), price: dec!(227.5) });

        let modified = number(&change(&caller, &bought, "01", "227.40", "7").await);
        let (received, confirmed) = (feed.notice().await, feed.notice().await);
        assert_eq!((received.happened, received.order_price), (Happened::Received, Some(dec!(227.4))));
        assert_eq!((confirmed.happened, confirmed.changed.as_deref()), (Happened::Confirmed, Some(&*bought)));
        // A cancel names what is open.
        assert_ne!(change(&caller, &modified, "02", "0", "0").await.body()["rt_cd"], "0");
        number(&change(&caller, &modified, "02", "0", "7").await);
        let truth = server.order(&bought).unwrap();
        assert_eq!((truth.chain.len(), truth.filled, truth.standing), (2, dec!(3), Standing::Canceled));
        assert_eq!(server.dollars(), dec!(10_000) - dec!(682.50));

        let rows = listed(&caller).await;
        let by = |number: &str| rows.iter().find(|row| &*row.number.digits == number).unwrap();
        assert_eq!(rows.len(), 3);
        assert_eq!((by(&bought).filled, by(&bought).filled_value), (dec!(3), dec!(682.5)));
        assert_eq!(by(&modified).state(), OrderState::Canceled);
        assert_eq!(rows[0].row, RowOf::Cancel);
    }
}

#[tokio::test]
async fn holdings_cash_and_what_can_be_bought() {
    for options in [Options::default().at(OPEN), Options::paper().at(OPEN)] {
        let server = Server::start(options);
        let caller = Caller::new(&server).await;
        server.set_position("KO", dec!(10), dec!(65));
        server.set_top("AAPL", dec!(227.90), dec!(228.00));
        number(&order(&caller, "NASD", "AAPL", true, "228.00", "10").await);
        let is_live = caller.id("TTTS3012R") == "TTTS3012R";
        for (place, symbols) in
            [("NASD", if is_live { vec!["AAPL", "KO"] } else { vec!["AAPL"] }), ("NYSE", vec!["KO"])]
        {
            let fields = account([
                ("OVRS_EXCG_CD", place),
                ("TR_CRCY_CD", "USD"),
                ("CTX_AREA_FK200", ""),
                ("CTX_AREA_NK200", ""),
            ]);
            let came = caller.get(&format!("{TRADING}/inquire-balance"), &caller.id("TTTS3012R"), &fields).await;
            let rows = Envelope::parse("balance", &came.bytes).unwrap().rows::<OverseasHolding>(Part::First);
            assert_eq!(rows.rows.iter().map(|row| &*row.symbol).collect::<Vec<_>>(), symbols);
        }
        let fields =
            account([("WCRC_FRCR_DVSN_CD", "02"), ("NATN_CD", "000"), ("TR_MKET_CD", "00"), ("INQR_DVSN_CD", "00")]);
        let id = if is_live { "CTRP6504R" } else { "VTRP6504R" };
        let came = caller.get(&format!("{TRADING}/inquire-present-balance"), id, &fields).await;
        let envelope = Envelope::parse("present", &came.bytes).unwrap();
        let holdings = envelope.rows::<PresentHolding>(Part::First).rows;
        let cash = envelope.rows::<OverseasCash>(Part::Second).rows;
        assert_eq!((holdings.len(), cash.len()), if is_live { (2, 1) } else { (0, 0) });
        let totals: PresentTotals = envelope.one(Part::Third).unwrap();
        assert_eq!(totals.total.get(), Some((dec!(10_000) + dec!(700)) * dec!(1350)));

        let fields = account([("OVRS_EXCG_CD", "NASD"), ("OVRS_ORD_UNPR", "200"), ("ITEM_CD", "AAPL")]);
        let came = caller.get(&format!("{TRADING}/inquire-psamount"), &caller.id("TTTS3007R"), &fields).await;
        let buyable: OverseasBuyable = Envelope::parse("buyable", &came.bytes).unwrap().one(Part::First).unwrap();
        assert_eq!((buyable.cash.get(), buyable.quantity.get()), (Some(dec!(7_720)), Some(dec!(38))));
    }
}

#[tokio::test]
async fn refused_for_money_shares_place_price_and_hours() {
    let server = Server::start(Options::default().at(OPEN));
    let caller = Caller::new(&server).await;
    for (place, symbol, is_buy, price, quantity, code) in [
        ("NASD", "AAPL", true, "228.00", "44", "APBK0952"),
        ("NASD", "AAPL", false, "228.00", "1", "APBK0400"),
        ("NYSE", "AAPL", true, "228.00", "1", "APBK0656"),
        ("NASD", "005930", true, "228.00", "1", "APBK0656"),
        ("NASD", "AAPL", true, "228.005", "1", "APBK0506"),
        ("NASD", "AAPL", true, "0", "1", "APBK0506"),
        ("SEHK", "AAPL", true, "1", "1", "OPSQ2002"),
    ] {
        assert_eq!(
            order(&caller, place, symbol, is_buy, price, quantity).await.code(),
            code,
            "{place} {symbol} {price}"
        );
    }
    // Before the open live takes it, paper does not; on a Saturday nobody does.
    for (options, time, code) in [
        (Options::default(), "2026-10-14T10:00:00Z", "APBK0013"),
        (Options::paper(), "2026-10-14T10:00:00Z", "40570000"),
        (Options::default(), "2026-10-17T14:00:00Z", "APBK1664"),
        (Options::paper(), "2026-10-14T20:30:00Z", "40580000"),
    ] {
        let server = Server::start(options.at(time));
        let caller = Caller::new(&server).await;
        assert_eq!(order(&caller, "NASD", "AAPL", true, "200.00", "1").await.code(), code, "{time}");
    }
}

#[tokio::test]
async fn open_orders_are_listed_live() {
    let server = Server::start(Options::default().at(OPEN));
    let caller = Caller::new(&server).await;
    let apple = number(&order(&caller, "NASD", "AAPL", true, "200.00", "1").await);
    let cola = number(&order(&caller, "NYSE", "KO", true, "60.00", "2").await);
    for (place, numbers) in [("NASD", vec![&cola, &apple]), ("NYSE", vec![&cola]), ("AMEX", vec![])] {
        let fields =
            account([("OVRS_EXCG_CD", place), ("SORT_SQN", "DS"), ("CTX_AREA_FK200", ""), ("CTX_AREA_NK200", "")]);
        let came = caller.get(&format!("{TRADING}/inquire-nccs"), "TTTS3018R", &fields).await;
        let rows = Envelope::parse("open", &came.bytes).unwrap().rows::<OverseasOrder>(Part::First).rows;
        assert_eq!(
            rows.iter().map(|row| row.number.to_string()).collect::<Vec<_>>().iter().collect::<Vec<_>>(),
            numbers
        );
        assert!(rows.iter().all(|row| Listed::overseas(row).unwrap().state() == OrderState::Accepted));
    }
}

#[tokio::test]
async fn an_order_of_the_evening_is_of_one_day_over_korean_midnight() {
    let server = Server::start(Options::default().at("2026-10-14T14:59:00Z"));
    let caller = Caller::new(&server).await;
    let before = number(&order(&caller, "NASD", "AAPL", true, "200.00", "1").await);
    server.set_clock("2026-10-14T15:01:00Z");
    let after = number(&order(&caller, "NASD", "AAPL", true, "200.00", "1").await);
    let rows = listed(&caller).await;
    assert!(rows.len() == 2 && after > before);
    assert!(rows.iter().all(|row| row.number.date == jiff::civil::date(2026, 10, 14)));
    server.set_clock("2026-10-14T22:00:00Z");
    assert_eq!(server.order(&before).unwrap().standing, Standing::Expired);
}
