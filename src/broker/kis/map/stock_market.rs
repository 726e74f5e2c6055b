//! Market events of Korean shares, from the stream and from REST replies.

use jiff::civil::Date;

use super::{day_trade_id, trade_id};
use crate::broker::kis::realtime::row::Row;
use crate::broker::kis::realtime::status::MarketStatus;
use crate::broker::kis::realtime::stock_book::StockBook;
use crate::broker::kis::realtime::stock_trade::StockTrade;
use crate::broker::kis::realtime::{Frame, Reader, Record, Stream, Tally, read::ReadFault};
use crate::broker::kis::wire::stock_book::{StockBook as BookReply, StockExpected, WireLevel};
use crate::broker::kis::wire::stock_quote::StockPrice;
use crate::broker::kis::wire::stock_trade::StockPrintAt;
use crate::market::arrange::Arrange;
use crate::market::session::local;
use crate::market::{
    BookUpdate, DailyLimits, DayStats, Expected, InstrumentId, Level, MarketBody, MarketEvent, Phase, PhaseChange,
    Price, Quantity, Quote, Sequence, Symbol, Trade, UtcTime, Venue,
};

/// First year in which something can have happened that comes over this interface.
const YEAR_MIN: i16 = 2017;

/// The venue that a stream of Korean shares speaks of. Both exchanges together are kept as KRX, whose symbol it is: such a
/// record does not say where it was made.
#[must_use]
pub const fn venue(stream: Stream) -> Option<Venue> {
    match stream {
        Stream::KrxTrade
        | Stream::KrxBook
        | Stream::KrxExpected
        | Stream::KrxStatus
        | Stream::UnifiedTrade
        | Stream::UnifiedBook
        | Stream::UnifiedExpected
        | Stream::UnifiedStatus => Some(Venue::Krx),
        Stream::NxtTrade | Stream::NxtBook | Stream::NxtExpected | Stream::NxtStatus => Some(Venue::Nxt),
        _ => None,
    }
}

/// The last print of a symbol in a frame, and when it was.
#[derive(Clone, Copy)]
struct Last<'a> {
    trade: StockTrade<'a>,
    instrument: InstrumentId,
    time: UtcTime,
}

/// Events of a frame of a stream of Korean shares, in its order: each print, and after the last one of a symbol the day's
/// numbers and the best prices. Records of other streams give none. `quotes` is false where the book is registered too,
/// whose best prices are the newer ones.
///
/// # Errors
/// When nothing in the frame can be trusted. Implausible records are left out and counted.
pub fn frame_events(
    reader: &mut Reader,
    frame: &Frame<'_>,
    received_at: UtcTime,
    quotes: impl Fn(InstrumentId) -> bool,
    out: &mut Vec<MarketEvent>,
) -> Result<Tally, ReadFault> {
    let (stream, rows) = reader.rows(frame)?;
    let mut tally = Tally { width: rows.width(), read: 0, refused: 0 };
    let mut last: Option<Last<'_>> = None;
    let end = |last: Option<Last<'_>>, out: &mut Vec<MarketEvent>| {
        let Some(last) = last else { return };
        tell_last(&last, received_at, quotes(last.instrument), out);
    };
    for row in rows {
        let read = match venue(stream) {
            None => Record::of(stream, row).is_some(),
            Some(venue) if is_book(stream) => book_events(row, venue, received_at, out).is_some(),
            Some(_) if is_status(stream) => Record::of(stream, row).is_some(),
            Some(venue) => match StockTrade::read(row) {
                None => false,
                Some(trade) => {
                    let instrument = InstrumentId { venue, symbol: trade.symbol };
                    if last.as_ref().is_some_and(|last| last.instrument != instrument) {
                        end(last.take(), out);
                    }
                    let time = trade_events(&trade, instrument, received_at, out);
                    if let Some(time) = time.filter(|_| trade.is_trade()) {
                        last = Some(Last { trade, instrument, time });
                    }
                    time.is_some()
                }
            },
        };
        tally.read += usize::from(read);
        tally.refused += usize::from(!read);
    }
    end(last, out);
    Ok(tally)
}

const fn is_book(stream: Stream) -> bool {
    matches!(stream, Stream::KrxBook | Stream::NxtBook | Stream::UnifiedBook)
}

const fn is_status(stream: Stream) -> bool {
    matches!(stream, Stream::KrxStatus | Stream::NxtStatus | Stream::UnifiedStatus)
}

fn tell_last(last: &Last<'_>, received_at: UtcTime, quotes: bool, out: &mut Vec<MarketEvent>) {
    let Last { trade, instrument, time } = last;
    let event = |body| MarketEvent { instrument: *instrument, venue_time: *time, received_at, body };
    out.push(event(MarketBody::Day(day(trade))));
    if quotes {
        out.push(event(MarketBody::Quote(quote(trade))));
    }
}

/// The print or the expected price of a record, and when it was; `None` when the date is nonsense.
fn trade_events(
    trade: &StockTrade<'_>,
    instrument: InstrumentId,
    received_at: UtcTime,
    out: &mut Vec<MarketEvent>,
) -> Option<UtcTime> {
    let said = trade.date().and_then(|day| day.get());
    let time = match said {
        Some(date) if date.year() < YEAR_MIN => return None,
        Some(date) => trade.time.in_korea(date)?,
        None => trade.time.near(received_at)?,
    };
    let event = |body| MarketEvent { instrument, venue_time: time, received_at, body };
    if trade.is_trade() {
        let date = said.unwrap_or_else(|| local(Venue::Krx, time).date());
        let id = day_trade_id::number(date, trade.volume.unsigned_abs());
        out.push(event(MarketBody::Trade(Trade {
            id,
            price: trade.price,
            quantity: trade.quantity,
            side: trade.taker(),
        })));
    } else if trade.is_expected() {
        let expected = (!trade.quantity.is_zero()).then_some(Expected { price: trade.price, quantity: trade.quantity });
        out.push(event(MarketBody::Expected(expected)));
    }
    Some(time)
}

fn day(trade: &StockTrade<'_>) -> DayStats {
    DayStats {
        open: trade.open(),
        high: trade.high(),
        low: trade.low(),
        previous_close: trade.previous_close(),
        volume: trade.traded().unwrap_or_default(),
        value: trade.value().unwrap_or_default(),
    }
}

fn level((price, quantity): (Price, Quantity)) -> Level {
    Level { price, quantity }
}

/// Without a quantity a side is empty: a limit lock still has its price in the record.
fn quote(trade: &StockTrade<'_>) -> Quote {
    let side = |level_of: Option<(Price, Quantity)>| level_of.filter(|(_, quantity)| !quantity.is_zero()).map(level);
    Quote { bid: side(trade.bid()), ask: side(trade.ask()) }
}

/// The whole book, and in an auction what it would give; `None` when the record is implausible.
fn book_events(row: Row<'_>, venue: Venue, received_at: UtcTime, out: &mut Vec<MarketEvent>) -> Option<()> {
    let book = StockBook::head(row)?;
    let venue_time = book.time.near(received_at)?;
    let [bids, asks] = book.sides()?;
    let instrument = InstrumentId { venue, symbol: book.symbol };
    let event = |body| MarketEvent { instrument, venue_time, received_at, body };
    out.push(event(MarketBody::Book(Box::new(BookUpdate { sequence: Sequence::Whole, bids, asks }))));
    if book.is_auction() {
        let expected = book.expected().map(|(price, quantity)| Expected { price, quantity });
        out.push(event(MarketBody::Expected(expected)));
    }
    Some(())
}

/// The phase a symbol is in by a status record: halted, interrupted, as its operation code says, or as the calendar has
/// it when the record ends an interruption.
#[must_use]
pub fn status_event(
    status: &MarketStatus<'_>,
    venue: Venue,
    calendar_phase: Phase,
    received_at: UtcTime,
) -> MarketEvent {
    let phase = if status.is_halted() {
        Phase::Halted
    } else if status.is_interrupted() {
        Phase::Volatility
    } else {
        status.phase().unwrap_or(calendar_phase)
    };
    MarketEvent {
        instrument: InstrumentId { venue, symbol: status.symbol },
        venue_time: received_at,
        received_at,
        body: MarketBody::Phase(PhaseChange { phase, until: None }),
    }
}

/// The numbers of the day of a price reply, and its base price and limits.
#[must_use]
pub fn price_events(price: &StockPrice, instrument: InstrumentId, received_at: UtcTime) -> Vec<MarketEvent> {
    let event = |body| MarketEvent { instrument, venue_time: received_at, received_at, body };
    let mut events = Vec::new();
    if let Some(base) = price.base.price() {
        let limits = match (price.lower_limit.price(), price.upper_limit.price()) {
            (Some(lower), Some(upper)) if lower <= upper => Some(DailyLimits { lower, upper }),
            _ => None,
        };
        events.push(event(MarketBody::NewDay { base, limits }));
    }
    let previous_close =
        price.last.get().zip(price.change.get()).and_then(|(last, change)| last.checked_sub(price.sign.apply(change)));
    events.push(event(MarketBody::Day(DayStats {
        open: price.open.price(),
        high: price.high.price(),
        low: price.low.price(),
        previous_close: previous_close.and_then(|close| Price::new(close).ok()),
        volume: price.volume.quantity().unwrap_or_default(),
        value: price.value.or_zero(),
    })));
    events
}

/// Whether a price reply says that its share is halted or interrupted. That it is neither is told as
/// [`Phase::Continuous`]: which session it is the calendar knows.
#[must_use]
pub fn price_phase(price: &StockPrice, instrument: InstrumentId, received_at: UtcTime) -> MarketEvent {
    let phase = match (price.status.as_str(), price.volatility.as_str()) {
        ("58", _) => Phase::Halted,
        (_, "" | "(null)" | "N" | "0") => Phase::Continuous,
        _ => Phase::Volatility,
    };
    let body = MarketBody::Phase(PhaseChange { phase, until: None });
    MarketEvent { instrument, venue_time: received_at, received_at, body }
}

fn wire_levels(levels: &[WireLevel]) -> Vec<Level> {
    let filled = levels.iter().filter_map(|level| Some((level.price.price()?, level.quantity.quantity()?)));
    filled.filter(|(_, quantity)| !quantity.is_zero()).map(level).collect()
}

/// The book of a reply, and what an auction would give.
#[must_use]
pub fn book_reply_events(
    book: &BookReply,
    expected: Option<&StockExpected>,
    instrument: InstrumentId,
    received_at: UtcTime,
) -> Vec<MarketEvent> {
    let venue_time = book.time.near(received_at).unwrap_or(received_at);
    let event = |body| MarketEvent { instrument, venue_time, received_at, body };
    let update = BookUpdate { sequence: Sequence::Whole, bids: wire_levels(&book.bids), asks: wire_levels(&book.asks) };
    let mut events = vec![event(MarketBody::Book(Box::new(update)))];
    if let Some(expected) = expected {
        let price = expected.price.price();
        let quantity = expected.quantity.quantity().filter(|quantity| !quantity.is_zero());
        let would = price.zip(quantity).map(|(price, quantity)| Expected { price, quantity });
        events.push(event(MarketBody::Expected(would)));
    }
    events
}

/// Prints of a day, oldest first, with the numbers that the stream gives them. Rows that are no print are left out.
#[must_use]
pub fn prints(rows: &[StockPrintAt], date: Date) -> Vec<(UtcTime, Trade)> {
    let mut prints: Vec<(UtcTime, Trade)> = rows
        .iter()
        .filter_map(|row| {
            let (price, quantity) = (row.price.price()?, row.quantity.quantity()?);
            let id = trade_id(date, row.volume.get()?);
            let side = match (row.ask.price(), row.bid.price()) {
                (Some(ask), _) if price >= ask => Some(crate::market::Side::Buy),
                (_, Some(bid)) if price <= bid => Some(crate::market::Side::Sell),
                _ => None,
            };
            let trade = Trade { id, price, quantity, side };
            (!quantity.is_zero()).then_some((row.time.in_korea(date)?, trade))
        })
        .collect();
    prints.arrange_by_key(|(time, trade)| (*time, trade.id));
    prints
}

/// A Korean instrument.
#[must_use]
pub fn instrument(venue: Venue, symbol: &str) -> Option<InstrumentId> {
    Some(InstrumentId { venue, symbol: Symbol::new(symbol).ok()? })
}
