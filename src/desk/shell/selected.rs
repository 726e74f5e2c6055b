//! What people look at closest: the instruments whose books screens follow. A screen follows the quotes of all it shows, and
//! the book of the one that is selected on it.

use std::collections::BTreeSet;

use super::Shell;
use super::faces::Face;
use crate::desk::core::{CoreCommand, Event, ProfileIndex, Token};
use crate::desk::protocol::Topic;
use crate::market::gather::Gather;
use crate::market::{InstrumentId, UtcTime};
use crate::order::Source;

impl Face {
    /// Instruments of a profile that are selected on it. Commands and programs select nothing: nobody looks at what they
    /// follow, however much that is.
    fn selected(&self, profile: ProfileIndex) -> impl Iterator<Item = InstrumentId> {
        let is_screen = self.source == Some(Source::Screen);
        let named = is_screen.then(|| self.named_of(Topic::Book)).into_iter().flatten();
        named.filter(move |(of, _)| *of == profile).map(|(_, instrument)| instrument)
    }
}

impl Shell {
    /// Tells the core what is selected on all screens of a profile; it tells the broker what is new of it.
    pub(super) fn note_selected(&mut self, now: UtcTime, profile: ProfileIndex) {
        let instruments: BTreeSet<InstrumentId> =
            self.faces.values().flat_map(|face| face.selected(profile)).into_set();
        self.next_token += 1;
        let command = CoreCommand::Select { instruments };
        self.step(now, Event::Command { token: Token(self.next_token), profile, source: Source::Desk, command });
    }
}
