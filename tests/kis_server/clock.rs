//! Time: the server's clock, and how the broker writes what it says.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{TimeZone, offset};

/// The machine's clock in ms.
pub fn machine_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}

/// Milliseconds of an instant in words.
pub fn ms_of(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_millisecond()
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap()
}

/// Date and time in Korea.
pub fn korea(ms: i64) -> DateTime {
    offset(9).to_datetime(at(ms))
}

/// Date and time in New York.
pub fn new_york(ms: i64) -> DateTime {
    TimeZone::get("America/New_York").unwrap().to_datetime(at(ms))
}

/// Date and time at so many hours from UTC.
pub fn at_offset(ms: i64, hours: i8) -> DateTime {
    offset(hours).to_datetime(at(ms))
}

/// The instant of a time in Korea.
pub fn korean_ms(date: Date, time: Time) -> i64 {
    date.to_datetime(time).to_zoned(offset(9).to_time_zone()).unwrap().timestamp().as_millisecond()
}

/// The instant of a time in New York.
pub fn new_york_ms(date: Date, time: Time) -> i64 {
    let zone = TimeZone::get("America/New_York").unwrap();
    date.to_datetime(time).to_zoned(zone).unwrap().timestamp().as_millisecond()
}

/// `20260914`.
pub fn ymd(date: Date) -> String {
    date.strftime("%Y%m%d").to_string()
}

/// `091501`.
pub fn hms(time: Time) -> String {
    time.strftime("%H%M%S").to_string()
}

/// A date of eight digits.
pub fn date_of(text: &str) -> Option<Date> {
    Date::strptime("%Y%m%d", text).ok()
}

/// A time of six digits.
pub fn time_of(text: &str) -> Option<Time> {
    let number = |from: usize| text.get(from..from + 2)?.parse::<i8>().ok();
    Time::new(number(0)?, number(2)?, number(4)?, 0).ok()
}

/// Seconds since midnight.
pub fn second_of(time: Time) -> i32 {
    i32::from(time.hour()) * 3_600 + i32::from(time.minute()) * 60 + i32::from(time.second())
}

/// Whether a day is no Saturday and no Sunday.
pub fn is_weekday(date: Date) -> bool {
    !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}
