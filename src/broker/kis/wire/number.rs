//! Numbers as KIS writes them: always text, often with fixed decimals, padded, signed, or empty.

use std::fmt;

use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer, Error};
use serde_json::value::RawValue;

use crate::market::{Price, Quantity};

/// Longest text of a number; the longest fields of the interface have 23 digits and a point.
const LENGTH_MAX: usize = 40;

/// Text that should be a number and is none. It does not quote the text, which may be anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a number of the interface")]
pub struct NotANumber;

/// A number that may be absent: the interface leaves out by writing nothing.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Number(Option<Decimal>);

impl Number {
    /// No number.
    pub const ABSENT: Self = Self(None);

    /// Reads text: blanks around it do not count, nothing at all is [`Self::ABSENT`].
    ///
    /// # Errors
    /// Anything but an optional sign, digits and one point, or more digits than a decimal holds.
    pub fn parse(text: &str) -> Result<Self, NotANumber> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::ABSENT);
        }
        let (sign, digits) = match text.as_bytes().first() {
            Some(b'+') => ("", text.get(1..).unwrap_or_default()),
            Some(b'-') => ("-", text.get(1..).unwrap_or_default()),
            _ => ("", text),
        };
        let digits = digits.trim_start();
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if !plain || digits.len() > LENGTH_MAX || !digits.bytes().any(|byte| byte.is_ascii_digit()) {
            return Err(NotANumber);
        }
        // Leading zeros count as digits for the parser and would leave no room for the rest.
        let digits = digits.trim_start_matches('0');
        let digits = if digits.is_empty() { "0" } else { digits };
        let value = Decimal::from_str_exact(digits).map_err(|_| NotANumber)?;
        Ok(Self(Some(if sign.is_empty() { value } else { -value })))
    }

    /// The number, where there is one.
    #[must_use]
    pub const fn get(self) -> Option<Decimal> {
        self.0
    }

    /// The number, or zero.
    #[must_use]
    pub fn or_zero(self) -> Decimal {
        self.0.unwrap_or_default()
    }

    /// As a price: none where it is absent, zero (an empty level, a limit lock) or out of range.
    #[must_use]
    pub fn price(self) -> Option<Price> {
        Price::new(self.0?).ok()
    }

    /// As a quantity: none where it is absent, negative or out of range.
    #[must_use]
    pub fn quantity(self) -> Option<Quantity> {
        Quantity::new(self.0?.normalize()).ok()
    }

    /// Whether there is a number other than zero.
    #[must_use]
    pub fn is_something(self) -> bool {
        self.0.is_some_and(|value| !value.is_zero())
    }
}

impl From<Decimal> for Number {
    fn from(value: Decimal) -> Self {
        Self(Some(value))
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(value) => fmt::Display::fmt(&value, f),
            None => f.write_str("-"),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    /// From text, from a bare number by its own digits (never through a float), or from null.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let text = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw);
        if text == "null" || text == "(null)" {
            return Ok(Self::ABSENT);
        }
        Self::parse(text).map_err(D::Error::custom)
    }
}

/// Direction against the previous close, codes 1 to 5 (and 0 where there is no data).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sign {
    /// At the upper limit (상한).
    UpperLimit,
    /// Above.
    Up,
    /// The same, or no data.
    #[default]
    Unchanged,
    /// At the lower limit (하한).
    LowerLimit,
    /// Below.
    Down,
}

impl Sign {
    /// From its code; an unknown code says nothing.
    #[must_use]
    pub const fn of(code: u8) -> Self {
        match code {
            b'1' => Self::UpperLimit,
            b'2' => Self::Up,
            b'4' => Self::LowerLimit,
            b'5' => Self::Down,
            _ => Self::Unchanged,
        }
    }

    /// A change with its direction. Domestic services write the minus, overseas ones do not: the code decides over the
    /// magnitude, so it may be applied to both, and twice.
    #[must_use]
    pub fn apply(self, change: Decimal) -> Decimal {
        match self {
            Self::UpperLimit | Self::Up => change.abs(),
            Self::LowerLimit | Self::Down => -change.abs(),
            Self::Unchanged => Decimal::ZERO,
        }
    }

    /// The same of a whole number.
    #[must_use]
    pub const fn apply_whole(self, change: i64) -> i64 {
        match self {
            Self::UpperLimit | Self::Up => change.saturating_abs(),
            Self::LowerLimit | Self::Down => -change.saturating_abs(),
            Self::Unchanged => 0,
        }
    }
}

impl<'de> Deserialize<'de> for Sign {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        Ok(Self::of(raw.trim_matches(['"', ' ']).bytes().next().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn trap_1_padded_signed_and_empty_text() {
        for (text, value) in [
            (" 0.00", Some(dec!(0.00))),
            ("+5.61", Some(dec!(5.61))),
            ("-100.00", Some(dec!(-100.00))),
            ("00000138600.0000", Some(dec!(138600.0000))),
            ("          0.0000", Some(dec!(0))),
            (" +1.74", Some(dec!(1.74))),
            ("000000000000", Some(dec!(0))),
            ("0.00000000", Some(dec!(0))),
            ("", None),
            ("   ", None),
        ] {
            assert_eq!(Number::parse(text).unwrap().get(), value, "{text:?}");
        }
        for bad in ["1e5", "1_000", "1,000", "--1", "+-1", ".", "-", "1.2.3", "NaN", "9".repeat(41).as_str()] {
            assert!(Number::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_bare_number_and_null_are_taken_too() {
        let read = |text: &str| serde_json::from_str::<Number>(text).unwrap().get();
        assert_eq!(read("86400"), Some(dec!(86400)));
        assert_eq!(read("0.10"), Some(dec!(0.10)));
        assert_eq!(read("null"), None);
        assert_eq!(read("\"(null)\""), None);
        assert!(serde_json::from_str::<Number>("{}").is_err());
    }

    #[test]
    fn trap_16_a_sign_applied_twice_is_applied_once() {
        assert_eq!(Sign::of(b'5').apply(dec!(45.5)), dec!(-45.5));
        assert_eq!(Sign::of(b'5').apply(dec!(-45.5)), dec!(-45.5));
        assert_eq!(Sign::of(b'2').apply(Sign::of(b'2').apply(dec!(3))), dec!(3));
        assert_eq!(Sign::of(b'0').apply(dec!(3)), dec!(0));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = Number::parse(&text);
        }

        #[test]
        fn padding_changes_nothing(value in -1_000_000_000_i64..1_000_000_000, scale in 0_u32..6, zeros in 0_usize..10) {
            let value = Decimal::new(value, scale);
            let sign = if value.is_sign_negative() && !value.is_zero() { "-" } else { "" };
            let text = format!("  {sign}{}{}  ", "0".repeat(zeros), value.abs());
            prop_assert_eq!(Number::parse(&text).unwrap().get(), Some(value));
        }
    }
}
