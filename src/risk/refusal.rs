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
    /// Every rule, in the order refusals come.
    pub const ALL: [Self; 34] = [
        Self::RiskHalted,
        Self::RiskReducingOnly,
        Self::RiskPermission,
        Self::RiskSymbolBlocked,
        Self::RiskUnknownOrder,
        Self::RiskNotReconciled,
        Self::RiskDisconnected,
        Self::RiskClock,
        Self::RiskUnsupported,
        Self::RiskSessionClosed,
        Self::RiskStaleData,
        Self::RiskTickSize,
        Self::RiskLotSize,
        Self::RiskMinNotional,
        Self::RiskPriceLimit,
        Self::RiskPriceCollar,
        Self::RiskTriggerSide,
        Self::RiskMaxOrderAmount,
        Self::RiskMaxOrderQuantity,
        Self::RiskMaxPositions,
        Self::RiskMaxPositionAmount,
        Self::RiskMaxExposure,
        Self::RiskMaxDailyLoss,
        Self::RiskMaxDrawdown,
        Self::RiskInsufficientCash,
        Self::RiskInsufficientQuantity,
        Self::RiskReduceOnly,
        Self::RiskMaxLeverage,
        Self::RiskMaxOpenOrders,
        Self::RiskOrderRate,
        Self::RiskDuplicate,
        Self::RiskSelfCrossing,
        Self::RiskBracket,
        Self::RiskOverflow,
    ];

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

    /// How a refused value stands to the limit, where both are numbers; `None` where the limit says what is allowed.
    const fn comparison(self) -> Option<&'static str> {
        match self {
            Self::RiskStaleData
            | Self::RiskPriceCollar
            | Self::RiskMaxOrderAmount
            | Self::RiskMaxOrderQuantity
            | Self::RiskMaxPositions
            | Self::RiskMaxPositionAmount
            | Self::RiskMaxExposure
            | Self::RiskInsufficientCash
            | Self::RiskInsufficientQuantity
            | Self::RiskReduceOnly
            | Self::RiskMaxLeverage
            | Self::RiskMaxOpenOrders
            | Self::RiskOrderRate => Some(">"),
            Self::RiskMaxDailyLoss | Self::RiskMaxDrawdown => Some(">="),
            Self::RiskMinNotional => Some("<"),
            _ => None,
        }
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

/// `RISK_MAX_ORDER_AMOUNT: 12,000,000 > 10,000,000`; where the limit is no number to compare with,
/// `RISK_TICK_SIZE: 70,050 (allowed: multiples of 100)`.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule.name(), self.value)?;
        match self.rule.comparison() {
            _ if self.limit.is_empty() => Ok(()),
            Some(sign) => write!(f, " {sign} {}", self.limit),
            None => write!(f, " (allowed: {})", self.limit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_reads_as_a_comparison_where_it_is_one() {
        let text = |rule, value, limit| Refusal::new(rule, value, limit).to_string();
        assert_eq!(
            text(Rule::RiskMaxOrderAmount, "12,000,000", "10,000,000"),
            "RISK_MAX_ORDER_AMOUNT: 12,000,000 > 10,000,000"
        );
        assert_eq!(text(Rule::RiskMinNotional, "4", "5"), "RISK_MIN_NOTIONAL: 4 < 5");
        assert_eq!(text(Rule::RiskMaxDailyLoss, "500,000", "500,000"), "RISK_MAX_DAILY_LOSS: 500,000 >= 500,000");
        assert_eq!(
            text(Rule::RiskTickSize, "70,050", "multiples of 100"),
            "RISK_TICK_SIZE: 70,050 (allowed: multiples of 100)"
        );
        assert_eq!(
            text(Rule::RiskDisconnected, "the broker is not connected", ""),
            "RISK_DISCONNECTED: the broker is not connected"
        );
    }

    #[test]
    fn json_and_text_name_a_rule_alike() {
        for rule in Rule::ALL {
            assert_eq!(serde_json::to_string(&rule).unwrap(), format!("\"{}\"", rule.name()));
        }
    }

    #[test]
    fn rules_are_listed_in_their_order() {
        assert!(Rule::ALL.is_sorted());
        assert_eq!(Rule::ALL.last(), Some(&Rule::RiskOverflow));
    }
}
