//! Whether the number in a reply can be that of what was asked. A reply says nothing else that would tell whose it is, and
//! an order under the number of another would be changed and canceled in its place.

use super::Target;
use crate::broker::api::PlaceOrder;
use crate::broker::kis::order::{OrderNumber, Tracked, Tracker};
use crate::market::{InstrumentId, Side};
use crate::order::{OrderId, OrderKind};

/// Whether it may be that of a new order: nobody's yet, or told of by a notice that came first.
pub(super) fn may_be_of_new(tracker: &Tracker, number: &OrderNumber, order: &PlaceOrder) -> bool {
    let is_like = |known: &Tracked| {
        is_like(known, order.instrument, order.side, Some(order.order_id))
            && known.replaces.is_none()
            && known.quantity.is_none_or(|quantity| quantity == order.quantity)
            && known.kind.is_none_or(|kind| !are_other_limits(&kind, &order.kind))
    };
    !tracker.is_of_cancel(number) && tracker.get(number).is_none_or(is_like)
}

/// Whether an order may go on under it: no number it had before, and no other order's.
pub(super) fn may_be_of_change(tracker: &Tracker, number: &OrderNumber, target: &Target) -> bool {
    let Target { number: old, known: order } = target;
    let is_like = |known: &Tracked| {
        is_like(known, order.instrument, order.side, order.order_id) && known.replaces.as_ref() == Some(old)
    };
    let is_older = tracker.newest(number) == *old;
    !is_older && !tracker.is_of_cancel(number) && tracker.get(number).is_none_or(is_like)
}

/// Of types that have no price of their own the broker may tell one.
fn are_other_limits(known: &OrderKind, ordered: &OrderKind) -> bool {
    let is_plain = |kind: &OrderKind| matches!(kind, OrderKind::Limit { .. });
    is_plain(known) && is_plain(ordered) && known != ordered
}

fn is_like(known: &Tracked, instrument: InstrumentId, side: Side, order: Option<OrderId>) -> bool {
    let is_owned = known.order_id.is_some() && known.order_id != order;
    !is_owned && known.instrument == instrument && known.side == side
}

/// Keeps the number that the reply to a cancel gave it.
pub(super) fn take_from_cancel(tracker: &mut Tracker, number: Option<OrderNumber>) {
    if let Some(number) = number.filter(|number| tracker.get(number).is_none()) {
        tracker.gave_to_cancel(number);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::{buy, id, number, sell_abroad, tracked};
    use super::*;

    fn nobodys() -> Tracked {
        Tracked { order_id: None, ..tracked(1, "70000", 10) }
    }

    #[test]
    fn the_number_of_another_order_is_not_taken_for_that_of_a_new_one() {
        let mut tracker = Tracker::default();
        tracker.remember(number("0000117057"), tracked(1, "70000", 10));
        tracker.remember(number("0000117058"), nobodys());
        tracker.remember(number("0000117059"), Tracked { replaces: Some(number("0000117057")), ..nobodys() });
        take_from_cancel(&mut tracker, Some(number("0000117060")));
        let may = |digits: &str, order: &PlaceOrder| may_be_of_new(&tracker, &number(digits), order);
        let order = buy(2, "70000", 10);
        assert!(may("0000117100", &order) && may("0000117058", &order), "new, or told of by its notice");
        for taken in ["0000117057", "0000117059", "0000117060"] {
            assert!(!may(taken, &order), "{taken}");
        }
        assert!(may("0000117057", &buy(1, "70000", 10)), "its own");
        let others = [sell_abroad(2, "70000", 10), buy(2, "69900", 10), buy(2, "70000", 9)];
        assert!(others.iter().all(|order| !may("0000117058", order)), "it looks otherwise");
    }

    #[test]
    fn an_order_goes_on_under_no_number_of_another_and_none_it_had() {
        let mut tracker = Tracker::default();
        let (first, second) = (number("0000117057"), number("0000117058"));
        tracker.remember(first.clone(), tracked(1, "70000", 10));
        tracker.moved(&first, &second, None, None);
        tracker.remember(number("0000117070"), tracked(2, "70000", 10));
        let target = Target { number: second.clone(), known: tracker.get(&second).unwrap().clone() };
        let may = |tracker: &Tracker, digits: &str| may_be_of_change(tracker, &number(digits), &target);
        for taken in ["0000117057", "0000117058", "0000117070"] {
            assert!(!may(&tracker, taken), "{taken}");
        }
        assert!(may(&tracker, "0000117080"));
        // Its notice came first.
        tracker.moved(&second, &number("0000117080"), None, None);
        assert!(may(&tracker, "0000117080"));
        assert_eq!(tracker.get(&number("0000117080")).unwrap().order_id, Some(id(1)));
    }
}
