//! One limit a broker counts, and what of it is gone.

use std::collections::VecDeque;
use std::time::Duration;

use smallvec::SmallVec;
use tokio::time::Instant;

use super::Lane;

/// Which of the budgets given to [`super::LaneRules`], by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BudgetId(pub usize);

/// What one request takes, by budget. A budget named twice is charged twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cost(pub(super) SmallVec<[(BudgetId, u32); 4]>);

impl Cost {
    /// Costs nothing.
    #[must_use]
    pub fn free() -> Self {
        Self::default()
    }

    /// This cost and `units` more of `budget`.
    #[must_use]
    pub fn and(mut self, budget: BudgetId, units: u32) -> Self {
        match self.0.iter_mut().find(|(known, _)| *known == budget) {
            Some((_, known)) => *known = known.saturating_add(units),
            None => self.0.push((budget, units)),
        }
        self
    }
}

/// A limit of so many units in any window of this length.
///
/// The limit holds for every window, wherever the broker's begins, because a unit counts from its grant until a whole
/// window after the answer. A bucket that refills steadily would allow twice the limit around a window's edge.
#[derive(Debug, Clone)]
pub struct Budget {
    name: &'static str,
    limit: u32,
    window: Duration,
    /// Units kept back from less urgent lanes, by the least urgent lane that may use them.
    reserves: [u32; 4],
}

impl Budget {
    /// `limit` units in any `window`, shared by all lanes. Add the broker's own slack to the window, not to the limit.
    #[must_use]
    pub const fn new(name: &'static str, limit: u32, window: Duration) -> Self {
        Self { name, limit, window, reserves: [0; 4] }
    }

    /// Keeps `units` for this lane and the more urgent ones.
    #[must_use]
    pub const fn reserve(mut self, lane: Lane, units: u32) -> Self {
        self.reserves[lane.index()] = units;
        self
    }
}

/// A budget with what is gone of it.
#[derive(Debug)]
pub(super) struct BudgetState {
    rule: Budget,
    /// Units of requests on the wire.
    open: u32,
    /// Units answered, and when each stops counting; in that order.
    spent: VecDeque<(Instant, u32)>,
    spent_sum: u32,
    halved_until: Option<Instant>,
    held_until: Option<Instant>,
}

impl BudgetState {
    pub(super) fn new(rule: Budget) -> Self {
        Self { rule, open: 0, spent: VecDeque::new(), spent_sum: 0, halved_until: None, held_until: None }
    }

    /// Forgets what no longer counts.
    pub(super) fn advance(&mut self, now: Instant) {
        while let Some((until, units)) = self.spent.front().copied()
            && until <= now
        {
            self.spent.pop_front();
            self.spent_sum = self.spent_sum.saturating_sub(units);
        }
        self.halved_until = self.halved_until.filter(|until| *until > now);
        self.held_until = self.held_until.filter(|until| *until > now);
    }

    /// The most this lane may see used, its own request included.
    fn ceiling(&self, lane: Lane, limit: u32) -> u32 {
        let kept: u32 = self.rule.reserves[..lane.index()].iter().fold(0, |sum, units| sum.saturating_add(*units));
        limit.saturating_sub(kept)
    }

    pub(super) fn ever_fits(&self, lane: Lane, units: u32) -> bool {
        units <= self.ceiling(lane, self.rule.limit)
    }

    pub(super) fn fits(&self, lane: Lane, units: u32) -> bool {
        if self.held_until.is_some() {
            return false;
        }
        // Half of one is still one: a limit of one a second must not become silence.
        let limit = if self.halved_until.is_some() { (self.rule.limit / 2).max(1) } else { self.rule.limit };
        let ceiling = self.ceiling(lane, limit);
        self.used().saturating_add(units) <= ceiling
    }

    fn used(&self) -> u32 {
        self.open.saturating_add(self.spent_sum)
    }

    pub(super) fn charge(&mut self, units: u32) {
        self.open = self.open.saturating_add(units);
    }

    /// The answer is here: from now on the units stop counting after one window.
    pub(super) fn settle(&mut self, units: u32, now: Instant) {
        self.open = self.open.saturating_sub(units);
        self.book(units, now);
    }

    pub(super) fn refund(&mut self, units: u32) {
        self.open = self.open.saturating_sub(units);
    }

    fn book(&mut self, units: u32, now: Instant) {
        if units == 0 {
            return;
        }
        self.spent.push_back((now + self.rule.window, units));
        self.spent_sum = self.spent_sum.saturating_add(units);
    }

    pub(super) fn observe(&mut self, used: u32, now: Instant) {
        self.advance(now);
        let unknown = used.saturating_sub(self.used());
        self.book(unknown, now);
    }

    pub(super) fn set_limit(&mut self, limit: u32) {
        self.rule.limit = limit;
    }

    pub(super) fn halve(&mut self, until: Instant) {
        self.halved_until = self.halved_until.max(Some(until));
    }

    pub(super) fn hold(&mut self, until: Instant) {
        self.held_until = self.held_until.max(Some(until));
    }

    /// When this budget may next allow more than it does now.
    pub(super) fn next_change(&self) -> Option<Instant> {
        let front = self.spent.front().map(|(until, _)| *until);
        [front, self.halved_until, self.held_until].into_iter().flatten().min()
    }

    pub(super) const fn name(&self) -> &'static str {
        self.rule.name
    }
}
