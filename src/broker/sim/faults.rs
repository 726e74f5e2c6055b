//! What can be made to go wrong between the exchange and the desk. Off unless asked for.

use std::collections::BTreeMap;
use std::time::Duration;

use super::random::Random;
use crate::market::UtcTime;

/// A thing that goes wrong with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The request never reaches the exchange, and nobody says so.
    RequestLost,
    /// The exchange carries it out; the answer is lost.
    AnswerLost,
    /// The answer comes late.
    AnswerDelayed(Duration),
    /// The connection breaks right after the request reached the exchange: its answer and everything else is lost until
    /// the connection is back.
    Disconnect(Duration),
    /// Market data stops while the connection stays up.
    Stall(Duration),
    /// Reports and fills that follow within a second are told twice.
    Repeat,
    /// Reports and fills that follow within a second overtake each other.
    Reorder,
}

/// How often each thing goes wrong, as probabilities for one request.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct FaultRates {
    /// See [`Fault::RequestLost`].
    pub request_lost: f64,
    /// See [`Fault::AnswerLost`].
    pub answer_lost: f64,
    /// See [`Fault::AnswerDelayed`].
    pub answer_delayed: f64,
    /// See [`Fault::Disconnect`].
    pub disconnect: f64,
    /// See [`Fault::Stall`].
    pub stall: f64,
    /// See [`Fault::Repeat`].
    pub repeat: f64,
    /// See [`Fault::Reorder`].
    pub reorder: f64,
    /// Longest delay, break or stall.
    pub longest: Duration,
}

/// What goes wrong, and when: drawn from a seed, or listed by the number of the request (counted from 0).
#[derive(Debug, Clone)]
pub struct FaultPlan {
    random: Random,
    rates: FaultRates,
    script: BTreeMap<u64, Vec<Fault>>,
    requests: u64,
    repeat_until: UtcTime,
    reorder_until: UtcTime,
}

/// How long repeating and reordering last once they began.
const SPELL: Duration = Duration::from_secs(1);

impl Default for FaultPlan {
    /// Nothing goes wrong.
    fn default() -> Self {
        Self::seeded(0, FaultRates::default())
    }
}

impl FaultPlan {
    /// Faults drawn from a seed.
    #[must_use]
    pub const fn seeded(seed: u64, rates: FaultRates) -> Self {
        let never = UtcTime::from_nanos(i64::MIN);
        Self {
            random: Random::new(seed),
            rates,
            script: BTreeMap::new(),
            requests: 0,
            repeat_until: never,
            reorder_until: never,
        }
    }

    /// Faults that hit certain requests.
    #[must_use]
    pub fn scripted(script: impl IntoIterator<Item = (u64, Fault)>) -> Self {
        let mut plan = Self::default();
        for (request, fault) in script {
            plan.script.entry(request).or_default().push(fault);
        }
        plan
    }

    /// What goes wrong with the next request, made at `now`.
    pub(super) fn strike(&mut self, now: UtcTime) -> Vec<Fault> {
        let mut faults = self.script.remove(&self.requests).unwrap_or_default();
        self.requests += 1;
        let rates = self.rates;
        let table = [
            (rates.request_lost, Fault::RequestLost),
            (rates.answer_lost, Fault::AnswerLost),
            (rates.answer_delayed, Fault::AnswerDelayed(Duration::ZERO)),
            (rates.disconnect, Fault::Disconnect(Duration::ZERO)),
            (rates.stall, Fault::Stall(Duration::ZERO)),
            (rates.repeat, Fault::Repeat),
            (rates.reorder, Fault::Reorder),
        ];
        for (rate, fault) in table {
            if rate > 0.0 && self.random.chance(rate) {
                let long = rates.longest.mul_f64(self.random.unit());
                faults.push(match fault {
                    Fault::AnswerDelayed(_) => Fault::AnswerDelayed(long),
                    Fault::Disconnect(_) => Fault::Disconnect(long),
                    Fault::Stall(_) => Fault::Stall(long),
                    other => other,
                });
            }
        }
        if faults.contains(&Fault::Repeat) {
            self.repeat_until = now.plus(SPELL);
        }
        if faults.contains(&Fault::Reorder) {
            self.reorder_until = now.plus(SPELL);
        }
        faults
    }

    /// Whether a report or fill told at `now` comes twice.
    pub(super) fn repeats(&self, now: UtcTime) -> bool {
        now <= self.repeat_until
    }

    /// How late a report or fill told at `now` comes, while the order of things is upset.
    pub(super) fn lateness(&mut self, now: UtcTime) -> Duration {
        if now > self.reorder_until {
            return Duration::ZERO;
        }
        Duration::from_millis(self.random.below(80))
    }
}
