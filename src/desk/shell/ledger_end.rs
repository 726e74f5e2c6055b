//! The ledger's thread has ended although nobody closed the ledger: it panicked. Nothing can be written any more.
//!
//! The desk says so, refuses new orders, lets cancels pass for a moment, and ends. What was not written is with the
//! brokers: the next desk looks it up.

use std::time::Duration;

use super::Shell;
use crate::ledger::{LedgerError, LedgerReport};
use crate::market::UtcTime;

/// How long cancels still pass and people are answered.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// Where that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LedgerEnd {
    /// It works.
    #[default]
    No,
    /// It was noticed, and nobody has been told.
    Noticed,
    /// Everybody has been told; the desk ends then.
    Told(UtcTime),
}

impl Shell {
    pub(super) fn note_ledger_end(&mut self) {
        if self.ledger_end == LedgerEnd::No {
            tracing::error!("the ledger's thread ended");
            self.ledger_end = LedgerEnd::Noticed;
        }
    }

    /// Does what follows from the end of the ledger's thread.
    pub(super) fn mind_ledger_end(&mut self, now: UtcTime) {
        match self.ledger_end {
            LedgerEnd::No => {}
            LedgerEnd::Noticed => {
                self.ledger_end = LedgerEnd::Told(now.plus(LAST_WORDS));
                self.on_ledger(now, LedgerReport::Stalled { reason: LedgerError::ThreadEnded });
            }
            LedgerEnd::Told(until) if now >= until => self.stop.cancel(),
            LedgerEnd::Told(_) => {}
        }
    }
}
