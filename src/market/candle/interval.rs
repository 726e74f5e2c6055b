//! Lengths of candles and where they begin.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::civil::{DateTime, Time};
use jiff::{Span, ToSpan};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::market::session::{instant, local};
use crate::market::{UtcTime, Venue};

/// Length of a candle.
///
/// Up to an hour candles begin on whole multiples of the clock; longer ones follow the venue's local date: four hours count
/// from local midnight, weeks begin on Monday, months on the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Interval {
    /// `1s`.
    Second1,
    /// `5s`.
    Second5,
    /// `1m`.
    Minute1,
    /// `3m`.
    Minute3,
    /// `5m`.
    Minute5,
    /// `15m`.
    Minute15,
    /// `30m`.
    Minute30,
    /// `1h`.
    Hour1,
    /// `4h`.
    Hour4,
    /// `1d`.
    Day1,
    /// `1w`.
    Week1,
    /// `1M`.
    Month1,
}

/// Text that names no interval.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no interval: 1s, 5s, 1m, 3m, 5m, 15m, 30m, 1h, 4h, 1d, 1w or 1M")]
pub struct IntervalError(String);

impl Interval {
    /// Every interval, shortest first.
    pub const ALL: [Self; 12] = [
        Self::Second1,
        Self::Second5,
        Self::Minute1,
        Self::Minute3,
        Self::Minute5,
        Self::Minute15,
        Self::Minute30,
        Self::Hour1,
        Self::Hour4,
        Self::Day1,
        Self::Week1,
        Self::Month1,
    ];

    /// Short name; `1m` is a minute, `1M` a month.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Second1 => "1s",
            Self::Second5 => "5s",
            Self::Minute1 => "1m",
            Self::Minute3 => "3m",
            Self::Minute5 => "5m",
            Self::Minute15 => "15m",
            Self::Minute30 => "30m",
            Self::Hour1 => "1h",
            Self::Hour4 => "4h",
            Self::Day1 => "1d",
            Self::Week1 => "1w",
            Self::Month1 => "1M",
        }
    }

    /// Length in seconds of intervals that are the same length everywhere; `None` from four hours up, where daylight
    /// saving and the calendar make them differ.
    #[must_use]
    pub const fn fixed_seconds(self) -> Option<u32> {
        match self {
            Self::Second1 => Some(1),
            Self::Second5 => Some(5),
            Self::Minute1 => Some(60),
            Self::Minute3 => Some(180),
            Self::Minute5 => Some(300),
            Self::Minute15 => Some(900),
            Self::Minute30 => Some(1_800),
            Self::Hour1 => Some(3_600),
            Self::Hour4 | Self::Day1 | Self::Week1 | Self::Month1 => None,
        }
    }

    /// First instant of the candle an instant falls into.
    #[must_use]
    pub fn opening(self, venue: Venue, time: UtcTime) -> UtcTime {
        if let Some(seconds) = self.fixed_seconds() {
            // Every zone of the venues is whole hours from UTC, so the clock's multiples are the same in all of them.
            let into = time.nanos().rem_euclid(i64::from(seconds) * 1_000_000_000);
            return UtcTime::from_nanos(time.nanos().saturating_sub(into));
        }
        instant(venue, self.local_opening(local(venue, time)))
    }

    /// First instant after the candle that opens at `opening`.
    #[must_use]
    pub fn end(self, venue: Venue, opening: UtcTime) -> UtcTime {
        if let Some(seconds) = self.fixed_seconds() {
            return opening.plus(Duration::from_secs(u64::from(seconds)));
        }
        let length: Span = match self {
            Self::Hour4 => 4.hours(),
            Self::Week1 => 1.week(),
            Self::Month1 => 1.month(),
            _ => 1.day(),
        };
        let from = self.local_opening(local(venue, opening));
        from.checked_add(length).map_or(UtcTime::from_nanos(i64::MAX), |end| instant(venue, end))
    }

    fn local_opening(self, at: DateTime) -> DateTime {
        let date = match self {
            Self::Week1 => {
                let into = i64::from(at.date().weekday().to_monday_zero_offset());
                at.date().checked_sub(into.days()).unwrap_or(at.date())
            }
            Self::Month1 => at.date().first_of_month(),
            _ => at.date(),
        };
        let hour = if self == Self::Hour4 { at.hour() - at.hour() % 4 } else { 0 };
        date.to_datetime(Time::new(hour, 0, 0, 0).unwrap_or(Time::midnight()))
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Interval {
    type Err = IntervalError;
    fn from_str(text: &str) -> Result<Self, IntervalError> {
        let found = Self::ALL.into_iter().find(|interval| interval.as_str() == text);
        found.ok_or_else(|| IntervalError(text.chars().filter(|c| !c.is_control()).take(20).collect()))
    }
}

impl Serialize for Interval {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Interval {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> UtcTime {
        UtcTime::parse(text).unwrap()
    }

    #[test]
    fn names_round_trip_and_a_month_is_no_minute() {
        for interval in Interval::ALL {
            assert_eq!(interval.to_string().parse(), Ok(interval));
        }
        assert_ne!("1m".parse::<Interval>(), "1M".parse::<Interval>());
        assert!("2m".parse::<Interval>().unwrap_err().to_string().contains("15m"));
    }

    #[test]
    fn candles_begin_where_the_venues_clock_says() {
        let rows = [
            (Interval::Day1, Venue::Krx, "2026-11-20T08:00:00+09:00", "2026-11-20T00:00:00+09:00"),
            (Interval::Day1, Venue::BinanceSpot, "2026-11-20T08:00:00+09:00", "2026-11-19T00:00:00Z"),
            (Interval::Day1, Venue::Nasdaq, "2026-11-20T23:30:00Z", "2026-11-20T05:00:00Z"),
            (Interval::Hour4, Venue::Krx, "2026-11-20T15:30:00+09:00", "2026-11-20T12:00:00+09:00"),
            (Interval::Hour4, Venue::BinanceSpot, "2026-11-20T15:30:00Z", "2026-11-20T12:00:00Z"),
            (Interval::Week1, Venue::Krx, "2026-11-22T23:59:59+09:00", "2026-11-16T00:00:00+09:00"),
            (Interval::Week1, Venue::BinanceFutures, "2026-11-16T00:00:00Z", "2026-11-16T00:00:00Z"),
            (Interval::Month1, Venue::Krx, "2026-11-30T23:59:59+09:00", "2026-11-01T00:00:00+09:00"),
            (Interval::Minute3, Venue::Krx, "2026-11-20T09:02:59.999+09:00", "2026-11-20T09:00:00+09:00"),
            (Interval::Second5, Venue::Sim, "2026-11-20T09:00:04.9+09:00", "2026-11-20T09:00:00+09:00"),
        ];
        for (interval, venue, time, opening) in rows {
            assert_eq!(interval.opening(venue, at(time)), at(opening), "{interval} {venue} {time}");
        }
    }

    #[test]
    fn a_day_of_changed_clocks_has_23_or_25_hours() {
        for (date, hours) in [("2026-03-08", 23), ("2026-11-01", 25), ("2026-11-02", 24)] {
            let opening = Interval::Day1.opening(Venue::Nyse, at(&format!("{date}T17:00:00Z")));
            let length = Interval::Day1.end(Venue::Nyse, opening).since(opening);
            assert_eq!(length, Duration::from_secs(hours * 3_600), "{date}");
        }
    }

    #[test]
    fn no_candle_begins_twice_while_clocks_change() {
        for night in ["2026-03-08T00:00:00Z", "2026-11-01T00:00:00Z"] {
            for interval in Interval::ALL {
                let mut last = UtcTime::EPOCH;
                for minutes in 0..48 * 60 {
                    let time = at(night).plus(Duration::from_secs(minutes * 60));
                    let opening = interval.opening(Venue::Nasdaq, time);
                    assert!(last <= opening && opening <= time, "{interval} {time}");
                    assert!(time < interval.end(Venue::Nasdaq, opening), "{interval} {time}");
                    last = opening;
                }
            }
        }
    }

    proptest! {
        #[test]
        fn candles_tile_time(
            nanos in 1_600_000_000_000_000_000_i64..1_900_000_000_000_000_000,
            venue in prop::sample::select(Venue::ALL.to_vec()),
            interval in prop::sample::select(Interval::ALL.to_vec()),
        ) {
            let time = UtcTime::from_nanos(nanos);
            let opening = interval.opening(venue, time);
            let end = interval.end(venue, opening);
            prop_assert!(opening <= time && time < end);
            prop_assert_eq!(interval.opening(venue, opening), opening);
            prop_assert_eq!(interval.opening(venue, end), end);
            prop_assert_eq!(interval.opening(venue, UtcTime::from_nanos(end.nanos() - 1)), opening);
        }
    }
}
