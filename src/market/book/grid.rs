//! Decimals of one instrument as whole numbers, so that a book compares and stores machine words.

use rust_decimal::Decimal;

use crate::market::{Level, Price, Quantity};

/// Powers of ten up to the most decimals a price or quantity may have.
const POWERS: [i64; 13] = [
    1,
    10,
    100,
    1_000,
    10_000,
    100_000,
    1_000_000,
    10_000_000,
    100_000_000,
    1_000_000_000,
    10_000_000_000,
    100_000_000_000,
    1_000_000_000_000,
];

/// How fine an instrument's prices and quantities are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    price_decimals: u32,
    quantity_decimals: u32,
}

/// A level as whole numbers of the smallest price and quantity its book's [`Grid`] knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FixedLevel {
    /// `price * 10^price_decimals`.
    pub price: i64,
    /// `quantity * 10^quantity_decimals`.
    pub quantity: i64,
}

impl Grid {
    /// A grid; more than the 12 decimals a [`Price`] may have count as 12.
    #[must_use]
    pub fn new(price_decimals: u32, quantity_decimals: u32) -> Self {
        Self { price_decimals: price_decimals.min(12), quantity_decimals: quantity_decimals.min(12) }
    }

    /// A price as a whole number; `None` when it is finer than the grid or too large for it.
    #[must_use]
    pub fn price(&self, price: Price) -> Option<i64> {
        to_fixed(price.value(), self.price_decimals)
    }

    /// A quantity as a whole number; `None` when it is finer than the grid or too large for it.
    #[must_use]
    pub fn quantity(&self, quantity: Quantity) -> Option<i64> {
        to_fixed(quantity.value(), self.quantity_decimals)
    }

    /// Back to decimals; `None` only for numbers that never were a price and a quantity.
    #[must_use]
    pub fn level(&self, fixed: FixedLevel) -> Option<Level> {
        let price = Price::new(Decimal::new(fixed.price, self.price_decimals)).ok()?;
        let quantity = Quantity::new(Decimal::new(fixed.quantity, self.quantity_decimals)).ok()?;
        Some(Level { price, quantity })
    }
}

/// `value * 10^decimals` when that is a whole number which fits.
#[inline]
fn to_fixed(value: Decimal, decimals: u32) -> Option<i64> {
    // The parts as they are stored; `mantissa` would make a number of 128 bits of them first.
    let parts = value.unpack();
    if parts.hi != 0 {
        return None;
    }
    let magnitude = i64::try_from(u64::from(parts.mid) << 32 | u64::from(parts.lo)).ok()?;
    let mantissa = if parts.negative { -magnitude } else { magnitude };
    let scale = parts.scale;
    if scale == decimals {
        return Some(mantissa);
    }
    if scale < decimals {
        return mantissa.checked_mul(*POWERS.get((decimals - scale) as usize)?);
    }
    let power = *POWERS.get((scale - decimals) as usize)?;
    (mantissa % power == 0).then_some(mantissa / power)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn trailing_zeros_are_no_decimals() {
        assert_eq!(to_fixed(dec!(61659.70), 1), Some(616_597));
        assert_eq!(to_fixed(dec!(61659.7), 1), Some(616_597));
        assert_eq!(to_fixed(dec!(61659), 1), Some(616_590));
        assert_eq!(to_fixed(dec!(0.000), 0), Some(0));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(to_fixed(dec!(61659.75), 1), None);
        assert_eq!(to_fixed(dec!(10_000_000_000_000), 12), None);
        assert_eq!(to_fixed(Decimal::MAX, 0), None);
        assert_eq!(to_fixed(Decimal::new(1, 28), 12), None);
    }

    #[test]
    fn there_and_back() {
        let grid = Grid::new(1, 3);
        let level = Level { price: "61659.7".parse().unwrap(), quantity: "1.486".parse().unwrap() };
        let fixed =
            FixedLevel { price: grid.price(level.price).unwrap(), quantity: grid.quantity(level.quantity).unwrap() };
        assert_eq!(fixed, FixedLevel { price: 616_597, quantity: 1_486 });
        assert_eq!(grid.level(fixed), Some(level));
    }
}
