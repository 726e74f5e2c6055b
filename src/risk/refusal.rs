//! A refusal: which rule, what it allows, what was asked.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The rules of the gate. The name is what people, scripts and logs see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Rule {
    /// The desk is HALTED.
    RiskHalted,
    /// The desk is REDUCING and the order would not make a position smaller.
    RiskReducingOnly,
    /// The profile's permission does not allow trading in its world.
    RiskPermission,
    /// The instrument is on the blocked list.
    RiskSymbolBlocked,
    /// An order of this instrument has an unknown outcome.
    RiskUnknownOrder,
    /// The account is not reconciled with the broker yet, or differs and nobody has accepted it.
    RiskNotReconciled,
    /// The broker connection is down.
    RiskDisconnected,
    /// The clock is off by more than a second.
    RiskClock,
    /// The broker has no such order type, time in force or flag, or the venue does not take it in this phase.
    RiskUnsupported,
    /// The session is closed or halted.
    RiskSessionClosed,
    /// Market data is missing or too old.
    RiskStaleData,
    /// The price is not on the tick grid.
    RiskTickSize,
    /// The quantity is not a multiple of the lot, or below or above what the venue takes.
    RiskLotSize,
    /// The value is below the venue's smallest order.
    RiskMinNotional,
    /// The price is outside the day's limits.
    RiskPriceLimit,
    /// The price is farther from the last price than allowed.
    RiskPriceCollar,
    /// A trigger price is on the wrong side of the market: it would go off at once.
    RiskTriggerSide,
    /// The order's value is above the limit.
    RiskMaxOrderAmount,
    /// The order's quantity is above the limit.
    RiskMaxOrderQuantity,
    /// Too many instruments would be held.
    RiskMaxPositions,
    /// The position would become too large.
    RiskMaxPositionAmount,
    /// All positions together would become too large.
    RiskMaxExposure,
    /// Today's loss has reached the limit.
    RiskMaxDailyLoss,
    /// Equity has fallen too far from its peak.
    RiskMaxDrawdown,
    /// Not enough cash.
    RiskInsufficientCash,
    /// Not enough holdings to sell.
    RiskInsufficientQuantity,
    /// A reduce-only order would open or enlarge a position.
    RiskReduceOnly,
    /// Leverage is above the limit.
    RiskMaxLeverage,
    /// Too many open orders.
    RiskMaxOpenOrders,
    /// Too many orders in a second or minute.
    RiskOrderRate,
    /// The same order again within a moment.
    RiskDuplicate,
    /// It would meet an own resting order.
    RiskSelfCrossing,
    /// A bracket price is on the wrong side of the entry.
    RiskBracket,
    /// A number is out of what can be computed.
    RiskOverflow,
}

impl Rule {
    /// The name, as in `RISK_MAX_ORDER_AMOUNT`.
    #[must_use]
    pub fn name(self) -> String {
        let debug = format!("{self:?}");
        let mut name = String::with_capacity(debug.len() + 6);
        for (index, c) in debug.chars().enumerate() {
            if c.is_ascii_uppercase() && index > 0 {
                name.push('_');
            }
            name.push(c.to_ascii_uppercase());
        }
        name
    }
}

/// Why an order did not pass: the rule, the value it had, and what the rule allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The rule.
    pub rule: Rule,
    /// What the rule allows, formatted for people and stable enough for scripts.
    pub limit: String,
    /// What the order had.
    pub value: String,
}

impl Refusal {
    /// A refusal.
    #[must_use]
    pub fn new(rule: Rule, value: impl fmt::Display, limit: impl fmt::Display) -> Self {
        Self { rule, limit: limit.to_string(), value: value.to_string() }
    }
}

/// `RISK_MAX_ORDER_AMOUNT: 12,000,000 > 10,000,000`.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule.name(), self.value)?;
        if self.limit.is_empty() { Ok(()) } else { write!(f, " > {}", self.limit) }
    }
}
