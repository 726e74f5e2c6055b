//! Fills that are told late: cash and position are the broker's all the same, which counts them in the order they happened.

use hoga::broker::api::{BrokerEvent, FillReport, RequestBody};
use hoga::config::World;
use hoga::market::{Currency, Side};
use hoga::order::{OrderId, OrderKind};
use rust_decimal::{Decimal, dec};

use crate::desk::{COIN, Desk, STOCK, limit, order, price, units};
use crate::venue::Venue;

/// `(side, quantity, price, profit by the broker's count)`, in the order they happened.
type Happened = (Side, u32, i64, Decimal);

/// The fills, whose reports are kept back.
fn filled(desk: &mut Desk, venue: &mut Venue, happened: &[Happened]) -> Vec<FillReport> {
    let orders: Vec<OrderId> = happened
        .iter()
        .map(|(side, quantity, at, _)| {
            let id = desk.submit(limit(COIN, *side, *at, *quantity)).unwrap();
            venue.serve(desk);
            id
        })
        .collect();
    let fill = |(id, (_, quantity, at, profit)): (&OrderId, &Happened)| {
        let told = venue.fill(desk.now, *id, units(*quantity), *at);
        let fill = told.into_iter().find_map(|event| match event {
            BrokerEvent::Fill(fill) => Some(fill),
            _ => None,
        });
        FillReport { realized: Some(*profit), ..fill.unwrap() }
    };
    orders.iter().zip(happened).map(fill).collect()
}

#[test]
fn cash_is_the_brokers_whatever_order_the_fills_are_told_in() {
    let happened = [(Side::Buy, 10, 100, dec!(0)), (Side::Buy, 10, 110, dec!(0)), (Side::Sell, 15, 112, dec!(105))];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut desk = Desk::new(World::Virtual, 3);
        let mut venue = Venue::default();
        desk.connect();
        venue.serve(&mut desk);
        desk.open_markets();
        let before = desk.cash(Currency::Usdt);
        let fills = filled(&mut desk, &mut venue, &happened);
        for at in order {
            desk.hear(BrokerEvent::Fill(fills[at].clone()));
            desk.audit();
        }
        assert_eq!(desk.cash(Currency::Usdt), before + dec!(105), "{order:?}");
        assert_eq!(desk.held(COIN), dec!(5));
        let positions = desk.store.reader().positions(None).unwrap();
        assert_eq!(positions.first().unwrap().average_price(dec!(1)), Some(price(105).value()), "{order:?}");
        desk.restart();
        desk.audit();
    }
}

/// A desk that may trade, and its exchange, on which it has won.
fn with_won(mut desk: Desk) -> (Desk, Venue) {
    let mut venue = Venue::default();
    venue.cash = [(Currency::Krw, dec!(10_000_000))].into();
    desk.connect();
    venue.serve(&mut desk);
    desk.open_markets();
    (desk, venue)
}

/// A broker without client order ids names a fill by what the order's number has filled: after a restart it must know what
/// is booked, or it would tell two fills as one of another name.
#[test]
fn a_broker_that_names_fills_by_sums_is_told_what_is_booked_before_it_is_asked() {
    let (mut desk, mut venue) = with_won(Desk::nameless(World::Paper, 3));
    let id = desk.submit(limit(STOCK, Side::Buy, 69_000, 10)).unwrap();
    venue.serve(&mut desk);
    for _ in 0..2 {
        for event in venue.fill(desk.now, id, units(3), 69_000) {
            desk.hear(event);
        }
    }
    desk.restart();
    desk.connect();
    let asked = desk.take_wire();
    let RequestBody::Recovered(orders) = &asked[0].body else { panic!("{:?}", asked[0]) };
    let [order] = orders.as_slice() else { panic!("{orders:?}") };
    assert_eq!((order.order_id, order.broker_ids.len(), order.quantity), (id, 1, units(10)));
    let booked: Vec<_> = order.fills.iter().map(|(_, price, quantity)| (*price, *quantity)).collect();
    assert_eq!(booked, [(price(69_000), units(3)), (price(69_000), units(3))]);
    // Its own memory is whole from then on.
    desk.cut();
    desk.connect();
    assert!(!desk.take_wire().iter().any(|request| matches!(request.body, RequestBody::Recovered(_))));
}

/// A stop that waits in the desk looks, once triggered, like a market order whose answer was lost. It was told as one whose
/// number nobody knows, and that order's place at the broker was kept for it: the order that had arrived was given up.
#[test]
fn what_only_the_desk_holds_is_not_told_as_an_order_that_is_missed_at_the_broker() {
    let (mut desk, _) = with_won(Desk::nameless(World::Paper, 3));
    let held = desk.submit(order(STOCK, Side::Buy, OrderKind::Stop { trigger: price(75_000) }, 2)).unwrap();
    let lost = desk.submit(order(STOCK, Side::Buy, OrderKind::Market, 2)).unwrap();
    desk.commit();
    desk.restart();
    desk.connect();
    let asked = desk.take_wire();
    let RequestBody::Recovered(orders) = &asked[0].body else { panic!("{:?}", asked[0]) };
    let told: Vec<_> = orders.iter().map(|order| order.order_id).collect();
    assert_eq!(told, [lost], "{held} has never left");
}

#[test]
fn one_that_keeps_client_ids_is_told_nothing() {
    let (mut desk, mut venue) = with_won(Desk::new(World::Paper, 3));
    desk.submit(limit(STOCK, Side::Buy, 69_000, 10)).unwrap();
    venue.serve(&mut desk);
    desk.restart();
    desk.connect();
    assert!(!desk.take_wire().iter().any(|request| matches!(request.body, RequestBody::Recovered(_))));
}
