//! Which page of a history to ask for next. Charts have no page keys: the next question is made from the oldest row.

use jiff::Unit;
use jiff::civil::{Date, DateTime, Time};
use jiff::{Span, ToSpan as _};

use crate::market::candle::Interval;
use crate::market::session::{instant, local};
use crate::market::{Calendar, UtcTime, Venue};

/// Most questions of one request: at a page of 30 minutes a whole day of twelve hours.
pub(super) const PAGES_MAX: u32 = 24;

/// Days that a window must reach back to hold more than a page of 100 rows: closed days are no rows.
fn reach(interval: Interval) -> Span {
    match interval {
        Interval::Month1 => 110.months(),
        Interval::Week1 => 110.weeks(),
        _ => 200.days(),
    }
}

/// Days, weeks or months: each page ends the day before the oldest interval of the page before.
#[derive(Debug)]
pub(super) struct BarPages {
    venue: Venue,
    interval: Interval,
    /// Last day of the next page; `None` when there is no more.
    until: Option<Date>,
    left: u32,
}

impl BarPages {
    /// Pages up to the interval that holds `until`. It is asked for whole, for a window that ended within a week could
    /// give half a week for a whole one.
    pub(super) fn new(venue: Venue, interval: Interval, until: UtcTime, now: UtcTime) -> Self {
        let end = interval.end(venue, interval.opening(venue, until));
        let last = local(venue, end).date().yesterday().ok();
        let today = local(venue, now).date();
        Self { venue, interval, until: last.map(|last| last.min(today)), left: PAGES_MAX }
    }

    /// First and last day of the next page.
    pub(super) fn next(&self) -> Option<(Date, Date)> {
        let until = self.until.filter(|_| self.left > 0)?;
        Some((until.checked_sub(reach(self.interval)).unwrap_or(Date::MIN), until))
    }

    /// Takes note of the dates of the page that [`Self::next`] asked for.
    pub(super) fn took(&mut self, dates: impl Iterator<Item = Date>) {
        self.left = self.left.saturating_sub(1);
        let oldest = dates.min().map(|oldest| {
            let midnight = instant(self.venue, oldest.to_datetime(Time::midnight()));
            local(self.venue, self.interval.opening(self.venue, midnight)).date()
        });
        let before = oldest.and_then(|oldest| oldest.yesterday().ok());
        // A page with nothing older would be asked for again for ever.
        self.until = before.filter(|before| self.until.is_some_and(|asked| *before < asked));
    }
}

/// A page of minutes of Korean shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MinutePage {
    /// Of the running day, or the last one: 30 up to a time.
    Today(Time),
    /// Of any day: 120 up to a time, those of days before among them.
    Past(Date, Time),
}

/// Minutes of Korean shares: those of the day by one service, those before it by another one.
#[derive(Debug)]
pub(super) struct MinutePages<'a> {
    calendar: &'a Calendar,
    venue: Venue,
    next: Option<MinutePage>,
    /// The day that the service of today speaks of.
    today: Date,
    /// Whether there is a service of earlier days.
    has_past: bool,
    left: u32,
}

impl<'a> MinutePages<'a> {
    /// Pages up to a time that is not in the future: a future time gives flat bars.
    pub(super) fn new(calendar: &'a Calendar, venue: Venue, until: UtcTime, now: UtcTime, has_past: bool) -> Self {
        let today = session_at(calendar, venue, now).map_or_else(|| local(venue, now).date(), |at| at.date());
        let first = session_at(calendar, venue, until).unwrap_or_else(|| local(venue, until));
        let next = if first.date() == today {
            MinutePage::Today(first.time())
        } else {
            MinutePage::Past(first.date(), first.time())
        };
        Self { calendar, venue, next: Some(next), today, has_past, left: PAGES_MAX }
    }

    /// The next page.
    pub(super) fn next(&self) -> Option<MinutePage> {
        self.next.filter(|_| self.left > 0)
    }

    /// Takes note of the times of the page that [`Self::next`] asked for.
    pub(super) fn took(&mut self, times: impl Iterator<Item = DateTime>) {
        self.left = self.left.saturating_sub(1);
        let Some(asked) = self.next.take() else { return };
        let before = times.min().and_then(|oldest| oldest.checked_sub(1.minute()).ok());
        self.next = match asked {
            MinutePage::Today(until) => {
                let asked = self.today.to_datetime(until);
                match before.filter(|before| *before < asked && self.is_within(*before)) {
                    Some(before) => Some(MinutePage::Today(before.time())),
                    // Without a row of the day the other service may still have it.
                    None if before.is_none() => self.past(Some(asked)),
                    None => self.past(self.day_before(self.today)),
                }
            }
            MinutePage::Past(date, until) => self.past(before.filter(|before| *before < date.to_datetime(until))),
        };
    }

    /// Whether something can have been traded on the day of the service until then.
    fn is_within(&self, at: DateTime) -> bool {
        let day = self.calendar.day(self.venue, self.today).and_then(|day| day.opens_at());
        at.date() == self.today && day.is_none_or(|opens| local(self.venue, opens) <= at)
    }

    /// The end of the trading day before a date.
    fn day_before(&self, date: Date) -> Option<DateTime> {
        let date = self.calendar.previous_open_day(self.venue, date)?;
        let closes = self.calendar.day(self.venue, date)?.closes_at()?;
        Some(local(self.venue, closes))
    }

    fn past(&self, at: Option<DateTime>) -> Option<MinutePage> {
        at.filter(|_| self.has_past).map(|at| MinutePage::Past(at.date(), at.time()))
    }
}

/// The last wall clock reading of a venue, no later than an instant, at which it was open or had just closed.
pub(super) fn session_at(calendar: &Calendar, venue: Venue, time: UtcTime) -> Option<DateTime> {
    let at = local(venue, time);
    let today = calendar.day(venue, at.date());
    if let Some(day) = today.filter(|day| day.opens_at().is_some_and(|opens| opens <= time)) {
        let closes = local(venue, day.closes_at()?);
        return Some(whole_seconds(at.min(closes)));
    }
    let date = calendar.previous_open_day(venue, at.date())?;
    Some(whole_seconds(local(venue, calendar.day(venue, date)?.closes_at()?)))
}

fn whole_seconds(at: DateTime) -> DateTime {
    let parts = at.time();
    Time::new(parts.hour(), parts.minute(), parts.second(), 0).map_or(at, |time| at.date().to_datetime(time))
}

/// Minutes of foreign shares: a page goes on at the minute before its oldest one.
#[derive(Debug)]
pub(super) struct OverseasMinutePages {
    /// Where the next page begins, by the clock of the exchange; `None` for the newest minutes there are.
    from: Option<DateTime>,
    ended: bool,
    left: u32,
}

impl OverseasMinutePages {
    /// Pages up to a time, or the newest ones.
    pub(super) fn new(venue: Venue, until: Option<UtcTime>) -> Self {
        Self { from: until.map(|until| local(venue, until)), ended: false, left: PAGES_MAX }
    }

    /// Key of the next page: none inside for the first one, `None` when there is no more.
    pub(super) fn next(&self) -> Option<Option<String>> {
        (!self.ended && self.left > 0).then(|| self.from.map(key))
    }

    /// Takes note of the times of the page that [`Self::next`] asked for.
    pub(super) fn took(&mut self, times: impl Iterator<Item = DateTime>) {
        self.left = self.left.saturating_sub(1);
        let before = times.min().and_then(|oldest| oldest.checked_sub(1.minute()).ok());
        self.ended = before.is_none_or(|before| self.from.is_some_and(|asked| before >= asked));
        self.from = before;
    }
}

/// `YYYYMMDDHHMMSS`, of the whole minute.
fn key(at: DateTime) -> String {
    let minute = at.round(jiff::civil::DateTimeRound::new().smallest(Unit::Minute).mode(jiff::RoundMode::Trunc));
    minute.unwrap_or(at).strftime("%Y%m%d%H%M%S").to_string()
}

#[cfg(test)]
mod tests;
