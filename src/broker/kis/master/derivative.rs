//! Index and stock futures and options: nine columns with bars between them. Contracts are taken from here, never built.

use super::column::{Listing, decoded, lines};
use crate::broker::kis::wire::{Number, Text};

/// A contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// Kind: `1` index future, `5` call, `6` put and so on.
    pub kind: Text,
    /// Short code, for orders and quotes.
    pub code: Text,
    /// Standard code.
    pub standard: Text,
    /// Korean name.
    pub name: Text,
    /// 1 at, 2 in, 3 out of the money; 0 for futures.
    pub moneyness: Text,
    /// Strike as the file has it, where there is one.
    pub strike: Number,
    /// 0 continuous, 1 the nearest month, 2 the one after it, and so on.
    pub month: Number,
    /// Code of the underlying.
    pub underlying: Text,
    /// Its name.
    pub underlying_name: Text,
}

/// Reads a file.
#[must_use]
pub fn read(bytes: &[u8]) -> Listing<Contract> {
    lines(bytes, contract)
}

fn contract(line: &[u8]) -> Option<Contract> {
    let columns: Vec<&[u8]> = line.split(|byte| *byte == b'|').collect();
    let at = |index: usize| decoded(columns.get(index)?);
    let number = |index: usize| Number::parse(&at(index)?).ok();
    Some(Contract {
        kind: at(0).filter(|kind| kind.len() == 1)?,
        code: at(1).filter(|code| code.bytes().all(|byte| byte.is_ascii_alphanumeric()) && code.len() >= 6)?,
        standard: at(2)?,
        name: at(3)?,
        moneyness: at(4)?,
        strike: number(5)?,
        month: number(6)?,
        underlying: at(7)?,
        underlying_name: at(8)?,
    })
}
