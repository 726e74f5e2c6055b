//! Market events of foreign shares.

use jiff::civil::Date;

use super::trade_id;
use crate::broker::kis::exchange::OverseasExchange;
use crate::broker::kis::realtime::overseas::{OverseasBook, OverseasTrade};
use crate::broker::kis::wire::overseas_quote::{
    OverseasBookHead, OverseasDetail, OverseasLevels, OverseasPrice, OverseasPrint,
};
use crate::broker::kis::wire::stock_book::WireLevel;
use crate::market::arrange::Arrange;
use crate::market::{
    BookUpdate, DailyLimits, DayStats, InstrumentId, Level, MarketBody, MarketEvent, Price, Quantity, Quote, Sequence,
    Side, Symbol, Trade, UtcTime, Venue,
};

/// The instrument of a stream's key (`DNASAAPL`); `None` for exchanges that are not known.
#[must_use]
pub fn instrument(key: &str) -> Option<InstrumentId> {
    let (exchange, symbol) = OverseasExchange::of_stream_key(key)?;
    Some(InstrumentId { venue: exchange.venue(), symbol: Symbol::new(symbol).ok()? })
}

/// A print, the day's numbers and the best prices of a record; none for an exchange without a venue.
///
/// The trading date of a print is the exchange's, so that a session over Korean midnight is one day.
pub fn trade_events(record: &OverseasTrade<'_>, received_at: UtcTime, out: &mut Vec<MarketEvent>) -> Option<()> {
    let instrument = instrument(record.key())?;
    let venue_time = record.clocks.instant()?;
    let date: Date = record.clocks.date.get()?;
    let event = |body| MarketEvent { instrument, venue_time, received_at, body };
    if !record.quantity.is_zero() {
        out.push(event(MarketBody::Trade(Trade {
            id: trade_id(date, record.volume),
            price: record.price,
            quantity: record.quantity,
            side: record.taker(),
        })));
    }
    let [open, high, low] = record.range();
    let previous = record.change().and_then(|change| Price::new(record.price.value() - change).ok());
    out.push(event(MarketBody::Day(DayStats {
        open,
        high,
        low,
        previous_close: previous,
        volume: Quantity::new(record.volume).unwrap_or_default(),
        value: record.value().unwrap_or_default(),
    })));
    let level = |side: Option<(Price, Quantity)>| {
        side.filter(|(_, quantity)| !quantity.is_zero()).map(|(price, quantity)| Level { price, quantity })
    };
    out.push(event(MarketBody::Quote(Quote { bid: level(record.bid()), ask: level(record.ask()) })));
    Some(())
}

/// The whole book of a record; none for an exchange without a venue.
#[must_use]
pub fn book_event(record: &OverseasBook<'_>, received_at: UtcTime) -> Option<MarketEvent> {
    let level = |(price, quantity): (Price, Quantity)| Level { price, quantity };
    let update = BookUpdate {
        sequence: Sequence::Whole,
        bids: record.bids().map(level).collect(),
        asks: record.asks().map(level).collect(),
    };
    Some(MarketEvent {
        instrument: instrument(record.key())?,
        venue_time: record.clocks.instant()?,
        received_at,
        body: MarketBody::Book(Box::new(update)),
    })
}

/// The base price and the numbers of the day of a price reply, which has neither opening price nor range.
#[must_use]
pub fn price_events(price: &OverseasPrice, instrument: InstrumentId, received_at: UtcTime) -> Vec<MarketEvent> {
    let day = DayStats {
        previous_close: price.base.price(),
        volume: price.volume.quantity().unwrap_or_default(),
        value: price.value.or_zero(),
        ..DayStats::default()
    };
    day_events(day, None, instrument, received_at)
}

/// The base price, limits where there are any, and the numbers of the day.
#[must_use]
pub fn detail_events(detail: &OverseasDetail, instrument: InstrumentId, received_at: UtcTime) -> Vec<MarketEvent> {
    let limits = match (detail.lower_limit.price(), detail.upper_limit.price()) {
        (Some(lower), Some(upper)) if lower <= upper => Some(DailyLimits { lower, upper }),
        _ => None,
    };
    let day = DayStats {
        open: detail.open.price(),
        high: detail.high.price(),
        low: detail.low.price(),
        previous_close: detail.base.price(),
        volume: detail.volume.quantity().unwrap_or_default(),
        value: detail.value.or_zero(),
    };
    day_events(day, limits, instrument, received_at)
}

fn day_events(
    day: DayStats,
    limits: Option<DailyLimits>,
    instrument: InstrumentId,
    received_at: UtcTime,
) -> Vec<MarketEvent> {
    let event = |body| MarketEvent { instrument, venue_time: received_at, received_at, body };
    let begun = day.previous_close.map(|base| event(MarketBody::NewDay { base, limits }));
    begun.into_iter().chain([event(MarketBody::Day(day))]).collect()
}

/// The whole book of a reply. Outside regular hours several rows may have the same price: they are one level.
#[must_use]
pub fn book_reply_event(
    head: &OverseasBookHead,
    levels: &OverseasLevels,
    instrument: InstrumentId,
    received_at: UtcTime,
) -> MarketEvent {
    let update =
        BookUpdate { sequence: Sequence::Whole, bids: wire_levels(&levels.bids), asks: wire_levels(&levels.asks) };
    let venue_time = head.date.get().and_then(|date| head.time.in_korea(date)).unwrap_or(received_at);
    MarketEvent { instrument, venue_time, received_at, body: MarketBody::Book(Box::new(update)) }
}

fn wire_levels(rows: &[WireLevel]) -> Vec<Level> {
    let mut levels: Vec<Level> = Vec::new();
    for row in rows {
        let (Some(price), Some(quantity)) = (row.price.price(), row.quantity.quantity()) else { continue };
        match levels.last_mut() {
            _ if quantity.is_zero() => {}
            Some(last) if last.price == price => last.quantity = last.quantity.plus(quantity),
            _ => levels.push(Level { price, quantity }),
        }
    }
    levels
}

/// Prints of a trading day of the exchange, oldest first, with the numbers that the stream gives them. They carry a time
/// of day in Korea and no date: in the US what is after Korean noon happened on the day's own date, the rest the morning
/// after. Sessions in Asia lie within one Korean day.
#[must_use]
pub fn prints(rows: &[OverseasPrint], venue: Venue, date: Date) -> Vec<(UtcTime, Trade)> {
    let mut prints: Vec<(UtcTime, Trade)> = rows
        .iter()
        .filter_map(|row| {
            let (price, quantity) = (row.price.price()?, row.quantity.quantity()?);
            let same_day = !venue.is_american() || row.time.seconds()? >= NOON;
            let korean_date = if same_day { date } else { date.tomorrow().ok()? };
            let side = match (row.bid.price(), row.ask.price()) {
                (Some(bid), _) if price <= bid => Some(Side::Sell),
                (_, Some(ask)) if price >= ask => Some(Side::Buy),
                _ => None,
            };
            let trade = Trade { id: trade_id(date, row.volume.get()?), price, quantity, side };
            (!quantity.is_zero()).then_some((row.time.in_korea(korean_date)?, trade))
        })
        .collect();
    prints.arrange_by_key(|(time, trade)| (*time, trade.id));
    prints
}

/// Seconds of Korean noon, when no US session runs: a day there lasts from 17:00 to 10:00 in Korea.
const NOON: u32 = 12 * 3_600;
