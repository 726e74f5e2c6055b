//! Times as percentiles.

use std::time::Duration;

use serde_json::{Value, json};

/// Milliseconds, three decimals.
pub fn milliseconds(time: Duration) -> f64 {
    rounded(time.as_secs_f64() * 1_000.0)
}

/// Three decimals.
pub fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

/// The smallest time that this share of all does not exceed.
pub fn percentile(sorted: &[Duration], per_cent: usize) -> Duration {
    let rank = (sorted.len() * per_cent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

/// `p50`, `p90`, `p99` and `max` in milliseconds; null when nothing was measured.
pub fn percentiles(mut times: Vec<Duration>) -> Value {
    times.sort_unstable();
    let Some(max) = times.last() else { return Value::Null };
    json!({
        "p50": milliseconds(percentile(&times, 50)), "p90": milliseconds(percentile(&times, 90)),
        "p99": milliseconds(percentile(&times, 99)), "max": milliseconds(*max), "count": times.len(),
    })
}
