//! Shapes of the data, and where it goes.

use hoga::desk::protocol::{Command, Response};
use serde_json::json;

use crate::fake_desk::{Answer, FakeDesk, book, order, quote};

fn desk() -> FakeDesk {
    FakeDesk::start(|command| match command {
        Command::Quote { symbols } => {
            Some(Answer::Ok(Response::Quotes(symbols.iter().map(|symbol| quote(symbol)).collect())))
        }
        Command::Book { .. } => Some(Answer::Ok(Response::Book(book()))),
        Command::Orders { .. } => Some(Answer::Ok(Response::Orders(vec![order("accepted")]))),
        Command::Positions => Some(Answer::Ok(Response::Positions(Vec::new()))),
        _ => None,
    })
}

#[test]
fn one_thing_is_an_object_and_several_are_a_list() {
    let desk = desk();
    let one = desk.hoga("quote 005930 --json");
    assert_eq!((one.status, one.err.as_str()), (0, ""));
    assert_eq!(one.json()["last"], "71500");
    let two = desk.hoga("--json quote 005930 000660").json();
    assert_eq!(two[1]["symbol"], "000660");
    assert_eq!(desk.hoga("book 005930 --json").json()["bids"], json!([["71400", "2805"]]));
    assert_eq!(desk.hoga("order list --json").json()[0]["state"], "accepted");
    assert_eq!(desk.hoga("positions --json").json(), json!([]));
}

#[test]
fn json_has_the_records_own_keys_in_their_order() {
    let out = desk().hoga("quote 005930 --json").out;
    let promised = [
        "symbol",
        "venue",
        "last",
        "change",
        "change_percent",
        "bid",
        "ask",
        "bid_quantity",
        "ask_quantity",
        "volume",
        "value",
        "open",
        "high",
        "low",
        "previous_close",
        "time",
        "age_ms",
        "stale",
    ];
    let places: Vec<_> = promised.iter().map(|key| out.find(&format!("\"{key}\":")).expect(key)).collect();
    assert!(places.is_sorted());
}

#[test]
fn lines_of_json_and_csv_hold_the_same() {
    let desk = desk();
    let lines = desk.hoga("--format jsonl quote 005930 000660").out;
    assert_eq!(lines.lines().count(), 2);
    assert!(lines.lines().all(|line| line.starts_with('{')));
    let csv = desk.hoga("quote 005930 --format csv").out;
    assert!(csv.starts_with("profile,symbol,venue,name_ko,name_en,last,"), "{csv}");
    assert!(csv.contains("\nsim,005930,SIM,삼성전자,Samsung Electronics,71500,"), "{csv}");
    let empty = desk.hoga("positions --format csv").out;
    assert!(empty.starts_with("profile,symbol,venue,") && empty.lines().count() == 1, "{empty}");
}

#[test]
fn the_format_may_come_from_the_environment() {
    let desk = desk();
    let ran = |format: &str| {
        let output = desk.command().env("HOGA_FORMAT", format).args(["quote", "005930"]).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    assert!(ran("json").1.starts_with('{'));
    assert!(ran("").1.contains("71,500"));
    assert_eq!(ran("xml").0, Some(2));
}

#[test]
fn tables_align_in_both_languages_and_carry_no_colour_into_a_pipe() {
    let desk = desk();
    let ko = desk.hoga("quote 005930 --lang ko").out;
    assert_eq!(
        ko,
        "종목        이름      현재가  대비  등락률  매수호가  매도호가     거래량  장 상태   나이\n\
         SIM:005930  삼성전자  71,500  ▲500  +0.70%    71,400    71,500  1,234,567  접속매매  0.0s\n"
    );
    let en = desk.hoga("quote 005930").out;
    assert!(en.starts_with("Symbol") && en.contains("Samsung Electronics"), "{en}");
    assert!(!ko.contains('\u{1b}') && !en.contains('\u{1b}'));
    let times = desk.hoga("order list").out;
    assert!(times.contains("11-20 10:02:03"), "not in the zone of the machine: {times}");
}

#[test]
fn quiet_prints_only_what_matters() {
    let desk = desk();
    assert_eq!(desk.hoga("-q quote 005930").out, "71500\n");
    assert_eq!(desk.hoga("order list -q").out, "01a1fcdb-ca54-7000-ac76-2ed03b60e5c5\n");
}

#[test]
fn an_empty_list_says_so_to_people_only() {
    let desk = desk();
    let ran = desk.hoga("positions");
    assert_eq!((ran.status, ran.out.as_str(), ran.err.as_str()), (0, "", "nothing\n"));
    assert_eq!(desk.hoga("positions --lang ko").err, "없음\n");
}
