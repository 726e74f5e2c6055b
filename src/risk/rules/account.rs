//! What the account allows: its losses, its cash, its holdings, its leverage.

use rust_decimal::Decimal;

use super::amount::position_after;
use super::overflow;
use crate::market::Side;
use crate::order::{Draft, PositionSide};
use crate::risk::effect::{Effect, reduces};
use crate::risk::format::{grouped, percent_up};
use crate::risk::refusal::{Refusal, Rule};
use crate::risk::view::View;

/// Once the day has a loss that reaches the limit, no new risk today. A limit of zero allows no loss at all. Not for orders
/// that make a position smaller.
pub(super) fn max_daily_loss(view: &View<'_>, draft: &Draft) -> Option<Refusal> {
    let max = view.limits.max_daily_loss?;
    let loss = -view.day_profit;
    if loss <= Decimal::ZERO || loss < max || reduces(view, draft) {
        return None;
    }
    Some(Refusal::new(Rule::RiskMaxDailyLoss, grouped(loss), grouped(max)))
}

/// Once equity has fallen from its peak by the limit, in per cent of the peak, no new risk. A limit of zero allows no fall at
/// all; a peak that is not above zero gives nothing to measure by. Not for orders that make a position smaller.
pub(super) fn max_drawdown(view: &View<'_>, draft: &Draft) -> Option<Refusal> {
    let max = view.limits.max_drawdown_percent?;
    if view.peak_equity <= Decimal::ZERO || view.equity >= view.peak_equity || reduces(view, draft) {
        return None;
    }
    let fallen = view.peak_equity.checked_sub(view.equity).and_then(|fall| fall.checked_mul(Decimal::ONE_HUNDRED));
    let (Some(fallen), Some(allowed)) = (fallen, view.peak_equity.checked_mul(max)) else {
        return overflow("the fall from the highest equity");
    };
    if fallen < allowed {
        return None;
    }
    let percent = fallen.checked_div(view.peak_equity).unwrap_or(Decimal::MAX);
    Some(Refusal::new(Rule::RiskMaxDrawdown, percent_up(percent), format!("{}%", grouped(max))))
}

/// What the order sets aside is there. An order that sets nothing aside passes, even when fees have made cash negative.
pub(super) fn insufficient_cash(view: &View<'_>, _: &Draft) -> Option<Refusal> {
    let (needed, available) = (view.cash_needed, view.cash_available);
    (needed > Decimal::ZERO && needed > available)
        .then(|| Refusal::new(Rule::RiskInsufficientCash, grouped(needed), grouped(available)))
}

/// What is paid in full cannot be sold short, and a position of hedge mode cannot be closed beyond nothing: the quantity is
/// not above what is held less what other closing orders hold back.
pub(super) fn insufficient_quantity(view: &View<'_>, draft: &Draft) -> Option<Refusal> {
    let only_closes = if view.instrument.product.is_margined() {
        matches!((draft.position_side, draft.side), (PositionSide::Long, Side::Sell) | (PositionSide::Short, Side::Buy))
    } else {
        draft.side == Side::Sell
    };
    let effect = Effect::of(view, draft);
    (only_closes && !effect.opening.is_zero())
        .then(|| Refusal::new(Rule::RiskInsufficientQuantity, grouped(effect.quantity), grouped(effect.closable)))
}

/// A reduce-only order goes against what is held, and its quantity is not above that less what other closing orders hold
/// back.
pub(super) fn reduce_only(view: &View<'_>, draft: &Draft) -> Option<Refusal> {
    let effect = Effect::of(view, draft);
    (draft.reduce_only && !effect.reduces())
        .then(|| Refusal::new(Rule::RiskReduceOnly, grouped(effect.quantity), grouped(effect.closable)))
}

/// The leverage set is not above the limit, nor above what the venue allows for a position of the size it would have then.
/// Only margined products; not for orders that make a position smaller.
pub(super) fn max_leverage(view: &View<'_>, draft: &Draft) -> Option<Refusal> {
    let effect = Effect::of(view, draft);
    if !view.instrument.product.is_margined() || effect.reduces() {
        return None;
    }
    let Some(after) = position_after(view, &effect) else {
        return overflow("the value of the position");
    };
    let tier = view.instrument.tiers.iter().rfind(|tier| tier.notional_from <= after);
    let max = [view.limits.max_leverage, tier.map(|tier| tier.max_leverage)].into_iter().flatten().min()?;
    (view.leverage > max).then(|| Refusal::new(Rule::RiskMaxLeverage, Decimal::from(view.leverage), Decimal::from(max)))
}
