//! A broker whose market is made by hand, behind a virtual world, in front of a desk on a driven clock.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hoga::broker::api::{
    Answer, Broker, BrokerEvent, BrokerRequest, Capabilities, Channel, Connection, ModifySupport, OrderReference,
    PlaceOrder, ProductCapability, ReportDelivery, RequestBody, RequestId, World,
};
use hoga::broker::paper::{PaperBroker, PaperConfig};
use hoga::market::candle::Interval;
use hoga::market::{
    BookUpdate, Currency, Instrument, InstrumentId, Level, LeverageTier, Mark, MarketBody, MarketEvent, Product,
    Sequence, Side, TickRule, Trade, UtcTime,
};
use hoga::order::{KindName, OrderKind, PositionSide, TimeInForce};
use rust_decimal::{Decimal, dec};

use crate::replay_support::{Desk, bitcoin, order_id, price, quantity, start};

pub fn ether() -> InstrumentId {
    "BINANCE_FUTURES:ETHUSDT".parse().unwrap()
}

pub fn all() -> BTreeSet<Channel> {
    BTreeSet::from([Channel::Trades, Channel::Book, Channel::Quote, Channel::Mark])
}

pub fn perpetual(id: InstrumentId) -> Instrument {
    Instrument {
        id,
        name_ko: id.symbol.to_string(),
        name_en: id.symbol.to_string(),
        product: Product::CryptoPerpetual,
        currency: Currency::Usdt,
        ticks: TickRule::Fixed(dec!(0.1)),
        price_decimals: 1,
        lot: quantity("0.001"),
        min_quantity: quantity("0.001"),
        max_quantity: None,
        min_notional: Some(dec!(5)),
        multiplier: Decimal::ONE,
        base_price: None,
        daily_limit: None,
        tiers: vec![LeverageTier {
            notional_from: Decimal::ZERO,
            maintenance_rate: dec!(0.004),
            maintenance_amount: Decimal::ZERO,
            max_leverage: 125,
        }],
    }
}

/// What passes between the virtual world and the broker whose feed it uses.
pub struct Wire {
    pub asked: Vec<BrokerRequest>,
    pub says: Vec<BrokerEvent>,
    pub lists: Vec<Instrument>,
    /// Whether subscriptions and the list are answered by themselves.
    pub answers: bool,
}

struct Feed {
    wire: Arc<Mutex<Wire>>,
    capabilities: Capabilities,
}

impl Broker for Feed {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn request(&mut self, _: UtcTime, request: BrokerRequest) {
        let mut wire = self.wire.lock().unwrap();
        let outcome = match &request.body {
            RequestBody::Subscribe(..) | RequestBody::Unsubscribe(_) => Some(Answer::Done),
            RequestBody::Instruments => Some(Answer::Instruments(wire.lists.clone())),
            _ => None,
        };
        if let Some(outcome) = outcome.filter(|_| wire.answers) {
            wire.says.push(BrokerEvent::Answer { id: request.id, outcome: Ok(outcome) });
        }
        wire.asked.push(request);
    }

    fn poll(&mut self, _: UtcTime, out: &mut Vec<BrokerEvent>) -> Option<UtcTime> {
        out.append(&mut self.wire.lock().unwrap().says);
        None
    }

    fn close(&mut self) {}
}

/// Abilities of the real broker: it trades live, in hedge mode, and works stops.
fn real() -> Capabilities {
    Capabilities {
        broker: "binance",
        worlds: &[World::Live],
        products: vec![ProductCapability {
            product: Product::CryptoPerpetual,
            native_kinds: BTreeSet::from([KindName::Limit, KindName::Market, KindName::Stop]),
            times_in_force: BTreeSet::from([TimeInForce::Gtc, TimeInForce::Ioc, TimeInForce::PostOnly]),
            reduce_only: true,
        }],
        modify: ModifySupport::NewNumber,
        client_order_ids: false,
        cancel_all: false,
        reports: ReportDelivery::Poll(Duration::from_secs(1)),
        streams: all(),
        registrations_max: Some(200),
        virtual_cash: false,
        hedge_mode: true,
        leverage: true,
        request_lifetime: Duration::from_secs(5),
        candle_intervals: vec![Interval::Minute1],
        rankings: false,
        facts: false,
        lacks: Vec::new(),
        routes: &[],
        routes_lack: None,
        lacking_kinds: Vec::new(),
        lacking_times: Vec::new(),
    }
}

/// The virtual world between its desk and its feed, with 40 ms each way.
pub struct Virtual {
    pub desk: Desk,
    pub wire: Arc<Mutex<Wire>>,
    update: u64,
}

impl Virtual {
    /// Not connected yet.
    pub fn new() -> Self {
        let lists = vec![perpetual(bitcoin()), perpetual(ether())];
        let wire = Arc::new(Mutex::new(Wire { asked: Vec::new(), says: Vec::new(), lists, answers: true }));
        let feed = Feed { wire: wire.clone(), capabilities: real() };
        let broker = PaperBroker::new(Box::new(feed), PaperConfig::CRYPTO, start());
        Self { desk: Desk::new(Box::new(broker)), wire, update: 100 }
    }

    /// Connected, and it is known which instruments there are.
    pub fn connected() -> Self {
        let mut world = Self::new();
        world.says(BrokerEvent::Connection(Connection::Up));
        world.desk.ask(RequestBody::Instruments).unwrap();
        world
    }

    /// Connected, the desk watches bitcoin, and its book is known.
    pub fn watching() -> Self {
        let mut world = Self::connected();
        world.desk.ask(RequestBody::Subscribe(bitcoin(), all())).unwrap();
        world.book(bitcoin());
        world
    }

    pub fn says(&mut self, event: BrokerEvent) {
        self.wire.lock().unwrap().says.push(event);
        self.desk.pass(0);
    }

    pub fn shows(&mut self, instrument: InstrumentId, body: MarketBody) {
        let (venue_time, received_at) = (self.desk.now, self.desk.now);
        self.says(BrokerEvent::Market(MarketEvent { instrument, venue_time, received_at, body }));
    }

    /// A whole book: bids 60,000 x 5 and 59,999 x 3, asks 60,001 x 4 and 60,002 x 6.
    pub fn book(&mut self, instrument: InstrumentId) {
        let levels =
            |rows: [(&str, &str); 2]| rows.map(|(p, q)| Level { price: price(p), quantity: quantity(q) }).into();
        self.update += 10;
        let update = BookUpdate {
            sequence: Sequence::Snapshot { last: self.update },
            bids: levels([("60000", "5"), ("59999", "3")]),
            asks: levels([("60001", "4"), ("60002", "6")]),
        };
        self.shows(instrument, MarketBody::Book(Box::new(update)));
    }

    pub fn trade(&mut self, instrument: InstrumentId, at: &str, size: &str, taker: Side) {
        self.update += 1;
        let trade = Trade { id: self.update, price: price(at), quantity: quantity(size), side: Some(taker) };
        self.shows(instrument, MarketBody::Trade(trade));
    }

    pub fn mark(&mut self, instrument: InstrumentId, at: &str, rate: Decimal, next_funding_at: UtcTime) {
        let mark = Mark { mark: price(at), index: price(at), funding_rate: rate, next_funding_at };
        self.shows(instrument, MarketBody::Mark(mark));
    }

    pub fn up(&mut self) {
        self.says(BrokerEvent::Connection(Connection::Up));
    }

    pub fn down(&mut self) {
        self.says(BrokerEvent::Connection(Connection::Down { reason: "lost".into(), retry_at: None }));
    }

    /// What the wrapped broker was asked since the last look, in words.
    pub fn asked(&mut self) -> Vec<String> {
        let asked = std::mem::take(&mut self.wire.lock().unwrap().asked);
        let word = |request: &BrokerRequest| match &request.body {
            RequestBody::Subscribe(of, channels) => format!("subscribe {} {}", of.symbol, channels.len()),
            RequestBody::Unsubscribe(of) => format!("unsubscribe {}", of.symbol),
            RequestBody::Instruments => "instruments".to_owned(),
            RequestBody::Selected(all) => format!("selected {}", all.len()),
            RequestBody::Candles { instrument, .. } => format!("candles {}", instrument.symbol),
            RequestBody::RecentTrades(of, _) => format!("trades {}", of.symbol),
            other => format!("{other:?}"),
        };
        asked.iter().map(word).collect()
    }

    /// Numbers under which the wrapped broker was asked, and forgets the questions.
    pub fn numbers(&mut self) -> Vec<RequestId> {
        std::mem::take(&mut self.wire.lock().unwrap().asked).iter().map(|request| request.id).collect()
    }

    pub fn place(&mut self, order: PlaceOrder) {
        self.desk.send(RequestBody::Place(order));
    }
}

pub fn on(instrument: InstrumentId, order: PlaceOrder) -> PlaceOrder {
    PlaceOrder { instrument, ..order }
}

pub fn reducing(n: u128, side: Side, at: &str, of: &str) -> PlaceOrder {
    PlaceOrder {
        order_id: order_id(n),
        instrument: bitcoin(),
        side,
        kind: OrderKind::Limit { price: price(at) },
        quantity: quantity(of),
        time_in_force: TimeInForce::Gtc,
        reduce_only: true,
        position_side: PositionSide::Net,
        route: None,
    }
}

pub fn reference_on(n: u128, instrument: InstrumentId) -> OrderReference {
    OrderReference { order_id: order_id(n), broker_id: None, instrument }
}
