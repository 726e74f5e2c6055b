//! Prices and quantities: decimals that cannot be mixed up.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A number that is not a price or a quantity hoga can work with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// The text is no decimal number.
    #[error("'{0}' is not a decimal number")]
    NotANumber(String),
    /// A price must be above zero, a quantity must not be negative.
    #[error("{0} is not allowed here: it must be above zero")]
    NotPositive(Decimal),
    /// Larger, or with more decimals, than any market has.
    #[error("{0} is out of range: at most 13 digits before and 12 after the decimal point")]
    OutOfRange(Decimal),
}

/// Largest magnitude of a price or quantity: with it, a product of the two stays far inside what a [`Decimal`] can hold,
/// so plain operators on accepted values cannot overflow.
const MAGNITUDE_MAX: Decimal = Decimal::from_parts(1_316_134_912, MAGNITUDE_MID, 0, false, 0); // 10^13
/// The upper 32 of that magnitude's 64 bits.
const MAGNITUDE_MID: u32 = 2_328;
/// The same magnitude as a whole number.
const WHOLE_MAX: u64 = 10_000_000_000_000;
/// Most decimals a price or quantity may have.
const SCALE_MAX: u32 = 12;

fn parse(text: &str) -> Result<Decimal, NumberError> {
    Decimal::from_str_exact(text.trim()).map_err(|_| NumberError::NotANumber(text.chars().take(40).collect()))
}

/// A whole number from zero as a decimal; `None` when it is out of range.
#[inline(always)]
const fn whole(value: u64) -> Option<Decimal> {
    if value > WHOLE_MAX {
        return None;
    }
    Some(Decimal::from_parts(value as u32, (value >> 32) as u32, 0, false, 0))
}

#[inline]
fn in_range(value: Decimal) -> Result<Decimal, NumberError> {
    // Nearly every number: its digits alone are below the largest magnitude, wherever the point stands.
    let parts = value.unpack();
    if parts.hi == 0 && parts.mid < MAGNITUDE_MID && parts.scale <= SCALE_MAX {
        return Ok(value);
    }
    in_range_checked(value)
}

fn in_range_checked(value: Decimal) -> Result<Decimal, NumberError> {
    let value = if value.scale() > SCALE_MAX { value.normalize() } else { value };
    if value.abs() > MAGNITUDE_MAX || value.scale() > SCALE_MAX {
        return Err(NumberError::OutOfRange(value));
    }
    Ok(value)
}

macro_rules! decimal_newtype {
    ($name:ident) => {
        impl fmt::Display for $name {
            /// Without trailing zeros; a precision in the format string pads or rounds for the screen.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0.normalize(), f)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0.normalize(), f)
            }
        }
        impl FromStr for $name {
            type Err = NumberError;
            fn from_str(text: &str) -> Result<Self, NumberError> {
                Self::new(parse(text)?)
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
        impl $name {
            /// The number itself.
            #[must_use]
            pub const fn value(self) -> Decimal {
                self.0
            }
        }
    };
}

/// A price above zero, in the quote currency of its instrument for one unit (share, coin, contract point).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price(Decimal);
decimal_newtype!(Price);

impl Price {
    /// A price.
    ///
    /// # Errors
    /// Zero, negative, or out of range.
    pub fn new(value: Decimal) -> Result<Self, NumberError> {
        if value.is_zero() || value.is_sign_negative() {
            return Err(NumberError::NotPositive(value));
        }
        in_range(value).map(Self)
    }

    /// A price without decimals, as [`Self::new`] would take it. Made where it is wanted: a book has twenty of them.
    #[inline(always)]
    #[must_use]
    pub const fn from_whole(value: u64) -> Option<Self> {
        match whole(value) {
            Some(price) if value > 0 => Some(Self(price)),
            _ => None,
        }
    }

    /// `quantity` units at this price, exact, in the quote currency, before any contract multiplier.
    #[must_use]
    pub fn times(self, quantity: Quantity) -> Decimal {
        self.0 * quantity.0
    }
}

/// How much of an instrument: shares, coins or contracts; never negative.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Quantity(Decimal);
decimal_newtype!(Quantity);

impl Quantity {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// A quantity.
    ///
    /// # Errors
    /// Negative or out of range.
    pub fn new(value: Decimal) -> Result<Self, NumberError> {
        if value.is_sign_negative() && !value.is_zero() {
            return Err(NumberError::NotPositive(value));
        }
        in_range(value).map(Self)
    }

    /// A whole number of units.
    #[must_use]
    pub fn whole(units: u32) -> Self {
        Self(Decimal::from(units))
    }

    /// A quantity without decimals, as [`Self::new`] would take it.
    #[inline(always)]
    #[must_use]
    pub const fn from_whole(value: u64) -> Option<Self> {
        match whole(value) {
            Some(quantity) => Some(Self(quantity)),
            None => None,
        }
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }

    /// What is left after taking `other` away; zero when that is more than there is.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        if other.0 >= self.0 { Self::ZERO } else { Self(self.0 - other.0) }
    }

    /// The smaller of the two.
    #[must_use]
    pub fn at_most(self, other: Self) -> Self {
        self.min(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_ten_to_the_thirteenth() {
        assert_eq!(MAGNITUDE_MAX, Decimal::from(WHOLE_MAX));
    }

    #[test]
    fn a_whole_number_is_taken_as_its_decimal_is() {
        for value in [0, 1, 71_900, u64::from(u32::MAX), 1 << 32, WHOLE_MAX - 1, WHOLE_MAX, WHOLE_MAX + 1, u64::MAX] {
            assert_eq!(Price::from_whole(value), Price::new(Decimal::from(value)).ok(), "{value}");
            assert_eq!(Quantity::from_whole(value), Quantity::new(Decimal::from(value)).ok(), "{value}");
        }
    }

    #[test]
    fn refuses_what_no_market_has() {
        for bad in ["0", "-1", "1e5", "", "NaN", "100000000000000", "0.0000000000001", "1,000"] {
            assert!(bad.parse::<Price>().is_err(), "{bad} was taken as a price");
        }
        assert!("0".parse::<Quantity>().is_ok());
        assert!("-0.1".parse::<Quantity>().is_err());
    }

    #[test]
    fn text_has_no_trailing_zeros() {
        assert_eq!("61659.70".parse::<Price>().unwrap().to_string(), "61659.7");
        assert_eq!("100".parse::<Quantity>().unwrap().to_string(), "100");
    }
}
