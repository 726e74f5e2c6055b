//! How fast a key asks: one limiter for all its requests, that of a token and of an approval key among them.
//!
//! The broker counts a sliding second. It says no to what is above, and then nothing was done; but it does not say how
//! much it allows: a new customer has a fifth of what others have, and another program may use the same key. So a refusal
//! halves the pace at once, and many good answers raise it again, one request a second at a time.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::broker::kis::environment::Realm;
use crate::broker::net::lanes::{Budget, BudgetId, Cost, Lane, LaneRules, Lanes};
use crate::market::UtcTime;

/// How fast an environment may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests in any second.
    pub per_second: u32,
    /// Requests under way at once.
    pub in_flight: usize,
}

impl Limits {
    /// What an environment allows, with something left for the other end's way of counting seconds.
    #[must_use]
    pub const fn of(realm: Realm) -> Self {
        match realm {
            Realm::Live => Self { per_second: 15, in_flight: 6 },
            Realm::Paper => Self { per_second: 1, in_flight: 1 },
        }
    }
}

/// Every request.
const SECOND: BudgetId = BudgetId(0);
/// Questions alone: they never use the whole second, so that an order goes at once.
const QUESTIONS: BudgetId = BudgetId(1);
/// Questions that wait for their answers: slow ones never occupy every connection.
const ASKED: BudgetId = BudgetId(2);

/// A second of the broker's, with what its clock and the way there may differ.
const WINDOW: Duration = Duration::from_millis(1_050);
/// Nothing is sent for this long after a refusal as too many.
const SILENCE: Duration = Duration::from_secs(1);
/// Good answers in a row that raise a lowered pace by one request a second.
const RAISED_AFTER: u32 = 300;
/// A bound for a strategy that runs away.
const WAITING_MAX: usize = 1_000;
/// From this pace on one request a second is for cancels alone.
const CANCELS_KEPT_FROM: u32 = 4;
/// Connections that questions leave to orders and cancels.
const CONNECTIONS_KEPT: usize = 2;

/// Requests that questions leave of a second, where it has so many: one for an order, one for a cancel.
const LEFT_BY_QUESTIONS: u32 = 2;

/// What questions may use of a second. At a slow pace they leave half of it at most, for they have to get on too.
const fn of_questions(per_second: u32) -> u32 {
    let quarter = per_second / 4;
    let left = if quarter > LEFT_BY_QUESTIONS { quarter } else { LEFT_BY_QUESTIONS };
    let half = per_second / 2;
    per_second - if left < half { left } else { half }
}

/// The lanes of a key, and the pace that the broker has last accepted.
pub(super) struct Throttle {
    lanes: Lanes,
    most: u32,
    least: u32,
    pace: Mutex<Pace>,
}

#[derive(Debug)]
struct Pace {
    per_second: u32,
    good_answers: u32,
    /// Until then nothing new leaves after the last refusal.
    silent_until: Option<UtcTime>,
}

impl Throttle {
    /// Starts the lanes within a tokio runtime.
    pub(super) fn start(limits: Limits) -> Self {
        let most = limits.per_second.max(1);
        let kept = u32::from(most >= CANCELS_KEPT_FROM);
        let asked = limits.in_flight.saturating_sub(CONNECTIONS_KEPT).max(1);
        let lanes = Lanes::start(LaneRules {
            budgets: vec![
                Budget::new("requests in a second", most, WINDOW).reserve(Lane::Cancel, kept),
                Budget::new("questions in a second", of_questions(most), WINDOW),
                Budget::new("questions under way", u32::try_from(asked).unwrap_or(u32::MAX), Duration::ZERO),
            ],
            in_flight_max: limits.in_flight,
            in_flight_for_cancels: usize::from(limits.in_flight > CONNECTIONS_KEPT),
            waiting_max: WAITING_MAX,
        });
        // What is kept for cancels must leave something for orders.
        let least = 1 + kept;
        let pace = Pace { per_second: most, good_answers: 0, silent_until: None };
        Self { lanes, most, least, pace: Mutex::new(pace) }
    }

    /// The lanes.
    pub(super) const fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// What a request takes.
    pub(super) fn cost(lane: Lane) -> Cost {
        let one = Cost::free().and(SECOND, 1);
        match lane {
            Lane::Cancel | Lane::Order => one,
            Lane::Query | Lane::Bulk => one.and(QUESTIONS, 1).and(ASKED, 1),
        }
    }

    /// The broker refused a request that left at `sent_at` as one too many. Several refused together count once.
    pub(super) fn refused(&self, sent_at: UtcTime, now: UtcTime) {
        self.lanes.hold(SECOND, SILENCE);
        let mut pace = self.pace();
        pace.good_answers = 0;
        let was_silent = pace.silent_until.is_some_and(|until| sent_at < until);
        pace.silent_until = Some(now.plus(SILENCE));
        if was_silent {
            // It had its turn before the earlier refusal came, whenever it left the machine.
            return;
        }
        let lower = (pace.per_second / 2).max(self.least);
        tracing::warn!(per_second = lower, "KIS refuses requests as too many in a second");
        self.set(&mut pace, lower);
    }

    /// The broker answered.
    pub(super) fn answered(&self) {
        let mut pace = self.pace();
        if pace.per_second >= self.most {
            return;
        }
        pace.good_answers += 1;
        if pace.good_answers >= RAISED_AFTER {
            pace.good_answers = 0;
            let higher = pace.per_second + 1;
            self.set(&mut pace, higher);
        }
    }

    fn set(&self, pace: &mut Pace, per_second: u32) {
        if pace.per_second == per_second {
            return;
        }
        pace.per_second = per_second;
        self.lanes.set_limit(SECOND, per_second);
        self.lanes.set_limit(QUESTIONS, of_questions(per_second));
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        // Every change of it is whole, even when its holder panics.
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    fn at(millis: i64) -> UtcTime {
        UtcTime::from_millis(1_790_000_000_000 + millis)
    }

    /// How many of a lane go at once.
    async fn at_once(throttle: &Throttle, lane: Lane) -> usize {
        let now = Instant::now();
        let mut count = 0;
        while let Ok(permit) = throttle.lanes().enter(lane, Throttle::cost(lane), now + LONG).await
            && now == Instant::now()
        {
            drop(permit);
            count += 1;
        }
        count
    }

    #[tokio::test(start_paused = true)]
    async fn questions_leave_room_for_orders_and_orders_for_cancels() {
        let throttle = Throttle::start(Limits::of(Realm::Live));
        assert_eq!(at_once(&throttle, Lane::Query).await, 12);
        let throttle = Throttle::start(Limits::of(Realm::Live));
        assert_eq!(at_once(&throttle, Lane::Order).await, 14);
        let throttle = Throttle::start(Limits::of(Realm::Live));
        assert_eq!(at_once(&throttle, Lane::Cancel).await, 15);
    }

    #[tokio::test(start_paused = true)]
    async fn at_a_lowered_pace_questions_still_leave_room_for_an_order_and_a_cancel() {
        for refusals in 0..2 {
            let throttle = Throttle::start(Limits::of(Realm::Live));
            for round in 0..refusals {
                throttle.refused(at(round * 10_000), at(round * 10_000 + 1));
            }
            tokio::time::sleep(SILENCE).await;
            let now = Instant::now();
            let enter = |lane, longest| throttle.lanes().enter(lane, Throttle::cost(lane), now + longest);
            // Each goes as soon as it may, until one would have to wait for the next second.
            while let Ok(permit) = enter(Lane::Query, Duration::from_millis(1)).await {
                drop(permit);
            }
            let asked = Instant::now();
            for lane in [Lane::Order, Lane::Cancel] {
                drop(enter(lane, LONG).await.unwrap());
            }
            assert_eq!(Instant::now(), asked, "after {refusals} refusals");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn slow_questions_leave_connections_to_orders() {
        let throttle = Throttle::start(Limits::of(Realm::Live));
        let enter = |lane| throttle.lanes().enter(lane, Throttle::cost(lane), Instant::now() + LONG);
        let mut under_way = Vec::new();
        for _ in 0..4 {
            under_way.push(enter(Lane::Query).await.unwrap());
        }
        assert!(tokio::time::timeout(LONG / 2, enter(Lane::Query)).await.is_err());
        under_way.push(enter(Lane::Order).await.unwrap());
        assert!(tokio::time::timeout(LONG / 2, enter(Lane::Order)).await.is_err());
        under_way.push(enter(Lane::Cancel).await.unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn a_pace_that_is_refused_is_halved_once_and_comes_back_slowly() {
        let throttle = Throttle::start(Limits::of(Realm::Live));
        throttle.refused(at(0), at(50));
        throttle.refused(at(10), at(60));
        // This one was on its way to the connection when the others came back.
        throttle.refused(at(60), at(70));
        assert_eq!(throttle.pace().per_second, 7);
        throttle.refused(at(2_000), at(2_050));
        throttle.refused(at(4_000), at(4_050));
        throttle.refused(at(6_000), at(6_050));
        assert_eq!(throttle.pace().per_second, 2);
        // Even then every lane moves.
        for lane in Lane::ALL {
            let entered = throttle.lanes().enter(lane, Throttle::cost(lane), Instant::now() + LONG).await;
            assert!(entered.is_ok(), "{lane:?}");
        }
        for _ in 0..RAISED_AFTER * 20 {
            throttle.answered();
        }
        assert_eq!(throttle.pace().per_second, 15);
    }

    #[tokio::test(start_paused = true)]
    async fn no_lane_is_ever_shut_whatever_the_limits() {
        for per_second in 0..=30 {
            for in_flight in 0..=8 {
                let throttle = Throttle::start(Limits { per_second, in_flight });
                for round in 0..6 {
                    throttle.refused(at(round * 10_000), at(round * 10_000 + 1));
                }
                for lane in Lane::ALL {
                    let entered = throttle.lanes().enter(lane, Throttle::cost(lane), Instant::now() + LONG).await;
                    assert!(entered.is_ok(), "{per_second} {in_flight} {lane:?}");
                }
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_refusal_nothing_goes_for_a_second_cancels_neither() {
        let throttle = Throttle::start(Limits::of(Realm::Paper));
        throttle.refused(at(0), at(1));
        let before = Instant::now();
        let lane = Lane::Cancel;
        let permit = throttle.lanes().enter(lane, Throttle::cost(lane), before + LONG).await.unwrap();
        assert!(before.elapsed() >= SILENCE);
        drop(permit);
    }
}
