//! Records of how well the desk itself does: feeds, the order path, request budgets, memory.

use serde::{Deserialize, Serialize};

use crate::market::UtcTime;

/// A feed of a profile. Counts are since the desk's start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedRecord {
    /// Profile.
    pub profile: String,
    /// Which of its connections: `market`, `user`, `rest`.
    pub name: String,
    /// `up`, `down`, `silent`, `connecting`.
    pub state: String,
    /// In that state since.
    pub since: UtcTime,
    /// Age of the newest message, in milliseconds.
    pub age_ms: Option<u64>,
    /// Messages received.
    pub messages: u64,
    /// Messages that were left out because something behind was too slow.
    pub dropped: u64,
    /// Gaps in sequences.
    pub gaps: u64,
    /// Books rebuilt after a gap or a reconnect.
    pub resyncs: u64,
    /// Bytes received, where they come over a wire.
    pub bytes: u64,
    /// Times the connection was lost.
    pub reconnects: u64,
    /// When the next attempt is made, while it is down.
    pub retry_at: Option<UtcTime>,
    /// What went wrong last.
    pub last_error: Option<String>,
}

/// How long a part of the order path takes, in microseconds. A percentile is at most a sixteenth too high.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatencyRecord {
    /// `gate` (command to risk answer), `ledger` (from there to durable), `sent` (from there to the broker's hands),
    /// `acknowledged` and `filled` (both from there to the answer and to the first fill).
    pub stage: String,
    /// Orders measured.
    pub count: u64,
    /// Half are faster.
    pub p50_us: u64,
    /// 99 of 100 are faster.
    pub p99_us: u64,
    /// The slowest.
    pub max_us: u64,
}

/// A request budget of a broker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetRecord {
    /// Profile.
    pub profile: String,
    /// Which lane: `cancel`, `order`, `query`, `registrations`.
    pub lane: String,
    /// Used of it now.
    pub used: u32,
    /// All of it; `None` where the broker sets none.
    pub limit: Option<u32>,
    /// Over what time, in milliseconds; 0 for a standing limit.
    pub window_ms: u64,
}

/// State of the process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthRecord {
    /// Feeds.
    pub feeds: Vec<FeedRecord>,
    /// The order path.
    pub order_path: Vec<LatencyRecord>,
    /// Budgets.
    pub budgets: Vec<BudgetRecord>,
    /// Resident memory in bytes; `None` where the system does not say.
    pub resident_bytes: Option<u64>,
    /// Market events taken by the core.
    pub market_events: u64,
    /// Bytes of the ledger's files.
    pub ledger_bytes: u64,
    /// Difference between the machine's clock and the venue's, in milliseconds, where it is known.
    pub clock_offset_ms: Option<i64>,
}
