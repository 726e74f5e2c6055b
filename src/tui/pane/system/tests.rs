//! The system page as it is read.

use ratatui::buffer::Buffer;
use serde_json::json;

use super::*;
use crate::desk::health::HealthRecord;
use crate::text::Language;
use crate::tui::model::{Connection, fixture};
use crate::tui::pane::{Ask, Purpose};
use crate::tui::theme::{ColourDepth, GlyphSet, Look, Theme};

fn health(messages: u64) -> Response {
    let feed = |profile: &str, name: &str, state: &str, error: Option<&str>| {
        json!({
            "profile": profile, "name": name, "state": state, "since": "2026-11-20T01:00:00Z", "age_ms": 230,
            "messages": messages, "dropped": 0, "gaps": 2, "resyncs": 1, "bytes": if name == "market" { 4_560_000 } else { 0 },
            "reconnects": u64::from(error.is_some()), "retry_at": error.map(|_| "2026-11-20T01:30:05Z"),
            "last_error": error
        })
    };
    let stage = |stage: &str, count: u64| json!({ "stage": stage, "count": count, "p50_us": 48, "p99_us": 1_240, "max_us": 25_000 });
    let record: HealthRecord = serde_json::from_value(json!({
        "feeds": [
            feed("sim", "market", "up", None), feed("sim", "user", "up", None), feed("sim", "rest", "up", None),
            feed("kis-mock", "market", "down", Some("connection \u{1b}[31mreset by peer")),
        ],
        "order_path": [stage("gate", 12), stage("ledger", 12), stage("sent", 12), stage("acknowledged", 12),
            stage("filled", 0)],
        "budgets": [
            { "profile": "sim", "lane": "order", "used": 9, "limit": 10, "window_ms": 1_000 },
            { "profile": "sim", "lane": "registrations", "used": 22, "limit": null, "window_ms": 0 },
        ],
        "resident_bytes": 48_200_000, "market_events": messages, "ledger_bytes": 123_456, "clock_offset_ms": null
    }))
    .unwrap();
    Response::Health(Box::new(record))
}

fn told(pane: &mut System, model: &Model, messages: u64) {
    let response = health(messages);
    pane.told(&News::Answer { tag: 0, outcome: Ok(&response) }, model, &mut Asks::default());
}

fn second(pane: &mut System, model: &Model) -> Vec<Ask> {
    let mut asks = Asks::default();
    pane.told(&News::Second, model, &mut asks);
    asks.0
}

fn drawn(pane: &mut System, model: &Model, width: u16, height: u16) -> String {
    let area = Rect::new(0, 0, width, height);
    let (mut buffer, mut scratch) = (Buffer::empty(area), String::new());
    pane.draw(model, true, &mut Pen::new(&mut buffer, area, &model.look, &mut scratch));
    let mut text = String::new();
    for y in 0..height {
        let mut skip = 0;
        for x in 0..width {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let symbol = buffer[(x, y)].symbol();
            skip = crate::tui::widget::cells(symbol).saturating_sub(1);
            text.push_str(symbol);
        }
        text.push('\n');
    }
    text
}

#[test]
fn it_asks_once_a_second_and_only_while_it_is_in_sight() {
    let (mut pane, model) = (System::default(), fixture::trading(Language::Ko));
    assert!(second(&mut pane, &model).is_empty(), "nobody looks");
    drawn(&mut pane, &model, 78, 30);
    let asks = second(&mut pane, &model);
    let asked = |command, tag| Ask::Send(Box::new(command), Purpose::Pane(PaneKind::System, tag));
    assert_eq!(asks, [asked(Command::Health, HEALTH), asked(Command::Status, STATUS)]);
    drawn(&mut pane, &model, 78, 30);
    assert!(second(&mut pane, &model).is_empty(), "the answer is still out");
    told(&mut pane, &model, 1_000);
    assert!(second(&mut pane, &model).is_empty(), "not drawn since");
}

#[test]
fn every_part_is_there_with_its_numbers() {
    let (mut pane, mut model) = (System::default(), fixture::trading(Language::Ko));
    told(&mut pane, &model, 1_000);
    model.now.since_start += Duration::from_secs(2);
    told(&mut pane, &model, 1_500);
    model.screen_bytes = (1_000_000, 2_300);
    let text = drawn(&mut pane, &model, 158, 40);
    for part in [
        "연결",
        "시세",
        "250",
        "4.56MB",
        "0.2s",
        "10:00:00",
        "끊김",
        "마지막 오류 connection reset by peer",
        "10:30:05",
        "리스크 검사",
        "48µs",
        "1.24ms",
        "25.0ms",
        "9 / 10",
        "한도 없음",
        "48.2MB",
        "123KB",
        "pts/3 (이 화면)",
        "초당 2.30KB",
        "(초당 250)",
        "158x40",
        "24비트",
        "전체",
        "0.1.0  pid 1",
        "0:10",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    let english = drawn(&mut pane, &fixture::trading(Language::En), 158, 40);
    assert!(english.contains("risk gate") && english.contains("next attempt"), "{english}");
}

#[test]
fn only_what_is_old_looks_old() {
    let (mut pane, mut model) = (System::default(), fixture::trading(Language::En));
    told(&mut pane, &model, 1_000);
    let area = Rect::new(0, 0, 78, 30);
    let style = |pane: &mut System, model: &Model| {
        let (mut buffer, mut scratch) = (Buffer::empty(area), String::new());
        pane.draw(model, true, &mut Pen::new(&mut buffer, area, &model.look, &mut scratch));
        buffer[(0, 2)].style().fg
    };
    assert_eq!(style(&mut pane, &model), model.look.style(Role::Text).fg);
    model.now.since_start += Duration::from_secs(10);
    assert_eq!(style(&mut pane, &model), model.look.style(Role::Stale).fg);
}

#[test]
fn the_desk_is_up_for_as_long_as_it_said_last() {
    let (mut pane, model) = (System::default(), fixture::trading(Language::En));
    told(&mut pane, &model, 1_000);
    let status = DeskStatus { uptime_s: 4_360, ..model.status.clone().unwrap() };
    let response = Response::Status(status);
    pane.told(&News::Answer { tag: STATUS, outcome: Ok(&response) }, &model, &mut Asks::default());
    assert!(drawn(&mut pane, &model, 158, 40).contains("1:12:40"));
}

#[test]
fn a_small_screen_scrolls_through_all_of_it() {
    let (mut pane, model) = (System::default(), fixture::trading(Language::En));
    told(&mut pane, &model, 1_000);
    let first = drawn(&mut pane, &model, 78, 10);
    assert!(first.contains("Connections") && !first.contains("to the terminal"), "{first}");
    let mut asks = Asks::default();
    assert_eq!(pane.act(Action::Bottom, &model, &mut asks), Handled::Yes);
    let last = drawn(&mut pane, &model, 78, 10);
    assert!(last.contains("symbols") && !last.contains("Connections"), "{last}");
    let mut note = String::new();
    pane.note(&model, &mut note);
    assert!(note.ends_with(&format!("/{}", pane.lines)), "{note}");
    for _ in 0..20 {
        pane.act(Action::PageUp, &model, &mut asks);
    }
    assert_eq!(drawn(&mut pane, &model, 78, 10), first);
}

#[test]
fn every_column_fits_a_small_screen() {
    let (mut pane, model) = (System::default(), fixture::trading(Language::En));
    told(&mut pane, &model, 98_765_432);
    let text = drawn(&mut pane, &model, 78, 24);
    let feeds: Vec<&str> = text.lines().filter(|line| line.contains("market ")).collect();
    assert!(feeds[0].contains("98.8M") && feeds[0].trim_end().ends_with("4.56MB"), "{text}");
    assert!(!feeds[0].contains('…'), "{text}");
}

#[test]
fn what_was_heard_long_ago_is_said_to_be_old() {
    let (mut pane, mut model) = (System::default(), fixture::trading(Language::En));
    told(&mut pane, &model, 1_000);
    let note = |pane: &System, model: &Model| {
        let mut note = String::new();
        pane.note(model, &mut note);
        note
    };
    drawn(&mut pane, &model, 158, 60);
    assert_eq!(note(&pane, &model), "");
    model.now.since_start += Duration::from_secs(40);
    assert_eq!(note(&pane, &model).trim_end(), "40s ago");
    model.connection = Connection::Connecting;
    assert!(drawn(&mut pane, &model, 78, 24).contains("desk lost"));
    assert!(second(&mut pane, &model).is_empty(), "there is nobody to ask");
}

#[test]
fn it_is_drawn_at_every_size_in_every_set_of_symbols() {
    for set in [GlyphSet::Full, GlyphSet::Narrow, GlyphSet::Ascii] {
        for language in [Language::Ko, Language::En] {
            let mut model = fixture::trading(language);
            model.look = Look::new(language, Theme::Korean, ColourDepth::Sixteen, set);
            for (width, height) in [(1, 1), (2, 3), (7, 5), (30, 4), (77, 9), (78, 20), (158, 42), (250, 78)] {
                let mut pane = System::default();
                drawn(&mut pane, &model, width, height);
                told(&mut pane, &model, 10);
                let text = drawn(&mut pane, &model, width, height);
                assert!(set == GlyphSet::Full || !text.contains(['µ', '─', '·']), "{text}");
            }
        }
    }
}
