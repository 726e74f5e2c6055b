//! Exit statuses and error objects.

use hoga::desk::protocol::{BrokerText, Command, Failure, FailureKind};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::fake_desk::{Answer, FakeDesk, hoga_in, run, words};

fn failing(failure: Failure) -> FakeDesk {
    FakeDesk::start(move |command| match command {
        Command::Quote { .. } | Command::Submit(_) => Some(Answer::Failed(failure.clone())),
        _ => None,
    })
}

#[test]
fn every_class_of_failure_has_its_status() {
    for (kind, status) in [
        (FailureKind::Other, 1),
        (FailureKind::Usage, 2),
        (FailureKind::Unauthorized, 3),
        (FailureKind::Unavailable, 4),
        (FailureKind::Broker, 5),
        (FailureKind::Risk, 6),
        (FailureKind::Unknown, 7),
        (FailureKind::NoDesk, 8),
        (FailureKind::Version, 8),
        (FailureKind::Stale, 9),
    ] {
        let ran = failing(Failure::new(kind, "SOME", "some")).hoga("quote 005930");
        assert_eq!((ran.status, ran.out.as_str()), (status, ""), "{kind:?}");
    }
}

#[test]
fn an_error_is_one_object_with_the_promised_keys() {
    let mut failure = Failure::new(FailureKind::Broker, "BROKER_REJECTED", "refused").retryable().hint("hoga balance");
    failure.broker = Some(BrokerText { code: "APBK0952".into(), text: "주문가능금액 부족".into() });
    failure.retry_after_ms = Some(250);
    failure.client_id = Some("mine-1".into());
    let ran = failing(failure).hoga("--json quote 005930");
    assert_eq!(ran.err.lines().count(), 1);
    let error = ran.error();
    assert_eq!(
        error,
        json!({
            "code": "BROKER_REJECTED", "kind": "broker", "retryable": true,
            // What the broker's code means stands behind what happened.
            "message": "refused: more than the cash to order with; a market buy is reserved at the upper limit",
            "retry_after_ms": 250, "hint": "hoga balance", "client_id": "mine-1",
            "broker": { "code": "APBK0952", "text": "주문가능금액 부족" }, "refusals": []
        })
    );
}

#[test]
fn language_changes_the_sentence_and_nothing_else() {
    let failure =
        Failure::new(FailureKind::Usage, "UNKNOWN_SYMBOL", "no instrument 'X'").about("X").hint("hoga search X");
    let desk = failing(failure);
    let en = desk.hoga("quote X");
    assert_eq!(en.err, "error: no instrument 'X'\nhint: hoga search X\n");
    let ko = desk.hoga("quote X --lang ko");
    assert_eq!(ko.err, "오류: 'X': 종목을 찾을 수 없습니다\n도움말: hoga search X\n");
    let object = desk.hoga("quote X --lang ko --json").error();
    assert_eq!((&object["code"], &object["hint"]), (&json!("UNKNOWN_SYMBOL"), &json!("hoga search X")));
    let unknown = failing(Failure::new(FailureKind::Other, "FROM_A_LATER_DESK", "something new"));
    assert_eq!(unknown.hoga("quote X --lang ko").err, "오류: something new\n");
}

#[test]
fn text_of_a_broker_moves_no_cursor() {
    let mut failure = Failure::new(FailureKind::Broker, "X", "bad\u{1b}[2J");
    failure.broker = Some(BrokerText { code: "1".into(), text: "\u{1b}]0;title\u{7}text".into() });
    let ran = failing(failure).hoga("quote 005930");
    assert!(!ran.err.contains(['\u{1b}', '\u{7}']), "{:?}", ran.err);
}

#[test]
fn wrong_usage_names_the_nearest_and_is_json_when_asked() {
    let folder = TempDir::new().unwrap();
    let ran = run(hoga_in(&folder), words("quot 005930"));
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("'quote'"), "{}", ran.err);
    for line in ["--json quot 005930", "quot 005930 --format json", "quot --format=jsonl"] {
        let ran = run(hoga_in(&folder), words(line));
        let error = ran.error();
        let told = ["code", "kind", "hint"].map(|key| error[key].as_str().unwrap());
        assert_eq!((ran.status, told), (2, ["USAGE", "usage", "quote"]), "{line}");
    }
    let ko = run(hoga_in(&folder), words("order cancel --lang ko"));
    assert!(ko.status == 2 && ko.err.starts_with("오류: 필요한 것이 빠졌습니다"), "{}", ko.err);
}

#[test]
fn a_wrong_config_names_its_line_and_stops_what_needs_it() {
    let folder = TempDir::new().unwrap();
    let config = folder.path().join("hoga.toml");
    std::fs::write(&config, "default_profile = \"sim\"\n[risk]\nmax_ordr_amount = \"1\"\n").unwrap();
    let config = config.to_str().unwrap();
    for line in ["config check", "quote 005930"] {
        let ran = run(hoga_in(&folder), words(&format!("--config {config} {line}")));
        assert_eq!(ran.status, 2, "{}", ran.err);
        assert!(ran.err.contains(":3:1:") && ran.err.contains("'max_order_amount'"), "{}", ran.err);
    }
    let error = run(hoga_in(&folder), words(&format!("--config {config} quote 005930 --json"))).error();
    assert_eq!(error["code"], "CONFIG");
    let missing = run(hoga_in(&folder), words("--config /nowhere/hoga.toml balance --json"));
    assert_eq!((missing.status, missing.error()["kind"].clone()), (2, json!("usage")));
}

#[test]
fn a_desk_of_another_version_is_told_how_to_restart() {
    let desk = FakeDesk::start(|command| match command {
        Command::Hello { .. } => Some(Answer::Failed(
            Failure::new(FailureKind::Version, "VERSION_MISMATCH", "other").hint("hoga desk restart"),
        )),
        _ => None,
    });
    let ran = desk.hoga("quote 005930 --json");
    assert_eq!((ran.status, ran.error()["hint"].clone()), (8, json!("hoga desk restart")));
}

#[test]
fn a_question_to_a_desk_that_dies_may_be_asked_again_but_an_order_may_not() {
    let desk = FakeDesk::start(|command| match command {
        Command::Quote { .. } | Command::Submit(_) => Some(Answer::HangUp),
        _ => None,
    });
    let question = desk.hoga("quote 005930 --json");
    assert_eq!((question.status, question.error()["retryable"].clone()), (8, json!(true)));
    let order = desk.hoga("order buy 005930 10@70000 --yes --client-id mine-1 --json");
    let error = order.error();
    assert_eq!((order.status, order.out.as_str()), (7, ""));
    assert_eq!(error["retryable"], json!(false));
    assert_eq!(error["client_id"], "mine-1");
    assert_eq!(error["hint"], "hoga order show mine-1");
    assert_eq!(error["broker"], Value::Null);
}

#[test]
fn what_only_looks_starts_no_desk() {
    let folder = TempDir::new().unwrap();
    let status = run(hoga_in(&folder), words("desk status --json"));
    assert_eq!((status.status, status.json()["running"].clone()), (0, json!(false)));
    assert_eq!(run(hoga_in(&folder), words("desk stop")).status, 0);
    assert_eq!(run(hoga_in(&folder), words("db verify")).status, 2);
    assert_eq!(run(hoga_in(&folder), words("config path")).status, 0);
    assert!(!folder.path().join("desk.sock").exists());
}
