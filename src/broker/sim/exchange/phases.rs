//! The exchange's day: call auctions, continuous trading, interruptions, the close.

use std::time::Duration;

use super::super::agenda::Item;
use super::super::volatility;
use super::{CHECKPOINT_STEP, FACTOR_STEP, MARK_STEP, SimExchange};
use crate::market::{Phase, UtcTime};
use crate::order::{OrderState, TimeInForce};

const DAY: i64 = 86_400_000_000_000;
const FUNDING: i64 = DAY / 3;

/// The next multiple of `step` nanoseconds after an instant.
pub(super) const fn next_multiple(after: UtcTime, step: i64) -> UtcTime {
    UtcTime::from_nanos((after.nanos().div_euclid(step) + 1) * step)
}

impl SimExchange {
    /// Fills every book, holds an opening auction at once, and starts the clockwork.
    pub(super) fn open_for_the_first_time(&mut self) {
        let gap = self.factor.overnight();
        let now = self.now;
        for (number, pit) in self.pits.iter_mut().enumerate() {
            let own = 0.2 * pit.listing.habits.own_volatility / 100.0 * (2.0 * pit.random_unit() - 1.0);
            pit.fair.gap(gap * pit.listing.habits.beta + own);
            pit.hour_pace = 1.6;
            pit.book.set_collecting(true);
            for _ in 0..12 {
                for agent in 0..pit.agent_count() {
                    pit.act(now, agent, &mut self.prints);
                }
            }
            pit.uncross(now, &mut self.prints);
            pit.until = pit.limits.is_some().then_some(self.closing_at);
            for _ in 0..2 {
                for agent in 0..pit.agent_count() {
                    pit.act(now, agent, &mut self.prints);
                }
                pit.fill_up(now, &mut self.prints);
            }
            for agent in 0..pit.agent_count() {
                let first = now.plus(Duration::from_millis(5 + (pit.random_unit() * 400.0) as u64));
                self.agenda.plan(first, Item::Act { pit: number as u16, agent: agent as u16 });
            }
        }
        self.prints.clear();
        self.agenda.plan(now.plus(FACTOR_STEP), Item::Factor);
        self.agenda.plan(now.plus(MARK_STEP), Item::Mark);
        self.agenda.plan(now.plus(CHECKPOINT_STEP), Item::Checkpoint);
        self.agenda.plan(self.closing_at, Item::Closing);
        self.agenda.plan(next_multiple(now, DAY), Item::Midnight);
        self.agenda.plan(next_multiple(now, FUNDING), Item::Funding);
    }

    /// Puts a pit into a phase; a call auction ends at a random moment after its nominal end.
    pub(super) fn enter(&mut self, index: usize, phase: Phase, until: Option<UtcTime>) {
        let random_end = self.config.random_end;
        let Some(pit) = self.pits.get_mut(index) else { return };
        pit.phase = phase;
        pit.until = until;
        pit.era += 1;
        pit.extended = false;
        if phase.is_auction() {
            pit.book.set_collecting(true);
            let late = random_end.mul_f64(pit.random_unit());
            let end = until.unwrap_or(self.now).plus(late);
            let era = pit.era;
            self.agenda.plan(end, Item::PhaseEnd { pit: index as u16, era });
        }
        self.publish_phase(index);
        self.changed(index, true);
    }

    /// A trade would have moved the price too far: a call auction takes its place.
    pub(super) fn interrupt(&mut self, index: usize) {
        if self.pits.get(index).is_some_and(|pit| pit.phase == Phase::Continuous) {
            let until = self.now.plus(self.config.interruption);
            self.enter(index, Phase::Volatility, Some(until));
        }
    }

    pub(super) fn end_phase(&mut self, index: usize, era: u32) {
        let now = self.now;
        let Some(pit) = self.pits.get_mut(index).filter(|pit| pit.era == era) else { return };
        if let (Some(rates), Some(clearing), false) =
            (pit.listing.interruptions, pit.book.clearing(pit.last), pit.extended)
        {
            let rate = if pit.phase == Phase::ClosingAuction { rates.closing } else { rates.fixed };
            let reference = if pit.phase == Phase::ClosingAuction { pit.last } else { pit.single_price };
            if pit.phase != Phase::Volatility && volatility::extends(&pit.grid, rate, reference, clearing.tick) {
                pit.extended = true;
                let until = now.plus(self.config.interruption);
                let late = self.config.random_end.mul_f64(pit.random_unit());
                pit.until = Some(until);
                self.agenda.plan(until.plus(late), Item::PhaseEnd { pit: index as u16, era });
                self.publish_phase(index);
                return;
            }
        }
        pit.uncross(now, &mut self.prints);
        let closing = pit.phase == Phase::ClosingAuction;
        self.after_trading(index, false, None);
        self.expire(index, |order| order.kind == crate::order::OrderKind::Market, "call auction over");
        if closing {
            self.close(index);
        } else {
            self.enter(index, Phase::Continuous, Some(self.closing_at));
            if let Some(pit) = self.pits.get_mut(index) {
                pit.fill_up(now, &mut self.prints);
            }
            self.after_trading(index, false, None);
        }
    }

    fn close(&mut self, index: usize) {
        let gtc = TimeInForce::Gtc;
        self.expire(index, |order| order.time_in_force != gtc, "end of the day");
        if let Some(pit) = self.pits.get_mut(index) {
            pit.empty();
        }
        let nominal = self.closing_at.plus(self.config.closing_auction);
        let new_day = nominal.plus(self.config.random_end).plus(self.config.closed);
        self.enter(index, Phase::Closed, Some(new_day));
        let all_closed = self.pits.iter().all(|pit| pit.limits.is_none() || pit.phase == Phase::Closed);
        if all_closed {
            // Later than announced only when a closing call was extended.
            self.agenda.plan(new_day.max(self.now.plus(self.config.closed)), Item::NewDay);
        }
    }

    pub(super) fn begin_closing(&mut self) {
        let until = self.closing_at.plus(self.config.closing_auction);
        let mut any = false;
        for index in 0..self.pits.len() {
            if self.pits.get(index).is_some_and(|pit| pit.limits.is_some()) {
                self.enter(index, Phase::ClosingAuction, Some(until));
                any = true;
            }
        }
        if !any {
            self.closing_at = self.closing_at.plus(self.config.continuous);
            self.agenda.plan(self.closing_at, Item::Closing);
        }
    }

    pub(super) fn begin_day(&mut self) {
        let gap = self.factor.overnight();
        let open_at = self.now.plus(self.config.opening_auction);
        self.truth.day += 1;
        self.day_start = open_at;
        self.closing_at = open_at.plus(self.config.continuous);
        let now = self.now;
        for index in 0..self.pits.len() {
            let Some(pit) = self.pits.get_mut(index).filter(|pit| pit.limits.is_some()) else { continue };
            pit.single_price = pit.last;
            pit.set_base(pit.last, now);
            pit.tally.turn(pit.grid.units(pit.base));
            let own = 0.3 * pit.listing.habits.own_volatility / 100.0 * (2.0 * pit.random_unit() - 1.0);
            pit.fair.gap(gap * pit.listing.habits.beta + own);
            let (lower, upper) = (pit.grid.price(pit.bounds.lowest), pit.grid.price(pit.bounds.highest));
            let outside = |order: &super::super::truth::DeskOrder| {
                order.kind.limit().is_some_and(|price| price < lower || price > upper)
            };
            self.publish_new_day(index);
            self.expire(index, outside, "outside the new day's limits");
            self.enter(index, Phase::OpeningAuction, Some(open_at));
        }
        self.agenda.plan(self.closing_at, Item::Closing);
        self.checkpoint();
    }

    /// What trades around the clock begins its day at midnight UTC; day orders on it end there.
    pub(super) fn midnight(&mut self) {
        for index in 0..self.pits.len() {
            let now = self.now;
            let Some(pit) = self.pits.get_mut(index).filter(|pit| pit.limits.is_none()) else { continue };
            pit.set_base(pit.last, now);
            pit.tally.turn(pit.grid.units(pit.base));
            self.expire(index, |order| order.time_in_force == TimeInForce::Day, "end of the day");
            self.publish_new_day(index);
        }
        self.agenda.plan(next_multiple(self.now, DAY), Item::Midnight);
    }

    /// Ends the open orders of a pit that a rule names.
    pub(super) fn expire(
        &mut self,
        index: usize,
        ends: impl Fn(&super::super::truth::DeskOrder) -> bool,
        reason: &str,
    ) {
        for number in self.truth.open() {
            let Some(order) = self.truth.orders.get(&number) else { continue };
            if order.pit == index && ends(order) {
                self.end(number, OrderState::Expired, Some(reason.into()));
            }
        }
    }

    pub(super) fn next_funding(&self) -> UtcTime {
        next_multiple(self.now, FUNDING)
    }

    pub(super) fn plan_funding(&mut self) {
        self.agenda.plan(next_multiple(self.now, FUNDING), Item::Funding);
    }
}
