//! Numbers as refusals show them.

use rust_decimal::{Decimal, RoundingStrategy};

/// With thousands separators and without trailing zeros: `12,000,000`, `-1,234.5`.
pub(super) fn grouped(value: Decimal) -> String {
    let text = value.abs().normalize().to_string();
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let mut out = String::with_capacity(text.len() + text.len() / 3 + 1);
    if value.is_sign_negative() && !value.is_zero() {
        out.push('-');
    }
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

/// A percentage that is over its limit, to two decimals away from zero, so that it never reads as the limit.
pub(super) fn percent_up(percent: Decimal) -> String {
    format!("{}%", grouped(percent.round_dp_with_strategy(2, RoundingStrategy::AwayFromZero)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        let rows = [
            ("0", "0"),
            ("-0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("12000000.00", "12,000,000"),
            ("-1234.50", "-1,234.5"),
            ("-999", "-999"),
            ("0.00012345", "0.00012345"),
            ("79228162514264337593543950335", "79,228,162,514,264,337,593,543,950,335"),
        ];
        for (value, text) in rows {
            assert_eq!(grouped(value.parse().unwrap()), text);
        }
    }
}
