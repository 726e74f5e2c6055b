//! Asks KIS for an access token. Each that is issued is announced to the customer, so the keeper asks seldom.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rust_decimal::prelude::ToPrimitive;
use secrecy::ExposeSecret;
use tokio_util::sync::CancellationToken;

use super::gateway::{Errand, Gateway, Wait};
use super::patience::pause_after;
use super::{Fault, Reply};
use crate::broker::api::BrokerError;
use crate::broker::kis::code::{self, Meaning, Purpose};
use crate::broker::kis::wire::envelope::BODY_MAX;
use crate::broker::kis::wire::oauth::Token;
use crate::broker::net::backoff::Jitter;
use crate::broker::net::json;
use crate::broker::net::lanes::Lane;
use crate::broker::net::token::{AccessToken, IssueError, TokenIssuer};

/// How long a request for a token tries to leave, with what the broker refuses for its pace.
const TURN: Duration = Duration::from_secs(15);
/// From its turn to its answer.
const ANSWER: Duration = Duration::from_secs(10);

/// See the module.
pub(super) struct Issuer {
    pub(super) gateway: Arc<Gateway>,
    pub(super) jitter: Mutex<Jitter>,
}

impl Issuer {
    /// The pause before it is sent again, where it certainly was not looked at: it never left, or was one request too many.
    fn pause(&self, fault: &Fault, number: u32) -> Option<Duration> {
        let is_unseen = match fault {
            Fault::Net(error) => error.is_retryable(),
            _ => fault.meaning() == Some(Meaning::TooMany),
        };
        let mut jitter = self.jitter.lock().unwrap_or_else(PoisonError::into_inner);
        pause_after(fault, number, &mut jitter).filter(|_| is_unseen)
    }
}

impl TokenIssuer for Issuer {
    async fn issue(&mut self) -> Result<AccessToken, IssueError> {
        let turn = tokio::time::sleep(TURN);
        tokio::pin!(turn);
        let withdrawn = CancellationToken::new();
        let mut number = 0;
        loop {
            // Everything waits for it, cancels too.
            let wait = Wait { lane: Lane::Cancel, turn: turn.as_mut(), answer: ANSWER, withdrawn: &withdrawn };
            let fault = match self.gateway.send(Errand::Token, None, wait).await {
                Ok(reply) => return read(&reply),
                Err(fault) => fault,
            };
            let Some(pause) = self.pause(&fault, number) else { return Err(failed(&fault)) };
            tokio::select! {
                () = turn.as_mut() => return Err(failed(&fault)),
                () = tokio::time::sleep(pause) => number += 1,
            }
        }
    }
}

fn read(reply: &Reply) -> Result<AccessToken, IssueError> {
    let issued_at = reply.received_at;
    let token: Token =
        json::parse("token", &reply.body, BODY_MAX).map_err(|error| IssueError::Failed(error.to_string()))?;
    if token.access_token.secret().expose_secret().trim().is_empty() {
        return Err(IssueError::Failed("an empty token".into()));
    }
    // A local clock that is a day ahead would never see a token that lives: then it lives as long as the broker says.
    let lives = token.expires_in.get().and_then(|seconds| seconds.to_u64()).map(Duration::from_secs);
    let ends = token.ends(issued_at).filter(|ends| *ends > issued_at);
    let expires_at = ends
        .or_else(|| lives.filter(|lives| !lives.is_zero()).map(|lives| issued_at.plus(lives)))
        .ok_or_else(|| IssueError::Failed("a token that does not say when it ends".into()))?;
    Ok(AccessToken { secret: token.access_token.secret().clone(), issued_at, expires_at })
}

fn failed(fault: &Fault) -> IssueError {
    let Fault::Refused(refusal) = fault else { return IssueError::Failed(fault.to_string()) };
    match fault.meaning() {
        Some(Meaning::Key | Meaning::NotAllowed | Meaning::Malformed) => IssueError::Refused(fault.to_string()),
        _ => match code::error(refusal, Purpose::Read) {
            BrokerError::Throttled { retry_after } => IssueError::TooSoon(retry_after),
            _ => IssueError::Failed(fault.to_string()),
        },
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::market::UtcTime;

    const SAMPLE: &str = r#"{"access_token":"canary","access_token_token_expired":"2026-10-15 08:16:59",
        "token_type":"Bearer","expires_in":86400}"#;

    fn reply(body: &str, at: &str) -> Reply {
        let received_at = UtcTime::parse(at).unwrap();
        Reply { body: Bytes::from(body.to_owned()), continuation: None, received_at }
    }

    #[test]
    fn trap_28_its_end_is_korean_time() {
        let token = read(&reply(SAMPLE, "2026-10-13T23:16:59Z")).unwrap();
        assert_eq!(token.expires_at, UtcTime::parse("2026-10-14T23:16:59Z").unwrap());
        assert!(!format!("{token:?}").contains("canary"));
    }

    #[test]
    fn under_a_clock_that_is_days_ahead_it_lives_as_long_as_the_broker_says() {
        let at = "2026-10-20T00:00:00Z";
        assert_eq!(read(&reply(SAMPLE, at)).unwrap().expires_at, UtcTime::parse("2026-10-21T00:00:00Z").unwrap());
    }

    #[test]
    fn what_is_no_token_is_none_and_is_not_quoted() {
        for body in [
            "{}",
            "[]",
            r#"{"access_token":"","expires_in":86400}"#,
            r#"{"access_token":"canary"}"#,
            r#"{"access_token":"canary","expires_in":"0"}"#,
            r#"{"access_token":"canary","expires_in":"soon canary"}"#,
            r#"{"access_token":["canary"],"expires_in":86400}"#,
        ] {
            let error = read(&reply(body, "2026-10-13T00:00:00Z")).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("canary"), "{body}: {error}");
        }
    }
}
