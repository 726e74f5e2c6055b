//! Market events of bonds, from the stream and from REST replies.
//!
//! Neither says for how much was traded, nor which side took; yields are not told.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::trade_id;
use crate::broker::kis::realtime::extra::{BondBook, BondLevel, BondTrade};
use crate::broker::kis::wire::bond::{BondBook as BookReply, BondPrice, BondPrint};
use crate::broker::kis::wire::stock_book::WireLevel;
use crate::market::arrange::Arrange;
use crate::market::session::trading_date;
use crate::market::{
    BookUpdate, DailyLimits, DayStats, InstrumentId, Level, MarketBody, MarketEvent, Price, Quantity, Sequence, Symbol,
    Trade, UtcTime, Venue,
};

/// A bond by its ISIN.
#[must_use]
pub fn instrument(isin: &str) -> Option<InstrumentId> {
    Some(InstrumentId { venue: Venue::KrxBonds, symbol: Symbol::new(isin).ok()? })
}

const fn of(isin: Symbol) -> InstrumentId {
    InstrumentId { venue: Venue::KrxBonds, symbol: isin }
}

/// A print and the day's numbers of a record; `None` when it is implausible.
pub fn trade_events(record: &BondTrade<'_>, received_at: UtcTime, out: &mut Vec<MarketEvent>) -> Option<()> {
    let instrument = of(record.isin);
    let venue_time = record.time.near(received_at)?;
    let volume = Quantity::new(record.volume.normalize()).ok()?;
    let event = |body| MarketEvent { instrument, venue_time, received_at, body };
    if !record.quantity.is_zero() {
        let id = trade_id(trading_date(Venue::KrxBonds, venue_time), record.volume);
        out.push(event(MarketBody::Trade(Trade { id, price: record.price, quantity: record.quantity, side: None })));
    }
    let [open, high, low] = record.range;
    let previous = record.price.value().checked_sub(record.change).and_then(|close| Price::new(close).ok());
    out.push(event(MarketBody::Day(DayStats {
        open,
        high,
        low,
        previous_close: previous,
        volume,
        value: Decimal::ZERO,
    })));
    Some(())
}

/// The whole book of a record; `None` when it is implausible.
#[must_use]
pub fn book_event(record: &BondBook<'_>, received_at: UtcTime) -> Option<MarketEvent> {
    let level = |(price, quantity, _): BondLevel| Level { price, quantity };
    let update = BookUpdate {
        sequence: Sequence::Whole,
        bids: record.bids().map(level).collect(),
        asks: record.asks().map(level).collect(),
    };
    Some(MarketEvent {
        instrument: of(record.isin),
        venue_time: record.time.near(received_at)?,
        received_at,
        body: MarketBody::Book(Box::new(update)),
    })
}

/// The base price and limits, and the numbers of the day of a price reply.
#[must_use]
pub fn price_events(price: &BondPrice, instrument: InstrumentId, received_at: UtcTime) -> Vec<MarketEvent> {
    let event = |body| MarketEvent { instrument, venue_time: received_at, received_at, body };
    let limits = match (price.lower_limit.price(), price.upper_limit.price()) {
        (Some(lower), Some(upper)) if lower <= upper => Some(DailyLimits { lower, upper }),
        _ => None,
    };
    let previous_close = price.previous_close.price();
    let begun = previous_close.map(|base| event(MarketBody::NewDay { base, limits }));
    let day = DayStats {
        open: price.open.price(),
        high: price.high.price(),
        low: price.low.price(),
        previous_close,
        volume: price.volume.quantity().unwrap_or_default(),
        value: Decimal::ZERO,
    };
    begun.into_iter().chain([event(MarketBody::Day(day))]).collect()
}

/// The whole book of a reply.
#[must_use]
pub fn book_reply_event(book: &BookReply, instrument: InstrumentId, received_at: UtcTime) -> MarketEvent {
    let update = BookUpdate { sequence: Sequence::Whole, bids: wire_levels(&book.bids), asks: wire_levels(&book.asks) };
    let venue_time = book.time.near(received_at).unwrap_or(received_at);
    MarketEvent { instrument, venue_time, received_at, body: MarketBody::Book(Box::new(update)) }
}

fn wire_levels(levels: &[WireLevel]) -> Vec<Level> {
    let level = |level: &WireLevel| {
        let (price, quantity) = (level.price.price()?, level.quantity.quantity()?);
        (!quantity.is_zero()).then_some(Level { price, quantity })
    };
    levels.iter().filter_map(level).collect()
}

/// Prints of a day, oldest first, with the numbers that the stream gives them. Rows that are no print are left out.
#[must_use]
pub fn prints(rows: &[BondPrint], date: Date) -> Vec<(UtcTime, Trade)> {
    let print = |row: &BondPrint| {
        let (price, quantity) = (row.price.price()?, row.quantity.quantity()?);
        let trade = Trade { id: trade_id(date, row.volume.get()?), price, quantity, side: None };
        (!quantity.is_zero()).then_some((row.time.in_korea(date)?, trade))
    };
    let mut prints: Vec<(UtcTime, Trade)> = rows.iter().filter_map(print).collect();
    prints.arrange_by_key(|(time, trade)| (*time, trade.id));
    prints
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rust_decimal::dec;

    use super::*;
    use crate::broker::kis::realtime::{Frame, Reader, Record};
    use crate::broker::kis::wire::{Envelope, Part};

    const TRADE: &[u8] = include_bytes!("../../../../tests/data/kis/ws_h0bjcnt0.txt");
    const BOOK: &[u8] = include_bytes!("../../../../tests/data/kis/ws_h0bjasp0.txt");
    const PRICE: &[u8] = include_bytes!("../../../../tests/data/kis/bond_inquire_price.json");
    const ASKING: &[u8] = include_bytes!("../../../../tests/data/kis/bond_asking_price.json");
    const PRINTS: &[u8] = include_bytes!("../../../../tests/data/kis/bond_inquire_ccnl.json");

    fn at(clock: &str) -> UtcTime {
        UtcTime::parse(&format!("2026-10-14T{clock}+09:00")).unwrap()
    }

    fn events(frame: &[u8]) -> Vec<MarketEvent> {
        let mut out = Vec::new();
        let frame = Frame::parse(frame).unwrap();
        Reader::default()
            .read(&frame, |_, record| match record {
                Record::BondTrade(trade) => trade_events(&trade, at("13:17:44"), &mut out).unwrap(),
                Record::BondBook(book) => out.push(book_event(&book, at("13:17:44")).unwrap()),
                _ => panic!("another record"),
            })
            .unwrap();
        out
    }

    #[test]
    fn a_print_of_the_stream_is_that_of_the_reply() {
        let events = events(TRADE);
        assert!(events.iter().all(|event| event.instrument.to_string() == "KRX_BONDS:KR103502GD31"));
        assert!(events.iter().all(|event| event.venue_time == at("13:17:43")));
        let MarketBody::Trade(trade) = &events[0].body else { panic!("no print") };
        assert_eq!((trade.price.value(), trade.quantity.value()), (dec!(10575.00), dec!(1)));
        assert_eq!(trade.id, trade_id(date(2026, 10, 14), dec!(6594124)));
        let MarketBody::Day(day) = &events[1].body else { panic!("no day") };
        assert_eq!(day.previous_close.unwrap().value(), dec!(10570.00));
        assert_eq!((day.open.unwrap().value(), day.high.unwrap().value()), (dec!(10525.00), dec!(10578.00)));
        let envelope = Envelope::parse("prints", PRINTS).unwrap();
        let prints = prints(&envelope.rows(Part::First).rows, date(2026, 10, 14));
        assert_eq!((prints[0].0, prints[0].1.price.value()), (at("09:16:32"), dec!(10265.00)));
    }

    #[test]
    fn books_have_the_best_price_first_and_no_empty_levels() {
        let MarketBody::Book(book) = &events(BOOK)[0].body else { panic!("no book") };
        assert_eq!((book.asks.len(), book.bids.len()), (5, 5));
        assert_eq!((book.asks[0].price.value(), book.bids[0].price.value()), (dec!(10575.00), dec!(10560.00)));
        let envelope = Envelope::parse("book", ASKING).unwrap();
        let reply: BookReply = envelope.one(Part::First).unwrap();
        let event = book_reply_event(&reply, instrument("KR6095572D81").unwrap(), at("09:46:19"));
        let MarketBody::Book(book) = &event.body else { panic!("no book") };
        assert_eq!((book.asks.len(), book.bids.len()), (0, 5));
        assert_eq!(book.bids[4].price.value(), dec!(10188.60));
    }

    #[test]
    fn the_limits_of_the_day_are_the_brokers() {
        let envelope = Envelope::parse("price", PRICE).unwrap();
        let price: BondPrice = envelope.one(Part::First).unwrap();
        let events = price_events(&price, instrument(&price.isin).unwrap(), at("10:00:00"));
        let MarketBody::NewDay { base, limits } = events[0].body else { panic!("no day") };
        let limits = limits.unwrap();
        assert_eq!(
            (base.value(), limits.lower.value(), limits.upper.value()),
            (dec!(10280.00), dec!(7196.00), dec!(13364.00))
        );
    }
}
