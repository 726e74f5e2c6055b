//! The mouse on the ladder.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::*;
use crate::config::Mouse;
use crate::desk::protocol::OrderSelection;
use crate::market::Side;
use crate::order::OrderKind;

const AREA: Rect = Rect::new(0, 0, 44, 41);

fn mouse(ladder: &mut Ladder, model: &Model, kind: MouseEventKind, at: &str, x: u16) -> Vec<Ask> {
    let line = ladder.view.row_at(price(at)).unwrap();
    let row = ladder.first + u16::try_from(line).unwrap();
    let event = MouseEvent { kind, column: x, row, modifiers: KeyModifiers::NONE };
    let mut asks = Asks::default();
    ladder.mouse(&event, AREA, model, &mut asks);
    asks.0
}

const LEFT: MouseEventKind = MouseEventKind::Down(MouseButton::Left);
/// A cell of the quantity of asks, and one of that of bids.
const ASKS: u16 = 10;
const BIDS: u16 = 40;

#[test]
fn a_double_click_on_a_side_trades_there_and_a_single_one_only_moves_the_cursor() {
    let (mut model, mut ladder) = armed(Language::En);
    assert_eq!(model.config.ui.mouse, Mouse::DoubleClick);
    assert!(trades(mouse(&mut ladder, &model, LEFT, "70900", BIDS)).is_empty());
    assert_eq!(ladder.view.cursor, Some(price("70900")));
    model.now.since_start += Duration::from_millis(300);
    let order = submitted(mouse(&mut ladder, &model, LEFT, "70900", BIDS));
    assert_eq!((order.side, order.kind), (Side::Buy, OrderKind::Limit { price: price("70900") }));
    // A third press is no second order.
    model.now.since_start += Duration::from_millis(100);
    assert!(trades(mouse(&mut ladder, &model, LEFT, "70900", BIDS)).is_empty());
    // Too slow, and on two rows.
    model.now.since_start += Duration::from_millis(700);
    assert!(trades(mouse(&mut ladder, &model, LEFT, "71500", ASKS)).is_empty());
    assert!(trades(mouse(&mut ladder, &model, LEFT, "71600", ASKS)).is_empty());
    let order = submitted(mouse(&mut ladder, &model, LEFT, "71600", ASKS));
    assert_eq!((order.side, order.kind), (Side::Sell, OrderKind::Limit { price: price("71600") }));
}

#[test]
fn schemes_do_what_they_say() {
    let (mut model, mut ladder) = armed(Language::En);
    model.config.ui.mouse = Mouse::SingleClick;
    assert_eq!(submitted(mouse(&mut ladder, &model, LEFT, "71500", ASKS)).side, Side::Sell);
    model.config.ui.mouse = Mouse::Off;
    for _ in 0..2 {
        assert!(trades(mouse(&mut ladder, &model, LEFT, "71400", ASKS)).is_empty());
    }
    model.config.ui.mouse = Mouse::SingleClick;
    model.trading.armed = None;
    assert!(trades(mouse(&mut ladder, &model, LEFT, "71300", ASKS)).is_empty());
    assert_eq!(ladder.view.cursor, Some(price("71300")));
}

#[test]
fn an_own_mark_is_cancelled_by_a_click_and_any_row_by_the_right_button() {
    let (mut model, mut ladder) = armed(Language::En);
    model.config.ui.mouse = Mouse::SingleClick;
    let own = Trade::Cancel(OrderSelection::Ids { orders: vec!["o-1".into()] });
    assert_eq!(trades(mouse(&mut ladder, &model, LEFT, "71000", ASKS)), std::slice::from_ref(&own));
    let right = MouseEventKind::Down(MouseButton::Right);
    assert_eq!(trades(mouse(&mut ladder, &model, right, "71000", BIDS)), [own]);
    assert!(trades(mouse(&mut ladder, &model, right, "71200", BIDS)).is_empty());
}

#[test]
fn the_wheel_scrolls_prices_and_neither_size_nor_cursor() {
    let (model, mut ladder) = armed(Language::En);
    let (top, cursor) = (ladder.view.prices[0], ladder.view.cursor);
    let asks = mouse(&mut ladder, &model, MouseEventKind::ScrollUp, "71000", BIDS);
    assert!(!asks.iter().any(|ask| matches!(ask, Ask::Size(_) | Ask::Trade(_))));
    assert!(ladder.view.prices[0] > top);
    assert_eq!(ladder.view.cursor, cursor);
}
