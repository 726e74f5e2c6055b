//! What was found by damage, each by itself.

use hoga::broker::api::AccountReport;
use hoga::broker::kis::code::{Purpose, judge};
use hoga::broker::kis::map::{account, candle, stock_market};
use hoga::broker::kis::order::number::{Line, OrderNumber};
use hoga::broker::kis::order::{Listed, Tracker, list, noticed};
use hoga::broker::kis::realtime::row::Scratch;
use hoga::broker::kis::realtime::{Notice, Stream};
use hoga::broker::kis::wire::{Part, Record};
use hoga::market::{UtcTime, Venue};
use jiff::civil::date;
use rust_decimal::dec;

const MOST: &str = "79228162514264337593543950335";

fn rows<T: Record>(output: &str) -> Vec<T> {
    let body = format!("{{\"rt_cd\":\"0\",\"output\":{output}}}");
    let rows = judge("a reply", 200, body.as_bytes(), Purpose::Read).unwrap().rows(Part::First);
    assert_eq!(rows.refused, 0);
    rows.rows
}

fn now() -> UtcTime {
    UtcTime::parse("2026-09-15T10:00:00+09:00").unwrap()
}

#[test]
fn holdings_too_large_to_be_added_do_not_panic() {
    let row = format!("{{\"pdno\":\"005930\",\"hldg_qty\":\"{MOST}\",\"pchs_avg_pric\":\"1\"}}");
    let told = account::positions(&rows(&format!("[{row},{row}]")));
    assert!(matches!(&told[..], [AccountReport::Position { .. }]), "{told:?}");
    let row = format!("{{\"ovrs_pdno\":\"AAPL\",\"ovrs_excg_cd\":\"NASD\",\"ovrs_cblc_qty\":\"{MOST}\"}}");
    assert_eq!(account::overseas_positions(&rows(&format!("[{row},{row}]"))).len(), 1);
}

#[test]
fn minutes_whose_values_are_too_far_apart_do_not_panic() {
    let row = |time: &str, value: &str| {
        format!("{{\"stck_bsop_date\":\"20260914\",\"stck_cntg_hour\":\"{time}\",\"acml_tr_pbmn\":\"{value}\"}}")
    };
    let page = format!("[{},{}]", row("090100", MOST), row("090000", &format!("-{MOST}")));
    assert!(candle::minutes(&rows(&page), Venue::Krx, now()).is_empty());
}

#[test]
fn a_change_that_leads_out_of_all_numbers_gives_no_previous_close() {
    let row = format!("{{\"stck_prpr\":\"{MOST}\",\"prdy_vrss\":\"-{MOST}\",\"prdy_vrss_sign\":\"5\"}}");
    let prices = rows(&row);
    let instrument = stock_market::instrument(Venue::Krx, "005930").unwrap();
    assert_eq!(stock_market::price_events(&prices[0], instrument, now()).len(), 1);
}

#[test]
fn an_order_list_with_numbers_out_of_range_is_refused_row_by_row() {
    let row = |filled: &str, open: &str| {
        format!(
            "{{\"ord_dt\":\"20260914\",\"odno\":\"1\",\"ovrs_excg_cd\":\"NASD\",\"pdno\":\"AAPL\",\"ft_ord_qty\":\"1\",\
             \"sll_buy_dvsn_cd\":\"02\",\"ord_tmd\":\"223000\",\"ft_ccld_qty\":\"{filled}\",\"nccs_qty\":\"{open}\"}}"
        )
    };
    for (filled, open) in [(format!("-{MOST}"), "0".to_owned()), ("0".to_owned(), format!("-{MOST}"))] {
        let listed = rows(&row(&filled, &open));
        assert!(Listed::overseas(&listed[0]).is_err());
    }
}

/// A fill that cannot be told must not count as told: the list that shows the true one later would be taken for old.
#[test]
fn a_fill_out_of_range_is_not_counted() {
    let plain = std::fs::read_to_string(crate::folder().join("ws_h0stcni0_fill_partial_plain.txt")).unwrap();
    let mut fields: Vec<&str> = plain.split('^').collect();
    fields[9] = "99999999999999999";
    let notice = Notice::parse(Stream::StockNotice, &fields.join("^"), &mut Scratch::default()).unwrap();
    let mut tracker = Tracker::default();
    let told = noticed::events(&mut tracker, &notice.account, &notice, now());
    assert!(matches!(told, Err(noticed::Unheard::Implausible)), "{told:?}");
    let number = OrderNumber::new(Line::Stock, date(2026, 9, 15), &notice.number).unwrap();
    assert_eq!(tracker.get(&number).unwrap().filled, dec!(0));
    assert!(list::take(&mut tracker, &[], now()).fills.is_empty());
}
