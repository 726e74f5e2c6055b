//! The candles of the chart: history from the desk, and the last one growing with every print.

use rust_decimal::Decimal;

use crate::desk::record::{CandleRecord, TradeRecord};
use crate::market::arrange::Arrange;
use crate::market::indicator::{Bar, HeikinAshi};
use crate::market::{Candle, CandleBuilder, Interval, Trade, UtcTime, Venue};

/// Most candles kept; paging back ends there.
pub const KEPT_MAX: usize = 20_000;

/// What a print did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grown {
    /// Nothing: it belongs to a candle that is over.
    Not,
    /// The last candle changed.
    Last,
    /// A candle began, so the one before is over.
    New,
}

/// Candles of one instrument and interval, oldest first. All but the last are over.
#[derive(Debug)]
pub struct Series {
    venue: Venue,
    interval: Interval,
    candles: Vec<Candle>,
    bars: Vec<Bar>,
    averaged: Vec<Bar>,
    turn: HeikinAshi,
    first_number: i64,
    revision: u64,
    builder: CandleBuilder,
    /// The last candle as the desk knew it, when the prints known do not reach back to its opening.
    base: Option<Candle>,
    until: UtcTime,
}

impl Series {
    /// Without candles.
    #[must_use]
    pub fn new(venue: Venue, interval: Interval) -> Self {
        Self {
            venue,
            interval,
            candles: Vec::new(),
            bars: Vec::new(),
            averaged: Vec::new(),
            turn: HeikinAshi::new(),
            first_number: 0,
            revision: 0,
            builder: CandleBuilder::new(interval, venue),
            base: None,
            until: UtcTime::from_nanos(i64::MIN),
        }
    }

    /// Drops everything, for candles of something else. What was computed from those before is void.
    pub fn start_anew(&mut self, venue: Venue, interval: Interval) {
        let revision = self.revision + 1;
        *self = Self { revision, ..Self::new(venue, interval) };
    }

    /// Replaces everything by what the desk said, and goes on with the prints that are known already.
    pub fn replace<'a>(&mut self, records: &[CandleRecord], prints: impl Iterator<Item = &'a TradeRecord> + Clone) {
        self.start_anew(self.venue, self.interval);
        self.candles.extend(records.iter().map(candle));
        self.candles.arrange_by_key(|candle| candle.time);
        self.candles.dedup_by_key(|candle| candle.time);
        if let Some((_, before)) = self.candles.split_last_mut() {
            before.iter_mut().for_each(|candle| candle.closed = true);
        }
        if let Some(last) = self.candles.last().copied() {
            self.until = self.interval.end(self.venue, last.time);
            if !last.closed {
                self.candles.pop();
                self.open_last(last, prints.clone());
            }
        }
        self.redo();
        let from = self.until;
        for print in prints.filter(|print| print.time >= from) {
            self.take(print);
        }
    }

    /// The last candle: from the prints alone when they are all of it, else as the desk said.
    fn open_last<'a>(&mut self, last: Candle, prints: impl Iterator<Item = &'a TradeRecord>) {
        let mut own = CandleBuilder::new(self.interval, self.venue);
        for print in prints.filter(|print| print.time >= last.time && print.time < self.until) {
            own.push(print.time, &trade(print));
        }
        match own.current() {
            Some(whole) if whole.volume >= last.volume => {
                self.builder = own;
                self.candles.push(whole);
            }
            _ => {
                self.base = Some(last);
                self.candles.push(last);
            }
        }
    }

    /// Takes a print.
    pub fn take(&mut self, print: &TradeRecord) -> Grown {
        let time = print.time;
        if let Some(last) = self.candles.last_mut() {
            if time < last.time || (last.closed && time < self.until) {
                return Grown::Not;
            }
            if time >= self.until && !last.closed {
                last.closed = true;
            }
        }
        self.builder.push(time, &trade(print));
        let Some(current) = self.builder.current() else { return Grown::Not };
        let known = self.candles.last().is_some_and(|last| last.time == current.time);
        if known {
            let grown = self.base.map_or(current, |base| joined(&base, &current));
            self.candles.pop();
            self.push_growing(grown);
            return Grown::Last;
        }
        self.base = None;
        self.until = self.interval.end(self.venue, current.time);
        self.seal();
        self.push_growing(current);
        if self.candles.len() > KEPT_MAX + KEPT_MAX / 10 {
            self.forget_oldest();
        }
        Grown::New
    }

    /// The candle that was growing is over: the averaged ones take it for good.
    fn seal(&mut self) {
        if let Some(last) = self.bars.last() {
            self.averaged.truncate(self.bars.len() - 1);
            self.averaged.push(self.turn.push(last));
        }
    }

    fn push_growing(&mut self, candle: Candle) {
        self.bars.truncate(self.candles.len());
        self.averaged.truncate(self.candles.len());
        let bar = Bar::from(&candle);
        self.candles.push(candle);
        self.averaged.push(self.turn.peek(&bar));
        self.bars.push(bar);
    }

    fn forget_oldest(&mut self) {
        let many = self.candles.len() - KEPT_MAX;
        self.candles.drain(..many);
        self.first_number += i64::try_from(many).unwrap_or(0);
        self.revision += 1;
        self.redo();
    }

    /// Takes older candles; whether any was new.
    pub fn take_older(&mut self, records: &[CandleRecord]) -> bool {
        let Some(oldest) = self.candles.first().map(|candle| candle.time) else { return false };
        let mut older: Vec<Candle> = records.iter().filter(|record| record.time < oldest).map(candle).collect();
        older.arrange_by_key(|candle| candle.time);
        older.dedup_by_key(|candle| candle.time);
        older.iter_mut().for_each(|candle| candle.closed = true);
        let many = older.len();
        if many == 0 {
            return false;
        }
        self.candles.splice(0..0, older);
        self.first_number -= i64::try_from(many).unwrap_or(0);
        self.revision += 1;
        self.redo();
        true
    }

    /// Puts candles that are over in the place of what was made from prints here; nothing happens when they agree.
    pub fn correct(&mut self, records: &[CandleRecord]) {
        let mut differs = false;
        for record in records.iter().filter(|record| record.closed) {
            let known = self.candles.binary_search_by_key(&record.time, |candle| candle.time);
            match known {
                // The last one is growing here already: what is said to be over is of a later moment than the prints.
                Ok(at) if at + 1 == self.candles.len() && !self.candles.get(at).is_some_and(|last| last.closed) => {}
                Ok(at) => {
                    if let Some(own) = self.candles.get_mut(at)
                        && *own != candle(record)
                    {
                        *own = candle(record);
                        differs = true;
                    }
                }
                Err(at) if at > 0 && at < self.candles.len() => {
                    self.candles.insert(at, candle(record));
                    differs = true;
                }
                Err(_) => {}
            }
        }
        if differs {
            self.revision += 1;
            self.redo();
        }
    }

    /// Works out the floats of all candles anew.
    fn redo(&mut self) {
        self.bars.clear();
        self.bars.extend(self.candles.iter().map(Bar::from));
        self.turn = HeikinAshi::new();
        self.averaged.clear();
        let closed = self.closed();
        for (index, bar) in self.bars.iter().enumerate() {
            let turned = if index < closed { self.turn.push(bar) } else { self.turn.peek(bar) };
            self.averaged.push(turned);
        }
        if self.bars.len() == closed && closed > 0 {
            // A last candle that is over may still be followed by a new one: it is sealed then, once.
            self.turn = HeikinAshi::new();
            for bar in self.bars.iter().take(closed - 1) {
                self.turn.push(bar);
            }
        }
    }

    /// How many candles are over for certain.
    #[must_use]
    pub fn closed(&self) -> usize {
        match self.candles.last() {
            Some(last) if !last.closed => self.candles.len() - 1,
            _ => self.candles.len(),
        }
    }

    /// Counts up whenever candles that are over changed, so that what was computed from them is void.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// Candles.
    #[must_use]
    pub fn candles(&self) -> &[Candle] {
        &self.candles
    }

    /// The same as floats.
    #[must_use]
    pub fn bars(&self) -> &[Bar] {
        &self.bars
    }

    /// The same as Heikin-Ashi bars.
    #[must_use]
    pub fn averaged(&self) -> &[Bar] {
        &self.averaged
    }

    /// Number of the first candle. A candle keeps its number when older ones come in front of it.
    #[must_use]
    pub const fn first_number(&self) -> i64 {
        self.first_number
    }

    /// Number of the last candle; the one before the first when there is none.
    #[must_use]
    pub fn last_number(&self) -> i64 {
        self.first_number + i64::try_from(self.candles.len()).unwrap_or(0) - 1
    }

    /// Place of a candle by its number.
    #[must_use]
    pub fn index(&self, number: i64) -> Option<usize> {
        let index = usize::try_from(number - self.first_number).ok()?;
        (index < self.candles.len()).then_some(index)
    }

    /// Number of the candle an instant falls into; of the last one before it where nothing traded.
    #[must_use]
    pub fn number_at(&self, time: UtcTime) -> Option<i64> {
        let after = self.candles.partition_point(|candle| candle.time <= time);
        let index = after.checked_sub(1)?;
        Some(self.first_number + i64::try_from(index).unwrap_or(0))
    }

    /// Position of an instant in candles, between and beyond them too.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn position(&self, time: UtcTime) -> Option<f64> {
        let (first, last) = (self.candles.first()?.time, self.candles.last()?.time);
        let step = (self.until.since(last).as_secs_f64()).max(1.0);
        if time < first {
            return Some(self.first_number as f64 - first.since(time).as_secs_f64() / step);
        }
        if time >= last {
            return Some(self.last_number() as f64 + time.since(last).as_secs_f64() / step);
        }
        let number = self.number_at(time)?;
        let index = self.index(number)?;
        let (from, to) = (self.candles.get(index)?.time, self.candles.get(index + 1)?.time);
        Some(number as f64 + time.since(from).as_secs_f64() / to.since(from).as_secs_f64().max(1e-9))
    }

    /// Opening of a candle by its number; beyond the last as if each interval had one.
    #[must_use]
    pub fn time_of(&self, number: i64) -> Option<UtcTime> {
        if let Some(index) = self.index(number) {
            return self.candles.get(index).map(|candle| candle.time);
        }
        let ahead = u32::try_from(number - self.last_number()).ok()?;
        let last = self.candles.last()?.time;
        Some(last.plus(self.until.since(last).saturating_mul(ahead)))
    }

    /// End of the last candle.
    #[must_use]
    pub const fn until(&self) -> UtcTime {
        self.until
    }

    /// Whose clock decides where days begin.
    #[must_use]
    pub const fn venue(&self) -> Venue {
        self.venue
    }
}

fn candle(record: &CandleRecord) -> Candle {
    let CandleRecord { time, open, high, low, close, volume, value, closed } = *record;
    Candle { time, open, high, low, close, volume, value, closed }
}

fn trade(print: &TradeRecord) -> Trade {
    let TradeRecord { price, quantity, side, ref id, .. } = *print;
    Trade { id: id.parse().unwrap_or(0), price, quantity, side }
}

/// A candle and what traded in it afterwards.
fn joined(base: &Candle, after: &Candle) -> Candle {
    Candle {
        high: base.high.max(after.high),
        low: base.low.min(after.low),
        close: after.close,
        volume: base.volume.plus(after.volume),
        value: base.value.checked_add(after.value).unwrap_or(Decimal::MAX),
        ..*base
    }
}
