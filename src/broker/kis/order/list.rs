//! From lists of orders to reports of orders and fills, with the chains of their numbers.

use std::collections::BTreeSet;

use super::listed::{Listed, RowOf};
use super::number::OrderNumber;
use super::track::{Tracked, Tracker};
use crate::broker::api::{FillReport, OrderReport};
use crate::market::UtcTime;
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
/// only, with all that was filled under the old one.
pub fn take(tracker: &mut Tracker, rows: &[Listed], now: UtcTime) -> Told {
    let mut rows: Vec<&Listed> = rows.iter().filter(|row| row.row == RowOf::Order).collect();
    rows.sort_by(|one, other| one.number.cmp(&other.number));
    rows.dedup_by(|one, other| one.number == other.number);
    let mut told = Told::default();
    for row in &rows {
        tracker.remember(row.number.clone(), tracked(row));
        if let Some(old) = &row.changed {
            tracker.moved(old, &row.number, row.kind.map(|(kind, _)| kind), Some(row.quantity));
        }
        told.fills.extend(tracker.fill_up_to(&row.number, row.filled, row.filled_value, now));
        if let Some(order) = tracker.get_mut(&row.number)
            && order.replaced_by.is_none()
            // A list that shows less than the notices is an older one.
            && order.filled <= row.filled
        {
            order.state = row.state();
            order.quantity = Some(row.quantity);
            if !row.branch.is_empty() {
                order.branch = row.branch.clone();
            }
        }
    }
    let newest: BTreeSet<OrderNumber> = rows.iter().map(|row| tracker.newest(&row.number)).collect();
    for number in &newest {
        let row = rows.iter().find(|row| row.number == *number);
        let reason = row.and_then(|row| row.reason.clone());
        let time = row.map_or(now, |row| row.time);
        told.orders.extend(tracker.report(number, time, reason));
    }
    told
}

fn tracked(row: &Listed) -> Tracked {
    Tracked {
        order_id: None,
        branch: row.branch.clone(),
        route: row.route,
        instrument: row.instrument,
        side: row.side,
        kind: row.kind.map(|(kind, _)| kind),
        time_in_force: row.kind.map_or(TimeInForce::Day, |(_, time_in_force)| time_in_force),
        code: row.code.clone(),
        quantity: Some(row.quantity),
        filled: rust_decimal::Decimal::ZERO,
        filled_value: rust_decimal::Decimal::ZERO,
        replaces: row.changed.clone(),
        replaced_by: None,
        state: OrderState::Accepted,
    }
}
