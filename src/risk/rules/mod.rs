//! Every rule: one function each, one idea a file.
//!
//! A rule looks at the view and the draft and refuses or does not; it never waits for another rule and never assumes that
//! another one let the order pass. Arithmetic is checked: what cannot be computed is refused, never guessed.

mod account;
mod amount;
mod bracket;
mod market;
mod pace;
mod reserved;
mod state;
mod venue;

use super::refusal::{Refusal, Rule};
use super::view::View;
use crate::order::Draft;

/// A rule: `Some` refuses.
pub(super) type RuleCheck = fn(&View<'_>, &Draft) -> Option<Refusal>;

/// Every rule, in the order of [`Rule`]. [`Rule::RiskOverflow`] has no function: any of these may answer with it.
pub(super) const RULES: [RuleCheck; 33] = [
    state::halted,
    state::reducing_only,
    state::permission,
    state::symbol_blocked,
    state::unknown_order,
    state::not_reconciled,
    state::disconnected,
    state::clock,
    venue::unsupported,
    venue::session_closed,
    market::stale_data,
    venue::tick_size,
    venue::lot_size,
    venue::min_notional,
    market::price_limit,
    market::price_collar,
    market::trigger_side,
    amount::max_order_amount,
    amount::max_order_quantity,
    amount::max_positions,
    amount::max_position_amount,
    amount::max_exposure,
    account::max_daily_loss,
    account::max_drawdown,
    account::insufficient_cash,
    account::insufficient_quantity,
    account::reduce_only,
    account::max_leverage,
    pace::max_open_orders,
    pace::order_rate,
    pace::duplicate,
    pace::self_crossing,
    bracket::bracket,
];

/// A number is out of what can be computed.
fn overflow(what: &str) -> Option<Refusal> {
    Some(Refusal::new(Rule::RiskOverflow, format!("{what} is out of range"), ""))
}
