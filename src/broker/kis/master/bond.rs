//! Bonds. The last columns are counted from the end of the line.

use super::column::{Listing, lines, text};
use crate::broker::kis::wire::{Day, Text};

/// A bond.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bond {
    /// Type and class.
    pub class: Text,
    /// ISIN.
    pub isin: Text,
    /// Korean name.
    pub name: Text,
    /// How interest is paid.
    pub interest: Text,
    /// Listed.
    pub listed: Day,
    /// Issued.
    pub issued: Day,
    /// Redeemed.
    pub redeemed: Day,
}

/// Reads a file.
#[must_use]
pub fn read(bytes: &[u8]) -> Listing<Bond> {
    lines(bytes, bond)
}

fn bond(line: &[u8]) -> Option<Bond> {
    let dates = line.len().checked_sub(24).filter(|at| *at >= 58)?;
    let day = |from: usize| Day::parse(&text(line, from, 8)?).ok();
    let isin = text(line, 4, 12)?;
    (isin.len() == 12 && isin.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(())?;
    Some(Bond {
        class: text(line, 0, 4)?,
        isin,
        name: text(line, 16, 40)?,
        interest: text(line, dates - 2, 2)?,
        listed: day(dates)?,
        issued: day(dates + 8)?,
        redeemed: day(dates + 16)?,
    })
}
