//! Funding in a virtual world: the broker says when and at which rate, the ledger what is held.

use hoga::broker::api::{BrokerEvent, FundingStamp};
use hoga::config::World;
use hoga::market::{Currency, Side, UtcTime};
use rust_decimal::{Decimal, dec};

use crate::desk::{COIN, Desk, id_of, limit, price, units};
use crate::venue::Venue;

fn stamp(hour: i64, terms: Option<(i64, Decimal)>) -> BrokerEvent {
    BrokerEvent::Funding(FundingStamp {
        instrument: id_of(COIN),
        time: UtcTime::from_millis(1_763_600_000_000 + hour * 3_600_000),
        terms: terms.map(|(mark, rate)| (price(mark), rate)),
    })
}

/// Holds so many coins, bought or sold at 100.
fn holding(side: Side, quantity: u32) -> (Desk, Venue) {
    let mut desk = Desk::new(World::Virtual, 3);
    let mut venue = Venue::default();
    desk.connect();
    venue.serve(&mut desk);
    desk.open_markets();
    let id = desk.submit(limit(COIN, side, 100, quantity)).unwrap();
    venue.serve(&mut desk);
    for event in venue.fill(desk.now, id, units(quantity), 100) {
        desk.hear(event);
    }
    (desk, venue)
}

#[test]
fn a_long_pays_and_a_short_receives_quantity_times_mark_times_rate() {
    for (side, sign) in [(Side::Buy, dec!(-1)), (Side::Sell, dec!(1))] {
        let (mut desk, _) = holding(side, 10);
        let before = desk.cash(Currency::Usdt);
        desk.hear(stamp(8, Some((110, dec!(0.0003)))));
        assert_eq!(desk.cash(Currency::Usdt), before + sign * dec!(0.33));
        desk.hear(stamp(16, Some((120, dec!(-0.0001)))));
        assert_eq!(desk.cash(Currency::Usdt), before + sign * (dec!(0.33) - dec!(0.12)));
        desk.audit();
    }
}

#[test]
fn a_stamp_is_booked_once_over_restarts() {
    let (mut desk, mut venue) = holding(Side::Buy, 10);
    let before = desk.cash(Currency::Usdt);
    desk.hear(stamp(8, Some((110, dec!(0.0003)))));
    desk.restart();
    desk.connect();
    venue.serve(&mut desk);
    desk.hear(stamp(8, Some((111, dec!(0.0005)))));
    assert_eq!(desk.cash(Currency::Usdt), before - dec!(0.33));
    desk.audit();
}

#[test]
fn nothing_is_booked_that_is_not_known_or_not_held() {
    let (mut desk, _) = holding(Side::Buy, 10);
    let before = desk.cash(Currency::Usdt);
    desk.hear(stamp(8, None));
    assert_eq!(desk.cash(Currency::Usdt), before);
    let mut flat = Desk::new(World::Virtual, 3);
    flat.connect();
    Venue::default().serve(&mut flat);
    let before = flat.cash(Currency::Usdt);
    flat.hear(stamp(8, Some((110, dec!(0.0003)))));
    assert_eq!(flat.cash(Currency::Usdt), before);
}
