//! The decision itself: who waits, who goes, and when to look again. Time comes in; nothing here waits.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::budget::{BudgetId, BudgetState, Cost};
use super::{Lane, LaneError, LaneRules};

/// A request's number in the queue; in order of arrival.
pub(super) type Waiting = u64;

struct Waiter {
    id: Waiting,
    cost: Cost,
    deadline: Instant,
    granted: oneshot::Sender<Result<(), LaneError>>,
}

pub(super) struct LaneQueue {
    budgets: Vec<BudgetState>,
    lanes: [VecDeque<Waiter>; 4],
    /// Requests granted and not yet answered.
    in_flight: BTreeMap<Waiting, Cost>,
    in_flight_max: usize,
    in_flight_for_cancels: usize,
    waiting_max: usize,
    paused_until: Option<Instant>,
    next_id: Waiting,
    closed: bool,
}

impl LaneQueue {
    pub(super) fn new(rules: LaneRules) -> Self {
        Self {
            budgets: rules.budgets.into_iter().map(BudgetState::new).collect(),
            lanes: Default::default(),
            in_flight: BTreeMap::new(),
            in_flight_max: rules.in_flight_max.max(1),
            in_flight_for_cancels: rules.in_flight_for_cancels,
            waiting_max: rules.waiting_max.max(1),
            paused_until: None,
            next_id: 0,
            closed: false,
        }
    }

    /// Takes a place at the end of a lane.
    pub(super) fn join(
        &mut self,
        lane: Lane,
        cost: Cost,
        deadline: Instant,
        granted: oneshot::Sender<Result<(), LaneError>>,
        now: Instant,
    ) -> Result<Waiting, LaneError> {
        if self.closed {
            return Err(LaneError::Closed);
        }
        if deadline <= now {
            return Err(LaneError::Deadline(lane));
        }
        if let Some(remaining) = self.paused_for(now)
            && now + remaining >= deadline
        {
            return Err(LaneError::Paused { remaining });
        }
        let is_possible =
            cost.0.iter().all(|(id, units)| self.budgets.get(id.0).is_some_and(|b| b.ever_fits(lane, *units)));
        if !is_possible {
            return Err(LaneError::TooDear(lane));
        }
        let waiters = &mut self.lanes[lane.index()];
        if waiters.len() >= self.waiting_max {
            return Err(LaneError::Full(lane));
        }
        let id = self.next_id;
        self.next_id += 1;
        waiters.push_back(Waiter { id, cost, deadline, granted });
        Ok(id)
    }

    /// Gives up a place, or a grant that was never used.
    pub(super) fn leave(&mut self, id: Waiting) {
        for waiters in &mut self.lanes {
            if let Ok(position) = waiters.binary_search_by_key(&id, |waiter| waiter.id) {
                waiters.remove(position);
                return;
            }
        }
        if let Some(cost) = self.in_flight.remove(&id) {
            self.each_budget(&cost, |budget, units| budget.refund(units));
        }
    }

    /// The answer to a granted request is here, or will never come.
    pub(super) fn answered(&mut self, id: Waiting, now: Instant) {
        if let Some(cost) = self.in_flight.remove(&id) {
            self.each_budget(&cost, |budget, units| budget.settle(units, now));
        }
    }

    fn each_budget(&mut self, cost: &Cost, mut act: impl FnMut(&mut BudgetState, u32)) {
        for (id, units) in &cost.0 {
            if let Some(budget) = self.budgets.get_mut(id.0) {
                act(budget, *units);
            }
        }
    }

    /// Lets go all that may, most urgent first; returns when to look again.
    ///
    /// A request may pass an earlier one only if it touches no budget the earlier one waits for.
    pub(super) fn grant(&mut self, now: Instant) -> Option<Instant> {
        for budget in &mut self.budgets {
            budget.advance(now);
        }
        self.paused_until = self.paused_until.filter(|until| *until > now);
        if self.closed || self.lanes.iter().all(VecDeque::is_empty) {
            return None;
        }
        if let Some(until) = self.paused_until {
            self.refuse_beyond(until, now);
            return Some(until);
        }
        let mut awaited = vec![false; self.budgets.len()];
        for lane in Lane::ALL {
            self.grant_in(lane, now, &mut awaited);
        }
        self.budgets
            .iter()
            .zip(awaited)
            .filter(|(_, is_awaited)| *is_awaited)
            .filter_map(|(b, _)| b.next_change())
            .min()
    }

    fn grant_in(&mut self, lane: Lane, now: Instant, awaited: &mut [bool]) {
        let mut position = 0;
        while self.has_free_slot(lane) {
            let Some(waiter) = self.lanes[lane.index()].get(position) else { return };
            if waiter.cost.0.iter().any(|(id, _)| awaited.get(id.0).copied().unwrap_or(true)) {
                position += 1;
                continue;
            }
            let mut fits = true;
            for (id, units) in &waiter.cost.0 {
                let is_short = !self.budgets.get(id.0).is_some_and(|budget| budget.fits(lane, *units));
                if let Some(is_awaited) = awaited.get_mut(id.0)
                    && is_short
                {
                    *is_awaited = true;
                    fits = false;
                }
            }
            if fits {
                self.let_go(lane, position, now);
            } else {
                position += 1;
            }
        }
    }

    fn has_free_slot(&self, lane: Lane) -> bool {
        let kept = if lane == Lane::Cancel { 0 } else { self.in_flight_for_cancels.min(self.in_flight_max - 1) };
        self.in_flight.len() < self.in_flight_max - kept
    }

    fn let_go(&mut self, lane: Lane, position: usize, now: Instant) {
        let Some(waiter) = self.lanes[lane.index()].remove(position) else { return };
        if waiter.deadline <= now {
            let _ = waiter.granted.send(Err(LaneError::Deadline(lane)));
            return;
        }
        self.each_budget(&waiter.cost, |budget, units| budget.charge(units));
        self.in_flight.insert(waiter.id, waiter.cost);
        if waiter.granted.send(Ok(())).is_err() {
            // Its owner went away; its place's end gives the charge back.
            self.leave(waiter.id);
        }
    }

    /// While the broker asks for silence, whoever cannot wait so long is told at once.
    fn refuse_beyond(&mut self, until: Instant, now: Instant) {
        let remaining = until.saturating_duration_since(now);
        for waiters in &mut self.lanes {
            let mut kept = VecDeque::with_capacity(waiters.len());
            for waiter in waiters.drain(..) {
                if waiter.deadline > until {
                    kept.push_back(waiter);
                } else {
                    let _ = waiter.granted.send(Err(LaneError::Paused { remaining }));
                }
            }
            *waiters = kept;
        }
    }

    pub(super) fn observe(&mut self, id: BudgetId, used: u32, now: Instant) {
        if let Some(budget) = self.budgets.get_mut(id.0) {
            budget.observe(used, now);
        }
    }

    pub(super) fn set_limit(&mut self, id: BudgetId, limit: u32) {
        if let Some(budget) = self.budgets.get_mut(id.0) {
            tracing::info!(budget = budget.name(), limit, "limit changed");
            budget.set_limit(limit);
        }
    }

    pub(super) fn halve(&mut self, id: BudgetId, until: Instant) {
        if let Some(budget) = self.budgets.get_mut(id.0) {
            tracing::warn!(budget = budget.name(), "refused for its rate, halved");
            budget.halve(until);
        }
    }

    pub(super) fn hold(&mut self, id: BudgetId, until: Instant) {
        if let Some(budget) = self.budgets.get_mut(id.0) {
            tracing::warn!(budget = budget.name(), "used up by the broker's count, held");
            budget.hold(until);
        }
    }

    pub(super) fn pause(&mut self, until: Instant) {
        self.paused_until = self.paused_until.max(Some(until));
    }

    pub(super) fn paused_for(&self, now: Instant) -> Option<Duration> {
        self.paused_until.map(|until| until.saturating_duration_since(now)).filter(|left| !left.is_zero())
    }

    pub(super) fn withdraw(&mut self, lane: Lane) -> usize {
        let waiters = std::mem::take(&mut self.lanes[lane.index()]);
        let n = waiters.len();
        for waiter in waiters {
            let _ = waiter.granted.send(Err(LaneError::Withdrawn));
        }
        n
    }

    pub(super) fn waiting(&self) -> [usize; 4] {
        [0, 1, 2, 3].map(|lane: usize| self.lanes[lane].len())
    }

    pub(super) fn close(&mut self) {
        self.closed = true;
        for waiters in &mut self.lanes {
            for waiter in waiters.drain(..) {
                let _ = waiter.granted.send(Err(LaneError::Closed));
            }
        }
    }
}
