//! Numbers that can be right. A message with one that cannot is refused by itself; the connection lives on.

use rust_decimal::Decimal;
use thiserror::Error;

use crate::market::{InstrumentId, Price, Quantity, Symbol, UtcTime, Venue};

/// Why a message is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{what} cannot be right")]
pub struct Implausible {
    /// What in it: a name of ours, never text from outside.
    pub what: &'static str,
}

/// 2017-01-01T00:00:00Z; the exchange opened in that year.
const FIRST_MILLIS: i64 = 1_483_228_800_000;
/// 2100-01-01T00:00:00Z.
const LAST_MILLIS: i64 = 4_102_444_800_000;
/// More money than any account holds.
const AMOUNT_MAX: Decimal = Decimal::from_parts(2_764_472_320, 232_830, 0, false, 0); // 10^15
/// Decimals kept of an average; the exchange computes some to more than a price has.
const AVERAGE_DECIMALS: u32 = 12;

const fn refuse(what: &'static str) -> Implausible {
    Implausible { what }
}

/// A price above zero.
///
/// # Errors
/// Zero, negative, or out of range.
pub fn price(what: &'static str, value: Decimal) -> Result<Price, Implausible> {
    Price::new(value).map_err(|_| refuse(what))
}

/// A price, or nothing where the exchange writes 0 for none.
///
/// # Errors
/// Negative, or out of range.
pub fn price_or_none(what: &'static str, value: Option<Decimal>) -> Result<Option<Price>, Implausible> {
    value.filter(|value| !value.is_zero()).map(|value| price(what, value)).transpose()
}

/// An average price, to 12 decimals; nothing where the exchange writes 0.
///
/// # Errors
/// Negative, or out of range.
pub fn average(what: &'static str, value: Option<Decimal>) -> Result<Option<Price>, Implausible> {
    price_or_none(what, value.map(|value| value.round_dp(AVERAGE_DECIMALS)))
}

/// A quantity, zero included.
///
/// # Errors
/// Negative, or out of range.
pub fn quantity(what: &'static str, value: Decimal) -> Result<Quantity, Implausible> {
    Quantity::new(value).map_err(|_| refuse(what))
}

/// A signed number of units.
///
/// # Errors
/// Out of range.
pub fn signed_units(what: &'static str, value: Decimal) -> Result<Decimal, Implausible> {
    quantity(what, value.abs()).map(|_| value)
}

/// An amount of money of either sign.
///
/// # Errors
/// Larger than 10^15.
pub fn amount(what: &'static str, value: Decimal) -> Result<Decimal, Implausible> {
    if value.abs() > AMOUNT_MAX { Err(refuse(what)) } else { Ok(value) }
}

/// A time within the years 2017 to 2099, from milliseconds since 1970 in UTC.
///
/// # Errors
/// Any other.
pub fn time(what: &'static str, millis: i64) -> Result<UtcTime, Implausible> {
    if (FIRST_MILLIS..LAST_MILLIS).contains(&millis) { Ok(UtcTime::from_millis(millis)) } else { Err(refuse(what)) }
}

/// An instrument of the futures market.
///
/// # Errors
/// Text that cannot be a symbol.
pub fn future(symbol: &str) -> Result<InstrumentId, Implausible> {
    let symbol = Symbol::new(symbol).map_err(|_| refuse("symbol"))?;
    Ok(InstrumentId { venue: Venue::BinanceFutures, symbol })
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn bounds_are_what_they_say() {
        assert_eq!(AMOUNT_MAX, Decimal::from(1_000_000_000_000_000_i64));
        assert_eq!(UtcTime::from_millis(FIRST_MILLIS).to_string(), "2017-01-01T00:00:00.000Z");
        assert_eq!(UtcTime::from_millis(LAST_MILLIS).to_string(), "2100-01-01T00:00:00.000Z");
        assert!(
            time("time", FIRST_MILLIS - 1).is_err() && time("time", LAST_MILLIS).is_err() && time("time", 0).is_err()
        );
    }

    #[test]
    fn an_average_with_more_decimals_than_a_price_is_rounded_and_not_refused() {
        let told = dec!(0.0000123456789012345);
        assert_eq!(average("entry price", Some(told)).unwrap().unwrap().value(), dec!(0.000012345679));
        assert_eq!(average("entry price", Some(Decimal::ZERO)), Ok(None));
        assert!(average("entry price", Some(dec!(-1))).is_err());
        assert!(price("price", told).is_err());
    }
}
