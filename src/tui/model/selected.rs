//! The instrument that ladder, chart and ticket show. It is replaced whole when another is selected, so that nothing of the
//! one before can be shown under the new name.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::desk::record::{BookRecord, InstrumentRecord, TradeRecord};
use crate::market::gather::Gather;
use crate::market::{InstrumentId, Price, Quantity};
use crate::tui::clock::Now;

/// Most prints kept; the tape of a busy minute.
pub const PRINTS_MAX: usize = 2_000;

/// A book with the moment it came and what changed with it.
#[derive(Debug, Clone)]
pub struct BookView {
    /// The book.
    pub record: BookRecord,
    /// When it came, on [`Now::since_start`].
    pub at: Duration,
    /// By how much the quantity at a price changed last, with the moment. Prices that left the book are forgotten.
    pub changes: BTreeMap<Price, (i64, Duration)>,
}

/// The selected instrument.
#[derive(Debug)]
pub struct Selected {
    /// Which; `None` before the first is known.
    pub id: Option<InstrumentId>,
    /// Counts up with each selection; answers to questions of an earlier one are dropped.
    pub generation: u32,
    /// Its book.
    pub book: Option<BookView>,
    /// Its prints, newest last.
    pub prints: VecDeque<TradeRecord>,
    /// What it is.
    pub info: Option<InstrumentRecord>,
    /// Units traded at each price since it was selected, of the prints kept.
    pub volume_at: BTreeMap<Price, Quantity>,
}

impl Selected {
    /// Nothing selected.
    #[must_use]
    pub const fn nothing() -> Self {
        Self { id: None, generation: 0, book: None, prints: VecDeque::new(), info: None, volume_at: BTreeMap::new() }
    }

    /// Another instrument, of which nothing is known yet.
    pub fn replace(&mut self, id: InstrumentId) {
        let generation = self.generation.wrapping_add(1);
        *self = Self { id: Some(id), generation, ..Self::nothing() };
    }

    /// Whether a record is about the selected instrument.
    #[must_use]
    pub fn is(&self, id: &InstrumentId) -> bool {
        self.id.as_ref() == Some(id)
    }

    /// Takes a book of this instrument.
    pub fn put_book(&mut self, now: Now, record: BookRecord) {
        let mut changes = BTreeMap::new();
        if let Some(before) = self.book.take() {
            changes = before.changes;
            let old = before.record.bids.iter().chain(&before.record.asks);
            let old: BTreeMap<Price, Quantity> = old.copied().into_map();
            changes.retain(|price, _| old.contains_key(price));
            for (price, quantity) in record.bids.iter().chain(&record.asks) {
                let Some(was) = old.get(price).filter(|was| *was != quantity) else { continue };
                let change = (quantity.value() - was.value()).trunc();
                if let Ok(change) = i64::try_from(change) {
                    changes.insert(*price, (change, now.since_start));
                }
            }
        }
        self.book = Some(BookView { record, at: now.since_start, changes });
    }

    /// Takes a print of this instrument.
    pub fn put_print(&mut self, print: TradeRecord) {
        if self.prints.len() >= PRINTS_MAX
            && let Some(oldest) = self.prints.pop_front()
            && let Some(volume) = self.volume_at.get_mut(&oldest.price)
        {
            *volume = volume.minus(oldest.quantity);
        }
        let volume = self.volume_at.entry(print.price).or_insert(Quantity::ZERO);
        *volume = volume.plus(print.quantity);
        self.prints.push_back(print);
    }

    /// Takes the prints before the first that was pushed.
    pub fn put_earlier(&mut self, earlier: Vec<TradeRecord>) {
        let known = std::mem::take(&mut self.prints);
        self.volume_at.clear();
        let first = known.front().map(|print| print.time);
        let new: Vec<TradeRecord> = known.into();
        let is_known = |print: &TradeRecord| new.iter().any(|known| known.id == print.id);
        for print in &earlier {
            if first.is_none_or(|first| print.time <= first) && !is_known(print) {
                self.put_print(print.clone());
            }
        }
        for print in new {
            self.put_print(print);
        }
    }
}
