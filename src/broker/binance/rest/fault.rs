//! Requests that did not end well, sorted by what they mean for what was asked.

use std::time::Duration;

use bytes::Bytes;

use crate::broker::api::BrokerError;
use crate::broker::binance::code::{self, Then};
use crate::broker::binance::report::Implausible;
use crate::broker::binance::spot::wire::WireError;
use crate::broker::binance::wire::error::CodeReply;
use crate::broker::net::http::{NetError, Response};
use crate::broker::net::json::JsonError;
use crate::broker::net::lanes::LaneError;
use crate::config::BinanceMarket;

/// An answer that says no, or that nobody knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// The exchange's code, where the answer has one.
    pub code: Option<i64>,
    /// Its text as it came.
    pub(super) text: String,
    /// How long `Retry-After` asks to wait.
    pub retry_after: Option<Duration>,
    /// What it means.
    pub meaning: code::Fault,
    /// The whole answer: of several things sent as one it says which were done.
    pub body: Bytes,
}

impl Refusal {
    /// Of an answer whose status is no success.
    #[must_use]
    pub fn of(market: BinanceMarket, asked: code::Call, answer: &Response) -> Self {
        let (status, retry_after) = (answer.status.as_u16(), answer.retry_after());
        let meaning = code::fault(market, asked, status, &answer.body, retry_after);
        let reply = CodeReply::of(&answer.body);
        let code = reply.as_ref().map(|reply| reply.code);
        let text = reply.map(|reply| reply.msg).unwrap_or_default();
        Self { status, code, text, retry_after, meaning, body: answer.body.clone() }
    }
}

/// Why there is no good answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No answer at all, or never sent.
    #[error(transparent)]
    Net(#[from] NetError),
    /// The exchange said no, or said that it does not know.
    #[error("{}", .0.meaning.error)]
    Refused(Refusal),
    /// It said yes in a way that cannot be read.
    #[error("the answer cannot be read: {0}")]
    Unreadable(#[from] JsonError),
    /// It said something that cannot be.
    #[error("the answer cannot be right: {0}")]
    Unbelievable(#[from] Implausible),
    /// A question was tried for all the time it had.
    #[error("no answer in time")]
    Late,
}

impl From<WireError> for Fault {
    fn from(error: WireError) -> Self {
        match error {
            WireError::Json(error) => Self::Unreadable(error),
            WireError::Implausible { field, .. } => Self::Unbelievable(Implausible { what: field }),
        }
    }
}

impl Fault {
    /// The exchange's code, where it gave one.
    #[must_use]
    pub const fn code(&self) -> Option<i64> {
        match self {
            Self::Refused(refusal) => refusal.code,
            Self::Net(_) | Self::Unreadable(_) | Self::Unbelievable(_) | Self::Late => None,
        }
    }

    /// What follows from it beside telling it.
    #[must_use]
    pub const fn then(&self) -> Then {
        match self {
            Self::Refused(refusal) => refusal.meaning.then,
            Self::Net(_) | Self::Unreadable(_) | Self::Unbelievable(_) | Self::Late => Then::Nothing,
        }
    }

    /// What the desk is told.
    #[must_use]
    pub fn error(&self) -> BrokerError {
        match self {
            Self::Net(error) => unanswered(error),
            // It was taken, and what came of it is not known.
            Self::Unreadable(_) | Self::Unbelievable(_) | Self::Late => BrokerError::Unknown(self.to_string()),
            Self::Refused(refusal) => refusal.meaning.error.clone(),
        }
    }

    /// The same for a question: whatever became of that, nothing has happened.
    #[must_use]
    pub fn of_question(&self) -> BrokerError {
        match self.error() {
            BrokerError::Unknown(text) => BrokerError::NotSent(format!("no answer: {text}")),
            error => error,
        }
    }

    /// Whether a question may get an answer if it is asked again soon.
    #[must_use]
    pub fn may_be_asked_again(&self) -> bool {
        match self {
            Self::Net(error) => error.is_retryable_read(),
            Self::Unreadable(_) | Self::Unbelievable(_) => true,
            Self::Late => false,
            Self::Refused(refusal) => match refusal.meaning.then {
                Then::SyncClock | Then::TryAgain(_) => true,
                _ => matches!(refusal.meaning.error, BrokerError::Unknown(_)),
            },
        }
    }
}

fn unanswered(error: &NetError) -> BrokerError {
    match error {
        NetError::Lane(LaneError::Paused { remaining }) => BrokerError::Throttled { retry_after: *remaining },
        error if error.may_have_happened() => BrokerError::Unknown(error.to_string()),
        error => BrokerError::NotSent(error.to_string()),
    }
}
