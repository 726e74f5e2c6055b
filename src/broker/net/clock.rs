//! What time the broker thinks it is.
//!
//! Pure: samples and local times come in as arguments. Signed requests carry [`ServerClock::to_server`]; trading pauses
//! while [`ServerClock::status`] is not [`ClockStatus::Good`].

use std::collections::VecDeque;
use std::time::Duration;

use crate::market::time::UtcTime;

/// One request whose answer carried the broker's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockSample {
    /// Local wall clock when the request went out.
    pub sent_at: UtcTime,
    /// Round trip by a monotonic clock, so that a step of the wall clock in between does not pass for a fast answer.
    pub round_trip: Duration,
    /// The time in the answer.
    pub server_at: UtcTime,
}

impl ClockSample {
    /// Server time less local time in nanoseconds, assuming that both ways took equally long.
    fn offset_nanos(&self) -> i64 {
        let answered_at = self.sent_at.plus(self.round_trip / 2);
        self.server_at.nanos().saturating_sub(answered_at.nanos())
    }

    /// The offset cannot be wrong by more than this.
    fn uncertainty(&self) -> Duration {
        self.round_trip / 2
    }
}

/// When the estimate may be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockRules {
    /// Samples remembered; the one with the shortest round trip decides.
    pub samples_max: usize,
    /// Agreeing samples needed before the first estimate, and after a step, before it is trusted.
    pub samples_min: usize,
    /// A sample older than this no longer counts.
    pub age_max: Duration,
    /// A slower answer says too little to be kept.
    pub round_trip_max: Duration,
    /// A disagreement above this is a step of one of the clocks and pauses trading until it is resolved.
    pub drift_max: Duration,
}

impl Default for ClockRules {
    fn default() -> Self {
        Self {
            samples_max: 16,
            samples_min: 3,
            age_max: Duration::from_secs(60 * 60),
            round_trip_max: Duration::from_secs(2),
            drift_max: Duration::from_secs(1),
        }
    }
}

/// Whether broker time is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockStatus {
    /// Known to within `uncertainty`.
    Good {
        /// Half the round trip of the deciding sample.
        uncertainty: Duration,
    },
    /// Not enough samples yet, or all of them too old.
    Unknown,
    /// A clock stepped by about this much and too few samples since then agree.
    Drifting {
        /// Size of the step.
        by: Duration,
    },
}

/// Estimate of a broker's clock.
#[derive(Debug, Clone)]
pub struct ServerClock {
    rules: ClockRules,
    samples: VecDeque<ClockSample>,
    drift: Option<Duration>,
    /// Wall clock and monotonic clock when last compared.
    compared: Option<(UtcTime, Duration)>,
}

impl ServerClock {
    /// Knows nothing yet.
    #[must_use]
    pub const fn new(rules: ClockRules) -> Self {
        Self { rules, samples: VecDeque::new(), drift: None, compared: None }
    }

    /// Takes one answer into account. One that took too long is ignored.
    pub fn observe(&mut self, sample: ClockSample) {
        if sample.round_trip > self.rules.round_trip_max {
            return;
        }
        if let Some(best) = self.best() {
            let apart = sample.offset_nanos().abs_diff(best.offset_nanos());
            let explained = best.uncertainty() + sample.uncertainty();
            let beyond = Duration::from_nanos(apart).saturating_sub(explained);
            if beyond > self.rules.drift_max {
                self.stepped(Duration::from_nanos(apart));
            }
        }
        self.samples.push_back(sample);
        while self.samples.len() > self.rules.samples_max.max(1) {
            self.samples.pop_front();
        }
        if self.samples.len() >= self.rules.samples_min {
            self.drift = None;
        }
    }

    /// Compares the wall clock with a monotonic one (time since any fixed moment). Call it every second or so: a step
    /// of the local clock, or a machine that slept, is noticed before a signed request fails on it. True when it was.
    pub fn compare(&mut self, wall: UtcTime, monotonic: Duration) -> bool {
        let Some((wall_before, monotonic_before)) = self.compared.replace((wall, monotonic)) else { return false };
        let wall_passed = wall.nanos().saturating_sub(wall_before.nanos());
        let passed = i64::try_from(monotonic.saturating_sub(monotonic_before).as_nanos()).unwrap_or(i64::MAX);
        let apart = Duration::from_nanos(wall_passed.abs_diff(passed));
        let is_step = apart > self.rules.drift_max;
        if is_step {
            self.stepped(apart);
        }
        is_step
    }

    /// The broker refused a request for its time: nothing learnt so far counts any more.
    pub fn refused(&mut self) {
        self.stepped(self.rules.drift_max);
    }

    fn stepped(&mut self, by: Duration) {
        self.samples.clear();
        self.drift = Some(by);
    }

    /// The broker's time at this local time. Without any sample it is the local time itself.
    #[must_use]
    pub fn to_server(&self, local: UtcTime) -> UtcTime {
        let offset = self.best().map_or(0, |sample| sample.offset_nanos());
        UtcTime::from_nanos(local.nanos().saturating_add(offset))
    }

    /// The local time at this time of the broker.
    #[must_use]
    pub fn to_local(&self, server: UtcTime) -> UtcTime {
        let offset = self.best().map_or(0, |sample| sample.offset_nanos());
        UtcTime::from_nanos(server.nanos().saturating_sub(offset))
    }

    /// Broker time less local time, in whole milliseconds, for a person to read.
    #[must_use]
    pub fn offset_millis(&self) -> Option<i64> {
        self.best().map(|sample| sample.offset_nanos().div_euclid(1_000_000))
    }

    /// Whether broker time is known at this local time.
    #[must_use]
    pub fn status(&self, now: UtcTime) -> ClockStatus {
        if let Some(by) = self.drift {
            return ClockStatus::Drifting { by };
        }
        let oldest = now.minus(self.rules.age_max);
        let fresh = self.samples.iter().filter(|sample| sample.sent_at >= oldest);
        match fresh.map(ClockSample::uncertainty).min() {
            Some(uncertainty) if self.samples.len() >= self.rules.samples_min => ClockStatus::Good { uncertainty },
            _ => ClockStatus::Unknown,
        }
    }

    /// The sample with the shortest round trip among those not much older than the newest.
    fn best(&self) -> Option<&ClockSample> {
        let oldest = self.samples.back()?.sent_at.minus(self.rules.age_max);
        self.samples.iter().rev().filter(|sample| sample.sent_at >= oldest).min_by_key(|sample| sample.round_trip)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START_MS: i64 = 1_790_000_000_000;

    /// A request sent at `at_ms`, answered after `out_ms + back_ms` by a server `ahead_ms` ahead.
    fn sample(at_ms: i64, out_ms: i64, back_ms: i64, ahead_ms: i64) -> ClockSample {
        ClockSample {
            sent_at: UtcTime::from_millis(START_MS + at_ms),
            round_trip: Duration::from_millis((out_ms + back_ms) as u64),
            server_at: UtcTime::from_millis(START_MS + at_ms + out_ms + ahead_ms),
        }
    }

    fn at(ms: i64) -> UtcTime {
        UtcTime::from_millis(START_MS + ms)
    }

    fn synced(ahead_ms: i64) -> ServerClock {
        let mut clock = ServerClock::new(ClockRules::default());
        for n in 0..3 {
            clock.observe(sample(n * 1_000, 10, 10, ahead_ms));
        }
        clock
    }

    #[test]
    fn the_fastest_answer_decides() {
        let mut clock = ServerClock::new(ClockRules::default());
        clock.observe(sample(0, 400, 20, 2_000));
        clock.observe(sample(1_000, 5, 5, 2_000));
        clock.observe(sample(2_000, 20, 600, 2_000));
        assert_eq!(clock.offset_millis(), Some(2_000));
        assert_eq!(clock.to_server(at(5_000)), at(7_000));
        assert_eq!(clock.to_local(at(7_000)), at(5_000));
        assert_eq!(clock.status(at(2_000)), ClockStatus::Good { uncertainty: Duration::from_millis(5) });
    }

    #[test]
    fn an_uneven_route_stays_within_the_stated_uncertainty() {
        let mut clock = ServerClock::new(ClockRules::default());
        for n in 0..3 {
            clock.observe(sample(n * 1_000, 80, 0, -2_000));
        }
        assert_eq!(clock.offset_millis(), Some(-1_960));
        assert_eq!(clock.status(at(3_000)), ClockStatus::Good { uncertainty: Duration::from_millis(40) });
    }

    #[test]
    fn nothing_is_known_before_enough_answers_or_after_they_are_old() {
        let mut clock = ServerClock::new(ClockRules::default());
        assert_eq!(clock.status(at(0)), ClockStatus::Unknown);
        clock.observe(sample(0, 10, 10, 0));
        clock.observe(sample(1_000, 10, 10, 0));
        assert_eq!(clock.status(at(1_000)), ClockStatus::Unknown);
        clock.observe(sample(2_000, 10, 10, 0));
        assert!(matches!(clock.status(at(2_000)), ClockStatus::Good { .. }));
        assert_eq!(clock.status(at(2_000 + 61 * 60 * 1_000)), ClockStatus::Unknown);
    }

    #[test]
    fn a_step_of_the_server_pauses_until_answers_agree_again() {
        let mut clock = synced(0);
        clock.observe(sample(4_000, 10, 10, 5_000));
        assert_eq!(clock.status(at(4_000)), ClockStatus::Drifting { by: Duration::from_secs(5) });
        clock.observe(sample(5_000, 10, 10, 5_000));
        clock.observe(sample(6_000, 10, 10, 5_000));
        assert!(matches!(clock.status(at(6_000)), ClockStatus::Good { .. }));
        assert_eq!(clock.offset_millis(), Some(5_000));
    }

    #[test]
    fn a_slow_answer_is_no_step() {
        let mut clock = synced(0);
        clock.observe(sample(4_000, 1_900, 50, 0));
        assert!(matches!(clock.status(at(6_000)), ClockStatus::Good { .. }));
        clock.observe(sample(8_000, 3_000, 50, 9_000));
        assert_eq!(clock.offset_millis(), Some(0));
    }

    #[test]
    fn slow_drift_within_the_limit_is_followed() {
        let mut clock = synced(0);
        for n in 1..100 {
            clock.observe(sample(n * 600_000, 10, 10, n * 50));
            assert!(matches!(clock.status(at(n * 600_000)), ClockStatus::Good { .. }), "at {n}");
            let wrong_by = (clock.offset_millis().unwrap() - n * 50).abs();
            assert!(wrong_by <= 300, "{wrong_by} ms at {n}");
        }
    }

    #[test]
    fn a_jump_of_the_local_clock_is_noticed_without_the_server() {
        for jump_ms in [-86_400_000, -3_600_000, -1_500, 1_500, 3_600_000, 86_400_000] {
            let mut clock = synced(0);
            assert!(!clock.compare(at(3_000), Duration::from_secs(100)));
            assert!(!clock.compare(at(4_000), Duration::from_secs(101)));
            assert!(clock.compare(at(5_000 + jump_ms), Duration::from_secs(102)), "jump {jump_ms}");
            assert!(matches!(clock.status(at(5_000 + jump_ms)), ClockStatus::Drifting { .. }));
            for n in 0..3 {
                clock.observe(sample(6_000 + jump_ms + n, 10, 10, -jump_ms));
            }
            assert!(matches!(clock.status(at(6_100 + jump_ms)), ClockStatus::Good { .. }), "jump {jump_ms}");
            assert_eq!(clock.offset_millis(), Some(-jump_ms));
        }
    }

    #[test]
    fn a_refusal_for_time_asks_for_a_new_sync() {
        let mut clock = synced(0);
        clock.refused();
        assert!(matches!(clock.status(at(3_000)), ClockStatus::Drifting { .. }));
    }

    #[test]
    fn extreme_times_do_not_overflow() {
        let mut clock = ServerClock::new(ClockRules::default());
        let far = ClockSample {
            sent_at: UtcTime::from_nanos(i64::MIN),
            round_trip: Duration::from_secs(1),
            server_at: UtcTime::from_nanos(i64::MAX),
        };
        for _ in 0..3 {
            clock.observe(far);
        }
        clock.compare(UtcTime::from_nanos(i64::MIN), Duration::ZERO);
        clock.compare(UtcTime::from_nanos(i64::MAX), Duration::MAX);
        let _ = clock.to_server(UtcTime::from_nanos(i64::MAX));
        let _ = clock.status(UtcTime::from_nanos(i64::MAX));
    }
}
