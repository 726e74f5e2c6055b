//! How the simulated exchange runs.

use std::time::Duration;

use super::listing::{Listing, listings};

/// The exchange's own day and what is listed.
///
/// The day of KRX-like instruments has nothing to do with the wall clock: the exchange opens in continuous trading, so
/// that whoever starts it, at any hour of any day, sees a living market.
#[derive(Debug, Clone)]
pub struct SimConfig {
    /// Length of the opening call auction.
    pub opening_auction: Duration,
    /// Length of continuous trading.
    pub continuous: Duration,
    /// Length of the closing call auction.
    pub closing_auction: Duration,
    /// Pause until the next day.
    pub closed: Duration,
    /// Length of a volatility interruption.
    pub interruption: Duration,
    /// A call auction ends at a random moment within this time after its nominal end.
    pub random_end: Duration,
    /// Least time between two books of an instrument.
    pub book_interval: Duration,
    /// What is listed.
    pub listings: Vec<Listing>,
}

impl Default for SimConfig {
    /// KRX lengths: 6 h 20 min continuous, 10 min closing call, 2 min interruptions, up to 30 s random end.
    fn default() -> Self {
        Self {
            opening_auction: Duration::from_secs(30),
            continuous: Duration::from_secs(6 * 3_600 + 20 * 60),
            closing_auction: Duration::from_secs(600),
            closed: Duration::from_secs(60),
            interruption: Duration::from_secs(120),
            random_end: Duration::from_secs(30),
            book_interval: Duration::from_millis(100),
            listings: listings(),
        }
    }
}

impl SimConfig {
    /// Only these instruments, in the order of the listing.
    #[must_use]
    pub fn only(mut self, symbols: &[&str]) -> Self {
        self.listings.retain(|listing| symbols.contains(&listing.instrument.id.symbol.as_str()));
        self
    }
}
