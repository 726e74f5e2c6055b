//! Instruments the finder has heard of.

use std::collections::BTreeMap;
use std::time::Duration;

use rust_decimal::Decimal;

use crate::desk::record::InstrumentRecord;
use crate::market::{InstrumentId, Price};
use crate::text::clean::clean;
use crate::tui::model::{Model, instrument};
use crate::tui::theme::Role;

/// Most instruments kept: more than there are at any venue.
const KEPT_MAX: usize = 10_000;

/// An instrument.
#[derive(Debug, Clone)]
pub struct Known {
    /// Which.
    pub id: InstrumentId,
    /// Korean name.
    pub ko: String,
    /// English name.
    pub en: String,
    /// Last price.
    pub last: Option<Price>,
    /// Change in per cent.
    pub change: Option<Decimal>,
    /// Money traded when it was first heard of. It orders equals, and does not change under the hand of who chooses.
    pub weight: Decimal,
    /// When the price was told, on [`crate::tui::clock::Now::since_start`].
    at: Duration,
}

/// Instruments, in the order they were heard of.
#[derive(Debug, Default)]
pub struct Pool {
    known: Vec<Known>,
    places: BTreeMap<InstrumentId, usize>,
}

impl Pool {
    /// Takes instruments the desk told of.
    pub fn put(&mut self, records: &[InstrumentRecord], model: &Model) {
        for record in records {
            let Some(id) = instrument(record.venue, &record.symbol) else { continue };
            if self.known.len() >= KEPT_MAX && !self.places.contains_key(&id) {
                continue;
            }
            let weight = self.get(&id).map_or(record.value, |known| known.weight);
            self.insert(Known {
                id,
                ko: clean(&record.name_ko).into_owned(),
                en: clean(&record.name_en).into_owned(),
                last: record.last,
                change: record.change_percent,
                weight,
                at: model.now.since_start,
            });
        }
    }

    /// Takes the instruments that the model has quotes of.
    pub fn put_quoted(&mut self, ids: &[InstrumentId], model: &Model) {
        for id in ids {
            if self.places.contains_key(id) {
                continue;
            }
            let Some(quote) = model.quotes.get(id) else { continue };
            self.insert(Known {
                id: *id,
                ko: clean(&quote.name_ko).into_owned(),
                en: clean(&quote.name_en).into_owned(),
                last: quote.last,
                change: quote.change_percent,
                weight: quote.value,
                at: model.now.since_start,
            });
        }
    }

    fn insert(&mut self, known: Known) {
        let next = self.known.len();
        let place = *self.places.entry(known.id).or_insert(next);
        match self.known.get_mut(place) {
            Some(before) => *before = known,
            None => self.known.push(known),
        }
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.known.clear();
        self.places.clear();
    }

    /// One instrument.
    #[must_use]
    pub fn get(&self, id: &InstrumentId) -> Option<&Known> {
        self.places.get(id).and_then(|place| self.known.get(*place))
    }

    /// All, in the order they were heard of.
    pub fn all(&self) -> impl Iterator<Item = &Known> {
        self.known.iter()
    }
}

impl Known {
    /// Last price and change as they are now, and how they are drawn: the pushed quote where there is one.
    #[must_use]
    pub fn price(&self, model: &Model) -> (Option<Price>, Option<Decimal>, Role) {
        let limit = model.age_limit(self.id.venue);
        let (last, change, fresh) = match model.quotes.get(&self.id) {
            Some(quote) => {
                let fresh = model.quotes.freshness(model.now, &self.id, limit).is_fresh();
                (quote.last, quote.change_percent, fresh)
            }
            None => (self.last, self.change, model.now.after(self.at) <= limit.max(REFRESHED * 2)),
        };
        let role = match change {
            Some(change) => crate::tui::theme::Look::direction(change.cmp(&Decimal::ZERO)),
            None => Role::Flat,
        };
        (last, change, if fresh && model.is_connected() { role } else { Role::Stale })
    }
}

/// Prices of what nobody follows are asked for this often while a finder is open; twice as old, they are stale.
pub const REFRESHED: Duration = Duration::from_secs(2);
