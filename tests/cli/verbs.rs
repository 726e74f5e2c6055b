//! Each verb asks the desk for exactly what it says.

use hoga::desk::protocol::{Command, Failure, FailureKind, Response};
use serde_json::{Value, json};

use crate::fake_desk::{Answer, FakeDesk, order, quote, status};

/// The last thing asked after `line`, as JSON, by a desk that refuses everything it is not asked to answer.
fn asked(line: &str) -> Value {
    let desk = FakeDesk::start(|command| match command {
        Command::Hello { .. } | Command::Status | Command::Subscribe { .. } => None,
        _ => Some(Answer::Failed(Failure::new(FailureKind::Other, "INTERNAL", "enough seen"))),
    });
    desk.hoga(line);
    serde_json::to_value(desk.asked().last().unwrap_or_else(|| panic!("{line} asked nothing"))).unwrap()
}

#[test]
fn verbs_ask_for_what_they_say() {
    for (line, command) in [
        ("book 005930 --levels 5", json!({ "command": "book", "symbol": "005930", "levels": 5 })),
        ("trades 005930 -n 7", json!({ "command": "trades", "symbol": "005930", "count": 7 })),
        (
            "candles 005930 --interval 5m --count 3",
            json!({ "command": "candles", "symbol": "005930", "interval": "5m", "count": 3, "before": null }),
        ),
        ("search 삼성 전자", json!({ "command": "search", "text": "삼성 전자", "limit": 20 })),
        ("rank volume -n 3", json!({ "command": "rank", "by": "volume", "count": 3 })),
        ("session", json!({ "command": "session" })),
        ("info 005930", json!({ "command": "info", "symbol": "005930" })),
        ("order list", json!({ "command": "orders", "filter": "open" })),
        ("order list --today", json!({ "command": "orders", "filter": "today" })),
        ("order list --all", json!({ "command": "orders", "filter": "all" })),
        ("order show mine-1", json!({ "command": "order", "order": "mine-1" })),
        (
            "order replace mine-1 --price 70100 --qty 5 --yes",
            json!({ "command": "replace", "order": "mine-1", "price": "70100", "stop_price": null, "quantity": "5" }),
        ),
        ("balance", json!({ "command": "balances" })),
        ("positions", json!({ "command": "positions" })),
        ("fills -n 9", json!({ "command": "fills", "limit": 9 })),
        ("pnl", json!({ "command": "pnl" })),
        ("pnl --broker", json!({ "command": "realised", "from": null, "to": null, "by": "day" })),
        (
            "pnl --broker --from 2026-11-01 --to 20261120 --by trade",
            json!({ "command": "realised", "from": "2026-11-01", "to": "2026-11-20", "by": "trade" }),
        ),
        ("transactions", json!({ "command": "transactions", "limit": 100 })),
        ("deposit 1000000", json!({ "command": "deposit", "amount": "1000000", "currency": "KRW" })),
        ("withdraw 0.5 --currency usdt", json!({ "command": "withdraw", "amount": "0.5", "currency": "USDT" })),
        ("leverage BTCUSDT 5", json!({ "command": "leverage", "symbol": "BTCUSDT", "leverage": 5 })),
        ("reconcile --accept", json!({ "command": "reconcile", "accept": true })),
        ("kill --flatten --yes", json!({ "command": "kill", "flatten": true })),
        ("halt", json!({ "command": "halt" })),
        ("reduce", json!({ "command": "reduce" })),
        ("resume", json!({ "command": "resume", "word": null })),
        ("flatten 005930 --yes", json!({ "command": "flatten", "symbol": "005930" })),
        ("flatten --all --yes", json!({ "command": "flatten", "symbol": null })),
        ("risk show", json!({ "command": "risk_show" })),
        ("risk set max_positions 3", json!({ "command": "risk_set", "key": "max_positions", "value": "3" })),
        ("risk log -n 2", json!({ "command": "risk_log", "limit": 2 })),
        ("watch add 005930", json!({ "command": "watch_add", "symbol": "005930" })),
        ("watch rm 005930", json!({ "command": "watch_remove", "symbol": "005930" })),
    ] {
        assert_eq!(asked(line), command, "{line}");
    }
}

#[test]
fn the_profile_goes_with_every_request() {
    let desk = FakeDesk::start(|command| match command {
        Command::Balances => Some(Answer::Ok(Response::Balances(Vec::new()))),
        _ => None,
    });
    let ran = desk.hoga("--profile sim -v balance --json");
    assert!(ran.status == 0 && ran.err.contains("> {\"command\":\"balances\"}"), "{}", ran.err);
    assert_eq!(desk.hoga("--profile bad/name balance").status, 2);
    let from_variable = desk.command().env("HOGA_PROFILE", "bad/name").arg("balance").output().unwrap();
    assert_eq!(from_variable.status.code(), Some(2));
}

#[test]
fn a_replaced_order_is_shown_with_whose_money_it_is() {
    let desk = FakeDesk::start(|command| match command {
        Command::Replace { .. } => Some(Answer::Ok(Response::Order(Box::new(order("accepted"))))),
        _ => None,
    });
    let ran = desk.hoga("order replace mine-1 --price 70100 --yes --json");
    assert_eq!((ran.status, ran.json()["id"].clone()), (0, json!("01a1fcdb-ca54-7000-ac76-2ed03b60e5c5")));
    assert_eq!(ran.err, "VIRTUAL · profile sim\n");
    assert_eq!(desk.hoga("order replace mine-1 --yes").status, 2, "nothing to change was taken");
}

#[test]
fn the_watch_list_is_shown_as_quotes() {
    let desk = FakeDesk::start(|command| match command {
        Command::WatchAdd { .. } => Some(Answer::Ok(Response::Done)),
        Command::WatchList => Some(Answer::Ok(Response::Watch(vec!["SIM:005930".into()]))),
        Command::Quote { .. } => Some(Answer::Ok(Response::Quotes(vec![quote("005930")]))),
        _ => None,
    });
    for line in ["watch list --json", "watch add 005930 --json"] {
        assert_eq!(desk.hoga(line).json()[0]["symbol"], "005930", "{line}");
    }
}

#[test]
fn halting_tells_people_and_gives_scripts_the_state() {
    let desk = FakeDesk::start(|command| match command {
        Command::Halt => Some(Answer::Ok(Response::Done)),
        Command::Status => Some(Answer::Ok(Response::Status(status("halted")))),
        _ => None,
    });
    let people = desk.hoga("halt");
    assert_eq!((people.out.as_str(), people.err.as_str()), ("", "no new orders are taken (HALTED)\n"));
    assert_eq!(desk.hoga("halt --json").json()["state"], "halted");
}
