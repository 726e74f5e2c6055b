//! What a screen looks at: exactly the instruments it names, and no more data from the broker than somebody needs.

use std::collections::BTreeSet;
use std::time::Duration;

use super::faces::{Face, FaceId, MARKET_TOPICS};
use super::requests::Answered;
use super::{Asker, Shell};
use crate::desk::core::{CoreCommand, Event, Link, ProfileIndex, Token};
use crate::desk::protocol::{Failure, FailureKind, Response, Topic};
use crate::market::gather::Gather;
use crate::market::{InstrumentId, UtcTime};
use crate::order::Source;

/// Most instruments a face may follow of one topic.
const FOLLOWED_MAX: usize = 500;
/// How often data that is missing is asked for again.
const RENEW_EVERY: Duration = Duration::from_secs(1);

impl Shell {
    /// From now on the face hears of these instruments of a market topic and of no others.
    pub(super) fn follow(
        &mut self,
        now: UtcTime,
        asker: Asker,
        profile: ProfileIndex,
        topic: Topic,
        symbols: &[String],
    ) -> Answered {
        let usage = |code: &str, text: String| Err(Box::new(Failure::new(FailureKind::Usage, code, text)));
        if !MARKET_TOPICS.contains(&topic) {
            return usage("BAD_REQUEST", "only quotes, books, trades and candles can be followed".into());
        }
        if symbols.len() > FOLLOWED_MAX {
            return usage("TOO_MANY", format!("at most {FOLLOWED_MAX} instruments can be followed"));
        }
        let mut ids = BTreeSet::new();
        for symbol in symbols {
            ids.insert(self.core.resolve(profile, symbol)?);
        }
        let face = asker.0;
        let before: Vec<InstrumentId> = self.named_by(face, profile);
        if let Some(face) = self.faces.get_mut(&face) {
            face.follow(topic, profile, ids.clone());
        }
        if topic == Topic::Book {
            self.note_selected(now, profile);
        }
        // What is let go first makes room where registrations are few.
        for id in before {
            self.release(now, profile, id);
        }
        for id in ids {
            self.want_data(now, profile, id);
            self.ask_earlier_prints(now, profile, id);
            self.push_present(now, face, topic, profile, id);
        }
        Ok(Response::Done)
    }

    fn named_by(&self, face: FaceId, profile: ProfileIndex) -> Vec<InstrumentId> {
        let named = self.faces.get(&face).into_iter().flat_map(Face::named);
        let ids: BTreeSet<InstrumentId> = named.filter(|(of, _)| *of == profile).map(|(_, id)| id).into_set();
        ids.into_iter().collect()
    }

    /// A face is gone: what only it looked at is let go.
    pub(super) fn release_all(&mut self, now: UtcTime, face: &Face) {
        let named: BTreeSet<(ProfileIndex, InstrumentId)> = face.named().into_set();
        for (profile, id) in named {
            self.release(now, profile, id);
        }
        for profile in 0..self.core.profiles().len() {
            if face.wants_of(Topic::Book, profile) {
                self.note_selected(now, profile);
            }
        }
    }

    /// Asks again for what faces look at and has no data: a connection was lost, or there was no room.
    pub(super) fn renew_followed(&mut self, now: UtcTime) {
        if now.since(self.publisher.renewed_at) < RENEW_EVERY {
            return;
        }
        self.publisher.renewed_at = now;
        let named: BTreeSet<(ProfileIndex, InstrumentId)> = self.faces.values().flat_map(Face::named).into_set();
        for (profile, id) in named {
            if self.core.profile(profile).is_some_and(|state| state.link == Link::Up && state.instruments_known) {
                self.want_data(now, profile, id);
                self.ask_earlier_prints(now, profile, id);
            }
        }
    }

    /// Ends the data of an instrument unless somebody looks at it, waits for it, or has it on the watch list. What is
    /// held, ordered or cheap to have the core keeps in any case.
    fn release(&mut self, now: UtcTime, profile: ProfileIndex, id: InstrumentId) {
        if !self.faces.values().any(|face| face.wants(Topic::Candles, profile, id)) {
            self.publisher.forget_candle(profile, id);
        }
        let looked_at = self.faces.values().any(|face| face.needs(profile, id));
        let watched = self.watch.iter().any(|known| *known == id.to_string());
        // A question that waits may be about it.
        let waited_for = self.waiting.iter().any(|waiting| waiting.profile == profile);
        if looked_at || watched || waited_for {
            return;
        }
        self.next_token += 1;
        let command = CoreCommand::Unsubscribe { symbol: id.to_string() };
        self.step(now, Event::Command { token: Token(self.next_token), profile, source: Source::Desk, command });
    }
}
