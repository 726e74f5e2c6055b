//! Alerts as faces see them: a condition that the desk watches, with or without a screen.

mod words;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::market::{Price, UtcTime};
use crate::order::OrderState;

pub use words::ConditionError;

/// Which way a value must pass a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Crossing {
    /// At or above.
    Above,
    /// At or below.
    Below,
}

/// What an alert waits for. It fires once, the first time the condition holds.
///
/// A price, change, strength, imbalance or unwatched stop that is there already when the alert is made fires at once:
/// whoever asks for `price >= 70000` while it is 70,100 must hear it. An interruption or an order's state is a thing that
/// happens: only what happens after the alert was made counts.
///
/// Its text ([`std::fmt::Display`], [`std::str::FromStr`]) is `price >= 71000`, `change <= -2.5`, `strength >= 120`,
/// `imbalance >= 70`, `vi`, `order filled`, `stop unwatched`; `>` and `above` are read as `>=`, `<` and `below` as `<=`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "on", rename_all = "snake_case")]
pub enum AlertCondition {
    /// Last price.
    Price {
        /// Which way.
        crossing: Crossing,
        /// Bound.
        price: Price,
    },
    /// Change against the previous close, in per cent.
    Change {
        /// Which way.
        crossing: Crossing,
        /// Bound.
        percent: Decimal,
    },
    /// 체결강도: what takers bought over what takers sold, times 100, of the trading day as far as the desk heard it. Not
    /// before the desk has heard enough prints for the figure to mean something.
    Strength {
        /// Which way.
        crossing: Crossing,
        /// Bound.
        percent: Decimal,
    },
    /// Share of the bids in the quantity of the ten best levels of both sides, in per cent.
    Imbalance {
        /// Which way.
        crossing: Crossing,
        /// Bound.
        percent: Decimal,
    },
    /// A volatility interruption begins.
    VolatilityInterruption,
    /// Any order of the instrument enters this state. Those that only the desk passes through, for moments, are none to
    /// wait for: `draft`, `pending`, `sent`.
    Order {
        /// Which.
        state: OrderState,
    },
    /// A stop of the instrument has been watched by nobody for some seconds, longer than a line that comes back at once is
    /// away, or was set off and did not get through.
    StopUnwatched,
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertRecord {
    /// Its number.
    pub id: u64,
    /// Profile whose market is watched.
    pub profile: String,
    /// `SIM:005930`.
    pub instrument: String,
    /// What it waits for.
    pub condition: AlertCondition,
    /// What its maker wrote.
    pub note: Option<String>,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it fired; it fires once.
    pub fired_at: Option<UtcTime>,
    /// The value that fired it.
    pub value: Option<String>,
    /// When somebody saw it.
    pub acknowledged_at: Option<UtcTime>,
}
