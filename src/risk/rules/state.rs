//! Whether this desk, profile, account and connection may send any order at all. Orders that make a position smaller are
//! not excused from these, except where a rule says so.

use crate::broker::api::World;
use crate::config::Permission;
use crate::order::Draft;
use crate::risk::effect::{Effect, reduces};
use crate::risk::format::grouped;
use crate::risk::refusal::{Refusal, Rule};
use crate::risk::state::DeskState;
use crate::risk::view::View;

/// A halted desk sends no order.
pub(super) fn halted(view: &View<'_>, _: &Draft) -> Option<Refusal> {
    (view.desk == DeskState::Halted).then(|| Refusal::new(Rule::RiskHalted, "the desk is halted", ""))
}

/// A reducing desk sends only orders that make a position smaller and do not turn it over, even when every other closing
/// order is filled first.
pub(super) fn reducing_only(view: &View<'_>, draft: &Draft) -> Option<Refusal> {
    if view.desk != DeskState::Reducing || reduces(view, draft) {
        return None;
    }
    let value = format!("{} {}", draft.side, grouped(draft.quantity.value()));
    let limit = match Effect::of(view, draft) {
        Effect { closable, .. } if closable.is_zero() => "orders that make a position smaller".to_owned(),
        Effect { closable, .. } => format!("{} {} at most", draft.side, grouped(closable)),
    };
    Some(Refusal::new(Rule::RiskReducingOnly, value, limit))
}

/// A viewer trades nowhere, a paper trader in virtual and paper worlds, a real trader and an admin everywhere.
pub(super) fn permission(view: &View<'_>, _: &Draft) -> Option<Refusal> {
    let (name, allowed) = match view.limits.permission {
        Permission::Viewer => ("viewer", "looking"),
        Permission::PaperTrader => ("paper trader", "virtual and paper worlds"),
        Permission::RealTrader | Permission::Admin => return None,
    };
    if view.limits.permission == Permission::PaperTrader && view.world != World::Live {
        return None;
    }
    Some(Refusal::new(Rule::RiskPermission, format!("{name} in a {} world", view.world.as_str()), allowed))
}

/// An instrument on the blocked list is not traded, not even to leave it. An entry without a venue blocks the symbol at
/// every venue; letter case does not matter.
pub(super) fn symbol_blocked(view: &View<'_>, _: &Draft) -> Option<Refusal> {
    let id = view.instrument.id;
    let blocks = |entry: &String| {
        let entry = entry.trim();
        match entry.split_once(':') {
            Some((venue, symbol)) => {
                venue.trim().eq_ignore_ascii_case(id.venue.as_str())
                    && symbol.trim().eq_ignore_ascii_case(id.symbol.as_str())
            }
            None => entry.eq_ignore_ascii_case(id.symbol.as_str()),
        }
    };
    view.limits
        .blocked
        .iter()
        .any(blocks)
        .then(|| Refusal::new(Rule::RiskSymbolBlocked, format!("{id} is on the blocked list"), ""))
}

/// While nobody knows what became of an order of the instrument, another one could do the same thing twice.
pub(super) fn unknown_order(view: &View<'_>, _: &Draft) -> Option<Refusal> {
    view.unknown_order.then(|| {
        let value = format!("an order of {} has an unknown outcome", view.instrument.id);
        Refusal::new(Rule::RiskUnknownOrder, value, "")
    })
}

/// Holdings and cash that differ from the broker's prove nothing.
pub(super) fn not_reconciled(view: &View<'_>, _: &Draft) -> Option<Refusal> {
    let refusal = || Refusal::new(Rule::RiskNotReconciled, "the account is not reconciled with the broker", "");
    (!view.reconciled).then(refusal)
}

/// Without a connection nothing is sent, and nothing is kept to be sent later.
pub(super) fn disconnected(view: &View<'_>, _: &Draft) -> Option<Refusal> {
    (!view.connected).then(|| Refusal::new(Rule::RiskDisconnected, "the broker is not connected", ""))
}

/// With a wrong clock sessions, ages and signatures are wrong.
pub(super) fn clock(view: &View<'_>, _: &Draft) -> Option<Refusal> {
    (!view.clock_ok).then(|| Refusal::new(Rule::RiskClock, "the clock is off by more than a second", ""))
}
