//! Holdings and cash.

use super::requests::Outcome;
use super::shared::Shared;

/// Holdings of every product.
pub(super) async fn positions(_shared: &Shared) -> Outcome {
    unimplemented!()
}

/// Cash in every currency.
pub(super) async fn balances(_shared: &Shared) -> Outcome {
    unimplemented!()
}
