//! Transactions of the past: what moved cash and stock.

use std::cmp::Ordering;
use std::fmt::Display;

use super::listed::{COLUMNS_MAX, Cell, Listed, Maybe, Moment, SortBy, WITH_SECONDS, number, word};
use crate::desk::record::TransactionRecord;
use crate::market::{InstrumentId, Price, Quantity, UtcTime};
use crate::text::screen::portfolio::Page;
use crate::tui::theme::{Look, Role};
use crate::tui::widget::{Align, Column, Grouped, Signed};

impl Listed for TransactionRecord {
    const WORD: &'static str = "transactions";
    const SORTS: &'static [SortBy] =
        &[SortBy::Time, SortBy::Symbol, SortBy::State, SortBy::Quantity, SortBy::Price, SortBy::Amount];

    fn time(&self) -> UtcTime {
        self.time
    }

    fn instrument(&self) -> Option<InstrumentId> {
        crate::tui::model::instrument(self.venue?, self.symbol.as_deref()?)
    }

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn is(&self, other: &Self) -> bool {
        self.id == other.id
    }

    fn words(&self, found_by: &mut dyn FnMut(&str)) {
        found_by(&self.id.to_string());
        found_by(&self.kind);
        found_by(self.currency.as_str());
        if let Some(order) = &self.order_id {
            found_by(order);
        }
    }

    fn compare(&self, other: &Self, by: SortBy) -> Ordering {
        match by {
            SortBy::Time | SortBy::Side => self.time.cmp(&other.time),
            SortBy::Symbol => self.symbol.cmp(&other.symbol),
            SortBy::State => self.kind.cmp(&other.kind),
            SortBy::Quantity => self.quantity.cmp(&other.quantity),
            SortBy::Price => self.price.cmp(&other.price),
            SortBy::Amount => self.amount.cmp(&other.amount),
        }
    }

    fn columns(look: &Look, width: u16) -> ([Column; COLUMNS_MAX], usize) {
        let title = |page: Page| page.text(look.language);
        let mut columns = [Column::text("", 0, 0); COLUMNS_MAX];
        let named = [
            Column::text(title(Page::Time), if width < WITH_SECONDS { 11 } else { 14 }, 0),
            Column::text(title(Page::Type), 8, 0),
            Column::text(title(Page::Code), 7, 2),
            Column::text(title(Page::Name), 10, 4).growing(),
            Column::number(title(Page::Quantity), 8, 6),
            Column::number(title(Page::Price), 10, 7),
            Column::number(title(Page::Amount), 14, 0),
            Column::number(title(Page::Fee), 9, 5),
            Column::number(title(Page::Tax), 9, 5),
            Column::number(title(Page::CashAfter), 14, 1),
            Column::text(title(Page::Currency), 4, 3),
            Column::text(title(Page::Id), 9, 8),
        ];
        columns.iter_mut().zip(named).for_each(|(column, named)| *column = named);
        (columns, named.len())
    }

    fn cell(&self, column: usize, cell: &mut Cell<'_, '_>) {
        match column {
            0 => cell.when(),
            1 => {
                let role = match self.kind.as_str() {
                    "BUY" => Role::Buy,
                    "SELL" => Role::Sell,
                    _ => Role::Text,
                };
                cell.term(&self.kind, role);
            }
            2 => cell.code(),
            3 => cell.name(),
            4 => {
                if let Some(quantity) = self.quantity {
                    cell.number(quantity.value());
                }
            }
            5 => {
                if let Some(price) = self.price {
                    cell.number(price.value());
                }
            }
            6 => {
                let (x, y, width) = cell.field;
                let style = cell.pen.style(Role::Text);
                let amount = crate::tui::pane::money::signed(self.currency, self.amount);
                cell.pen.value(x, y, width, amount, Align::Right, style);
            }
            7 => cell.amount(self.currency, self.commission),
            8 => cell.amount(self.currency, self.tax),
            9 => cell.amount(self.currency, self.cash_after),
            10 => cell.text(self.currency.as_str(), Role::Dim),
            _ => cell.number(self.id),
        }
    }

    fn fields(&self, look: &Look, field: &mut dyn FnMut(Page, &dyn Display)) {
        field(Page::Id, &self.id);
        field(Page::Type, &word(look, &self.kind));
        field(Page::Profile, &self.profile);
        field(Page::Venue, &Maybe(self.venue.map(crate::market::Venue::as_str)));
        field(Page::Code, &Maybe(self.symbol.as_deref()));
        field(Page::OrderId, &Maybe(self.order_id.as_deref()));
        field(Page::Quantity, &number(self.quantity.map(Quantity::value)));
        field(Page::Price, &number(self.price.map(Price::value)));
        field(Page::Amount, &Signed::new(self.amount));
        field(Page::Fee, &Grouped::new(self.commission));
        field(Page::Tax, &Grouped::new(self.tax));
        field(Page::CashBefore, &Grouped::new(self.cash_before));
        field(Page::CashAfter, &Grouped::new(self.cash_after));
        field(Page::Currency, &self.currency.as_str());
        field(Page::Time, &Moment(self.time));
    }
}
