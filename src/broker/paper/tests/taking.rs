//! Orders that walk the levels shown at the time they would have arrived.

use super::*;

#[test]
fn a_taking_order_walks_the_levels_shown() {
    let mut market = Market::open();
    market.send(Side::Buy, OrderKind::Market, "7", TimeInForce::Day);
    assert_eq!(market.hear(), ["#1 accepted", "#1 filled 4 @ 101 taker, 3 left", "#1 filled 3 @ 102 taker, 0 left"]);
    market.send(Side::Sell, OrderKind::Market, "6", TimeInForce::Day);
    assert_eq!(market.hear(), ["#2 accepted", "#2 filled 5 @ 100 taker, 1 left", "#2 filled 1 @ 99 taker, 0 left"]);
}

#[test]
fn a_limit_stops_the_walk_and_the_rest_rests() {
    let mut market = Market::open();
    let order = market.limit(Side::Buy, "101", "7");
    assert_eq!(market.hear(), ["#1 accepted", "#1 filled 4 @ 101 taker, 3 left"]);
    assert_eq!(market.matcher.open_orders().collect::<Vec<_>>(), [(order, quantity("3"))]);
    assert_eq!(market.ahead(order), "0");
}

#[test]
fn what_was_taken_is_not_taken_twice() {
    let mut market = Market::open();
    market.send(Side::Buy, OrderKind::Market, "3", TimeInForce::Day);
    market.send(Side::Buy, OrderKind::Market, "3", TimeInForce::Day);
    market.hear();
    market.send(Side::Buy, OrderKind::Limit { price: price("101") }, "1", TimeInForce::Ioc);
    assert_eq!(market.hear(), ["#3 accepted", "#3 expired 1 ImmediateOrCancel"]);
    // The same quantity told again is the same liquidity.
    market.whole(&[("100", "5")], &[("101", "4"), ("102", "6")]);
    market.quote(("100", "6"), ("101", "4"));
    market.send(Side::Buy, OrderKind::Market, "1", TimeInForce::Day);
    assert_eq!(market.hear(), ["#4 accepted", "#4 filled 1 @ 102 taker, 0 left"]);
}

#[test]
fn a_level_that_is_shown_anew_can_be_taken_again() {
    let mut market = Market::open();
    market.send(Side::Buy, OrderKind::Market, "4", TimeInForce::Day);
    market.whole(&[("100", "5")], &[("101", "2"), ("102", "6")]);
    market.hear();
    market.send(Side::Buy, OrderKind::Market, "3", TimeInForce::Day);
    assert_eq!(market.hear(), ["#2 accepted", "#2 filled 2 @ 101 taker, 1 left", "#2 filled 1 @ 102 taker, 0 left"]);
}

#[test]
fn the_rest_of_a_taker_does_not_rest_against_what_it_took() {
    let mut market = Market::open();
    market.limit(Side::Buy, "101", "7");
    market.hear();
    // A bid changed; the offers at 101 are those the order took.
    assert_eq!(told(&market.whole(&[("100", "8")], &[("101", "4"), ("102", "6")])), [""; 0]);
    // Now others offer at 101.
    let events = market.whole(&[("100", "8")], &[("101", "3"), ("102", "6")]);
    assert_eq!(told(&events), ["#1 filled 3 @ 101 maker, 0 left"]);
}

#[test]
fn a_market_order_ends_where_nothing_more_is_shown() {
    let mut market = Market::open();
    market.send(Side::Buy, OrderKind::Market, "20", TimeInForce::Day);
    let last = market.hear().pop();
    assert_eq!(last.as_deref(), Some("#1 expired 1 NothingShown"));
}

#[test]
fn immediate_or_cancel_keeps_what_it_gets() {
    let mut market = Market::open();
    market.send(Side::Sell, OrderKind::Limit { price: price("100") }, "8", TimeInForce::Ioc);
    let expected = ["#1 accepted", "#1 filled 5 @ 100 taker, 3 left", "#1 expired 3 ImmediateOrCancel"];
    assert_eq!(market.hear(), expected);
}

#[test]
fn fill_or_kill_gets_all_or_nothing() {
    let mut market = Market::open();
    market.send(Side::Sell, OrderKind::Limit { price: price("99") }, "8.001", TimeInForce::Fok);
    assert_eq!(market.hear(), ["#1 accepted", "#1 expired 8.001 FillOrKill"]);
    market.send(Side::Sell, OrderKind::Limit { price: price("99") }, "8", TimeInForce::Fok);
    assert_eq!(market.hear(), ["#2 accepted", "#2 filled 5 @ 100 taker, 3 left", "#2 filled 3 @ 99 taker, 0 left"]);
}

#[test]
fn post_only_is_refused_when_it_would_take() {
    let mut market = Market::open();
    market.send(Side::Buy, OrderKind::Limit { price: price("101") }, "1", TimeInForce::PostOnly);
    market.send(Side::Buy, OrderKind::Limit { price: price("100.9") }, "1", TimeInForce::PostOnly);
    market.send(Side::Sell, OrderKind::Limit { price: price("99.5") }, "1", TimeInForce::PostOnly);
    assert_eq!(market.hear(), ["#1 rejected WouldTake", "#2 accepted", "#3 rejected WouldTake"]);
}

#[test]
fn a_best_limit_goes_to_the_other_side_and_a_priority_limit_to_its_own() {
    let mut market = Market::open();
    market.send(Side::Buy, OrderKind::BestLimit, "5", TimeInForce::Day);
    assert_eq!(market.hear(), ["#1 accepted", "#1 filled 4 @ 101 taker, 1 left"]);
    let order = market.send(Side::Buy, OrderKind::PriorityLimit, "5", TimeInForce::Day);
    assert_eq!((market.hear(), market.ahead(order)), (vec!["#2 accepted".to_owned()], "5".to_owned()));
}

#[test]
fn an_order_meets_the_market_as_it_is_when_it_arrives() {
    let latency = PaperConfig { order_latency: Duration::from_millis(10), ..CONSERVATIVE };
    let mut market = Market::with(latency);
    market.send(Side::Buy, OrderKind::Market, "1", TimeInForce::Day);
    assert_eq!(market.matcher.next_wake(), Some(at(market.now + 10)));
    assert_eq!(told(&market.whole(&[("102", "5")], &[("103", "1")])), [""; 0]);
    market.now += 20;
    assert_eq!(market.hear(), ["#1 accepted", "#1 filled 1 @ 103 taker, 0 left"]);
}

#[test]
fn an_order_arrives_before_the_news_that_came_after_it() {
    let latency = PaperConfig { order_latency: Duration::from_millis(10), ..CONSERVATIVE };
    let mut market = Market::with(latency);
    market.send(Side::Buy, OrderKind::Market, "1", TimeInForce::Day);
    market.now += 20;
    let events = market.whole(&[("102", "5")], &[("103", "1")]);
    assert_eq!(told(&events), ["#1 accepted", "#1 filled 1 @ 101 taker, 0 left"]);
}

#[test]
fn answers_are_known_the_response_latency_later() {
    let latency = PaperConfig { response_latency: Duration::from_millis(10), ..CONSERVATIVE };
    let mut market = Market::with(latency);
    market.send(Side::Buy, OrderKind::Market, "1", TimeInForce::Day);
    let sent = market.now;
    market.now += 9;
    assert_eq!(market.hear(), [""; 0]);
    assert_eq!(market.matcher.next_wake(), Some(at(sent + 10)));
    market.now += 1;
    let events = market.matcher.poll(at(market.now));
    assert_eq!(told(&events), ["#1 accepted", "#1 filled 1 @ 101 taker, 0 left"]);
    assert_eq!((events[1].happened_at, events[1].known_at), (at(sent), at(sent + 10)));
}

#[test]
fn nothing_is_matched_without_a_current_market() {
    let mut market = Market::unseen(CONSERVATIVE);
    market.send(Side::Buy, OrderKind::Market, "1", TimeInForce::Day);
    assert_eq!(market.hear(), ["#1 rejected NoMarket"]);
    market.quote(("100", "5"), ("101", "4"));
    market.feed(MarketBody::Stale);
    market.limit(Side::Buy, "100", "1");
    assert_eq!(market.hear(), ["#2 rejected NoMarket"]);
}

#[test]
fn best_prices_newer_than_the_book_go_before_it() {
    let mut market = Market::open();
    market.quote(("101", "2"), ("102", "1"));
    market.send(Side::Buy, OrderKind::Market, "2", TimeInForce::Day);
    market.send(Side::Sell, OrderKind::Market, "3", TimeInForce::Day);
    let expected = [
        "#1 accepted",
        "#1 filled 1 @ 102 taker, 1 left",
        "#1 filled 1 @ 105 taker, 0 left",
        "#2 accepted",
        "#2 filled 2 @ 101 taker, 1 left",
        "#2 filled 1 @ 100 taker, 0 left",
    ];
    assert_eq!(market.hear(), expected);
}

#[test]
fn a_market_with_best_prices_only_offers_no_more_than_they_say() {
    let mut market = Market::unseen(CONSERVATIVE);
    market.quote(("100", "5"), ("101", "4"));
    market.send(Side::Buy, OrderKind::Market, "6", TimeInForce::Day);
    assert_eq!(market.hear(), ["#1 accepted", "#1 filled 4 @ 101 taker, 2 left", "#1 expired 2 NothingShown"]);
}

#[test]
fn orders_a_venue_would_not_take_are_refused() {
    let mut market = Market::open();
    market.limits("70", "130");
    market.limit(Side::Buy, "130.1", "1");
    market.limit(Side::Sell, "69.9", "1");
    market.limit(Side::Buy, "100.05", "1");
    market.limit(Side::Buy, "100", "0.0005");
    market.limit(Side::Buy, "100", "0");
    market.send(Side::Buy, OrderKind::Stop { trigger: price("110") }, "1", TimeInForce::Day);
    market.send(Side::Buy, OrderKind::Market, "1", TimeInForce::PostOnly);
    let refusals = market.hear().into_iter().map(|text| text.split_once(' ').unwrap().1.to_owned());
    let expected = ["OutsideLimits", "OutsideLimits", "Price", "Quantity", "Quantity", "Kind", "WouldTake"];
    assert!(refusals.eq(expected.map(|refusal| format!("rejected {refusal}"))));
    for phase in [Phase::Closed, Phase::Halted] {
        market.phase(phase);
        market.limit(Side::Buy, "100", "1");
        assert!(market.hear()[0].ends_with("rejected Closed"));
    }
}
