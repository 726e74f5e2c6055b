//! Orders in bonds: no notice tells of them, so everything is seen by their list.

use std::time::Duration;

use hoga::market::{Currency, Side};
use hoga::order::{OrderId, OrderKind, OrderState};

use crate::desk::{Desk, Setup, dec, order, price};
use crate::kis_server::listing::{PROVINCE, TREASURY};
use crate::kis_server::{Fault, Options, Server};

const BUY: &str = "/domestic-bond/v1/trading/buy";
const CHANGE: &str = "/domestic-bond/v1/trading/order-rvsecncl";
const LIST: &str = "/domestic-bond/v1/trading/inquire-daily-ccld";
const BALANCE: &str = "/domestic-bond/v1/trading/inquire-balance";

fn bonds() -> Setup {
    Setup { symbols: &[TREASURY, PROVINCE], ..Setup::default() }
}

fn connected() -> (Server, Desk) {
    let server = Server::start(Options::default());
    let desk = Desk::to(&server, bonds());
    (server, desk)
}

fn limit(desk: &mut Desk, isin: &str, side: Side, at: &str, quantity: u32) -> OrderId {
    desk.submit(order(isin, side, OrderKind::Limit { price: price(at) }, quantity))
}

fn sent(server: &Server) -> usize {
    server.requests_to("POST", BUY).len()
}

#[test]
fn a_day_with_bonds() {
    let (server, mut desk) = connected();
    let bought = limit(&mut desk, TREASURY, Side::Buy, "10571", 100);
    desk.until_state(bought, OrderState::Filled);
    let resting = limit(&mut desk, TREASURY, Side::Buy, "10500", 20);
    desk.until_state(resting, OrderState::Accepted);
    let first = desk.number(resting);
    desk.move_to(resting, "10510");
    desk.until("the order moved", |desk| desk.order(resting).kind.limit() == Some(price("10510")));
    let second = desk.number(resting);
    assert_eq!(server.orders()[1].chain, [first, second]);
    // A part of it is filled, which only the list tells.
    server.trade(TREASURY, dec("10510"), dec("10"));
    desk.until("a part is filled", |desk| desk.order(resting).filled.value() == dec("10"));
    assert_eq!(desk.held(TREASURY), dec("110"));
    desk.move_to(resting, "10505");
    desk.until("the rest moved", |desk| desk.order(resting).kind.limit() == Some(price("10505")));
    assert_eq!((server.open_orders()[0].remaining, server.open_orders()[0].chain.len()), (dec("10"), 3));
    assert_eq!((desk.order(resting).quantity.value(), desk.order(resting).filled.value()), (dec("20"), dec("10")));
    desk.cancel(resting);
    desk.until_state(resting, OrderState::Canceled);
    let sold = limit(&mut desk, TREASURY, Side::Sell, "10505", 60);
    desk.until_state(sold, OrderState::Filled);
    desk.agrees_with(&server);
    // What is no whole won is not paid.
    let before = server.cash();
    let (_, ask) = server.top(PROVINCE);
    let odd = limit(&mut desk, PROVINCE, Side::Buy, &ask.to_string(), 30);
    desk.until_state(odd, OrderState::Filled);
    assert_eq!(before - server.cash(), dec("30570"));
    desk.agrees_with(&server);
    assert_eq!(desk.cash(Currency::Krw), Some(server.cash()));
}

#[test]
fn a_bond_that_nobody_trades_has_young_prices_all_the_same() {
    let server = Server::start(Options::default());
    let mut desk = Desk::to(&server, Setup { max_data_age_ms: 10_000, ..bonds() });
    desk.live(Duration::from_secs(12));
    let resting = limit(&mut desk, TREASURY, Side::Buy, "10500", 10);
    desk.until_state(resting, OrderState::Accepted);
    desk.cancel(resting);
    desk.until_state(resting, OrderState::Canceled);
}

#[test]
fn an_order_whose_answer_is_lost_is_found_in_the_list_and_never_sent_again() {
    let (server, mut desk) = connected();
    let mut orders = 0;
    for fault in [Fault::LostReply, Fault::Garbage, Fault::NoAnswer { executed: true }] {
        server.fault("POST", BUY, 1, fault.clone());
        let id = limit(&mut desk, TREASURY, Side::Buy, "10500", 20);
        orders += 1;
        desk.until(&format!("{fault:?}: it is found"), |desk| desk.state(id) == OrderState::Accepted);
        assert_eq!((sent(&server), server.orders().len()), (orders, orders), "{fault:?}");
        assert_eq!(desk.number(id), server.orders()[orders - 1].number);
        desk.cancel(id);
        desk.until_state(id, OrderState::Canceled);
    }
    server.fault("POST", BUY, 1, Fault::LostReply);
    let id = limit(&mut desk, TREASURY, Side::Buy, "10571", 10);
    desk.until("its fill is found", |desk| desk.state(id) == OrderState::Filled);
    assert_eq!((sent(&server), server.orders().len()), (orders + 1, orders + 1));
    desk.agrees_with(&server);
}

#[test]
fn a_change_that_the_exchange_refuses_leaves_the_order_as_it_was() {
    let (server, mut desk) = connected();
    let id = limit(&mut desk, TREASURY, Side::Buy, "10500", 20);
    desk.until_state(id, OrderState::Accepted);
    server.refuse_next(1);
    desk.move_to(id, "10510");
    server.wait_until("the change came", |state| state.exchange.orders.len() == 2);
    desk.until("the order has its price again", |desk| {
        !desk.differences().is_empty()
            || (desk.order(id).kind.limit() == Some(price("10500")) && desk.order(id).pending_change.is_none())
    });
    if !desk.differences().is_empty() {
        desk.accept();
    }
    assert_eq!(desk.order(id).kind.limit(), Some(price("10500")));
    desk.cancel(id);
    desk.until_state(id, OrderState::Canceled);
    desk.agrees_with(&server);
    assert_eq!(server.requests_to("POST", CHANGE).len(), 2);
}

#[test]
fn who_has_no_bonds_is_compared_although_the_broker_refuses_to_list_them() {
    let server = Server::start(Options::default());
    let refused = || Fault::Refuse {
        code: "APBK1507".to_owned(),
        text: "채권 거래를 신청하지 않은 계좌입니다.".to_owned(),
    };
    for path in [LIST, BALANCE] {
        server.fault("GET", path, 1_000, refused());
    }
    let mut desk = Desk::to(&server, Setup::default());
    let bought = desk.submit(crate::desk::buy_at("70100", 1));
    desk.until_state(bought, OrderState::Filled);
    desk.agrees_with(&server);
    assert!(desk.notices.iter().any(|notice| notice.contains("KIS lists no bonds")), "{:?}", desk.notices);
    desk.live(Duration::from_millis(100));
}

#[test]
fn who_has_a_bond_is_not_compared_while_the_broker_does_not_list_it() {
    let (server, mut desk) = connected();
    let bought = limit(&mut desk, TREASURY, Side::Buy, "10571", 10);
    desk.until_state(bought, OrderState::Filled);
    desk.agrees_with(&server);
    let held = desk.held(TREASURY);
    let refused = Fault::Refuse { code: "APBK1507".to_owned(), text: "조회할 수 없습니다.".to_owned() };
    server.fault("GET", BALANCE, 3, refused);
    desk.ask(hoga::desk::core::CoreCommand::Reconcile);
    desk.live(Duration::from_secs(1));
    assert!(desk.differences().is_empty(), "{:?}", desk.differences());
    assert_eq!(desk.held(TREASURY), held);
    desk.agrees_with(&server);
}
