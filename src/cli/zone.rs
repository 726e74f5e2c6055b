//! The zone of this machine, for times that people read.

use jiff::tz::TimeZone;

use crate::market::Venue;
use crate::market::session::zone;

/// As the system says. Where a machine has no database of zones, as small images do, and its `TZ` names the zone of a market,
/// it is that one; else UTC.
#[must_use]
pub fn of_this_machine() -> TimeZone {
    TimeZone::try_system().unwrap_or_else(|_| named(&std::env::var("TZ").unwrap_or_default()))
}

fn named(name: &str) -> TimeZone {
    let of = |venue| zone(venue).clone();
    match name.trim_start_matches(':') {
        "Asia/Seoul" => of(Venue::Krx),
        "America/New_York" => of(Venue::Nasdaq),
        "Asia/Tokyo" => of(Venue::Tse),
        "Asia/Shanghai" => of(Venue::Sse),
        "Asia/Hong_Kong" => of(Venue::Hkex),
        "Asia/Ho_Chi_Minh" => of(Venue::Hose),
        _ => TimeZone::UTC,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::UtcTime;

    #[test]
    fn a_machine_without_zones_knows_those_of_the_markets() {
        let winter = UtcTime::parse("2026-01-15T12:00:00Z").unwrap();
        for (name, time) in [
            ("Asia/Seoul", "21:00"),
            (":Asia/Seoul", "21:00"),
            ("America/New_York", "07:00"),
            ("Asia/Ho_Chi_Minh", "19:00"),
            ("Europe/Nowhere", "12:00"),
            ("", "12:00"),
        ] {
            assert!(crate::cli::number::time(winter, &named(name)).contains(time), "{name}");
        }
    }
}
