//! Orders that go well, and refusals that are refusals.

use hoga::desk::core::CoreCommand;
use hoga::desk::protocol::Outcome;
use hoga::market::Side;
use hoga::order::{OrderKind, OrderState, TimeInForce, Trail};

use crate::binance_spot_server::{Fault, KEY_ED25519, KEY_READ_ONLY, Options, SpotServer};
use crate::stage::{BTC, Desk, Setup, buy_at, dec, market, open, order, price, total};

#[test]
fn an_order_rests_and_is_canceled() {
    let (server, mut desk) = Desk::connected();
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Accepted);
    assert!(desk.order(id).broker_id.as_ref().unwrap().as_str().starts_with("BTCUSDT:"));
    desk.agrees_with(&server);
    desk.cancel(id);
    desk.until_state(id, OrderState::Canceled);
    assert_eq!(open(&server), 0);
    assert_eq!(server.requests_to("POST", "/order").len(), 1);
    desk.agrees_with(&server);
}

#[test]
fn coins_are_bought_paid_for_in_kind_and_sold_again() {
    let (server, mut desk) = Desk::connected();
    assert_eq!(desk.held(BTC), dec("1"), "what was held before is the opening balance");
    let buy = desk.submit(market(Side::Buy, "0.050"));
    desk.until_state(buy, OrderState::Filled);
    // A thousandth of what was bought is the commission.
    desk.until("the commission has left the coins", |desk| desk.held(BTC) == dec("1.04995"));
    desk.agrees_with(&server);
    let sell = desk.submit(market(Side::Sell, "1.04995"));
    desk.until_state(sell, OrderState::Filled);
    desk.agrees_with(&server);
    assert_eq!(desk.held(BTC), dec("0"));
    assert_eq!(total(&server, "BTC"), dec("0"));
}

#[test]
fn a_resting_order_is_filled_by_others() {
    let (server, mut desk) = Desk::connected();
    let id = desk.submit(buy_at("59900", "0.100"));
    desk.until_state(id, OrderState::Accepted);
    server.trade(BTC, dec("59900"), dec("0.04"));
    desk.until_state(id, OrderState::PartiallyFilled);
    server.trade(BTC, dec("59890"), dec("5"));
    desk.until_state(id, OrderState::Filled);
    desk.agrees_with(&server);
}

#[test]
fn stops_wait_at_the_exchange_and_protect_what_is_held() {
    let (server, mut desk) = Desk::connected();
    let limit = OrderKind::StopLimit { trigger: price("59000"), price: price("58900") };
    let limit = desk.submit(order(BTC, Side::Sell, limit, "0.200"));
    let stop = desk.submit(order(BTC, Side::Sell, OrderKind::Stop { trigger: price("59000") }, "0.300"));
    let trail = OrderKind::TrailingStop { distance: Trail::Percent(dec("1.5")), trigger: None };
    let trail = desk.submit(order(BTC, Side::Sell, trail, "0.100"));
    for id in [limit, stop, trail] {
        desk.until_state(id, OrderState::Accepted);
    }
    desk.agrees_with(&server);
    server.set_top(BTC, dec("58980.00"), dec("58980.10"));
    server.trade(BTC, dec("58980.00"), dec("1"));
    for id in [limit, stop, trail] {
        desk.until_state(id, OrderState::Filled);
    }
    desk.agrees_with(&server);
    assert_eq!(desk.held(BTC), dec("0.4"));
}

#[test]
fn more_than_there_is_cannot_be_sold_or_paid() {
    let (server, mut desk) = Desk::connected();
    for wanted in [market(Side::Sell, "1.5"), market(Side::Buy, "0.5")] {
        desk.until_ready();
        match desk.try_submit(wanted) {
            Err(_) => {}
            Ok(id) => desk.until_state(id, OrderState::Rejected),
        }
    }
    assert_eq!(server.change(|state| state.exchange.fills.len()), 0);
    desk.agrees_with(&server);
}

#[test]
fn what_spot_does_not_have_is_said_clearly() {
    let (server, mut desk) = Desk::connected();
    let mut reduce = market(Side::Sell, "0.1");
    reduce.reduce_only = true;
    let failure = desk.try_submit(reduce).unwrap_err();
    assert!(failure.message.contains("reduce"), "{failure:?}");
    let token = desk.ask(CoreCommand::Leverage { symbol: BTC.into(), leverage: 3 });
    desk.until("it is answered", |desk| desk.reply(token).is_some());
    match desk.reply(token) {
        Some(Outcome::Failed(failure)) => assert!(failure.message.contains("margin"), "{failure:?}"),
        other => panic!("{other:?}"),
    }
    assert!(server.requests_to("POST", "/order").is_empty());
}

#[test]
fn post_only_that_would_take_is_refused() {
    let (server, mut desk) = Desk::connected();
    let (_, ask) = server.top(BTC);
    let mut order = buy_at(&ask.to_string(), "0.010");
    order.time_in_force = TimeInForce::PostOnly;
    let id = desk.submit(order);
    desk.until_state(id, OrderState::Rejected);
    assert!(desk.order(id).reason.as_ref().unwrap().contains("immediately match"), "{:?}", desk.order(id).reason);
    let mut order = buy_at("59000", "0.010");
    order.time_in_force = TimeInForce::PostOnly;
    let id = desk.submit(order);
    desk.until_state(id, OrderState::Accepted);
    assert_eq!(server.requests_to("POST", "/order").last().unwrap().param("type"), Some("LIMIT_MAKER"));
    desk.agrees_with(&server);
}

#[test]
fn immediate_orders_end_at_once() {
    let (server, mut desk) = Desk::connected();
    for (time_in_force, at, end) in [
        (TimeInForce::Ioc, "59000", OrderState::Expired),
        (TimeInForce::Fok, "59000", OrderState::Expired),
        (TimeInForce::Ioc, "60100", OrderState::Filled),
    ] {
        let mut order = buy_at(at, "0.010");
        order.time_in_force = time_in_force;
        let id = desk.submit(order);
        desk.until_state(id, end);
    }
    desk.agrees_with(&server);
}

#[test]
fn all_orders_are_ended_with_one_word() {
    let (server, mut desk) = Desk::connected();
    let ids: Vec<_> = ["59000", "58000", "57000"].map(|at| desk.submit(buy_at(at, "0.010"))).into();
    for id in &ids {
        desk.until_state(*id, OrderState::Accepted);
    }
    desk.ask(CoreCommand::Cancel(hoga::desk::protocol::OrderSelection::Matching { symbol: None, side: None }));
    for id in &ids {
        desk.until_state(*id, OrderState::Canceled);
    }
    assert_eq!(open(&server), 0);
    desk.agrees_with(&server);
}

#[test]
fn refusals_of_the_exchange_are_told_in_its_words() {
    let (server, mut desk) = Desk::connected();
    let cases = [
        (-2010, "Account has insufficient balance for requested action."),
        (-1013, "Filter failure: PERCENT_PRICE_BY_SIDE"),
        (-1111, "Precision is over the maximum defined for this asset."),
    ];
    for (code, text) in cases {
        let message = text.to_owned();
        server.fault("POST", "/order", 1, Fault::Refuse { status: 400, code, message });
        let id = desk.submit(buy_at("59000", "0.010"));
        desk.until_state(id, OrderState::Rejected);
        assert_eq!(desk.order(id).reason.as_deref(), Some(format!("{code}: {text}").as_str()));
    }
    desk.until("the rules are read again after -1013", |_| server.requests_to("GET", "/exchangeInfo").len() >= 2);
    desk.agrees_with(&server);
}

#[test]
fn a_symbol_that_stops_trading_is_told_and_takes_no_orders() {
    let (server, mut desk) = Desk::connected();
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Accepted);
    server.relist(BTC, |listing| listing.status = "HALT");
    let message = "Market is closed.".to_owned();
    server.fault("POST", "/order", 1, Fault::Refuse { status: 400, code: -1013, message });
    let id = desk.submit(buy_at("59000", "0.020"));
    desk.until_state(id, OrderState::Rejected);
    desk.until("it is told", |desk| desk.notices.iter().any(|text| text.contains("is not trading now")));
    let sent = server.requests_to("POST", "/order").len();
    match desk.try_submit(buy_at("59000", "0.010")) {
        Err(_) => {}
        Ok(id) => desk.until_state(id, OrderState::Rejected),
    }
    assert_eq!(server.requests_to("POST", "/order").len(), sent, "nothing left");
}

#[test]
fn a_key_that_may_only_read_is_told_so_and_another_kind_of_key_trades() {
    let server = SpotServer::start(Options::default());
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
    assert_eq!(open(&server), 0);
    desk.agrees_with(&server);
}
