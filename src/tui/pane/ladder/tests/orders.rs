//! From keys to orders.

use super::*;
use crate::desk::protocol::OrderSelection;
use crate::market::Side;
use crate::order::{OrderKind, TimeInForce};

fn own(model: &mut Model, id: &str, side: &str, at: &str, quantity: u32) {
    model.account.put_order(serde_json::from_value(order(id, side, at, quantity)).unwrap());
}

#[test]
fn a_key_sends_the_size_in_hand_at_the_row() {
    let (mut model, mut ladder) = armed(Language::Ko);
    model.trading.size = crate::market::Quantity::whole(50);
    put(&mut ladder, &model, "70900");
    let asks = act(&mut ladder, &model, Action::BuyHere);
    assert!(asks.contains(&Ask::Used));
    let order = submitted(asks);
    assert_eq!((order.symbol.as_str(), order.side), ("SIM:005930", Side::Buy));
    assert_eq!(order.kind, OrderKind::Limit { price: price("70900") });
    assert_eq!((order.quantity.to_string().as_str(), order.time_in_force), ("50", TimeInForce::Day));
    let order = submitted(act(&mut ladder, &model, Action::SellMarket));
    assert_eq!((order.side, order.kind), (Side::Sell, OrderKind::Market));
}

#[test]
fn disarmed_keys_say_how_to_arm_and_send_nothing() {
    let mut model = market(Language::En);
    let mut ladder = Ladder::default();
    draw(&mut ladder, &model, 44, 41);
    for action in [Action::BuyHere, Action::SellMarket, Action::CancelHere, Action::MoveUp, Action::Cancel] {
        let asks = act(&mut ladder, &model, action);
        assert!(trades(asks.clone()).is_empty());
        assert_eq!(said(&asks), "disarmed - press A", "{action:?}");
    }
    assert_eq!(ladder.why_not(Action::BuyHere, &model).as_deref(), Some("disarmed - press A"));
    assert!(ladder.contexts(&model).is_empty());
    model.trading.arm(model.now);
    assert_eq!(ladder.why_not(Action::BuyHere, &model), None);
    assert_eq!(ladder.contexts(&model), [crate::tui::action::Context::LadderArmed]);
}

#[test]
fn disarmed_the_row_goes_to_a_ticket() {
    let model = market(Language::En);
    let mut ladder = Ladder::default();
    draw(&mut ladder, &model, 44, 41);
    ladder.view.put_cursor(price("71500"), model.now.since_start);
    for (action, side) in [(Action::Open, None), (Action::TakePrice, None), (Action::SellTicket, Some(Side::Sell))] {
        let asks = act(&mut ladder, &model, action);
        let [Ask::Ticket(start)] = asks.as_slice() else { panic!("{asks:?}") };
        assert_eq!((start.price, start.side), (Some(price("71500")), side));
    }
}

#[test]
fn what_cannot_be_right_is_not_sent() {
    let (mut model, mut ladder) = armed(Language::En);
    let refused = |ladder: &mut Ladder, model: &Model, text: &str| {
        let asks = act(ladder, model, Action::BuyHere);
        assert!(said(&asks).contains(text), "{asks:?}");
        assert!(trades(asks).is_empty());
    };
    put(&mut ladder, &model, "91100");
    refused(&mut ladder, &model, "beyond the daily limits");
    put(&mut ladder, &model, "71000");
    let info = model.selected.info.take();
    refused(&mut ladder, &model, "tick size is not known");
    model.selected.info = info;
    model.selected.book.as_mut().unwrap().record.stale = true;
    refused(&mut ladder, &model, "too old to trade on");
}

#[test]
fn a_moved_order_is_replaced_once_by_one_tick_and_the_cursor_goes_with_it() {
    let (model, mut ladder) = armed(Language::Ko);
    put(&mut ladder, &model, "71000");
    let changes = trades(act(&mut ladder, &model, Action::MoveUp));
    let to = |order: &str, at: &str| Trade::Replace {
        order: order.into(),
        price: Some(price(at)),
        stop_price: None,
        quantity: None,
    };
    assert_eq!(changes, [to("o-1", "71100")]);
    assert_eq!(ladder.view.cursor, Some(price("71100")));
    // Nothing of one's own is there now; the order is where the desk says it is.
    assert!(said(&act(&mut ladder, &model, Action::MoveUp)).contains("내 주문이 없습니다"));
}

#[test]
fn a_move_over_a_border_of_the_tick_table_is_one_tick_of_the_side_it_goes_to() {
    for (at, action, to) in [
        ("199900", Action::MoveUp, "200000"),
        ("200000", Action::MoveUp, "200500"),
        ("200000", Action::MoveDown, "199900"),
        ("50000", Action::MoveDown, "49950"),
        ("49950", Action::MoveUp, "50000"),
    ] {
        let (mut model, mut ladder) = armed(Language::En);
        model.quotes.clear();
        own(&mut model, "o-9", "buy", at, 3);
        put(&mut ladder, &model, at);
        let changes = trades(act(&mut ladder, &model, action));
        let [Trade::Replace { order, price: Some(new), stop_price: None, quantity: None }] = changes.as_slice() else {
            panic!("{at}: {changes:?}");
        };
        assert_eq!((order.as_str(), *new), ("o-9", price(to)), "{at}");
        assert_eq!(ladder.view.cursor, Some(price(to)));
    }
}

#[test]
fn an_order_whose_change_is_out_is_not_changed_again() {
    let (mut model, mut ladder) = armed(Language::En);
    put(&mut ladder, &model, "71000");
    model.account.orders.get_mut("o-1").unwrap().pending_change = Some("replace".into());
    let asks = act(&mut ladder, &model, Action::MoveUp);
    assert!(trades(asks.clone()).is_empty() && said(&asks).contains("still awaited"), "{asks:?}");
    assert_eq!(ladder.view.cursor, Some(price("71000")));
}

#[test]
fn cancel_here_ends_exactly_what_rests_at_the_row() {
    let (mut model, mut ladder) = armed(Language::En);
    own(&mut model, "o-2", "buy", "71000", 5);
    own(&mut model, "o-3", "buy", "70900", 5);
    own(&mut model, "o-4", "sell", "71500", 5);
    let mut stop: crate::desk::record::OrderRecord = serde_json::from_value(order("o-5", "sell", "71000", 5)).unwrap();
    (stop.stop_price, stop.price) = (Some(price("71000")), None);
    model.account.put_order(stop);
    let mut done: crate::desk::record::OrderRecord = serde_json::from_value(order("o-6", "buy", "71000", 5)).unwrap();
    done.state = crate::order::OrderState::Filled;
    model.account.put_order(done);
    put(&mut ladder, &model, "71000");
    let here = OrderSelection::Ids { orders: vec!["o-1".into(), "o-2".into()] };
    assert_eq!(trades(act(&mut ladder, &model, Action::CancelHere)), [Trade::Cancel(here)]);
    put(&mut ladder, &model, "71300");
    assert!(trades(act(&mut ladder, &model, Action::CancelHere)).is_empty());
    let sells = OrderSelection::Matching { symbol: Some("SIM:005930".into()), side: Some(Side::Sell) };
    assert_eq!(trades(act(&mut ladder, &model, Action::CancelSells)), [Trade::Cancel(sells)]);
}

#[test]
fn groups_add_up_and_act_on_all_that_is_in_them() {
    let (mut model, mut ladder) = armed(Language::En);
    own(&mut model, "o-2", "buy", "71100", 5);
    put(&mut ladder, &model, "71000");
    act(&mut ladder, &model, Action::Coarser);
    let lines = draw(&mut ladder, &model, 44, 41);
    assert_eq!(ladder.scale(&model).unwrap().group(), 2);
    // Bids of 71,000 and 71,100: 1,610 and 1,200; asks of 71,300 and 71,400 go to the row above them.
    let row = |at: &str| lines.iter().find(|line| line.contains(at)).unwrap_or_else(|| panic!("{at}: {lines:#?}"));
    assert!(row("71,000").contains("2,810"), "{}", row("71,000"));
    assert!(row("71,400").contains("2,850"), "{}", row("71,400"));
    assert!(row("71,200").contains("  900"), "{}", row("71,200"));
    assert!(row("71,000").contains("●15x2"), "{}", row("71,000"));
    let here = OrderSelection::Ids { orders: vec!["o-1".into(), "o-2".into()] };
    assert_eq!(trades(act(&mut ladder, &model, Action::CancelHere)), [Trade::Cancel(here)]);
    // A row is two ticks now.
    let moved = trades(act(&mut ladder, &model, Action::MoveDown));
    let prices: Vec<_> = moved
        .iter()
        .map(|change| match change {
            Trade::Replace { price, .. } => price.unwrap().to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(prices, ["70800", "70900"]);
}

#[test]
fn sizes_come_from_presets_and_steps() {
    let (mut model, mut ladder) = armed(Language::En);
    assert!(act(&mut ladder, &model, Action::Size3).contains(&Ask::Size(crate::market::Quantity::whole(50))));
    model.trading.size = crate::market::Quantity::whole(50);
    assert!(act(&mut ladder, &model, Action::Larger).contains(&Ask::Size(crate::market::Quantity::whole(51))));
    assert!(act(&mut ladder, &model, Action::Smaller).contains(&Ask::Size(crate::market::Quantity::whole(49))));
}
