//! A desk around one session with either market: the core, a ledger in memory, and the exchange on the other side. Time is
//! the machine's. Several tests use it, each a part.
#![allow(dead_code)]

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use hoga::broker::api::{
    Answer, Broker, BrokerError, BrokerEvent, BrokerRequest, Capabilities, Connection, RequestBody, RequestId,
};
use hoga::broker::binance::adapter::BinanceBroker;
use hoga::broker::binance::environment::Environment;
use hoga::broker::binance::feed::FeedRules;
use hoga::broker::binance::open;
use hoga::broker::binance::session::{Pace, SessionParts};
use hoga::broker::binance::sign::Signer;
use hoga::broker::net::backoff::{BackoffRules, Jitter};
use hoga::broker::net::system_wall_clock;
use hoga::broker::net::tls::TlsTrust;
use hoga::broker::opening::Opening;
use hoga::config::{Address, BinanceMarket, BrokerName, Profile, RiskLimits, World};
use hoga::desk::core::{
    Core, CoreCommand, CoreSettings, Effect, Effects, Event, Link, Market, ProfileSetup, Token, book_record,
    quote_record,
};
use hoga::desk::ids::GrowingIds;
use hoga::desk::protocol::{Failure, OrderSelection, Outcome, Response, SubmitOrder, Update};
use hoga::desk::record::{BookRecord, QuoteRecord};
use hoga::desk::shell::outbox::Outbox;
use hoga::ledger::{Batch, LedgerStore, verify};
use hoga::market::{Currency, InstrumentId, MarketBody, Phase, Price, Quantity, Side, Symbol, UtcTime, Venue};
use hoga::order::fee::FeeSchedule;
use hoga::order::{Bracket, Order, OrderId, OrderKind, OrderState, PositionSide, ProfileName, Source, TimeInForce};
use hoga::secrets::{Credential, Ed25519Key, Origin, Secret, SecretText};
use rust_decimal::Decimal;

pub const BTC: &str = "BTCUSDT";

/// Longest wait for what must happen: a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// An exchange of the tests, as far as a desk is compared with it.
pub trait Exchange {
    fn rest_url(&self) -> String;
    fn ws_url(&self) -> String;
    fn market(&self) -> BinanceMarket;
    /// Units of an instrument the account holds.
    fn holds(&self, symbol: &str) -> Decimal;
    /// Dollars it has.
    fn dollars(&self) -> Decimal;
    /// Open orders of every kind.
    fn count_open(&self) -> usize;
    /// The private key that belongs to the public one it knows.
    fn ed25519_pem(&self) -> String;
}

/// How a session is set up for a test.
#[derive(Clone)]
pub struct Setup {
    pub key: &'static str,
    /// The secret of a shared key; none: the exchange's Ed25519 key.
    pub secret: Option<&'static str>,
    pub dead_man_seconds: u64,
    pub recv_window_ms: u64,
    pub pace: Pace,
    /// Longest time in which an order may still take effect.
    pub lifetime: Duration,
    pub feed: FeedRules,
    /// Older market data is stale.
    pub max_data_age_ms: u64,
}

impl Setup {
    pub fn of(key: &'static str, secret: Option<&'static str>) -> Self {
        let short = Duration::from_millis(50);
        Self {
            key,
            secret,
            dead_man_seconds: 0,
            recv_window_ms: 5_000,
            pace: Pace {
                stream_again: short,
                start_again: (short, 4 * short),
                proof_within: Duration::from_millis(1_500),
                lag: Duration::from_millis(500),
                ..Pace::default()
            },
            lifetime: Duration::from_secs(2),
            feed: FeedRules {
                backoff: BackoffRules {
                    floor: Duration::from_millis(50),
                    ceiling: Duration::from_millis(200),
                    ..BackoffRules::default()
                },
                ..FeedRules::default()
            },
            max_data_age_ms: 1_000_000_000,
        }
    }
}

pub struct Desk {
    pub core: Core,
    pub notices: Vec<String>,
    /// Market events that came: trades, best prices, and changes or wholes of books.
    pub heard: [u64; 3],
    /// What was told of the connection, in order.
    pub connections: Vec<Connection>,
    venue: Venue,
    broker: BinanceBroker,
    store: LedgerStore,
    effects: Effects,
    outbox: Outbox,
    pending: VecDeque<Batch>,
    replies: BTreeMap<u64, Outcome>,
    token: u64,
    beside: u64,
    /// What came of questions beside the core.
    pub answers: BTreeMap<RequestId, Result<Answer, BrokerError>>,
    woken: Arc<(Mutex<bool>, Condvar)>,
    folder: Arc<tempfile::TempDir>,
}

pub fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub fn price(text: &str) -> Price {
    Price::new(dec(text)).unwrap()
}

pub fn units(text: &str) -> Quantity {
    Quantity::new(dec(text)).unwrap()
}

pub fn order(symbol: &str, side: Side, kind: OrderKind, quantity: &str) -> SubmitOrder {
    SubmitOrder {
        client_id: None,
        symbol: symbol.into(),
        side,
        kind,
        quantity: units(quantity),
        time_in_force: TimeInForce::Gtc,
        reduce_only: false,
        position_side: PositionSide::Net,
        bracket: Bracket::default(),
        oco: false,
        route: None,
    }
}

pub fn buy_at(at: &str, quantity: &str) -> SubmitOrder {
    order(BTC, Side::Buy, OrderKind::Limit { price: price(at) }, quantity)
}

pub fn market(side: Side, quantity: &str) -> SubmitOrder {
    order(BTC, side, OrderKind::Market, quantity)
}

/// The profile of a session with a server.
pub fn profile(server: &impl Exchange, setup: &Setup) -> Profile {
    let name = ProfileName::new("test").unwrap();
    let mut profile = Profile::new(name, BrokerName::Binance, World::Paper, limits());
    profile.rest_url = Some(Address::new(&server.rest_url()).unwrap());
    profile.ws_url = Some(Address::new(&server.ws_url()).unwrap());
    profile.binance.market = server.market();
    profile.binance.recv_window_ms = setup.recv_window_ms;
    profile.binance.dead_man_seconds = setup.dead_man_seconds;
    profile
}

pub fn credential(server: &impl Exchange, setup: &Setup) -> Credential {
    let text = |text: &str| SecretText::new(text.to_owned());
    let secret = match setup.secret {
        Some(shared) => Secret::Shared(text(shared)),
        None => Secret::Ed25519(Ed25519Key::from_pem(&text(&server.ed25519_pem())).unwrap()),
    };
    Credential {
        profile: ProfileName::new("test").unwrap(),
        broker: BrokerName::Binance,
        world: Some(World::Paper),
        added_at: None,
        origin: Origin::Environment,
        key: text(setup.key),
        secret,
    }
}

/// Limits that refuse nothing these tests ask for.
fn limits() -> RiskLimits {
    RiskLimits {
        max_order_amount: None,
        max_daily_loss: None,
        max_open_orders: None,
        max_orders_per_second: None,
        max_orders_per_minute: None,
        duplicate_window_ms: 0,
        max_data_age_ms: 1_000_000_000,
        refuse_self_crossing: false,
        price_collar_percent: None,
        ..RiskLimits::default()
    }
}

fn now() -> UtcTime {
    system_wall_clock()()
}

impl Desk {
    /// A desk connected to a server, with the market's data of every instrument.
    pub fn to(server: &impl Exchange, setup: Setup) -> Self {
        let mut desk = Self::starting(server, setup);
        desk.until_ready();
        desk
    }

    /// Lives until an order would be let through.
    pub fn until_ready(&mut self) {
        self.until("the connection is up, compared, and a market is there", Self::is_ready);
    }

    fn is_ready(&self) -> bool {
        let profile = self.core.profile(0).unwrap();
        let is_there = |market: &Market| {
            market.instrument.id.symbol.as_str() == BTC
                && market.age(now()).is_some()
                && market.last.is_some()
                && market.book.live().is_some()
                && market.phase.phase == Phase::Continuous
        };
        profile.link == Link::Up && profile.reconciled && profile.markets.values().any(is_there)
    }

    /// A desk that has just been started.
    pub fn starting(server: &impl Exchange, setup: Setup) -> Self {
        Self::opening(server, setup, Arc::new(tempfile::tempdir().unwrap()), LedgerStore::in_memory().unwrap())
    }

    /// The same on a ledger and a folder of before.
    pub fn opening(server: &impl Exchange, setup: Setup, folder: Arc<tempfile::TempDir>, store: LedgerStore) -> Self {
        let environment = Environment::of(&profile(server, &setup));
        let venue = environment.venue();
        let woken = Arc::new((Mutex::new(false), Condvar::new()));
        let wakes = Arc::clone(&woken);
        let profile = profile(server, &setup);
        let opening = Opening {
            profile: profile.clone(),
            journal: folder.path().join("journal"),
            data_dir: folder.path().to_owned(),
            wake: Arc::new(move || {
                *wakes.0.lock().unwrap() = true;
                wakes.1.notify_all();
            }),
        };
        let parts = SessionParts {
            environment,
            settings: profile.binance.clone(),
            signer: Some(Signer::new(credential(server, &setup), profile.binance.recv_window_ms)),
            keeps: Some(folder.path().join("binance/test.income")),
            trust: TlsTrust::system(),
            system_proxy: false,
            wall_clock: system_wall_clock(),
            jitter: Jitter::from_seed(1),
            feed: setup.feed.clone(),
            pace: setup.pace,
        };
        let broker = open::start(&opening, parts).unwrap();
        let recovered = store.recover(now()).unwrap();
        let last = store.last_sequence().unwrap();
        let mut low = 0_u64;
        let ids = GrowingIds::seeded(None, move || {
            low += 1;
            low.wrapping_mul(0x9e37_79b9_7f4a_7c15)
        });
        let capabilities = Capabilities { request_lifetime: setup.lifetime, ..broker.capabilities().clone() };
        let profile = ProfileSetup {
            name: ProfileName::new("test").unwrap(),
            world: World::Paper,
            replay: false,
            limits: RiskLimits { max_data_age_ms: setup.max_data_age_ms, ..limits() },
            fees: FeeSchedule::default(),
            initial_cash: Vec::new(),
            capabilities,
        };
        let mut effects = Effects::default();
        let settings = CoreSettings { unknown_interval: Duration::from_millis(200), ..CoreSettings::default() };
        let core = Core::new(settings, vec![profile], recovered, Box::new(ids), now(), &mut effects);
        let mut desk = Self {
            core,
            notices: Vec::new(),
            heard: [0; 3],
            connections: Vec::new(),
            venue,
            broker,
            store,
            effects,
            outbox: Outbox::after(last),
            pending: VecDeque::new(),
            replies: BTreeMap::new(),
            token: 0,
            beside: 0,
            answers: BTreeMap::new(),
            woken,
            folder,
        };
        desk.flush();
        desk
    }

    /// Lives until something is so.
    pub fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !is_so(self) {
            assert!(Instant::now() < deadline, "waited in vain: {what}\n{}", self.story());
            self.turn();
        }
    }

    /// Lives for a while.
    pub fn live(&mut self, during: Duration) {
        let deadline = Instant::now() + during;
        while Instant::now() < deadline {
            self.turn();
        }
    }

    pub fn story(&self) -> String {
        let profile = self.core.profile(0).unwrap();
        let orders: Vec<String> =
            self.core.orders().values().map(|o| format!("{:?} {:?}", o.state, o.reason)).collect();
        let markets: Vec<String> = profile
            .markets
            .values()
            .filter(|m| m.subscribed)
            .map(|m| {
                let last = m.last.is_some();
                let (id, age) = (m.instrument.id, m.age(now()));
                format!("{id} book {:?} last {last} age {age:?} phase {:?}", m.book.state(), m.phase.phase)
            })
            .collect();
        format!(
            "reconciled {} markets {markets:?}\nconnections {:?}\nnotices {:?}\norders {orders:?}\ndifferences {:?}\nlink {:?}",
            profile.reconciled, self.connections, self.notices, profile.differences, profile.link
        )
    }

    fn turn(&mut self) {
        let mut events = Vec::new();
        let more = self.broker.poll(now(), &mut events);
        for event in events {
            match &event {
                BrokerEvent::Connection(connection) => self.connections.push(connection.clone()),
                BrokerEvent::Notice(text) => self.notices.push(text.clone()),
                BrokerEvent::Market(event) => match event.body {
                    MarketBody::Trade(_) => self.heard[0] += 1,
                    MarketBody::Quote(_) => self.heard[1] += 1,
                    MarketBody::Book(_) => self.heard[2] += 1,
                    _ => {}
                },
                BrokerEvent::Answer { id, outcome } if id.0 > u64::MAX - 1_000_000 => {
                    self.answers.insert(*id, outcome.clone());
                    continue;
                }
                _ => {}
            }
            self.step(Event::Broker { profile: 0, event });
        }
        self.step(Event::Tick);
        if more.is_none() {
            let (flag, changed) = &*self.woken;
            let flag = flag.lock().unwrap();
            let (mut flag, _) =
                changed.wait_timeout_while(flag, Duration::from_millis(20), |is_woken| !*is_woken).unwrap();
            *flag = false;
        }
    }

    fn step(&mut self, event: Event) {
        self.core.step(now(), event, &mut self.effects);
        self.flush();
    }

    fn flush(&mut self) {
        while !self.effects.is_empty() {
            let mut effects = std::mem::take(&mut self.effects);
            if !effects.writes.is_empty() {
                let batch = self.core.batch(std::mem::take(&mut effects.writes));
                self.outbox.submitted(batch.sequence);
                self.pending.push_back(batch);
            }
            for effect in effects.actions {
                if self.outbox.may_pass(&effect) { self.carry_out(effect) } else { self.outbox.push(effect) }
            }
            if let Some(last) = self.pending.back().map(|batch| batch.sequence) {
                self.outbox.committed(last);
            }
            while let Some(effect) = self.outbox.pop() {
                self.carry_out(effect);
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Send { request, .. } => {
                if self.core.may_send(now(), &request, &mut self.effects) {
                    self.broker.request(now(), request);
                }
            }
            Effect::Reply { token, outcome } => {
                self.replies.insert(token.0, outcome);
            }
            Effect::Publish(Update::Event(event)) => self.notices.push(event.text),
            Effect::Publish(_) => {}
        }
    }

    pub fn ask(&mut self, command: CoreCommand) -> u64 {
        self.token += 1;
        self.step(Event::Command { token: Token(self.token), profile: 0, source: Source::Cli, command });
        self.token
    }

    /// Asks the broker beside the core; its answer is seen in [`Self::answers`].
    pub fn ask_beside(&mut self, body: RequestBody) -> RequestId {
        self.beside += 1;
        let id = RequestId(u64::MAX - self.beside);
        self.broker.request(now(), BrokerRequest { id, body });
        id
    }

    pub fn reply(&self, token: u64) -> Option<&Outcome> {
        self.replies.get(&token)
    }

    pub fn try_submit(&mut self, order: SubmitOrder) -> Result<OrderId, Failure> {
        let token = self.ask(CoreCommand::Submit(order));
        match self.replies.get(&token).expect("an answer") {
            Outcome::Ok(response) => match &**response {
                Response::Order(record) => Ok(record.id.parse().unwrap()),
                Response::Orders(records) => Ok(records[0].id.parse().unwrap()),
                other => panic!("{other:?}"),
            },
            Outcome::Failed(failure) => Err((**failure).clone()),
        }
    }

    /// Waits until the gate is open, as a trader would, and gives an order.
    pub fn submit(&mut self, order: SubmitOrder) -> OrderId {
        // What is under way while the connection comes back can look like a difference until the next comparison.
        let agrees = |desk: &Self| desk.core.profile(0).unwrap().differences.is_empty();
        self.until("the gate is open", |desk| desk.is_ready() && agrees(desk));
        self.try_submit(order).unwrap()
    }

    pub fn cancel(&mut self, id: OrderId) {
        self.ask(CoreCommand::Cancel(OrderSelection::Ids { orders: vec![id.to_string()] }));
    }

    pub fn order(&self, id: OrderId) -> &Order {
        &self.core.orders()[&id]
    }

    pub fn state(&self, id: OrderId) -> OrderState {
        self.order(id).state
    }

    pub fn until_state(&mut self, id: OrderId, state: OrderState) {
        self.until(&format!("the order is {state}"), |desk| desk.state(id) == state);
    }

    /// Net position as the ledger has it.
    pub fn held(&self, symbol: &str) -> Decimal {
        let id = InstrumentId { venue: self.venue, symbol: Symbol::new(symbol).unwrap() };
        let positions = self.core.profile(0).unwrap().positions();
        positions.filter(|position| position.key.instrument == id).map(|position| position.quantity).sum()
    }

    pub fn usdt(&self) -> Option<Decimal> {
        self.core.profile(0).unwrap().accounts().get(&Currency::Usdt).map(|account| account.cash)
    }

    pub fn differences(&self) -> Vec<String> {
        let all = &self.core.profile(0).unwrap().differences;
        all.iter().map(|one| format!("{}: {} / {}", one.kind, one.local, one.venue)).collect()
    }

    /// The market of an instrument as the core has it.
    pub fn market(&self, symbol: &str) -> &Market {
        let id = InstrumentId { venue: self.venue, symbol: Symbol::new(symbol).unwrap() };
        self.core.profile(0).unwrap().markets.get(&id).unwrap()
    }

    /// What a screen would show of an instrument's book now.
    pub fn shown_book(&self, symbol: &str) -> BookRecord {
        book_record(now(), self.core.profile(0).unwrap(), self.market(symbol), 25)
    }

    /// What a screen would show of an instrument's prices now.
    pub fn shown_quote(&self, symbol: &str) -> QuoteRecord {
        quote_record(now(), self.core.profile(0).unwrap(), self.market(symbol))
    }

    pub fn ups(&self) -> usize {
        self.connections.iter().filter(|connection| **connection == Connection::Up).count()
    }

    pub fn close(&mut self) {
        self.broker.close();
    }

    /// Orders, position and cash are the same here and there, and the ledger adds up.
    pub fn agrees_with(&mut self, server: &impl Exchange) {
        self.ask(CoreCommand::Reconcile);
        self.until("position and cash are those of the exchange", |desk| {
            desk.held(BTC) == server.holds(BTC) && desk.usdt() == Some(server.dollars())
        });
        self.live(Duration::from_millis(500));
        assert!(self.differences().is_empty(), "{:?}", self.differences());
        let open = |desk: &Self| desk.core.profile(0).unwrap().open_orders().len();
        assert_eq!(open(self), server.count_open(), "open orders");
        self.store_all();
        let differences = verify(self.store.reader()).unwrap();
        assert!(differences.is_empty(), "the ledger differs: {differences:#?}");
    }

    fn store_all(&mut self) {
        let group: Vec<Batch> = self.pending.drain(..).collect();
        self.store.apply(&group).unwrap();
    }

    /// Ends the desk and starts another on its ledger.
    pub fn restarted(self, server: &impl Exchange, setup: Setup) -> Self {
        let mut desk = self.restarted_after(server, setup, || ());
        desk.until_ready();
        desk
    }

    /// The same, after something has happened, and without waiting for the new one.
    pub fn restarted_after(mut self, server: &impl Exchange, setup: Setup, meanwhile: impl FnOnce()) -> Self {
        self.close();
        self.store_all();
        let Self { store, folder, broker, .. } = self;
        drop(broker);
        meanwhile();
        Self::opening(server, setup, folder, store)
    }
}
