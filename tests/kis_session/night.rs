//! The night session of Korean derivatives on a clock that is driven: from the day's close over midnight to the next
//! morning.

use hoga::market::{Phase, Side};
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

/// It is a time in Korea from now on, and the desk has seen the phase there.
fn it_is(desk: &mut Desk, server: &Server, time: &str, phase: Phase) {
    server.set_clock(&format!("{time}+09:00"));
    desk.until(&format!("{phase:?} at {time}"), |desk| {
        desk.market(FUTURE).is_some_and(|market| market.phase.phase == phase)
    });
}

fn registered(server: &Server, stream: &str) -> bool {
    server.change(|state| state.hub.registered()).iter().any(|(id, _)| id == stream)
}

/// Its streams and notices are registered, and those of the other session are not.
fn streams_are(desk: &mut Desk, server: &Server, own: [&str; 3], others: [&str; 2]) {
    desk.until("the streams of the session are registered", |_| own.iter().all(|own| registered(server, own)));
    desk.until("those of the other are not", |_| !others.iter().any(|other| registered(server, other)));
}

/// Somebody's trade, so that prices are young.
fn fresh(desk: &mut Desk, server: &Server) {
    let last = server.change(|state| state.exchange.markets[FUTURE].last);
    server.trade(FUTURE, last, dec("1"));
    desk.until("prices are young", |desk| {
        let market = desk.market(FUTURE).expect("a market");
        market.day.volume.value() == server.change(|state| state.exchange.markets[FUTURE].today().volume)
    });
}

#[test]
fn a_desk_goes_through_the_night_by_itself() {
    let server = Server::start(Options::default().at("2026-10-14T06:30:00Z"));
    let mut desk = Desk::to(&server, setup());
    fresh(&mut desk, &server);
    let of_day = desk.submit(limit(Side::Buy, "400", 1));
    desk.until_state(of_day, OrderState::Accepted);
    assert!(registered(&server, "H0IFCNT0") && !registered(&server, "H0MFCNI0"));

    it_is(&mut desk, &server, "2026-10-14T18:00:01", Phase::Night);
    desk.until("the day's order does not live on", |desk| desk.state(of_day).is_final());
    streams_are(&mut desk, &server, ["H0MFCNT0", "H0MFASP0", "H0MFCNI0"], ["H0IFCNT0", "H0IFASP0"]);
    fresh(&mut desk, &server);
    let canceled = desk.submit(limit(Side::Buy, "400", 2));
    desk.until_state(canceled, OrderState::Accepted);
    desk.cancel(canceled);
    desk.until_state(canceled, OrderState::Canceled);
    assert_eq!(server.orders()[1].standing, Standing::Canceled);

    it_is(&mut desk, &server, "2026-10-14T23:50:00", Phase::Night);
    fresh(&mut desk, &server);
    let over_midnight = desk.submit(limit(Side::Buy, "411.95", 1));
    desk.until_state(over_midnight, OrderState::Accepted);
    it_is(&mut desk, &server, "2026-10-15T00:10:00", Phase::Night);
    server.trade(FUTURE, dec("411.90"), dec("5"));
    desk.until_state(over_midnight, OrderState::Filled);
    assert_eq!(desk.held(FUTURE), dec("1"));
    desk.agrees_with(&server);
    let resting = desk.submit(limit(Side::Sell, "420", 1));
    desk.until_state(resting, OrderState::Accepted);

    it_is(&mut desk, &server, "2026-10-15T06:00:01", Phase::Closed);
    desk.until("the night's order does not live on", |desk| desk.state(resting).is_final());
    streams_are(&mut desk, &server, ["H0IFCNT0", "H0IFASP0", "H0IFCNI0"], ["H0MFCNT0", "H0MFCNI0"]);
    desk.agrees_with(&server);
    it_is(&mut desk, &server, "2026-10-15T08:45:01", Phase::Continuous);
    fresh(&mut desk, &server);
    let sold = desk.submit(order(FUTURE, Side::Sell, OrderKind::Market, 1));
    desk.until_state(sold, OrderState::Filled);
    assert_eq!(desk.held(FUTURE), dec("0"));
    desk.agrees_with(&server);
    let asked = |path: &str| !server.requests_to("GET", path).is_empty();
    assert!(asked("/inquire-ngt-balance") && asked("/inquire-ngt-ccnl") && asked("/trading/inquire-balance"));
    assert!(server.change(|state| state.hub.most_registrations) <= 41);
}

#[test]
fn without_notices_the_list_tells_what_was_filled_after_midnight_once() {
    let server = Server::start(Options::default().at("2026-10-14T14:50:00Z"));
    let mut desk = Desk::to(&server, Setup { notices: false, ..setup() });
    fresh(&mut desk, &server);
    let resting = desk.submit(limit(Side::Buy, "411.95", 3));
    desk.until_state(resting, OrderState::Accepted);
    server.trade(FUTURE, dec("411.95"), dec("1"));
    desk.until("a part is filled", |desk| desk.order(resting).filled.value() == dec("1"));
    it_is(&mut desk, &server, "2026-10-15T00:10:00", Phase::Night);
    server.trade(FUTURE, dec("411.90"), dec("5"));
    desk.until_state(resting, OrderState::Filled);
    assert_eq!(desk.held(FUTURE), dec("3"));
    desk.agrees_with(&server);
}

#[test]
fn what_is_left_of_an_order_is_canceled_and_no_more() {
    let server = Server::start(Options::default().at("2026-10-14T13:00:00Z"));
    let mut desk = Desk::to(&server, setup());
    fresh(&mut desk, &server);
    let resting = desk.submit(limit(Side::Buy, "411.95", 3));
    desk.until_state(resting, OrderState::Accepted);
    desk.move_to(resting, "411.90");
    desk.until("the order moved", |desk| desk.order(resting).kind.limit() == Some(price("411.90")));
    server.trade(FUTURE, dec("411.85"), dec("1"));
    desk.until("some of it is filled", |desk| !desk.order(resting).filled.is_zero());
    if !desk.state(resting).is_final() {
        desk.cancel(resting);
        desk.until("it is over", |desk| desk.state(resting).is_final());
    }
    desk.agrees_with(&server);
}

#[test]
fn an_order_of_the_night_whose_answer_is_lost_is_found_and_never_sent_again() {
    let server = Server::start(Options::default().at("2026-10-14T15:30:00Z"));
    let mut desk = Desk::to(&server, setup());
    fresh(&mut desk, &server);
    server.fault("POST", ORDER, 1, Fault::LostReply);
    let resting = desk.submit(limit(Side::Buy, "400", 1));
    desk.until("it is found", |desk| desk.state(resting) == OrderState::Accepted);
    assert_eq!((server.requests_to("POST", ORDER).len(), server.orders().len()), (1, 1));
    assert_eq!(desk.number(resting), server.orders()[0].number);
    desk.agrees_with(&server);
}

#[test]
fn paper_has_no_night_and_says_so() {
    let server = Server::start(Options::paper().at("2026-10-14T06:00:00Z"));
    let mut desk = Desk::to(&server, setup());
    it_is(&mut desk, &server, "2026-10-14T22:00:00", Phase::Closed);
    let refused = desk.try_submit(limit(Side::Buy, "400", 1)).unwrap_err();
    assert!(format!("{refused:?}").contains("paper trading has no night session"), "{refused:?}");
    assert!(server.requests_to("POST", ORDER).is_empty());
    assert!(server.requests().iter().all(|seen| !seen.path.contains("-ngt-")), "the night was asked about");
}

#[test]
fn a_contract_ends_before_its_market_on_its_last_day() {
    let server = Server::start(Options::default().at("2026-12-10T06:10:00Z"));
    let mut desk = Desk::to(&server, setup());
    fresh(&mut desk, &server);
    let bought = desk.submit(order(FUTURE, Side::Buy, OrderKind::Market, 1));
    desk.until_state(bought, OrderState::Filled);
    for time in ["2026-12-10T15:20:01", "2026-12-10T20:00:00"] {
        it_is(&mut desk, &server, time, Phase::Closed);
        let refused = desk.try_submit(limit(Side::Buy, "400", 1)).unwrap_err();
        assert!(format!("{refused:?}").contains("the last trading day of KRX_FUTURES:A01612"), "{refused:?}");
    }
    assert_eq!(server.orders().len(), 1);
}
