//! Who leads the market, as the broker ranks it.

use rust_decimal::{Decimal, dec};
use serde_json::Value;

use crate::kis_server::Options;
use crate::limits::list_fifty;
use crate::refusals::says;
use crate::scenario::Scenario;
use crate::user::{number, text};

fn symbols(rows: &Value) -> Vec<String> {
    rows.as_array().expect("a list").iter().map(|row| text(row, "symbol").to_owned()).collect()
}

/// Fifty shares with prices of their own, each traded a different number of times its price.
fn a_market(user: &Scenario) {
    for (at, symbol) in list_fifty(&user.server).into_iter().enumerate() {
        let at = at as u64;
        let base = Decimal::from(5_000 + at * 37 % 50 * 500);
        user.server.change(|state| {
            let market = state.exchange.markets.get_mut(&symbol).unwrap();
            (market.listing.base, market.last) = (base, base);
            market.set_top(base, base + dec!(50));
        });
        user.server.trade(&symbol, base + Decimal::from(at % 7 * 50), Decimal::from(10 + at * 23 % 50));
    }
}

/// What the exchange itself says, funds left out.
fn truth(user: &Scenario, key: impl Fn(&crate::kis_server::market::Market) -> Decimal) -> Vec<String> {
    user.server.change(|state| {
        let markets = state.exchange.markets.values();
        let mut all: Vec<_> =
            markets.filter(|market| market.listing.board.is_korean() && !market.listing.is_fund).collect();
        all.sort_by_key(|market| (std::cmp::Reverse(key(market)), market.listing.symbol));
        all.iter().map(|market| market.listing.symbol.to_owned()).collect()
    })
}

#[test]
fn the_leaders_by_money_are_more_than_one_reply_holds() {
    let user = Scenario::new(Options::default());
    a_market(&user);
    let by_value = truth(&user, |market| market.today().value);
    let ranked = user.json("rank value -n 45");
    assert_eq!(symbols(&ranked), by_value[..45]);
    let first = &ranked[0];
    let told = user.server.change(|state| state.exchange.markets[&by_value[0]].today());
    assert_eq!((number(first, "value"), number(first, "volume")), (told.value, told.volume));
    assert_eq!(number(first, "last"), told.close);
    let asked = user.server.requests_to("GET", "/uapi/domestic-stock/v1/quotations/volume-rank").len();
    assert!((2..=12).contains(&asked), "{asked} questions");
    assert_eq!(symbols(&user.json("rank volume -n 10")), truth(&user, |market| market.today().volume)[..10]);
    user.kept_the_limits();
}

#[test]
fn the_ones_that_rose_most_come_first() {
    let user = Scenario::new(Options::default());
    a_market(&user);
    let ranked = user.json("rank change -n 5");
    let changes: Vec<Decimal> = ranked.as_array().unwrap().iter().map(|row| number(row, "change_percent")).collect();
    assert_eq!(changes.len(), 5);
    assert!(changes.is_sorted_by(|a, b| a >= b) && changes[0] > dec!(1), "{changes:?}");
}

#[test]
fn play_money_has_no_rankings_and_says_so_before_asking() {
    let user = Scenario::new(Options::paper());
    says(&user, "rank value", 5, "paper trading has no rankings", "모의투자에서는 순위를 볼 수 없습니다");
    assert!(user.server.requests_to("GET", "/uapi/domestic-stock/v1/quotations/volume-rank").is_empty());
}
