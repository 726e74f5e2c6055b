//! From lists of orders to reports of orders and fills, with the chains of their numbers.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::listed::{Listed, RowOf};
use super::number::OrderNumber;
use super::track::{Tracked, Tracker};
use crate::broker::api::{FillReport, OrderReport};
use crate::market::arrange::Arrange;
use crate::market::gather::Gather;
use crate::market::{Quantity, UtcTime};
use crate::order::{OrderState, TimeInForce};

/// What a list says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Orders under their newest numbers, in the order of the numbers.
    pub orders: Vec<OrderReport>,
    /// Fills that no notice had told of.
    pub fills: Vec<FillReport>,
}

/// Takes a list over. A row of a cancel is no order; an order that a modification replaced is told under the new number
/// only, with all that was filled under the old one; a modification that was refused is no order either, and its order
/// goes on as it was.
pub fn take(tracker: &mut Tracker, rows: &[Listed], now: UtcTime) -> Told {
    count_cancels(tracker, rows);
    for refused in rows.iter().filter(|row| is_refused_change(row)) {
        if let Some(old) = &refused.changed {
            tracker.moved_back(&refused.number, old);
        }
    }
    let is_order = |row: &&Listed| row.row == RowOf::Order && !is_refused_change(row);
    let mut rows: Vec<&Listed> = rows.iter().filter(is_order).collect();
    rows.arrange_by(|one, other| one.number.cmp(&other.number));
    rows.dedup_by(|one, other| one.number == other.number);
    let mut told = Told::default();
    for row in &rows {
        tracker.remember(row.number.clone(), tracked(row));
        if let Some(old) = &row.changed
            && tracker.get(old).is_some_and(|order| order.replaced_by.as_ref() != Some(&row.number))
        {
            tracker.moved(old, &row.number, row.kind.map(|(kind, _)| kind), Some(row.quantity));
        }
        let at = if row.number.is_over(row.instrument.venue, now) { row.time } else { now };
        told.fills.extend(tracker.fill_up_to(&row.number, (row.filled, row.filled_value), at, now));
        if let Some(order) = tracker.get_mut(&row.number)
            && order.replaced_by.is_none()
            // A list that shows less than the notices is an older one.
            && order.filled <= row.filled
        {
            (order.quantity, order.state) = now_of(row, order.quantity);
            if !row.branch.is_empty() {
                order.branch = row.branch.clone();
            }
        }
    }
    let newest: BTreeSet<OrderNumber> = rows.iter().map(|row| tracker.newest(&row.number)).into_set();
    for number in &newest {
        let row = rows.iter().find(|row| row.number == *number);
        let reason = row.and_then(|row| row.reason.clone());
        let time = row.map_or(now, |row| row.time);
        told.orders.extend(tracker.report(number, time, reason));
    }
    told
}

/// Counts the cancels whose effect the list shows in the rows of their orders, so that a late notice of one does not count
/// it again.
fn count_cancels(tracker: &mut Tracker, rows: &[Listed]) {
    for cancel in rows.iter().filter(|row| row.row == RowOf::Cancel) {
        let target = rows.iter().find(|row| Some(&row.number) == cancel.changed.as_ref());
        if target.is_some_and(|row| row.canceled > Decimal::ZERO) {
            tracker.count_cancel(&cancel.number);
        }
    }
}

/// A modification of which nothing came: refused, with nothing filled and nothing open.
fn is_refused_change(row: &Listed) -> bool {
    row.row == RowOf::Order && row.changed.is_some() && row.state() == OrderState::Rejected
}

/// Quantity and state of an order by its row. What a cancel of a part took away is not to be had any more: the quantity is
/// what was filled and what is open.
fn now_of(row: &Listed, known: Option<Quantity>) -> (Option<Quantity>, OrderState) {
    let left = Quantity::new((row.filled + row.open).normalize()).ok().filter(|left| *left <= row.quantity);
    match (left, row.open > Decimal::ZERO) {
        (Some(left), true) if row.canceled > Decimal::ZERO => (Some(left), row.state()),
        // It was made smaller before, and all that was left of it has been filled.
        (Some(left), false) if known == Some(left) && row.filled > Decimal::ZERO => (known, OrderState::Filled),
        _ => (Some(row.quantity), row.state()),
    }
}

pub(in crate::broker::kis) fn tracked(row: &Listed) -> Tracked {
    Tracked {
        order_id: None,
        branch: row.branch.clone(),
        route: row.route.unwrap_or_default(),
        instrument: row.instrument,
        side: row.side,
        kind: row.kind.map(|(kind, _)| kind),
        time_in_force: row.kind.map_or(TimeInForce::Day, |(_, time_in_force)| time_in_force),
        code: row.code.clone(),
        quantity: Some(row.quantity),
        filled: Decimal::ZERO,
        filled_value: Decimal::ZERO,
        replaces: row.changed.clone(),
        replaced_by: None,
        state: OrderState::Accepted,
    }
}
