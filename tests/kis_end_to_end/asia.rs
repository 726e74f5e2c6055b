//! Shares in Hong Kong and Tokyo in the morning of Korea.

use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use crate::kis_server::Options;
use crate::scenario::Scenario;
use crate::user::{number, text, until};

/// 10:45 in Korea: Hong Kong has opened a quarter of an hour ago.
const MORNING: &str = "2026-10-14T01:45:00Z";
/// 13:10 in Korea: over lunch in Hong Kong.
const LUNCH: &str = "2026-10-14T04:10:00Z";

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("not a list: {value}"))
}

fn with_money(options: Options) -> Scenario {
    let user = Scenario::trading_late(options, &["HKEX", "TSE"]);
    user.server.set_money("HKD", dec!(500_000));
    user.server.set_money("JPY", dec!(5_000_000));
    user.start();
    user
}

/// Waits for prices that somebody else's trade makes, and for the money that such a share is paid with.
fn until_seen(user: &Scenario, name: &str, currency: &str, price: Decimal) {
    let symbol = name.split_once(':').map_or(name, |(_, symbol)| symbol);
    until("the price is there", || {
        user.server.trade(symbol, price, dec!(100));
        let quote = user.json(&format!("quote {name}"));
        quote["last"] == price.to_string() && quote["stale"] == json!(false) && quote["last_is_close"] == json!(false)
    });
    until("the money is known", || user.cash(currency) == user.server.money(currency));
}

fn agrees(user: &Scenario) {
    user.agrees();
    for currency in ["HKD", "JPY"] {
        assert_eq!(user.cash(currency), user.server.money(currency), "{currency}");
    }
    user.kept_the_limits();
}

fn tencent(options: Options) -> Scenario {
    let user = with_money(options.at(MORNING));
    for words in ["0700", "텐센트", "tencent"] {
        let found = user.json(&format!("search {words}"));
        let is_there = list(&found).iter().any(|one| one["symbol"] == "00700" && one["venue"] == "HKEX");
        assert!(is_there, "{words}: {found}");
    }
    until_seen(&user, "HKEX:00700", "HKD", dec!(615.0).normalize());
    let (_, ask) = user.server.top("00700");
    let bought = user.json(&format!("order buy HKEX:00700 200 --price {ask} --wait filled --timeout 60s"));
    assert_eq!(number(&bought, "average_price"), ask, "{bought}");
    assert_eq!((user.held("00700"), user.server.position("00700")), (dec!(200), dec!(200)));
    // Less than a lot, and a price between two steps, never leave.
    let sent = user.server.orders().len();
    for refused in ["50 --price 600", "100 --price 600.1"] {
        assert_ne!(user.run(&format!("order buy HKEX:00700 {refused} --yes")).status, 0, "{refused}");
    }
    assert_ne!(user.run("order buy HKEX:00700 100 --yes").status, 0, "there is no market order");
    assert_eq!(user.server.orders().len(), sent);
    let resting = user.json("order buy HKEX:00700 100 --price 600 --wait accepted");
    user.json(&format!("order replace {} --price 600.5", text(&resting, "id")));
    until("the change is confirmed", || user.shown(&resting)["pending_change"].is_null());
    assert_eq!(user.server.open_orders()[0].price, dec!(600.5));
    user.json(&format!("order cancel {}", text(&resting, "id")));
    user.until_state(&resting, "canceled");
    user.server.trade("00700", dec!(615), dec!(100));
    let (bid, _) = user.server.top("00700");
    let sold = user.json(&format!("order sell HKEX:00700 100 --price {bid} --wait filled --timeout 60s"));
    assert_eq!(number(&sold, "average_price"), bid, "{sold}");
    user
}

#[test]
fn tencent_is_bought_and_sold_for_hong_kong_dollars() {
    let user = tencent(Options::default());
    assert!(user.server.money("HKD") < dec!(500_000));
    assert_eq!(user.server.dollars(), dec!(10_000), "it cost no US dollars");
    agrees(&user);
}

#[test]
fn tencent_is_bought_and_sold_for_play_money() {
    let user = tencent(Options::paper());
    until("the money is the broker's to the last cent", || user.cash("HKD") == user.server.money("HKD"));
    assert_eq!(user.held("00700"), dec!(100));
    user.kept_the_limits();
}

#[test]
fn what_is_held_in_asia_is_there_after_a_start_with_play_money() {
    let user = Scenario::new(Options::paper().at(MORNING));
    user.server.set_position("7203", dec!(300), dec!(2500));
    user.start();
    until("it is told", || user.held("7203") == dec!(300));
    user.kept_the_limits();
}

#[test]
fn a_share_in_tokyo_is_quoted_and_ordered_in_yen() {
    let user = with_money(Options::default().at(MORNING));
    let found = user.json("search 도요타");
    assert!(list(&found).iter().any(|one| one["symbol"] == "7203" && one["venue"] == "TSE"), "{found}");
    until_seen(&user, "TSE:7203", "JPY", dec!(2812.5));
    let days = user.json("candles TSE:7203 --interval 1d --count 5");
    assert_eq!(list(&days).len(), 5, "{days}");
    let (_, ask) = user.server.top("7203");
    let bought = user.json(&format!("order buy TSE:7203 100 --price {ask} --wait filled --timeout 60s"));
    assert_eq!(number(&bought, "average_price"), ask, "{bought}");
    assert_eq!(user.held("7203"), dec!(100));
    agrees(&user);
}

#[test]
fn nobody_trades_on_prices_of_a_quarter_of_an_hour_ago_unawares() {
    let user = Scenario::new(Options::default().at(MORNING));
    user.server.set_money("HKD", dec!(500_000));
    user.start();
    until("the price is there, and is told to be old", || {
        user.server.trade("00700", dec!(615), dec!(100));
        let quote = user.json("quote HKEX:00700");
        let age = quote["age_ms"].as_u64().unwrap_or_default();
        number(&quote, "last") == dec!(615) && quote["stale"] == json!(true) && (900_000..960_000).contains(&age)
    });
    let refused = user.run("order buy HKEX:00700 100 --price 615 --json --yes");
    assert_ne!(refused.status, 0, "{refused:?}");
    let refusals = refused.error()["refusals"].clone();
    assert!(list(&refusals).iter().any(|one| one["rule"] == "RISK_STALE_DATA"), "{refusals}");
    assert!(user.server.orders().is_empty());
}

#[test]
fn over_lunch_an_order_is_refused_with_the_reason() {
    let user = with_money(Options::default().at(LUNCH));
    let refused = user.run("order buy HKEX:00700 100 --price 615 --json --yes");
    assert_ne!(refused.status, 0, "{refused:?}");
    let error = refused.error();
    assert_eq!(error["refusals"][0]["value"], "the session is halted", "{error}");
    assert!(user.server.orders().is_empty());
    // Tokyo is back from it.
    until_seen(&user, "TSE:7203", "JPY", dec!(2812.5));
    user.json("order buy TSE:7203 100 --price 2800 --wait accepted");
    assert_eq!(user.server.open_orders().len(), 1);
}
