//! Orders that wait their turn behind what was shown before them.

use super::*;

#[test]
fn a_resting_buy_is_filled_when_the_best_ask_comes_to_it() {
    let mut market = Market::open();
    market.limit(Side::Buy, "100", "9");
    market.hear();
    let events = market.whole(&[("99", "3")], &[("100", "1"), ("101", "4")]);
    assert_eq!(told(&events), ["#1 filled 9 @ 100 maker, 0 left"]);
}

#[test]
fn a_resting_sell_is_filled_when_the_best_bid_comes_to_it() {
    let mut market = Market::open();
    market.limit(Side::Sell, "101", "9");
    market.hear();
    assert_eq!(told(&market.quote(("101.5", "1"), ("102", "1"))), ["#1 filled 9 @ 101 maker, 0 left"]);
}

#[test]
fn a_seller_started_print_below_a_resting_buy_fills_it() {
    let mut market = Market::open();
    market.limit(Side::Buy, "100", "9");
    market.hear();
    assert_eq!(told(&market.trade("99.9", "0.001", Some(Side::Buy))), [""; 0]);
    assert_eq!(told(&market.trade("99.9", "0.001", Some(Side::Sell))), ["#1 filled 9 @ 100 maker, 0 left"]);
}

#[test]
fn a_buyer_started_print_above_a_resting_sell_fills_it() {
    let mut market = Market::open();
    market.limit(Side::Sell, "101", "9");
    market.hear();
    assert_eq!(told(&market.trade("101.1", "0.001", Some(Side::Sell))), [""; 0]);
    assert_eq!(told(&market.trade("101.1", "0.001", Some(Side::Buy))), ["#1 filled 9 @ 101 maker, 0 left"]);
}

#[test]
fn a_print_at_the_price_moves_the_queue_and_fills_the_excess() {
    let mut market = Market::open();
    let order = market.limit(Side::Buy, "100", "4");
    market.hear();
    assert_eq!(market.ahead(order), "5");
    assert_eq!(told(&market.trade("100", "3", Some(Side::Sell))), [""; 0]);
    assert_eq!(market.ahead(order), "2");
    assert_eq!(told(&market.trade("100", "3", Some(Side::Sell))), ["#1 filled 1 @ 100 maker, 3 left"]);
    assert_eq!(market.ahead(order), "0");
    assert_eq!(told(&market.trade("100", "9", Some(Side::Sell))), ["#1 filled 3 @ 100 maker, 0 left"]);
}

#[test]
fn a_print_by_the_own_side_or_of_unknown_side_does_not_move_the_queue() {
    let mut market = Market::open();
    let order = market.limit(Side::Buy, "100", "4");
    market.trade("100", "9", Some(Side::Buy));
    market.trade("100", "9", None);
    assert_eq!((market.ahead(order), market.hear()), ("5".into(), vec![]));
}

#[test]
fn fills_of_the_queue_come_in_lots() {
    let mut market = Market::open();
    let order = market.limit(Side::Sell, "101", "4");
    market.hear();
    assert_eq!(told(&market.trade("101", "4.0004", Some(Side::Buy))), [""; 0]);
    // The part of a lot that went past is not forgotten.
    assert_eq!(told(&market.trade("101", "0.0007", Some(Side::Buy))), ["#1 filled 0.001 @ 101 maker, 3.999 left"]);
    assert_eq!(market.ahead(order), "0");
}

#[test]
fn no_more_stands_ahead_than_is_shown() {
    let mut market = Market::open();
    let order = market.limit(Side::Buy, "100", "4");
    market.quote(("100", "8"), ("101", "4"));
    assert_eq!(market.ahead(order), "5");
    market.quote(("100", "2"), ("101", "4"));
    assert_eq!(market.ahead(order), "2");
    market.whole(&[("99", "3")], &[("101", "4")]);
    assert_eq!(market.ahead(order), "0");
}

#[test]
fn the_probability_model_shares_cancels() {
    let queue = QueueModel::Probabilistic(Probability::Power(1));
    let mut market = Market::with(PaperConfig { queue, ..CONSERVATIVE });
    let order = market.limit(Side::Buy, "100", "4");
    market.quote(("100", "20"), ("101", "4"));
    market.quote(("100", "16"), ("101", "4"));
    assert_eq!(market.ahead(order), "4");
    // Two traded and were told by the next best price too: nobody canceled.
    market.trade("100", "2", Some(Side::Sell));
    market.quote(("100", "14"), ("101", "4"));
    assert_eq!(market.ahead(order), "2");
}

#[test]
fn own_orders_wait_for_own_orders_before_them() {
    let mut market = Market::open();
    market.limit(Side::Buy, "100", "2");
    let second = market.limit(Side::Buy, "100", "2");
    market.hear();
    assert_eq!(market.ahead(second), "7");
    let events = market.trade("100", "8", Some(Side::Sell));
    assert_eq!(told(&events), ["#1 filled 2 @ 100 maker, 0 left", "#2 filled 1 @ 100 maker, 1 left"]);
}

#[test]
fn a_price_deeper_than_the_feed_shows_is_joined_when_it_comes_in_sight() {
    let mut market = Market::open();
    let order = market.limit(Side::Buy, "90", "1");
    market.hear();
    assert_eq!(market.ahead(order), "unknown");
    market.whole(&[("91", "5"), ("90", "7")], &[("92", "4")]);
    assert_eq!(market.ahead(order), "7");
    market.trade("90", "3", Some(Side::Sell));
    assert_eq!(market.ahead(order), "4");
}

#[test]
fn a_price_between_levels_is_the_first_there() {
    let mut market = Market::open();
    let order = market.limit(Side::Buy, "97", "1");
    market.hear();
    assert_eq!(market.ahead(order), "0");
    assert_eq!(told(&market.trade("97", "1", Some(Side::Sell))), ["#1 filled 1 @ 97 maker, 0 left"]);
}

#[test]
fn nothing_is_filled_on_a_feed_that_is_not_current() {
    let mut market = Market::open();
    let order = market.limit(Side::Buy, "100", "1");
    market.hear();
    market.feed(MarketBody::Stale);
    assert_eq!(told(&market.trade("90", "9", Some(Side::Sell))), [""; 0]);
    market.whole(&[("100", "50")], &[("101", "4")]);
    assert_eq!(market.ahead(order), "5");
    assert_eq!(told(&market.trade("90", "9", Some(Side::Sell))), ["#1 filled 1 @ 100 maker, 0 left"]);
}

#[test]
fn a_buy_at_a_locked_upper_limit_is_filled_by_the_queue_only() {
    let mut market = Market::open();
    market.limits("70", "130");
    market.whole(&[("130", "50")], &[]);
    market.limit(Side::Buy, "130", "2");
    market.hear();
    assert_eq!(told(&market.whole(&[("129.9", "50")], &[("130", "5")])), [""; 0]);
    market.whole(&[("130", "50")], &[]);
    assert_eq!(told(&market.trade("130", "49", Some(Side::Sell))), ["#1 filled 2 @ 130 maker, 0 left"]);
}

#[test]
fn a_sell_at_a_locked_lower_limit_waits_for_its_turn() {
    let mut market = Market::open();
    market.limits("70", "130");
    market.whole(&[], &[("70", "50")]);
    let order = market.limit(Side::Sell, "70", "2");
    market.hear();
    assert_eq!(told(&market.trade("70", "49", Some(Side::Buy))), [""; 0]);
    assert_eq!(market.ahead(order), "1");
    assert_eq!(told(&market.trade("70", "2", Some(Side::Buy))), ["#1 filled 1 @ 70 maker, 1 left"]);
}

#[test]
fn nothing_is_filled_while_trading_is_halted() {
    let mut market = Market::open();
    market.limit(Side::Buy, "100", "1");
    market.hear();
    market.phase(Phase::Halted);
    assert_eq!(told(&market.trade("99", "1", Some(Side::Sell))), [""; 0]);
    assert_eq!(told(&market.whole(&[("98", "1")], &[("99", "1")])), [""; 0]);
    market.phase(Phase::Continuous);
    assert_eq!(told(&market.whole(&[("98", "1")], &[("99", "1")])), ["#1 filled 1 @ 100 maker, 0 left"]);
}
