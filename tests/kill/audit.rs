//! The ledger against the exchange's own journal. Both go on while they are read, so each side is read in the order in
//! which the other may only know more.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use hoga::broker::sim::{self, Filled, Truth};
use hoga::ledger::{LedgerReader, OrderScope, verify};
use hoga::market::UtcTime;
use hoga::order::{ExecutionId, Fill, Order, OrderId, OrderState, TransactionId, WatchedBy};

use crate::desk::House;
use crate::trader::Diary;

/// Longest time until a fill that the exchange has done is in the ledger of a desk that runs.
const NEWS_WAIT: Duration = Duration::from_secs(5);

/// Everything the exchange has ever said, although it forgets what is old.
#[derive(Default)]
pub struct Exchange {
    pub numbers: BTreeMap<OrderId, u64>,
    pub fills: BTreeMap<ExecutionId, Filled>,
}

impl Exchange {
    /// Takes in what the journal says now. No order is there twice, under its own number or as one that was refused.
    pub fn learn(&mut self, truth: &Truth) {
        assert_eq!(truth.repeated, 0, "an order was sent twice");
        for order in truth.orders.values() {
            let number = *self.numbers.entry(order.order_id).or_insert(order.number);
            assert_eq!(number, order.number, "order {} is at the exchange twice", order.order_id);
        }
        for fill in &truth.fills {
            let known = self.fills.entry(fill.execution.clone()).or_insert_with(|| fill.clone());
            assert_eq!((known.order_id, known.quantity), (fill.order_id, fill.quantity), "{}", fill.execution);
        }
    }
}

pub struct Books {
    pub orders: BTreeMap<OrderId, Order>,
    pub fills: BTreeMap<ExecutionId, Fill>,
}

pub fn reader(house: &House) -> LedgerReader {
    LedgerReader::open(&house.paths.ledger()).unwrap()
}

pub fn truth(house: &House) -> Truth {
    sim::read(&house.journal()).unwrap()
}

pub fn books(reader: &LedgerReader) -> Books {
    let orders = reader.orders(OrderScope::All, None, u32::MAX).unwrap();
    let fills = reader.fills(None, UtcTime::EPOCH, u32::MAX).unwrap();
    Books {
        orders: orders.into_iter().map(|order| (order.id, order)).collect(),
        fills: fills.into_iter().map(|fill| (fill.id.clone(), fill)).collect(),
    }
}

/// A ledger as a killed desk left it: whole, everything answered is in it, and every order the exchange has.
pub fn as_left(house: &House, exchange: &mut Exchange, diaries: &[Diary]) {
    let truth = truth(house);
    exchange.learn(&truth);
    let reader = reader(house);
    assert_eq!(verify(&reader).unwrap(), [], "db verify");
    let books = books(&reader);
    for id in exchange.numbers.keys() {
        assert!(books.orders.contains_key(id), "order {id} is at the exchange and not in the ledger");
    }
    no_fill_is_made_up(&books, exchange);
    let last = reader.last_transaction().unwrap().unwrap_or(TransactionId(0));
    for diary in diaries {
        for id in &diary.orders {
            assert!(
                books.orders.contains_key(&id.parse().unwrap()),
                "order {id} was answered and is not in the ledger"
            );
        }
        for id in &diary.transactions {
            assert!(*id <= last, "transfer {} was answered and is not in the ledger", id.0);
        }
    }
}

/// Every fill of the ledger is one of the exchange, the same to the last digit.
fn no_fill_is_made_up(books: &Books, exchange: &Exchange) {
    for (id, fill) in &books.fills {
        let theirs = exchange.fills.get(id).unwrap_or_else(|| panic!("the exchange has no fill {id}"));
        let ours = (fill.order_id, fill.instrument, fill.side, fill.price, fill.quantity, millis(fill.time));
        let theirs =
            (theirs.order_id, theirs.instrument, theirs.side, theirs.price, theirs.quantity, millis(theirs.time));
        assert_eq!(ours, theirs, "fill {id}");
    }
}

/// Everything the exchange has done is in the ledger, now or soon; nothing else is.
pub fn agree(house: &House, exchange: &mut Exchange) {
    exchange.learn(&truth(house));
    let wanted: BTreeSet<ExecutionId> = exchange.fills.keys().cloned().collect();
    let deadline = Instant::now() + NEWS_WAIT;
    let reader = reader(house);
    loop {
        let books = books(&reader);
        let missing: Vec<&ExecutionId> = wanted.iter().filter(|id| !books.fills.contains_key(*id)).collect();
        if missing.is_empty() {
            exchange.learn(&truth(house));
            no_fill_is_made_up(&books, exchange);
            break;
        }
        assert!(Instant::now() < deadline, "fills lost: {missing:?}");
        std::thread::park_timeout(Duration::from_millis(10));
    }
    assert_eq!(verify(&reader).unwrap(), [], "db verify");
}

/// Conditions that the desk works and that have not been met.
pub fn held(house: &House) -> Vec<OrderId> {
    let open = reader(house).orders(OrderScope::Open, None, u32::MAX).unwrap();
    open.iter().filter(|o| o.watched_by == Some(WatchedBy::Desk) && !o.triggered).map(|o| o.id).collect()
}

/// A restart is no reason for a condition to end.
pub fn not_expired(house: &House, held: &[OrderId]) {
    let reader = reader(house);
    for id in held {
        let order = reader.order(*id).unwrap().unwrap();
        assert!(order.triggered || order.state != OrderState::Expired, "{order:#?}");
    }
}

/// Nothing moves any more: orders, fills and holdings are the same on both sides.
pub fn same_at_rest(house: &House, exchange: &mut Exchange) {
    agree(house, exchange);
    let truth = truth(house);
    let reader = reader(house);
    let books = books(&reader);
    for theirs in truth.orders.values() {
        let ours = &books.orders[&theirs.order_id];
        assert_eq!((ours.state, ours.filled), (theirs.state, theirs.filled), "order {}: {ours:?}", ours.id);
        assert_eq!(ours.broker_id, theirs.broker_id(), "order {}", ours.id);
    }
    assert_eq!(books.fills.len(), exchange.fills.len());
    let held = reader.positions(None).unwrap();
    let held: BTreeMap<_, _> =
        held.iter().filter(|p| !p.is_flat()).map(|p| (p.key.instrument, p.quantity.normalize())).collect();
    let theirs: BTreeMap<_, _> = truth.holdings.iter().map(|(id, h)| (*id, h.quantity.normalize())).collect();
    assert_eq!(held, theirs, "holdings");
}

/// The journal keeps times to the millisecond.
fn millis(time: UtcTime) -> i64 {
    time.nanos() / 1_000_000
}
