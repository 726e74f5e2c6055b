//! Orders that the broker keeps for the opening, from the shell: placed while nothing trades, kept over a restart of the
//! desk, ended, and sent when the session begins.

use rust_decimal::dec;
use serde_json::Value;

use crate::kis_server::Options;
use crate::refusals::says;
use crate::scenario::{SAMSUNG, Scenario};
use crate::user::{number, text, until};

/// 15:00 in Korea, in the night of New York, and fifteen seconds before the opening there.
const AFTERNOON: &str = "2026-10-14T06:00:00Z";
const BEFORE_NEW_YORK: &str = "2026-10-14T13:29:45Z";
/// 10:00 in New York.
const NEW_YORK: &str = "2026-10-14T14:00:00Z";
/// 17:00 in Korea, after its close, and after the opening of the day after.
const EVENING: &str = "2026-10-14T08:00:00Z";
const NEXT_MORNING: &str = "2026-10-15T00:00:30Z";

const KOREAN: &str = "/domestic-stock/v1/trading/order-resv";
const AMERICAN: &str = "/overseas-stock/v1/trading/order-resv";

fn listed(user: &Scenario) -> Vec<String> {
    let orders = user.json("order list");
    let orders = orders.as_array().unwrap_or_else(|| panic!("not a list: {orders}"));
    orders.iter().map(|order| text(order, "id").to_owned()).collect()
}

/// What stands at the broker is what hoga says, and neither books nor account differ.
fn is_kept(user: &Scenario, order: &Value, number_is: &str) {
    let shown = user.shown(order);
    assert_eq!((text(&shown, "state"), text(&shown, "time_in_force")), ("accepted", "reserved"), "{shown}");
    assert!(text(&shown, "broker_id").starts_with(number_is), "{shown}");
    assert_eq!(listed(user), [text(order, "id")]);
    assert_eq!(user.json("reconcile")["differences"], serde_json::json!([]));
}

fn counts(user: &Scenario) -> (usize, usize) {
    (user.server.change(|state| state.exchange.reservations.len()), user.server.orders().len())
}

/// Another one that is canceled before its session.
fn one_is_canceled(user: &Scenario, line: &str) {
    let ended = user.json(line);
    user.json(&format!("order cancel {}", text(&ended, "id")));
    user.until_state(&ended, "canceled");
    assert!(user.server.change(|state| state.exchange.reservations[1].is_canceled));
}

fn apple(options: Options) {
    let mut user = Scenario::new(options.at(AFTERNOON));
    user.start();
    let order = user.json("order buy AAPL 10 --price 200 --tif reserved --wait accepted --timeout 60s");
    is_kept(&user, &order, "reserved-overseas:20261014:");
    let shown = user.in_korean(&format!("order show {}", text(&order, "id")));
    assert!(shown.out.contains("예약"), "{shown:?}");
    one_is_canceled(&user, "order buy AAPL 1 --price 190 --tif reserved --wait accepted --timeout 60s");
    user.restart();
    is_kept(&user, &order, "reserved-overseas:20261014:");
    assert_eq!(counts(&user), (2, 0), "nothing is sent before the opening");
    user.restart_at(BEFORE_NEW_YORK);
    until("it goes on under its new number", || {
        text(&user.shown(&order), "broker_id").starts_with("overseas:20261014:")
    });
    assert_eq!(text(&user.shown(&order), "state"), "accepted");
    user.server.trade("AAPL", dec!(200), dec!(50));
    user.until_state(&order, "filled");
    assert_eq!(number(&user.shown(&order), "average_price"), dec!(200));
    assert_eq!((user.held("AAPL"), user.server.position("AAPL")), (dec!(10), dec!(10)));
    user.agrees();
    assert_eq!(counts(&user), (2, 1), "sent once");
    assert_eq!(user.server.requests_to("POST", AMERICAN).len(), 2);
    assert!(user.server.requests_to("POST", "/trading/order").is_empty());
    user.kept_the_limits();
}

#[test]
fn apple_is_kept_for_the_opening_with_real_money() {
    apple(Options::default());
}

#[test]
fn apple_is_kept_for_the_opening_with_play_money() {
    apple(Options::paper());
}

#[test]
fn samsung_is_kept_overnight_and_sent_while_the_desk_is_off() {
    let mut user = Scenario::new(Options::default().at(EVENING));
    user.start();
    let order = user.json("order buy 005930 10 --price 69000 --tif reserved --wait accepted --timeout 60s");
    is_kept(&user, &order, "reserved-stock:20261014:");
    one_is_canceled(&user, "order buy 005930 1 --price 68000 --tif reserved --wait accepted --timeout 60s");
    user.restart();
    is_kept(&user, &order, "reserved-stock:20261014:");
    assert_eq!(counts(&user), (2, 0));
    user.restart_at(NEXT_MORNING);
    until("it goes on under its new number", || text(&user.shown(&order), "broker_id").starts_with("stock:20261015:"));
    user.server.trade(SAMSUNG, dec!(69000), dec!(50));
    user.until_state(&order, "filled");
    assert_eq!((user.held(SAMSUNG), user.server.position(SAMSUNG)), (dec!(10), dec!(10)));
    user.agrees();
    assert_eq!(counts(&user), (2, 1), "sent once");
    assert_eq!(user.server.requests_to("POST", KOREAN).len(), 2);
    assert!(user.server.requests_to("POST", "/trading/order-cash").is_empty());
}

#[test]
fn play_money_keeps_nothing_in_korea() {
    let user = Scenario::new(Options::paper().at(EVENING));
    user.start();
    let (english, korean) = ("keeps no orders in Korean shares", "국내주식 예약주문을 받지 않습니다");
    says(&user, "order buy 005930 1 --price 69000 --tif reserved", 6, english, korean);
    assert_eq!((counts(&user), user.server.requests_to("POST", "order-resv").len()), ((0, 0), 0));
}

#[test]
fn in_the_running_session_the_refusal_says_what_to_do() {
    let (english, korean) = ("send it after the close or use day", "장이 끝난 뒤에 내거나, 지금은 day로 내세요");
    for (options, share) in
        [(Options::default(), "005930 1 --price 69000"), (Options::paper().at(NEW_YORK), "AAPL 1 --price 200")]
    {
        let user = Scenario::new(options);
        user.start();
        let line = format!("order buy {share} --tif reserved");
        says(&user, &line, 6, english, korean);
        assert_eq!(user.fails(&line).1, "RISK_UNSUPPORTED");
        let ran = user.in_korean(&format!("{line} --yes"));
        assert!(!ran.talk.contains("닫혔거나") && !ran.talk.contains("the session"), "{ran:?}");
        assert_eq!((counts(&user), user.server.requests_to("POST", "order-resv").len()), ((0, 0), 0));
    }
}

#[test]
fn what_no_broker_keeps_is_refused_in_both_languages() {
    let user = Scenario::new(Options::default().at(AFTERNOON));
    user.start();
    let (english, korean) = ("in the US limit and moo to sell", "미국은 지정가와 매도 MOO만");
    says(&user, "order buy AAPL 1 --price 200 --type loc --tif reserved", 6, english, korean);
    assert_eq!(counts(&user), (0, 0));
}
