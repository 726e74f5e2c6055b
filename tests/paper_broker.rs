//! Virtual orders on another broker's feed: how they are filled, whose data they need, and what never passes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod paper_support;
#[allow(dead_code)]
mod replay_support;

use std::collections::BTreeSet;
use std::time::Duration;

use hoga::broker::api::{
    AccountReport, Answer, BrokerError, BrokerEvent, CashFlow, CashFlowKind, Channel, Connection, Found, ModifySupport,
    RequestBody, World,
};
use hoga::market::candle::Interval;
use hoga::market::{Currency, MarketBody, MarketEvent, Side, Trade};
use hoga::order::{Cash, ExecutionId, KindName, OrderKind, OrderState, PositionSide, TimeInForce};
use paper_support::{Virtual, all, ether, on, reducing, reference_on};
use replay_support::{bitcoin, find, limit, line, market, place, price, quantity, reference, start, total};
use rust_decimal::dec;

#[test]
fn its_abilities_are_those_of_the_feed_with_the_orders_of_paper_matching() {
    let world = Virtual::new();
    let can = world.desk.broker.capabilities();
    assert_eq!((can.broker, can.worlds), ("binance", [World::Virtual].as_slice()));
    assert!(can.virtual_cash && can.client_order_ids && can.cancel_all && can.leverage && !can.hedge_mode);
    assert_eq!((can.modify, can.request_lifetime), (ModifySupport::InPlace, Duration::ZERO));
    assert_eq!((&can.streams, can.registrations_max), (&all(), Some(200)));
    let [product] = can.products.as_slice() else { panic!("{:?}", can.products) };
    assert_eq!(product.native_kinds, BTreeSet::from([KindName::Limit, KindName::Market]), "the desk holds stops");
    assert!(product.times_in_force.contains(&TimeInForce::Fok) && !product.times_in_force.contains(&TimeInForce::Day));
}

#[test]
fn a_market_order_walks_the_book_that_is_shown() {
    let mut world = Virtual::watching();
    world.place(market(1, Side::Buy, "7"));
    assert_eq!(world.desk.orders(79), [""; 0]);
    let heard = world.desk.orders(1);
    assert_eq!(
        heard,
        ["3 placed", "accepted 0/7", "fill 4 @ 60001 taker", "fill 3 @ 60002 taker", "filled 7/7"],
        "{heard:?}"
    );
}

#[test]
fn a_resting_order_is_filled_by_trades_after_its_queue() {
    let mut world = Virtual::watching();
    world.place(limit(1, Side::Buy, "60000", "2"));
    world.desk.pass(80);
    assert_eq!(world.desk.broker.queue_ahead(reference(1).order_id), Some(quantity("5")));
    world.trade(bitcoin(), "60000", "5", Side::Sell);
    assert_eq!(world.desk.orders(40), [""; 0], "they were before it");
    world.trade(bitcoin(), "60000", "1.5", Side::Sell);
    assert_eq!(world.desk.orders(40), ["fill 1.5 @ 60000 maker", "partially_filled 1.5/2"]);
    world.trade(bitcoin(), "59999", "0.1", Side::Sell);
    assert_eq!(world.desk.orders(40), ["fill 0.5 @ 60000 maker", "filled 2/2"], "a print through its price");
}

#[test]
fn orders_are_replaced_and_canceled_in_place() {
    let mut world = Virtual::watching();
    world.place(limit(1, Side::Buy, "59000", "2"));
    world.desk.pass(80);
    let replace = |at, of| RequestBody::Replace {
        order: reference(1),
        kind: OrderKind::Limit { price: price(at) },
        quantity: quantity(of),
    };
    assert!(matches!(world.desk.ask(replace("59500", "3")), Ok(Answer::Replaced { .. })));
    let Ok(Answer::Orders { orders, complete: true }) = world.desk.ask(RequestBody::OpenOrders) else { panic!() };
    assert_eq!((orders.len(), orders[0].kind.limit(), orders[0].quantity), (1, Some(price("59500")), quantity("3")));
    assert!(matches!(world.desk.ask(RequestBody::Cancel(reference(1))), Ok(Answer::Canceled { done: true })));
    assert!(matches!(
        world.desk.ask(RequestBody::Cancel(reference(1))),
        Err(BrokerError::Refused { code, .. }) if code == "DONE"
    ));
    assert!(matches!(world.desk.ask(replace("59500", "3")), Err(BrokerError::Refused { .. })));
    assert!(matches!(world.desk.ask(RequestBody::Cancel(reference(9))), Err(BrokerError::NotFound(_))));
    assert_eq!(world.asked(), ["instruments", "subscribe BTCUSDT 4"], "no order reached the wrapped broker");
}

#[test]
fn what_came_before_an_order_arrived_does_not_fill_it_however_late_the_desk_looks() {
    let mut world = Virtual::watching();
    world.place(limit(1, Side::Buy, "60000", "1"));
    let sent = world.desk.now;
    for (millis, size) in [(39, "20"), (41, "5.4")] {
        let received_at = sent.plus(Duration::from_millis(millis));
        let trade = Trade { id: millis, price: price("60000"), quantity: quantity(size), side: Some(Side::Sell) };
        let body = MarketBody::Trade(trade);
        let event = MarketEvent { instrument: bitcoin(), venue_time: received_at, received_at, body };
        world.wire.lock().unwrap().says.push(BrokerEvent::Market(event));
    }
    world.desk.now = sent.plus(Duration::from_millis(500));
    let heard = world.desk.orders(0);
    assert_eq!(heard, ["3 placed", "accepted 0/1", "fill 0.4 @ 60000 maker", "partially_filled 0.4/1"]);
    assert_eq!(world.desk.fills()[0].time, sent.plus(Duration::from_millis(41)));
}

#[test]
fn two_instruments_are_matched_side_by_side_in_one_account() {
    let mut world = Virtual::watching();
    world.desk.ask(RequestBody::Subscribe(ether(), all())).unwrap();
    world.book(ether());
    world.place(limit(1, Side::Buy, "59000", "1"));
    world.place(on(ether(), limit(2, Side::Buy, "59000", "1")));
    world.desk.pass(80);
    world.trade(ether(), "58999", "1", Side::Sell);
    assert_eq!(world.desk.orders(40), ["fill 1 @ 59000 maker", "filled 1/1"]);
    let fills = world.desk.fills();
    assert_eq!((fills.len(), fills[0].instrument), (1, ether()));
    let Ok(Answer::Orders { orders, .. }) = world.desk.ask(RequestBody::OpenOrders) else { panic!() };
    assert_eq!(orders.iter().map(|order| order.instrument).collect::<Vec<_>>(), [bitcoin()]);
    world.desk.send(RequestBody::CancelAll(Some(ether())));
    assert_eq!(world.desk.orders(80), ["7 canceled true"], "nothing of it is open");
    world.desk.send(RequestBody::CancelAll(None));
    assert_eq!(world.desk.orders(80), ["canceled 0/1", "8 canceled true"]);
}

#[test]
fn an_order_on_an_instrument_nobody_watches_asks_for_its_data_and_waits_for_its_book() {
    let mut world = Virtual::connected();
    world.asked();
    world.place(market(1, Side::Buy, "1"));
    assert_eq!(world.desk.orders(1_000), [""; 0], "it waits");
    assert_eq!(world.asked(), ["subscribe BTCUSDT 4"]);
    assert!(
        matches!(world.desk.ask(RequestBody::FindOrder(find(1))), Ok(Answer::Found(Found::Order(report))) if report.state == OrderState::Sent),
        "an order that waits is there"
    );
    world.book(bitcoin());
    assert_eq!(world.desk.orders(80), ["2 placed", "accepted 0/1", "fill 1 @ 60001 taker", "filled 1/1"]);
    assert_eq!(world.asked(), ["unsubscribe BTCUSDT"], "nothing rests in it any more");
}

#[test]
fn data_is_kept_while_an_order_rests_and_the_desk_sees_it_from_the_first_book_on() {
    let mut world = Virtual::connected();
    world.place(limit(1, Side::Buy, "59000", "1"));
    world.book(bitcoin());
    world.desk.pass(100);
    let books =
        |world: &Virtual| world.desk.market().iter().filter(|event| matches!(event.body, MarketBody::Book(_))).count();
    assert_eq!(books(&world), 1, "it will ask for what it has an order in");
    world.asked();
    world.desk.ask(RequestBody::Subscribe(bitcoin(), all())).unwrap();
    world.desk.ask(RequestBody::Unsubscribe(bitcoin())).unwrap();
    assert_eq!(world.asked(), ["subscribe BTCUSDT 4"], "the order still needs it");
    world.book(bitcoin());
    assert_eq!(books(&world), 1, "the desk has let go of it");
    world.desk.ask(RequestBody::Subscribe(bitcoin(), all())).unwrap();
    assert_eq!(world.asked(), ["unsubscribe BTCUSDT", "subscribe BTCUSDT 4"], "it must begin with a whole book");
    world.book(bitcoin());
    assert_eq!(books(&world), 2);
    world.trade(bitcoin(), "58999", "1", Side::Sell);
    assert_eq!(world.desk.orders(40), ["fill 1 @ 59000 maker", "filled 1/1"]);
    assert_eq!(world.asked(), [""; 0], "the desk watches");
    world.desk.ask(RequestBody::Unsubscribe(bitcoin())).unwrap();
    assert_eq!(world.asked(), ["unsubscribe BTCUSDT"]);
}

#[test]
fn without_a_book_in_time_an_order_is_refused_and_can_be_canceled_before() {
    let mut world = Virtual::connected();
    world.place(market(1, Side::Buy, "1"));
    world.place(limit(2, Side::Buy, "59000", "1"));
    world.desk.pass(500);
    let replace = RequestBody::Replace {
        order: reference(2),
        kind: OrderKind::Limit { price: price("1") },
        quantity: quantity("9"),
    };
    assert!(matches!(world.desk.ask(replace), Err(BrokerError::Refused { code, .. }) if code == "NO_PRICE"));
    assert!(matches!(world.desk.ask(RequestBody::Cancel(reference(2))), Ok(Answer::Canceled { done: true })));
    let heard = world.desk.orders(1_500);
    assert_eq!(heard, ["2 NO_PRICE"]);
    world.book(bitcoin());
    assert_eq!(world.desk.orders(1_000), [""; 0], "neither comes back");
    assert!(world.desk.fills().is_empty());
}

#[test]
fn orders_rest_while_the_feed_is_down_and_nothing_is_filled_until_there_is_a_book_again() {
    let mut world = Virtual::watching();
    world.place(limit(1, Side::Buy, "60000", "1"));
    world.desk.pass(80);
    world.asked();
    world.down();
    assert_eq!(world.desk.heard.last().map(line).unwrap(), "down: lost");
    world.trade(bitcoin(), "59990", "10", Side::Sell);
    world.place(market(2, Side::Buy, "1"));
    let heard = world.desk.orders(3_000);
    assert_eq!(heard, ["4 NO_PRICE"], "no fill at a price nobody has seen");
    assert_eq!(world.asked(), [""; 0], "a dead line is not asked");
    world.up();
    assert_eq!(world.asked(), ["subscribe BTCUSDT 4"], "the resting order needs its data again");
    assert!(
        matches!(world.desk.ask(RequestBody::FindOrder(find(1))), Ok(Answer::Found(Found::Order(report))) if report.state == OrderState::Accepted)
    );
    world.book(bitcoin());
    world.trade(bitcoin(), "59999", "1", Side::Sell);
    assert_eq!(world.desk.orders(40), ["fill 1 @ 60000 maker", "filled 1/1"]);
}

#[test]
fn nothing_new_is_judged_by_a_feed_that_has_fallen_silent() {
    let mut world = Virtual::watching();
    world.says(BrokerEvent::Connection(Connection::Silent));
    world.place(market(1, Side::Buy, "1"));
    assert_eq!(world.desk.orders(1_000), [""; 0]);
    world.up();
    assert_eq!(world.desk.orders(80), ["3 placed", "accepted 0/1", "fill 1 @ 60001 taker", "filled 1/1"]);
    world.says(BrokerEvent::Connection(Connection::Silent));
    world.place(market(2, Side::Buy, "1"));
    assert_eq!(world.desk.orders(3_000), ["4 NO_PRICE"]);
}

#[test]
fn answers_of_the_wrapped_broker_go_to_whoever_asked() {
    let mut world = Virtual::watching();
    world.desk.ask(RequestBody::OpenOrders).unwrap();
    world.numbers();
    let candles = RequestBody::Candles { instrument: bitcoin(), interval: Interval::Minute1, count: 5, until: None };
    let first = world.desk.send(candles);
    let second = world.desk.send(RequestBody::RecentTrades(bitcoin(), 3));
    world.desk.pass(80);
    let numbers = world.numbers();
    assert_eq!(numbers.len(), 2);
    assert_ne!(numbers, [first, second], "its numbers are its own");
    let heard = world.desk.heard.len();
    let answer = |id, outcome| BrokerEvent::Answer { id, outcome };
    world.says(answer(numbers[1], Ok(Answer::Trades(Vec::new()))));
    world.says(answer(numbers[0], Err(BrokerError::Throttled { retry_after: Duration::from_secs(1) })));
    world.says(answer(numbers[0], Ok(Answer::Candles(Vec::new()))));
    let told: Vec<_> = world.desk.heard[heard..]
        .iter()
        .map(|event| match event {
            BrokerEvent::Answer { id, outcome } => (*id, outcome.is_ok()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(told, [(second, true), (first, false)], "once each");
}

#[test]
fn what_is_selected_is_told_to_the_feed() {
    let mut world = Virtual::watching();
    world.asked();
    let told = world.desk.send(RequestBody::Selected(BTreeSet::from([bitcoin()])));
    world.desk.pass(80);
    let number = world.wire.lock().unwrap().asked[0].id;
    assert_eq!(world.asked(), ["selected 1"]);
    world.says(BrokerEvent::Answer { id: number, outcome: Ok(Answer::Done) });
    let is_answer = |event: &&BrokerEvent| matches!(event, BrokerEvent::Answer { id, outcome: Ok(_) } if *id == told);
    assert_eq!(world.desk.heard.iter().filter(is_answer).count(), 1, "the feed's answer is the desk's");
}

#[test]
fn what_is_not_listed_is_not_found_and_what_cannot_be_is_refused() {
    let mut world = Virtual::new();
    let other = "BINANCE_FUTURES:NOSUCHUSDT".parse().unwrap();
    assert!(matches!(world.desk.ask(RequestBody::Place(market(9, Side::Buy, "1"))), Err(BrokerError::NotSent(_))));
    world.up();
    world.desk.ask(RequestBody::Instruments).unwrap();
    let mut refusal = |body| world.desk.ask(body).unwrap_err();
    assert!(matches!(refusal(RequestBody::Subscribe(other, all())), BrokerError::NotFound(_)));
    assert!(matches!(refusal(RequestBody::Place(on(other, market(1, Side::Buy, "1")))), BrokerError::NotFound(_)));
    assert!(matches!(refusal(RequestBody::Cancel(reference_on(1, other))), BrokerError::NotFound(_)));
    let stop = place(2, Side::Buy, OrderKind::Stop { trigger: price("60100") }, "1");
    assert!(matches!(refusal(RequestBody::Place(stop)), BrokerError::Unsupported(_)));
    let mut long = limit(3, Side::Buy, "60000", "1");
    long.position_side = PositionSide::Long;
    assert!(matches!(refusal(RequestBody::Place(long)), BrokerError::Unsupported("hedge mode")));
    let dust = limit(4, Side::Buy, "4000", "0.001");
    assert!(matches!(refusal(RequestBody::Place(dust)), BrokerError::Refused { code, .. } if code == "MIN_NOTIONAL"));
    assert!(matches!(refusal(RequestBody::SetLeverage(bitcoin(), 126)), BrokerError::Refused { .. }));
    assert!(matches!(refusal(RequestBody::SetLeverage(other, 1)), BrokerError::NotFound(_)));
    assert!(matches!(world.desk.ask(RequestBody::SetLeverage(bitcoin(), 20)), Ok(Answer::Done)));
}

#[test]
fn subscriptions_wait_for_the_list_of_instruments() {
    let mut world = Virtual::new();
    world.wire.lock().unwrap().answers = false;
    world.up();
    let id = world.desk.send(RequestBody::Subscribe(bitcoin(), BTreeSet::from([Channel::Trades])));
    world.desk.pass(10);
    assert_eq!(world.wire.lock().unwrap().asked.len(), 1);
    let asked = world.numbers();
    let listed = world.wire.lock().unwrap().lists.clone();
    world.says(BrokerEvent::Answer { id: asked[0], outcome: Ok(Answer::Instruments(listed)) });
    let asked = world.numbers();
    world.says(BrokerEvent::Answer { id: asked[0], outcome: Ok(Answer::Done) });
    assert!(matches!(world.desk.heard.last(), Some(BrokerEvent::Answer { id: of, outcome: Ok(_) }) if *of == id));
    world.book(bitcoin());
    assert!(world.desk.market().is_empty(), "only what it asked for");
    world.trade(bitcoin(), "60000", "1", Side::Sell);
    assert_eq!(world.desk.market().len(), 1);
}

#[test]
fn orders_and_fills_are_found_again() {
    let mut world = Virtual::watching();
    world.place(market(1, Side::Buy, "1"));
    world.desk.pass(80);
    let filled = world.desk.ask(RequestBody::FindOrder(find(1)));
    assert!(
        matches!(filled, Ok(Answer::Found(Found::Order(report))) if report.state == OrderState::Filled && report.filled == quantity("1"))
    );
    assert!(matches!(world.desk.ask(RequestBody::FindOrder(find(2))), Ok(Answer::Found(Found::NotThere))));
    let Ok(Answer::Fills { fills, complete: true }) = world.desk.ask(RequestBody::Fills { since: start() }) else {
        panic!()
    };
    assert_eq!((total(&fills), &fills[0]), (dec!(1), &world.desk.fills()[0]));
    for question in [RequestBody::Positions, RequestBody::Balances] {
        assert!(matches!(world.desk.ask(question), Ok(Answer::Account(reports)) if reports.is_empty()));
    }
    world.place(market(1, Side::Buy, "1"));
    assert!(world.desk.orders(80).contains(&"9 DUPLICATE".to_owned()), "an order is never filled twice");
}

#[test]
fn a_reduce_only_order_shrinks_with_what_it_may_reduce_on_its_own_instrument() {
    let mut world = Virtual::watching();
    world.desk.ask(RequestBody::Subscribe(ether(), all())).unwrap();
    world.book(ether());
    world.place(market(1, Side::Buy, "3"));
    world.place(on(ether(), market(2, Side::Buy, "3")));
    world.desk.pass(80);
    world.place(reducing(3, Side::Sell, "61000", "3"));
    world.place(on(ether(), reducing(4, Side::Sell, "61000", "3")));
    world.desk.pass(80);
    world.place(market(5, Side::Sell, "2"));
    world.desk.pass(200);
    let Ok(Answer::Orders { orders, .. }) = world.desk.ask(RequestBody::OpenOrders) else { panic!() };
    let left: Vec<_> = orders.iter().map(|order| (order.instrument, order.quantity)).collect();
    assert_eq!(left, [(bitcoin(), quantity("1")), (ether(), quantity("3"))]);
    world.place(market(6, Side::Sell, "1"));
    world.desk.pass(200);
    let gone = world.desk.ask(RequestBody::FindOrder(find(3)));
    assert!(matches!(gone, Ok(Answer::Found(Found::Order(report))) if report.state == OrderState::Expired));
}

#[test]
fn news_of_the_real_account_does_not_reach_the_virtual_one() {
    let mut world = Virtual::watching();
    world.place(market(1, Side::Buy, "1"));
    world.desk.pass(80);
    let heard = world.desk.heard.len();
    let fill = world.desk.fills().remove(0);
    world.says(BrokerEvent::Fill(fill));
    world
        .says(BrokerEvent::Account(AccountReport::Cash { total: Cash::new(dec!(7), Currency::Usdt), available: None }));
    world.says(BrokerEvent::CashFlow(CashFlow {
        id: ExecutionId::new("income:1").unwrap(),
        kind: CashFlowKind::Funding,
        instrument: Some(bitcoin()),
        amount: Cash::new(dec!(7), Currency::Usdt),
        time: start(),
    }));
    assert_eq!(world.desk.heard.len(), heard);
    world.says(BrokerEvent::Notice("the venue will be under maintenance".into()));
    assert_eq!(world.desk.heard.len(), heard + 1);
}

#[test]
fn funding_falls_due_once_a_stamp_on_the_last_terms_before_it() {
    let mut world = Virtual::watching();
    let (stamp, next) = (start().plus(Duration::from_secs(30)), start().plus(Duration::from_secs(28_830)));
    let told = |world: &Virtual| -> Vec<_> {
        let stamp = |event: &BrokerEvent| match event {
            BrokerEvent::Funding(stamp) => Some((stamp.instrument, stamp.time, stamp.terms)),
            _ => None,
        };
        world.desk.heard.iter().filter_map(stamp).collect()
    };
    world.mark(bitcoin(), "60000", dec!(0.0001), stamp);
    world.desk.pass(29_000);
    world.mark(bitcoin(), "60100", dec!(0.0002), stamp);
    assert_eq!(told(&world), []);
    world.desk.pass(2_000);
    world.mark(bitcoin(), "60200", dec!(0.0003), stamp);
    world.mark(bitcoin(), "60200", dec!(0.0004), next);
    world.mark(bitcoin(), "60200", dec!(0.0004), next);
    let first = (bitcoin(), stamp, Some((price("60100"), dec!(0.0002))));
    assert_eq!(told(&world), [first]);
    // The feed is away over the next stamp: what the rate was then nobody can say.
    world.down();
    world.desk.pass_in(28_900_000, 60_000);
    world.up();
    world.desk.ask(RequestBody::Subscribe(bitcoin(), all())).unwrap();
    world.mark(bitcoin(), "61000", dec!(0.0005), next.plus(Duration::from_secs(28_800)));
    assert_eq!(told(&world), [first, (bitcoin(), next, None)]);
}
