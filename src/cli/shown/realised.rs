//! What was realised by the broker's count, beside the ledger's.

use super::{changed_percent, name, optional_amount, optional_profit, profit};
use crate::cli::output::{Look, Shown};
use crate::cli::table::Cell;
use crate::desk::realised::{RealisedRecord, RealisedTotal};
use crate::text::Column;

impl Shown for RealisedRecord {
    const LEAST: &'static [Column] = &[
        Column::Bought,
        Column::Tax,
        Column::Fee,
        Column::AveragePrice,
        Column::SalePrice,
        Column::Name,
        Column::SoldQuantity,
        Column::Currency,
        Column::Return,
        Column::Sold,
    ];

    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        let mut row = vec![(Column::Date, Cell::text(&self.date))];
        if let (Some(venue), Some(symbol)) = (self.venue, &self.symbol) {
            let (ko, en) = (self.name_ko.as_deref().unwrap_or_default(), self.name_en.as_deref().unwrap_or_default());
            row.extend([
                (Column::Symbol, Cell::text(format!("{venue}:{symbol}"))),
                (Column::Name, name(look, ko, en)),
                (Column::SoldQuantity, optional_amount(self.sold_quantity)),
                (Column::AveragePrice, optional_amount(self.average_cost)),
                (Column::SalePrice, optional_amount(self.sale_price)),
            ]);
        }
        row.extend([
            (Column::Currency, Cell::text(self.currency.as_str())),
            (Column::Bought, optional_amount(self.bought)),
            (Column::Sold, optional_amount(self.sold)),
            (Column::Fee, optional_amount(self.fees)),
            (Column::Tax, optional_amount(self.taxes)),
            (Column::ByBroker, optional_profit(self.realised)),
            (Column::Return, changed_percent(self.percent.map(|percent| percent.round_dp(2)))),
            (Column::ByLedger, optional_profit(self.ledger)),
            (Column::Difference, optional_profit(self.difference)),
        ]);
        row
    }

    fn key(&self) -> String {
        self.realised.unwrap_or_default().to_string()
    }
}

impl Shown for RealisedTotal {
    const LEAST: &'static [Column] = &[Column::Bought, Column::Tax, Column::Fee, Column::Sold];

    fn row(&self, _look: &Look) -> Vec<(Column, Cell)> {
        vec![
            (Column::Currency, Cell::text(self.currency.as_str())),
            (Column::Bought, optional_amount(self.bought)),
            (Column::Sold, optional_amount(self.sold)),
            (Column::Fee, optional_amount(self.fees)),
            (Column::Tax, optional_amount(self.taxes)),
            (Column::ByBroker, profit(self.realised)),
            (Column::ByLedger, profit(self.ledger)),
            (Column::Difference, profit(self.difference)),
        ]
    }

    fn key(&self) -> String {
        self.realised.to_string()
    }
}
