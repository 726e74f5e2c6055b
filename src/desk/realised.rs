//! Records of realised profit as the broker counts it, beside what the ledger has of the same.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::market::{Currency, Venue};

/// A day, or an instrument on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RealisedRecord {
    /// `2026-11-20`, by the date of the exchange.
    pub date: String,
    /// Currency of every amount.
    pub currency: Currency,
    /// Code, of a trade.
    pub symbol: Option<String>,
    /// Its venue.
    pub venue: Option<Venue>,
    /// Korean name.
    pub name_ko: Option<String>,
    /// English name.
    pub name_en: Option<String>,
    /// Units sold.
    pub sold_quantity: Option<Decimal>,
    /// Average cost of a unit of what was sold.
    pub average_cost: Option<Decimal>,
    /// Average price of the sale.
    pub sale_price: Option<Decimal>,
    /// What was paid for what was bought that day; not told of foreign shares.
    pub bought: Option<Decimal>,
    /// What all that was sold had cost; told of foreign shares.
    pub cost: Option<Decimal>,
    /// What it brought.
    pub sold: Option<Decimal>,
    /// Commissions; of foreign shares taxes too, for they are told as one sum.
    pub fees: Option<Decimal>,
    /// Taxes.
    pub taxes: Option<Decimal>,
    /// Realised, as the broker counts it; absent where only the ledger knows of a sale.
    pub realised: Option<Decimal>,
    /// The same in per cent of the cost.
    pub percent: Option<Decimal>,
    /// What the ledger has of the same: profit of what was sold, less commission and tax of the sale. It stands once where
    /// the broker has several rows of an instrument and day.
    pub ledger: Option<Decimal>,
    /// The broker's count less the ledger's; zero when both agree.
    pub difference: Option<Decimal>,
}

/// All rows of a currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RealisedTotal {
    /// Currency.
    pub currency: Currency,
    /// Bought, where every row tells it.
    pub bought: Option<Decimal>,
    /// Sold.
    pub sold: Option<Decimal>,
    /// Commissions.
    pub fees: Option<Decimal>,
    /// Taxes, where every row tells them.
    pub taxes: Option<Decimal>,
    /// Realised, as the broker counts it.
    pub realised: Decimal,
    /// What the ledger has of the same.
    pub ledger: Decimal,
    /// The broker's count less the ledger's.
    pub difference: Decimal,
}

/// What was realised.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RealisedReport {
    /// Oldest first.
    pub rows: Vec<RealisedRecord>,
    /// By currency.
    pub totals: Vec<RealisedTotal>,
}
