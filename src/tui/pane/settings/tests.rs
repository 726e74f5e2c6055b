//! The settings page as it is read and used.

use crossterm::event::{KeyCode, KeyModifiers};
use ratatui::buffer::Buffer;
use serde_json::json;

use super::*;
use crate::config::{Mouse, Permission};
use crate::text::Language;
use crate::tui::model::{Connection, fixture};
use crate::tui::pane::{Purpose, Question};
use crate::tui::theme::{ColourDepth, GlyphSet, Look, Theme};

fn risk(limits: &RiskLimits) -> Response {
    let record = json!({
        "profile": "sim", "state": "active", "limits": limits, "day_profit": "0", "equity": "1", "peak_equity": "1",
        "open_orders": 0, "positions": 0, "currency": "KRW"
    });
    Response::Risk(serde_json::from_value(record).unwrap())
}

fn told(pane: &mut Settings, model: &Model, tag: u32, response: &Response) -> Vec<Ask> {
    let mut asks = Asks::default();
    pane.told(&News::Answer { tag, outcome: Ok(response) }, model, &mut asks);
    asks.0
}

fn with_limits(model: &Model) -> Settings {
    let mut pane = Settings::default();
    told(&mut pane, model, SHOW, &risk(&RiskLimits::default()));
    pane.settle(model);
    pane
}

fn drawn(pane: &mut Settings, model: &Model, width: u16, height: u16) -> String {
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

fn act(pane: &mut Settings, model: &Model, action: Action) -> Vec<Ask> {
    let mut asks = Asks::default();
    assert_eq!(pane.act(action, model, &mut asks), Handled::Yes, "{action:?}");
    asks.0
}

fn go(pane: &mut Settings, model: &Model, item: Item) {
    act(pane, model, Action::Top);
    for _ in 0..60 {
        if pane.chosen() == Some(item) {
            return;
        }
        act(pane, model, Action::Down);
    }
    panic!("{item:?} cannot be reached");
}

fn write(pane: &mut Settings, model: &Model, text: &str) {
    let mut asks = Asks::default();
    let clear = KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL);
    assert_eq!(pane.type_key(&clear, model, &mut asks), Handled::Yes);
    for letter in text.chars() {
        let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE);
        assert_eq!(pane.type_key(&key, model, &mut asks), Handled::Yes);
    }
}

#[test]
fn every_value_is_there_with_where_it_came_from() {
    let mut model = fixture::trading(Language::Ko);
    model.config.origins.lines.insert("ui.fps".into(), 12);
    model.config.origins.lines.insert("profiles.sim.risk.max_positions".into(), 31);
    let limits = RiskLimits { max_open_orders: None, ..RiskLimits::default() };
    let mut pane = Settings::default();
    told(&mut pane, &model, SHOW, &risk(&limits));
    let text = drawn(&mut pane, &model, 110, 42);
    for part in [
        "한국어",
        "한국식 (빨강 상승)",
        "두 번 클릭해야 주문",
        "osc9",
        "설정 파일 12행",
        "이 화면",
        "1 10 50 100 500",
        "60",
        "10,000,000",
        "설정 파일 31행",
        "데스크가 보관",
        "기본값",
        "hoga config path",
        "risk.max_daily_loss",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    let english = drawn(&mut with_limits(&model), &fixture::trading(Language::En), 78, 42);
    assert!(english.contains("largest loss of a day") && english.contains("500,000"), "{english}");
}

#[test]
fn a_switch_turns_and_says_that_it_was_turned() {
    let (mut model, mut pane) = (fixture::trading(Language::En), Settings::default());
    go(&mut pane, &model, Item::Bell);
    let asks = act(&mut pane, &model, Action::Right);
    let [Ask::Ui(ui)] = asks.as_slice() else { panic!("{asks:?}") };
    assert!(!ui.bell);
    model.config.ui = (**ui).clone();
    let text = drawn(&mut pane, &model, 78, 40);
    let line = text.lines().find(|line| line.contains("bell")).unwrap();
    assert!(line.contains("off") && line.contains("kept"), "{line}");
}

#[test]
fn comforts_come_back_unless_the_config_was_changed_since() {
    let (mut model, mut pane) = (fixture::trading(Language::En), Settings::default());
    pane.settle(&model);
    model.config.ui.bell = false;
    pane.settle(&model);
    let kept = pane.save();
    let fresh = fixture::trading(Language::En);
    let begin = |model: &Model| {
        let mut pane = Settings::default();
        pane.restore(&kept);
        let mut asks = Asks::default();
        pane.told(&News::Reset, model, &mut asks);
        asks.0
    };
    assert!(matches!(begin(&fresh).as_slice(), [Ask::Ui(ui)] if !ui.bell));
    let mut changed = fresh;
    changed.config.ui.notifications = Notifications::Off;
    assert_eq!(begin(&changed), []);
    let mut damaged = Settings::default();
    damaged.restore(&toml::Table::from_iter([("changed".to_owned(), true.into()), ("bell".to_owned(), "x".into())]));
    assert_eq!(damaged.kept, None);
}

#[test]
fn the_click_that_orders_at_once_is_asked_about() {
    let (mut model, mut pane) = (fixture::trading(Language::Ko), Settings::default());
    go(&mut pane, &model, Item::Mouse);
    let asks = act(&mut pane, &model, Action::Right);
    assert!(matches!(asks.as_slice(), [Ask::Ask(Question { deed, .. })]
        if matches!(&**deed, Ask::Ui(ui) if ui.mouse == Mouse::SingleClick)));
    model.config.ui.mouse = Mouse::SingleClick;
    assert!(matches!(act(&mut pane, &model, Action::Left).as_slice(), [Ask::Ui(ui)] if ui.mouse == Mouse::DoubleClick));
    model.config.ui.mouse = Mouse::Off;
    assert!(matches!(act(&mut pane, &model, Action::Left).as_slice(), [Ask::Say(_)]), "the terminal has its mouse");
    assert!(pane.why_not(Action::Left, &model).is_some_and(|why| why.contains("ui.mouse")));
}

#[test]
fn a_limit_changes_after_a_typed_word_only() {
    let model = fixture::trading(Language::En);
    let mut pane = with_limits(&model);
    go(&mut pane, &model, Item::Limit(1));
    act(&mut pane, &model, Action::Open);
    assert!(pane.takes_text());
    write(&mut pane, &model, "20,000,000");
    let asks = act(&mut pane, &model, Action::Submit);
    let [Ask::Ask(question)] = asks.as_slice() else { panic!("{asks:?}") };
    assert_eq!(question.word, Some("SET"));
    assert!(question.lines[0].contains("VIRTUAL sim"), "{question:?}");
    assert!(question.lines[1].contains("10,000,000 -> 20,000,000"), "{question:?}");
    let set = Command::RiskSet { key: "max_order_amount".into(), value: "20000000".into() };
    assert_eq!(*question.deed, Ask::Send(Box::new(set), Purpose::Pane(PaneKind::Settings, SET)));
    let asks = told(&mut pane, &model, SET, &Response::Done);
    assert!(matches!(asks.as_slice(), [Ask::Say(_), Ask::Send(command, _)] if **command == Command::RiskShow));
}

#[test]
fn what_does_not_fit_stays_to_be_mended() {
    let model = fixture::trading(Language::En);
    let mut pane = with_limits(&model);
    go(&mut pane, &model, Item::Limit(1));
    act(&mut pane, &model, Action::Open);
    write(&mut pane, &model, "lots");
    assert!(matches!(act(&mut pane, &model, Action::Submit).as_slice(), [Ask::Say(_)]));
    assert!(drawn(&mut pane, &model, 120, 40).contains("does not fit"));
    act(&mut pane, &model, Action::Escape);
    assert!(!pane.takes_text());
    go(&mut pane, &model, Item::Limit(0));
    assert!(matches!(act(&mut pane, &model, Action::Open).as_slice(), [Ask::Say(_)]), "nobody is promoted from here");
}

#[test]
fn numbers_step_and_are_typed() {
    let (model, mut pane) = (fixture::trading(Language::En), Settings::default());
    go(&mut pane, &model, Item::Disarm);
    assert!(matches!(act(&mut pane, &model, Action::Right).as_slice(), [Ask::Ui(ui)] if ui.disarm_seconds == 70));
    act(&mut pane, &model, Action::Edit);
    write(&mut pane, &model, "15");
    assert!(matches!(act(&mut pane, &model, Action::Submit).as_slice(), [Ask::Ui(ui)] if ui.disarm_seconds == 15));
}

#[test]
fn the_right_to_trade_is_given_back_after_a_yes_and_taken() {
    let (mut model, mut pane) = (fixture::trading(Language::Ko), Settings::default());
    go(&mut pane, &model, Item::Lock);
    let asks = act(&mut pane, &model, Action::Right);
    assert!(matches!(asks.as_slice(), [Ask::Ask(Question { deed, .. })] if **deed == Ask::LookOnly(true)));
    model.view_only = true;
    assert_eq!(act(&mut pane, &model, Action::Right), [Ask::LookOnly(false)]);
    let mut only_looks = Settings::default();
    go(&mut only_looks, &model, Item::Lock);
    assert!(matches!(act(&mut only_looks, &model, Action::Right).as_slice(), [Ask::Say(_)]), "opened only to look");
}

#[test]
fn limits_are_asked_for_while_in_sight_and_forgotten_with_the_profile() {
    let (mut model, mut pane) = (fixture::trading(Language::Ko), Settings::default());
    let mut asks = Asks::default();
    pane.told(&News::Second, &model, &mut asks);
    assert!(asks.0.is_empty(), "nobody looks");
    drawn(&mut pane, &model, 78, 20);
    pane.told(&News::Second, &model, &mut asks);
    assert!(matches!(asks.0.as_slice(), [Ask::Send(command, _)] if **command == Command::RiskShow));
    told(&mut pane, &model, SHOW, &risk(&RiskLimits { permission: Permission::Viewer, ..RiskLimits::default() }));
    assert!(pane.limits.is_some());
    act(&mut pane, &model, Action::Bottom);
    act(&mut pane, &model, Action::Open);
    assert!(pane.takes_text());
    model.profile = "other".parse().unwrap();
    pane.told(&News::Reset, &model, &mut asks);
    assert!(pane.limits.is_none() && !pane.takes_text());
    told(&mut pane, &model, SHOW, &risk(&RiskLimits::default()));
    assert!(pane.limits.is_none(), "the answer is about the profile before");
    model.connection = Connection::Connecting;
    assert!(drawn(&mut pane, &model, 78, 40).contains("한도를 묻는 중"));
}

#[test]
fn it_is_drawn_at_every_size_in_every_set_of_symbols() {
    for set in [GlyphSet::Full, GlyphSet::Narrow, GlyphSet::Ascii] {
        for language in [Language::Ko, Language::En] {
            let mut model = fixture::trading(language);
            model.look = Look::new(language, Theme::Korean, ColourDepth::None, set);
            for (width, height) in [(1, 1), (2, 3), (7, 5), (30, 4), (60, 9), (78, 20), (158, 42)] {
                let mut pane = Settings::default();
                drawn(&mut pane, &model, width, height);
                let mut pane = with_limits(&model);
                for _ in 0..40 {
                    act(&mut pane, &model, Action::Down);
                    drawn(&mut pane, &model, width, height);
                }
                act(&mut pane, &model, Action::Open);
                drawn(&mut pane, &model, width, height);
            }
        }
    }
}
