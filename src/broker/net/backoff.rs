//! How long to wait before trying again: longer each time, never in step with another client.

use std::time::Duration;

/// Seeded randomness for spreading clients apart (SplitMix64). Not for secrets.
#[derive(Debug, Clone)]
pub struct Jitter(u64);

impl Jitter {
    /// The same seed gives the same waits: for tests and replays.
    #[must_use]
    pub const fn from_seed(seed: u64) -> Self {
        Self(seed)
    }

    /// A seed from the operating system, so that no two programs share one.
    #[must_use]
    pub fn from_entropy() -> Self {
        use std::hash::BuildHasher;
        // The standard library's hasher keys have a fallback of their own where the system has no entropy to give.
        let fallback = || std::hash::RandomState::new().hash_one(std::process::id());
        Self(getrandom::u64().unwrap_or_else(|_| fallback()))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A wait between `low` and `high`, both included; `low` when `high` is not above it.
    pub fn between(&mut self, low: Duration, high: Duration) -> Duration {
        let span = high.saturating_sub(low).as_nanos();
        let offset = (u128::from(self.next()) * (span + 1)) >> 64;
        low + Duration::from_nanos(u64::try_from(offset).unwrap_or(u64::MAX))
    }
}

/// The shape of the waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackoffRules {
    /// The shortest first wait.
    pub floor: Duration,
    /// The longest wait of all.
    pub ceiling: Duration,
    /// A connection that held at least this long starts again from the floor; a shorter one counts as another failure,
    /// so a server that accepts and drops at once is not hammered.
    pub stable_after: Duration,
}

impl Default for BackoffRules {
    fn default() -> Self {
        Self {
            floor: Duration::from_millis(500),
            ceiling: Duration::from_secs(30),
            stable_after: Duration::from_secs(60),
        }
    }
}

/// Waits that double from the floor and are drawn at random from a wide window.
///
/// Jitter over the whole of `0..ceiling` would allow any number of attempts in an outage, so the window's lower end
/// grows too, up to 60 % of the ceiling: with the default rules ten minutes hold at most 37 attempts whatever is
/// drawn. Its upper end is four times the lower (at most the ceiling), so it never narrows below 40 % of the ceiling
/// once there, and clients that fell together come back apart.
#[derive(Debug, Clone)]
pub struct Backoff {
    rules: BackoffRules,
    jitter: Jitter,
    failures: u32,
}

impl Backoff {
    /// Waits by these rules, drawn from this source.
    #[must_use]
    pub const fn new(rules: BackoffRules, jitter: Jitter) -> Self {
        Self { rules, jitter, failures: 0 }
    }

    /// Failures since the last stable period.
    #[must_use]
    pub const fn failures(&self) -> u32 {
        self.failures
    }

    /// The wait before the next attempt; counts one failure. Never zero unless the rules' ceiling is.
    pub fn next_wait(&mut self) -> Duration {
        let lower_most = self.rules.ceiling.mul_f64(0.6);
        let doubled = self.rules.floor.saturating_mul(1_u32.checked_shl(self.failures).unwrap_or(u32::MAX));
        let low = doubled.min(lower_most);
        let high = low.saturating_mul(4).min(self.rules.ceiling);
        self.failures = self.failures.saturating_add(1).min(31);
        self.jitter.between(low, high)
    }

    /// Reports how long a connection was usable before it was lost.
    pub fn held_for(&mut self, duration: Duration) {
        if duration >= self.rules.stable_after {
            self.failures = 0;
        }
    }

    /// The source of chance, for other waits of the same client.
    pub fn jitter(&mut self) -> &mut Jitter {
        &mut self.jitter
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backoff(seed: u64) -> Backoff {
        Backoff::new(BackoffRules::default(), Jitter::from_seed(seed))
    }

    /// Times of the attempts of one client in an outage, from its beginning.
    fn attempts(seed: u64, outage: Duration) -> Vec<Duration> {
        let mut backoff = backoff(seed);
        let mut at = Duration::ZERO;
        let mut times = Vec::new();
        loop {
            at += backoff.next_wait();
            if at > outage {
                return times;
            }
            times.push(at);
        }
    }

    #[test]
    fn ten_minutes_of_outage_are_at_most_forty_attempts() {
        for seed in 0..1_000 {
            let n = attempts(seed, Duration::from_secs(600)).len();
            assert!((25..=40).contains(&n), "seed {seed}: {n} attempts");
        }
    }

    #[test]
    fn even_the_shortest_waits_possible_stay_under_forty() {
        let rules = BackoffRules::default();
        let (mut low, mut at, mut n) = (rules.floor, Duration::ZERO, 0);
        loop {
            at += low;
            if at > Duration::from_secs(600) {
                break;
            }
            n += 1;
            low = (low * 2).min(rules.ceiling.mul_f64(0.6));
        }
        assert_eq!(n, 37);
    }

    #[test]
    fn a_hundred_clients_cut_off_together_come_back_apart() {
        let clients: Vec<_> = (0..100).map(|seed| attempts(seed, Duration::from_secs(600))).collect();
        for attempt in 0..20 {
            let mut per_slot = std::collections::BTreeMap::<u128, u32>::new();
            for times in &clients {
                *per_slot.entry(times[attempt].as_millis() / 100).or_default() += 1;
            }
            let fullest = per_slot.values().max().copied().unwrap();
            let allowed = if attempt == 0 { 20 } else { 12 };
            assert!(fullest <= allowed, "attempt {attempt}: {fullest} of 100 in one 100 ms");
        }
    }

    #[test]
    fn waits_stay_wide_apart_at_the_ceiling() {
        let mut backoff = backoff(7);
        let waits: Vec<_> = (0..1_000).map(|_| backoff.next_wait()).skip(10).collect();
        let (low, high) = (waits.iter().min().copied().unwrap(), waits.iter().max().copied().unwrap());
        assert!(low >= Duration::from_secs(18) && high <= Duration::from_secs(30));
        assert!(high - low > Duration::from_secs(11), "{low:?}..{high:?}");
    }

    #[test]
    fn only_a_stable_connection_starts_again_from_the_floor() {
        let mut backoff = backoff(1);
        for _ in 0..10 {
            backoff.next_wait();
        }
        backoff.held_for(Duration::from_secs(59));
        assert!(backoff.next_wait() >= Duration::from_secs(18));
        backoff.held_for(Duration::from_secs(60));
        assert!(backoff.next_wait() <= Duration::from_secs(2));
    }

    #[test]
    fn the_same_seed_waits_the_same() {
        assert_eq!(attempts(42, Duration::from_secs(600)), attempts(42, Duration::from_secs(600)));
        assert_ne!(attempts(42, Duration::from_secs(600)), attempts(43, Duration::from_secs(600)));
    }
}
