//! What goes on while nothing happens: the exchange's clock, warm connections, and the exchange's rules.

use std::sync::Arc;

use tokio::time::{Instant, MissedTickBehavior, interval};

use super::shared::Shared;
use crate::broker::binance::rest::both;

/// Keeps the exchange's time known: read on schedule, and at once when one of the clocks has stepped.
pub(super) async fn clock(shared: Arc<Shared>) {
    let started = Instant::now();
    let mut looks = interval(shared.pace.clock_look);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut read_at = started;
    loop {
        looks.tick().await;
        let now = Instant::now();
        let local = shared.rest.local_now();
        let stepped = shared.rest.clock().compare(local, now.duration_since(started));
        if stepped {
            tracing::warn!("a clock stepped: the exchange's time is read anew");
        }
        let known = shared.rest.clock().is_good(local);
        let due = now.duration_since(read_at) >= shared.pace.clock_every;
        // Coming up reads the time itself, in its own pace.
        let missing = !known && shared.is_up() && now.duration_since(read_at) >= shared.pace.clock_retry;
        if stepped || due || missing {
            read_at = now;
            shared.rest.resync().await;
        }
    }
}

/// Keeps two connections warm, so that an order and a cancel right after it find one each.
pub(super) async fn warmth(shared: Arc<Shared>) {
    let mut rounds = interval(shared.pace.ping_every);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let ping = both::ping(shared.market());
    loop {
        rounds.tick().await;
        if !shared.is_up() {
            rounds.reset_after(shared.pace.clock_look);
            continue;
        }
        // What matters is that bytes went both ways; a connection that failed is gone from the pool.
        let _ = tokio::join!(shared.rest.change(&ping), shared.rest.change(&ping));
    }
}
