//! One history: a desk, its ledger, a broker, somebody who trades, and everything that goes wrong.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::time::Duration;

use hoga::broker::api::{Answer, Broker, BrokerEvent, BrokerRequest, RequestBody, RequestId};
use hoga::broker::sim::{SimBroker, SimConfig, SimSettings};
use hoga::config::{RiskLimits, World as MoneyWorld};
use hoga::desk::core::{Core, CoreCommand, CoreSettings, Effect, Effects, Event, ProfileSetup, Token};
use hoga::desk::ids::GrowingIds;
use hoga::desk::protocol::{OrderSelection, Outcome as Answered};
use hoga::desk::shell::outbox::Outbox;
use hoga::ledger::{Batch, LedgerStore, OrderScope, verify};
use hoga::market::{Currency, UtcTime};
use hoga::order::fee::FeeSchedule;
use hoga::order::{OrderId, OrderState, ProfileName, Source};
use rust_decimal::Decimal;

use crate::link::{Faults, Link};
use crate::random::Random;
use crate::trader;
use crate::witness::Witness;

/// What histories came to.
#[derive(Debug, Default, Clone)]
pub struct Outcome {
    pub histories: u64,
    pub steps: u64,
    pub orders: u64,
    pub fills: u64,
    pub crashes: u64,
    pub unknown: u64,
    pub cuts: u64,
    pub batches: u64,
    pub hash: u64,
}

impl Outcome {
    pub fn add(&mut self, other: &Self) {
        self.histories += other.histories;
        self.steps += other.steps;
        self.orders += other.orders;
        self.fills += other.fills;
        self.crashes += other.crashes;
        self.unknown += other.unknown;
        self.cuts += other.cuts;
        self.batches += other.batches;
        self.hash ^= other.hash.rotate_left(1);
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} histories, {} steps, {} orders at the broker, {} fills, {} crashes, {} times UNKNOWN, {} cuts, {} batches; \
             0 ledger differences, 0 sent twice, 0 fills lost or counted twice, 0 reservations left; hash {:016x}",
            self.histories,
            self.steps,
            self.orders,
            self.fills,
            self.crashes,
            self.unknown,
            self.cuts,
            self.batches,
            self.hash
        )
    }
}

pub struct World {
    pub random: Random,
    pub now: UtcTime,
    pub link: Link,
    pub core: Core,
    /// What left the desk, as somebody on the wire sees it.
    pub witness: Witness,
    /// What was asked and answered since the last crash.
    pub replies: BTreeMap<Token, Answered>,
    /// Effects until the process dies.
    pub crash_in: Option<u64>,
    pub crashed: bool,
    store: LedgerStore,
    effects: Effects,
    outbox: Outbox,
    pending: VecDeque<Batch>,
    number: u64,
    log: DefaultHasher,
    outcome: Outcome,
}

fn setup(broker: &SimBroker) -> ProfileSetup {
    ProfileSetup {
        name: ProfileName::new("sim").unwrap(),
        world: MoneyWorld::Virtual,
        replay: false,
        limits: RiskLimits { max_orders_per_second: None, max_orders_per_minute: None, ..RiskLimits::default() },
        fees: FeeSchedule::default(),
        initial_cash: vec![(Currency::Krw, Decimal::from(100_000_000)), (Currency::Usdt, Decimal::from(100_000))],
        capabilities: broker.capabilities().clone(),
    }
}

impl World {
    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let now = UtcTime::from_millis(1_795_219_200_000 + i64::try_from(random.below(86_400_000)).unwrap());
        let mut exchange = SimConfig::default().only(&trader::SYMBOLS);
        if random.chance(25) {
            // A day that ends in the middle of the history.
            exchange.continuous = Duration::from_secs(5 + random.below(20));
            exchange.closing_auction = Duration::from_secs(2);
            exchange.closed = Duration::from_secs(1);
            exchange.opening_auction = Duration::from_secs(2);
            exchange.random_end = Duration::from_secs(1);
        }
        let settings = SimSettings { exchange, seed, ..SimSettings::default() };
        let broker = SimBroker::new(settings, now).unwrap();
        let mut store = LedgerStore::in_memory().unwrap();
        let mut effects = Effects::default();
        let core = Self::core(&mut store, &broker, now, &mut random, &mut effects);
        let mut link = Link::new(broker);
        let level = random.below(4);
        link.faults = Faults { lose_request: level * 4, lose_event: level * 4, repeat: level * 6, delay: level * 8 };
        Self {
            outbox: Outbox::after(0),
            random,
            now,
            link,
            store,
            core,
            witness: Witness::default(),
            replies: BTreeMap::new(),
            effects,
            pending: VecDeque::new(),
            crash_in: None,
            crashed: false,
            number: 0,
            log: DefaultHasher::new(),
            outcome: Outcome { histories: 1, ..Outcome::default() },
        }
    }

    fn core(
        store: &mut LedgerStore,
        broker: &SimBroker,
        now: UtcTime,
        random: &mut Random,
        effects: &mut Effects,
    ) -> Core {
        let recovered = store.recover(now).unwrap();
        let newest = recovered.orders.iter().map(|order| order.id).max();
        let mut low = Random::new(random.next());
        let ids = GrowingIds::seeded(newest, move || low.next());
        Core::new(CoreSettings::default(), vec![setup(broker)], recovered, Box::new(ids), now, effects)
    }

    /// Connects the desk and lets the market come in.
    pub fn begin(&mut self) {
        self.flush();
        let up = self.link.mend();
        self.event(up);
        self.advance(Duration::from_millis(50));
        self.commit(usize::MAX);
        self.advance(Duration::from_millis(500));
    }

    pub fn run(mut self) -> Outcome {
        self.begin();
        let steps = 120 + self.random.below(240);
        for _ in 0..steps {
            self.outcome.steps += 1;
            self.act();
            if self.crashed {
                self.restart();
            }
        }
        self.settle();
        self.check()
    }

    fn act(&mut self) {
        match self.random.below(100) {
            0..=35 => {
                let by = Duration::from_millis(1 + self.random.below(600));
                self.advance(by);
            }
            36..=68 => {
                let command = trader::command(&self.core, &mut self.random, self.number + 1);
                self.ask(Source::Cli, command);
            }
            69..=94 => {
                let count = usize::try_from(1 + self.random.below(4)).unwrap();
                self.commit(count);
            }
            95 => {
                let event = if self.link.up {
                    self.outcome.cuts += 1;
                    self.link.cut()
                } else {
                    self.link.mend()
                };
                self.event(event);
            }
            96 => self.crash_in = Some(self.random.below(6)),
            97 => self.crashed = self.random.chance(40),
            _ => {
                let event = if self.link.up { return } else { self.link.mend() };
                self.event(event);
            }
        }
    }

    pub fn advance(&mut self, by: Duration) {
        self.now = self.now.plus(by);
        let mut events = Vec::new();
        self.link.poll(self.now, &mut self.random, &mut events);
        for event in events {
            if self.crashed {
                return;
            }
            self.event(event);
        }
        if !self.crashed {
            self.core.step(self.now, Event::Tick, &mut self.effects);
            self.flush();
        }
    }

    fn event(&mut self, event: BrokerEvent) {
        self.core.step(self.now, Event::Broker { profile: 0, event }, &mut self.effects);
        self.flush();
    }

    /// Somebody asks for something; the answer, once there, is in `replies`.
    pub fn ask(&mut self, source: Source, command: CoreCommand) -> Token {
        self.number += 1;
        let token = Token(self.number);
        let event = Event::Command { token, profile: 0, source, command };
        self.core.step(self.now, event, &mut self.effects);
        self.flush();
        token
    }

    /// An order like those of a trader, from a source.
    pub fn shoot(&mut self, source: Source) {
        let order = trader::order(&self.core, &mut self.random, self.number + 1);
        self.ask(source, CoreCommand::Submit(order));
    }

    /// Open orders by the exchange's own word, asked beside the desk.
    pub fn open_at_exchange(&mut self) -> BTreeSet<OrderId> {
        self.link.ask_beside(self.now, RequestBody::OpenOrders);
        for _ in 0..50 {
            self.advance(Duration::from_millis(5));
            match self.link.told_beside.take() {
                Some(Answer::Orders { orders, complete }) => {
                    assert!(complete);
                    return orders.into_iter().filter_map(|report| report.order_id).collect();
                }
                Some(other) => panic!("asked for open orders, told {other:?}"),
                None => {}
            }
        }
        panic!("the exchange does not tell its open orders");
    }

    /// What the shell does after a step; a crash may fall between any two of its effects.
    fn flush(&mut self) {
        while !self.effects.is_empty() && !self.crashed {
            let mut effects = std::mem::take(&mut self.effects);
            if !effects.writes.is_empty() {
                let batch = self.core.batch(std::mem::take(&mut effects.writes));
                format!("{batch:?}").hash(&mut self.log);
                self.outbox.submitted(batch.sequence);
                self.pending.push_back(batch);
                self.outcome.batches += 1;
                self.count_effect();
            }
            for effect in effects.actions {
                if self.crashed {
                    return;
                }
                if self.outbox.may_pass(&effect) { self.carry_out(effect) } else { self.outbox.push(effect) }
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        format!("{effect:?}").hash(&mut self.log);
        match effect {
            Effect::Send { request, .. } if self.core.may_send(self.now, &request, &mut self.effects) => {
                self.witness.see(self.now, &request.body, &self.core);
                self.link.send(self.now, request, &mut self.random);
            }
            Effect::Reply { token, outcome } => drop(self.replies.insert(token, outcome)),
            Effect::Send { .. } | Effect::Publish(_) => {}
        }
        self.count_effect();
    }

    fn count_effect(&mut self) {
        if let Some(left) = &mut self.crash_in {
            if *left == 0 {
                self.crashed = true;
            } else {
                *left -= 1;
            }
        }
    }

    pub fn commit(&mut self, count: usize) {
        let group: Vec<Batch> = self.pending.drain(..count.min(self.pending.len())).collect();
        let Some(last) = group.last().map(|batch| batch.sequence) else { return };
        self.store.apply(&group).unwrap();
        self.count_effect();
        if self.crashed {
            return;
        }
        self.outbox.committed(last);
        while let Some(effect) = self.outbox.pop() {
            self.carry_out(effect);
            if self.crashed {
                return;
            }
        }
        self.flush();
    }

    /// The process died: what was not durable is gone, what was on the wire is gone, the broker goes on.
    pub fn restart(&mut self) {
        self.outcome.crashes += 1;
        self.replies.clear();
        self.crashed = false;
        self.crash_in = None;
        self.pending.clear();
        self.effects = Effects::default();
        let _ = self.link.cut();
        self.now = self.now.plus(Duration::from_millis(1 + self.random.below(3_000)));
        let mut lost = Vec::new();
        self.link.poll(self.now, &mut self.random, &mut lost);
        self.core = Self::core(&mut self.store, &self.link.broker, self.now, &mut self.random, &mut self.effects);
        let sequence = self.store.recover(self.now).unwrap().last_sequence;
        self.outbox = Outbox::after(sequence);
        self.flush();
        let up = self.link.mend();
        self.event(up);
    }

    fn open(&self) -> Vec<String> {
        self.core.profile(0).unwrap().open_orders().iter().map(ToString::to_string).collect()
    }

    /// Faults end; everything becomes known and is taken back.
    pub fn settle(&mut self) {
        self.link.faults = Faults::NONE;
        self.crash_in = None;
        self.commit(usize::MAX);
        if self.crashed {
            self.restart();
        }
        self.count_unknown();
        if !self.link.up {
            let up = self.link.mend();
            self.event(up);
        }
        for round in 0..400 {
            self.commit(usize::MAX);
            let open = self.open();
            if open.is_empty() && round > 60 {
                return;
            }
            if round % 20 == 10 && !open.is_empty() {
                self.ask(Source::Cli, CoreCommand::Cancel(OrderSelection::Ids { orders: open }));
            }
            self.advance(Duration::from_millis(200));
        }
        let open: Vec<_> = self.core.orders().values().filter(|order| order.state.is_open()).collect();
        panic!("orders stay open: {open:#?}");
    }

    fn count_unknown(&mut self) {
        let reader = self.store.reader();
        let orders = reader.orders(OrderScope::All, None, u32::MAX).unwrap();
        for order in &orders {
            let events = reader.order_events(order.id).unwrap();
            self.outcome.unknown += events.iter().filter(|event| event.what == "unknown").count() as u64;
        }
    }

    /// The broker's own account of everything.
    fn venue(&mut self) -> Vec<hoga::broker::api::FillReport> {
        let mut events = Vec::new();
        let request = BrokerRequest { id: RequestId(u64::MAX), body: RequestBody::Fills { since: UtcTime::EPOCH } };
        self.link.broker.request(self.now, request);
        for _ in 0..200 {
            self.now = self.now.plus(Duration::from_millis(10));
            let _ = self.link.broker.poll(self.now, &mut events);
        }
        let answer = events.into_iter().find_map(|event| match event {
            BrokerEvent::Answer { id: RequestId(u64::MAX), outcome: Ok(Answer::Fills { fills, complete }) } => {
                Some((fills, complete))
            }
            _ => None,
        });
        let (fills, complete) = answer.expect("the broker tells its fills");
        assert!(complete);
        fills
    }

    pub fn check(mut self) -> Outcome {
        let truth: BTreeMap<String, _> = self
            .venue()
            .into_iter()
            .map(|fill| (fill.execution_id.to_string(), (fill.order_id, fill.price, fill.quantity)))
            .collect();
        assert_eq!(self.link.broker.duplicates_seen(), 0, "an order was sent twice");
        let reader = self.store.reader();
        let differences = verify(reader).unwrap();
        assert!(differences.is_empty(), "the ledger differs: {differences:#?}");
        let booked: BTreeMap<String, _> = reader
            .fills(None, UtcTime::EPOCH, u32::MAX)
            .unwrap()
            .into_iter()
            .map(|fill| (fill.id.to_string(), (Some(fill.order_id), fill.price, fill.quantity)))
            .collect();
        assert_eq!(booked, truth, "fills here and at the broker");
        for account in reader.balances(None).unwrap() {
            assert_eq!(account.reserved, Decimal::ZERO, "a reservation is left over: {account:?}");
            let own = &self.core.profile(0).unwrap().accounts()[&account.currency];
            assert_eq!(own, &account, "core and ledger");
        }
        let orders = reader.orders(OrderScope::All, None, u32::MAX).unwrap();
        for order in &orders {
            assert!(order.state.is_final(), "{order:?}");
            let filled =
                booked.values().filter(|(id, _, _)| *id == Some(order.id)).map(|(_, _, q)| q.value()).sum::<Decimal>();
            let history = || reader.order_events(order.id).unwrap();
            assert_eq!(order.filled.value(), filled, "{order:?}\n{:#?}", history());
            let whole = order.state != OrderState::Filled || order.filled == order.quantity;
            assert!(whole, "{order:?}\n{:#?}", history());
        }
        self.outcome.orders = orders.iter().filter(|order| order.broker_id.is_some()).count() as u64;
        self.outcome.fills = truth.len() as u64;
        self.outcome.hash = self.log.finish();
        self.outcome
    }
}
