//! What people were told, kept so that who comes later can read it: with the rows of another step where there is one
//! soon, else on its own a moment later. It never makes an order wait.

use std::collections::VecDeque;
use std::time::Duration;

use super::{Asker, Shell};
use crate::desk::core::ProfileIndex;
use crate::desk::protocol::EventRecord;
use crate::desk::shell::queries::Question;
use crate::ledger::{DeskEvent, Write};
use crate::market::UtcTime;

/// How long rows of other steps are waited for.
const PATIENCE: Duration = Duration::from_millis(200);
/// Most events that wait while the ledger cannot be written; the oldest go first.
const WAITING_MAX: usize = 2_000;

/// Events on their way into the ledger.
#[derive(Debug, Default)]
pub struct Told {
    waiting: VecDeque<DeskEvent>,
    since: Option<UtcTime>,
}

impl Told {
    /// Takes in an event that is pushed now.
    pub(super) fn note(&mut self, event: &EventRecord) {
        if self.waiting.len() >= WAITING_MAX {
            self.waiting.pop_front();
        }
        self.waiting.push_back(DeskEvent {
            at: event.time,
            kind: event.kind.clone(),
            profile: event.profile.clone(),
            order_id: event.order_id.clone(),
            text: event.text.clone(),
        });
    }

    /// Puts what waits behind the rows of a step.
    pub(super) fn join(&mut self, writes: &mut Vec<Write>) {
        self.since = None;
        writes.extend(self.waiting.drain(..).map(Write::Event));
    }
}

impl Shell {
    /// Writes what has waited long enough; everything at once when the desk ends.
    pub(super) fn write_told(&mut self, now: UtcTime, ends: bool) {
        if self.told.waiting.is_empty() || (self.core.storage_problem().is_some() && !ends) {
            return;
        }
        let since = *self.told.since.get_or_insert(now);
        if ends || now.since(since) >= PATIENCE {
            let mut writes = std::mem::take(&mut self.effects.writes);
            self.told.join(&mut writes);
            self.effects.writes = writes;
            self.flush(now);
        }
    }

    /// Answers what was told after a time, what is not written yet included.
    pub(super) fn list_told(&mut self, asker: Asker, profile: ProfileIndex, since: Option<UtcTime>, limit: usize) {
        let since = since.unwrap_or(UtcTime::from_nanos(i64::MIN));
        let waiting = self.told.waiting.iter().filter(|event| event.at > since).cloned().collect();
        self.ask_reader(asker, profile, |_| Question::Told(since, limit, waiting));
    }
}

/// An event of the ledger as faces see it.
#[must_use]
pub fn event_record(event: DeskEvent) -> EventRecord {
    EventRecord { time: event.at, kind: event.kind, profile: event.profile, order_id: event.order_id, text: event.text }
}
