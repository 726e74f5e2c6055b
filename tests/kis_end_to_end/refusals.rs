//! What is refused, and how people hear of it.

use rust_decimal::dec;

use crate::kis_server::{Options, PAPER_APP_KEY, PAPER_APP_SECRET};
use crate::scenario::Scenario;

/// Words that people hear, in both languages, with the exit status.
fn told(user: &Scenario, line: &str) -> (i32, String, String) {
    let english = user.run(&format!("{line} --yes"));
    let korean = user.in_korean(&format!("{line} --yes"));
    assert_eq!(english.status, korean.status, "{english:?} {korean:?}");
    (english.status, english.talk, korean.talk)
}

pub fn says(user: &Scenario, line: &str, status: i32, english: &str, korean: &str) {
    let (was, en, ko) = told(user, line);
    assert!(was == status && en.contains(english) && ko.contains(korean), "{line}: {was}\n{en}\n{ko}");
}

#[test]
fn what_hoga_knows_better_does_not_leave() {
    let user = Scenario::new(Options::default());
    user.start();
    for (line, status, english, korean) in [
        ("order buy 999999 1 --price 1000", 2, "999999", "종목을 찾을 수 없습니다"),
        ("order buy 005930 1 --price 70050", 6, "tick", "호가단위"),
        ("order buy 005930 1 --price 91100", 6, "limits", "상·하한가"),
        ("order buy 005930 143 --price 70000", 6, "not enough cash", "현금이 부족합니다"),
        ("order sell 005930 1 --price 70000", 6, "not enough holdings", "수량이 부족합니다"),
        ("order buy 005930 1.5 --price 70000", 6, "lot", "매매단위"),
    ] {
        says(&user, line, status, english, korean);
    }
    assert!(user.server.orders().is_empty());
}

#[test]
fn an_order_in_the_night_does_not_leave() {
    let user = Scenario::new(Options::default().at("2026-10-14T12:30:00Z"));
    says(&user, "order buy 005930 1 --price 70000", 6, "closed", "장이 닫혔거나");
    assert!(user.server.requests_to("POST", "/order-cash").is_empty());
}

#[test]
fn what_the_broker_refuses_is_said_in_words_of_people_and_its_own() {
    let user = Scenario::new(Options::default());
    user.start();
    // Somebody took the money out a moment ago, which hoga has not heard of.
    user.server.set_cash(dec!(1000));
    let order = |quantity| format!("order buy 005930 {quantity} --price 70000 --wait accepted --timeout 30s --yes");
    let (english, korean) = (user.run(&order(1)), user.in_korean(&order(2)));
    assert_eq!((english.status, korean.status), (5, 5), "{english:?} {korean:?}");
    for (talk, words) in
        [(&english.talk, "more than the cash to order with"), (&korean.talk, "주문가능금액을 넘었습니다")]
    {
        assert!(talk.contains(words) && talk.contains("APBK0952"), "{talk}");
    }
    let shown = user.in_korean("order list --all");
    assert!(shown.out.contains("주문가능금액을"), "{shown:?}");
}

#[test]
fn keys_of_the_wrong_environment_are_told_as_such() {
    let keys = [("HOGA_MAIN_APP_KEY", PAPER_APP_KEY), ("HOGA_MAIN_APP_SECRET", PAPER_APP_SECRET)];
    let user = Scenario::with(Options::default(), 60, &keys);
    assert_eq!(user.fails("auth test main"), (3, "KEY_REFUSED".to_owned()));
    let ran = user.run("auth test main");
    assert!(ran.talk.contains("never a paper key"), "{ran:?}");
    assert_eq!(user.server.tokens_issued(), 0);
}

#[test]
fn a_holiday_that_only_the_broker_knows_closes_the_market() {
    let user = Scenario::new(Options::default());
    user.server.change(|state| state.exchange.closed.push(jiff::civil::date(2026, 10, 14)));
    user.start();
    crate::user::until("the broker has said so", || {
        user.run("order buy 005930 1 --price 70000 --yes").talk.contains("closed")
    });
    assert!(user.server.orders().is_empty());
    let sessions = user.json("session");
    let krx = sessions.as_array().unwrap().iter().find(|session| session["venue"] == "KRX").unwrap();
    assert_eq!(krx["phase"], "closed", "{sessions}");
    // Once a day is enough: another desk takes what this one kept.
    assert_eq!(user.run("desk stop --force --yes").status, 0);
    user.start();
    says(&user, "order buy 005930 1 --price 70000", 6, "closed", "장이 닫혔거나");
    assert_eq!(user.server.requests_to("GET", "chk-holiday").len(), 1);
}

#[test]
fn trap_21_a_buy_without_a_price_needs_the_cash_of_the_upper_limit() {
    let user = Scenario::new(Options::default());
    user.start();
    // 120 shares cost 8.4 million at the market and 10.9 million at the upper limit; there are 10 million.
    says(&user, "order buy 005930 120 --type market", 6, "not enough cash", "현금이 부족합니다");
    let bought = user.on_fresh_prices("order buy 005930 100 --type market --wait filled --timeout 60s");
    assert_eq!(crate::user::text(&bought, "state"), "filled", "{bought}");
}
