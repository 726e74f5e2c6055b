//! Stops, as a trader would notice them.

use serde_json::json;

use super::*;
use crate::config::Language;
use crate::desk::protocol::OrderSelection;
use crate::tui::model::fixture;
use crate::tui::pane::list::stage;
use crate::tui::pane::{Ask, Trade};

const NARROW: (u16, u16) = (38, 10);
const WIDE: (u16, u16) = (112, 10);

fn with_stops(language: Language) -> Model {
    let mut model = fixture::trading(language);
    let orders = [
        // A bracket whose entry works: the exits wait for it.
        stage::order(
            "o-2",
            &json!({"side": "sell", "type": "stop", "price": null, "stop_price": "69500",
            "role": "stop_loss", "parent_id": "o-1", "watched_by": "DESK"}),
        ),
        // Two exits of something held.
        stage::order("o-3", &json!({"side": "sell", "price": "73000", "role": "take_profit", "watched_by": "VENUE"})),
        stage::order(
            "o-4",
            &json!({"side": "sell", "type": "stop", "price": null, "stop_price": "70000",
            "role": "stop_loss", "parent_id": "o-3", "watched_by": "NOBODY"}),
        ),
        stage::order(
            "o-5",
            &json!({"symbol": "000660", "side": "sell", "type": "trailing_stop", "price": null,
            "stop_price": "180000", "role": "entry", "watched_by": "DESK"}),
        ),
        stage::order("o-6", &json!({"type": "stop", "stop_price": "69000", "state": "filled"})),
    ];
    for order in orders {
        model.account.put_order(order);
    }
    model
}

#[test]
fn a_narrow_list_keeps_trigger_distance_and_who_watches() {
    let lines = stage::lines(&mut Stops::default(), &with_stops(Language::Ko), NARROW);
    assert_eq!(lines[1], " SK하이닉스    180,000  ▼1.37% 데스크");
    assert_eq!(lines[2], "▸삼성전자       70,000  ▼1.69% 없음");
    assert_eq!(lines[3], "▸삼성전자       73,000  ▲2.53% 거래소");
    assert_eq!(lines[4], "▸삼성전자       69,500  ▼2.39% 데스크");
    assert_eq!(lines[5], "", "neither what went off nor a plain order");
}

#[test]
fn a_wide_list_tells_what_an_exit_belongs_to() {
    let lines = stage::lines(&mut Stops::default(), &with_stops(Language::En), WIDE);
    for (line, shown) in
        [(1, "trailing stop"), (2, "OCO 73,000"), (3, "OCO 70,000"), (3, "take profit"), (4, "entry 71,000")]
    {
        assert!(lines[line].contains(shown), "{shown} in {}", lines[line]);
    }
}

#[test]
fn what_nobody_watches_blinks_in_the_colour_of_an_error_and_is_counted() {
    let mut model = with_stops(Language::En);
    let mut pane = Stops::default();
    let style = stage::style_at(&mut pane, &model, WIDE, "NOBODY");
    stage::later(&mut model, 1_000);
    let other = stage::style_at(&mut pane, &model, WIDE, "NOBODY");
    assert_eq!(style.fg, model.look.style(crate::tui::theme::Role::Error).fg);
    assert_ne!(style.add_modifier, other.add_modifier);
    let mut note = String::new();
    pane.note(&model, &mut note);
    assert_eq!(note, "unwatched 1");
}

#[test]
fn a_stop_is_canceled_changed_and_opened() {
    let mut model = with_stops(Language::Ko);
    let mut pane = Stops::default();
    stage::cells(&mut pane, &model, WIDE);
    stage::later(&mut model, 1_000);
    let hynix = Ask::Select("SIM:000660".parse().unwrap());
    let orders = vec!["o-5".to_owned()];
    let cancel = Ask::Trade(Trade::Cancel(OrderSelection::Ids { orders }));
    assert_eq!(stage::act(&mut pane, &model, Action::Cancel).1, [cancel]);
    assert_eq!(stage::act(&mut pane, &model, Action::Open).1, std::slice::from_ref(&hynix));
    let asks = stage::act(&mut pane, &model, Action::Modify).1;
    assert_eq!(asks[0], hynix);
    assert!(matches!(&asks[1], Ask::Ticket(start) if start.replace.as_deref() == Some("o-5")));
    stage::act(&mut pane, &model, Action::Filter);
    assert!(stage::lines(&mut pane, &model, WIDE)[1].contains("삼성전자"));
}

#[test]
fn distance_is_from_the_last_price_to_the_trigger() {
    let price = |text: &str| text.parse().unwrap();
    assert_eq!(rows::distance(price("73000"), price("71200")).unwrap().round_dp(2).to_string(), "2.53");
    assert_eq!(rows::distance(price("69500"), price("71200")).unwrap().round_dp(2).to_string(), "-2.39");
}

#[test]
fn an_empty_one_says_what_to_do() {
    let lines = stage::lines(&mut Stops::default(), &fixture::empty(Language::En), (60, 4));
    assert_eq!(lines[1], "no stops: attach an exit in the ticket (b)");
}

#[test]
fn every_size_and_every_key_is_survived() {
    stage::survive(Stops::default, |model| {
        for order in with_stops(Language::Ko).account.orders.into_values() {
            model.account.put_order(order);
        }
    });
}
