//! When orders are taken, matched and ended.

use jiff::civil::{Date, DateTime, Time, time};

use super::clock::{is_weekday, korea, korean_ms, new_york, new_york_ms, second_of};
use super::listing::Board;

const DAY_KINDS: &[&str] = &["00", "01", "02", "03", "04", "11", "12", "13", "14", "15", "16", "21", "22", "23", "24"];
const NEXTRADE: &[&str] = &["00", "03", "04", "11", "12", "13", "14", "15", "16", "21", "22", "23", "24"];
const NEXTRADE_EARLY: &[&str] =
    &["00", "03", "04", "11", "12", "13", "14", "15", "16", "21", "22", "23", "24", "27", "28", "29"];
const ROUTED: &[&str] = &["00", "01", "03", "04", "11", "12", "13", "14", "15", "16"];
const ROUTED_AT_NEXTRADE: &[&str] = &["00", "03", "04", "11", "12", "13", "14", "15", "16"];
/// Types of the KRX after-market.
pub const AFTER_MARKET: &[&str] = &["41", "42", "43", "44", "45", "46", "47"];

/// From a second of the day to another: the order types that are taken.
type Hours = [(i32, i32, &'static [&'static str])];

const fn clock(hour: i32, minute: i32) -> i32 {
    hour * 3_600 + minute * 60
}

const KRX: &Hours = &[
    (clock(8, 20), clock(8, 30), &["00", "01"]),
    (clock(8, 30), clock(8, 40), &["00", "01", "05"]),
    (clock(8, 40), clock(9, 0), &["00", "01"]),
    (clock(9, 0), clock(15, 20), DAY_KINDS),
    (clock(15, 20), clock(15, 30), &["00", "01"]),
    (clock(15, 30), clock(16, 0), &["06"]),
    (clock(16, 0), clock(20, 0), AFTER_MARKET),
];
const NXT: &Hours = &[
    (clock(8, 0), clock(8, 50), NEXTRADE_EARLY),
    (clock(9, 0) + 30, clock(15, 20), NEXTRADE),
    (clock(15, 40), clock(20, 0), NEXTRADE),
];
const SOR: &Hours = &[
    (clock(8, 0), clock(8, 50), ROUTED_AT_NEXTRADE),
    (clock(9, 0), clock(15, 20), ROUTED),
    (clock(15, 40), clock(20, 0), ROUTED_AT_NEXTRADE),
];

/// Order types a Korean route takes at a time; none when it is closed.
pub fn taken(route: &str, now: Time) -> &'static [&'static str] {
    let hours = match route {
        "NXT" => NXT,
        "SOR" => SOR,
        _ => KRX,
    };
    let second = second_of(now);
    hours.iter().find(|(from, until, _)| (*from..*until).contains(&second)).map_or(&[], |(.., kinds)| kinds)
}

/// Whether an order by a Korean route is matched with the book at a time, and does not wait for an auction.
pub fn matches(route: &str, kind: &str, now: Time) -> bool {
    let second = second_of(now);
    let within = |from: i32, until: i32| (from..until).contains(&second);
    let krx = match kind {
        "41" | "42" | "43" | "44" | "45" | "46" | "47" => within(clock(16, 0), clock(20, 0)),
        "05" => within(clock(8, 30), clock(8, 40)),
        "06" => within(clock(15, 40), clock(16, 0)),
        _ => within(clock(9, 0), clock(15, 20)),
    };
    let nxt = within(clock(8, 0), clock(8, 50))
        || within(clock(9, 0) + 30, clock(15, 20))
        || within(clock(15, 40), clock(20, 0));
    match route {
        "NXT" => nxt,
        "SOR" => krx || nxt,
        _ => krx,
    }
}

/// When a Korean order of a day ends, and whether an auction is held just before.
pub fn end_of(route: &str, kind: &str, date: Date) -> (i64, bool) {
    let (end, has_auction) = match (route, kind) {
        (_, "27" | "28" | "29") => (time(8, 50, 0, 0), false),
        ("NXT" | "SOR", _) | (_, "41" | "42" | "43" | "44" | "45" | "46" | "47") => (time(20, 0, 0, 0), false),
        (_, "05") => (time(8, 40, 0, 0), false),
        (_, "06") => (time(16, 0, 0, 0), false),
        _ => (time(15, 30, 0, 0), true),
    };
    (korean_ms(date, end), has_auction)
}

/// Whether bonds are traded.
pub fn bonds(now: i64, closed: &[Date]) -> bool {
    let (at, is_open) = korean(now, closed);
    is_open && (clock(9, 0)..clock(15, 30)).contains(&second_of(at.time()))
}

/// When an order in bonds of a day ends.
pub fn bonds_end(date: Date) -> i64 {
    korean_ms(date, time(15, 30, 0, 0))
}

/// Where Korea is: its date, its time, whether it is a day of business.
pub fn korean(now: i64, closed: &[Date]) -> (DateTime, bool) {
    let at = korea(now);
    (at, is_weekday(at.date()) && !closed.contains(&at.date()))
}

/// A session of the US.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Us {
    Closed,
    Pre,
    Regular,
    After,
}

/// The session of the US at an instant: 04:00, 09:30, 16:00 there, and until 07:00 in Korea.
pub fn us(now: i64, closed: &[Date]) -> Us {
    let at = new_york(now);
    if !is_weekday(at.date()) || closed.contains(&at.date()) {
        return Us::Closed;
    }
    let second = second_of(at.time());
    match second {
        _ if second < clock(4, 0) => Us::Closed,
        _ if second < clock(9, 30) => Us::Pre,
        _ if second < clock(16, 0) => Us::Regular,
        _ if second < clock(20, 0) && second_of(korea(now).time()) < clock(7, 0) => Us::After,
        _ => Us::Closed,
    }
}

/// When a US order of a day there ends: when the broker's after-market does.
pub fn us_end(date: Date) -> i64 {
    let close = new_york_ms(date, time(16, 0, 0, 0));
    korean_ms(korea(close).date(), time(7, 0, 0, 0))
}

/// Hours of an Asian exchange in Korea: from, until, from after lunch, until.
const fn asian_hours(board: Board) -> [i32; 4] {
    match board {
        Board::HongKong => [clock(10, 30), clock(13, 0), clock(14, 0), clock(17, 0)],
        Board::Tokyo => [clock(9, 0), clock(11, 30), clock(12, 30), clock(15, 30)],
        Board::Hanoi | Board::HoChiMinh => [clock(11, 0), clock(13, 30), clock(15, 0), clock(16, 45)],
        _ => [clock(10, 30), clock(12, 30), clock(14, 0), clock(16, 0)],
    }
}

/// Whether an Asian exchange takes and matches orders.
pub fn asia(board: Board, now: i64, closed: &[Date]) -> bool {
    let (at, is_open) = korean(now, closed);
    let [from, lunch, after, until] = asian_hours(board);
    let second = second_of(at.time());
    is_open && ((from..lunch).contains(&second) || (after..until).contains(&second))
}

/// When an order in Asia of a day ends.
pub fn asia_end(board: Board, date: Date) -> i64 {
    let [.., until] = asian_hours(board);
    korean_ms(date, Time::midnight()) + i64::from(until) * 1_000
}

/// The day session of futures and options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Derivatives {
    Closed,
    /// Orders are taken for an auction.
    Auction,
    Open,
}

/// Where futures and options are: from 08:30 orders are taken, from 08:45 they match, from 15:35 an auction collects.
pub fn derivatives(now: i64, closed: &[Date]) -> Derivatives {
    let (at, is_open) = korean(now, closed);
    let second = second_of(at.time());
    match second {
        _ if !is_open => Derivatives::Closed,
        _ if (clock(8, 45)..clock(15, 35)).contains(&second) => Derivatives::Open,
        _ if (clock(8, 30)..clock(15, 45)).contains(&second) => Derivatives::Auction,
        _ => Derivatives::Closed,
    }
}

/// The date on which the night session began that runs now: from 18:00 of a day of business until 06:00 of the next day.
pub fn night(now: i64, closed: &[Date]) -> Option<Date> {
    let at = korea(now);
    let began = match second_of(at.time()) {
        second if second >= clock(18, 0) => at.date(),
        second if second < clock(6, 0) => at.date().yesterday().unwrap(),
        _ => return None,
    };
    (is_weekday(began) && !closed.contains(&began)).then_some(began)
}

/// When an order of the night ends.
pub fn night_end(date: Date) -> (i64, bool) {
    (korean_ms(date.tomorrow().unwrap(), time(6, 0, 0, 0)), true)
}

/// A time of the night as quotes and streams write it: hours go on past midnight.
pub fn night_time(at: Time) -> String {
    let hour = if at.hour() < 6 { at.hour() + 24 } else { at.hour() };
    format!("{hour:02}{:02}{:02}", at.minute(), at.second())
}

/// When an order in futures or options of a day ends: after the closing auction.
pub fn derivatives_end(date: Date) -> (i64, bool) {
    (korean_ms(date, time(15, 45, 0, 0)), true)
}
