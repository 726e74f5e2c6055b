//! Words of the command line that become numbers, times and names.

use std::ffi::OsStr;
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Arg, Command};
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::market::candle::Interval;
use crate::market::{Currency, Price, Quantity, Side};
use crate::order::{KindName, PositionSide, Route, TimeInForce, Trail};

/// A quantity, and a price where one stands behind an `@`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Above zero.
    pub quantity: Quantity,
    /// Limit price.
    pub price: Option<Price>,
}

/// `10`, `10@69900`.
pub fn size(text: &str) -> Result<Size, String> {
    let (number, price) = match text.split_once('@') {
        Some((number, price)) => (number, Some(price.parse::<Price>().map_err(|error| error.to_string())?)),
        None => (text, None),
    };
    Ok(Size { quantity: quantity(number)?, price })
}

/// A quantity above zero.
pub fn quantity(text: &str) -> Result<Quantity, String> {
    let quantity: Quantity = text.parse().map_err(|error: crate::market::NumberError| error.to_string())?;
    if quantity.is_zero() { Err("a quantity must be above zero".into()) } else { Ok(quantity) }
}

/// `500`, `1.5%`.
pub fn trail(text: &str) -> Result<Trail, String> {
    match text.strip_suffix('%') {
        Some(percent) => {
            let percent = amount(percent)?;
            if percent >= Decimal::ONE_HUNDRED {
                return Err("must be below 100%".into());
            }
            Ok(Trail::Percent(percent))
        }
        None => amount(text).map(Trail::Amount),
    }
}

/// An amount above zero.
pub fn amount(text: &str) -> Result<Decimal, String> {
    // A price has the bounds every amount must have.
    text.parse::<Price>().map(Price::value).map_err(|error| error.to_string())
}

/// `500ms`, `5s`, `2m`, at most a day.
pub fn duration(text: &str) -> Result<Duration, String> {
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let per_unit_ms = match unit {
        "ms" => 1,
        "s" | "" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err("a time looks like 500ms, 5s or 2m".into()),
    };
    let number: u64 = number.parse().map_err(|_| "a time looks like 500ms, 5s or 2m".to_owned())?;
    let total = number.checked_mul(per_unit_ms).filter(|ms| *ms > 0 && *ms <= 86_400_000);
    total.map(Duration::from_millis).ok_or_else(|| "must be above zero and at most 24h".into())
}

/// A whole number above zero.
pub fn count(text: &str) -> Result<u32, String> {
    match text.parse::<u32>() {
        Ok(0) | Err(_) => Err("a whole number above zero".into()),
        Ok(count) => Ok(count),
    }
}

/// `2026-11-20`, `20261120`.
pub fn date(text: &str) -> Result<Date, String> {
    let is_date = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let date = is_date.then(|| text.parse::<Date>().ok()).flatten().filter(|date| date.year() > 0);
    date.ok_or_else(|| "a date looks like 2026-11-20".into())
}

/// `1m`, `1d`.
pub fn interval(text: &str) -> Result<Interval, String> {
    text.parse().map_err(|error: crate::market::candle::IntervalError| error.to_string())
}

/// One of a set of names, in any case, with `-` as good as `_`.
#[derive(Clone)]
struct Named<T: 'static> {
    all: &'static [T],
    name: fn(T) -> &'static str,
}

impl<T: Copy> Named<T> {
    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.all.iter().map(|one| (self.name)(*one))
    }
}

impl<T: Copy + Send + Sync + 'static> TypedValueParser for Named<T> {
    type Value = T;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<T, clap::Error> {
        let text = value.to_string_lossy().replace('-', "_");
        let found = self.all.iter().copied().find(|one| (self.name)(*one).eq_ignore_ascii_case(&text));
        match found {
            Some(found) => Ok(found),
            // It finds nothing either, and words the error with the names and the nearest of them.
            None => match PossibleValuesParser::new(self.names()).parse_ref(command, arg, value) {
                Err(error) => Err(error),
                Ok(_) => Err(clap::Error::new(clap::error::ErrorKind::InvalidValue).with_cmd(command)),
            },
        }
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.names().map(PossibleValue::new)))
    }
}

/// Order types.
#[must_use]
pub fn kind_name() -> impl TypedValueParser<Value = KindName> {
    Named { all: &KindName::ALL, name: KindName::as_str }
}

/// Times in force.
#[must_use]
pub fn time_in_force() -> impl TypedValueParser<Value = TimeInForce> {
    Named { all: &TimeInForce::ALL, name: TimeInForce::as_str }
}

/// Where an order goes.
#[must_use]
pub fn route() -> impl TypedValueParser<Value = Route> {
    Named { all: &Route::ALL, name: Route::as_str }
}

/// `buy`, `sell`.
#[must_use]
pub fn side() -> impl TypedValueParser<Value = Side> {
    Named { all: &[Side::Buy, Side::Sell], name: Side::as_str }
}

/// Positions of hedge mode.
#[must_use]
pub fn position_side() -> impl TypedValueParser<Value = PositionSide> {
    Named { all: &[PositionSide::Net, PositionSide::Long, PositionSide::Short], name: PositionSide::as_str }
}

/// Currencies.
#[must_use]
pub fn currency() -> impl TypedValueParser<Value = Currency> {
    Named { all: &Currency::ALL, name: Currency::as_str }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_may_carry_its_price() {
        assert_eq!(size("10@69900").unwrap().price.unwrap().to_string(), "69900");
        assert_eq!(size("0.5").unwrap(), Size { quantity: "0.5".parse().unwrap(), price: None });
        for bad in ["", "0", "-1", "10@", "10@0", "@70000", "1,000", "10@7@8", "1e3"] {
            assert!(size(bad).is_err(), "{bad} was taken");
        }
    }

    #[test]
    fn a_distance_is_an_amount_or_per_cent() {
        assert_eq!(trail("500").unwrap(), Trail::Amount(Decimal::from(500)));
        assert_eq!(trail("1.5%").unwrap(), Trail::Percent(Decimal::new(15, 1)));
        for bad in ["", "%", "-5", "0%", "100%", "5 %%"] {
            assert!(trail(bad).is_err(), "{bad} was taken");
        }
    }

    #[test]
    fn a_date_is_a_day_of_the_calendar() {
        assert_eq!(date("2026-11-20").unwrap(), date("20261120").unwrap());
        for bad in
            ["", "2026-02-30", "2026-11", "11/20/2026", "-2026-11-20", "today", "2026-11-20T09:00", "999999-01-01"]
        {
            assert!(date(bad).is_err(), "{bad} was taken");
        }
    }

    #[test]
    fn times_have_units_and_bounds() {
        assert_eq!(duration("500ms").unwrap(), Duration::from_millis(500));
        assert_eq!(duration("5s").unwrap(), duration("5").unwrap());
        assert_eq!(duration("2m").unwrap(), Duration::from_secs(120));
        for bad in ["", "0s", "5x", "-5s", "25h", "99999999999999999999ms", "1.5s"] {
            assert!(duration(bad).is_err(), "{bad} was taken");
        }
    }
}
