//! Whether a socket lives although it is quiet. A share that nobody trades has nothing to say for minutes, and what it said
//! last still stands as long as its connection lives: the server pings, and other shares trade.
//!
//! How long a silence is harmless the socket says itself. On one over which a busy share comes, three seconds are much; on
//! one with quiet shares alone there are only the server's pings.

use std::time::Duration;

use crate::market::UtcTime;

/// How long a silence is remembered at least.
const REMEMBERED: Duration = Duration::from_secs(60);
/// A silence that always is harmless.
const SHORTEST: Duration = Duration::from_secs(3);
/// Before a connection has shown how often the server pings: about every ten seconds.
const AT_FIRST: Duration = Duration::from_secs(15);
/// A silence that never is.
const LONGEST: Duration = Duration::from_secs(45);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    /// Begin of what is remembered now, and the last frame.
    times: Option<(UtcTime, UtcTime)>,
    /// Longest silence since then, and in the time before, where there was one.
    longest: Duration,
    before: Option<Duration>,
}

impl Pulse {
    /// A new connection.
    pub(super) fn begin(&mut self, now: UtcTime) {
        *self = Self { times: Some((now, now)), ..Self::default() };
    }

    /// A frame came, whatever it was.
    pub(super) fn beat(&mut self, now: UtcTime) {
        let Some((begun, last)) = self.times else { return self.begin(now) };
        self.longest = self.longest.max(now.since(last));
        let is_over = now.since(begun) >= REMEMBERED;
        if is_over {
            self.before = Some(std::mem::take(&mut self.longest));
        }
        self.times = Some((if is_over { now } else { begun }, now));
    }

    /// Whether it is no more silent than it has been.
    pub(super) fn lives(&self, now: UtcTime) -> bool {
        let Some((_, last)) = self.times else { return false };
        let usual = self.before.map_or(AT_FIRST, |before| before.max(self.longest) * 3 / 2);
        now.since(last) <= usual.clamp(SHORTEST, LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: f64) -> UtcTime {
        UtcTime::from_millis(1_790_000_000_000 + (seconds * 1_000.0) as i64)
    }

    /// A socket that brings a frame every so many seconds for two minutes; how long after the last it still lives.
    fn lives_for(every: f64) -> f64 {
        let mut pulse = Pulse::default();
        assert!(!pulse.lives(at(0.0)), "there is none yet");
        pulse.begin(at(0.0));
        let frames = (130.0 / every) as u32;
        for frame in 1..=frames {
            pulse.beat(at(f64::from(frame) * every));
        }
        let last = f64::from(frames) * every;
        (0..600).map(|tenth| f64::from(tenth) / 10.0).take_while(|later| pulse.lives(at(last + later))).last().unwrap()
    }

    #[test]
    fn a_busy_socket_is_missed_soon_and_one_with_pings_alone_later() {
        assert!((2.9..=3.1).contains(&lives_for(0.05)));
        assert!((14.9..=15.1).contains(&lives_for(10.0)));
        assert!((29.9..=30.1).contains(&lives_for(20.0)));
        assert!((44.9..=45.1).contains(&lives_for(60.0)));
    }

    #[test]
    fn a_new_connection_has_the_time_of_a_ping() {
        let mut pulse = Pulse::default();
        for frame in 0..2_400 {
            pulse.beat(at(f64::from(frame) * 0.05));
        }
        assert!(!pulse.lives(at(125.0)));
        pulse.begin(at(125.0));
        assert!(pulse.lives(at(139.0)) && !pulse.lives(at(141.0)));
        pulse.beat(at(141.0));
        assert!(pulse.lives(at(155.0)));
    }

    #[test]
    fn a_clock_that_went_back_is_no_silence() {
        let mut pulse = Pulse::default();
        pulse.begin(at(100.0));
        pulse.beat(at(50.0));
        assert!(pulse.lives(at(50.0)));
    }
}
