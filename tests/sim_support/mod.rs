//! A desk for tests of the simulated exchange: it asks, and keeps what it hears.

use std::collections::BTreeSet;
use std::time::Duration;

use hoga::broker::api::{
    Answer, BrokerError, BrokerEvent, BrokerRequest, Channel, FillReport, OrderReference, OrderReport, PlaceOrder,
    RequestBody, RequestId,
};
use hoga::broker::sim::{SimConfig, SimExchange};
use hoga::market::{BookUpdate, InstrumentId, MarketBody, MarketEvent, Price, Quantity, Side, UtcTime};
use hoga::order::{OrderId, OrderKind, PositionSide, TimeInForce};

/// Saturday afternoon in Seoul: no market in the world is open.
pub fn start() -> UtcTime {
    UtcTime::parse("2026-11-21T15:00:00+09:00").unwrap()
}

pub fn id(symbol: &str) -> InstrumentId {
    format!("SIM:{symbol}").parse().unwrap()
}

pub fn price(text: &str) -> Price {
    text.parse().unwrap()
}

pub fn quantity(text: &str) -> Quantity {
    text.parse().unwrap()
}

pub fn order_id(number: u128) -> OrderId {
    format!("{number:032x}").parse().unwrap()
}

pub fn all_channels() -> BTreeSet<Channel> {
    BTreeSet::from([Channel::Trades, Channel::Book, Channel::Quote, Channel::Mark])
}

pub fn limit(number: u128, symbol: &str, side: Side, at: Price, lots: &str) -> PlaceOrder {
    PlaceOrder {
        order_id: order_id(number),
        instrument: id(symbol),
        side,
        kind: OrderKind::Limit { price: at },
        quantity: quantity(lots),
        time_in_force: TimeInForce::Day,
        reduce_only: false,
        position_side: PositionSide::Net,
        route: None,
    }
}

pub fn market(number: u128, symbol: &str, side: Side, lots: &str) -> PlaceOrder {
    PlaceOrder { kind: OrderKind::Market, ..limit(number, symbol, side, price("1"), lots) }
}

pub fn reference(order: &PlaceOrder) -> OrderReference {
    OrderReference { order_id: order.order_id, broker_id: None, instrument: order.instrument }
}

/// An exchange and everything it has said.
pub struct Desk {
    pub exchange: SimExchange,
    pub heard: Vec<BrokerEvent>,
    requests: u64,
}

impl Desk {
    pub fn new(exchange: SimExchange) -> Self {
        Self { exchange, heard: Vec::new(), requests: 0 }
    }

    pub fn open(seed: u64, symbols: &[&str]) -> Self {
        let mut desk = Self::new(SimExchange::new(SimConfig::default().only(symbols), seed, start()));
        for symbol in symbols {
            desk.ask(RequestBody::Subscribe(id(symbol), all_channels())).unwrap();
        }
        desk
    }

    /// Sends a request and gives back what came at once.
    pub fn send(&mut self, body: RequestBody) -> Vec<BrokerEvent> {
        self.requests += 1;
        let mut out = Vec::new();
        self.exchange.request(BrokerRequest { id: RequestId(self.requests), body }, &mut out);
        self.heard.extend(out.iter().cloned());
        out
    }

    pub fn ask(&mut self, body: RequestBody) -> Result<Answer, BrokerError> {
        let events = self.send(body);
        let mut answers = events.into_iter().filter_map(|event| match event {
            BrokerEvent::Answer { outcome, .. } => Some(outcome),
            _ => None,
        });
        answers.next().expect("every request is answered")
    }

    pub fn place(&mut self, order: &PlaceOrder) -> Result<Answer, BrokerError> {
        self.ask(RequestBody::Place(order.clone()))
    }

    pub fn code(&mut self, order: &PlaceOrder) -> String {
        match self.place(order) {
            Err(BrokerError::Refused { code, .. }) => code,
            other => format!("{other:?}"),
        }
    }

    pub fn run(&mut self, seconds: f64) {
        let until = self.exchange.now().plus(Duration::from_secs_f64(seconds));
        self.exchange.advance(until, &mut self.heard);
    }

    pub fn fills(&self) -> Vec<FillReport> {
        self.heard
            .iter()
            .filter_map(|e| if let BrokerEvent::Fill(fill) = e { Some(fill.clone()) } else { None })
            .collect()
    }

    pub fn reports(&self, number: u128) -> Vec<OrderReport> {
        let orders = self.heard.iter().filter_map(|e| if let BrokerEvent::Order(o) = e { Some(o) } else { None });
        orders.filter(|o| o.order_id == Some(order_id(number))).cloned().collect()
    }

    pub fn last_report(&self, number: u128) -> OrderReport {
        self.reports(number).pop().expect("a report of the order")
    }

    pub fn market(&self, symbol: &str) -> Vec<MarketEvent> {
        let events = self.heard.iter().filter_map(|e| if let BrokerEvent::Market(m) = e { Some(m) } else { None });
        events.filter(|m| m.instrument == id(symbol)).cloned().collect()
    }

    pub fn book(&self, symbol: &str) -> BookUpdate {
        let books = self.market(symbol).into_iter().rev();
        let mut books = books.filter_map(|m| if let MarketBody::Book(book) = m.body { Some(*book) } else { None });
        books.next().expect("a book")
    }

    pub fn best(&self, symbol: &str) -> (Price, Price) {
        let book = self.book(symbol);
        (book.bids[0].price, book.asks[0].price)
    }
}
