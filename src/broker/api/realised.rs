//! Realised profit as the broker counts it, by day or by trade.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::market::{Currency, InstrumentId, Venue};

/// Most days of one question.
pub const DAYS_MAX: u32 = 366;

/// What a row is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProfitBy {
    /// Everything of a day.
    Day,
    /// An instrument on a day.
    Trade,
}

/// Which realised profit is wanted. Dates are those of the exchanges: of Seoul for Korean shares, of New York for US ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RealisedQuestion {
    /// The first day; the last one when absent.
    #[serde(default)]
    pub from: Option<Date>,
    /// The last day; today at each exchange when absent.
    #[serde(default)]
    pub to: Option<Date>,
    /// What a row is of.
    pub by: ProfitBy,
}

impl RealisedQuestion {
    /// First and last day at an exchange where it is `today` now; `None` when all of them are still to come there.
    #[must_use]
    pub fn days(&self, today: Date) -> Option<(Date, Date)> {
        let to = self.to.unwrap_or(today);
        let from = self.from.unwrap_or(to);
        let to = to.min(today);
        (from <= to).then_some((from, to))
    }
}

/// What the broker has realised by its own count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Realised {
    /// What a row is of.
    pub by: ProfitBy,
    /// Of which exchanges, on which days. What is missing there was not traded.
    pub covers: Vec<Covered>,
    /// Oldest first.
    pub rows: Vec<RealisedRow>,
}

/// Exchanges whose days are in the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// They.
    pub venues: Vec<Venue>,
    /// The first day, by their own date.
    pub from: Date,
    /// The last one.
    pub to: Date,
}

/// A day, or an instrument on a day. What the broker does not tell is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RealisedRow {
    /// By the date of the exchange.
    pub date: Date,
    /// Of every amount.
    pub currency: Currency,
    /// Which, of a trade.
    pub instrument: Option<InstrumentId>,
    /// Its name as the broker tells it.
    pub name: String,
    /// Units sold.
    pub sold_quantity: Option<Decimal>,
    /// Average cost of a unit of what was sold.
    pub average_cost: Option<Decimal>,
    /// Average price of the sale.
    pub sale_price: Option<Decimal>,
    /// What was paid for what was bought that day.
    pub bought: Option<Decimal>,
    /// What all that was sold had cost.
    pub cost: Option<Decimal>,
    /// What it brought.
    pub sold: Option<Decimal>,
    /// Commissions; where there is no tax beside them, the two together.
    pub fees: Option<Decimal>,
    /// Taxes.
    pub taxes: Option<Decimal>,
    /// Realised.
    pub realised: Decimal,
    /// The same in per cent of the cost.
    pub percent: Option<Decimal>,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_that_is_still_to_come_somewhere_is_not_asked_for_there() {
        let today = date(2026, 11, 22);
        let days = |from, to| RealisedQuestion { from, to, by: ProfitBy::Day }.days(today);
        assert_eq!(days(None, None), Some((today, today)));
        let (before, next) = (date(2026, 11, 2), date(2026, 11, 23));
        assert_eq!(days(Some(before), None), Some((before, today)));
        assert_eq!(days(None, Some(before)), Some((before, before)));
        assert_eq!(days(Some(before), Some(next)), Some((before, today)));
        assert_eq!(days(Some(next), Some(next)), None);
    }
}
