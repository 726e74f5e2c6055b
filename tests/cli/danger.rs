//! The emergency commands.

use hoga::desk::protocol::{Command, Killed, Response};
use hoga::market::UtcTime;
use serde_json::json;

use crate::fake_desk::{Answer, FakeDesk, order, status};

fn killing(still_open: usize) -> FakeDesk {
    FakeDesk::start(move |command| match command {
        Command::Kill { .. } | Command::Flatten { .. } => Some(Answer::Ok(Response::Killed(Killed {
            verified_at: UtcTime::from_millis(1_700_000_000_000),
            canceled: 2,
            still_open: vec![order("unknown"); still_open],
            closing: Vec::new(),
            not_ours: Vec::new(),
        }))),
        Command::Orders { .. } => Some(Answer::Ok(Response::Orders(vec![order("accepted")]))),
        Command::Positions => Some(Answer::Ok(Response::Positions(Vec::new()))),
        _ => None,
    })
}

#[test]
fn a_kill_asks_nothing_and_ends_with_a_verified_count() {
    let desk = killing(0);
    let ran = desk.hoga("kill --json");
    assert_eq!((ran.status, ran.json()["canceled"].clone()), (0, json!(2)));
    assert!(matches!(desk.asked().as_slice(), [Command::Kill { flatten: false }]));
}

#[test]
fn orders_that_survive_a_kill_are_named() {
    let ran = killing(1).hoga("kill --json");
    assert_eq!((ran.status, ran.error()["code"].clone()), (7, json!("STILL_OPEN")));
    assert!(ran.error()["message"].as_str().unwrap().contains("01a1fcdb-ca54"));
}

#[test]
fn a_kill_can_be_looked_at_before() {
    let desk = killing(0);
    let ran = desk.hoga("kill --dry-run --json");
    assert_eq!((ran.status, ran.json()["cancel"][0]["state"].clone()), (0, json!("accepted")));
    assert_eq!(desk.sent(), 0);
}

#[test]
fn a_flatten_with_yes_tells_whose_money_it_is() {
    let desk = killing(0);
    let ran = desk.hoga("flatten 005930 --yes");
    assert_eq!((ran.status, ran.err.as_str()), (0, "VIRTUAL · profile sim\n"));
    assert_eq!(desk.hoga("flatten").status, 2);
}

#[test]
fn a_wrong_config_does_not_keep_anybody_from_a_kill() {
    let desk = killing(0);
    let config = desk.folder.path().join("broken.toml");
    std::fs::write(&config, "nonsense").unwrap();
    let ran = desk.hoga(&format!("--config {} kill", config.display()));
    assert_eq!(ran.status, 0, "{}", ran.err);
}

#[test]
fn only_the_word_lifts_a_halt() {
    let desk = FakeDesk::start(|command| match command {
        Command::Status => Some(Answer::Ok(Response::Status(status("halted")))),
        Command::Resume { .. } => Some(Answer::Ok(Response::Done)),
        _ => None,
    });
    let ran = desk.hoga("resume --yes --json");
    assert_eq!((ran.status, ran.error()["code"].clone()), (2, json!("CANNOT_ASK")));
    assert_eq!(ran.error()["hint"], "hoga resume --word RESUME");
    assert_eq!(desk.hoga("resume --word RESUME").status, 0);
    let words: Vec<_> = desk
        .asked()
        .into_iter()
        .filter_map(|command| if let Command::Resume { word } = command { Some(word) } else { None })
        .collect();
    assert_eq!(words, [Some("RESUME".to_owned())]);
}

#[test]
fn a_desk_that_holds_something_is_not_stopped_by_a_script_without_force() {
    let desk = FakeDesk::start(|command| match command {
        Command::Shutdown { force: false } => {
            Some(Answer::Ok(Response::Unwatched(vec!["stop 005930 10 at 69,000".into()])))
        }
        _ => None,
    });
    let ran = desk.hoga("desk stop --json");
    assert_eq!((ran.status, ran.error()["code"].clone()), (2, json!("HOLDS")));
    assert!(ran.err.contains("stop 005930 10 at 69,000"));
    assert_eq!(ran.error()["hint"], "hoga desk stop --force");
}
