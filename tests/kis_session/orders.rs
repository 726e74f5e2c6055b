//! Orders on a day on which nothing goes wrong, live and on paper, in Korea and in the US.

use hoga::market::{Currency, Side};
use hoga::order::{OrderKind, OrderState};

use hoga::desk::core::CoreCommand;

use crate::desk::{APPLE, Desk, SAMSUNG, Setup, buy_at, dec, order, price};
use crate::kis_server::{Options, Server, Standing};

/// Buys at the ask, rests, moves, and ends an order, with the same numbers on both sides.
fn a_day(server: &Server, desk: &mut Desk) {
    let (_, ask) = server.top(SAMSUNG);
    let bought = desk.submit(buy_at(&ask.to_string(), 10));
    desk.until_state(bought, OrderState::Filled);
    assert_eq!(desk.held(SAMSUNG), dec("10"));
    let resting = desk.submit(buy_at("69000", 3));
    desk.until_state(resting, OrderState::Accepted);
    let first = desk.number(resting);
    desk.move_to(resting, "69100");
    desk.until("the order moved", |desk| desk.order(resting).kind.limit() == Some(price("69100")));
    let second = desk.number(resting);
    assert_ne!(first, second);
    assert_eq!(server.orders()[1].chain, [first, second]);
    assert_eq!(server.orders()[1].price, dec("69100"));
    desk.cancel(resting);
    desk.until_state(resting, OrderState::Canceled);
    assert_eq!(server.orders()[1].standing, Standing::Canceled);
    assert_eq!(server.orders().len(), 2);
    desk.agrees_with(server);
    let paid = server.fills().iter().map(|fill| fill.price * fill.quantity).sum::<rust_decimal::Decimal>();
    assert_eq!(desk.cash(Currency::Krw), Some(dec("10000000") - paid));
}

#[test]
fn a_live_day() {
    let (server, mut desk) = Desk::connected();
    a_day(&server, &mut desk);
    assert!(server.most_in_a_second() <= 18);
    assert_eq!(server.tokens_issued(), 1);
}

#[test]
fn a_paper_day() {
    let server = Server::start(Options::paper());
    let mut desk = Desk::to(&server, Setup::default());
    a_day(&server, &mut desk);
    assert_eq!(server.most_in_a_second(), 1, "requests of a second");
}

#[test]
fn apple_bought_and_sold() {
    let server = Server::start(Options::default().at("2026-10-14T14:30:00Z"));
    let mut desk = Desk::to(&server, Setup { symbols: &[APPLE], ..Setup::default() });
    let (_, ask) = server.top(APPLE);
    let limit = |at: rust_decimal::Decimal| OrderKind::Limit { price: price(&at.to_string()) };
    let bought = desk.submit(order(APPLE, Side::Buy, limit(ask), 5));
    desk.until_state(bought, OrderState::Filled);
    desk.agrees_with(&server);
    assert_eq!(desk.cash(Currency::Usd), Some(server.dollars()));
    let resting = desk.submit(order(APPLE, Side::Sell, limit(ask + dec("5")), 5));
    desk.until_state(resting, OrderState::Accepted);
    let (bid, _) = server.top(APPLE);
    desk.move_to(resting, &bid.to_string());
    desk.until_state(resting, OrderState::Filled);
    assert_eq!(desk.held(APPLE), dec("0"));
    desk.agrees_with(&server);
    assert_eq!(desk.cash(Currency::Usd), Some(server.dollars()));
}

#[test]
fn apple_bought_with_play_dollars() {
    let server = Server::start(Options::paper().at("2026-10-14T14:30:00Z"));
    let mut desk = Desk::to(&server, Setup { symbols: &[APPLE], ..Setup::default() });
    assert_eq!(desk.cash(Currency::Usd), Some(dec("10000")));
    let (_, ask) = server.top(APPLE);
    let limit = |at: rust_decimal::Decimal| OrderKind::Limit { price: price(&at.to_string()) };
    let bought = desk.submit(order(APPLE, Side::Buy, limit(ask), 5));
    desk.until_state(bought, OrderState::Filled);
    // What an order holds back is there all the same.
    let resting = desk.submit(order(APPLE, Side::Buy, limit(ask - dec("20")), 3));
    desk.until_state(resting, OrderState::Accepted);
    desk.agrees_with(&server);
    assert_eq!(desk.cash(Currency::Usd), Some(server.dollars()));
    desk.cancel(resting);
    desk.until_state(resting, OrderState::Canceled);
    desk.agrees_with(&server);
    assert_eq!(desk.cash(Currency::Usd), Some(server.dollars()));
    assert_eq!(server.most_in_a_second(), 1, "requests of a second");
}

#[test]
fn who_trades_nothing_abroad_is_not_asked_about_it_again_and_again() {
    let server = Server::start(Options::paper());
    let mut desk = Desk::to(&server, Setup::default());
    let asked = |path: &str| server.requests_to("GET", path).len();
    let stock_lists = asked("/inquire-daily-ccld");
    // As a desk that has a doubt: it asks again before it has its answers.
    for _ in 0..5 {
        desk.ask(CoreCommand::Reconcile);
        desk.live(std::time::Duration::from_millis(400));
    }
    desk.until("the account is compared", |desk| desk.core.profile(0).unwrap().reconciled);
    assert!(asked("/inquire-daily-ccld") <= stock_lists + 3, "{} lists of orders", asked("/inquire-daily-ccld"));
    // Of each currency once.
    assert_eq!((asked("/overseas-stock/v1/trading/inquire-balance"), asked("/inquire-psamount")), (3, 5));
}
