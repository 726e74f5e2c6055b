//! What the ledger holds of an order, as this session would know it had it seen it itself.

use rust_decimal::Decimal;

use super::unanswered::Unanswered;
use crate::broker::api::RecoveredOrder;
use crate::broker::kis::exchange::StockRoute;
use crate::broker::kis::order::{OrderNumber, Tracked, Tracker};
use crate::market::Quantity;
use crate::order::{BrokerOrderId, OrderState, TimeInForce};

/// Takes over an order of the ledger. What this session knows better by now stays.
pub(super) fn take(tracker: &mut Tracker, unanswered: &mut Unanswered, order: &RecoveredOrder) {
    let numbers: Vec<(OrderNumber, &BrokerOrderId)> =
        order.broker_ids.iter().filter_map(|id| Some((OrderNumber::parse(id)?, id))).collect();
    if numbers.is_empty() {
        if tracker.of_order(order.order_id).is_none() {
            unanswered.recovered(order);
        }
        return;
    }
    unanswered.forget(order.order_id);
    let mut before: Option<(OrderNumber, Decimal)> = None;
    for (index, (number, id)) in numbers.iter().enumerate() {
        let (filled, value) = booked(order, id);
        let is_newest = index + 1 == numbers.len();
        let filled_before = before.as_ref().map_or(Decimal::ZERO, |(_, filled)| *filled);
        let left = Quantity::new(order.quantity.value() - filled_before).ok();
        let known = tracker.get(number).is_some();
        tracker.remember(number.clone(), tracked(order, left.filter(|_| is_newest)));
        if number.line.is_reserved() {
            tracker.placed_at(number, order.sent_at);
        } else if order.time_in_force == TimeInForce::Reserved {
            // It was kept for an opening, and is one of its day since.
            tracker.sent_as(number, (Some(order.kind), TimeInForce::Day));
        }
        tracker.sent_by(number, StockRoute::chosen(order.route));
        tracker.own(number, order.order_id);
        if let Some(state) = order.ended.filter(|_| is_newest && number.line.is_reserved()) {
            // Paper lists none of them: nothing would tell that this one waits no more.
            tracker.ended(number, state);
        }
        if order.kind.is_for_auction() {
            // A list that came first shows it like any other; it has been what it is from its beginning to its end.
            tracker.sent_as(number, (Some(order.kind), order.time_in_force));
        }
        tracker.already_booked(number, filled, value);
        if let Some((old, _)) = before.as_ref().filter(|_| !known) {
            tracker.moved(old, number, Some(order.kind), left.filter(|_| is_newest));
        }
        before = Some((number.clone(), filled_before + filled));
    }
}

/// What the ledger has booked under one of the numbers: its fills are named after it.
fn booked(order: &RecoveredOrder, number: &BrokerOrderId) -> (Decimal, Decimal) {
    let is_of = |id: &str| id.strip_prefix(number.as_str()).is_some_and(|rest| rest.starts_with(':'));
    let fills = order.fills.iter().filter(|(id, ..)| is_of(id.as_str()));
    fills.fold((Decimal::ZERO, Decimal::ZERO), |(filled, value), (_, price, quantity)| {
        (filled + quantity.value(), value + price.times(*quantity))
    })
}

fn tracked(order: &RecoveredOrder, quantity: Option<Quantity>) -> Tracked {
    Tracked {
        order_id: Some(order.order_id),
        branch: "".into(),
        route: StockRoute::chosen(order.route),
        instrument: order.instrument,
        side: order.side,
        kind: Some(order.kind),
        time_in_force: order.time_in_force,
        code: "".into(),
        quantity,
        filled: Decimal::ZERO,
        filled_value: Decimal::ZERO,
        replaces: None,
        replaced_by: None,
        state: OrderState::Accepted,
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::super::lists::told_by;
    use super::super::samples::{at, id, instrument, listed, number};
    use super::*;
    use crate::broker::kis::order::Listed;
    use crate::market::{Price, Side};
    use crate::order::{ExecutionId, OrderKind, TimeInForce};

    fn recovered(numbers: &[&str], fills: &[(&str, u32)]) -> RecoveredOrder {
        let price = Price::new(dec!(70000)).unwrap();
        RecoveredOrder {
            order_id: id(1),
            broker_ids: numbers.iter().map(|digits| number(digits).id().unwrap()).collect(),
            instrument: instrument(),
            side: Side::Buy,
            kind: OrderKind::Limit { price },
            time_in_force: TimeInForce::Day,
            quantity: Quantity::whole(10),
            sent_at: at("09:15:00"),
            fills: fills
                .iter()
                .map(|(name, quantity)| {
                    let name = format!("stock:20260914:{name}");
                    (ExecutionId::new(&name).unwrap(), price, Quantity::whole(*quantity))
                })
                .collect(),
            route: None,
            ended: None,
        }
    }

    #[test]
    fn what_the_ledger_has_booked_is_not_told_again() {
        let (mut tracker, mut unanswered) = (Tracker::default(), Unanswered::default());
        let order = recovered(&["0000117057"], &[("0000117057:3", 3), ("0000117057:4", 1)]);
        take(&mut tracker, &mut unanswered, &order);
        let row = Listed { filled: dec!(4), filled_value: dec!(280000), open: dec!(6), ..listed("0000117057", 10) };
        assert!(told_by(&mut tracker, std::slice::from_ref(&row), at("10:00:00")).is_empty());
        let more = Listed { filled: dec!(9), filled_value: dec!(630000), open: dec!(1), ..row };
        let told = told_by(&mut tracker, &[more], at("10:00:30"));
        assert_eq!(told, [("stock:20260914:0000117057:9".to_owned(), Quantity::whole(5))]);
        // Told once more after a reconnection, the ledger says nothing new.
        take(&mut tracker, &mut unanswered, &order);
        assert_eq!(tracker.get(&number("0000117057")).unwrap().filled, dec!(9));
    }

    #[test]
    fn fills_belong_to_the_number_they_were_made_under() {
        let (mut tracker, mut unanswered) = (Tracker::default(), Unanswered::default());
        let fills = [("0000117057:2", 2), ("0000117099:5", 5)];
        take(&mut tracker, &mut unanswered, &recovered(&["0000117057", "0000117099"], &fills));
        let (old, new) = (number("0000117057"), number("0000117099"));
        assert_eq!(tracker.newest(&old), new);
        assert_eq!(tracker.get(&old).unwrap().filled, dec!(2));
        assert_eq!(tracker.get(&new).unwrap().filled, dec!(5));
        let report = tracker.report(&new, at("10:00:00"), None).unwrap();
        assert_eq!((report.quantity, report.filled), (Quantity::whole(10), Quantity::whole(7)));
        let rows = [
            Listed { filled: dec!(2), filled_value: dec!(140000), ..listed("0000117057", 10) },
            Listed {
                changed: Some(old),
                filled: dec!(5),
                filled_value: dec!(350000),
                open: dec!(3),
                ..listed("0000117099", 8)
            },
        ];
        assert!(told_by(&mut tracker, &rows, at("10:00:00")).is_empty());
        let report = tracker.report(&new, at("10:00:00"), None).unwrap();
        assert_eq!((report.quantity, report.order_id), (Quantity::whole(10), Some(id(1))));
    }

    #[test]
    fn an_order_without_a_number_is_one_that_is_looked_for() {
        let (mut tracker, mut unanswered) = (Tracker::default(), Unanswered::default());
        take(&mut tracker, &mut unanswered, &recovered(&[], &[]));
        assert!(unanswered.holds(id(1)));
        assert_eq!(tracker.numbers().count(), 0);
    }
}
