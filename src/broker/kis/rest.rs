//! Requests to KIS: signed in, within the limits, and sent at most once unless they only ask.
//!
//! An order is sent a second time in one case only: after a refusal of the token, which stands before everything else.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::environment::{Environment, Realm};
use super::request::call::Call;
use super::wire::{Envelope, page::PageKeys};
use crate::broker::api::BrokerError;
use crate::broker::net::WallClock;
use crate::broker::net::backoff::Jitter;
use crate::broker::net::http::NetError;
use crate::broker::net::lanes::Lane;
use crate::broker::net::tls::TlsTrust;
use crate::market::UtcTime;
use crate::secrets::Credential;

mod fault;

pub use fault::Fault;

/// How fast an environment may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests in any second.
    pub per_second: u32,
    /// Requests under way at once.
    pub in_flight: usize,
}

impl Limits {
    /// What an environment allows, with something left for the other end's way of counting seconds.
    #[must_use]
    pub const fn of(realm: Realm) -> Self {
        match realm {
            Realm::Live => Self { per_second: 15, in_flight: 6 },
            Realm::Paper => Self { per_second: 1, in_flight: 1 },
        }
    }
}

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
#[derive(Debug, Clone)]
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
        let _ = &self.body;
        unimplemented!()
    }
}

/// One environment of KIS, with one key.
pub struct Rest {
    _parts: RestParts,
}

impl Rest {
    /// Puts it together within a tokio runtime; asks nobody for anything yet.
    ///
    /// # Errors
    /// Nothing can be sent at all, as without any certificate authority.
    pub fn new(parts: RestParts) -> Result<Arc<Self>, NetError> {
        Ok(Arc::new(Self { _parts: parts }))
    }

    /// Its environment.
    #[must_use]
    pub fn realm(&self) -> Realm {
        unimplemented!()
    }

    /// The local time now.
    #[must_use]
    pub fn now(&self) -> UtcTime {
        unimplemented!()
    }

    /// Sends what may change something, at most once (but for a refused token). `lane` is [`Lane::Order`] or
    /// [`Lane::Cancel`]. Goes back unsent when `withdrawn` while it waits for its turn.
    ///
    /// # Errors
    /// See [`Fault::of_order`] for what it means.
    pub async fn change(&self, _call: &Call, _lane: Lane, _withdrawn: &CancellationToken) -> Result<Reply, Fault> {
        unimplemented!()
    }

    /// Asks, and asks again after harmless faults until it has taken too long. Throttled questions wait.
    ///
    /// # Errors
    /// The last fault; see [`Fault::of_question`].
    pub async fn ask(&self, _call: &Call, _lane: Lane) -> Result<Reply, Fault> {
        unimplemented!()
    }

    /// Asks page after page. `call` makes the question for a page, `take` reads a reply. Whether every page came.
    ///
    /// # Errors
    /// The fault of the first page; a later page that fails makes the answer incomplete instead.
    pub async fn pages(
        &self,
        _lane: Lane,
        _call: impl Fn(&PageKeys) -> Result<Call, BrokerError> + Send,
        _take: impl FnMut(&Reply) -> Result<(), Fault> + Send,
    ) -> Result<bool, Fault> {
        unimplemented!()
    }

    /// A key under which streams are registered; asked for anew each time.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub async fn approval_key(&self) -> Result<SecretString, Fault> {
        unimplemented!()
    }

    /// Makes sure that there is a token, which proves the key.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn sign_in(&self) -> Result<(), Fault> {
        unimplemented!()
    }

    /// A file of the public download server below `masters`, without keys. It takes part in no limit.
    ///
    /// # Errors
    /// It did not come whole.
    pub async fn download(&self, _file: &str, _longest: Duration) -> Result<Bytes, Fault> {
        unimplemented!()
    }
}
