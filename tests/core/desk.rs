//! A desk with nothing around it: the core, a ledger in memory, and the shell's rule of what waits for the disk.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use hoga::broker::api::{
    BrokerEvent, BrokerRequest, Capabilities, Channel, Connection, ModifySupport, ProductCapability, ReportDelivery,
    RequestBody,
};
use hoga::config::{RiskLimits, World};
use hoga::desk::alert::AlertRecord;
use hoga::desk::core::{Core, CoreCommand, CoreSettings, Effect, Effects, Event, ProfileSetup, Token};
use hoga::desk::ids::GrowingIds;
use hoga::desk::protocol::{EventRecord, Failure, OrderSelection, Outcome, Response, SubmitOrder, Update};
use hoga::desk::record::DifferenceRecord;
use hoga::desk::shell::outbox::Outbox;
use hoga::desk::shell::performance::performance;
use hoga::ledger::{Batch, LedgerStore, verify};
use hoga::market::{
    Board, Currency, Instrument, InstrumentId, LeverageTier, MarketBody, MarketEvent, Phase, PhaseChange, Price,
    Product, Quantity, Side, Symbol, TickRule, Trade, UtcTime, Venue as Market,
};
use hoga::order::fee::FeeSchedule;
use hoga::order::{
    Bracket, KindName, Order, OrderId, OrderKind, PositionSide, ProfileName, Source, TimeInForce, TransactionKind,
};
use hoga::text::event::korean;
use rust_decimal::{Decimal, dec};

use crate::random::Random;

pub const STOCK: &str = "005930";
pub const COIN: &str = "BTCUSDT";

pub fn id_of(symbol: &str) -> InstrumentId {
    InstrumentId { venue: Market::Sim, symbol: Symbol::new(symbol).unwrap() }
}

pub fn price(value: i64) -> Price {
    Price::new(Decimal::from(value)).unwrap()
}

pub fn units(value: u32) -> Quantity {
    Quantity::whole(value)
}

pub fn instrument(symbol: &str) -> Instrument {
    let coin = symbol == COIN;
    let tier = LeverageTier {
        notional_from: dec!(0),
        maintenance_rate: dec!(0.004),
        maintenance_amount: dec!(0),
        max_leverage: 20,
    };
    Instrument {
        id: id_of(symbol),
        name_ko: symbol.into(),
        name_en: symbol.into(),
        product: if coin { Product::CryptoPerpetual } else { Product::KrxStock(Board::Kosdaq) },
        currency: if coin { Currency::Usdt } else { Currency::Krw },
        ticks: if coin { TickRule::Fixed(dec!(1)) } else { TickRule::KrxStock },
        price_decimals: 0,
        lot: units(1),
        min_quantity: units(1),
        max_quantity: None,
        min_notional: None,
        multiplier: dec!(1),
        base_price: Some(price(70_000)),
        daily_limit: None,
        tiers: if coin { vec![tier] } else { Vec::new() },
    }
}

pub fn capabilities(world: World) -> Capabilities {
    let product = |product: Product| ProductCapability {
        product,
        native_kinds: BTreeSet::from([KindName::Limit, KindName::Market]),
        times_in_force: BTreeSet::from(TimeInForce::ALL),
        reduce_only: product.is_margined(),
    };
    Capabilities {
        broker: "fake",
        worlds: &[World::Virtual, World::Paper, World::Live],
        products: vec![product(Product::KrxStock(Board::Kosdaq)), product(Product::CryptoPerpetual)],
        modify: ModifySupport::NewNumber,
        client_order_ids: true,
        cancel_all: false,
        reports: ReportDelivery::Stream,
        streams: BTreeSet::from([Channel::Trades]),
        registrations_max: None,
        virtual_cash: world == World::Virtual,
        hedge_mode: false,
        leverage: true,
        request_lifetime: Duration::from_secs(1),
        candle_intervals: Vec::new(),
        rankings: false,
        facts: false,
        lacks: Vec::new(),
        routes: &[],
        routes_lack: None,
        lacking_kinds: Vec::new(),
        lacking_times: Vec::new(),
    }
}

/// Limits that refuse nothing these tests ask for.
pub fn limits() -> RiskLimits {
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

pub fn order(symbol: &str, side: Side, kind: OrderKind, quantity: u32) -> SubmitOrder {
    SubmitOrder {
        client_id: None,
        symbol: symbol.into(),
        side,
        kind,
        quantity: units(quantity),
        time_in_force: TimeInForce::Day,
        reduce_only: false,
        position_side: PositionSide::Net,
        bracket: Bracket::default(),
        oco: false,
        route: None,
    }
}

pub fn limit(symbol: &str, side: Side, at: i64, quantity: u32) -> SubmitOrder {
    order(symbol, side, OrderKind::Limit { price: price(at) }, quantity)
}

/// What a broker of these tests can do.
#[derive(Clone, Copy)]
struct Shape {
    registrations_max: Option<u32>,
    client_order_ids: bool,
}

pub struct Desk {
    pub now: UtcTime,
    pub core: Core,
    pub store: LedgerStore,
    /// Requests that left and that nobody has taken yet.
    pub wire: Vec<BrokerRequest>,
    pub events: Vec<EventRecord>,
    /// Alerts as they were told, and whether each was told as gone.
    pub alerts: Vec<(AlertRecord, bool)>,
    /// Whether rows are durable only when [`Desk::commit`] says so.
    pub slow_disk: bool,
    pub world: World,
    shape: Shape,
    effects: Effects,
    outbox: Outbox,
    pending: VecDeque<Batch>,
    replies: BTreeMap<u64, Outcome>,
    token: u64,
    random: Random,
}

impl Desk {
    pub fn new(world: World, seed: u64) -> Self {
        Self::shaped(world, seed, Shape { registrations_max: None, client_order_ids: true })
    }

    /// With a broker that takes so many registrations at a time.
    pub fn registering(world: World, seed: u64, registrations_max: Option<u32>) -> Self {
        Self::shaped(world, seed, Shape { registrations_max, client_order_ids: true })
    }

    /// With a broker that keeps no ids of its clients.
    pub fn nameless(world: World, seed: u64) -> Self {
        Self::shaped(world, seed, Shape { registrations_max: None, client_order_ids: false })
    }

    fn shaped(world: World, seed: u64, shape: Shape) -> Self {
        let now = UtcTime::from_millis(1_795_219_200_000);
        let store = LedgerStore::in_memory().unwrap();
        let mut effects = Effects::default();
        let mut random = Random::new(seed);
        let core = make(&store, (world, shape), now, &mut random, &mut effects);
        let mut desk = Self {
            now,
            core,
            store,
            wire: Vec::new(),
            events: Vec::new(),
            alerts: Vec::new(),
            slow_disk: false,
            world,
            shape,
            effects,
            outbox: Outbox::after(0),
            pending: VecDeque::new(),
            replies: BTreeMap::new(),
            token: 0,
            random,
        };
        desk.flush();
        desk
    }

    pub fn step(&mut self, event: Event) {
        self.core.step(self.now, event, &mut self.effects);
        self.flush();
    }

    pub fn hear(&mut self, event: BrokerEvent) {
        self.step(Event::Broker { profile: 0, event });
    }

    pub fn ask(&mut self, command: CoreCommand) -> u64 {
        self.ask_as(Source::Cli, command)
    }

    pub fn ask_as(&mut self, source: Source, command: CoreCommand) -> u64 {
        self.token += 1;
        self.step(Event::Command { token: Token(self.token), profile: 0, source, command });
        self.token
    }

    pub fn reply(&self, token: u64) -> Option<&Outcome> {
        self.replies.get(&token)
    }

    pub fn submit(&mut self, order: SubmitOrder) -> Result<OrderId, Failure> {
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

    pub fn cancel(&mut self, id: OrderId) {
        self.ask(CoreCommand::Cancel(OrderSelection::Ids { orders: vec![id.to_string()] }));
    }

    pub fn pass(&mut self, by: Duration) {
        self.now = self.now.plus(by);
        self.step(Event::Tick);
    }

    pub fn market(&mut self, symbol: &str, body: MarketBody) {
        let event = MarketEvent { instrument: id_of(symbol), venue_time: self.now, received_at: self.now, body };
        self.hear(BrokerEvent::Market(event));
    }

    pub fn trade(&mut self, symbol: &str, at: i64) {
        let trade = Trade { id: 0, price: price(at), quantity: units(1), side: None };
        self.market(symbol, MarketBody::Trade(trade));
    }

    /// Both markets trade at 70,000.
    pub fn open_markets(&mut self) {
        for symbol in [STOCK, COIN] {
            self.market(symbol, MarketBody::Phase(PhaseChange { phase: Phase::Continuous, until: None }));
            self.trade(symbol, 70_000);
        }
    }

    /// The order as the core has it.
    pub fn order(&self, id: OrderId) -> &Order {
        &self.core.orders()[&id]
    }

    pub fn differences(&self) -> &[DifferenceRecord] {
        &self.core.profile(0).unwrap().differences
    }

    pub fn kinds(&self) -> Vec<&str> {
        self.differences().iter().map(|difference| difference.kind.as_str()).collect()
    }

    pub fn cash(&self, currency: Currency) -> Decimal {
        self.core.profile(0).unwrap().accounts().get(&currency).map_or(Decimal::ZERO, |account| account.cash)
    }

    pub fn held(&self, symbol: &str) -> Decimal {
        let of = |position: &&hoga::order::Position| position.key.instrument == id_of(symbol);
        self.core.profile(0).unwrap().positions().find(of).map_or(Decimal::ZERO, |position| position.quantity)
    }

    /// Places new on the wire since the last look, oldest first.
    pub fn take_wire(&mut self) -> Vec<BrokerRequest> {
        std::mem::take(&mut self.wire)
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
            if !self.slow_disk {
                self.let_go();
            }
        }
    }

    /// Everything is as good as on disk; the rows themselves are written by [`Desk::commit`], many at a time.
    fn let_go(&mut self) {
        if let Some(last) = self.pending.back().map(|batch| batch.sequence) {
            self.outbox.committed(last);
        }
        while let Some(effect) = self.outbox.pop() {
            self.carry_out(effect);
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Send { request, .. } => {
                if self.core.may_send(self.now, &request, &mut self.effects) {
                    self.wire.push(request);
                }
            }
            Effect::Reply { token, outcome } => {
                self.replies.insert(token.0, outcome);
            }
            Effect::Publish(Update::Event(event)) => {
                // Notices and refusals may be in a broker's own words.
                let fixed = !matches!(event.kind.as_str(), "notice" | "refusal");
                assert!(!fixed || korean(&event.kind, &event.text).is_some(), "no Korean form: {event:?}");
                self.events.push(event);
            }
            Effect::Publish(Update::Alert { alert, removed }) => self.alerts.push((alert, removed)),
            Effect::Publish(_) => {}
        }
    }

    /// Writes what waits, and lets go what waited for it.
    pub fn commit(&mut self) {
        let group: Vec<Batch> = self.pending.drain(..).collect();
        if let Some(last) = group.last().map(|batch| batch.sequence) {
            self.store.apply(&group).unwrap();
            self.outbox.committed(last);
        }
        while let Some(effect) = self.outbox.pop() {
            self.carry_out(effect);
        }
        self.flush();
    }

    /// The process dies and starts again. On a slow disk the rows that wait are lost.
    pub fn restart(&mut self) {
        if !self.slow_disk {
            self.commit();
        }
        self.pending.clear();
        self.wire.clear();
        self.effects = Effects::default();
        let broker = (self.world, self.shape);
        self.core = make(&self.store, broker, self.now, &mut self.random, &mut self.effects);
        self.outbox = Outbox::after(self.store.last_sequence().unwrap());
        self.flush();
    }

    pub fn cut(&mut self) {
        self.wire.clear();
        self.hear(BrokerEvent::Connection(Connection::Down { reason: "cut".into(), retry_at: None }));
    }

    pub fn connect(&mut self) {
        self.hear(BrokerEvent::Connection(Connection::Up));
    }

    /// The ledger adds up, and is what the core has in mind.
    pub fn audit(&mut self) {
        self.commit();
        let differences = verify(self.store.reader()).unwrap();
        assert!(differences.is_empty(), "the ledger differs: {differences:#?}");
        for account in self.store.reader().balances(None).unwrap() {
            assert_eq!(self.core.profile(0).unwrap().accounts()[&account.currency], account);
        }
        self.audit_performance();
    }
}

impl Desk {
    /// What the days brought, and what the instruments brought, is what the positions have earned and the journal says.
    fn audit_performance(&self) {
        let profile = ProfileName::new("test").unwrap();
        let record = performance(self.store.reader(), &profile, self.now, 36_500).unwrap();
        for pnl in self.core.pnl(self.now, 0) {
            let days = record.days.iter().filter(|day| day.currency == pnl.currency);
            let days = days.fold([Decimal::ZERO; 3], |s, d| [s[0] + d.realized, s[1] + d.fees, s[2] + d.taxes]);
            assert_eq!(days, [pnl.realized, pnl.fees, pnl.taxes], "by day");
            let symbols = record.symbols.iter().filter(|symbol| symbol.currency == pnl.currency);
            let symbols = symbols.fold([Decimal::ZERO; 3], |s, d| [s[0] + d.realized, s[1] + d.fees, s[2] + d.taxes]);
            assert_eq!(symbols, [pnl.realized, pnl.fees, pnl.taxes], "by instrument");
        }
        let journal = self.store.reader().transactions(Some(&profile), UtcTime::EPOCH, u32::MAX).unwrap();
        let trades = journal.iter().filter(|row| matches!(row.kind, TransactionKind::Buy | TransactionKind::Sell));
        let paid = trades.clone().fold(Decimal::ZERO, |sum, row| sum + row.commission + row.tax);
        assert_eq!(paid, record.days.iter().fold(Decimal::ZERO, |sum, day| sum + day.fees + day.taxes));
        let fills: u32 = record.symbols.iter().map(|symbol| symbol.fills).sum();
        assert_eq!(fills as usize, trades.count());
    }
}

fn make(
    store: &LedgerStore,
    (world, shape): (World, Shape),
    now: UtcTime,
    random: &mut Random,
    effects: &mut Effects,
) -> Core {
    let recovered = store.recover(now).unwrap();
    let newest = recovered.orders.iter().map(|order| order.id).max();
    let mut low = Random::new(random.next());
    let ids = GrowingIds::seeded(newest, move || low.next());
    let setup = ProfileSetup {
        name: ProfileName::new("test").unwrap(),
        world,
        replay: false,
        limits: limits(),
        fees: FeeSchedule::default(),
        initial_cash: vec![(Currency::Krw, dec!(10_000_000_000)), (Currency::Usdt, dec!(10_000_000))],
        capabilities: Capabilities {
            registrations_max: shape.registrations_max,
            client_order_ids: shape.client_order_ids,
            ..capabilities(world)
        },
    };
    Core::new(CoreSettings::default(), vec![setup], recovered, Box::new(ids), now, effects)
}

/// Whether a request is a new order, and which.
pub fn placed(request: &BrokerRequest) -> Option<OrderId> {
    match &request.body {
        RequestBody::Place(place) => Some(place.order_id),
        _ => None,
    }
}
