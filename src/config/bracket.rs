//! The `[brackets.NAME]` tables: exits that go with an entry, as templates.

use std::fmt;

use rust_decimal::Decimal;
use serde::Serialize;
use toml::de::DeValue;

use super::error::shown;
use super::setting::{Refused, Rules, Setting, optional_setting, quoted, setting_table, text, within};

/// What a distance is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DistanceUnit {
    /// Per cent of the entry price; for a trailing stop, of the best price since.
    Percent,
    /// Steps of the instrument's price.
    Ticks,
    /// The currency of the price.
    Price,
}

/// How far an exit is from the entry; always above 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Distance {
    /// In its unit.
    pub amount: Decimal,
    /// What it is counted in.
    pub unit: DistanceUnit,
}

impl fmt::Display for Distance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            DistanceUnit::Percent => "%",
            DistanceUnit::Ticks => "t",
            DistanceUnit::Price => "",
        };
        write!(f, "{}{unit}", self.amount)
    }
}

/// A distance to the side that gains: above the entry of a long position, below that of a short one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Gain(pub Distance);

/// A distance to the side that loses: below the entry of a long position, above that of a short one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Loss(pub Distance);

/// Exits of one template; at least one of the first three is set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct BracketTemplate {
    /// Where the gain is taken.
    pub take_profit: Option<Gain>,
    /// Where the loss is cut.
    pub stop_loss: Option<Loss>,
    /// How far behind the best price since the entry the stop follows.
    pub trail: Option<Loss>,
    /// After so many ticks of gain the stop goes to the entry price.
    pub breakeven_after: Option<BreakevenTicks>,
}

/// A number of ticks, at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct BreakevenTicks(pub u32);

/// Farther than this in ticks is a price, mistyped.
const TICKS_MAX: u32 = 100_000;

impl Setting for Gain {
    fn expected() -> String {
        "a gain such as \"+3%\", \"+10t\" (ticks) or \"+500\" (price)".into()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Refused> {
        distance(value, '+', "a gain has no minus: write \"+3%\", for short positions too").map(Self)
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&format!("+{}", self.0)))
    }
}

impl Setting for Loss {
    fn expected() -> String {
        "a loss such as \"-2%\", \"-10t\" (ticks) or \"-500\" (price)".into()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Refused> {
        let loss = distance(value, '-', "a loss has no plus: write \"-2%\", for short positions too")?;
        if loss.unit == DistanceUnit::Percent && loss.amount >= Decimal::ONE_HUNDRED {
            return Err(Refused::Value("a loss of 100 per cent or more stops nothing".into()));
        }
        Ok(Self(loss))
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&format!("-{}", self.0)))
    }
}

impl Setting for BreakevenTicks {
    fn expected() -> String {
        "a whole number of ticks".into()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Refused> {
        u32::read(value).map(Self)
    }

    fn write(&self) -> Option<String> {
        self.0.write()
    }
}

optional_setting!(Gain, Loss, BreakevenTicks);

setting_table!(BracketTemplate {
    take_profit: Option<Gain>,
    stop_loss: Option<Loss>,
    trail: Option<Loss>,
    breakeven_after: Option<BreakevenTicks>,
});

impl BracketTemplate {
    /// Whether it has no exit.
    pub(super) const fn is_empty(&self) -> bool {
        self.take_profit.is_none() && self.stop_loss.is_none() && self.trail.is_none()
    }
}

impl Rules for BracketTemplate {
    fn broken(&self) -> Vec<(&'static str, String)> {
        let mut broken = Vec::new();
        if let Some(ticks) = self.breakeven_after {
            within(&mut broken, "breakeven_after", ticks.0, (1, TICKS_MAX));
            if self.stop_loss.is_none() && self.trail.is_none() {
                broken.push(("breakeven_after", "there is no stop to move: set stop_loss or trail".into()));
            }
        }
        broken
    }
}

/// A distance whose sign, if it has one, is `sign`.
fn distance(value: &DeValue<'_>, sign: char, other_sign: &str) -> Result<Distance, Refused> {
    let text = text(value)?.trim();
    let unsigned = text.strip_prefix(sign).unwrap_or(text);
    if unsigned.starts_with(['+', '-']) {
        return Err(Refused::Value(other_sign.into()));
    }
    let (digits, unit) = match (unsigned.strip_suffix('%'), unsigned.strip_suffix('t')) {
        (Some(digits), _) => (digits, DistanceUnit::Percent),
        (None, Some(digits)) => (digits, DistanceUnit::Ticks),
        (None, None) => (unsigned, DistanceUnit::Price),
    };
    let digits = digits.trim_end();
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    let amount = Decimal::from_str_exact(digits).ok().filter(|_| is_number);
    let Some(amount) = amount else {
        let reason = format!("'{}' is no distance; write \"3%\", \"10t\" (ticks) or \"500\" (price)", shown(text));
        return Err(Refused::Value(reason));
    };
    if amount.is_zero() {
        return Err(Refused::Value("an exit at the entry price is none; a distance is above 0".into()));
    }
    if unit == DistanceUnit::Ticks && (!amount.fract().is_zero() || amount > Decimal::from(TICKS_MAX)) {
        return Err(Refused::Value(format!("ticks are whole, 1 to {TICKS_MAX}")));
    }
    Ok(Distance { amount: amount.normalize(), unit })
}
