//! The core: a synchronous state machine without I/O, clock or randomness.
//!
//! [`Core::step`] takes one event and the time of it, changes the state, and leaves in [`Effects`] what the shell has to
//! do, in order: first write the batch, and only when it is durable send, answer and publish. Before a request leaves,
//! the shell asks [`Core::may_send`] once more: that is the last gate before the socket.
//!
//! Deliberately absent: files, sockets, threads, clocks, random numbers, any knowledge of a particular broker.

mod account;
mod adopt;
mod alert_flow;
mod alert_watch;
mod alerts;
mod answer;
mod booking;
mod bracket;
mod cash;
mod change;
mod charges;
mod command;
mod compare;
mod connection;
mod equity;
mod funding;
mod held;
mod kill;
mod last_gate;
mod market;
mod markets;
mod profile;
mod reconcile;
mod records;
mod recover;
mod report;
mod reserve;
mod route;
mod selected;
mod submit;
mod takers;
mod unknown;

use std::collections::BTreeMap;
use std::time::Duration;

use rustc_hash::FxHashMap;

use crate::broker::api::{AccountReport, BrokerEvent, BrokerRequest, RequestBody, RequestId};
use crate::config::{RiskLimits, World};
use crate::ledger::{Batch, OrderEvent, RiskEvent, Write};
use crate::market::{Currency, InstrumentId, UtcTime};
use crate::order::fee::FeeSchedule;
use crate::order::{
    ClientOrderId, IdSource, Order, OrderId, Orders, PendingChange, ProfileName, Replacement, Source, TransactionId,
};
use crate::risk::DeskState;

use super::protocol::{EventRecord, Failure, Outcome, Response, Update};

pub use alerts::AlertCommand;
pub use command::CoreCommand;
pub use market::{Dirty, Market};
pub use markets::Markets;
pub use profile::{Link, Profile};
pub use records::{book_record, fill_record, plain_order_record, quote_record, transaction_record};
pub use takers::Takers;

/// Settings of the core that are the same for every profile.
#[derive(Debug, Clone)]
pub struct CoreSettings {
    /// How long an answer may take before the outcome counts as unknown.
    pub answer_timeout: Duration,
    /// How long after an order was made it may still be sent: storage that stalls longer than this refuses it.
    pub send_timeout: Duration,
    /// How often an unknown order is asked about.
    pub unknown_interval: Duration,
    /// How often orders are compared with the broker although the stream looks healthy.
    pub reconcile_interval: Duration,
    /// How long a kill waits for the broker before it reports what is left.
    pub kill_timeout: Duration,
    /// How often equity is written down.
    pub equity_interval: Duration,
    /// Most finished orders kept in memory; older ones are in the ledger.
    pub finished_orders_max: usize,
}

impl Default for CoreSettings {
    fn default() -> Self {
        Self {
            answer_timeout: Duration::from_secs(3),
            send_timeout: Duration::from_secs(2),
            unknown_interval: Duration::from_millis(500),
            reconcile_interval: Duration::from_secs(20),
            kill_timeout: Duration::from_secs(5),
            equity_interval: Duration::from_secs(60),
            finished_orders_max: 5_000,
        }
    }
}

/// What a profile is made from.
#[derive(Debug, Clone)]
pub struct ProfileSetup {
    /// Name in the config.
    pub name: ProfileName,
    /// World.
    pub world: World,
    /// Whether its market is a recorded one.
    pub replay: bool,
    /// Limits.
    pub limits: RiskLimits,
    /// Commission and tax.
    pub fees: FeeSchedule,
    /// Cash a virtual account begins with.
    pub initial_cash: Vec<(Currency, rust_decimal::Decimal)>,
    /// What the broker can do.
    pub capabilities: crate::broker::api::Capabilities,
}

/// Number by which the shell knows who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub u64);

/// Index of a profile in the core.
pub type ProfileIndex = usize;

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// A face asked for something.
    Command {
        /// Who asked.
        token: Token,
        /// For which profile.
        profile: ProfileIndex,
        /// What its orders are marked with.
        source: Source,
        /// What.
        command: CoreCommand,
    },
    /// A broker said something.
    Broker {
        /// Which profile's broker.
        profile: ProfileIndex,
        /// What.
        event: BrokerEvent,
    },
    /// Time passed.
    Tick,
    /// The ledger cannot be written (with the reason), or can be again.
    Storage(Option<String>),
}

/// What the shell has to do after a step.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "most effects are publications: a box for each would only cost")]
pub enum Effect {
    /// Hand a request to a broker, after [`Core::may_send`] agrees.
    Send {
        /// Which profile's broker.
        profile: ProfileIndex,
        /// What.
        request: BrokerRequest,
    },
    /// Answer who asked.
    Reply {
        /// Who.
        token: Token,
        /// With what.
        outcome: Outcome,
    },
    /// Tell every face.
    Publish(Update),
}

/// Effects of a step. Kept and reused by the shell so that a step that changes nothing allocates nothing.
#[derive(Debug, Default)]
pub struct Effects {
    /// Written as one transaction, durable before anything in `actions` happens.
    pub writes: Vec<Write>,
    /// In this order.
    pub actions: Vec<Effect>,
}

impl Effects {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty() && self.actions.is_empty()
    }

    fn reply(&mut self, token: Token, response: Response) {
        self.actions.push(Effect::Reply { token, outcome: Outcome::Ok(Box::new(response)) });
    }

    fn fail(&mut self, token: Token, failure: Failure) {
        self.actions.push(Effect::Reply { token, outcome: Outcome::Failed(Box::new(failure)) });
    }
}

/// What an outstanding request was for.
#[derive(Debug, Clone)]
enum Purpose {
    Place(OrderId),
    Cancel(OrderId),
    Replace(OrderId, Replacement),
    /// With the change that was out when it was asked: what is found then has decided that one and no later one.
    Find(OrderId, Option<PendingChange>),
    OpenOrders,
    Fills,
    Positions,
    Balances,
    Instruments,
    Leverage {
        token: Token,
        instrument: InstrumentId,
        leverage: u32,
    },
    Subscribe(InstrumentId),
    Unsubscribe,
    /// What people look at closest.
    Selected,
    /// What the ledger held, told to a broker that names fills by sums.
    Recovered,
    /// The newest print, of an instrument that was just subscribed.
    LastTrade(InstrumentId),
}

#[derive(Debug, Clone)]
struct Outstanding {
    profile: ProfileIndex,
    purpose: Purpose,
    asked_at: UtcTime,
    deadline: UtcTime,
    /// Whether it has left; until then storage holds it up.
    left: bool,
}

/// The desk's mind.
pub struct Core {
    settings: CoreSettings,
    state: DeskState,
    storage: Option<String>,
    profiles: Vec<Profile>,
    orders: Orders,
    by_client_id: FxHashMap<(ProfileIndex, ClientOrderId), OrderId>,
    finished: std::collections::VecDeque<OrderId>,
    ids: Box<dyn IdSource>,
    requests: BTreeMap<RequestId, Outstanding>,
    /// New and changed orders whose answer is overdue; it is still worth having when it comes.
    overdue: BTreeMap<RequestId, Outstanding>,
    next_request: u64,
    next_transaction: u64,
    last_sequence: u64,
    kill: Option<kill::Kill>,
    alerts: alerts::Alerts,
    last_tick: UtcTime,
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Core").field("state", &self.state).field("orders", &self.orders.len()).finish_non_exhaustive()
    }
}

impl Core {
    /// Changes the state by one event.
    pub fn step(&mut self, now: UtcTime, event: Event, effects: &mut Effects) {
        let written = effects.writes.len();
        match event {
            Event::Broker { profile, event } => self.on_broker(now, profile, event, effects),
            Event::Command { token, profile, source, command } => {
                self.on_command(now, token, profile, source, command, effects);
            }
            Event::Tick => self.on_tick(now, effects),
            Event::Storage(problem) => self.on_storage(now, problem, effects),
        }
        if self.kill.is_some() {
            self.advance_kill(now, effects);
        }
        self.watch_orders(now, written, effects);
    }

    /// Numbers the writes of a step as the next batch of the ledger.
    pub fn batch(&mut self, writes: Vec<Write>) -> Batch {
        self.last_sequence += 1;
        Batch { sequence: self.last_sequence, writes }
    }

    fn on_broker(&mut self, now: UtcTime, profile: ProfileIndex, event: BrokerEvent, effects: &mut Effects) {
        match event {
            BrokerEvent::Market(event) => {
                let market = self.profiles.get(profile).and_then(|state| state.markets.get(&event.instrument));
                let seen = self.alerts.sees(profile, market, &event);
                self.on_market(now, profile, event, effects);
                if let Some(seen) = seen {
                    self.watch_market(now, profile, seen, effects);
                }
            }
            BrokerEvent::Answer { id, outcome } => self.on_answer(now, profile, id, outcome, effects),
            BrokerEvent::Order(report) => self.on_order_report(now, profile, report, effects),
            BrokerEvent::Fill(report) => self.on_fill_report(now, profile, report, effects),
            // Cash and holdings are compared when they were asked for: only then is it known that they are whole.
            BrokerEvent::Account(AccountReport::Leverage { instrument, leverage }) => {
                self.leverage_told(profile, instrument, leverage, effects);
            }
            BrokerEvent::Account(_) => {}
            BrokerEvent::CashFlow(flow) => self.on_cash_flow(now, profile, flow, effects),
            BrokerEvent::Funding(stamp) => self.on_funding(now, profile, &stamp, effects),
            BrokerEvent::Connection(connection) => self.on_connection(now, profile, connection, effects),
            BrokerEvent::Notice(text) => self.publish_event(now, Some(profile), "notice", None, text, effects),
            BrokerEvent::Polled(polled) => self.on_polled(profile, &polled),
        }
    }

    fn on_tick(&mut self, now: UtcTime, effects: &mut Effects) {
        for profile in &mut self.profiles {
            profile.pace.pass(now);
        }
        self.expire_requests(now, effects);
        self.ask_about_unknown(now, effects);
        self.reconcile_on_schedule(now, effects);
        self.watch_feeds(now, effects);
        self.watch_stops(now, effects);
        if now.since(self.last_tick) >= Duration::from_secs(1) || self.last_tick > now {
            self.last_tick = now;
            self.ask_for_data(now, effects);
            self.write_trailing(effects);
            self.book_equity(now, effects);
            self.liquidate(now, effects);
        }
    }

    fn on_storage(&mut self, now: UtcTime, problem: Option<String>, effects: &mut Effects) {
        let text = problem.clone().map_or_else(
            || "the ledger takes writes again".to_owned(),
            |reason| format!("the ledger cannot be written: {reason}; new orders are refused"),
        );
        self.storage = problem;
        self.publish_event(now, None, "storage", None, text, effects);
    }

    /// Puts a request out; its answer must come before the deadline.
    fn send(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        purpose: Purpose,
        body: RequestBody,
        effects: &mut Effects,
    ) -> RequestId {
        self.next_request += 1;
        let id = RequestId(self.next_request);
        // Counted again from the moment it really leaves; until then storage may hold it up.
        let deadline = now.plus(self.settings.answer_timeout + self.settings.send_timeout * 4);
        self.requests.insert(id, Outstanding { profile, purpose, asked_at: now, deadline, left: false });
        effects.actions.push(Effect::Send { profile, request: BrokerRequest { id, body } });
        id
    }

    fn write_order(&self, id: OrderId, effects: &mut Effects) {
        if let Some(order) = self.orders.get(&id) {
            effects.writes.push(Write::Order(Box::new(order.clone())));
        }
    }

    /// Writes an order as it is now, a line of its history, and tells every face.
    fn changed(&mut self, now: UtcTime, id: OrderId, what: &str, detail: Option<String>, effects: &mut Effects) {
        let Some(order) = self.orders.get(&id) else { return };
        effects.writes.push(Write::Order(Box::new(order.clone())));
        effects.writes.push(Write::OrderEvent(OrderEvent { order_id: id, at: now, what: what.into(), detail }));
        effects.actions.push(Effect::Publish(Update::Order(self.order_record(order))));
        if order.state.is_final() {
            self.finished.push_back(id);
            self.forget_old_orders();
        }
    }

    fn forget_old_orders(&mut self) {
        while self.finished.len() > self.settings.finished_orders_max {
            let Some(id) = self.finished.pop_front() else { return };
            if self.orders.get(&id).is_none_or(|order| order.state.is_open()) {
                continue;
            }
            if let Some(order) = self.orders.remove(&id) {
                let index = self.profile_index(&order.profile);
                if let (Some(index), Some(client_id)) = (index, order.client_id) {
                    self.by_client_id.remove(&(index, client_id));
                }
                if let Some(profile) = index.and_then(|i| self.profiles.get_mut(i)) {
                    profile.forget_order(id, order.broker_id.iter().chain(&order.former_broker_ids));
                }
            }
        }
    }

    fn publish_event(
        &self,
        now: UtcTime,
        profile: Option<ProfileIndex>,
        kind: &str,
        order: Option<OrderId>,
        text: String,
        effects: &mut Effects,
    ) {
        debug_assert!(crate::text::event::KINDS.contains(&kind), "{kind} is no kind of event");
        effects.actions.push(Effect::Publish(Update::Event(EventRecord {
            time: now,
            kind: kind.into(),
            profile: profile.and_then(|i| self.profiles.get(i)).map(|p| p.name.clone()),
            order_id: order.map(|id| id.to_string()),
            text,
        })));
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one row")]
    fn risk_event(
        &self,
        now: UtcTime,
        profile: Option<ProfileIndex>,
        rule: String,
        value: String,
        limit: String,
        source: &Source,
        effects: &mut Effects,
    ) {
        effects.writes.push(Write::RiskEvent(RiskEvent {
            at: now,
            profile: profile.and_then(|i| self.profiles.get(i)).map(|p| p.name.clone()),
            rule,
            value,
            limit,
            source: source.to_string(),
        }));
    }

    fn next_transaction_id(&mut self) -> TransactionId {
        self.next_transaction += 1;
        TransactionId(self.next_transaction)
    }

    /// The profile of a name.
    #[must_use]
    pub fn profile_index(&self, name: &ProfileName) -> Option<ProfileIndex> {
        self.profiles.iter().position(|profile| profile.name == *name)
    }

    /// A profile.
    #[must_use]
    pub fn profile(&self, index: ProfileIndex) -> Option<&Profile> {
        self.profiles.get(index)
    }

    /// Every profile, the default first.
    #[must_use]
    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// Orders in memory: open ones and those that ended lately.
    #[must_use]
    pub fn orders(&self) -> &Orders {
        &self.orders
    }

    /// Whether the desk trades.
    #[must_use]
    pub fn state(&self) -> DeskState {
        self.state
    }

    /// Why the ledger cannot be written, while it cannot.
    #[must_use]
    pub fn storage_problem(&self) -> Option<&str> {
        self.storage.as_deref()
    }

    fn order_mut(&mut self, id: OrderId) -> Option<&mut Order> {
        self.orders.get_mut(&id)
    }
}
