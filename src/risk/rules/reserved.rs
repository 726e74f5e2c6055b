//! Orders that the broker keeps for the opening: the other way round from all others, they are for hours without trading.

use crate::order::{self, Draft, Route};
use crate::risk::refusal::{Refusal, Rule};
use crate::risk::view::View;
use crate::text::kept;

/// The broker must keep the type for the opening of the venue, nothing else than the broker may hold it until then, and
/// the session it is for must not run yet.
pub(super) fn unsupported(view: &View<'_>, draft: &Draft, held_by_desk: bool) -> Option<Refusal> {
    let refuse = |why: &str| Some(Refusal::new(Rule::RiskUnsupported, why, ""));
    if held_by_desk {
        return refuse(kept::DESK_WATCHES);
    }
    if !order::is_kept_for_opening(view.instrument.id.venue, draft.kind.name(), draft.side) {
        return refuse(kept::OTHER_KINDS);
    }
    if !matches!(draft.route, None | Some(Route::Krx)) {
        return refuse(kept::OTHER_ROUTE);
    }
    // Not the closed session's rule, whose sentence would say that it is closed.
    if order::session_runs(view.phase) { refuse(kept::SESSION_RUNS) } else { None }
}
