//! The emergency commands and the risk gate.

use clap::{ArgGroup, Args, Subcommand};

use super::account::Newest;

/// `hoga kill`.
#[derive(Debug, Args)]
pub struct Kill {
    /// Close every position too
    #[arg(long)]
    pub flatten: bool,
    /// Show what would be canceled and closed; do nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `hoga resume`.
#[derive(Debug, Args)]
pub struct Resume {
    /// The word that lifts a halt, instead of typing it
    #[arg(long)]
    pub word: Option<String>,
}

/// `hoga flatten`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("which").required(true).args(["symbol", "all"])))]
pub struct Flatten {
    /// Code
    pub symbol: Option<String>,
    /// Every position
    #[arg(long)]
    pub all: bool,
}

/// `hoga risk`.
#[derive(Debug, Subcommand)]
pub enum Risk {
    /// Limits and what they stand at
    Show,
    /// Change a limit, also for later starts; an empty value switches it off
    Set {
        /// Key of the config's risk table
        key: String,
        /// New value
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
    /// Ask the gate about an order without sending it: "buy 005930 100@70000"
    Test {
        /// Side, code, quantity and the options of `order buy`
        #[arg(required = true, num_args = 1.., value_name = "ORDER")]
        order: Vec<String>,
    },
    /// Refusals and changes of state, oldest first
    Log(Newest),
}
