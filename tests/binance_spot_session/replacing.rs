//! Changes: a smaller quantity in place, another order for anything else, and whatever becomes of the two halves.

use hoga::market::Side;
use hoga::order::{OrderId, OrderKind, OrderState};

use crate::binance_spot_server::{Fault, Options, Route, SpotServer};
use crate::stage::{BTC, Desk, Setup, buy_at, dec, open, order, price};

fn resting(desk: &mut Desk) -> OrderId {
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Accepted);
    id
}

fn number(desk: &Desk, id: OrderId) -> String {
    desk.order(id).broker_id.as_ref().unwrap().as_str().to_owned()
}

#[test]
fn a_smaller_quantity_keeps_its_place() {
    let (server, mut desk) = Desk::connected();
    let id = resting(&mut desk);
    let before = number(&desk, id);
    desk.change(id, None, Some("0.006"));
    desk.until_changed(id, "59000", "0.006");
    assert_eq!(number(&desk, id), before);
    assert_eq!(server.requests_to("PUT", "/amend/keepPriority").len(), 1);
    desk.agrees_with(&server);
}

#[test]
fn another_price_is_another_order_and_the_same_one_here() {
    let (server, mut desk) = Desk::connected();
    let id = resting(&mut desk);
    let mut numbers = vec![number(&desk, id)];
    for (at, quantity) in [("59100", "0.010"), ("59200", "0.012"), ("58000", "0.012")] {
        desk.change(id, Some(at), Some(quantity));
        desk.until_changed(id, at, quantity);
        numbers.push(number(&desk, id));
        desk.agrees_with(&server);
    }
    numbers.dedup();
    assert_eq!(numbers.len(), 4, "{numbers:?}");
    assert_eq!(desk.core.orders().len(), 1);
    server.trade(BTC, dec("57990"), dec("5"));
    desk.until_state(id, OrderState::Filled);
    desk.agrees_with(&server);
}

#[test]
fn a_stop_is_moved() {
    let (server, mut desk) = Desk::connected();
    let kind = OrderKind::StopLimit { trigger: price("58000"), price: price("57900") };
    let id = desk.submit(order(BTC, Side::Sell, kind, "0.2"));
    desk.until_state(id, OrderState::Accepted);
    desk.ask(hoga::desk::core::CoreCommand::Replace {
        order: id.to_string(),
        price: Some(price("58400")),
        stop_price: Some(price("58500")),
        quantity: None,
    });
    let moved = OrderKind::StopLimit { trigger: price("58500"), price: price("58400") };
    desk.until("it is moved", |desk| desk.order(id).kind == moved && desk.order(id).pending_change.is_none());
    desk.agrees_with(&server);
}

#[test]
fn a_change_whose_answer_is_lost_is_looked_up_and_never_sent_again() {
    for fault in [Fault::LostReply, Fault::CutBody, Fault::Gateway(502), Fault::UnknownError { executed: true }] {
        for heard in [true, false] {
            let (server, mut desk) = Desk::connected();
            let id = resting(&mut desk);
            if !heard {
                server.plan(Route::Requests, "executionReport", 2, crate::binance_spot_server::FrameFault::Lose);
            }
            server.fault("POST", "/order/cancelReplace", 1, fault.clone());
            desk.change(id, Some("59100"), None);
            desk.until_changed(id, "59100", "0.010");
            assert_eq!(desk.state(id), OrderState::Accepted, "{fault:?}");
            assert_eq!(server.requests_to("POST", "/order/cancelReplace").len(), 1, "{fault:?}");
            desk.cancel(id);
            desk.until_state(id, OrderState::Canceled);
            assert_eq!(open(&server), 0);
            desk.agrees_with(&server);
        }
    }
}

#[test]
fn a_change_that_never_arrived_leaves_the_order_as_it_was() {
    let server = SpotServer::start(Options::default());
    let mut desk = Desk::to(&server, Setup { recv_window_ms: 1_000, ..Setup::default() });
    let id = resting(&mut desk);
    server.fault("POST", "/order/cancelReplace", 1, Fault::NoAnswer { executed: false });
    desk.change(id, Some("59100"), None);
    desk.until("it is decided", |desk| desk.order(id).pending_change.is_none());
    assert_eq!(desk.order(id).kind.limit(), Some(price("59000")));
    assert_eq!(desk.state(id), OrderState::Accepted);
    // And it can be changed still.
    desk.change(id, Some("59200"), None);
    desk.until_changed(id, "59200", "0.010");
    desk.agrees_with(&server);
}

#[test]
fn half_a_change_ends_the_order_and_says_why() {
    let (server, mut desk) = Desk::connected();
    let id = resting(&mut desk);
    server.change(|state| state.exchange.habits.can_trade = false);
    desk.change(id, Some("59100"), None);
    desk.until_state(id, OrderState::Canceled);
    let reason = desk.order(id).reason.clone().unwrap_or_default();
    assert!(reason.contains("disabled on this account"), "{reason}");
    desk.agrees_with(&server);
}

#[test]
fn an_order_that_is_over_meanwhile_is_not_changed() {
    let (server, mut desk) = Desk::connected();
    let id = resting(&mut desk);
    server.refuse_streams(Route::Requests);
    server.trade(BTC, dec("58990"), dec("5"));
    desk.change(id, Some("59100"), None);
    server.allow_streams(Route::Requests);
    desk.until_state(id, OrderState::Filled);
    assert!(server.requests_to("POST", "/order/cancelReplace").is_empty());
    desk.agrees_with(&server);
}

#[test]
fn what_is_partly_filled_is_made_smaller_and_never_replaced() {
    let (server, mut desk) = Desk::connected();
    let id = desk.submit(buy_at("59900", "0.100"));
    desk.until_state(id, OrderState::Accepted);
    server.trade(BTC, dec("59900"), dec("0.04"));
    desk.until_state(id, OrderState::PartiallyFilled);
    desk.change(id, Some("59800"), None);
    desk.until("it is refused", |desk| desk.order(id).pending_change.is_none());
    assert!(server.requests_to("POST", "/order/cancelReplace").is_empty());
    desk.change(id, None, Some("0.070"));
    desk.until_changed(id, "59900", "0.070");
    desk.agrees_with(&server);
}

#[test]
fn a_changed_order_is_known_after_a_restart() {
    for lost in [false, true] {
        let (server, mut desk) = Desk::connected();
        let id = resting(&mut desk);
        if lost {
            server.fault("POST", "/order/cancelReplace", 1, Fault::LostReply);
            server.refuse_streams(Route::Requests);
        }
        desk.change(id, Some("59100"), None);
        server.wait_until("the other order is there", |state| state.exchange.orders.len() == 2);
        if !lost {
            desk.until_changed(id, "59100", "0.010");
        }
        server.allow_streams(Route::Requests);
        let mut desk = desk.restarted(&server, Setup::default());
        desk.until("it is known", |desk| desk.state(id) == OrderState::Accepted);
        desk.agrees_with(&server);
        desk.cancel(id);
        desk.until_state(id, OrderState::Canceled);
        assert_eq!(open(&server), 0);
    }
}
