//! What is registered at the server, what is on its way there or back, and what comes next.
//!
//! A registration takes its place from the moment it is asked for until the server says that it is gone, so that the
//! server never holds more than it allows whatever is under way. What is dropped and what is added are the difference of
//! the plan; nothing is asked for twice while its answer may still come.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::notices::Keys;
use crate::broker::api::Channel;
use crate::broker::kis::budget::{self, Limits, Registration, Wanted};
use crate::broker::kis::environment::Realm;
use crate::broker::kis::realtime::Stream;
use crate::broker::kis::realtime::cipher::NoticeKeys;
use crate::broker::kis::realtime::control::{Answer, Change, Verdict};
use crate::broker::kis::request::future::Session;
use crate::market::InstrumentId;
use crate::market::gather::Gather;

/// What a session may register, notices included; one more is refused.
pub(super) const REGISTRATIONS_MAX: usize = 41;

/// Looks of the clock after which a message without an answer is sent again, and the stream counts as silent. Paper takes two
/// messages a second, so that the last of 41 goes out after twenty seconds.
const LOOKS: u8 = 3;
/// Looks of the clock after which it is no longer sent again on this connection.
const LOOKS_MAX: u8 = 9;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Asked for, not answered.
    Asked,
    /// The server has it.
    Held,
    /// Asked to go, not answered: the server may still have it.
    Leaving,
}

#[derive(Debug, Clone, Copy)]
struct Standing {
    place: Place,
    /// Looks of the clock without an answer.
    waited: u8,
}

impl Standing {
    const fn new(place: Place) -> Self {
        Self { place, waited: 0 }
    }
}

/// What came of an answer, beside what [`Registrar::next`] says then.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nothing that anybody has to know.
    Nothing,
    /// The server has it now.
    Registered(Registration),
    /// A registration of notices was refused.
    NoticeRefused,
    /// The approval key is not valid.
    BadApproval,
    /// Another session holds the key; whether this is the first time it is said.
    KeyInUse { is_first: bool },
}

/// See the module.
pub(super) struct Registrar {
    /// Environment, notices, and what the server has refused for good.
    limits: Limits,
    wanted: Vec<Wanted>,
    /// Whatever the server may have.
    server: BTreeMap<Registration, Standing>,
    /// Unanswered messages in the order they were sent: answers to what could not be read name nothing.
    sent: VecDeque<Registration>,
    /// To be tried again when the clock is looked at.
    later: BTreeSet<Registration>,
    /// Notices that the server does not take on this connection.
    declined: BTreeSet<Registration>,
    keys: Keys,
    /// How many registrations the server takes on this connection, as it has shown.
    room: usize,
    poll: Vec<(InstrumentId, Channel)>,
    in_use: bool,
}

impl Registrar {
    pub(super) fn new(realm: Realm, notices: Vec<Registration>) -> Self {
        let session = Session::Day;
        let limits = Limits { realm, session, registrations: REGISTRATIONS_MAX, notices, refused: BTreeSet::new() };
        Self {
            limits,
            wanted: Vec::new(),
            server: BTreeMap::new(),
            sent: VecDeque::new(),
            later: BTreeSet::new(),
            declined: BTreeSet::new(),
            keys: Keys::new(),
            room: REGISTRATIONS_MAX,
            poll: Vec::new(),
            in_use: false,
        }
    }

    /// What is wanted from now on.
    pub(super) fn want(&mut self, wanted: Vec<Wanted>) {
        self.wanted = wanted;
    }

    /// From now on this session of Korean derivatives runs; whether another one did. What it has of its own is registered
    /// with the next plan.
    pub(super) fn turn(&mut self, session: Session) -> bool {
        std::mem::replace(&mut self.limits.session, session) != session
    }

    /// Whether notices of derivatives are wanted, which differ by session.
    pub(super) fn has_sessions(&self) -> bool {
        self.limits.notices.iter().any(|one| one.stream.is_of_night())
    }

    /// A new connection: the server has forgotten everything, and so have the keys of notices.
    pub(super) fn connected(&mut self) {
        self.server.clear();
        self.sent.clear();
        self.later.clear();
        self.declined.clear();
        self.keys.clear();
        self.room = REGISTRATIONS_MAX;
    }

    /// What has no stream now, most urgent first.
    pub(super) fn polled(&self) -> &[(InstrumentId, Channel)] {
        &self.poll
    }

    /// Whether the server has the stream of a channel on this connection.
    pub(super) fn streams(&self, instrument: InstrumentId, channel: Channel) -> bool {
        let stream = budget::registration_in(self.limits.realm, self.limits.session, instrument, channel);
        let standing = stream.and_then(|stream| self.server.get(&stream));
        standing.is_some_and(|standing| standing.place == Place::Held)
    }

    /// Whether the status stream of an instrument is registered, or about to be.
    pub(super) fn has_status(&self, instrument: InstrumentId) -> bool {
        let stream = budget::status(self.limits.realm, instrument);
        let standing = stream.and_then(|stream| self.server.get(&stream));
        standing.is_some_and(|standing| standing.place != Place::Leaving)
    }

    /// Keys of notices on this connection.
    pub(super) const fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Notices of the night are registered at night only: were they refused by day, those of the day would count for
    /// nothing.
    fn is_of_session(&self, notice: &Registration) -> bool {
        self.limits.session == Session::Night || !notice.stream.is_of_night()
    }

    /// Whether every registration of notices was accepted on this connection, with a key.
    pub(super) fn has_notices(&self) -> bool {
        let held = |one| self.server.get(one).is_some_and(|standing| standing.place == Place::Held);
        self.limits
            .notices
            .iter()
            .filter(|one| self.is_of_session(one))
            .all(|one| held(one) && self.keys.contains_key(&one.stream))
    }

    /// What is to be sent now: what goes first, then what has room already, most urgent first.
    pub(super) fn next(&mut self) -> Vec<(Change, Registration)> {
        let mut limits = self.limits.clone();
        limits.registrations = self.room;
        limits.refused.extend(self.later.iter().cloned());
        limits
            .notices
            .retain(|one| self.is_of_session(one) && !self.later.contains(one) && !self.declined.contains(one));
        let staying = |standing: &Standing| standing.place != Place::Leaving;
        let now = self.server.iter().filter(|(_, one)| staying(one)).map(|(one, _)| one.clone()).into_set();
        let plan = budget::plan(&limits, &self.wanted, &now);
        let mut changes = Vec::new();
        for one in plan.drop {
            // What has not been answered yet is dropped when it has been.
            if let Some(standing) = self.server.get_mut(&one).filter(|standing| standing.place == Place::Held) {
                *standing = Standing::new(Place::Leaving);
                changes.push((Change::Unregister, one));
            }
        }
        for one in plan.add {
            if self.server.len() >= self.room {
                break;
            }
            // Still leaving: it comes again when it has gone.
            if !self.server.contains_key(&one) {
                self.server.insert(one.clone(), Standing::new(Place::Asked));
                changes.push((Change::Register, one));
            }
        }
        self.sent.extend(changes.iter().map(|(_, one)| one.clone()));
        self.poll = plan.poll;
        self.poll_unanswered();
        changes
    }

    /// A stream whose registration is not answered may be silent: it is polled until it is.
    fn poll_unanswered(&mut self) {
        if !self.server.values().any(|standing| standing.place == Place::Asked && standing.waited >= LOOKS) {
            return;
        }
        for want in &self.wanted {
            for channel in &want.channels {
                let Limits { realm, session, .. } = self.limits;
                let stream = budget::registration_in(realm, session, want.instrument, *channel);
                let standing = stream.and_then(|stream| self.server.get(&stream));
                let is_late = standing.is_some_and(|one| one.place == Place::Asked && one.waited >= LOOKS);
                if is_late && !self.poll.contains(&(want.instrument, *channel)) {
                    self.poll.push((want.instrument, *channel));
                }
            }
        }
    }

    /// Time has passed: what was put off is tried again, what has no answer is sent again.
    pub(super) fn look_at_clock(&mut self) -> Vec<(Change, Registration)> {
        self.later.clear();
        let mut again = Vec::new();
        for (one, standing) in &mut self.server {
            let change = match standing.place {
                Place::Asked => Change::Register,
                Place::Leaving => Change::Unregister,
                Place::Held => continue,
            };
            standing.waited = standing.waited.saturating_add(1);
            if standing.waited.is_multiple_of(LOOKS) && standing.waited <= LOOKS_MAX {
                again.push((change, one.clone()));
            }
        }
        self.sent.extend(again.iter().map(|(_, one)| one.clone()));
        again.append(&mut self.next());
        again
    }

    /// What an answer of the server means.
    pub(super) fn answered(&mut self, answer: &Answer) -> Outcome {
        match answer.verdict {
            Verdict::BadApproval => return Outcome::BadApproval,
            Verdict::KeyInUse => return Outcome::KeyInUse { is_first: !std::mem::replace(&mut self.in_use, true) },
            _ => {}
        }
        let Some(meant) = self.meant(answer) else { return Outcome::Nothing };
        if let Some(at) = self.sent.iter().position(|sent| *sent == meant) {
            self.sent.remove(at);
        }
        let place = self.server.get(&meant).map(|standing| standing.place);
        match (answer.verdict, place) {
            (Verdict::Registered, Some(Place::Asked)) => self.hold(meant, answer.keys.as_ref()),
            // It was given up, and comes all the same.
            (Verdict::Registered, None) if self.limits.refused.remove(&meant) || self.later.remove(&meant) => {
                self.hold(meant, answer.keys.as_ref())
            }
            (Verdict::Gone, Some(Place::Leaving | Place::Held)) => {
                self.server.remove(&meant);
                Outcome::Nothing
            }
            (Verdict::Full, Some(Place::Asked)) => self.full(meant),
            (Verdict::TryLater, Some(Place::Asked)) => {
                self.server.remove(&meant);
                self.later.insert(meant);
                Outcome::Nothing
            }
            (Verdict::Refused, Some(Place::Asked)) => self.refused(meant),
            // About what is settled already, or about a drop, which is asked for again when the clock is looked at.
            _ => Outcome::Nothing,
        }
    }

    /// Which registration an answer is about: by stream and key; of notices by the stream, for there is one of each; where
    /// the answer names nothing, the oldest that has none.
    fn meant(&self, answer: &Answer) -> Option<Registration> {
        if answer.tr_id.is_empty() {
            return self.sent.front().cloned();
        }
        let stream = Stream::of(answer.tr_id.as_bytes())?;
        if stream.is_notice() {
            return self.limits.notices.iter().find(|one| one.stream == stream).cloned();
        }
        if answer.tr_key.is_empty() {
            return self.sent.iter().find(|one| one.stream == stream).cloned();
        }
        Some(Registration { stream, key: answer.tr_key.as_str().into() })
    }

    fn hold(&mut self, meant: Registration, keys: Option<&NoticeKeys>) -> Outcome {
        self.in_use = false;
        self.server.insert(meant.clone(), Standing::new(Place::Held));
        self.room = self.room.max(self.occupied());
        if !meant.stream.is_notice() {
            return Outcome::Registered(meant);
        }
        match keys {
            Some(keys) => {
                self.keys.insert(meant.stream, keys.clone());
                Outcome::Registered(meant)
            }
            // Without a key its notices cannot be read, which is as good as none.
            None => Outcome::NoticeRefused,
        }
    }

    /// What the server certainly has.
    fn occupied(&self) -> usize {
        self.server.values().filter(|standing| standing.place != Place::Asked).count()
    }

    /// The server has no room for one more: what it has is what it takes.
    fn full(&mut self, meant: Registration) -> Outcome {
        self.server.remove(&meant);
        self.room = self.occupied();
        if meant.stream.is_notice() {
            self.room = self.room.max(self.limits.notices.len());
            self.later.insert(meant);
        }
        Outcome::Nothing
    }

    fn refused(&mut self, meant: Registration) -> Outcome {
        self.server.remove(&meant);
        if meant.stream.is_notice() {
            self.declined.insert(meant);
            return Outcome::NoticeRefused;
        }
        self.limits.refused.insert(meant);
        Outcome::Nothing
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::broker::kis::budget::Need;
    use crate::broker::kis::realtime::control::Control;
    use crate::market::{Symbol, Venue};

    fn wanted(numbers: &BTreeSet<u32>) -> Vec<Wanted> {
        let want = |number: &u32| Wanted {
            instrument: InstrumentId { venue: Venue::Krx, symbol: Symbol::new(&format!("{number:06}")).unwrap() },
            need: if number.is_multiple_of(7) { Need::Held } else { Need::Visible },
            channels: BTreeSet::from([Channel::Trades, Channel::Book]),
        };
        numbers.iter().map(want).collect()
    }

    fn registrar() -> Registrar {
        let notices = vec![Registration { stream: Stream::StockNotice, key: "myhtsid1".into() }];
        let mut registrar = Registrar::new(Realm::Live, notices);
        registrar.connected();
        registrar
    }

    fn answer(id: &str, key: &str, code: &str) -> Answer {
        let output = r#"{"iv":"0123456789abcdef","key":"abcdefghijklmnopabcdefghijklmnop"}"#;
        let text = format!(
            r#"{{"header":{{"tr_id":"{id}","tr_key":"{key}"}},"body":{{"msg_cd":"{code}","output":{output}}}}}"#
        );
        match Control::parse(text.as_bytes()).unwrap() {
            Control::Answer(answer) => answer,
            Control::Ping => panic!("a ping"),
        }
    }

    fn about(one: &Registration, code: &str) -> Answer {
        answer(one.stream.id(Realm::Live.world()).unwrap(), &one.key, code)
    }

    #[test]
    fn the_night_has_streams_and_notices_of_its_own_within_the_same_room() {
        let future = |number: u32| Wanted {
            instrument: format!("KRX_FUTURES:A0{number:04}").parse().unwrap(),
            need: Need::Visible,
            channels: BTreeSet::from([Channel::Trades, Channel::Book]),
        };
        let streams = [Stream::FutureNotice, Stream::NightFutureNotice, Stream::NightOptionNotice];
        let notice = |stream| Registration { stream, key: "myhtsid1".into() };
        let mut registrar = Registrar::new(Realm::Live, streams.map(notice).to_vec());
        registrar.connected();
        registrar.want((1000..1030).map(future).collect());
        let mut server = Server::default();
        let settle = |registrar: &mut Registrar, server: &mut Server| {
            server.hear(registrar.next());
            while let Some(answer) = server.answers.pop_front() {
                registrar.answered(&answer);
                server.hear(registrar.next());
            }
        };
        settle(&mut registrar, &mut server);
        let night = |server: &Server| server.held.iter().filter(|one| one.stream.is_of_night()).count();
        assert_eq!((server.held.len(), night(&server), registrar.has_notices()), (41, 0, true));
        assert!(registrar.turn(Session::Night) && !registrar.turn(Session::Night));
        assert!(!registrar.has_notices());
        settle(&mut registrar, &mut server);
        // All but the day's notices.
        assert_eq!((server.held.len(), night(&server), registrar.has_notices()), (41, 40, true));
        assert!(registrar.turn(Session::Day));
        settle(&mut registrar, &mut server);
        assert_eq!((server.held.len(), night(&server), registrar.has_notices()), (41, 0, true));
    }

    /// A server that takes 41, and its answers that have not arrived yet.
    #[derive(Default)]
    struct Server {
        held: BTreeSet<Registration>,
        answers: VecDeque<Answer>,
    }

    impl Server {
        fn hear(&mut self, changes: Vec<(Change, Registration)>) {
            for (change, one) in changes {
                let code = match change {
                    Change::Register if self.held.contains(&one) => "OPSP0002",
                    Change::Register if self.held.len() >= REGISTRATIONS_MAX => "OPSP0008",
                    Change::Register => "OPSP0000",
                    Change::Unregister if self.held.contains(&one) => "OPSP0001",
                    Change::Unregister => "OPSP0003",
                };
                match change {
                    Change::Register if code == "OPSP0000" => drop(self.held.replace(one.clone())),
                    Change::Unregister => drop(self.held.take(&one)),
                    Change::Register => assert_ne!(code, "OPSP0008", "the server was asked for more than it takes"),
                }
                self.answers.push_back(about(&one, code));
            }
        }
    }

    proptest! {
        /// Whatever changes while answers are under way, and however late the clock repeats messages, the server never
        /// holds more than it takes, and in the end it holds what is planned.
        #[test]
        fn the_server_is_never_asked_for_more_than_it_takes(
            steps in prop::collection::vec((0_u8..4, prop::collection::btree_set(0_u32..40, 0..40)), 1..40),
        ) {
            let (mut registrar, mut server) = (registrar(), Server::default());
            server.hear(registrar.next());
            for (kind, numbers) in steps {
                match kind {
                    0 => {
                        registrar.want(wanted(&numbers));
                        server.hear(registrar.next());
                    }
                    1 => server.hear(registrar.look_at_clock()),
                    _ => {
                        for _ in 0..numbers.len() {
                            let Some(answer) = server.answers.pop_front() else { break };
                            registrar.answered(&answer);
                            server.hear(registrar.next());
                        }
                    }
                }
                prop_assert!(server.held.len() <= REGISTRATIONS_MAX);
            }
            while let Some(answer) = server.answers.pop_front() {
                registrar.answered(&answer);
                server.hear(registrar.next());
            }
            let plan = budget::plan(&registrar.limits, &registrar.wanted, &server.held);
            prop_assert_eq!((plan.add, plan.drop), (vec![], vec![]));
            prop_assert_eq!(&plan.kept, &server.held);
            prop_assert_eq!(registrar.polled(), &plan.poll[..]);
            prop_assert!(registrar.has_notices());
        }
    }

    #[test]
    fn an_answer_that_names_nothing_is_about_the_oldest_question_and_a_later_one_corrects_it() {
        let mut registrar = registrar();
        registrar.want(wanted(&BTreeSet::from([1])));
        let asked: Vec<Registration> = registrar.next().into_iter().map(|(_, one)| one).collect();
        registrar.answered(&about(&asked[0], "OPSP0000"));
        assert_eq!(registrar.answered(&answer("(null)", "", "OPSP8991")), Outcome::Nothing);
        assert!(registrar.next().is_empty() && registrar.polled().len() == 1);
        assert_eq!(registrar.answered(&about(&asked[1], "OPSP0000")), Outcome::Registered(asked[1].clone()));
        assert!(registrar.next().is_empty() && registrar.polled().is_empty());
    }

    #[test]
    fn what_cannot_be_had_now_is_asked_for_again_when_time_has_passed() {
        let mut registrar = registrar();
        let [(_, notice)] = &registrar.next()[..] else { panic!("one notice") };
        registrar.answered(&about(notice, "OPSP0009"));
        assert!(registrar.next().is_empty() && !registrar.has_notices());
        assert_eq!(registrar.look_at_clock().len(), 1);
        registrar.answered(&about(notice, "OPSP0000"));
        assert!(registrar.has_notices());
        registrar.connected();
        assert!(!registrar.has_notices(), "the next connection knows nothing of it");
    }

    #[test]
    fn answers_about_what_was_never_asked_for_change_nothing() {
        let mut registrar = registrar();
        let before = registrar.next().len();
        for code in ["OPSP0000", "OPSP0001", "OPSP0003", "OPSP0007", "OPSP0008", "OPSP0009"] {
            assert_eq!(registrar.answered(&answer("H0STCNT0", "005930", code)), Outcome::Nothing, "{code}");
            assert_eq!(registrar.answered(&answer("NOSUCH00", "005930", code)), Outcome::Nothing, "{code}");
        }
        assert_eq!((before, registrar.next().len(), registrar.server.len()), (1, 0, 1));
    }
}
