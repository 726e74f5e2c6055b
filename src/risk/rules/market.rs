//! Prices against the market: its data, the day's limits, the last price.

use std::time::Duration;

use rust_decimal::Decimal;

use super::overflow;
use crate::market::{Price, Side};
use crate::order::{Draft, OrderKind, TimeInForce, Trail};
use crate::risk::format::{grouped, percent_up};
use crate::risk::refusal::{Refusal, Rule};
use crate::risk::view::View;

const HUNDRED: Decimal = Decimal::ONE_HUNDRED;

/// There is market data, it is not older than allowed, and it has what the type is worked by: the last price for
/// conditional types, the last price or a quote on the other side for types without a price of their own.
pub(super) fn stale_data(view: &View<'_>, draft: &Draft) -> Option<Refusal> {
    let refuse = |value: &str| Some(Refusal::new(Rule::RiskStaleData, value, ""));
    let Some(age) = view.data_age else {
        return refuse("no live market data");
    };
    let allowed = view.limits.data_age(view.instrument.id.venue);
    // What is kept for the opening is ordered while nothing trades: its price is that of the close.
    if age > allowed && draft.time_in_force != TimeInForce::Reserved {
        let ms = |time: Duration| format!("{} ms", grouped(Decimal::from(time.as_millis())));
        // Rounded up, so that a refused age never reads as the allowed one.
        let shown = age.saturating_add(Duration::from_nanos(999_999));
        return Some(Refusal::new(Rule::RiskStaleData, ms(shown), ms(allowed)));
    }
    if view.last.is_some() {
        return None;
    }
    if draft.kind.is_conditional() {
        return refuse("no last price");
    }
    if draft.kind.limit().is_none() && opposite_quote(view, draft.side).is_none() {
        return refuse("no last price and no quote on the other side");
    }
    None
}

/// Best price that an order on `side` could take.
pub(super) fn opposite_quote(view: &View<'_>, side: Side) -> Option<Price> {
    match side {
        Side::Buy => view.best_ask,
        Side::Sell => view.best_bid,
    }
}

/// Limit and trigger prices lie within the day's limits, ends included.
pub(super) fn price_limit(view: &View<'_>, draft: &Draft) -> Option<Refusal> {
    let limits = view.daily_limits?;
    let mut prices = [draft.kind.limit(), draft.kind.trigger()].into_iter().flatten();
    prices.find(|price| !limits.contain(*price)).map(|price| {
        let allowed = format!("{} to {}", grouped(limits.lower.value()), grouped(limits.upper.value()));
        Refusal::new(Rule::RiskPriceLimit, grouped(price.value()), allowed)
    })
}

/// The limit price is not farther from the last price than the collar, in per cent of the last price, in either direction.
/// Without a last price there is nothing to measure from.
pub(super) fn price_collar(view: &View<'_>, draft: &Draft) -> Option<Refusal> {
    let (collar, limit, last) = (view.limits.price_collar_percent?, draft.kind.limit()?.value(), view.last?.value());
    let distance = (limit - last).abs();
    let (Some(asked), Some(allowed)) = (distance.checked_mul(HUNDRED), last.checked_mul(collar)) else {
        return overflow("the distance from the last price");
    };
    if asked <= allowed {
        return None;
    }
    let percent = asked.checked_div(last).unwrap_or(Decimal::MAX);
    let allowed = format!("{}% from {}", grouped(collar), grouped(last));
    Some(Refusal::new(Rule::RiskPriceCollar, percent_up(percent), allowed))
}

/// A stop waits for a worse price (a buy above the last price, a sell below it), a take-profit for a better one; at the
/// last price either would go off at once. A trailing stop stays behind the market: its distance is above zero and, below
/// the market, leaves a price above zero.
pub(super) fn trigger_side(view: &View<'_>, draft: &Draft) -> Option<Refusal> {
    if let OrderKind::TrailingStop { distance, .. } = draft.kind
        && let Some(refusal) = bad_trail(distance, draft.side, view.last, Rule::RiskTriggerSide)
    {
        return Some(refusal);
    }
    let (trigger, last) = (draft.kind.trigger()?, view.last?);
    let above = match draft.kind {
        OrderKind::TakeProfit { .. } => draft.side == Side::Sell,
        _ => draft.side == Side::Buy,
    };
    let right = if above { trigger > last } else { trigger < last };
    if right {
        return None;
    }
    let word = if above { "above" } else { "below" };
    Some(Refusal::new(Rule::RiskTriggerSide, grouped(trigger.value()), format!("{word} {}", grouped(last.value()))))
}

/// Refuses in the name of `rule` a trailing distance that is not above zero, a percentage of a hundred or more, or, for a
/// stop that sells, an amount that leaves no price above zero when taken `from` the market.
pub(super) fn bad_trail(distance: Trail, exit: Side, from: Option<Price>, rule: Rule) -> Option<Refusal> {
    match distance {
        Trail::Amount(amount) if amount <= Decimal::ZERO => {
            Some(Refusal::new(rule, format!("a trail of {}", grouped(amount)), "above 0"))
        }
        Trail::Percent(percent) if percent <= Decimal::ZERO || percent >= HUNDRED => {
            Some(Refusal::new(rule, format!("a trail of {}%", grouped(percent)), "above 0% and below 100%"))
        }
        Trail::Amount(amount) if exit == Side::Sell => from.filter(|from| amount >= from.value()).map(|from| {
            let limit = format!("below {}", grouped(from.value()));
            Refusal::new(rule, format!("a trail of {}", grouped(amount)), limit)
        }),
        Trail::Amount(_) | Trail::Percent(_) => None,
    }
}
