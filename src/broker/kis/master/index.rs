//! Indexes and sectors: market, code, name.

use super::column::{Listing, lines, text};
use crate::broker::kis::wire::Text;

/// An index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexCode {
    /// 0 KOSPI, 1 KOSDAQ, 2 KOSPI200 and so on.
    pub market: Text,
    /// Code of four digits, within its market.
    pub code: Text,
    /// Korean name; it begins at byte 5.
    pub name: Text,
}

/// Reads a file.
#[must_use]
pub fn read(bytes: &[u8]) -> Listing<IndexCode> {
    lines(bytes, |line| {
        let code = text(line, 1, 4)?;
        let sound = code.len() == 4 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let name = text(line, 5, line.len().checked_sub(5)?)?;
        (sound && !name.is_empty()).then_some(IndexCode { market: text(line, 0, 1)?, code, name })
    })
}
