//! The one place that asks what time it is.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::market::UtcTime;

/// A wall clock that never runs backwards while the process lives.
///
/// It advances with the monotonic clock. When the system's clock is set forward by more than half a second it follows;
/// when that is set back it does not: ages, deadlines and bars would repeat. What the system's clock says is adopted at
/// the next start.
#[derive(Debug)]
pub struct Clock {
    wall: UtcTime,
    at: Instant,
    last: UtcTime,
}

/// How far the system's clock may run ahead before it is followed.
const FOLLOW_AFTER: Duration = Duration::from_millis(500);

impl Clock {
    /// Starts at the system's time.
    #[must_use]
    pub fn start() -> Self {
        let wall = system_time();
        Self { wall, at: Instant::now(), last: wall }
    }

    /// The time now; never before what it said last.
    pub fn now(&mut self) -> UtcTime {
        let steady = self.wall.plus(self.at.elapsed());
        let system = system_time();
        if system.since(steady) > FOLLOW_AFTER {
            self.wall = system;
            self.at = Instant::now();
        }
        self.last = self.wall.plus(self.at.elapsed()).max(self.last);
        self.last
    }

    /// How far the system's clock is behind this one, when it was set back.
    #[must_use]
    pub fn set_back_by(&self) -> Duration {
        self.wall.plus(self.at.elapsed()).since(system_time())
    }
}

/// The system's time.
#[must_use]
pub fn system_time() -> UtcTime {
    UtcTime::from_jiff(Timestamp::now())
}
