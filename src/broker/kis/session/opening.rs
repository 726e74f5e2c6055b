//! The opening that an order is kept for: when the broker sends it, and until when it can show that it did.

use std::time::Duration;

use jiff::civil::Date;

use crate::market::session::{Calendar, local};
use crate::market::{Phase, UtcTime, Venue};
use crate::order::session_runs;

/// How far ahead of the opening the broker may send what it kept. In Korea it does so before the opening auction begins.
const KOREA_AHEAD: Duration = Duration::from_secs(70 * 60);
const US_AHEAD: Duration = Duration::from_secs(10 * 60);
/// How long after it the last of them is sent.
const SPILL: Duration = Duration::from_secs(15 * 60);
/// Most days from a reservation to its session.
const DAYS_MAX: usize = 15;

/// When an order that was kept is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opening {
    /// Trading date.
    pub(super) date: Date,
    /// The broker may send it from here on.
    pub(super) from: UtcTime,
    /// And until here.
    pub(super) until: UtcTime,
    /// The session is over.
    pub(super) over: UtcTime,
}

impl Opening {
    /// The first one of a venue after an order was placed; `None` where the calendar does not reach.
    pub(super) fn after(venue: Venue, placed: UtcTime) -> Option<Self> {
        let calendar = Calendar::builtin().ok()?;
        let ahead = if venue.is_american() { US_AHEAD } else { KOREA_AHEAD };
        let first = local(venue, placed).date();
        let days = std::iter::successors(Some(first), |date| date.tomorrow().ok()).take(DAYS_MAX);
        days.filter_map(|date| {
            let day = calendar.day(venue, date)?;
            let mut runs = day.spans.iter().filter(|span| session_runs(span.phase) && span.phase != Phase::Halted);
            let opens = runs.next()?;
            let closes = runs.next_back().unwrap_or(opens);
            Some(Self { date, from: opens.from.minus(ahead), until: opens.from.plus(SPILL), over: closes.until })
        })
        .find(|opening| placed < opening.from.plus(ahead))
    }

    /// Whether an order may have been sent by then.
    pub(super) fn has_begun(&self, now: UtcTime) -> bool {
        self.from <= now
    }

    /// Whether an order that came at this time may be one that was kept.
    pub(super) fn holds(&self, time: UtcTime) -> bool {
        (self.from..=self.until).contains(&time)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::samples::utc;
    use super::*;

    #[test]
    fn an_order_of_the_afternoon_is_for_tomorrow_and_one_of_the_night_for_today() {
        let krx = |text: &str| Opening::after(Venue::Krx, utc(text)).unwrap().date;
        assert_eq!(krx("2026-09-14T16:00:00+09:00"), date(2026, 9, 15));
        assert_eq!(krx("2026-09-15T01:00:00+09:00"), date(2026, 9, 15));
        assert_eq!(krx("2026-09-18T17:00:00+09:00"), date(2026, 9, 21), "over the weekend");
    }

    #[test]
    fn an_order_of_the_korean_day_is_for_the_us_session_of_its_evening() {
        let opening = Opening::after(Venue::Nasdaq, utc("2026-10-14T15:00:00+09:00")).unwrap();
        assert_eq!(opening.date, date(2026, 10, 14));
        assert!(!opening.has_begun(utc("2026-10-14T22:19:00+09:00")));
        assert!(opening.holds(utc("2026-10-14T22:30:02+09:00")) && !opening.holds(utc("2026-10-14T23:30:00+09:00")));
        assert_eq!(opening.over, utc("2026-10-15T05:00:00+09:00"));
    }
}
