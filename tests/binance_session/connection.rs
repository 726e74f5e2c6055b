//! The account's stream: silent, cut, ended, expired. Nothing that happened meanwhile is missed.

use std::time::Duration;

use hoga::broker::api::Connection;
use hoga::desk::core::Link;
use hoga::market::Side;
use hoga::order::OrderState;

use crate::binance_server::{FrameFault, Options, Route, Server, StreamFault};
use crate::stage::{BTC, Desk, Setup, buy_at, dec, market};

#[test]
fn the_stream_is_open_before_the_desk_asks() {
    let server = Server::start(Options::default());
    let _desk = Desk::to(&server, Setup::default());
    let requests = server.requests();
    let at = |path: &str| requests.iter().position(|seen| seen.path.ends_with(path)).unwrap();
    assert!(at("/time") < at("/exchangeInfo"));
    assert!(at("/exchangeInfo") < at("/accountConfig"));
    assert!(at("/accountConfig") < at("/listenKey"));
    for seed in ["/openOrders", "/openAlgoOrders", "/positionRisk", "/balance", "/userTrades"] {
        if seed != "/userTrades" || requests.iter().any(|seen| seen.path.ends_with(seed)) {
            assert!(at("/listenKey") < at(seed), "{seed}");
        }
    }
    assert!(requests.iter().all(|seen| !(seen.method == "DELETE" && seen.path.ends_with("/listenKey"))));
}

#[test]
fn fills_while_nobody_listened_are_booked_once() {
    let (server, mut desk) = Desk::connected();
    let id = desk.submit(buy_at("59900", "0.100"));
    desk.until_state(id, OrderState::Accepted);
    server.refuse_streams(Route::Private);
    server.trade(BTC, dec("59890"), dec("0.04"));
    server.trade(BTC, dec("59890"), dec("5"));
    desk.until("the loss is told", |desk| matches!(desk.core.profile(0).unwrap().link, Link::Down(_)));
    server.allow_streams(Route::Private);
    desk.until_state(id, OrderState::Filled);
    desk.agrees_with(&server);
    assert_eq!(desk.held(BTC), dec("0.100"));
}

#[test]
fn every_end_of_the_stream_is_told_and_healed() {
    let (server, mut desk) = Desk::connected();
    for fault in [StreamFault::Cut, StreamFault::Close(1001), StreamFault::HalfFrame] {
        let ups = desk.ups();
        server.strike(Route::Private, fault.clone());
        desk.until(&format!("{fault:?}: up again"), |desk| desk.ups() > ups);
        let before = desk.connections.len();
        assert!(matches!(desk.connections[before - 2], Connection::Down { .. }), "{:?}", desk.connections);
        let id = desk.submit(market(Side::Buy, "0.010"));
        desk.until_state(id, OrderState::Filled);
    }
    desk.agrees_with(&server);
}

#[test]
fn a_listen_key_that_ends_is_replaced() {
    let (server, mut desk) = Desk::connected();
    let ups = desk.ups();
    server.expire_listen_key();
    desk.until("up again with another key", |desk| desk.ups() > ups);
    let id = desk.submit(market(Side::Buy, "0.010"));
    desk.until_state(id, OrderState::Filled);
    desk.agrees_with(&server);
}

#[test]
fn the_listen_key_is_extended_on_schedule() {
    let server = Server::start(Options::default());
    let mut setup = Setup::default();
    setup.pace.extend_every = Duration::from_millis(300);
    let mut desk = Desk::to(&server, setup);
    desk.until("it is extended again and again", |_| server.requests_to("PUT", "/listenKey").len() >= 3);
    assert_eq!(desk.ups(), 1);
}

#[test]
fn a_stream_that_says_nothing_of_an_order_is_replaced() {
    for fault in [StreamFault::Stall, StreamFault::HeartbeatsOnly, StreamFault::HalfOpen] {
        let (server, mut desk) = Desk::connected();
        server.strike(Route::Private, fault.clone());
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
        server.plan(Route::Private, "", 6, fault.clone());
        let resting = desk.submit(buy_at("59900", "0.100"));
        desk.until_state(resting, OrderState::Accepted);
        server.trade(BTC, dec("59890"), dec("0.06"));
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
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Accepted);
}

#[test]
fn only_market_data_that_fails_is_no_lost_connection() {
    let (server, mut desk) = Desk::connected();
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Accepted);
    server.refuse_streams(Route::Public);
    server.refuse_streams(Route::Market);
    desk.live(Duration::from_millis(700));
    assert!(desk.connections.iter().all(|told| !matches!(told, Connection::Down { .. })), "{:?}", desk.connections);
    desk.cancel(id);
    desk.until_state(id, OrderState::Canceled);
}

#[test]
fn maintenance_ends_and_everything_is_compared() {
    let (server, mut desk) = Desk::connected();
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Accepted);
    server.maintenance(true);
    desk.until("the loss is told", |desk| matches!(desk.core.profile(0).unwrap().link, Link::Down(_)));
    desk.live(Duration::from_millis(500));
    server.maintenance(false);
    desk.until("up again", |desk| desk.core.profile(0).unwrap().link == Link::Up);
    assert_eq!(desk.state(id), OrderState::Accepted);
    desk.agrees_with(&server);
}

#[test]
fn after_close_nothing_is_sent() {
    let (server, mut desk) = Desk::connected();
    desk.close();
    let seen = server.requests().len();
    desk.try_submit(buy_at("59000", "0.010")).unwrap();
    desk.live(Duration::from_millis(300));
    assert_eq!(server.requests().len(), seen);
    server.wait_until("the stream is gone", |state| state.hub.count(Route::Private) == 0);
}
