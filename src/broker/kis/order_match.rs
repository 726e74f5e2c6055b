//! An order whose outcome is not known is looked for among the orders the broker lists.
//!
//! The broker keeps no id of the client, so an order is known by what it looks like: instrument, side, quantity, price and
//! time. What looks alike is counted against what is already known: a number that belongs to another order is not this
//! one, and as many orders as are missing must be found before any is taken. What is not certain is not said.

use std::time::Duration;

use crate::broker::api::{FindOrder, Found, OrderReport};
use crate::broker::kis::exchange::StockRoute;
use crate::broker::kis::order::listed::{Listed, RowOf};
use crate::broker::kis::order::{OrderNumber, Tracker};
use crate::market::UtcTime;
use crate::market::arrange::Arrange;

/// Clocks of the two ends differ, and the broker's has whole seconds.
pub const EARLIER_MAX: Duration = Duration::from_secs(3);
/// An order that came later than this was not this one.
pub const LATER_MAX: Duration = Duration::from_secs(60);
/// A list lags behind the orders by a second or two, and until then the order could still arrive: before this, one that is
/// not listed is not missing.
pub const CERTAIN_AFTER: Duration = Duration::from_secs(70);

/// What the lists say of an order.
#[derive(Debug, Clone)]
pub enum Looked {
    /// An answer.
    Found(Found),
    /// Nothing certain yet: the order stays unknown, and is looked for again.
    NotYet,
}

/// What a search goes by.
#[derive(Debug, Clone, Copy)]
pub struct Lists<'a> {
    /// Rows of the lists of orders of the day the order was sent, open and ended ones.
    pub rows: &'a [Listed],
    /// Whether every page of them came.
    pub complete: bool,
    /// When they were asked for.
    pub asked_at: UtcTime,
}

/// Looks for an order. `alike` are the times at which other orders were sent that look the same and whose numbers are not
/// known either. The lists must have been taken over by the tracker before.
#[must_use]
pub fn look(find: &FindOrder, lists: Lists<'_>, alike: &[UtcTime], tracker: &Tracker) -> Looked {
    if let Some(number) = find.order.broker_id.as_ref().and_then(OrderNumber::parse) {
        return by_number(find, &number, lists, tracker);
    }
    let mut candidates: Vec<&Listed> = lists.rows.iter().filter(|row| looks_like(find, row, tracker)).collect();
    candidates.arrange_by(|one, other| (one.time, &one.number).cmp(&(other.time, &other.number)));
    candidates.dedup_by(|one, other| one.number == other.number);
    // Those that were sent before this one come before it in the list.
    let in_time = |sent: &&UtcTime| could_be_at(**sent, candidates.iter().map(|row| row.time));
    let rivals: Vec<&UtcTime> = alike.iter().filter(in_time).collect();
    let wanted = rivals.len() + 1;
    let reports =
        |rows: &[&Listed]| -> Vec<OrderReport> { rows.iter().filter_map(|row| report(find, row, tracker)).collect() };
    match candidates.len() {
        0 => nothing(find, lists),
        count if count == wanted => {
            let place = rivals.iter().filter(|sent| ***sent <= find.sent_at).count();
            match candidates.get(place).and_then(|row| report(find, row, tracker)) {
                Some(order) => Looked::Found(Found::Order(Box::new(order))),
                None => Looked::NotYet,
            }
        }
        // Fewer than are missing, and more may come.
        count if count < wanted && !all_came(find, &rivals, lists) => Looked::NotYet,
        // No more come. Which of them arrived nobody can say, but as they look the same it makes no difference.
        count if count < wanted => {
            let place = rivals.iter().filter(|sent| ***sent <= find.sent_at).count();
            match candidates.get(place) {
                Some(row) => report(find, row, tracker)
                    .map_or(Looked::NotYet, |order| Looked::Found(Found::Order(Box::new(order)))),
                None => Looked::Found(Found::NotThere),
            }
        }
        _ => Looked::Found(Found::Ambiguous(reports(&candidates))),
    }
}

/// Whether none of these orders can still come to be listed.
fn all_came(find: &FindOrder, rivals: &[&UtcTime], lists: Lists<'_>) -> bool {
    let is_old = |sent: UtcTime| lists.asked_at.since(sent) >= CERTAIN_AFTER;
    lists.complete && is_old(find.sent_at) && rivals.iter().all(|sent| is_old(**sent))
}

fn could_be_at(sent: UtcTime, mut times: impl Iterator<Item = UtcTime>) -> bool {
    times.any(|time| within(sent, time))
}

fn within(sent: UtcTime, taken: UtcTime) -> bool {
    sent.minus(EARLIER_MAX) <= taken && taken <= sent.plus(LATER_MAX)
}

fn looks_like(find: &FindOrder, row: &Listed, tracker: &Tracker) -> bool {
    let owned = tracker.get(&row.number).and_then(|order| order.order_id).is_some_and(|id| id != find.order.order_id);
    let price = row.kind.and_then(|(kind, _)| kind.limit());
    row.row == RowOf::Order
        // A modification has a number of its own, but it is no new order.
        && row.changed.is_none()
        && !owned
        && row.instrument.symbol == find.order.instrument.symbol
        && row.instrument.venue == find.order.instrument.venue
        && row.route.is_none_or(|shown| StockRoute::chosen(find.route).may_be_shown_as(shown))
        && row.side == find.side
        && row.quantity == find.quantity
        && price == find.price
        && within(find.sent_at, row.time)
        && row.number.id().is_ok_and(|id| !find.not_these.contains(&id))
}

/// A row is the order it started as, and by now perhaps goes by another number.
fn report(find: &FindOrder, row: &Listed, tracker: &Tracker) -> Option<OrderReport> {
    let number = tracker.newest(&row.number);
    let mut report = tracker.report(&number, row.time, row.reason.clone())?;
    report.order_id = report.order_id.or(Some(find.order.order_id));
    Some(report)
}

fn by_number(find: &FindOrder, number: &OrderNumber, lists: Lists<'_>, tracker: &Tracker) -> Looked {
    let newest = tracker.newest(number);
    let listed = lists.rows.iter().find(|row| row.number == newest).or_else(|| {
        // A list may still show only the number before a change.
        lists.rows.iter().find(|row| row.number == *number)
    });
    match listed.and_then(|row| report(find, row, tracker)) {
        Some(order) => Looked::Found(Found::Order(Box::new(order))),
        None => nothing(find, lists),
    }
}

/// Not in the lists: certain only when they are whole and old enough to have it.
fn nothing(find: &FindOrder, lists: Lists<'_>) -> Looked {
    if lists.complete && lists.asked_at.since(find.sent_at) >= CERTAIN_AFTER {
        Looked::Found(Found::NotThere)
    } else {
        Looked::NotYet
    }
}
