//! Faults with a name of their own: an instrument that changes, halts or goes, a key that is taken away, the end of every
//! stream after a day.

use std::time::Duration;

use hoga::broker::api::Connection;
use hoga::broker::binance::feed::FeedRules;
use hoga::market::ladder::TickRule;
use hoga::market::{Phase, Side};
use hoga::order::OrderState;
use serde_json::json;

use crate::binance_server::Event;
use crate::binance_server::{Fault, Options, Route, Server, StreamFault};
use crate::stage::{BTC, Desk, Setup, buy_at, dec, market};

/// What the exchange says on the stream of contracts: that this one is not what it was.
fn announce(server: &Server, status: &str) {
    server.change(|state| {
        let body = json!({"e": "contractInfo", "E": state.now(), "s": BTC, "ps": BTC, "ct": "PERPETUAL",
                          "dt": 4_133_404_800_000_i64, "ot": 1_569_398_400_000_i64, "cs": status, "st": 1});
        state.exchange.outbox.push(Event::Market { name: "!contractInfo".to_owned(), body });
    });
}

fn posts(server: &Server) -> usize {
    server.requests_to("POST", "/order").len()
}

/// Often enough for a test.
fn reading_often() -> Setup {
    let mut setup = Setup::default();
    setup.pace.listing_every = Duration::from_millis(300);
    setup
}

#[test]
fn a_tick_that_changes_in_mid_session_is_learned_and_the_book_goes_on() {
    let server = Server::start(Options::default());
    let mut desk = Desk::to(&server, Setup::default());
    let id = desk.submit(buy_at("59000.10", "0.010"));
    desk.until_state(id, OrderState::Accepted);
    server.relist(BTC, |listing| (listing.tick, listing.min_price) = (dec("0.50"), dec("556.50")));
    // The exchange knows before the desk does.
    let early = desk.submit(buy_at("58999.90", "0.010"));
    desk.until_state(early, OrderState::Rejected);
    assert!(desk.order(early).reason.as_ref().unwrap().contains("-4014"), "{:?}", desk.order(early).reason);
    desk.until(
        "the tick is learned",
        |desk| matches!(desk.market(BTC).instrument.ticks, TickRule::Fixed(tick) if tick == dec("0.5")),
    );
    desk.until("it is told", |desk| desk.notices.iter().any(|text| text.contains(BTC) && text.contains("tick")));
    let sent = posts(&server);
    desk.until_ready();
    match desk.try_submit(buy_at("58999.90", "0.010")) {
        Err(_) => {}
        Ok(id) => desk.until_state(id, OrderState::Rejected),
    }
    assert_eq!(posts(&server), sent, "refused here");
    let id = desk.submit(buy_at("58999.50", "0.010"));
    desk.until_state(id, OrderState::Accepted);
    desk.agrees_with(&server);
}

#[test]
fn a_finer_tick_gives_prices_more_decimals() {
    let server = Server::start(Options::default());
    let mut desk = Desk::to(&server, reading_often());
    let id = desk.submit(market(Side::Buy, "0.010"));
    desk.until_state(id, OrderState::Filled);
    server.relist(BTC, |listing| listing.tick = dec("0.01"));
    desk.until("the decimals are learned", |desk| desk.market(BTC).instrument.price_decimals == 2);
    let id = desk.submit(buy_at("59000.01", "0.010"));
    desk.until_state(id, OrderState::Accepted);
    let between = server.top(BTC).0 + dec("0.03");
    server.set_level(BTC, true, between, dec("1.5"));
    desk.until("the book has the finer price", |desk| {
        desk.shown_book(BTC).bids.first().is_some_and(|(price, _)| price.value() == between)
    });
    desk.agrees_with(&server);
}

#[test]
fn a_symbol_that_halts_waits_or_ends_takes_no_orders_and_comes_back() {
    for (status, phase) in [
        ("PENDING_TRADING", Phase::Closed),
        ("SETTLING", Phase::Halted),
        ("CLOSE", Phase::Closed),
        ("HALT", Phase::Halted),
    ] {
        let server = Server::start(Options::default());
        let mut desk = Desk::to(&server, Setup::default());
        let resting = desk.submit(buy_at("59000", "0.010"));
        desk.until_state(resting, OrderState::Accepted);
        server.relist(BTC, |listing| listing.status = status);
        announce(&server, status);
        desk.until(&format!("{status}: it is known"), |desk| desk.market(BTC).phase.phase == phase);
        let sent = posts(&server);
        match desk.try_submit(buy_at("59000", "0.010")) {
            Err(_) => {}
            Ok(id) => desk.until_state(id, OrderState::Rejected),
        }
        assert_eq!(posts(&server), sent, "{status}: nothing left");
        desk.cancel(resting);
        desk.until_state(resting, OrderState::Canceled);
    }
}

#[test]
fn a_symbol_that_trades_again_is_traded_again() {
    let server = Server::start(Options::default());
    server.relist(BTC, |listing| listing.status = "PENDING_TRADING");
    let mut desk = Desk::starting(&server, reading_often());
    desk.until("it is there, and not trading", |desk| {
        desk.ups() > 0 && desk.core.profile(0).unwrap().markets.values().any(|m| m.instrument.id.symbol.as_str() == BTC)
    });
    server.relist(BTC, |listing| listing.status = "TRADING");
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Accepted);
}

#[test]
fn a_symbol_that_is_gone_from_the_listing_takes_no_orders() {
    let server = Server::start(Options::default());
    let mut desk = Desk::to(&server, Setup::default());
    server.change(|state| state.exchange.markets.listed.retain(|symbol| symbol != BTC));
    announce(&server, "DELISTED");
    desk.until("it is told", |desk| desk.notices.iter().any(|text| text.contains(BTC) && text.contains("delisted")));
    match desk.try_submit(buy_at("59000", "0.010")) {
        Err(_) => {}
        Ok(id) => desk.until_state(id, OrderState::Rejected),
    }
    assert_eq!(posts(&server), 0, "nothing left");
}

#[test]
fn a_key_refused_for_another_address_stops_orders_says_why_and_is_not_hammered() {
    let (server, mut desk) = Desk::connected();
    let message = "Invalid API-key, IP, or permissions for action, request ip: 203.0.113.7".to_owned();
    let refusal = Fault::Refuse { status: 401, code: -2015, message };
    for method in ["POST", "GET", "DELETE", "PUT"] {
        server.fault(method, "/order", 1_000, refusal.clone());
    }
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Rejected);
    let reason = desk.order(id).reason.clone().unwrap();
    assert!(reason.contains("-2015") && reason.contains("203.0.113.7"), "{reason}");
    desk.until("it is told", |desk| desk.notices.iter().any(|text| text.contains("lets nothing be traded")));
    desk.live(Duration::from_millis(800));
    assert_eq!(posts(&server), 1, "not tried again");
    server.no_faults();
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Accepted);
    desk.agrees_with(&server);
}

#[test]
fn a_key_of_another_environment_is_told_and_tried_rarely() {
    let server = Server::start(Options::default());
    let unknown = "hogaTestKeyNobodyKnows00000000000000000000000000000000000000000x";
    let mut setup = Setup { key: unknown, ..Setup::default() };
    setup.pace.start_again = (Duration::from_millis(10), Duration::from_secs(60));
    let mut desk = Desk::starting(&server, setup);
    desk.until("it is told", |desk| {
        let told = |told: &Connection| matches!(told, Connection::Down { reason, .. } if reason.contains("-2015"));
        desk.connections.iter().any(told)
    });
    desk.live(Duration::from_millis(1_500));
    let asked = server.requests_to("GET", "/accountConfig").len();
    assert_eq!(asked, 1, "a person has to act first");
    assert_eq!(desk.ups(), 0);
}

#[test]
fn the_end_of_all_streams_after_a_day_costs_nothing() {
    let (server, mut desk) = Desk::connected();
    let resting = desk.submit(buy_at("59900", "0.100"));
    desk.until_state(resting, OrderState::Accepted);
    let (ups, resyncs) = (desk.ups(), desk.core.profile(0).unwrap().book_counts().resyncs);
    for route in [Route::Public, Route::Market, Route::Private] {
        server.strike(route, StreamFault::Close(1001));
    }
    server.trade(BTC, dec("59890"), dec("5"));
    desk.until("all are back", |desk| {
        desk.ups() > ups && desk.core.profile(0).unwrap().book_counts().resyncs > resyncs
    });
    desk.until_state(resting, OrderState::Filled);
    desk.agrees_with(&server);
}

#[test]
fn sockets_are_renewed_before_their_day_is_over_without_a_word() {
    let server = Server::start(Options::default());
    let mut setup = Setup::default();
    setup.feed = FeedRules { lifetime: Duration::from_secs(3), ..setup.feed };
    let mut desk = Desk::to(&server, setup);
    let opened = || server.change(|state| state.hub.opened.get(&Route::Public).copied().unwrap_or_default());
    desk.until("renewed", |_| opened() >= 2);
    desk.until("the book is live", |desk| !desk.shown_book(BTC).stale);
    assert!(desk.connections.iter().all(|told| !matches!(told, Connection::Down { .. })), "{:?}", desk.connections);
    desk.agrees_with(&server);
}
