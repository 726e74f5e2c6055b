//! The task that owns the socket and turns what comes, by stream and by question, into the desk's events.

mod night;
mod quiet;
mod status;

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::mpsc::{Receiver, UnboundedReceiver, unbounded_channel};
use tokio::time::{Interval, MissedTickBehavior, Sleep, interval, sleep};

use self::quiet::{Mute, urgency};
use super::heard::Found;
use super::intake::{Intake, stale};
use super::poll::{Answered, Asker, Subject, Turn, Why};
use super::protocol::{Command, Line, Told, locked};
use super::registrar::Registrar;
use super::{CalendarPhase, FeedNews, FeedParts, FeedRules, NewsTaker, Shared};
use crate::broker::api::Channel;
use crate::broker::inbox::Outlet;
use crate::broker::kis::budget::{Need, Registration, Wanted};
use crate::broker::kis::environment::Realm;
use crate::broker::kis::map::{bond_market, future_market, overseas_market, stock_market};
use crate::broker::kis::realtime::Stream;
use crate::broker::net::WallClock;
use crate::broker::net::websocket::{Socket, SocketEvent, SocketRules, SocketState};
use crate::market::arrange::Arrange;
use crate::market::gather::Gather;
use crate::market::{InstrumentId, MarketEvent};

/// Frames read before the desk is told.
const BATCH: usize = 256;
/// Events told at once: a frame of the open has up to a thousand.
const EVENTS_MAX: usize = 4_096;
/// How often what has no answer is looked for.
const CLOCK: Duration = Duration::from_secs(15);
/// A change of needs waits this long for the next one: whoever steps through a list changes them many times a second, and
/// the broker blocks whoever registers in a loop.
const NEEDS_SETTLE: Duration = Duration::from_secs(1);
/// An approval key is asked for first, in its turn behind other questions.
const OPENING_TIMEOUT: Duration = Duration::from_secs(30);

/// See the module.
pub(super) struct Task {
    socket: Socket<Line>,
    events: Receiver<SocketEvent>,
    told: UnboundedReceiver<Told>,
    registrar: Arc<Mutex<Registrar>>,
    asker: Asker,
    intake: Intake,
    shared: Arc<Shared>,
    outlet: Outlet,
    news: NewsTaker,
    calendar: CalendarPhase,
    wall_clock: WallClock,
    clock: Interval,
    /// When it is looked which session of derivatives runs.
    sessions: Interval,
    realm: Realm,
    /// Runs while changed needs wait.
    settle: Option<Pin<Box<Sleep>>>,
    wanted: BTreeMap<InstrumentId, BTreeSet<Channel>>,
    needs: BTreeMap<InstrumentId, Need>,
    selected: BTreeSet<InstrumentId>,
    polled: BTreeSet<InstrumentId>,
    mute: Mute,
    is_live: bool,
    /// It was lost, or never came to be: everything is polled.
    is_down: bool,
    has_told_notices: bool,
    /// A command found no room.
    command_due: bool,
    /// Instruments whose book the desk still takes for live because there was no room to tell it otherwise.
    owed: BTreeSet<InstrumentId>,
    lagged: u64,
}

fn socket_rules(rules: &FeedRules) -> SocketRules {
    SocketRules {
        trust: rules.trust.clone(),
        backoff: rules.backoff,
        opening_timeout: OPENING_TIMEOUT,
        frame_silence: rules.frame_silence,
        send_gap: rules.send_gap,
        message_max: crate::broker::kis::realtime::frame::FRAME_MAX,
        events_max: 16_384,
        // An approval key is good for registering for a day: the connection is renewed before it ends.
        lifetime: Duration::from_secs(23 * 60 * 60),
        ..SocketRules::named("kis")
    }
}

impl Task {
    pub(super) fn new(parts: FeedParts, shared: Arc<Shared>) -> Self {
        let FeedParts { environment, rules, wall_clock, jitter, outlet, questions, notices, news, calendar } = parts;
        let registrar = Arc::new(Mutex::new(Registrar::new(environment.realm, notices)));
        let (teller, told) = unbounded_channel();
        let line =
            Line::new(&environment, Arc::clone(&questions), Arc::clone(&registrar), teller, Arc::clone(&wall_clock));
        let (socket, events) = Socket::start(line, socket_rules(&rules), jitter, Arc::clone(&wall_clock));
        let realm = environment.realm;
        let mut sessions = interval(night::LOOK_EVERY);
        sessions.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut clock = interval(CLOCK);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            socket,
            events,
            told,
            registrar,
            asker: Asker::new(questions, rules.poll_every, rules.poll_gap),
            intake: Intake::default(),
            shared,
            outlet,
            news,
            calendar,
            wall_clock,
            clock,
            sessions,
            realm,
            settle: None,
            wanted: BTreeMap::new(),
            needs: BTreeMap::new(),
            selected: BTreeSet::new(),
            polled: BTreeSet::new(),
            mute: Mute::default(),
            is_live: false,
            is_down: false,
            has_told_notices: false,
            command_due: false,
            owed: BTreeSet::new(),
            lagged: 0,
        }
    }

    pub(super) async fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        loop {
            let must_tick = !self.owed.is_empty() || self.may_be_quiet();
            tokio::select! {
                biased;
                () = shared.ended.cancelled() => break,
                () = shared.changed.notified() => self.look_at_wanted(),
                // The socket's end closes this too, and is seen below.
                Some(told) = self.told.recv() => self.hear(told),
                turn = self.asker.turn(must_tick) => self.turn(turn),
                _ = self.sessions.tick() => self.look_at_session(),
                _ = self.clock.tick() => self.command(Command::Clock),
                () = settled(&mut self.settle) => self.replan(),
                event = self.events.recv() => match event {
                    Some(event) => self.socket_event(event),
                    None => {
                        self.state(SocketState::Closed);
                        self.flush();
                        break;
                    }
                },
            }
            self.drain();
            if self.command_due {
                self.command(Command::Wanted);
            }
            self.pump();
            self.tell_statuses();
            self.flush();
        }
        self.socket.close().await;
    }

    /// What has come meanwhile goes along.
    fn drain(&mut self) {
        for _ in 0..BATCH {
            if self.intake.out.len() >= EVENTS_MAX {
                return;
            }
            match self.events.try_recv() {
                Ok(event) => self.socket_event(event),
                Err(_) => return,
            }
        }
    }

    fn look_at_wanted(&mut self) {
        let mut wanted = self.shared.wanted();
        let instruments = wanted.instruments.clone();
        let anew = std::mem::take(&mut wanted.anew);
        let needs = wanted.needs.clone();
        let selected = wanted.selected.clone();
        drop(wanted);
        let needs_differ = needs != self.needs || selected != self.selected;
        (self.needs, self.selected) = (needs, selected);
        for gone in self.intake.watch(&instruments) {
            self.asker.forget(gone);
            self.owed.remove(&gone);
        }
        self.hear_mute();
        for instrument in anew {
            self.begin(instrument);
        }
        let differs = instruments != self.wanted;
        self.wanted = instruments;
        if differs {
            self.replan();
        } else if needs_differ && self.settle.is_none() {
            self.settle = Some(Box::pin(sleep(NEEDS_SETTLE)));
        }
    }

    /// Asks for the day's numbers and the whole book of an instrument; the numbers first, for they say what a price may be. A
    /// book that nobody keeps up is not asked for.
    fn begin(&mut self, instrument: InstrumentId) {
        self.ask((instrument, Channel::Trades), Why::Begin);
        if self.intake.wants_book(instrument) {
            self.ask((instrument, Channel::Book), Why::Begin);
        }
    }

    fn ask(&mut self, subject: Subject, why: Why) {
        if let Some(frames) = self.intake.frames(subject) {
            self.asker.ask(subject, why, frames);
        }
    }

    /// Sends first questions, those of what is needed most before the others.
    fn pump(&mut self) {
        let (needs, selected, intake) = (&self.needs, &self.selected, &self.intake);
        self.asker.pump(|instrument| urgency(needs, selected, instrument), |subject| intake.frames(subject));
    }

    /// Everything wanted, most urgent first.
    fn list(&self) -> Vec<Wanted> {
        let want = |(instrument, channels): (&InstrumentId, &BTreeSet<Channel>)| Wanted {
            instrument: *instrument,
            need: self.urgency(*instrument).need,
            channels: channels.clone(),
        };
        let mut list: Vec<Wanted> = self.wanted.iter().map(want).collect();
        list.arrange_by_key(|want| want.need);
        list
    }

    /// Hands over what is wanted; the answer of it comes as [`Told::Changed`].
    fn replan(&mut self) {
        self.settle = None;
        let list = self.list();
        locked(&self.registrar).want(list);
        self.command(Command::Wanted);
        if self.is_down {
            self.refresh();
        }
    }

    fn command(&mut self, command: Command) {
        let refused = self.socket.command(command).is_err();
        if command == Command::Wanted {
            self.command_due = refused;
        }
    }

    fn hear(&mut self, told: Told) {
        match told {
            Told::Notice(notice, at) => {
                self.intake.counters.notices += 1;
                (self.news)(FeedNews::Notice(notice, at));
            }
            Told::NoticeLost(why) => (self.news)(FeedNews::NoticeLost(why)),
            Told::NoticesRefused(text) => (self.news)(FeedNews::NoticesRefused(text)),
            Told::InUse => (self.news)(FeedNews::InUse),
            Told::Registered(registration) => {
                if let Some(subject) = subject(&registration) {
                    if is_status(registration.stream)
                        && let Some(status) = self.intake.status(subject.0)
                    {
                        status.registered();
                    }
                    self.ask(subject, Why::Gap);
                }
            }
            Told::Changed => self.refresh(),
        }
    }

    /// Looks what is polled now and whether notices live, and tells what has changed.
    fn refresh(&mut self) {
        let registrar = locked(&self.registrar);
        let live = self.is_live && !self.has_told_notices && registrar.has_notices();
        let poll = if self.is_down { None } else { Some(registrar.polled().to_vec()) };
        if !self.is_down {
            self.intake.statuses_ended(|instrument| registrar.has_status(instrument));
        }
        drop(registrar);
        if live {
            self.has_told_notices = true;
            (self.news)(FeedNews::NoticesLive);
        }
        let mut poll = poll.unwrap_or_else(|| {
            let each = |want: Wanted| want.channels.into_iter().map(move |channel| (want.instrument, channel));
            self.list().into_iter().flat_map(each).collect()
        });
        let mute: Vec<Subject> = self.mute.subjects().filter(|subject| !poll.contains(subject)).collect();
        poll.extend(mute);
        // Best prices come with the prints, and it is one question for both.
        let is_double = |(instrument, channel): &Subject| {
            *channel == Channel::Quote && poll.contains(&(*instrument, Channel::Trades))
        };
        let is_wanted = |subject: &Subject| self.intake.frames(*subject).is_some();
        let single = poll.iter().filter(|subject| !is_double(subject) && is_wanted(subject));
        let poll: Vec<Subject> = single.copied().collect();
        for (instrument, _) in poll.iter().filter(|(_, channel)| *channel == Channel::Book) {
            self.intake.book_is_polled(*instrument);
        }
        let polled: BTreeSet<InstrumentId> = poll.iter().map(|(instrument, _)| *instrument).into_set();
        self.asker.set_poll(poll);
        if polled != self.polled {
            self.polled.clone_from(&polled);
            (self.news)(FeedNews::Polled(polled));
        }
    }

    fn turn(&mut self, turn: Turn) {
        match turn {
            Turn::Tick(now) => {
                let wall_now = (self.wall_clock)();
                let quiet = self.quiet(wall_now);
                let (needs, selected, intake) = (&self.needs, &self.selected, &self.intake);
                let urgency = |instrument| urgency(needs, selected, instrument);
                if let Some(asked) = self.asker.look_at_clock(now, &quiet, urgency, |subject| intake.frames(subject)) {
                    self.intake.asked(asked, wall_now);
                }
            }
            Turn::Answered(Answered { question, reply }) => {
                self.asker.settle(&question, reply.as_ref().err());
                match reply {
                    Ok(events) => {
                        let now = (self.wall_clock)();
                        if self.intake.answer(&question, events, now) == Some(Found::Mute) {
                            self.is_mute(question.subject.0, now);
                        }
                    }
                    Err(error) => {
                        let (instrument, channel) = question.subject;
                        tracing::debug!(%error, %instrument, ?channel, "a question about a market has no answer");
                        if self.intake.frames(question.subject).is_none() {
                            self.asker.forget(instrument);
                        }
                    }
                }
            }
        }
    }

    fn socket_event(&mut self, event: SocketEvent) {
        match event {
            SocketEvent::Frame { bytes, received_at, received } => {
                self.intake.frame(&bytes, received_at, received);
                self.hear_mute();
                while let Some(instrument) = self.intake.doubted.pop_first() {
                    self.ask((instrument, Channel::Trades), Why::Begin);
                }
            }
            SocketEvent::Lagged { dropped } => {
                self.lagged += dropped;
                self.begin_anew();
            }
            SocketEvent::State(state) => self.state(state),
        }
    }

    /// Every book begins anew although the connection goes on.
    fn begin_anew(&mut self) {
        self.intake.all_stale((self.wall_clock)());
        for instrument in self.intake.instruments().collect::<Vec<_>>() {
            self.begin(instrument);
        }
    }

    fn state(&mut self, state: SocketState) {
        match &state {
            SocketState::Live => {
                self.is_live = true;
                self.is_down = false;
            }
            SocketState::Connecting => {}
            SocketState::Silent { .. } | SocketState::Reconnecting { .. } | SocketState::Closed => {
                self.has_told_notices = false;
                self.is_down = true;
                self.intake.statuses_lost();
                // What comes back begins anew when it is registered again; until then it is polled.
                if std::mem::take(&mut self.is_live) {
                    self.intake.all_stale((self.wall_clock)());
                }
            }
        }
        (self.news)(FeedNews::Socket(state));
        self.refresh();
    }

    /// Tells the desk what came of everything above. When there is no room the events are gone: every book begins anew, and
    /// that they are stale is told before anything else once there is room.
    fn flush(&mut self) {
        let out = &mut self.intake.out;
        if !self.owed.is_empty() {
            let now = (self.wall_clock)();
            let owed: Vec<MarketEvent> = self.owed.iter().map(|instrument| stale(*instrument, now)).collect();
            out.splice(0..0, owed);
        }
        match self.outlet.tell_market(out) {
            Ok(()) => {
                for instrument in std::mem::take(&mut self.owed) {
                    self.begin(instrument);
                }
            }
            Err(_) => self.owed.extend(self.intake.instruments()),
        }
        self.pump();
        self.intake.counters.drops = self.lagged + self.outlet.dropped();
        self.shared.wanted().counters = self.intake.counters;
    }
}

/// Ends when changed needs have waited long enough; never while none wait. Cancel-safe.
async fn settled(settle: &mut Option<Pin<Box<Sleep>>>) {
    match settle {
        Some(settle) => settle.as_mut().await,
        None => std::future::pending().await,
    }
}

const fn is_status(stream: Stream) -> bool {
    matches!(stream, Stream::KrxStatus | Stream::NxtStatus)
}

/// What a registration of market data is about; of a status the price, whose answer says what stood before it.
fn subject(registration: &Registration) -> Option<Subject> {
    let key = &registration.key;
    Some(match registration.stream {
        Stream::OverseasTrade => (overseas_market::instrument(key)?, Channel::Trades),
        Stream::OverseasBook | Stream::OverseasDelayedBook => (overseas_market::instrument(key)?, Channel::Book),
        Stream::BondTrade => (bond_market::instrument(key)?, Channel::Trades),
        Stream::BondBook => (bond_market::instrument(key)?, Channel::Book),
        Stream::FutureTrade | Stream::OptionTrade | Stream::NightFutureTrade | Stream::NightOptionTrade => {
            (future_market::instrument(key)?, Channel::Trades)
        }
        Stream::FutureBook | Stream::OptionBook | Stream::NightFutureBook | Stream::NightOptionBook => {
            (future_market::instrument(key)?, Channel::Book)
        }
        stream => {
            let instrument = stock_market::instrument(stock_market::venue(stream)?, key)?;
            let is_book = matches!(stream, Stream::KrxBook | Stream::NxtBook);
            (instrument, if is_book { Channel::Book } else { Channel::Trades })
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broker::kis::budget::registration;
    use crate::broker::kis::environment::Realm;
    use crate::market::{Symbol, Venue};

    #[test]
    fn a_registration_leads_back_to_what_it_is_about() {
        let shares = [(Venue::Krx, "005930"), (Venue::Nxt, "005930"), (Venue::Nasdaq, "AAPL"), (Venue::Hkex, "00700")];
        let others =
            [(Venue::KrxFutures, "A01612"), (Venue::KrxFutures, "B01612415"), (Venue::KrxBonds, "KR103502GD31")];
        for (venue, symbol) in shares.into_iter().chain(others) {
            let instrument = InstrumentId { venue, symbol: Symbol::new(symbol).unwrap() };
            for channel in [Channel::Trades, Channel::Book] {
                let registered = registration(Realm::Live, instrument, channel).unwrap();
                assert_eq!(subject(&registered), Some((instrument, channel)));
            }
        }
        let notice = Registration { stream: Stream::StockNotice, key: "myhtsid1".into() };
        assert_eq!(subject(&notice), None);
    }
}
