//! Quantities in as many cells as there are, without cutting digits off.

use std::fmt;

use rust_decimal::Decimal;

use crate::tui::widget::{Digits, Grouped};

/// Cells in which a number in units always fits: `1,234만`.
const UNITS_NEED: u16 = 7;

/// A number that takes at most so many cells as long as any form of it does: whole, with fewer decimals, or in units.
#[derive(Debug, Clone, Copy)]
pub struct Short {
    /// The number.
    pub value: Decimal,
    /// Cells for it.
    pub room: u16,
    /// Whether large ones are told in 만 and 억.
    pub korean: bool,
    /// Whether one above zero has its sign.
    pub signed: bool,
}

impl Short {
    /// Cells of the whole part with its commas and sign.
    #[must_use]
    pub fn whole_cells(&self) -> u16 {
        let mut rest = self.value.abs().trunc();
        let mut digits = 1_u16;
        while rest >= Decimal::TEN {
            rest /= Decimal::TEN;
            digits += 1;
        }
        digits + (digits - 1) / 3 + u16::from(self.value.is_sign_negative() || self.signed)
    }
}

impl Short {
    /// Without room for all digits and their commas: in units, without commas, or in thousands and millions.
    fn fmt_short(&self, whole: u16, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let commas = (whole - u16::from(self.value.is_sign_negative() || self.signed) - 1) / 4;
        let thousands = (whole - commas).saturating_sub(3) + 1;
        if self.room >= UNITS_NEED {
            fmt::Display::fmt(&Digits::new(self.value, self.korean), f)
        } else if whole - commas <= self.room {
            write!(f, "{}", self.value.round())
        } else if thousands <= self.room {
            write!(f, "{}K", (self.value / Decimal::ONE_THOUSAND).round())
        } else {
            write!(f, "{}M", (self.value / Decimal::from(1_000_000)).round())
        }
    }
}

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.signed && self.value > Decimal::ZERO {
            f.write_str("+")?;
        }
        let whole = self.whole_cells();
        if whole > self.room {
            return self.fmt_short(whole, f);
        }
        let decimals = u32::from(self.room.saturating_sub(whole + 1)).min(self.value.normalize().scale());
        Grouped::with_decimals(self.value, decimals).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    fn short(value: Decimal, room: u16) -> String {
        Short { value, room, korean: true, signed: false }.to_string()
    }

    #[test]
    fn digits_are_never_cut_off() {
        assert_eq!(short(dec!(1250), 7), "1,250");
        assert_eq!(short(dec!(999999), 7), "999,999");
        assert_eq!(short(dec!(1234567), 7), "123만");
        assert_eq!(short(dec!(12.3456), 7), "12.3456");
        assert_eq!(short(dec!(12345.678), 7), "12,346");
        assert_eq!(short(dec!(0.001), 7), "0.001");
        assert_eq!(Short { value: dec!(300), room: 6, korean: true, signed: true }.to_string(), "+300");
        let change = |value| Short { value, room: 5, korean: true, signed: true }.to_string();
        assert_eq!(change(dec!(-3512)), "-3512");
        assert_eq!(change(dec!(12345)), "+12K");
        assert_eq!(change(dec!(-1234567)), "-1M");
        for digits in 0..9 {
            let value = dec!(9.4) * Decimal::from(10_u64.pow(digits));
            assert!(change(value).len() <= 5 && change(-value).len() <= 5, "{value}");
        }
        assert_eq!(Short { value: dec!(-300), room: 6, korean: true, signed: true }.to_string(), "-300");
    }
}
