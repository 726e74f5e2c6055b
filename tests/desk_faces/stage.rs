//! A broker that the test plays: it answers requests at once, and tells what the test lets it tell.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use hoga::broker::api::{
    AccountReport, Answer, Broker, BrokerError, BrokerEvent, BrokerRequest, Capabilities, Channel, Connection,
    FillReport, Found, ModifySupport, OrderReport, PlaceOrder, ProductCapability, ReportDelivery, RequestBody, World,
};
use hoga::broker::opening::{BrokerSource, OpenError, Opening};
use hoga::config::Profile;
use hoga::market::{
    Board, BookUpdate, Currency, Instrument, InstrumentId, Level, MarketBody, MarketEvent, Phase, PhaseChange, Price,
    Product, Quantity, Sequence, Side, Symbol, TickRule, Trade, UtcTime, Venue,
};
use hoga::order::fee::Liquidity;
use hoga::order::{BrokerOrderId, ExecutionId, KindName, OrderId, OrderState, PositionSide, TimeInForce};
use rust_decimal::{Decimal, dec};

/// More than the desk keeps subscribed without being asked.
pub const INSTRUMENTS: u32 = 100;

pub fn code(number: u32) -> String {
    format!("{number:06}")
}

pub fn id_of(symbol: &str) -> InstrumentId {
    InstrumentId { venue: Venue::Sim, symbol: Symbol::new(symbol).unwrap() }
}

pub fn price(value: i64) -> Price {
    Price::new(Decimal::from(value)).unwrap()
}

pub fn units(value: u32) -> Quantity {
    Quantity::whole(value)
}

fn instrument(symbol: &str) -> Instrument {
    Instrument {
        id: id_of(symbol),
        name_ko: format!("종목{symbol}"),
        name_en: format!("Issue {symbol}"),
        product: Product::KrxStock(Board::Kosdaq),
        currency: Currency::Krw,
        ticks: TickRule::KrxStock,
        price_decimals: 0,
        lot: units(1),
        min_quantity: units(1),
        max_quantity: None,
        min_notional: None,
        multiplier: dec!(1),
        base_price: Some(price(70_000)),
        daily_limit: Some(dec!(0.3)),
        tiers: Vec::new(),
    }
}

#[derive(Default)]
struct Inner {
    events: VecDeque<BrokerEvent>,
    requests: Vec<RequestBody>,
    orders: BTreeMap<OrderId, OrderReport>,
    fills: Vec<FillReport>,
    ahead: BTreeMap<OrderId, Quantity>,
    recent: Vec<(UtcTime, Trade)>,
    wake: Option<Arc<dyn Fn() + Send + Sync>>,
    clock: Option<UtcTime>,
    trades: u64,
}

/// The test's hold on the broker.
#[derive(Clone, Default)]
pub struct Stage {
    inner: Arc<Mutex<Inner>>,
}

impl Stage {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    pub fn tell(&self, event: BrokerEvent) {
        let wake = {
            let mut inner = self.lock();
            inner.events.push_back(event);
            inner.wake.clone()
        };
        if let Some(wake) = wake {
            wake();
        }
    }

    pub fn now(&self) -> UtcTime {
        self.lock().clock.expect("the desk has asked for events")
    }

    pub fn market(&self, symbol: &str, body: MarketBody) {
        let now = self.now();
        let event = MarketEvent { instrument: id_of(symbol), venue_time: now, received_at: now, body };
        self.tell(BrokerEvent::Market(event));
    }

    pub fn phase(&self, symbol: &str, phase: Phase) {
        self.market(symbol, MarketBody::Phase(PhaseChange { phase, until: None }));
    }

    pub fn trade(&self, symbol: &str, at: i64, quantity: u32, side: Option<Side>) {
        let id = {
            let mut inner = self.lock();
            inner.trades += 1;
            1_000 + inner.trades
        };
        self.market(symbol, MarketBody::Trade(Trade { id, price: price(at), quantity: units(quantity), side }));
    }

    pub fn book(&self, symbol: &str, bid: i64, ask: i64) {
        let level = |at| vec![Level { price: price(at), quantity: units(10) }];
        let update = BookUpdate { sequence: Sequence::Whole, bids: level(bid), asks: level(ask) };
        self.market(symbol, MarketBody::Book(Box::new(update)));
    }

    /// Prints from before the desk came, which it may ask for.
    pub fn set_recent(&self, trades: Vec<(UtcTime, Trade)>) {
        self.lock().recent = trades;
    }

    /// So many units are ahead of an order.
    pub fn set_ahead(&self, order: &str, ahead: Option<u32>) {
        let order: OrderId = order.parse().unwrap();
        let mut inner = self.lock();
        match ahead {
            Some(ahead) => inner.ahead.insert(order, units(ahead)),
            None => inner.ahead.remove(&order),
        };
    }

    pub fn fill(&self, order: &str, at: i64, quantity: u32) {
        let now = self.now();
        let order: OrderId = order.parse().unwrap();
        let mut inner = self.lock();
        let number = inner.fills.len() + 1;
        let report = inner.orders.get_mut(&order).expect("an order that was placed");
        report.filled = report.filled.plus(units(quantity));
        let whole = report.filled >= report.quantity;
        report.state = if whole { OrderState::Filled } else { OrderState::PartiallyFilled };
        let fill = FillReport {
            execution_id: ExecutionId::new(&format!("F-{number}")).unwrap(),
            order_id: Some(order),
            broker_id: report.broker_id.clone(),
            instrument: report.instrument,
            side: report.side,
            price: price(at),
            quantity: units(quantity),
            liquidity: Liquidity::Maker,
            commission: None,
            tax: None,
            fee_in_kind: None,
            realized: None,
            position_side: PositionSide::Net,
            time: now,
        };
        inner.fills.push(fill.clone());
        drop(inner);
        self.tell(BrokerEvent::Fill(fill));
    }

    /// Instruments whose data was asked for and ended, in order: `+000001`, `-000001`.
    pub fn registrations(&self) -> Vec<String> {
        let of = |body: &RequestBody| match body {
            RequestBody::Subscribe(id, _) => Some(format!("+{}", id.symbol)),
            RequestBody::Unsubscribe(id) => Some(format!("-{}", id.symbol)),
            _ => None,
        };
        self.lock().requests.iter().filter_map(of).collect()
    }

    /// What the broker was told is selected, each time.
    pub fn selections(&self) -> Vec<Vec<String>> {
        let of = |body: &RequestBody| match body {
            RequestBody::Selected(all) => Some(all.iter().map(|id| id.symbol.to_string()).collect()),
            _ => None,
        };
        self.lock().requests.iter().filter_map(of).collect()
    }

    /// Orders that reached the broker, by hoga's id.
    pub fn placed(&self) -> Vec<OrderId> {
        self.lock().orders.keys().copied().collect()
    }
}

impl BrokerSource for Stage {
    fn capabilities(&self, _: &Profile) -> Result<Capabilities, OpenError> {
        Ok(capabilities())
    }

    fn open(&self, opening: &Opening, _: UtcTime) -> Result<Box<dyn Broker>, OpenError> {
        let mut inner = self.lock();
        inner.wake = Some(opening.wake.clone());
        inner.events.push_back(BrokerEvent::Connection(Connection::Up));
        drop(inner);
        Ok(Box::new(Player { stage: self.clone(), capabilities: capabilities() }))
    }
}

struct Player {
    stage: Stage,
    capabilities: Capabilities,
}

impl Broker for Player {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn request(&mut self, now: UtcTime, request: BrokerRequest) {
        let mut inner = self.stage.lock();
        let outcome = inner.answer(now, &request.body);
        inner.requests.push(request.body);
        inner.events.push_back(BrokerEvent::Answer { id: request.id, outcome });
        let wake = inner.wake.clone();
        drop(inner);
        if let Some(wake) = wake {
            wake();
        }
    }

    fn poll(&mut self, now: UtcTime, out: &mut Vec<BrokerEvent>) -> Option<UtcTime> {
        let mut inner = self.stage.lock();
        inner.clock = Some(now);
        out.extend(inner.events.drain(..));
        None
    }

    fn queue_ahead(&self, order: OrderId) -> Option<Quantity> {
        self.stage.lock().ahead.get(&order).copied()
    }

    fn close(&mut self) {}
}

impl Inner {
    fn answer(&mut self, now: UtcTime, body: &RequestBody) -> Result<Answer, BrokerError> {
        Ok(match body {
            RequestBody::Instruments => {
                Answer::Instruments((1..=INSTRUMENTS).map(|number| instrument(&code(number))).collect())
            }
            RequestBody::Place(place) => {
                let report = self.accept(now, place);
                Answer::Placed { broker_id: report.broker_id }
            }
            RequestBody::Cancel(order) => {
                if let Some(report) = self.orders.get_mut(&order.order_id) {
                    report.state = OrderState::Canceled;
                }
                Answer::Canceled { done: true }
            }
            RequestBody::FindOrder(find) => Answer::Found(match self.orders.get(&find.order.order_id) {
                Some(report) => Found::Order(Box::new(report.clone())),
                None => Found::NotThere,
            }),
            RequestBody::OpenOrders => {
                let open = self.orders.values().filter(|report| report.state.is_open());
                Answer::Orders { orders: open.cloned().collect(), complete: true }
            }
            RequestBody::Fills { since } => {
                let fills = self.fills.iter().filter(|fill| fill.time >= *since);
                Answer::Fills { fills: fills.cloned().collect(), complete: true }
            }
            RequestBody::Positions => Answer::Account(self.positions()),
            RequestBody::Balances => Answer::Account(Vec::new()),
            RequestBody::RecentTrades(..) if self.recent.is_empty() => {
                return Err(BrokerError::Unsupported("recent trades"));
            }
            RequestBody::RecentTrades(..) => Answer::Trades(self.recent.clone()),
            RequestBody::Subscribe(..) | RequestBody::Unsubscribe(_) | RequestBody::Selected(_) => Answer::Done,
            _ => return Err(BrokerError::Unsupported("request")),
        })
    }

    fn accept(&mut self, now: UtcTime, place: &PlaceOrder) -> OrderReport {
        let number = self.orders.len() + 1;
        let report = OrderReport {
            order_id: Some(place.order_id),
            client_id: None,
            broker_id: BrokerOrderId::new(&format!("B-{number}")).unwrap(),
            replaces: None,
            instrument: place.instrument,
            side: place.side,
            kind: place.kind,
            quantity: place.quantity,
            filled: Quantity::ZERO,
            state: OrderState::Accepted,
            reason: None,
            queue_ahead: None,
            time: now,
        };
        self.orders.insert(place.order_id, report.clone());
        report
    }

    fn positions(&self) -> Vec<AccountReport> {
        let mut held: BTreeMap<InstrumentId, Decimal> = BTreeMap::new();
        for fill in &self.fills {
            let signed = if fill.side == Side::Buy { fill.quantity.value() } else { -fill.quantity.value() };
            *held.entry(fill.instrument).or_default() += signed;
        }
        held.retain(|_, quantity| !quantity.is_zero());
        let report = |(instrument, quantity)| AccountReport::Position {
            instrument,
            side: PositionSide::Net,
            quantity,
            average_price: None,
        };
        held.into_iter().map(report).collect()
    }
}

fn capabilities() -> Capabilities {
    Capabilities {
        broker: "stage",
        worlds: &[World::Virtual],
        products: vec![ProductCapability {
            product: Product::KrxStock(Board::Kosdaq),
            native_kinds: BTreeSet::from([KindName::Limit, KindName::Market]),
            times_in_force: BTreeSet::from(TimeInForce::ALL),
            reduce_only: false,
        }],
        modify: ModifySupport::InPlace,
        client_order_ids: true,
        cancel_all: false,
        reports: ReportDelivery::Stream,
        streams: BTreeSet::from([Channel::Trades, Channel::Book, Channel::Quote]),
        registrations_max: None,
        virtual_cash: true,
        hedge_mode: false,
        leverage: false,
        request_lifetime: Duration::ZERO,
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
