//! Numbers and times as people read them. Nothing of this goes into JSON or CSV.

use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use crate::market::UtcTime;

/// `1234567.50` as `1,234,567.5`.
#[must_use]
pub fn grouped(number: Decimal) -> String {
    let text = number.normalize().to_string();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.as_str()),
    };
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
    let mut out = String::with_capacity(text.len() + text.len() / 3);
    out.push_str(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// A profit or loss: `+1,200`, `-300`, `0`.
#[must_use]
pub fn signed(number: Decimal) -> String {
    let text = grouped(number);
    if number > Decimal::ZERO { format!("+{text}") } else { text }
}

/// A change of price: `▲1,200`, `▼300`, `0`. The mark says without colour what colour says.
#[must_use]
pub fn change(number: Decimal) -> String {
    let text = grouped(number.abs());
    match number.cmp(&Decimal::ZERO) {
        std::cmp::Ordering::Greater => format!("▲{text}"),
        std::cmp::Ordering::Less => format!("▼{text}"),
        std::cmp::Ordering::Equal => text,
    }
}

/// `+1.73%`, always two decimals.
#[must_use]
pub fn percent(number: Decimal) -> String {
    let sign = if number > Decimal::ZERO { "+" } else { "" };
    format!("{sign}{number:.2}%")
}

/// `0.3s`, `12s`, `5m`, `3h`, `2d`.
#[must_use]
pub fn age(milliseconds: u64) -> String {
    match milliseconds {
        0..10_000 => format!("{}.{}s", milliseconds / 1_000, milliseconds % 1_000 / 100),
        10_000..120_000 => format!("{}s", milliseconds / 1_000),
        120_000..7_200_000 => format!("{}m", milliseconds / 60_000),
        7_200_000..172_800_000 => format!("{}h", milliseconds / 3_600_000),
        _ => format!("{}d", milliseconds / 86_400_000),
    }
}

/// Month, day and time of day in `zone`.
#[must_use]
pub fn time(time: UtcTime, zone: &TimeZone) -> String {
    time.to_jiff().to_zoned(zone.clone()).strftime("%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn thousands_are_set_apart() {
        for (given, shown) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("-1234567.50", "-1,234,567.5"),
            ("100000000", "100,000,000"),
            ("0.00012345", "0.00012345"),
            ("-999", "-999"),
        ] {
            assert_eq!(grouped(number(given)), shown);
        }
    }

    #[test]
    fn a_change_shows_its_way_without_colour() {
        assert_eq!(change(number("1200")), "▲1,200");
        assert_eq!(change(number("-300")), "▼300");
        assert_eq!(change(number("0")), "0");
        assert_eq!(signed(number("1200")), "+1,200");
        assert_eq!(percent(number("-0.4")), "-0.40%");
    }

    #[test]
    fn ages_get_coarser() {
        assert_eq!([350, 12_400, 600_000, 90_000_000].map(age), ["0.3s", "12s", "10m", "25h"]);
    }
}
