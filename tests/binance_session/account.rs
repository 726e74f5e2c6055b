//! Money, other people's orders, the dead man's switch, and what a key may do.

use std::time::Duration;

use hoga::broker::api::BrokerError;
use hoga::broker::binance::auth_check;
use hoga::desk::core::CoreCommand;
use hoga::desk::protocol::Outcome;
use hoga::market::Side;
use hoga::order::OrderState;

use crate::binance_server::{KEY, KEY_READ_ONLY, Options, Server};
use crate::stage::{BTC, Desk, Setup, buy_at, credential, dec, market, profile};

#[test]
fn funding_is_booked_once_and_the_cash_agrees() {
    let server = Server::start(Options::default());
    let mut setup = Setup::default();
    setup.pace.income_every = Duration::from_millis(400);
    let mut desk = Desk::to(&server, setup);
    let id = desk.submit(market(Side::Buy, "0.100"));
    desk.until_state(id, OrderState::Filled);
    server.fund(BTC, dec("0.0001"));
    server.fund(BTC, dec("-0.0003"));
    desk.until("both are booked", |desk| desk.usdt() == Some(server.wallet("USDT")));
    desk.live(Duration::from_millis(1_500));
    desk.agrees_with(&server);
}

#[test]
fn orders_made_by_hand_elsewhere_are_shown_as_differences() {
    let (server, mut desk) = Desk::connected();
    server.foreign_order(BTC, true, dec("58000"), dec("0.010"));
    desk.ask(CoreCommand::Reconcile);
    desk.until("it is shown", |desk| desk.differences().iter().any(|text| text.starts_with("extra_order")));
}

#[test]
fn leverage_is_set() {
    let (server, mut desk) = Desk::connected();
    let token = desk.ask(CoreCommand::Leverage { symbol: BTC.into(), leverage: 7 });
    desk.until("it is answered", |desk| desk.reply(token).is_some());
    assert!(matches!(desk.reply(token), Some(Outcome::Ok(_))), "{:?}", desk.reply(token));
    let asked = server.requests_to("POST", "/leverage");
    assert_eq!(asked.last().unwrap().param("leverage"), Some("7"));
}

#[test]
fn the_dead_mans_switch_is_wound_while_orders_are_open_and_let_go_after() {
    let server = Server::start(Options::default());
    let mut desk = Desk::to(&server, Setup { dead_man_seconds: 12, ..Setup::default() });
    let windings = || -> Vec<String> {
        let seen = server.requests_to("POST", "/countdownCancelAll");
        seen.iter().map(|seen| seen.param("countdownTime").unwrap().to_owned()).collect()
    };
    desk.live(Duration::from_millis(300));
    assert!(windings().is_empty());
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Accepted);
    desk.until("it is wound", |_| windings() == ["12000"]);
    desk.until("it is wound again", |_| windings().len() >= 2);
    desk.cancel(id);
    desk.until_state(id, OrderState::Canceled);
    desk.until("it is let go", |_| windings().last().map(String::as_str) == Some("0"));
}

#[test]
fn the_exchange_ends_orders_of_a_desk_that_has_died() {
    let server = Server::start(Options::default());
    let mut desk = Desk::to(&server, Setup { dead_man_seconds: 10, ..Setup::default() });
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Accepted);
    desk.until("it is wound", |_| !server.requests_to("POST", "/countdownCancelAll").is_empty());
    desk.close();
    assert_eq!(server.open_orders().len(), 1, "leaving ends nothing");
    server.wait_until("the exchange ends it", |state| state.exchange.orders.values().all(|order| !order.is_open()));
}

#[test]
fn what_a_key_may_do_is_asked() {
    let server = Server::start(Options::default());
    let setup = Setup { key: KEY, ..Setup::default() };
    let rights = auth_check::check(&profile(&server, &setup), credential(&server, &setup)).unwrap();
    assert!(rights.trades && rights.hedge_mode == Some(false));
    let setup = Setup { key: KEY_READ_ONLY, ..Setup::default() };
    auth_check::check(&profile(&server, &setup), credential(&server, &setup)).unwrap();
    let setup = Setup { key: "hogaTestKeyNobodyKnows00000000000000000000000000000000000000000x", ..Setup::default() };
    match auth_check::check(&profile(&server, &setup), credential(&server, &setup)) {
        Err(BrokerError::Unauthorized(text)) => assert!(text.contains("another environment"), "{text}"),
        other => panic!("{other:?}"),
    }
    server.stop();
    assert!(matches!(
        auth_check::check(&profile(&server, &setup), credential(&server, &setup)),
        Err(BrokerError::NotSent(_))
    ));
}

#[test]
fn what_happened_while_the_desk_was_off_is_booked() {
    let (server, mut desk) = Desk::connected();
    let filled = desk.submit(buy_at("59900", "0.100"));
    desk.until_state(filled, OrderState::Accepted);
    let rests = desk.submit(buy_at("50000", "0.010"));
    desk.until_state(rests, OrderState::Accepted);
    desk.close();
    server.trade(BTC, dec("59890"), dec("5"));
    let mut desk = desk.restarted(&server, Setup::default());
    desk.until_state(filled, OrderState::Filled);
    desk.until_state(rests, OrderState::Accepted);
    desk.until("the position is booked", |desk| desk.held(BTC) == server.position(BTC));
}
