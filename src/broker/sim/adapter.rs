//! The simulated exchange as a [`Broker`].

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::config::SimConfig;
use super::exchange::SimExchange;
use super::faults::{Fault, FaultPlan};
use super::journal::{Journal, JournalError, MemoryJournal};
use super::random::{Random, stream};
use crate::broker::api::{
    Broker, BrokerError, BrokerEvent, BrokerRequest, Capabilities, Channel, Connection, ModifySupport,
    ProductCapability, ReportDelivery, RequestId, World,
};
use crate::market::candle::Interval;
use crate::market::gather::Gather;
use crate::market::{Board, Product, Quantity, UtcTime};
use crate::order::{KindName, OrderId, TimeInForce};

/// Most events one call of `poll` gives.
const EVENTS: usize = 512;
/// Exchange time worked off at a stretch before the queue is looked at again.
const SLICE: Duration = Duration::from_millis(200);
/// Longest time between two polls, so that books and prints come in steadily.
const HEARTBEAT: Duration = Duration::from_millis(25);

/// How the exchange is run and reached.
#[derive(Debug)]
pub struct SimSettings {
    /// The exchange itself.
    pub exchange: SimConfig,
    /// What everything random comes from.
    pub seed: u64,
    /// Least time from a request to its effect.
    pub latency: Duration,
    /// At most this much is added to it, at random.
    pub jitter: Duration,
    /// Exchange seconds in a second. With anything but 1 the venue's times run ahead of the clock, or behind it.
    pub speed: f64,
    /// When the clock jumps ahead by more than this (the machine slept), the exchange was closed meanwhile instead of
    /// living through all of it at once.
    pub longest_catch_up: Duration,
    /// Where it remembers; in memory when absent.
    pub journal: Option<Journal>,
    /// What goes wrong.
    pub faults: FaultPlan,
}

impl Default for SimSettings {
    fn default() -> Self {
        Self {
            exchange: SimConfig::default(),
            seed: 1,
            latency: Duration::from_millis(2),
            jitter: Duration::from_millis(3),
            speed: 1.0,
            longest_catch_up: Duration::from_secs(300),
            journal: None,
            faults: FaultPlan::default(),
        }
    }
}

/// A connection to a simulated exchange of its own.
#[derive(Debug)]
pub struct SimBroker {
    exchange: SimExchange,
    capabilities: Capabilities,
    random: Random,
    latency: Duration,
    jitter: Duration,
    speed: f64,
    longest_catch_up: Duration,
    faults: FaultPlan,
    /// The clock and the exchange's time at the last poll: the one moves the other.
    clock: UtcTime,
    inbox: VecDeque<(UtcTime, BrokerRequest)>,
    outbox: VecDeque<BrokerEvent>,
    held: BTreeMap<(UtcTime, u64), BrokerEvent>,
    held_count: u64,
    struck: BTreeMap<RequestId, Vec<Fault>>,
    down_until: Option<UtcTime>,
    stalled_until: Option<UtcTime>,
    closed: bool,
}

impl SimBroker {
    /// Opens the exchange, and the connection to it, at `now`.
    ///
    /// # Errors
    /// When the journal cannot be read or written.
    pub fn new(settings: SimSettings, now: UtcTime) -> Result<Self, JournalError> {
        let SimSettings { exchange, seed, latency, jitter, speed, longest_catch_up, journal, faults } = settings;
        let journal = journal.unwrap_or_else(|| Journal::memory(MemoryJournal::default()));
        let exchange = SimExchange::restore(exchange, seed, now, journal)?;
        Ok(Self {
            exchange,
            capabilities: capabilities(),
            random: Random::new(stream(seed, "connection")),
            latency,
            jitter,
            speed: speed.max(0.0),
            longest_catch_up,
            faults,
            clock: now,
            inbox: VecDeque::new(),
            outbox: VecDeque::from([BrokerEvent::Connection(Connection::Up)]),
            held: BTreeMap::new(),
            held_count: 0,
            struck: BTreeMap::new(),
            down_until: None,
            stalled_until: None,
            closed: false,
        })
    }

    /// How often an order id came a second time.
    #[must_use]
    pub const fn duplicates_seen(&self) -> u64 {
        self.exchange.duplicates_seen()
    }

    /// The exchange behind the connection.
    #[must_use]
    pub const fn exchange(&self) -> &SimExchange {
        &self.exchange
    }

    /// Exchange time that `span` on the clock is.
    fn scaled(&self, span: Duration) -> Duration {
        if self.speed == 1.0 { span } else { span.mul_f64(self.speed.min(1e6)) }
    }

    /// Carries the exchange from the last poll to `now`, stopping when enough has gathered. Says whether it got there.
    fn work(&mut self, now: UtcTime) -> bool {
        if now.since(self.clock) > self.longest_catch_up {
            let gap = self.scaled(now.since(self.clock));
            self.exchange.pause(gap);
            self.clock = now;
        }
        let mut events = Vec::new();
        loop {
            let due = self.inbox.front().map(|(due, _)| *due).filter(|due| *due <= now);
            let step = self.clock.plus(SLICE).min(due.unwrap_or(now)).max(self.clock).min(now.max(self.clock));
            let until = self.exchange.now().plus(self.scaled(step.since(self.clock)));
            self.clock = step;
            self.exchange.advance(until, &mut events);
            self.deliver(&mut events);
            if due.is_some_and(|due| due <= step)
                && let Some((_, request)) = self.inbox.pop_front()
            {
                self.carry_out(request, &mut events);
            } else if step >= now {
                return true;
            }
            if self.outbox.len() >= EVENTS {
                return false;
            }
        }
    }

    fn carry_out(&mut self, request: BrokerRequest, events: &mut Vec<BrokerEvent>) {
        let id = request.id;
        let faults = self.struck.remove(&id).unwrap_or_default();
        if faults.contains(&Fault::RequestLost) {
            return;
        }
        self.exchange.request(request, events);
        let mut delay = Duration::ZERO;
        for fault in &faults {
            match fault {
                Fault::AnswerLost => events.retain(|event| !matches!(event, BrokerEvent::Answer { .. })),
                Fault::AnswerDelayed(by) => delay = delay.max(*by),
                Fault::Disconnect(span) => self.disconnect(*span),
                Fault::Stall(span) => {
                    self.stalled_until = Some(self.clock.plus(*span));
                }
                Fault::RequestLost | Fault::Repeat | Fault::Reorder => {}
            }
        }
        if !delay.is_zero() && self.down_until.is_none() {
            let at = self.clock.plus(delay);
            let (answers, rest): (Vec<_>, Vec<_>) =
                events.drain(..).partition(|event| matches!(event, BrokerEvent::Answer { .. }));
            *events = rest;
            answers.into_iter().for_each(|answer| self.hold(at, answer));
        }
        self.deliver(events);
    }

    fn disconnect(&mut self, span: Duration) {
        let retry_at = self.clock.plus(span);
        self.down_until = Some(retry_at);
        // What was on its way is lost with the connection.
        self.held.clear();
        let reason = "the connection to the exchange broke".to_owned();
        self.outbox.push_back(BrokerEvent::Connection(Connection::Down { reason, retry_at: Some(retry_at) }));
    }

    fn hold(&mut self, at: UtcTime, event: BrokerEvent) {
        self.held_count += 1;
        self.held.insert((at, self.held_count), event);
    }

    /// Passes events on towards the desk, through what goes wrong.
    fn deliver(&mut self, events: &mut Vec<BrokerEvent>) {
        self.reconnect();
        let clock = self.clock;
        if self.down_until.is_some() {
            events.clear();
            return;
        }
        let stalled = self.stalled_until.is_some_and(|until| clock < until);
        for mut event in events.drain(..) {
            if let BrokerEvent::Market(market) = &mut event {
                if stalled {
                    continue;
                }
                market.received_at = clock;
            }
            if matches!(event, BrokerEvent::Order(_) | BrokerEvent::Fill(_)) {
                if self.faults.repeats(clock) {
                    self.hold(clock.plus(Duration::from_millis(20)), event.clone());
                }
                let late = self.faults.lateness(clock);
                if !late.is_zero() {
                    self.hold(clock.plus(late), event);
                    continue;
                }
            }
            self.outbox.push_back(event);
        }
        while let Some(entry) = self.held.first_entry().filter(|entry| entry.key().0 <= clock) {
            self.outbox.push_back(entry.remove());
        }
    }

    fn reconnect(&mut self) {
        if self.down_until.is_some_and(|until| self.clock >= until) {
            self.down_until = None;
            self.outbox.push_back(BrokerEvent::Connection(Connection::Up));
            let mut fresh = Vec::new();
            self.exchange.resend(&mut fresh);
            self.outbox.extend(fresh);
        }
    }
}

impl Broker for SimBroker {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn request(&mut self, now: UtcTime, request: BrokerRequest) {
        if self.closed || self.down_until.is_some_and(|until| now < until) {
            let outcome = Err(BrokerError::NotSent("no connection".into()));
            self.outbox.push_back(BrokerEvent::Answer { id: request.id, outcome });
            return;
        }
        let faults = self.faults.strike(now);
        if !faults.is_empty() {
            self.struck.insert(request.id, faults);
        }
        let jitter = Duration::from_nanos(self.random.below(self.jitter.as_nanos() as u64 + 1));
        // One connection: a later request never overtakes an earlier one.
        let due = now.plus(self.latency + jitter);
        let due = self.inbox.back().map_or(due, |(last, _)| due.max(*last));
        self.inbox.push_back((due, request));
    }

    fn poll(&mut self, now: UtcTime, out: &mut Vec<BrokerEvent>) -> Option<UtcTime> {
        let there = self.closed || (self.outbox.len() < EVENTS && self.work(now));
        let count = self.outbox.len().min(EVENTS);
        out.extend(self.outbox.drain(..count));
        if self.closed && self.outbox.is_empty() {
            return None;
        }
        if !there || !self.outbox.is_empty() {
            return Some(now);
        }
        let request = self.inbox.front().map(|(due, _)| *due);
        let held = self.held.first_key_value().map(|((at, _), _)| *at);
        let next = [request, held, self.down_until].into_iter().flatten().min();
        Some(next.unwrap_or(now.plus(HEARTBEAT)).min(now.plus(HEARTBEAT)).max(now))
    }

    fn queue_ahead(&self, order: OrderId) -> Option<Quantity> {
        self.down_until.is_none().then(|| self.exchange.queue_ahead_of(order)).flatten()
    }

    fn close(&mut self) {
        self.closed = true;
        self.inbox.clear();
        self.held.clear();
    }
}

pub(super) fn capabilities() -> Capabilities {
    let products = [Product::KrxStock(Board::Kosdaq), Product::KrxEtf, Product::CryptoPerpetual];
    let product = |product: Product| ProductCapability {
        product,
        native_kinds: [KindName::Limit, KindName::Market, KindName::BestLimit, KindName::PriorityLimit]
            .into_iter()
            .into_set(),
        times_in_force: TimeInForce::ALL.into_iter().filter(|time| *time != TimeInForce::Reserved).into_set(),
        reduce_only: product.is_margined(),
    };
    let intervals = Interval::ALL.into_iter();
    Capabilities {
        broker: "sim",
        worlds: &[World::Virtual],
        products: products.map(product).into(),
        modify: ModifySupport::InPlace,
        client_order_ids: true,
        cancel_all: true,
        reports: ReportDelivery::Stream,
        streams: [Channel::Trades, Channel::Book, Channel::Quote, Channel::Mark].into_iter().into_set(),
        registrations_max: None,
        virtual_cash: true,
        hedge_mode: false,
        leverage: true,
        // What is on its way when this process ends never arrives; while it lives a request is late by a minute at most.
        request_lifetime: Duration::from_secs(1),
        candle_intervals: intervals.filter(|i| i.fixed_seconds().is_none_or(|seconds| seconds >= 60)).collect(),
        rankings: false,
        facts: false,
        lacks: Vec::new(),
        routes: &[],
        routes_lack: None,
        lacking_kinds: Vec::new(),
        lacking_times: Vec::new(),
    }
}
