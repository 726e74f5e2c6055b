//! Numbers of prints, which the broker does not give.

use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

/// Bits kept for the volume of a day: more than a million million shares.
const VOLUME_BITS: u32 = 40;

/// Number of a print: its day and what was traded that day until and with it. The same print has the same number however
/// often and by whichever service it is told, and later prints have higher ones.
#[must_use]
pub fn trade_id(date: Date, volume: Decimal) -> u64 {
    number(date, volume.to_u64().unwrap_or_default())
}

/// The same of whole shares.
#[inline]
pub(super) fn number(date: Date, volume: u64) -> u64 {
    let day = u64::try_from(i32::from(date.year()) * 366 + i32::from(date.day_of_year())).unwrap_or_default();
    (day << VOLUME_BITS) | volume.min((1 << VOLUME_BITS) - 1)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn numbers_rise_within_a_day_and_from_day_to_day() {
        let one = trade_id(date(2026, 9, 14), Decimal::from(3_052_507));
        assert!(one < trade_id(date(2026, 9, 14), Decimal::from(3_052_532)));
        assert!(trade_id(date(2026, 12, 31), Decimal::MAX) < trade_id(date(2027, 1, 1), Decimal::ZERO));
    }
}
