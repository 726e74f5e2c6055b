//! One pass over a frame's records: where each field begins; the number in it when it is asked for.
//!
//! Nothing is copied, and the room for the places of the fields is used again for the next frame. A record mixes numbers,
//! codes and names, and few of its numbers are wanted: only those are read, straight from their digits.

use rust_decimal::Decimal;

use super::digits::{self, Number};
use crate::market::{Price, Quantity, Symbol};

/// What one step of the pass may find: carets in eight bytes.
const STEP: usize = 8;

/// Room for the places of the fields of one frame, used again for the next.
#[derive(Default)]
pub struct Scratch {
    /// Where each field begins, and one behind the caret that would follow the last.
    starts: Vec<u32>,
    /// How many of them belong to the frame read last.
    filled: usize,
}

impl Scratch {
    /// Reads the record of `width` fields at the start of `bytes`, and says what follows it.
    ///
    /// `None` when there are fewer fields. The separator behind the record's last field is passed over too.
    #[inline]
    pub fn read<'s, 'b: 's>(&'s mut self, bytes: &'b [u8], width: usize) -> Option<(Row<'s>, &'b [u8])> {
        self.split(bytes);
        let row = Rows { bytes, starts: self.starts.get(..self.filled)?, width }.next()?;
        let behind = row.starts.last().map_or(0, |behind| *behind as usize);
        Some((row, bytes.get(behind..).unwrap_or_default()))
    }

    /// Reads `count` records of equal width; `Err` with the number of fields when they do not come out even.
    ///
    /// # Errors
    /// The fields there are, when they are no multiple of `count`.
    #[inline]
    pub fn rows<'s>(&'s mut self, bytes: &'s [u8], count: usize) -> Result<Rows<'s>, usize> {
        self.split(bytes);
        let fields = self.filled.saturating_sub(1);
        // Nearly every frame has one record, and a division takes longer than looking for that.
        let width = if count == 1 { Some(fields) } else { fields.checked_div(count) };
        let width = width.filter(|width| width * count == fields).ok_or(fields)?;
        Ok(Rows { bytes, starts: self.starts.get(..self.filled).unwrap_or_default(), width })
    }

    /// Looks for the fields of `bytes`, eight bytes at a time.
    fn split(&mut self, bytes: &[u8]) {
        // Positions are kept in 32 bits; what is longer is no message of this interface.
        let bytes = if u32::try_from(bytes.len()).is_ok_and(|length| length < u32::MAX - 16) { bytes } else { &[] };
        let (words, rest) = bytes.as_chunks::<STEP>();
        // Every byte may be a caret: with room for that there is nothing to look after on the way.
        if self.starts.len() < bytes.len() + 2 * STEP {
            self.grow(bytes.len() + 2 * STEP);
        }
        let starts = self.starts.as_mut_slice();
        let (mut filled, mut at) = (1, 1_u32);
        if let Some(first) = starts.first_mut() {
            *first = 0;
        }
        for word in words {
            filled = step(starts, u64::from_le_bytes(*word), filled, at);
            at += STEP as u32;
        }
        let mut last = [0; STEP];
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        filled = step(starts, u64::from_le_bytes(last), filled, at);
        if let Some(behind) = starts.get_mut(filled) {
            *behind = at + rest.len() as u32;
        }
        self.filled = filled + 1;
    }

    #[cold]
    fn grow(&mut self, places: usize) {
        self.starts.resize(places.next_power_of_two().max(512), 0);
    }
}

/// Notes the carets of eight bytes; how many places are filled then. There is always room for eight more.
#[inline(always)]
fn step(starts: &mut [u32], word: u64, filled: usize, at: u32) -> usize {
    let mut carets = digits::carets(word);
    let count = digits::count(carets);
    let Some(room) = starts.get_mut(filled..).and_then(<[u32]>::first_chunk_mut::<STEP>) else {
        return filled;
    };
    // Mostly there are one or two: they are written without asking, and what is too much is written over.
    for place in room.iter_mut().take(2) {
        *place = at + digits::first(carets);
        carets &= carets.wrapping_sub(1);
    }
    if carets != 0 {
        for place in room.iter_mut().skip(2) {
            *place = at + digits::first(carets);
            carets &= carets.wrapping_sub(1);
        }
    }
    filled + count
}

/// The records of a frame, one after the other.
#[derive(Clone)]
pub struct Rows<'a> {
    bytes: &'a [u8],
    /// Where the fields of those that are left begin.
    starts: &'a [u32],
    width: usize,
}

impl Rows<'_> {
    /// Fields of each.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Row<'a>;

    #[inline]
    fn next(&mut self) -> Option<Row<'a>> {
        // The place behind the last field of a record is that of the first field of the next.
        let starts = self.starts.get(..=self.width)?;
        self.starts = self.starts.get(self.width.max(1)..).unwrap_or_default();
        Some(Row { bytes: self.bytes, starts })
    }
}

/// A record whose fields are known.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    bytes: &'a [u8],
    /// Where its fields begin, and the one behind its last would.
    starts: &'a [u32],
}

impl<'a> Row<'a> {
    /// How many fields it has.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Where a field begins and ends.
    #[inline(always)]
    fn place(&self, field: usize) -> Option<(usize, usize)> {
        let [start, next] = *self.starts.get(field..)?.first_chunk()?;
        Some((start as usize, (next as usize).wrapping_sub(1)))
    }

    /// The bytes of a field; empty where there is none.
    #[inline]
    #[must_use]
    pub fn bytes(&self, field: usize) -> &'a [u8] {
        self.place(field).and_then(|(start, end)| self.bytes.get(start..end)).unwrap_or_default()
    }

    /// The first byte of a field without blanks before it; zero where it is empty.
    #[inline]
    #[must_use]
    pub fn code(&self, field: usize) -> u8 {
        match self.bytes(field) {
            [one] if *one != b' ' => *one,
            bytes => bytes.iter().copied().find(|byte| *byte != b' ').unwrap_or_default(),
        }
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

    /// The number of a field that is nothing but digits, not more of them than are read at once; most are.
    #[inline(always)]
    fn plain(&self, field: usize) -> Option<u64> {
        let (start, end) = self.place(field)?;
        self.plain_between(start, end)
    }

    /// The number below zero of a field that is nothing but its sign and digits, as so many changes of prices are.
    #[inline(always)]
    fn plain_negative(&self, field: usize) -> Option<i64> {
        let (start, end) = self.place(field)?;
        if self.bytes.get(start) != Some(&b'-') {
            return None;
        }
        Some(-i64::try_from(self.plain_between(start + 1, end)?).ok()?)
    }

    #[inline(always)]
    fn plain_between(&self, start: usize, end: usize) -> Option<u64> {
        let length = end.wrapping_sub(start);
        let word = |end: usize| Some(u64::from_le_bytes(*self.bytes.get(..end)?.last_chunk::<8>()?));
        if length.wrapping_sub(1) < 8 {
            return digits::eight(word(end)?, length);
        }
        if length.wrapping_sub(9) < 8 {
            let high = digits::eight(word(end - 8)?, length - 8)?;
            return Some(high * 100_000_000 + digits::eight(word(end)?, 8)?);
        }
        None
    }

    /// The number of a field by its bytes, one after the other.
    #[inline(never)]
    fn number(&self, field: usize) -> Option<Number> {
        digits::scan(self.bytes(field))
    }

    /// A whole number.
    #[inline]
    #[must_use]
    pub fn integer(&self, field: usize) -> Option<i64> {
        if let Some(plain) = self.plain(field) {
            return i64::try_from(plain).ok();
        }
        if let Some(negative) = self.plain_negative(field) {
            return Some(negative);
        }
        let number = self.number(field)?;
        (number.decimals == 0).then_some(number.digits)
    }

    /// A whole number from zero.
    #[inline]
    #[must_use]
    pub fn units(&self, field: usize) -> Option<u64> {
        if let Some(plain) = self.plain(field) {
            return Some(plain);
        }
        let number = self.number(field)?;
        u64::try_from(number.digits).ok().filter(|_| number.decimals == 0)
    }

    /// A number with its decimals.
    #[inline]
    #[must_use]
    pub fn decimal(&self, field: usize) -> Option<Decimal> {
        if let Some(plain) = self.plain(field) {
            return Some(digits::whole(plain));
        }
        self.number(field).map(Number::value)
    }

    /// A number above zero that a price may be.
    #[inline]
    #[must_use]
    pub fn price(&self, field: usize) -> Option<Price> {
        match self.plain(field) {
            Some(plain) => Price::from_whole(plain),
            None => Price::new(self.number(field)?.value()).ok(),
        }
    }

    /// A number from zero that a quantity may be.
    #[inline]
    #[must_use]
    pub fn quantity(&self, field: usize) -> Option<Quantity> {
        match self.plain(field) {
            Some(plain) => Quantity::from_whole(plain),
            None => Quantity::new(self.number(field)?.value()).ok(),
        }
    }

    /// A symbol.
    #[inline]
    #[must_use]
    pub fn symbol(&self, field: usize) -> Option<Symbol> {
        // Without padding, as it nearly always is, it needs no look for where its text begins.
        Symbol::of(self.bytes(field)).or_else(|| Symbol::new(self.text(field)).ok())
    }

    /// A time of day `HHMMSS`.
    #[inline]
    #[must_use]
    pub fn clock(&self, field: usize) -> Option<super::Clock> {
        super::Clock::of(self.of_length(field, 6)?)
    }

    /// A date `YYYYMMDD`.
    #[inline]
    #[must_use]
    pub fn day(&self, field: usize) -> Option<super::Day> {
        super::Day::of(self.of_length(field, 8)?)
    }

    /// A whole number in a field of just this length.
    #[inline(always)]
    fn of_length(&self, field: usize, length: usize) -> Option<u32> {
        let (start, end) = self.place(field)?;
        if end.wrapping_sub(start) == length { u32::try_from(self.integer(field)?).ok() } else { None }
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
        fn a_whole_number_is_what_its_text_says(value in any::<i64>().prop_map(|any| any >> 4), shift in 0_u32..60) {
            let value = value >> shift;
            let mut scratch = Scratch::default();
            let text = format!("12^{value}^x");
            let (row, _) = scratch.read(text.as_bytes(), 3).unwrap();
            prop_assert_eq!(row.integer(1), (value.unsigned_abs() < 10_u64.pow(18)).then_some(value));
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
