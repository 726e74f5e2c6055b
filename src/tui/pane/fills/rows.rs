//! Rows of the fills.

use rust_decimal::Decimal;

use crate::desk::record::FillRecord;
use crate::text::screen::list::ListColumn;
use crate::text::term::term;
use crate::tui::model::Model;
use crate::tui::pane::list::{Cell, Keyed, KoreanTime, instrument_of, name_of, price_decimals, side};
use crate::tui::theme::{Look, Role};
use crate::tui::widget::{Column, Pen, Rows};

/// Columns: where there is room for the hour only, the time is that short.
pub fn columns(look: &Look, width: u16) -> [Column; 9] {
    let title = |column: ListColumn| column.text(look.language);
    let time = if width < 41 { 5 } else { 8 };
    [
        Column::text(title(ListColumn::Time), time, 0),
        Column::text(title(ListColumn::Name), 9, 0).growing(),
        Column::text(title(ListColumn::Side), 4, 0),
        Column::number(title(ListColumn::Price), 9, 0),
        Column::number(title(ListColumn::Quantity), 6, 0),
        Column::number(title(ListColumn::Amount), 13, 1),
        Column::number(title(ListColumn::Fee), 8, 2),
        Column::number(title(ListColumn::Tax), 8, 2),
        Column::text(title(ListColumn::Liquidity), 8, 3),
    ]
}

/// What a fill moved, before fee and tax.
pub fn value(fill: &FillRecord) -> Decimal {
    fill.price.times(fill.quantity).saturating_mul(fill.multiplier)
}

/// The rows as they are drawn: places in the account's fills.
pub struct Lines<'a> {
    pub model: &'a Model,
    pub rows: &'a [usize],
    pub chosen: Option<usize>,
}

impl<'a> Lines<'a> {
    fn fill(&self, row: usize) -> Option<&'a FillRecord> {
        self.model.account.fills.get(*self.rows.get(row)?)
    }
}

impl Keyed for Lines<'_> {
    type Key = (String, String);

    fn key(&self, row: usize) -> Option<Self::Key> {
        self.fill(row).map(|fill| (fill.order_id.clone(), fill.id.clone()))
    }

    fn is(&self, row: usize, (order, id): &Self::Key) -> bool {
        self.fill(row).is_some_and(|fill| fill.id == *id && fill.order_id == *order)
    }
}

impl Rows for Lines<'_> {
    fn count(&self) -> usize {
        self.rows.len()
    }

    fn cell(&self, row: usize, column: usize, pen: &mut Pen<'_>, field: (u16, u16, u16)) {
        let Some(fill) = self.fill(row) else { return };
        let model = self.model;
        let mut cell = Cell::new(pen, field, column, self.chosen == Some(row));
        match column {
            0 => {
                let time = KoreanTime::new(fill.time, cell.width());
                cell.left(Role::Dim, time);
            }
            1 => {
                cell.text(Role::Text, name_of(model, fill.venue, &fill.symbol));
            }
            2 => side(model, fill.side, &mut cell),
            3 => {
                let id = instrument_of(fill.venue, &fill.symbol);
                let decimals = id.map_or(0, |id| price_decimals(model, &id));
                cell.price(Role::Strong, fill.price.value(), decimals);
            }
            4 => cell.quantity(Role::Text, fill.quantity.value()),
            5 => cell.money(Role::Text, value(fill), fill.currency),
            6 => cell.cost(Role::Dim, fill.fee, fill.currency),
            7 => cell.cost(Role::Dim, fill.tax, fill.currency),
            8 => {
                cell.text(Role::Dim, term(model.look.language, &fill.liquidity));
            }
            _ => {}
        }
    }
}
