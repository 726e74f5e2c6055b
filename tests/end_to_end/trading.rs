//! Orders of every kind, from the shell.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::books;
use crate::user::{PATIENCE, User, number, text, until};

/// The exchange's own count of an order.
fn at_exchange(user: &User, id: &str) -> usize {
    let journal = user.paths().sim_journal(&"sim".parse().unwrap());
    let truth = hoga::broker::sim::read(&journal).unwrap();
    assert_eq!(truth.repeated, 0);
    truth.orders.values().filter(|order| order.order_id.to_string() == id).count()
}

fn wait() -> String {
    format!("--timeout {}s", PATIENCE.as_secs())
}

#[test]
fn the_first_quote_of_a_new_desk_has_a_last_price() {
    let user = User::new();
    let quotes = user.json("quote 005930 BTCUSDT");
    for quote in quotes.as_array().unwrap() {
        assert!(number(quote, "last") > Decimal::ZERO, "{quote}");
        assert_eq!(quote["stale"], false, "{quote}");
    }
}

#[test]
fn a_day_of_trading_adds_up_to_the_last_won() {
    let user = User::new();
    user.json("desk start");
    let bought = user.json(&format!("order buy 005930 10 --wait filled {}", wait()));
    assert_eq!((text(&bought, "state"), text(&bought, "filled_quantity")), ("filled", "10"));
    let touch = user.level("005930", "asks", 3);
    let crossed = user.json(&format!("order buy 005930 7 --price {touch} --wait filled {}", wait()));
    assert_eq!(text(&crossed, "type"), "limit");
    assert!(number(&crossed, "average_price") <= touch.parse().unwrap());
    change_and_cancel(&user);
    user.json(&format!("order sell 005930 9 --wait filled {}", wait()));
    bracket(&user);
    perpetual(&user);
    assert_eq!(text(&user.json("deposit 1234567"), "type"), "DEPOSIT");
    assert_eq!(text(&user.json("withdraw 567"), "type"), "WITHDRAW");
    books::agree(&user);
}

fn change_and_cancel(user: &User) {
    let resting = user.json(&format!("order buy 005930 3 --price {} --wait accepted", user.level("005930", "bids", 8)));
    let id = text(&resting, "id");
    let deeper = user.level("005930", "bids", 9);
    user.json(&format!("order replace {id} --price {deeper} --quantity 4"));
    let replaced = || user.json(&format!("order show {id}"));
    until("the change is confirmed", || replaced()["pending_change"].is_null());
    assert_eq!((text(&replaced(), "price"), text(&replaced(), "quantity")), (deeper.as_str(), "4"));
    assert_eq!(at_exchange(user, id), 1);
    user.json(&format!("order cancel {id}"));
    until("the order is canceled", || text(&replaced(), "state") == "canceled");
    assert_eq!(text(&user.json("balance")[0], "reserved"), "0");
}

/// Both exits are near the market, so that one is set off soon; brackets follow each other until it was the stop.
fn bracket(user: &User) {
    let stopped = (0..20).any(|_| exit_of_a_bracket(user) == "stop_loss");
    assert!(stopped, "of twenty brackets not one was stopped out");
}

/// Which exit of a bracket was filled; its other leg ends with it, and nothing is held any more.
fn exit_of_a_bracket(user: &User) -> String {
    let (profit, loss) = (user.level("000660", "asks", 3), user.level("000660", "bids", 1));
    let line = format!("order buy 000660 5 --take-profit {profit} --stop-loss {loss} --wait filled {}", wait());
    let entry = user.json(&line);
    let legs = || -> Vec<Value> {
        let all = user.json("order list --all");
        let legs = all.as_array().unwrap().iter().filter(|order| order["parent_id"] == entry["id"]);
        legs.cloned().collect()
    };
    until("one leg is filled and the other is over", || {
        let legs = legs();
        let ended = |leg: &Value| matches!(text(leg, "state"), "filled" | "canceled");
        legs.len() == 2 && legs.iter().all(ended)
    });
    let filled: Vec<Value> = legs().into_iter().filter(|leg| text(leg, "state") == "filled").collect();
    assert_eq!(filled.len(), 1, "{filled:?}");
    let held = user.json("positions");
    assert!(!held.as_array().unwrap().iter().any(|position| position["symbol"] == "000660"), "{held}");
    text(&filled[0], "role").to_owned()
}

fn perpetual(user: &User) {
    user.run("leverage BTCUSDT 5 --yes");
    user.json(&format!("order buy BTCUSDT 0.02 --wait filled {}", wait()));
    user.json(&format!("order sell BTCUSDT 0.05 --wait filled {}", wait()));
    let positions = user.json("positions");
    let short = positions.as_array().unwrap().iter().find(|position| position["symbol"] == "BTCUSDT").unwrap();
    assert_eq!((text(short, "side"), text(short, "quantity"), &short["leverage"]), ("short", "0.03", &Value::from(5)));
}

#[test]
fn the_first_order_of_all_is_filled() {
    let user = User::new();
    let bought = user.json(&format!("order buy 005930 10 --wait filled {}", wait()));
    assert_eq!(text(&bought, "state"), "filled");
}

#[test]
fn a_client_id_is_one_order_however_often_it_is_sent() {
    let user = User::new();
    let line = "order buy 005930 1 --client-id mine-1 --wait filled --timeout 60s";
    let (first, second) = (user.json(line), user.json(line));
    assert_eq!(first["id"], second["id"]);
    user.kill_desk();
    let third = user.json("order buy 005930 1 --client-id mine-1");
    assert_eq!(first["id"], third["id"]);
    assert_eq!(at_exchange(&user, text(&first, "id")), 1);
    assert_eq!(user.json("fills").as_array().unwrap().len(), 1);
    assert_eq!(user.json("order list --all").as_array().unwrap().len(), 1);
}

/// A stop at so many ten thousandths of the price. The market may walk past it before it is there; then nearer to where it is.
fn stop_beside(user: &User, side: &str, factor: i64) -> Value {
    for _ in 0..20 {
        let last = number(&user.json("quote BTCUSDT"), "bid");
        let trigger = (last * Decimal::new(factor, 4)).round_dp(1);
        let ran = user.run(&format!("order {side} BTCUSDT 0.01 --stop {trigger} --wait accepted --json --yes"));
        if ran.status == 0 {
            return ran.json();
        }
        assert_eq!(text(&ran.error(), "code"), "RISK_TRIGGER_SIDE", "{ran:?}");
    }
    panic!("the market walks past every stop");
}

#[test]
fn stops_are_watched_again_after_the_desk_was_killed_and_fire() {
    let user = User::new();
    user.json("order buy BTCUSDT 0.02 --wait filled --timeout 60s");
    let below = stop_beside(&user, "sell", 9_996);
    let above = stop_beside(&user, "buy", 10_004);
    user.kill_desk();
    let shown = |order: &Value| user.json(&format!("order show {}", text(order, "id")));
    for order in [&below, &above] {
        // Nobody watches until the market is heard again.
        until("the stop is watched", || {
            let again = shown(order);
            text(&again, "state") != "accepted" || text(&again, "watched_by") == "DESK"
        });
        assert_ne!(text(&shown(order), "state"), "expired");
    }
    until("one is set off and filled", || {
        [&below, &above].iter().any(|order| text(&shown(order), "state") == "filled")
    });
    for order in [&below, &above] {
        assert!(at_exchange(&user, text(order, "id")) <= 1);
    }
    user.json("kill");
    books::agree(&user);
}

#[test]
fn a_stop_for_the_day_ends_with_the_day_and_one_until_canceled_does_not() {
    let user = User::new();
    let day = "continuous_seconds = 60\nopening_auction_seconds = 5\nclosing_auction_seconds = 5\nclosed_seconds = 5";
    let config = std::fs::read_to_string(user.config()).unwrap();
    std::fs::write(user.config(), config.replace("continuous_seconds = 86400", day)).unwrap();
    // Farther away than a night can bring the market.
    let last = number(&user.json("quote 005930"), "bid");
    let trigger = ((last * Decimal::new(125, 2)) / Decimal::from(500)).round() * Decimal::from(500);
    let today = user.json(&format!("order buy 005930 1 --stop {trigger} --wait accepted"));
    let always = user.json(&format!("order buy 005930 2 --stop {trigger} --tif gtc --wait accepted"));
    let shown = |order: &Value| user.json(&format!("order show {}", text(order, "id")));
    until("the day is over", || text(&shown(&today), "state") == "expired");
    assert_eq!(text(&shown(&always), "state"), "accepted");
    assert_eq!(text(&shown(&always), "watched_by"), "DESK");
}
