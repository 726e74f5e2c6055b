//! History of Korean index futures and options. Minutes are not there on paper, lists of prints nowhere.

use jiff::ToSpan as _;
use jiff::civil::DateTime;
use rust_decimal::Decimal;

use super::paging::{BarPages, PAGES_MAX, session_at};
use super::stock::calendar;
use super::{Shared, Wanted, read, rows};
use crate::broker::api::BrokerError;
use crate::broker::kis::map::future_candle;
use crate::broker::kis::request::future_query;
use crate::broker::kis::wire::Part;
use crate::broker::kis::wire::future_quote::{FutureBar, FuturePrice};
use crate::broker::net::lanes::Lane;
use crate::market::candle::{Candle, Interval};
use crate::market::session::local;
use crate::market::{InstrumentId, UtcTime};

/// Whether the broker knows a contract.
pub(super) async fn exists(shared: &Shared, instrument: InstrumentId) -> Result<bool, BrokerError> {
    let call = future_query::price(shared.realm(), instrument)?;
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

/// Minutes, a hundred at a time.
pub(super) async fn minutes(
    shared: &Shared,
    instrument: InstrumentId,
    wanted: Wanted,
) -> Result<Vec<Candle>, BrokerError> {
    let multiplier = shared.listing.instrument(instrument).map_or(Decimal::ONE, |listed| listed.multiplier);
    let mut next = first(instrument, wanted.until)?;
    let mut all: Vec<FutureBar> = Vec::new();
    let mut candles = Vec::new();
    for _ in 0..PAGES_MAX {
        if candles.len() >= wanted.count {
            break;
        }
        let Some(until) = next else { break };
        let call = future_query::minutes(shared.realm(), instrument, until)?;
        let reply = shared.rest.ask(&call, Lane::Bulk).await.map_err(|fault| fault.of_question())?;
        let page = rows::<FutureBar>(&read(&reply)?, Part::Second, "minutes of a contract");
        next = before(until, page.iter().filter_map(|row| time_of(row, instrument)));
        all.extend(page);
        candles = wanted.of(future_candle::minutes(&all, multiplier, reply.received_at));
    }
    Ok(candles)
}

/// Where the newest page ends: within a session, for of other times the broker makes flat bars.
fn first(instrument: InstrumentId, until: UtcTime) -> Result<Option<DateTime>, BrokerError> {
    Ok(session_at(calendar()?, instrument.venue, until))
}

/// Where the page after one ends that was asked for up to a time: a minute before its oldest row, and nowhere when it had
/// nothing older, or it would be asked for again for ever.
fn before(asked: DateTime, times: impl Iterator<Item = DateTime>) -> Option<DateTime> {
    let next = times.min()?.checked_sub(1.minute()).ok()?;
    (next < asked).then_some(next)
}

fn time_of(row: &FutureBar, instrument: InstrumentId) -> Option<DateTime> {
    Some(local(instrument.venue, row.time.in_korea(row.date.get()?)?))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::broker::kis::map::future_market;

    #[test]
    fn pages_of_minutes_go_back_until_there_is_nothing_older() {
        let future = future_market::instrument("A01612").unwrap();
        let at = |text: &str| first(future, UtcTime::parse(text).unwrap()).unwrap().unwrap();
        assert_eq!(at("2026-11-20T10:00:05+09:00"), date(2026, 11, 20).at(10, 0, 5, 0));
        assert_eq!(at("2026-11-22T10:00:05+09:00"), date(2026, 11, 20).at(15, 45, 0, 0), "on a Sunday");
        let asked = date(2026, 11, 20).at(10, 0, 0, 0);
        let oldest = date(2026, 11, 20).at(8, 45, 0, 0);
        assert_eq!(before(asked, [asked, oldest].into_iter()), Some(date(2026, 11, 20).at(8, 44, 0, 0)));
        assert_eq!(before(asked, std::iter::empty()), None);
        assert_eq!(before(asked, [date(2026, 11, 20).at(10, 5, 0, 0)].into_iter()), None);
    }
}
