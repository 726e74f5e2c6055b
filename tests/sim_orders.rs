//! The desk's orders on the simulated exchange: what it hears, in which order, and what survives a crash.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[allow(dead_code)]
mod sim_support;

use std::time::Duration;

use hoga::broker::api::{AccountReport, Answer, BrokerError, BrokerEvent, FindOrder, Found, PlaceOrder, RequestBody};
use hoga::broker::sim::{Journal, MemoryJournal, SimConfig, SimExchange};
use hoga::market::{Interval, MarketBody, Phase, Side, UtcTime};
use hoga::order::fee::Liquidity;
use hoga::order::{OrderKind, OrderState, TimeInForce};
use rust_decimal::Decimal;
use sim_support::{Desk, all_channels, id, limit, market, order_id, price, quantity, reference, start};

const SAMSUNG: &str = "005930";

/// What kind of event, in a word.
fn words(events: &[BrokerEvent]) -> Vec<String> {
    let word = |event: &BrokerEvent| match event {
        BrokerEvent::Answer { outcome: Ok(_), .. } => Some("answer".to_owned()),
        BrokerEvent::Answer { .. } => Some("refusal".to_owned()),
        BrokerEvent::Order(report) => Some(report.state.to_string()),
        BrokerEvent::Fill(_) => Some("fill".to_owned()),
        _ => None,
    };
    let mut words: Vec<String> = events.iter().filter_map(word).collect();
    words.dedup();
    words
}

#[test]
fn a_market_order_is_answered_accepted_filled_and_done_in_this_order() {
    let mut desk = Desk::open(1, &[SAMSUNG]);
    let ask = desk.best(SAMSUNG).1;
    let events = desk.send(RequestBody::Place(market(1, SAMSUNG, Side::Buy, "10")));
    assert_eq!(words(&events), ["answer", "accepted", "fill", "filled"]);
    let fill = &desk.fills()[0];
    assert_eq!((fill.price, fill.liquidity, fill.side), (ask, Liquidity::Taker, Side::Buy));
    assert!(fill.execution_id.as_str().starts_with("S-1-"));
    assert_eq!(fill.broker_id.as_str(), "SIM-1");
}

#[test]
fn a_resting_order_knows_its_place_moves_up_and_is_filled_as_maker() {
    let mut desk = Desk::open(2, &[SAMSUNG]);
    let bid = desk.book(SAMSUNG).bids[0];
    desk.place(&limit(1, SAMSUNG, Side::Buy, bid.price, "5")).unwrap();
    assert_eq!(desk.last_report(1).queue_ahead, Some(bid.quantity), "at the back of the line");
    assert_eq!(desk.exchange.queue_ahead_of(order_id(1)), Some(bid.quantity), "also when nothing is reported");
    assert_eq!(desk.book(SAMSUNG).bids[0].quantity, bid.quantity.plus(quantity("5")), "in the same book as everybody");
    for _ in 0..60 {
        desk.run(30.0);
        if !desk.fills().is_empty() {
            break;
        }
    }
    let fills = desk.fills();
    assert!(!fills.is_empty(), "the market reached the best bid of half an hour ago");
    assert!(fills.iter().all(|fill| fill.liquidity == Liquidity::Maker && fill.price == bid.price));
}

#[test]
fn a_replace_down_keeps_the_place_and_a_replace_up_loses_it() {
    let mut desk = Desk::open(3, &[SAMSUNG]);
    let deep = desk.book(SAMSUNG).bids[8].price;
    let (mine, other) = (limit(1, SAMSUNG, Side::Buy, deep, "10"), limit(2, SAMSUNG, Side::Buy, deep, "7"));
    desk.place(&mine).unwrap();
    desk.place(&other).unwrap();
    let ahead = desk.last_report(1).queue_ahead.unwrap();
    let kind = OrderKind::Limit { price: deep };
    let replace = |lots: &str| RequestBody::Replace { order: reference(&mine), kind, quantity: quantity(lots) };
    desk.ask(replace("4")).unwrap();
    assert_eq!(desk.last_report(1).queue_ahead, Some(ahead));
    desk.ask(replace("8")).unwrap();
    assert_eq!(desk.last_report(1).queue_ahead, Some(ahead.plus(quantity("7"))));
    let lower = desk.book(SAMSUNG).bids[9].price;
    let kind = OrderKind::Limit { price: lower };
    desk.ask(RequestBody::Replace { order: reference(&mine), kind, quantity: quantity("8") }).unwrap();
    assert_eq!(desk.last_report(1).kind, kind);
    assert_eq!(desk.last_report(1).broker_id.as_str(), "SIM-1", "changed in place");
    let ask = desk.best(SAMSUNG).1;
    let kind = OrderKind::Limit { price: ask };
    let events = desk.send(RequestBody::Replace { order: reference(&mine), kind, quantity: quantity("8") });
    assert_eq!(words(&events), ["answer", "accepted", "fill", "filled"], "moved onto the ask, it takes");
}

#[test]
fn refusals_name_what_is_wrong() {
    let mut desk = Desk::open(4, &[SAMSUNG, "BTCUSDT"]);
    let (bid, ask) = desk.best(SAMSUNG);
    let good = limit(1, SAMSUNG, Side::Buy, bid, "1");
    let with = |change: fn(&mut PlaceOrder)| {
        let mut order = good.clone();
        change(&mut order);
        order
    };
    assert_eq!(desk.code(&with(|o| o.kind = OrderKind::Limit { price: price("71050") })), "TICK");
    assert_eq!(desk.code(&with(|o| o.kind = OrderKind::Limit { price: price("92400") })), "LIMITS");
    assert_eq!(desk.code(&with(|o| o.quantity = quantity("1.5"))), "LOT");
    assert_eq!(desk.code(&with(|o| o.quantity = quantity("0"))), "LOT");
    assert_eq!(desk.code(&with(|o| o.reduce_only = true)), "REDUCE_ONLY");
    let post = PlaceOrder { time_in_force: TimeInForce::PostOnly, ..limit(2, SAMSUNG, Side::Buy, ask, "1") };
    assert_eq!(desk.code(&post), "POST_ONLY");
    assert_eq!(desk.code(&limit(3, "BTCUSDT", Side::Buy, price("60000"), "0.0005")), "LOT");
    let cheap = desk.best("BTCUSDT").0;
    assert!(desk.place(&limit(4, "BTCUSDT", Side::Buy, cheap, "0.001")).is_ok(), "60 USDT is enough");
    assert_eq!(desk.code(&limit(5, "BTCUSDT", Side::Buy, price("4000"), "0.001")), "MIN_NOTIONAL");
    assert!(desk.place(&limit(6, "BTCUSDT", Side::Buy, price("31000"), "0.001")).is_ok(), "coins have no daily limits");
    desk.place(&good).unwrap();
    assert_eq!(desk.code(&good), "DUPLICATE");
    assert_eq!(desk.exchange.duplicates_seen(), 1);
    let unknown = limit(9, "999999", Side::Buy, bid, "1");
    assert!(matches!(desk.place(&unknown), Err(BrokerError::NotFound(_))));
    let stop = PlaceOrder { kind: OrderKind::Stop { trigger: bid }, ..limit(10, SAMSUNG, Side::Buy, bid, "1") };
    assert!(matches!(desk.place(&stop), Err(BrokerError::Unsupported(_))));
}

#[test]
fn cancels_end_orders_and_find_knows_them_all() {
    let mut desk = Desk::open(5, &[SAMSUNG]);
    let deep = desk.book(SAMSUNG).bids[9].price;
    let order = limit(1, SAMSUNG, Side::Buy, deep, "3");
    desk.place(&order).unwrap();
    assert!(
        matches!(desk.ask(RequestBody::OpenOrders), Ok(Answer::Orders { orders, complete: true }) if orders.len() == 1)
    );
    desk.ask(RequestBody::Cancel(reference(&order))).unwrap();
    assert_eq!(desk.last_report(1).state, OrderState::Canceled);
    assert!(matches!(desk.ask(RequestBody::Cancel(reference(&order))), Err(BrokerError::Refused { .. })));
    for number in 2..5 {
        desk.place(&limit(number, SAMSUNG, Side::Buy, deep, "3")).unwrap();
    }
    desk.ask(RequestBody::CancelAll(None)).unwrap();
    assert!(matches!(desk.ask(RequestBody::OpenOrders), Ok(Answer::Orders { orders, .. }) if orders.is_empty()));
    let find = |number| FindOrder {
        order: reference(&limit(number, SAMSUNG, Side::Buy, deep, "3")),
        side: Side::Buy,
        price: Some(deep),
        quantity: quantity("3"),
        sent_at: start(),
        not_these: Vec::new(),
        route: None,
    };
    let found = desk.ask(RequestBody::FindOrder(find(1)));
    assert!(matches!(found, Ok(Answer::Found(Found::Order(report))) if report.state == OrderState::Canceled));
    assert!(matches!(desk.ask(RequestBody::FindOrder(find(77))), Ok(Answer::Found(Found::NotThere))));
}

#[test]
fn a_sweep_interrupts_trading_and_the_rest_is_filled_by_the_auction() {
    let mut desk = Desk::open(6, &[SAMSUNG]);
    let base = desk.best(SAMSUNG).1;
    desk.place(&limit(1, SAMSUNG, Side::Buy, price("80000"), "3000000")).unwrap();
    let phases = |desk: &Desk| -> Vec<Phase> {
        let events = desk.market(SAMSUNG).into_iter();
        events.filter_map(|e| if let MarketBody::Phase(change) = e.body { Some(change.phase) } else { None }).collect()
    };
    // It has taken all there is; the first who sells to it would trade far above the last price.
    desk.run(3.0);
    assert_eq!(phases(&desk), [Phase::Continuous, Phase::Volatility]);
    let limit_of_vi = base.value() * Decimal::new(104, 2);
    assert!(desk.fills().iter().all(|fill| fill.price.value() < limit_of_vi), "no trade beyond the rate");
    let before = desk.fills().len();
    desk.run(152.0);
    assert_eq!(phases(&desk)[..3], [Phase::Continuous, Phase::Volatility, Phase::Continuous]);
    let fills = desk.fills();
    assert!(fills[before..].iter().any(|fill| fill.liquidity == Liquidity::Auction), "the call auction filled some");
    let filled: Decimal = fills.iter().map(|fill| fill.quantity.value()).sum();
    assert_eq!(desk.last_report(1).filled.value(), filled, "reports and fills say the same");
}

#[test]
fn every_fill_of_the_desk_is_on_the_tape() {
    let mut desk = Desk::open(7, &["000660"]);
    for number in 0..20 {
        let side = if number % 2 == 0 { Side::Buy } else { Side::Sell };
        desk.place(&market(number + 1, "000660", side, "37")).unwrap();
        desk.run(0.5);
    }
    let prints: Vec<_> = desk
        .market("000660")
        .into_iter()
        .filter_map(|e| match e.body {
            MarketBody::Trade(trade) => Some((e.venue_time, trade.price, trade.quantity)),
            _ => None,
        })
        .collect();
    let fills = desk.fills();
    for fill in &fills {
        assert!(prints.contains(&(fill.time, fill.price, fill.quantity)), "{fill:?}");
    }
    let total: Decimal = fills.iter().map(|fill| fill.quantity.value()).sum();
    assert_eq!(total, Decimal::from(20 * 37));
    assert!(matches!(desk.ask(RequestBody::Positions), Ok(Answer::Account(positions)) if positions.is_empty()));
}

#[test]
fn day_orders_end_with_the_day_and_good_till_cancel_orders_live_on() {
    let config = SimConfig {
        opening_auction: Duration::from_secs(3),
        continuous: Duration::from_secs(10),
        closing_auction: Duration::from_secs(3),
        closed: Duration::from_secs(4),
        random_end: Duration::ZERO,
        ..SimConfig::default()
    };
    let mut desk = Desk::new(SimExchange::new(config.only(&[SAMSUNG]), 8, start()));
    desk.ask(RequestBody::Subscribe(id(SAMSUNG), all_channels())).unwrap();
    let far = price("60000");
    desk.place(&limit(1, SAMSUNG, Side::Buy, far, "3")).unwrap();
    desk.place(&PlaceOrder { time_in_force: TimeInForce::Gtc, ..limit(2, SAMSUNG, Side::Buy, far, "3") }).unwrap();
    desk.run(14.0);
    assert_eq!(desk.last_report(1).state, OrderState::Expired);
    assert_eq!(desk.code(&limit(3, SAMSUNG, Side::Buy, far, "3")), "CLOSED");
    desk.run(8.0);
    assert_eq!(desk.last_report(2).state, OrderState::Accepted);
    let book = desk.ask(RequestBody::OpenOrders);
    assert!(matches!(book, Ok(Answer::Orders { orders, .. }) if orders.len() == 1));
}

#[test]
fn perpetuals_reduce_only_reduces_and_funding_is_paid_once() {
    let at = UtcTime::parse("2026-11-21T07:59:30Z").unwrap();
    let mut desk = Desk::new(SimExchange::new(SimConfig::default().only(&["BTCUSDT"]), 9, at));
    desk.ask(RequestBody::Subscribe(id("BTCUSDT"), all_channels())).unwrap();
    desk.place(&market(1, "BTCUSDT", Side::Sell, "0.5")).unwrap();
    let close = |number, lots| PlaceOrder { reduce_only: true, ..market(number, "BTCUSDT", Side::Buy, lots) };
    assert_eq!(desk.code(&close(2, "0.6")), "REDUCE_ONLY");
    let low = PlaceOrder { reduce_only: true, ..limit(3, "BTCUSDT", Side::Buy, price("58000"), "0.4") };
    desk.place(&low).unwrap();
    desk.place(&market(4, "BTCUSDT", Side::Buy, "0.3")).unwrap();
    assert_eq!(desk.last_report(3).quantity, quantity("0.2"), "no larger than the position that is left");
    desk.run(60.0);
    let flows: Vec<_> = desk
        .heard
        .iter()
        .filter_map(|e| if let BrokerEvent::CashFlow(f) = e { Some(f.clone()) } else { None })
        .collect();
    assert_eq!(flows.len(), 1);
    let marks = desk.market("BTCUSDT").into_iter();
    let rate =
        marks.filter_map(|e| if let MarketBody::Mark(m) = e.body { Some(m.funding_rate) } else { None }).next_back();
    assert!(rate.unwrap().abs() <= Decimal::new(5, 4));
    desk.place(&close(5, "0.2")).unwrap_err();
    desk.ask(RequestBody::CancelAll(None)).unwrap();
    desk.place(&close(6, "0.2")).unwrap();
    assert!(matches!(desk.ask(RequestBody::Positions), Ok(Answer::Account(positions)) if positions.is_empty()));
    assert!(desk.ask(RequestBody::SetLeverage(id("BTCUSDT"), 20)).is_ok());
    assert!(desk.ask(RequestBody::SetLeverage(id("BTCUSDT"), 126)).is_err());
}

#[test]
fn candles_of_every_length_tell_one_story() {
    let mut desk = Desk::open(10, &[SAMSUNG]);
    desk.run(90.0);
    let mut candles = |interval, count| match desk.ask(RequestBody::Candles {
        instrument: id(SAMSUNG),
        interval,
        count,
        until: None,
    }) {
        Ok(Answer::Candles(candles)) => candles,
        other => panic!("{other:?}"),
    };
    let days = candles(Interval::Day1, 1_000);
    assert_eq!(days.len(), 801, "800 days of the past and today");
    assert_eq!(days[799].close, price("71000"));
    let minutes = candles(Interval::Minute1, 5);
    assert_eq!(minutes.len(), 5);
    assert!(minutes.windows(2).all(|pair| pair[0].time < pair[1].time));
    assert_eq!(minutes[4].close, days[800].close);
    assert!(candles(Interval::Week1, 1_000).len() > 150);
    assert_eq!(candles(Interval::Minute5, 10).last().unwrap().close, days[800].close);
}

fn reopen(bytes: Vec<u8>, at: UtcTime) -> Desk {
    let journal = Journal::memory(MemoryJournal::from_bytes(bytes));
    let config = SimConfig::default().only(&[SAMSUNG]);
    let mut desk = Desk::new(SimExchange::restore(config, 11, at, journal).unwrap());
    desk.ask(RequestBody::Subscribe(id(SAMSUNG), all_channels())).unwrap();
    desk
}

#[test]
fn a_crash_loses_no_order_and_no_fill() {
    let memory = MemoryJournal::default();
    let config = SimConfig::default().only(&[SAMSUNG]);
    let exchange = SimExchange::restore(config, 11, start(), Journal::memory(memory.clone())).unwrap();
    let mut desk = Desk::new(exchange);
    desk.ask(RequestBody::Subscribe(id(SAMSUNG), all_channels())).unwrap();
    let deep = desk.book(SAMSUNG).bids[6].price;
    desk.place(&market(1, SAMSUNG, Side::Buy, "12")).unwrap();
    desk.place(&limit(2, SAMSUNG, Side::Buy, deep, "7")).unwrap();
    desk.run(61.0);
    let known = desk.fills();
    // Killed while it wrote down one more order, of which nobody has been told.
    let whole = memory.bytes();
    desk.place(&limit(3, SAMSUNG, Side::Buy, deep, "1")).unwrap();
    let torn = memory.bytes()[..whole.len() + 40].to_vec();

    let mut again = reopen(torn, desk.exchange.now().plus(Duration::from_secs(5)));
    match again.ask(RequestBody::Fills { since: start() }) {
        Ok(Answer::Fills { fills, complete: true }) => assert_eq!(fills, known),
        other => panic!("{other:?}"),
    }
    match again.ask(RequestBody::OpenOrders) {
        Ok(Answer::Orders { orders, .. }) => {
            let open: Vec<_> =
                orders.iter().map(|order| (order.order_id.unwrap(), order.quantity.minus(order.filled))).collect();
            assert_eq!(open, [(order_id(2), quantity("7"))]);
            assert!(orders[0].queue_ahead.unwrap() > quantity("0"), "at the back of the line");
        }
        other => panic!("{other:?}"),
    }
    match again.ask(RequestBody::Positions) {
        Ok(Answer::Account(positions)) => {
            assert!(matches!(positions[0], AccountReport::Position { quantity, .. } if quantity == Decimal::from(12)));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(again.code(&market(1, SAMSUNG, Side::Buy, "12")), "DUPLICATE", "even over a crash");
    again.place(&market(9, SAMSUNG, Side::Buy, "1")).unwrap();
    let new = again.fills().pop().unwrap();
    assert!(known.iter().all(|old| old.execution_id != new.execution_id), "numbers of fills are never used again");
    let (before, after) = (desk.best(SAMSUNG).0, again.best(SAMSUNG).0);
    let apart = (before.value() / after.value() - Decimal::ONE).abs();
    assert!(apart < Decimal::new(3, 2), "the market goes on where it was: {before} and {after}");
}

#[test]
fn wherever_the_journal_is_cut_it_opens_and_says_the_beginning_of_the_truth() {
    let memory = MemoryJournal::default();
    let config = SimConfig::default().only(&[SAMSUNG]);
    let exchange = SimExchange::restore(config, 11, start(), Journal::memory(memory.clone())).unwrap();
    let mut desk = Desk::new(exchange);
    let empty = memory.bytes().len();
    for number in 1..6 {
        desk.place(&market(number, SAMSUNG, Side::Buy, "12")).unwrap();
        desk.run(0.2);
    }
    let (whole, known) = (memory.bytes(), desk.fills());
    let mut longest = 0;
    for cut in (empty..=whole.len()).step_by(61).chain([whole.len()]) {
        let mut again = reopen(whole[..cut].to_vec(), start().plus(Duration::from_secs(2)));
        match again.ask(RequestBody::Fills { since: start() }) {
            Ok(Answer::Fills { fills, .. }) => {
                assert!(known.starts_with(&fills), "cut at {cut}");
                assert!(fills.len() >= longest);
                longest = fills.len();
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(longest, known.len());
}

#[test]
fn an_order_the_market_has_passed_meanwhile_is_filled_on_return() {
    let memory = MemoryJournal::default();
    let config = SimConfig::default().only(&[SAMSUNG]);
    let exchange = SimExchange::restore(config, 11, start(), Journal::memory(memory.clone())).unwrap();
    let mut desk = Desk::new(exchange);
    // Nobody has written prices down yet, so the exchange returns at the base price, below this bid.
    desk.ask(RequestBody::Subscribe(id(SAMSUNG), all_channels())).unwrap();
    let bid = desk.book(SAMSUNG).bids[0].price;
    desk.place(&limit(1, SAMSUNG, Side::Buy, bid, "7")).unwrap();
    let again = reopen(memory.bytes(), start().plus(Duration::from_secs(5)));
    let filled: Decimal = again.fills().iter().map(|fill| fill.quantity.value()).sum();
    let open = again.last_report(1);
    assert_eq!(open.filled.value(), filled);
    assert!(open.state == OrderState::Accepted || filled > Decimal::ZERO);
}

#[test]
fn what_is_older_than_a_week_is_dropped_and_never_denied() {
    let memory = MemoryJournal::default();
    let config = SimConfig::default().only(&[SAMSUNG]);
    let exchange = SimExchange::restore(config, 11, start(), Journal::memory(memory.clone())).unwrap();
    let mut desk = Desk::new(exchange);
    desk.place(&market(1, SAMSUNG, Side::Buy, "12")).unwrap();
    let later = start().plus(Duration::from_secs(8 * 86_400));
    let mut again = reopen(memory.bytes(), later);
    let find = |sent_at| FindOrder {
        order: reference(&market(1, SAMSUNG, Side::Buy, "12")),
        side: Side::Buy,
        price: None,
        quantity: quantity("12"),
        sent_at,
        not_these: Vec::new(),
        route: None,
    };
    assert!(matches!(again.ask(RequestBody::FindOrder(find(start()))), Err(BrokerError::Refused { .. })));
    assert!(matches!(again.ask(RequestBody::FindOrder(find(later))), Ok(Answer::Found(Found::NotThere))));
    assert!(matches!(again.ask(RequestBody::Fills { since: start() }), Ok(Answer::Fills { complete: false, .. })));
    let held = again.ask(RequestBody::Positions);
    assert!(matches!(held, Ok(Answer::Account(positions)) if positions.len() == 1), "the position is not forgotten");
}
