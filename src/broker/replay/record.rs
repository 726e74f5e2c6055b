//! One market event as a few bytes: numbers as differences from the event before, in as many bytes as they need.

use super::capture::CaptureError;
use crate::market::book::{FixedLevel, Grid};
use crate::market::{BookUpdate, InstrumentId, Level, MarketBody, MarketEvent, Quote, Sequence, Side, Trade, UtcTime};

const TRADE: u8 = 0;
const QUOTE: u8 = 1;
const WHOLE: u8 = 2;
const SNAPSHOT: u8 = 3;
const CHAINED: u8 = 4;
const COUNTED: u8 = 5;
const STALE: u8 = 6;

/// Turns events into bytes and back. Both directions keep the same memory of the event before.
#[derive(Debug, Clone)]
pub(super) struct Codec {
    instrument: InstrumentId,
    grid: Grid,
    received: i64,
    venue: i64,
    trade: i64,
    update: i64,
    price: i64,
}

impl Codec {
    pub(super) fn new(instrument: InstrumentId, grid: Grid) -> Self {
        Self { instrument, grid, received: 0, venue: 0, trade: 0, update: 0, price: 0 }
    }

    /// Appends an event.
    pub(super) fn encode(&mut self, event: &MarketEvent, out: &mut Vec<u8>) -> Result<(), CaptureError> {
        if event.instrument != self.instrument {
            return Err(CaptureError::OtherInstrument(event.instrument));
        }
        out.push(kind(&event.body)?);
        put_delta(out, &mut self.received, event.received_at.nanos());
        put_delta(out, &mut self.venue, event.venue_time.nanos());
        match &event.body {
            MarketBody::Trade(trade) => {
                put_delta(out, &mut self.trade, trade.id as i64);
                self.put_level(out, &Level { price: trade.price, quantity: trade.quantity })?;
                out.push(match trade.side {
                    None => 0,
                    Some(Side::Buy) => 1,
                    Some(Side::Sell) => 2,
                });
            }
            MarketBody::Quote(quote) => {
                out.push(u8::from(quote.bid.is_some()) | u8::from(quote.ask.is_some()) << 1);
                for level in quote.bid.iter().chain(&quote.ask) {
                    self.put_level(out, level)?;
                }
            }
            MarketBody::Book(update) => self.put_update(out, update)?,
            _ => {}
        }
        Ok(())
    }

    fn put_update(&mut self, out: &mut Vec<u8>, update: &BookUpdate) -> Result<(), CaptureError> {
        match update.sequence {
            Sequence::Whole => {}
            Sequence::Snapshot { last } => put_delta(out, &mut self.update, last as i64),
            Sequence::Chained { first, last, previous } => {
                put_delta(out, &mut self.update, previous as i64);
                put_delta(out, &mut self.update, first as i64);
                put_delta(out, &mut self.update, last as i64);
            }
            Sequence::Counted { first, last } => {
                put_delta(out, &mut self.update, first as i64);
                put_delta(out, &mut self.update, last as i64);
            }
        }
        for side in [&update.bids, &update.asks] {
            put(out, side.len() as u64);
            for level in side {
                self.put_level(out, level)?;
            }
        }
        Ok(())
    }

    fn put_level(&mut self, out: &mut Vec<u8>, level: &Level) -> Result<(), CaptureError> {
        let finer = || CaptureError::Finer { price: level.price, quantity: level.quantity };
        put_delta(out, &mut self.price, self.grid.price(level.price).ok_or_else(finer)?);
        put(out, self.grid.quantity(level.quantity).ok_or_else(finer)? as u64);
        Ok(())
    }

    /// The next event; moves `bytes` past it. `None` when the bytes are none that [`Self::encode`] could have written.
    pub(super) fn decode(&mut self, bytes: &mut &[u8]) -> Option<MarketEvent> {
        let kind = take_byte(bytes)?;
        let received_at = UtcTime::from_nanos(take_delta(bytes, &mut self.received)?);
        let venue_time = UtcTime::from_nanos(take_delta(bytes, &mut self.venue)?);
        let body = match kind {
            TRADE => self.take_trade(bytes)?,
            QUOTE => {
                let sides = take_byte(bytes)?;
                let bid = if sides & 1 != 0 { Some(self.take_level(bytes)?) } else { None };
                let ask = if sides & 2 != 0 { Some(self.take_level(bytes)?) } else { None };
                MarketBody::Quote(Quote { bid, ask })
            }
            STALE => MarketBody::Stale,
            WHOLE | SNAPSHOT | CHAINED | COUNTED => self.take_update(kind, bytes)?,
            _ => return None,
        };
        Some(MarketEvent { instrument: self.instrument, venue_time, received_at, body })
    }

    fn take_trade(&mut self, bytes: &mut &[u8]) -> Option<MarketBody> {
        let id = take_delta(bytes, &mut self.trade)? as u64;
        let Level { price, quantity } = self.take_level(bytes)?;
        let side = match take_byte(bytes)? {
            0 => None,
            1 => Some(Side::Buy),
            2 => Some(Side::Sell),
            _ => return None,
        };
        Some(MarketBody::Trade(Trade { id, price, quantity, side }))
    }

    fn take_update(&mut self, kind: u8, bytes: &mut &[u8]) -> Option<MarketBody> {
        let mut id = |bytes: &mut &[u8]| take_delta(bytes, &mut self.update).map(|id| id as u64);
        let sequence = match kind {
            SNAPSHOT => Sequence::Snapshot { last: id(bytes)? },
            CHAINED => {
                let previous = id(bytes)?;
                Sequence::Chained { previous, first: id(bytes)?, last: id(bytes)? }
            }
            COUNTED => Sequence::Counted { first: id(bytes)?, last: id(bytes)? },
            _ => Sequence::Whole,
        };
        let bids = self.take_levels(bytes)?;
        let asks = self.take_levels(bytes)?;
        Some(MarketBody::Book(Box::new(BookUpdate { sequence, bids, asks })))
    }

    fn take_levels(&mut self, bytes: &mut &[u8]) -> Option<Vec<Level>> {
        let count = usize::try_from(take(bytes)?).ok()?;
        // A level takes two bytes at least: a count that cannot be true reserves no memory.
        if count > bytes.len() / 2 {
            return None;
        }
        (0..count).map(|_| self.take_level(bytes)).collect()
    }

    fn take_level(&mut self, bytes: &mut &[u8]) -> Option<Level> {
        let price = take_delta(bytes, &mut self.price)?;
        let quantity = i64::try_from(take(bytes)?).ok()?;
        self.grid.level(FixedLevel { price, quantity })
    }
}

fn kind(body: &MarketBody) -> Result<u8, CaptureError> {
    Ok(match body {
        MarketBody::Trade(_) => TRADE,
        MarketBody::Quote(_) => QUOTE,
        MarketBody::Book(update) => match update.sequence {
            Sequence::Whole => WHOLE,
            Sequence::Snapshot { .. } => SNAPSHOT,
            Sequence::Chained { .. } => CHAINED,
            Sequence::Counted { .. } => COUNTED,
        },
        MarketBody::Stale => STALE,
        _ => return Err(CaptureError::NotCaptured),
    })
}

/// Seven bits a byte, lowest first; the top bit says that more follow.
fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = take_byte(bytes)?;
        value |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn take_byte(bytes: &mut &[u8]) -> Option<u8> {
    let (first, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(*first)
}

/// The difference from the number before, with the sign in the lowest bit so that small ones stay small.
fn put_delta(out: &mut Vec<u8>, before: &mut i64, value: i64) {
    let delta = value.wrapping_sub(*before);
    *before = value;
    put(out, ((delta << 1) ^ (delta >> 63)) as u64);
}

fn take_delta(bytes: &mut &[u8], before: &mut i64) -> Option<i64> {
    let folded = take(bytes)?;
    let delta = (folded >> 1) as i64 ^ -((folded & 1) as i64);
    *before = before.wrapping_add(delta);
    Some(*before)
}
