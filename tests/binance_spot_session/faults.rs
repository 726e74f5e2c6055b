//! Requests that do not end well: never an order twice, and in the end what is true.

use std::time::Duration;

use hoga::market::Side;
use hoga::order::OrderState;

use crate::binance_spot_server::{Fault, Options, SpotServer};
use crate::stage::{BTC, Desk, Setup, buy_at, dec, market, open};

#[test]
fn an_order_whose_answer_is_lost_is_looked_up_and_never_sent_again() {
    let faults = [
        Fault::LostReply,
        Fault::NoAnswer { executed: true },
        Fault::CutBody,
        Fault::Gateway(502),
        Fault::UnknownError { executed: true },
        Fault::Timeout { executed: true },
        Fault::Unparsable,
        Fault::Late(Duration::from_secs(4)),
    ];
    let (server, mut desk) = Desk::connected();
    let mut sent = 0;
    for fault in faults {
        server.fault("POST", "/order", 1, fault.clone());
        let id = desk.submit(buy_at("59000", "0.010"));
        sent += 1;
        desk.until(&format!("{fault:?}: it is found"), |desk| desk.state(id) == OrderState::Accepted);
        desk.cancel(id);
        desk.until_state(id, OrderState::Canceled);
        server.fault("POST", "/order", 1, fault.clone());
        let id = desk.submit(market(Side::Buy, "0.010"));
        sent += 1;
        desk.until(&format!("{fault:?}: its fill is found"), |desk| desk.state(id) == OrderState::Filled);
        assert_eq!(server.requests_to("POST", "/order").len(), sent, "{fault:?}");
    }
    desk.agrees_with(&server);
}

#[test]
fn an_order_that_never_arrived_is_given_up_only_when_that_is_certain() {
    let (server, mut desk) = Desk::connected();
    for fault in [
        Fault::NoAnswer { executed: false },
        Fault::UnknownError { executed: false },
        Fault::Timeout { executed: false },
    ] {
        server.fault("POST", "/order", 1, fault.clone());
        let id = desk.submit(buy_at("59000", "0.010"));
        desk.until(&format!("{fault:?}: unknown at first"), |desk| desk.state(id) == OrderState::Unknown);
        desk.until(&format!("{fault:?}: given up"), |desk| desk.state(id) == OrderState::Rejected);
        let asked = server.requests_to("GET", "/openOrders");
        assert!(asked.iter().any(|seen| seen.param("symbol") == Some(BTC)), "open orders were looked at");
        assert!(!server.requests_to("GET", "/myTrades").is_empty(), "fills were looked at");
    }
    assert_eq!(server.change(|state| state.exchange.orders.len()), 0);
    assert_eq!(server.requests_to("POST", "/order").len(), 3);
    desk.agrees_with(&server);
}

#[test]
fn a_cancel_whose_answer_is_lost_ends_the_order() {
    let (server, mut desk) = Desk::connected();
    for fault in [Fault::LostReply, Fault::UnknownError { executed: false }, Fault::Timeout { executed: true }] {
        let id = desk.submit(buy_at("59000", "0.010"));
        desk.until_state(id, OrderState::Accepted);
        server.fault("DELETE", "/order", 1, fault.clone());
        desk.cancel(id);
        desk.until(&format!("{fault:?}"), |desk| desk.state(id) == OrderState::Canceled);
    }
    assert_eq!(open(&server), 0);
    desk.agrees_with(&server);
}

#[test]
fn a_cancel_that_comes_too_late_says_how_the_order_ended() {
    let (server, mut desk) = Desk::connected();
    let id = desk.submit(buy_at("59900", "0.010"));
    desk.until_state(id, OrderState::Accepted);
    server.refuse_streams(crate::binance_spot_server::Route::Requests);
    server.trade(BTC, dec("59890"), dec("5"));
    desk.cancel(id);
    server.allow_streams(crate::binance_spot_server::Route::Requests);
    desk.until_state(id, OrderState::Filled);
    desk.agrees_with(&server);
}

#[test]
fn a_clock_that_is_elsewhere_is_read_and_orders_go() {
    let server = SpotServer::start(Options { clock_offset: 3_600_000, ..Options::default() });
    let mut desk = Desk::to(&server, Setup::default());
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Accepted);
    server.set_clock(-90_000);
    let id = desk.submit(buy_at("59000", "0.020"));
    desk.until_state(id, OrderState::Accepted);
    assert_eq!(open(&server), 2);
    desk.agrees_with(&server);
}

#[test]
fn too_many_requests_bring_silence_and_then_everything_again() {
    let (server, mut desk) = Desk::connected();
    server.fault("POST", "/order", 1, Fault::TooMany { seconds: 2 });
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Rejected);
    let seen = server.requests().len();
    desk.live(Duration::from_millis(1_000));
    assert_eq!(server.requests().len(), seen, "nothing is sent in the silence");
    desk.until("requests go again", |_| server.requests().len() > seen);
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Accepted);
    desk.agrees_with(&server);
}
