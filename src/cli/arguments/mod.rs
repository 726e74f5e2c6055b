//! What can be typed. Only shapes: nothing here asks a desk.

pub mod account;
pub mod alert;
pub mod auth;
pub mod danger;
pub mod market;
pub mod order;
pub mod screen;
pub mod setup;
pub mod value;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::order::ProfileName;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "hoga",
    version,
    about = "A trading workstation that lives in a terminal",
    infer_long_args = false,
    max_term_width = 110
)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// How the screen is shown.
    #[command(flatten)]
    pub screen: screen::Screen,
    /// What to do; without one, the screen.
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// Options of every command, before or after it.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Config file [env: HOGA_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder of ledger, logs and socket [env: HOGA_DATA_DIR]
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Profile of the config: broker, world and account [env: HOGA_PROFILE]
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<ProfileName>,
    /// Shape of what is printed [env: HOGA_FORMAT]
    #[arg(long, global = true, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Short for --format json
    #[arg(long, global = true)]
    pub json: bool,
    /// Do not ask before an order
    #[arg(long, short = 'y', global = true)]
    pub yes: bool,
    /// Language of what people read [env: HOGA_LANG]
    #[arg(long, global = true, value_name = "LANGUAGE")]
    pub lang: Option<LanguageName>,
    /// Print only the value that matters: an order's id, a price
    #[arg(long, short = 'q', global = true)]
    pub quiet: bool,
    /// Show what is said to the desk, on standard error
    #[arg(long, short = 'v', global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// Shape of what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Aligned columns, for people
    Table,
    /// One JSON value
    Json,
    /// One JSON object a line
    Jsonl,
    /// Comma-separated values with a header
    Csv,
}

/// Language of what people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LanguageName {
    /// 한국어
    Ko,
    /// English
    En,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// The screen, on the desk of the data folder
    Attach(screen::Screen),
    /// Latest quotes
    Quote(market::Quote),
    /// Order book of an instrument
    Book(market::Book),
    /// Latest prints of an instrument
    Trades(market::Trades),
    /// Candles of an instrument, oldest first
    Candles(market::Candles),
    /// Open interest, takers and accounts of a futures market, oldest first
    Flow(market::Flow),
    /// Find instruments by code or name
    Search(market::Search),
    /// Instruments by value, volume or change
    Rank(market::Rank),
    /// Phases of the venues
    Session,
    /// What is known of an instrument
    Info(market::Info),
    /// Follow the market or your orders, one JSON object a line
    Stream(market::Stream),
    /// Place, cancel, change and list orders
    #[command(subcommand)]
    Order(order::Order),
    /// Cash
    Balance,
    /// Holdings
    Positions,
    /// Fills, oldest first
    Fills(account::Newest),
    /// Profit and loss
    Pnl(account::Pnl),
    /// Journal of money and stock, oldest first
    Transactions(account::Newest),
    /// Put virtual cash in
    Deposit(account::Amount),
    /// Take virtual cash out
    Withdraw(account::Amount),
    /// Set the leverage of a margined instrument
    Leverage(account::Leverage),
    /// Compare orders, positions and cash with the broker
    Reconcile(account::Reconcile),
    /// Halt, cancel every order and read back until none is left
    Kill(danger::Kill),
    /// Take no new orders
    Halt,
    /// Take only orders that make positions smaller
    Reduce,
    /// Trade again
    Resume(danger::Resume),
    /// Cancel the orders of an instrument and close its position at market
    Flatten(danger::Flatten),
    /// Limits, tests and refusals
    #[command(subcommand)]
    Risk(danger::Risk),
    /// The watch list
    #[command(subcommand)]
    Watch(market::Watch),
    /// Conditions the desk watches, with or without a screen
    #[command(subcommand)]
    Alert(alert::Alert),
    /// The process that holds brokers and orders
    #[command(subcommand)]
    Desk(setup::Desk),
    /// Keys of brokers
    #[command(subcommand)]
    Auth(auth::Auth),
    /// The config in force
    #[command(subcommand)]
    Config(setup::Config),
    /// Look for what could be wrong on this machine
    Doctor,
    /// The ledger's file
    #[command(subcommand)]
    Db(setup::Db),
    /// Completions for a shell
    Completion(setup::Completion),
    /// The manual page, as roff
    Man,
}
