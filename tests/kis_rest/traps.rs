//! What other clients of KIS fell into, by number; the other traps stand where their subject is tested.

use hoga::broker::api::AccountReport;
use hoga::broker::kis::budget::registration;
use hoga::broker::kis::code::{Purpose, judge};
use hoga::broker::kis::environment::Realm;
use hoga::broker::kis::map::account;
use hoga::broker::kis::wire::bond::amount;
use hoga::broker::kis::wire::future_account::FutureOrder;
use hoga::broker::kis::wire::future_quote::FuturePrice;
use hoga::broker::kis::wire::overseas_account::OverseasOrder;
use hoga::broker::kis::wire::overseas_quote::OverseasPrice;
use hoga::broker::kis::wire::product::plain_symbol;
use hoga::broker::kis::wire::ranking::Ranked;
use hoga::broker::kis::wire::stock_account::{AccountTotals, Buyable, Holding};
use hoga::broker::kis::wire::stock_order::{OrderReply, RevocableOrder, StockOrder, StockOrderTotals};
use hoga::broker::kis::wire::{Envelope, Number, Part, Record};
use hoga::market::{InstrumentId, Venue};
use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use super::super::read;

fn sample(file: &str) -> Value {
    serde_json::from_slice(&read(file)).unwrap()
}

/// Reads a reply that was put together here.
fn parsed<T>(reply: &Value, look: impl FnOnce(&Envelope<'_>) -> T) -> T {
    let body = reply.to_string();
    let envelope = judge("a trap", 200, body.as_bytes(), Purpose::Read).unwrap();
    look(&envelope)
}

fn rows<T: Record>(reply: &Value, part: Part) -> Vec<T> {
    parsed(reply, |envelope| {
        let found = envelope.rows(part);
        assert_eq!(found.refused, 0);
        found.rows
    })
}

fn row<T: Record>(reply: &Value, part: Part) -> T {
    rows(reply, part).into_iter().next().unwrap()
}

fn said(reply: &Value, part: &str, name: &str) -> Option<Decimal> {
    reply[part][0][name].as_str().unwrap_or_else(|| panic!("no {name}")).parse().ok()
}

#[test]
fn trap_1_a_number_is_text_padded_signed_or_empty() {
    for (text, value) in [(" 0.00", Some(dec!(0))), ("+5.61", Some(dec!(5.61))), ("-300", Some(dec!(-300)))] {
        assert_eq!(Number::parse(text).unwrap().get(), value);
    }
    assert_eq!(Number::parse("00000138600.0000").unwrap().get(), Some(dec!(138600)));
    let mut reply = sample("domestic_psbl_rvsecncl.json");
    reply["output"][0]["tot_ccld_qty"] = json!("");
    assert_eq!(row::<RevocableOrder>(&reply, Part::First).filled.get(), None, "empty is not zero");
}

#[test]
fn trap_12_what_is_open_has_another_name_with_every_product() {
    // Each row says 3, and nothing else of the row does.
    let with = |file: &str, part: &str, name: &str| {
        let mut reply = sample(file);
        reply[part][0][name] = json!("3");
        reply
    };
    let revocable = with("domestic_psbl_rvsecncl.json", "output", "psbl_qty");
    assert_eq!(row::<RevocableOrder>(&revocable, Part::First).open.get(), Some(dec!(3)));
    let listed = with("domestic_daily_ccld_states.json", "output1", "rmn_qty");
    assert_eq!(row::<StockOrder>(&listed, Part::First).open.get(), Some(dec!(3)));
    let foreign = with("overseas_nccs.json", "output", "nccs_qty");
    assert_eq!(row::<OverseasOrder>(&foreign, Part::First).open.get(), Some(dec!(3)));
    let future = with("futures_inquire_ccnl_orders.json", "output1", "qty");
    assert_eq!(row::<FutureOrder>(&future, Part::First).open.get(), Some(dec!(3)));
}

#[test]
fn trap_13_what_was_canceled_is_found_under_the_name_of_the_wire_and_that_of_the_table() {
    let mut reply = sample("domestic_daily_ccld_states.json");
    reply["output1"][0]["cncl_cfrm_qty"] = json!("4");
    assert_eq!(row::<StockOrder>(&reply, Part::First).canceled.get(), Some(dec!(4)));
    reply["output1"][0].as_object_mut().unwrap().remove("cncl_cfrm_qty");
    reply["output1"][0]["cnc_cfrm_qty"] = json!("5");
    assert_eq!(row::<StockOrder>(&reply, Part::First).canceled.get(), Some(dec!(5)));
}

#[test]
fn trap_14_an_object_may_come_as_a_list_and_a_list_as_an_object() {
    let balance = sample("domestic_balance.json");
    assert!(balance["output2"].is_array());
    let totals: AccountTotals = row(&balance, Part::Second);
    let mut other = balance.clone();
    other["output2"] = balance["output2"][0].clone();
    assert_eq!(row::<AccountTotals>(&other, Part::Second), totals);
    let orders = sample("domestic_daily_ccld_states.json");
    assert!(orders["output2"].is_object());
    let totals: StockOrderTotals = row(&orders, Part::Second);
    let mut other = orders.clone();
    other["output2"] = json!([orders["output2"]]);
    assert_eq!(row::<StockOrderTotals>(&other, Part::Second), totals);
    // An empty list is an object of blanks.
    assert_eq!(rows::<OverseasOrder>(&sample("overseas_ccnl_orders_none_object.json"), Part::First), []);
    assert_eq!(rows::<StockOrder>(&sample("domestic_daily_ccld_empty.json"), Part::First), []);
}

#[test]
fn trap_15_a_part_is_found_under_each_of_its_names() {
    let whole = sample("domestic_order_cash_buy_ok.json");
    let order: OrderReply = row(&whole, Part::First);
    for name in ["output", "output1", "Output", "Output1", "OUTPUT1"] {
        let mut reply = whole.clone();
        let part = reply.as_object_mut().unwrap().remove("output").unwrap();
        reply[name] = part;
        assert_eq!(row::<OrderReply>(&reply, Part::First), order, "{name}");
    }
}

#[test]
fn trap_16_a_sign_code_counts_once_whether_the_number_has_a_sign_or_not() {
    let mut reply = sample("overseas_price.json");
    for (diff, code, change) in [("45.5", "5", dec!(-45.5)), ("-45.5", "5", dec!(-45.5)), ("3", "2", dec!(3))] {
        (reply["output"]["diff"], reply["output"]["sign"]) = (json!(diff), json!(code));
        let price: OverseasPrice = row(&reply, Part::First);
        assert_eq!(price.sign.apply(price.change.or_zero()), change, "{diff} {code}");
    }
}

#[test]
fn trap_20_money_comes_in_units_that_differ() {
    // Market value in 100 million won: within a rounding of price times shares.
    let reply = sample("domestic_market_cap_rank.json");
    let ranked: Ranked = row(&reply, Part::First);
    let value = ranked.last.or_zero() * said(&reply, "output", "lstn_stcn").unwrap();
    let told = ranked.market_value.or_zero() * dec!(100_000_000);
    assert!((told - value).abs() / value < dec!(0.001), "{told} {value}");
    // Futures in 1,000 won: so many contracts at a price between the day's lowest and highest, 250,000 won a point.
    let future: FuturePrice = row(&sample("futures_inquire_price.json"), Part::First);
    let contracts = future.volume.or_zero() * dec!(250_000);
    let told = future.value.or_zero() * dec!(1000);
    assert!(told > contracts * future.low.or_zero() && told < contracts * future.high.or_zero());
    // Bonds: price for 10,000 won of face, quantity in 1,000.
    assert_eq!(amount(dec!(1), dec!(10250)), Some(dec!(1025)));
}

#[test]
fn trap_22_cash_to_order_with_is_not_in_the_balance() {
    let totals: AccountTotals = row(&sample("domestic_balance.json"), Part::Second);
    let buyable: Buyable = row(&sample("domestic_psbl_order.json"), Part::First);
    let Some(AccountReport::Cash { total, available }) = account::won(&totals, Some(&buyable)) else { panic!() };
    assert_eq!((total.amount, available), (dec!(346455), Some(dec!(741191178))));
    let Some(AccountReport::Cash { available, .. }) = account::won(&totals, None) else { panic!() };
    assert_eq!(available, None, "without the question for it nobody knows");
}

/// Holdings of a balance whose first row is changed.
fn held(changes: &[&[(&str, &str)]]) -> Vec<AccountReport> {
    let mut reply = sample("domestic_balance.json");
    let first = reply["output1"][0].clone();
    let changed = |fields: &&[(&str, &str)]| {
        let mut row = first.clone();
        for (name, value) in *fields {
            row[*name] = json!(value);
        }
        row
    };
    reply["output1"] = changes.iter().map(changed).collect();
    account::positions(&rows::<Holding>(&reply, Part::First))
}

#[test]
fn trap_23_what_was_sold_out_is_no_position_and_loans_are_of_the_same_share() {
    let reports = held(&[
        &[("pdno", "005930"), ("hldg_qty", "0")],
        &[("pdno", "000660"), ("hldg_qty", "10"), ("pchs_avg_pric", "100000.0000")],
        &[("pdno", "000660"), ("hldg_qty", "30"), ("pchs_avg_pric", "120000.0000"), ("loan_dt", "20260901")],
    ]);
    let [AccountReport::Position { instrument, quantity, average_price, .. }] = reports.as_slice() else { panic!() };
    assert_eq!((instrument.to_string().as_str(), *quantity), ("KRX:000660", dec!(40)));
    assert_eq!(average_price.map(|price| price.value()), Some(dec!(115_000)));
}

#[test]
fn trap_25_a_symbol_may_be_padded() {
    assert_eq!((plain_symbol("00000A000660"), plain_symbol("000660")), ("000660", "000660"));
    assert_eq!((plain_symbol("Q500001"), plain_symbol("0000D0")), ("Q500001", "0000D0"));
    let mut reply = sample("domestic_daily_ccld_states.json");
    reply["output1"][0]["pdno"] = json!("00000A005930");
    let order = hoga::broker::kis::order::Listed::stock(&row(&reply, Part::First)).unwrap();
    assert_eq!(order.instrument.to_string(), "KRX:005930");
}

#[test]
fn trap_32_a_share_is_heard_at_its_own_exchange() {
    let of = |venue: Venue| {
        let instrument = InstrumentId { venue, symbol: "005930".parse().unwrap() };
        let channel = hoga::broker::api::Channel::Trades;
        registration(Realm::Live, instrument, channel).unwrap().stream.id(hoga::config::World::Live)
    };
    assert_eq!(of(Venue::Krx), Some("H0STCNT0"), "the unified stream is silent for what only KRX trades");
    assert_eq!(of(Venue::Nxt), Some("H0NXCNT0"));
}

#[test]
fn trap_41_the_price_of_the_balance_is_no_market_price() {
    let reports = held(&[&[("pdno", "005930"), ("hldg_qty", "10"), ("pchs_avg_pric", "70000"), ("prpr", "1")]]);
    let [AccountReport::Position { average_price, .. }] = reports.as_slice() else { panic!() };
    assert_eq!(average_price.map(|price| price.value()), Some(dec!(70_000)), "it says what was paid, and no price");
}
