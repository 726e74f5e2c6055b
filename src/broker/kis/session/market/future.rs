//! History of Korean index futures and options. Minutes are not there on paper, lists of prints nowhere.

use std::time::Duration;

use jiff::civil::{Date, Time};
use rust_decimal::Decimal;

use super::paging::{BarPages, PAGES_MAX};
use super::stock::calendar;
use super::{Shared, Wanted, read, rows};
use crate::broker::api::BrokerError;
use crate::broker::kis::derivative;
use crate::broker::kis::map::future_candle;
use crate::broker::kis::request::future::Session;
use crate::broker::kis::request::future_query;
use crate::broker::kis::wire::Part;
use crate::broker::kis::wire::future_quote::{FutureBar, FuturePrice};
use crate::broker::net::lanes::Lane;
use crate::market::candle::{Candle, Interval};
use crate::market::session::{instant, local};
use crate::market::{Calendar, InstrumentId, UtcTime, Venue};

/// Whether the broker knows a contract.
pub(super) async fn exists(shared: &Shared, instrument: InstrumentId) -> Result<bool, BrokerError> {
    let session = derivative::session(shared.market.realm(), shared.now());
    let call = future_query::price(shared.realm(), session, instrument)?;
    let reply = shared.rest.ask(&call, Lane::Query).await.map_err(|fault| fault.of_question())?;
    // Of what it does not know it gives a price of zero.
    let price = read(&reply)?.one::<FuturePrice>(Part::First).unwrap_or_default();
    Ok(price.last.is_something() || price.base.is_something())
}

/// Days, weeks or months.
pub(super) async fn bars(
    shared: &Shared,
    instrument: InstrumentId,
    interval: Interval,
    wanted: Wanted,
) -> Result<Vec<Candle>, BrokerError> {
    let mut pages = BarPages::new(instrument.venue, interval, wanted.until, shared.now());
    let mut all: Vec<FutureBar> = Vec::new();
    let mut candles = Vec::new();
    while let Some(window) = pages.next().filter(|_| candles.len() < wanted.count) {
        let call = future_query::chart(shared.realm(), instrument, interval, window)?;
        let reply = shared.rest.ask(&call, Lane::Bulk).await.map_err(|fault| fault.of_question())?;
        let page = rows::<FutureBar>(&read(&reply)?, Part::Second, "bars of a contract");
        pages.took(page.iter().filter_map(|row| row.date.get()));
        all.extend(page);
        candles = wanted.of(future_candle::bars(&all, interval, reply.received_at));
    }
    Ok(candles)
}

/// Minutes of days and nights, a hundred at a time.
pub(super) async fn minutes(
    shared: &Shared,
    instrument: InstrumentId,
    wanted: Wanted,
) -> Result<Vec<Candle>, BrokerError> {
    let multiplier = shared.listing.instrument(instrument).map_or(Decimal::ONE, |listed| listed.multiplier);
    let calendar = calendar()?;
    let mut next = Page::at(calendar, wanted.until);
    let mut all: Vec<FutureBar> = Vec::new();
    let mut candles = Vec::new();
    for _ in 0..PAGES_MAX {
        let Some(page) = next.filter(|_| candles.len() < wanted.count) else { break };
        let call = future_query::minutes(shared.realm(), page.session, instrument, (page.day, page.seconds()))?;
        let reply = shared.rest.ask(&call, Lane::Bulk).await.map_err(|fault| fault.of_question())?;
        let mut rows = rows::<FutureBar>(&read(&reply)?, Part::Second, "minutes of a contract");
        // What the page has of earlier sessions is asked for as theirs: another session may lie between.
        rows.retain(|row| time_of(row).is_some_and(|time| page.from <= time && time <= page.until));
        next = page.before(calendar, rows.iter().filter_map(time_of));
        all.extend(rows);
        candles = wanted.of(future_candle::minutes(&all, multiplier, reply.received_at));
    }
    Ok(candles)
}

/// A page of minutes: it ends within a session, for of other times the broker makes flat bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Page {
    session: Session,
    /// The day on which the session began.
    day: Date,
    from: UtcTime,
    until: UtcTime,
}

impl Page {
    /// The page that ends at a time, or with the last session before it.
    fn at(calendar: &Calendar, time: UtcTime) -> Option<Self> {
        let today = local(VENUE, time).date();
        let is_open = calendar.is_open_day(VENUE, today);
        let mut date = if is_open { today } else { calendar.previous_open_day(VENUE, today)? };
        for _ in 0..2 {
            let day = calendar.day(VENUE, date)?;
            let hours = (day.opens_at()?, day.closes_at()?);
            let night = day.night.map(|night| (Session::Night, (night.from, night.until)));
            let sessions = night.into_iter().chain([(Session::Day, hours)]);
            if let Some((session, (from, until))) = sessions.into_iter().find(|(_, (from, _))| *from <= time) {
                return Some(Self { session, day: date, from, until: time.min(until) });
            }
            date = calendar.previous_open_day(VENUE, date)?;
        }
        None
    }

    /// Its end in seconds since the midnight of its day.
    fn seconds(&self) -> u64 {
        self.until.since(instant(VENUE, self.day.to_datetime(Time::midnight()))).as_secs()
    }

    /// The page after it: a minute before its oldest row, and with the session before when it had nothing older.
    fn before(&self, calendar: &Calendar, times: impl Iterator<Item = UtcTime>) -> Option<Self> {
        let older = times.min().map(|oldest| oldest.minus(MINUTE)).filter(|older| *older < self.until);
        let older = older.filter(|older| self.from <= *older);
        Self::at(calendar, older.unwrap_or_else(|| self.from.minus(Duration::from_secs(1))))
    }
}

const VENUE: Venue = Venue::KrxFutures;
const MINUTE: Duration = Duration::from_secs(60);

fn time_of(row: &FutureBar) -> Option<UtcTime> {
    row.time.in_korea(row.date.get()?)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn at(text: &str) -> UtcTime {
        UtcTime::parse(&format!("2026-11-{text}+09:00")).unwrap()
    }

    #[test]
    fn pages_of_minutes_go_back_from_session_to_session() {
        let calendar = calendar().unwrap();
        let page = |text: &str| Page::at(calendar, at(text)).unwrap();
        let of = |page: Page| (page.session, page.day.day(), page.seconds());
        let hours = |hour: u64, minute: u64, second: u64| hour * 3_600 + minute * 60 + second;
        let morning = page("20T10:00:05");
        assert_eq!(of(morning), (Session::Day, 20, hours(10, 0, 5)));
        assert_eq!(of(page("20T17:00:00")), (Session::Day, 20, hours(15, 45, 0)));
        assert_eq!(of(page("20T23:30:00")), (Session::Night, 20, hours(23, 30, 0)));
        // Past midnight hours go on, and a Sunday looks back on the night of Friday.
        assert_eq!(of(page("21T02:00:00")), (Session::Night, 20, hours(26, 0, 0)));
        assert_eq!(of(page("22T10:00:05")), (Session::Night, 20, hours(30, 0, 0)));
        assert_eq!(page("22T10:00:05").day, date(2026, 11, 20));
        // Before the morning comes the night, before the night its day.
        let before = |page: Page, oldest: &str| page.before(calendar, [at(oldest)].into_iter()).unwrap();
        assert_eq!(of(before(morning, "20T09:30:00")), (Session::Day, 20, hours(9, 29, 0)));
        let night = morning.before(calendar, std::iter::empty()).unwrap();
        assert_eq!(of(night), (Session::Night, 19, hours(30, 0, 0)));
        assert_eq!(of(before(night, "19T19:00:00")), (Session::Day, 19, hours(16, 45, 0)));
        // A page that brings nothing older does not come again.
        assert_eq!(of(before(night, "20T06:30:00")).0, Session::Day);
    }
}
