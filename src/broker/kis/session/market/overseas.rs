//! History of foreign shares. Minutes and prints are not there on paper.

use jiff::civil::DateTime;

use super::paging::{BarPages, OverseasMinutePages, session_at};
use super::stock::calendar;
use super::{Shared, Wanted, read, rows};
use crate::broker::api::BrokerError;
use crate::broker::kis::exchange::OverseasExchange;
use crate::broker::kis::map::{candle, overseas_market};
use crate::broker::kis::request::overseas_query;
use crate::broker::kis::wire::Part;
use crate::broker::kis::wire::overseas_quote::{OverseasBar, OverseasMinute, OverseasPrice, OverseasPrint};
use crate::broker::net::lanes::Lane;
use crate::market::candle::{Candle, Interval};
use crate::market::session::local;
use crate::market::{Calendar, InstrumentId, Trade, UtcTime, Venue};

/// How far the broker's clock may be ahead of ours before a print counts as one of the day before.
const AHEAD_MAX: std::time::Duration = std::time::Duration::from_secs(60);

/// Whether the broker knows an instrument.
pub(super) async fn exists(
    shared: &Shared,
    exchange: OverseasExchange,
    instrument: InstrumentId,
) -> Result<bool, BrokerError> {
    let call = overseas_query::price(shared.market.realm(), exchange, instrument.symbol.as_str())?;
    let reply = shared.market.ask(&call, Lane::Query).await.map_err(|fault| fault.of_question())?;
    // Of what it does not know it gives a price of zero.
    let price = read(&reply)?.one::<OverseasPrice>(Part::First).unwrap_or_default();
    Ok(price.last.is_something() || price.base.is_something())
}

/// Days, weeks or months, adjusted for splits.
pub(super) async fn bars(
    shared: &Shared,
    exchange: OverseasExchange,
    instrument: InstrumentId,
    interval: Interval,
    wanted: Wanted,
) -> Result<Vec<Candle>, BrokerError> {
    let symbol = instrument.symbol.as_str();
    let mut pages = BarPages::new(instrument.venue, interval, wanted.until, shared.now());
    let mut all: Vec<OverseasBar> = Vec::new();
    let mut candles = Vec::new();
    while let Some((_, until)) = pages.next().filter(|_| candles.len() < wanted.count) {
        let call = overseas_query::bars(shared.market.realm(), exchange, symbol, interval, Some(until))?;
        let reply = shared.market.ask(&call, Lane::Bulk).await.map_err(|fault| fault.of_question())?;
        let page = rows::<OverseasBar>(&read(&reply)?, Part::Second, "foreign bars");
        pages.took(page.iter().filter_map(|row| row.date.get()));
        all.extend(page);
        candles = wanted.of(candle::overseas_bars(&all, interval, instrument.venue, reply.received_at));
    }
    Ok(candles)
}

/// Minutes of regular hours, about a month back.
pub(super) async fn minutes(
    shared: &Shared,
    exchange: OverseasExchange,
    instrument: InstrumentId,
    wanted: Wanted,
    is_past: bool,
) -> Result<Vec<Candle>, BrokerError> {
    let (symbol, venue) = (instrument.symbol.as_str(), instrument.venue);
    let mut pages = OverseasMinutePages::new(venue, is_past.then_some(wanted.until));
    let mut all: Vec<OverseasMinute> = Vec::new();
    let mut candles = Vec::new();
    while let Some(key) = pages.next().filter(|_| candles.len() < wanted.count) {
        let call = overseas_query::minutes(shared.market.realm(), exchange, symbol, key.as_deref())?;
        let reply = shared.market.ask(&call, Lane::Bulk).await.map_err(|fault| fault.of_question())?;
        let page = rows::<OverseasMinute>(&read(&reply)?, Part::Second, "foreign minutes");
        pages.took(page.iter().filter_map(|row| time_of(row, venue)));
        all.extend(page);
        candles = wanted.of(candle::overseas_minutes(&all, venue, reply.received_at));
    }
    Ok(candles)
}

fn time_of(row: &OverseasMinute, venue: Venue) -> Option<DateTime> {
    Some(local(venue, row.time.at(venue, row.date.get()?)?))
}

/// The newest prints of the exchange's day, or of its last one.
pub(super) async fn prints(
    shared: &Shared,
    exchange: OverseasExchange,
    instrument: InstrumentId,
) -> Result<Vec<(UtcTime, Trade)>, BrokerError> {
    let call = overseas_query::prints(shared.market.realm(), exchange, instrument.symbol.as_str())?;
    let reply = shared.market.ask(&call, Lane::Bulk).await.map_err(|fault| fault.of_question())?;
    let envelope = read(&reply)?;
    // Described in one part and sent in the other.
    let mut page = rows::<OverseasPrint>(&envelope, Part::First, "foreign prints");
    page.extend(rows::<OverseasPrint>(&envelope, Part::Second, "foreign prints"));
    Ok(dated(calendar()?, instrument.venue, &page, reply.received_at))
}

/// Prints carry a time of day in Korea only. They are of the exchange's running day, or, when that would put one into
/// the future, of its trading day before.
fn dated(calendar: &Calendar, venue: Venue, rows: &[OverseasPrint], now: UtcTime) -> Vec<(UtcTime, Trade)> {
    let date = session_at(calendar, venue, now).map_or_else(|| local(venue, now).date(), |at| at.date());
    let prints = overseas_market::prints(rows, venue, date);
    let is_ahead = prints.last().is_some_and(|(time, _)| time.since(now) > AHEAD_MAX);
    match calendar.previous_open_day(venue, date).filter(|_| is_ahead) {
        Some(before) => overseas_market::prints(rows, venue, before),
        None => prints,
    }
}

#[cfg(test)]
mod tests;
