//! Coming up: the clock, the market's rules, the account's settings, then the account's stream, and only then the word to
//! the desk, which asks for everything else itself.

use std::sync::Arc;
use std::time::Duration;

use super::shared::Shared;
use super::{markets, stream};
use crate::broker::api::BrokerError;
use crate::broker::binance::rest::Fault;
use crate::broker::net::backoff::{Backoff, BackoffRules};

/// Shortest time between two comparisons for events that could not be taken in.
const DOUBT_PAUSE: Duration = Duration::from_secs(30);

/// Brings the connection up and keeps it up until the session ends.
pub(super) async fn keep(shared: Arc<Shared>) {
    bring_up(&shared).await;
    if shared.rest.has_key() {
        stream::keep(&shared).await;
    } else {
        shared.up();
        std::future::pending::<()>().await;
    }
}

/// Lets the desk compare everything after an event that could not be taken in, and not again too soon.
pub(super) async fn settle_doubts(shared: Arc<Shared>) {
    loop {
        shared.doubts.notified().await;
        shared.up();
        tokio::time::sleep(DOUBT_PAUSE).await;
    }
}

async fn bring_up(shared: &Arc<Shared>) {
    let (floor, ceiling) = shared.pace.start_again;
    let rules = BackoffRules { floor, ceiling, ..BackoffRules::default() };
    let mut backoff = Backoff::new(rules, shared.fork_jitter());
    while let Err(fault) = attempt(shared).await {
        let error = fault.of_question();
        let wait = match &error {
            // A person has to do something about these first.
            BrokerError::Unauthorized(_) => ceiling,
            BrokerError::Throttled { retry_after } => (*retry_after).max(floor),
            _ => backoff.next_wait(),
        };
        shared.down(error.to_string(), Some(shared.rest.local_now().plus(wait)));
        tokio::time::sleep(wait).await;
    }
}

async fn attempt(shared: &Arc<Shared>) -> Result<(), Fault> {
    shared.rest.resync().await;
    markets::read_listing(shared).await?;
    if shared.rest.has_key() {
        markets::read_settings(shared).await?;
    }
    Ok(())
}
