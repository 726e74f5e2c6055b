//! Alerts.

use clap::{Args, Subcommand};

/// `hoga alert`.
#[derive(Debug, Subcommand)]
pub enum Alert {
    /// Alerts, oldest first
    List(List),
    /// Make an alert that fires once: hoga alert add 005930 'price >= 71000'
    Add(Add),
    /// Remove alerts
    #[command(visible_alias = "remove")]
    Rm {
        /// Numbers of alerts
        #[arg(required = true, value_name = "ID")]
        ids: Vec<u64>,
    },
    /// Note that fired alerts were seen
    Ack {
        /// Numbers of alerts; every fired one when none is given
        #[arg(value_name = "ID")]
        ids: Vec<u64>,
    },
}

/// `hoga alert list`.
#[derive(Debug, Args)]
pub struct List {
    /// Only those that fired and nobody has seen
    #[arg(long)]
    pub unacked: bool,
}

/// `hoga alert add`.
#[derive(Debug, Args)]
pub struct Add {
    /// Code
    pub symbol: String,
    /// 'price >= 71000', 'change <= -2.5', 'strength >= 120', 'imbalance >= 70', vi, 'order filled', 'stop unwatched'
    #[arg(required = true, num_args = 1.., allow_negative_numbers = true, value_name = "CONDITION")]
    pub condition: Vec<String>,
    /// What to remember with it
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
}
