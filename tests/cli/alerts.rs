//! Alerts as people and scripts see them.

use hoga::desk::alert::AlertRecord;
use hoga::desk::protocol::{Command, Response};
use serde_json::{Value, json};

use crate::fake_desk::{Answer, FakeDesk};

fn alert(id: u64, fired: bool, seen: bool) -> AlertRecord {
    let time = |there: bool| if there { json!("2026-11-20T01:03:00.000Z") } else { Value::Null };
    serde_json::from_value(json!({
        "id": id, "profile": "sim", "instrument": "SIM:005930",
        "condition": { "on": "price", "crossing": "above", "price": "71000" }, "note": "목표가",
        "created_at": "2026-11-20T01:02:03.004Z", "fired_at": time(fired),
        "value": if fired { json!("71050") } else { Value::Null }, "acknowledged_at": time(seen)
    }))
    .unwrap()
}

fn desk() -> FakeDesk {
    FakeDesk::start(|command| {
        Some(Answer::Ok(match command {
            Command::Alerts => {
                Response::Alerts(vec![alert(1, true, true), alert(2, true, false), alert(3, false, false)])
            }
            Command::AlertAdd { .. } => Response::Alert(alert(3, false, false)),
            Command::AlertRemove { id } => Response::Alert(alert(*id, false, false)),
            Command::AlertAcknowledge { .. } => Response::Alerts(vec![alert(2, true, true)]),
            _ => return None,
        }))
    })
}

#[test]
fn every_shape_has_the_same_keys() {
    let desk = desk();
    let list = desk.hoga("alert list --json").json();
    assert_eq!(
        list[0],
        json!({
            "id": 1, "profile": "sim", "symbol": "005930", "venue": "SIM", "condition": "price >= 71000",
            "note": "목표가", "created_at": "2026-11-20T01:02:03.004Z", "fired_at": "2026-11-20T01:03:00.000Z",
            "value": "71050", "acknowledged_at": "2026-11-20T01:03:00.000Z"
        })
    );
    let lines = desk.hoga("alert list --format jsonl").out;
    assert_eq!(lines.lines().count(), 3);
    assert_eq!(serde_json::from_str::<Value>(lines.lines().next().unwrap()).unwrap(), list[0]);
    let csv = desk.hoga("alert list --unacked --format csv").out;
    assert_eq!(
        csv,
        "id,profile,symbol,venue,condition,note,created_at,fired_at,value,acknowledged_at\n\
         2,sim,005930,SIM,price >= 71000,목표가,2026-11-20T01:02:03.004Z,2026-11-20T01:03:00.000Z,71050,\n"
    );
    assert_eq!(desk.hoga("alert list -q").out, "1\n2\n3\n");
    let table = desk.hoga("alert list --lang ko").out;
    for word in ["종목", "조건", "메모", "울린 시각", "울린 값", "SIM:005930", "price >= 71000", "71050"] {
        assert!(table.contains(word), "no {word} in {table}");
    }
}

#[test]
fn what_is_typed_reaches_the_desk_in_words_or_in_quotes() {
    let desk = desk();
    let quoted = ["alert", "add", "005930", "change<=-2.5", "--note", "a dip", "--json"];
    let ran = desk.hoga_with(&quoted);
    assert_eq!((ran.status, ran.json()["id"].clone()), (0, json!(3)), "{}", ran.err);
    assert_eq!(desk.hoga("alert add 005930 change <= -2.5 --json").status, 0);
    assert_eq!(desk.hoga("alert add 005930 change below -2.5 --json").status, 0);
    for (index, asked) in desk.asked().iter().enumerate() {
        let Command::AlertAdd { symbol, condition, note } = asked else { panic!("{asked:?}") };
        assert_eq!((symbol.as_str(), &*condition.to_string()), ("005930", "change <= -2.5"));
        assert_eq!(note.as_deref(), (index == 0).then_some("a dip"));
    }
}

#[test]
fn a_wrong_condition_asks_no_desk() {
    let desk = desk();
    // What is left when a shell has taken the sign for a redirection.
    let ran = desk.hoga("alert add 005930 price 71000 --json");
    assert_eq!((ran.status, ran.error()["code"].clone()), (2, json!("BAD_ALERT")));
    assert!(ran.error()["message"].as_str().unwrap().contains("quote it"));
    let ran = desk.hoga("alert add 005930 price 71000 --lang ko");
    assert!(ran.err.contains("따옴표") && ran.err.contains("price 71000"), "{}", ran.err);
    assert!(desk.asked().is_empty());
}

#[test]
fn several_are_removed_one_after_the_other_and_all_that_fired_seen_at_once() {
    let desk = desk();
    let removed = desk.hoga("alert rm 3 1 --json").json();
    assert_eq!((removed[0]["id"].clone(), removed[1]["id"].clone()), (json!(3), json!(1)));
    assert_eq!(desk.hoga("alert ack --json").json()[0]["id"], 2);
    assert!(matches!(desk.asked().last(), Some(Command::AlertAcknowledge { ids }) if ids.is_empty()));
}
