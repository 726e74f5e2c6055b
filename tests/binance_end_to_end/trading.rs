//! The whole path from the shell.

use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use crate::scenario::{BTC, Scenario};
use crate::user::{number, text, until};

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("not a list: {value}"))
}

#[test]
fn the_whole_path_from_the_key_to_the_last_digit() {
    let user = Scenario::new();
    let key = user.json("auth test play");
    assert_eq!((&key["broker_asked"], &key["trades"], text(&key, "key")), (&json!(true), &json!(true), "****0001"));
    user.json("desk start");
    the_market(&user);
    let bought = user.json("order buy BTCUSDT 0.02 --wait filled --timeout 60s");
    assert_eq!((text(&bought, "state"), text(&bought, "time_in_force")), ("filled", "gtc"));
    a_limit_is_changed_and_canceled(&user);
    a_stop_waits_at_the_exchange_and_is_set_off(&user);
    user.json("order sell ETHUSDT 0.5 --wait filled --timeout 60s");
    assert_eq!(user.held("ETHUSDT"), dec!(-0.5));
    user.agrees();
    the_kill_switch(&user);
    user.agrees();
}

fn the_market(user: &Scenario) {
    let book = user.json("book BTCUSDT");
    assert!(list(&book["bids"]).len() >= 5 && list(&book["asks"]).len() >= 5, "{book}");
    let quote = user.json("quote BTCUSDT");
    let (bid, ask) = user.server.top(BTC);
    assert!(number(&quote, "last") > Decimal::ZERO, "{quote}");
    assert!(
        (number(&quote, "bid") - bid).abs() < dec!(100) && number(&quote, "ask") > number(&quote, "bid"),
        "{quote}"
    );
    assert!((number(&quote, "ask") - ask).abs() < dec!(100), "{quote}");
    let candles = user.json("candles BTCUSDT --count 5");
    assert_eq!(list(&candles).len(), 5);
    for series in ["open-interest", "takers", "accounts", "top-accounts", "top-positions"] {
        let points = user.json(&format!("flow BTCUSDT --series {series} --count 3"));
        assert_eq!(list(&points).len(), 3, "{series}: {points}");
    }
    let sessions = user.json("session");
    let venues: Vec<&str> = list(&sessions).iter().map(|session| text(session, "venue")).collect();
    assert_eq!(venues.iter().filter(|venue| **venue == "BINANCE_FUTURES").count(), 1, "{venues:?}");
    assert_eq!(text(&sessions[0], "phase"), "continuous", "{sessions}");
}

fn a_limit_is_changed_and_canceled(user: &Scenario) {
    let placed = user.json("order buy BTCUSDT 0.01@58000 --wait accepted");
    let there = || user.server.open_orders().into_iter().map(|o| (o.price, o.quantity)).collect::<Vec<_>>();
    assert_eq!(there(), [(dec!(58000), dec!(0.01))]);
    user.json(&format!("order replace {} --price 58100 --quantity 0.02", text(&placed, "id")));
    until("the change is confirmed", || user.shown(&placed)["pending_change"].is_null());
    assert_eq!(there(), [(dec!(58100), dec!(0.02))]);
    let shown = user.shown(&placed);
    assert_eq!((text(&shown, "price"), text(&shown, "quantity")), ("58100", "0.02"));
    user.json(&format!("order cancel {}", text(&placed, "id")));
    user.until_state(&placed, "canceled");
    for price in [57900, 58010, 58020] {
        user.json(&format!("order buy BTCUSDT 0.01@{price} --wait accepted"));
    }
    user.json("order cancel --all");
    until("nothing is open", || user.server.open_orders().is_empty());
    until("nor here", || user.json("order list") == json!([]));
}

fn a_stop_waits_at_the_exchange_and_is_set_off(user: &Scenario) {
    let before = user.held(BTC);
    let stop = user.json("order sell BTCUSDT 0.005 --stop 59000 --wait accepted");
    assert_eq!(text(&stop, "watched_by"), "VENUE");
    let waits = || user.server.algos().iter().filter(|algo| algo.is_open()).count();
    assert_eq!(waits(), 1);
    // The exchange changes no condition that waits: the order stays as it was.
    user.run(&format!("order replace {} --stop 59100 --yes", text(&stop, "id")));
    until("the change is refused", || user.shown(&stop)["pending_change"].is_null());
    assert_eq!((text(&user.shown(&stop), "stop_price"), waits()), ("59000", 1));
    user.server.stop_drift();
    let (bid, _) = user.server.top(BTC);
    user.server.set_top(BTC, dec!(58990), dec!(58990.1));
    user.server.trade(BTC, dec!(58990), dec!(0.001));
    user.until_state(&stop, "filled");
    assert_eq!(waits(), 0);
    assert_eq!(user.held(BTC), before - dec!(0.005));
    user.server.set_top(BTC, bid, bid + dec!(0.1));
    user.server.drift(8);
}

fn the_kill_switch(user: &Scenario) {
    user.json("order buy BTCUSDT 0.01@57950 --wait accepted");
    user.json("order sell BTCUSDT 0.01 --stop 57000 --wait accepted");
    let killed = user.json("kill");
    assert_eq!((&killed["still_open"], &killed["canceled"]), (&json!([]), &json!(2)), "{killed}");
    assert!(user.server.open_orders().is_empty());
    assert!(!user.server.algos().iter().any(crate::binance_server::Algo::is_open));
    assert_eq!(user.fails("order buy BTCUSDT 0.01"), (6, "RISK_HALTED".to_owned()));
    user.json("resume --word RESUME");
    user.json("flatten BTCUSDT");
    until("the position is closed", || user.server.position(BTC).is_zero());
    until("here too", || user.held(BTC).is_zero());
}

#[test]
fn the_leverage_of_the_exchange_is_shown_and_set() {
    let user = Scenario::new();
    user.json("order buy BTCUSDT 0.02 --wait filled --timeout 60s");
    let leverage = || user.json("positions")[0]["leverage"].clone();
    assert_eq!(leverage(), json!(20), "nobody has set one, so it is the exchange's own");
    user.json("leverage BTCUSDT 5");
    until("it is shown", || leverage() == json!(5));
    assert_eq!(user.server.change(|state| state.exchange.leverage.get(BTC).copied()), Some(5));
    // Somebody sets it elsewhere: while hoga looks, and while it does not.
    let margin = || number(&user.json("positions")[0], "margin");
    let at_five = margin();
    user.server.set_leverage(BTC, 10);
    until("it is heard", || leverage() == json!(10));
    assert_eq!(margin(), at_five / dec!(2), "half the margin at twice the leverage");
    user.kill_desk();
    user.server.change(|state| state.exchange.leverage.insert(BTC.to_owned(), 8));
    until("it is read again", || leverage() == json!(8));
    assert_eq!(user.fails("leverage BTCUSDT 126").0, 6);
    user.agrees();
}

#[test]
fn a_killed_desk_finds_its_orders_at_the_exchange() {
    let user = Scenario::new();
    let resting = user.json("order buy BTCUSDT 0.01@58000 --wait accepted");
    let filled = user.json("order buy BTCUSDT 0.01 --wait filled --client-id once --timeout 60s");
    user.kill_desk();
    let again = user.json("order buy BTCUSDT 0.01 --client-id once");
    assert_eq!(again["id"], filled["id"]);
    assert_eq!(text(&user.shown(&resting), "state"), "accepted");
    assert_eq!(user.server.orders().len(), 2);
    user.json("order cancel --all");
    user.until_state(&resting, "canceled");
    user.agrees();
}
