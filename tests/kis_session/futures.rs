//! Futures of a derivatives account: a day on which nothing goes wrong, and answers that are lost.

use hoga::market::{Currency, Side};
use hoga::order::{OrderKind, OrderState};

use crate::desk::{Desk, FUTURE, Setup, dec, order, price};
use crate::kis_server::{DERIVATIVES_ACCOUNT, Fault, Options, Server, Standing};

const ORDER: &str = "/domestic-futureoption/v1/trading/order";

fn setup() -> Setup {
    Setup { account: DERIVATIVES_ACCOUNT, symbols: &[FUTURE], ..Setup::default() }
}

fn limit(side: Side, at: &str, quantity: u32) -> hoga::desk::protocol::SubmitOrder {
    order(FUTURE, side, OrderKind::Limit { price: price(at) }, quantity)
}

/// Long, short and flat again, with a limit that moves and ends between them.
fn a_day(server: &Server) {
    let mut desk = Desk::to(server, setup());
    assert_eq!(desk.cash(Currency::Krw), Some(dec("100000000")));
    let bought = desk.submit(limit(Side::Buy, "412.05", 2));
    desk.until_state(bought, OrderState::Filled);
    let resting = desk.submit(limit(Side::Sell, "415", 2));
    desk.until_state(resting, OrderState::Accepted);
    let first = desk.number(resting);
    desk.move_to(resting, "414.95");
    desk.until("the order moved", |desk| desk.order(resting).kind.limit() == Some(price("414.95")));
    let second = desk.number(resting);
    assert_eq!(server.orders()[1].chain, [first, second]);
    desk.cancel(resting);
    desk.until_state(resting, OrderState::Canceled);
    assert_eq!(server.orders()[1].standing, Standing::Canceled);
    // More than is held: the position turns.
    let turned = desk.submit(limit(Side::Sell, "412", 3));
    desk.until_state(turned, OrderState::Filled);
    assert_eq!((desk.held(FUTURE), server.contracts(FUTURE)), (dec("-1"), dec("-1")));
    desk.agrees_with(server);
    let closed = desk.submit(order(FUTURE, Side::Buy, OrderKind::Market, 1));
    desk.until_state(closed, OrderState::Filled);
    assert_eq!(desk.held(FUTURE), dec("0"));
    desk.agrees_with(server);
    assert!(desk.cash(Currency::Krw).unwrap() < dec("100000000"), "the spread was paid");
}

#[test]
fn a_live_day_of_futures() {
    let server = Server::start(Options::default());
    a_day(&server);
    assert_eq!(server.requests_to("GET", "/margin-rate").len(), 1);
    assert!(server.requests().iter().all(|seen| !seen.path.contains("-stock/v1/trading/")), "shares were asked for");
}

#[test]
fn a_paper_day_of_futures() {
    let server = Server::start(Options::paper());
    a_day(&server);
    assert_eq!(server.most_in_a_second(), 1, "requests of a second");
}

#[test]
fn an_order_whose_answer_is_lost_is_found_in_the_list_and_never_sent_again() {
    let server = Server::start(Options::default());
    let mut desk = Desk::to(&server, setup());
    let mut orders = 0;
    for fault in [Fault::LostReply, Fault::Garbage, Fault::timeout(true), Fault::NoAnswer { executed: true }] {
        let sent = || server.requests_to("POST", ORDER).len();
        server.fault("POST", ORDER, 1, fault.clone());
        let resting = desk.submit(limit(Side::Buy, "400", 1));
        orders += 1;
        desk.until(&format!("{fault:?}: it is found"), |desk| desk.state(resting) == OrderState::Accepted);
        assert_eq!((sent(), server.orders().len()), (orders, orders), "{fault:?}");
        assert_eq!(desk.number(resting), server.orders()[orders - 1].number);
        desk.cancel(resting);
        desk.until_state(resting, OrderState::Canceled);
        server.fault("POST", ORDER, 1, fault.clone());
        let filled = desk.submit(order(FUTURE, Side::Buy, OrderKind::Market, 1));
        orders += 1;
        desk.until(&format!("{fault:?}: its fill is found"), |desk| desk.state(filled) == OrderState::Filled);
        assert_eq!((sent(), server.orders().len()), (orders, orders), "{fault:?}");
    }
    desk.agrees_with(&server);
}

#[test]
fn an_order_that_never_arrived_is_said_to_be_none() {
    let server = Server::start(Options::default());
    let mut desk = Desk::to(&server, setup());
    server.fault("POST", ORDER, 1, Fault::NoAnswer { executed: false });
    let lost = desk.submit(limit(Side::Sell, "420", 1));
    desk.until_state(lost, OrderState::Unknown);
    server.advance(std::time::Duration::from_secs(90));
    desk.until_state(lost, OrderState::Rejected);
    assert!(server.orders().is_empty());
    desk.agrees_with(&server);
}

#[test]
fn without_notices_lists_tell_every_fill_once() {
    let server = Server::start(Options::default());
    let mut desk = Desk::to(&server, Setup { notices: false, ..setup() });
    let resting = desk.submit(limit(Side::Buy, "411.95", 3));
    desk.until_state(resting, OrderState::Accepted);
    server.trade(FUTURE, dec("411.95"), dec("1"));
    desk.until("a part is filled", |desk| desk.order(resting).filled.value() == dec("1"));
    server.trade(FUTURE, dec("411.90"), dec("5"));
    desk.until_state(resting, OrderState::Filled);
    desk.agrees_with(&server);
}

#[test]
fn a_conditional_and_a_best_order_keep_their_type() {
    let server = Server::start(Options::default());
    let mut desk = Desk::to(&server, setup());
    let conditional = OrderKind::ConditionalLimit { price: price("400") };
    let resting = desk.submit(order(FUTURE, Side::Buy, conditional, 1));
    desk.until_state(resting, OrderState::Accepted);
    assert_eq!((server.orders()[0].kind.as_str(), desk.order(resting).kind), ("03", conditional));
    desk.cancel(resting);
    desk.until_state(resting, OrderState::Canceled);
    let best = desk.submit(order(FUTURE, Side::Buy, OrderKind::BestLimit, 1));
    desk.until_state(best, OrderState::Filled);
    assert_eq!(server.orders()[1].kind, "04");
    desk.agrees_with(&server);
}
