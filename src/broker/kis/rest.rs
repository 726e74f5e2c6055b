//! Requests to KIS: signed in, within the limits, and sent at most once unless they only ask.
//!
//! An order is sent a second time in one case only: after a refusal of the token, which stands before everything else. A
//! cancel also after a refusal as too many in a second, which the gateway gives to what it has not looked at.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Sleep;
use tokio_util::sync::CancellationToken;

use self::downloads::Downloads;
use self::gateway::{Errand, Gateway, Wait};
use self::patience::{ORDER_ANSWER, Patience, pause_after};
use self::token::Issuer;
use super::code::Meaning;
use super::environment::{Environment, Realm};
use super::request::call::Call;
use super::wire::Envelope;
use super::wire::envelope::BODY_MAX;
use super::wire::oauth::Approval;
use crate::broker::net::backoff::Jitter;
use crate::broker::net::http::NetError;
use crate::broker::net::lanes::{Lane, LaneError};
use crate::broker::net::tls::TlsTrust;
use crate::broker::net::token::{AccessToken, FileTokenStore, TokenError, TokenKeeper, TokenRules, TokenSlot};
use crate::broker::net::{WallClock, json};
use crate::market::UtcTime;
use crate::secrets::{Credential, Secret};

mod downloads;
mod fault;
mod gateway;
mod limits;
mod paging;
mod patience;
mod token;

pub use fault::Fault;
pub use limits::Limits;

/// What a [`Rest`] is made of.
pub struct RestParts {
    /// Where.
    pub environment: Environment,
    /// With which key.
    pub credential: Credential,
    /// Folder in which the token is kept between runs.
    pub tokens: PathBuf,
    /// Whom to trust.
    pub trust: TlsTrust,
    /// Whether the environment's proxy is used.
    pub system_proxy: bool,
    /// The local clock.
    pub wall_clock: WallClock,
    /// Spreads repetitions.
    pub jitter: Jitter,
    /// How fast.
    pub limits: Limits,
}

/// A good reply.
#[derive(Clone)]
pub struct Reply {
    /// What it said.
    pub body: Bytes,
    /// Header `tr_cont`.
    pub continuation: Option<String>,
    /// When it came, by the local clock.
    pub received_at: UtcTime,
}

impl Reply {
    /// Its parts. It was looked into before, so that this does not fail in practice.
    ///
    /// # Errors
    /// It is no JSON object.
    pub fn envelope(&self) -> Result<Envelope<'_>, Fault> {
        Ok(Envelope::parse("reply", &self.body)?)
    }
}

impl std::fmt::Debug for Reply {
    /// Without the body: it may hold an account, a token or a key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reply({} bytes at {})", self.body.len(), self.received_at)
    }
}

/// One environment of KIS, with one key.
pub struct Rest {
    realm: Realm,
    gateway: Arc<Gateway>,
    tokens: TokenKeeper,
    downloads: Downloads,
    patience: Patience,
    wall_clock: WallClock,
    jitter: Mutex<Jitter>,
}

impl Rest {
    /// Puts it together within a tokio runtime; asks nobody for anything yet.
    ///
    /// # Errors
    /// Nothing can be sent at all, as without any certificate authority, or with a key that has no secret.
    pub fn new(parts: RestParts) -> Result<Arc<Self>, NetError> {
        let environment = match parts.environment.realm {
            Realm::Live => "kis-live",
            Realm::Paper => "kis-paper",
        };
        let key = SecretString::from(parts.credential.key.expose());
        let slot = TokenSlot::new(environment, &key).map_err(|_| NetError::unbuildable("no place for a token"))?;
        let store = FileTokenStore::new(&parts.tokens, &slot);
        let RestParts { environment, credential, tokens: _, trust, system_proxy, wall_clock, mut jitter, limits } =
            parts;
        let Secret::Shared(secret) = credential.secret else {
            return Err(NetError::unbuildable("a key of KIS has a secret that the broker knows too"));
        };
        let downloads = Downloads::new(environment.masters, trust.clone(), system_proxy, wall_clock.clone())?;
        let (keys, ways) = ((credential.key, secret), (trust, system_proxy));
        let gateway = Arc::new(Gateway::new(environment.rest, keys, ways, limits, wall_clock.clone())?);
        let issuer = Issuer { gateway: Arc::clone(&gateway), jitter: Mutex::new(forked(&mut jitter)) };
        let tokens = TokenKeeper::start(issuer, store, TokenRules::default(), wall_clock.clone());
        let (realm, patience) = (environment.realm, Patience::of(environment.realm));
        Ok(Arc::new(Self { realm, gateway, tokens, downloads, patience, wall_clock, jitter: Mutex::new(jitter) }))
    }

    /// Its environment.
    #[must_use]
    pub fn realm(&self) -> Realm {
        self.realm
    }

    /// The local time now.
    #[must_use]
    pub fn now(&self) -> UtcTime {
        (self.wall_clock)()
    }

    /// The local clock.
    #[must_use]
    pub const fn wall_clock(&self) -> &WallClock {
        &self.wall_clock
    }

    /// Sends what may change something, at most once (but for a refused token, and a cancel refused as too many). `lane`
    /// is [`Lane::Order`] or [`Lane::Cancel`]. Goes back unsent when `withdrawn` while it waits for its turn.
    ///
    /// # Errors
    /// See [`Fault::of_order`] for what it means.
    pub async fn change(&self, call: &Call, lane: Lane, withdrawn: &CancellationToken) -> Result<Reply, Fault> {
        // One span for all that comes before it leaves, a new token and a second try included: an order that leaves later
        // is of another market.
        let turn = tokio::time::sleep(self.patience.turn(lane));
        tokio::pin!(turn);
        let mut renewal = Renewal::default();
        loop {
            let wait = Wait { lane, turn: turn.as_mut(), answer: ORDER_ANSWER, withdrawn };
            let fault = match self.attempt(Errand::Change(call), wait, &mut renewal).await {
                Err(fault) => fault,
                reply => return reply,
            };
            // The gateway refuses a token before it looks at anything else, so nothing happened.
            if renewal.may_try_again() {
                continue;
            }
            // What is one too many was not looked at either. A cancel is right at any time, so it waits and goes again; an
            // order goes back, for whoever gave it to think of its price again.
            let is_again = lane == Lane::Cancel && fault.meaning() == Some(Meaning::TooMany);
            if !is_again || !self.paused_before_again(&fault, turn.as_mut(), withdrawn).await {
                return Err(fault);
            }
        }
    }

    /// Waits before a refused cancel goes again; whether it still may.
    async fn paused_before_again(&self, fault: &Fault, turn: Pin<&mut Sleep>, withdrawn: &CancellationToken) -> bool {
        let Some(pause) = self.pause_after(fault, 0) else { return false };
        tokio::select! {
            biased;
            () = withdrawn.cancelled() => false,
            () = turn => false,
            () = tokio::time::sleep(pause) => true,
        }
    }

    /// Asks, and asks again after harmless faults until it has taken too long. Throttled questions wait.
    ///
    /// # Errors
    /// The last fault; see [`Fault::of_question`].
    pub async fn ask(&self, call: &Call, lane: Lane) -> Result<Reply, Fault> {
        self.ask_again_and_again(Errand::Question(call, false), lane).await
    }

    /// The same of a page, which follows another or does not.
    async fn ask_page(&self, call: &Call, lane: Lane, follows: bool) -> Result<Reply, Fault> {
        self.ask_again_and_again(Errand::Question(call, follows), lane).await
    }

    async fn ask_again_and_again(&self, errand: Errand<'_>, lane: Lane) -> Result<Reply, Fault> {
        let mut last = None;
        let withdrawn = CancellationToken::new();
        let tries = async {
            let turn = tokio::time::sleep(self.patience.question);
            tokio::pin!(turn);
            let (mut renewal, mut number) = (Renewal::default(), 0);
            loop {
                let answer = self.patience.question_answer;
                let wait = Wait { lane, turn: turn.as_mut(), answer, withdrawn: &withdrawn };
                let fault = match self.attempt(errand, wait, &mut renewal).await {
                    Err(fault) => fault,
                    reply => return reply,
                };
                if renewal.may_try_again() {
                    continue;
                }
                let Some(pause) = self.pause_after(&fault, number) else { return Err(fault) };
                last = Some(fault);
                number += 1;
                tokio::time::sleep(pause).await;
            }
        };
        match tokio::time::timeout(self.patience.question, tries).await {
            Ok(outcome) => outcome,
            Err(_) => Err(last.unwrap_or(Fault::Late)),
        }
    }

    fn pause_after(&self, fault: &Fault, number: u32) -> Option<Duration> {
        let mut jitter = self.jitter.lock().unwrap_or_else(PoisonError::into_inner);
        pause_after(fault, number, &mut jitter)
    }

    /// Sends an errand once with the token there is, or with another one after that was refused.
    async fn attempt(&self, errand: Errand<'_>, wait: Wait<'_>, renewal: &mut Renewal) -> Result<Reply, Fault> {
        if !errand.is_signed() {
            return self.gateway.send(errand, None, wait).await;
        }
        let Wait { lane, mut turn, answer, withdrawn } = wait;
        let token = tokio::select! {
            biased;
            () = withdrawn.cancelled() => return Err(Fault::Net(LaneError::Withdrawn.into())),
            () = turn.as_mut() => return Err(Fault::Net(LaneError::Deadline(lane).into())),
            token = self.token(renewal) => token?,
        };
        let outcome = self.gateway.send(errand, Some(&token), Wait { lane, turn, answer, withdrawn }).await;
        if let Err(fault) = &outcome
            && fault.meaning() == Some(Meaning::Token)
        {
            renewal.refused(token);
        }
        outcome
    }

    async fn token(&self, renewal: &mut Renewal) -> Result<AccessToken, TokenError> {
        match renewal.refused.take() {
            Some(token) => self.tokens.rejected(token).await,
            None => self.tokens.get(self.now()).await,
        }
    }

    /// A key under which streams are registered; asked for anew each time.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub async fn approval_key(&self) -> Result<SecretString, Fault> {
        let reply = self.ask_again_and_again(Errand::Approval, Lane::Query).await?;
        let approval: Approval = json::parse("approval key", &reply.body, BODY_MAX)?;
        let key = approval.approval_key.secret();
        if key.expose_secret().trim().is_empty() {
            return Err(Fault::Unbelievable("an empty approval key"));
        }
        Ok(key.clone())
    }

    /// Makes sure that there is a token, which proves the key.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn sign_in(&self) -> Result<(), Fault> {
        self.tokens.get(self.now()).await?;
        Ok(())
    }

    /// A file of the public download server below `masters`, without keys. It takes part in no limit.
    ///
    /// # Errors
    /// It did not come whole.
    pub async fn download(&self, file: &str, longest: Duration) -> Result<Bytes, Fault> {
        self.downloads.get(file, longest).await
    }
}

impl std::fmt::Debug for Rest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rest").field("realm", &self.realm).finish_non_exhaustive()
    }
}

/// Another source of chance, so that two who wait do not wait alike.
fn forked(jitter: &mut Jitter) -> Jitter {
    let seed = jitter.between(Duration::ZERO, Duration::from_secs(u64::from(u32::MAX)));
    Jitter::from_seed(u64::try_from(seed.as_nanos() & u128::from(u64::MAX)).unwrap_or_default())
}

/// A token that the broker refused, of one request: it is renewed once.
#[derive(Default)]
struct Renewal {
    refused: Option<AccessToken>,
    is_used: bool,
}

impl Renewal {
    fn refused(&mut self, token: AccessToken) {
        self.refused = Some(token);
    }

    /// Whether the request goes again with another token; asked once after each try.
    fn may_try_again(&mut self) -> bool {
        self.refused.is_some() && !std::mem::replace(&mut self.is_used, true)
    }
}
