//! Orders that rest into a call auction, and what its price gives them.

use super::*;

/// An opening auction in which nothing is known of the continuous market yet.
fn auction() -> Market {
    let mut market = Market::unseen(CONSERVATIVE);
    market.phase(Phase::OpeningAuction);
    market
}

#[test]
fn orders_collect_and_meet_the_single_price_at_the_print() {
    let mut market = auction();
    market.limit(Side::Buy, "105", "3");
    market.limit(Side::Buy, "99", "3");
    market.limit(Side::Sell, "100", "2");
    market.send(Side::Sell, OrderKind::Market, "1", TimeInForce::Day);
    assert_eq!(market.hear(), ["#1 accepted", "#2 accepted", "#3 accepted", "#4 accepted"]);
    assert_eq!(told(&market.expected("102", "40")), [""; 0]);
    let expected =
        ["#1 filled 3 @ 101 auction, 0 left", "#4 filled 1 @ 101 auction, 0 left", "#3 filled 2 @ 101 auction, 0 left"];
    assert_eq!(told(&market.trade("101", "50", None)), expected);
}

#[test]
fn own_orders_together_get_no_more_than_the_auction_traded() {
    let mut market = auction();
    market.limit(Side::Buy, "101", "3");
    market.limit(Side::Buy, "103", "3");
    market.limit(Side::Buy, "103", "3");
    market.hear();
    let events = market.trade("101", "5", None);
    assert_eq!(told(&events), ["#2 filled 3 @ 101 auction, 0 left", "#3 filled 2 @ 101 auction, 1 left"]);
}

#[test]
fn a_print_just_after_the_auction_is_the_auctions() {
    let mut market = auction();
    market.limit(Side::Buy, "105", "3");
    market.hear();
    market.expected("102", "40");
    assert_eq!(told(&market.phase(Phase::Continuous)), [""; 0]);
    assert_eq!(told(&market.trade("101", "50", None)), ["#1 filled 3 @ 101 auction, 0 left"]);
}

#[test]
fn the_expected_price_stands_in_for_a_print_that_does_not_come() {
    let mut market = auction();
    market.limit(Side::Buy, "105", "3");
    market.hear();
    market.expected("102", "40");
    market.phase(Phase::Continuous);
    let due = at(market.now + 5_000);
    assert_eq!(market.matcher.next_wake(), Some(due));
    market.now += 9_000;
    let events = market.matcher.poll(at(market.now));
    assert_eq!(told(&events), ["#1 filled 3 @ 102 auction, 0 left"]);
    assert_eq!(events[0].happened_at, due);
}

#[test]
fn a_continuous_print_after_the_auction_says_that_its_own_was_missed() {
    let mut market = auction();
    market.limit(Side::Buy, "105", "3");
    market.hear();
    market.expected("102", "40");
    market.phase(Phase::Continuous);
    assert_eq!(told(&market.trade("103", "1", Some(Side::Buy))), ["#1 filled 3 @ 102 auction, 0 left"]);
}

#[test]
fn without_a_price_limit_orders_rest_and_market_orders_end() {
    let mut market = auction();
    let order = market.limit(Side::Buy, "100", "3");
    market.send(Side::Sell, OrderKind::Market, "1", TimeInForce::Day);
    market.hear();
    assert_eq!(told(&market.phase(Phase::Continuous)), ["#2 expired 1 LeftByAuction"]);
    market.whole(&[("100", "5")], &[("101", "4")]);
    assert_eq!(market.ahead(order), "5");
}

#[test]
fn the_locked_limit_price_of_an_auction_fills_nothing() {
    let mut market = auction();
    market.limits("70", "130");
    market.limit(Side::Buy, "130", "3");
    market.hear();
    assert_eq!(told(&market.trade("130", "50", None)), [""; 0]);
    market.limit(Side::Sell, "130", "3");
    market.hear();
    assert_eq!(told(&market.trade("130", "50", None)), ["#2 filled 3 @ 130 auction, 0 left"]);
}

#[test]
fn nothing_is_matched_continuously_during_an_auction() {
    let mut market = Market::open();
    market.limit(Side::Buy, "100", "3");
    market.hear();
    market.phase(Phase::Volatility);
    assert_eq!(told(&market.whole(&[("98", "5")], &[("99", "4")])), [""; 0]);
    market.send(Side::Buy, OrderKind::Limit { price: price("105") }, "1", TimeInForce::Day);
    assert_eq!(market.hear(), ["#2 accepted"]);
    market.phase(Phase::Continuous);
    let events = market.whole(&[("98", "5")], &[("99", "4")]);
    assert_eq!(told(&events), ["#1 filled 3 @ 100 maker, 0 left", "#2 filled 1 @ 105 maker, 0 left"]);
}

#[test]
fn orders_that_must_fill_or_rest_at_once_are_refused_in_an_auction() {
    let mut market = auction();
    for time_in_force in [TimeInForce::Ioc, TimeInForce::Fok, TimeInForce::PostOnly] {
        market.send(Side::Buy, OrderKind::Limit { price: price("100") }, "1", time_in_force);
    }
    market.send(Side::Buy, OrderKind::BestLimit, "1", TimeInForce::Day);
    assert!(market.hear().iter().all(|text| text.ends_with("rejected DuringAuction")));
}

#[test]
fn a_conditional_limit_becomes_a_market_order_in_the_closing_auction() {
    let mut market = Market::open();
    market.send(Side::Buy, OrderKind::ConditionalLimit { price: price("90") }, "1", TimeInForce::Day);
    market.phase(Phase::ClosingAuction);
    market.hear();
    assert_eq!(told(&market.trade("104", "50", None)), ["#1 filled 1 @ 104 auction, 0 left"]);
}
