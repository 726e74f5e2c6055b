//! The venue's memory of virtual orders: what a matcher tells becomes answers, reports and fills.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rustc_hash::FxHashMap;

use super::reduce::Holdings;
use super::told::{expiry_text, refused};
use super::{PaperBody, PaperEvent, PaperFill, PaperOrder};
use crate::broker::api::{Answer, BrokerError, BrokerEvent, FillReport, OrderReport, PlaceOrder, RequestId};
use crate::market::{InstrumentId, Quantity, UtcTime};
use crate::order::{BrokerOrderId, ExecutionId, OrderId, OrderKind, OrderState, PositionSide};

/// Finished orders kept.
const ORDERS: usize = 20_000;
/// Fills kept.
const FILLS: usize = 50_000;

/// Where a resting order stands in its queue, asked of whoever matches it.
pub type QueueAhead<'a> = &'a dyn Fn(OrderId) -> Option<Quantity>;

/// The virtual orders and fills of one connection. It begins empty: nothing outlives the process.
///
/// Numbers have the nanosecond the connection began in them, so that those of different runs never meet in one ledger.
#[derive(Debug)]
pub struct PaperAccount {
    run: i64,
    pub(super) orders: BTreeMap<u64, Entry>,
    index: FxHashMap<OrderId, u64>,
    last_order: u64,
    /// Numbers of the orders that are not over, or of which something is still on its way.
    pub(super) open: BTreeSet<u64>,
    finished: VecDeque<u64>,
    fills: VecDeque<FillReport>,
    last_fill: u64,
    /// Orders placed, and fills made, until then may have been forgotten.
    forgotten: Option<UtcTime>,
    pub(super) holdings: Holdings,
}

/// An order, and what has been asked of it and not come back.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) wanted: PlaceOrder,
    pub(super) kind: OrderKind,
    pub(super) quantity: Quantity,
    pub(super) filled: Quantity,
    pub(super) state: OrderState,
    reason: Option<String>,
    broker_id: BrokerOrderId,
    placed_at: UtcTime,
    time: UtcTime,
    placing: Option<RequestId>,
    pub(super) changes: VecDeque<Change>,
}

/// A change on its way. The venue answers them in the order they were sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Asked for by a request of its own, which waits for the answer.
    Asked(RequestId),
    /// One of a cancel of everything, which has been answered as a whole.
    OfMany,
    /// The venue's own: a reduce-only order must not be larger than what it may reduce.
    Venue,
}

impl Entry {
    pub(super) fn remaining(&self) -> Quantity {
        self.quantity.minus(self.filled)
    }

    pub(super) fn is_working(&self) -> bool {
        matches!(self.state, OrderState::Accepted | OrderState::PartiallyFilled)
    }

    fn report(&self, queue_ahead: QueueAhead<'_>) -> OrderReport {
        let order = self.wanted.order_id;
        OrderReport {
            order_id: Some(order),
            client_id: None,
            broker_id: self.broker_id.clone(),
            replaces: None,
            instrument: self.wanted.instrument,
            side: self.wanted.side,
            kind: self.kind,
            quantity: self.quantity,
            filled: self.filled,
            state: self.state,
            reason: self.reason.clone(),
            queue_ahead: if self.is_working() { queue_ahead(order) } else { None },
            time: self.time,
        }
    }
}

impl PaperAccount {
    /// An account without a past whose connection began at `run`.
    #[must_use]
    pub fn new(run: UtcTime) -> Self {
        Self {
            run: run.nanos(),
            orders: BTreeMap::new(),
            index: FxHashMap::default(),
            last_order: 0,
            open: BTreeSet::new(),
            finished: VecDeque::new(),
            fills: VecDeque::new(),
            last_fill: 0,
            forgotten: None,
            holdings: Holdings::default(),
        }
    }

    /// Writes down an order that is sent to the matcher at `now`; its answer comes with what the matcher says.
    ///
    /// # Errors
    /// The id has been used: the order must not be sent.
    pub fn place(&mut self, now: UtcTime, request: RequestId, wanted: &PlaceOrder) -> Result<PaperOrder, BrokerError> {
        if self.index.contains_key(&wanted.order_id) {
            return Err(refused("DUPLICATE", "this order id has been used"));
        }
        let number = self.last_order + 1;
        let broker_id = BrokerOrderId::new(&format!("O-{}-{number}", self.run))
            .map_err(|error| refused("NUMBER", &error.to_string()))?;
        self.holdings.expect(wanted);
        self.last_order = number;
        self.index.insert(wanted.order_id, number);
        let entry = Entry {
            wanted: wanted.clone(),
            kind: wanted.kind,
            quantity: wanted.quantity,
            filled: Quantity::ZERO,
            state: OrderState::Sent,
            reason: None,
            broker_id,
            placed_at: now,
            time: now,
            placing: Some(request),
            changes: VecDeque::new(),
        };
        self.orders.insert(number, entry);
        self.open.insert(number);
        let PlaceOrder { order_id: id, side, kind, quantity, time_in_force, .. } = *wanted;
        Ok(PaperOrder { id, side, kind, quantity, time_in_force })
    }

    /// Writes down that a change of an order is sent to the matcher; it must be, after this.
    ///
    /// # Errors
    /// There is no such order, or it is over: nothing may be sent.
    pub fn change(&mut self, order: OrderId, change: Change) -> Result<(), BrokerError> {
        let entry = self.entry_mut(order).ok_or_else(|| BrokerError::NotFound(format!("no order {order}")))?;
        if entry.state.is_final() {
            return Err(refused("DONE", &format!("the order is {} already", entry.state)));
        }
        entry.changes.push_back(change);
        Ok(())
    }

    /// Whether an order is reduce-only, and its total quantity.
    #[must_use]
    pub fn size(&self, order: OrderId) -> Option<(bool, Quantity)> {
        self.entry(order).map(|entry| (entry.wanted.reduce_only, entry.quantity))
    }

    /// What an order is on.
    #[must_use]
    pub fn instrument(&self, order: OrderId) -> Option<InstrumentId> {
        self.entry(order).map(|entry| entry.wanted.instrument)
    }

    /// Orders that are not over, those on their way to the venue included, oldest first.
    #[must_use]
    pub fn alive(&self) -> Vec<OrderId> {
        let alive = self.open_entries().filter(|entry| !entry.state.is_final());
        alive.map(|entry| entry.wanted.order_id).collect()
    }

    /// Whether an order on an instrument is not over, or something of one is still on its way.
    #[must_use]
    pub fn is_busy(&self, instrument: InstrumentId) -> bool {
        self.open_entries().any(|entry| entry.wanted.instrument == instrument)
    }

    /// Turns what the matcher tells into what the desk is told, in this order: answer, report that it works, fills,
    /// report of where it stands.
    pub fn hear(&mut self, events: &[PaperEvent], queue_ahead: QueueAhead<'_>, out: &mut VecDeque<BrokerEvent>) {
        let mut touched: Vec<OrderId> = Vec::new();
        for event in events {
            if let PaperBody::Filled(fill) = event.body {
                self.fill(event, fill, out);
                if !touched.contains(&event.order) {
                    touched.push(event.order);
                }
                continue;
            }
            let Some(entry) = self.entry_mut(event.order) else { continue };
            if entry.take(event, out) {
                out.push_back(BrokerEvent::Order(entry.report(queue_ahead)));
                touched.retain(|order| *order != event.order);
            }
            self.file(event.order);
        }
        for order in touched {
            out.extend(self.entry(order).map(|entry| BrokerEvent::Order(entry.report(queue_ahead))));
            self.file(order);
        }
    }

    fn fill(&mut self, event: &PaperEvent, fill: PaperFill, out: &mut VecDeque<BrokerEvent>) {
        let number = self.last_fill + 1;
        let Ok(execution_id) = ExecutionId::new(&format!("P-{}-{number}", self.run)) else { return };
        let Some(entry) = self.entry_mut(event.order) else { return };
        entry.filled = entry.filled.plus(fill.quantity);
        entry.state = if fill.remaining.is_zero() { OrderState::Filled } else { OrderState::PartiallyFilled };
        entry.time = event.happened_at;
        let (instrument, side) = (entry.wanted.instrument, entry.wanted.side);
        let report = FillReport {
            execution_id,
            order_id: Some(event.order),
            broker_id: entry.broker_id.clone(),
            instrument,
            side,
            price: fill.price,
            quantity: fill.quantity,
            liquidity: fill.liquidity,
            commission: None,
            tax: None,
            fee_in_kind: None,
            realized: None,
            position_side: PositionSide::Net,
            time: event.happened_at,
        };
        self.last_fill = number;
        self.holdings.fill(instrument, side, fill.quantity);
        if self.fills.len() >= FILLS
            && let Some(gone) = self.fills.pop_front()
        {
            self.forget(gone.time);
        }
        self.fills.push_back(report.clone());
        out.push_back(BrokerEvent::Fill(report));
    }

    /// Ends every order that is not over, because there is no market left for it.
    pub fn end_all(&mut self, now: UtcTime, reason: &str, out: &mut VecDeque<BrokerEvent>) {
        for order in self.alive() {
            let Some(entry) = self.entry_mut(order) else { continue };
            let not_sent = || BrokerError::NotSent(reason.to_owned());
            let asked = entry.changes.drain(..).filter_map(|change| match change {
                Change::Asked(id) => Some(id),
                Change::OfMany | Change::Venue => None,
            });
            let placing = entry.placing.take();
            let answers = placing.into_iter().chain(asked);
            out.extend(answers.map(|id| BrokerEvent::Answer { id, outcome: Err(not_sent()) }));
            let was_there = entry.state != OrderState::Sent;
            (entry.state, entry.reason, entry.time) = (OrderState::Expired, Some(reason.to_owned()), now);
            if was_there {
                out.push_back(BrokerEvent::Order(entry.report(&|_| None)));
            }
            self.file(order);
        }
    }

    /// An order, if it is remembered.
    #[must_use]
    pub fn find(&self, order: OrderId, queue_ahead: QueueAhead<'_>) -> Option<OrderReport> {
        self.entry(order).map(|entry| entry.report(queue_ahead))
    }

    /// Whether an order sent then may have been here and been forgotten.
    #[must_use]
    pub fn may_have_forgotten(&self, sent_at: UtcTime) -> bool {
        sent_at.nanos() >= self.run && self.forgotten.is_some_and(|until| sent_at <= until)
    }

    /// Orders the venue has, oldest first.
    #[must_use]
    pub fn open_orders(&self, queue_ahead: QueueAhead<'_>) -> Vec<OrderReport> {
        self.open_entries().filter(|entry| entry.is_working()).map(|entry| entry.report(queue_ahead)).collect()
    }

    /// Fills since a time, oldest first, and whether these are all.
    #[must_use]
    pub fn fills_since(&self, since: UtcTime) -> (Vec<FillReport>, bool) {
        let fills = self.fills.iter().filter(|fill| fill.time >= since).cloned().collect();
        (fills, self.forgotten.is_none_or(|until| since > until))
    }

    fn open_entries(&self) -> impl Iterator<Item = &Entry> {
        self.open.iter().filter_map(|number| self.orders.get(number))
    }

    fn entry(&self, order: OrderId) -> Option<&Entry> {
        self.orders.get(self.index.get(&order)?)
    }

    fn entry_mut(&mut self, order: OrderId) -> Option<&mut Entry> {
        self.orders.get_mut(self.index.get(&order)?)
    }

    /// Puts an order that has just ended with the finished ones, and forgets the oldest of those.
    fn file(&mut self, order: OrderId) {
        let Some(number) = self.index.get(&order).copied() else { return };
        let is_over = self.orders.get(&number).is_some_and(|entry| entry.state.is_final() && entry.changes.is_empty());
        if !is_over || !self.open.remove(&number) {
            return;
        }
        self.finished.push_back(number);
        if self.finished.len() > ORDERS
            && let Some(entry) = self.finished.pop_front().and_then(|oldest| self.orders.remove(&oldest))
        {
            self.index.remove(&entry.wanted.order_id);
            self.forget(entry.placed_at);
        }
    }

    fn forget(&mut self, until: UtcTime) {
        self.forgotten = Some(self.forgotten.map_or(until, |before| before.max(until)));
    }
}

impl Entry {
    /// Takes what the matcher says other than fills. Returns whether the desk is told where the order stands.
    fn take(&mut self, event: &PaperEvent, out: &mut VecDeque<BrokerEvent>) -> bool {
        let mut answer = |id, outcome| out.push_back(BrokerEvent::Answer { id, outcome });
        self.time = event.happened_at;
        match event.body {
            PaperBody::Accepted => {
                self.state = OrderState::Accepted;
                if let Some(id) = self.placing.take() {
                    answer(id, Ok(Answer::Placed { broker_id: self.broker_id.clone() }));
                }
            }
            PaperBody::Rejected(refusal) => {
                self.state = OrderState::Rejected;
                self.reason = Some(refusal.to_string());
                if let Some(id) = self.placing.take() {
                    answer(id, Err(refused(refusal.code(), &refusal.to_string())));
                    return false;
                }
            }
            PaperBody::Expired { reason, .. } => {
                self.state = OrderState::Expired;
                self.reason = Some(expiry_text(reason).to_owned());
            }
            PaperBody::Canceled => {
                let change = self.changes.pop_front();
                self.state = OrderState::Canceled;
                match change {
                    Some(Change::Asked(id)) => answer(id, Ok(Answer::Canceled { done: true })),
                    Some(Change::Venue) => {
                        self.state = OrderState::Expired;
                        self.reason = Some("no position left to reduce".to_owned());
                    }
                    Some(Change::OfMany) | None => {}
                }
            }
            PaperBody::Replaced { price, quantity } => {
                if let Some(Change::Asked(id)) = self.changes.pop_front() {
                    answer(id, Ok(Answer::Replaced { broker_id: self.broker_id.clone() }));
                }
                (self.kind, self.quantity) = (OrderKind::Limit { price }, quantity);
            }
            PaperBody::ChangeRefused(refusal) => {
                if let Some(Change::Asked(id)) = self.changes.pop_front() {
                    answer(id, Err(refused(refusal.code(), &refusal.to_string())));
                }
                return false;
            }
            PaperBody::Filled(_) => return false,
        }
        true
    }
}
