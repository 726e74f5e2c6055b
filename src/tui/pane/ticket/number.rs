//! What is typed into the fields, as numbers. A text is taken as a whole or not at all: nothing is guessed where money is
//! meant.

use rust_decimal::Decimal;

use crate::config::{Distance, DistanceUnit};
use crate::market::{Currency, NumberError, Price, Quantity};
use crate::text::screen::ticket::Ticket as Words;

/// Farthest exit in ticks, as in the config.
const TICKS_MAX: u32 = 100_000;

/// Farthest exit in per cent.
const PERCENT_MAX: u32 = 10_000;

/// How much to buy or sell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Amount {
    /// Units.
    Units(Quantity),
    /// Money in the instrument's currency.
    Money(Decimal),
    /// Per cent of cash, or of what is held.
    Percent(Decimal),
}

/// Where an exit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// At a price.
    At(Price),
    /// So far from the entry.
    Away(Distance),
}

/// A number without a sign: `71200`, `71,200`, `0.5`.
pub(super) fn plain(text: &str) -> Result<Decimal, Words> {
    let text = text.trim();
    if text.starts_with(['-', '+']) {
        return Err(Words::NoSign);
    }
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let grouped = whole.contains(',');
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    if !digits(first) || !groups.clone().all(digits) || fraction.is_some_and(|fraction| !digits(fraction)) {
        let is_comma = whole.bytes().all(|byte| byte.is_ascii_digit() || byte == b',') && grouped;
        return Err(if is_comma { Words::Commas } else { Words::NotNumber });
    }
    if grouped && (first.len() > 3 || groups.any(|group| group.len() != 3)) {
        return Err(Words::Commas);
    }
    let plain = text.replace(',', "");
    Decimal::from_str_exact(&plain).map_err(|_| Words::TooLarge)
}

fn refused(error: &NumberError) -> Words {
    match error {
        NumberError::NotANumber(_) => Words::NotNumber,
        NumberError::NotPositive(_) => Words::Zero,
        NumberError::OutOfRange(_) => Words::TooLarge,
    }
}

/// A price.
pub(super) fn price(text: &str) -> Result<Price, Words> {
    Price::new(plain(text)?).map_err(|error| refused(&error))
}

/// How much: `10`, `25%`, `₩1000000`, `1000000원`, `100만원`, `$500`, `500usdt`.
pub(super) fn amount(text: &str, currency: Option<Currency>) -> Result<Amount, Words> {
    let text = text.trim();
    if let Some(share) = text.strip_suffix('%') {
        let share = plain(share)?;
        return match share {
            share if share.is_zero() => Err(Words::Zero),
            share if share > Decimal::ONE_HUNDRED => Err(Words::PercentMax),
            share => Ok(Amount::Percent(share)),
        };
    }
    if let Some((digits, named)) = money(text) {
        if !named.iter().any(|named| Some(*named) == currency) {
            return Err(Words::OtherCurrency);
        }
        return positive(scaled(digits)?).map(Amount::Money);
    }
    let units = positive(plain(text)?)?;
    Quantity::new(units).map(Amount::Units).map_err(|error| refused(&error))
}

fn positive(value: Decimal) -> Result<Decimal, Words> {
    let price = Price::new(value).map_err(|error| refused(&error))?;
    Ok(price.value())
}

/// The number of an amount of money and the currencies its sign may mean.
fn money(text: &str) -> Option<(&str, &'static [Currency])> {
    const WON: &[Currency] = &[Currency::Krw];
    // Coins that are kept at a dollar are called dollars where they are what prices are in.
    const DOLLAR: &[Currency] = &[Currency::Usd, Currency::Usdt, Currency::Usdc];
    if let Some(digits) = text.strip_prefix('₩') {
        return Some((digits, WON));
    }
    if let Some(digits) = text.strip_prefix('$') {
        return Some((digits, DOLLAR));
    }
    let at = text.find(|letter: char| letter != '.' && letter != ',' && !letter.is_ascii_digit())?;
    let (digits, name) = text.split_at(at);
    let name = name.trim();
    if name.ends_with('원') {
        let digits = text.strip_suffix('원')?;
        return Some((digits, WON));
    }
    if matches!(name, "만" | "억") {
        return Some((text, WON));
    }
    if name.eq_ignore_ascii_case("won") {
        return Some((digits, WON));
    }
    let at = Currency::ALL.iter().position(|currency| currency.as_str().eq_ignore_ascii_case(name))?;
    ALONE.get(at).map(|named| (digits, *named))
}

/// Each currency by itself, in the order of [`Currency::ALL`].
const ALONE: [&[Currency]; Currency::ALL.len()] = [
    &[Currency::Krw],
    &[Currency::Usd],
    &[Currency::Usdt],
    &[Currency::Usdc],
    &[Currency::Fdusd],
    &[Currency::Btc],
    &[Currency::Eth],
    &[Currency::Bnb],
    &[Currency::Bnfcr],
    &[Currency::Hkd],
    &[Currency::Cny],
    &[Currency::Jpy],
    &[Currency::Vnd],
];

/// `100만` and `1.5억` are 1,000,000 and 150,000,000.
fn scaled(text: &str) -> Result<Decimal, Words> {
    let text = text.trim();
    let (digits, unit) = if let Some(digits) = text.strip_suffix('만') {
        (digits, 10_000_u32)
    } else if let Some(digits) = text.strip_suffix('억') {
        (digits, 100_000_000)
    } else {
        (text, 1)
    };
    plain(digits)?.checked_mul(Decimal::from(unit)).ok_or(Words::TooLarge)
}

/// A distance: `3%`, `10t` (ticks), `500` (price).
fn distance(text: &str) -> Result<Distance, Words> {
    let text = text.trim();
    let (digits, unit) = if let Some(digits) = text.strip_suffix('%') {
        (digits, DistanceUnit::Percent)
    } else if let Some(digits) = text.strip_suffix(['t', 'T', '틱']) {
        (digits, DistanceUnit::Ticks)
    } else {
        (text, DistanceUnit::Price)
    };
    let value = plain(digits).map_err(|wrong| if wrong == Words::NotNumber { Words::BadDistance } else { wrong })?;
    let amount = positive(value)?;
    let too_far = match unit {
        DistanceUnit::Percent => amount > Decimal::from(PERCENT_MAX),
        DistanceUnit::Ticks => amount > Decimal::from(TICKS_MAX),
        DistanceUnit::Price => false,
    };
    if too_far {
        return Err(Words::TooFar);
    }
    if unit == DistanceUnit::Ticks && !amount.fract().is_zero() {
        return Err(Words::BadDistance);
    }
    Ok(Distance { amount, unit })
}

/// Distance of a trailing stop; a loss, so a minus may stand before it.
pub(super) fn trail(text: &str) -> Result<Distance, Words> {
    let text = text.trim();
    let distance = distance(text.strip_prefix('-').unwrap_or(text))?;
    if distance.unit == DistanceUnit::Percent && distance.amount >= Decimal::ONE_HUNDRED {
        return Err(Words::TooFar);
    }
    Ok(distance)
}

/// Where an exit is: a price, or a distance that has its sign or a unit: `73,300`, `+3%`, `10t`, `-500`.
pub(super) fn exit(text: &str, gain: bool) -> Result<Exit, Words> {
    let text = text.trim();
    let (own, other) = if gain { ('+', '-') } else { ('-', '+') };
    if text.starts_with(other) {
        return Err(Words::WrongSign);
    }
    if let Some(away) = text.strip_prefix(own) {
        return distance(away).map(Exit::Away);
    }
    if text.ends_with(['%', 't', 'T', '틱']) {
        return distance(text).map(Exit::Away);
    }
    let value = plain(text).map_err(|wrong| if wrong == Words::NotNumber { Words::BadDistance } else { wrong })?;
    Price::new(value).map(Exit::At).map_err(|error| refused(&error))
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn only_plain_numbers_above_zero_are_prices() {
        assert_eq!(price("71,200").unwrap().value(), dec!(71200));
        assert_eq!(price(" 0.5 ").unwrap().value(), dec!(0.5));
        for (text, wrong) in [
            ("", Words::NotNumber),
            ("1e9", Words::NotNumber),
            ("-5", Words::NoSign),
            ("+5", Words::NoSign),
            ("0", Words::Zero),
            ("1,5", Words::Commas),
            ("1,,000", Words::Commas),
            ("1234,000", Words::Commas),
            ("0x10", Words::NotNumber),
            ("칠만", Words::NotNumber),
            ("１", Words::NotNumber),
            (".5", Words::NotNumber),
            ("5.", Words::NotNumber),
            ("1.2.3", Words::NotNumber),
            ("NaN", Words::NotNumber),
        ] {
            assert_eq!(price(text).unwrap_err(), wrong, "{text}");
        }
        assert_eq!(price(&"9".repeat(100)).unwrap_err(), Words::TooLarge);
        assert_eq!(price("10000000000001").unwrap_err(), Words::TooLarge);
    }

    #[test]
    fn amounts_are_units_money_or_a_share() {
        let krw = Some(Currency::Krw);
        assert_eq!(amount("1,000", krw), Ok(Amount::Units(Quantity::whole(1_000))));
        for text in
            ["₩1000000", "₩1,000,000", "1000000won", "1000000 WON", "1,000,000원", "100만원", "100만", "1000000krw"]
        {
            assert_eq!(amount(text, krw), Ok(Amount::Money(dec!(1000000))), "{text}");
        }
        assert_eq!(amount("1.5억원", krw), Ok(Amount::Money(dec!(150000000))));
        assert_eq!(amount("$500", Some(Currency::Usd)), Ok(Amount::Money(dec!(500))));
        assert_eq!(amount("500usdt", Some(Currency::Usdt)), Ok(Amount::Money(dec!(500))));
        assert_eq!(amount("$500", krw), Err(Words::OtherCurrency));
        assert_eq!(amount("500usdt", krw), Err(Words::OtherCurrency));
        assert_eq!(amount("₩500", None), Err(Words::OtherCurrency));
        assert_eq!(amount("25%", krw), Ok(Amount::Percent(dec!(25))));
        assert_eq!(amount("101%", krw), Err(Words::PercentMax));
        assert_eq!(amount("0%", krw), Err(Words::Zero));
        assert_eq!(amount("-5", krw), Err(Words::NoSign));
        assert_eq!(amount("1e9", krw), Err(Words::NotNumber));
        assert_eq!(amount("열", krw), Err(Words::NotNumber));
        assert_eq!(amount(&format!("{}억", "9".repeat(27)), krw), Err(Words::TooLarge));
    }

    #[test]
    fn an_exit_is_a_price_or_a_distance() {
        let away = |amount, unit| Ok(Exit::Away(Distance { amount, unit }));
        assert_eq!(exit("73,300", true), Ok(Exit::At("73300".parse().unwrap())));
        assert_eq!(exit("+3%", true), away(dec!(3), DistanceUnit::Percent));
        assert_eq!(exit("-2.5%", false), away(dec!(2.5), DistanceUnit::Percent));
        assert_eq!(exit("10t", false), away(dec!(10), DistanceUnit::Ticks));
        assert_eq!(exit("10틱", true), away(dec!(10), DistanceUnit::Ticks));
        assert_eq!(exit("+500", true), away(dec!(500), DistanceUnit::Price));
        assert_eq!(exit("-3%", true), Err(Words::WrongSign));
        assert_eq!(exit("+3%", false), Err(Words::WrongSign));
        assert_eq!(exit("1.5t", true), Err(Words::BadDistance));
        assert_eq!(exit("999999t", true), Err(Words::TooFar));
        assert_eq!(exit("abc", true), Err(Words::BadDistance));
        assert_eq!(trail("-2%"), Ok(Distance { amount: dec!(2), unit: DistanceUnit::Percent }));
        assert_eq!(trail("100%"), Err(Words::TooFar));
    }
}
