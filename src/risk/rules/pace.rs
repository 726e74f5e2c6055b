//! How many orders, how fast, and against which own ones.

use rust_decimal::Decimal;

use super::market::opposite_quote;
use crate::market::{Price, Side};
use crate::order::{Draft, OrderKind};
use crate::risk::format::grouped;
use crate::risk::refusal::{Refusal, Rule};
use crate::risk::view::View;

/// The order does not make the open orders too many. Also for orders that make a position smaller: what runs away runs away
/// in both directions.
pub(super) fn max_open_orders(view: &View<'_>, _: &Draft) -> Option<Refusal> {
    let after = u64::from(view.open_orders) + 1;
    let max = view.limits.max_open_orders?;
    (after > u64::from(max))
        .then(|| Refusal::new(Rule::RiskMaxOpenOrders, grouped(Decimal::from(after)), grouped(Decimal::from(max))))
}

/// The order does not make the new orders of the last second or of the last minute too many.
pub(super) fn order_rate(view: &View<'_>, _: &Draft) -> Option<Refusal> {
    let paces = [
        (view.orders_last_second, view.limits.max_orders_per_second, "a second"),
        (view.orders_last_minute, view.limits.max_orders_per_minute, "a minute"),
    ];
    paces.into_iter().find_map(|(before, max, span)| {
        let (after, max) = (u64::from(before) + 1, max?);
        (after > u64::from(max)).then(|| {
            let limit = format!("{} {span}", grouped(Decimal::from(max)));
            Refusal::new(Rule::RiskOrderRate, grouped(Decimal::from(after)), limit)
        })
    })
}

/// No order with the same instrument, side, type, prices and quantity was made within the window. A window of zero switches
/// the rule off.
pub(super) fn duplicate(view: &View<'_>, draft: &Draft) -> Option<Refusal> {
    let window = view.limits.duplicate_window_ms;
    let same = view.recent.iter().any(|recent| {
        (recent.instrument, recent.side, recent.kind, recent.quantity)
            == (draft.instrument, draft.side, draft.kind, draft.quantity)
    });
    (window > 0 && same).then(|| {
        let value = format!("the same {} again within {} ms", draft.side, grouped(Decimal::from(window)));
        Refusal::new(Rule::RiskDuplicate, value, "")
    })
}

/// The order would not meet an own resting order on the other side. A price meets every own price that is as good or better;
/// an order that takes whatever is there meets an own price that is as good as the best quote or better, or that is all there
/// is. Conditional types and types that join their own side or the closing price take nothing now.
pub(super) fn self_crossing(view: &View<'_>, draft: &Draft) -> Option<Refusal> {
    let own = view.own_opposite_best?;
    if !view.limits.refuse_self_crossing {
        return None;
    }
    let (reach, what) = match draft.kind {
        OrderKind::Limit { price } | OrderKind::ConditionalLimit { price } => (price.value(), "at"),
        OrderKind::Market | OrderKind::BestLimit => {
            (opposite_quote(view, draft.side).unwrap_or(own).value(), "reaching")
        }
        OrderKind::MidPrice => (midpoint(view.best_bid?, view.best_ask?), "at the midpoint"),
        _ => return None,
    };
    let (meets, allowed) = match draft.side {
        Side::Buy => (reach >= own.value(), "below"),
        Side::Sell => (reach <= own.value(), "above"),
    };
    meets.then(|| {
        let value = format!("a {} {what} {}", draft.side, grouped(reach));
        Refusal::new(Rule::RiskSelfCrossing, value, format!("{allowed} the own order at {}", grouped(own.value())))
    })
}

fn midpoint(bid: Price, ask: Price) -> Decimal {
    (bid.value() + ask.value()) / Decimal::TWO
}
