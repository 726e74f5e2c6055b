//! Request weight and order counts in windows aligned to the clock, and what happens to who ignores a refusal.

use serde_json::{Value, json};

use super::http::Answer;
use super::listing::Dialect;
use super::refusal::Refusal;

const MINUTE: i64 = 60_000;
const TEN_SECONDS: i64 = 10_000;
const DAY: i64 = 86_400_000;

/// Budgets; the fields may be changed while the server runs.
#[derive(Clone, Debug)]
pub struct Limits {
    pub weight_a_minute: u32,
    pub orders_in_ten_seconds: u32,
    /// Orders in the longer window: a minute on the futures market, a day on spot.
    pub orders_in_long: u32,
    /// Calls that are still answered 429 after the first before a ban.
    pub patience: u32,
    pub ban_ms: i64,
    /// Whether 429 and 418 say `Retry-After`.
    pub says_retry_after: bool,
    weight: Window,
    in_ten_seconds: Window,
    in_long: Window,
    dialect: Dialect,
    blocked_until: i64,
    ignored: u32,
    banned_until: i64,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    length: i64,
    number: i64,
    used: u32,
}

impl Window {
    const fn of(length: i64) -> Self {
        Self { length, number: 0, used: 0 }
    }

    fn used(&mut self, now: i64) -> u32 {
        let number = now.div_euclid(self.length);
        if number != self.number {
            (self.number, self.used) = (number, 0);
        }
        self.used
    }

    fn add(&mut self, more: u32, now: i64) {
        self.used = self.used(now) + more;
    }
}

impl Limits {
    pub const fn of(dialect: Dialect) -> Self {
        let (weight, ten, long, length) = match dialect {
            Dialect::Futures => (2_400, 300, 1_200, MINUTE),
            Dialect::Spot => (6_000, 100, 200_000, DAY),
        };
        Self {
            weight_a_minute: weight,
            orders_in_ten_seconds: ten,
            orders_in_long: long,
            patience: 5,
            ban_ms: 120_000,
            says_retry_after: true,
            weight: Window::of(MINUTE),
            in_ten_seconds: Window::of(TEN_SECONDS),
            in_long: Window::of(length),
            dialect,
            blocked_until: 0,
            ignored: 0,
            banned_until: 0,
        }
    }

    /// Counts a call; an answer means that it is refused.
    pub fn spend(&mut self, weight: u32, now: i64) -> Option<Answer> {
        if now < self.banned_until {
            return Some(self.banned(now));
        }
        if now < self.blocked_until {
            self.ignored += 1;
            if self.ignored > self.patience {
                self.banned_until = now + self.ban_ms;
                return Some(self.banned(now));
            }
            return Some(self.too_many(now));
        }
        self.weight.add(weight, now);
        if self.weight.used(now) > self.weight_a_minute {
            self.block((now.div_euclid(MINUTE) + 1) * MINUTE - now, now);
            return Some(self.too_many(now));
        }
        None
    }

    /// From now on calls are refused for so long.
    pub fn block(&mut self, for_ms: i64, now: i64) {
        self.blocked_until = now + for_ms;
        self.ignored = 0;
    }

    /// Ends blocks and bans and empties the windows.
    pub fn forgive(&mut self) {
        let fresh = Self::of(self.dialect);
        self.weight = fresh.weight;
        self.in_ten_seconds = fresh.in_ten_seconds;
        self.in_long = fresh.in_long;
        (self.blocked_until, self.banned_until, self.ignored) = (0, 0, 0);
    }

    /// Counts new orders; the two budgets may be charged differently.
    pub fn count_orders(&mut self, in_ten_seconds: u32, in_long: u32, now: i64) -> Result<(), Refusal> {
        let (ten, long) = (self.in_ten_seconds.used(now), self.in_long.used(now));
        if ten + in_ten_seconds > self.orders_in_ten_seconds {
            return Err(too_many_orders(self.orders_in_ten_seconds, "10 SECOND"));
        }
        if long + in_long > self.orders_in_long {
            let window = if self.dialect == Dialect::Spot { "DAY" } else { "MINUTE" };
            return Err(too_many_orders(self.orders_in_long, window));
        }
        self.in_ten_seconds.add(in_ten_seconds, now);
        self.in_long.add(in_long, now);
        Ok(())
    }

    /// Spot counts orders that are not filled: a fill gives back what its order was counted for.
    pub fn give_back_orders(&mut self, count: u32, now: i64) {
        for window in [&mut self.in_ten_seconds, &mut self.in_long] {
            window.used = window.used(now).saturating_sub(count);
        }
    }

    pub fn give_back_weight(&mut self, weight: u32, now: i64) {
        self.weight.used = self.weight.used(now).saturating_sub(weight);
    }

    pub fn with_weight(&mut self, answer: Answer, now: i64) -> Answer {
        answer.with("X-MBX-USED-WEIGHT-1M", self.weight.used(now))
    }

    pub fn with_orders(&mut self, answer: Answer, now: i64) -> Answer {
        let (ten, long) = (self.in_ten_seconds.used(now), self.in_long.used(now));
        match self.dialect {
            // These two have been seen in lower case.
            Dialect::Futures => answer.with("x-mbx-order-count-10s", ten).with("x-mbx-order-count-1m", long),
            Dialect::Spot => answer.with("X-MBX-ORDER-COUNT-10S", ten).with("X-MBX-ORDER-COUNT-1D", long),
        }
    }

    /// The order budgets as a list, the shorter first; on spot with what is used.
    pub fn orders_row(&mut self, now: i64) -> Value {
        let long = if self.dialect == Dialect::Spot { "DAY" } else { "MINUTE" };
        let mut rows = [
            json!({"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10,
                   "limit": self.orders_in_ten_seconds}),
            json!({"rateLimitType": "ORDERS", "interval": long, "intervalNum": 1, "limit": self.orders_in_long}),
        ];
        if self.dialect == Dialect::Spot {
            rows[0]["count"] = json!(self.in_ten_seconds.used(now));
            rows[1]["count"] = json!(self.in_long.used(now));
        }
        json!(rows)
    }

    pub fn weight_row(&self) -> Value {
        json!({"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": self.weight_a_minute})
    }

    fn too_many(&self, now: i64) -> Answer {
        let text = format!("Too many requests; current limit is {} requests per minute.", self.weight_a_minute);
        let answer = Answer::json(429, &json!({"code": -1003, "msg": text}));
        self.with_retry_after(answer, self.blocked_until - now)
    }

    fn banned(&self, now: i64) -> Answer {
        let text = format!("Way too many requests; IP banned until {}.", self.banned_until);
        let answer = Answer::json(418, &json!({"code": -1003, "msg": text}));
        self.with_retry_after(answer, self.banned_until - now)
    }

    fn with_retry_after(&self, answer: Answer, ms: i64) -> Answer {
        if self.says_retry_after { answer.with("Retry-After", (ms + 999) / 1_000) } else { answer }
    }
}

fn too_many_orders(limit: u32, window: &str) -> Refusal {
    Refusal::new(429, -1015, format!("Too many new orders; current limit is {limit} orders per {window}."))
}
