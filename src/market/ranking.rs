//! The instruments of a market that lead it today.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::instrument::InstrumentId;
use super::price::Price;

/// What to rank by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RankBy {
    /// Money traded today.
    Value,
    /// Units traded today.
    Volume,
    /// Change against the previous close.
    Change,
}

/// An instrument of a ranking, with the numbers it is ranked by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    /// Which.
    pub instrument: InstrumentId,
    /// Its name as the ranking has it.
    pub name: String,
    /// Last price.
    pub last: Option<Price>,
    /// Change against the previous close, per cent.
    pub change_percent: Option<Decimal>,
    /// Units traded today.
    pub volume: Decimal,
    /// Money traded today, in the instrument's currency; nothing where the ranking does not say it.
    pub value: Option<Decimal>,
}

impl Ranked {
    /// The number it is ranked by.
    #[must_use]
    pub fn key(&self, by: RankBy) -> Decimal {
        match by {
            RankBy::Value => self.value.unwrap_or_default(),
            RankBy::Volume => self.volume,
            RankBy::Change => self.change_percent.unwrap_or_default(),
        }
    }
}
