//! How long each part of an order's way takes. Everything has a fixed size: measuring an order allocates nothing.

use std::time::Duration;

use crate::broker::api::RequestId;
use crate::desk::health::LatencyRecord;
use crate::market::UtcTime;
use crate::order::OrderId;

/// Parts of each power of two: percentiles are at most a sixteenth too high.
const PARTS: usize = 16;
/// Powers of two told apart: up to 2^36 microseconds, nineteen hours.
const POWERS: usize = 33;
/// Orders on their way at a time; of more the oldest are no longer measured.
const TRACKED: usize = 256;

/// Counts of durations in microseconds.
#[derive(Debug, Clone)]
struct Histogram {
    counts: [u32; PARTS * POWERS],
    count: u64,
    max: u64,
}

impl Histogram {
    const fn new() -> Self {
        Self { counts: [0; PARTS * POWERS], count: 0, max: 0 }
    }

    /// Below 16 each value has its own place; above each power of two has sixteen.
    const fn place(value: u64) -> usize {
        if value < PARTS as u64 {
            return value as usize;
        }
        let power = value.ilog2() as usize;
        let part = (value >> (power - 4)) as usize & (PARTS - 1);
        let place = (power - 3) * PARTS + part;
        if place < PARTS * POWERS { place } else { PARTS * POWERS - 1 }
    }

    /// Largest value of a place.
    const fn upper(place: usize) -> u64 {
        if place < PARTS {
            return place as u64;
        }
        let (power, part) = (place / PARTS + 3, place % PARTS);
        ((PARTS + part + 1) as u64) * (1 << (power - 4)) - 1
    }

    fn add(&mut self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        if let Some(count) = self.counts.get_mut(Self::place(micros)) {
            *count = count.saturating_add(1);
        }
        self.count += 1;
        self.max = self.max.max(micros);
    }

    /// The value that so many of a hundred do not exceed.
    fn percentile(&self, percent: u64) -> u64 {
        let wanted = (self.count * percent).div_ceil(100).max(1);
        let mut seen = 0;
        for (place, count) in self.counts.iter().enumerate() {
            seen += u64::from(*count);
            if seen >= wanted {
                return Self::upper(place).min(self.max);
            }
        }
        self.max
    }

    fn record(&self, stage: &str) -> LatencyRecord {
        LatencyRecord {
            stage: stage.into(),
            count: self.count,
            p50_us: self.percentile(50),
            p99_us: self.percentile(99),
            max_us: self.max,
        }
    }
}

/// An order on its way.
#[derive(Debug, Clone, Copy)]
struct Tracked {
    order: OrderId,
    request: RequestId,
    gated: UtcTime,
    sent: Option<UtcTime>,
    acknowledged: bool,
    filled: bool,
}

/// Histograms of the stages of an order's way, since the desk's start.
#[derive(Debug)]
pub struct OrderPath {
    gate: Histogram,
    ledger: Histogram,
    sent: Histogram,
    acknowledged: Histogram,
    filled: Histogram,
    tracked: Box<[Option<Tracked>; TRACKED]>,
    next: usize,
}

impl Default for OrderPath {
    fn default() -> Self {
        let new = Histogram::new;
        Self {
            gate: new(),
            ledger: new(),
            sent: new(),
            acknowledged: new(),
            filled: new(),
            tracked: Box::new([None; TRACKED]),
            next: 0,
        }
    }
}

impl OrderPath {
    /// The gate has let an order pass that was asked for at `asked`.
    pub fn gated(&mut self, order: OrderId, request: RequestId, asked: UtcTime, now: UtcTime) {
        self.gate.add(now.since(asked));
        let tracked = Tracked { order, request, gated: now, sent: None, acknowledged: false, filled: false };
        if let Some(place) = self.tracked.get_mut(self.next) {
            *place = Some(tracked);
        }
        self.next = (self.next + 1) % TRACKED;
    }

    /// Its row was durable at `durable`, and the broker had it in hand `now`.
    pub fn sent(&mut self, request: RequestId, durable: UtcTime, now: UtcTime) {
        let Some(tracked) = self.tracked.iter_mut().flatten().find(|tracked| tracked.request == request) else {
            return;
        };
        let gated = tracked.gated;
        tracked.sent = Some(now);
        self.ledger.add(durable.since(gated));
        self.sent.add(now.since(durable));
    }

    /// The broker has answered the request.
    pub fn acknowledged(&mut self, request: RequestId, now: UtcTime) {
        let found = self.tracked.iter_mut().flatten().find(|tracked| tracked.request == request);
        let Some(tracked) = found.filter(|tracked| !tracked.acknowledged) else { return };
        tracked.acknowledged = true;
        if let Some(sent) = tracked.sent {
            self.acknowledged.add(now.since(sent));
        }
    }

    /// The first fill of an order has come.
    pub fn filled(&mut self, order: OrderId, now: UtcTime) {
        let found = self.tracked.iter_mut().flatten().find(|tracked| tracked.order == order);
        let Some(tracked) = found.filter(|tracked| !tracked.filled) else { return };
        tracked.filled = true;
        if let Some(sent) = tracked.sent {
            self.filled.add(now.since(sent));
        }
    }

    /// Stages in the order of the way.
    #[must_use]
    pub fn records(&self) -> Vec<LatencyRecord> {
        let stages = [
            ("gate", &self.gate),
            ("ledger", &self.ledger),
            ("sent", &self.sent),
            ("acknowledged", &self.acknowledged),
            ("filled", &self.filled),
        ];
        stages.into_iter().map(|(stage, histogram)| histogram.record(stage)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_at_most_a_sixteenth_too_high() {
        let mut histogram = Histogram::new();
        for micros in 1..=10_000 {
            histogram.add(Duration::from_micros(micros));
        }
        let record = histogram.record("gate");
        assert_eq!((record.count, record.max_us), (10_000, 10_000));
        assert!((5_000..=5_313).contains(&record.p50_us), "{record:?}");
        assert!((9_900..=10_000).contains(&record.p99_us), "{record:?}");
    }

    #[test]
    fn every_value_has_its_place() {
        for value in (0..70_000).chain([u64::from(u32::MAX), (1 << 36) - 1]) {
            let place = Histogram::place(value);
            let below = place.checked_sub(1).map(Histogram::upper);
            assert!(value <= Histogram::upper(place) && below.is_none_or(|below| value > below), "{value}");
        }
        assert_eq!(Histogram::place(u64::MAX), PARTS * POWERS - 1);
    }
}
