//! Coming up: the token, the listing, then the socket with its notices, and only then the word to the desk, which asks for
//! everything else itself.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::shared::Shared;
use crate::broker::api::BrokerError;
use crate::broker::net::backoff::{Backoff, BackoffRules};

/// How long the socket and the listing may take before the desk is told that orders flow all the same: they go over REST, and lists stand
/// in for notices.
const READY_WITHIN: Duration = Duration::from_secs(10);

/// Brings the connection up and keeps it up until the session ends.
pub(super) async fn keep(shared: Arc<Shared>) {
    bring_up(&shared).await;
    let live = async {
        while !shared.notices_live.load(Ordering::Relaxed) {
            shared.notices_changed.notified().await;
        }
    };
    // A listing that comes after that word lets the desk compare everything again, and orders wait for it.
    let ready = async { tokio::join!(live, shared.listing.begun()) };
    // Either way orders flow now; what the socket does not tell, lists do.
    let _ = tokio::time::timeout(READY_WITHIN, ready).await;
    loop {
        let began = shared.notices_began.load(Ordering::Relaxed);
        shared.up();
        while shared.notices_began.load(Ordering::Relaxed) == began {
            shared.notices_changed.notified().await;
        }
        // What happened while nobody listened is asked for.
    }
}

/// Lets the desk compare everything after a notice that could not be taken in, and not again too soon.
pub(super) async fn settle_doubts(shared: Arc<Shared>) {
    loop {
        shared.doubts.notified().await;
        shared.up();
        tokio::time::sleep(shared.pace.doubt_pause).await;
    }
}

async fn bring_up(shared: &Arc<Shared>) {
    let (floor, ceiling) = shared.pace.start_again;
    let rules = BackoffRules { floor, ceiling, ..BackoffRules::default() };
    let mut backoff = Backoff::new(rules, shared.fork_jitter());
    while let Err(fault) = shared.rest.sign_in().await {
        let error = fault.of_question();
        let wait = match &error {
            // A person has to do something about these first.
            BrokerError::Unauthorized(_) => ceiling,
            BrokerError::Throttled { retry_after } => (*retry_after).max(floor),
            _ => backoff.next_wait(),
        };
        shared.down(error.to_string(), Some(shared.now().plus(wait)));
        tokio::time::sleep(wait).await;
    }
}
