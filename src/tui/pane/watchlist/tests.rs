//! The watch list, as a trader would notice it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseEventKind};
use ratatui::style::Modifier;
use serde_json::json;

use super::*;
use crate::config::Language;
use crate::tui::model::fixture;
use crate::tui::pane::list::stage;
use crate::tui::theme::{ColourDepth, GlyphSet, Look, Role, Theme};

const NARROW: (u16, u16) = (36, 10);
const WIDE: (u16, u16) = (120, 10);

fn hynix() -> InstrumentId {
    "SIM:000660".parse().unwrap()
}

fn change_quote(model: &mut Model, id: InstrumentId, changes: &serde_json::Value) {
    let mut quote = serde_json::to_value(model.quotes.get(&id).unwrap()).unwrap();
    for (key, value) in changes.as_object().unwrap() {
        quote[key] = value.clone();
    }
    model.quotes.put(model.now, id, serde_json::from_value(quote).unwrap());
}

#[test]
fn thirty_eight_cells_hold_name_price_and_change_in_columns() {
    let model = fixture::trading(Language::Ko);
    let lines = stage::lines(&mut Watchlist::default(), &model, NARROW);
    assert_eq!(lines[1], "▸삼성전자            71,200   ▲1.71%");
    assert_eq!(lines[2], " SK하이닉스         182,500   ▲1.71%");
    let english = fixture::trading(Language::En);
    let lines = stage::lines(&mut Watchlist::default(), &english, NARROW);
    assert_eq!(lines[1], "▸Samsung Elect…      71,200   ▲1.71%");
}

#[test]
fn a_wide_one_shows_volume_value_and_the_book_s_best() {
    let model = fixture::trading(Language::En);
    let lines = stage::lines(&mut Watchlist::default(), &model, WIDE);
    for shown in ["▲1,200", "1.23M", "87.9B", "71,100", "69,900", "71,500"] {
        assert!(lines[1].contains(shown), "{shown} in {}", lines[1]);
    }
}

#[test]
fn a_limit_and_an_interruption_have_a_mark_beside_the_price() {
    let mut model = fixture::trading(Language::Ko);
    change_quote(&mut model, fixture::samsung(), &json!({"last": "91000"}));
    change_quote(&mut model, hynix(), &json!({"phase": "volatility"}));
    let lines = stage::lines(&mut Watchlist::default(), &model, NARROW);
    assert!(lines[1].contains("↑    91,000"), "{}", lines[1]);
    assert!(lines[2].contains("VI  182,500"), "{}", lines[2]);
}

#[test]
fn what_comes_by_asking_has_a_mark_behind_its_name() {
    for (glyphs, symbol, cut) in [(GlyphSet::Full, "↻", "…"), (GlyphSet::Ascii, "@", "~")] {
        let mut model = fixture::trading(Language::En);
        model.look = Look::new(Language::En, Theme::Korean, ColourDepth::True, glyphs);
        let shown = |model: &Model| stage::lines(&mut Watchlist::default(), model, NARROW);
        assert!(shown(&model).iter().all(|line| !line.contains(symbol)));
        change_quote(&mut model, hynix(), &json!({"polled": true}));
        let lines = shown(&model);
        assert!(lines[2].starts_with(" SK hynix") && !lines[1].contains(symbol), "{lines:?}");
        let words: Vec<&str> = lines[2].split_whitespace().collect();
        assert_eq!(words[2..4], [symbol, "182,500"]);
        // A long name gives way to it.
        change_quote(&mut model, fixture::samsung(), &json!({"polled": true, "upper_limit": "71200"}));
        let words = shown(&model)[1].split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert!(words[1].ends_with(cut), "{words:?}");
        assert_eq!((words[2].as_str(), words[3].as_str()), (symbol, model.look.glyphs.limit_up));
    }
}

#[test]
fn a_stale_price_is_grey_and_keeps_its_arrow() {
    let mut model = fixture::trading(Language::Ko);
    let mut pane = Watchlist::default();
    assert_eq!(stage::style_at(&mut pane, &model, NARROW, "182,500").fg, model.look.style(Role::Up).fg);
    change_quote(&mut model, hynix(), &json!({"stale": true}));
    assert_eq!(stage::style_at(&mut pane, &model, NARROW, "182,500").fg, model.look.style(Role::Stale).fg);
    assert!(stage::lines(&mut pane, &model, NARROW)[2].contains("▲1.71%"));
}

#[test]
fn a_price_that_changed_stands_out_for_a_second() {
    let mut model = fixture::trading(Language::Ko);
    let mut pane = Watchlist::default();
    let tell = |pane: &mut Watchlist, model: &Model| {
        let changed = Changed::Quote(hynix());
        pane.told(&News::Changed(&changed), model, &mut Asks::default());
    };
    let bold = |pane: &mut Watchlist, model: &Model, price: &str| {
        let digits = [price, "0  ", "00  "].map(|digits| stage::style_at(pane, model, (36, 3), digits));
        let bold = digits.map(|style| style.add_modifier.contains(Modifier::BOLD));
        assert!(bold.iter().all(|digit| *digit == bold[0]), "all of the price or nothing of it");
        bold[0]
    };
    model.watch = vec![hynix()];
    tell(&mut pane, &model);
    assert!(!bold(&mut pane, &model, "182,500"), "the first price is no change");
    change_quote(&mut model, hynix(), &json!({"last": "183000"}));
    tell(&mut pane, &model);
    assert!(bold(&mut pane, &model, "183,000"));
    stage::later(&mut model, 1_000);
    assert!(!bold(&mut pane, &model, "183,000"));
}

#[test]
fn enter_and_a_click_select() {
    let model = fixture::trading(Language::Ko);
    let mut pane = Watchlist::default();
    stage::act(&mut pane, &model, Action::Down);
    assert_eq!(stage::act(&mut pane, &model, Action::Open).1, [Ask::Select(hynix())]);
    stage::cells(&mut pane, &model, NARROW);
    assert_eq!(stage::click(&mut pane, &model, NARROW, (3, 1)), [Ask::Select(fixture::samsung())]);
    assert!(stage::click(&mut pane, &model, NARROW, (3, 0)).is_empty(), "names of columns are no row");
    assert!(stage::click(&mut pane, &model, NARROW, (3, 8)).is_empty(), "nor is what lies below");
    assert!(stage::mouse(&mut pane, &model, NARROW, MouseEventKind::ScrollDown, (3, 3)).is_empty());
    assert_eq!(stage::act(&mut pane, &model, Action::Open).1, [Ask::Select(hynix())], "the wheel moved the choice");
}

#[test]
fn removing_asks_first() {
    let mut model = fixture::trading(Language::En);
    let mut pane = Watchlist::default();
    stage::cells(&mut pane, &model, NARROW);
    stage::later(&mut model, 1_000);
    let asks = stage::act(&mut pane, &model, Action::Delete).1;
    assert_eq!(asks[0], Ask::Select(fixture::samsung()));
    let Ask::Ask(question) = &asks[1] else { panic!("{asks:?}") };
    assert!(question.lines[1].contains("Samsung Electronics SIM:005930"));
    assert_eq!(*question.deed, Ask::Act(Action::WatchToggle));
}

#[test]
fn what_is_typed_filters_by_name_code_and_initials() {
    let model = fixture::trading(Language::Ko);
    let mut pane = Watchlist::default();
    let press = |pane: &mut Watchlist, code| {
        let mut asks = Asks::default();
        pane.type_key(&KeyEvent::new(code, KeyModifiers::NONE), &model, &mut asks);
        asks.0
    };
    assert!(!pane.takes_text());
    stage::act(&mut pane, &model, Action::Filter);
    assert!(pane.takes_text());
    for (typed, left) in [("하이", "SK하이닉스"), ("hyn", "SK하이닉스"), ("0059", "삼성전자"), ("ㅅㅅ", "삼성전자")]
    {
        for letter in typed.chars() {
            press(&mut pane, KeyCode::Char(letter));
        }
        let lines = stage::lines(&mut pane, &model, NARROW);
        assert!(lines[1].contains(left) && lines[2].is_empty(), "{typed}: {lines:?}");
        for _ in typed.chars() {
            press(&mut pane, KeyCode::Backspace);
        }
    }
    press(&mut pane, KeyCode::Char('z'));
    assert!(stage::lines(&mut pane, &model, NARROW)[1..3].join(" ").contains("F 로 거르기 해제"));
    let mut title = String::new();
    pane.title(&model, &mut title);
    assert_eq!(title, "관심종목 2 /z_");
    press(&mut pane, KeyCode::Esc);
    assert!(!pane.takes_text() && stage::lines(&mut pane, &model, NARROW)[2].contains("SK하이닉스"));
    stage::act(&mut pane, &model, Action::Filter);
    press(&mut pane, KeyCode::Char('k'));
    assert_eq!(press(&mut pane, KeyCode::Enter), [Ask::Select(hynix())], "Enter takes the first that fits");
}

#[test]
fn sorting_keeps_what_was_chosen_and_is_kept_between_runs() {
    let mut model = fixture::trading(Language::Ko);
    change_quote(&mut model, hynix(), &json!({"change_percent": "3.2", "change": "5600"}));
    model.watch.push("SIM:035720".parse().unwrap());
    let mut pane = Watchlist::default();
    stage::cells(&mut pane, &model, NARROW);
    stage::act(&mut pane, &model, Action::Sort);
    stage::act(&mut pane, &model, Action::Sort);
    let first = |pane: &mut Watchlist, model: &Model| stage::lines(pane, model, NARROW)[1].clone();
    assert!(first(&mut pane, &model).contains("SK하이닉스"), "by change, the largest first");
    assert_eq!(stage::act(&mut pane, &model, Action::Open).1, [Ask::Select(fixture::samsung())]);
    stage::act(&mut pane, &model, Action::SortReverse);
    assert!(first(&mut pane, &model).contains("삼성전자"), "what has no quote is last either way");
    let mut again = Watchlist::default();
    again.restore(&pane.save());
    assert_eq!((again.sort, again.reverse), (SortBy::Change, true));
}

#[test]
fn an_empty_one_says_what_to_do() {
    let lines = stage::lines(&mut Watchlist::default(), &fixture::empty(Language::En), (60, 4));
    assert_eq!(lines[1], "nothing watched: find a symbol with /, add it with w");
}

#[test]
fn every_size_and_every_key_is_survived() {
    stage::survive(Watchlist::default, |_| {});
}
