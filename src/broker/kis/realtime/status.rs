//! Status of a market and of a symbol in it.

use super::row::Row;
use crate::market::{Phase, Symbol};

/// A record of the status stream: the fields that are not about this change are empty.
#[derive(Clone, Copy)]
pub struct MarketStatus<'a> {
    /// Symbol; it leads the record of both exchanges' stream too.
    pub symbol: Symbol,
    row: Row<'a>,
}

impl<'a> MarketStatus<'a> {
    /// Reads a record.
    #[must_use]
    pub fn read(row: Row<'a>) -> Option<Self> {
        Some(Self { symbol: row.symbol(0)?, row })
    }

    /// Whether the symbol is halted: by its flag, or by its state 58. Every other state is no halt.
    #[must_use]
    pub fn is_halted(&self) -> bool {
        self.row.is_yes(1) || self.row.text(7) == "58"
    }

    /// Why, where it is halted.
    #[must_use]
    pub fn reason(&self) -> &'a str {
        self.row.text(2)
    }

    /// Code of the market's operation; codes that are not known occur.
    #[must_use]
    pub fn operation(&self) -> &'a str {
        self.row.text(3)
    }

    /// Whether a volatility interruption runs: off only where the field says so or says nothing.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        let on = |field: usize| !matches!(self.row.text(field), "N" | "0" | "");
        on(8) || on(9)
    }

    /// The phase the market has entered, where its operation code says one.
    #[must_use]
    pub fn phase(&self) -> Option<Phase> {
        phase_of(self.operation())
    }
}

/// The phase that an operation code begins; `None` for announcements and for codes that are not known.
#[must_use]
pub fn phase_of(operation: &str) -> Option<Phase> {
    Some(match operation {
        "110" => Phase::OpeningAuction,
        "112" | "175" | "185" => Phase::Continuous,
        "121" => Phase::ClosingAuction,
        "129" | "139" | "149" | "159" | "182" => Phase::Closed,
        "130" | "140" | "146" => Phase::ClosingPrice,
        "150" | "156" => Phase::OffHoursAuction,
        "164" | "174" | "184" => Phase::Halted,
        _ => return None,
    })
}
