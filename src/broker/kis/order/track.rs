//! Orders of the account under their changing numbers, and the fills of each.
//!
//! A modification gives an order a new number; what was filled under the old ones stays filled. A fill has no number of
//! its own: it is named after the order's number and what was filled under it until and with that fill. So the notice of a
//! fill and the list that shows it name the same fill, whichever comes first and however often either comes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rust_decimal::Decimal;

use super::fill::fill_report;
use super::number::{Line, OrderNumber};
use crate::broker::api::{FillReport, OrderReport};
use crate::broker::kis::exchange::StockRoute;
use crate::market::{InstrumentId, Quantity, Side, UtcTime};
use crate::order::{OrderId, OrderKind, OrderState, TimeInForce};

/// An order under one of its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracked {
    /// hoga's id, where it made the order.
    pub order_id: Option<OrderId>,
    /// Branch that a change must repeat; empty until known.
    pub branch: Box<str>,
    /// Where it was sent; a change goes there too.
    pub route: StockRoute,
    /// On what.
    pub instrument: InstrumentId,
    /// Which way.
    pub side: Side,
    /// Type and prices; none for an order of another program whose type has not been told.
    pub kind: Option<OrderKind>,
    /// Time in force.
    pub time_in_force: TimeInForce,
    /// `ORD_DVSN` it was sent with; a change repeats it.
    pub code: Box<str>,
    /// Ordered under this number; none until told.
    pub quantity: Option<Quantity>,
    /// Filled under this number.
    pub filled: Decimal,
    /// Money of those fills.
    pub filled_value: Decimal,
    /// The number before a modification.
    pub replaces: Option<OrderNumber>,
    /// The number since one.
    pub replaced_by: Option<OrderNumber>,
    /// Its last state.
    pub state: OrderState,
}

/// Every order of the account that was seen.
#[derive(Debug, Clone, Default)]
pub struct Tracker {
    orders: BTreeMap<OrderNumber, Tracked>,
    /// What lists told before any notice did, and when: notices of it may still be on their way.
    ahead: BTreeMap<OrderNumber, (Decimal, UtcTime)>,
    /// Cancels that have been counted already.
    cancels: BTreeSet<OrderNumber>,
    /// Numbers that replies gave to cancels.
    given_to_cancels: BTreeSet<OrderNumber>,
    /// Quantity, price and second of every fill that a notice told.
    noticed: BTreeMap<OrderNumber, BTreeSet<(Decimal, Decimal, UtcTime)>>,
    /// When orders that are kept for the opening were placed.
    placed: BTreeMap<OrderNumber, UtcTime>,
}

/// How long after a list the notice of a fill it showed may still come, clocks that differ counted in. A notice that is
/// held back wrongly is made up for by the next list; one that is counted twice would stay wrong.
const NOTICE_LATE_MAX: Duration = Duration::from_secs(60);

/// Most steps of a chain that are followed; a longer one is a loop.
const CHAIN_MAX: usize = 1_000;

impl Tracker {
    /// The order under a number.
    #[must_use]
    pub fn get(&self, number: &OrderNumber) -> Option<&Tracked> {
        self.orders.get(number)
    }

    /// Numbers that are known, oldest first.
    pub fn numbers(&self) -> impl Iterator<Item = &OrderNumber> {
        self.orders.keys()
    }

    /// Remembers an order, or what was not known of it.
    pub fn remember(&mut self, number: OrderNumber, order: Tracked) {
        let known = self.orders.entry(number).or_insert_with(|| order.clone());
        known.order_id = known.order_id.or(order.order_id);
        known.kind = known.kind.or(order.kind);
        known.quantity = known.quantity.or(order.quantity);
        if known.branch.is_empty() {
            known.branch = order.branch;
        }
        if known.code.is_empty() {
            known.code = order.code;
        }
        known.replaces = known.replaces.take().or(order.replaces);
    }

    /// The order under a number, to be changed.
    pub(super) fn get_mut(&mut self, number: &OrderNumber) -> Option<&mut Tracked> {
        self.orders.get_mut(number)
    }

    /// The order that goes by these digits. Numbers begin anew each day, so it is the one of this date; only sessions that
    /// run over midnight at their exchange have orders of the evening, or of a date the broker counts differently, beside
    /// it.
    #[must_use]
    pub fn recent(&self, number: &OrderNumber) -> Option<&OrderNumber> {
        if let Some((known, _)) = self.orders.get_key_value(number) {
            return Some(known);
        }
        if matches!(number.line, Line::Stock | Line::Bond | Line::Future | Line::Night) {
            return None;
        }
        let day_before = number.date.yesterday().unwrap_or(number.date);
        let day_after = number.date.tomorrow().unwrap_or(number.date);
        let same = |known: &&OrderNumber| known.line == number.line && known.digits == number.digits;
        let near = |known: &&OrderNumber| (day_before..=day_after).contains(&known.date);
        self.orders.keys().filter(same).filter(near).max_by_key(|known| known.date)
    }

    /// The number under which an order of hoga's goes now.
    #[must_use]
    pub fn of_order(&self, order: OrderId) -> Option<OrderNumber> {
        let own = self.orders.iter().rev().find(|(_, tracked)| tracked.order_id == Some(order));
        own.map(|(number, _)| self.newest(number))
    }

    /// Orders that may still work, under their newest numbers, with trading dates from this one on.
    pub fn open_since(&self, date: jiff::civil::Date) -> impl Iterator<Item = (&OrderNumber, &Tracked)> {
        let works = |order: &Tracked| order.state.is_open() && order.replaced_by.is_none();
        self.orders.iter().filter(move |(number, order)| number.date >= date && works(order))
    }

    /// Says whose an order is, under every number of its chain.
    pub fn own(&mut self, number: &OrderNumber, order: OrderId) {
        let mut at = Some(number.clone());
        for _ in 0..CHAIN_MAX {
            let Some(tracked) = at.as_ref().and_then(|number| self.orders.get_mut(number)) else { break };
            tracked.order_id = Some(order);
            at = tracked.replaces.clone();
        }
        let mut at = self.orders.get(number).and_then(|tracked| tracked.replaced_by.clone());
        for _ in 0..CHAIN_MAX {
            let Some(tracked) = at.as_ref().and_then(|number| self.orders.get_mut(number)) else { break };
            tracked.order_id = Some(order);
            at = tracked.replaced_by.clone();
        }
    }

    /// The number an order has now. A change must name it; the broker knows the older ones no more.
    #[must_use]
    pub fn newest(&self, number: &OrderNumber) -> OrderNumber {
        let mut at = number.clone();
        for _ in 0..CHAIN_MAX {
            match self.orders.get(&at).and_then(|order| order.replaced_by.clone()) {
                Some(next) => at = next,
                None => break,
            }
        }
        at
    }

    /// A modification took effect: the order goes on under the new number, with what it was under the old one.
    pub fn moved(&mut self, old: &OrderNumber, new: &OrderNumber, kind: Option<OrderKind>, quantity: Option<Quantity>) {
        // What was refused already leads back to the old number.
        if old == new || self.newest(new) == *old {
            return;
        }
        let Some(order) = self.orders.get_mut(old) else { return };
        order.replaced_by = Some(new.clone());
        let left = order.quantity.map(|all| all.minus(Quantity::new(order.filled).unwrap_or_default()));
        let successor = Tracked {
            kind: kind.or(order.kind),
            quantity: quantity.or(left),
            filled: Decimal::ZERO,
            filled_value: Decimal::ZERO,
            replaces: Some(old.clone()),
            replaced_by: None,
            state: OrderState::Accepted,
            ..order.clone()
        };
        match self.orders.get_mut(new) {
            Some(known) => {
                known.replaces = Some(old.clone());
                known.order_id = known.order_id.or(successor.order_id);
                known.kind = kind.or(known.kind).or(successor.kind);
                known.quantity = quantity.or(known.quantity).or(successor.quantity);
                // A change goes where its order is.
                known.route = successor.route;
            }
            None => {
                self.orders.insert(new.clone(), successor);
            }
        }
    }

    /// The type and the branch that a number was given with, as far as they are said; a change must repeat them.
    pub fn sent_with(&mut self, number: &OrderNumber, code: Box<str>, branch: Box<str>) {
        let Some(order) = self.orders.get_mut(number) else { return };
        if !code.is_empty() {
            order.code = code;
        }
        if !branch.is_empty() {
            order.branch = branch;
        }
    }

    /// The way an order was sent, which counts more than what a notice or a list makes of it: a change must go there too.
    pub fn sent_by(&mut self, number: &OrderNumber, route: StockRoute) {
        if let Some(order) = self.orders.get_mut(number) {
            order.route = route;
        }
    }

    /// The type that an order was sent with, which counts more than what a notice makes of it.
    pub fn sent_as(&mut self, number: &OrderNumber, (kind, time_in_force): (Option<OrderKind>, TimeInForce)) {
        let Some(order) = self.orders.get_mut(number) else { return };
        order.kind = kind.or(order.kind);
        order.time_in_force = time_in_force;
    }

    /// A modification was refused: its order goes on under the number before it, also where the modification was thought
    /// to have taken effect. Whoever still names the refused number means that one.
    pub fn moved_back(&mut self, refused: &OrderNumber, old: &OrderNumber) {
        let Some(before) = self.orders.get(old).filter(|_| refused != old).cloned() else { return };
        let order = self.orders.entry(refused.clone()).or_insert(Tracked {
            filled: Decimal::ZERO,
            filled_value: Decimal::ZERO,
            replaced_by: None,
            ..before
        });
        if !order.filled.is_zero() || order.replaced_by.is_some() {
            return;
        }
        order.state = OrderState::Rejected;
        order.replaces = None;
        order.replaced_by = Some(old.clone());
        let before = self.orders.get_mut(old).filter(|order| order.replaced_by.as_ref() == Some(refused));
        if let Some(before) = before {
            before.replaced_by = None;
        }
    }

    /// Says when an order that is kept for the opening was placed.
    pub fn placed_at(&mut self, number: &OrderNumber, time: UtcTime) {
        self.placed.entry(number.clone()).or_insert(time);
    }

    /// When it was.
    #[must_use]
    pub fn when_placed(&self, number: &OrderNumber) -> Option<UtcTime> {
        self.placed.get(number).copied()
    }

    /// Counts a cancel by its own number; `false` when it has been counted before.
    pub(super) fn count_cancel(&mut self, cancel: &OrderNumber) -> bool {
        self.cancels.insert(cancel.clone())
    }

    /// A reply gave a cancel this number.
    pub fn gave_to_cancel(&mut self, number: OrderNumber) {
        self.given_to_cancels.insert(number);
    }

    /// Whether a number is known to be a cancel's.
    #[must_use]
    pub fn is_of_cancel(&self, number: &OrderNumber) -> bool {
        self.given_to_cancels.contains(number) || self.cancels.contains(number)
    }

    /// What was filled under the numbers before this one.
    fn filled_before(&self, number: &OrderNumber) -> Decimal {
        let mut sum = Decimal::ZERO;
        let mut at = self.orders.get(number).and_then(|order| order.replaces.clone());
        for _ in 0..CHAIN_MAX {
            let Some(order) = at.as_ref().and_then(|number| self.orders.get(number)) else { break };
            sum += order.filled;
            at = order.replaces.clone();
        }
        sum
    }

    /// The order as it is now: filled and total quantity over all its numbers. `None` while its type or its quantity are
    /// not known.
    #[must_use]
    pub fn report(&self, number: &OrderNumber, time: UtcTime, reason: Option<String>) -> Option<OrderReport> {
        let order = self.orders.get(number)?;
        let before = self.filled_before(number);
        let quantity = order.quantity?.plus(Quantity::new(before).ok()?);
        let filled = Quantity::new(order.filled + before).ok()?;
        let state = match order.state {
            OrderState::Accepted if !filled.is_zero() => OrderState::PartiallyFilled,
            state => state,
        };
        Some(OrderReport {
            order_id: order.order_id,
            client_id: None,
            broker_id: number.id().ok()?,
            replaces: order.replaces.as_ref().and_then(|old| old.id().ok()),
            instrument: order.instrument,
            side: order.side,
            kind: order.kind?,
            quantity,
            filled,
            state,
            reason,
            queue_ahead: None,
            time,
        })
    }

    /// Counts a fill that has just been told of by a notice; none when a list had told it before.
    pub fn fill(
        &mut self,
        number: &OrderNumber,
        quantity: Decimal,
        price: Decimal,
        time: UtcTime,
    ) -> Option<FillReport> {
        let new = quantity - self.told_ahead(number, quantity, time);
        if new.is_zero() { None } else { self.book(number, new, price, time) }
    }

    /// Counts a noticed fill by all that tells it from others; `false` when one just like it has been noticed before. That
    /// may be the same notice again or another fill of that second: only a list can tell.
    pub(super) fn is_first_notice(
        &mut self,
        number: &OrderNumber,
        (quantity, price): (Decimal, Decimal),
        time: UtcTime,
    ) -> bool {
        self.noticed.entry(number.clone()).or_default().insert((quantity, price, time))
    }

    /// Whether a fill of this much, told by a notice, would be more than was ordered: then it was told before.
    #[must_use]
    pub fn overfills(&self, number: &OrderNumber, quantity: Decimal, time: UtcTime) -> bool {
        let ahead = self.ahead_of(number, time).min(quantity);
        self.orders
            .get(number)
            .is_some_and(|order| order.quantity.is_some_and(|all| order.filled + quantity - ahead > all.value()))
    }

    fn ahead_of(&self, number: &OrderNumber, time: UtcTime) -> Decimal {
        let known = self.ahead.get(number).filter(|(_, told_at)| time <= told_at.plus(NOTICE_LATE_MAX));
        known.map_or(Decimal::ZERO, |(ahead, _)| *ahead)
    }

    /// How much of a noticed fill a list had told already.
    fn told_ahead(&mut self, number: &OrderNumber, quantity: Decimal, time: UtcTime) -> Decimal {
        let told = self.ahead_of(number, time).min(quantity);
        match self.ahead.get_mut(number) {
            Some((ahead, _)) if told < *ahead && !told.is_zero() => *ahead -= told,
            Some(_) => {
                self.ahead.remove(number);
            }
            None => {}
        }
        told
    }

    fn book(&mut self, number: &OrderNumber, quantity: Decimal, price: Decimal, time: UtcTime) -> Option<FillReport> {
        let order = self.orders.get_mut(number)?;
        let filled = order.filled.checked_add(quantity)?;
        let value = order.filled_value.checked_add(quantity.checked_mul(price)?)?;
        // What cannot be told is not counted either: a list tells it later.
        let report = fill_report(number, order, filled, quantity, price, time)?;
        (order.filled, order.filled_value) = (filled, value);
        if order.quantity.is_some_and(|all| filled >= all.value()) {
            order.state = OrderState::Filled;
        }
        Some(report)
    }

    /// Takes over what a list says was filled, and reports what had not been told before as one fill at the price that
    /// makes the sums agree, made at `time` as far as is known; the list came at `now`.
    pub fn fill_up_to(
        &mut self,
        number: &OrderNumber,
        (filled, filled_value): (Decimal, Decimal),
        time: UtcTime,
        now: UtcTime,
    ) -> Option<FillReport> {
        let order = self.orders.get(number)?;
        let missing = filled - order.filled;
        if missing <= Decimal::ZERO {
            return None;
        }
        let price = (filled_value - order.filled_value).checked_div(missing)?.round_dp(8);
        // A sum that cannot be: the list lags behind the notices. The next one will show it.
        if price <= Decimal::ZERO {
            return None;
        }
        let report = self.book(number, missing, price, time)?;
        let ahead = self.ahead_of(number, now) + missing;
        self.ahead.insert(number.clone(), (ahead, now));
        Some(report)
    }

    /// Takes over what the ledger already holds of an order, before anything is compared with it.
    pub fn already_booked(&mut self, number: &OrderNumber, filled: Decimal, filled_value: Decimal) {
        if let Some(order) = self.orders.get_mut(number)
            && order.filled < filled
        {
            order.filled = filled;
            order.filled_value = filled_value;
        }
    }

    /// Forgets orders that are over and older than a date.
    pub fn forget_before(&mut self, date: jiff::civil::Date) {
        self.orders.retain(|number, order| number.date >= date || order.state.is_open());
        let orders = &self.orders;
        self.ahead.retain(|number, _| orders.contains_key(number));
        self.noticed.retain(|number, _| orders.contains_key(number));
        self.placed.retain(|number, _| number.date >= date || orders.contains_key(number));
        self.cancels.retain(|number| number.date >= date);
        self.given_to_cancels.retain(|number| number.date >= date);
    }
}
