//! From four CSV files of a raw Binance recording (trades, best prices, book diffs, snapshot) to market events.

use std::collections::BTreeMap;
use std::io::Read;
use std::time::Duration;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::capture::CaptureHeader;
use crate::market::{
    BookUpdate, InstrumentId, Level, MarketBody, MarketEvent, Price, Quantity, Quote, Sequence, Side, Trade, UtcTime,
};

/// Why a recording cannot be converted.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// A file is no CSV with the columns it should have.
    #[error("{file}: {error}")]
    Row {
        /// Which of the four.
        file: &'static str,
        /// What the CSV reader says, with the line.
        error: csv::Error,
    },
    /// Something in a row contradicts itself.
    #[error("{file}: line {sequence} of the recording: {what}")]
    Content {
        /// Which of the four.
        file: &'static str,
        /// Its number in the recording.
        sequence: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// There is nothing in the files.
    #[error("the recording is empty")]
    Empty,
}

/// The four files, unpacked, each with a header line.
#[derive(Debug)]
pub struct Recording<R> {
    /// `recv_ns, seq, event_ms, trade_ms, trade_id, price, qty, buyer_is_maker`.
    pub trades: R,
    /// `recv_ns, seq, event_ms, txn_ms, bid, bid_qty, ask, ask_qty`; times may be empty.
    pub quotes: R,
    /// `recv_ns, seq, event_ms, txn_ms, first_id, last_id, prev_last_id, side, price, qty`, one row a level;
    /// `prev_last_id` is empty in recordings of the spot market.
    pub diffs: R,
    /// `recv_ns, seq, last_update_id, side, price, qty`, one row a level, best first.
    pub snapshot: R,
}

#[derive(Deserialize)]
struct TradeRow {
    recv_ns: i64,
    seq: u64,
    trade_ms: i64,
    trade_id: u64,
    price: Price,
    qty: Quantity,
    buyer_is_maker: u8,
}

#[derive(Deserialize)]
struct QuoteRow {
    recv_ns: i64,
    seq: u64,
    event_ms: Option<i64>,
    txn_ms: Option<i64>,
    bid: Price,
    bid_qty: Quantity,
    ask: Price,
    ask_qty: Quantity,
}

#[derive(Deserialize)]
struct DiffRow {
    recv_ns: i64,
    seq: u64,
    event_ms: Option<i64>,
    txn_ms: Option<i64>,
    first_id: u64,
    last_id: u64,
    prev_last_id: Option<u64>,
    side: char,
    price: Price,
    qty: Quantity,
}

#[derive(Deserialize)]
struct SnapshotRow {
    recv_ns: i64,
    seq: u64,
    last_update_id: u64,
    side: char,
    price: Price,
    qty: Quantity,
}

/// A message of the recording, its clocks untouched.
struct Raw {
    received_ns: i64,
    venue_ms: Option<i64>,
    body: MarketBody,
}

/// Messages by their number in the recording: the true order of arrival over all four files.
type Messages = BTreeMap<u64, Raw>;

/// The events of a recording in the order of arrival, and a header for them.
///
/// When the recorder's clock ran behind the venue's, so that a message would have arrived before it was sent, all receive
/// times are moved by the fewest whole 10 ms that make every delay positive.
///
/// # Errors
/// Files that are not what they should be.
pub fn convert<R: Read>(
    recording: Recording<R>,
    instrument: InstrumentId,
    source: &str,
) -> Result<(CaptureHeader, Vec<MarketEvent>), ConvertError> {
    let mut messages = Messages::new();
    read_trades(recording.trades, &mut messages)?;
    read_quotes(recording.quotes, &mut messages)?;
    read_diffs(recording.diffs, &mut messages)?;
    read_snapshot(recording.snapshot, &mut messages)?;
    let shift = clock_shift(&messages);
    let (price_decimals, quantity_decimals) = decimals(&messages);
    let events: Vec<MarketEvent> = messages
        .into_values()
        .map(|raw| {
            let received_at = UtcTime::from_nanos(raw.received_ns).plus(shift);
            let venue_time = raw.venue_ms.map_or(received_at, UtcTime::from_millis);
            MarketEvent { instrument, venue_time, received_at, body: raw.body }
        })
        .collect();
    if events.is_empty() {
        return Err(ConvertError::Empty);
    }
    let receive_shift_ms = i64::try_from(shift.as_millis()).unwrap_or(i64::MAX);
    let header =
        CaptureHeader { instrument, price_decimals, quantity_decimals, receive_shift_ms, source: source.to_owned() };
    Ok((header, events))
}

fn rows<T: DeserializeOwned>(file: &'static str, from: impl Read) -> impl Iterator<Item = Result<T, ConvertError>> {
    let reader = csv::Reader::from_reader(from);
    reader.into_deserialize().map(move |row| row.map_err(|error| ConvertError::Row { file, error }))
}

fn read_trades(from: impl Read, messages: &mut Messages) -> Result<(), ConvertError> {
    for row in rows::<TradeRow>("trades", from) {
        let row = row?;
        // The buyer rested, so the seller took.
        let side = Some(if row.buyer_is_maker == 1 { Side::Sell } else { Side::Buy });
        let body = MarketBody::Trade(Trade { id: row.trade_id, price: row.price, quantity: row.qty, side });
        messages.insert(row.seq, Raw { received_ns: row.recv_ns, venue_ms: Some(row.trade_ms), body });
    }
    Ok(())
}

fn read_quotes(from: impl Read, messages: &mut Messages) -> Result<(), ConvertError> {
    for row in rows::<QuoteRow>("quotes", from) {
        let row = row?;
        let bid = Some(Level { price: row.bid, quantity: row.bid_qty });
        let ask = Some(Level { price: row.ask, quantity: row.ask_qty });
        let body = MarketBody::Quote(Quote { bid, ask });
        messages.insert(row.seq, Raw { received_ns: row.recv_ns, venue_ms: row.txn_ms.or(row.event_ms), body });
    }
    Ok(())
}

fn read_diffs(from: impl Read, messages: &mut Messages) -> Result<(), ConvertError> {
    for row in rows::<DiffRow>("diffs", from) {
        let row = row?;
        let (first, last) = (row.first_id, row.last_id);
        let sequence = match row.prev_last_id {
            Some(previous) => Sequence::Chained { first, last, previous },
            None => Sequence::Counted { first, last },
        };
        let venue_ms = row.txn_ms.or(row.event_ms);
        let level = Level { price: row.price, quantity: row.qty };
        add_level("diffs", messages, row.seq, (row.recv_ns, venue_ms), sequence, row.side, level)?;
    }
    Ok(())
}

fn read_snapshot(from: impl Read, messages: &mut Messages) -> Result<(), ConvertError> {
    for row in rows::<SnapshotRow>("snapshot", from) {
        let row = row?;
        let sequence = Sequence::Snapshot { last: row.last_update_id };
        let level = Level { price: row.price, quantity: row.qty };
        add_level("snapshot", messages, row.seq, (row.recv_ns, None), sequence, row.side, level)?;
    }
    Ok(())
}

/// Adds a row to the message it belongs to.
fn add_level(
    file: &'static str,
    messages: &mut Messages,
    number: u64,
    (received_ns, venue_ms): (i64, Option<i64>),
    sequence: Sequence,
    side: char,
    level: Level,
) -> Result<(), ConvertError> {
    let wrong = |what| ConvertError::Content { file, sequence: number, what };
    let message = messages.entry(number).or_insert_with(|| {
        let update = BookUpdate { sequence, bids: Vec::new(), asks: Vec::new() };
        Raw { received_ns, venue_ms, body: MarketBody::Book(Box::new(update)) }
    });
    match &mut message.body {
        MarketBody::Book(update) if update.sequence == sequence => match side {
            'b' => update.bids.push(level),
            'a' => update.asks.push(level),
            _ => return Err(wrong("the side is neither 'b' nor 'a'")),
        },
        _ => return Err(wrong("two messages have one number")),
    }
    Ok(())
}

/// How far to move the receive times so that nothing arrives before it was sent.
fn clock_shift(messages: &Messages) -> Duration {
    const STEP: i64 = 10_000_000;
    let delay = |raw: &Raw| Some(raw.received_ns.saturating_sub(raw.venue_ms?.saturating_mul(1_000_000)));
    let least = messages.values().filter_map(delay).min().unwrap_or(1);
    if least > 0 {
        Duration::ZERO
    } else {
        Duration::from_nanos((least.saturating_neg() / STEP + 1).unsigned_abs() * STEP as u64)
    }
}

/// Decimals of the finest price and quantity.
fn decimals(messages: &Messages) -> (u32, u32) {
    let (mut price, mut quantity) = (0, 0);
    let scale = |value: Decimal| value.normalize().scale();
    let mut see = |level: Level| {
        price = price.max(scale(level.price.value()));
        quantity = quantity.max(scale(level.quantity.value()));
    };
    for raw in messages.values() {
        match &raw.body {
            MarketBody::Trade(trade) => see(Level { price: trade.price, quantity: trade.quantity }),
            MarketBody::Quote(quote) => quote.bid.iter().chain(&quote.ask).for_each(|level| see(*level)),
            MarketBody::Book(update) => update.bids.iter().chain(&update.asks).for_each(|level| see(*level)),
            _ => {}
        }
    }
    (price, quantity)
}

#[cfg(test)]
mod tests;
