//! A desk around one session: the core, a ledger in memory, and the exchange on the other side. Time is the server's.
#![allow(dead_code, reason = "shared by tests, each of which uses a part")]

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use hoga::broker::api::{Broker, BrokerEvent, Capabilities, Connection, FillReport};
use hoga::broker::kis::adapter::KisBroker;
use hoga::broker::kis::environment::Realm;
use hoga::broker::kis::feed::FeedRules;
use hoga::broker::kis::open;
use hoga::broker::kis::request::Account;
use hoga::broker::kis::rest::Limits;
use hoga::broker::kis::session::{Pace, SessionParts};
use hoga::broker::net::WallClock;
use hoga::broker::net::backoff::{BackoffRules, Jitter};
use hoga::broker::net::tls::TlsTrust;
use hoga::broker::opening::Opening;
use hoga::config::{BrokerName, Masked, Permission, Profile, RiskLimits, World};
use hoga::desk::core::{
    Core, CoreCommand, CoreSettings, Effect, Effects, Event, Link, Market, ProfileSetup, Token, book_record,
};
use hoga::desk::ids::GrowingIds;
use hoga::desk::protocol::{Failure, OrderSelection, Outcome, Response, SubmitOrder, Update};
use hoga::desk::record::BookRecord;
use hoga::desk::shell::outbox::Outbox;
use hoga::ledger::{Batch, LedgerStore, verify};
use hoga::market::{Currency, InstrumentId, Phase, Price, Quantity, Side, Symbol, UtcTime, Venue};
use hoga::order::fee::FeeSchedule;
use hoga::order::{Bracket, Order, OrderId, OrderKind, OrderState, PositionSide, ProfileName, Source, TimeInForce};
use hoga::secrets::{Credential, Origin, Secret, SecretText};
use rust_decimal::Decimal;

use crate::kis_server::{ACCOUNT, DERIVATIVES_ACCOUNT, HTS_ID, Options, Server, keys_of};

pub const SAMSUNG: &str = "005930";
pub const APPLE: &str = "AAPL";
pub const FUTURE: &str = "A01612";

/// Longest wait for what must happen: a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A comparison that is asked for has taken place by then, if it can at all: without a token nothing is answered.
const COMPARED_WITHIN: Duration = Duration::from_secs(5);

/// How a session is set up for a test.
#[derive(Clone)]
pub struct Setup {
    pub account: &'static str,
    pub symbols: &'static [&'static str],
    /// Execution notices come.
    pub notices: bool,
    pub limits: Option<Limits>,
    pub pace: Pace,
    pub backoff: BackoffRules,
    /// Longest silence of the socket.
    pub frame_silence: Duration,
    /// Older prices let no order through and are shown as old.
    pub max_data_age_ms: u64,
    /// How far the desk's clock is ahead of the server's, in ms.
    pub clock_ahead: i64,
    /// Orders are for a market that is closed.
    pub any_phase: bool,
}

impl Default for Setup {
    fn default() -> Self {
        let short = Duration::from_millis(50);
        Self {
            account: ACCOUNT,
            symbols: &[SAMSUNG],
            notices: true,
            limits: None,
            pace: Pace {
                start_again: (short, 4 * short),
                doubt_pause: Duration::from_millis(300),
                lists_every: Duration::from_secs(2),
                ..Pace::default()
            },
            backoff: BackoffRules { floor: short, ceiling: 4 * short, ..BackoffRules::default() },
            frame_silence: Duration::from_secs(75),
            max_data_age_ms: 1_000_000_000,
            clock_ahead: 0,
            any_phase: false,
        }
    }
}

pub struct Desk {
    pub core: Core,
    pub notices: Vec<String>,
    /// What was told of the connection, in order.
    pub connections: Vec<Connection>,
    /// Fills as the adapter told them, in order.
    pub fills: Vec<FillReport>,
    symbols: &'static [&'static str],
    is_derivatives: bool,
    any_phase: bool,
    clock: WallClock,
    broker: KisBroker,
    store: LedgerStore,
    effects: Effects,
    outbox: Outbox,
    pending: VecDeque<Batch>,
    replies: BTreeMap<u64, Outcome>,
    token: u64,
    woken: Arc<(Mutex<bool>, Condvar)>,
    folder: Arc<tempfile::TempDir>,
}

pub fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub fn price(text: &str) -> Price {
    Price::new(dec(text)).unwrap()
}

pub fn order(symbol: &str, side: Side, kind: OrderKind, quantity: u32) -> SubmitOrder {
    SubmitOrder {
        client_id: None,
        symbol: symbol.into(),
        side,
        kind,
        quantity: Quantity::whole(quantity),
        time_in_force: TimeInForce::Day,
        reduce_only: false,
        position_side: PositionSide::Net,
        bracket: Bracket::default(),
        oco: false,
        route: None,
    }
}

pub fn buy_at(at: &str, quantity: u32) -> SubmitOrder {
    order(SAMSUNG, Side::Buy, OrderKind::Limit { price: price(at) }, quantity)
}

/// The instrument behind a symbol of the tests.
pub fn instrument(symbol: &str) -> InstrumentId {
    let venue = match symbol {
        share if share.starts_with(|first: char| first.is_ascii_digit()) => Venue::Krx,
        isin if isin.len() == 12 => Venue::KrxBonds,
        contract if contract.ends_with(|last: char| last.is_ascii_digit()) => Venue::KrxFutures,
        _ => Venue::Nasdaq,
    };
    InstrumentId { venue, symbol: Symbol::new(symbol).unwrap() }
}

/// Limits that refuse nothing these tests ask for.
fn limits(max_data_age_ms: u64) -> RiskLimits {
    RiskLimits {
        max_order_amount: None,
        max_daily_loss: None,
        max_open_orders: None,
        max_orders_per_second: None,
        max_orders_per_minute: None,
        duplicate_window_ms: 0,
        max_data_age_ms,
        refuse_self_crossing: false,
        price_collar_percent: None,
        permission: Permission::RealTrader,
        ..RiskLimits::default()
    }
}

fn name() -> ProfileName {
    ProfileName::new("test").unwrap()
}

/// The desk's clock: the server's, perhaps not quite.
fn clock(server: &Server, ahead: i64) -> WallClock {
    let there = server.wall_clock();
    Arc::new(move || UtcTime::from_millis(there().millis() + ahead))
}

fn profile(world: World, account: &str, limits: RiskLimits) -> Profile {
    let mut profile = Profile::new(name(), BrokerName::Kis, world, limits);
    profile.account = Some(Masked::new(account));
    profile
}

fn parts(server: &Server, setup: &Setup, world: World, folder: &std::path::Path) -> SessionParts {
    let environment = server.environment();
    let realm = environment.realm;
    let text = |text: &str| SecretText::new(text.to_owned());
    let (key, secret) = keys_of(realm);
    let credential = Credential {
        profile: name(),
        broker: BrokerName::Kis,
        world: Some(world),
        added_at: None,
        origin: Origin::Environment,
        key: text(key),
        secret: Secret::Shared(text(secret)),
    };
    SessionParts {
        environment,
        credential,
        account: Account::parse(setup.account).unwrap(),
        hts_id: setup.notices.then(|| Masked::new(HTS_ID)),
        folder: folder.join("kis"),
        trust: TlsTrust::system(),
        system_proxy: false,
        wall_clock: clock(server, setup.clock_ahead),
        jitter: Jitter::from_seed(1),
        limits: setup.limits.unwrap_or_else(|| Limits::of(realm)),
        feed: FeedRules {
            trust: TlsTrust::system(),
            backoff: setup.backoff,
            send_gap: Duration::from_millis(20),
            frame_silence: setup.frame_silence,
            poll_every: Duration::from_secs(3),
            poll_gap: Duration::from_secs(if realm == Realm::Paper { 3 } else { 1 }),
        },
        quotes: None,
        pace: setup.pace,
    }
}

impl Desk {
    /// A server that is well, and a desk that is connected to it.
    pub fn connected() -> (Server, Self) {
        let server = Server::start(Options::default());
        let desk = Self::to(&server, Setup::default());
        (server, desk)
    }

    /// A desk connected to a server, with the data of the setup's symbols.
    pub fn to(server: &Server, setup: Setup) -> Self {
        let mut desk =
            Self::opening(server, &setup, Arc::new(tempfile::tempdir().unwrap()), LedgerStore::in_memory().unwrap());
        desk.until_ready();
        desk
    }

    /// Lives until an order would be let through.
    pub fn until_ready(&mut self) {
        for symbol in self.symbols {
            let there = |desk: &Self| desk.market(symbol).is_some();
            self.until("the instruments are known", |desk| *desk.link() == Link::Up && there(desk));
            self.ask(CoreCommand::Subscribe { symbol: (*symbol).into() });
        }
        self.until("the connection is up, compared, and a market is there", Self::is_ready);
    }

    pub fn link(&self) -> &Link {
        &self.core.profile(0).unwrap().link
    }

    pub fn market(&self, symbol: &str) -> Option<&Market> {
        self.core.profile(0).unwrap().markets.get(&instrument(symbol))
    }

    fn is_ready(&self) -> bool {
        let profile = self.core.profile(0).unwrap();
        let is_there = |symbol: &&str| {
            // On paper foreign shares have no book.
            let has_book = profile.world == World::Live || instrument(symbol).venue == Venue::Krx;
            if self.any_phase {
                return self.market(symbol).is_some_and(|market| market.age((self.clock)()).is_some());
            }
            self.market(symbol).is_some_and(|market| {
                market.age((self.clock)()).is_some()
                    && (market.book.live().is_some() || !has_book)
                    && matches!(market.phase.phase, Phase::Continuous | Phase::Night)
            })
        };
        profile.link == Link::Up && profile.reconciled && self.symbols.iter().all(is_there)
    }

    /// On a ledger and a folder.
    pub fn opening(server: &Server, setup: &Setup, folder: Arc<tempfile::TempDir>, store: LedgerStore) -> Self {
        let world = if server.environment().realm == Realm::Live { World::Live } else { World::Paper };
        let clock = clock(server, setup.clock_ahead);
        let limits = limits(setup.max_data_age_ms);
        let woken = Arc::new((Mutex::new(false), Condvar::new()));
        let wakes = Arc::clone(&woken);
        let opening = Opening {
            profile: profile(world, setup.account, limits.clone()),
            journal: folder.path().join("journal"),
            data_dir: folder.path().to_owned(),
            wake: Arc::new(move || {
                *wakes.0.lock().unwrap() = true;
                wakes.1.notify_all();
            }),
        };
        let broker = open::start(&opening, parts(server, setup, world, folder.path())).unwrap();
        let recovered = store.recover(clock()).unwrap();
        let last = store.last_sequence().unwrap();
        // A desk that starts anew must not give ids again.
        let mut low = last;
        let ids = GrowingIds::seeded(None, move || {
            low += 1;
            low.wrapping_mul(0x9e37_79b9_7f4a_7c15)
        });
        let profile = ProfileSetup {
            name: name(),
            world,
            replay: false,
            limits,
            // The exchange of the tests charges nothing.
            fees: FeeSchedule { commissions: Vec::new(), levies: Vec::new() },
            initial_cash: Vec::new(),
            capabilities: Capabilities { ..broker.capabilities().clone() },
        };
        let mut effects = Effects::default();
        let settings = CoreSettings { unknown_interval: Duration::from_millis(200), ..CoreSettings::default() };
        let core = Core::new(settings, vec![profile], recovered, Box::new(ids), clock(), &mut effects);
        let mut desk = Self {
            core,
            notices: Vec::new(),
            connections: Vec::new(),
            fills: Vec::new(),
            symbols: setup.symbols,
            is_derivatives: setup.account == DERIVATIVES_ACCOUNT,
            any_phase: setup.any_phase,
            clock,
            broker,
            store,
            effects,
            outbox: Outbox::after(last),
            pending: VecDeque::new(),
            replies: BTreeMap::new(),
            token: 0,
            woken,
            folder,
        };
        desk.flush();
        desk
    }

    fn now(&self) -> UtcTime {
        (self.clock)()
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
        let orders: Vec<String> = self
            .core
            .orders()
            .values()
            .map(|o| format!("{:?} {:?} {:?} {:?} {:?}", o.state, o.broker_id, o.filled, o.pending_change, o.reason))
            .collect();
        let markets: Vec<String> = self
            .symbols
            .iter()
            .filter_map(|symbol| self.market(symbol))
            .map(|m| format!("{} book {:?} phase {:?}", m.instrument.id, m.book.state(), m.phase.phase))
            .collect();
        let positions: Vec<String> =
            profile.positions().map(|held| format!("{} {}", held.key.instrument, held.quantity)).collect();
        format!(
            "reconciled {} link {:?} markets {markets:?} positions {positions:?}\nconnections {:?}\nnotices {:#?}\n\
             orders {orders:#?}\ndifferences {:?}\nfills {:#?}",
            profile.reconciled,
            profile.link,
            self.connections,
            self.notices,
            self.differences(),
            self.fills
                .iter()
                .map(|fill| format!("{} {}@{}", fill.execution_id, fill.quantity, fill.price))
                .collect::<Vec<_>>()
        )
    }

    fn turn(&mut self) {
        let mut events = Vec::new();
        let more = self.broker.poll(self.now(), &mut events);
        for event in events {
            match &event {
                BrokerEvent::Connection(connection) => self.connections.push(connection.clone()),
                BrokerEvent::Notice(text) => self.notices.push(text.clone()),
                BrokerEvent::Fill(fill) => self.fills.push(fill.clone()),
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
        self.core.step((self.clock)(), event, &mut self.effects);
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
                if self.core.may_send((self.clock)(), &request, &mut self.effects) {
                    self.broker.request((self.clock)(), request);
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

    pub fn try_submit(&mut self, order: SubmitOrder) -> Result<OrderId, Failure> {
        let token = self.ask(CoreCommand::Submit(order));
        match self.replies.get(&token).expect("an answer") {
            Outcome::Ok(response) => match &**response {
                Response::Order(record) => Ok(record.id.parse().unwrap()),
                other => panic!("{other:?}"),
            },
            Outcome::Failed(failure) => Err((**failure).clone()),
        }
    }

    /// Waits until the gate is open, as a trader would, and gives an order.
    pub fn submit(&mut self, order: SubmitOrder) -> OrderId {
        // What is under way while the connection comes back can look like a difference until the next comparison.
        self.until("the gate is open", |desk| desk.is_ready() && desk.differences().is_empty());
        self.try_submit(order).unwrap()
    }

    pub fn cancel(&mut self, id: OrderId) -> u64 {
        self.ask(CoreCommand::Cancel(OrderSelection::Ids { orders: vec![id.to_string()] }))
    }

    pub fn move_to(&mut self, id: OrderId, to: &str) -> u64 {
        self.until("the gate is open", |desk| desk.is_ready() && desk.differences().is_empty());
        self.ask(CoreCommand::Replace {
            order: id.to_string(),
            price: Some(price(to)),
            stop_price: None,
            quantity: None,
        })
    }

    /// Takes what happened while the desk was away as the broker says it, as a person does who has looked at it.
    pub fn accept(&mut self) {
        self.until("the account is compared", |desk| !desk.differences().is_empty());
        self.live(Duration::from_secs(1));
        self.ask(CoreCommand::AcceptDifferences);
        self.until_ready();
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

    /// Digits of the order's number as the ledger has it.
    pub fn number(&self, id: OrderId) -> String {
        let id = self.order(id).broker_id.as_ref().expect("a number").to_string();
        id.rsplit(':').next().unwrap().to_owned()
    }

    /// What a screen would show of an instrument's book now.
    pub fn shown_book(&self, symbol: &str) -> BookRecord {
        book_record(self.now(), self.core.profile(0).unwrap(), self.market(symbol).expect("a market"), 10)
    }

    /// Position as the ledger has it.
    pub fn held(&self, symbol: &str) -> Decimal {
        let id = instrument(symbol);
        let positions = self.core.profile(0).unwrap().positions();
        positions.filter(|position| position.key.instrument == id).map(|position| position.quantity).sum()
    }

    pub fn cash(&self, currency: Currency) -> Option<Decimal> {
        self.core.profile(0).unwrap().accounts().get(&currency).map(|account| account.cash)
    }

    pub fn differences(&self) -> Vec<String> {
        let all = &self.core.profile(0).unwrap().differences;
        all.iter().map(|one| format!("{}: {} / {}", one.kind, one.local, one.venue)).collect()
    }

    /// Orders, fills, position and cash are the same here and there, and the ledger adds up.
    pub fn agrees_with(&mut self, server: &Server) {
        self.ask(CoreCommand::Reconcile);
        let symbols = self.symbols;
        self.until("position and cash are those of the exchange", |desk| {
            let (held, cash): (fn(&Server, &str) -> Decimal, Decimal) = match desk.is_derivatives {
                true => (Server::contracts, server.derivative_cash()),
                false => (Server::position, server.cash()),
            };
            symbols.iter().all(|symbol| desk.held(symbol) == held(server, symbol))
                && desk.cash(Currency::Krw) == Some(cash)
        });
        // What was said of the account before it was so is no difference: it is compared once more, as it is now.
        self.ask(CoreCommand::Reconcile);
        let asked = Instant::now();
        while !self.differences().is_empty() && asked.elapsed() < COMPARED_WITHIN {
            self.turn();
        }
        self.live(Duration::from_millis(500));
        assert!(self.differences().is_empty(), "{:?}\n{}", self.differences(), self.story());
        let mut here: Vec<String> =
            self.core.profile(0).unwrap().open_orders().iter().map(|id| self.number(*id)).collect();
        let mut there: Vec<String> = server.open_orders().into_iter().map(|order| order.number).collect();
        here.sort();
        there.sort();
        assert_eq!(here, there, "open orders");
        let filled: Decimal = self.core.orders().values().map(|order| order.filled.value()).sum();
        let there: Decimal = server.fills().iter().map(|fill| fill.quantity).sum();
        assert_eq!(filled, there, "shares filled\n{}", self.story());
        self.store_all();
        let differences = verify(self.store.reader()).unwrap();
        assert!(differences.is_empty(), "the ledger differs: {differences:#?}");
    }

    fn store_all(&mut self) {
        let group: Vec<Batch> = self.pending.drain(..).collect();
        self.store.apply(&group).unwrap();
    }

    /// Ends the desk and starts another on its ledger, after something has happened.
    pub fn restarted(mut self, server: &Server, setup: &Setup, meanwhile: impl FnOnce()) -> Self {
        self.broker.close();
        self.store_all();
        let Self { store, folder, broker, .. } = self;
        drop(broker);
        meanwhile();
        Self::opening(server, setup, folder, store)
    }
}
