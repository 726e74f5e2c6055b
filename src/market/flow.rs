//! Who is in a futures market and which way they lean: open interest, sides of takers, long and short accounts.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::time::UtcTime;

/// A series of such numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowSeries {
    /// Contracts open (미결제약정).
    OpenInterest,
    /// Volume that takers bought and sold.
    Takers,
    /// Shares of accounts that are long and short.
    Accounts,
    /// The same of the accounts with the largest margin.
    TopAccounts,
    /// Shares of the positions of those accounts.
    TopPositions,
}

impl FlowSeries {
    /// Every series.
    pub const ALL: [Self; 5] =
        [Self::OpenInterest, Self::Takers, Self::Accounts, Self::TopAccounts, Self::TopPositions];

    /// Name in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenInterest => "open_interest",
            Self::Takers => "takers",
            Self::Accounts => "accounts",
            Self::TopAccounts => "top_accounts",
            Self::TopPositions => "top_positions",
        }
    }
}

/// One period of a series, at the time the venue stamps it with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowPoint {
    /// As the venue stamps it; which end of the period that is differs between series.
    pub time: UtcTime,
    /// Open interest: units. Takers: units bought. Else the share that is long, as a fraction.
    pub long: Decimal,
    /// Takers: units sold. Else the share that is short, as a fraction. Nothing for open interest, where every long is
    /// somebody's short.
    pub short: Option<Decimal>,
    /// Long over short.
    pub ratio: Option<Decimal>,
    /// Open interest: its value in the quote currency.
    pub value: Option<Decimal>,
}
