//! Positions, as a trader would notice them.

use serde_json::json;

use super::*;
use crate::config::Language;
use crate::tui::model::fixture;
use crate::tui::pane::list::stage;

const NARROW: (u16, u16) = (38, 10);
const WIDE: (u16, u16) = (130, 10);

/// The fixture's position with some fields changed, and one in a perpetual held short.
fn with_positions(language: Language, changes: &serde_json::Value) -> Model {
    let mut model = fixture::trading(language);
    let mut record = serde_json::to_value(model.account.record.as_ref().unwrap()).unwrap();
    let mut short = record["positions"][0].clone();
    for (key, value) in changes.as_object().unwrap() {
        record["positions"][0][key] = value.clone();
    }
    let fields = json!({
        "symbol": "BTCUSDT", "venue": "SIM", "name_ko": "비트코인", "name_en": "Bitcoin", "side": "short",
        "quantity": "0.125", "average_price": "64000.5", "last": "63000.5", "unrealized": "125",
        "unrealized_net": "118.87654321", "realized": "-3.5", "realized_gross": "0", "fees": "3.5", "cost": "8000.0625",
        "breakeven": "63950.1", "liquidation_price": "70001.2", "leverage": 10, "margin": "800", "currency": "USDT"
    });
    for (key, value) in fields.as_object().unwrap() {
        short[key] = value.clone();
    }
    record["positions"].as_array_mut().unwrap().push(short);
    model.account.record = Some(serde_json::from_value(record).unwrap());
    model
}

#[test]
fn a_narrow_list_keeps_quantity_profit_and_return() {
    let model = with_positions(Language::Ko, &json!({}));
    let lines = stage::lines(&mut Positions::default(), &model, NARROW);
    assert_eq!(lines[1], "▸삼성전자        10     ▼2,530  ▼0.35%");
    assert_eq!(lines[2], " 비트코인    -0.125    ▲118.88  ▲1.49%");
}

#[test]
fn a_wide_one_has_everything_of_a_margined_position() {
    let model = with_positions(Language::En, &json!({}));
    let lines = stage::lines(&mut Positions::default(), &model, WIDE);
    for shown in ["Bitcoin", "short", "-0.125", "63,000.5", "▼3.50", "8,000.06", "64,000.5", "70,001.2", "10x"] {
        assert!(lines[2].contains(shown), "{shown} in {}", lines[2]);
    }
    for shown in ["long", "71,300", "71,200", "71,453", "713,000"] {
        assert!(lines[1].contains(shown), "{shown} in {}", lines[1]);
    }
}

#[test]
fn n_shows_profit_before_fees_and_taxes_and_says_so() {
    let model = with_positions(Language::En, &json!({"realized": "-107", "realized_gross": "0"}));
    let mut pane = Positions::default();
    assert!(stage::lines(&mut pane, &model, WIDE)[1].contains("▼107"));
    let note = |pane: &Positions| {
        let mut note = String::new();
        pane.note(&model, &mut note);
        note
    };
    assert_eq!(note(&pane), "net");
    let asks = stage::act(&mut pane, &model, Action::NetProfit).1;
    assert!(matches!(&asks[0], Ask::Say(said) if said.text == "profit before fees and taxes"));
    let line = stage::lines(&mut pane, &model, WIDE)[1].clone();
    assert!(line.contains("▼1,000  ▼0.14%") && !line.contains("▼107"), "{line}");
    assert_eq!(note(&pane), "gross");
    let mut again = Positions::default();
    again.restore(&pane.save());
    assert!(again.gross, "and is kept");
}

#[test]
fn totals_stand_below_a_line_for_each_currency_and_are_never_cut() {
    let model = with_positions(Language::Ko, &json!({}));
    let mut pane = Positions::default();
    let lines = stage::lines(&mut pane, &model, WIDE);
    assert_eq!(lines[8], "KRW  평가 ▼2,530 ▼0.35%  실현 0  매입 713,000");
    assert_eq!(lines[9], "USDT  평가 ▲118.88 ▲1.49%  실현 ▼3.50  매입 8,000.06");
    let lines = stage::lines(&mut pane, &model, (30, 10));
    assert_eq!(lines[8], "KRW  평가 ▼2,530 ▼0.35%");
    let lines = stage::lines(&mut pane, &model, (38, 4));
    assert!(lines[3].is_empty() && lines[2].contains("비트코인"), "rows come before totals");
}

#[test]
fn x_selects_and_opens_a_ticket_that_closes() {
    let mut model = with_positions(Language::Ko, &json!({}));
    let mut pane = Positions::default();
    stage::cells(&mut pane, &model, NARROW);
    stage::later(&mut model, 1_000);
    let start = TicketStart {
        side: Some(Side::Sell),
        quantity: Some("10".parse().unwrap()),
        market: true,
        reduce_only: true,
        ..TicketStart::default()
    };
    assert_eq!(
        stage::act(&mut pane, &model, Action::ClosePosition).1,
        [Ask::Select(fixture::samsung()), Ask::Ticket(start.clone())]
    );
    stage::act(&mut pane, &model, Action::Bottom);
    let asks = stage::act(&mut pane, &model, Action::ClosePosition).1;
    let quantity = Some("0.125".parse().unwrap());
    assert_eq!(
        asks[1],
        Ask::Ticket(TicketStart { side: Some(Side::Buy), quantity, ..start }),
        "a short is bought back"
    );
}

#[test]
fn a_position_that_came_in_the_place_of_another_is_not_closed_by_the_same_key() {
    let mut model = with_positions(Language::Ko, &json!({}));
    let mut pane = Positions::default();
    stage::act(&mut pane, &model, Action::Down);
    model.account.record.as_mut().unwrap().positions.remove(1);
    let asks = stage::act(&mut pane, &model, Action::ClosePosition).1;
    assert!(matches!(&asks[..], [Ask::Say(_)]), "{asks:?}");
}

#[test]
fn without_a_desk_prices_and_profit_are_grey_with_their_arrows() {
    let mut model = with_positions(Language::Ko, &json!({}));
    let mut pane = Positions::default();
    model.connection = crate::tui::model::Connection::Connecting;
    let style = stage::style_at(&mut pane, &model, WIDE, "▼2,530");
    assert!(style.add_modifier.contains(ratatui::style::Modifier::ITALIC));
}

#[test]
fn numbers_too_wide_are_shortened_and_never_cut() {
    let changes = json!({"unrealized_net": "-123456789012", "quantity": "123456789"});
    let lines = stage::lines(&mut Positions::default(), &with_positions(Language::Ko, &changes), NARROW);
    assert!(lines[1].contains("▼1,235억") && lines[1].contains("1.23억"), "{}", lines[1]);
}

#[test]
fn an_empty_one_says_what_to_do() {
    let lines = stage::lines(&mut Positions::default(), &fixture::empty(Language::En), (60, 4));
    assert_eq!(lines[1], "no positions: b opens a ticket");
}

#[test]
fn every_size_and_every_key_is_survived() {
    stage::survive(Positions::default, |model| {
        model.account.record = with_positions(
            Language::Ko,
            &json!({"average_price": null, "last": null,
            "unrealized_net": null, "cost": "0"}),
        )
        .account
        .record;
    });
}
