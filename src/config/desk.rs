//! The `[desk]` table: how the process behind the screens behaves.

use serde::Serialize;

use super::setting::{Rules, choice_setting, setting_table, within};

/// Least important messages that reach the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    /// What failed.
    Error,
    /// What may fail soon.
    Warn,
    /// What happened.
    Info,
    /// What was decided, and why.
    Debug,
    /// Every message of every connection, secrets removed.
    Trace,
}

impl LogLevel {
    /// Every level, quietest first.
    pub const ALL: [Self; 5] = [Self::Error, Self::Warn, Self::Info, Self::Debug, Self::Trace];

    /// Name in the config.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

choice_setting!(LogLevel);

/// Settings of the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeskSettings {
    /// A desk started by a face ends this long after the last face left, if it holds nothing.
    pub idle_exit_seconds: u64,
    /// Storage that takes longer than this halts new orders.
    pub storage_timeout_ms: u64,
    /// Between two questions about an order whose outcome is unknown.
    pub unknown_poll_ms: u64,
    /// Between two comparisons with the broker's own account.
    pub reconcile_seconds: u64,
    /// Between two records of the equity.
    pub equity_seconds: u64,
    /// What is logged.
    pub log_level: LogLevel,
    /// How many daily log files are kept.
    pub log_files: u32,
}

impl Default for DeskSettings {
    fn default() -> Self {
        Self {
            idle_exit_seconds: 10,
            storage_timeout_ms: 2_000,
            unknown_poll_ms: 1_000,
            reconcile_seconds: 30,
            equity_seconds: 60,
            log_level: LogLevel::Info,
            log_files: 7,
        }
    }
}

setting_table!(DeskSettings {
    idle_exit_seconds: u64,
    storage_timeout_ms: u64,
    unknown_poll_ms: u64,
    reconcile_seconds: u64,
    equity_seconds: u64,
    log_level: LogLevel,
    log_files: u32,
});

impl Rules for DeskSettings {
    fn broken(&self) -> Vec<(&'static str, String)> {
        let mut broken = Vec::new();
        within(&mut broken, "idle_exit_seconds", self.idle_exit_seconds, (0, 86_400));
        within(&mut broken, "storage_timeout_ms", self.storage_timeout_ms, (100, 60_000));
        // Faster than this eats the broker's request limit while cancels wait for it.
        within(&mut broken, "unknown_poll_ms", self.unknown_poll_ms, (200, 60_000));
        within(&mut broken, "reconcile_seconds", self.reconcile_seconds, (5, 3_600));
        within(&mut broken, "equity_seconds", self.equity_seconds, (1, 86_400));
        within(&mut broken, "log_files", self.log_files, (1, 3_650));
        broken
    }
}
