//! Balances: coins and cash, what is paid in another coin, what moves without an order, and what happened while the desk
//! was off.

use hoga::broker::api::BrokerError;
use hoga::broker::binance::auth_check;
use hoga::desk::core::CoreCommand;
use hoga::market::Side;
use hoga::order::OrderState;

use crate::binance_spot_server::{Options, SpotServer};
use crate::stage::{BTC, Desk, Setup, buy_at, credential, dec, market, profile, total};

#[test]
fn a_commission_in_another_coin_leaves_that_coin() {
    let mut options = Options::default();
    options.habits.bnb_price = Some(dec("600"));
    let server = SpotServer::start(options);
    let mut desk = Desk::to(&server, Setup::default());
    let id = desk.submit(market(Side::Buy, "0.100"));
    desk.until_state(id, OrderState::Filled);
    desk.agrees_with(&server);
    assert_eq!(desk.held(BTC), dec("1.1"));
    assert!(desk.held("BNBUSDT") < dec("10"));
    assert_eq!(desk.held("BNBUSDT"), total(&server, "BNB"));
}

#[test]
fn what_comes_in_without_a_trade_is_a_difference_until_it_is_accepted() {
    let (server, mut desk) = Desk::connected();
    server.deposit("BTC", dec("0.5"));
    desk.until("people are told", |desk| desk.notices.iter().any(|text| text.contains("0.5 BTC came into")));
    desk.ask(CoreCommand::Reconcile);
    desk.until("it is shown", |desk| desk.differences().iter().any(|text| text.starts_with("position")));
    assert_eq!(desk.held(BTC), dec("1"));
}

#[test]
fn orders_made_by_hand_elsewhere_are_shown_as_differences() {
    let (server, mut desk) = Desk::connected();
    server.foreign_order(BTC, true, dec("58000"), dec("0.010"));
    desk.ask(CoreCommand::Reconcile);
    desk.until("it is shown", |desk| desk.differences().iter().any(|text| text.starts_with("extra_order")));
}

#[test]
fn what_was_locked_is_held_all_the_same() {
    let (server, mut desk) = Desk::connected();
    let id = desk.submit(crate::stage::order(
        BTC,
        Side::Sell,
        hoga::order::OrderKind::Limit { price: crate::stage::price("65000") },
        "0.7",
    ));
    desk.until_state(id, OrderState::Accepted);
    desk.agrees_with(&server);
    assert_eq!(desk.held(BTC), dec("1"));
    desk.until_ready();
    match desk.try_submit(market(Side::Sell, "0.5")) {
        Err(_) => {}
        Ok(id) => desk.until_state(id, OrderState::Rejected),
    }
    desk.agrees_with(&server);
}

#[test]
fn what_is_locked_from_elsewhere_is_held_all_the_same() {
    let (server, mut desk) = Desk::connected();
    server.lock_elsewhere("BTC", dec("0.3"));
    desk.live(std::time::Duration::from_millis(300));
    desk.agrees_with(&server);
    assert_eq!(desk.held(BTC), dec("1"));
}

#[test]
fn dust_that_no_order_can_sell_stays_and_agrees() {
    let (server, mut desk) = Desk::connected();
    let buy = desk.submit(market(Side::Buy, "0.00123"));
    desk.until_state(buy, OrderState::Filled);
    desk.agrees_with(&server);
    assert_eq!(desk.held(BTC), dec("1.00122877"));
    let sell = desk.submit(market(Side::Sell, "1.00122"));
    desk.until_state(sell, OrderState::Filled);
    desk.agrees_with(&server);
    assert_eq!(desk.held(BTC), dec("0.00000877"));
}

#[test]
fn what_happened_while_the_desk_was_off_is_booked() {
    let (server, mut desk) = Desk::connected();
    let buy = desk.submit(buy_at("59900", "0.100"));
    desk.until_state(buy, OrderState::Accepted);
    let rest = desk.submit(buy_at("50000", "0.010"));
    desk.until_state(rest, OrderState::Accepted);
    desk.close();
    server.trade(BTC, dec("59890"), dec("5"));
    let mut desk = desk.restarted(&server, Setup::default());
    desk.until_state(buy, OrderState::Filled);
    desk.until_state(rest, OrderState::Accepted);
    desk.until("the coins are booked", |desk| desk.held(BTC) == server.change(|s| s.exchange.balance("BTC").free));
    assert_eq!(desk.usdt(), Some(total(&server, "USDT")));
}

#[test]
fn what_a_key_may_do_is_asked() {
    let server = SpotServer::start(Options::default());
    let setup = Setup::default();
    let rights = auth_check::check(&profile(&server, &setup), credential(&server, &setup)).unwrap();
    assert!(rights.trades && rights.hedge_mode.is_none());
    let setup = Setup { key: "hogaTestKeyNobodyKnows00000000000000000000000000000000000000000x", ..setup };
    match auth_check::check(&profile(&server, &setup), credential(&server, &setup)) {
        Err(BrokerError::Unauthorized(text)) => assert!(text.contains("another environment"), "{text}"),
        other => panic!("{other:?}"),
    }
}
