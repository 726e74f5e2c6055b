//! Tests of the history of foreign shares.

use rust_decimal::dec;

use super::*;
use crate::broker::kis::capability::Lack;
use crate::broker::kis::environment::Realm;
use crate::broker::kis::wire::overseas_quote::{OverseasBookHead, OverseasDetail, OverseasLevels};
use crate::broker::kis::wire::{Envelope, Record};
use crate::market::{MarketBody, Price};

const DAYS: &[u8] = include_bytes!("../../../../../../tests/data/kis/overseas_dailyprice.json");
const MINUTES: &[u8] = include_bytes!("../../../../../../tests/data/kis/overseas_time_itemchartprice.json");
const PRINTS: &[u8] = include_bytes!("../../../../../../tests/data/kis/overseas_inquire_ccnl_quote.json");
const BOOK: &[u8] = include_bytes!("../../../../../../tests/data/kis/overseas_asking_price.json");
const DETAIL: &[u8] = include_bytes!("../../../../../../tests/data/kis/overseas_price_detail.json");
const PRICE: &[u8] = include_bytes!("../../../../../../tests/data/kis/overseas_price.json");

fn at(text: &str) -> UtcTime {
    UtcTime::parse(text).unwrap()
}

fn tesla() -> InstrumentId {
    overseas_market::instrument("DNASTSLA").unwrap()
}

fn sample<T: Record>(bytes: &[u8], part: Part) -> Vec<T> {
    rows(&Envelope::parse("sample", bytes).unwrap(), part, "sample")
}

#[test]
fn trap_28_a_foreign_bar_is_of_the_exchanges_day() {
    let days: Vec<OverseasBar> = sample(DAYS, Part::Second);
    let now = at("2022-04-06T23:00:00-04:00");
    let candles = candle::overseas_bars(&days, Interval::Day1, Venue::Nasdaq, now);
    let newest = candles.last().unwrap();
    assert_eq!((newest.time, newest.closed), (at("2022-04-06T00:00:00-04:00"), false));
    assert_eq!(newest.close.value(), dec!(1045.76));
    let minutes: Vec<OverseasMinute> = sample(MINUTES, Part::Second);
    let candles = candle::overseas_minutes(&minutes, Venue::Nasdaq, now.plus(std::time::Duration::from_secs(1 << 27)));
    assert_eq!(candles.last().map(|candle| candle.time), Some(at("2024-02-23T06:00:00+09:00")));
    assert_eq!(time_of(&minutes[1], Venue::Nasdaq), Some(jiff::civil::datetime(2024, 2, 22, 15, 55, 0, 0)));
}

#[test]
fn trap_28_prints_of_a_session_over_korean_midnight_are_of_one_day() {
    // The samples are of 08:59 in Korea: after hours of the exchange's day before.
    let rows: Vec<OverseasPrint> = sample(PRINTS, Part::First);
    let calendar = Calendar::builtin().unwrap();
    for now in ["2026-11-21T09:30:00+09:00", "2026-11-22T15:00:00+09:00"] {
        let prints = dated(calendar, Venue::Nasdaq, &rows, at(now));
        assert_eq!(prints.last().map(|(time, _)| *time), Some(at("2026-11-21T08:59:57+09:00")), "{now}");
    }
    // In pre-market the last ones are still those of the day before, not of tomorrow.
    let prints = dated(calendar, Venue::Nasdaq, &rows, at("2026-11-24T18:30:00+09:00"));
    assert_eq!(prints.last().map(|(time, _)| *time), Some(at("2026-11-24T08:59:57+09:00")));
    assert!(prints.windows(2).all(|pair| pair[0].1.id < pair[1].1.id));
    assert_eq!(prints.last().map(|(_, trade)| trade.side), Some(None), "between bid and ask");
}

#[test]
fn a_foreign_book_has_each_price_once() {
    let envelope = Envelope::parse("sample", BOOK).unwrap();
    let head: OverseasBookHead = envelope.one(Part::First).unwrap();
    let levels: OverseasLevels = envelope.one(Part::Second).unwrap();
    let event = overseas_market::book_reply_event(&head, &levels, tesla(), at("2024-04-20T09:00:01+09:00"));
    assert_eq!(event.venue_time, at("2024-04-20T09:00:00+09:00"));
    let MarketBody::Book(book) = event.body else { panic!("{event:?}") };
    assert!(book.bids.is_empty());
    let asks: Vec<_> = book.asks.iter().map(|level| (level.price.value(), level.quantity.value())).collect();
    assert_eq!(asks, [(dec!(147), dec!(10759))]);
}

#[test]
fn a_foreign_price_tells_the_base_and_the_day() {
    let detail: OverseasDetail = Envelope::parse("sample", DETAIL).unwrap().one(Part::First).unwrap();
    let events = overseas_market::detail_events(&detail, tesla(), at("2026-11-21T05:00:00+09:00"));
    let MarketBody::NewDay { base, limits } = &events[0].body else { panic!("{events:?}") };
    assert_eq!((base.value(), *limits), (dec!(258.08), None));
    let MarketBody::Day(day) = &events[1].body else { panic!("{events:?}") };
    assert_eq!((day.high.map(Price::value), day.volume.value()), (Some(dec!(259.0794)), dec!(132541640)));
    let price: OverseasPrice = Envelope::parse("sample", PRICE).unwrap().one(Part::First).unwrap();
    let events = overseas_market::price_events(&price, tesla(), at("2026-11-21T05:00:00+09:00"));
    let MarketBody::Day(day) = &events[1].body else { panic!("{events:?}") };
    assert_eq!((day.open, day.previous_close.map(Price::value)), (None, Some(dec!(1091.26))));
}

#[test]
fn paper_lacks_minutes_prints_and_books() {
    let exchange = OverseasExchange::Nasdaq;
    for call in [
        overseas_query::minutes(Realm::Paper, exchange, "TSLA", None),
        overseas_query::prints(Realm::Paper, exchange, "TSLA"),
        overseas_query::book(Realm::Paper, exchange, "TSLA"),
    ] {
        assert_eq!(call.err(), Some(Lack::OverseasDetail.error()));
    }
    assert!(overseas_query::bars(Realm::Paper, exchange, "TSLA", Interval::Day1, None).is_ok());
}
