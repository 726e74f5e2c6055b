//! Whether the desk trades.

use serde::{Deserialize, Serialize};

/// Whether the desk trades. Kept over restarts; cancels pass in every state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum DeskState {
    /// Orders pass the gate.
    #[default]
    Active,
    /// Only orders that make a position smaller.
    Reducing,
    /// No new orders at all, until a typed word lifts it.
    Halted,
}

impl DeskState {
    /// Name in JSON and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Reducing => "reducing",
            Self::Halted => "halted",
        }
    }

    /// From its name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Reducing, Self::Halted].into_iter().find(|state| state.as_str() == text)
    }
}
