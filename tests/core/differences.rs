//! What differs at start-up is shown with both values, nothing is sent by the desk itself until a person has accepted it,
//! and accepting is booked so that the ledger still adds up.

use std::time::Duration;

use hoga::broker::api::{BrokerEvent, OrderReport, RequestBody};
use hoga::config::World;
use hoga::desk::core::CoreCommand;
use hoga::desk::protocol::Outcome;
use hoga::ledger::{Batch, DifferenceKind, Write, verify};
use hoga::market::{Currency, InstrumentId, Side, Symbol, Venue as Market};
use hoga::order::{BrokerOrderId, OrderId, OrderKind, OrderState, Role, TransactionKind, WatchedBy};
use rust_decimal::{Decimal, dec};

use crate::desk::{COIN, Desk, STOCK, id_of, limit, order, placed, price, units};
use crate::venue::Venue;

const CASH: Decimal = dec!(10_000_000);

/// A paper account with 10 shares, cash, a stop held by the desk that would sell 3 of them at 69,000, and an order for 10
/// more resting at 65,000. Both sides agree.
fn account() -> (Desk, Venue, OrderId, OrderId) {
    let mut desk = Desk::new(World::Paper, 1);
    let mut venue = Venue::default();
    venue.cash = [(Currency::Krw, CASH), (Currency::Usdt, dec!(5_000))].into();
    venue.positions = [(id_of(STOCK), (dec!(10), Some(price(68_000))))].into();
    desk.connect();
    venue.serve(&mut desk);
    desk.open_markets();
    let mut stop = order(STOCK, Side::Sell, OrderKind::Stop { trigger: price(69_000) }, 3);
    stop.time_in_force = hoga::order::TimeInForce::Gtc;
    let stop = desk.submit(stop).unwrap();
    let resting = desk.submit(limit(STOCK, Side::Buy, 65_000, 10)).unwrap();
    venue.serve(&mut desk);
    assert_eq!(desk.order(resting).state, OrderState::Accepted);
    (desk, venue, resting, stop)
}

/// The desk ends, something happens elsewhere, the desk starts and looks twice.
fn away(desk: &mut Desk, venue: &mut Venue, meanwhile: impl FnOnce(&mut Desk, &mut Venue)) {
    desk.commit();
    desk.now = desk.now.plus(Duration::from_secs(600));
    meanwhile(desk, venue);
    desk.restart();
    desk.connect();
    look(desk, venue, 3);
    desk.open_markets();
}

fn look(desk: &mut Desk, venue: &mut Venue, times: u32) {
    for _ in 0..times {
        venue.serve(desk);
        desk.pass(Duration::from_millis(1_000));
    }
    venue.serve(desk);
}

fn refused(desk: &mut Desk) -> bool {
    match desk.submit(limit(STOCK, Side::Buy, 64_000, 1)) {
        Err(failure) => failure.refusals.iter().any(|refusal| refusal.rule.name() == "RISK_NOT_RECONCILED"),
        Ok(_) => false,
    }
}

/// The one difference there is, with both values; new orders are refused, cancels pass, and it is an event.
fn shown(desk: &mut Desk, kind: &str, subject: &str, local: &str, venue: &str) {
    let found = desk.differences().to_vec();
    assert_eq!(desk.kinds(), [kind], "{found:#?}");
    assert!(found[0].subject.contains(subject), "{found:#?}");
    assert!(found[0].local.contains(local), "{found:#?}");
    assert!(found[0].venue.contains(venue), "{found:#?}");
    let told = desk.events.iter().filter(|event| event.kind == "difference").count();
    assert!(told >= 1, "{:#?}", desk.events);
    assert!(refused(desk), "new orders wait for the person");
}

fn accept(desk: &mut Desk, venue: &mut Venue) {
    let token = desk.ask(CoreCommand::AcceptDifferences);
    assert!(matches!(desk.reply(token), Some(Outcome::Ok(_))));
    assert_eq!(desk.kinds(), [""; 0]);
    look(desk, venue, 30);
    assert_eq!(desk.kinds(), [""; 0], "what was accepted does not come back: {:#?}", desk.differences());
    assert!(!refused(desk));
    desk.audit();
}

/// A print that reaches the stop.
fn reach_the_stop(desk: &mut Desk, stop: OrderId) -> bool {
    desk.trade(STOCK, 68_900);
    desk.wire.iter().any(|request| placed(request) == Some(stop))
}

fn foreign(broker_id: &str) -> OrderReport {
    OrderReport {
        order_id: None,
        client_id: None,
        broker_id: BrokerOrderId::new(broker_id).unwrap(),
        replaces: None,
        instrument: id_of(STOCK),
        side: Side::Sell,
        kind: OrderKind::Limit { price: price(75_000) },
        quantity: units(4),
        filled: units(0),
        state: OrderState::Accepted,
        reason: None,
        queue_ahead: None,
        time: hoga::market::UtcTime::EPOCH,
    }
}

#[test]
fn the_first_report_of_a_new_account_is_its_opening_balance() {
    let (mut desk, _, _, _) = account();
    assert_eq!((desk.cash(Currency::Krw), desk.cash(Currency::Usdt), desk.held(STOCK)), (CASH, dec!(5_000), dec!(10)));
    desk.audit();
    let booked = desk.store.reader().transactions(None, hoga::market::UtcTime::EPOCH, u32::MAX).unwrap();
    assert_eq!(booked.len(), 3);
    assert!(booked.iter().all(|t| t.kind == TransactionKind::Deposit && t.note.as_deref() == Some("opening balance")));
    let shares = booked.iter().find(|transaction| transaction.is_transfer()).unwrap();
    assert_eq!((shares.amount, shares.quantity, shares.price), (dec!(0), Some(units(10)), Some(price(68_000))));
    let position = desk.core.positions(desk.now, 0).remove(0);
    assert_eq!((position.average_price, position.realized), (Some(dec!(68_000)), dec!(0)));
    assert!(!desk.events.iter().any(|event| event.kind == "difference"), "{:#?}", desk.events);
}

#[test]
fn nothing_differs_after_a_quiet_night() {
    let (mut desk, mut venue, resting, stop) = account();
    away(&mut desk, &mut venue, |_, _| {});
    assert_eq!(desk.kinds(), [""; 0]);
    assert_eq!(desk.order(resting).state, OrderState::Accepted);
    assert!(!refused(&mut desk));
    assert!(reach_the_stop(&mut desk, stop));
}

#[test]
fn nothing_is_sent_before_everything_was_compared() {
    let (mut desk, _, _, stop) = account();
    desk.restart();
    desk.connect();
    desk.open_markets();
    assert!(refused(&mut desk));
    assert!(!reach_the_stop(&mut desk, stop));
}

#[test]
fn an_order_at_the_broker_that_is_not_ours() {
    let (mut desk, mut venue, _, stop) = account();
    away(&mut desk, &mut venue, |_, venue| venue.foreign.push(foreign("HTS-1")));
    shown(&mut desk, "extra_order", "HTS-1", "none", "sell SIM:005930 4 accepted");
    assert!(!reach_the_stop(&mut desk, stop), "the same shares may be sold twice");
    accept(&mut desk, &mut venue);
    assert!(reach_the_stop(&mut desk, stop));
}

#[test]
fn an_order_of_ours_that_the_broker_does_not_know() {
    let (mut desk, mut venue, resting, _) = account();
    away(&mut desk, &mut venue, |_, venue| venue.orders.clear());
    shown(&mut desk, "missing_order", &resting.to_string(), "accepted, 0 of 10 buy", "none");
    assert_eq!(desk.order(resting).state, OrderState::Expired);
    accept(&mut desk, &mut venue);
}

#[test]
fn an_order_that_was_filled_in_part_meanwhile() {
    let (mut desk, mut venue, resting, stop) = account();
    away(&mut desk, &mut venue, |desk, venue| {
        venue.fill(desk.now, resting, units(4), 65_000);
        *venue.cash.get_mut(&Currency::Krw).unwrap() -= dec!(260_000);
        venue.positions.insert(id_of(STOCK), (dec!(14), None));
    });
    shown(&mut desk, "order_partly_filled", &resting.to_string(), "accepted, 0 of 10", "partially_filled, 4 of 10");
    assert_eq!((desk.held(STOCK), desk.cash(Currency::Krw)), (dec!(14), CASH - dec!(260_000)), "the fill is booked");
    assert!(!reach_the_stop(&mut desk, stop));
    accept(&mut desk, &mut venue);
}

#[test]
fn an_order_that_was_filled_meanwhile() {
    let (mut desk, mut venue, resting, _) = account();
    away(&mut desk, &mut venue, |desk, venue| {
        venue.fill(desk.now, resting, units(10), 65_000);
        *venue.cash.get_mut(&Currency::Krw).unwrap() -= dec!(650_000);
        venue.positions.insert(id_of(STOCK), (dec!(20), None));
    });
    shown(&mut desk, "order_filled", &resting.to_string(), "accepted, 0 of 10", "filled, 10 of 10");
    accept(&mut desk, &mut venue);
}

#[test]
fn an_order_that_was_canceled_elsewhere() {
    let (mut desk, mut venue, resting, _) = account();
    away(&mut desk, &mut venue, |desk, venue| {
        venue.end(desk.now, resting, OrderState::Canceled);
    });
    shown(&mut desk, "order_canceled", &resting.to_string(), "accepted, 0 of 10", "canceled, 0 of 10");
    accept(&mut desk, &mut venue);
}

#[test]
fn an_order_that_was_given_another_price_and_quantity_elsewhere() {
    let (mut desk, mut venue, resting, _) = account();
    away(&mut desk, &mut venue, |_, venue| {
        let truth = venue.orders.get_mut(&resting).unwrap();
        (truth.kind, truth.quantity) = (OrderKind::Limit { price: price(66_000) }, units(12));
    });
    shown(&mut desk, "order_changed", &resting.to_string(), "10 @ 65000", "12 @ 66000");
    let before = desk.order(resting).clone();
    assert_eq!((before.quantity, before.kind.limit()), (units(10), Some(price(65_000))), "not overwritten in silence");
    accept(&mut desk, &mut venue);
    let after = desk.order(resting).clone();
    assert_eq!((after.quantity, after.kind.limit()), (units(12), Some(price(66_000))));
    assert!(after.reservation.cash.amount > before.reservation.cash.amount);
}

/// Each change gives an order another number, and the broker finds it by its newest one only.
#[test]
fn an_order_that_was_changed_elsewhere_and_ended_is_kept_under_its_newest_number() {
    for (changes, filled, state) in [
        (1, 10, OrderState::Filled),
        (2, 10, OrderState::Filled),
        (1, 4, OrderState::Canceled),
        (2, 0, OrderState::Canceled),
    ] {
        let (mut desk, mut venue, resting, _) = account();
        let first = desk.order(resting).broker_id.clone().unwrap();
        away(&mut desk, &mut venue, |desk, venue| {
            (0..changes).for_each(|change| venue.change_elsewhere(resting, 66_000 + 100 * change));
            venue.fill(desk.now, resting, units(filled), 66_000);
            venue.end(desk.now, resting, OrderState::Canceled);
            *venue.cash.get_mut(&Currency::Krw).unwrap() -= Decimal::from(66_000 * filled);
            venue.positions.insert(id_of(STOCK), (Decimal::from(10 + filled), None));
        });
        let newest = Some(venue.orders[&resting].broker_id.clone());
        for _ in 0..2 {
            let order = desk.order(resting);
            assert_eq!((order.state, order.filled, &order.broker_id), (state, units(filled), &newest));
            assert!(order.is_known_as(&first));
            desk.audit();
            desk.restart();
        }
    }
}

#[test]
fn the_newest_number_of_an_order_is_learned_also_when_its_last_fill_came_first() {
    let (mut desk, mut venue, resting, _) = account();
    venue.change_elsewhere(resting, 66_000);
    for event in venue.fill(desk.now, resting, units(10), 66_000) {
        desk.hear(event);
    }
    let newest = Some(venue.orders[&resting].broker_id.clone());
    assert_eq!((desk.order(resting).state, &desk.order(resting).broker_id), (OrderState::Filled, &newest));
    let former = desk.order(resting).former_broker_ids.clone();
    // What is told late about its first number takes it back to nothing.
    let mut late = foreign(former[0].as_str());
    (late.order_id, late.state) = (Some(resting), OrderState::Filled);
    (late.side, late.quantity, late.filled) = (Side::Buy, units(10), units(10));
    desk.hear(BrokerEvent::Order(late));
    assert_eq!((&desk.order(resting).broker_id, &desk.order(resting).former_broker_ids), (&newest, &former));
    desk.commit();
    desk.restart();
    assert_eq!(desk.order(resting).broker_id, newest);
}

#[test]
fn a_position_that_was_opened_elsewhere() {
    let (mut desk, mut venue, _, _) = account();
    away(&mut desk, &mut venue, |_, venue| {
        venue.positions.insert(id_of(COIN), (dec!(2), Some(price(60_000))));
    });
    shown(&mut desk, "extra_position", "SIM:BTCUSDT", "0", "2");
    assert_eq!(desk.held(COIN), dec!(0));
    accept(&mut desk, &mut venue);
    assert_eq!(desk.held(COIN), dec!(2));
    let coin = desk.core.positions(desk.now, 0).into_iter().find(|position| position.symbol == COIN).unwrap();
    assert_eq!((coin.average_price, coin.realized), (Some(dec!(60_000)), dec!(0)));
}

#[test]
fn a_position_that_was_closed_elsewhere() {
    let (mut desk, mut venue, _, stop) = account();
    away(&mut desk, &mut venue, |_, venue| venue.positions.clear());
    shown(&mut desk, "missing_position", "SIM:005930", "10", "0");
    assert!(!reach_the_stop(&mut desk, stop), "nothing is sold that is not there");
    assert_eq!(desk.core.watcher(desk.order(stop)), Some(WatchedBy::Nobody), "and everybody can see it");
    accept(&mut desk, &mut venue);
    assert_eq!(desk.held(STOCK), dec!(0));
    desk.trade(STOCK, 68_800);
    assert_eq!(desk.order(stop).state, OrderState::Canceled, "nothing is left to close");
}

#[test]
fn a_position_of_another_size() {
    let (mut desk, mut venue, _, stop) = account();
    away(&mut desk, &mut venue, |_, venue| {
        venue.positions.insert(id_of(STOCK), (dec!(7), None));
    });
    shown(&mut desk, "position", "SIM:005930", "10", "7");
    assert!(!reach_the_stop(&mut desk, stop));
    accept(&mut desk, &mut venue);
    assert_eq!(desk.held(STOCK), dec!(7));
    let record = desk.core.positions(desk.now, 0).remove(0);
    assert_eq!((record.average_price, record.realized), (Some(dec!(68_000)), dec!(0)), "moving out earns nothing");
}

#[test]
fn a_position_on_the_other_side() {
    let (mut desk, mut venue, _, _) = account();
    venue.positions.insert(id_of(COIN), (dec!(3), Some(price(60_000))));
    away(&mut desk, &mut venue, |_, _| {});
    accept(&mut desk, &mut venue);
    away(&mut desk, &mut venue, |_, venue| {
        venue.positions.insert(id_of(COIN), (dec!(-2), Some(price(61_000))));
    });
    shown(&mut desk, "position_side", "SIM:BTCUSDT", "3", "-2");
    accept(&mut desk, &mut venue);
    assert_eq!(desk.held(COIN), dec!(-2));
}

#[test]
fn another_amount_of_cash() {
    for (there, kind) in [(CASH + dec!(5_000), TransactionKind::Deposit), (CASH - dec!(1), TransactionKind::Withdraw)] {
        let (mut desk, mut venue, _, stop) = account();
        away(&mut desk, &mut venue, |_, venue| {
            venue.cash.insert(Currency::Krw, there);
        });
        shown(&mut desk, "cash", "KRW", "10000000", &there.to_string());
        accept(&mut desk, &mut venue);
        assert_eq!(desk.cash(Currency::Krw), there);
        let booked = desk.store.reader().transactions(None, hoga::market::UtcTime::EPOCH, u32::MAX).unwrap();
        let last = booked.iter().max_by_key(|transaction| transaction.id).unwrap();
        assert_eq!((last.kind, last.note.as_deref()), (kind, Some("accepted difference")));
        assert!(reach_the_stop(&mut desk, stop));
    }
}

#[test]
fn what_only_rounding_explains_is_booked_and_halts_nothing() {
    let (mut desk, mut venue, _, _) = account();
    venue.cash.insert(Currency::Usdt, dec!(100.00000003));
    away(&mut desk, &mut venue, |_, _| {});
    accept(&mut desk, &mut venue);
    away(&mut desk, &mut venue, |_, venue| {
        venue.cash.insert(Currency::Usdt, dec!(100));
    });
    assert_eq!(desk.kinds(), [""; 0], "{:#?}", desk.differences());
    assert_eq!(desk.cash(Currency::Usdt), dec!(100));
    assert!(desk.events.iter().any(|event| event.kind == "reconcile" && event.text.contains("rounding")));
    assert!(!refused(&mut desk));
    desk.audit();
    away(&mut desk, &mut venue, |_, venue| {
        venue.cash.insert(Currency::Usdt, dec!(99.999));
    });
    shown(&mut desk, "cash", "USDT", "100", "99.999");
}

#[test]
fn what_a_fill_was_charged_before_a_restart_is_booked_after_it_and_once() {
    let (mut desk, mut venue, resting, _) = account();
    let mut told = venue.fill(desk.now, resting, units(10), 65_000);
    let Some(BrokerEvent::Fill(fill)) = told.first_mut() else { panic!("{told:?}") };
    // Neither commission nor tax: by the schedule 97 won.
    (fill.commission, fill.tax) = (None, None);
    told.into_iter().for_each(|event| desk.hear(event));
    let estimated = CASH - dec!(650_000) - desk.cash(Currency::Krw);
    assert_eq!(estimated, dec!(97));
    let there = CASH - dec!(650_000) - dec!(90);
    away(&mut desk, &mut venue, |_, venue| {
        venue.cash.insert(Currency::Krw, there);
        venue.positions.insert(id_of(STOCK), (dec!(20), Some(price(66_500))));
    });
    assert_eq!(desk.kinds(), [""; 0], "{:#?}", desk.differences());
    assert_eq!(desk.cash(Currency::Krw), there);
    assert!(desk.events.iter().any(|event| event.kind == "reconcile" && event.text.contains("charges")));
    desk.audit();
    // Of the 97 there are 90 left, which another desk knows too.
    away(&mut desk, &mut venue, |_, venue| {
        venue.cash.insert(Currency::Krw, there - dec!(91));
    });
    shown(&mut desk, "cash", "KRW", &there.to_string(), &(there - dec!(91)).to_string());
}

#[test]
fn a_won_too_little_does_not_take_the_protection_from_a_holding() {
    let (mut desk, mut venue, _, stop) = account();
    away(&mut desk, &mut venue, |_, venue| {
        venue.cash.insert(Currency::Krw, CASH - dec!(1));
    });
    shown(&mut desk, "cash", "KRW", "10000000", "9999999");
    assert!(reach_the_stop(&mut desk, stop), "an exit of a holding that is certain");
}

#[test]
fn a_stop_that_would_open_a_position_waits_while_anything_differs() {
    let (mut desk, mut venue, _, _) = account();
    let mut entry = order(STOCK, Side::Buy, OrderKind::Stop { trigger: price(71_000) }, 5);
    entry.time_in_force = hoga::order::TimeInForce::Gtc;
    let entry = desk.submit(entry).unwrap();
    away(&mut desk, &mut venue, |_, venue| {
        venue.cash.insert(Currency::Krw, CASH - dec!(1));
    });
    desk.trade(STOCK, 71_500);
    assert_eq!(desk.order(entry).state, OrderState::Accepted);
    accept(&mut desk, &mut venue);
    desk.trade(STOCK, 71_500);
    assert!(desk.order(entry).triggered && desk.order(entry).role == Role::Entry);
}

#[test]
fn a_currency_nobody_knew_of() {
    let (mut desk, mut venue, _, _) = account();
    away(&mut desk, &mut venue, |_, venue| {
        venue.cash.insert(Currency::Usd, dec!(12.5));
    });
    shown(&mut desk, "extra_currency", "USD", "0", "12.5");
    accept(&mut desk, &mut venue);
    assert_eq!(desk.cash(Currency::Usd), dec!(12.5));
}

#[test]
fn a_position_in_something_the_desk_does_not_know() {
    let unknown = InstrumentId { venue: Market::Krx, symbol: Symbol::new("999990").unwrap() };
    let (mut desk, mut venue, _, _) = account();
    away(&mut desk, &mut venue, |_, venue| {
        venue.positions.insert(unknown, (dec!(8), None));
    });
    shown(&mut desk, "unknown_instrument", "KRX:999990", "0", "8");
    accept(&mut desk, &mut venue);
    venue.positions.insert(unknown, (dec!(9), None));
    look(&mut desk, &mut venue, 60);
    assert_eq!(desk.kinds(), ["unknown_instrument"], "another size is another difference");
}

#[test]
fn several_differences_are_shown_side_by_side_and_survive_a_restart() {
    let (mut desk, mut venue, resting, _) = account();
    away(&mut desk, &mut venue, |desk, venue| {
        venue.foreign.push(foreign("HTS-1"));
        venue.end(desk.now, resting, OrderState::Canceled);
        venue.positions.clear();
        venue.cash.insert(Currency::Krw, dec!(1));
    });
    let mut kinds = desk.kinds();
    kinds.sort_unstable();
    assert_eq!(kinds, ["cash", "extra_order", "missing_position", "order_canceled"]);
    desk.restart();
    desk.connect();
    look(&mut desk, &mut venue, 3);
    let mut kinds = desk.kinds();
    kinds.sort_unstable();
    assert_eq!(kinds, ["cash", "extra_order", "missing_position"], "the canceled order is known by now");
    desk.open_markets();
    accept(&mut desk, &mut venue);
}

#[test]
fn a_difference_that_goes_away_by_itself_needs_nobody() {
    let (mut desk, mut venue, _, _) = account();
    away(&mut desk, &mut venue, |_, venue| venue.foreign.push(foreign("HTS-1")));
    assert_eq!(desk.kinds(), ["extra_order"]);
    venue.foreign.clear();
    look(&mut desk, &mut venue, 30);
    assert_eq!(desk.kinds(), [""; 0]);
    assert!(!refused(&mut desk));
}

#[test]
fn a_fill_that_the_holdings_do_not_show_yet_is_no_difference() {
    let (mut desk, mut venue, resting, _) = account();
    for event in venue.fill(desk.now, resting, units(2), 65_000) {
        desk.hear(event);
    }
    desk.ask(CoreCommand::Reconcile);
    desk.pass(Duration::from_millis(10));
    venue.serve(&mut desk);
    assert_eq!(desk.kinds(), [""; 0], "the broker's balance is a moment late");
    *venue.cash.get_mut(&Currency::Krw).unwrap() -= dec!(130_000);
    venue.positions.insert(id_of(STOCK), (dec!(12), None));
    look(&mut desk, &mut venue, 5);
    assert_eq!(desk.kinds(), [""; 0]);
    assert!(!refused(&mut desk));
}

#[test]
fn a_list_of_open_orders_that_is_older_than_the_news_is_not_believed() {
    let (mut desk, mut venue, resting, _) = account();
    desk.ask(CoreCommand::Reconcile);
    let asked = desk.take_wire();
    let mut old = Vec::new();
    for request in asked {
        if matches!(request.body, RequestBody::OpenOrders) {
            old = venue.handle(desk.now, request);
        }
    }
    desk.pass(Duration::from_millis(100));
    for event in venue.end(desk.now, resting, OrderState::Canceled) {
        desk.hear(event);
    }
    for event in old {
        desk.hear(event);
    }
    desk.pass(Duration::from_millis(1_100));
    venue.serve(&mut desk);
    assert_eq!(desk.kinds(), [""; 0]);
    assert_eq!(desk.order(resting).state, OrderState::Canceled);
}

#[test]
fn the_audit_computes_what_was_moved_in_and_out_and_sees_when_it_does_not_add_up() {
    let (mut desk, mut venue, _, _) = account();
    away(&mut desk, &mut venue, |_, venue| {
        venue.positions.insert(id_of(STOCK), (dec!(7), None));
        venue.positions.insert(id_of(COIN), (dec!(-2), Some(price(61_000))));
    });
    accept(&mut desk, &mut venue);
    let mut position = desk.store.reader().positions(None).unwrap().remove(0);
    position.quantity += dec!(1);
    let sequence = desk.store.last_sequence().unwrap() + 1;
    desk.store.apply(&[Batch { sequence, writes: vec![Write::Position(Box::new(position))] }]).unwrap();
    let kinds: Vec<_> = verify(desk.store.reader()).unwrap().into_iter().map(|difference| difference.kind).collect();
    assert_eq!(kinds, [DifferenceKind::PositionQuantity]);
}

#[test]
fn what_was_moved_in_is_sold_with_the_profit_of_its_price() {
    let (mut desk, mut venue, _, stop) = account();
    assert!(reach_the_stop(&mut desk, stop));
    venue.serve(&mut desk);
    for event in venue.fill(desk.now, stop, units(3), 68_500) {
        desk.hear(event);
    }
    assert_eq!(desk.cash(Currency::Krw), CASH + dec!(205_500));
    let position = desk.core.positions(desk.now, 0).remove(0);
    assert_eq!((position.realized, position.average_price), (dec!(1_500), Some(dec!(68_000))));
    desk.audit();
}

/// Lists on the wire since the last look, which stay there unanswered, by name.
fn lists(desk: &mut Desk) -> Vec<&'static str> {
    let name = |body: &RequestBody| match body {
        RequestBody::OpenOrders => Some("orders"),
        RequestBody::Positions => Some("positions"),
        RequestBody::Balances => Some("balances"),
        _ => None,
    };
    desk.take_wire().iter().filter_map(|request| name(&request.body)).collect()
}

#[test]
fn a_list_that_is_on_its_way_is_not_asked_for_again() {
    let mut desk = Desk::new(World::Paper, 7);
    let mut venue = Venue::default();
    venue.foreign.push(foreign("HTS-1"));
    desk.connect();
    // A broker that answers slowly: the orders have come, with one to be looked at again, and nothing else.
    let asked = desk.take_wire();
    let orders = asked.into_iter().find(|request| matches!(request.body, RequestBody::OpenOrders)).unwrap();
    for event in venue.handle(desk.now, orders) {
        desk.hear(event);
    }
    desk.pass(Duration::from_millis(1_100));
    assert_eq!(lists(&mut desk), ["orders"], "holdings and cash are still to come");
    desk.pass(Duration::from_millis(1_100));
    assert_eq!(lists(&mut desk), [""; 0]);
    desk.ask(CoreCommand::Reconcile);
    assert_eq!(lists(&mut desk), [""; 0]);
}

#[test]
fn what_is_compared_anew_while_a_list_is_on_its_way_is_asked_for_once_more_when_that_has_come() {
    let mut desk = Desk::new(World::Paper, 8);
    let mut venue = Venue::default();
    desk.connect();
    let asked = desk.take_wire();
    desk.connect();
    assert_eq!(lists(&mut desk), [""; 0]);
    // What the broker tells now may be older than what the connection was lost for.
    for request in asked {
        for event in venue.handle(desk.now, request) {
            desk.hear(event);
        }
    }
    assert_eq!(lists(&mut desk), ["orders", "positions", "balances"], "once more, and once");
    desk.ask(CoreCommand::Reconcile);
    desk.cut();
    assert_eq!(lists(&mut desk), [""; 0], "nobody is there to be asked");
    desk.connect();
    assert_eq!(lists(&mut desk), ["orders", "positions", "balances"]);
}
