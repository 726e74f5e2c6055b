//! How large an order, a position and all positions together may be. An order that only makes a position smaller is held
//! to the size of an order, not to the sizes of what is held.

use rust_decimal::Decimal;

use super::overflow;
use crate::order::Draft;
use crate::risk::effect::{Effect, reduces};
use crate::risk::format::grouped;
use crate::risk::refusal::{Refusal, Rule};
use crate::risk::view::View;

/// The value of the order is not above the limit, whichever way it goes.
pub(super) fn max_order_amount(view: &View<'_>, _: &Draft) -> Option<Refusal> {
    let max = view.limits.max_order_amount?;
    let value = view.order_value.abs();
    (value > max).then(|| Refusal::new(Rule::RiskMaxOrderAmount, grouped(value), grouped(max)))
}

/// The quantity of the order is not above the limit, whichever way it goes.
pub(super) fn max_order_quantity(view: &View<'_>, draft: &Draft) -> Option<Refusal> {
    let max = view.limits.max_order_quantity?;
    let quantity = draft.quantity.value();
    (quantity > max).then(|| Refusal::new(Rule::RiskMaxOrderQuantity, grouped(quantity), grouped(max)))
}

/// An order in another instrument than those held or being opened does not make them too many. Not for orders that make a
/// position smaller.
pub(super) fn max_positions(view: &View<'_>, draft: &Draft) -> Option<Refusal> {
    let max = view.limits.max_positions?;
    if view.already_in_position || view.positions < max || reduces(view, draft) {
        return None;
    }
    let after = u64::from(view.positions) + 1;
    Some(Refusal::new(Rule::RiskMaxPositions, grouped(Decimal::from(after)), grouped(Decimal::from(max))))
}

/// The position is not above the limit once the order is filled. Not for orders that make a position smaller.
pub(super) fn max_position_amount(view: &View<'_>, draft: &Draft) -> Option<Refusal> {
    let max = view.limits.max_position_amount?;
    let effect = Effect::of(view, draft);
    if effect.reduces() {
        return None;
    }
    let Some(after) = position_after(view, &effect) else {
        return overflow("the value of the position");
    };
    (after > max).then(|| Refusal::new(Rule::RiskMaxPositionAmount, grouped(after), grouped(max)))
}

/// Value of the position once an order that does not only reduce it is filled: what is held and the whole order, or, for an
/// order that turns the position over, the part of the order that is left then. `None` when out of range.
pub(super) fn position_after(view: &View<'_>, effect: &Effect) -> Option<Decimal> {
    let order_value = view.order_value.abs();
    if effect.against_held {
        effect.opening_share(order_value)
    } else {
        view.position_value.abs().checked_add(order_value)
    }
}

/// All positions and opening orders together are not above the limit with the opening part of this order. What it closes
/// is not taken off: it is held until it is closed. Not for orders that make a position smaller.
pub(super) fn max_exposure(view: &View<'_>, draft: &Draft) -> Option<Refusal> {
    let max = view.limits.max_exposure?;
    let effect = Effect::of(view, draft);
    if effect.reduces() {
        return None;
    }
    let opening = effect.opening_share(view.order_value.abs());
    let Some(after) = opening.and_then(|opening| view.exposure.checked_add(opening)) else {
        return overflow("the value of all positions");
    };
    (after > max).then(|| Refusal::new(Rule::RiskMaxExposure, grouped(after), grouped(max)))
}
