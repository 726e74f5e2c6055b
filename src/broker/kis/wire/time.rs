//! Dates and times of day as KIS writes them, without a zone: Korean unless a field says otherwise.

use jiff::civil::{Date, DateTime, Time};
use serde::de::{Deserialize, Deserializer, Error};
use serde_json::value::RawValue;

use crate::market::session::instant;
use crate::market::{UtcTime, Venue};

/// First and last year of anything that happens; outside it a message is nonsense.
const YEARS: std::ops::RangeInclusive<i16> = 1950..=2200;

/// Seconds of a day.
const DAY: i64 = 86_400;
/// Korea is nine hours ahead, summer and winter: what comes with every message needs no look into a table of zones.
const KOREA_AHEAD: i64 = 9 * 3_600;

/// The instant of so many seconds of the Korean clock since 1970.
const fn seconds_in_korea(seconds: i64) -> UtcTime {
    UtcTime::from_millis((seconds - KOREA_AHEAD) * 1_000)
}

/// Days from 1970-01-01 to a date of the same calendar. Years begin in March here, so that the leap day ends one.
fn days_since_epoch(date: Date) -> i64 {
    let (month, day) = (i64::from(date.month()), i64::from(date.day()));
    let (year, months) =
        if month > 2 { (i64::from(date.year()), month - 3) } else { (i64::from(date.year()) - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (153 * months + 2) / 5 + day - 719_469
}

fn unquoted<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'de str, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?.get();
    Ok(raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw).trim())
}

fn number(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0_u32, |value, byte| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit <= 9)?;
        value.checked_mul(10)?.checked_add(u32::from(digit))
    })
}

/// A date `YYYYMMDD`; blank and all zeros mean none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Day(Option<Date>);

impl Day {
    /// Reads text.
    ///
    /// # Errors
    /// Eight digits that are no date, or anything else that is neither blank nor zeros.
    pub fn parse(text: &str) -> Result<Self, super::number::NotANumber> {
        let text = text.trim();
        if text.bytes().all(|byte| byte == b'0') || text == "null" || text == "(null)" {
            return Ok(Self(None));
        }
        let value = Some(text).filter(|text| text.len() == 8).and_then(|text| number(text.as_bytes()));
        Self::of(value.ok_or(super::number::NotANumber)?).ok_or(super::number::NotANumber)
    }

    /// From the number `20260914`.
    #[must_use]
    pub fn of(value: u32) -> Option<Self> {
        let year = i16::try_from(value / 10_000).ok().filter(|year| YEARS.contains(year))?;
        let month = i8::try_from(value / 100 % 100).ok()?;
        let day = i8::try_from(value % 100).ok()?;
        Date::new(year, month, day).ok().map(|date| Self(Some(date)))
    }

    /// The date, where there is one.
    #[must_use]
    pub const fn get(self) -> Option<Date> {
        self.0
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self(Some(date))
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(unquoted(deserializer)?).map_err(D::Error::custom)
    }
}

/// A time of day `HHMMSS`. Night futures count hours on past midnight, up to 30.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Clock(Option<u32>);

impl Clock {
    /// Reads text; blank means none.
    ///
    /// # Errors
    /// Anything but six digits that are a time, or nothing.
    pub fn parse(text: &str) -> Result<Self, super::number::NotANumber> {
        let text = text.trim();
        if text.is_empty() || text == "null" || text == "(null)" {
            return Ok(Self(None));
        }
        let value = Some(text).filter(|text| text.len() == 6).and_then(|text| number(text.as_bytes()));
        Self::of(value.ok_or(super::number::NotANumber)?).ok_or(super::number::NotANumber)
    }

    /// From the number `91502` (09:15:02).
    #[must_use]
    pub const fn of(value: u32) -> Option<Self> {
        let (hour, minute, second) = (value / 10_000, value / 100 % 100, value % 100);
        if hour > 30 || minute > 59 || second > 59 {
            return None;
        }
        Some(Self(Some(hour * 3_600 + minute * 60 + second)))
    }

    /// Seconds since the midnight of its date, where there is a time.
    #[must_use]
    pub const fn seconds(self) -> Option<u32> {
        self.0
    }

    /// The instant of this time on a Korean date.
    #[inline]
    #[must_use]
    pub fn in_korea(self, date: Date) -> Option<UtcTime> {
        Some(seconds_in_korea(days_since_epoch(date) * DAY + i64::from(self.0?)))
    }

    /// The instant of this time on a date of a venue.
    #[must_use]
    pub fn at(self, venue: Venue, date: Date) -> Option<UtcTime> {
        let seconds = i64::from(self.0?);
        let (days, seconds) = (seconds / 86_400, seconds % 86_400);
        let date = if days == 0 { date } else { date.tomorrow().ok()? };
        let part = |value: i64| i8::try_from(value).ok();
        let time = Time::new(part(seconds / 3_600)?, part(seconds / 60 % 60)?, part(seconds % 60)?, 0).ok()?;
        Some(instant(venue, DateTime::from_parts(date, time)))
    }

    /// The instant of this time by the date on which it came in: the last such time that is not more than an hour
    /// ahead, so that a message about 23:59 which comes after midnight belongs to the day before.
    #[inline]
    #[must_use]
    pub fn near(self, received: UtcTime) -> Option<UtcTime> {
        let now = received.seconds() + KOREA_AHEAD;
        let at = now.div_euclid(DAY) * DAY + i64::from(self.0?);
        Some(seconds_in_korea(if at - now > 3_600 { at - DAY } else { at }))
    }
}

impl<'de> Deserialize<'de> for Clock {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(unquoted(deserializer)?).map_err(D::Error::custom)
    }
}

/// A date as the interface takes it.
#[must_use]
pub fn written(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn blank_dates_are_none_and_false_ones_are_refused() {
        assert_eq!(Day::parse("20260914").unwrap().get(), Some(date(2026, 9, 14)));
        for none in ["", "  ", "0", "00000000"] {
            assert_eq!(Day::parse(none).unwrap().get(), None, "{none:?}");
        }
        for bad in ["20260230", "2026091", "202609141", "2026-9-1", "99990101", "abcdefgh"] {
            assert!(Day::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn hours_go_on_past_midnight_for_the_night_session() {
        let at = Clock::parse("260000").unwrap().in_korea(date(2026, 9, 14)).unwrap();
        assert_eq!(Some(at), UtcTime::parse("2026-09-15T02:00:00+09:00"));
        assert!(Clock::parse("310000").is_err());
        assert!(Clock::parse("096000").is_err());
    }

    #[test]
    fn the_calendar_is_the_calendar() {
        let mut day = date(1950, 1, 1);
        while day < date(2200, 12, 31) {
            let at = Clock::of(91_502).unwrap();
            assert_eq!(at.in_korea(day), at.at(Venue::Krx, day), "{day}");
            day = day.tomorrow().unwrap();
        }
    }

    #[test]
    fn a_time_before_midnight_that_comes_after_it_is_of_the_day_before() {
        let received = UtcTime::parse("2026-09-15T00:00:02+09:00").unwrap();
        let at = Clock::parse("235958").unwrap().near(received);
        assert_eq!(at, UtcTime::parse("2026-09-14T23:59:58+09:00"));
        let at = Clock::parse("000003").unwrap().near(received);
        assert_eq!(at, UtcTime::parse("2026-09-15T00:00:03+09:00"));
    }
}
