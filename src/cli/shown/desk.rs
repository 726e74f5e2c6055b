//! The desk and its profiles.

use super::{lines, optional_text};
use crate::cli::number::age;
use crate::cli::output::{Look, Shown, rows};
use crate::cli::table::Cell;
use crate::desk::record::{DeskStatus, ProfileStatus};
use crate::text::Column;

impl Shown for DeskStatus {
    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        let shown = |text: String| if self.running { Cell::text(text) } else { Cell::default() };
        vec![
            (Column::Result, Cell::text(crate::text::Say::DeskRuns(self.running).text(look.language))),
            (Column::State, if self.running { look.word(&self.state) } else { Cell::default() }),
            (Column::Pid, self.pid.map(|pid| Cell::text(pid.to_string())).unwrap_or_default()),
            (Column::Version, shown(self.version.clone())),
            (Column::Uptime, shown(age(self.uptime_s.saturating_mul(1_000)))),
            (Column::Faces, shown(self.faces.to_string())),
            (Column::TradingLock, optional_text(self.trading_lock.as_deref())),
            (Column::Holds, Cell::text(self.holds.join(", "))),
            (Column::Storage, optional_text(self.storage.as_deref())),
            (Column::MarketEvents, shown(self.market_events.to_string())),
            (Column::DataDir, Cell::text(&self.data_dir)),
        ]
    }

    fn key(&self) -> String {
        if self.running { self.state.clone() } else { "stopped".into() }
    }

    fn alone(&self, look: &Look) -> String {
        let mut text = lines(look, self.row(look));
        if !self.profiles.is_empty() {
            text.push('\n');
            text.push_str(&rows(&self.profiles, look));
        }
        text
    }
}

impl Shown for ProfileStatus {
    const LEAST: &'static [Column] =
        &[Column::Positions, Column::OpenOrders, Column::Broker, Column::Reconciled, Column::UnknownOrders];

    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        let count = |count: usize| Cell::number(count.to_string());
        vec![
            (Column::Profile, Cell::text(&self.name)),
            (Column::Broker, Cell::text(&self.broker)),
            (Column::World, look.word(&self.world)),
            (Column::Connection, look.word(&self.connection)),
            (Column::Reconciled, look.word(if self.reconciled { "true" } else { "false" })),
            (Column::OpenOrders, count(self.open_orders)),
            (Column::UnknownOrders, count(self.unknown_orders)),
            (Column::Positions, count(self.positions)),
        ]
    }

    fn key(&self) -> String {
        self.name.clone()
    }
}
