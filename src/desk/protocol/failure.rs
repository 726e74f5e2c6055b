//! How a request that was not done is told: a class that decides the exit status, a stable word, and what may be done.

use serde::{Deserialize, Serialize};

use crate::risk::Refusal;

/// A request that was not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// Class; decides the exit status.
    pub kind: FailureKind,
    /// Stable word, such as `RISK_MAX_ORDER_AMOUNT`, `UNKNOWN_SYMBOL`.
    pub code: String,
    /// What happened, in English. Faces translate by `code` and `arguments`.
    pub message: String,
    /// What the message is about, for translation.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// Whether the same request may be made again.
    pub retryable: bool,
    /// When.
    #[serde(default)]
    pub retry_after_ms: Option<u64>,
    /// What to do, as a command where possible.
    #[serde(default)]
    pub hint: Option<String>,
    /// Client id of the order it is about.
    #[serde(default)]
    pub client_id: Option<String>,
    /// The broker's own code and text.
    #[serde(default)]
    pub broker: Option<BrokerText>,
    /// Every rule that refused.
    #[serde(default)]
    pub refusals: Vec<Refusal>,
}

/// A broker's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokerText {
    /// Code.
    pub code: String,
    /// Text, control characters removed.
    pub text: String,
}

/// Class of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// Anything else.
    Other,
    /// Wrong usage: unknown symbol, bad number, no such order.
    Usage,
    /// Not signed in, or not allowed.
    Unauthorized,
    /// Network, rate limit, venue or storage down; can be tried again.
    Unavailable,
    /// Refused by the broker.
    Broker,
    /// Refused by risk.
    Risk,
    /// Outcome unknown.
    Unknown,
    /// No desk, or another holds the right to trade.
    NoDesk,
    /// Data stale or partial.
    Stale,
    /// Face and desk are of different versions.
    Version,
}

impl FailureKind {
    /// Exit status of a command that ended so.
    #[must_use]
    pub const fn exit_status(self) -> u8 {
        match self {
            Self::Other => 1,
            Self::Usage => 2,
            Self::Unauthorized => 3,
            Self::Unavailable => 4,
            Self::Broker => 5,
            Self::Risk => 6,
            Self::Unknown => 7,
            Self::NoDesk | Self::Version => 8,
            Self::Stale => 9,
        }
    }
}

impl Failure {
    /// A failure that cannot be tried again as it is.
    #[must_use]
    pub fn new(kind: FailureKind, code: &str, message: impl Into<String>) -> Self {
        Self {
            kind,
            code: code.into(),
            message: message.into(),
            arguments: Vec::new(),
            retryable: false,
            retry_after_ms: None,
            hint: None,
            client_id: None,
            broker: None,
            refusals: Vec::new(),
        }
    }

    /// With a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// With what the message is about.
    #[must_use]
    pub fn about(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// May be tried again.
    #[must_use]
    pub fn retryable(mut self) -> Self {
        self.retryable = true;
        self
    }
}
