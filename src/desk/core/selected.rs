//! What people look at closest, as a profile's broker is told: once, and again only when it is something else.

use std::collections::BTreeSet;

use super::{Core, Effects, Link, ProfileIndex, Purpose};
use crate::broker::api::RequestBody;
use crate::market::{InstrumentId, UtcTime};

/// What is selected in a profile.
#[derive(Debug, Default)]
pub(super) struct Selected {
    now: BTreeSet<InstrumentId>,
    /// What the broker was told last.
    told: BTreeSet<InstrumentId>,
}

impl Core {
    /// Takes what is selected on all screens together.
    pub(super) fn select(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        instruments: BTreeSet<InstrumentId>,
        effects: &mut Effects,
    ) {
        let Some(state) = self.profiles.get_mut(profile) else { return };
        state.selected.now = instruments;
        self.tell_selected(now, profile, effects);
    }

    /// A connection has begun: whether the broker still knows what it was told on the one before is not known.
    pub(super) fn tell_selected_anew(&mut self, now: UtcTime, profile: ProfileIndex, effects: &mut Effects) {
        let Some(state) = self.profiles.get(profile) else { return };
        if !state.selected.now.is_empty() || !state.selected.told.is_empty() {
            self.send_selected(now, profile, effects);
        }
    }

    /// Tells what has changed. A broker that is away is told when it is back.
    fn tell_selected(&mut self, now: UtcTime, profile: ProfileIndex, effects: &mut Effects) {
        let Some(state) = self.profiles.get(profile) else { return };
        if matches!(state.link, Link::Up | Link::Silent) && state.selected.now != state.selected.told {
            self.send_selected(now, profile, effects);
        }
    }

    fn send_selected(&mut self, now: UtcTime, profile: ProfileIndex, effects: &mut Effects) {
        let Some(state) = self.profiles.get_mut(profile) else { return };
        let instruments = state.selected.now.clone();
        state.selected.told.clone_from(&instruments);
        self.send(now, profile, Purpose::Selected, RequestBody::Selected(instruments), effects);
    }
}
