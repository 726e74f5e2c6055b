//! What a profile has sent lately, for the rules of pace and repetition.

use std::collections::VecDeque;
use std::time::Duration;

use super::view::RecentOrder;
use crate::market::UtcTime;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
/// Moments of orders that are kept apart. Ten times the pace any broker takes from one account in a minute; beyond it the
/// oldest are counted as if they had come a little later.
const MOMENTS_MAX: usize = 4_096;
/// Orders kept in full, for repetitions.
const ORDERS_MAX: usize = 1_024;

/// New orders of a profile in the last minute, counted on a clock that may be set at any time.
///
/// Ages are sums of the steps forward that were seen. When the clock jumps back, no time has passed, so nothing gets older
/// and nothing is forgotten: a count may then be too high for a while, never too low. A span is half open: an order is
/// outside the last second once a full second has passed.
#[derive(Debug, Clone, Default)]
pub struct OrderPace {
    /// The clock when last looked at.
    seen: Option<UtcTime>,
    /// Time passed since the first look.
    elapsed: Duration,
    /// When orders were made, and how many then; oldest first.
    moments: VecDeque<(Duration, u32)>,
    /// Latest orders; oldest first.
    orders: VecDeque<(Duration, RecentOrder)>,
}

impl OrderPace {
    /// Without any order.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A new order was made.
    pub fn record(&mut self, now: UtcTime, order: RecentOrder) {
        self.pass(now);
        self.moments.push_back((self.elapsed, 1));
        if self.moments.len() > MOMENTS_MAX
            && let Some((_, oldest)) = self.moments.pop_front()
            && let Some((_, next)) = self.moments.front_mut()
        {
            *next = next.saturating_add(oldest);
        }
        if self.orders.len() == ORDERS_MAX {
            self.orders.pop_front();
        }
        self.orders.push_back((self.elapsed, order));
    }

    /// Orders of the last second.
    pub fn last_second(&self, now: UtcTime) -> u32 {
        self.count_within(now, SECOND)
    }

    /// Orders of the last minute.
    pub fn last_minute(&self, now: UtcTime) -> u32 {
        self.count_within(now, MINUTE)
    }

    /// Orders made no longer ago than `window`, oldest first; of more than a thousand the latest ones.
    pub fn recent_within(&self, now: UtcTime, window: Duration) -> Vec<RecentOrder> {
        let elapsed = self.elapsed_at(now);
        let young = self.orders.iter().filter(|(at, _)| elapsed.saturating_sub(*at) <= window);
        young.map(|(_, order)| *order).collect()
    }

    fn count_within(&self, now: UtcTime, span: Duration) -> u32 {
        let elapsed = self.elapsed_at(now);
        let young = self.moments.iter().rev().take_while(|(at, _)| elapsed.saturating_sub(*at) < span);
        young.fold(0, |sum, (_, orders)| sum.saturating_add(*orders))
    }

    fn elapsed_at(&self, now: UtcTime) -> Duration {
        let step = self.seen.map_or(Duration::ZERO, |seen| now.since(seen));
        self.elapsed.saturating_add(step)
    }

    /// Time passed. To be called often enough (the desk does at every tick) that a clock set back is noticed soon.
    pub fn pass(&mut self, now: UtcTime) {
        self.elapsed = self.elapsed_at(now);
        self.seen = Some(now);
        while self.moments.front().is_some_and(|(at, _)| self.elapsed.saturating_sub(*at) >= MINUTE) {
            self.moments.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::{InstrumentId, Quantity, Side};
    use crate::order::OrderKind;

    fn at(millis: i64) -> UtcTime {
        UtcTime::from_millis(1_795_219_200_000 + millis)
    }

    fn order(units: u32) -> RecentOrder {
        let instrument: InstrumentId = "KRX:005930".parse().unwrap();
        RecentOrder { instrument, side: Side::Buy, kind: OrderKind::Market, quantity: Quantity::whole(units) }
    }

    #[test]
    fn an_order_leaves_the_second_and_the_minute() {
        let mut pace = OrderPace::new();
        assert_eq!((pace.last_second(at(0)), pace.last_minute(at(0))), (0, 0));
        pace.record(at(0), order(1));
        pace.record(at(400), order(2));
        assert_eq!((pace.last_second(at(999)), pace.last_minute(at(999))), (2, 2));
        assert_eq!((pace.last_second(at(1_000)), pace.last_minute(at(1_000))), (1, 2));
        assert_eq!((pace.last_second(at(1_400)), pace.last_minute(at(59_999))), (0, 2));
        assert_eq!(pace.last_minute(at(60_000)), 1);
        assert_eq!(pace.last_minute(at(60_400)), 0);
    }

    #[test]
    fn a_repetition_is_seen_to_the_end_of_the_window() {
        let mut pace = OrderPace::new();
        pace.record(at(0), order(1));
        pace.record(at(100), order(2));
        let window = Duration::from_millis(500);
        assert_eq!(pace.recent_within(at(500), window), [order(1), order(2)]);
        assert_eq!(pace.recent_within(at(501), window), [order(2)]);
        assert_eq!(pace.recent_within(at(601), window), []);
    }

    #[test]
    fn a_clock_that_jumps_back_forgets_nothing_and_recovers() {
        let mut pace = OrderPace::new();
        for n in 0..5 {
            pace.record(at(n * 100), order(1));
        }
        let hour = 3_600_000;
        assert_eq!(pace.last_second(at(400 - hour)), 5);
        pace.record(at(450 - hour), order(1));
        assert_eq!(pace.last_second(at(460 - hour)), 6);
        assert_eq!(pace.recent_within(at(460 - hour), Duration::from_millis(100)).len(), 2);
        // From here on time passes again: one second later they are over, not one hour later.
        assert_eq!(pace.last_second(at(1_460 - hour)), 0);
        assert_eq!(pace.last_minute(at(1_460 - hour)), 6);
        assert_eq!(pace.last_minute(at(60_460 - hour)), 0);
    }

    #[test]
    fn no_run_of_clock_jumps_counts_too_few() {
        // Numerical Recipes' quick generator; any sequence will do.
        let mut seed = 7_u32;
        let mut next = move |below: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) % below
        };
        let (mut pace, mut clock, mut truth) = (OrderPace::new(), 0_i64, 0_i64);
        let mut made: Vec<i64> = Vec::new();
        for _ in 0..20_000 {
            let step = i64::from(next(400));
            truth += step;
            clock += step;
            if next(20) == 0 {
                clock -= i64::from(next(100_000));
            }
            if next(3) > 0 {
                pace.record(at(clock), order(1));
                made.push(truth);
            }
            for (span, counted) in [(1_000, pace.last_second(at(clock))), (60_000, pace.last_minute(at(clock)))] {
                let actual = made.iter().rev().take_while(|order| truth - **order < span).count();
                assert!(counted as usize >= actual, "{counted} of {actual} orders in {span} ms");
            }
        }
    }

    #[test]
    fn a_flood_is_bounded_and_still_counted() {
        let mut pace = OrderPace::new();
        for n in 0..10_000 {
            pace.record(at(n), order(1));
        }
        assert_eq!(pace.last_second(at(9_999)), 1_000);
        assert_eq!(pace.last_minute(at(9_999)), 10_000);
        assert!(pace.moments.len() <= MOMENTS_MAX && pace.orders.len() <= ORDERS_MAX);
    }
}
