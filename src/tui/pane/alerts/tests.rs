//! The inbox and the line in which an alert is written, as a trader sees and uses them.

use crossterm::event::{KeyCode, KeyModifiers};
use ratatui::buffer::Buffer;
use serde_json::json;

use super::*;
use crate::text::Language;
use crate::tui::model::fixture;
use crate::tui::theme::{ColourDepth, GlyphSet, Look, Theme};

fn alert(id: u64, condition: serde_json::Value, fired: Option<&str>, seen: bool) -> crate::desk::alert::AlertRecord {
    serde_json::from_value(json!({
        "id": id, "profile": "sim", "instrument": if id == 4 { "SIM:035720" } else { "SIM:005930" },
        "condition": condition, "note": (id == 2).then_some("전고점 \u{1b}[31m돌파"),
        "created_at": format!("2026-11-20T01:{id:02}:00Z"),
        "fired_at": fired.map(|_| "2026-11-20T01:25:00Z"), "value": fired,
        "acknowledged_at": seen.then_some("2026-11-20T01:26:00Z")
    }))
    .unwrap()
}

fn model(language: Language) -> Model {
    let mut model = fixture::trading(language);
    let price = |price: &str| json!({ "on": "price", "crossing": "above", "price": price });
    for alert in [
        alert(1, price("71500"), None, false),
        alert(2, price("71000"), Some("71100"), false),
        alert(3, json!({ "on": "change", "crossing": "below", "percent": "-2.5" }), Some("-2.6"), true),
        alert(4, json!({ "on": "volatility_interruption" }), None, false),
    ] {
        model.alerts.insert(alert.id, alert);
    }
    model
}

fn drawn(pane: &mut Alerts, model: &Model, width: u16, height: u16) -> String {
    let area = Rect::new(0, 0, width, height);
    let (mut buffer, mut scratch) = (Buffer::empty(area), String::new());
    pane.draw(model, true, &mut Pen::new(&mut buffer, area, &model.look, &mut scratch));
    let mut text = String::new();
    for y in 0..height {
        let mut skip = 0;
        for x in 0..width {
            let symbol = buffer[(x, y)].symbol();
            if skip > 0 {
                skip -= 1;
                continue;
            }
            skip = crate::tui::widget::cells(symbol).saturating_sub(1);
            text.push_str(symbol);
        }
        text.push('\n');
    }
    text
}

fn act(pane: &mut Alerts, model: &Model, action: Action) -> Vec<Ask> {
    let mut asks = Asks::default();
    assert_eq!(pane.act(action, model, &mut asks), Handled::Yes, "{action:?}");
    asks.0
}

fn press(pane: &mut Alerts, model: &Model, code: KeyCode) -> Handled {
    pane.type_key(&KeyEvent::new(code, KeyModifiers::NONE), model, &mut Asks::default())
}

#[test]
fn fired_ones_stand_first_then_waiting_then_seen() {
    let mut pane = Alerts::default();
    let text = drawn(&mut pane, &model(Language::Ko), 120, 12);
    let at = |needle: &str| text.find(needle).unwrap_or_else(|| panic!("{needle} in\n{text}"));
    assert!(at("현재가 71,000 이상") < at("현재가 71,500 이상"), "{text}");
    assert!(at("현재가 71,500 이상") < at("등락률 -2.5% 이하"), "{text}");
    assert!(text.contains("울림") && text.contains("71,100") && text.contains("전고점 돌파"), "{text}");
    assert!(text.contains("-2.6%") && text.contains("035720"), "{text}");
    let english = drawn(&mut pane, &model(Language::En), 120, 12);
    assert!(english.contains("price at or above 71,500") && english.contains("Samsung"), "{english}");
}

#[test]
fn beside_a_ladder_on_a_small_screen_conditions_are_whole() {
    for language in [Language::Ko, Language::En] {
        let text = drawn(&mut Alerts::default(), &model(language), 38, 12);
        assert!(text.contains(">= 71,500") && !text.contains("71,5…"), "{text}");
    }
    for language in [Language::Ko, Language::En] {
        let text = drawn(&mut Alerts::default(), &model(language), 78, 12);
        assert!(text.contains("71,500") && text.contains("11-20") && !text.contains("71,5…"), "{text}");
    }
}

#[test]
fn what_nobody_has_seen_blinks_with_the_seconds() {
    let (mut pane, mut model) = (Alerts::default(), model(Language::Ko));
    let lit = drawn(&mut pane, &model, 120, 12);
    model.now.since_start += std::time::Duration::from_secs(1);
    let dark = drawn(&mut pane, &model, 120, 12);
    assert_eq!((lit.matches('◆').count(), dark.matches('◆').count()), (1, 0));
    assert!(dark.contains("울림"));
}

#[test]
fn two_keys_make_an_alert_at_the_last_price() {
    let (mut pane, model) = (Alerts::default(), model(Language::Ko));
    act(&mut pane, &model, Action::AddAlert);
    assert!(pane.takes_text());
    assert_eq!(pane.contexts(&model), [Context::Form]);
    let text = drawn(&mut pane, &model, 100, 14);
    assert!(text.contains("price >= 71200") && text.contains("현재가 71,200 이상"), "{text}");
    assert!(text.contains("바로 울립니다"), "it is there already\n{text}");
    let asks = act(&mut pane, &model, Action::Submit);
    let [Ask::Send(command, Purpose::Deed)] = asks.as_slice() else { panic!("{asks:?}") };
    let expected =
        Command::AlertAdd { symbol: "SIM:005930".into(), condition: "price >= 71200".parse().unwrap(), note: None };
    assert_eq!(**command, expected);
    assert!(!pane.takes_text());
}

#[test]
fn a_note_goes_along_and_what_is_wrong_is_said_and_not_sent() {
    let (mut pane, model) = (Alerts::default(), model(Language::En));
    act(&mut pane, &model, Action::AddAlert);
    for letter in ",5".chars() {
        assert_eq!(press(&mut pane, &model, KeyCode::Char(letter)), Handled::Yes);
    }
    assert!(drawn(&mut pane, &model, 100, 14).contains("without commas: 712005"));
    assert!(act(&mut pane, &model, Action::Submit).is_empty());
    assert!(pane.takes_text(), "what was typed stays");
    press(&mut pane, &model, KeyCode::Backspace);
    press(&mut pane, &model, KeyCode::Backspace);
    pane.paste(" | breakout", &model, &mut Asks::default());
    assert_eq!(press(&mut pane, &model, KeyCode::Enter), Handled::No, "enter is looked up");
    let asks = act(&mut pane, &model, Action::Submit);
    assert!(matches!(asks.as_slice(), [Ask::Send(command, _)]
        if matches!(&**command, Command::AlertAdd { note: Some(note), .. } if note == "breakout")));
    act(&mut pane, &model, Action::AddAlert);
    act(&mut pane, &model, Action::Escape);
    assert!(!pane.takes_text());
}

#[test]
fn without_a_desk_what_was_typed_stays() {
    let (mut pane, mut model) = (Alerts::default(), model(Language::En));
    act(&mut pane, &model, Action::AddAlert);
    model.connection = crate::tui::model::Connection::Connecting;
    assert!(matches!(act(&mut pane, &model, Action::Submit).as_slice(), [Ask::Say(_)]));
    assert!(pane.takes_text());
}

#[test]
fn enter_on_a_fired_one_acknowledges_it_and_shows_its_instrument() {
    let (mut pane, model) = (Alerts::default(), model(Language::Ko));
    let asks = act(&mut pane, &model, Action::Open);
    let seen = Command::AlertAcknowledge { ids: vec![2] };
    assert_eq!(asks, vec![Ask::Send(Box::new(seen), Purpose::Deed), Ask::Select(fixture::samsung())]);
    act(&mut pane, &model, Action::Down);
    assert!(matches!(act(&mut pane, &model, Action::Open).as_slice(), [Ask::Select(_)]), "one that waits is not seen");
}

#[test]
fn the_choice_stays_on_its_alert_when_another_fires() {
    let (mut pane, mut model) = (Alerts::default(), model(Language::Ko));
    act(&mut pane, &model, Action::Bottom);
    assert_eq!(pane.chosen, Some(3));
    act(&mut pane, &model, Action::Up);
    assert_eq!(pane.chosen, Some(1));
    let fired = alert(4, json!({ "on": "volatility_interruption" }), Some("71000"), false);
    model.alerts.insert(4, fired);
    drawn(&mut pane, &model, 100, 12);
    assert_eq!(pane.chosen, Some(1));
    let asks = act(&mut pane, &model, Action::Delete);
    let [Ask::Ask(question)] = asks.as_slice() else { panic!("{asks:?}") };
    assert_eq!(*question.deed, Ask::Send(Box::new(Command::AlertRemove { id: 1 }), Purpose::Deed));
    assert!(question.lines[1].contains("71,500"), "{question:?}");
}

#[test]
fn f_walks_through_the_filters() {
    let (mut pane, model) = (Alerts::default(), model(Language::Ko));
    act(&mut pane, &model, Action::Filter);
    let text = drawn(&mut pane, &model, 100, 12);
    assert!(text.contains("71,500") && !text.contains("-2.5%"), "{text}");
    act(&mut pane, &model, Action::Filter);
    let text = drawn(&mut pane, &model, 100, 12);
    assert!(!text.contains("71,500") && text.contains("-2.5%"), "{text}");
    act(&mut pane, &model, Action::ClearFilter);
    assert_eq!(pane.inbox.rows().len(), 4);
}

#[test]
fn the_one_just_made_is_chosen() {
    let (mut pane, mut model) = (Alerts::default(), model(Language::Ko));
    act(&mut pane, &model, Action::AddAlert);
    act(&mut pane, &model, Action::Submit);
    model.alerts.insert(9, alert(9, json!({ "on": "stop_unwatched" }), None, false));
    drawn(&mut pane, &model, 100, 12);
    assert_eq!(pane.chosen, Some(9));
}

#[test]
fn a_name_that_is_not_on_the_screen_is_asked_for_once() {
    let (mut pane, model) = (Alerts::default(), model(Language::Ko));
    let mut asks = Asks::default();
    pane.told(&News::Second, &model, &mut asks);
    pane.told(&News::Second, &model, &mut asks);
    let [Ask::Send(command, Purpose::Pane(PaneKind::Alerts, tag))] = asks.0.as_slice() else { panic!("{asks:?}") };
    assert_eq!(**command, Command::Info { symbol: "SIM:035720".into() });
    let record = json!([{
        "symbol": "035720", "venue": "SIM", "name_ko": "카카오", "name_en": "Kakao", "product": "krx_stock",
        "currency": "KRW", "tick_size": "50", "lot": "1", "base_price": null, "upper_limit": null, "lower_limit": null,
        "max_leverage": null, "last": null, "change_percent": null, "volume": "0", "value": "0"
    }]);
    let response = Response::Instruments(serde_json::from_value(record).unwrap());
    pane.told(&News::Answer { tag: *tag, outcome: Ok(&response) }, &model, &mut Asks::default());
    assert!(drawn(&mut pane, &model, 100, 12).contains("카카오"));
}

#[test]
fn another_profile_closes_a_line_that_was_begun() {
    let (mut pane, mut model) = (Alerts::default(), model(Language::Ko));
    act(&mut pane, &model, Action::AddAlert);
    pane.told(&News::Reset, &model, &mut Asks::default());
    assert!(pane.takes_text(), "another symbol is no reason");
    model.profile = "other".parse().unwrap();
    pane.told(&News::Reset, &model, &mut Asks::default());
    assert!(!pane.takes_text());
}

#[test]
fn it_is_drawn_at_every_size_in_every_set_of_symbols() {
    for set in [GlyphSet::Full, GlyphSet::Narrow, GlyphSet::Ascii] {
        for language in [Language::Ko, Language::En] {
            let mut model = model(language);
            model.look = Look::new(language, Theme::Korean, ColourDepth::None, set);
            for (width, height) in [(1, 1), (2, 3), (5, 5), (20, 4), (38, 9), (78, 20), (158, 42)] {
                let mut pane = Alerts::default();
                drawn(&mut pane, &model, width, height);
                act(&mut pane, &model, Action::AddAlert);
                drawn(&mut pane, &model, width, height);
            }
        }
    }
}
