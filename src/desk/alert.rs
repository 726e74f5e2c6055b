//! Alerts as faces see them: a condition that the desk watches, with or without a screen.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::market::{Price, UtcTime};
use crate::order::OrderState;

/// Which way a value must pass a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Crossing {
    /// At or above.
    Above,
    /// At or below.
    Below,
}

/// What an alert waits for. It fires once, when the condition is first true after it was set or last false.
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
    /// 체결강도: buy volume over sell volume of the day times 100.
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
    /// Any order of the instrument enters this state.
    Order {
        /// Which.
        state: OrderState,
    },
    /// A stop of the instrument is watched by nobody.
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
