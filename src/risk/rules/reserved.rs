//! Orders that the broker keeps for the opening: the other way round from all others, they are for hours without trading.

use crate::order::{self, Draft, Route};
use crate::risk::refusal::{Refusal, Rule};
use crate::risk::view::View;

/// The broker must keep the type for the opening of the venue, and nothing else than the broker may hold it until then.
pub(super) fn unsupported(view: &View<'_>, draft: &Draft, held_by_desk: bool) -> Option<Refusal> {
    let (venue, kind) = (view.instrument.id.venue, draft.kind.name());
    let refuse = |value: String, limit: &str| Some(Refusal::new(Rule::RiskUnsupported, value, limit));
    if held_by_desk {
        return refuse(format!("{kind} reserved: the desk watches it, and the broker keeps no stops"), "");
    }
    if !order::is_kept_for_opening(venue, kind, draft.side) {
        return refuse(format!("{kind} {} reserved at {venue}", draft.side), "");
    }
    match draft.route {
        None | Some(Route::Krx) => None,
        Some(route) => refuse(format!("{route} for a reserved order"), "krx"),
    }
}

/// The session it is for must not run yet.
pub(super) fn session_runs(view: &View<'_>) -> Option<Refusal> {
    let value = format!(
        "the session is {}: a reserved order is for the next one, so send it after the close or use day",
        view.phase.as_str()
    );
    order::session_runs(view.phase).then(|| Refusal::new(Rule::RiskSessionClosed, value, ""))
}
