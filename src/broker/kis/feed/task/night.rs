//! The change between the day and the night session of Korean derivatives: each has streams and notices of its own.

use std::time::Duration;

use super::super::FeedNews;
use super::super::protocol::{Command, locked};
use super::Task;
use crate::broker::kis::derivative;
use crate::market::{InstrumentId, Venue};

/// How often it is looked which session runs.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(1);

impl Task {
    /// Lets what the session that runs now has of its own take the place of what the one before had.
    pub(super) fn look_at_session(&mut self) {
        let session = derivative::session(self.realm, (self.wall_clock)());
        let mut registrar = locked(&self.registrar);
        if !registrar.turn(session) {
            return;
        }
        let has_sessions = registrar.has_sessions();
        drop(registrar);
        if has_sessions {
            // Until those of this session are registered nobody tells what becomes of orders.
            self.has_told_notices = false;
            (self.news)(FeedNews::NoticesDue);
        }
        let of_venue = |instrument: &InstrumentId| instrument.venue == Venue::KrxFutures;
        for instrument in self.intake.instruments().filter(of_venue).collect::<Vec<_>>() {
            self.begin(instrument);
        }
        self.command(Command::Wanted);
        self.refresh();
    }
}
