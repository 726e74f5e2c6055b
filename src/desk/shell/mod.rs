//! The shell: carries out what the core decides, in order, around brokers, ledger, clock and faces.
//!
//! One thread owns the core. It sleeps until something happens, drains what waits (faces and ledger before markets), and
//! never waits for a disk or a screen: the ledger commits on its own thread and says so, faces have bounded queues.

mod border;
pub mod faces;
mod fees;
mod follow;
mod health;
mod history;
mod latency;
mod ledger_end;
mod lock;
pub mod outbox;
mod own;
mod panics;
pub mod performance;
mod publish;
mod queries;
mod realised;
mod requests;
mod selected;
pub mod server;
mod start;
mod state_answers;
mod told;
mod waiting;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use self::faces::{Face, FaceId, Outbound};
use self::history::Histories;
use self::ledger_end::LedgerEnd;
use self::outbox::Outbox;
use self::publish::Publisher;
use self::queries::Reader;
use self::waiting::Waiting;
use super::clock::Clock;
use super::core::{Core, Effect, Effects, Event, ProfileIndex, Token};
use super::protocol::{Failure, FailureKind, Message, Outcome, Request, Response};
use super::wire;
use crate::broker::api::{Broker, BrokerEvent, RequestBody};
use crate::config::Profile as ProfileConfig;
use crate::ledger::{Batch, Ledger, LedgerReader, LedgerReport, NotTaken};
use crate::market::UtcTime;

pub use panics::log_panics;
pub use start::{DeskOptions, StartError, run, run_with};

/// Something that reaches the desk's thread.
#[derive(Debug)]
pub enum Inbound {
    /// A face connected.
    Connected {
        /// Its number.
        face: FaceId,
        /// The way to it.
        outbound: Arc<Outbound>,
    },
    /// A face asks.
    Request {
        /// Which.
        face: FaceId,
        /// What.
        request: Box<Request>,
    },
    /// A face sent JSON that is no request.
    Unreadable {
        /// Which.
        face: FaceId,
        /// Id of the request, where it could be read.
        id: Option<u64>,
        /// What is wrong with it.
        text: String,
    },
    /// A face sent something that is no message; it is cut off.
    Malformed {
        /// Which.
        face: FaceId,
        /// What is wrong.
        text: String,
    },
    /// A face left.
    Gone {
        /// Which.
        face: FaceId,
    },
    /// The process was asked to end.
    Stop,
}

/// How often time-outs and schedules are looked at.
const TICK: Duration = Duration::from_millis(50);
/// Most messages handled in one turn before brokers are looked at again.
const INBOX_TURN_MAX: usize = 256;

/// Who gets a core's reply: a face and the id of its request.
type Asker = (FaceId, u64);

struct Shell {
    core: Core,
    clock: Clock,
    effects: Effects,
    outbox: Outbox,
    ledger: Ledger,
    reports: mpsc::Receiver<LedgerReport>,
    backlog: VecDeque<Batch>,
    brokers: Vec<Option<Box<dyn Broker>>>,
    lapses: Vec<border::Lapses>,
    ledger_end: ledger_end::LedgerEnd,
    configs: Vec<ProfileConfig>,
    unavailable: BTreeMap<String, String>,
    opener: start::BrokerOpener,
    wake: Arc<Notify>,
    inbox: mpsc::Receiver<Inbound>,
    faces: BTreeMap<FaceId, Face>,
    askers: BTreeMap<Token, Asker>,
    next_token: u64,
    waiting: Vec<Waiting>,
    histories: Histories,
    reader: Reader,
    known_orders: LedgerReader,
    publisher: Publisher,
    own: own::Own,
    health: health::Health,
    told: told::Told,
    trading_lock: Option<FaceId>,
    options: DeskOptions,
    started_at: UtcTime,
    tick_at: UtcTime,
    last_face_at: UtcTime,
    events: Vec<BrokerEvent>,
    stop: CancellationToken,
    watch: Vec<String>,
}

impl Shell {
    /// Runs until told to stop, or until nothing is held and nobody is left.
    async fn run(mut self) -> Ledger {
        // Opening a ledger may take longer than a desk stays without a face: only from here on is anybody waited for.
        self.last_face_at = self.clock.now();
        while !self.stop.is_cancelled() {
            let now = self.clock.now();
            self.drain_inbox(now);
            self.mind_ledger_end(now);
            let next = self.poll_brokers(now);
            self.tick(now);
            self.serve_waiting(now);
            self.publish_market(now);
            self.publish_own(now);
            self.write_told(now, false);
            if self.may_end(now) {
                tracing::info!("nobody is left and nothing is held: the desk ends");
                break;
            }
            self.sleep(now, next).await;
        }
        self.close_brokers();
        let now = self.clock.now();
        self.write_told(now, true);
        for face in self.faces.values() {
            face.outbound.close();
        }
        self.stop.cancel();
        self.ledger
    }

    async fn sleep(&mut self, now: UtcTime, next: Option<UtcTime>) {
        let mut until = self.tick_at;
        if let Some(next) = next {
            until = until.min(next);
        }
        if let Some(next) = self.publisher.due_at(now) {
            until = until.min(next);
        }
        let pause = until.since(now);
        tokio::select! {
            biased;
            report = self.reports.recv(), if self.ledger_end == LedgerEnd::No => match report {
                Some(report) => {
                    let now = self.clock.now();
                    self.on_ledger(now, report);
                }
                None => self.note_ledger_end(),
            },
            message = self.inbox.recv() => {
                if let Some(message) = message {
                    let now = self.clock.now();
                    self.on_inbound(now, message);
                }
            }
            () = self.wake.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }

    fn drain_inbox(&mut self, now: UtcTime) {
        loop {
            match self.reports.try_recv() {
                Ok(report) => self.on_ledger(now, report),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    self.note_ledger_end();
                    break;
                }
            }
        }
        self.hand_over();
        for _ in 0..INBOX_TURN_MAX {
            let Ok(message) = self.inbox.try_recv() else { return };
            self.on_inbound(now, message);
        }
    }

    fn on_inbound(&mut self, now: UtcTime, message: Inbound) {
        match message {
            Inbound::Connected { face, outbound } => {
                self.faces.insert(face, Face::new(outbound));
                self.own.touch();
            }
            Inbound::Request { face, request } => self.on_request(now, face, *request),
            Inbound::Unreadable { face, id, text } => {
                let failure = Failure::new(FailureKind::Version, "BAD_REQUEST", format!("not understood: {text}"));
                self.answer((face, id.unwrap_or(0)), Outcome::Failed(Box::new(failure)));
            }
            Inbound::Malformed { face, text } => {
                tracing::warn!(face = face.0, text, "a face sent no message");
                if let Some(face) = self.faces.get(&face) {
                    face.outbound.close();
                }
            }
            Inbound::Gone { face } => self.on_gone(now, face),
            Inbound::Stop => self.stop.cancel(),
        }
    }

    fn on_gone(&mut self, now: UtcTime, face: FaceId) {
        let gone = self.faces.remove(&face);
        self.own.touch();
        self.waiting.retain(|waiting| waiting.asker.0 != face);
        if let Some(gone) = gone {
            self.drop_lock(now, face, &gone.name);
            self.last_face_at = now;
            self.release_all(now, &gone);
        }
    }

    fn on_ledger(&mut self, now: UtcTime, report: LedgerReport) {
        match report {
            LedgerReport::Committed { sequence } => {
                self.outbox.committed(sequence);
                while let Some(effect) = self.outbox.pop() {
                    self.carry_out(now, effect);
                }
            }
            LedgerReport::Stalled { reason } => {
                let reason = reason.to_string();
                tracing::error!(reason, "the ledger cannot be written");
                let (requests, told) = self.outbox.give_up(&reason);
                for (profile, request) in requests {
                    if self.core.outlasts_a_stall(&request) {
                        self.outbox.push(Effect::Send { profile, request });
                        continue;
                    }
                    let mut effects = std::mem::take(&mut self.effects);
                    self.core.abandon(now, &request, &mut effects);
                    self.effects = effects;
                }
                self.flush(now);
                for effect in told {
                    self.carry_out(now, effect);
                }
                self.step(now, Event::Storage(Some(reason)));
            }
            LedgerReport::Resumed => {
                tracing::info!("the ledger can be written again");
                self.outbox.resume();
                self.step(now, Event::Storage(None));
            }
        }
    }

    fn on_broker_event(&mut self, now: UtcTime, profile: ProfileIndex, event: BrokerEvent) {
        let event = match event {
            BrokerEvent::Answer { id, outcome } if Histories::is_own(id) => {
                self.on_history(now, profile, id, outcome);
                return;
            }
            event => event,
        };
        self.count_event(now, profile, &event);
        if let BrokerEvent::Market(market) = &event {
            self.publish_trade(profile, market);
        }
        self.step(now, Event::Broker { profile, event });
    }

    /// One step of the core and the start of what it asks for.
    fn step(&mut self, now: UtcTime, event: Event) {
        let begun = self.begin_of(now, &event);
        let mut effects = std::mem::take(&mut self.effects);
        self.core.step(now, event, &mut effects);
        self.effects = effects;
        self.note_gated(begun);
        self.flush(now);
    }

    /// Hands a step's rows to the ledger and lets its effects go, those that need not wait at once.
    fn flush(&mut self, now: UtcTime) {
        while !self.effects.is_empty() {
            let mut effects = std::mem::take(&mut self.effects);
            if !effects.writes.is_empty() {
                self.told.join(&mut effects.writes);
                let batch = self.core.batch(std::mem::take(&mut effects.writes));
                let sequence = batch.sequence;
                self.outbox.submitted(sequence);
                self.backlog.push_back(batch);
                self.hand_over();
            }
            let actions = std::mem::take(&mut effects.actions);
            for effect in actions {
                if self.outbox.may_pass(&effect) {
                    self.carry_out(now, effect);
                } else {
                    self.outbox.push(effect);
                }
            }
        }
    }

    /// Gives the ledger's thread what it takes. While the disk stands still batches wait here, in order; the core makes
    /// no new orders then, so only what brokers report adds to them.
    fn hand_over(&mut self) {
        if self.ledger_end != LedgerEnd::No {
            return;
        }
        while let Some(batch) = self.backlog.pop_front() {
            match self.ledger.write(batch) {
                Ok(()) => {}
                Err(NotTaken::Full(batch)) => {
                    self.backlog.push_front(batch);
                    return;
                }
                Err(NotTaken::Closed(batch)) => {
                    // What waits for it is never sent.
                    self.backlog.push_front(batch);
                    return self.note_ledger_end();
                }
            }
        }
    }

    fn carry_out(&mut self, now: UtcTime, effect: Effect) {
        match effect {
            Effect::Send { profile, request } => {
                let order = matches!(request.body, RequestBody::Place(_)).then(|| (request.id, self.clock.now()));
                let mut effects = std::mem::take(&mut self.effects);
                let may = self.core.may_send(now, &request, &mut effects);
                self.effects = effects;
                if !may {
                    return self.flush(now);
                }
                if let RequestBody::Place(place) = &request.body {
                    tracing::info!(order = %place.order_id, "sent");
                }
                if self.ask_broker(now, profile, request)
                    && let Some((id, durable)) = order
                {
                    self.note_sent(id, durable);
                }
            }
            Effect::Reply { token, mut outcome } => {
                self.complete_reply(&mut outcome);
                if let Some(asker) = self.askers.remove(&token) {
                    self.answer(asker, outcome);
                }
            }
            Effect::Publish(update) => self.publish(update),
        }
    }

    /// What only the shell knows of what the core answers.
    fn complete_reply(&mut self, outcome: &mut Outcome) {
        self.own.touch();
        let Outcome::Ok(response) = outcome else { return };
        match response.as_mut() {
            Response::Order(record) => self.place(record),
            Response::Orders(records) => records.iter_mut().for_each(|record| self.place(record)),
            _ => {}
        }
    }

    fn answer(&mut self, (face, id): Asker, outcome: Outcome) {
        let Some(face) = self.faces.get(&face) else { return };
        match wire::encode(&Message::Reply { id, outcome }) {
            Ok(bytes) => face.outbound.reply(bytes.into()),
            Err(error) => {
                let failure = Failure::new(FailureKind::Other, "TOO_LARGE", error.to_string());
                let outcome = Outcome::Failed(Box::new(failure));
                if let Ok(bytes) = wire::encode(&Message::Reply { id, outcome }) {
                    face.outbound.reply(bytes.into());
                }
            }
        }
    }

    fn tick(&mut self, now: UtcTime) {
        if now < self.tick_at {
            return;
        }
        self.tick_at = now.plus(TICK);
        self.reopen_brokers(now);
        self.step(now, Event::Tick);
        self.renew_followed(now);
    }

    /// A desk that was started by a face for itself ends shortly after the last one, when it holds nothing.
    fn may_end(&self, now: UtcTime) -> bool {
        let Some(after) = self.options.idle_exit else { return false };
        self.faces.is_empty()
            && now.since(self.last_face_at) >= after
            && self.outbox.in_flight() == 0
            && self.core.holdings().is_empty()
    }
}
