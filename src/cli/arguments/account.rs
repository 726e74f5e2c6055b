//! Cash, fills and the broker's view of them.

use clap::Args;
use rust_decimal::Decimal;

use super::value;
use crate::market::Currency;

/// How many of a long list.
#[derive(Debug, Args)]
pub struct Newest {
    /// How many at most, the newest ones
    #[arg(long, short = 'n', default_value_t = 100, value_parser = value::count)]
    pub count: u32,
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
