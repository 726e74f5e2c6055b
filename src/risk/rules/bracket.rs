//! What must follow an entry.

use super::market::{bad_trail, opposite_quote};
use super::venue::off_tick;
use crate::market::{Price, Side};
use crate::order::Draft;
use crate::risk::effect::reduces;
use crate::risk::format::grouped;
use crate::risk::refusal::{Refusal, Rule};
use crate::risk::view::View;

/// A bracket follows an order that opens a position; its profit lies beyond the entry and its loss before it (buy:
/// take-profit > entry > stop-loss; sell: the reverse), on the price grid; a trail is a real distance and does not stand
/// beside a stop-loss.
///
/// The entry is counted at the limit price, else the trigger, else the last price, else the best price on the other side.
pub(super) fn bracket(view: &View<'_>, draft: &Draft) -> Option<Refusal> {
    let bracket = draft.bracket;
    if bracket.is_empty() {
        return None;
    }
    if draft.reduce_only || reduces(view, draft) {
        return Some(Refusal::new(Rule::RiskBracket, "a bracket on an order that closes a position", ""));
    }
    if bracket.stop_loss.is_some() && bracket.trail.is_some() {
        return Some(Refusal::new(Rule::RiskBracket, "a stop loss and a trail", "one of the two"));
    }
    let entry = entry_price(view, draft);
    let profit_is_above = draft.side == Side::Buy;
    let wrong = |name: &str, leg: Option<Price>, above: bool| wrong_side(name, leg?, entry?, above);
    wrong("take profit", bracket.take_profit, profit_is_above)
        .or_else(|| wrong("stop loss", bracket.stop_loss, !profit_is_above))
        .or_else(|| off_tick(view, bracket.take_profit?, Rule::RiskBracket))
        .or_else(|| off_tick(view, bracket.stop_loss?, Rule::RiskBracket))
        .or_else(|| bad_trail(bracket.trail?, draft.side.opposite(), entry, Rule::RiskBracket))
}

fn entry_price(view: &View<'_>, draft: &Draft) -> Option<Price> {
    let of_order = draft.kind.limit().or(draft.kind.trigger());
    of_order.or(view.last).or_else(|| opposite_quote(view, draft.side))
}

fn wrong_side(name: &str, leg: Price, entry: Price, above: bool) -> Option<Refusal> {
    let (right, word) = if above { (leg > entry, "above") } else { (leg < entry, "below") };
    let shown = |price: Price| grouped(price.value());
    (!right).then(|| {
        Refusal::new(Rule::RiskBracket, format!("{name} at {}", shown(leg)), format!("{word} {}", shown(entry)))
    })
}
