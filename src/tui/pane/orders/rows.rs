//! Rows of the working orders.

use crate::desk::record::OrderRecord;
use crate::order::{OrderState, Route};
use crate::text::screen::list::{ListColumn, ListText};
use crate::text::term::term;
use crate::tui::model::Model;
use crate::tui::pane::list::{Cell, Keyed, KoreanTime, instrument_of, name_of, order_state, price_decimals, side};
use crate::tui::theme::{Look, Role};
use crate::tui::widget::{Column, Pen, Rows};

/// Columns: where there is room for the hour only, the time is that short.
pub fn columns(look: &Look, width: u16) -> [Column; 10] {
    let title = |column: ListColumn| column.text(look.language);
    let time = if width < 70 { 5 } else { 8 };
    [
        Column::text(title(ListColumn::MarkedName), 9, 0).growing(),
        Column::text(title(ListColumn::Side), 4, 0),
        Column::number(title(ListColumn::Price), 9, 0),
        Column::number(title(ListColumn::Left), 6, 0),
        Column::text(title(ListColumn::State), 12, 1),
        Column::number(title(ListColumn::Queue), 7, 2),
        Column::text(title(ListColumn::Kind), 13, 4),
        Column::number(title(ListColumn::Quantity), 7, 3),
        Column::number(title(ListColumn::Filled), 7, 3),
        Column::text(title(ListColumn::Time), time, 3),
    ]
}

/// The rows as they are drawn: places in the account's orders.
pub struct Lines<'a> {
    pub model: &'a Model,
    pub rows: &'a [usize],
    pub chosen: Option<usize>,
}

impl<'a> Lines<'a> {
    fn order(&self, row: usize) -> Option<&'a OrderRecord> {
        self.model.account.orders.get_index(*self.rows.get(row)?).map(|(_, order)| order)
    }
}

impl Keyed for Lines<'_> {
    type Key = String;

    fn key(&self, row: usize) -> Option<String> {
        self.order(row).map(|order| order.id.clone())
    }

    fn is(&self, row: usize, key: &String) -> bool {
        self.order(row).is_some_and(|order| order.id == *key)
    }
}

impl Rows for Lines<'_> {
    fn count(&self) -> usize {
        self.rows.len()
    }

    fn cell(&self, row: usize, column: usize, pen: &mut Pen<'_>, field: (u16, u16, u16)) {
        let Some(order) = self.order(row) else { return };
        let model = self.model;
        let language = model.look.language;
        let mut cell = Cell::new(pen, field, column, self.chosen == Some(row));
        match column {
            0 => self.name(order, &mut cell),
            1 => side(model, order.side, &mut cell),
            2 => match order.price.or(order.stop_price) {
                Some(price) => {
                    // What waits for a price must not look like a limit order where the type has no room.
                    if order.stop_price.is_some() {
                        cell.under(Role::Limit, ListText::StopMark.text(language));
                    }
                    let id = instrument_of(order.venue, &order.symbol);
                    let decimals = id.map_or(0, |id| price_decimals(model, &id));
                    cell.price(Role::Strong, price.value(), decimals);
                }
                None => cell.right(Role::Strong, term(language, order.kind.as_str())),
            },
            3 => cell.quantity(Role::Text, order.quantity.minus(order.filled_quantity).value()),
            4 => order_state(model, order, &mut cell),
            5 => match order.queue_ahead {
                Some(ahead) => cell.quantity(Role::Text, ahead.value()),
                None => cell.right(Role::Dim, "-"),
            },
            6 => {
                cell.text(Role::Text, term(language, order.kind.as_str()));
            }
            7 => cell.quantity(Role::Dim, order.quantity.value()),
            8 => {
                let role = if order.filled_quantity.is_zero() { Role::Dim } else { Role::Good };
                cell.quantity(role, order.filled_quantity.value());
            }
            9 => {
                let time = KoreanTime::new(order.created_at, cell.width());
                cell.left(Role::Dim, time);
            }
            _ => {}
        }
    }
}

impl Lines<'_> {
    /// The name, with what must be seen of the order's state also where its column has no room.
    fn name(&self, order: &OrderRecord, cell: &mut Cell<'_, '_>) {
        let glyphs = self.model.look.glyphs;
        let selected = super::is_of_selected(self.model, order);
        let (role, mark) = match (order.state, &order.pending_change) {
            (OrderState::Unknown, _) => (Role::Warning, "?"),
            (_, Some(_)) => (Role::Warning, glyphs.ellipsis),
            (OrderState::Draft | OrderState::Pending | OrderState::Sent, _) => (Role::Dim, glyphs.dot),
            _ if selected => (Role::Own, glyphs.cursor),
            _ => (Role::Dim, " "),
        };
        cell.mark(role, mark);
        match order.route {
            Some(Route::Nxt) => cell.mark_end(Role::Own, "N"),
            Some(Route::Best) => cell.mark_end(Role::Own, "R"),
            Some(Route::Krx) | None => {}
        }
        let role = if order.state == OrderState::Unknown { Role::Warning } else { Role::Text };
        cell.text(role, name_of(self.model, order.venue, &order.symbol));
    }
}
