//! Network parts every adapter shares: one HTTP client, one supervised WebSocket, rate lanes, back-off, clock offset,
//! token keeping and the JSON parser.
//!
//! Nothing here knows a broker: no host, no path, no code of any of them. Nothing here retries an order, follows a
//! redirect or prints a header, a query string or a body.
//!
//! | module | what it promises |
//! |---|---|
//! | [`tls`] | one cryptography provider, one decision on whom to trust |
//! | [`http`] | one request, at most once, and an honest answer to "could it have happened?" |
//! | [`lanes`] | cancels before orders before queries before bulk, never above the broker's limits |
//! | [`backoff`] | waits that grow and never line up between clients |
//! | [`websocket`] | one connection kept alive by its data, re-subscribed after every loss |
//! | [`clock`] | what time the broker thinks it is, and whether we know |
//! | [`token`] | one access token, asked for by one request at a time |
//! | [`json`] | the only door to the JSON parser; its errors never carry the body |

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::market::time::UtcTime;

pub mod backoff;
pub mod clock;
pub mod http;
pub mod json;
pub mod lanes;
pub mod tls;
pub mod token;
pub mod websocket;

/// Where the network parts read the local wall clock for their stamps; tests pass one they move by hand.
pub type WallClock = Arc<dyn Fn() -> UtcTime + Send + Sync>;

/// The operating system's wall clock in UTC. It may jump; whoever needs intervals uses a monotonic clock.
#[must_use]
pub fn system_wall_clock() -> WallClock {
    Arc::new(|| {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        UtcTime::EPOCH.plus(since_epoch)
    })
}
