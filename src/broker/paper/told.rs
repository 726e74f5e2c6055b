//! Refusals and ends of virtual orders as a broker would put them.

use super::{PaperExpiry, PaperRefusal};
use crate::broker::api::BrokerError;

/// A refusal with its code.
pub(crate) fn refused(code: &str, text: &str) -> BrokerError {
    BrokerError::Refused { code: code.into(), text: text.into() }
}

impl PaperRefusal {
    /// Short name for programs, the same as the simulated exchange's where that has one.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoMarket => "NO_PRICE",
            Self::Closed => "CLOSED",
            Self::Kind => "KIND",
            Self::DuringAuction => "AUCTION",
            Self::WouldTake => "POST_ONLY",
            Self::OutsideLimits => "LIMITS",
            Self::Quantity => "LOT",
            Self::Price => "TICK",
            Self::SameId => "DUPLICATE",
            Self::NotOpen => "DONE",
            Self::AlreadyFilled => "FILLED",
        }
    }
}

/// Why an order ended, for people.
pub(super) const fn expiry_text(reason: PaperExpiry) -> &'static str {
    match reason {
        PaperExpiry::ImmediateOrCancel | PaperExpiry::NothingShown => "nothing left to take",
        PaperExpiry::FillOrKill => "not all of it could be filled",
        PaperExpiry::LeftByAuction => "the auction left it over",
        PaperExpiry::DayEnded => "the day is over",
    }
}
