//! Quotes and their age.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Model;
use crate::desk::record::QuoteRecord;
use crate::market::{InstrumentId, Venue};
use crate::tui::clock::Now;

/// Whether data may be traded on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// It may.
    Fresh(Duration),
    /// It is this old.
    Old(Duration),
    /// The desk says it is stale: too old, or with a gap.
    Stale(Duration),
    /// There is none.
    Missing,
}

impl Freshness {
    /// Whether it may be traded on.
    #[must_use]
    pub const fn is_fresh(self) -> bool {
        matches!(self, Self::Fresh(_))
    }

    /// Its age, where there is data.
    #[must_use]
    pub const fn age(self) -> Option<Duration> {
        match self {
            Self::Fresh(age) | Self::Old(age) | Self::Stale(age) => Some(age),
            Self::Missing => None,
        }
    }
}

/// A record with the moment it came.
#[derive(Debug, Clone)]
pub struct Stamped<T> {
    /// The record.
    pub record: T,
    /// When it came, on [`Now::since_start`].
    pub at: Duration,
}

/// Latest quotes by instrument.
#[derive(Debug, Default)]
pub struct Quotes {
    by_instrument: BTreeMap<InstrumentId, Stamped<QuoteRecord>>,
}

impl Quotes {
    /// The quote of an instrument.
    #[must_use]
    pub fn get(&self, id: &InstrumentId) -> Option<&QuoteRecord> {
        self.by_instrument.get(id).map(|stamped| &stamped.record)
    }

    /// Takes a quote.
    pub fn put(&mut self, now: Now, id: InstrumentId, record: QuoteRecord) {
        self.by_instrument.insert(id, Stamped { record, at: now.since_start });
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.by_instrument.clear();
    }

    /// Whether the quote of an instrument may be traded on.
    #[must_use]
    pub fn freshness(&self, now: Now, id: &InstrumentId, limit: Duration) -> Freshness {
        match self.by_instrument.get(id) {
            None => Freshness::Missing,
            Some(quote) => freshness(now, quote.at, quote.record.age_ms, quote.record.stale, limit),
        }
    }
}

/// Freshness of something that came at a moment and had an age then.
#[must_use]
pub(super) fn freshness(now: Now, at: Duration, age_ms: Option<u64>, stale: bool, limit: Duration) -> Freshness {
    let Some(age_ms) = age_ms else { return Freshness::Missing };
    let age = Duration::from_millis(age_ms) + now.after(at);
    match (stale, age > limit) {
        (true, _) => Freshness::Stale(age),
        (false, true) => Freshness::Old(age),
        (false, false) => Freshness::Fresh(age),
    }
}

impl Model {
    /// Oldest data of a venue that an order may be based on.
    #[must_use]
    pub fn age_limit(&self, venue: Venue) -> Duration {
        let limits = self.config.profiles.get(&self.profile).map_or(&self.config.risk, |profile| &profile.risk);
        limits.data_age(venue)
    }

    /// Whether the selected instrument's book may be traded on: the desk is there, and the book is fresh.
    #[must_use]
    pub fn book_freshness(&self) -> Freshness {
        let (Some(book), Some(id)) = (&self.selected.book, &self.selected.id) else { return Freshness::Missing };
        let record = &book.record;
        let stale = record.stale || !self.is_connected();
        freshness(self.now, book.at, record.age_ms, stale, self.age_limit(id.venue))
    }
}
