//! The screen's clock: asked once for each turn of the loop, and handed on.

use std::time::{Duration, Instant};

use crate::market::UtcTime;

/// A moment, on the wall and on a clock that never jumps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// On the wall.
    pub utc: UtcTime,
    /// Since the screen opened.
    pub since_start: Duration,
}

impl Now {
    /// How long ago a moment of [`Self::since_start`] is.
    #[must_use]
    pub const fn after(&self, earlier: Duration) -> Duration {
        self.since_start.saturating_sub(earlier)
    }
}

/// The clock.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Instant,
}

impl Clock {
    /// A clock that starts now.
    #[must_use]
    pub fn start() -> Self {
        Self { start: Instant::now() }
    }

    /// What it shows.
    #[must_use]
    pub fn now(&self) -> Now {
        Now { utc: UtcTime::from_jiff(jiff::Timestamp::now()), since_start: self.start.elapsed() }
    }

    /// A moment of this clock for something that happened at an instant.
    #[must_use]
    pub fn since_start(&self, at: Instant) -> Duration {
        at.saturating_duration_since(self.start)
    }

    /// The instant of a moment of this clock.
    #[must_use]
    pub fn instant(&self, since_start: Duration) -> Instant {
        self.start + since_start
    }
}
