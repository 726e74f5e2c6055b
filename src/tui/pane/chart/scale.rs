//! Prices to rows and back, and the round prices of an axis.

use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};

/// A range of values over rows, highest at the top.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    rows: u16,
    log: bool,
}

impl Scale {
    /// A range with a little air above and below. A range of nothing, or of no numbers, becomes one around it.
    #[must_use]
    pub fn new(low: f64, high: f64, rows: u16, log: bool) -> Self {
        let (low, high) = if low.is_finite() && high.is_finite() && low <= high { (low, high) } else { (0.0, 1.0) };
        let log = log && low > 0.0;
        let flat = (high - low) <= high.abs().max(1e-12) * 1e-9;
        let (low, high) = match (flat, log) {
            (true, _) => {
                let around = if high == 0.0 { 1.0 } else { high.abs() * 0.005 };
                (low - around, high + around)
            }
            (false, true) => {
                let air = (high / low).powf(0.04);
                (low / air, high * air)
            }
            (false, false) => {
                let air = (high - low) * 0.04;
                (low - air, high + air)
            }
        };
        Self { low, high, rows, log: log && low > 0.0 }
    }

    /// A range without air.
    #[must_use]
    pub fn exact(low: f64, high: f64, rows: u16) -> Self {
        let made = Self::new(low, high, rows, false);
        if low < high { Self { low, high, ..made } } else { made }
    }

    /// Rows from the top, with fractions; beyond the rows when the value is beyond the range.
    #[must_use]
    pub fn y(&self, value: f64) -> f64 {
        let share = if self.log {
            if value <= 0.0 {
                return f64::from(self.rows) * 4.0;
            }
            (self.high / value).ln() / (self.high / self.low).ln()
        } else {
            (self.high - value) / (self.high - self.low)
        };
        share * f64::from(self.rows)
    }

    /// The row a value is in, when it is in sight.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn row(&self, value: f64) -> Option<u16> {
        let y = self.y(value);
        (y >= 0.0 && y < f64::from(self.rows)).then_some(y as u16)
    }

    /// The value at a distance from the top.
    #[must_use]
    pub fn value(&self, y: f64) -> f64 {
        let share = y / f64::from(self.rows.max(1));
        if self.log {
            self.high * (self.low / self.high).powf(share)
        } else {
            self.high - share * (self.high - self.low)
        }
    }

    /// Rows it covers.
    #[must_use]
    pub const fn rows(&self) -> u16 {
        self.rows
    }

    /// Round values at least `apart` rows from each other, highest first, with the decimals they need.
    pub fn round_values(&self, apart: u16, out: &mut Vec<(u16, Decimal)>) -> u32 {
        out.clear();
        let (rows, apart) = (f64::from(self.rows), f64::from(apart.max(1)));
        let mut decimals = 0;
        let mut y = 0.0;
        let mut last_row: Option<u16> = None;
        while y < rows {
            let below = self.value(y + apart);
            let span = self.value(y) - below;
            let Some((step, step_decimals)) = step_above(if self.log { span } else { self.step() * apart }) else {
                break;
            };
            let Some(value) = multiple_below(self.value(y), step) else { break };
            let Some(row) = value.to_f64().and_then(|value| self.row(value)) else {
                // Below the last row, or beyond what a decimal holds.
                break;
            };
            let far = last_row.is_none_or(|last| f64::from(row) - f64::from(last) >= apart);
            if far {
                out.push((row, value));
                decimals = decimals.max(step_decimals);
                last_row = Some(row);
            }
            let next = self.y((value - step).to_f64().unwrap_or(f64::NAN));
            let stepped = if self.log { f64::from(row) + apart } else { next - 1e-6 };
            if !stepped.is_finite() || stepped <= y {
                break;
            }
            y = stepped;
        }
        decimals
    }

    /// How much a row is worth where rows are all worth the same.
    fn step(&self) -> f64 {
        (self.high - self.low) / f64::from(self.rows.max(1))
    }
}

/// The smallest of 1, 2, 5, 10, 20, … that is not below `span`, and the decimals it has.
#[allow(clippy::cast_possible_truncation)]
fn step_above(span: f64) -> Option<(Decimal, u32)> {
    if !span.is_finite() || span <= 0.0 {
        return None;
    }
    let mut exponent = span.log10().floor().clamp(-20.0, 20.0) as i32;
    let mut mantissa = span / 10_f64.powi(exponent);
    if mantissa > 5.0 {
        (mantissa, exponent) = (1.0, exponent + 1);
    }
    let digit = [1_i64, 2, 5].into_iter().find(|digit| mantissa <= *digit as f64 * 1.000_001).unwrap_or(10);
    let decimals = u32::try_from(-exponent).unwrap_or(0);
    let step = match u32::try_from(exponent) {
        Ok(up) => Decimal::from(digit).checked_mul(Decimal::from(10_u64.checked_pow(up.min(19))?))?,
        Err(_) => Decimal::try_new(digit, decimals).ok()?,
    };
    Some((step, decimals))
}

/// The largest multiple of a step that is not above a value.
fn multiple_below(value: f64, step: Decimal) -> Option<Decimal> {
    let size = step.to_f64()?;
    let count = Decimal::from_f64((value / size + 1e-9).floor())?;
    count.checked_mul(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(scale: Scale, apart: u16) -> (Vec<(u16, Decimal)>, u32) {
        let mut out = Vec::new();
        let decimals = scale.round_values(apart, &mut out);
        (out, decimals)
    }

    #[test]
    fn values_go_to_rows_and_back() {
        for log in [false, true] {
            let scale = Scale::new(60_000.0, 75_000.0, 40, log);
            for value in [60_000.0, 66_666.0, 75_000.0] {
                assert!((scale.value(scale.y(value)) - value).abs() < 1e-6);
                assert!(scale.row(value).is_some());
            }
            assert_eq!(scale.row(90_000.0), None);
        }
    }

    #[test]
    fn prices_of_the_axis_are_round_and_apart() {
        let ranges = [
            (71_000.0, 71_900.0, 24, false),
            (0.000_012_3, 0.000_013_1, 20, false),
            (61_234.5, 61_236.1, 30, false),
            (9_999_999_999_000.0, 10_000_000_000_000.0, 18, false),
            (100.0, 9_000.0, 30, true),
            (71_000.0, 71_900.0, 24, true),
            (1.0, 1.0, 12, false),
        ];
        for (low, high, rows, log) in ranges {
            let scale = Scale::new(low, high, rows, log);
            let (values, decimals) = round(scale, 3);
            assert!(values.len() >= 2, "{low} {high}: {values:?}");
            for pair in values.windows(2) {
                assert!(pair[1].0 >= pair[0].0 + 3, "{low} {high}: {values:?}");
                assert!(pair[1].1 < pair[0].1);
            }
            for (row, value) in values {
                assert!(row < rows);
                assert!(value.normalize().scale() <= decimals, "{value} needs more than {decimals} decimals");
                let digits = value.normalize().mantissa().to_string();
                assert!(log || digits.trim_end_matches('0').len() <= 14, "{value}");
            }
        }
        let (values, decimals) = round(Scale::new(71_000.0, 71_900.0, 24, false), 3);
        assert_eq!(decimals, 0);
        assert!(values.iter().all(|(_, value)| (*value % Decimal::from(200)).is_zero()), "{values:?}");
    }

    #[test]
    fn nonsense_makes_no_labels_and_no_panic() {
        for (low, high) in
            [(f64::NAN, 1.0), (1.0, f64::INFINITY), (5.0, -5.0), (0.0, 0.0), (-1e300, 1e300), (1e-300, 2e-300)]
        {
            for rows in [0, 1, 2, 40] {
                for log in [false, true] {
                    let scale = Scale::new(low, high, rows, log);
                    let (values, _) = round(scale, 3);
                    assert!(values.len() <= usize::from(rows) + 1);
                    let _ = (scale.y(0.0), scale.value(3.0), scale.row(f64::NAN));
                }
            }
        }
    }
}
