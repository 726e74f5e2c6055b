//! One pass over a record: where each field ends, and the number in it.
//!
//! Nothing is allocated and nothing is copied. A number is kept as its digits and the place of its point; whether it may
//! be used is asked per field, because a record mixes numbers, codes and names.

use rust_decimal::Decimal;

use crate::market::{Price, Quantity, Symbol};

/// Fields that are kept of a record; the widest one known has 78. More are passed over.
pub const FIELDS_MAX: usize = 96;

/// Most digits of a number: with them it fits 64 bits.
const DIGITS_MAX: usize = 18;

/// Room for the fields of one record, used again for the next.
pub struct Scratch {
    fields: [Field; FIELDS_MAX],
}

/// A field of the record read last.
#[derive(Clone, Copy)]
struct Field {
    /// Its digits, the sign in them, the point left out.
    digits: i64,
    /// Where it ends in the record.
    end: usize,
    /// Digits behind the point.
    decimals: u8,
    is_number: bool,
}

impl Default for Scratch {
    fn default() -> Self {
        Self { fields: [Field { digits: 0, end: 0, decimals: 0, is_number: false }; FIELDS_MAX] }
    }
}

impl Scratch {
    /// Reads the record of `width` fields at the start of `bytes`, and says what follows it.
    ///
    /// `None` when there are fewer fields. The separator behind the record's last field is passed over too.
    #[inline]
    pub fn read<'s, 'b: 's>(&'s mut self, bytes: &'b [u8], width: usize) -> Option<(Row<'s>, &'b [u8])> {
        let mut at = 0;
        for field in 0..width {
            if at > bytes.len() {
                return None;
            }
            let scanned = scan(bytes.get(at..).unwrap_or_default());
            if let Some(kept) = self.fields.get_mut(field) {
                *kept = Field { end: at + scanned.end, ..scanned };
            }
            at += scanned.end + 1;
        }
        let rest = bytes.get(at..).unwrap_or_default();
        Some((Row { scratch: self, bytes, width }, rest))
    }
}

/// The field at the start of `bytes`, up to the caret or the end; its `end` is its length.
#[inline]
fn scan(bytes: &[u8]) -> Field {
    let (mut digits, mut count, mut length) = (0_i64, 0_usize, 0_usize);
    let (mut decimals, mut after_point) = (0_u8, 0_u8);
    let (mut negative, mut is_number) = (false, true);
    for byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            digits = digits.wrapping_mul(10).wrapping_add(i64::from(digit));
            count += 1;
            decimals = decimals.wrapping_add(after_point);
        } else if *byte == b'^' {
            break;
        } else {
            match byte {
                b'-' if count == 0 && after_point == 0 && !negative => negative = true,
                b'+' if length == 0 => {}
                b' ' if count == 0 && !negative => {}
                b'.' if after_point == 0 => after_point = 1,
                _ => is_number = false,
            }
        }
        length += 1;
    }
    is_number &= count > 0 && count <= DIGITS_MAX;
    Field { digits: if negative { -digits } else { digits }, end: length, decimals, is_number }
}

/// A record whose fields are known.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    scratch: &'a Scratch,
    bytes: &'a [u8],
    width: usize,
}

impl<'a> Row<'a> {
    /// How many fields it has.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    #[inline]
    fn field(&self, field: usize) -> Option<&Field> {
        if field < self.width { self.scratch.fields.get(field) } else { None }
    }

    /// The bytes of a field; empty where there is none.
    #[must_use]
    pub fn bytes(&self, field: usize) -> &'a [u8] {
        let Some(end) = self.field(field).map(|field| field.end) else { return &[] };
        let before = field.checked_sub(1).and_then(|before| self.field(before));
        self.bytes.get(before.map_or(0, |before| before.end + 1)..end).unwrap_or_default()
    }

    /// The first byte of a field without blanks before it; zero where it is empty.
    #[must_use]
    pub fn code(&self, field: usize) -> u8 {
        self.bytes(field).iter().copied().find(|byte| *byte != b' ').unwrap_or_default()
    }

    /// A field as text without padding; empty where it is no text, or says `(null)`.
    #[must_use]
    pub fn text(&self, field: usize) -> &'a str {
        let text = std::str::from_utf8(self.bytes(field)).unwrap_or_default().trim();
        if text == "(null)" { "" } else { text }
    }

    /// Whether a field says yes.
    #[must_use]
    pub fn is_yes(&self, field: usize) -> bool {
        self.code(field) == b'Y'
    }

    /// A whole number.
    #[inline]
    #[must_use]
    pub fn integer(&self, field: usize) -> Option<i64> {
        let field = self.field(field)?;
        (field.is_number && field.decimals == 0).then_some(field.digits)
    }

    /// A number with its decimals.
    #[inline]
    #[must_use]
    pub fn decimal(&self, field: usize) -> Option<Decimal> {
        let field = self.field(field).filter(|field| field.is_number)?;
        Decimal::try_new(field.digits, field.decimals.into()).ok()
    }

    /// A number above zero that a price may be.
    #[inline]
    #[must_use]
    pub fn price(&self, field: usize) -> Option<Price> {
        Price::new(self.decimal(field)?).ok()
    }

    /// A number from zero that a quantity may be.
    #[inline]
    #[must_use]
    pub fn quantity(&self, field: usize) -> Option<Quantity> {
        Quantity::new(self.decimal(field)?).ok()
    }

    /// A symbol.
    #[must_use]
    pub fn symbol(&self, field: usize) -> Option<Symbol> {
        Symbol::new(self.text(field)).ok()
    }

    /// A time of day `HHMMSS`.
    #[must_use]
    pub fn clock(&self, field: usize) -> Option<super::Clock> {
        if self.bytes(field).len() != 6 {
            return None;
        }
        super::Clock::of(u32::try_from(self.integer(field)?).ok()?)
    }

    /// A date `YYYYMMDD`.
    #[must_use]
    pub fn day(&self, field: usize) -> Option<super::Day> {
        if self.bytes(field).len() != 8 {
            return None;
        }
        super::Day::of(u32::try_from(self.integer(field)?).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn numbers_codes_and_names_of_one_record() {
        let mut scratch = Scratch::default();
        let bytes = "005930^091502^-0.14^삼성^^ 0.00^+5.61^(null)^Y^next".as_bytes();
        let (row, rest) = scratch.read(bytes, 9).unwrap();
        assert_eq!(row.symbol(0).unwrap().as_str(), "005930");
        assert_eq!(row.clock(1).unwrap(), super::super::Clock::of(91_502).unwrap());
        assert_eq!((row.decimal(2), row.integer(2)), (Some(dec!(-0.14)), None));
        assert_eq!((row.text(3), row.decimal(3)), ("삼성", None));
        assert_eq!((row.text(4), row.decimal(4)), ("", None));
        assert_eq!((row.decimal(5), row.decimal(6)), (Some(dec!(0.00)), Some(dec!(5.61))));
        assert_eq!((row.text(7), row.is_yes(8)), ("", true));
        assert_eq!((row.bytes(9), row.price(5)), (&b""[..], None));
        assert_eq!(rest, b"next");
        assert!(scratch.read(b"a^b", 3).is_none());
        assert!(scratch.read(b"a^b^", 3).is_some());
    }

    #[test]
    fn a_number_that_does_not_fit_is_none() {
        let mut scratch = Scratch::default();
        for bad in ["9999999999999999999", "1-2", "--1", "1.2.3", "-", ".", "1e5", "12a"] {
            let (row, _) = scratch.read(bad.as_bytes(), 1).unwrap();
            assert_eq!(row.decimal(0), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), width in 0_usize..130) {
            let mut scratch = Scratch::default();
            if let Some((row, rest)) = scratch.read(&bytes, width) {
                prop_assert!(rest.len() <= bytes.len());
                for field in 0..width {
                    let _ = (row.decimal(field), row.text(field), row.symbol(field), row.clock(field), row.day(field));
                }
            }
        }

        #[test]
        fn fields_are_those_between_the_carets(fields in prop::collection::vec("[0-9A-Z.-]{0,12}", 1..60)) {
            let text = fields.join("^");
            let mut scratch = Scratch::default();
            let (row, rest) = scratch.read(text.as_bytes(), fields.len()).unwrap();
            prop_assert!(rest.is_empty());
            for (index, field) in fields.iter().enumerate() {
                prop_assert_eq!(row.bytes(index), field.as_bytes());
            }
        }
    }
}
