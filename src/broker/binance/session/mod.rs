//! One profile's life at Binance: bringing it up, carrying out what the desk asks, and what goes on beside that.
//!
//! All of it runs on one thread. Nothing waits for anything but the network: every request of the desk is a task of its
//! own, the lanes decide who goes first, and what comes back is told in the order in which it came.

mod account;
mod connection;
mod dead_man;
mod fills;
mod futures;
mod income;
mod known;
mod listing;
mod market;
mod markets;
mod orders;
mod requests;
mod shared;
mod spot;
mod stream;
mod upkeep;
mod words;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use self::shared::Shared;
use super::environment::Environment;
use super::feed::FeedRules;
use super::sign::Signer;
use crate::broker::api::{BrokerEvent, BrokerRequest, Connection};
use crate::broker::inbox::Outlet;
use crate::broker::net::WallClock;
use crate::broker::net::backoff::Jitter;
use crate::broker::net::http::NetError;
use crate::broker::net::tls::TlsTrust;
use crate::config::{BinanceMarket, BinanceSettings};

/// How often a session does what it does by itself.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// The local clock is compared with a monotonic one.
    pub clock_look: Duration,
    /// The exchange's clock is read.
    pub clock_every: Duration,
    /// The same while it is not known.
    pub clock_retry: Duration,
    /// Connections are used, so that they stay open.
    pub ping_every: Duration,
    /// The listen key is extended.
    pub extend_every: Duration,
    /// Instruments and rules are read again.
    pub listing_every: Duration,
    /// Money that moved without an order is asked for.
    pub income_every: Duration,
    /// How long after an order was taken the account's stream may say nothing.
    pub proof_within: Duration,
    /// How long the exchange's own questions may lag behind what it was asked for.
    pub lag: Duration,
    /// From giving a stream up to the next.
    pub stream_again: Duration,
    /// First and longest wait before another attempt to come up.
    pub start_again: (Duration, Duration),
}

impl Default for Pace {
    fn default() -> Self {
        let (second, minute) = (Duration::from_secs(1), Duration::from_secs(60));
        Self {
            clock_look: second,
            clock_every: 15 * minute,
            clock_retry: 5 * second,
            ping_every: 15 * second,
            extend_every: super::user_stream::EXTEND_EVERY,
            listing_every: 60 * minute,
            income_every: 3 * minute,
            proof_within: 5 * second,
            lag: 30 * second,
            stream_again: second,
            start_again: (second, minute),
        }
    }
}

/// What a session is made of.
pub struct SessionParts {
    /// Where.
    pub environment: Environment,
    /// How.
    pub settings: BinanceSettings,
    /// The key; without one only the market is looked at.
    pub signer: Option<Signer>,
    /// A file for what must outlive the session: on futures up to when income was read, on spot which symbols were traded.
    pub keeps: Option<PathBuf>,
    /// Whom to trust.
    pub trust: TlsTrust,
    /// Whether the environment's proxy is used.
    pub system_proxy: bool,
    /// The local clock.
    pub wall_clock: WallClock,
    /// Spreads attempts.
    pub jitter: Jitter,
    /// How market data is read.
    pub feed: FeedRules,
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
    let keeps = parts.keeps.clone();
    let shared = Arc::new(Shared::new(parts, outlet)?);
    let is_spot = shared.market() == BinanceMarket::Spot;
    if is_spot {
        spot::traded::load(&shared, keeps.as_deref()).await;
    }
    let mut beside = JoinSet::new();
    beside.spawn(connection::keep(Arc::clone(&shared)));
    beside.spawn(connection::settle_doubts(Arc::clone(&shared)));
    beside.spawn(upkeep::clock(Arc::clone(&shared)));
    beside.spawn(upkeep::warmth(Arc::clone(&shared)));
    beside.spawn(listing::keep(Arc::clone(&shared)));
    if shared.rest.has_key() && is_spot {
        beside.spawn(spot::traded::keep(Arc::clone(&shared), keeps));
    } else if shared.rest.has_key() {
        beside.spawn(income::keep(Arc::clone(&shared), keeps));
        if shared.settings.dead_man_seconds > 0 {
            beside.spawn(dead_man::keep(Arc::clone(&shared), shared.settings.dead_man_seconds));
        }
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
                let text = match over {
                    Ok(()) => "a part of the connection ended".to_owned(),
                    Err(error) => format!("a part of the connection failed: {error}"),
                };
                tracing::error!(text);
                shared.outlet.tell(BrokerEvent::Connection(Connection::Down { reason: text, retry_at: None }));
                break;
            }
        }
    }
    Ok(())
}
