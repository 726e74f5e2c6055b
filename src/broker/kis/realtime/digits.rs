//! Carets and digits, eight bytes at a time.

use rust_decimal::Decimal;

/// Most digits of a number: with them it fits 64 bits.
const DIGITS_MAX: usize = 18;

/// A byte in each of eight places.
const fn all(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The highest bit of every byte that is a caret, and no other.
#[inline(always)]
pub(super) const fn carets(word: u64) -> u64 {
    let word = word ^ all(b'^');
    !(((word & all(0x7f)) + all(0x7f)) | word | all(0x7f))
}

/// How many bytes are marked by their highest bit.
#[inline(always)]
pub(super) const fn count(marks: u64) -> usize {
    ((marks >> 7).wrapping_mul(all(1)) >> 56) as usize
}

/// The place of the first marked byte, 8 when there is none.
#[inline(always)]
pub(super) const fn first(marks: u64) -> u32 {
    marks.trailing_zeros() / 8
}

/// The number whose digits are the last `length` bytes, one to eight; `None` when one of them is no digit.
#[inline(always)]
pub(super) const fn eight(word: u64, length: usize) -> Option<u64> {
    // What stands before the number becomes zeros before it.
    let digits = (word ^ all(b'0')) & (u64::MAX << ((64 - 8 * length as u32) % 64));
    if (digits.wrapping_add(all(0x76)) | digits) & all(0x80) != 0 {
        return None;
    }
    // Pairs, then fours, then all: each step takes neighbours together.
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let mask = 0x0000_00FF_0000_00FF;
    let (outer, inner) = (100 + (1_000_000 << 32), 1 + (10_000 << 32));
    let sum = (pairs & mask).wrapping_mul(outer).wrapping_add(((pairs >> 16) & mask).wrapping_mul(inner));
    Some(sum >> 32)
}

/// A whole number as a decimal.
#[inline(always)]
pub(super) const fn whole(value: u64) -> Decimal {
    Decimal::from_parts(value as u32, (value >> 32) as u32, 0, false, 0)
}

/// A number: its digits and the place of its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    /// Its digits, the sign in them, the point left out.
    pub digits: i64,
    /// Digits behind the point.
    pub decimals: u8,
}

impl Number {
    /// As a decimal.
    pub(super) const fn value(self) -> Decimal {
        let digits = self.digits.unsigned_abs();
        let (low, middle) = (digits as u32, (digits >> 32) as u32);
        Decimal::from_parts(low, middle, 0, self.digits < 0, self.decimals as u32)
    }
}

/// The number that a field is: blanks, a sign, digits with at most one point among them; `None` for anything else.
pub(super) fn scan(bytes: &[u8]) -> Option<Number> {
    let (mut digits, mut count) = (0_i64, 0_usize);
    let (mut decimals, mut after_point, mut negative) = (0_u8, 0_u8, false);
    for (length, byte) in bytes.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            if count == DIGITS_MAX {
                return None;
            }
            digits = digits * 10 + i64::from(digit);
            count += 1;
            decimals += after_point;
            continue;
        }
        match byte {
            b'-' if count == 0 && after_point == 0 && !negative => negative = true,
            b'+' if length == 0 => {}
            b' ' if count == 0 && !negative => {}
            b'.' if after_point == 0 => after_point = 1,
            _ => return None,
        }
    }
    (count > 0).then_some(Number { digits: if negative { -digits } else { digits }, decimals })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_byte_but_the_caret_is_no_caret() {
        for place in 0..8 {
            for byte in 0..=u8::MAX {
                for around in [0, b'^', b'^' ^ 0x80, b'_', b']', 0xff] {
                    let mut bytes = [around; 8];
                    bytes[place] = byte;
                    let marks = carets(u64::from_le_bytes(bytes));
                    let places: Vec<usize> = (0..8).filter(|place| bytes[*place] == b'^').collect();
                    assert_eq!(count(marks), places.len(), "{bytes:?}");
                    assert_eq!(first(marks), places.first().map_or(8, |place| *place as u32), "{bytes:?}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn digits_at_once_are_the_digits_one_by_one(before in any::<[u8; 8]>(), text in "[0-9]{1,8}") {
            let mut bytes = before;
            bytes[8 - text.len()..].copy_from_slice(text.as_bytes());
            prop_assert_eq!(eight(u64::from_le_bytes(bytes), text.len()), text.parse().ok());
        }

        #[test]
        fn anything_else_is_no_number(bytes in any::<[u8; 8]>(), length in 1_usize..=8) {
            let digits = bytes[8 - length..].iter().all(u8::is_ascii_digit);
            prop_assert_eq!(eight(u64::from_le_bytes(bytes), length).is_some(), digits);
        }

        #[test]
        fn a_number_is_what_its_text_says(value in -(1_i64 << 40)..1 << 40, decimals in 0_u32..16) {
            let value = Decimal::new(value, decimals);
            prop_assert_eq!(scan(value.to_string().as_bytes()).map(Number::value), Some(value));
        }
    }
}
