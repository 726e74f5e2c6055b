//! Holdings, cash, and what can be bought and sold.

use hoga::broker::kis::wire::stock_account::{AccountTotals, Buyable, Holding, Sellable};
use hoga::broker::kis::wire::{Envelope, Part};
use rust_decimal::dec;

use crate::caller::{Caller, STOCK, account};
use crate::kis_server::{Options, Server};

async fn balance(caller: &Caller<'_>) -> (Vec<Holding>, AccountTotals) {
    let fields = account([
        ("AFHR_FLPR_YN", "N"),
        ("OFL_YN", ""),
        ("INQR_DVSN", "01"),
        ("UNPR_DVSN", "01"),
        ("FUND_STTL_ICLD_YN", "N"),
        ("FNCG_AMT_AUTO_RDPT_YN", "N"),
        ("PRCS_DVSN", "00"),
        ("CTX_AREA_FK100", ""),
        ("CTX_AREA_NK100", ""),
    ]);
    let came = caller.get(&format!("{STOCK}/inquire-balance"), &caller.id("TTTC8434R"), &fields).await;
    let envelope = Envelope::parse("balance", &came.bytes).unwrap();
    envelope.outcome().unwrap();
    (envelope.rows(Part::First).rows, envelope.one(Part::Second).unwrap())
}

#[tokio::test]
async fn a_balance_counts_what_was_traded_today() {
    let server = Server::start(Options::paper());
    let caller = Caller::new(&server).await;
    server.set_position("000660", dec!(5), dec!(180_000));
    server.set_top("005930", dec!(69_900), dec!(70_000));
    caller.bought("005930", "70000", "10").await;
    caller.order("000660", false, "00", "185000", "5").await;
    caller.order("005930", false, "00", "80000", "4").await;
    let (rows, totals) = balance(&caller).await;
    let by = |symbol: &str| rows.iter().find(|row| &*row.symbol == symbol).unwrap();
    assert_eq!((by("005930").quantity.get(), by("005930").sellable.get()), (Some(dec!(10)), Some(dec!(6))));
    assert_eq!(by("005930").average.get(), Some(dec!(70_000)));
    // Sold out, its row stays with zero.
    assert_eq!((by("000660").quantity.get(), by("000660").sold_today.get()), (Some(dec!(0)), Some(dec!(5))));
    let cash = dec!(10_000_000) - dec!(700_000) + dec!(925_000);
    assert_eq!((totals.cash.get(), totals.cash_settled.get()), (Some(dec!(10_000_000)), Some(cash)));
    assert_eq!(server.cash(), cash);

    server.set_clock("2026-10-15T01:00:00Z");
    server.expire_tokens();
    let caller = Caller::new(&server).await;
    let (rows, totals) = balance(&caller).await;
    assert_eq!((rows.len(), totals.cash.get()), (1, Some(cash)));
}

#[tokio::test]
async fn what_can_be_bought_and_sold() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    server.set_position("005930", dec!(7), dec!(60_000));
    caller.bought("005930", "60000", "50").await;
    for (symbol, price, quantity) in
        [("005930", "70000", dec!(100)), ("005930", "0", dec!(76)), ("005930", "", dec!(76)), ("", "", dec!(0))]
    {
        let fields = account([
            ("PDNO", symbol),
            ("ORD_UNPR", price),
            ("ORD_DVSN", "01"),
            ("CMA_EVLU_AMT_ICLD_YN", "N"),
            ("OVRS_ICLD_YN", "N"),
        ]);
        let came = caller.get(&format!("{STOCK}/inquire-psbl-order"), "TTTC8908R", &fields).await;
        let buyable: Buyable = Envelope::parse("buyable", &came.bytes).unwrap().one(Part::First).unwrap();
        assert_eq!(buyable.cash.get(), Some(dec!(7_000_000)));
        assert_eq!(buyable.quantity_without_debt.get(), Some(quantity), "{symbol} {price}");
    }
    caller.order("005930", false, "00", "80000", "3").await;
    let came = caller.get(&format!("{STOCK}/inquire-psbl-sell"), "TTTC8408R", &account([("PDNO", "005930")])).await;
    let sellable: Sellable = Envelope::parse("sellable", &came.bytes).unwrap().one(Part::First).unwrap();
    assert_eq!((sellable.held.get(), sellable.sellable.get()), (Some(dec!(7)), Some(dec!(4))));
}
