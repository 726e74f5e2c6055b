//! Alerts.

use serde::{Deserialize, Serialize};

use super::{optional_text, text_of_time};
use crate::cli::output::{Look, Shown};
use crate::cli::table::Cell;
use crate::desk::alert::AlertRecord;
use crate::market::UtcTime;
use crate::text::Column;

/// An alert as scripts see it: the condition in the words in which it is typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertLine {
    /// Its number.
    pub id: u64,
    /// Profile whose market is watched.
    pub profile: String,
    /// `005930`.
    pub symbol: String,
    /// `SIM`.
    pub venue: String,
    /// `price >= 71000`.
    pub condition: String,
    /// What its maker wrote.
    pub note: Option<String>,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it fired.
    pub fired_at: Option<UtcTime>,
    /// The value that fired it.
    pub value: Option<String>,
    /// When somebody saw it.
    pub acknowledged_at: Option<UtcTime>,
}

impl From<&AlertRecord> for AlertLine {
    fn from(alert: &AlertRecord) -> Self {
        let (venue, symbol) = alert.instrument.split_once(':').unwrap_or(("", &alert.instrument));
        Self {
            id: alert.id,
            profile: alert.profile.clone(),
            symbol: symbol.to_owned(),
            venue: venue.to_owned(),
            condition: alert.condition.to_string(),
            note: alert.note.clone(),
            created_at: alert.created_at,
            fired_at: alert.fired_at,
            value: alert.value.clone(),
            acknowledged_at: alert.acknowledged_at,
        }
    }
}

impl Shown for AlertLine {
    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        vec![
            (Column::Id, Cell::number(self.id.to_string())),
            (Column::Symbol, Cell::text(format!("{}:{}", self.venue, self.symbol))),
            (Column::Condition, Cell::text(&self.condition)),
            (Column::Note, optional_text(self.note.as_deref())),
            (Column::MadeAt, look.time(self.created_at)),
            (Column::FiredAt, text_of_time(look, self.fired_at)),
            (Column::FiredBy, optional_text(self.value.as_deref())),
            (Column::SeenAt, text_of_time(look, self.acknowledged_at)),
        ]
    }

    fn key(&self) -> String {
        self.id.to_string()
    }
}
