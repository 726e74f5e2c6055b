//! What the desk asks of a broker, and what a broker tells the desk.
//!
//! A broker never waits: [`Broker::request`] hands a request over, every answer comes back as a [`BrokerEvent`] from
//! [`Broker::poll`] with the request's id. The simulator, replay and paper matching compute their events inside `poll`;
//! adapters with a network fill an inbox from their tasks, wake the desk, and empty it there. So the whole desk can run
//! in one thread, on a driven clock, with no network, and be right for the same reasons as in production.
//!
//! Nothing succeeds by default: what [`Capabilities`] lacks is refused before it reaches the broker, and a request a
//! broker cannot carry out is answered with [`BrokerError::Unsupported`].

mod error;
mod flow;
mod realised;

use std::collections::BTreeSet;
use std::time::Duration;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::market::candle::{Candle, Interval};
use crate::market::{
    Facts, FlowPoint, FlowSeries, Instrument, InstrumentId, MarketEvent, Price, Product, Quantity, RankBy, Ranked,
    Side, Trade, UtcTime,
};
use crate::order::fee::Liquidity;
use crate::order::{
    BrokerOrderId, Cash, ClientOrderId, ExecutionId, KindName, OrderId, OrderKind, OrderState, PositionSide, Route,
    TimeInForce,
};

pub use error::BrokerError;
pub use flow::{CashFlow, CashFlowKind, FundingStamp};
pub use realised::{Covered, DAYS_MAX, ProfitBy, Realised, RealisedQuestion, RealisedRow};

/// One connection to a broker for one profile.
pub trait Broker: Send {
    /// What this broker can do in this profile's world. Does not change while connected.
    fn capabilities(&self) -> &Capabilities;

    /// Hands over a request; never waits. Its answer is a later [`BrokerEvent::Answer`] with the same id.
    fn request(&mut self, now: UtcTime, request: BrokerRequest);

    /// Puts what happened up to `now` into `out`, in the order it happened, and says when to call again at the latest
    /// if nobody wakes the desk before. Produces at most a bounded number of events a call; when more wait it returns
    /// `Some(now)`.
    fn poll(&mut self, now: UtcTime, out: &mut Vec<BrokerEvent>) -> Option<UtcTime>;

    /// Units that will be filled before an own resting order, as the broker knows it at its last poll: exactly where the
    /// venue is in this process, by its model where fills are virtual. Asked often, so it must be cheap. `None` where it
    /// is not known.
    fn queue_ahead(&self, _order: OrderId) -> Option<Quantity> {
        None
    }

    /// Ends the connection; nothing is sent afterwards.
    fn close(&mut self);
}

/// Number of a request, unique within a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

pub use crate::config::World;

/// How an open order's price or quantity is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModifySupport {
    /// Not at all: cancel, wait, place again.
    None,
    /// In place, under the same number (Binance futures, simulator).
    InPlace,
    /// The broker gives the changed order a new number (KIS, Kiwoom).
    NewNumber,
}

/// How fills and order states arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportDelivery {
    /// A stream pushes them; polling is only the cross-check.
    Stream,
    /// They must be asked for at this interval while orders are open.
    Poll(Duration),
}

/// What a broker can do. A refusal because of a missing capability names it.
#[derive(Debug, Clone)]
pub struct Capabilities {
    /// Name in the config: `sim`, `replay`, `kis`, `kiwoom`, `binance`, `ocx`.
    pub broker: &'static str,
    /// Worlds it has.
    pub worlds: &'static [World],
    /// Products it trades.
    pub products: Vec<ProductCapability>,
    /// How orders are changed.
    pub modify: ModifySupport,
    /// Whether it stores and finds orders by a client order id. Without one an unknown outcome is resolved by matching.
    pub client_order_ids: bool,
    /// Whether `CancelAll` is one request.
    pub cancel_all: bool,
    /// How fills and order states arrive.
    pub reports: ReportDelivery,
    /// Market data that can be subscribed; the rest is polled.
    pub streams: BTreeSet<Channel>,
    /// Most instrument-channel registrations at a time (KIS: 41).
    pub registrations_max: Option<u32>,
    /// Whether cash lives in hoga's ledger (virtual worlds): deposits and withdrawals are allowed.
    pub virtual_cash: bool,
    /// Whether hedge mode (a long and a short position at once) exists.
    pub hedge_mode: bool,
    /// Whether leverage can be set.
    pub leverage: bool,
    /// Longest time after sending in which a request can still take effect at the broker (Binance: `recvWindow`). Only
    /// after it does "no such order" prove that an order never will be.
    pub request_lifetime: Duration,
    /// Candle intervals that history exists for.
    pub candle_intervals: Vec<Interval>,
    /// Whether the broker ranks its market. Without it the desk ranks what it has heard of.
    pub rankings: bool,
    /// Whether the broker knows more of an instrument than its listing says.
    pub facts: bool,
    /// Products it has in another of its worlds and not in this one, and why, in English.
    pub lacks: Vec<(Product, &'static str)>,
    /// Venues that an order in Korean shares may be sent to; none where orders go to the venue of their instrument.
    pub routes: &'static [Route],
    /// Why it has no other routes, in English, where another of its worlds has.
    pub routes_lack: Option<&'static str>,
    /// Order types that are to be had in another of its worlds or on the other side only.
    pub lacking_kinds: Vec<LackingKind>,
    /// Times in force that are to be had in another of its worlds only, of which products, and why, in English.
    pub lacking_times: Vec<(Product, TimeInForce, &'static str)>,
}

/// An order type that a broker has elsewhere and not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LackingKind {
    /// Of what.
    pub product: Product,
    /// The type.
    pub kind: KindName,
    /// The side that cannot have it; none when neither can.
    pub side: Option<Side>,
    /// Why, in English.
    pub why: &'static str,
}

impl Capabilities {
    /// What it can do with a product.
    #[must_use]
    pub fn product(&self, product: Product) -> Option<&ProductCapability> {
        self.products.iter().find(|entry| std::mem::discriminant(&entry.product) == std::mem::discriminant(&product))
    }

    /// Why it has a time in force elsewhere and not here. Boards of Korean shares count as one product.
    #[must_use]
    pub fn lacks_time(&self, product: Product, time_in_force: TimeInForce) -> Option<&'static str> {
        let same = |of: Product| std::mem::discriminant(&of) == std::mem::discriminant(&product);
        let lacking = self.lacking_times.iter().find(|(of, time, _)| same(*of) && *time == time_in_force);
        lacking.map(|(.., why)| *why)
    }

    /// Why it has an order type elsewhere and not for such an order.
    #[must_use]
    pub fn lacks_kind(&self, product: Product, kind: KindName, side: Side) -> Option<&'static str> {
        let is_it = |lacking: &&LackingKind| {
            lacking.product == product && lacking.kind == kind && lacking.side.is_none_or(|only| only == side)
        };
        self.lacking_kinds.iter().find(is_it).map(|lacking| lacking.why)
    }
}

/// What a broker can do with one product.
#[derive(Debug, Clone)]
pub struct ProductCapability {
    /// The product; boards of Korean shares count as one.
    pub product: Product,
    /// Types the venue itself works. Conditional types that are missing are held by the desk.
    pub native_kinds: BTreeSet<KindName>,
    /// Times in force it takes.
    pub times_in_force: BTreeSet<TimeInForce>,
    /// Whether it knows reduce-only orders.
    pub reduce_only: bool,
}

/// Kind of market data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Prints.
    Trades,
    /// Order book.
    Book,
    /// Best bid and ask, day's numbers.
    Quote,
    /// Mark price and funding.
    Mark,
}

/// A request with its number.
#[derive(Debug, Clone)]
pub struct BrokerRequest {
    /// Its number.
    pub id: RequestId,
    /// What is wanted.
    pub body: RequestBody,
}

/// What is wanted.
#[derive(Debug, Clone)]
pub enum RequestBody {
    /// A new order.
    Place(PlaceOrder),
    /// The end of an order.
    Cancel(OrderReference),
    /// Another price or quantity for an order.
    Replace {
        /// Which.
        order: OrderReference,
        /// The whole new kind (prices).
        kind: OrderKind,
        /// New total quantity, what is already filled included.
        quantity: Quantity,
    },
    /// The end of every open order, or of those of one instrument.
    CancelAll(Option<InstrumentId>),
    /// What became of an order whose outcome is not known.
    FindOrder(FindOrder),
    /// Every open order of the account.
    OpenOrders,
    /// What the ledger holds of orders and their fills, before anything else is asked on a connection that has just begun.
    /// Told to brokers without client order ids, which name fills by what an order's number has filled so far.
    Recovered(Vec<RecoveredOrder>),
    /// Every fill since a time.
    Fills {
        /// Inclusive.
        since: UtcTime,
    },
    /// Holdings.
    Positions,
    /// Cash.
    Balances,
    /// Market data of an instrument, beginning with a whole book. Asked for again, it brings the whole book once more.
    Subscribe(InstrumentId, BTreeSet<Channel>),
    /// No more of it.
    Unsubscribe(InstrumentId),
    /// What people look at closest now, which is to be live first where not everything can be. Takes the place of the set
    /// that was told before; asks for nothing, and is answered with [`Answer::Done`].
    Selected(BTreeSet<InstrumentId>),
    /// Candles that end at or before a time, newest last.
    Candles {
        /// Of what.
        instrument: InstrumentId,
        /// How long each.
        interval: Interval,
        /// How many at most.
        count: u32,
        /// The newest opens at or before this; now when absent.
        until: Option<UtcTime>,
    },
    /// Open interest, takers' sides or accounts' sides, one point an interval, newest last.
    Flow {
        /// Of what.
        instrument: InstrumentId,
        /// Which numbers.
        series: FlowSeries,
        /// How long each.
        interval: Interval,
        /// How many at most.
        count: u32,
    },
    /// The instruments that lead the market today, first the first.
    Ranking {
        /// By what.
        by: RankBy,
        /// How many at most.
        count: u32,
    },
    /// What is known of an instrument beside its listing.
    Facts(InstrumentId),
    /// What was realised, as the broker counts it.
    Realised(RealisedQuestion),
    /// Latest prints, newest last.
    RecentTrades(InstrumentId, u32),
    /// Leverage of a margined instrument.
    SetLeverage(InstrumentId, u32),
    /// The instruments there are.
    Instruments,
}

/// A new order as a broker needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceOrder {
    /// hoga's id; adapters derive the broker's client order id from it.
    pub order_id: OrderId,
    /// What.
    pub instrument: InstrumentId,
    /// Which way.
    pub side: Side,
    /// Type and prices; only types in [`ProductCapability::native_kinds`].
    pub kind: OrderKind,
    /// How much.
    pub quantity: Quantity,
    /// How long.
    pub time_in_force: TimeInForce,
    /// Only make a position smaller.
    pub reduce_only: bool,
    /// Which position, in hedge mode.
    pub position_side: PositionSide,
    /// Where it goes; `None` is the instrument's own venue. Only what [`Capabilities::routes`] has.
    pub route: Option<Route>,
}

/// An order already made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderReference {
    /// hoga's id.
    pub order_id: OrderId,
    /// The broker's, once known.
    pub broker_id: Option<BrokerOrderId>,
    /// What it is on.
    pub instrument: InstrumentId,
}

/// An order to look for. A broker without client order ids matches by what it looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindOrder {
    /// Which.
    pub order: OrderReference,
    /// Which way.
    pub side: Side,
    /// Limit price, where it has one.
    pub price: Option<Price>,
    /// How much.
    pub quantity: Quantity,
    /// When it was sent.
    pub sent_at: UtcTime,
    /// Broker numbers already known to belong to other orders.
    pub not_these: Vec<BrokerOrderId>,
    /// Where it was sent; `None` is the instrument's own venue.
    pub route: Option<Route>,
}

/// An order of the ledger, after a restart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveredOrder {
    /// hoga's id.
    pub order_id: OrderId,
    /// The broker's numbers of it, oldest first; none while unknown.
    pub broker_ids: Vec<BrokerOrderId>,
    /// On what.
    pub instrument: InstrumentId,
    /// Which way.
    pub side: Side,
    /// Type and prices now.
    pub kind: OrderKind,
    /// How long.
    pub time_in_force: TimeInForce,
    /// Total quantity now.
    pub quantity: Quantity,
    /// When it was sent.
    pub sent_at: UtcTime,
    /// Its fills: the broker's number of each, price and quantity.
    pub fills: Vec<(ExecutionId, Price, Quantity)>,
    /// Where it was sent; `None` is the instrument's own venue.
    pub route: Option<Route>,
    /// How it ended; `None` while it is open as far as anybody knows.
    pub ended: Option<OrderState>,
}

/// What a broker tells the desk.
#[derive(Debug, Clone)]
pub enum BrokerEvent {
    /// The answer to a request.
    Answer {
        /// Of which request.
        id: RequestId,
        /// What came back.
        outcome: Result<Answer, BrokerError>,
    },
    /// News of an order.
    Order(OrderReport),
    /// A fill.
    Fill(FillReport),
    /// Market data.
    Market(MarketEvent),
    /// Cash or a position as the broker sees it.
    Account(AccountReport),
    /// Money moved without an order: funding, dividends, interest.
    CashFlow(CashFlow),
    /// Funding fell due in a virtual world whose positions are in hoga's ledger alone: the desk knows how much it is.
    Funding(FundingStamp),
    /// The state of the connection.
    Connection(Connection),
    /// A message of the broker for people; control characters removed.
    Notice(String),
    /// Instruments whose data is asked for again and again, because it does not come by a stream now; all of them.
    Polled(BTreeSet<InstrumentId>),
}

/// A good answer.
#[derive(Debug, Clone)]
pub enum Answer {
    /// An order was taken.
    Placed {
        /// Its number.
        broker_id: BrokerOrderId,
    },
    /// A cancel was taken; the order ends with its own report unless `done`.
    Canceled {
        /// Whether the order is certainly over now.
        done: bool,
    },
    /// A change was taken.
    Replaced {
        /// The order's number from now on (the same one where changes are in place).
        broker_id: BrokerOrderId,
    },
    /// What became of an order.
    Found(Found),
    /// Open orders. `complete` is false when the list was cut.
    Orders {
        /// Them.
        orders: Vec<OrderReport>,
        /// Whether these are all.
        complete: bool,
    },
    /// Fills.
    Fills {
        /// Them, oldest first.
        fills: Vec<FillReport>,
        /// Whether these are all.
        complete: bool,
    },
    /// Cash and holdings.
    Account(Vec<AccountReport>),
    /// Candles, oldest first.
    Candles(Vec<Candle>),
    /// Points of a series, oldest first.
    Flow(Vec<FlowPoint>),
    /// A ranking, first the first.
    Ranking(Vec<Ranked>),
    /// What is known of an instrument.
    Facts(Box<Facts>),
    /// What was realised, as the broker counts it.
    Realised(Box<Realised>),
    /// Prints, oldest first, each with its time.
    Trades(Vec<(UtcTime, Trade)>),
    /// Instruments.
    Instruments(Vec<Instrument>),
    /// Done; nothing to say.
    Done,
}

/// What became of an order that was asked about.
#[derive(Debug, Clone)]
pub enum Found {
    /// It is there.
    Order(Box<OrderReport>),
    /// The broker itself says there is none, with certainty.
    NotThere,
    /// Several could be it; a person must say.
    Ambiguous(Vec<OrderReport>),
}

/// An order as the broker sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderReport {
    /// hoga's id where the broker carries it.
    pub order_id: Option<OrderId>,
    /// The id a client gave, where the broker carries that instead.
    pub client_id: Option<ClientOrderId>,
    /// The broker's number.
    pub broker_id: BrokerOrderId,
    /// The number it had before a change, where changes give new numbers.
    pub replaces: Option<BrokerOrderId>,
    /// On what.
    pub instrument: InstrumentId,
    /// Which way.
    pub side: Side,
    /// Type and prices now.
    pub kind: OrderKind,
    /// Total quantity now.
    pub quantity: Quantity,
    /// Filled so far.
    pub filled: Quantity,
    /// Its state; never `Draft`, `Pending` or `Unknown`.
    pub state: OrderState,
    /// Why, where the broker says; control characters removed.
    pub reason: Option<String>,
    /// Units ahead of it in the queue, where known.
    pub queue_ahead: Option<Quantity>,
    /// Venue time.
    pub time: UtcTime,
}

/// A fill as the broker tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FillReport {
    /// The broker's number of it.
    pub execution_id: ExecutionId,
    /// hoga's id of the order, where the broker carries it.
    pub order_id: Option<OrderId>,
    /// The broker's number of the order.
    pub broker_id: BrokerOrderId,
    /// On what.
    pub instrument: InstrumentId,
    /// Which way.
    pub side: Side,
    /// Price.
    pub price: Price,
    /// Quantity.
    pub quantity: Quantity,
    /// Maker, taker or auction.
    pub liquidity: Liquidity,
    /// Commission, where the broker says; else the profile's schedule computes it.
    pub commission: Option<Cash>,
    /// Tax, likewise.
    pub tax: Option<Cash>,
    /// What was taken in units instead of money, beside [`Self::commission`]: coins out of those bought, or of another
    /// one that the account holds.
    pub fee_in_kind: Option<FeeInKind>,
    /// Profit it made by the broker's own count, before commission and tax, in the instrument's currency. It is booked
    /// as it is told: a fill that comes late would be counted in another order here.
    pub realized: Option<Decimal>,
    /// Which position, in hedge mode.
    pub position_side: PositionSide,
    /// Venue time.
    pub time: UtcTime,
}

/// A commission taken in units of an instrument that is paid in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeeInKind {
    /// Of what.
    pub instrument: InstrumentId,
    /// How many units fewer are held.
    pub quantity: Quantity,
}

/// Cash or a position as the broker sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountReport {
    /// Cash in one currency.
    Cash {
        /// Total, what is reserved included.
        total: Cash,
        /// Free for orders, where the broker says.
        available: Option<Decimal>,
    },
    /// One holding.
    Position {
        /// In what.
        instrument: InstrumentId,
        /// Which.
        side: PositionSide,
        /// Signed: negative is short.
        quantity: Decimal,
        /// Average cost of a unit; where the broker keeps none, what a unit trades at.
        average_price: Option<Price>,
    },
    /// Leverage as it is set at the venue, by whomever. Told once a connection, before it is up, and when it changes.
    Leverage {
        /// Of what.
        instrument: InstrumentId,
        /// How many times.
        leverage: u32,
    },
}

/// The state of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Connection {
    /// Orders and data flow. After every `Up` the desk reconciles before it trusts anything.
    Up,
    /// Lost; orders whose answer is out become unknown. Tried again at the time given.
    Down {
        /// What happened, for people.
        reason: String,
        /// Next try, if there will be one.
        retry_at: Option<UtcTime>,
    },
    /// Data has not come for longer than it should.
    Silent,
}
