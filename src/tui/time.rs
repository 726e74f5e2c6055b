//! Times as people read them, in Korean time: every venue hoga draws sessions of keeps it, and one screen has one clock.

use std::time::Duration;

use crate::market::session::zone;
use crate::market::{UtcTime, Venue};

/// `09:31:02`.
#[must_use]
pub fn clock(time: UtcTime) -> String {
    time.to_jiff().to_zoned(zone(Venue::Krx).clone()).strftime("%H:%M:%S").to_string()
}

/// `09:31`.
#[must_use]
pub fn minute(time: UtcTime) -> String {
    time.to_jiff().to_zoned(zone(Venue::Krx).clone()).strftime("%H:%M").to_string()
}

/// `11-21 09:31`.
#[must_use]
pub fn day_and_minute(time: UtcTime) -> String {
    time.to_jiff().to_zoned(zone(Venue::Krx).clone()).strftime("%m-%d %H:%M").to_string()
}

/// `2026-11-21`.
#[must_use]
pub fn date(time: UtcTime) -> String {
    time.to_jiff().to_zoned(zone(Venue::Krx).clone()).strftime("%Y-%m-%d").to_string()
}

/// `5:03`, `1:12:40`, `3d 04:00`.
#[must_use]
pub fn countdown(left: Duration) -> String {
    let seconds = left.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours) {
        (0, 0) => format!("{minutes}:{:02}", seconds % 60),
        (0, _) => format!("{hours}:{minutes:02}:{:02}", seconds % 60),
        _ => format!("{days}d {hours:02}:{minutes:02}"),
    }
}

/// `0.2s`, `12s`, `3m`, `2h`.
#[must_use]
pub fn age(age: Duration) -> String {
    match age.as_secs() {
        0..=9 => format!("{:.1}s", age.as_secs_f64()),
        10..=119 => format!("{}s", age.as_secs()),
        120..=7_199 => format!("{}m", age.as_secs() / 60),
        seconds => format!("{}h", seconds / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_korean() {
        let time = UtcTime::parse("2026-11-20T00:31:02Z").unwrap();
        assert_eq!(clock(time), "09:31:02");
        assert_eq!(day_and_minute(time), "11-20 09:31");
    }

    #[test]
    fn spans_are_short() {
        assert_eq!(countdown(Duration::from_secs(303)), "5:03");
        assert_eq!(countdown(Duration::from_secs(4_360)), "1:12:40");
        assert_eq!(countdown(Duration::from_secs(273_600)), "3d 04:00");
        assert_eq!(age(Duration::from_millis(230)), "0.2s");
        assert_eq!(age(Duration::from_secs(700)), "11m");
    }
}
