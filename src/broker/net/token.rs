//! One access token for a key: kept between runs, renewed before it ends, asked for by one request at a time.
//!
//! A broker that issues once a minute and tells the customer about each issue forgives no second request, so a single
//! task owns the token; everybody else asks that task.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::WallClock;
use crate::market::time::UtcTime;

pub mod store;

pub use store::{FileTokenStore, TokenSlot, TokenStore, TokenStoreError};

/// Callers that may wait for the task at once; more wait in turn.
const REQUESTS_MAX: usize = 128;

/// A token as the broker gave it. Its text prints as redacted.
#[derive(Clone)]
pub struct AccessToken {
    /// The text for the authorization header.
    pub secret: SecretString,
    /// When it was issued, by the local clock.
    pub issued_at: UtcTime,
    /// When it ends, by the broker's word.
    pub expires_at: UtcTime,
}

impl AccessToken {
    fn is_same_text(&self, other: &Self) -> bool {
        self.secret.expose_secret() == other.secret.expose_secret()
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessToken(issued {}, expires {})", self.issued_at, self.expires_at)
    }
}

/// Why the broker gave no token.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IssueError {
    /// The key or the secret is wrong, or locked: trying again does not help.
    #[error("the broker refuses the key: {0}")]
    Refused(String),
    /// Asked too soon after the last time.
    #[error("the broker wants {} s between two issues", .0.as_secs())]
    TooSoon(Duration),
    /// No answer, or none that can be read.
    #[error("no token came back: {0}")]
    Failed(String),
}

/// Asks a broker for a token. One call is one request on the wire.
pub trait TokenIssuer: Send + 'static {
    /// Requests a new token. The error's text must hold nothing secret.
    fn issue(&mut self) -> impl Future<Output = Result<AccessToken, IssueError>> + Send;
}

/// When a token is renewed and asked for again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenRules {
    /// Renewed when it lives no longer than this; until the end the old one is used meanwhile.
    pub renew_before: Duration,
    /// Shortest time between two requests for one, failed ones included.
    pub issue_interval_min: Duration,
    /// After a renewal forced by a rejection, another rejection within this time is not answered with a new token: then
    /// the token is not what is wrong.
    pub rejection_pause: Duration,
}

impl Default for TokenRules {
    fn default() -> Self {
        Self {
            renew_before: Duration::from_secs(10 * 60),
            issue_interval_min: Duration::from_secs(61),
            rejection_pause: Duration::from_secs(10 * 60),
        }
    }
}

/// Why there is no token to use.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TokenError {
    /// The broker gave none.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// The last request is too recent.
    #[error("next token request allowed in {} s", .retry_in.as_secs())]
    TooSoon {
        /// How long until one is allowed.
        retry_in: Duration,
    },
    /// A fresh token was rejected too: the key, the address or the environment is wrong.
    #[error("the broker rejects even a fresh token")]
    RejectedAgain,
    /// The keeper has ended.
    #[error("the token keeper has ended")]
    Closed,
}

enum Ask {
    Get(oneshot::Sender<Result<AccessToken, TokenError>>),
    /// This token was refused as invalid by the broker.
    Reject(AccessToken, oneshot::Sender<Result<AccessToken, TokenError>>),
    Renew,
}

/// The keeper of one token. Dropping it ends its task.
pub struct TokenKeeper {
    asks: mpsc::Sender<Ask>,
    current: Arc<Mutex<Option<AccessToken>>>,
    rules: TokenRules,
    task: JoinHandle<()>,
}

impl TokenKeeper {
    /// Starts the keeper within a tokio runtime; asks the broker for nothing until somebody needs a token.
    pub fn start<I: TokenIssuer, S: TokenStore>(issuer: I, store: S, rules: TokenRules, wall_clock: WallClock) -> Self {
        let (asks, inbox) = mpsc::channel(REQUESTS_MAX);
        let current = Arc::new(Mutex::new(None));
        let work = Work {
            issuer,
            store: Arc::new(store),
            rules,
            wall_clock,
            current: Arc::clone(&current),
            asked_at: None,
            rejected: None,
            forced_at: None,
        };
        Self { asks, current, rules, task: tokio::spawn(work.run(inbox)) }
    }

    /// The token to use at `now`. Near its end it is still handed out while a new one is fetched behind the scenes.
    ///
    /// # Errors
    /// When there is none and none can be had; see [`TokenError`].
    pub async fn get(&self, now: UtcTime) -> Result<AccessToken, TokenError> {
        let cached = locked(&self.current).clone();
        match cached {
            Some(token) if token.expires_at > now.plus(self.rules.renew_before) => Ok(token),
            Some(token) if token.expires_at > now => {
                // A full queue means that somebody is asking already.
                let _ = self.asks.try_send(Ask::Renew);
                Ok(token)
            }
            _ => self.ask(Ask::Get).await,
        }
    }

    /// The broker refused this token as invalid: gives a new one to try once more with. If it has been replaced in the
    /// meantime, the replacement is the answer and nothing is asked of the broker.
    ///
    /// # Errors
    /// [`TokenError::RejectedAgain`] when a fresh token fared no better; otherwise as [`TokenKeeper::get`].
    pub async fn rejected(&self, token: AccessToken) -> Result<AccessToken, TokenError> {
        self.ask(|answer| Ask::Reject(token, answer)).await
    }

    async fn ask<F>(&self, ask: F) -> Result<AccessToken, TokenError>
    where
        F: FnOnce(oneshot::Sender<Result<AccessToken, TokenError>>) -> Ask,
    {
        let (answer, answered) = oneshot::channel();
        self.asks.send(ask(answer)).await.map_err(|_| TokenError::Closed)?;
        answered.await.unwrap_or(Err(TokenError::Closed))
    }

    /// Ends the task after the request that may be under way, so that a token just issued is not lost.
    pub async fn close(self) {
        drop(self.asks);
        // A panic of the issuer has been seen by its callers as `Closed`.
        let _ = self.task.await;
    }
}

fn locked(current: &Mutex<Option<AccessToken>>) -> std::sync::MutexGuard<'_, Option<AccessToken>> {
    current.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Work<I, S> {
    issuer: I,
    store: Arc<S>,
    rules: TokenRules,
    wall_clock: WallClock,
    current: Arc<Mutex<Option<AccessToken>>>,
    /// When the broker was last asked, whatever came back.
    asked_at: Option<Instant>,
    /// The last token the broker refused, so that the store cannot bring it back.
    rejected: Option<AccessToken>,
    /// When a rejection last forced a new token.
    forced_at: Option<Instant>,
}

impl<I: TokenIssuer, S: TokenStore> Work<I, S> {
    /// Ends when the keeper is gone and every ask is answered.
    async fn run(mut self, mut inbox: mpsc::Receiver<Ask>) {
        while let Some(ask) = inbox.recv().await {
            match ask {
                Ask::Get(answer) => {
                    let token = self.usable(Duration::ZERO).await;
                    // A caller that went away wants nothing; the token is kept all the same.
                    let _ = answer.send(token);
                }
                Ask::Reject(token, answer) => {
                    let token = self.replace(token).await;
                    let _ = answer.send(token);
                }
                Ask::Renew => {
                    if let Err(error) = self.usable(self.rules.renew_before).await {
                        tracing::debug!(%error, "token not renewed yet");
                    }
                }
            }
        }
    }

    /// A token that lives longer than `margin`: the cached one, the stored one, or a new one.
    async fn usable(&mut self, margin: Duration) -> Result<AccessToken, TokenError> {
        let until = (self.wall_clock)().plus(margin);
        if let Some(token) = locked(&self.current).clone().filter(|token| token.expires_at > until) {
            return Ok(token);
        }
        // Another program on the same key may have renewed it; a stored one costs no request.
        if let Some(token) = self.stored().await.filter(|token| token.expires_at > until) {
            *locked(&self.current) = Some(token.clone());
            return Ok(token);
        }
        self.issue().await
    }

    async fn replace(&mut self, refused: AccessToken) -> Result<AccessToken, TokenError> {
        let now = (self.wall_clock)();
        let current = locked(&self.current).clone();
        if let Some(token) = current.filter(|token| !token.is_same_text(&refused) && token.expires_at > now) {
            return Ok(token);
        }
        *locked(&self.current) = None;
        self.rejected = Some(refused);
        if self.forced_at.is_some_and(|at| at.elapsed() < self.rules.rejection_pause) {
            return Err(TokenError::RejectedAgain);
        }
        let token = self.usable(Duration::ZERO).await?;
        self.forced_at = Some(Instant::now());
        Ok(token)
    }

    async fn issue(&mut self) -> Result<AccessToken, TokenError> {
        let last = self.asked_at.map(|at| at.elapsed());
        if let Some(passed) = last.filter(|passed| *passed < self.rules.issue_interval_min) {
            return Err(TokenError::TooSoon { retry_in: self.rules.issue_interval_min - passed });
        }
        self.asked_at = Some(Instant::now());
        let token = self.issuer.issue().await?;
        if self.rejected.as_ref().is_some_and(|refused| refused.is_same_text(&token)) {
            return Err(TokenError::RejectedAgain);
        }
        *locked(&self.current) = Some(token.clone());
        let (store, kept) = (Arc::clone(&self.store), token.clone());
        let saved = tokio::task::spawn_blocking(move || store.save(&kept)).await;
        if let Ok(Err(error)) = saved {
            // The token works without the file; the next start merely asks again.
            tracing::warn!(%error, "token not kept for the next start");
        }
        Ok(token)
    }

    async fn stored(&mut self) -> Option<AccessToken> {
        let store = Arc::clone(&self.store);
        let token = match tokio::task::spawn_blocking(move || store.load()).await.ok()? {
            Ok(token) => token?,
            Err(error) => {
                tracing::warn!(%error, "stored token not used");
                return None;
            }
        };
        self.respect_issue_of(&token);
        Some(token).filter(|token| self.rejected.as_ref().is_none_or(|refused| !refused.is_same_text(token)))
    }

    /// The broker counts its interval over restarts too.
    fn respect_issue_of(&mut self, token: &AccessToken) {
        let age = (self.wall_clock)().since(token.issued_at);
        if self.asked_at.is_none() && age < self.rules.issue_interval_min {
            self.asked_at = Instant::now().checked_sub(age);
        }
    }
}
