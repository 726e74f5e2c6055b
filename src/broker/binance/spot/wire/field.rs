//! Numbers and times inside messages, checked.

use super::WireError;
use crate::broker::binance::wire::digits::{Levels, MaybeNumber};
use crate::market::{Level, Price, Quantity, UtcTime};

impl MaybeNumber {
    /// A price above zero.
    pub(crate) fn price(self, what: &'static str, field: &'static str) -> Result<Price, WireError> {
        self.0.and_then(|value| Price::new(value).ok()).ok_or(WireError::implausible(what, field))
    }

    /// A price, where zero and nothing mean that there is none.
    pub(crate) fn price_if(self, what: &'static str, field: &'static str) -> Result<Option<Price>, WireError> {
        match self.0 {
            None => Ok(None),
            Some(value) if value.is_zero() => Ok(None),
            Some(_) => self.price(what, field).map(Some),
        }
    }

    /// A quantity, which may be zero.
    pub(crate) fn quantity(self, what: &'static str, field: &'static str) -> Result<Quantity, WireError> {
        self.0.and_then(|value| Quantity::new(value).ok()).ok_or(WireError::implausible(what, field))
    }

    /// A quantity, none being zero.
    pub(crate) fn quantity_or_zero(self, what: &'static str, field: &'static str) -> Result<Quantity, WireError> {
        if self.0.is_none() { Ok(Quantity::ZERO) } else { self.quantity(what, field) }
    }
}

/// First instant of 2017, in which the exchange opened, and of 2100.
const PLAUSIBLE: std::ops::Range<i64> = 1_483_228_800_000..4_102_444_800_000;

/// A time in milliseconds.
///
/// # Errors
/// Before the exchange opened or after this century.
pub fn time_of(millis: i64, what: &'static str, field: &'static str) -> Result<UtcTime, WireError> {
    if PLAUSIBLE.contains(&millis) {
        Ok(UtcTime::from_millis(millis))
    } else {
        Err(WireError::implausible(what, field))
    }
}

impl Levels {
    /// The levels, when every one of them can be.
    pub(crate) fn sound(self, what: &'static str) -> Result<Vec<Level>, WireError> {
        if self.implausible == 0 { Ok(self.levels) } else { Err(WireError::implausible(what, "level")) }
    }
}
