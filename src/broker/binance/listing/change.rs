//! What is different between two readings of the listing.

use std::fmt;

use super::{Listing, Status};
use crate::market::arrange::Arrange;
use crate::market::{Price, Quantity, Symbol, UtcTime};

/// A difference that somebody who trades the symbol must hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// New.
    Listed(Symbol),
    /// Gone.
    Delisted(Symbol),
    /// Its status is another; the desk is told a phase.
    Status {
        /// Of which.
        symbol: Symbol,
        /// Before.
        from: Status,
        /// Now.
        to: Status,
    },
    /// Its tick is another: open tickets and books must learn it.
    Tick {
        /// Of which.
        symbol: Symbol,
        /// Before.
        from: Price,
        /// Now.
        to: Price,
    },
    /// Its lot is another.
    Lot {
        /// Of which.
        symbol: Symbol,
        /// Before.
        from: Quantity,
        /// Now.
        to: Quantity,
    },
    /// Its end was announced, moved or called off.
    End {
        /// Of which.
        symbol: Symbol,
        /// When, if it still ends.
        at: Option<UtcTime>,
    },
    /// Other rules of its orders: bounds, smallest worth, kinds.
    Rules(Symbol),
}

impl Change {
    /// Of which symbol.
    #[must_use]
    pub const fn symbol(&self) -> Symbol {
        match self {
            Self::Listed(symbol) | Self::Delisted(symbol) | Self::Rules(symbol) => *symbol,
            Self::Status { symbol, .. }
            | Self::Tick { symbol, .. }
            | Self::Lot { symbol, .. }
            | Self::End { symbol, .. } => *symbol,
        }
    }
}

/// One sentence for people.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listed(symbol) => write!(f, "{symbol} was listed"),
            Self::Delisted(symbol) => write!(f, "{symbol} was delisted"),
            Self::Status { symbol, to, .. } => write!(f, "{symbol} is {to} now"),
            Self::Tick { symbol, from, to } => write!(f, "{symbol} changed its tick from {from} to {to}"),
            Self::Lot { symbol, from, to } => write!(f, "{symbol} changed its lot from {from} to {to}"),
            Self::End { symbol, at: Some(at) } => write!(f, "{symbol} ends at {at}"),
            Self::End { symbol, at: None } => write!(f, "{symbol} no longer has an end"),
            Self::Rules(symbol) => write!(f, "{symbol} changed rules of its orders"),
        }
    }
}

/// Differences by symbol, in order of their names.
#[must_use]
pub fn changes(before: &Listing, now: &Listing) -> Vec<Change> {
    let mut found = Vec::new();
    for (symbol, old) in &before.rules {
        let Some(new) = now.rules.get(symbol) else {
            found.push(Change::Delisted(*symbol));
            continue;
        };
        if old == new {
            continue;
        }
        let count = found.len();
        let symbol = *symbol;
        if old.status != new.status {
            found.push(Change::Status { symbol, from: old.status, to: new.status });
        }
        if old.price.tick != new.price.tick {
            found.push(Change::Tick { symbol, from: old.price.tick, to: new.price.tick });
        }
        if old.lot.step != new.lot.step {
            found.push(Change::Lot { symbol, from: old.lot.step, to: new.lot.step });
        }
        if old.ends_at != new.ends_at {
            found.push(Change::End { symbol, at: new.ends_at });
        }
        if found.len() == count {
            found.push(Change::Rules(symbol));
        }
    }
    found.extend(now.rules.keys().filter(|symbol| !before.rules.contains_key(symbol)).map(|new| Change::Listed(*new)));
    found.arrange_by_key(Change::symbol);
    found
}
