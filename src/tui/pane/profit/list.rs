//! The columns of the profit list.

use super::book::{Book, Entry, Subject};
use crate::text::screen::portfolio::Page;
use crate::tui::model::Model;
use crate::tui::pane::money::{Change, amount, bar, number_role};
use crate::tui::theme::{Look, Role};
use crate::tui::widget::{Align, Column, Grouped, Pen, Rows};

/// Which column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Subject,
    Code,
    Currency,
    Net,
    Bar,
    Gross,
    Fees,
    Taxes,
    Fills,
    Turnover,
}

const BY_DAY: [Field; 9] = [
    Field::Subject,
    Field::Currency,
    Field::Net,
    Field::Bar,
    Field::Gross,
    Field::Fees,
    Field::Taxes,
    Field::Fills,
    Field::Turnover,
];

const BY_SYMBOL: [Field; 10] = [
    Field::Subject,
    Field::Code,
    Field::Currency,
    Field::Net,
    Field::Bar,
    Field::Gross,
    Field::Fees,
    Field::Taxes,
    Field::Fills,
    Field::Turnover,
];

/// Lines of the list.
pub struct List<'a> {
    /// What is known.
    pub model: &'a Model,
    /// All of the profit.
    pub book: &'a Book,
    /// The lines.
    pub entries: &'a [Entry],
    /// From the last to the first.
    pub reversed: bool,
    /// By instrument, not by day.
    pub by_symbol: bool,
}

impl List<'_> {
    const fn fields(&self) -> &'static [Field] {
        if self.by_symbol { &BY_SYMBOL } else { &BY_DAY }
    }

    /// The columns; the second number is how many there are.
    #[must_use]
    pub fn columns(&self) -> ([Column; BY_SYMBOL.len()], usize) {
        let title = |page: Page| page.text(self.model.look.language);
        let mut columns = [Column::text("", 0, 0); BY_SYMBOL.len()];
        for (column, field) in columns.iter_mut().zip(self.fields()) {
            *column = match field {
                Field::Subject if self.by_symbol => Column::text(title(Page::Name), 10, 0).growing(),
                Field::Subject => Column::text(title(Page::Date), 10, 0),
                Field::Code => Column::text(title(Page::Code), 7, 6),
                Field::Currency => {
                    Column::text(title(Page::Currency), 4, if self.book.totals.len() > 1 { 0 } else { 7 })
                }
                Field::Net => Column::number(title(Page::Net), 14, 0),
                Field::Bar => Column::text("", 4, 0).growing(),
                Field::Gross => Column::number(title(Page::Gross), 12, 1),
                Field::Fees => Column::number(title(Page::Fees), 8, 2),
                Field::Taxes => Column::number(title(Page::Taxes), 8, 3),
                Field::Fills => Column::number(title(Page::Fills), 5, 4),
                Field::Turnover => Column::number(title(Page::Turnover), 14, 5),
            };
        }
        (columns, self.fields().len())
    }

    /// The entry of a row.
    #[must_use]
    pub fn entry(&self, row: usize) -> Option<&Entry> {
        let at = if self.reversed { self.entries.len().checked_sub(row + 1)? } else { row };
        self.entries.get(at)
    }

    fn subject(&self, entry: &Entry, pen: &mut Pen<'_>, (x, y, width): (u16, u16, u16)) {
        let (text, role) = match &entry.subject {
            Subject::Day(date) => (date.as_str(), Role::Text),
            Subject::Symbol(_, code, [ko, en]) => match crate::tui::said::name(&self.model.look, ko, en) {
                "" => (code.as_str(), Role::Text),
                name => (name, Role::Text),
            },
            Subject::Total => (Page::Total.text(self.model.look.language), Role::Label),
        };
        let style = pen.style(role);
        pen.field(x, y, width, text, Align::Left, style);
    }
}

impl Rows for List<'_> {
    fn count(&self) -> usize {
        self.entries.len()
    }

    fn cell(&self, row: usize, column: usize, pen: &mut Pen<'_>, field: (u16, u16, u16)) {
        let Some(entry) = self.entry(row) else { return };
        let (x, y, width) = field;
        let currency = entry.currency;
        let look = &self.model.look;
        let number = pen.style(number_role(self.model));
        let mut put = |value: Grouped| {
            let _ = pen.value(x, y, width, value, Align::Right, number);
        };
        match self.fields().get(column) {
            Some(Field::Subject) => self.subject(entry, pen, field),
            Some(Field::Code) => {
                if let Subject::Symbol(_, code, _) = &entry.subject {
                    let dim = pen.style(Role::Dim);
                    pen.field(x, y, width, code, Align::Left, dim);
                }
            }
            Some(Field::Currency) => {
                let dim = pen.style(Role::Dim);
                pen.field(x, y, width, currency.as_str(), Align::Left, dim);
            }
            Some(Field::Net) => {
                Change::new(look, currency, entry.net).draw(pen, field, !self.model.is_connected());
            }
            Some(Field::Bar) if entry.subject != Subject::Total => {
                let style = pen.style(Look::direction(entry.net.cmp(&rust_decimal::Decimal::ZERO)));
                bar(pen, field, entry.net, self.book.largest(entry), style);
            }
            Some(Field::Gross) => {
                let gross = crate::tui::pane::money::signed(currency, entry.gross);
                pen.value(x, y, width, gross, Align::Right, number);
            }
            Some(Field::Fees) => put(amount(currency, entry.fees)),
            Some(Field::Taxes) => put(amount(currency, entry.taxes)),
            Some(Field::Fills) => put(Grouped::new(entry.fills)),
            Some(Field::Turnover) => put(amount(currency, entry.turnover)),
            Some(Field::Bar) | None => {}
        }
    }
}
