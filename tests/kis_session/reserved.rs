//! Orders that the broker keeps for the opening, live and on paper: placed, changed, ended, sent at the opening, refused
//! there, and lost on the way.

use std::time::Duration;

use hoga::desk::core::CoreCommand;
use hoga::desk::protocol::SubmitOrder;
use hoga::market::Side;
use hoga::order::{OrderId, OrderKind, OrderState, TimeInForce};

use crate::desk::{APPLE, Desk, SAMSUNG, Setup, dec, order, price};
use crate::kis_server::{Fault, Options, Server, Standing};

/// 15:00 in Korea, in the night of New York.
const AFTERNOON: &str = "2026-10-14T06:00:00Z";
/// 22:30, the opening there.
const OPENING: &str = "2026-10-14T13:30:00Z";
/// 17:00 in Korea, after its close, and 08:30 and 09:00 of the day after.
const EVENING: &str = "2026-10-14T08:00:00Z";
const MORNING: &str = "2026-10-14T23:30:00Z";
const KOREA_OPENS: &str = "2026-10-15T00:00:00Z";

fn setup(symbols: &'static [&'static str]) -> Setup {
    Setup { symbols, any_phase: true, ..Setup::default() }
}

/// A desk beside a market that is closed.
fn desk(server: &Server, setup: &Setup) -> Desk {
    Desk::to(server, setup.clone())
}

fn reserved(symbol: &str, side: Side, at: &str, quantity: u32) -> SubmitOrder {
    let kind = OrderKind::Limit { price: price(at) };
    SubmitOrder { time_in_force: TimeInForce::Reserved, ..order(symbol, side, kind, quantity) }
}

fn kept(desk: &mut Desk, symbol: &str, at: &str, quantity: u32) -> OrderId {
    let id = desk.submit(reserved(symbol, Side::Buy, at, quantity));
    desk.until_state(id, OrderState::Accepted);
    id
}

fn broker_id(desk: &Desk, id: OrderId) -> String {
    desk.order(id).broker_id.as_ref().unwrap().to_string()
}

fn placed(server: &Server) -> usize {
    server.change(|state| state.exchange.reservations.len())
}

fn opens(options: Options) {
    let server = Server::start(options.at(AFTERNOON));
    let mut desk = desk(&server, &setup(&[APPLE]));
    let (_, ask) = server.top(APPLE);
    let filled = kept(&mut desk, APPLE, &ask.to_string(), 3);
    let resting = kept(&mut desk, APPLE, "200", 1);
    assert!(broker_id(&desk, filled).starts_with("reserved-overseas:20261014:"), "{}", broker_id(&desk, filled));
    let other = kept(&mut desk, APPLE, "201", 2);
    desk.move_to(other, "202");
    desk.until("the US have no change", |desk| desk.order(other).pending_change.is_none());
    assert_eq!(desk.order(other).kind.limit(), Some(price("201")));
    desk.cancel(other);
    desk.until_state(other, OrderState::Canceled);
    assert_eq!(server.orders().len(), 0, "nothing is sent before the opening");
    server.set_clock(OPENING);
    desk.until_state(filled, OrderState::Filled);
    desk.until("the other goes on too", |desk| broker_id(desk, resting).starts_with("overseas:20261014:"));
    assert_eq!((placed(&server), server.orders().len()), (3, 2), "sent once");
    desk.cancel(resting);
    desk.until_state(resting, OrderState::Canceled);
    assert_eq!(desk.held(APPLE), dec("3"));
    desk.agrees_with(&server);
}

#[test]
fn apple_is_kept_for_the_opening_live() {
    opens(Options::default());
}

#[test]
fn apple_is_kept_for_the_opening_on_paper_which_lists_nothing() {
    opens(Options::paper());
}

#[test]
fn samsung_is_kept_overnight_and_changed_in_the_evening() {
    let server = Server::start(Options::default().at(EVENING));
    let mut desk = desk(&server, &setup(&[SAMSUNG]));
    let id = kept(&mut desk, SAMSUNG, "69000", 3);
    let number = broker_id(&desk, id);
    assert!(number.starts_with("reserved-stock:20261014:"), "{number}");
    desk.move_to(id, "69100");
    desk.until("the change is confirmed", |desk| desk.order(id).kind.limit() == Some(price("69100")));
    assert_eq!(broker_id(&desk, id), number, "it keeps its number");
    let (_, ask) = server.top(SAMSUNG);
    let filled = kept(&mut desk, SAMSUNG, &ask.to_string(), 2);
    let ended = kept(&mut desk, SAMSUNG, "68000", 1);
    desk.cancel(ended);
    desk.until_state(ended, OrderState::Canceled);
    server.set_clock(MORNING);
    desk.until("it goes on", |desk| broker_id(desk, id).starts_with("stock:20261015:"));
    server.set_clock(KOREA_OPENS);
    desk.until_state(filled, OrderState::Filled);
    assert_eq!((placed(&server), server.orders().len()), (3, 2));
    desk.move_to(id, "69200");
    desk.until("it is an order of its day", |desk| desk.order(id).kind.limit() == Some(price("69200")));
    desk.agrees_with(&server);
}

#[test]
fn what_the_broker_refuses_at_the_opening_ends_with_its_reason() {
    let server = Server::start(Options::default().at(AFTERNOON));
    let mut desk = desk(&server, &setup(&[APPLE]));
    let id = kept(&mut desk, APPLE, "200", 3);
    server.change(|state| state.exchange.account.dollars = dec("10"));
    server.set_clock(OPENING);
    desk.until_state(id, OrderState::Rejected);
    assert!(desk.order(id).reason.as_ref().unwrap().contains("매수증거금이 부족합니다."));
    assert_eq!(server.orders().len(), 0);
}

#[test]
fn what_is_canceled_in_another_program_ends_here_too() {
    for (start, symbol, at) in [(AFTERNOON, APPLE, "200"), (EVENING, SAMSUNG, "69000")] {
        let server = Server::start(Options::default().at(start));
        let symbols: &'static [&'static str] = if symbol == APPLE { &[APPLE] } else { &[SAMSUNG] };
        let mut desk = desk(&server, &setup(symbols));
        let id = kept(&mut desk, symbol, at, 1);
        server.change(|state| state.exchange.reservations[0].is_canceled = true);
        // By then the list would show what was only late.
        server.advance(Duration::from_secs(120));
        desk.ask(CoreCommand::Reconcile);
        desk.until_state(id, OrderState::Canceled);
    }
}

#[test]
fn a_reply_that_is_lost_is_found_in_the_list_and_never_sent_again() {
    let server = Server::start(Options::default().at(AFTERNOON));
    let mut desk = desk(&server, &setup(&[APPLE]));
    server.fault("POST", "/overseas-stock/v1/trading/order-resv", 1, Fault::LostReply);
    let id = desk.submit(reserved(APPLE, Side::Buy, "200", 1));
    desk.until_state(id, OrderState::Accepted);
    assert!(broker_id(&desk, id).starts_with("reserved-overseas:"));
    assert_eq!(placed(&server), 1);
    server.set_clock(OPENING);
    desk.until("it goes on", |desk| broker_id(desk, id).starts_with("overseas:"));
    assert_eq!(server.orders().len(), 1);
}

#[test]
fn on_paper_a_lost_reply_stays_unknown_until_the_opening_shows_the_order() {
    let server = Server::start(Options::paper().at(AFTERNOON));
    let mut desk = desk(&server, &setup(&[APPLE]));
    server.fault("POST", "/overseas-stock/v1/trading/order-resv", 1, Fault::LostReply);
    let id = desk.submit(reserved(APPLE, Side::Buy, "200", 1));
    desk.until_state(id, OrderState::Unknown);
    server.advance(Duration::from_secs(200));
    desk.live(Duration::from_secs(3));
    assert_eq!(desk.state(id), OrderState::Unknown, "nobody can say");
    server.set_clock(OPENING);
    desk.until_state(id, OrderState::Accepted);
    assert!(broker_id(&desk, id).starts_with("overseas:"));
    assert_eq!((placed(&server), server.orders().len()), (1, 1));
    assert_eq!(server.orders()[0].standing, Standing::Open);
}

#[test]
fn on_paper_an_order_that_never_arrived_is_refused_when_its_session_is_over() {
    let server = Server::start(Options::paper().at(AFTERNOON));
    let mut desk = desk(&server, &setup(&[APPLE]));
    server.fault("POST", "/overseas-stock/v1/trading/order-resv", 1, Fault::LostRequest);
    let id = desk.submit(reserved(APPLE, Side::Buy, "200", 1));
    desk.until_state(id, OrderState::Unknown);
    server.set_clock(OPENING);
    desk.live(Duration::from_secs(2));
    assert_eq!(desk.state(id), OrderState::Unknown);
    server.set_clock("2026-10-14T20:10:00Z");
    desk.until_state(id, OrderState::Rejected);
    assert_eq!(placed(&server), 0);
}

#[test]
fn a_desk_that_starts_anew_before_the_opening_still_knows_what_is_kept() {
    for options in [Options::default(), Options::paper()] {
        let server = Server::start(options.at(AFTERNOON));
        let setup = setup(&[APPLE]);
        let mut first = desk(&server, &setup);
        let id = kept(&mut first, APPLE, "200", 1);
        let mut desk = first.restarted(&server, &setup, || {});
        desk.until_ready();
        desk.live(Duration::from_secs(1));
        assert_eq!(desk.state(id), OrderState::Accepted);
        assert_eq!(desk.differences().len(), 0, "{}", desk.story());
        server.set_clock(OPENING);
        desk.until("it goes on", |desk| broker_id(desk, id).starts_with("overseas:"));
        desk.agrees_with(&server);
    }
}

#[test]
fn a_running_session_and_play_money_in_korea_keep_nothing() {
    let (server, mut open) = Desk::connected();
    let refused = open.try_submit(reserved(SAMSUNG, Side::Buy, "69000", 1)).unwrap_err();
    assert!(format!("{refused:?}").contains("send it after the close or use day"), "{refused:?}");
    let paper = Server::start(Options::paper().at(EVENING));
    let mut closed = desk(&paper, &setup(&[SAMSUNG]));
    let refused = closed.try_submit(reserved(SAMSUNG, Side::Buy, "69000", 1)).unwrap_err();
    assert!(format!("{refused:?}").contains("keeps no orders in Korean shares"), "{refused:?}");
    assert_eq!((placed(&server), placed(&paper)), (0, 0));
}
