//! What the exchange knows of the desk: its orders, fills and holdings. Every change is a [`Record`]; applying the
//! records again gives the same truth again.

use std::collections::{BTreeMap, VecDeque};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::matching::OrderKey;
use crate::broker::api::{AccountReport, FillReport, OrderReport};
use crate::market::gather::Gather;
use crate::market::{InstrumentId, Price, Quantity, Side, UtcTime};
use crate::order::fee::Liquidity;
use crate::order::{BrokerOrderId, ExecutionId, OrderId, OrderKind, OrderState, PositionSide, TimeInForce};

/// Finished orders kept in memory.
const ORDERS: usize = 20_000;
/// Fills kept in memory.
const FILLS: usize = 50_000;

/// An order of the desk.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeskOrder {
    /// The exchange's number of it.
    pub number: u64,
    /// hoga's id.
    pub order_id: OrderId,
    /// On what.
    pub instrument: InstrumentId,
    /// Which way.
    pub side: Side,
    /// Type and price now; what followed another price on arrival is a limit from then on.
    pub kind: OrderKind,
    /// Total quantity.
    pub quantity: Quantity,
    /// Filled so far.
    pub filled: Quantity,
    /// How long.
    pub time_in_force: TimeInForce,
    /// Only make a position smaller.
    pub reduce_only: bool,
    /// State.
    pub state: OrderState,
    /// Why it ended.
    pub reason: Option<String>,
    /// Last change.
    #[serde(with = "nanos")]
    pub time: UtcTime,
    /// Where it rests.
    #[serde(skip)]
    pub key: Option<OrderKey>,
    /// Which pit.
    #[serde(skip)]
    pub pit: usize,
}

impl DeskOrder {
    /// The number as the desk sees it.
    #[must_use]
    pub fn broker_id(&self) -> Option<BrokerOrderId> {
        BrokerOrderId::new(&format!("SIM-{}", self.number)).ok()
    }

    /// What may still be filled.
    #[must_use]
    pub fn remaining(&self) -> Quantity {
        self.quantity.minus(self.filled)
    }

    /// As the desk hears of it.
    #[must_use]
    pub fn report(&self, queue_ahead: Option<Quantity>) -> Option<OrderReport> {
        Some(OrderReport {
            order_id: Some(self.order_id),
            client_id: None,
            broker_id: self.broker_id()?,
            replaces: None,
            instrument: self.instrument,
            side: self.side,
            kind: self.kind,
            quantity: self.quantity,
            filled: self.filled,
            state: self.state,
            reason: self.reason.clone(),
            queue_ahead,
            time: self.time,
        })
    }
}

/// A fill of the desk.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Filled {
    /// Its number, unique for ever.
    pub execution: ExecutionId,
    /// Number of the order.
    pub number: u64,
    /// hoga's id of the order.
    pub order_id: OrderId,
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
    /// When.
    #[serde(with = "nanos")]
    pub time: UtcTime,
}

impl Filled {
    /// As the desk hears of it.
    #[must_use]
    pub fn report(&self) -> Option<FillReport> {
        Some(FillReport {
            execution_id: self.execution.clone(),
            order_id: Some(self.order_id),
            broker_id: BrokerOrderId::new(&format!("SIM-{}", self.number)).ok()?,
            instrument: self.instrument,
            side: self.side,
            price: self.price,
            quantity: self.quantity,
            liquidity: self.liquidity,
            commission: None,
            tax: None,
            fee_in_kind: None,
            realized: None,
            position_side: PositionSide::Net,
            time: self.time,
        })
    }
}

/// A net position.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Holding {
    /// Units; negative is short.
    pub quantity: Decimal,
    /// What they cost; never negative.
    pub cost: Decimal,
}

impl Holding {
    fn book(&mut self, side: Side, price: Price, quantity: Quantity) {
        let signed = if side == Side::Buy { quantity.value() } else { -quantity.value() };
        let held = self.quantity;
        let against = !held.is_zero() && held.is_sign_negative() != signed.is_sign_negative();
        let closed = if against { quantity.value().min(held.abs()) } else { Decimal::ZERO };
        if !closed.is_zero() {
            self.cost -= self.cost * closed / held.abs();
        }
        self.cost += price.value() * (quantity.value() - closed);
        self.quantity += signed;
    }

    fn report(&self, instrument: InstrumentId) -> AccountReport {
        let average =
            self.cost.checked_div(self.quantity.abs()).and_then(|average| Price::new(average.round_dp(8)).ok());
        AccountReport::Position {
            instrument,
            side: PositionSide::Net,
            quantity: self.quantity.normalize(),
            average_price: average,
        }
    }
}

/// Prices of an instrument that outlive the process.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct KeptPrice {
    /// Of what.
    pub instrument: InstrumentId,
    /// Base price of the day.
    pub base: Price,
    /// Last price.
    pub last: Price,
}

/// A change.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// Everything so far, in one; what came before is of no interest any more.
    Whole(Box<Truth>),
    /// An order was taken, changed or ended: all of it as it is now.
    Order(Box<DeskOrder>),
    /// A fill.
    Fill(Box<Filled>),
    /// Funding was paid up to this time.
    Funding(#[serde(with = "nanos")] UtcTime),
    /// An order came under an id that was used before, and was refused.
    Repeated(OrderId),
    /// Prices now and the number of the exchange day.
    Prices {
        /// The exchange's own count of days.
        day: u64,
        /// Them.
        prices: Vec<KeptPrice>,
    },
}

/// What the exchange knows of the desk.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Truth {
    /// Orders by number.
    pub orders: BTreeMap<u64, DeskOrder>,
    /// Fills, oldest first.
    pub fills: VecDeque<Filled>,
    /// Holdings.
    #[serde(with = "holding_list")]
    pub holdings: BTreeMap<InstrumentId, Holding>,
    /// Last number given to an order.
    pub last_order: u64,
    /// Last number given to a fill.
    pub last_execution: u64,
    /// The exchange's own count of days.
    pub day: u64,
    /// Last prices known.
    pub prices: Vec<KeptPrice>,
    /// Orders and fills before this may have been dropped; the epoch while none have been.
    #[serde(with = "nanos")]
    pub known_since: UtcTime,
    /// Funding is paid up to here.
    #[serde(with = "nanos")]
    pub funded_until: UtcTime,
    /// Orders that came under an id that was used before: each is an order somebody sent twice.
    #[serde(default)]
    pub repeated: u64,
    #[serde(skip)]
    by_id: BTreeMap<OrderId, u64>,
    #[serde(skip)]
    open: std::collections::BTreeSet<u64>,
}

impl Truth {
    /// Takes a record in.
    pub fn apply(&mut self, record: &Record) {
        match record {
            Record::Whole(whole) => {
                *self = (**whole).clone();
                self.by_id = self.orders.values().map(|order| (order.order_id, order.number)).into_map();
                self.open = self.orders.values().filter(|o| o.state.is_open()).map(|o| o.number).into_set();
            }
            Record::Order(order) => self.take_order(order),
            Record::Fill(fill) => self.take_fill(fill),
            Record::Funding(until) => self.funded_until = *until,
            Record::Repeated(_) => self.repeated += 1,
            Record::Prices { day, prices } => {
                self.day = *day;
                self.prices.clone_from(prices);
            }
        }
    }

    fn take_order(&mut self, order: &DeskOrder) {
        self.last_order = self.last_order.max(order.number);
        self.by_id.insert(order.order_id, order.number);
        if order.state.is_open() {
            self.open.insert(order.number);
        } else {
            self.open.remove(&order.number);
        }
        self.orders.insert(order.number, order.clone());
        if self.orders.len() > ORDERS + self.open.len() {
            let oldest = self.orders.values().find(|order| order.state.is_final()).map(|order| order.number);
            if let Some(gone) = oldest.and_then(|number| self.orders.remove(&number)) {
                self.by_id.remove(&gone.order_id);
                self.known_since = self.known_since.max(gone.time);
            }
        }
    }

    fn take_fill(&mut self, fill: &Filled) {
        self.last_execution += 1;
        if let Some(order) = self.orders.get_mut(&fill.number) {
            order.filled = order.filled.plus(fill.quantity);
            order.time = fill.time;
            order.state = OrderState::PartiallyFilled;
            if order.filled >= order.quantity {
                order.state = OrderState::Filled;
                order.key = None;
                self.open.remove(&fill.number);
            }
        }
        let holding = self.holdings.entry(fill.instrument).or_default();
        holding.book(fill.side, fill.price, fill.quantity);
        if holding.quantity.is_zero() {
            self.holdings.remove(&fill.instrument);
        }
        if self.fills.len() == FILLS
            && let Some(gone) = self.fills.pop_front()
        {
            self.known_since = self.known_since.max(gone.time);
        }
        self.fills.push_back(fill.clone());
    }

    /// Drops finished orders, and fills, that are older than `before`.
    pub fn forget(&mut self, before: UtcTime) {
        let count = self.orders.len() + self.fills.len();
        self.orders.retain(|_, order| order.state.is_open() || order.time >= before);
        self.fills.retain(|fill| fill.time >= before);
        // An exchange that has dropped nothing still knows of all times, even those before it existed.
        if self.orders.len() + self.fills.len() < count {
            self.known_since = self.known_since.max(before);
        }
        let orders = &self.orders;
        self.by_id.retain(|_, number| orders.contains_key(number));
    }

    /// The order of hoga's id.
    #[must_use]
    pub fn find(&self, id: OrderId) -> Option<&DeskOrder> {
        self.by_id.get(&id).and_then(|number| self.orders.get(number))
    }

    /// Numbers of open orders, oldest first.
    #[must_use]
    pub fn open(&self) -> Vec<u64> {
        self.open.iter().copied().collect()
    }

    /// Units held; negative is short.
    #[must_use]
    pub fn held(&self, instrument: InstrumentId) -> Decimal {
        self.holdings.get(&instrument).map_or(Decimal::ZERO, |holding| holding.quantity)
    }

    /// Holdings as the desk hears of them.
    #[must_use]
    pub fn positions(&self) -> Vec<AccountReport> {
        self.holdings.iter().map(|(instrument, holding)| holding.report(*instrument)).collect()
    }
}

/// JSON objects have text for keys; a list of pairs keeps the instrument's own form.
mod holding_list {
    use crate::market::gather::Gather;
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::{Holding, InstrumentId};

    pub fn serialize<S: Serializer>(map: &BTreeMap<InstrumentId, Holding>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<BTreeMap<InstrumentId, Holding>, D::Error> {
        Ok(Vec::<(InstrumentId, Holding)>::deserialize(d)?.into_iter().into_map())
    }
}

/// Times to the nanosecond: their text has milliseconds only, and what was told must come back the same.
mod nanos {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::market::UtcTime;

    pub fn serialize<S: Serializer>(time: &UtcTime, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(time.nanos())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UtcTime, D::Error> {
        i64::deserialize(deserializer).map(UtcTime::from_nanos)
    }
}
