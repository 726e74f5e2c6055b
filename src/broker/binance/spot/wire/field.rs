//! Numbers and times inside messages.

use std::fmt;

use rust_decimal::Decimal;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::WireError;
use crate::market::{Level, Price, Quantity, UtcTime};

/// A decimal written as text or as a JSON number, taken by its text and never through a float; an empty text is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Number(pub Option<Decimal>);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let text = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw).trim();
        if text.is_empty() || text == "null" {
            return Ok(Self(None));
        }
        Decimal::from_str_exact(text).map(|value| Self(Some(value))).map_err(|_| D::Error::custom("not a decimal"))
    }
}

impl Number {
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

/// First instant of 2017, in which the exchange opened, and of 2101.
const PLAUSIBLE: std::ops::Range<i64> = 1_483_228_800_000..4_133_980_800_000;

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

/// `[price, quantity]` rows of a side of a book; a third element, as old replies have, is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows(pub Vec<(Number, Number)>);

impl<'de> Deserialize<'de> for Rows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Sides;
        impl<'de> Visitor<'de> for Sides {
            type Value = Rows;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("rows of price and quantity")
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut rows: A) -> Result<Rows, A::Error> {
                let mut out = Vec::with_capacity(rows.size_hint().unwrap_or(0).min(5_000));
                while let Some(row) = rows.next_element::<Row>()? {
                    out.push((row.0, row.1));
                }
                Ok(Rows(out))
            }
        }
        deserializer.deserialize_seq(Sides)
    }
}

struct Row(Number, Number);

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pair;
        impl<'de> Visitor<'de> for Pair {
            type Value = Row;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a price and a quantity")
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut row: A) -> Result<Row, A::Error> {
                let price = row.next_element()?.ok_or_else(|| A::Error::invalid_length(0, &self))?;
                let quantity = row.next_element()?.ok_or_else(|| A::Error::invalid_length(1, &self))?;
                while row.next_element::<serde::de::IgnoredAny>()?.is_some() {}
                Ok(Row(price, quantity))
            }
        }
        deserializer.deserialize_seq(Pair)
    }
}

impl Rows {
    /// As levels of a book.
    pub(crate) fn levels(&self, what: &'static str) -> Result<Vec<Level>, WireError> {
        let level = |(price, quantity): &(Number, Number)| {
            Ok(Level { price: price.price(what, "price")?, quantity: quantity.quantity(what, "quantity")? })
        };
        self.0.iter().map(level).collect()
    }
}
