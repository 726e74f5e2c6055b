//! Money verbs: asking, sending once, waiting.

use hoga::desk::protocol::{Command, OrderSelection, Response, Topic, Update};
use hoga::market::Side;
use serde_json::json;

use crate::fake_desk::{Answer, FakeDesk, order, preview, run, words};

/// A desk that takes an order as `first` and then tells of it as `later`.
fn taking(first: &'static str, later: &'static [&'static str]) -> FakeDesk {
    FakeDesk::start(move |command| match command {
        Command::Submit(_) => {
            let updates = later.iter().map(|state| Update::Order(order(state))).collect();
            Some(Answer::Then(Response::Order(Box::new(order(first))), updates))
        }
        Command::Order { .. } => Some(Answer::Ok(Response::Order(Box::new(order(first))))),
        _ => None,
    })
}

#[test]
fn without_a_terminal_and_without_yes_nothing_is_sent() {
    let desk = taking("pending", &[]);
    for line in [
        "order buy 005930 10@70000",
        "order sell 005930 10 --type market",
        "order replace mine-1 --price 70100",
        "flatten --all",
        "kill --flatten",
    ] {
        let ran = desk.hoga(&format!("{line} --json"));
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{line}");
        assert_eq!(ran.error()["code"], "CANNOT_ASK", "{line}");
    }
    assert_eq!(desk.sent(), 0);
}

#[test]
fn yes_sends_exactly_what_was_typed() {
    let desk = taking("pending", &[]);
    let ran = desk.hoga(
        "order buy 005930 10@69900 --tif gtc --take-profit 72000 --stop-loss 69000 --reduce-only --client-id mine-1 -y \
         --json",
    );
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert_eq!(ran.json()["state"], "pending");
    assert_eq!(ran.err, "");
    let sent = desk.asked().into_iter().find_map(|command| match command {
        Command::Submit(order) => Some(order),
        _ => None,
    });
    // An id of one's own that the desk knows is the first result again: nothing is previewed, the desk decides.
    let sent = serde_json::to_value(sent.unwrap()).unwrap();
    assert_eq!(
        sent,
        json!({
            "client_id": "mine-1", "symbol": "005930", "side": "buy", "kind": { "type": "limit", "price": "69900" },
            "quantity": "10", "time_in_force": "gtc", "reduce_only": true, "position_side": "net",
            "bracket": { "take_profit": "72000", "stop_loss": "69000", "trail": null }, "oco": false
        })
    );
}

#[test]
fn an_id_is_made_and_told_where_none_is_given() {
    let desk = taking("pending", &[]);
    let ran = desk.hoga("order buy 005930 10@70000 --yes");
    let told = ran.err.lines().find_map(|line| line.strip_prefix("client id: ")).unwrap().to_owned();
    assert!(ran.err.starts_with("VIRTUAL · profile sim\n"), "{}", ran.err);
    let sent = desk.asked().iter().any(|command| match command {
        Command::Submit(order) => order.client_id.as_ref().is_some_and(|id| id.as_str() == told),
        _ => false,
    });
    assert!(sent && told.len() == 32, "{told}");
    let quiet = desk.hoga("order buy 005930 10@70000 --yes -q");
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("01a1fcdb-ca54-7000-ac76-2ed03b60e5c5\n", ""));
}

#[test]
fn a_dry_run_shows_the_answer_and_sends_nothing() {
    let desk = taking("pending", &[]);
    let passes = desk.hoga("order buy 005930 10@70000 --dry-run --json");
    assert_eq!((passes.status, passes.json()["reserved"].clone()), (0, json!("700105")));
    let table = desk.hoga("order buy 005930 10@70000 --dry-run --lang ko");
    assert!(table.out.contains("수수료     105\n") && table.out.contains("통과"), "{}", table.out);
    assert_eq!(desk.sent(), 0);

    let refusing = FakeDesk::start(|command| match command {
        Command::Preview(_) => {
            let refusal = json!({ "rule": "RISK_MAX_ORDER_AMOUNT", "limit": "10,000,000", "value": "12,000,000" });
            Some(Answer::Ok(Response::Preview(serde_json::from_value(preview(&[refusal])).unwrap())))
        }
        _ => None,
    });
    for ran in [
        refusing.hoga("order buy 005930 10@70000 --dry-run --json"),
        refusing.hoga_with(&["risk", "test", "buy 005930 10@70000", "--json"]),
    ] {
        assert_eq!((ran.status, ran.json()["refusals"][0]["rule"].clone()), (6, json!("RISK_MAX_ORDER_AMOUNT")));
    }
    let people = refusing.hoga_with(&["risk", "test", "buy 005930 10@70000"]);
    assert!(people.out.contains("12,000,000 (allowed: 10,000,000) [RISK_MAX_ORDER_AMOUNT]"), "{}", people.out);
}

#[test]
fn waiting_ends_when_the_order_is_there() {
    for (wait, first, later) in [
        ("accepted", "pending", &["sent", "accepted"] as &[_]),
        ("accepted", "accepted", &[]),
        ("filled", "sent", &["accepted", "partially_filled", "filled"]),
        ("done", "accepted", &["canceled"]),
    ] {
        let desk = taking(first, later);
        let ran = desk.hoga(&format!("order buy 005930 10@70000 --yes --json --wait {wait}"));
        let reached = later.last().copied().unwrap_or(first);
        assert_eq!((ran.status, ran.json()["state"].clone()), (0, json!(reached)), "{wait}: {}", ran.err);
        let asked = desk.asked();
        let place = |wanted: fn(&Command) -> bool| asked.iter().position(wanted).unwrap();
        let subscribed = place(|one| matches!(one, Command::Subscribe { topic: Topic::Orders, .. }));
        assert!(subscribed < place(|one| matches!(one, Command::Submit(_))), "a fast fill could be missed");
    }
}

#[test]
fn waiting_that_ends_otherwise_says_how() {
    let rejected = taking("pending", &["rejected"]).hoga("order buy 005930 10@70000 -y --json --wait accepted");
    assert_eq!((rejected.status, rejected.json()["state"].clone()), (5, json!("rejected")));
    assert_eq!(rejected.error()["broker"]["text"], "주문가능금액 부족");
    let ended = taking("accepted", &["expired"]).hoga("order buy 005930 10@70000 -y --json --wait filled");
    assert_eq!((ended.status, ended.json()["state"].clone()), (1, json!("expired")));
    let late = taking("sent", &[]).hoga("order buy 005930 10@70000 -y --json --wait filled --timeout 50ms");
    assert_eq!((late.status, late.json()["state"].clone()), (7, json!("sent")));
    assert_eq!(late.error()["hint"], "hoga order show mine-1");
}

#[test]
fn an_order_that_was_refused_or_is_unknown_is_no_success_without_waiting_either() {
    assert_eq!(taking("rejected", &[]).hoga("order buy 005930 10@70000 -y").status, 5);
    assert_eq!(taking("unknown", &[]).hoga("order buy 005930 10@70000 -y").status, 7);
}

#[test]
fn a_cancel_returns_when_the_orders_are_ended() {
    let desk = FakeDesk::start(|command| match command {
        Command::Cancel(_) => {
            let ended = vec![Update::Order(order("canceled"))];
            Some(Answer::Then(Response::Orders(vec![order("accepted")]), ended))
        }
        _ => None,
    });
    let one = desk.hoga("order cancel mine-1 --json");
    assert_eq!((one.status, one.json()["state"].clone()), (0, json!("canceled")));
    let all = desk.hoga("order cancel --symbol 005930 --side BUY --json");
    assert_eq!((all.status, all.json()[0]["state"].clone()), (0, json!("canceled")));
    let asked = desk.asked();
    let selected: Vec<_> = asked
        .iter()
        .filter_map(|command| if let Command::Cancel(selection) = command { Some(selection.clone()) } else { None })
        .collect();
    assert_eq!(selected[0], OrderSelection::Ids { orders: vec!["mine-1".into()] });
    assert_eq!(selected[1], OrderSelection::Matching { symbol: Some("005930".into()), side: Some(Side::Buy) });
    for line in ["order cancel", "order cancel mine-1 --all", "order cancel --all --symbol 005930"] {
        assert_eq!(desk.hoga(line).status, 2, "{line}");
    }
}

#[test]
fn a_cancel_that_met_a_fill_says_so() {
    let desk = FakeDesk::start(|command| match command {
        Command::Cancel(_) => {
            Some(Answer::Then(Response::Orders(vec![order("accepted")]), vec![Update::Order(order("filled"))]))
        }
        _ => None,
    });
    let ran = desk.hoga("order cancel mine-1 --lang ko");
    assert_eq!(ran.status, 0);
    assert!(ran.err.contains("취소가 아니라 체결"), "{}", ran.err);
}

#[test]
fn numbers_that_no_market_has_never_reach_the_desk() {
    let desk = taking("pending", &[]);
    for line in [
        "order buy 005930 0@70000 -y",
        "order buy 005930 -5@70000 -y",
        "order buy 005930 1,000@70000 -y",
        "order buy 005930 10@70000 --price 70000 -y",
        "order buy 005930 10 --type limit -y",
        "order buy 005930 10 --client-id bad!id -y",
        "deposit 1e9",
        "deposit 10 --currency XYZ",
        "leverage BTCUSDT 0",
    ] {
        let ran = run(desk.command(), words(line));
        assert_eq!(ran.status, 2, "{line}: {}", ran.out);
    }
    assert!(desk.asked().is_empty(), "{:?}", desk.asked());
}
