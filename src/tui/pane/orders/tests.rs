//! Working orders, as a trader would notice them.

use serde_json::json;

use super::*;
use crate::config::Language;
use crate::desk::protocol::OrderSelection;
use crate::tui::model::fixture;
use crate::tui::pane::list::stage;
use crate::tui::pane::{Ask, TicketStart, Trade};
use crate::tui::theme::Role;

const NARROW: (u16, u16) = (38, 10);
const WIDE: (u16, u16) = (112, 10);

fn with_orders(language: Language) -> Model {
    let mut model = fixture::trading(language);
    let orders = [
        stage::order(
            "o-2",
            &json!({"side": "sell", "price": "72000", "quantity": "30", "filled_quantity": "12",
            "state": "partially_filled"}),
        ),
        stage::order(
            "o-3",
            &json!({"symbol": "000660", "price": "182000", "state": "unknown",
            "updated_at": "2026-11-20T01:29:18Z", "queue_ahead": null}),
        ),
        stage::order("o-4", &json!({"state": "filled", "filled_quantity": "10"})),
        stage::order("o-5", &json!({"price": "70900", "pending_change": "cancel"})),
    ];
    for order in orders {
        model.account.put_order(order);
    }
    model
}

fn ids(asks: &[Ask]) -> Vec<String> {
    match asks {
        [Ask::Trade(Trade::Cancel(OrderSelection::Ids { orders }))] => orders.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_narrow_list_keeps_what_an_order_is_and_how_much_of_it_is_left() {
    let lines = stage::lines(&mut Orders::default(), &with_orders(Language::Ko), NARROW);
    assert_eq!(lines[1], "…삼성전자        매수    70,900     10");
    assert_eq!(lines[2], "?SK하이닉스      매수   182,000     10");
    assert_eq!(lines[3], "▸삼성전자        매도    72,000     18");
    assert_eq!(lines[4], "▸삼성전자        매수    71,000     10");
    assert_eq!(lines[5], "", "what is filled works no more");
}

#[test]
fn a_stop_does_not_look_like_a_limit_order() {
    let mut model = fixture::empty(Language::En);
    let stop = json!({"side": "sell", "type": "stop", "price": null, "stop_price": "69500", "watched_by": "DESK"});
    model.account.put_order(stage::order("o-9", &stop));
    let lines = stage::lines(&mut Orders::default(), &model, NARROW);
    assert_eq!(lines[1], " 005930          sell S  69,500     10");
}

#[test]
fn a_wide_list_tells_state_queue_and_what_is_filled() {
    let model = with_orders(Language::En);
    let lines = stage::lines(&mut Orders::default(), &model, WIDE);
    for (line, shown) in [
        (1, "canceling"),
        (2, "unknown 42s"),
        (3, "partly fill"),
        (4, "accepted"),
        (4, "1,200"),
        (4, "10:29:00"),
        (4, "limit"),
    ] {
        assert!(lines[line].contains(shown), "{shown} in {}", lines[line]);
    }
}

#[test]
fn the_age_of_an_unknown_order_runs_and_stands_in_the_title_too() {
    let mut model = with_orders(Language::Ko);
    let mut pane = Orders::default();
    stage::later(&mut model, 3_000);
    assert!(stage::lines(&mut pane, &model, WIDE)[2].contains("불명 45s"));
    let (mut title, mut note) = (String::new(), String::new());
    pane.title(&model, &mut title);
    pane.note(&model, &mut note);
    assert_eq!((title.as_str(), note.as_str()), ("미체결 4", "불명 1 · 45s"));
    assert_eq!(stage::style_at(&mut pane, &model, WIDE, "182,000").fg, model.look.style(Role::Strong).fg);
    assert_eq!(stage::style_at(&mut pane, &model, WIDE, "?").fg, model.look.style(Role::Warning).fg);
}

#[test]
fn c_cancels_the_chosen_order_and_only_that() {
    let mut model = with_orders(Language::Ko);
    let mut pane = Orders::default();
    stage::cells(&mut pane, &model, WIDE);
    stage::act(&mut pane, &model, Action::Down);
    stage::act(&mut pane, &model, Action::Down);
    assert_eq!(ids(&stage::act(&mut pane, &model, Action::Cancel).1), ["o-2"]);
    model.account.put_order(stage::order("o-6", &json!({})));
    assert_eq!(ids(&stage::act(&mut pane, &model, Action::Cancel).1), ["o-2"], "a new order moved the rows");
}

#[test]
fn an_order_that_took_the_place_of_the_chosen_is_not_canceled_by_the_same_key() {
    let mut model = with_orders(Language::En);
    let mut pane = Orders::default();
    stage::cells(&mut pane, &model, WIDE);
    stage::act(&mut pane, &model, Action::Down);
    stage::act(&mut pane, &model, Action::Down);
    model.account.put_order(stage::order("o-2", &json!({"state": "canceled"})));
    let asks = stage::act(&mut pane, &model, Action::Cancel).1;
    assert!(matches!(&asks[..], [Ask::Say(notice)] if notice.text.contains("press again")), "{asks:?}");
    stage::later(&mut model, 700);
    assert_eq!(ids(&stage::act(&mut pane, &model, Action::Cancel).1), ["o-1"]);
}

#[test]
fn m_puts_the_order_into_the_ticket_after_its_symbol_was_selected() {
    let model = with_orders(Language::Ko);
    let mut pane = Orders::default();
    stage::act(&mut pane, &model, Action::Down);
    let asks = stage::act(&mut pane, &model, Action::Modify).1;
    let start = TicketStart {
        side: Some(crate::market::Side::Buy),
        price: Some("182000".parse().unwrap()),
        quantity: Some("10".parse().unwrap()),
        replace: Some("o-3".into()),
        ..TicketStart::default()
    };
    assert_eq!(asks, [Ask::Select("SIM:000660".parse().unwrap()), Ask::Ticket(start)]);
}

#[test]
fn a_click_chooses_and_a_second_one_opens() {
    let mut model = with_orders(Language::Ko);
    let mut pane = Orders::default();
    stage::cells(&mut pane, &model, WIDE);
    assert!(stage::click(&mut pane, &model, WIDE, (4, 2)).is_empty());
    stage::later(&mut model, 200);
    assert_eq!(stage::click(&mut pane, &model, WIDE, (4, 2)), [Ask::Select("SIM:000660".parse().unwrap())]);
    stage::later(&mut model, 200);
    assert!(stage::click(&mut pane, &model, WIDE, (4, 2)).is_empty(), "a third is the first of another two");
    stage::later(&mut model, 900);
    assert!(stage::click(&mut pane, &model, WIDE, (4, 2)).is_empty(), "and this one comes too late");
}

#[test]
fn f_leaves_the_selected_symbol_only() {
    let model = with_orders(Language::Ko);
    let mut pane = Orders::default();
    stage::act(&mut pane, &model, Action::Filter);
    let lines = stage::lines(&mut pane, &model, WIDE);
    assert!(lines.iter().all(|line| !line.contains("하이닉스")));
    let mut title = String::new();
    pane.title(&model, &mut title);
    assert_eq!(title, "미체결 4 · 이 종목");
}

#[test]
fn an_empty_one_says_what_to_do() {
    let lines = stage::lines(&mut Orders::default(), &fixture::empty(Language::En), (60, 4));
    assert_eq!(lines[1], "no working orders: press A on the ladder, or b");
    assert!(Orders::default().why_not(Action::Cancel, &fixture::empty(Language::En)).is_some());
}

#[test]
fn every_size_and_every_key_is_survived() {
    stage::survive(Orders::default, |model| {
        for order in with_orders(Language::Ko).account.orders.into_values() {
            model.account.put_order(order);
        }
    });
}
