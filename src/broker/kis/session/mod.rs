//! One profile's life at KIS: bringing it up, carrying out what the desk asks, and what goes on beside that.
//!
//! All of it runs on one thread. Nothing waits for anything but the network: every request of the desk is a task of its
//! own, the lanes decide who goes first, and what comes back is told in the order in which it came.

mod abroad;
mod account;
mod bonds;
mod connection;
mod facts;
mod futures;
mod listing;
mod lists;
mod look;
mod market;
mod needs;
mod notices;
mod once;
mod open_days;
mod opening;
mod orders;
mod phases;
mod ranking;
mod realised;
mod recovered;
mod requests;
#[cfg(test)]
mod samples;
mod shared;
mod unanswered;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use self::shared::Shared;
use super::environment::Environment;
use super::feed::FeedRules;
use super::request::call::Account;
use super::rest::Limits;
use crate::broker::api::{BrokerEvent, BrokerRequest, Connection};
use crate::broker::inbox::Outlet;
use crate::broker::net::WallClock;
use crate::broker::net::backoff::Jitter;
use crate::broker::net::http::NetError;
use crate::broker::net::tls::TlsTrust;
use crate::config::Masked;
use crate::secrets::Credential;

/// How often a session does what it does by itself.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// First and longest wait before another attempt to come up.
    pub start_again: (Duration, Duration),
    /// The symbol master files are read again.
    pub masters_every: Duration,
    /// The phases of the venues are looked at.
    pub phases_every: Duration,
    /// After a notice that could not be read, the shortest time between two comparisons.
    pub doubt_pause: Duration,
    /// While orders are open: how often lists of orders are read although notices come.
    pub lists_every: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            start_again: (Duration::from_secs(5), Duration::from_secs(60)),
            masters_every: Duration::from_secs(6 * 60 * 60),
            phases_every: Duration::from_secs(1),
            doubt_pause: Duration::from_secs(30),
            lists_every: Duration::from_secs(30),
        }
    }
}

/// Another environment that market data is asked for in. The paper one has less of it than the live one.
pub struct QuotesParts {
    /// Where.
    pub environment: Environment,
    /// Its key. No order and no question about an account is sent with it.
    pub credential: Credential,
    /// How fast the broker may be asked there.
    pub limits: Limits,
    /// How market data is read there.
    pub feed: FeedRules,
}

/// What a session is made of.
pub struct SessionParts {
    /// Where.
    pub environment: Environment,
    /// The key of the account.
    pub credential: Credential,
    /// The account.
    pub account: Account,
    /// The customer's login name, under which execution notices are registered.
    pub hts_id: Option<Masked>,
    /// Folder for tokens and master files of all profiles.
    pub folder: PathBuf,
    /// Whom to trust.
    pub trust: TlsTrust,
    /// Whether the environment's proxy is used.
    pub system_proxy: bool,
    /// The local clock.
    pub wall_clock: WallClock,
    /// Spreads attempts.
    pub jitter: Jitter,
    /// How fast the broker may be asked.
    pub limits: Limits,
    /// How market data is read.
    pub feed: FeedRules,
    /// Where market data comes from, when that is another environment than the account's.
    pub quotes: Option<QuotesParts>,
    /// How often what is done.
    pub pace: Pace,
}

/// Runs a session until `ended` or until nobody can ask it any more; must be called within a tokio runtime.
///
/// # Errors
/// Nothing can be sent at all, as without any certificate authority.
pub async fn run(
    parts: SessionParts,
    outlet: Outlet,
    mut requests: UnboundedReceiver<BrokerRequest>,
    ended: CancellationToken,
) -> Result<(), NetError> {
    let shared = Shared::start(parts, outlet)?;
    let mut beside = JoinSet::new();
    beside.spawn(connection::keep(Arc::clone(&shared)));
    beside.spawn(connection::settle_doubts(Arc::clone(&shared)));
    beside.spawn(listing::keep(Arc::clone(&shared)));
    beside.spawn(phases::keep(Arc::clone(&shared)));
    beside.spawn(lists::keep(Arc::clone(&shared)));
    beside.spawn(needs::keep(Arc::clone(&shared)));
    beside.spawn(open_days::keep(Arc::clone(&shared)));
    if shared.account.is_derivatives() {
        beside.spawn(futures::keep_margins(Arc::clone(&shared)));
    }
    let mut work = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = ended.cancelled() => break,
            request = requests.recv() => match request {
                Some(request) => requests::carry_out(&shared, request, &mut work),
                None => break,
            },
            Some(done) = work.join_next(), if !work.is_empty() => {
                if let Err(error) = done {
                    // Its answer never comes, which the desk notices by itself.
                    tracing::error!(%error, "a request's task failed");
                }
            }
            Some(over) = beside.join_next() => {
                if let Err(error) = over {
                    let reason = format!("a part of the session failed: {error}; start the desk anew");
                    shared.outlet.tell(BrokerEvent::Connection(Connection::Down { reason, retry_at: None }));
                }
            }
        }
    }
    Ok(())
}
