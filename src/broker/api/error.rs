//! How a request to a broker fails.

use std::time::Duration;

/// A request that did not end well. Three questions decide what happens next: could it have happened, may it be tried
/// again, what is a person told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrokerError {
    /// The broker said no; nothing happened.
    #[error("the broker refused: {code} {text}")]
    Refused {
        /// The broker's own code.
        code: String,
        /// The broker's own text, control characters removed.
        text: String,
    },
    /// It was never sent.
    #[error("not sent: {0}")]
    NotSent(String),
    /// It may have happened: no answer, a cut answer, or an answer that says it does not know.
    #[error("outcome unknown: {0}")]
    Unknown(String),
    /// Too many requests; nothing happened.
    #[error("too many requests; again after {retry_after:?}")]
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
    /// Not signed in, token ended, or the key may not do this; nothing happened.
    #[error("not signed in or not allowed: {0}")]
    Unauthorized(String),
    /// This broker cannot do this; nothing happened.
    #[error("not supported by this broker: {0}")]
    Unsupported(&'static str),
    /// No such order or instrument, says the broker with certainty.
    #[error("not found: {0}")]
    NotFound(String),
}

impl BrokerError {
    /// Whether the request may have had its effect all the same.
    #[must_use]
    pub const fn may_have_happened(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    /// Whether the same request may be sent again without harm.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::NotSent(_) | Self::Throttled { .. })
    }
}
