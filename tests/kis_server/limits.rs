//! Requests of a sliding second, by the server's own count.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use hoga::broker::kis::environment::Realm;

/// The count.
#[derive(Debug)]
pub struct Limits {
    /// Requests of any second; more are refused with EGW00201.
    pub per_second: usize,
    /// What a second is.
    pub window: Duration,
    arrived: VecDeque<Instant>,
    /// The most there were in any second, those refused counted in.
    pub most: usize,
    /// How many were refused.
    pub refused: u64,
}

impl Limits {
    pub const fn of(realm: Realm) -> Self {
        let per_second = match realm {
            Realm::Live => 18,
            Realm::Paper => 1,
        };
        Self { per_second, window: Duration::from_secs(1), arrived: VecDeque::new(), most: 0, refused: 0 }
    }

    /// Counts a request; whether it is within the limit.
    pub fn count(&mut self, arrived: Instant) -> bool {
        self.arrived.retain(|earlier| arrived.saturating_duration_since(*earlier) < self.window);
        self.arrived.push_back(arrived);
        self.most = self.most.max(self.arrived.len());
        let is_within = self.arrived.len() <= self.per_second;
        self.refused += u64::from(!is_within);
        is_within
    }
}
