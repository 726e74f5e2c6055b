//! What a trader would notice, tested.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use serde_json::json;

use super::*;
use crate::config::Language;
use crate::desk::protocol::{Failure, FailureKind};
use crate::desk::record::InstrumentRecord;
use crate::tui::action::TABLE;
use crate::tui::layout::WORKSPACES;
use crate::tui::model::fixture::{empty, samsung, trading};
use crate::tui::pane::{PaneKind, Purpose};
use crate::tui::theme::{ColourDepth, GlyphSet, Look, Theme};

fn record(symbol: &str, ko: &str, en: &str, value: u64) -> InstrumentRecord {
    serde_json::from_value(json!({
        "symbol": symbol, "venue": "SIM", "name_ko": ko, "name_en": en, "product": "krx_stock", "currency": "KRW",
        "tick_size": "100", "lot": "1", "base_price": "70000", "upper_limit": "91000", "lower_limit": "49000",
        "max_leverage": null, "last": "71200", "change_percent": "-1.71", "volume": "10", "value": value.to_string()
    }))
    .unwrap()
}

fn market() -> Vec<InstrumentRecord> {
    vec![
        record("028260", "삼성물산", "Samsung C&T", 400),
        record("005935", "삼성전자우", "Samsung Electronics (Preferred)", 500),
        record("005930", "삼성전자", "Samsung Electronics", 900),
        record("006400", "삼성SDI", "Samsung SDI", 700),
        record("000660", "SK하이닉스", "SK hynix", 800),
        record("035720", "카카오", "Kakao", 300),
    ]
}

fn press(finder: &mut Finder, code: KeyCode, model: &Model) -> (Stay, Vec<Ask>) {
    let mut asks = Asks::default();
    let stay = finder.key(&KeyEvent::new(code, KeyModifiers::NONE), None, model, &mut asks);
    (stay, asks.0)
}

/// Types, and lets the desk answer as it does.
fn typed(finder: &mut Finder, text: &str, model: &Model) {
    for letter in text.chars() {
        let (_, asks) = press(finder, KeyCode::Char(letter), model);
        answer(finder, &asks, model);
    }
}

fn answer(finder: &mut Finder, asks: &[Ask], model: &Model) {
    for ask in asks {
        let Ask::Send(command, Purpose::Overlay(tag)) = ask else { continue };
        let Command::Search { text, limit } = &**command else { panic!("{command:?}") };
        let fits = |it: &InstrumentRecord| {
            let names = [it.symbol.to_lowercase(), it.name_ko.to_lowercase(), it.name_en.to_lowercase()];
            names.iter().any(|name| name.contains(text)) || crate::market::hangul::initials(&it.name_ko).contains(text)
        };
        let found = Response::Instruments(market().into_iter().filter(fits).take(*limit).collect());
        let mut asks = Asks::default();
        finder.told(&News::Answer { tag: *tag, outcome: Ok(&found) }, model, &mut asks);
    }
}

fn opened(keymap: Option<Keymap>, model: &Model) -> Finder {
    let mut finder = Finder::new(keymap);
    let mut asks = Asks::default();
    finder.opened(&Past::default(), model, &mut asks);
    answer(&mut finder, &asks.0, model);
    finder
}

fn all_palette(model: &Model) -> Finder {
    opened(Some(Keymap::standard()), model)
}

fn chosen(finder: &mut Finder, model: &Model) -> Vec<Ask> {
    press(finder, KeyCode::Enter, model).1
}

fn drawn(finder: &mut Finder, model: &Model, width: u16, height: u16) -> String {
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    let (area, mut scratch) = (buffer.area, String::new());
    finder.draw(model, &mut Pen::new(&mut buffer, area, &model.look, &mut scratch));
    let line = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    (0..height).map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn samsung_is_first_however_it_is_typed() {
    let model = empty(Language::Ko);
    for text in ["ㅅㅅㅈㅈ", "tkatjdwjswk", "samsung", "005930", "삼성전자", "ttww", "5930", "ㄴ므녀ㅜㅎ", "삼ㅅ전"]
    {
        for palette in [false, true] {
            let mut finder = opened(palette.then(Keymap::standard), &model);
            typed(&mut finder, text, &model);
            assert_eq!(finder.rows[0].item, Item::Symbol(samsung()), "{text}");
            assert_eq!(chosen(&mut finder, &model), [Ask::Select(samsung())], "{text}");
        }
    }
}

#[test]
fn every_action_workspace_and_pane_is_in_the_palette() {
    let model = empty(Language::En);
    let finder = all_palette(&model);
    let has = |item: &Item| finder.rows.iter().any(|row| row.item == *item);
    for entry in TABLE {
        assert!(has(&Item::Action(entry.action)), "{}", entry.name);
        let mut finder = all_palette(&model);
        typed(&mut finder, entry.name, &model);
        assert_eq!(finder.rows[0].texts[2], entry.name, "its own name finds it first");
    }
    assert!((0..WORKSPACES.len()).all(|index| has(&Item::Workspace(index))));
    assert!(PaneKind::ALL.iter().all(|kind| has(&Item::Pane(*kind))));
}

#[test]
fn four_digits_bring_up_a_workspace() {
    let model = empty(Language::Ko);
    for (index, workspace) in WORKSPACES.iter().enumerate() {
        let mut finder = all_palette(&model);
        typed(&mut finder, workspace.number, &model);
        let action = Action::named(&format!("workspace_{}", index + 1)).unwrap();
        assert_eq!(chosen(&mut finder, &model), [Ask::Typed(workspace.number.into()), Ask::Act(action)]);
    }
    assert_eq!((WORKSPACES[1].key, WORKSPACES[1].number), ("chart", "0600"));
}

#[test]
fn what_trades_is_asked_about_first() {
    let model = empty(Language::En);
    for entry in TABLE.iter().filter(|entry| entry.action.trades()) {
        let ask = asked_for(entry.action, &model);
        let Ask::Ask(question) = ask else { panic!("{} does not ask", entry.name) };
        assert_eq!(*question.deed, Ask::Act(entry.action));
        assert!(question.lines.iter().any(|line| line.contains("VIRTUAL")));
    }
    let mut finder = all_palette(&model);
    typed(&mut finder, "deposit 1000000", &model);
    let asks = chosen(&mut finder, &model);
    assert!(matches!(asks[1], Ask::Ask(_)) && !asks.iter().any(|ask| matches!(ask, Ask::Send(..))), "{asks:?}");
}

#[test]
fn words_nobody_here_knows_are_handed_on() {
    let model = empty(Language::En);
    let mut finder = all_palette(&model);
    typed(&mut finder, "sma 20", &model);
    let line = || "sma 20".to_owned();
    assert_eq!(chosen(&mut finder, &model), [Ask::Typed(line()), Ask::Command(line())]);
}

#[test]
fn tab_completes_and_enter_does() {
    let model = empty(Language::En);
    let mut finder = all_palette(&model);
    typed(&mut finder, "theme kor", &model);
    press(&mut finder, KeyCode::Tab, &model);
    assert_eq!(finder.input.value(), "theme korean");
    assert_eq!(chosen(&mut finder, &model)[1], Ask::Theme(Theme::Korean));
    let mut finder = all_palette(&model);
    typed(&mut finder, "goto kaka", &model);
    assert_eq!(chosen(&mut finder, &model), [Ask::Select("SIM:035720".parse().unwrap())]);
}

#[test]
fn an_unfinished_or_wrong_line_does_nothing_and_says_why() {
    let mut model = empty(Language::En);
    model.look = Look::new(Language::En, Theme::Korean, ColourDepth::None, GlyphSet::Ascii);
    let mut finder = all_palette(&model);
    typed(&mut finder, "withdraw much", &model);
    let (stay, asks) = press(&mut finder, KeyCode::Enter, &model);
    assert_eq!((stay, asks), (Stay::Open, vec![]));
    assert!(drawn(&mut finder, &model, 90, 20).contains("an amount above zero"));
}

#[test]
fn lines_done_before_come_back_with_up() {
    let model = empty(Language::En);
    let mut past = Past::default();
    for n in 0..30 {
        past.typed(format!("line {n}"));
    }
    past.typed("line 28".into());
    assert_eq!(past.lines().count(), 20);
    let mut finder = Finder::new(Some(Keymap::standard()));
    finder.opened(&past, &model, &mut Asks::default());
    let mut seen = Vec::new();
    for code in [KeyCode::Up, KeyCode::Up, KeyCode::Up, KeyCode::Down, KeyCode::Down, KeyCode::Down] {
        press(&mut finder, code, &model);
        seen.push(finder.input.value().to_owned());
    }
    assert_eq!(seen, ["line 28", "line 29", "line 27", "line 29", "line 28", ""]);
}

#[test]
fn without_a_text_the_watch_list_comes_first_then_what_was_looked_at() {
    let mut model = trading(Language::Ko);
    model.watch = vec!["SIM:035720".parse().unwrap(), samsung()];
    let mut past = Past::default();
    past.selected("SIM:006400".parse().unwrap());
    let mut finder = Finder::new(None);
    let mut asks = Asks::default();
    finder.opened(&past, &model, &mut asks);
    answer(&mut finder, &asks.0, &model);
    let first: Vec<&str> = finder.rows.iter().take(4).map(|row| row.texts[1].as_str()).collect();
    assert_eq!(first, ["035720", "005930", "006400", "000660"]);
}

#[test]
fn letters_with_a_meaning_elsewhere_are_text() {
    let model = empty(Language::Ko);
    let mut finder = opened(None, &model);
    typed(&mut finder, "wqK?:/ 1", &model);
    assert_eq!(finder.input.value(), "wqK?:/ 1");
}

#[test]
fn enter_before_the_answer_waits_for_it() {
    let model = empty(Language::Ko);
    let mut finder = Finder::new(None);
    finder.opened(&Past::default(), &model, &mut Asks::default());
    let mut last = Vec::new();
    for letter in "0059".chars() {
        last = press(&mut finder, KeyCode::Char(letter), &model).1;
    }
    assert_eq!(press(&mut finder, KeyCode::Enter, &model), (Stay::Open, vec![]));
    let [Ask::Send(_, Purpose::Overlay(tag))] = last.as_slice() else { panic!("{last:?}") };
    let found = Response::Instruments(vec![record("005930", "삼성전자", "Samsung Electronics", 1)]);
    let mut asks = Asks::default();
    finder.told(&News::Answer { tag: tag - 1, outcome: Ok(&found) }, &model, &mut asks);
    assert!(!finder.is_over(), "an answer to another text is none");
    finder.told(&News::Answer { tag: *tag, outcome: Ok(&found) }, &model, &mut asks);
    assert!(finder.is_over());
    assert_eq!(asks.0, [Ask::Select(samsung())]);
}

#[test]
fn a_desk_that_does_not_answer_is_said() {
    let model = empty(Language::En);
    let mut finder = Finder::new(None);
    finder.opened(&Past::default(), &model, &mut Asks::default());
    let failure = Failure::new(FailureKind::Unavailable, "DESK_LOST", "gone");
    finder.told(&News::Answer { tag: finder.tag, outcome: Err(&failure) }, &model, &mut Asks::default());
    assert!(drawn(&mut finder, &model, 80, 20).contains("no answer"));
}

#[test]
fn what_is_pasted_or_told_is_harmless() {
    let model = empty(Language::Ko);
    let mut finder = all_palette(&model);
    finder.paste("\u{1b}[2J\u{7}kill\r\n\u{202e}\u{0}", &model, &mut Asks::default());
    assert!(!finder.input.value().chars().any(|letter| letter.is_control() || letter == '\u{202e}'));
    finder.paste(&"삼".repeat(5_000), &model, &mut Asks::default());
    assert!(finder.input.value().chars().count() <= LINE_MAX);
    let nasty = Response::Instruments(vec![record("EVIL", "악\u{1b}[31m성", "\u{7}evil", 1)]);
    finder.told(&News::Answer { tag: finder.tag, outcome: Ok(&nasty) }, &model, &mut Asks::default());
    assert!(finder.pool.all().all(|known| !format!("{}{}", known.ko, known.en).contains(char::is_control)));
}

#[test]
fn it_draws_at_any_size_in_any_look() {
    for language in [Language::Ko, Language::En] {
        for set in [GlyphSet::Full, GlyphSet::Narrow, GlyphSet::Ascii] {
            let mut model = trading(language);
            model.look = Look::new(language, Theme::Korean, ColourDepth::Sixteen, set);
            for palette in [false, true] {
                for text in ["", "삼성 elec", "alert x", "theme ", "xyzzy 5"] {
                    let mut finder = opened(palette.then(Keymap::standard), &model);
                    typed(&mut finder, text, &model);
                    for width in [1, 2, 3, 5, 8, 13, 21, 34, 63, 76, 96] {
                        for height in [1, 2, 3, 4, 20] {
                            drawn(&mut finder, &model, width, height);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn an_instrument_shows_its_code_venue_price_and_change() {
    let model = empty(Language::En);
    let mut finder = opened(None, &model);
    typed(&mut finder, "kakao", &model);
    let text = drawn(&mut finder, &model, 92, 10);
    let line = text.lines().find(|line| line.contains("Kakao")).unwrap().to_owned();
    for part in ["035720", "SIM", "71,200", "▼", "-1.71"] {
        assert!(line.contains(part), "{part} in {line}");
    }
}
