//! History of Korean shares.

use jiff::civil::DateTime;

use super::paging::{BarPages, MinutePage, MinutePages, session_at};
use super::{Shared, Wanted, read, rows};
use crate::broker::api::BrokerError;
use crate::broker::kis::environment::Realm;
use crate::broker::kis::map::{candle, stock_market};
use crate::broker::kis::request::stock_query;
use crate::broker::kis::wire::stock_chart::{StockBar, StockMinute};
use crate::broker::kis::wire::stock_quote::StockPrice;
use crate::broker::kis::wire::stock_trade::StockPrintAt;
use crate::broker::kis::wire::{Clock, Part};
use crate::broker::net::lanes::Lane;
use crate::market::candle::{Candle, Interval};
use crate::market::session::local;
use crate::market::{Calendar, InstrumentId, Trade, UtcTime};

/// How far the broker's clock may be ahead of ours before a print counts as one of the day before.
const AHEAD_MAX: std::time::Duration = std::time::Duration::from_secs(60);

/// Whether the broker knows an instrument.
pub(super) async fn exists(shared: &Shared, instrument: InstrumentId) -> Result<bool, BrokerError> {
    let call = stock_query::price(shared.market.realm(), instrument)?;
    let reply = shared.market.ask(&call, Lane::Query).await.map_err(|fault| fault.of_question())?;
    // Of what it does not know it gives a price of zero.
    let price = read(&reply)?.one::<StockPrice>(Part::First).unwrap_or_default();
    Ok(price.last.is_something() || price.base.is_something())
}

/// Days, weeks or months, adjusted for splits.
pub(super) async fn bars(
    shared: &Shared,
    instrument: InstrumentId,
    interval: Interval,
    wanted: Wanted,
) -> Result<Vec<Candle>, BrokerError> {
    let mut pages = BarPages::new(instrument.venue, interval, wanted.until, shared.now());
    let mut all: Vec<StockBar> = Vec::new();
    let mut candles = Vec::new();
    while let Some(window) = pages.next().filter(|_| candles.len() < wanted.count) {
        let call = stock_query::chart(shared.market.realm(), instrument, interval, window)?;
        let reply = shared.market.ask(&call, Lane::Bulk).await.map_err(|fault| fault.of_question())?;
        let page = rows::<StockBar>(&read(&reply)?, Part::Second, "bars");
        pages.took(page.iter().filter_map(|row| row.date.get()));
        all.extend(page);
        candles = wanted.of(candle::bars(&all, interval, instrument.venue, reply.received_at));
    }
    Ok(candles)
}

/// Minutes: those of the day 30 at a time, older ones, which paper does not have, 120 at a time.
pub(super) async fn minutes(
    shared: &Shared,
    instrument: InstrumentId,
    wanted: Wanted,
) -> Result<Vec<Candle>, BrokerError> {
    let (realm, venue) = (shared.market.realm(), instrument.venue);
    let mut pages = MinutePages::new(calendar()?, venue, wanted.until, shared.now(), realm == Realm::Live);
    let mut all: Vec<StockMinute> = Vec::new();
    let mut candles = Vec::new();
    while let Some(page) = pages.next().filter(|_| candles.len() < wanted.count) {
        let call = match page {
            MinutePage::Today(until) => stock_query::minutes(realm, instrument, until)?,
            MinutePage::Past(date, until) => stock_query::past_minutes(realm, instrument, date, until)?,
        };
        let reply = shared.market.ask(&call, Lane::Bulk).await.map_err(|fault| fault.of_question())?;
        let page = rows::<StockMinute>(&read(&reply)?, Part::Second, "minutes");
        pages.took(page.iter().filter_map(time_of));
        all.extend(page);
        // All rows at once: the value of a minute is told by the one before it, which may be on another page.
        candles = wanted.of(candle::minutes(&all, venue, reply.received_at));
    }
    Ok(candles)
}

fn time_of(row: &StockMinute) -> Option<DateTime> {
    Some(local(crate::market::Venue::Krx, row.time.in_korea(row.date.get()?)?))
}

/// The newest prints of the day, or of the last one.
pub(super) async fn prints(shared: &Shared, instrument: InstrumentId) -> Result<Vec<(UtcTime, Trade)>, BrokerError> {
    let (calendar, venue, now) = (calendar()?, instrument.venue, shared.now());
    let last = session_at(calendar, venue, now).unwrap_or_else(|| local(venue, now));
    // Up to the end of the day: what is yet to come has no prints, unlike minutes.
    let ends = calendar.day(venue, last.date()).and_then(|day| day.closes_at()).map(|closes| local(venue, closes));
    let call = stock_query::prints(shared.market.realm(), instrument, ends.unwrap_or(last).time())?;
    let reply = shared.market.ask(&call, Lane::Bulk).await.map_err(|fault| fault.of_question())?;
    let page = rows::<StockPrintAt>(&read(&reply)?, Part::Second, "prints");
    Ok(dated(calendar, instrument, &page, last, reply.received_at))
}

/// Prints carry a time of day only. Those of a time that is yet to come are of the trading day before: until the first
/// print of a day the broker still shows the last ones.
fn dated(
    calendar: &Calendar,
    instrument: InstrumentId,
    rows: &[StockPrintAt],
    last: DateTime,
    now: UtcTime,
) -> Vec<(UtcTime, Trade)> {
    let newest: Option<Clock> = rows.iter().map(|row| row.time).max();
    let newest = newest.and_then(|time| time.in_korea(last.date()));
    let is_ahead = newest.is_some_and(|newest| newest.since(now) > AHEAD_MAX);
    let before = || calendar.previous_open_day(instrument.venue, last.date());
    let date = if is_ahead { before().unwrap_or(last.date()) } else { last.date() };
    stock_market::prints(rows, date)
}

/// hoga's own calendar; the broker's, which only the live environment has, may be asked for once a day and knows no hours.
pub(super) fn calendar() -> Result<&'static Calendar, BrokerError> {
    Calendar::builtin().map_err(|error| BrokerError::NotSent(error.to_string()))
}

#[cfg(test)]
mod tests;
