//! Market data and the watch list.

use clap::{Args, Subcommand, ValueEnum};

use super::value;
use crate::desk::protocol::{RankBy, Topic};
use crate::market::FlowSeries;
use crate::market::candle::Interval;

/// `hoga quote`.
#[derive(Debug, Args)]
pub struct Quote {
    /// Codes, such as 005930 or SIM:005930
    #[arg(required = true, value_name = "SYMBOL")]
    pub symbols: Vec<String>,
}

/// `hoga book`.
#[derive(Debug, Args)]
pub struct Book {
    /// Code
    pub symbol: String,
    /// Levels a side
    #[arg(long, default_value_t = 10, value_parser = value::count)]
    pub levels: u32,
}

/// `hoga trades`.
#[derive(Debug, Args)]
pub struct Trades {
    /// Code
    pub symbol: String,
    /// How many at most
    #[arg(long, short = 'n', default_value_t = 20, value_parser = value::count)]
    pub count: u32,
}

/// `hoga candles`.
#[derive(Debug, Args)]
pub struct Candles {
    /// Code
    pub symbol: String,
    /// How long each: 1s, 1m, 5m, 1h, 1d
    #[arg(long, default_value = "1m", value_parser = value::interval)]
    pub interval: Interval,
    /// How many at most
    #[arg(long, short = 'n', default_value_t = 200, value_parser = value::count)]
    pub count: u32,
}

/// `hoga flow`.
#[derive(Debug, Args)]
pub struct Flow {
    /// Code
    pub symbol: String,
    /// Which numbers
    #[arg(long, value_enum, default_value = "open-interest")]
    pub series: SeriesName,
    /// How long each: 5m, 1h, 1d
    #[arg(long, default_value = "5m", value_parser = value::interval)]
    pub interval: Interval,
    /// How many at most
    #[arg(long, short = 'n', default_value_t = 30, value_parser = value::count)]
    pub count: u32,
}

/// Which numbers.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum SeriesName {
    /// Contracts open
    OpenInterest,
    /// What takers bought and sold
    Takers,
    /// Accounts long and short
    Accounts,
    /// The largest accounts, long and short
    TopAccounts,
    /// Positions of the largest accounts
    TopPositions,
}

impl SeriesName {
    /// As the market calls it.
    #[must_use]
    pub const fn series(self) -> FlowSeries {
        match self {
            Self::OpenInterest => FlowSeries::OpenInterest,
            Self::Takers => FlowSeries::Takers,
            Self::Accounts => FlowSeries::Accounts,
            Self::TopAccounts => FlowSeries::TopAccounts,
            Self::TopPositions => FlowSeries::TopPositions,
        }
    }
}

/// `hoga search`.
#[derive(Debug, Args)]
pub struct Search {
    /// Part of a code or name
    #[arg(required = true, num_args = 1..)]
    pub text: Vec<String>,
    /// How many at most
    #[arg(long, short = 'n', default_value_t = 20, value_parser = value::count)]
    pub count: u32,
}

/// `hoga rank`.
#[derive(Debug, Args)]
pub struct Rank {
    /// By what
    pub by: RankName,
    /// How many at most
    #[arg(long, short = 'n', default_value_t = 20, value_parser = value::count)]
    pub count: u32,
}

/// By what to rank.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RankName {
    /// Money traded today
    Value,
    /// Units traded today
    Volume,
    /// Change against the previous close
    Change,
}

impl RankName {
    /// As the desk calls it.
    #[must_use]
    pub const fn rank_by(self) -> RankBy {
        match self {
            Self::Value => RankBy::Value,
            Self::Volume => RankBy::Volume,
            Self::Change => RankBy::Change,
        }
    }
}

/// `hoga info`.
#[derive(Debug, Args)]
pub struct Info {
    /// Code
    pub symbol: String,
}

/// `hoga stream`.
#[derive(Debug, Args)]
pub struct Stream {
    /// What about
    pub topic: TopicName,
    /// Codes; the watch list when none is given
    #[arg(value_name = "SYMBOL")]
    pub symbols: Vec<String>,
    /// End after so many
    #[arg(long, short = 'n', value_parser = value::count)]
    pub count: Option<u32>,
}

/// What a stream is about.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum TopicName {
    /// Quotes
    Quote,
    /// Order books
    Book,
    /// Prints
    Trades,
    /// One-minute candles as they grow
    Candles,
    /// Changes of your orders
    Orders,
    /// Your fills
    Fills,
    /// Connections, refusals, halts and notices
    Events,
    /// Alerts made, fired, seen and removed
    Alerts,
}

impl TopicName {
    /// As the desk calls it.
    #[must_use]
    pub const fn topic(self) -> Topic {
        match self {
            Self::Quote => Topic::Quote,
            Self::Book => Topic::Book,
            Self::Trades => Topic::Trades,
            Self::Candles => Topic::Candles,
            Self::Orders => Topic::Orders,
            Self::Fills => Topic::Fills,
            Self::Events => Topic::Events,
            Self::Alerts => Topic::Alerts,
        }
    }
}

/// `hoga watch`.
#[derive(Debug, Subcommand)]
pub enum Watch {
    /// Quotes of the watch list
    List,
    /// Put instruments on it
    Add {
        /// Codes
        #[arg(required = true, value_name = "SYMBOL")]
        symbols: Vec<String>,
    },
    /// Take instruments off it
    #[command(visible_alias = "remove")]
    Rm {
        /// Codes
        #[arg(required = true, value_name = "SYMBOL")]
        symbols: Vec<String>,
    },
}
