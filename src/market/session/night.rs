//! The night session of Korean derivatives: from the evening of an open day until the next morning.

use std::time::Duration;

use jiff::civil::Date;

use super::table::{Hours, Market};
use super::zone::{instant, local, trading_date};
use super::{Calendar, Span};
use crate::market::{Phase, UtcTime, Venue};

/// A night begins eighteen hours after midnight at the earliest: counted back by so much, all of it is on one date.
const UNTIL_EVENING: Duration = Duration::from_secs(18 * 60 * 60);
/// It is over by then.
const MORNING: i8 = 6;

/// The date on which the night began that runs at a time, or ran last.
#[must_use]
pub fn night_date(time: UtcTime) -> Date {
    trading_date(Venue::KrxFutures, time.minus(UNTIL_EVENING))
}

/// The session an instant belongs to at a venue, open or not: its date, and whether it is the night that begins on it. Later
/// sessions are greater. Only Korean derivatives have nights.
#[must_use]
pub fn session_of(venue: Venue, time: UtcTime) -> (Date, bool) {
    let (at, night) = (local(venue, time), night_date(time));
    if venue == Venue::KrxFutures && (at.date() == night || at.hour() < MORNING) {
        (night, true)
    } else {
        (at.date(), false)
    }
}

/// The night that begins on a date with these hours.
pub(super) fn span(venue: Venue, date: Date, hours: &Hours) -> Option<Span> {
    let (from, until) = hours.night?;
    Some(Span {
        phase: Phase::Night,
        from: instant(venue, date.to_datetime(from)),
        until: instant(venue, date.tomorrow().ok()?.to_datetime(until)),
    })
}

impl Calendar {
    /// The night that an instant lies in: of that day's evening, or of the evening before.
    pub(super) fn night_at(&self, venue: Venue, market: Market, time: UtcTime) -> Option<Span> {
        let today = local(venue, time).date();
        let night = |date: Date| span(venue, date, self.hours_on(market, date)?);
        let nights = [Some(today), today.yesterday().ok()].into_iter().flatten().filter_map(night);
        nights.into_iter().find(|night| night.from <= time && time < night.until)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn at(text: &str) -> UtcTime {
        UtcTime::parse(&format!("2026-{text}+09:00")).unwrap()
    }

    #[test]
    fn a_night_is_one_session_over_midnight_and_no_other() {
        let of = |text: &str| session_of(Venue::KrxFutures, at(text));
        let (day, night) = (date(2026, 11, 20), (date(2026, 11, 20), true));
        for (time, session) in [
            ("11-20T06:00:00", (day, false)),
            ("11-20T17:59:59", (day, false)),
            ("11-20T18:00:00", night),
            ("11-20T23:59:59", night),
            ("11-21T00:00:00", night),
            ("11-21T05:59:59", night),
            ("11-21T06:00:00", (date(2026, 11, 21), false)),
        ] {
            assert_eq!(of(time), session, "{time}");
        }
        assert!(of("11-20T10:00:00") < of("11-20T20:00:00") && of("11-21T01:00:00") < of("11-21T09:00:00"));
        assert_eq!(session_of(Venue::Krx, at("11-20T20:00:00")), (day, false));
    }

    #[test]
    fn derivatives_trade_on_through_the_night_of_an_open_day() {
        let calendar = Calendar::builtin().unwrap();
        let phase = |text: &str| calendar.phase_at(Venue::KrxFutures, at(text)).phase;
        for (time, expected) in [
            ("11-20T17:59:59", Phase::Closed),
            ("11-20T18:00:00", Phase::Night),
            ("11-21T05:59:59", Phase::Night),
            ("11-21T06:00:00", Phase::Closed),
            // A Saturday and a Sunday begin no night, nor does the eve of a day that is closed end one early.
            ("11-21T18:00:00", Phase::Closed),
            ("11-23T05:00:00", Phase::Closed),
            ("09-23T23:00:00", Phase::Night),
            ("09-24T05:00:00", Phase::Night),
            ("09-24T18:00:00", Phase::Closed),
            // College entrance exam.
            ("11-19T18:30:00", Phase::Closed),
            ("11-19T19:00:00", Phase::Night),
            ("11-20T05:59:59", Phase::Night),
        ] {
            assert_eq!(phase(time), expected, "{time}");
        }
        let evening = calendar.phase_at(Venue::KrxFutures, at("11-20T16:00:00"));
        assert_eq!(evening.next, Some((Phase::Night, at("11-20T18:00:00"))));
        let night = calendar.phase_at(Venue::KrxFutures, at("11-21T00:10:00"));
        assert_eq!((night.until, night.next.unwrap().0), (Some(at("11-21T06:00:00")), Phase::Closed));
        let morning = calendar.phase_at(Venue::KrxFutures, at("11-21T07:00:00"));
        assert_eq!(morning.next, Some((Phase::OpeningAuction, at("11-23T08:30:00"))));
        // Shares and bonds have no night, and neither had derivatives of KRX before.
        assert_eq!(calendar.phase_at(Venue::KrxBonds, at("11-20T20:00:00")).phase, Phase::Closed);
        let before = UtcTime::parse("2025-06-05T20:00:00+09:00").unwrap();
        assert_eq!(calendar.phase_at(Venue::KrxFutures, before).phase, Phase::Closed);
    }
}
