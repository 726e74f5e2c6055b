//! Orders whose number is not known: those on their way, and those sent of which nobody said what became.
//!
//! The broker keeps no id of ours, so orders that look the same can be told apart only while it is known how many of them
//! are missing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::opening::Opening;
use crate::broker::api::{FindOrder, OrderReference, PlaceOrder, RecoveredOrder};
use crate::broker::kis::exchange::StockRoute;
use crate::broker::kis::order::Listed;
use crate::market::{InstrumentId, Price, Quantity, Side, UtcTime};
use crate::order::{OrderId, Route, TimeInForce};

/// How long after it was sent an order without a number is looked for unasked; later the desk's own questions do.
const WATCHED_FOR: Duration = Duration::from_secs(10 * 60);

/// What an order looks like in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Looks {
    pub(super) instrument: InstrumentId,
    pub(super) side: Side,
    pub(super) price: Option<Price>,
    pub(super) quantity: Quantity,
    pub(super) sent_at: UtcTime,
    pub(super) route: Option<Route>,
    /// Kept for the opening.
    pub(super) reserved: bool,
}

impl Looks {
    /// Of an order that is sent now.
    pub(super) fn of(order: &PlaceOrder, now: UtcTime) -> Self {
        Self {
            instrument: order.instrument,
            side: order.side,
            price: order.kind.limit(),
            quantity: order.quantity,
            sent_at: now,
            route: order.route,
            reserved: order.time_in_force == TimeInForce::Reserved,
        }
    }

    /// Whether another one looks the same wherever it is shown.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.instrument == other.instrument
            && self.side == other.side
            && self.price == other.price
            && self.quantity == other.quantity
    }

    /// Whether a row shows such an order, whenever it came.
    pub(super) fn shows(&self, row: &Listed) -> bool {
        self.instrument == row.instrument
            && self.side == row.side
            && self.quantity == row.quantity
            && self.price == row.kind.and_then(|(kind, _)| kind.limit())
    }

    fn is_like(&self, find: &FindOrder) -> bool {
        self.instrument == find.order.instrument
            && self.side == find.side
            && self.price == find.price
            && self.quantity == find.quantity
            && may_be_shown_alike(self.route, find.route)
    }
}

/// Whether a list may show orders of these two routes at the same venue.
fn may_be_shown_alike(one: Option<Route>, other: Option<Route>) -> bool {
    let (one, other) = (StockRoute::chosen(one), StockRoute::chosen(other));
    one.may_be_shown_as(other) || other.may_be_shown_as(one)
}

/// An order that waits for its turn, or whose answer is out.
#[derive(Debug, Clone)]
pub(super) struct OnItsWay {
    withdrawn: CancellationToken,
    done: watch::Receiver<bool>,
}

impl OnItsWay {
    /// Takes it back if it has not left, and waits until it has been answered, or never will be.
    pub(super) async fn withdraw(mut self) {
        self.withdrawn.cancel();
        // An error means that its task has gone.
        let _ = self.done.wait_for(|done| *done).await;
    }
}

#[derive(Debug)]
struct Waiting {
    looks: Looks,
    on_its_way: Option<OnItsWay>,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Unanswered(BTreeMap<OrderId, Waiting>);

/// Nothing here is ever half changed, even when its holder panics.
pub(super) fn locked(unanswered: &Mutex<Unanswered>) -> MutexGuard<'_, Unanswered> {
    unanswered.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Unanswered {
    /// An order sets out.
    pub(super) fn set_out(unanswered: &Arc<Mutex<Self>>, order: &PlaceOrder, now: UtcTime) -> Leaving {
        let (sender, done) = watch::channel(false);
        let withdrawn = CancellationToken::new();
        let on_its_way = Some(OnItsWay { withdrawn: withdrawn.clone(), done });
        locked(unanswered).0.insert(order.order_id, Waiting { looks: Looks::of(order, now), on_its_way });
        Leaving { withdrawn, unanswered: Arc::clone(unanswered), order: order.order_id, _done: sender }
    }

    /// An order of the ledger that never got a number.
    pub(super) fn recovered(&mut self, order: &RecoveredOrder) {
        let looks = Looks {
            instrument: order.instrument,
            side: order.side,
            price: order.kind.limit(),
            quantity: order.quantity,
            sent_at: order.sent_at,
            route: order.route,
            reserved: order.time_in_force == TimeInForce::Reserved,
        };
        self.0.entry(order.order_id).or_insert(Waiting { looks, on_its_way: None });
    }

    /// Its number is known, or it is certain that it has none.
    pub(super) fn forget(&mut self, order: OrderId) {
        self.0.remove(&order);
    }

    /// The order, if it has not been answered yet.
    pub(super) fn on_its_way(&self, order: OrderId) -> Option<OnItsWay> {
        self.0.get(&order)?.on_its_way.clone()
    }

    /// Whether an order on its way may be the one a notice tells of.
    pub(super) fn may_be_of(&self, instrument: InstrumentId, side: Side) -> bool {
        let is_it = |waiting: &&Waiting| waiting.looks.instrument == instrument && waiting.looks.side == side;
        self.0.values().filter(is_it).any(|waiting| waiting.on_its_way.is_some())
    }

    /// Whether it is one whose number nobody knows.
    pub(super) fn holds(&self, order: OrderId) -> bool {
        self.0.contains_key(&order)
    }

    /// The question what became of one of them; `None` when it is none.
    pub(super) fn question(&self, order: &OrderReference) -> Option<FindOrder> {
        let looks = &self.0.get(&order.order_id)?.looks;
        Some(FindOrder {
            order: order.clone(),
            side: looks.side,
            price: looks.price,
            quantity: looks.quantity,
            sent_at: looks.sent_at,
            not_these: Vec::new(),
            route: looks.route,
        })
    }

    /// When the others were sent that look the same.
    pub(super) fn alike(&self, find: &FindOrder) -> Vec<UtcTime> {
        let reserved = self.is_reserved(find.order.order_id);
        let is_other = |id: &OrderId, looks: &Looks| *id != find.order.order_id && looks.reserved == reserved;
        let others = self.0.iter().filter(|(id, waiting)| is_other(id, &waiting.looks) && waiting.looks.is_like(find));
        others.map(|(_, waiting)| waiting.looks.sent_at).collect()
    }

    /// Whether it is one for the opening.
    pub(super) fn is_reserved(&self, order: OrderId) -> bool {
        self.0.get(&order).is_some_and(|waiting| waiting.looks.reserved)
    }

    /// Those for the opening that are on their way no more.
    pub(super) fn reserved(&self) -> impl Iterator<Item = (OrderId, &Looks)> {
        let lost = self.0.iter().filter(|(_, waiting)| waiting.looks.reserved && waiting.on_its_way.is_none());
        lost.map(|(id, waiting)| (*id, &waiting.looks))
    }

    /// Whether a row may show one of them.
    pub(super) fn seeks(&self, row: &Listed) -> bool {
        self.reserved().any(|(_, looks)| looks.shows(row))
    }

    /// Whether an ordinary order that looks the same was sent around an opening and nobody knows its number.
    pub(super) fn may_have_sent(&self, looks: &Looks, opening: &Opening) -> bool {
        let is_it = |other: &Looks| !other.reserved && other.is_same(looks) && opening.holds(other.sent_at);
        self.0.values().any(|waiting| is_it(&waiting.looks))
    }

    /// Instruments of orders sent lately of which nobody said what became.
    pub(super) fn lost_lately(&self, now: UtcTime) -> impl Iterator<Item = InstrumentId> {
        let is_late =
            move |waiting: &&Waiting| waiting.on_its_way.is_none() && now.since(waiting.looks.sent_at) < WATCHED_FOR;
        self.0.values().filter(is_late).map(|waiting| waiting.looks.instrument)
    }
}

/// Says that an order is no longer on its way, when dropped. What became of it stays open unless it was settled.
pub(super) struct Leaving {
    /// Takes it back while it waits for its turn.
    pub(super) withdrawn: CancellationToken,
    unanswered: Arc<Mutex<Unanswered>>,
    order: OrderId,
    _done: watch::Sender<bool>,
}

impl Leaving {
    /// Its number is known, or it is certain that it has none.
    pub(super) fn settle(&self) {
        locked(&self.unanswered).forget(self.order);
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        if let Some(waiting) = locked(&self.unanswered).0.get_mut(&self.order) {
            waiting.on_its_way = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{at, buy, find, id};
    use super::*;

    #[test]
    fn orders_that_look_the_same_are_counted_until_their_numbers_are_known() {
        let unanswered = Arc::<Mutex<Unanswered>>::default();
        let (one, two) = (buy(1, "70000", 10), buy(2, "70000", 10));
        let first = Unanswered::set_out(&unanswered, &one, at("09:15:00"));
        let _second = Unanswered::set_out(&unanswered, &two, at("09:15:01"));
        let _other = Unanswered::set_out(&unanswered, &buy(3, "69900", 10), at("09:15:01"));
        let sought = find(&two, at("09:15:01"));
        assert_eq!(locked(&unanswered).alike(&sought), [at("09:15:00")]);
        first.settle();
        assert_eq!(locked(&unanswered).alike(&sought), []);
    }

    #[tokio::test]
    async fn an_order_that_waits_is_withdrawn_and_waited_for() {
        let unanswered = Arc::<Mutex<Unanswered>>::default();
        let leaving = Unanswered::set_out(&unanswered, &buy(1, "70000", 10), at("09:15:00"));
        let on_its_way = locked(&unanswered).on_its_way(id(1)).unwrap();
        let waits = tokio::spawn(on_its_way.withdraw());
        leaving.withdrawn.cancelled().await;
        leaving.settle();
        drop(leaving);
        waits.await.unwrap();
        assert!(!locked(&unanswered).holds(id(1)));
    }

    #[test]
    fn an_order_without_an_answer_stays_known() {
        let unanswered = Arc::<Mutex<Unanswered>>::default();
        drop(Unanswered::set_out(&unanswered, &buy(1, "70000", 10), at("09:15:00")));
        let unanswered = locked(&unanswered);
        assert!(unanswered.holds(id(1)) && unanswered.on_its_way(id(1)).is_none());
        assert_eq!(unanswered.lost_lately(at("09:20:00")).count(), 1);
        assert_eq!(unanswered.lost_lately(at("09:26:00")).count(), 0);
    }
}
