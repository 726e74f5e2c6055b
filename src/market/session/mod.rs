//! When venues are open: holidays, special days and the phases of a day, as data with dates from which it holds.

mod expiry;
mod night;
mod table;
#[cfg(test)]
mod tests;
mod vi;
mod zone;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::civil::{Date, DateTime, Time, Weekday};
use serde::Serialize;

use super::event::Phase;
use super::instrument::Venue;
use super::time::UtcTime;

pub use night::{night_date, session_of};
pub use table::{CalendarError, DayKind};
use table::{CalendarFile, Days, Hours, LocalSpan, Market};
pub use vi::{ViGroup, ViRates, vi_rates};
pub(crate) use zone::{instant, local};
pub use zone::{trading_date, zone};

/// How far ahead or back an open day is looked for; no market closes that long.
const LONGEST_BREAK_DAYS: usize = 60;

/// Holidays of markets of which only the weekends are known: on a holiday there the broker refuses.
static WEEKENDS_ONLY: Days = Days {
    known_from: None,
    known_until: None,
    closed: BTreeMap::new(),
    opened: BTreeSet::new(),
    special: BTreeMap::new(),
};

static BUILTIN: LazyLock<Result<Calendar, CalendarError>> = LazyLock::new(|| {
    let mut calendar = Calendar::default();
    calendar.merge("sessions.toml", include_str!("../../../assets/calendar/sessions.toml"))?;
    calendar.merge("korea.toml", include_str!("../../../assets/calendar/korea.toml"))?;
    calendar.merge("us.toml", include_str!("../../../assets/calendar/us.toml"))?;
    Ok(calendar)
});

/// Holidays, special days and hours of every venue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    korea: Days,
    us: Days,
    hours: Vec<Hours>,
}

/// One trading day of a venue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SessionDay {
    /// Trading date, local to the venue.
    pub date: Date,
    /// Usual or special hours.
    pub kind: DayKind,
    /// The phases in order, each beginning where the one before ends. Off-hours auctions are one span per call, so every
    /// end of an auction span is the moment of a price.
    pub spans: Vec<Span>,
    /// Books that run next to the main one: closing-price trading before the KRX open and at NXT.
    pub beside: Vec<Span>,
    /// The session of the night that begins on the day, where there is one; it ends on the next.
    pub night: Option<Span>,
}

impl SessionDay {
    /// First instant of the day's first phase.
    #[must_use]
    pub fn opens_at(&self) -> Option<UtcTime> {
        self.spans.first().map(|span| span.from)
    }

    /// End of the day's last phase.
    #[must_use]
    pub fn closes_at(&self) -> Option<UtcTime> {
        self.spans.last().map(|span| span.until)
    }
}

/// A phase from an instant until another, which is not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The phase.
    pub phase: Phase,
    /// Its first instant.
    pub from: UtcTime,
    /// The first instant after it.
    pub until: UtcTime,
}

/// What a venue's clock says at an instant. A halt or VI of one instrument is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PhaseAt {
    /// Phase of the main book.
    pub phase: Phase,
    /// When it ends; `None` for venues that never close, and where no later session is known.
    pub until: Option<UtcTime>,
    /// What follows, and when.
    pub next: Option<(Phase, UtcTime)>,
    /// Phase of a book beside the main one, such as closing-price trading during the opening auction.
    pub beside: Option<Phase>,
    /// Date the instant belongs to at the venue, open or not.
    pub trading_date: Date,
}

impl Calendar {
    /// The calendar that comes with hoga, read once.
    ///
    /// # Errors
    /// Only if the data inside the program were broken, which a test rules out.
    pub fn builtin() -> Result<&'static Self, CalendarError> {
        BUILTIN.as_ref().map_err(Clone::clone)
    }

    /// This calendar with the days of a user's file on top. `file` only names it in errors.
    ///
    /// ```toml
    /// [korea.closed]
    /// 2026-12-24 = "임시공휴일"
    /// [korea.open]                 # takes a closed day back
    /// 2027-12-27 = "정상 개장"
    /// [us.special]
    /// 2027-07-02 = "early_close"
    /// ```
    ///
    /// # Errors
    /// Text that is no TOML, an unknown key, a date that does not exist, hours with a gap or an overlap; with the line.
    pub fn with_extra(&self, file: &str, text: &str) -> Result<Self, CalendarError> {
        let mut calendar = self.clone();
        calendar.merge(file, text)?;
        Ok(calendar)
    }

    fn merge(&mut self, file: &str, text: &str) -> Result<(), CalendarError> {
        let CalendarFile { korea, us, hours } = table::parse(file, text)?;
        merge_days(&mut self.korea, korea);
        merge_days(&mut self.us, us);
        self.hours.extend(hours);
        Ok(())
    }

    /// The trading day of a venue on a date; `None` when it is closed, or before its first known hours.
    #[must_use]
    pub fn day(&self, venue: Venue, date: Date) -> Option<SessionDay> {
        let Some(market) = Market::of(venue) else {
            let from = instant(venue, date.to_datetime(Time::midnight()));
            let until = instant(venue, date.tomorrow().ok()?.to_datetime(Time::midnight()));
            let spans = vec![Span { phase: Phase::Continuous, from, until }];
            return Some(SessionDay { date, kind: DayKind::Regular, spans, beside: Vec::new(), night: None });
        };
        let hours = self.hours_on(market, date)?;
        let to_span = |span: &LocalSpan| Span {
            phase: span.phase,
            from: instant(venue, date.to_datetime(span.from)),
            until: instant(venue, date.to_datetime(span.until)),
        };
        Some(SessionDay {
            date,
            kind: hours.day,
            spans: hours.spans.iter().map(to_span).collect(),
            beside: hours.beside.iter().map(to_span).collect(),
            night: night::span(venue, date, hours),
        })
    }

    /// What a venue's clock says at an instant.
    #[must_use]
    pub fn phase_at(&self, venue: Venue, time: UtcTime) -> PhaseAt {
        let now = local(venue, time);
        let date = now.date();
        let mut at = PhaseAt { phase: Phase::Continuous, until: None, next: None, beside: None, trading_date: date };
        let Some(market) = Market::of(venue) else {
            return at;
        };
        let hours = self.hours_on(market, date);
        let spans = hours.map_or(&[][..], |hours| &hours.spans);
        let holds = |span: &LocalSpan| span.from <= now.time() && now.time() < span.until;
        let on_date = |time: Time| instant(venue, date.to_datetime(time));
        if let Some(index) = spans.iter().position(holds) {
            let span = spans.get(index);
            let following = spans.get(index + 1).map_or(Phase::Closed, |next| next.phase);
            at.phase = span.map_or(Phase::Closed, |span| span.phase);
            at.until = span.map(|span| on_date(span.until));
            at.next = at.until.map(|until| (following, until));
            at.beside = hours.and_then(|hours| hours.beside.iter().find(|span| holds(span))).map(|span| span.phase);
        } else if let Some(night) = self.night_at(venue, market, time) {
            (at.phase, at.until, at.next) = (night.phase, Some(night.until), Some((Phase::Closed, night.until)));
        } else {
            at.phase = Phase::Closed;
            at.next = self.next_opening(venue, market, now);
            at.until = at.next.map(|(_, opens)| opens);
        }
        at
    }

    /// First phase that begins after a wall clock reading outside every span.
    fn next_opening(&self, venue: Venue, market: Market, now: DateTime) -> Option<(Phase, UtcTime)> {
        let later_today = self
            .hours_on(market, now.date())
            .and_then(|hours| hours.spans.first())
            .filter(|span| now.time() < span.from)
            .map(|span| (now.date(), span));
        let tonight = self.hours_on(market, now.date()).and_then(|hours| night::span(venue, now.date(), hours));
        let tonight = tonight.filter(|night| now < local(venue, night.from));
        let (date, span) = match (later_today, tonight) {
            (Some(found), _) => found,
            (None, Some(night)) => return Some((night.phase, night.from)),
            (None, None) => {
                let date = self.next_open_day(venue, now.date())?;
                (date, self.hours_on(market, date)?.spans.first()?)
            }
        };
        Some((span.phase, instant(venue, date.to_datetime(span.from))))
    }

    /// Whether a venue trades on a date at all.
    #[must_use]
    pub fn is_open_day(&self, venue: Venue, date: Date) -> bool {
        Market::of(venue).is_none_or(|market| self.hours_on(market, date).is_some())
    }

    /// The first open day after a date.
    #[must_use]
    pub fn next_open_day(&self, venue: Venue, after: Date) -> Option<Date> {
        let first =
            Market::of(venue).and_then(|market| self.first_day(market)).and_then(|first| first.yesterday().ok());
        let start = first.map_or(after, |first| first.max(after));
        let days = std::iter::successors(start.tomorrow().ok(), |date| date.tomorrow().ok());
        days.take(LONGEST_BREAK_DAYS).find(|date| self.is_open_day(venue, *date))
    }

    /// The last open day before a date.
    #[must_use]
    pub fn previous_open_day(&self, venue: Venue, before: Date) -> Option<Date> {
        let days = std::iter::successors(before.yesterday().ok(), |date| date.yesterday().ok());
        days.take(LONGEST_BREAK_DAYS).find(|date| self.is_open_day(venue, *date))
    }

    /// Date an instant belongs to at a venue, open or not; the same as the free [`trading_date`].
    #[must_use]
    pub fn trading_date(&self, venue: Venue, time: UtcTime) -> Date {
        trading_date(venue, time)
    }

    /// Why a venue is closed on a date: the name of the holiday; `None` on weekends and open days.
    #[must_use]
    pub fn holiday(&self, venue: Venue, date: Date) -> Option<&str> {
        let days = self.days(Market::of(venue)?);
        days.closed.get(&date).map(String::as_str)
    }

    /// Whether the holidays of a date are known. Outside, every weekday counts as open.
    #[must_use]
    pub fn covers(&self, venue: Venue, date: Date) -> bool {
        Market::of(venue).is_none_or(|market| {
            let days = self.days(market);
            days.known_from.is_some_and(|from| from <= date) && days.known_until.is_some_and(|until| date <= until)
        })
    }

    const fn days(&self, market: Market) -> &Days {
        match market {
            Market::Krx | Market::Nxt => &self.korea,
            Market::KrxFutures => &self.korea,
            Market::Us => &self.us,
            Market::KrxBonds => &self.korea,
            Market::Hkex | Market::China | Market::Tse | Market::Hnx | Market::Hose => &WEEKENDS_ONLY,
        }
    }

    fn first_day(&self, market: Market) -> Option<Date> {
        self.hours.iter().filter(|hours| hours.market == market).map(|hours| hours.from).min()
    }

    /// Hours in force on a date; `None` on closed days.
    fn hours_on(&self, market: Market, date: Date) -> Option<&Hours> {
        let days = self.days(market);
        let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        if !days.opened.contains(&date) && (weekend || days.closed.contains_key(&date)) {
            return None;
        }
        let kind = days.special.get(&date).copied().unwrap_or(DayKind::Regular);
        let of_kind = |kind: DayKind| {
            let tables = self.hours.iter().filter(move |h| h.market == market && h.day == kind && h.from <= date);
            // Of equal dates the last wins, so that a user's file can replace a table.
            tables.max_by_key(|hours| hours.from)
        };
        of_kind(kind).or_else(|| of_kind(DayKind::Regular))
    }
}

fn merge_days(into: &mut Days, from: Days) {
    for date in &from.opened {
        into.closed.remove(date);
    }
    for date in from.closed.keys() {
        into.opened.remove(date);
    }
    into.closed.extend(from.closed);
    into.opened.extend(from.opened);
    into.special.extend(from.special);
    into.known_from = from.known_from.or(into.known_from);
    into.known_until = from.known_until.or(into.known_until);
}
