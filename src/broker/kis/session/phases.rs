//! The phases of the venues, told for what is subscribed: by the calendar, and by the broker's own word where it gives one.

use std::sync::Arc;

use super::shared::Shared;

/// Tells every change of a phase, and the beginning of a day.
pub(super) async fn keep(_shared: Arc<Shared>) {
    unimplemented!()
}
