//! What happened, as a trader would notice it.

use serde_json::json;

use super::*;
use crate::config::Language;
use crate::tui::model::fixture;
use crate::tui::pane::list::stage;

const NARROW: (u16, u16) = (38, 10);
const WIDE: (u16, u16) = (112, 10);

const LONG: &str = "MAX_ORDER_VALUE: 71,000,000 is more than 50,000,000 (KRW) for one order of this profile";

fn with_activity(language: Language) -> Model {
    let mut model = fixture::trading(language);
    let time = |second: i64| UtcTime::from_millis(fixture::now().utc.millis() + second * 1_000);
    model.activity.add(time(0), "connection", "sim: connected".into(), Role::Text);
    for second in 1..5 {
        model.activity.add(time(second), "refusal", LONG.into(), Role::Warning);
    }
    model.activity.add(time(5), "stop", "order o-9 set off at 182000".into(), Role::Warning);
    model.activity.add(time(6), "liquidation", "SIM:BTCUSDT reached its liquidation price".into(), Role::Text);
    model.account.put_order(stage::order("o-9", &json!({"symbol": "000660"})));
    model
}

#[test]
fn the_newest_is_on_top_and_what_happened_often_is_counted() {
    let lines = stage::lines(&mut Activity::default(), &with_activity(Language::Ko), WIDE);
    assert_eq!(lines[1], "10:30:06 강제청산  SIM:BTCUSDT reached its liquidation price");
    assert!(lines[3].starts_with("10:30:04 거부      MAX_ORDER_VALUE") && lines[3].ends_with(" x4"), "{}", lines[3]);
    assert!(lines[4].starts_with("10:30:00 연결"), "{}", lines[4]);
}

#[test]
fn the_whole_text_of_the_chosen_line_stands_below_when_it_is_cut() {
    let model = with_activity(Language::En);
    let mut pane = Activity::default();
    stage::act(&mut pane, &model, Action::Down);
    stage::act(&mut pane, &model, Action::Down);
    let lines = stage::lines(&mut pane, &model, NARROW);
    assert!(lines[3].starts_with("10:30 refused   MAX_ORDER_VALUE"), "{}", lines[3]);
    assert_eq!(lines[7..].join(" "), LONG);
}

#[test]
fn f_goes_through_the_kinds_there_are() {
    let model = with_activity(Language::En);
    let mut pane = Activity::default();
    let mut shown = Vec::new();
    for _ in 0..5 {
        stage::act(&mut pane, &model, Action::Filter);
        let mut title = String::new();
        pane.title(&model, &mut title);
        shown.push(title);
    }
    let expected =
        ["Activity 4 · feed", "Activity 4 · liquid.", "Activity 4 · refused", "Activity 4 · stop", "Activity 4"];
    assert_eq!(shown, expected);
}

#[test]
fn enter_opens_the_symbol_a_line_is_about() {
    let model = with_activity(Language::En);
    let mut pane = Activity::default();
    assert_eq!(stage::act(&mut pane, &model, Action::Open).1, [Ask::Select("SIM:BTCUSDT".parse().unwrap())]);
    stage::act(&mut pane, &model, Action::Down);
    assert_eq!(stage::act(&mut pane, &model, Action::Open).1, [Ask::Select("SIM:000660".parse().unwrap())]);
    stage::act(&mut pane, &model, Action::Bottom);
    assert!(matches!(&stage::act(&mut pane, &model, Action::Open).1[..], [Ask::Say(_)]));
    assert_eq!(instrument_in(&model, "매수 10 005930 @ 71,200 접수"), Some(fixture::samsung()));
}

#[test]
fn y_copies_the_line_without_what_could_steer_a_terminal() {
    let mut model = fixture::empty(Language::En);
    model.activity.add(fixture::now().utc, "notice", "bad\u{1b}]0;x\u{7} text".into(), Role::Text);
    let asks = stage::act(&mut Activity::default(), &model, Action::Copy).1;
    let [Ask::Copy(text)] = &asks[..] else { panic!("{asks:?}") };
    assert!(text.ends_with("text") && text.contains("notice") && !text.contains('\u{1b}'), "{text:?}");
}

#[test]
fn every_kind_the_desk_tells_has_a_word() {
    for kind in ["alert", "connection", "refusal", "halt", "kill", "difference", "notice", "storage", "lock", "stop"] {
        assert!(EventName::of(kind).is_some(), "{kind}");
    }
    assert_eq!(kind_name(&fixture::empty(Language::Ko), "something_new"), "something_new");
}

#[test]
fn an_empty_one_says_so() {
    let lines = stage::lines(&mut Activity::default(), &fixture::empty(Language::En), (60, 4));
    assert_eq!(lines[1], "nothing has happened yet");
}

#[test]
fn every_size_and_every_key_is_survived() {
    stage::survive(Activity::default, |model| {
        model.activity = with_activity(Language::Ko).activity;
    });
}
