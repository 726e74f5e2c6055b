//! Alerts set at a shell and left alone: they fire with no screen attached, and a killed desk forgets none.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;
use std::sync::mpsc;

use hoga::ledger::LedgerReader;
use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use crate::user::{User, number, text, until};

fn alerts(user: &User) -> Vec<Value> {
    user.json("alert list").as_array().unwrap().clone()
}

fn fired_in_ledger(user: &User) -> usize {
    let reader = LedgerReader::open(&user.paths().ledger()).unwrap();
    reader.alerts().unwrap().values().filter(|alert| alert.fired_at.is_some()).count()
}

#[test]
fn alerts_fire_without_a_screen_and_survive_a_kill() {
    let user = User::new();
    let last = number(&user.json("quote 005930"), "last");
    let far = (last * dec!(1.2)).round();
    let note = user.json(&format!("alert add 005930 price >= {far} --note target"));
    assert_eq!((text(&note, "condition"), text(&note, "note")), (&*format!("price >= {far}"), "target"));
    let order = user.json("alert add 005930 order filled");
    // One of the two is reached by a market that moves.
    for (sign, away) in [(">=", dec!(200)), ("<=", dec!(-200))] {
        user.json(&format!("alert add 005930 price {sign} {}", last + away));
    }
    until("one has fired with nobody there", || fired_in_ledger(&user) > 0);
    assert!(user.desk_runs(), "a desk that nobody looks at watches on");

    let fired: Vec<Value> = alerts(&user).into_iter().filter(|alert| !alert["fired_at"].is_null()).collect();
    let value: Decimal = number(&fired[0], "value");
    assert!((value - last).abs() >= dec!(200), "{fired:?}");
    assert_eq!(user.json("alert list --unacked").as_array().unwrap().len(), fired.len());
    for alert in alerts(&user).iter().filter(|alert| alert["id"].as_u64() > order["id"].as_u64()) {
        if alert["fired_at"].is_null() {
            user.json(&format!("alert rm {}", alert["id"]));
        }
    }
    let before = alerts(&user);
    user.kill_desk();
    assert_eq!(alerts(&user), before);
    user.json("order buy 005930 1 --wait filled --timeout 60s");
    let watched = || alerts(&user).into_iter().find(|alert| alert["id"] == order["id"]).unwrap();
    until("the fill has fired", || !watched()["fired_at"].is_null());
    for known in before.iter().filter(|alert| alert["id"] != order["id"]) {
        assert!(alerts(&user).contains(known), "changed by the kill: {known}");
    }

    user.json("alert ack");
    assert_eq!(user.json("alert list --unacked"), json!([]));
    let status = user.json("desk status");
    assert_eq!(status["holds"], json!([format!("alert 1 005930 price >= {far}")]));
    user.json("alert rm 1");
    until("nothing is held, and the desk has ended", || !user.desk_runs());
    assert_eq!(user.json("db verify")["ok"], true);
}

#[test]
fn a_stream_of_alerts_is_a_line_for_every_change() {
    let user = User::new();
    user.json("desk start");
    let mut child = user.command(&["stream", "alerts"]).stdout(Stdio::piped()).spawn().unwrap();
    let told = lines_of(child.stdout.take().unwrap());
    let mut lines = Vec::new();
    let mut made = 0;
    // The stream may begin after the first ones; each is true at once, so it is made and then fires.
    until("an alert that fired", || {
        made += 1;
        user.json(&format!("alert add 000660 price >= {made} --note n"));
        lines.extend(told.try_iter());
        lines.iter().any(|line: &Value| !line["fired_at"].is_null())
    });
    child.kill().unwrap();
    child.wait().unwrap();
    for line in &lines {
        assert_eq!((text(line, "symbol"), text(line, "venue"), &line["removed"]), ("000660", "SIM", &json!(false)));
    }
    let fired = lines.iter().find(|line| !line["fired_at"].is_null()).unwrap();
    assert!(number(fired, "value") > Decimal::ZERO);
}

#[test]
fn a_stream_of_alerts_ends_after_as_many_as_were_asked_for() {
    let user = User::new();
    user.json("desk start");
    let mut child = user.command(&["stream", "alerts", "--count", "2"]).stdout(Stdio::piped()).spawn().unwrap();
    let told = lines_of(child.stdout.take().unwrap());
    let mut made = 0;
    until("the stream has ended", || {
        made += 1;
        user.json(&format!("alert add 000660 price >= {made} --note n"));
        child.try_wait().unwrap().is_some()
    });
    assert_eq!(told.iter().count(), 2);
}

/// What a stream prints, a value a line, as it comes.
fn lines_of(out: impl Read + Send + 'static) -> mpsc::Receiver<Value> {
    let (line, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for text in BufReader::new(out).lines().map_while(Result::ok) {
            if line.send(serde_json::from_str(&text).unwrap()).is_err() {
                break;
            }
        }
    });
    lines
}

#[test]
fn wrong_alerts_are_refused_with_their_class() {
    let user = User::new();
    for (line, code) in [
        ("alert add NOPE vi", "UNKNOWN_SYMBOL"),
        ("alert add 005930 price 71000", "BAD_ALERT"),
        ("alert add 005930 imbalance >= 101", "BAD_ALERT"),
        ("alert add 005930 order sent", "BAD_ALERT"),
        ("alert add 005930", "USAGE"),
        ("alert rm 7", "NO_SUCH_ALERT"),
        ("alert rm x", "USAGE"),
        ("alert ack 7", "NO_SUCH_ALERT"),
    ] {
        assert_eq!(user.fails(line), (2, code.to_owned()), "{line}");
    }
    user.json("alert add 005930 change <= -29.5");
    assert_eq!(user.fails("alert ack 1"), (2, "NOT_FIRED".to_owned()));
    assert_eq!(alerts(&user).len(), 1);
}
