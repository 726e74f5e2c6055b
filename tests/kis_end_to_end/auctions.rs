//! Orders in US shares for the opening and the closing auction.

use rust_decimal::dec;
use serde_json::json;

use crate::kis_server::Options;
use crate::refusals::says;
use crate::scenario::Scenario;
use crate::user::{number, text, until};

/// Ten in the morning in New York, and half an hour before its open.
const EVENING: &str = "2026-10-14T14:00:00Z";
const BEFORE: &str = "2026-10-14T13:00:00Z";
const ORDERS: &str = "/uapi/overseas-stock/v1/trading/order";

const ONLY_SOLD: (&str, &str) = ("buy with loo or loc", "매수는 LOO·LOC를 쓰세요");

fn prices_are_there(user: &Scenario) {
    user.start();
    until("the price is there", || {
        user.server.trade("AAPL", dec!(228.00), dec!(3));
        user.json("quote AAPL")["stale"] == json!(false)
    });
}

#[test]
fn an_order_for_the_close_waits_for_it() {
    let user = Scenario::new(Options::default().at(EVENING));
    prices_are_there(&user);
    let order = user.json("order buy AAPL 1 --price 229 --type loc --wait accepted");
    assert_eq!((text(&order, "type"), number(&order, "price")), ("loc", dec!(229)), "{order}");
    let at_the_exchange = &user.server.open_orders()[0];
    assert_eq!((at_the_exchange.kind.as_str(), at_the_exchange.price), ("34", dec!(229)));
    // The market is below its limit, and it does not take part in it.
    user.server.trade("AAPL", dec!(227), dec!(50));
    let listed = user.in_korean("order list");
    assert!(listed.out.contains("마감 지정가(LOC)"), "{listed:?}");
    // The list of the broker does not name the type; the desk that begins anew still knows it, and sees no difference.
    assert_eq!(user.run("desk stop --force --yes").status, 0);
    until("the desk has gone", || !user.desk_runs());
    user.start();
    let shown = user.shown(&order);
    assert_eq!((text(&shown, "type"), text(&shown, "state")), ("loc", "accepted"), "{shown}");
    user.agrees();
    // Nobody could say which type it had after a change, so none is sent.
    user.run(&format!("order replace {} --price 230 --yes", text(&order, "id")));
    until("the change is refused", || user.shown(&order)["pending_change"].is_null());
    assert_eq!(number(&user.shown(&order), "price"), dec!(229));
    assert!(user.server.requests_to("POST", &format!("{ORDERS}-rvsecncl")).is_empty());
    user.json(&format!("order cancel {}", text(&order, "id")));
    user.until_state(&order, "canceled");
    assert!(user.server.open_orders().is_empty() && user.held("AAPL").is_zero());
    user.kept_the_limits();
}

#[test]
fn only_sells_go_at_any_price() {
    let user = Scenario::new(Options::default().at(EVENING));
    user.server.set_position("AAPL", dec!(5), dec!(200));
    prices_are_there(&user);
    says(&user, "order buy AAPL 1 --type moc", 6, ONLY_SOLD.0, ONLY_SOLD.1);
    assert!(user.server.requests_to("POST", ORDERS).is_empty());
    let order = user.json("order sell AAPL 2 --type moc --wait accepted");
    assert!(text(&order, "type") == "moc" && order["price"].is_null(), "{order}");
    let at_the_exchange = &user.server.open_orders()[0];
    assert_eq!((at_the_exchange.kind.as_str(), at_the_exchange.quantity), ("33", dec!(2)));
    user.kept_the_limits();
}

#[test]
fn an_order_for_the_open_comes_before_it() {
    let user = Scenario::new(Options::default().at(BEFORE));
    prices_are_there(&user);
    says(&user, "order buy AAPL 1 --type moo", 6, ONLY_SOLD.0, ONLY_SOLD.1);
    user.json("order buy AAPL 1 --price 225 --type loo --wait accepted");
    assert_eq!(user.server.open_orders()[0].kind, "32");
    let late = Scenario::new(Options::default().at(EVENING));
    prices_are_there(&late);
    says(&late, "order buy AAPL 1 --price 225 --type loo", 6, "loo during continuous", "loo");
    assert!(late.server.requests_to("POST", ORDERS).is_empty());
}

#[test]
fn play_money_has_none_of_them() {
    let user = Scenario::new(Options::paper().at(EVENING));
    prices_are_there(&user);
    for line in ["order buy AAPL 1 --price 229 --type loc", "order sell AAPL 1 --type moc"] {
        says(&user, line, 6, "foreign paper orders are limit orders", "모의투자의 해외 주문은 정규장 지정가뿐입니다");
    }
    assert!(user.server.requests_to("POST", ORDERS).is_empty());
}

#[test]
fn nothing_else_has_them() {
    let user = Scenario::new(Options::default());
    user.start();
    says(&user, "order buy 005930 1 --price 70000 --type loc", 6, "loc at kis", "loc");
    assert!(user.server.orders().is_empty());
}
