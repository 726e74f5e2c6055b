//! What KIS allows, by the broker's own count.

use rust_decimal::dec;

use crate::kis_server::listing::{Board, Listing};
use crate::kis_server::market::Market;
use crate::kis_server::{Options, Server};
use crate::scenario::{SAMSUNG, Scenario};

#[test]
fn twenty_runs_need_one_token() {
    let user = Scenario::idle(Options::default(), 1);
    user.json("auth test main");
    for round in 0..20 {
        if round % 5 == 4 {
            assert_eq!(user.run("desk stop --force --yes").status, 0);
        }
        user.json("quote 005930");
    }
    assert_eq!(user.server.requests_to("POST", "/oauth2/tokenP").len(), 1);
    user.kept_the_limits();
}

/// Lists shares of its own making until there are fifty Korean ones. Gives all of their symbols.
pub fn list_fifty(server: &Server) -> Vec<String> {
    server.change(|state| {
        let markets = &mut state.exchange.markets;
        for number in 0..45 {
            let symbol: &'static str = Box::leak(format!("1{number:03}00").into_boxed_str());
            let name: &'static str = Box::leak(format!("시험{number}").into_boxed_str());
            let listing = Listing {
                symbol,
                isin: Box::leak(format!("KR7{symbol}003").into_boxed_str()),
                name,
                english: "",
                board: Board::Kospi,
                is_fund: false,
                base: dec!(10_000),
                nextrade: false,
                halted: false,
                bond: None,
                kind: "",
                multiplier: dec!(1),
            };
            markets.insert(symbol.to_owned(), Market::new(listing));
        }
        let korean = markets.iter().filter(|(_, market)| market.listing.board.is_korean());
        korean.map(|(symbol, _)| symbol.clone()).collect()
    })
}

fn a_full_watch_list(options: Options) {
    let user = Scenario::new(options);
    let symbols = list_fifty(&user.server);
    assert_eq!(symbols.len(), 50);
    user.start();
    user.json(&format!("watch add {}", symbols.join(" ")));
    user.server.wait_until("the socket is full", |state| state.hub.most_registrations >= 40);
    // What has no room on the socket is asked for, and orders do not wait behind that.
    user.on_fresh_prices("order buy 005930 1 --price 70100 --wait filled --timeout 60s");
    assert_eq!(user.server.position(SAMSUNG), dec!(1));
    user.kept_the_limits();
}

#[test]
fn a_watch_list_of_fifty_never_registers_more_than_41() {
    a_full_watch_list(Options::default());
}

#[test]
fn nor_does_it_with_play_money_and_one_request_a_second() {
    a_full_watch_list(Options::paper());
}
