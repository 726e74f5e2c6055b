//! Amounts of money, each with its currency, and the roundings that have a name.

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use crate::market::Currency;

/// An amount in a currency; may be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cash {
    /// How much.
    pub amount: Decimal,
    /// Of what.
    pub currency: Currency,
}

impl Cash {
    /// An amount.
    #[must_use]
    pub const fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing of a currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { amount: Decimal::ZERO, currency }
    }
}

impl fmt::Display for Cash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount.normalize(), self.currency)
    }
}

/// Cut to the smallest unit of the currency, towards zero: how KRX brokers take fees and tax (원 미만 절사).
#[must_use]
pub fn truncate(amount: Decimal, currency: Currency) -> Decimal {
    amount.round_dp_with_strategy(currency.decimals(), RoundingStrategy::ToZero)
}

/// Up to the smallest unit of the currency, away from zero: what is set aside must never be too little.
#[must_use]
pub fn round_up(amount: Decimal, currency: Currency) -> Decimal {
    amount.round_dp_with_strategy(currency.decimals(), RoundingStrategy::AwayFromZero)
}

/// To the nearest smallest unit, halves away from zero: shares of a cost that must add up to the whole.
#[must_use]
pub fn round_half_up(amount: Decimal, currency: Currency) -> Decimal {
    amount.round_dp_with_strategy(currency.decimals(), RoundingStrategy::MidpointAwayFromZero)
}
