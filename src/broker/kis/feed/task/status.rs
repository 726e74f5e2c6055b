//! Telling how the status of shares has turned.

use super::Task;
use crate::broker::kis::feed::FeedNews;
use crate::broker::kis::feed::protocol::locked;
use crate::market::{MarketBody, MarketEvent, PhaseChange};

impl Task {
    /// Tells the phase of each share whose status has turned: the one it says, or the calendar's again.
    pub(super) fn tell_statuses(&mut self) {
        let now = (self.wall_clock)();
        while let Some(instrument) = self.intake.turned.pop_first() {
            let is_registered = self.is_down || locked(&self.registrar).has_status(instrument);
            let Some(status) = self.intake.status(instrument) else { continue };
            // A record on its way when its stream went has nobody who would say when that ends.
            if !is_registered {
                status.ended();
            }
            let turn = status.turn();
            self.intake.turned.remove(&instrument);
            let Some(phase) = turn else { continue };
            // Whoever keeps the calendar's phases hears it first: they must not speak against it afterwards.
            (self.news)(FeedNews::Status(instrument, phase));
            let special = phase.map(|phase| PhaseChange { phase, until: None });
            let Some(change) = special.or_else(|| (self.calendar)(instrument, now)) else { continue };
            let body = MarketBody::Phase(change);
            self.intake.out.push(MarketEvent { instrument, venue_time: now, received_at: now, body });
        }
    }
}
