//! Requests that do not end well: never an order twice, and in the end what is true.

use std::time::Duration;

use hoga::broker::api::{BrokerError, Connection};
use hoga::market::Side;
use hoga::order::OrderState;

use crate::binance_server::{Fault, Options, Server};
use crate::stage::{BTC, Desk, Setup, buy_at, dec, market};

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
        assert_eq!(server.requests_to("POST", "/order").len(), sent, "{fault:?}");
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
    }
    assert!(server.orders().is_empty());
    assert_eq!(server.requests_to("POST", "/order").len(), 3);
    desk.agrees_with(&server);
}

#[test]
fn refusals_that_executed_nothing_reject_at_once() {
    let (server, mut desk) = Desk::connected();
    for fault in [Fault::Unavailable, Fault::InternalError, Fault::Overload] {
        server.fault("POST", "/order", 1, fault.clone());
        let id = desk.submit(buy_at("59000", "0.010"));
        desk.until(&format!("{fault:?}"), |desk| desk.state(id) == OrderState::Rejected);
    }
    assert!(server.orders().is_empty());
    assert_eq!(server.requests_to("POST", "/order").len(), 3, "no order is sent again");
}

#[test]
fn a_refused_time_stamp_reads_the_clock_and_is_sent_once_more() {
    let (server, mut desk) = Desk::connected();
    let times = server.requests_to("GET", "/time").len();
    server.fault("POST", "/order", 1, Fault::ClockRefused);
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Accepted);
    assert_eq!(server.orders().len(), 1);
    assert_eq!(server.requests_to("POST", "/order").len(), 2);
    assert!(server.requests_to("GET", "/time").len() > times);
    // A clock that really is elsewhere.
    server.set_clock(-90_000);
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Accepted);
    assert_eq!(server.orders().len(), 2);
    desk.agrees_with(&server);
}

#[test]
fn a_server_whose_clock_is_elsewhere_from_the_start_takes_orders() {
    let server = Server::start(Options { clock_offset: 3_600_000, ..Options::default() });
    let mut desk = Desk::to(&server, Setup::default());
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Accepted);
    assert!(server.requests().iter().all(|seen| seen.code != Some(-1021)));
}

#[test]
fn too_many_requests_bring_silence_and_then_everything_again() {
    let (server, mut desk) = Desk::connected();
    server.fault("POST", "/order", 1, Fault::TooMany { seconds: 2 });
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Rejected);
    let reason = desk.order(id).reason.clone().unwrap();
    assert!(reason.contains("too many requests"), "{reason}");
    let seen = server.requests().len();
    desk.live(Duration::from_millis(1_000));
    assert_eq!(server.requests().len(), seen, "nothing is sent in the silence");
    desk.until("requests go again", |_| server.requests().len() > seen);
    assert!(server.requests().iter().all(|seen| seen.status != 418), "nobody went on into a ban");
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Accepted);
    desk.agrees_with(&server);
}

#[test]
fn a_ban_is_told_with_its_end() {
    let (server, mut desk) = Desk::connected();
    let until = server.now() + 3_000;
    let message = format!("Way too many requests; IP(127.0.0.1) banned until {until}. Please use the websocket.");
    server.fault("POST", "/order", 1, Fault::Refuse { status: 418, code: -1003, message });
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Rejected);
    desk.until("people are told", |desk| desk.notices.iter().any(|text| text.contains("has banned this address")));
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Rejected);
    assert_eq!(server.requests_to("POST", "/order").len(), 1, "nothing is sent while banned");
    desk.live(Duration::from_millis(3_200));
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Accepted);
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
    assert!(server.open_orders().is_empty());
    desk.agrees_with(&server);
}

#[test]
fn a_cancel_that_comes_too_late_says_how_the_order_ended() {
    let (server, mut desk) = Desk::connected();
    let id = desk.submit(buy_at("59900", "0.010"));
    desk.until_state(id, OrderState::Accepted);
    server.refuse_streams(crate::binance_server::Route::Private);
    server.trade(BTC, dec("59890"), dec("5"));
    desk.cancel(id);
    server.allow_streams(crate::binance_server::Route::Private);
    desk.until_state(id, OrderState::Filled);
    desk.agrees_with(&server);
}

#[test]
fn a_change_whose_answer_is_lost_is_looked_up() {
    use hoga::desk::core::CoreCommand;
    let (server, mut desk) = Desk::connected();
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Accepted);
    server.fault("PUT", "/order", 1, Fault::LostReply);
    let to = crate::stage::price("59200");
    desk.ask(CoreCommand::Replace { order: id.to_string(), price: Some(to), stop_price: None, quantity: None });
    desk.until("the change is known", |desk| desk.order(id).kind.limit() == Some(to));
    assert_eq!(server.requests_to("PUT", "/order").len(), 1);
    desk.agrees_with(&server);
}

#[test]
fn a_conditional_order_whose_answer_is_lost_is_found_among_its_kind() {
    use hoga::order::OrderKind;
    let (server, mut desk) = Desk::connected();
    server.fault("POST", "/algoOrder", 1, Fault::LostReply);
    server.plan(crate::binance_server::Route::Private, "ALGO_UPDATE", 1, crate::binance_server::FrameFault::Lose);
    let stop = OrderKind::Stop { trigger: crate::stage::price("58000") };
    let id = desk.submit(crate::stage::order(BTC, Side::Sell, stop, "0.010"));
    desk.until_state(id, OrderState::Accepted);
    assert_eq!(server.algos().len(), 1);
    desk.agrees_with(&server);
}

#[test]
fn what_cannot_be_read_while_starting_is_read_later() {
    let server = Server::start(Options::default());
    server.fault("GET", "/exchangeInfo", 8, Fault::Page(503));
    // Asked for once by each attempt to open the stream.
    server.fault("POST", "/listenKey", 3, Fault::Gateway(502));
    let desk = Desk::to(&server, Setup::default());
    assert!(matches!(desk.connections.first(), Some(Connection::Down { .. })));
    let text = format!("{:?}", desk.connections);
    assert!(!text.contains("signature") && !text.contains("listenKey="), "{text}");
}

#[test]
fn errors_name_no_secret() {
    let error = BrokerError::Unknown(String::new());
    assert!(error.may_have_happened());
}
