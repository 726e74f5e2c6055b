//! Orders that go well, and refusals that are refusals.

use hoga::desk::core::CoreCommand;
use hoga::market::Side;
use hoga::order::{OrderKind, OrderState, PositionSide, TimeInForce, Trail};

use crate::binance_server::{Fault, KEY_ED25519, KEY_READ_ONLY, Options, Server};
use crate::stage::{BTC, Desk, Setup, buy_at, dec, market, order, price, units};

#[test]
fn an_order_rests_is_changed_and_is_canceled() {
    let (server, mut desk) = Desk::connected();
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Accepted);
    let there = server.order(&id.simple()).unwrap();
    assert_eq!(desk.order(id).broker_id.as_ref().unwrap().as_str(), format!("{BTC}:{}", there.order_id));
    desk.ask(CoreCommand::Replace {
        order: id.to_string(),
        price: Some(price("59100")),
        stop_price: None,
        quantity: Some(units("0.012")),
    });
    desk.until("the change is through", |desk| {
        let order = desk.order(id);
        order.kind.limit() == Some(price("59100")) && order.quantity == units("0.012") && order.pending_change.is_none()
    });
    assert_eq!(server.order(&id.simple()).unwrap().price, dec("59100"));
    desk.cancel(id);
    desk.until_state(id, OrderState::Canceled);
    assert!(server.open_orders().is_empty());
    assert_eq!(server.requests_to("POST", "/order").len(), 1);
    desk.agrees_with(&server);
}

#[test]
fn a_market_order_is_filled_booked_and_paid_for() {
    let (server, mut desk) = Desk::connected();
    let id = desk.submit(market(Side::Buy, "0.050"));
    desk.until_state(id, OrderState::Filled);
    desk.until("the position is booked", |desk| desk.held(BTC) == dec("0.050"));
    let sell = desk.submit(market(Side::Sell, "0.020"));
    desk.until_state(sell, OrderState::Filled);
    desk.agrees_with(&server);
    assert_eq!(desk.held(BTC), dec("0.030"));
}

#[test]
fn a_resting_order_is_filled_by_others() {
    let (server, mut desk) = Desk::connected();
    let id = desk.submit(buy_at("59900", "0.100"));
    desk.until_state(id, OrderState::Accepted);
    server.trade(BTC, dec("59890"), dec("5"));
    desk.until_state(id, OrderState::Filled);
    desk.agrees_with(&server);
}

#[test]
fn a_stop_waits_as_a_conditional_order_and_becomes_the_same_order() {
    for child_keeps_client_id in [true, false] {
        let mut options = Options::default();
        options.habits.child_keeps_client_id = child_keeps_client_id;
        let server = Server::start(options);
        let mut desk = Desk::to(&server, Setup::default());
        let entry = desk.submit(market(Side::Buy, "0.050"));
        desk.until_state(entry, OrderState::Filled);
        let stop = desk.submit(order(BTC, Side::Sell, OrderKind::Stop { trigger: price("59000") }, "0.050"));
        desk.until_state(stop, OrderState::Accepted);
        assert!(desk.order(stop).broker_id.as_ref().unwrap().as_str().contains(":algo:"));
        assert!(server.open_orders().is_empty());
        server.set_top(BTC, dec("58980"), dec("58980.10"));
        server.trade(BTC, dec("58980"), dec("1"));
        desk.until_state(stop, OrderState::Filled);
        desk.agrees_with(&server);
        assert_eq!(desk.held(BTC), dec("0"));
    }
}

#[test]
fn a_conditional_order_is_canceled_and_one_in_steps_is_refused_here() {
    let (server, mut desk) = Desk::connected();
    let trail = OrderKind::TrailingStop { distance: Trail::Percent(dec("1.5")), trigger: None };
    let id = desk.submit(order(BTC, Side::Sell, trail, "0.050"));
    desk.until_state(id, OrderState::Accepted);
    assert_eq!(server.algos().len(), 1);
    desk.cancel(id);
    desk.until_state(id, OrderState::Canceled);
    let fine = OrderKind::TrailingStop { distance: Trail::Percent(dec("1.55")), trigger: None };
    let id = desk.submit(order(BTC, Side::Sell, fine, "0.050"));
    desk.until_state(id, OrderState::Rejected);
    assert_eq!(server.requests_to("POST", "/algoOrder").len(), 1, "the second never left");
    desk.agrees_with(&server);
}

#[test]
fn post_only_that_would_take_and_fill_or_kill_that_cannot_end_at_once() {
    for soft_rejects in [false, true] {
        let mut options = Options::default();
        options.habits.soft_rejects = soft_rejects;
        let server = Server::start(options);
        let mut desk = Desk::to(&server, Setup::default());
        let (_, ask) = server.top(BTC);
        let mut order = buy_at(&ask.to_string(), "0.010");
        order.time_in_force = TimeInForce::PostOnly;
        let id = desk.submit(order);
        desk.until("it is over", |desk| desk.state(id).is_final());
        assert_eq!(desk.state(id), if soft_rejects { OrderState::Expired } else { OrderState::Rejected });
        desk.agrees_with(&server);
    }
}

#[test]
fn refusals_of_the_exchange_are_told_in_its_words() {
    let (server, mut desk) = Desk::connected();
    let cases = [
        (-2019, "Margin is insufficient."),
        (-4141, "Symbol is closed."),
        (-4131, "The counterparty's best price does not meet the PERCENT_PRICE filter limit."),
        (-2027, "Exceeded the maximum allowable position at current leverage."),
        (-1111, "Precision is over the maximum defined for this asset."),
    ];
    for (code, text) in cases {
        let message = text.to_owned();
        server.fault("POST", "/order", 1, Fault::Refuse { status: 400, code, message });
        let id = desk.submit(buy_at("59000", "0.010"));
        desk.until_state(id, OrderState::Rejected);
        assert_eq!(desk.order(id).reason.as_deref(), Some(format!("{code}: {text}").as_str()));
    }
    desk.until("the rules are read again after -1111", |_| server.requests_to("GET", "/exchangeInfo").len() >= 2);
    assert!(server.orders().is_empty());
    desk.agrees_with(&server);
}

#[test]
fn a_symbol_that_stops_trading_is_told_and_takes_no_orders() {
    let (server, mut desk) = Desk::connected();
    server.relist(BTC, |listing| listing.status = "SETTLING");
    let message = "Invalid symbol.".to_owned();
    server.fault("POST", "/order", 1, Fault::Refuse { status: 400, code: -1121, message });
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Rejected);
    desk.until("it is told", |desk| desk.notices.iter().any(|text| text.contains("being settled")));
    let sent = server.requests_to("POST", "/order").len();
    match desk.try_submit(buy_at("59000", "0.010")) {
        Err(_) => {}
        Ok(id) => desk.until_state(id, OrderState::Rejected),
    }
    assert_eq!(server.requests_to("POST", "/order").len(), sent, "nothing left");
}

#[test]
fn both_sides_are_held_in_hedge_mode_and_one_net_position_is_refused() {
    let server = Server::start(Options::default());
    server.set_hedge(true);
    let mut desk = Desk::to(&server, Setup::default());
    let mut long = market(Side::Buy, "0.050");
    long.position_side = PositionSide::Long;
    let mut short = market(Side::Sell, "0.020");
    short.position_side = PositionSide::Short;
    let (long, short) = (desk.submit(long), desk.submit(short));
    desk.until_state(long, OrderState::Filled);
    desk.until_state(short, OrderState::Filled);
    desk.until("both are booked", |desk| desk.held(BTC) == dec("0.030"));
    assert_eq!(server.position_of(BTC, "LONG"), dec("0.050"));
    assert_eq!(server.position_of(BTC, "SHORT"), dec("-0.020"));
    let net = desk.submit(market(Side::Buy, "0.010"));
    desk.until_state(net, OrderState::Rejected);
    assert_eq!(server.requests_to("POST", "/order").len(), 2);
    desk.agrees_with(&server);
}

#[test]
fn a_mode_that_was_changed_elsewhere_is_read_again() {
    let (server, mut desk) = Desk::connected();
    server.set_hedge(true);
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Rejected);
    desk.until("it is told", |desk| desk.notices.iter().any(|text| text.contains("hedge mode now")));
}

#[test]
fn a_key_that_may_only_read_is_told_so_and_another_kind_of_key_trades() {
    let server = Server::start(Options::default());
    let mut desk = Desk::to(&server, Setup { key: KEY_READ_ONLY, ..Setup::default() });
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Rejected);
    assert!(desk.order(id).reason.as_ref().unwrap().contains("-2015"), "{:?}", desk.order(id).reason);
    assert!(desk.notices.iter().any(|text| text.contains("lets nothing be traded")));
    let mut desk = Desk::to(&server, Setup { key: KEY_ED25519, secret: None, ..Setup::default() });
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Accepted);
}

#[test]
fn a_cancel_right_behind_its_order_ends_it() {
    let (server, mut desk) = Desk::connected();
    server.fault("POST", "/order", 1, Fault::Late(std::time::Duration::from_millis(700)));
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.cancel(id);
    desk.until("it is over", |desk| desk.state(id).is_final());
    assert!(server.open_orders().is_empty());
    desk.agrees_with(&server);
}
