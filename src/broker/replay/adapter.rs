//! A recorded market as a [`Broker`].
//!
//! Everything happens at its own time on one line: recorded events, orders that arrive at the venue, answers on their way
//! back. How often the desk looks does not change what it sees.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use rust_decimal::Decimal;

use super::capture::{Capture, CaptureError};
use super::feed::Feed;
use super::listing::instrument;
use super::tape::{Beat, Tape};
use crate::broker::api::{
    Broker, BrokerError, BrokerEvent, BrokerRequest, Capabilities, Channel, Connection, ModifySupport,
    ProductCapability, ReportDelivery, RequestId, World,
};
use crate::broker::paper::counter::{NATIVE_KINDS, is_wanted};
use crate::broker::paper::{Change, PaperAccount, PaperConfig, PaperEvent, PaperMatcher, Trim};
use crate::market::candle::Interval;
use crate::market::gather::Gather;
use crate::market::{Instrument, MarketBody, MarketEvent, Phase, PhaseChange, Product, Quantity, UtcTime};
use crate::order::{OrderId, TimeInForce};

/// Most events one call of `poll` gives.
const EVENTS: usize = 512;
/// Most steps on the line of time one call of `poll` takes; many of them tell nobody anything.
const STEPS: usize = 2_048;
/// Shortest time to the next poll, so that a busy recording is read in handfuls.
const BREATH: Duration = Duration::from_millis(1);
/// When the clock jumps ahead by more than this (the machine slept), the recording has stood still meanwhile.
const LONGEST_CATCH_UP: Duration = Duration::from_secs(60);

/// How a recording is played.
#[derive(Debug, Clone, Copy)]
pub struct ReplaySpeed {
    /// Recorded seconds a second.
    pub speed: Decimal,
    /// Whether it begins again at its end.
    pub repeat: bool,
}

/// Why a recording cannot be played.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// It cannot be read.
    #[error(transparent)]
    Capture(#[from] CaptureError),
    /// There is nothing in it.
    #[error("the capture has no events")]
    Empty,
    /// It is of something that cannot be traded here.
    #[error("{0}")]
    Instrument(String),
}

/// A connection to a recorded market, with virtual orders. It remembers nothing of earlier connections.
///
/// Orders take as long to the venue and back at every speed: the desk's clock times them, recorded seconds only pass
/// faster. So do the times of order reports and fills come from the desk's clock; those of the market are as recorded,
/// moved on by whole rounds when it is played again.
#[derive(Debug)]
pub struct ReplayBroker {
    pub(super) instrument: Instrument,
    pub(super) config: PaperConfig,
    pub(super) matcher: PaperMatcher,
    pub(super) account: PaperAccount,
    pub(super) feed: Feed,
    pub(super) channels: BTreeSet<Channel>,
    pub(super) outbox: VecDeque<BrokerEvent>,
    pub(super) later: VecDeque<(UtcTime, RequestId, Later)>,
    capabilities: Capabilities,
    tape: Tape,
    inbox: VecDeque<(UtcTime, BrokerRequest)>,
    /// Up to where everything has been done; `None` before the first poll.
    clock: Option<UtcTime>,
    stage: Stage,
}

/// Something that is said when it has come back from the venue.
#[derive(Debug)]
pub(super) enum Later {
    /// An answer that is known already.
    Say(BrokerError),
    /// A question, answered with what is known then.
    Ask(crate::broker::api::RequestBody),
}

#[derive(Debug)]
enum Stage {
    Playing,
    /// The recording could not be read on.
    Broken(String),
    Closed,
}

/// What is due next.
enum Due {
    Feed,
    Matcher,
    Later,
    Request,
}

impl ReplayBroker {
    /// A broker for a capture, connected at `now`. The recording starts with the first poll.
    ///
    /// # Errors
    /// It has no event that can be read, or is of an instrument that cannot be traded here.
    pub fn new(
        capture: Capture<'static>,
        speed: ReplaySpeed,
        config: PaperConfig,
        now: UtcTime,
    ) -> Result<Self, ReplayError> {
        let instrument = instrument(capture.header()).map_err(ReplayError::Instrument)?;
        let tape = Tape::new(capture, speed.speed, speed.repeat)
            .map_err(|error| error.map_or(ReplayError::Empty, ReplayError::Capture))?;
        Ok(Self {
            matcher: PaperMatcher::new(&instrument, config),
            account: PaperAccount::new(now),
            feed: Feed::new(&instrument),
            instrument,
            config,
            channels: BTreeSet::new(),
            outbox: VecDeque::from([BrokerEvent::Connection(Connection::Up)]),
            later: VecDeque::new(),
            capabilities: capabilities(),
            tape,
            inbox: VecDeque::new(),
            clock: None,
            stage: Stage::Playing,
        })
    }

    /// Does everything that is due until `now`, in its order, stopping when enough has gathered. Says whether all of it
    /// is done.
    fn work(&mut self, now: UtcTime) -> bool {
        let Some(clock) = self.clock else {
            self.clock = Some(now);
            self.tape.start(now);
            return self.work(now);
        };
        let gap = now.since(clock);
        if gap > LONGEST_CATCH_UP {
            self.tape.pause(gap);
            self.clock = Some(now);
        }
        for _ in 0..STEPS {
            if self.outbox.len() >= EVENTS {
                return false;
            }
            let Some((at, due)) = self.next().filter(|(at, _)| *at <= now) else {
                self.clock = self.clock.max(Some(now));
                return true;
            };
            self.clock = self.clock.max(Some(at));
            match due {
                Due::Feed => self.play(at),
                Due::Matcher => {
                    let told = self.matcher.poll(at);
                    self.hear(at, &told);
                }
                Due::Later => self.say_later(at),
                Due::Request => {
                    if let Some((_, request)) = self.inbox.pop_front() {
                        self.carry_out(at, request);
                    }
                }
            }
        }
        false
    }

    /// The next thing to happen, and when. What the market says goes before what is asked in the same instant.
    fn next(&self) -> Option<(UtcTime, Due)> {
        let feed = self.tape.due().filter(|_| matches!(self.stage, Stage::Playing));
        let dues = [
            (feed, Due::Feed),
            (self.matcher.next_wake(), Due::Matcher),
            (self.later.front().map(|(at, ..)| *at), Due::Later),
            (self.inbox.front().map(|(at, _)| *at), Due::Request),
        ];
        dues.into_iter().filter_map(|(at, due)| Some((at?, due))).min_by_key(|(at, _)| *at)
    }

    fn play(&mut self, at: UtcTime) {
        let mut events = Vec::new();
        match self.tape.take() {
            Some(Beat::Event(event)) => self.feed.take(event, &mut events),
            Some(Beat::Again) => self.feed.begin_again(at, &mut events),
            Some(Beat::Over) => self.feed.end(at, &mut events),
            Some(Beat::Damaged(error)) => return self.break_off(at, &error),
            None => return,
        }
        for event in events {
            let over = matches!(event.body, MarketBody::Phase(PhaseChange { phase: Phase::Closed, .. }));
            self.show(&event, at);
            if over {
                self.matcher.end_day(at);
                let text = "the recording has been played to its end: the market is closed; \
                            `loop = true` in the profile's replay table plays it again and again";
                self.outbox.push_back(BrokerEvent::Notice(text.to_owned()));
            }
        }
    }

    /// Shows the market to the desk, if it asked for that, then to the matcher.
    fn show(&mut self, event: &MarketEvent, at: UtcTime) {
        if is_wanted(&self.channels, &event.body) {
            self.outbox.push_back(BrokerEvent::Market(event.clone()));
        }
        let told = self.matcher.on_market(event, at);
        self.hear(at, &told);
    }

    /// Passes on what the venue told, and keeps reduce-only orders within what they reduce.
    fn hear(&mut self, at: UtcTime, told: &[PaperEvent]) {
        if told.is_empty() {
            return;
        }
        let matcher = &self.matcher;
        self.account.hear(told, &|order| matcher.queue_ahead(order), &mut self.outbox);
        for trim in self.account.trim() {
            match trim {
                Trim::Cancel(order) => self.matcher.cancel(at, order),
                Trim::Shrink(order, price, quantity) => self.matcher.replace(at, order, price, quantity),
            }
        }
    }

    /// Sends the end of an order to the matcher.
    ///
    /// # Errors
    /// There is no such order, or it is over.
    pub(super) fn cancel(
        &mut self,
        at: UtcTime,
        order: crate::order::OrderId,
        change: Change,
    ) -> Result<(), BrokerError> {
        self.account.change(order, change)?;
        self.matcher.cancel(at, order);
        Ok(())
    }

    /// From sending something to its answer.
    pub(super) fn round_trip(&self) -> Duration {
        self.config.order_latency + self.config.response_latency
    }

    /// The recording cannot be read on. What has happened is told; what was still to happen never will.
    fn break_off(&mut self, at: UtcTime, error: &CaptureError) {
        for body in [MarketBody::Stale, MarketBody::Phase(PhaseChange { phase: Phase::Closed, until: None })] {
            let event = self.feed.event(at, body);
            self.show(&event, at);
        }
        let told = self.matcher.poll(at.plus(self.round_trip()));
        self.hear(at, &told);
        let reason = format!("the recording is broken off: {error}");
        self.account.end_all(at, &reason, &mut self.outbox);
        let waiting = self.later.drain(..).map(|(_, id, _)| id).chain(self.inbox.drain(..).map(|(_, r)| r.id));
        let answers = waiting.map(|id| BrokerEvent::Answer { id, outcome: Err(BrokerError::NotSent(reason.clone())) });
        self.outbox.extend(answers);
        let reason = format!("{reason}; copy or convert it again, then start the desk anew");
        self.outbox.push_back(BrokerEvent::Connection(Connection::Down { reason: reason.clone(), retry_at: None }));
        self.stage = Stage::Broken(reason);
    }
}

impl Broker for ReplayBroker {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn request(&mut self, now: UtcTime, request: BrokerRequest) {
        let reason = match &self.stage {
            Stage::Playing => {
                // The line of time has no place in what is done already.
                let at = self.clock.map_or(now, |clock| clock.max(now));
                let at = self.inbox.back().map_or(at, |(last, _)| at.max(*last));
                self.inbox.push_back((at, request));
                return;
            }
            Stage::Broken(reason) => reason.clone(),
            Stage::Closed => "the connection is closed".to_owned(),
        };
        let outcome = Err(BrokerError::NotSent(reason));
        self.outbox.push_back(BrokerEvent::Answer { id: request.id, outcome });
    }

    fn poll(&mut self, now: UtcTime, out: &mut Vec<BrokerEvent>) -> Option<UtcTime> {
        let playing = matches!(self.stage, Stage::Playing);
        let done = !playing || (self.outbox.len() < EVENTS && self.work(now));
        let count = self.outbox.len().min(EVENTS);
        out.extend(self.outbox.drain(..count));
        if !done || !self.outbox.is_empty() {
            return Some(now);
        }
        if !matches!(self.stage, Stage::Playing) {
            return None;
        }
        self.next().map(|(at, _)| at.max(now.plus(BREATH)))
    }

    fn queue_ahead(&self, order: OrderId) -> Option<Quantity> {
        self.matcher.queue_ahead(order)
    }

    fn close(&mut self) {
        self.stage = Stage::Closed;
        self.inbox.clear();
        self.later.clear();
        self.outbox.clear();
    }
}

pub(super) fn capabilities() -> Capabilities {
    let product = |product: Product| ProductCapability {
        product,
        native_kinds: NATIVE_KINDS.into_iter().into_set(),
        times_in_force: TimeInForce::ALL.into_iter().filter(|time| *time != TimeInForce::Reserved).into_set(),
        reduce_only: product.is_margined(),
    };
    Capabilities {
        broker: "replay",
        worlds: &[World::Virtual],
        products: [Product::CryptoPerpetual, Product::CryptoSpot].map(product).into(),
        modify: ModifySupport::InPlace,
        client_order_ids: true,
        cancel_all: true,
        reports: ReportDelivery::Stream,
        streams: [Channel::Trades, Channel::Book, Channel::Quote].into_iter().into_set(),
        registrations_max: None,
        virtual_cash: true,
        hedge_mode: false,
        leverage: true,
        // A question never overtakes an order, and nothing outlives the process: "not there" is certain at once.
        request_lifetime: Duration::ZERO,
        candle_intervals: Interval::ALL.into(),
        rankings: false,
        facts: false,
        lacks: Vec::new(),
        routes: &[],
        routes_lack: None,
        lacking_kinds: Vec::new(),
        lacking_times: Vec::new(),
    }
}
