//! One instant type for the whole program.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant in UTC with nanosecond resolution, counted from the Unix epoch.
///
/// Everything below the faces carries this; exchange time zones appear only at the edges. It never asks the operating
/// system what time it is: only the shells do, through [`crate::desk::clock`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct UtcTime(i64);

impl UtcTime {
    /// The Unix epoch.
    pub const EPOCH: Self = Self(0);

    /// From nanoseconds since the epoch.
    #[must_use]
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// From milliseconds since the epoch; saturates beyond the years 1677 and 2262.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }

    /// Nanoseconds since the epoch.
    #[must_use]
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// Whole milliseconds since the epoch, rounded towards the past.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Whole seconds since the epoch, rounded towards the past.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000_000)
    }

    /// This instant moved into the future; saturates.
    #[must_use]
    pub const fn plus(self, by: Duration) -> Self {
        let nanos = by.as_nanos();
        let nanos = if nanos > i64::MAX as u128 { i64::MAX } else { nanos as i64 };
        Self(self.0.saturating_add(nanos))
    }

    /// This instant moved into the past; saturates.
    #[must_use]
    pub const fn minus(self, by: Duration) -> Self {
        let nanos = by.as_nanos();
        let nanos = if nanos > i64::MAX as u128 { i64::MAX } else { nanos as i64 };
        Self(self.0.saturating_sub(nanos))
    }

    /// How long after `earlier` this is; zero when it is not after it (a clock may jump back).
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        let nanos = self.0.saturating_sub(earlier.0);
        if nanos <= 0 { Duration::ZERO } else { Duration::from_nanos(nanos as u64) }
    }

    /// The same instant as a [`jiff::Timestamp`], for calendars and text.
    #[must_use]
    pub fn to_jiff(self) -> Timestamp {
        Timestamp::from_nanosecond(i128::from(self.0)).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// From a [`jiff::Timestamp`]; saturates beyond the years 1677 and 2262.
    #[must_use]
    pub fn from_jiff(timestamp: Timestamp) -> Self {
        let nanos = timestamp.as_nanosecond();
        Self(i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX }))
    }

    /// Parses RFC 3339 text, with any offset.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<Timestamp>().ok().map(Self::from_jiff)
    }
}

/// RFC 3339 in UTC with milliseconds, such as `2026-11-21T00:00:00.000Z`.
impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = Timestamp::from_millisecond(self.millis()).unwrap_or(Timestamp::UNIX_EPOCH);
        write!(f, "{millis:.3}")
    }
}

impl fmt::Debug for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for UtcTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UtcTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not an RFC 3339 time"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_milliseconds_and_a_zone() {
        assert_eq!(UtcTime::from_millis(1_723_161_256_299).to_string(), "2024-08-08T23:54:16.299Z");
        assert_eq!(UtcTime::EPOCH.to_string(), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn text_with_an_offset_is_the_same_instant() {
        assert_eq!(UtcTime::parse("2024-08-09T08:54:16.299+09:00"), Some(UtcTime::from_millis(1_723_161_256_299)));
    }

    #[test]
    fn an_earlier_instant_is_no_time_ago() {
        assert_eq!(UtcTime::from_millis(1).since(UtcTime::from_millis(5)), Duration::ZERO);
    }
}
