//! Execution notices, and what the ledger already knew.

use std::sync::Arc;

use super::shared::Shared;
use crate::broker::api::RecoveredOrder;
use crate::broker::kis::realtime::notice::Notice;
use crate::market::UtcTime;

/// Tells the desk what a notice says.
pub(super) fn take(_shared: &Arc<Shared>, _notice: &Notice, _at: UtcTime) {
    unimplemented!()
}

/// Takes over what the ledger holds of orders and fills, so that no list tells a fill twice.
pub(super) fn recover(_shared: &Shared, _orders: Vec<RecoveredOrder>) {
    unimplemented!()
}
