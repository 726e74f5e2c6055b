//! How numbers of orders follow each other, whoever tells of them first.

use rust_decimal::dec;

use super::super::samples::{ACCOUNT, at, buy, fill_notice, id, modified, number, received, sell_abroad, tracked, utc};
use super::*;
use crate::broker::kis::order::noticed;
use crate::broker::kis::realtime::notice::{ChangeOf, Happened, Notice};
use crate::broker::kis::wire::{Clock, Text};
use crate::market::Price;

fn hear(tracker: &mut Tracker, notice: &Notice) -> Vec<BrokerEvent> {
    noticed::events(tracker, ACCOUNT, notice, at("09:16:02")).unwrap()
}

fn limit(price: u32) -> OrderKind {
    OrderKind::Limit { price: Price::new(price.into()).unwrap() }
}

fn target_of(tracker: &Tracker, digits: &str) -> Target {
    let known = tracker.get(&number(digits)).unwrap().clone();
    Target { number: number(digits), known }
}

/// The reply to a modification of an order.
fn reply_to_change(tracker: &mut Tracker, old: &str, new: &str, price: u32) {
    let target = target_of(tracker, old);
    replaced(tracker, &target, &number(new), (limit(price), "00".into(), "91252".into()));
}

fn started() -> Tracker {
    let mut tracker = Tracker::default();
    tracker.remember(number("0000117057"), tracked(1, "70000", 10));
    tracker
}

#[test]
fn a_refusal_that_comes_before_the_reply_is_told_with_the_orders_name() {
    let mut tracker = Tracker::default();
    let refused = Notice { happened: Happened::Refused, ..received("0000117205", 10) };
    hear(&mut tracker, &refused);
    let now = at("09:15:02");
    let told = placed(&mut tracker, id(1), &number("0000117205"), tracked(1, "70000", 10), now);
    let Some(BrokerEvent::Order(report)) = told else { panic!("{told:?}") };
    assert_eq!((report.order_id, report.state), (Some(id(1)), OrderState::Rejected));
    assert_eq!(report.reason.as_deref(), Some("the exchange refused it"));
    // Nothing is told of an order nobody has told of.
    assert!(placed(&mut tracker, id(2), &number("0000117206"), tracked(2, "70000", 10), now).is_none());
}

#[test]
fn trap_10_after_two_modifications_the_newest_number_is_named() {
    for notices_first in [false, true] {
        let mut tracker = started();
        for (old, new, price) in [("0000117057", "0000117099", 69_800), ("0000117099", "0000117120", 69_700)] {
            let notice = modified(new, old, 10, price.into());
            if notices_first {
                hear(&mut tracker, &notice);
            }
            reply_to_change(&mut tracker, old, new, price);
            if !notices_first {
                hear(&mut tracker, &notice);
            }
        }
        let newest = number("0000117120");
        assert_eq!(tracker.newest(&number("0000117057")), newest);
        let reference = OrderReference {
            order_id: id(1),
            broker_id: Some(number("0000117099").id().unwrap()),
            instrument: buy(1, "70000", 10).instrument,
        };
        let target = known_target(&tracker, &reference).unwrap();
        assert_eq!(target.number, newest);
        assert!(target.is_whole());
        let report = tracker.report(&newest, at("09:17:00"), None).unwrap();
        assert_eq!((report.kind, report.quantity, report.order_id), (limit(69_700), Quantity::whole(10), Some(id(1))));
    }
}

#[test]
fn what_was_filled_before_a_modification_stays_filled() {
    let mut tracker = started();
    hear(&mut tracker, &fill_notice("0000117057", 4, dec!(70000)));
    reply_to_change(&mut tracker, "0000117057", "0000117099", 69_800);
    hear(&mut tracker, &modified("0000117099", "0000117057", 6, dec!(69800)));
    let fills = hear(&mut tracker, &fill_notice("0000117099", 6, dec!(69800)));
    let [BrokerEvent::Fill(fill)] = fills.as_slice() else { panic!("{fills:?}") };
    assert_eq!((fill.order_id, fill.execution_id.as_str()), (Some(id(1)), "stock:20260914:0000117099:6"));
    let report = tracker.report(&number("0000117099"), at("09:17:00"), None).unwrap();
    assert_eq!((report.quantity, report.filled), (Quantity::whole(10), Quantity::whole(10)));
    assert_eq!(report.state, OrderState::Filled);
}

#[test]
fn a_modification_the_exchange_refuses_leaves_the_order_to_be_named_as_before() {
    for notices_first in [false, true] {
        let mut tracker = started();
        let refused = Notice {
            change: ChangeOf::Modification,
            happened: Happened::Refused,
            changed: Some("0000117057".into()),
            ..received("0000117099", 10)
        };
        if notices_first {
            hear(&mut tracker, &refused);
        }
        reply_to_change(&mut tracker, "0000117057", "0000117099", 69_800);
        let told = if notices_first { Vec::new() } else { hear(&mut tracker, &refused) };
        assert_eq!(tracker.newest(&number("0000117099")), number("0000117057"), "{notices_first}");
        assert_eq!(tracker.newest(&number("0000117057")), number("0000117057"));
        assert_eq!(tracker.get(&number("0000117057")).unwrap().state, OrderState::Accepted);
        if let [BrokerEvent::Notice(text), BrokerEvent::Order(report)] = told.as_slice() {
            assert!(text.contains("refused"));
            assert_eq!(report.broker_id, number("0000117057").id().unwrap());
        }
    }
}

#[test]
fn after_a_no_the_list_says_whether_the_order_is_over() {
    let mut tracker = started();
    let tried = target_of(&tracker, "0000117057");
    assert_eq!(after_no(&tracker, &tried), AfterNo::Same);
    // Less of it is open: what is asked of a foreign order has to say how much.
    hear(&mut tracker, &fill_notice("0000117057", 4, dec!(70000)));
    assert!(matches!(after_no(&tracker, &tried), AfterNo::Another(next) if next.number == tried.number));
    hear(&mut tracker, &modified("0000117099", "0000117057", 6, dec!(69800)));
    assert!(matches!(after_no(&tracker, &tried), AfterNo::Another(next) if next.number == number("0000117099")));
    hear(&mut tracker, &fill_notice("0000117099", 6, dec!(69800)));
    assert_eq!(after_no(&tracker, &tried), AfterNo::Over(OrderState::Filled));
}

#[test]
fn a_number_has_the_day_at_its_exchange() {
    let reply = |clock: Option<Clock>| OrderReply {
        number: Text::new("0000004336"),
        time: clock.unwrap_or_default(),
        ..OrderReply::default()
    };
    let day = |clock: Option<Clock>, venue: Venue, received: &str| {
        let line = crate::broker::kis::session::lists::line_at(Realm::Live, venue, utc(received)).unwrap();
        let number = numbered(&reply(clock), line, venue, utc(received)).unwrap();
        (number.line, number.date)
    };
    let (stock, abroad) = (Line::Stock, Line::Overseas);
    let evening = jiff::civil::date(2026, 9, 14);
    assert_eq!(day(Clock::of(91_501), Venue::Krx, "2026-09-14T09:15:02+09:00"), (stock, evening));
    // After midnight in Korea it is still the day before in New York.
    assert_eq!(day(Clock::of(3_000), Venue::Nasdaq, "2026-09-15T00:30:01+09:00"), (abroad, evening));
    // Given just before midnight in New York, heard of just after.
    assert_eq!(day(Clock::of(125_959), Venue::Nasdaq, "2026-09-15T13:00:01+09:00"), (abroad, evening));
    // A clock of New York is no Korean time; nor is a missing one.
    assert_eq!(day(Clock::of(113_000), Venue::Nasdaq, "2026-09-15T00:30:01+09:00"), (abroad, evening));
    assert_eq!(day(None, Venue::Nasdaq, "2026-09-15T00:30:01+09:00"), (abroad, evening));
    // A night has the day on which it began, so that its numbers are never those of the day's orders.
    for (clock, received) in [(225_900, "2026-09-14T22:59:01+09:00"), (500, "2026-09-15T00:05:01+09:00")] {
        assert_eq!(day(Clock::of(clock), Venue::KrxFutures, received), (Line::Night, evening));
    }
    assert_eq!(day(Clock::of(100_000), Venue::KrxFutures, "2026-09-14T10:00:01+09:00"), (Line::Future, evening));
    assert_eq!(numbered(&OrderReply::default(), Line::Stock, Venue::Krx, at("09:15:00")), None);
}

fn sender<'a>(account: &'a Account, realm: Realm, now: &str) -> Sender<'a> {
    Sender { account, realm, now: utc(now) }
}

#[test]
fn trap_11_a_korean_order_is_cancelled_with_branch_type_and_route_of_its_own() {
    let account = Account::parse("12345678-01").unwrap();
    let sender = sender(&account, Realm::Live, "2026-09-14T10:00:00+09:00");
    let ready = stock::place(&sender, &buy(1, "70000", 10)).unwrap();
    assert_eq!((&*ready.known.code, ready.known.order_id), ("00", Some(id(1))));
    let mut tracker = Tracker::default();
    placed(&mut tracker, id(1), &number("0000117057"), Tracked { branch: "91252".into(), ..ready.known }, sender.now);
    let target = target_of(&tracker, "0000117057");
    let call = stock::cancel(&sender, &target).unwrap();
    let said = |name: &str| call.parameters.get(name).unwrap_or_default().to_owned();
    assert_eq!((said("KRX_FWDG_ORD_ORGNO"), said("ORGN_ODNO")), ("91252".into(), "0000117057".into()));
    assert_eq!((said("QTY_ALL_ORD_YN"), said("EXCG_ID_DVSN_CD")), ("Y".into(), "KRX".into()));
    let less = (Quantity::whole(7), Quantity::whole(10));
    let (_, change) = stock::replace(&sender, &target, &limit(70_000), less).unwrap();
    assert_eq!(change, Change::SameNumber);
    let same = (Quantity::whole(10), Quantity::whole(10));
    assert_eq!(stock::replace(&sender, &target, &limit(69_800), same).unwrap().1, Change::NewNumber);
    let more = (Quantity::whole(11), Quantity::whole(10));
    assert!(matches!(stock::replace(&sender, &target, &limit(70_000), more), Err(BrokerError::Unsupported(_))));
}

#[test]
fn a_foreign_cancel_names_what_is_open_and_the_session_it_is_in() {
    let account = Account::parse("12345678-01").unwrap();
    let order = sell_abroad(1, "220.5", 3);
    let placed_at = |now: &str, realm| overseas::place(&sender(&account, realm, now), &order).unwrap();
    // 23:30 in Korea is the regular session; 11:00 has services of its own, which paper lacks.
    let regular = placed_at("2026-09-14T23:30:00+09:00", Realm::Live);
    assert_eq!(regular.call.id, "TTTT1006U");
    assert_eq!(placed_at("2026-09-14T11:00:00+09:00", Realm::Live).call.id, "TTTS6037U");
    assert_eq!(placed_at("2026-09-14T11:00:00+09:00", Realm::Paper).call.id, "VTTT1001U");
    let mut known = regular.known;
    known.filled = dec!(1);
    let number = OrderNumber::new(Line::Overseas, jiff::civil::date(2026, 9, 14), "0000004336").unwrap();
    let target = Target { number, known };
    let night = sender(&account, Realm::Live, "2026-09-15T00:30:00+09:00");
    let call = overseas::cancel(&night, &target).unwrap();
    assert_eq!((call.id, call.parameters.get("ORD_QTY")), ("TTTT1004U", Some("2")));
    let more = (Quantity::whole(2), Quantity::whole(3));
    assert!(matches!(overseas::replace(&night, &target, &limit(221), more), Err(BrokerError::Unsupported(_))));
    let all = Target { known: Tracked { filled: dec!(3), ..target.known.clone() }, ..target };
    assert!(matches!(overseas::cancel(&night, &all), Err(BrokerError::NotFound(_))));
}
