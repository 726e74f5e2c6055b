//! Records of how an account did: its equity over time, profit by day and by instrument.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::market::{Currency, UtcTime, Venue};

/// Equity at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EquityRecord {
    /// When.
    pub time: UtcTime,
    /// Currency.
    pub currency: Currency,
    /// Cash and what was held at the prices of the moment.
    pub equity: Decimal,
}

/// What a day brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayProfitRecord {
    /// `2026-11-20`, at the venue of the profile.
    pub date: String,
    /// Currency.
    pub currency: Currency,
    /// Profit of what was closed that day, before fees and taxes.
    pub realized_gross: Decimal,
    /// Commissions paid that day.
    pub fees: Decimal,
    /// Taxes paid that day.
    pub taxes: Decimal,
    /// Profit of what was closed that day, after the fees and taxes of that day, with the funding, dividends and interest
    /// of instruments. The days together are what the positions have realised.
    pub realized: Decimal,
    /// Fills.
    pub fills: u32,
    /// Money traded.
    pub turnover: Decimal,
}

/// What an instrument brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SymbolProfitRecord {
    /// Code.
    pub symbol: String,
    /// Venue.
    pub venue: Venue,
    /// Korean name.
    pub name_ko: String,
    /// English name.
    pub name_en: String,
    /// Currency.
    pub currency: Currency,
    /// Profit of what was closed, before fees and taxes.
    pub realized_gross: Decimal,
    /// Commissions paid.
    pub fees: Decimal,
    /// Taxes paid.
    pub taxes: Decimal,
    /// After fees and taxes, with funding, dividends and interest.
    pub realized: Decimal,
    /// Fills.
    pub fills: u32,
    /// Money traded.
    pub turnover: Decimal,
}

/// How an account did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PerformanceRecord {
    /// Profile.
    pub profile: String,
    /// Oldest first, at most 2,000 a currency.
    pub equity: Vec<EquityRecord>,
    /// Oldest first.
    pub days: Vec<DayProfitRecord>,
    /// By code.
    pub symbols: Vec<SymbolProfitRecord>,
}
