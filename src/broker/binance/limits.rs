//! What Binance counts, what each request costs of it, and what is done when it says "too many".
//!
//! Weight is counted by address, orders by account. Every window of ours holds what the exchange allows in one of its
//! own, wherever that begins, so by our own count nothing is ever refused; another program on the same address or
//! account can still use the budget up, and the counters in its answers tell.

use std::time::Duration;

use super::listing::{Budget as Counted, RateLimit};
use crate::broker::net::http::Response;
use crate::broker::net::lanes::{Budget, BudgetId, Cost, Lane, LaneRules, Lanes};
use crate::config::BinanceMarket;
use crate::market::UtcTime;

/// Weight of requests a minute.
pub const WEIGHT: BudgetId = BudgetId(0);
/// Orders in ten seconds.
pub const ORDERS_SHORT: BudgetId = BudgetId(1);
/// Orders a minute (futures) or a day (spot).
pub const ORDERS_LONG: BudgetId = BudgetId(2);
/// Requests for statistics (`/futures/data`) in five minutes.
pub const STATISTICS: BudgetId = BudgetId(3);
/// Requests for funding rates in five minutes.
pub const FUNDING: BudgetId = BudgetId(4);

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const FIVE_MINUTES: Duration = Duration::from_secs(300);
const DAY: Duration = Duration::from_secs(86_400);

/// Longest ban that is believed: what Binance documents.
const BAN_MAX: Duration = Duration::from_secs(3 * 86_400);
/// Ban without a stated end: the shortest Binance documents.
const BAN_MIN: Duration = Duration::from_secs(120);

/// Which of the two order budgets spans which time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderWindows {
    /// Ten seconds and a minute.
    Futures,
    /// Ten seconds and a day.
    Spot,
}

impl OrderWindows {
    /// Those of a market.
    #[must_use]
    pub const fn of(market: BinanceMarket) -> Self {
        match market {
            BinanceMarket::Futures => Self::Futures,
            BinanceMarket::Spot => Self::Spot,
        }
    }
}

/// The lanes of a connection. Limits are those documented until `exchangeInfo` says more.
#[must_use]
pub fn lanes(windows: OrderWindows) -> LaneRules {
    let (weight, short, long, span) = match windows {
        OrderWindows::Futures => (2_400, 300, 1_200, MINUTE),
        OrderWindows::Spot => (6_000, 100, 200_000, DAY),
    };
    LaneRules {
        budgets: vec![
            // Cancels, orders and questions about orders go on when everything else has used its share.
            Budget::new("weight", weight, MINUTE + SECOND)
                .reserve(Lane::Cancel, weight / 24)
                .reserve(Lane::Order, weight / 24)
                .reserve(Lane::Query, weight / 6),
            Budget::new("orders, short", short, Duration::from_secs(10) + SECOND),
            Budget::new("orders, long", long, span + SECOND),
            Budget::new("statistics", 1_000, FIVE_MINUTES + SECOND).reserve(Lane::Query, 100),
            Budget::new("funding rates", 500, FIVE_MINUTES + SECOND).reserve(Lane::Query, 50),
        ],
        in_flight_max: 16,
        in_flight_for_cancels: 4,
        waiting_max: 1_000,
    }
}

/// So much weight.
#[must_use]
pub fn weight(units: u32) -> Cost {
    Cost::free().and(WEIGHT, units)
}

/// One order; accepted ones have no weight, refused ones are counted with one to be on the safe side.
#[must_use]
pub fn order() -> Cost {
    Cost::free().and(ORDERS_SHORT, 1).and(ORDERS_LONG, 1).and(WEIGHT, 1)
}

/// A request for statistics.
#[must_use]
pub fn statistics() -> Cost {
    Cost::free().and(STATISTICS, 1)
}

/// A request for funding rates.
#[must_use]
pub fn funding() -> Cost {
    Cost::free().and(FUNDING, 1)
}

/// Takes over a limit that `exchangeInfo` tells; one of a window nobody knows changes nothing.
pub fn publish(lanes: &Lanes, limit: RateLimit) {
    let budget = match (limit.budget, limit.window.as_secs()) {
        (Counted::Weight, 60) => WEIGHT,
        (Counted::Orders, 10) => ORDERS_SHORT,
        (Counted::Orders, 60 | 86_400) => ORDERS_LONG,
        _ => return,
    };
    lanes.set_limit(budget, limit.limit);
}

/// Takes in the exchange's own counters from an answer.
///
/// `counts_weight` is false for the two tickers whose weight counter is known to be wrong.
pub fn observe(lanes: &Lanes, answer: &Response, counts_weight: bool) {
    let heard = |header: &str, budget| {
        if let Some(used) = answer.counter(header) {
            lanes.observe(budget, used);
        }
    };
    if counts_weight {
        heard("x-mbx-used-weight-1m", WEIGHT);
    }
    heard("x-mbx-order-count-10s", ORDERS_SHORT);
    heard("x-mbx-order-count-1m", ORDERS_LONG);
    heard("x-mbx-order-count-1d", ORDERS_LONG);
}

/// What follows from an answer that says "too many".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// Every request waits so long.
    All(Duration),
    /// The address is banned for so long; people are told.
    Banned(Duration),
    /// New orders wait so long; cancels go on.
    Orders {
        /// Which count is used up.
        budget: BudgetId,
        /// For how long.
        wait: Duration,
    },
}

impl Silence {
    /// How long it lasts.
    #[must_use]
    pub const fn wait(self) -> Duration {
        match self {
            Self::All(wait) | Self::Banned(wait) | Self::Orders { wait, .. } => wait,
        }
    }

    /// Keeps it.
    pub fn keep(self, lanes: &Lanes) {
        match self {
            Self::All(wait) | Self::Banned(wait) => lanes.pause(wait),
            Self::Orders { budget, wait } => lanes.hold(budget, wait),
        }
    }
}

/// Whether an answer asks for silence, and how long. `server_now` is the exchange's time; `in_a_row` counts refusals of
/// this kind since the last good answer.
#[must_use]
pub fn silence(
    status: u16,
    code: Option<i64>,
    text: &str,
    retry_after: Option<Duration>,
    server_now: UtcTime,
    in_a_row: u32,
) -> Option<Silence> {
    match (status, code) {
        (418, _) => Some(Silence::Banned(ban(text, retry_after, server_now))),
        // Its status is 429 too, and cancels are not counted.
        (_, Some(-1015)) => {
            let text = text.to_ascii_uppercase();
            let (budget, span) = if text.contains("DAY") {
                (ORDERS_LONG, DAY)
            } else if text.contains("MINUTE") {
                (ORDERS_LONG, MINUTE)
            } else {
                (ORDERS_SHORT, Duration::from_secs(10))
            };
            Some(Silence::Orders { budget, wait: retry_after.unwrap_or_else(|| to_next(span, server_now) + SECOND) })
        }
        (429, _) | (_, Some(-1003)) => {
            // The text names the end of a ban even where the status is 429.
            if let Some(wait) = ban_end(text, server_now) {
                return Some(Silence::Banned(wait));
            }
            let doubled = Duration::from_secs(5) * (1 << in_a_row.clamp(1, 4).saturating_sub(1));
            let unstated = if in_a_row <= 1 { to_next(MINUTE, server_now) + SECOND } else { doubled };
            Some(Silence::All(retry_after.unwrap_or(unstated)))
        }
        _ => None,
    }
}

fn ban(text: &str, retry_after: Option<Duration>, server_now: UtcTime) -> Duration {
    ban_end(text, server_now).or(retry_after).unwrap_or(BAN_MIN).clamp(SECOND, BAN_MAX)
}

/// The end of a ban in a text such as `... IP banned until 1573461460321. ...`, as a wait from now.
fn ban_end(text: &str, server_now: UtcTime) -> Option<Duration> {
    let (_, after) = text.split_once("until ")?;
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    let end = UtcTime::from_millis(digits.parse::<i64>().ok().filter(|ms| *ms < 1 << 43)?);
    (end > server_now).then(|| end.since(server_now).min(BAN_MAX))
}

/// Until the exchange's next window of this length begins.
fn to_next(span: Duration, server_now: UtcTime) -> Duration {
    let span_ms = i64::try_from(span.as_millis()).unwrap_or(i64::MAX).max(1);
    let into = server_now.millis().rem_euclid(span_ms);
    Duration::from_millis(u64::try_from(span_ms - into).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twelve seconds before the end of a minute.
    fn now() -> UtcTime {
        UtcTime::from_millis(1_795_219_188_000)
    }

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn too_many_without_a_time_waits_for_the_next_minute_and_then_longer() {
        assert_eq!(silence(429, Some(-1003), "Too many requests.", None, now(), 1), Some(Silence::All(seconds(13))));
        let waits: Vec<u64> = (2..7)
            .map(|n| silence(429, None, "", None, now(), n).map(|silence| silence.wait().as_secs()).unwrap())
            .collect();
        assert_eq!(waits, [10, 20, 40, 40, 40]);
        assert_eq!(silence(429, None, "", Some(seconds(7)), now(), 3), Some(Silence::All(seconds(7))));
    }

    #[test]
    fn the_end_of_a_ban_is_read_from_its_text() {
        let text = "Way too many requests; IP(1.2.3.4) banned until 1795219308000. Please use the websocket.";
        for status in [418, 429] {
            assert_eq!(silence(status, Some(-1003), text, None, now(), 1), Some(Silence::Banned(seconds(120))));
        }
        assert_eq!(silence(418, None, "", Some(seconds(300)), now(), 1), Some(Silence::Banned(seconds(300))));
        assert_eq!(silence(418, None, "<html>", None, now(), 1), Some(Silence::Banned(BAN_MIN)));
        let absurd = "banned until 99999999999999999999999.";
        assert_eq!(silence(418, None, absurd, None, now(), 1), Some(Silence::Banned(BAN_MIN)));
        let far = "banned until 8795219308000.";
        assert_eq!(silence(418, None, far, None, now(), 1), Some(Silence::Banned(BAN_MAX)));
    }

    #[test]
    fn too_many_orders_hold_only_orders() {
        let text = "Too many new orders; current limit is 300 orders per TEN_SECONDS.";
        let silence_of = |text| {
            let at = |status| silence(status, Some(-1015), text, None, now(), 1);
            assert_eq!(at(429), at(400));
            at(429)
        };
        assert_eq!(silence_of(text), Some(Silence::Orders { budget: ORDERS_SHORT, wait: seconds(3) }));
        let text = "Too many new orders; current limit is 1200 orders per MINUTE.";
        assert_eq!(silence_of(text), Some(Silence::Orders { budget: ORDERS_LONG, wait: seconds(13) }));
        assert_eq!(silence(400, Some(-2019), "Margin is insufficient.", None, now(), 1), None);
    }

    #[tokio::test(start_paused = true)]
    async fn cancels_pass_when_everything_else_has_used_its_share() {
        let lanes = Lanes::start(lanes(OrderWindows::Futures));
        lanes.observe(WEIGHT, 2_350);
        let soon = || tokio::time::Instant::now() + seconds(1);
        assert!(lanes.enter(Lane::Query, weight(1), soon()).await.is_err());
        assert!(lanes.enter(Lane::Order, order(), soon()).await.is_err());
        assert!(lanes.enter(Lane::Cancel, weight(1), soon()).await.is_ok());
    }
}
