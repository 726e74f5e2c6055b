//! A data frame of the stream: `flag|tr_id|count|payload`, the payload `count` records of equal width without a
//! separator between them.
//!
//! The width is computed from the frame. Fields are appended to records from time to time; whoever expects a fixed
//! number reads every record but the first shifted.

use std::ops::Range;

/// Largest frame that is read: far above 999 records of the longest kind at the open.
pub const FRAME_MAX: usize = 1024 * 1024;

/// Why a frame cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameFault {
    /// No data frame at all.
    #[error("not a data frame")]
    NotAFrame,
    /// Larger than any frame of the interface.
    #[error("{0} bytes are too many for a frame")]
    TooLarge(usize),
    /// Its count is no number from 1 to 999.
    #[error("a count of records that is none")]
    Count,
    /// The fields do not come out even.
    #[error("{fields} fields in {records} records")]
    Uneven {
        /// Fields there are.
        fields: usize,
        /// Records it says it has.
        records: usize,
    },
}

/// The parts of a data frame, borrowed from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Whether the payload is encrypted and holds one notice.
    pub encrypted: bool,
    /// Which stream.
    pub tr_id: &'a [u8],
    /// Records it says it has.
    pub count: usize,
    /// The records, or their ciphertext.
    pub payload: &'a [u8],
}

/// Whether bytes look like a data frame; everything else on the connection is JSON.
#[must_use]
pub fn is_data(bytes: &[u8]) -> bool {
    matches!(bytes, [b'0' | b'1', b'|', ..])
}

impl<'a> Frame<'a> {
    /// Splits a frame.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, FrameFault> {
        if bytes.len() > FRAME_MAX {
            return Err(FrameFault::TooLarge(bytes.len()));
        }
        let encrypted = match bytes {
            [b'0', b'|', ..] => false,
            [b'1', b'|', ..] => true,
            _ => return Err(FrameFault::NotAFrame),
        };
        let rest = bytes.get(2..).unwrap_or_default();
        let (tr_id, rest) = cut(rest, 16).ok_or(FrameFault::NotAFrame)?;
        let (count, payload) = cut(rest, 4).ok_or(FrameFault::NotAFrame)?;
        let digits = count.iter().map(|byte| byte.wrapping_sub(b'0'));
        let count = digits
            .clone()
            .all(|digit| digit <= 9)
            .then(|| digits.fold(0_usize, |value, digit| value * 10 + usize::from(digit)))
            .filter(|value| (1..=9_999).contains(value) && !count.is_empty());
        Ok(Self { encrypted, tr_id, count: count.ok_or(FrameFault::Count)?, payload })
    }

    /// Fields of a record: all fields over the count.
    ///
    /// # Errors
    /// When the fields do not come out even.
    pub fn width(&self) -> Result<usize, FrameFault> {
        width(self.payload, self.count)
    }
}

/// Fields of a record in a payload of `count` records.
///
/// # Errors
/// When the fields do not come out even.
pub fn width(payload: &[u8], count: usize) -> Result<usize, FrameFault> {
    let fields = payload.iter().filter(|byte| **byte == b'^').count() + 1;
    if count == 0 || !fields.is_multiple_of(count) {
        return Err(FrameFault::Uneven { fields, records: count });
    }
    Ok(fields / count)
}

/// What stands before the first bar, which must come within `longest` bytes, and what stands behind it.
fn cut(bytes: &[u8], longest: usize) -> Option<(&[u8], &[u8])> {
    let range: Range<usize> = 0..bytes.len().min(longest + 1);
    let at = bytes.get(range)?.iter().position(|byte| *byte == b'|')?;
    Some((bytes.get(..at)?, bytes.get(at + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_frame() {
        let frame = Frame::parse(b"0|H0STCNT0|002|a^b|c^d^").unwrap();
        assert_eq!((frame.tr_id, frame.count, frame.payload), (&b"H0STCNT0"[..], 2, &b"a^b|c^d^"[..]));
        // A bar inside a payload is data, and so is an empty last field.
        assert_eq!(frame.width(), Ok(2));
    }

    #[test]
    fn what_is_no_frame_is_refused() {
        for bad in [
            &b""[..],
            b"{}",
            b"0",
            b"0|",
            b"0|H0STCNT0",
            b"0|H0STCNT0|001",
            b"2|H0STCNT0|001|a",
            b"0|12345678901234567|001|a",
        ] {
            assert_eq!(Frame::parse(bad), Err(FrameFault::NotAFrame), "{:?}", String::from_utf8_lossy(bad));
        }
        for bad in [&b"0|H0STCNT0|000|a"[..], b"0|H0STCNT0||a", b"0|H0STCNT0|-01|a", b"0|H0STCNT0|0x1|a"] {
            assert_eq!(Frame::parse(bad), Err(FrameFault::Count), "{:?}", String::from_utf8_lossy(bad));
        }
        let uneven = Frame::parse(b"0|H0STCNT0|002|a^b^c").unwrap();
        assert_eq!(uneven.width(), Err(FrameFault::Uneven { fields: 3, records: 2 }));
    }
}
