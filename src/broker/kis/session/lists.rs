//! Lists of orders: what is open, what was filled, and what became of an order nobody answered for.

use super::requests::Outcome;
use super::shared::Shared;
use crate::broker::api::FindOrder;
use crate::market::UtcTime;

/// What became of an order.
pub(super) async fn find(_shared: &Shared, _find: &FindOrder) -> Outcome {
    unimplemented!()
}

/// Every open order of the account.
pub(super) async fn open_orders(_shared: &Shared) -> Outcome {
    unimplemented!()
}

/// Every fill since a time.
pub(super) async fn fills(_shared: &Shared, _since: UtcTime) -> Outcome {
    unimplemented!()
}
