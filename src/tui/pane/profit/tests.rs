//! What the profit page asks for and shows.

use serde_json::json;

use super::*;
use crate::config::Language;
use crate::tui::model::fixture;
use crate::tui::pane::{Purpose, sketch};

fn answer() -> Response {
    let sums = |gross: i64, fees: u32, taxes: u32, fills: u32, turnover: u64| {
        json!({
            "currency": "KRW", "realized_gross": gross.to_string(), "fees": fees.to_string(),
            "taxes": taxes.to_string(), "realized": (gross - i64::from(fees + taxes)).to_string(), "fills": fills,
            "turnover": turnover.to_string()
        })
    };
    let with = |mut value: serde_json::Value, more: serde_json::Value| {
        for (key, field) in more.as_object().unwrap() {
            value[key] = field.clone();
        }
        value
    };
    let record = json!({
        "profile": "sim", "equity": [],
        "days": [
            with(sums(-50_000, 1_000, 2_000, 3, 9_000_000), json!({"date": "2026-11-18"})),
            with(sums(120_000, 4_000, 11_000, 7, 31_000_000), json!({"date": "2026-11-20"})),
        ],
        "symbols": [
            with(sums(-80_000, 2_000, 5_000, 4, 15_000_000), json!({
                "symbol": "000660", "venue": "SIM", "name_ko": "SK하이닉스", "name_en": "SK hynix"})),
            with(sums(150_000, 3_000, 8_000, 6, 25_000_000), json!({
                "symbol": "005930", "venue": "SIM", "name_ko": "삼성전자", "name_en": "Samsung Electronics"})),
        ]
    });
    Response::Performance(Box::new(serde_json::from_value(record).unwrap()))
}

fn tag(asks: &Asks) -> Option<u32> {
    asks.0.iter().find_map(|ask| match ask {
        Ask::Send(command, Purpose::Pane(PaneKind::Profit, tag)) => {
            matches!(**command, Command::Performance { .. }).then_some(*tag)
        }
        _ => None,
    })
}

fn told(pane: &mut Profit, model: &Model, news: &News<'_>) -> Asks {
    let mut asks = Asks::default();
    pane.told(news, model, &mut asks);
    asks
}

fn act(pane: &mut Profit, model: &Model, action: Action) -> Asks {
    let mut asks = Asks::default();
    assert_eq!(pane.act(action, model, &mut asks), Handled::Yes);
    asks
}

fn answered(model: &Model) -> Profit {
    let mut pane = Profit::default();
    sketch::lines(&mut pane, model, 78, 20);
    let tag = tag(&told(&mut pane, model, &News::Second)).unwrap();
    told(&mut pane, model, &News::Answer { tag, outcome: Ok(&answer()) });
    pane
}

#[test]
fn days_have_profit_before_and_after_costs_and_a_sum() {
    let model = fixture::trading(Language::En);
    let mut pane = answered(&model);
    let lines = sketch::lines(&mut pane, &model, 110, 20);
    let first = lines.iter().find(|line| line.starts_with("2026-")).unwrap();
    for part in ["2026-11-20", "▲ +105,000", "+120,000", "4,000", "11,000", "31,000,000"] {
        assert!(first.contains(part), "{part} in {lines:#?}");
    }
    let sum = lines.last().unwrap();
    for part in ["Total", "▲ +52,000", "+70,000", "5,000", "13,000", "10", "40,000,000"] {
        assert!(sum.contains(part), "{part} in {sum}");
    }
    assert!(lines[18].chars().all(|letter| letter == '─'));
}

#[test]
fn the_last_days_stand_beside_each_other_also_those_without_a_fill() {
    let model = fixture::trading(Language::En);
    let lines = sketch::lines(&mut answered(&model), &model, 110, 20);
    assert!(lines[1].ends_with("11/18    11/19    11/20"), "{lines:#?}");
    assert!(lines[2].ends_with("▼53,000        ·    ▲105K"), "{lines:#?}");
}

#[test]
fn a_fill_is_counted_soon_but_not_with_every_fill() {
    let mut model = fixture::trading(Language::Ko);
    let mut pane = answered(&model);
    let fill = json!({
        "id": "1", "order_id": "o", "profile": "sim", "symbol": "005930", "venue": "SIM", "side": "buy",
        "price": "71000", "quantity": "1", "fee": "1", "tax": "0", "currency": "KRW", "liquidity": "taker",
        "time": "2026-11-20T01:30:00Z"
    });
    let fill = serde_json::from_value(fill).unwrap();
    let changed = Changed::Fill(&fill);
    assert_eq!(tag(&told(&mut pane, &model, &News::Changed(&changed))), None, "asked a moment ago");
    model.now.since_start += Duration::from_secs(5);
    sketch::lines(&mut pane, &model, 78, 12);
    assert!(tag(&told(&mut pane, &model, &News::Second)).is_some());
}

#[test]
fn a_narrow_pane_keeps_what_it_is_about() {
    let model = fixture::trading(Language::Ko);
    let lines = sketch::lines(&mut answered(&model), &model, 36, 12);
    assert!(lines[2].starts_with("2026-11-20") && lines[2].contains("▲ +105,000"), "{lines:#?}");
}

#[test]
fn it_draws_at_every_size() {
    let mut model = fixture::trading(Language::Ko);
    let mut pane = answered(&model);
    sketch::every_size(&mut pane, &mut model);
    act(&mut pane, &model, Action::Left);
    sketch::every_size(&mut pane, &mut model);
    sketch::every_size(&mut Profit::default(), &mut fixture::empty(Language::Ko));
}
