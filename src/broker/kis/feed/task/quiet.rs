//! Asking for books whose streams say nothing, and what follows when a stream turns out to be mute.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::super::poll::{Subject, Why};
use super::super::protocol::{Command, locked};
use super::super::turns::{Urgency, Waiting};
use super::Task;
use crate::broker::api::Channel;
use crate::broker::kis::budget::Need;
use crate::market::{Calendar, InstrumentId, Phase, UtcTime, Venue};

/// The socket is opened anew because of a mute stream no sooner than this after the last time, and after twice as long each
/// time: where an answer of the broker always differs a little from its stream, that must not go on all day.
const ANEW: (Duration, Duration) = (Duration::from_secs(10 * 60), Duration::from_secs(24 * 60 * 60));

/// Streams that bring nothing.
#[derive(Default)]
pub(super) struct Mute {
    /// Frames each had brought when it was found out; until another comes it is polled.
    streams: BTreeMap<InstrumentId, u64>,
    /// When the socket was last opened anew for one, and how long that lasts.
    anew: Option<(UtcTime, Duration)>,
}

impl Mute {
    /// Everything about it that is to be polled.
    pub(super) fn subjects(&self) -> impl Iterator<Item = Subject> + '_ {
        let each = |instrument: &InstrumentId| [(*instrument, Channel::Trades), (*instrument, Channel::Book)];
        self.streams.keys().flat_map(each)
    }
}

impl Task {
    /// Whether a book could be quiet.
    pub(super) fn may_be_quiet(&self) -> bool {
        self.is_live && !self.is_down && self.intake.wants_any_book()
    }

    /// How urgently an instrument is needed.
    pub(super) fn urgency(&self, instrument: InstrumentId) -> Urgency {
        urgency(&self.needs, &self.selected, instrument)
    }

    /// Books that are quiet although they have a stream. Of a closed market everybody knows that nothing changes.
    pub(super) fn quiet(&self, now: UtcTime) -> Vec<Waiting> {
        if !self.may_be_quiet() {
            return Vec::new();
        }
        let registrar = locked(&self.registrar);
        let mut closed: BTreeMap<Venue, bool> = BTreeMap::new();
        let mut quiet = Vec::new();
        let patience = |instrument| self.urgency(instrument).patience();
        for (instrument, waited, is_suspicious) in self.intake.quiet(now, patience) {
            let venue = instrument.venue;
            let streams = registrar.streams(instrument, Channel::Book) && !self.mute.streams.contains_key(&instrument);
            if streams && !*closed.entry(venue).or_insert_with(|| is_closed(venue, now)) {
                let (subject, urgency) = ((instrument, Channel::Book), self.urgency(instrument));
                quiet.push(Waiting { subject, why: Why::Quiet, is_suspicious, waited, urgency });
            }
        }
        quiet
    }

    /// The stream of a book brings nothing. What is wrong with one may be wrong with all: they begin anew. Where that was
    /// tried just now it is polled.
    pub(super) fn is_mute(&mut self, instrument: InstrumentId, now: UtcTime) {
        let is_due = self.mute.anew.is_none_or(|(at, lasts)| now.since(at) >= lasts || at > now);
        if is_due {
            tracing::warn!(%instrument, "the live data of KIS is mute: it is connected anew");
            // Without room for it the next answer asks again.
            if self.socket.command(Command::Mute).is_ok() {
                let (shortest, longest) = ANEW;
                let lasts = self.mute.anew.map_or(shortest, |(_, lasts)| (lasts * 2).min(longest));
                self.mute.anew = Some((now, lasts));
                self.intake.all_stale(now);
            }
            return;
        }
        tracing::warn!(%instrument, "the stream of a book is mute: it is asked for instead");
        if let Some(frames) = self.intake.frames((instrument, Channel::Book)) {
            self.mute.streams.insert(instrument, frames);
            self.refresh();
        }
    }

    /// Streams that have brought something again, or that nobody wants any more, are not polled.
    pub(super) fn hear_mute(&mut self) {
        let before = self.mute.streams.len();
        let intake = &self.intake;
        self.mute.streams.retain(|instrument, frames| {
            intake.wants_book(*instrument) && intake.frames((*instrument, Channel::Book)) == Some(*frames)
        });
        if self.mute.streams.len() != before {
            self.refresh();
        }
    }
}

/// How urgently an instrument is needed: for an order or a holding, else because it is selected.
pub(super) fn urgency(
    needs: &BTreeMap<InstrumentId, Need>,
    selected: &BTreeSet<InstrumentId>,
    instrument: InstrumentId,
) -> Urgency {
    let is_selected = selected.contains(&instrument);
    let need = needs.get(&instrument).copied().unwrap_or(Need::Visible);
    Urgency { need: if is_selected { need.min(Need::Selected) } else { need }, is_selected }
}

fn is_closed(venue: Venue, now: UtcTime) -> bool {
    Calendar::builtin().is_ok_and(|calendar| calendar.phase_at(venue, now).phase == Phase::Closed)
}
