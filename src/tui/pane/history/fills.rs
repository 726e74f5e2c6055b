//! Fills of the past.

use std::cmp::Ordering;
use std::fmt::Display;

use super::listed::{COLUMNS_MAX, Cell, Listed, Moment, SortBy, WITH_SECONDS, word};
use crate::desk::record::FillRecord;
use crate::market::{InstrumentId, UtcTime};
use crate::text::screen::portfolio::Page;
use crate::tui::theme::{Look, Role};
use crate::tui::widget::{Column, Grouped};

impl Listed for FillRecord {
    const WORD: &'static str = "fills";
    const SORTS: &'static [SortBy] =
        &[SortBy::Time, SortBy::Symbol, SortBy::Side, SortBy::Quantity, SortBy::Price, SortBy::Amount];

    fn time(&self) -> UtcTime {
        self.time
    }

    fn instrument(&self) -> Option<InstrumentId> {
        crate::tui::model::instrument(self.venue, &self.symbol)
    }

    fn id(&self) -> String {
        self.id.clone()
    }

    fn is(&self, other: &Self) -> bool {
        self.id == other.id && self.order_id == other.order_id
    }

    fn words(&self, found_by: &mut dyn FnMut(&str)) {
        for text in [self.id.as_str(), &self.order_id, self.side.as_str(), &self.liquidity, self.currency.as_str()] {
            found_by(text);
        }
    }

    fn compare(&self, other: &Self, by: SortBy) -> Ordering {
        let amount =
            |fill: &Self| fill.price.value().saturating_mul(fill.quantity.value()).saturating_mul(fill.multiplier);
        match by {
            SortBy::Time | SortBy::State => self.time.cmp(&other.time),
            SortBy::Symbol => self.symbol.cmp(&other.symbol),
            SortBy::Side => self.side.cmp(&other.side),
            SortBy::Quantity => self.quantity.cmp(&other.quantity),
            SortBy::Price => self.price.cmp(&other.price),
            SortBy::Amount => amount(self).cmp(&amount(other)),
        }
    }

    fn columns(look: &Look, width: u16) -> ([Column; COLUMNS_MAX], usize) {
        let title = |page: Page| page.text(look.language);
        let mut columns = [Column::text("", 0, 0); COLUMNS_MAX];
        let named = [
            Column::text(title(Page::Time), if width < WITH_SECONDS { 11 } else { 14 }, 0),
            Column::text(title(Page::Code), 7, 0),
            Column::text(title(Page::Name), 10, 2).growing(),
            Column::text(title(Page::Side), 4, 0),
            Column::number(title(Page::Quantity), 8, 1),
            Column::number(title(Page::Price), 10, 0),
            Column::number(title(Page::Fee), 9, 3),
            Column::number(title(Page::Tax), 9, 4),
            Column::text(title(Page::Currency), 4, 5),
            Column::text(title(Page::Liquidity), 9, 6),
            Column::text(title(Page::OrderId), 9, 7),
            Column::text(title(Page::Id), 16, 8),
        ];
        columns.iter_mut().zip(named).for_each(|(column, named)| *column = named);
        (columns, named.len())
    }

    fn cell(&self, column: usize, cell: &mut Cell<'_, '_>) {
        match column {
            0 => cell.when(),
            1 => cell.code(),
            2 => cell.name(),
            3 => cell.side(self.side),
            4 => cell.number(self.quantity.value()),
            5 => cell.number(self.price.value()),
            6 => cell.amount(self.currency, self.fee),
            7 => cell.amount(self.currency, self.tax),
            8 => cell.text(self.currency.as_str(), Role::Dim),
            9 => cell.term(&self.liquidity, Role::Dim),
            10 => cell.id_end(&self.order_id),
            _ => cell.id_end(&self.id),
        }
    }

    fn fields(&self, look: &Look, field: &mut dyn FnMut(Page, &dyn Display)) {
        field(Page::Id, &self.id);
        field(Page::OrderId, &self.order_id);
        field(Page::Profile, &self.profile);
        field(Page::Venue, &self.venue.as_str());
        field(Page::Code, &self.symbol);
        field(Page::Side, &word(look, self.side.as_str()));
        field(Page::Quantity, &Grouped::new(self.quantity.value()));
        field(Page::Price, &Grouped::new(self.price.value()));
        field(Page::Fee, &Grouped::new(self.fee));
        field(Page::Tax, &Grouped::new(self.tax));
        field(Page::Currency, &self.currency.as_str());
        field(Page::Liquidity, &word(look, &self.liquidity));
        field(Page::Time, &Moment(self.time));
    }
}
