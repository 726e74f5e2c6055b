//! Tests of how history is asked for page by page.

use std::time::Duration;

use jiff::civil::{date, datetime, time};

use super::*;

fn at(text: &str) -> UtcTime {
    UtcTime::parse(text).unwrap()
}

fn calendar() -> &'static Calendar {
    Calendar::builtin().unwrap()
}

#[test]
fn days_go_on_before_the_oldest_row() {
    let now = at("2026-11-20T16:00:00+09:00");
    let mut pages = BarPages::new(Venue::Krx, Interval::Day1, now, now);
    let (from, until) = pages.next().unwrap();
    assert_eq!(until, date(2026, 11, 20));
    assert!(from < date(2026, 5, 20), "a hundred trading days reach back half a year");
    pages.took([date(2026, 11, 20), date(2026, 7, 1)].into_iter());
    assert_eq!(pages.next().unwrap().1, date(2026, 6, 30));
    // A page that repeats itself, or has nothing, ends it.
    pages.took([date(2026, 11, 20), date(2026, 7, 1)].into_iter());
    assert_eq!(pages.next(), None);
    let mut empty = BarPages::new(Venue::Krx, Interval::Day1, now, now);
    empty.took(std::iter::empty());
    assert_eq!(empty.next(), None);
}

#[test]
fn a_week_or_a_month_is_asked_for_whole_and_never_past_today() {
    let now = at("2026-11-18T12:00:00+09:00");
    let last = |interval, until: &str| BarPages::new(Venue::Krx, interval, at(until), now).next().unwrap().1;
    assert_eq!(last(Interval::Week1, "2026-11-04T12:00:00+09:00"), date(2026, 11, 8));
    assert_eq!(last(Interval::Week1, "2026-11-18T12:00:00+09:00"), date(2026, 11, 18));
    assert_eq!(last(Interval::Month1, "2026-10-05T12:00:00+09:00"), date(2026, 10, 31));
    // A page goes on before its oldest week, whichever of its days the row has.
    for row in [date(2026, 11, 2), date(2026, 11, 6)] {
        let mut pages = BarPages::new(Venue::Krx, Interval::Week1, now, now);
        pages.took(std::iter::once(row));
        assert_eq!(pages.next().unwrap().1, date(2026, 11, 1));
    }
}

#[test]
fn trap_28_a_foreign_day_is_the_exchanges() {
    let now = at("2026-11-21T09:00:00+09:00");
    let pages = BarPages::new(Venue::Nasdaq, Interval::Day1, now, now);
    assert_eq!(pages.next().unwrap().1, date(2026, 11, 20));
}

#[test]
fn history_has_an_end_of_questions() {
    let now = at("2026-11-20T16:00:00+09:00");
    let mut pages = BarPages::new(Venue::Krx, Interval::Day1, now, now);
    let mut asked = 0;
    while let Some((_, until)) = pages.next() {
        asked += 1;
        pages.took(std::iter::once(until));
    }
    assert_eq!(asked, PAGES_MAX);
}

#[test]
fn trap_18_minutes_are_never_asked_for_in_the_future() {
    let first =
        |now: &str, until: &str| MinutePages::new(calendar(), Venue::Krx, at(until), at(now), true).next().unwrap();
    let noon = "2026-11-20T12:00:30.5+09:00";
    assert_eq!(first(noon, noon), MinutePage::Today(time(12, 0, 30, 0)));
    // After hours, at night and on a weekend the last session's end is the newest minute.
    let friday_evening = MinutePage::Today(time(20, 0, 0, 0));
    for now in ["2026-11-20T23:00:00+09:00", "2026-11-22T12:00:00+09:00", "2026-11-23T08:00:00+09:00"] {
        assert_eq!(first(now, now), friday_evening, "{now}");
    }
    assert_eq!(
        first(noon, "2026-11-18T10:00:00+09:00"),
        MinutePage::Past(date(2026, 11, 18), time(10, 0, 0, 0)),
        "another day has another service"
    );
}

#[test]
fn minutes_of_the_day_go_on_with_those_of_the_day_before() {
    let now = at("2026-11-20T09:40:10+09:00");
    let mut pages = MinutePages::new(calendar(), Venue::Krx, now, now, true);
    assert_eq!(pages.next(), Some(MinutePage::Today(time(9, 40, 10, 0))));
    pages.took((11..=40).map(|minute| datetime(2026, 11, 20, 9, minute, 0, 0)));
    assert_eq!(pages.next(), Some(MinutePage::Today(time(9, 10, 0, 0))));
    pages.took((0..=10).map(|minute| datetime(2026, 11, 20, 9, minute, 0, 0)));
    assert_eq!(pages.next(), Some(MinutePage::Today(time(8, 59, 0, 0))));
    // The same rows again: there is nothing before the open. The 19th was the day of the exam.
    pages.took((0..=10).map(|minute| datetime(2026, 11, 20, 9, minute, 0, 0)));
    assert_eq!(pages.next(), Some(MinutePage::Past(date(2026, 11, 19), time(20, 0, 0, 0))));
    pages.took((0..=59).map(|minute| datetime(2026, 11, 19, 19, minute, 0, 0)));
    assert_eq!(pages.next(), Some(MinutePage::Past(date(2026, 11, 19), time(18, 59, 0, 0))));
    pages.took(std::iter::empty());
    assert_eq!(pages.next(), None);
}

#[test]
fn paper_has_the_minutes_of_the_day_only() {
    let now = at("2026-11-20T09:00:10+09:00");
    let mut pages = MinutePages::new(calendar(), Venue::Krx, now, now, false);
    pages.took(std::iter::once(datetime(2026, 11, 20, 8, 30, 0, 0)));
    assert_eq!(pages.next(), None);
    // Asked for outright, it is asked for: the refusal says why there is none.
    let before = MinutePages::new(calendar(), Venue::Krx, now.minus(Duration::from_secs(86_400)), now, false);
    assert!(matches!(before.next(), Some(MinutePage::Past(..))));
}

#[test]
fn a_day_of_twelve_hours_fits_into_the_pages() {
    let now = at("2026-11-20T20:00:00+09:00");
    let mut pages = MinutePages::new(calendar(), Venue::Nxt, now, now, false);
    let mut until = datetime(2026, 11, 20, 20, 0, 0, 0);
    while let Some(MinutePage::Today(asked)) = pages.next() {
        until = until.date().to_datetime(asked);
        pages.took((0..30).map(|back: i64| until.checked_sub(back.minutes()).unwrap()));
    }
    assert!(until <= datetime(2026, 11, 20, 8, 30, 0, 0), "{until}");
}

#[test]
fn foreign_minutes_go_on_a_minute_before_the_oldest() {
    let mut pages = OverseasMinutePages::new(Venue::Nasdaq, None);
    assert_eq!(pages.next(), Some(None));
    pages.took([datetime(2026, 11, 20, 16, 0, 0, 0), datetime(2026, 11, 20, 14, 1, 0, 0)].into_iter());
    assert_eq!(pages.next(), Some(Some("20261120140000".into())));
    pages.took([datetime(2026, 11, 20, 14, 1, 0, 0)].into_iter());
    assert_eq!(pages.next(), None, "a page that repeats itself");
    let until = OverseasMinutePages::new(Venue::Nasdaq, Some(at("2026-11-21T00:30:59+09:00")));
    assert_eq!(until.next(), Some(Some("20261120103000".into())));
}
