//! Requests that did not end well, sorted by what they mean for what was asked.

use crate::broker::api::BrokerError;
use crate::broker::kis::code::{self, Meaning, Purpose};
use crate::broker::kis::wire::Refusal;
use crate::broker::net::http::NetError;
use crate::broker::net::json::JsonError;
use crate::broker::net::lanes::LaneError;
use crate::broker::net::token::{IssueError, TokenError};

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
    /// A question was tried for all the time it had, or what left had no answer in its time.
    #[error("no answer in time")]
    Late,
}

impl Fault {
    /// What the desk is told of a question: whatever became of it, nothing has happened.
    #[must_use]
    pub fn of_question(&self) -> BrokerError {
        let error = match self {
            Self::Refused(refusal) => code::error(refusal, Purpose::Read),
            other => other.of_order(),
        };
        match error {
            BrokerError::Unknown(text) => BrokerError::NotSent(format!("no answer: {text}")),
            error => error,
        }
    }

    /// What the desk is told of an order, a change or a cancel. Without a clear word its outcome is unknown.
    #[must_use]
    pub fn of_order(&self) -> BrokerError {
        match self {
            Self::Net(error) => unanswered(error),
            Self::Refused(refusal) => code::error(refusal, Purpose::Order),
            // It has left, and what came of it is not known.
            Self::Unreadable(_) | Self::Unbelievable(_) | Self::Late => BrokerError::Unknown(self.to_string()),
            Self::Token(error) => without_token(error),
            Self::NotAsked(error) => error.clone(),
        }
    }

    /// What the broker's refusal means, where it is one.
    #[must_use]
    pub fn meaning(&self) -> Option<Meaning> {
        match self {
            Self::Refused(refusal) => Some(Meaning::of(&refusal.code, &refusal.text)),
            _ => None,
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

/// Without a token nothing was sent, or what was sent was refused before anybody looked at it.
fn without_token(error: &TokenError) -> BrokerError {
    match error {
        TokenError::Issue(IssueError::TooSoon(wait)) | TokenError::TooSoon { retry_in: wait } => {
            BrokerError::Throttled { retry_after: *wait }
        }
        TokenError::Issue(IssueError::Refused(_)) | TokenError::RejectedAgain => {
            BrokerError::Unauthorized(error.to_string())
        }
        TokenError::Issue(IssueError::Failed(_)) | TokenError::Closed => BrokerError::NotSent(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::broker::kis::wire::Text;
    use crate::broker::net::lanes::Lane;

    fn refused(code: &str) -> Fault {
        Fault::Refused(Refusal { code: Text::new(code), text: Text::new("words") })
    }

    fn unreadable() -> Fault {
        Fault::Unreadable(JsonError::NotJson { what: "reply", line: 1, column: 1 })
    }

    #[test]
    fn trap_4_without_a_clear_word_an_order_is_unknown_and_a_question_just_has_no_answer() {
        for fault in [unreadable(), Fault::Unbelievable("odd"), Fault::Late, refused("EGW00302"), refused("EGW99999")] {
            assert!(fault.of_order().may_have_happened(), "{fault}");
            let error = fault.of_question();
            assert!(!error.may_have_happened(), "{fault}: {error}");
        }
        assert!(unreadable().of_question().is_retryable());
        assert!(Fault::Late.of_question().is_retryable());
    }

    #[test]
    fn what_never_left_is_no_unknown_order() {
        let wait = Duration::from_secs(40);
        let key = || "EGW00103 key".to_owned();
        let throttled = BrokerError::Throttled { retry_after: wait };
        for (fault, expected) in [
            (Fault::Token(TokenError::TooSoon { retry_in: wait }), throttled.clone()),
            (Fault::Token(IssueError::TooSoon(wait).into()), throttled.clone()),
            (Fault::Net(LaneError::Paused { remaining: wait }.into()), throttled),
            (Fault::NotAsked(BrokerError::Unsupported("this")), BrokerError::Unsupported("this")),
        ] {
            assert_eq!((fault.of_order(), fault.of_question()), (expected.clone(), expected));
        }
        for fault in [Fault::Token(IssueError::Refused(key()).into()), Fault::Token(TokenError::RejectedAgain)] {
            assert!(matches!(fault.of_order(), BrokerError::Unauthorized(_)), "{fault}");
        }
        for fault in [
            Fault::Token(IssueError::Failed(key()).into()),
            Fault::Token(TokenError::Closed),
            Fault::Net(LaneError::Deadline(Lane::Order).into()),
            Fault::Net(NetError::unbuildable("x")),
        ] {
            assert!(matches!(fault.of_order(), BrokerError::NotSent(_)), "{fault}");
        }
    }
}
