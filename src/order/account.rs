//! Cash of a profile in one currency.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::id::ProfileName;
use crate::market::Currency;

/// Cash of a profile in one currency.
///
/// `available = cash - reserved - margin`; it may be negative only when fees, funding or losses took more than was set
/// aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Whose.
    pub profile: ProfileName,
    /// Of what.
    pub currency: Currency,
    /// All of it.
    pub cash: Decimal,
    /// Held back by open orders.
    pub reserved: Decimal,
    /// Held by margined positions.
    pub margin: Decimal,
}

impl Account {
    /// Without a unit in it.
    #[must_use]
    pub const fn empty(profile: ProfileName, currency: Currency) -> Self {
        Self { profile, currency, cash: Decimal::ZERO, reserved: Decimal::ZERO, margin: Decimal::ZERO }
    }

    /// What new orders may use.
    #[must_use]
    pub fn available(&self) -> Decimal {
        self.cash - self.reserved - self.margin
    }
}
