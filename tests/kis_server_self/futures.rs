//! Futures and options: orders, netting, the balance, records and notices as wide as they must be.

use hoga::broker::kis::environment::Realm;
use hoga::broker::kis::realtime::notice::Happened;
use hoga::broker::kis::realtime::{Frame, Reader};
use hoga::broker::kis::wire::future_account::{FutureOrder, FuturePosition, FutureTotals};
use hoga::broker::kis::wire::{Envelope, Part};
use rust_decimal::{Decimal, dec};

use crate::caller::{Caller, Came, number};
use crate::kis_server::{DERIVATIVES_ACCOUNT, Options, Server};

const TRADING: &str = "/uapi/domestic-futureoption/v1/trading";

fn account<'a>(more: &[(&'static str, &'a str)]) -> Vec<(&'static str, &'a str)> {
    let own = [("CANO", &DERIVATIVES_ACCOUNT[..8]), ("ACNT_PRDT_CD", &DERIVATIVES_ACCOUNT[9..])];
    own.into_iter().chain(more.iter().copied()).collect()
}

async fn order(caller: &Caller<'_>, symbol: &str, is_buy: bool, kind: &str, price: &str, quantity: &str) -> Came {
    let fields = account(&[
        ("ORD_PRCS_DVSN_CD", "02"),
        ("SLL_BUY_DVSN_CD", if is_buy { "02" } else { "01" }),
        ("SHTN_PDNO", symbol),
        ("ORD_QTY", quantity),
        ("UNIT_PRICE", price),
        ("NMPR_TYPE_CD", ""),
        ("KRX_NMPR_CNDT_CD", ""),
        ("CTAC_TLNO", ""),
        ("FUOP_ITEM_DVSN_CD", ""),
        ("ORD_DVSN_CD", kind),
    ]);
    caller.post(&format!("{TRADING}/order"), &caller.id("TTTO1101U"), &fields).await
}

async fn cancel(caller: &Caller<'_>, number: &str, quantity: &str) -> Came {
    let fields = account(&[
        ("ORD_PRCS_DVSN_CD", "02"),
        ("RVSE_CNCL_DVSN_CD", "02"),
        ("ORGN_ODNO", number),
        ("ORD_QTY", quantity),
        ("UNIT_PRICE", "0"),
        ("NMPR_TYPE_CD", ""),
        ("KRX_NMPR_CNDT_CD", "0"),
        ("RMN_QTY_YN", "Y"),
        ("FUOP_ITEM_DVSN_CD", ""),
        ("ORD_DVSN_CD", "01"),
    ]);
    caller.post(&format!("{TRADING}/order-rvsecncl"), &caller.id("TTTO1103U"), &fields).await
}

async fn balance(caller: &Caller<'_>) -> (Vec<FuturePosition>, FutureTotals) {
    let id = if caller.realm == Realm::Live { "CTFO6118R" } else { "VTFO6118R" };
    let fields = account(&[("MGNA_DVSN", "01"), ("EXCC_STAT_CD", "2"), ("CTX_AREA_FK200", ""), ("CTX_AREA_NK200", "")]);
    let came = caller.get(&format!("{TRADING}/inquire-balance"), id, &fields).await;
    let envelope = Envelope::parse("balance", &came.bytes).unwrap();
    envelope.outcome().unwrap();
    (envelope.rows(Part::First).rows, envelope.one(Part::Second).unwrap())
}

#[tokio::test]
async fn positions_net_by_themselves_and_only_what_is_closed_moves_cash() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    order(&caller, "A01612", true, "01", "412.05", "2").await;
    server.trade("A01612", dec!(413.05), dec!(1));
    let (rows, totals) = balance(&caller).await;
    assert_eq!((rows[0].signed(), rows[0].average.get()), (dec!(2), Some(dec!(412.05))));
    let profit = dec!(500_000);
    assert_eq!((totals.futures_profit.get(), totals.tomorrow.get()), (Some(profit), Some(dec!(100_000_000) + profit)));
    assert_eq!(server.derivative_cash(), dec!(100_000_000));
    // Three are sold at the best bid, 413.00 or whatever the book has: one of them short.
    let (bid, _) = server.top("A01612");
    order(&caller, "A01612", false, "01", &bid.to_string(), "3").await;
    let (rows, _) = balance(&caller).await;
    assert_eq!((rows[0].signed(), rows[0].average.get()), (dec!(-1), Some(bid)));
    assert_eq!(server.derivative_cash(), dec!(100_000_000) + (bid - dec!(412.05)) * dec!(500_000));
    let came = order(&caller, "B01611415", false, "01", "3.20", "1").await;
    assert_eq!(came.code(), "APBK0400", "no option is written");
    let came = order(&caller, "A01612", true, "01", "412.03", "1").await;
    assert_eq!(came.code(), "APBK0506", "beside the ticks");
    let came = order(&caller, "A01612", true, "01", "400", "50").await;
    assert_eq!(came.code(), "APBK0952", "margin of fifty");
}

#[tokio::test]
async fn all_that_is_open_is_zero_live_and_its_number_on_paper() {
    for (options, right, wrong) in [(Options::default(), "0", "2"), (Options::paper(), "2", "0")] {
        let server = Server::start(options);
        let caller = Caller::new(&server).await;
        let placed = number(&order(&caller, "A01612", true, "01", "400", "2").await);
        assert_ne!(cancel(&caller, &placed, wrong).await.body()["rt_cd"], "0");
        assert_eq!(cancel(&caller, &placed, right).await.body()["rt_cd"], "0");
        let id = caller.id("TTTO5201R");
        let fields = account(&[
            ("STRT_ORD_DT", "20261014"),
            ("END_ORD_DT", "20261014"),
            ("SLL_BUY_DVSN_CD", "00"),
            ("CCLD_NCCS_DVSN", "00"),
            ("SORT_SQN", "DS"),
            ("STRT_ODNO", ""),
            ("PDNO", ""),
            ("MKET_ID_CD", ""),
            ("CTX_AREA_FK200", ""),
            ("CTX_AREA_NK200", ""),
        ]);
        let came = caller.get(&format!("{TRADING}/inquire-ccnl"), &id, &fields).await;
        let rows = Envelope::parse("orders", &came.bytes).unwrap().rows::<FutureOrder>(Part::First).rows;
        assert_eq!((rows.len(), rows[0].changed.as_str()), (2, placed.as_str()));
        assert_eq!((rows[1].open.get(), rows[1].filled.get()), (Some(Decimal::ZERO), Some(Decimal::ZERO)));
    }
}

#[tokio::test]
async fn records_and_notices_are_as_wide_as_they_must_be() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    let mut feed = caller.notices("H0IFCNI0").await;
    order(&caller, "A01612", true, "02", "0", "1").await;
    let (received, filled) = (feed.notice().await, feed.notice().await);
    assert_eq!((received.happened, &*received.account), (Happened::Received, "1234567803"));
    let Happened::Filled { quantity, price } = filled.happened else { panic!("{filled:?}") };
    assert_eq!((quantity, price), (dec!(1), server.fills()[0].price));
    let mut market = Vec::new();
    for (id, key, width) in [("H0IFCNT0", "A01612", 50), ("H0IFASP0", "A01612", 38), ("H0IOCNT0", "B01611415", 58)] {
        feed.register(id, key).await;
        market.push((id, width));
    }
    server.trade("A01612", dec!(412.10), dec!(2));
    server.trade("B01611415", dec!(3.20), dec!(1));
    let mut seen = std::collections::BTreeSet::new();
    while seen.len() < market.len() {
        let text = feed.data().await;
        let frame = Frame::parse(text.as_bytes()).unwrap();
        let id = String::from_utf8_lossy(frame.tr_id).into_owned();
        let tally = Reader::new().read(&frame, |_, _| {}).unwrap();
        let width = market.iter().find(|(known, _)| *known == id).unwrap().1;
        assert_eq!((tally.width, tally.refused), (width, 0), "{id}");
        seen.insert(id);
    }
}
