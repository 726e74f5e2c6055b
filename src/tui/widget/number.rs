//! Numbers as people read them.

use std::cmp::Ordering;
use std::fmt;

use rust_decimal::Decimal;

/// A number with its thousands apart: `71,200`, `-1,234.50`.
#[derive(Debug, Clone, Copy)]
pub struct Grouped {
    value: Decimal,
    decimals: Option<u32>,
    plus: bool,
}

/// The same with its sign in front, also above zero.
#[derive(Debug, Clone, Copy)]
pub struct Signed(Grouped);

/// A number in few letters: `1,234`, `12.3K`, `4.5M`, `6.78B`; in Korean by 만 and 억.
#[derive(Debug, Clone, Copy)]
pub struct Digits {
    value: Decimal,
    korean: bool,
}

impl Grouped {
    /// With as many decimals as the number has.
    #[must_use]
    pub fn new(value: impl Into<Decimal>) -> Self {
        Self { value: value.into(), decimals: None, plus: false }
    }

    /// With so many decimals, rounded half away from zero.
    #[must_use]
    pub fn with_decimals(value: impl Into<Decimal>, decimals: u32) -> Self {
        Self { value: value.into(), decimals: Some(decimals), plus: false }
    }
}

impl Signed {
    /// With as many decimals as the number has.
    #[must_use]
    pub fn new(value: impl Into<Decimal>) -> Self {
        Self(Grouped { plus: true, ..Grouped::new(value) })
    }

    /// With so many decimals.
    #[must_use]
    pub fn with_decimals(value: impl Into<Decimal>, decimals: u32) -> Self {
        Self(Grouped { plus: true, ..Grouped::with_decimals(value, decimals) })
    }
}

impl Digits {
    /// In few letters.
    #[must_use]
    pub fn new(value: impl Into<Decimal>, korean: bool) -> Self {
        Self { value: value.into(), korean }
    }
}

/// A short text on the stack.
struct Short {
    bytes: [u8; 48],
    length: usize,
}

impl fmt::Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        let value = match self.decimals {
            Some(decimals) => {
                self.value.round_dp_with_strategy(decimals, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
            }
            None => self.value.normalize(),
        };
        let mut short = Short { bytes: [0; 48], length: 0 };
        match self.decimals {
            Some(decimals) => write!(short, "{:.*}", decimals as usize, value.abs())?,
            None => write!(short, "{}", value.abs())?,
        }
        let text =
            short.bytes.get(..short.length).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
        match value.cmp(&Decimal::ZERO) {
            Ordering::Less => f.write_str("-")?,
            Ordering::Greater if self.plus => f.write_str("+")?,
            _ => {}
        }
        let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
        let first = whole.len() % 3;
        if first > 0 {
            f.write_str(whole.get(..first).unwrap_or_default())?;
        }
        for start in (first..whole.len()).step_by(3) {
            if start > 0 {
                f.write_str(",")?;
            }
            f.write_str(whole.get(start..start + 3).unwrap_or_default())?;
        }
        match fraction {
            Some(fraction) => write!(f, ".{fraction}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const KOREAN: [(u64, &str); 3] = [(1_000_000_000_000, "조"), (100_000_000, "억"), (10_000, "만")];
        const ENGLISH: [(u64, &str); 4] =
            [(1_000_000_000_000, "T"), (1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K")];
        let size = self.value.abs();
        let units: &[(u64, &str)] = if self.korean { &KOREAN } else { &ENGLISH };
        // Five digits are as short as any unit.
        let unit = units.iter().find(|(unit, _)| size >= Decimal::from(*unit) && size >= Decimal::from(100_000));
        let Some((unit, name)) = unit else { return Grouped::new(self.value).fmt(f) };
        let scaled = self.value / Decimal::from(*unit);
        let decimals = match scaled.abs() {
            size if size >= Decimal::from(100) => 0,
            size if size >= Decimal::from(10) => 1,
            _ => 2,
        };
        write!(f, "{}{name}", Grouped::with_decimals(scaled, decimals))
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(Grouped::new(dec!(71200)).to_string(), "71,200");
        assert_eq!(Grouped::new(dec!(-1234567.50)).to_string(), "-1,234,567.5");
        assert_eq!(Grouped::with_decimals(dec!(0.125), 2).to_string(), "0.13");
        assert_eq!(Grouped::with_decimals(dec!(100), 2).to_string(), "100.00");
        assert_eq!(Grouped::new(dec!(999)).to_string(), "999");
        assert_eq!(Signed::new(dec!(1000)).to_string(), "+1,000");
        assert_eq!(Signed::new(dec!(0)).to_string(), "0");
        assert_eq!(Signed::with_decimals(dec!(-0.001), 2).to_string(), "0.00");
    }

    #[test]
    fn large_numbers_are_short() {
        assert_eq!(Digits::new(dec!(12345), true).to_string(), "12,345");
        assert_eq!(Digits::new(dec!(123456789), true).to_string(), "1.23억");
        assert_eq!(Digits::new(dec!(123456), true).to_string(), "12.3만");
        assert_eq!(Digits::new(dec!(4500000), false).to_string(), "4.50M");
        assert_eq!(Digits::new(dec!(-2500000000000), false).to_string(), "-2.50T");
    }
}
