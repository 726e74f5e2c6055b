//! Where an order in a Korean share goes: KRX, NXT, or where the broker sends it. What is held is one holding.

use rust_decimal::{Decimal, dec};
use serde_json::json;

use crate::kis_server::Options;
use crate::refusals::says;
use crate::scenario::{SAMSUNG, Scenario};
use crate::user::{text, until};

/// Ten past eight in Korea: NXT trades, KRX does not.
const EARLY: &str = "2026-10-13T23:10:00Z";

/// Where the orders the exchange has went, oldest first.
fn went(user: &Scenario) -> Vec<String> {
    user.server.orders().into_iter().map(|order| order.exchange).collect()
}

fn open(user: &Scenario) -> Vec<(String, Decimal, Decimal)> {
    user.server.open_orders().into_iter().map(|order| (order.exchange, order.price, order.remaining)).collect()
}

#[test]
fn before_krx_opens_an_order_for_nxt_is_filled_and_the_share_is_held_at_krx() {
    let user = Scenario::new(Options::default().at(EARLY));
    user.start();
    let bought = user.on_fresh_prices("order buy 005930 10 --price 70100 --venue nxt --wait filled --timeout 60s");
    assert_eq!((text(&bought, "state"), text(&bought, "route")), ("filled", "nxt"), "{bought}");
    assert_eq!((text(&bought, "venue"), text(&bought, "symbol")), ("KRX", SAMSUNG), "{bought}");
    assert_eq!(went(&user), ["NXT"]);
    let positions = user.json("positions");
    let venues: Vec<&str> = positions.as_array().unwrap().iter().map(|one| text(one, "venue")).collect();
    assert_eq!((venues, user.held(SAMSUNG)), (vec!["KRX"], dec!(10)), "{positions}");
    let sold = user.on_fresh_prices("order sell KRX:005930 4 --price 70000 --venue nxt --wait filled --timeout 60s");
    assert_eq!(text(&sold, "state"), "filled", "{sold}");
    assert_eq!(user.server.position(SAMSUNG), dec!(6));
    user.agrees();
    says(&user, "order buy 005930 1 --price 70000", 6, "closed", "장이 닫혔거나");
    says(&user, "order buy 005930 1 --price 70000 --venue sor", 6, "closed", "장이 닫혔거나");
    assert_eq!(went(&user).len(), 2, "neither left");
    user.kept_the_limits();
}

#[test]
fn an_order_at_nxt_is_changed_and_canceled_there_also_after_the_desk_was_killed() {
    let user = Scenario::new(Options::default().at(EARLY));
    user.start();
    let placed = user.on_fresh_prices("order buy 005930 5 --price 68000 --venue nxt --wait accepted");
    assert_eq!(open(&user), [("NXT".to_owned(), dec!(68000), dec!(5))]);
    user.on_fresh_prices(&format!("order replace {} --price 68100", text(&placed, "id")));
    until("the change is confirmed", || user.shown(&placed)["pending_change"].is_null());
    assert_eq!(open(&user), [("NXT".to_owned(), dec!(68100), dec!(5))]);
    user.kill_desk();
    user.start();
    let shown = user.shown(&placed);
    assert_eq!((text(&shown, "route"), text(&shown, "price")), ("nxt", "68100"), "{shown}");
    let (list, card) = (user.run("order list"), user.in_korean(&format!("order show {}", text(&placed, "id"))));
    assert!(list.out.contains("NXT"), "{list:?}");
    assert!(card.out.contains("주문 경로") && card.out.contains("NXT"), "{card:?}");
    user.json(&format!("order cancel {}", text(&placed, "id")));
    user.until_state(&placed, "canceled");
    assert!(open(&user).is_empty());
    user.agrees();
}

#[test]
fn in_regular_hours_the_broker_routes_and_an_order_without_a_route_goes_to_krx() {
    let user = Scenario::new(Options::default());
    user.start();
    let routed = user.on_fresh_prices("order buy 005930 10 --price 70100 --venue sor --wait filled --timeout 60s");
    assert_eq!((text(&routed, "route"), text(&routed, "average_price")), ("sor", "70100"), "{routed}");
    let plain = user.on_fresh_prices("order sell 005930 10 --price 70000 --wait filled --timeout 60s");
    assert_eq!((text(&plain, "state"), plain.get("route")), ("filled", None), "{plain}");
    let named = user.on_fresh_prices("order buy 005930 1 --price 69000 --venue krx --wait accepted");
    assert_eq!(text(&named, "route"), "krx", "{named}");
    assert_eq!(went(&user), ["SOR", "KRX", "KRX"]);
    user.agrees();
}

#[test]
fn what_a_route_does_not_take_does_not_leave_and_what_nxt_does_not_list_is_told() {
    let user = Scenario::new(Options::default());
    user.start();
    for (line, english, korean) in [
        ("order buy 005930 1 --venue nxt", "market day at nxt", "받지 않는 주문입니다"),
        ("order buy 005930 1 --price 70000 --type conditional_limit --venue nxt", "at nxt", "받지 않는 주문입니다"),
        ("order buy 005930 1 --type mid_price --venue sor", "at sor", "받지 않는 주문입니다"),
        ("order buy NASDAQ:AAPL 1 --price 228 --venue nxt", "nxt for NASDAQ:AAPL", "받지 않는 주문입니다"),
    ] {
        says(&user, line, 6, english, korean);
    }
    assert!(user.server.requests_to("POST", "/order-cash").is_empty());
    // Which shares NXT lists only the broker says.
    user.json("quote 069500");
    let refused = user.run("order buy 069500 1 --price 37200 --venue nxt --wait accepted --timeout 30s --yes");
    assert!(refused.status == 5 && refused.talk.contains("APBK0656"), "{refused:?}");
    user.agrees();
}

#[test]
fn while_nxt_rests_nothing_goes_there() {
    // Five to nine: the pre-market of NXT is over.
    let user = Scenario::new(Options::default().at("2026-10-13T23:55:00Z"));
    user.start();
    says(&user, "order buy 005930 1 --price 70000 --venue nxt", 6, "the session of nxt is halted", "장이 닫혔거나");
    assert!(user.server.orders().is_empty());
}

#[test]
fn play_money_goes_to_krx_only_and_that_is_said_before_anything_is_sent() {
    let user = Scenario::new(Options::paper());
    user.start();
    for route in ["nxt", "sor"] {
        let line = format!("order buy 005930 1 --price 70000 --venue {route}");
        says(&user, &line, 6, "paper trading orders at KRX only", "모의투자는 KRX로만 주문할 수 있습니다");
    }
    let (status, code) = user.fails("order buy 005930 1 --price 70000 --venue nasdaq");
    assert_eq!((status, code.as_str()), (2, "USAGE"));
    assert!(user.server.requests_to("POST", "/order-cash").is_empty());
    let taken = user.on_fresh_prices("order buy 005930 1 --price 69000 --venue krx --wait accepted --timeout 60s");
    assert_eq!((text(&taken, "route"), &taken["state"]), ("krx", &json!("accepted")), "{taken}");
}
