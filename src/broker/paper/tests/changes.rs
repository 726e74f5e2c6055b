//! Cancels and changes of virtual orders, and what they do to the place in the queue.

use super::*;

#[test]
fn a_canceled_order_is_gone() {
    let mut market = Market::open();
    let order = market.limit(Side::Buy, "100", "1");
    market.matcher.cancel(at(market.now), order);
    assert_eq!(market.hear(), ["#1 accepted", "#1 canceled"]);
    assert_eq!(told(&market.trade("90", "9", Some(Side::Sell))), [""; 0]);
    market.matcher.cancel(at(market.now), order);
    assert_eq!(market.hear(), ["#1 change refused NotOpen"]);
}

#[test]
fn an_order_can_be_filled_while_its_cancel_is_on_its_way() {
    let mut market = Market::with(PaperConfig { order_latency: Duration::from_millis(10), ..CONSERVATIVE });
    let order = market.limit(Side::Buy, "100", "1");
    market.now += 20;
    market.hear();
    market.matcher.cancel(at(market.now), order);
    assert_eq!(told(&market.trade("99", "9", Some(Side::Sell))), ["#1 filled 1 @ 100 maker, 0 left"]);
    market.now += 20;
    assert_eq!(market.hear(), ["#1 change refused NotOpen"]);
}

#[test]
fn a_smaller_quantity_keeps_the_place_in_the_queue() {
    let mut market = Market::open();
    let order = market.limit(Side::Buy, "100", "4");
    market.trade("100", "3", Some(Side::Sell));
    market.quote(("100", "30"), ("101", "4"));
    market.matcher.replace(at(market.now), order, price("100"), quantity("3"));
    assert_eq!(market.hear(), ["#1 replaced 3 @ 100"]);
    assert_eq!(market.ahead(order), "2");
    assert_eq!(told(&market.trade("100", "9", Some(Side::Sell))), ["#1 filled 3 @ 100 maker, 0 left"]);
}

#[test]
fn a_larger_quantity_or_another_price_goes_to_the_end_of_the_queue() {
    let mut market = Market::open();
    let order = market.limit(Side::Buy, "100", "4");
    market.quote(("100", "30"), ("101", "4"));
    market.matcher.replace(at(market.now), order, price("100"), quantity("5"));
    market.hear();
    assert_eq!(market.ahead(order), "30");
    market.matcher.replace(at(market.now), order, price("99"), quantity("5"));
    market.hear();
    assert_eq!(market.ahead(order), "3");
}

#[test]
fn a_replaced_price_may_take() {
    let mut market = Market::open();
    let order = market.limit(Side::Buy, "100", "5");
    market.hear();
    market.matcher.replace(at(market.now), order, price("101"), quantity("5"));
    assert_eq!(market.hear(), ["#1 replaced 5 @ 101", "#1 filled 4 @ 101 taker, 1 left"]);
}

#[test]
fn a_change_that_is_refused_leaves_the_order_as_it_was() {
    let mut market = Market::open();
    let order = market.send(Side::Buy, OrderKind::Limit { price: price("100") }, "5", TimeInForce::PostOnly);
    market.trade("100", "7", Some(Side::Sell));
    market.hear();
    for (to, of) in [("101", "5"), ("100", "2"), ("100", "0.0001"), ("99.99", "5")] {
        market.matcher.replace(at(market.now), order, price(to), quantity(of));
    }
    market.matcher.replace(at(market.now), id(77), price("100"), quantity("5"));
    let expected = ["#1 change refused WouldTake", "#1 change refused AlreadyFilled", "#1 change refused Quantity"];
    let told = market.hear();
    assert_eq!(told[..3], expected);
    assert_eq!(told[3..], ["#1 change refused Price", "#77 change refused NotOpen"]);
    assert_eq!(market.matcher.open_orders().collect::<Vec<_>>(), [(order, quantity("3"))]);
}

#[test]
fn an_id_is_used_once() {
    let mut market = Market::open();
    let order = PaperOrder {
        id: id(1),
        side: Side::Buy,
        kind: OrderKind::Limit { price: price("100") },
        quantity: quantity("1"),
        time_in_force: TimeInForce::Gtc,
    };
    market.matcher.submit(at(market.now), order);
    market.matcher.submit(at(market.now), order);
    assert_eq!(market.hear(), ["#1 accepted", "#1 rejected SameId"]);
}

#[test]
fn orders_for_the_day_end_with_it() {
    let mut market = Market::open();
    market.send(Side::Buy, OrderKind::Limit { price: price("100") }, "5", TimeInForce::Day);
    let kept = market.limit(Side::Buy, "99", "5");
    market.hear();
    // Told for the first time, and again to whoever subscribes again: it is still the same day.
    market.limits("70", "130");
    market.limits("70", "130");
    assert_eq!(market.matcher.open_orders().count(), 2);
    market.phase(Phase::Closed);
    market.limits("70", "130");
    market.phase(Phase::Continuous);
    assert_eq!(market.matcher.open_orders().collect::<Vec<_>>(), [(kept, quantity("5"))]);
    market.send(Side::Buy, OrderKind::Limit { price: price("98") }, "2", TimeInForce::Day);
    market.matcher.end_day(at(market.now));
    assert_eq!(market.hear(), ["#3 accepted", "#3 expired 2 DayEnded"]);
}

#[test]
fn a_clock_that_jumps_back_does_not_undo_anything() {
    let mut market = Market::with(PaperConfig { response_latency: Duration::from_millis(5), ..CONSERVATIVE });
    market.send(Side::Buy, OrderKind::Market, "1", TimeInForce::Day);
    market.matcher.poll(at(market.now - 900));
    market.now += 5;
    assert_eq!(market.hear(), ["#1 accepted", "#1 filled 1 @ 101 taker, 0 left"]);
}
