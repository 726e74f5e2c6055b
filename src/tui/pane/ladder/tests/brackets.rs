//! Exits that go with an order of the ladder.

use rust_decimal::{Decimal, dec};

use super::*;
use crate::config::{BracketTemplate, Distance, DistanceUnit, Gain, Loss};
use crate::order::Trail;

fn distance(amount: Decimal, unit: DistanceUnit) -> Distance {
    Distance { amount, unit }
}

fn with_template(template: BracketTemplate) -> (Model, Ladder) {
    let (mut model, ladder) = armed(Language::En);
    model.account.record.as_mut().unwrap().positions.clear();
    model.config.brackets.insert("scalp".into(), template);
    model.trading.bracket = Some("scalp".into());
    (model, ladder)
}

#[test]
fn exits_go_to_the_tick_nearer_to_the_entry() {
    let percent = BracketTemplate {
        take_profit: Some(Gain(distance(dec!(3), DistanceUnit::Percent))),
        stop_loss: Some(Loss(distance(dec!(2), DistanceUnit::Percent))),
        ..BracketTemplate::default()
    };
    let (model, mut ladder) = with_template(percent);
    put(&mut ladder, &model, "71000");
    let bracket = submitted(act(&mut ladder, &model, Action::BuyHere)).bracket;
    // 73,130 and 69,580 are between ticks.
    assert_eq!(bracket.take_profit, Some(price("73100")));
    assert_eq!(bracket.stop_loss, Some(price("69600")));
}

#[test]
fn an_exit_is_at_least_a_tick_away_and_ticks_are_counted_over_borders() {
    let near = BracketTemplate {
        take_profit: Some(Gain(distance(dec!(10), DistanceUnit::Price))),
        trail: Some(Loss(distance(dec!(3), DistanceUnit::Ticks))),
        ..BracketTemplate::default()
    };
    let (mut model, mut ladder) = with_template(near);
    model.quotes.clear();
    put(&mut ladder, &model, "200500");
    let bracket = submitted(act(&mut ladder, &model, Action::BuyHere)).bracket;
    assert_eq!(bracket.take_profit, Some(price("201000")));
    // 200,500 → 200,000 → 199,900 → 199,800.
    assert_eq!(bracket.trail, Some(Trail::Amount(dec!(700))));
}

#[test]
fn an_order_that_closes_gets_no_exits_of_its_own() {
    let stop =
        BracketTemplate { stop_loss: Some(Loss(distance(dec!(5), DistanceUnit::Ticks))), ..BracketTemplate::default() };
    let (mut model, mut ladder) = with_template(stop);
    model.account = market(Language::En).account;
    put(&mut ladder, &model, "71500");
    assert!(submitted(act(&mut ladder, &model, Action::SellHere)).bracket.is_empty());
    assert!(!submitted(act(&mut ladder, &model, Action::BuyHere)).bracket.is_empty());
}

#[test]
fn the_whole_bracket_moves_by_one_tick() {
    let (mut model, mut ladder) = armed(Language::En);
    for (id, role, kind, stop) in
        [("e-1", "take_profit", "take_profit", "73000"), ("e-2", "stop_loss", "stop", "200000")]
    {
        let mut leg = order(id, "sell", "71000", 10);
        leg["role"] = role.into();
        leg["type"] = kind.into();
        leg["price"] = serde_json::Value::Null;
        leg["stop_price"] = stop.into();
        leg["parent_id"] = "o-1".into();
        model.account.put_order(serde_json::from_value(leg).unwrap());
    }
    let changes = trades(act(&mut ladder, &model, Action::BracketDown));
    let to = |order: &str, at: &str| Trade::Replace {
        order: order.into(),
        price: None,
        stop_price: Some(price(at)),
        quantity: None,
    };
    assert_eq!(changes, [to("e-1", "72900"), to("e-2", "199900")]);
    put(&mut ladder, &model, "73000");
    let lines = draw(&mut ladder, &model, 44, 41);
    assert!(lines.iter().any(|line| line.contains("73,000") && line.contains("TP 10")), "{lines:#?}");
}

#[test]
fn templates_go_round() {
    let (mut model, mut ladder) = with_template(BracketTemplate::default());
    model.config.brackets.insert("swing".into(), BracketTemplate::default());
    model.trading.bracket = None;
    for next in [Some("scalp"), Some("swing"), None] {
        let asks = act(&mut ladder, &model, Action::NextBracket);
        assert!(asks.contains(&Ask::Bracket(next.map(str::to_owned))), "{asks:?}");
        model.trading.bracket = next.map(str::to_owned);
    }
}
