//! History of bonds: the newest hundred days, and the newest prints. There are no minutes.

use std::time::Duration;

use jiff::civil::DateTime;

use super::paging::session_at;
use super::stock::calendar;
use super::{Shared, Wanted, read, rows};
use crate::broker::api::BrokerError;
use crate::broker::kis::map::{bond_market, candle};
use crate::broker::kis::request::bond_query;
use crate::broker::kis::wire::bond::{BondBar, BondPrice, BondPrint};
use crate::broker::kis::wire::{Clock, Part};
use crate::broker::net::lanes::Lane;
use crate::market::candle::{Candle, Interval};
use crate::market::session::local;
use crate::market::{Calendar, InstrumentId, Trade, UtcTime};

/// Why there are no minutes.
pub(super) const NO_MINUTES: BrokerError = BrokerError::Unsupported("KIS has no minutes of bonds, only days");

/// How far the broker's clock may be ahead of ours before a print counts as one of the day before.
const AHEAD_MAX: Duration = Duration::from_secs(60);

/// Whether the broker knows a bond.
pub(super) async fn exists(shared: &Shared, instrument: InstrumentId) -> Result<bool, BrokerError> {
    let call = bond_query::price(shared.realm(), instrument.symbol.as_str())?;
    let reply = shared.rest.ask(&call, Lane::Query).await.map_err(|fault| fault.of_question())?;
    let price = read(&reply)?.one::<BondPrice>(Part::First).unwrap_or_default();
    Ok(price.last.is_something() || price.previous_close.is_something())
}

/// Days, and weeks and months made of them.
pub(super) async fn bars(
    shared: &Shared,
    instrument: InstrumentId,
    interval: Interval,
    wanted: Wanted,
) -> Result<Vec<Candle>, BrokerError> {
    let call = bond_query::days(shared.realm(), instrument.symbol.as_str())?;
    let reply = shared.rest.ask(&call, Lane::Bulk).await.map_err(|fault| fault.of_question())?;
    let page = rows::<BondBar>(&read(&reply)?, Part::First, "days of a bond");
    Ok(wanted.of(candle::bond_bars(&page, interval, instrument.venue, reply.received_at)))
}

/// The newest prints of the day, or of the last one.
pub(super) async fn prints(shared: &Shared, instrument: InstrumentId) -> Result<Vec<(UtcTime, Trade)>, BrokerError> {
    let (calendar, venue, now) = (calendar()?, instrument.venue, shared.now());
    let last = session_at(calendar, venue, now).unwrap_or_else(|| local(venue, now));
    let call = bond_query::prints(shared.realm(), instrument.symbol.as_str())?;
    let reply = shared.rest.ask(&call, Lane::Bulk).await.map_err(|fault| fault.of_question())?;
    let page = rows::<BondPrint>(&read(&reply)?, Part::First, "prints of a bond");
    Ok(dated(calendar, instrument, &page, last, reply.received_at))
}

/// Prints carry a time of day only. Those of a time that is yet to come are of the trading day before.
fn dated(
    calendar: &Calendar,
    instrument: InstrumentId,
    rows: &[BondPrint],
    last: DateTime,
    now: UtcTime,
) -> Vec<(UtcTime, Trade)> {
    let newest: Option<Clock> = rows.iter().map(|row| row.time).max();
    let is_ahead = newest.and_then(|time| time.in_korea(last.date())).is_some_and(|time| time.since(now) > AHEAD_MAX);
    let before = || calendar.previous_open_day(instrument.venue, last.date());
    let date = if is_ahead { before().unwrap_or(last.date()) } else { last.date() };
    bond_market::prints(rows, date)
}
