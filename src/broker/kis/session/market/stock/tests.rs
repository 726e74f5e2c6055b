//! Tests of the history of Korean shares.

use jiff::civil::datetime;

use super::*;
use crate::broker::kis::wire::Envelope;
use crate::market::{Price, Venue};

const DAYS: &[u8] = include_bytes!("../../../../../../tests/data/kis/domestic_daily_itemchartprice.json");
const NONE: &[u8] = include_bytes!("../../../../../../tests/data/kis/domestic_daily_itemchartprice_short.json");
const MINUTES: &[u8] = include_bytes!("../../../../../../tests/data/kis/domestic_time_itemchartprice.json");
const PRINTS: &[u8] = include_bytes!("../../../../../../tests/data/kis/domestic_time_itemconclusion.json");

fn at(text: &str) -> UtcTime {
    UtcTime::parse(text).unwrap()
}

fn samsung() -> InstrumentId {
    stock_market::instrument(Venue::Krx, "005930").unwrap()
}

fn sample<T: crate::broker::kis::wire::Record>(bytes: &[u8]) -> Vec<T> {
    rows(&Envelope::parse("sample", bytes).unwrap(), Part::Second, "sample")
}

#[test]
fn bars_come_oldest_first_up_to_a_time_and_no_more_than_wanted() {
    let rows: Vec<StockBar> = sample(DAYS);
    let candles = candle::bars(&rows, Interval::Day1, Venue::Krx, at("2022-05-09T16:00:00+09:00"));
    assert!(candles.windows(2).all(|pair| pair[0].time < pair[1].time));
    let newest = candles.last().unwrap();
    assert!(!newest.closed, "its day goes on until midnight");
    let wanted = Wanted { count: 1, until: at("2022-05-06T12:00:00+09:00") };
    let one = wanted.of(candles);
    assert_eq!(one.iter().map(|candle| candle.close.value()).collect::<Vec<_>>(), [108_000.into()]);
    assert!(one[0].closed);
}

#[test]
fn trap_19_a_page_of_placeholders_has_no_bars_and_ends_the_history() {
    let rows: Vec<StockBar> = sample(NONE);
    assert!(rows.is_empty());
    let now = at("2026-11-20T16:00:00+09:00");
    let mut pages = BarPages::new(Venue::Krx, Interval::Day1, now, now);
    pages.took(rows.iter().filter_map(|row| row.date.get()));
    assert_eq!(pages.next(), None);
}

#[test]
fn trap_17_charts_are_asked_for_adjusted() {
    use jiff::civil::date;
    let window = (date(2026, 1, 1), date(2026, 11, 20));
    let chart = stock_query::chart(Realm::Paper, samsung(), Interval::Day1, window).unwrap();
    assert_eq!(chart.parameters.get("FID_ORG_ADJ_PRC"), Some("0"));
    let days = stock_query::recent_days(Realm::Paper, samsung()).unwrap();
    assert_eq!(days.parameters.get("FID_ORG_ADJ_PRC"), Some("1"));
}

#[test]
fn trap_18_pages_of_minutes_join_at_their_edge() {
    let rows: Vec<StockMinute> = sample(MINUTES);
    let now = at("2022-09-02T10:00:30+09:00");
    let whole = candle::minutes(&rows, Venue::Krx, now);
    assert!(!whole.last().unwrap().closed && whole[..whole.len() - 1].iter().all(|candle| candle.closed));
    // The second page begins with the row the first one ended with.
    let joined: Vec<StockMinute> = rows[..2].iter().chain(&rows[1..]).cloned().collect();
    assert_eq!(candle::minutes(&joined, Venue::Krx, now), whole);
    assert_eq!(time_of(&rows[3]), Some(datetime(2022, 9, 2, 9, 57, 0, 0)));
}

#[test]
fn the_last_prints_of_yesterday_are_not_of_this_morning() {
    let rows: Vec<StockPrintAt> = sample(PRINTS);
    let calendar = Calendar::builtin().unwrap();
    let morning = datetime(2026, 11, 20, 8, 40, 0, 0);
    let prints = dated(calendar, samsung(), &rows, morning, at("2026-11-20T08:40:00+09:00"));
    assert_eq!(prints.first().map(|(time, _)| *time), Some(at("2026-11-19T14:11:42+09:00")));
    let evening = datetime(2026, 11, 20, 16, 0, 0, 0);
    let prints = dated(calendar, samsung(), &rows, evening, at("2026-11-20T16:00:00+09:00"));
    assert_eq!(prints.last().map(|(time, _)| *time), Some(at("2026-11-20T14:11:59+09:00")));
    assert!(prints.windows(2).all(|pair| pair[0].1.id < pair[1].1.id), "oldest first");
    assert_eq!(prints.last().map(|(_, trade)| trade.price), Price::new(104_500.into()).ok());
}
