//! Execution notices that come twice, swapped, late, damaged or not at all: every fill is counted once.

use std::time::Duration;

use hoga::order::OrderState;

use crate::desk::{Desk, SAMSUNG, Setup, buy_at, dec};
use crate::kis_server::{Fault, FrameFault, Options, Server};

const NOTICES: &str = "H0STCNI0";

/// An order that rests, and then is filled in three parts while notices meet a fault.
fn in_three_parts(fault: FrameFault) {
    let (server, mut desk) = Desk::connected();
    let id = desk.submit(buy_at("69500", 9));
    desk.until_state(id, OrderState::Accepted);
    server.plan(NOTICES, 2, fault.clone());
    for _ in 0..3 {
        server.trade(SAMSUNG, dec("69500"), dec("3"));
        desk.live(Duration::from_millis(30));
    }
    desk.until(&format!("{fault:?}: it is filled"), |desk| desk.state(id) == OrderState::Filled);
    // Another one, so that nothing hides behind an order that is over.
    let other = desk.submit(buy_at("69400", 4));
    desk.until_state(other, OrderState::Accepted);
    server.trade(SAMSUNG, dec("69400"), dec("1"));
    desk.until(&format!("{fault:?}: the next"), |desk| desk.order(other).filled.value() == dec("1"));
    assert_eq!(desk.held(SAMSUNG), dec("10"));
    desk.agrees_with(&server);
}

#[test]
fn a_notice_that_comes_twice_is_one_fill() {
    in_three_parts(FrameFault::Repeat);
}

#[test]
fn notices_that_change_places_are_all_counted() {
    in_three_parts(FrameFault::Swap);
}

#[test]
fn notices_that_are_lost_are_made_up_for_by_lists() {
    in_three_parts(FrameFault::Lose);
}

#[test]
fn notices_that_come_after_the_list_count_nothing_twice() {
    in_three_parts(FrameFault::Late(Duration::from_secs(5)));
}

#[test]
fn notices_that_cannot_be_read_are_made_up_for_by_lists() {
    in_three_parts(FrameFault::Garble);
}

/// The last notice comes twice, when everything is filled, and so does one of an order of which more is open.
#[test]
fn a_repeated_notice_of_a_partial_fill_does_not_fill_more() {
    let (server, mut desk) = Desk::connected();
    let id = desk.submit(buy_at("69500", 9));
    desk.until_state(id, OrderState::Accepted);
    server.plan(NOTICES, 1, FrameFault::Repeat);
    server.trade(SAMSUNG, dec("69500"), dec("3"));
    desk.until("the fill is there", |desk| desk.order(id).filled.value() >= dec("3"));
    desk.live(Duration::from_secs(3));
    assert_eq!(desk.order(id).filled.value(), dec("3"), "{}", desk.story());
    desk.agrees_with(&server);
}

#[test]
fn notices_that_come_before_the_answer_are_of_the_order() {
    let (server, mut desk) = Desk::connected();
    server.fault("POST", "/order-cash", 1, Fault::Late(Duration::from_secs(2)));
    let id = desk.submit(buy_at("70100", 5));
    server.wait_until("it is filled there", |state| state.exchange.fills.len() == 1);
    desk.until_state(id, OrderState::Filled);
    assert_eq!(desk.core.orders().len(), 1, "{}", desk.story());
    desk.agrees_with(&server);
}

#[test]
fn without_notices_lists_tell_every_fill() {
    let server = Server::start(Options::default());
    let mut desk = Desk::to(&server, Setup { notices: false, ..Setup::default() });
    let bought = desk.submit(buy_at("70100", 5));
    desk.until_state(bought, OrderState::Filled);
    let id = desk.submit(buy_at("69500", 9));
    desk.until_state(id, OrderState::Accepted);
    server.trade(SAMSUNG, dec("69500"), dec("3"));
    desk.until("a part is filled", |desk| desk.state(id) == OrderState::PartiallyFilled);
    server.trade(SAMSUNG, dec("69500"), dec("6"));
    desk.until_state(id, OrderState::Filled);
    desk.agrees_with(&server);
}

#[test]
fn orders_of_another_program_are_seen_and_are_not_of_the_desk() {
    let (server, mut desk) = Desk::connected();
    let number = server.foreign_order(SAMSUNG, true, dec("69000"), dec("2"));
    desk.live(Duration::from_secs(1));
    let id = desk.submit(buy_at("69500", 2));
    desk.until_state(id, OrderState::Accepted);
    assert_ne!(desk.number(id), number);
    desk.cancel(id);
    desk.until_state(id, OrderState::Canceled);
    assert_eq!(server.open_orders().len(), 1, "{}", desk.story());
}
