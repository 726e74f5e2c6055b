//! Limits, refusals, differences and checks.

use serde::{Deserialize, Serialize};

use super::{amount, lines, optional_text, profit};
use crate::cli::output::{Look, Shown, rows};
use crate::cli::table::{Cell, Paint, plain, table};
use crate::desk::record::{DifferenceRecord, OrderRecord, PositionRecord, RiskEventRecord, RiskShowRecord};
use crate::text::{Column, Say};

impl Shown for RiskShowRecord {
    const LEAST: &'static [Column] = &[Column::PeakEquity, Column::Currency, Column::Equity, Column::Positions];

    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        vec![
            (Column::Profile, Cell::text(&self.profile)),
            (Column::State, look.word(&self.state)),
            (Column::Today, profit(self.day_profit)),
            (Column::Equity, amount(self.equity)),
            (Column::PeakEquity, amount(self.peak_equity)),
            (Column::OpenOrders, Cell::number(self.open_orders.to_string())),
            (Column::Positions, Cell::number(self.positions.to_string())),
            (Column::Currency, Cell::text(self.currency.as_str())),
        ]
    }

    fn key(&self) -> String {
        self.state.clone()
    }

    fn alone(&self, look: &Look) -> String {
        let keys = crate::cli::keys::keys_of::<crate::config::RiskLimits>();
        let limits = serde_json::to_value(&self.limits).unwrap_or_default();
        let shown = |key: &&str| match limits.get(key) {
            None | Some(serde_json::Value::Null) => Cell::number("-"),
            Some(serde_json::Value::String(text)) => text.parse().map_or_else(|_| Cell::number(plain(text)), amount),
            Some(other) => Cell::number(other.to_string()),
        };
        let limits: Vec<Vec<Cell>> = keys.iter().map(|key| vec![Cell::text(key), shown(key)]).collect();
        let heads = [look.head(Column::Key), look.head(Column::Limit)];
        format!("{}\n{}", lines(look, self.row(look)), table(&heads, limits, look.colour))
    }
}

impl Shown for RiskEventRecord {
    const LEAST: &'static [Column] = &[Column::Profile, Column::Source];

    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        vec![
            (Column::Time, look.time(self.time)),
            (Column::Profile, optional_text(self.profile.as_deref())),
            (Column::Rule, look.word(&self.rule)),
            (Column::Found, Cell::name(&self.value)),
            (Column::Limit, Cell::name(&self.limit)),
            (Column::Source, look.word(&self.source)),
        ]
    }

    fn key(&self) -> String {
        self.rule.clone()
    }
}

impl Shown for DifferenceRecord {
    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        vec![
            (Column::Kind, look.word(&self.kind)),
            (Column::Subject, Cell::name(&self.subject)),
            (Column::Local, Cell::name(&self.local)),
            (Column::Broker, Cell::name(&self.venue)),
        ]
    }

    fn key(&self) -> String {
        self.subject.clone()
    }
}

/// What a comparison came to: `reconcile`.
#[derive(Debug, Serialize, Deserialize)]
pub struct ComparisonRecord {
    /// Whether both agree.
    pub ok: bool,
    /// Where they do not.
    pub differences: Vec<DifferenceRecord>,
}

impl Shown for ComparisonRecord {
    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        vec![(Column::Result, Cell::text(Say::Agrees(self.ok).text(look.language)))]
    }

    fn key(&self) -> String {
        if self.ok { "ok".into() } else { self.differences.len().to_string() }
    }

    fn alone(&self, look: &Look) -> String {
        let mut text = format!("{}\n", Say::Agrees(self.ok).text(look.language));
        if !self.differences.is_empty() {
            text.push_str(&rows(&self.differences, look));
        }
        text
    }
}

/// One check of `doctor`.
#[derive(Debug, Serialize, Deserialize)]
pub struct CheckRecord {
    /// What was looked at; the same word in every language.
    pub check: String,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found.
    pub detail: String,
    /// What to do, where it is not.
    pub cure: Option<String>,
}

impl Shown for CheckRecord {
    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        let paint = if self.ok { None } else { Some(Paint::Up) };
        vec![
            (Column::Result, Cell::text(if self.ok { "✓" } else { "✗" }).painted(paint)),
            (Column::Check, Cell::text(&self.check)),
            (Column::Detail, Cell::text(&self.detail)),
            (Column::Cure, optional_text(self.cure.as_deref()).painted(look.colour.then_some(Paint::Faint))),
        ]
    }

    fn key(&self) -> String {
        format!("{} {}", self.check, if self.ok { "ok" } else { "failed" })
    }
}

/// What a kill or flatten would do: `kill --dry-run`.
#[derive(Debug, Serialize, Deserialize)]
pub struct KillPreview {
    /// Orders that would be canceled.
    pub cancel: Vec<OrderRecord>,
    /// Positions that would be closed at market.
    pub close: Vec<PositionRecord>,
}

impl Shown for KillPreview {
    fn row(&self, _look: &Look) -> Vec<(Column, Cell)> {
        vec![
            (Column::OpenOrders, Cell::number(self.cancel.len().to_string())),
            (Column::Positions, Cell::number(self.close.len().to_string())),
        ]
    }

    fn key(&self) -> String {
        (self.cancel.len() + self.close.len()).to_string()
    }

    fn alone(&self, look: &Look) -> String {
        let mut text = format!("{}\n", Say::WouldCancel(self.cancel.len()).text(look.language));
        if !self.cancel.is_empty() {
            text.push_str(&rows(&self.cancel, look));
        }
        text.push_str(&format!("{}\n", Say::WouldClose(self.close.len()).text(look.language)));
        if !self.close.is_empty() {
            text.push_str(&rows(&self.close, look));
        }
        text
    }
}
