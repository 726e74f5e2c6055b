//! How much of an order closes a position and how much opens one.

use rust_decimal::Decimal;

use super::view::View;
use crate::market::Side;
use crate::order::Draft;

/// An order split at the point where the position is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Effect {
    /// Whether the order goes against what is held.
    pub against_held: bool,
    /// Units that an order on this side could still close: held, less what other closing orders hold back. Zero for an
    /// order that does not go against what is held.
    pub closable: Decimal,
    /// Units that open or enlarge a position, once the other closing orders are filled.
    pub opening: Decimal,
    /// Units in all.
    pub quantity: Decimal,
}

impl Effect {
    /// What the draft would do.
    pub(super) fn of(view: &View<'_>, draft: &Draft) -> Self {
        let quantity = draft.quantity.value();
        let against_held = match draft.side {
            Side::Buy => view.held < Decimal::ZERO,
            Side::Sell => view.held > Decimal::ZERO,
        };
        let closable = if against_held {
            view.held.abs().saturating_sub(view.held_back.value()).max(Decimal::ZERO)
        } else {
            Decimal::ZERO
        };
        Self { against_held, closable, opening: quantity.saturating_sub(closable).max(Decimal::ZERO), quantity }
    }

    /// Whether the position gets smaller and does not turn over, even when every other closing order is filled first.
    pub(super) fn reduces(&self) -> bool {
        self.opening.is_zero() && self.quantity > Decimal::ZERO
    }

    /// The part of `value` (of the whole order) that belongs to the opening units; `None` when out of range.
    pub(super) fn opening_share(&self, value: Decimal) -> Option<Decimal> {
        if self.opening == self.quantity {
            return Some(value);
        }
        value.checked_mul(self.opening)?.checked_div(self.quantity)
    }
}

/// Whether the order only makes a position smaller, and so is free of the rules that guard new risk.
pub(super) fn reduces(view: &View<'_>, draft: &Draft) -> bool {
    Effect::of(view, draft).reduces()
}
