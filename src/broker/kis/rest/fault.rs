//! Requests that did not end well, sorted by what they mean for what was asked.

use crate::broker::api::BrokerError;
use crate::broker::kis::code::{self, Purpose};
use crate::broker::kis::wire::Refusal;
use crate::broker::net::http::NetError;
use crate::broker::net::json::JsonError;
use crate::broker::net::token::TokenError;

/// Why there is no good reply.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No answer at all, or never sent.
    #[error(transparent)]
    Net(#[from] NetError),
    /// The broker said no.
    #[error("{} {}", .0.code, .0.text)]
    Refused(Refusal),
    /// It cannot be read.
    #[error("the answer cannot be read: {0}")]
    Unreadable(#[from] JsonError),
    /// It lacks what it should hold, or says what cannot be.
    #[error("the answer cannot be right: {0}")]
    Unbelievable(&'static str),
    /// There is no token to ask with: nothing was sent.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The environment has no such service, or the request cannot be made.
    #[error(transparent)]
    NotAsked(#[from] BrokerError),
    /// A question was tried for all the time it had.
    #[error("no answer in time")]
    Late,
}

impl Fault {
    /// What the desk is told of a question: whatever became of it, nothing has happened.
    #[must_use]
    pub fn of_question(&self) -> BrokerError {
        let _ = code::error as fn(&Refusal, Purpose) -> BrokerError;
        unimplemented!()
    }

    /// What the desk is told of an order, a change or a cancel. Without a clear word its outcome is unknown.
    #[must_use]
    pub fn of_order(&self) -> BrokerError {
        unimplemented!()
    }
}
