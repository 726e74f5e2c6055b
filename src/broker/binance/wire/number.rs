//! Decimals and whole numbers out of JSON, by their text: never through a binary float.
//!
//! Money comes as strings; that is a habit and no promise, so a bare JSON number is read too, digit by digit. Fields are
//! read from the raw text of the message, so a type with such a field cannot stand behind `untagged` or `flatten`.

use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer, Error};
use serde_json::value::RawValue;

use super::digits::{self, bare};

/// For `deserialize_with`: a decimal as a string or a number.
///
/// # Errors
/// Anything else, and more digits than a [`Decimal`] keeps exactly.
pub fn decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    there(deserializer, digits::decimal, "not a decimal")
}

/// For `deserialize_with`, together with `default`: a decimal, or nothing where the field is `null` or empty text.
///
/// # Errors
/// Anything else that is no decimal.
pub fn decimal_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    there_or_not(deserializer, digits::decimal, "not a decimal")
}

/// For `deserialize_with`: a whole number as a number or a string.
///
/// # Errors
/// Anything else, and what does not fit 64 bits.
pub fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    there(deserializer, digits::whole, "not a whole number")
}

/// For `deserialize_with`, together with `default`: a whole number, or nothing where the field is `null` or empty text.
///
/// # Errors
/// Anything else that is no whole number.
pub fn whole_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    there_or_not(deserializer, digits::whole, "not a whole number")
}

fn there<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    read: fn(&[u8]) -> Option<T>,
    fault: &'static str,
) -> Result<T, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    read(bare(raw)).ok_or_else(|| D::Error::custom(fault))
}

fn there_or_not<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    read: fn(&[u8]) -> Option<T>,
    fault: &'static str,
) -> Result<Option<T>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    match raw.get() {
        "null" | "\"\"" => Ok(None),
        _ => read(bare(raw)).map(Some).ok_or_else(|| D::Error::custom(fault)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Row {
        #[serde(deserialize_with = "decimal")]
        price: Decimal,
        #[serde(default, deserialize_with = "decimal_or_none")]
        stop: Option<Decimal>,
        #[serde(default, deserialize_with = "whole_or_none")]
        child: Option<i64>,
    }

    fn row(text: &str) -> Option<Row> {
        serde_json::from_str(text).ok()
    }

    #[test]
    fn strings_and_numbers_are_read_by_their_digits() {
        for (text, price) in [
            (r#"{"price":"0.1"}"#, dec!(0.1)),
            (r#"{"price":0.30000000000000004}"#, dec!(0.30000000000000004)),
            (r#"{"price":12345678901234567890.12345678}"#, dec!(12345678901234567890.12345678)),
            (r#"{"price":"-7"}"#, dec!(-7)),
            (r#"{"price":"1e5"}"#, dec!(100000)),
            (r#"{"price":1e5}"#, dec!(100000)),
        ] {
            assert_eq!(row(text).unwrap().price, price, "{text}");
        }
    }

    #[test]
    fn missing_null_and_empty_are_the_same_nothing() {
        for text in [r#"{"price":1}"#, r#"{"price":1,"stop":null,"child":null}"#, r#"{"price":1,"stop":"","child":""}"#]
        {
            assert_eq!(row(text), Some(Row { price: dec!(1), stop: None, child: None }), "{text}");
        }
    }

    #[test]
    fn ids_above_two_to_the_53_stay_what_they_are() {
        let text = r#"{"price":1,"child":9007199254740993123}"#;
        assert_eq!(row(text).unwrap().child, Some(9_007_199_254_740_993_123));
        assert_eq!(row(&text.replace("9007199254740993123", "\"9007199254740993123\"")), row(text));
        assert_eq!(row(&text.replace("9007199254740993123", "99007199254740993123")), None);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for bad in [
            "\"1_000\"",
            "\"1,000\"",
            "\"NaN\"",
            "\"+1\"",
            "\" 1\"",
            "\".\"",
            "\"-\"",
            "true",
            "{}",
            "[1]",
            "\"\\u0031\"",
            "\"--1\"",
            "\"1-\"",
            "\"1.2.3\"",
            "\"0.12345678901234567890123456789012\"",
            "\"99999999999999999999999999999999\"",
        ] {
            assert_eq!(row(&format!(r#"{{"price":{bad}}}"#)), None, "{bad}");
        }
        assert_eq!(row(r#"{"price":null}"#), None);
        assert_eq!(row(r#"{"price":""}"#), None);
    }

    #[test]
    fn nothing_has_no_sign() {
        for nothing in ["-0.00", "-0.000000000000000000000"] {
            assert!(!digits::decimal(nothing.as_bytes()).unwrap().is_sign_negative());
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,80}") {
            let _ = (digits::decimal(text.as_bytes()), digits::whole(text.as_bytes()));
        }

    }
}
