//! What an alert waits for, as people type and read it.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, dec};

use super::{AlertCondition, Crossing};
use crate::market::Price;
use crate::order::OrderState;

/// Largest magnitude of a bound in per cent.
const PERCENT_MAX: Decimal = dec!(1_000_000);
/// Most decimals of a bound in per cent.
const PERCENT_DECIMALS_MAX: u32 = 6;
/// Most characters of a wrong text that are said back.
const SHOWN_MAX: usize = 60;

/// States of an order that can be waited for.
const STATES: [OrderState; 7] = [
    OrderState::Accepted,
    OrderState::PartiallyFilled,
    OrderState::Filled,
    OrderState::Canceled,
    OrderState::Rejected,
    OrderState::Expired,
    OrderState::Unknown,
];

/// A text that is no condition, or a condition that can never hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    /// Not the grammar.
    #[error(
        "'{0}' is no condition: it looks like 'price >= 71000', 'change <= -2.5', 'strength >= 120', 'imbalance >= 70', \
         'vi', 'order filled' or 'stop unwatched'; quote it, for a shell takes > and < as its own"
    )]
    Unreadable(String),
    /// Not a price.
    #[error(transparent)]
    Price(#[from] crate::market::NumberError),
    /// A bound in per cent that the figure cannot reach.
    #[error("{bound} is out of range: {figure} goes from {low} to {high} per cent, with at most 6 decimals")]
    Percent {
        /// What is bounded.
        figure: &'static str,
        /// The bound.
        bound: Decimal,
        /// Lowest.
        low: Decimal,
        /// Highest.
        high: Decimal,
    },
    /// A state that is no state to wait for.
    #[error(
        "no alert waits for an order to be '{0}': accepted, partially_filled, filled, canceled, rejected, expired, unknown"
    )]
    State(String),
}

impl Crossing {
    /// `>=`, `<=`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Above => ">=",
            Self::Below => "<=",
        }
    }

    /// Whether a value is at the bound or beyond it.
    #[must_use]
    pub fn is_reached(self, value: Decimal, bound: Decimal) -> bool {
        match self {
            Self::Above => value >= bound,
            Self::Below => value <= bound,
        }
    }
}

impl AlertCondition {
    /// Whether it could ever hold: a condition of a face that did not parse it may be anything.
    ///
    /// # Errors
    /// A bound that its figure cannot reach, or a state that is none to wait for.
    pub fn check(&self) -> Result<(), ConditionError> {
        match self {
            Self::Change { percent, .. } => within("change", *percent, dec!(-100), PERCENT_MAX),
            Self::Strength { percent, .. } => within("strength", *percent, dec!(0), PERCENT_MAX),
            Self::Imbalance { percent, .. } => within("imbalance", *percent, dec!(0), dec!(100)),
            Self::Order { state } if !STATES.contains(state) => Err(ConditionError::State(state.to_string())),
            Self::Price { .. } | Self::VolatilityInterruption | Self::Order { .. } | Self::StopUnwatched => Ok(()),
        }
    }
}

fn within(figure: &'static str, bound: Decimal, low: Decimal, high: Decimal) -> Result<(), ConditionError> {
    let fits = bound >= low && bound <= high && bound.normalize().scale() <= PERCENT_DECIMALS_MAX;
    if fits { Ok(()) } else { Err(ConditionError::Percent { figure, bound, low, high }) }
}

impl fmt::Display for AlertCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Price { crossing, price } => write!(f, "price {} {price}", crossing.as_str()),
            Self::Change { crossing, percent } => write!(f, "change {} {}", crossing.as_str(), percent.normalize()),
            Self::Strength { crossing, percent } => write!(f, "strength {} {}", crossing.as_str(), percent.normalize()),
            Self::Imbalance { crossing, percent } => {
                write!(f, "imbalance {} {}", crossing.as_str(), percent.normalize())
            }
            Self::VolatilityInterruption => f.write_str("vi"),
            Self::Order { state } => write!(f, "order {state}"),
            Self::StopUnwatched => f.write_str("stop unwatched"),
        }
    }
}

impl FromStr for AlertCondition {
    type Err = ConditionError;

    fn from_str(text: &str) -> Result<Self, ConditionError> {
        let lower = text.to_ascii_lowercase();
        let unreadable =
            || ConditionError::Unreadable(text.chars().filter(|c| !c.is_control()).take(SHOWN_MAX).collect());
        let words: Vec<&str> = lower.split_whitespace().collect();
        let condition = match words.as_slice() {
            ["vi"] => Self::VolatilityInterruption,
            ["stop", "unwatched"] => Self::StopUnwatched,
            ["order", state] => {
                let parsed = OrderState::parse(state).ok_or_else(|| ConditionError::State((*state).to_owned()))?;
                Self::Order { state: parsed }
            }
            _ => {
                let (figure, crossing, bound) = comparison(&lower).ok_or_else(unreadable)?;
                let percent =
                    || Decimal::from_str_exact(bound.trim_end_matches('%').trim_end()).map_err(|_| unreadable());
                match figure {
                    "price" => Self::Price { crossing, price: bound.parse::<Price>()? },
                    "change" => Self::Change { crossing, percent: percent()?.normalize() },
                    "strength" => Self::Strength { crossing, percent: percent()?.normalize() },
                    "imbalance" => Self::Imbalance { crossing, percent: percent()?.normalize() },
                    _ => return Err(unreadable()),
                }
            }
        };
        condition.check()?;
        Ok(condition)
    }
}

/// The three parts of `price >= 71000`, with blanks or without.
fn comparison(text: &str) -> Option<(&str, Crossing, &str)> {
    const SIGNS: [(&str, Crossing); 6] = [
        (">=", Crossing::Above),
        ("<=", Crossing::Below),
        (">", Crossing::Above),
        ("<", Crossing::Below),
        (" above ", Crossing::Above),
        (" below ", Crossing::Below),
    ];
    let found = SIGNS.iter().find_map(|(sign, crossing)| Some((text.split_once(sign)?, *crossing)));
    let ((figure, bound), crossing) = found?;
    Some((figure.trim(), crossing, bound.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> AlertCondition {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn what_is_shown_is_read_back_as_the_same() {
        for text in [
            "price >= 71000",
            "price <= 0.00012",
            "change >= 3",
            "change <= -2.5",
            "strength >= 120",
            "strength <= 80.5",
            "imbalance >= 70",
            "imbalance <= 0",
            "vi",
            "order filled",
            "order partially_filled",
            "order unknown",
            "stop unwatched",
        ] {
            assert_eq!(parsed(text).to_string(), text);
        }
        for state in STATES {
            let condition = AlertCondition::Order { state };
            assert_eq!(parsed(&condition.to_string()), condition);
        }
    }

    #[test]
    fn other_ways_to_write_it_mean_the_same() {
        for (text, meant) in [
            ("price>=71000", "price >= 71000"),
            ("  PRICE  >  71000.0 ", "price >= 71000"),
            ("price<69000", "price <= 69000"),
            ("change<=-2.50", "change <= -2.5"),
            ("change >= 3%", "change >= 3"),
            ("price above 71000", "price >= 71000"),
            ("imbalance below 30 %", "imbalance <= 30"),
            ("VI", "vi"),
            ("Order  Filled", "order filled"),
        ] {
            assert_eq!(parsed(text).to_string(), meant, "{text}");
        }
    }

    #[test]
    fn what_cannot_hold_is_refused() {
        for text in [
            "",
            "price",
            "price 71000",
            "price = 71000",
            "price => 71000",
            "price >= ",
            "price >= 71,000",
            "price >= 0",
            "price >= -5",
            "price >= 1e5",
            "volume >= 5",
            "change >= x",
            "change <= -101",
            "change >= 0.0000001",
            "strength >= -1",
            "imbalance >= 101",
            "imbalance >= 50 70",
            "order",
            "order sent",
            "order done",
            "stop",
            "vi now",
        ] {
            assert!(text.parse::<AlertCondition>().is_err(), "'{text}' was taken");
        }
        let words = "price 71000".parse::<AlertCondition>().unwrap_err().to_string();
        assert!(words.contains("quote it"), "{words}");
    }

    #[test]
    fn a_bound_counts_as_reached() {
        assert!(Crossing::Above.is_reached(dec!(3), dec!(3)) && !Crossing::Above.is_reached(dec!(2.99), dec!(3)));
        assert!(Crossing::Below.is_reached(dec!(3), dec!(3)) && !Crossing::Below.is_reached(dec!(3.01), dec!(3)));
    }
}
