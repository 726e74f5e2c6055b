//! An axis with round values.

use rust_decimal::Decimal;

/// Values of an axis: multiples of a round step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Axis {
    /// Value at the lower end.
    pub low: Decimal,
    /// Value at the upper end.
    pub high: Decimal,
    /// Between two marks: 1, 2 or 5 times a power of ten.
    pub step: Decimal,
}

/// Most steps tried: from the eighth decimal to more money than there is.
const TRIED_MAX: usize = 96;

impl Axis {
    /// An axis around what lies between two values, with at most so many marks. `least` is the smallest step: the smallest
    /// amount of the currency.
    #[must_use]
    pub fn around(low: Decimal, high: Decimal, marks: u16, least: Decimal) -> Self {
        let marks = Decimal::from(marks.max(2) - 1);
        // A flat line lies in the middle, not on an edge.
        let flat = low == high;
        let (low, high) = if flat { (low - least, high + least) } else { (low, high) };
        let range = high - low;
        let mut step = least;
        for times in [2_u32, 5, 10].into_iter().cycle().take(TRIED_MAX).enumerate() {
            if range / step <= marks {
                break;
            }
            let decade = Self::decade(times.0);
            step = least.saturating_mul(decade).saturating_mul(Decimal::from(times.1));
        }
        Self { low, high, step }
    }

    fn decade(at: usize) -> Decimal {
        (0..at / 3).fold(Decimal::ONE, |value, _| value.saturating_mul(Decimal::TEN))
    }

    /// The marks within the axis, the lowest first.
    pub fn marks(self) -> impl Iterator<Item = Decimal> {
        let first = (self.low / self.step).ceil() * self.step;
        (0_u32..64).map(move |n| first + self.step * Decimal::from(n)).take_while(move |mark| *mark <= self.high)
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    fn marks(low: Decimal, high: Decimal, count: u16) -> Vec<Decimal> {
        Axis::around(low, high, count, Decimal::ONE).marks().collect()
    }

    #[test]
    fn marks_are_round_and_few() {
        assert_eq!(
            marks(dec!(99_213_000), dec!(100_870_000), 5),
            [dec!(99_500_000), dec!(100_000_000), dec!(100_500_000)]
        );
        assert_eq!(marks(dec!(0), dec!(10), 6), [dec!(0), dec!(2), dec!(4), dec!(6), dec!(8), dec!(10)]);
        assert_eq!(marks(dec!(-7), dec!(7), 4), [dec!(-5), dec!(0), dec!(5)]);
    }

    #[test]
    fn a_flat_line_has_an_axis() {
        assert_eq!(marks(dec!(100_000), dec!(100_000), 5), [dec!(99_999), dec!(100_000), dec!(100_001)]);
    }

    #[test]
    fn no_amount_is_too_large() {
        assert!(!marks(dec!(-1), dec!(79_000_000_000_000_000_000), 4).is_empty());
    }
}
