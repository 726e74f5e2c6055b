//! The account's stream: silent, cut, ended, refused. Nothing that happened meanwhile is missed.

use std::time::Duration;

use hoga::broker::api::Connection;
use hoga::desk::core::Link;
use hoga::market::Side;
use hoga::order::OrderState;

use crate::binance_spot_server::{FrameFault, Options, Route, SpotServer, StreamFault};
use crate::stage::{BTC, Desk, Setup, buy_at, dec, market};

#[test]
fn the_stream_is_subscribed_before_the_desk_asks() {
    let server = SpotServer::start(Options::default());
    let _desk = Desk::to(&server, Setup::default());
    let requests = server.requests();
    let at = |path: &str| requests.iter().position(|seen| seen.path.ends_with(path)).unwrap();
    assert!(at("/time") < at("/exchangeInfo"));
    let subscribed = at("userDataStream.subscribe.signature");
    assert!(at("/exchangeInfo") < subscribed && subscribed < at("/openOrders"));
    assert!(requests.iter().all(|seen| !seen.path.ends_with("/userDataStream")), "there are no listen keys any more");
}

#[test]
fn fills_while_nobody_listened_are_booked_once() {
    let (server, mut desk) = Desk::connected();
    let id = desk.submit(buy_at("59900", "0.100"));
    desk.until_state(id, OrderState::Accepted);
    server.refuse_streams(Route::Requests);
    server.trade(BTC, dec("59900"), dec("0.04"));
    server.trade(BTC, dec("59890"), dec("5"));
    desk.until("the loss is told", |desk| matches!(desk.core.profile(0).unwrap().link, Link::Down(_)));
    server.allow_streams(Route::Requests);
    desk.until_state(id, OrderState::Filled);
    desk.agrees_with(&server);
}

#[test]
fn every_end_of_the_stream_is_told_and_healed() {
    let (server, mut desk) = Desk::connected();
    for fault in [StreamFault::Cut, StreamFault::Close(1001), StreamFault::HalfFrame] {
        let ups = desk.ups();
        server.strike(Route::Requests, fault.clone());
        desk.until(&format!("{fault:?}: up again"), |desk| desk.ups() > ups);
        let before = desk.connections.len();
        assert!(matches!(desk.connections[before - 2], Connection::Down { .. }), "{:?}", desk.connections);
        let id = desk.submit(market(Side::Buy, "0.010"));
        desk.until_state(id, OrderState::Filled);
    }
    desk.agrees_with(&server);
}

#[test]
fn a_subscription_that_ends_and_a_server_that_leaves_are_replaced() {
    let (server, mut desk) = Desk::connected();
    for leave in [SpotServer::end_account_stream, SpotServer::announce_shutdown] {
        let ups = desk.ups();
        leave(&server);
        desk.until("up again", |desk| desk.ups() > ups);
        let id = desk.submit(market(Side::Buy, "0.010"));
        desk.until_state(id, OrderState::Filled);
    }
    desk.agrees_with(&server);
}

#[test]
fn a_stream_that_says_nothing_of_an_order_is_replaced() {
    for fault in [StreamFault::Stall, StreamFault::HeartbeatsOnly, StreamFault::HalfOpen] {
        let (server, mut desk) = Desk::connected();
        server.strike(Route::Requests, fault.clone());
        let ups = desk.ups();
        let id = desk.submit(market(Side::Buy, "0.010"));
        desk.until(&format!("{fault:?}: a new stream"), |desk| desk.ups() > ups);
        desk.until_state(id, OrderState::Filled);
        desk.agrees_with(&server);
    }
}

#[test]
fn events_that_are_lost_repeated_or_swapped_change_nothing_in_the_end() {
    for fault in [FrameFault::Duplicate, FrameFault::Swap, FrameFault::Lose, FrameFault::Burst(5), FrameFault::Drip] {
        let (server, mut desk) = Desk::connected();
        server.plan(Route::Requests, "", 6, fault.clone());
        let resting = desk.submit(buy_at("59900", "0.100"));
        desk.until_state(resting, OrderState::Accepted);
        server.trade(BTC, dec("59900"), dec("0.06"));
        server.trade(BTC, dec("59890"), dec("5"));
        let id = desk.submit(market(Side::Buy, "0.010"));
        desk.ask(hoga::desk::core::CoreCommand::Reconcile);
        desk.until(&format!("{fault:?}"), |desk| {
            desk.state(id) == OrderState::Filled && desk.state(resting) == OrderState::Filled
        });
        desk.agrees_with(&server);
    }
}

#[test]
fn a_server_that_restarts_is_found_again() {
    let (server, mut desk) = Desk::connected();
    let id = desk.submit(buy_at("59900", "0.100"));
    desk.until_state(id, OrderState::Accepted);
    server.stop();
    desk.until("the loss is told", |desk| matches!(desk.core.profile(0).unwrap().link, Link::Down(_)));
    server.trade(BTC, dec("59890"), dec("5"));
    server.resume();
    desk.until_state(id, OrderState::Filled);
    desk.agrees_with(&server);
}

#[test]
fn only_market_data_that_fails_is_no_lost_connection() {
    let (server, mut desk) = Desk::connected();
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Accepted);
    server.refuse_streams(Route::Market);
    desk.live(Duration::from_millis(700));
    assert!(desk.connections.iter().all(|told| !matches!(told, Connection::Down { .. })), "{:?}", desk.connections);
    desk.cancel(id);
    desk.until_state(id, OrderState::Canceled);
}

#[test]
fn after_close_nothing_is_sent() {
    let (server, mut desk) = Desk::connected();
    desk.close();
    let seen = server.requests().len();
    desk.try_submit(buy_at("59000", "0.010")).unwrap();
    desk.live(Duration::from_millis(300));
    assert_eq!(server.requests().len(), seen);
    server.wait_until("the stream is gone", |state| state.hub.count(Route::Requests) == 0);
}
