//! Orders, changes and cancels.

use super::requests::Outcome;
use super::shared::Shared;
use crate::broker::api::{OrderReference, PlaceOrder};
use crate::market::Quantity;
use crate::order::OrderKind;

/// An order that waits for its turn or its answer.
pub(super) struct Leaving;

/// An order sets out; a cancel right behind it finds it.
pub(super) fn set_out(_shared: &Shared, _order: &PlaceOrder) -> Leaving {
    unimplemented!()
}

/// Sends an order, once.
pub(super) async fn place(_shared: &Shared, _order: &PlaceOrder, _leaving: Leaving) -> Outcome {
    unimplemented!()
}

/// Cancels what is open of an order, under the number it has now.
pub(super) async fn cancel(_shared: &Shared, _order: &OrderReference) -> Outcome {
    unimplemented!()
}

/// Changes an order; it goes on under a new number.
pub(super) async fn replace(
    _shared: &Shared,
    _order: &OrderReference,
    _kind: OrderKind,
    _quantity: Quantity,
) -> Outcome {
    unimplemented!()
}
