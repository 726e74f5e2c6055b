//! Decimals from JSON text, never through a binary float.
//!
//! Binance writes decimals as strings and ids and times as numbers; both forms are taken for both, for the published
//! examples and the live replies differ here and there.

use std::fmt;

use rust_decimal::Decimal;
use serde::de::{self, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::market::{Level, Price, Quantity};

/// Most digits a decimal may have.
const DIGITS_MAX: u32 = 28;

/// Levels of a side for which there is room at once.
const LEVELS_EXPECTED: usize = 1_024;

/// A decimal in plain or scientific notation; `None` for anything else, and for more than 28 digits.
#[must_use]
pub fn decimal(text: &[u8]) -> Option<Decimal> {
    match leading_decimal(text) {
        Some((value, [])) => Some(value),
        _ => long_decimal(text),
    }
}

/// A decimal in plain notation of at most eighteen digits, which fit whatever they are, and what follows it.
#[inline]
pub(super) fn leading_decimal(text: &[u8]) -> Option<(Decimal, &[u8])> {
    let (negative, mut rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let mut mantissa: u64 = 0;
    let mut count = 0_u32;
    let mut scale = None;
    while let Some((byte, after)) = rest.split_first() {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
            count += 1;
        } else if *byte == b'.' && scale.is_none() && count > 0 {
            scale = Some(count);
        } else {
            break;
        }
        rest = after;
    }
    if count == 0 || count > 18 {
        return None;
    }
    let scale = scale.map_or(0, |whole| count - whole);
    let negative = negative && mantissa != 0;
    // Halves of the number, each of which fits.
    Some((Decimal::from_parts(mantissa as u32, (mantissa >> 32) as u32, 0, negative, scale), rest))
}

/// Many digits, an exponent, or no number at all.
#[cold]
fn long_decimal(text: &[u8]) -> Option<Decimal> {
    let text = std::str::from_utf8(text).ok()?;
    let allowed = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E');
    let digits = text.bytes().take_while(|b| !matches!(b, b'e' | b'E')).filter(u8::is_ascii_digit).count();
    let begins = text.bytes().find(|b| *b != b'-').is_some_and(|b| b.is_ascii_digit());
    if !begins || !text.bytes().all(allowed) || digits > DIGITS_MAX as usize {
        return None;
    }
    let value = if text.contains(['e', 'E']) { Decimal::from_scientific(text) } else { Decimal::from_str_exact(text) };
    // A debt of nothing is nothing.
    value.ok().map(|value| if value.is_zero() { value.abs() } else { value })
}

/// A whole number; `None` for anything else, and for what does not fit 64 bits.
#[must_use]
pub fn whole(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    if plain { std::str::from_utf8(text).ok()?.parse().ok() } else { None }
}

/// The inside of a JSON string without escapes, or a JSON number as it stands.
pub(super) fn bare(raw: &RawValue) -> &[u8] {
    match raw.get().as_bytes() {
        [b'"', inside @ .., b'"'] => inside,
        number => number,
    }
}

/// A decimal that must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number(pub Decimal);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        decimal(bare(raw)).map(Self).ok_or_else(|| de::Error::custom("not a decimal"))
    }
}

/// A decimal that may be missing: absent, `null` or empty text. Write `#[serde(default)]` beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct MaybeNumber(pub Option<Decimal>);

impl<'de> Deserialize<'de> for MaybeNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        match bare(raw) {
            b"" | b"null" => Ok(Self(None)),
            text => decimal(text).map(|value| Self(Some(value))).ok_or_else(|| de::Error::custom("not a decimal")),
        }
    }
}

/// A whole number, written as a number or as text: ids and milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Whole(pub i64);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        whole(bare(raw)).map(Self).ok_or_else(|| de::Error::custom("not a whole number"))
    }
}

/// Levels of a book: `[["price","quantity"], …]`, decoded in one pass. A level whose price or quantity no market has is
/// left out and counted: it spoils the message it came with, not the connection.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Levels {
    /// In the order they were written.
    pub levels: Vec<Level>,
    /// Left out.
    pub implausible: u32,
}

impl<'de> Deserialize<'de> for Levels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        let text = raw.get();
        match scan(text.as_bytes()) {
            Some(levels) => Ok(levels),
            // Blanks, escapes or further elements: all JSON allows, only slower.
            None => serde_json::from_str::<Spelled>(text).map(|spelled| spelled.0).map_err(de::Error::custom),
        }
    }
}

impl Levels {
    fn push(&mut self, price: Decimal, quantity: Decimal) {
        match (Price::new(price), Quantity::new(quantity)) {
            (Ok(price), Ok(quantity)) => self.levels.push(Level { price, quantity }),
            _ => self.implausible += 1,
        }
    }
}

/// Levels written without blanks, as the exchange does; `None` for every other spelling.
fn scan(text: &[u8]) -> Option<Levels> {
    leading_levels(text).filter(|(_, rest)| rest.is_empty()).map(|(levels, _)| levels)
}

/// Levels written without blanks, and what follows them.
pub(super) fn leading_levels(text: &[u8]) -> Option<(Levels, &[u8])> {
    let mut rest = text.strip_prefix(b"[")?;
    if let Some(after) = rest.strip_prefix(b"]") {
        return Some((Levels::default(), after));
    }
    // A level takes at least ten bytes, and twenty most of the time.
    let mut found = Levels { levels: Vec::with_capacity((text.len() / 20).min(LEVELS_EXPECTED)), implausible: 0 };
    loop {
        let (price, after) = leading_decimal(rest.strip_prefix(b"[\"")?)?;
        let (quantity, after) = leading_decimal(after.strip_prefix(b"\",\"")?)?;
        found.push(price, quantity);
        match after.strip_prefix(b"\"]")? {
            [b',', more @ ..] => rest = more,
            [b']', after @ ..] => return Some((found, after)),
            _ => return None,
        }
    }
}

struct Spelled(Levels);

impl<'de> Deserialize<'de> for Spelled {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Levels;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of levels")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Levels, A::Error> {
                let mut all = Levels::default();
                while let Some(SpelledLevel(price, quantity)) = sequence.next_element()? {
                    all.push(price, quantity);
                }
                Ok(all)
            }
        }
        deserializer.deserialize_seq(All).map(Self)
    }
}

struct SpelledLevel(Decimal, Decimal);

impl<'de> Deserialize<'de> for SpelledLevel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct One;
        impl<'de> Visitor<'de> for One {
            type Value = SpelledLevel;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("price and quantity")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<SpelledLevel, A::Error> {
                let short = || de::Error::invalid_length(0, &"price and quantity");
                let Number(price) = sequence.next_element()?.ok_or_else(short)?;
                let Number(quantity) = sequence.next_element()?.ok_or_else(short)?;
                while sequence.next_element::<IgnoredAny>()?.is_some() {}
                Ok(SpelledLevel(price, quantity))
            }
        }
        deserializer.deserialize_seq(One)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn text_and_numbers_are_read_to_the_last_digit() {
        let rows = [
            (r#""61659.70""#, dec!(61659.70)),
            ("61659.70", dec!(61659.70)),
            ("0.1", dec!(0.1)),
            ("1e-7", dec!(0.0000001)),
            (r#""-0.00038246""#, dec!(-0.00038246)),
            (r#""-0""#, dec!(0)),
            (r#""1234567890123456789.012345678""#, dec!(1234567890123456789.012345678)),
        ];
        for (text, value) in rows {
            assert_eq!(serde_json::from_str::<Number>(text).unwrap(), Number(value), "{text}");
        }
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        let long = format!("\"0.{}\"", "1".repeat(40));
        for text in [r#""""#, "null", "true", r#""NaN""#, r#""1,000""#, r#"".""#, r#"".5""#, r#""1.2.3""#, r#""--1""#]
            .into_iter()
            .chain([long.as_str(), r#""0x10""#, "[1]", "{}", r#""\u0031""#, r#""1e999999""#])
        {
            assert!(serde_json::from_str::<Number>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_missing_decimal_is_missing() {
        for text in ["null", r#""""#] {
            assert_eq!(serde_json::from_str::<MaybeNumber>(text).unwrap(), MaybeNumber(None));
        }
        assert_eq!(serde_json::from_str::<MaybeNumber>("\"0.5\"").unwrap(), MaybeNumber(Some(dec!(0.5))));
        assert!(serde_json::from_str::<MaybeNumber>("\"many\"").is_err());
    }

    #[test]
    fn levels_read_the_same_in_every_spelling() {
        let plain = r#"[["4.00000000","431.000"],["3.9","0"]]"#;
        let spaced = "[ [ \"4.00000000\" , \"431.000\" ] ,\n[ 3.9, 0, [] ] ]";
        let read: Levels = serde_json::from_str(plain).unwrap();
        assert_eq!(read, serde_json::from_str(spaced).unwrap());
        assert_eq!(read.levels.len(), 2);
        assert_eq!(serde_json::from_str::<Levels>("[]").unwrap(), Levels::default());
        for bad in ["{}", "[1]", r#"[["1"]]"#, r#"[["1","x"]]"#, "null"] {
            assert!(serde_json::from_str::<Levels>(bad).is_err(), "{bad}");
        }
        let odd: Levels = serde_json::from_str(r#"[["0","1"],["1","-1"],["1","1"],["1e20","1"]]"#).unwrap();
        assert_eq!((odd.levels.len(), odd.implausible), (1, 3));
    }

    proptest! {
        #[test]
        fn every_decimal_survives(mantissa in any::<i64>(), scale in 0_u32..=18) {
            let value = Decimal::new(mantissa, scale);
            prop_assert_eq!(decimal(value.to_string().as_bytes()), Some(value));
        }

        #[test]
        fn no_text_is_read_differently_than_by_the_library(text in "-?[0-9]{0,20}\\.?[0-9]{0,12}") {
            if let Some(value) = decimal(text.as_bytes()) {
                prop_assert_eq!(Decimal::from_str_exact(&text).ok(), Some(value));
            }
        }
    }
}
