//! The desk as a process, config, ledger file and shell.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::value;

/// `hoga desk`.
#[derive(Debug, Subcommand)]
pub enum Desk {
    /// Start it in the background; does nothing when it runs
    Start,
    /// End it; names what would be left unwatched
    Stop {
        /// End it though orders or stops would be left unwatched
        #[arg(long)]
        force: bool,
    },
    /// End it and start it again
    Restart {
        /// End it though orders or stops would be left unwatched meanwhile
        #[arg(long)]
        force: bool,
    },
    /// What it holds and how it is
    Status,
    /// What it wrote to its log
    Logs {
        /// How many lines from the end
        #[arg(long, short = 'n', default_value_t = 100, value_parser = value::count)]
        lines: u32,
        /// Go on as more is written
        #[arg(long, short = 'f')]
        follow: bool,
    },
    /// Write a systemd user unit that keeps it running
    Install,
    /// The desk's own process
    #[command(hide = true)]
    Run {
        /// In a process session of its own, so that a closed terminal does not end it
        #[arg(long)]
        detached: bool,
        /// Ends by itself when nobody is left and nothing is held
        #[arg(long)]
        until_idle: bool,
    },
}

/// `hoga config`.
#[derive(Debug, Subcommand)]
pub enum Config {
    /// The config in force, with where each value comes from
    Show,
    /// Whether the config file is right
    Check,
    /// Where the config file is
    Path,
}

/// `hoga db`.
#[derive(Debug, Subcommand)]
pub enum Db {
    /// Recompute every balance and holding and compare
    Verify,
    /// Copy the ledger to a file, also while the desk runs
    Backup {
        /// Where to; must not exist
        file: PathBuf,
    },
    /// Replace the ledger by a copy; the desk must not run
    Restore {
        /// The copy
        file: PathBuf,
    },
}

/// `hoga completion`.
#[derive(Debug, Args)]
pub struct Completion {
    /// Which shell
    pub shell: clap_complete::Shell,
}
