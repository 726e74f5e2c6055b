//! A desk in front of a recorded market, on a driven clock, and recordings made by hand.

use std::collections::BTreeSet;
use std::time::Duration;

use hoga::broker::api::{
    Answer, Broker, BrokerError, BrokerEvent, BrokerRequest, Channel, Connection, FillReport, FindOrder,
    OrderReference, PlaceOrder, RequestBody, RequestId,
};
use hoga::broker::paper::PaperConfig;
use hoga::broker::replay::{Capture, CaptureHeader, CaptureWriter, ReplayBroker, ReplaySpeed};
use hoga::market::{
    BookUpdate, InstrumentId, Level, MarketBody, MarketEvent, Price, Quantity, Sequence, Side, Trade, UtcTime,
};
use hoga::order::{OrderId, OrderKind, PositionSide, TimeInForce};
use rust_decimal::Decimal;
use uuid::Uuid;

pub fn start() -> UtcTime {
    UtcTime::parse("2026-11-20T09:00:00+09:00").unwrap()
}

pub fn bitcoin() -> InstrumentId {
    "BINANCE_FUTURES:BTCUSDT".parse().unwrap()
}

pub fn price(text: &str) -> Price {
    text.parse().unwrap()
}

pub fn quantity(text: &str) -> Quantity {
    text.parse().unwrap()
}

pub fn order_id(n: u128) -> OrderId {
    OrderId::from_uuid(Uuid::from_u128(n))
}

pub fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// A recording that is written event by event; times are milliseconds since its begin, the venue's 5 ms before ours.
pub struct Recorder {
    writer: CaptureWriter,
    begin: UtcTime,
    update: u64,
    trade: u64,
}

impl Recorder {
    pub fn new() -> Self {
        let header = CaptureHeader {
            instrument: bitcoin(),
            price_decimals: 1,
            quantity_decimals: 3,
            receive_shift_ms: 0,
            source: "made by hand".into(),
        };
        let begin = UtcTime::parse("2024-08-08T23:54:00Z").unwrap();
        Self { writer: CaptureWriter::new(&header).unwrap(), begin, update: 100, trade: 7_000 }
    }

    fn push(mut self, at: u64, body: MarketBody) -> Self {
        let received_at = self.begin.plus(millis(at));
        let venue_time = received_at.minus(millis(5));
        self.writer.push(&MarketEvent { instrument: bitcoin(), venue_time, received_at, body }).unwrap();
        self
    }

    /// A snapshot: bids 60,000 x 5 and 59,999 x 3, asks 60,001 x 4 and 60,002 x 6.
    pub fn book(self, at: u64) -> Self {
        let levels =
            |rows: [(&str, &str); 2]| rows.map(|(p, q)| Level { price: price(p), quantity: quantity(q) }).into();
        let update = BookUpdate {
            sequence: Sequence::Snapshot { last: self.update },
            bids: levels([("60000", "5"), ("59999", "3")]),
            asks: levels([("60001", "4"), ("60002", "6")]),
        };
        self.push(at, MarketBody::Book(Box::new(update)))
    }

    /// A change of one bid.
    pub fn bid(mut self, at: u64, of: &str, shown: &str) -> Self {
        let previous = self.update;
        self.update += 10;
        let update = BookUpdate {
            sequence: Sequence::Chained { first: previous + 1, last: self.update, previous },
            bids: vec![Level { price: price(of), quantity: quantity(shown) }],
            asks: Vec::new(),
        };
        self.push(at, MarketBody::Book(Box::new(update)))
    }

    pub fn trade(mut self, at: u64, of: &str, size: &str, side: Side) -> Self {
        self.trade += 1;
        let trade = Trade { id: self.trade, price: price(of), quantity: quantity(size), side: Some(side) };
        self.push(at, MarketBody::Trade(trade))
    }

    pub fn bytes(self) -> Vec<u8> {
        self.writer.finish().unwrap()
    }
}

/// Everything a person would want to know of an event, in one line.
pub fn line(event: &BrokerEvent) -> String {
    match event {
        BrokerEvent::Answer { id, outcome: Ok(Answer::Placed { .. }) } => format!("{} placed", id.0),
        BrokerEvent::Answer { id, outcome: Ok(Answer::Canceled { done }) } => format!("{} canceled {done}", id.0),
        BrokerEvent::Answer { id, outcome: Ok(Answer::Replaced { .. }) } => format!("{} replaced", id.0),
        BrokerEvent::Answer { id, outcome: Ok(_) } => format!("{} answer", id.0),
        BrokerEvent::Answer { id, outcome: Err(BrokerError::Refused { code, .. }) } => format!("{} {code}", id.0),
        BrokerEvent::Answer { id, outcome: Err(error) } => format!("{} {error}", id.0),
        BrokerEvent::Order(report) => format!("{} {}/{}", report.state, report.filled, report.quantity),
        BrokerEvent::Fill(fill) => {
            let liquidity = format!("{:?}", fill.liquidity).to_lowercase();
            format!("fill {} @ {} {liquidity}", fill.quantity, fill.price)
        }
        BrokerEvent::Connection(Connection::Down { reason, .. }) => format!("down: {reason}"),
        BrokerEvent::Connection(connection) => format!("{connection:?}").to_lowercase(),
        BrokerEvent::Notice(text) => format!("notice: {text}"),
        BrokerEvent::Market(event) => format!("{:?}", event.body),
        other => format!("{other:?}"),
    }
}

pub struct Desk {
    pub broker: Box<dyn Broker>,
    pub now: UtcTime,
    pub heard: Vec<BrokerEvent>,
    request: u64,
}

impl Desk {
    pub fn new(broker: Box<dyn Broker>) -> Self {
        Self { broker, now: start(), heard: Vec::new(), request: 0 }
    }

    /// On a recording, with 40 ms each way.
    pub fn on(bytes: Vec<u8>, speed: &str, repeat: bool) -> Self {
        let speed = ReplaySpeed { speed: speed.parse().unwrap(), repeat };
        let capture = Capture::open(bytes).unwrap();
        let mut desk = Self::new(Box::new(ReplayBroker::new(capture, speed, PaperConfig::CRYPTO, start()).unwrap()));
        desk.pass(0);
        desk
    }

    /// On a recording at its own speed, subscribed to everything.
    pub fn subscribed(bytes: Vec<u8>) -> Self {
        let mut desk = Self::on(bytes, "1", false);
        desk.subscribe();
        desk
    }

    pub fn subscribe(&mut self) {
        let channels = BTreeSet::from([Channel::Trades, Channel::Book, Channel::Quote]);
        self.ask(RequestBody::Subscribe(bitcoin(), channels)).unwrap();
    }

    /// Sends a request and does not wait.
    pub fn send(&mut self, body: RequestBody) -> RequestId {
        self.request += 1;
        let id = RequestId(self.request);
        self.broker.request(self.now, BrokerRequest { id, body });
        id
    }

    /// Looks until nothing is left for now.
    fn look(&mut self) {
        let mut next = Some(self.now);
        while next.is_some_and(|next| next <= self.now) {
            let before = self.heard.len();
            next = self.broker.poll(self.now, &mut self.heard);
            assert!(self.heard.len() - before <= 512, "too much at once");
        }
    }

    /// Lets time pass, looking whenever the broker wants it, and gives what was heard.
    pub fn pass(&mut self, count: u64) -> Vec<BrokerEvent> {
        self.pass_in(count, count.max(1))
    }

    /// As [`Self::pass`], in steps of this length.
    pub fn pass_in(&mut self, count: u64, step: u64) -> Vec<BrokerEvent> {
        let before = self.heard.len();
        let end = self.now.plus(millis(count));
        loop {
            self.look();
            if self.now >= end {
                return self.heard[before..].to_vec();
            }
            self.now = self.now.plus(millis(step)).min(end);
        }
    }

    /// What was heard of orders meanwhile.
    pub fn orders(&mut self, count: u64) -> Vec<String> {
        let events = self.pass(count);
        events.iter().filter(|event| !matches!(event, BrokerEvent::Market(_))).map(line).collect()
    }

    /// Sends a request and waits for its answer.
    pub fn ask(&mut self, body: RequestBody) -> Result<Answer, BrokerError> {
        let id = self.send(body);
        let events = self.pass(80);
        let answers: Vec<_> = events
            .into_iter()
            .filter_map(|event| match event {
                BrokerEvent::Answer { id: of, outcome } if of == id => Some(outcome),
                _ => None,
            })
            .collect();
        assert_eq!(answers.len(), 1, "one answer to each request");
        answers.into_iter().next().unwrap()
    }

    pub fn fills(&self) -> Vec<FillReport> {
        let fill = |event: &BrokerEvent| if let BrokerEvent::Fill(fill) = event { Some(fill.clone()) } else { None };
        self.heard.iter().filter_map(fill).collect()
    }

    pub fn market(&self) -> Vec<MarketEvent> {
        let market =
            |event: &BrokerEvent| if let BrokerEvent::Market(event) = event { Some(event.clone()) } else { None };
        self.heard.iter().filter_map(market).collect()
    }
}

pub fn place(n: u128, side: Side, kind: OrderKind, of: &str) -> PlaceOrder {
    PlaceOrder {
        order_id: order_id(n),
        instrument: bitcoin(),
        side,
        kind,
        quantity: quantity(of),
        time_in_force: TimeInForce::Gtc,
        reduce_only: false,
        position_side: PositionSide::Net,
        route: None,
    }
}

pub fn limit(n: u128, side: Side, at: &str, of: &str) -> PlaceOrder {
    place(n, side, OrderKind::Limit { price: price(at) }, of)
}

pub fn market(n: u128, side: Side, of: &str) -> PlaceOrder {
    place(n, side, OrderKind::Market, of)
}

pub fn reference(n: u128) -> OrderReference {
    OrderReference { order_id: order_id(n), broker_id: None, instrument: bitcoin() }
}

pub fn find(n: u128) -> FindOrder {
    FindOrder {
        order: reference(n),
        side: Side::Buy,
        price: None,
        quantity: quantity("1"),
        sent_at: start(),
        not_these: Vec::new(),
        route: None,
    }
}

pub fn total(fills: &[FillReport]) -> Decimal {
    fills.iter().map(|fill| fill.quantity.value()).sum()
}
