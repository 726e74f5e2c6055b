//! Cash, fills and the broker's view of them.

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::value;
use crate::desk::protocol::ProfitBy;
use crate::market::Currency;

/// How many of a long list.
#[derive(Debug, Args)]
pub struct Newest {
    /// How many at most, the newest ones
    #[arg(long, short = 'n', default_value_t = 100, value_parser = value::count)]
    pub count: u32,
}

/// `hoga pnl`.
#[derive(Debug, Args)]
pub struct Pnl {
    /// What was realised as the broker counts it, beside the ledger's count
    #[arg(long)]
    pub broker: bool,
    /// First day, by the date of the exchange; the last one when absent
    #[arg(long, value_name = "DATE", requires = "broker", value_parser = value::date)]
    pub from: Option<Date>,
    /// Last day; today when absent
    #[arg(long, value_name = "DATE", requires = "broker", value_parser = value::date)]
    pub to: Option<Date>,
    /// A row a day, or a row an instrument and day
    #[arg(long, default_value = "day", requires = "broker")]
    pub by: ProfitRow,
}

/// What a row is of.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ProfitRow {
    /// Everything of a day
    Day,
    /// An instrument on a day
    Trade,
}

impl ProfitRow {
    /// As the desk calls it.
    #[must_use]
    pub const fn profit_by(self) -> ProfitBy {
        match self {
            Self::Day => ProfitBy::Day,
            Self::Trade => ProfitBy::Trade,
        }
    }
}

/// `hoga deposit|withdraw`.
#[derive(Debug, Args)]
pub struct Amount {
    /// How much
    #[arg(value_parser = value::amount)]
    pub amount: Decimal,
    /// Of what
    #[arg(long, default_value = "KRW", value_parser = value::currency())]
    pub currency: Currency,
}

/// `hoga leverage`.
#[derive(Debug, Args)]
pub struct Leverage {
    /// Code
    pub symbol: String,
    /// How many times
    #[arg(value_name = "N", value_parser = value::count)]
    pub leverage: u32,
}

/// `hoga reconcile`.
#[derive(Debug, Args)]
pub struct Reconcile {
    /// Take the broker's view as it is
    #[arg(long)]
    pub accept: bool,
}
