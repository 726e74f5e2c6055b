//! Names of instruments. Records of the past have codes; what the screen does not know by its quotes or positions, the
//! desk is asked, one at a time.

use std::collections::{BTreeMap, VecDeque};

use crate::desk::protocol::{Command, Response};
use crate::market::InstrumentId;
use crate::text::clean::clean;
use crate::tui::model::{Model, instrument};

/// Most names asked for in a run of the screen; the rest stand by their codes.
const ASKED_MAX: usize = 300;

/// Names of instruments in Korean and English.
#[derive(Debug, Default)]
pub struct Names {
    known: BTreeMap<InstrumentId, [String; 2]>,
    wanted: VecDeque<InstrumentId>,
    asked: Option<InstrumentId>,
    count: usize,
    /// Counts up with each new name.
    pub version: u32,
}

impl Names {
    /// The names of an instrument.
    #[must_use]
    pub fn get(&self, id: InstrumentId) -> Option<[&str; 2]> {
        self.known.get(&id).map(|[ko, en]| [ko.as_str(), en.as_str()])
    }

    /// The names of an instrument are needed.
    pub fn want(&mut self, id: InstrumentId, model: &Model) {
        if self.known.contains_key(&id) {
            return;
        }
        let quote = model.quotes.get(&id).map(|quote| (&quote.name_ko, &quote.name_en));
        let held = || model.account.position(&id).map(|held| (&held.name_ko, &held.name_en));
        if let Some((ko, en)) = quote.or_else(held) {
            self.put(id, ko, en);
        } else if self.count < ASKED_MAX {
            self.count += 1;
            self.known.insert(id, Default::default());
            self.wanted.push_back(id);
        }
    }

    /// Whether every name that was wanted is here, or will not come.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.asked.is_none() && self.wanted.is_empty()
    }

    /// The next question; none while an answer is out.
    pub fn question(&mut self) -> Option<Command> {
        if self.asked.is_some() {
            return None;
        }
        let id = self.wanted.pop_front()?;
        self.asked = Some(id);
        Some(Command::Info { symbol: id.to_string() })
    }

    /// The answer to it.
    pub fn answered(&mut self, response: Option<&Response>) {
        let Some(asked) = self.asked.take() else { return };
        if let Some(Response::Instruments(found)) = response
            && let Some(record) = found.iter().find(|it| instrument(it.venue, &it.symbol) == Some(asked))
        {
            self.put(asked, &record.name_ko, &record.name_en);
        }
    }

    fn put(&mut self, id: InstrumentId, ko: &str, en: &str) {
        self.known.insert(id, [clean(ko).into_owned(), clean(en).into_owned()]);
        self.version = self.version.wrapping_add(1);
    }
}
