//! What happens while the socket is cut, the broker is gone, or the desk is away: told once, when it is heard again.

use std::time::Duration;

use hoga::broker::api::Connection;
use hoga::order::OrderState;

use crate::desk::{Desk, SAMSUNG, Setup, buy_at, dec};
use crate::kis_server::{Fault, Server, Standing, StreamFault};

fn resting(desk: &mut Desk, at: &str, quantity: u32) -> hoga::order::OrderId {
    let id = desk.submit(buy_at(at, quantity));
    desk.until_state(id, OrderState::Accepted);
    id
}

fn trade(server: &Server, price: &str, quantity: &str) {
    server.trade(SAMSUNG, dec(price), dec(quantity));
}

#[test]
fn fills_while_the_socket_is_cut_are_told_once_by_lists() {
    let (server, mut desk) = Desk::connected();
    let id = resting(&mut desk, "69500", 9);
    server.refuse_streams();
    trade(&server, "69500", "4");
    desk.until("a list tells it", |desk| desk.order(id).filled.value() == dec("4"));
    server.allow_streams();
    server.wait_until("the socket is back", |state| state.hub.count() == 1);
    desk.live(Duration::from_secs(1));
    trade(&server, "69500", "5");
    desk.until_state(id, OrderState::Filled);
    let told: Vec<_> = desk.fills.iter().map(|fill| fill.execution_id.to_string()).collect();
    let mut once = told.clone();
    once.sort();
    once.dedup();
    assert_eq!(told.len(), once.len(), "{told:?}");
    desk.agrees_with(&server);
}

#[test]
fn every_way_a_socket_ends_leaves_nothing_out() {
    let (server, mut desk) = Desk::connected();
    let faults = [
        StreamFault::Cut,
        StreamFault::Close(1006),
        StreamFault::HalfFrame,
        StreamFault::Raw(vec![0xff, 0x03, 0, 0xb0]),
    ];
    let mut held = dec("0");
    for fault in faults {
        let id = resting(&mut desk, "69500", 2);
        let opened = server.change(|state| state.hub.opened);
        server.strike(fault.clone());
        trade(&server, "69500", "2");
        desk.until(&format!("{fault:?}: its fill is told"), |desk| desk.state(id) == OrderState::Filled);
        held += dec("2");
        assert_eq!(desk.held(SAMSUNG), held, "{fault:?}");
        desk.until("the socket is back", |_| server.change(|state| state.hub.opened > opened));
    }
    desk.agrees_with(&server);
}

#[test]
fn a_broker_that_was_gone_for_a_while_is_compared_when_it_is_back() {
    let (server, mut desk) = Desk::connected();
    let id = resting(&mut desk, "69500", 9);
    server.stop();
    trade(&server, "69500", "4");
    desk.live(Duration::from_millis(500));
    server.resume();
    desk.until("its fill is told", |desk| desk.order(id).filled.value() == dec("4"));
    let other = resting(&mut desk, "69400", 1);
    desk.cancel(other);
    desk.until_state(other, OrderState::Canceled);
    trade(&server, "69500", "5");
    desk.until_state(id, OrderState::Filled);
    desk.agrees_with(&server);
}

#[test]
fn an_order_given_while_the_broker_is_gone_is_not_sent_or_asked_about() {
    let (server, mut desk) = Desk::connected();
    server.stop();
    let outcome = desk.try_submit(buy_at("69000", 1));
    if let Ok(id) = outcome {
        desk.until("it is decided", |desk| !matches!(desk.state(id), OrderState::Pending | OrderState::Sent));
        server.resume();
        server.advance(Duration::from_secs(90));
        desk.until_state(id, OrderState::Rejected);
    } else {
        server.resume();
    }
    assert!(server.orders().is_empty());
    let id = resting(&mut desk, "69000", 1);
    desk.cancel(id);
    desk.until_state(id, OrderState::Canceled);
    desk.agrees_with(&server);
}

#[test]
fn a_desk_that_starts_again_with_a_partly_filled_order_tells_no_fill_twice() {
    let (server, mut desk) = Desk::connected();
    let id = resting(&mut desk, "69500", 9);
    trade(&server, "69500", "4");
    desk.until("a part is filled", |desk| desk.order(id).filled.value() == dec("4"));
    // Moved, so that the fill belongs to a number that is no longer the newest.
    desk.move_to(id, "69400");
    desk.until("it moved", |desk| {
        desk.number(id) == server.orders()[0].number && desk.order(id).pending_change.is_none()
    });
    trade(&server, "69400", "1");
    desk.until("another part is filled", |desk| desk.order(id).filled.value() == dec("5"));
    let mut desk = desk.restarted(&server, &Setup::default(), || trade(&server, "69400", "2"));
    desk.until("what happened meanwhile is told", |desk| desk.order(id).filled.value() >= dec("7"));
    desk.accept();
    desk.live(Duration::from_secs(3));
    assert_eq!(desk.order(id).filled.value(), dec("7"), "{}", desk.story());
    assert_eq!(desk.fills.len(), 1, "{}", desk.story());
    trade(&server, "69400", "1");
    desk.until("notices go on", |desk| desk.order(id).filled.value() == dec("8"));
    desk.cancel(id);
    desk.until_state(id, OrderState::Canceled);
    assert_eq!(server.orders()[0].standing, Standing::Canceled);
    desk.agrees_with(&server);
}

#[test]
fn an_order_that_was_filled_and_canceled_while_the_desk_was_away_is_known() {
    let (server, mut desk) = Desk::connected();
    let (filled, canceled) = (resting(&mut desk, "69500", 3), resting(&mut desk, "69000", 2));
    let number = desk.number(canceled);
    let mut desk = desk.restarted(&server, &Setup::default(), || {
        trade(&server, "69500", "3");
        server.foreign_cancel(&number);
    });
    desk.until_state(filled, OrderState::Filled);
    desk.until_state(canceled, OrderState::Canceled);
    desk.accept();
    desk.agrees_with(&server);
}

#[test]
fn an_order_without_an_answer_is_still_found_after_a_restart_of_the_desk() {
    let (server, mut desk) = Desk::connected();
    server.fault("POST", "/order-cash", 1, Fault::LostReply);
    // No list comes before the desk ends.
    server.fault("GET", "/inquire-daily-ccld", 1_000, Fault::LostReply);
    let id = desk.submit(buy_at("69000", 2));
    desk.until_state(id, OrderState::Unknown);
    let mut desk = desk.restarted(&server, &Setup::default(), || server.no_faults());
    desk.until_state(id, OrderState::Accepted);
    assert_eq!(server.orders().len(), 1);
    desk.cancel(id);
    desk.until_state(id, OrderState::Canceled);
    desk.agrees_with(&server);
}

#[test]
fn maintenance_ends_and_orders_go_again() {
    let (server, mut desk) = Desk::connected();
    let id = resting(&mut desk, "69500", 2);
    server.maintenance(true);
    trade(&server, "69500", "2");
    desk.live(Duration::from_secs(2));
    server.maintenance(false);
    desk.until_state(id, OrderState::Filled);
    let id = resting(&mut desk, "69000", 1);
    desk.cancel(id);
    desk.until_state(id, OrderState::Canceled);
    desk.agrees_with(&server);
}

#[test]
fn a_broker_in_maintenance_from_the_start_is_said_to_be_down() {
    let server = Server::start(crate::kis_server::Options::default());
    server.maintenance(true);
    let folder = std::sync::Arc::new(tempfile::tempdir().unwrap());
    let store = hoga::ledger::LedgerStore::in_memory().unwrap();
    let mut desk = Desk::opening(&server, &Setup::default(), folder, store);
    desk.until("people are told", |desk| matches!(desk.connections.first(), Some(Connection::Down { .. })));
    let told = format!("{:?}", desk.connections);
    assert!(!told.contains(crate::kis_server::APP_KEY), "{told}");
}
