//! The states of an order and which may follow which.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where an order is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Checked, not yet written down.
    Draft,
    /// Written down; not yet given to the broker.
    Pending,
    /// Given to the broker; no answer yet.
    Sent,
    /// Working at the venue, or watched by the desk (a stop the broker has no type for).
    Accepted,
    /// Working, and partly filled.
    PartiallyFilled,
    /// Filled to the last unit.
    Filled,
    /// Canceled; what was filled before stays filled.
    Canceled,
    /// Refused by the broker, or never sent.
    Rejected,
    /// Ended by the venue: end of day, IOC or FOK remainder.
    Expired,
    /// The broker did not answer. Neither failed nor alive until somebody says so; never sent again.
    Unknown,
}

impl OrderState {
    /// Every state, in the order of an order's life.
    pub const ALL: [Self; 10] = [
        Self::Draft,
        Self::Pending,
        Self::Sent,
        Self::Accepted,
        Self::PartiallyFilled,
        Self::Filled,
        Self::Canceled,
        Self::Rejected,
        Self::Expired,
        Self::Unknown,
    ];

    /// Name in JSON and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Accepted => "accepted",
            Self::PartiallyFilled => "partially_filled",
            Self::Filled => "filled",
            Self::Canceled => "canceled",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Unknown => "unknown",
        }
    }

    /// From its name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether nothing more can come of it, except fills that happened before its end and were told late.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Filled | Self::Canceled | Self::Rejected | Self::Expired)
    }

    /// Whether it may still be filled, as far as anybody knows.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !self.is_final()
    }

    /// Whether it is, or may be, at the venue.
    #[must_use]
    pub const fn may_be_at_venue(self) -> bool {
        matches!(self, Self::Sent | Self::Accepted | Self::PartiallyFilled | Self::Unknown)
    }
}

impl fmt::Display for OrderState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Who makes sure that a stop is set off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WatchedBy {
    /// The exchange or broker.
    Venue,
    /// The desk: it must run, connected and fresh.
    Desk,
    /// Nobody at present.
    Nobody,
}

impl WatchedBy {
    /// Name in JSON and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Venue => "VENUE",
            Self::Desk => "DESK",
            Self::Nobody => "NOBODY",
        }
    }
}
