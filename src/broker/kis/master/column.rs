//! Cutting lines and columns.

use rust_decimal::Decimal;

use super::cp949;
use crate::broker::kis::wire::{Number, Text};

/// What a file lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing<T> {
    /// Lines that could be read, in the file's order.
    pub rows: Vec<T>,
    /// Lines that could not.
    pub damaged: usize,
}

/// Longest line of any file.
const LINE_MAX: usize = 1_024;

/// Reads every line with `read`. Only the line end is taken off: blanks at the end are columns.
pub fn lines<T>(bytes: &[u8], read: impl Fn(&[u8]) -> Option<T>) -> Listing<T> {
    let mut listing = Listing { rows: Vec::new(), damaged: 0 };
    for line in bytes.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.iter().all(|byte| matches!(byte, b' ' | 0x1A | 0)) {
            continue;
        }
        match Some(line).filter(|line| line.len() <= LINE_MAX).and_then(&read) {
            Some(row) => listing.rows.push(row),
            None => listing.damaged += 1,
        }
    }
    listing
}

/// A column of bytes as text without padding. `None` past the line's end, and for bytes that are no CP949.
#[must_use]
pub fn text(line: &[u8], from: usize, length: usize) -> Option<Text> {
    decoded(line.get(from..from.checked_add(length)?)?)
}

/// Bytes of CP949 as cleaned text.
#[must_use]
pub fn decoded(bytes: &[u8]) -> Option<Text> {
    cp949::text(bytes).map(|text| Text::new(&text))
}

/// A column as a number; an empty one is zero.
#[must_use]
pub fn number(line: &[u8], from: usize, length: usize) -> Option<Decimal> {
    Number::parse(&text(line, from, length)?).ok().map(Number::or_zero)
}

/// A column of one letter.
#[must_use]
pub fn letter(line: &[u8], at: usize) -> Option<u8> {
    line.get(at).copied()
}
