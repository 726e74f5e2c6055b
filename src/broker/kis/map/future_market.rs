//! Market events of Korean index futures and options, and their candles.

use rust_decimal::{Decimal, dec};

use super::trade_id;
use crate::broker::kis::realtime::derivative::{DerivativeBook, DerivativeTrade};
use crate::broker::kis::wire::future_quote::{FutureBook, FuturePrice};
use crate::broker::kis::wire::stock_book::WireLevel;
use crate::market::session::session_of;
use crate::market::{
    BookUpdate, DailyLimits, DayStats, InstrumentId, Level, MarketBody, MarketEvent, Price, Quantity, Quote, Sequence,
    Side, Symbol, Trade, UtcTime, Venue,
};

/// Money of quotes is told in so many won.
pub(super) const VALUE_UNIT: Decimal = dec!(1000);

/// More contracts than a day has.
const BEFORE_NIGHT: Decimal = dec!(500_000_000_000);

/// The instrument of a short code.
#[must_use]
pub fn instrument(code: &str) -> Option<InstrumentId> {
    Some(InstrumentId { venue: Venue::KrxFutures, symbol: Symbol::new(code).ok()? })
}

/// Number of a print: each session counts its volume anew, and the night's prints come after the day's.
#[must_use]
pub fn print_id(time: UtcTime, volume: Decimal) -> u64 {
    let (date, is_night) = session_of(Venue::KrxFutures, time);
    trade_id(date, if is_night { volume.checked_add(BEFORE_NIGHT).unwrap_or(volume) } else { volume })
}

fn won(value: Decimal) -> Decimal {
    value.checked_mul(VALUE_UNIT).unwrap_or_default()
}

/// A print, the day's numbers and the best prices of a record.
pub fn trade_events(record: &DerivativeTrade<'_>, received_at: UtcTime, out: &mut Vec<MarketEvent>) -> Option<()> {
    let instrument = instrument(record.contract())?;
    let venue_time = record.time.near(received_at)?;
    let event = |body| MarketEvent { instrument, venue_time, received_at, body };
    let (bid, ask) = (record.bid(), record.ask());
    if !record.quantity.is_zero() {
        // The record does not say who took; the best prices beside it do.
        let side = match (bid, ask) {
            (_, Some((ask, _))) if record.price >= ask => Some(Side::Buy),
            (Some((bid, _)), _) if record.price <= bid => Some(Side::Sell),
            _ => None,
        };
        out.push(event(MarketBody::Trade(Trade {
            id: print_id(venue_time, record.volume),
            price: record.price,
            quantity: record.quantity,
            side,
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
        value: won(record.value().unwrap_or_default()),
    })));
    let level = |side: Option<(Price, Quantity)>| {
        side.filter(|(_, quantity)| !quantity.is_zero()).map(|(price, quantity)| Level { price, quantity })
    };
    out.push(event(MarketBody::Quote(Quote { bid: level(bid), ask: level(ask) })));
    Some(())
}

/// The whole book of a record.
#[must_use]
pub fn book_event(record: &DerivativeBook<'_>, received_at: UtcTime) -> Option<MarketEvent> {
    let level = |(price, quantity): (Price, Quantity)| Level { price, quantity };
    let update = BookUpdate {
        sequence: Sequence::Whole,
        bids: record.bids().map(level).collect(),
        asks: record.asks().map(level).collect(),
    };
    Some(MarketEvent {
        instrument: instrument(record.contract())?,
        venue_time: record.time.near(received_at)?,
        received_at,
        body: MarketBody::Book(Box::new(update)),
    })
}

/// Base price, limits and numbers of the day of a price reply.
#[must_use]
pub fn price_events(price: &FuturePrice, instrument: InstrumentId, received_at: UtcTime) -> Vec<MarketEvent> {
    let limits = match (price.lower_limit.price(), price.upper_limit.price()) {
        (Some(lower), Some(upper)) if lower <= upper => Some(DailyLimits { lower, upper }),
        _ => None,
    };
    let day = DayStats {
        open: price.open.price(),
        high: price.high.price(),
        low: price.low.price(),
        previous_close: price.previous_close.price(),
        volume: price.volume.quantity().unwrap_or_default(),
        value: won(price.value.or_zero()),
    };
    let event = |body| MarketEvent { instrument, venue_time: received_at, received_at, body };
    let base = price.base.price().or(price.previous_close.price());
    let begun = base.map(|base| event(MarketBody::NewDay { base, limits }));
    begun.into_iter().chain([event(MarketBody::Day(day))]).collect()
}

/// The whole book of a reply.
#[must_use]
pub fn book_reply_event(book: &FutureBook, instrument: InstrumentId, received_at: UtcTime) -> MarketEvent {
    let update = BookUpdate { sequence: Sequence::Whole, bids: levels(&book.bids), asks: levels(&book.asks) };
    let venue_time = book.time.near(received_at).unwrap_or(received_at);
    MarketEvent { instrument, venue_time, received_at, body: MarketBody::Book(Box::new(update)) }
}

fn levels(rows: &[WireLevel]) -> Vec<Level> {
    let level = |row: &WireLevel| Some(Level { price: row.price.price()?, quantity: row.quantity.quantity()? });
    rows.iter().filter_map(level).filter(|level| !level.quantity.is_zero()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broker::kis::realtime::{Frame, Reader, Record};
    use crate::broker::kis::wire::{Envelope, Part};

    fn at(text: &str) -> UtcTime {
        UtcTime::parse(text).unwrap()
    }

    fn read(bytes: &[u8]) -> Vec<MarketEvent> {
        let (mut reader, mut out, now) = (Reader::new(), Vec::new(), at("2026-10-02T10:05:02+09:00"));
        let frame = Frame::parse(bytes).unwrap();
        reader
            .read(&frame, |_, record| match record {
                Record::DerivativeTrade(trade) => trade_events(&trade, now, &mut out).unwrap(),
                Record::DerivativeBook(book) => out.push(book_event(&book, now).unwrap()),
                _ => {}
            })
            .unwrap();
        out
    }

    #[test]
    fn a_print_a_book_and_the_best_prices_of_a_future_are_told() {
        let events = read(include_bytes!("../../../../tests/data/kis/ws_h0ifcnt0.txt"));
        let [trade, day, quote] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!(trade.instrument.to_string(), "KRX_FUTURES:A01612");
        assert_eq!(trade.venue_time, at("2026-10-02T10:05:01+09:00"));
        let MarketBody::Trade(trade) = &trade.body else { panic!("{trade:?}") };
        // It was made at the best bid: somebody sold.
        assert_eq!(
            (trade.price.value(), trade.quantity.value(), trade.side),
            (dec!(412.35), dec!(3), Some(Side::Sell))
        );
        let MarketBody::Day(day) = &day.body else { panic!("{day:?}") };
        assert_eq!(day.previous_close, Price::new(dec!(411.00)).ok());
        let MarketBody::Quote(quote) = &quote.body else { panic!("{quote:?}") };
        assert_eq!(quote.ask.unwrap().price.value(), dec!(412.40));
        let book = read(include_bytes!("../../../../tests/data/kis/ws_h0ifasp0.txt"));
        let MarketBody::Book(book) = &book[0].body else { panic!("{book:?}") };
        assert_eq!((book.bids.len(), book.asks.len()), (5, 5));
        assert_eq!((book.bids[0].quantity.value(), book.asks[4].price.value()), (dec!(25), dec!(412.60)));
    }

    #[test]
    fn an_option_has_its_price_elsewhere_in_the_record() {
        let events = read(include_bytes!("../../../../tests/data/kis/ws_h0iocnt0.txt"));
        let MarketBody::Trade(trade) = &events[0].body else { panic!("{events:?}") };
        assert_eq!((trade.price.value(), trade.side), (dec!(3.25), Some(Side::Sell)));
    }

    #[test]
    fn a_price_reply_tells_the_day_with_its_limits_and_money_in_won() {
        let body = include_bytes!("../../../../tests/data/kis/futures_inquire_price.json");
        let envelope = Envelope::parse("price", body).unwrap();
        let price: FuturePrice = envelope.one(Part::First).unwrap();
        let events = price_events(&price, instrument("101S03").unwrap(), at("2022-01-12T10:00:00+09:00"));
        let MarketBody::NewDay { base, limits } = &events[0].body else { panic!("{events:?}") };
        assert_eq!((base.value(), limits.unwrap().upper.value()), (dec!(388.30), dec!(419.35)));
        let MarketBody::Day(day) = &events[1].body else { panic!("{events:?}") };
        assert_eq!(day.value, dec!(21_741_293_338_000));
    }
}
