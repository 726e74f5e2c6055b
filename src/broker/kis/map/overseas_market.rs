//! Market events of foreign shares. Only exchanges that hoga has a venue for give any.

use jiff::civil::Date;

use super::trade_id;
use crate::broker::kis::exchange::OverseasExchange;
use crate::broker::kis::realtime::overseas::{OverseasBook, OverseasTrade};
use crate::market::{
    BookUpdate, DayStats, InstrumentId, Level, MarketBody, MarketEvent, Price, Quantity, Quote, Sequence, Symbol,
    Trade, UtcTime,
};

/// The instrument of a stream's key (`DNASAAPL`); `None` for exchanges without a venue.
#[must_use]
pub fn instrument(key: &str) -> Option<InstrumentId> {
    let (exchange, symbol) = OverseasExchange::of_stream_key(key)?;
    Some(InstrumentId { venue: exchange.venue()?, symbol: Symbol::new(symbol).ok()? })
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
    out.push(event(MarketBody::Day(Box::new(DayStats {
        open,
        high,
        low,
        previous_close: previous,
        volume: Quantity::new(record.volume).unwrap_or_default(),
        value: record.value().unwrap_or_default(),
    }))));
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
