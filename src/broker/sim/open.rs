//! From a profile of the config to an open exchange.

use std::time::Duration;

use rust_decimal::prelude::ToPrimitive;

use super::{Journal, SimBroker, SimConfig, SimSettings};
use crate::broker::api::{Broker, Capabilities};
use crate::broker::opening::{OpenError, Opening};
use crate::config::Profile;
use crate::market::UtcTime;

/// What the simulated exchange can do.
#[must_use]
pub fn capabilities(_: &Profile) -> Capabilities {
    super::adapter::capabilities()
}

/// Opens the exchange of a profile; what it remembers is beside the ledger.
///
/// # Errors
/// Its journal cannot be read or written.
pub fn open(opening: &Opening, now: UtcTime) -> Result<Box<dyn Broker>, OpenError> {
    let sim = &opening.profile.sim;
    let unusable = |error: super::JournalError| OpenError::Unusable(error.to_string());
    let journal = if sim.journal { Some(Journal::file(&opening.journal).map_err(unusable)?) } else { None };
    let seconds = Duration::from_secs;
    let settings = SimSettings {
        exchange: SimConfig {
            opening_auction: seconds(sim.opening_auction_seconds),
            continuous: seconds(sim.continuous_seconds),
            closing_auction: seconds(sim.closing_auction_seconds),
            closed: seconds(sim.closed_seconds),
            ..SimConfig::default()
        },
        seed: sim.seed,
        latency: Duration::from_millis(sim.latency_ms / 2),
        jitter: Duration::from_millis(sim.latency_ms / 2),
        speed: sim.speed.to_f64().unwrap_or(1.0),
        journal,
        ..SimSettings::default()
    };
    Ok(Box::new(SimBroker::new(settings, now).map_err(unusable)?))
}
