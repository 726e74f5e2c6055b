//! Indicators against three references: TA-Lib's numbers, a published sample, and the textbook formula over whole series.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "indicators/edges.rs"]
mod edges;
#[path = "indicators/golden.rs"]
mod golden;
#[path = "indicators/names.rs"]
mod names;
#[path = "indicators/properties.rs"]
mod properties;
#[path = "indicators/textbook.rs"]
mod textbook;

use hoga::market::UtcTime;
use hoga::market::indicator::{self, Bar};

/// Agreement asked for: relative, absolute below 1.
const TOLERANCE: f64 = 1e-9;

fn bar(minute: i64, [open, high, low, close, volume]: [f64; 5]) -> Bar {
    Bar { time: UtcTime::from_millis(minute * 60_000), open, high, low, close, volume }
}

fn values(text: &str, bars: &[Bar]) -> Vec<Vec<f64>> {
    indicator::batch(indicator::parse(text).unwrap().as_mut(), bars)
}

/// How far two values are apart; no distance between two that are missing, and any to one that is.
fn distance(ours: f64, theirs: f64) -> f64 {
    match (ours.is_nan(), theirs.is_nan()) {
        (true, true) => 0.0,
        (false, false) => (ours - theirs).abs() / ours.abs().max(theirs.abs()).max(1.0),
        _ => f64::INFINITY,
    }
}
