//! What the equity page asks for and shows.

use rust_decimal::dec;
use serde_json::json;

use super::*;
use crate::config::Language;
use crate::desk::protocol::{Failure, FailureKind};
use crate::tui::model::fixture;
use crate::tui::pane::{Ask, Purpose, sketch};

fn answer() -> Response {
    let point = |minute: u32, currency: &str, equity: u32| json!({"time": format!("2026-11-20T00:{minute:02}:00Z"), "currency": currency, "equity": equity.to_string()});
    let mut equity: Vec<_> = (0..40).map(|n| point(n, "KRW", 99_500_000 + n * 17_000)).collect();
    equity.extend((40..59).map(|n| point(n, "KRW", 100_163_000 - (n - 39) * 30_000)));
    equity.push(point(59, "USDT", 100_000));
    let record = json!({"profile": "sim", "equity": equity, "days": [], "symbols": []});
    Response::Performance(Box::new(serde_json::from_value(record).unwrap()))
}

/// The tag and days of the only question.
fn asked(asks: &Asks) -> Option<(u32, u32)> {
    asks.0.iter().find_map(|ask| match ask {
        Ask::Send(command, Purpose::Pane(PaneKind::Equity, tag)) => match **command {
            Command::Performance { days } => Some((*tag, days)),
            _ => None,
        },
        _ => None,
    })
}

fn told(pane: &mut Equity, model: &Model, news: &News<'_>) -> Asks {
    let mut asks = Asks::default();
    pane.told(news, model, &mut asks);
    asks
}

fn answered(model: &Model) -> Equity {
    let mut pane = Equity::default();
    sketch::lines(&mut pane, model, 78, 20);
    let (tag, days) = asked(&told(&mut pane, model, &News::Second)).unwrap();
    assert_eq!(days, 7);
    told(&mut pane, model, &News::Answer { tag, outcome: Ok(&answer()) });
    pane
}

#[test]
fn it_asks_when_it_is_in_sight_and_shows_what_it_got() {
    let model = fixture::trading(Language::En);
    assert_eq!(asked(&told(&mut Equity::default(), &model, &News::Second)), None, "not in sight");
    let mut pane = answered(&model);
    let lines = sketch::lines(&mut pane, &model, 78, 20);
    assert!(lines[1].starts_with("last 99,999,000  ▲ +499,000 +0.50%"), "{lines:#?}");
    assert!(lines[2].contains("high 100,163,000") && lines[2].contains("low 99,500,000"), "{lines:#?}");
    assert!(lines[2].contains("max drawdown ▼ -0.57%"), "{lines:#?}");
    assert!(lines.iter().any(|line| line.ends_with(" 100,000,000")), "a round mark: {lines:#?}");
    assert!(lines[19].starts_with("11-20 09:00") && lines[19].contains("11-20 10:30"), "{lines:#?}");
    let dots = lines.iter().flat_map(|line| line.chars()).filter(|letter| ('\u{2801}'..='\u{28ff}').contains(letter));
    assert!(dots.count() > 60);
}

#[test]
fn the_curve_rises_from_its_lowest_value_and_ends_at_the_equity_of_now() {
    let model = fixture::trading(Language::En);
    let mut pane = answered(&model);
    let lines = sketch::lines(&mut pane, &model, 78, 20);
    let is_dot = |letter: char| ('\u{2801}'..='\u{28ff}').contains(&letter);
    let first_rows: Vec<usize> = (3..19).filter(|row| lines[*row].chars().next().is_some_and(is_dot)).collect();
    assert_eq!(first_rows.last(), Some(&18), "the lowest value is the first: {lines:#?}");
    assert!(lines[3].chars().any(is_dot), "the highest value is at the top");
}

#[test]
fn another_span_is_asked_for_and_the_former_curve_is_gone() {
    let mut model = fixture::trading(Language::En);
    let mut pane = answered(&model);
    model.now.since_start += Duration::from_secs(5);
    sketch::lines(&mut pane, &model, 78, 20);
    let mut asks = Asks::default();
    assert_eq!(pane.act(Action::IntervalUp, &model, &mut asks), Handled::Yes);
    let (tag, days) = asked(&asks).unwrap();
    assert_eq!(days, 31);
    assert!(sketch::lines(&mut pane, &model, 78, 20)[1].contains("waiting"));
    told(&mut pane, &model, &News::Answer { tag: tag - 1, outcome: Ok(&answer()) });
    assert!(sketch::lines(&mut pane, &model, 78, 20)[1].contains("waiting"), "an answer to the former question");
    told(&mut pane, &model, &News::Answer { tag, outcome: Ok(&answer()) });
    assert!(sketch::lines(&mut pane, &model, 78, 20)[1].contains("99,999,000"));
    let mut other = Equity::default();
    other.restore(&pane.save());
    assert_eq!(other.span, Span::Month);
}

#[test]
fn a_failure_is_said_and_the_curve_stays() {
    let mut model = fixture::trading(Language::En);
    let mut pane = answered(&model);
    model.now.since_start += Duration::from_secs(61);
    sketch::lines(&mut pane, &model, 78, 20);
    let (tag, _) = asked(&told(&mut pane, &model, &News::Second)).unwrap();
    let failure = Failure::new(FailureKind::Unavailable, "LEDGER", "the ledger is busy");
    told(&mut pane, &model, &News::Answer { tag, outcome: Err(&failure) });
    let lines = sketch::lines(&mut pane, &model, 78, 20);
    assert!(lines[0].contains("not up to date the ledger is busy") && lines[1].contains("99,999,000"), "{lines:#?}");
}

#[test]
fn another_currency_has_its_own_curve() {
    let model = fixture::trading(Language::En);
    let mut pane = answered(&model);
    let mut asks = Asks::default();
    pane.act(Action::Right, &model, &mut asks);
    let lines = sketch::lines(&mut pane, &model, 78, 20);
    assert!(lines[1].starts_with("last 100,000.00"), "{lines:#?}");
    assert_eq!(pane.shown(&model).map(|(_, currency)| currency), Some(Currency::Usdt));
    pane.act(Action::Right, &model, &mut asks);
    assert_eq!(pane.shown(&model).map(|(_, currency)| currency), Some(Currency::Usdt), "the last one stays");
}

#[test]
fn a_value_lies_in_its_row() {
    let axis = Axis { low: dec!(0), high: dec!(100), step: dec!(50) };
    assert_eq!([dec!(100), dec!(50), dec!(0)].map(|value| row_of(axis, value, 11)), [0, 5, 10]);
}

#[test]
fn it_draws_at_every_size() {
    let mut model = fixture::trading(Language::En);
    let mut pane = answered(&model);
    sketch::every_size(&mut pane, &mut model);
    sketch::every_size(&mut Equity::default(), &mut fixture::empty(Language::Ko));
}
