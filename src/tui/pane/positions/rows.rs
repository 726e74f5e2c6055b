//! Rows of what is held.

use rust_decimal::{Decimal, dec};

use super::{SortBy, positions};
use crate::desk::record::{Direction, PositionRecord};
use crate::market::InstrumentId;
use crate::market::arrange::Arrange;
use crate::text::screen::list::{ListColumn, ListText};
use crate::tui::model::Model;
use crate::tui::pane::list::{Cell, Keyed, instrument_of, price_decimals, scale};
use crate::tui::said;
use crate::tui::theme::{Look, Role};
use crate::tui::widget::{Column, Pen, Rows};

/// The columns; what does not fit goes by rank. Where there is room a profit has its last won, else it is shortened.
pub fn columns(look: &Look, width: u16) -> [Column; 12] {
    let title = |column: ListColumn| column.text(look.language);
    let profit = if width < 60 { 10 } else { 13 };
    [
        Column::text(title(ListColumn::MarkedName), 9, 0).growing(),
        Column::text(title(ListColumn::Side), 5, 5),
        Column::number(title(ListColumn::Quantity), 7, 1),
        Column::number(title(ListColumn::Average), 9, 3),
        Column::number(title(ListColumn::Last), 9, 2),
        Column::number(title(ListColumn::Unrealized), profit, 0),
        Column::number(title(ListColumn::Return), 7, 0),
        Column::number(title(ListColumn::Realized), 12, 4),
        Column::number(title(ListColumn::Breakeven), 9, 4),
        Column::number(title(ListColumn::Cost), 12, 6),
        Column::number(title(ListColumn::Liquidation), 9, 7),
        Column::number(title(ListColumn::Leverage), 5, 7),
    ]
}

/// Profit if closed now, as it is shown.
pub fn unrealized(held: &PositionRecord, gross: bool) -> Option<Decimal> {
    if gross { held.unrealized } else { held.unrealized_net }
}

/// Places of the positions, sorted.
pub fn fill(rows: &mut Vec<usize>, model: &Model, sort: SortBy, reverse: bool, gross: bool) {
    let all = positions(model);
    rows.clear();
    rows.extend(0..all.len());
    let name = |row: &usize| all.get(*row).map_or("", |held| said::name(&model.look, &held.name_ko, &held.name_en));
    let profit = |row: &usize| all.get(*row).and_then(|held| unrealized(held, gross));
    let cost = |row: &usize| all.get(*row).map(|held| held.cost);
    match sort {
        SortBy::Own => {}
        SortBy::Name => rows.arrange_by(|a, b| name(a).cmp(name(b))),
        SortBy::Profit => rows.arrange_by_key(|row| std::cmp::Reverse(profit(row))),
        SortBy::Cost => rows.arrange_by_key(|row| std::cmp::Reverse(cost(row))),
    }
    if reverse {
        rows.reverse();
    }
}

/// The rows as they are drawn: places in the account's positions.
pub struct Lines<'a> {
    pub model: &'a Model,
    pub rows: &'a [usize],
    pub gross: bool,
    pub chosen: Option<usize>,
}

impl<'a> Lines<'a> {
    fn held(&self, row: usize) -> Option<&'a PositionRecord> {
        positions(self.model).get(*self.rows.get(row)?)
    }
}

impl Keyed for Lines<'_> {
    type Key = (InstrumentId, Direction);

    fn key(&self, row: usize) -> Option<Self::Key> {
        let held = self.held(row)?;
        Some((instrument_of(held.venue, &held.symbol)?, held.side))
    }

    fn is(&self, row: usize, (id, side): &Self::Key) -> bool {
        self.held(row)
            .is_some_and(|held| held.venue == id.venue && held.symbol == id.symbol.as_str() && held.side == *side)
    }
}

impl Rows for Lines<'_> {
    fn count(&self) -> usize {
        self.rows.len()
    }

    fn cell(&self, row: usize, column: usize, pen: &mut Pen<'_>, field: (u16, u16, u16)) {
        let Some(held) = self.held(row) else { return };
        let look = &self.model.look;
        let id = instrument_of(held.venue, &held.symbol);
        let mut cell = Cell::new(pen, field, column, self.chosen == Some(row));
        match column {
            0 => {
                let selected = id.is_some_and(|id| self.model.selected.is(&id));
                cell.mark_selected(selected);
                let name = said::name(look, &held.name_ko, &held.name_en);
                cell.text(Role::Text, if name.is_empty() { &held.symbol } else { name });
            }
            1 => {
                let (role, word) = match held.side {
                    Direction::Long => (Role::Buy, ListText::Long),
                    Direction::Short => (Role::Sell, ListText::Short),
                };
                cell.text(role, word.text(look.language));
            }
            // Which way is told by the sign too: the word goes first when there is no room.
            2 if held.side == Direction::Short => cell.quantity(Role::Sell, -held.quantity),
            2 => cell.quantity(Role::Text, held.quantity),
            _ => self.figure(held, id, column, &mut cell),
        }
    }
}

impl Lines<'_> {
    fn figure(&self, held: &PositionRecord, id: Option<InstrumentId>, column: usize, cell: &mut Cell<'_, '_>) {
        let model = self.model;
        let of_last = held.last.map_or(0, |last| scale(last.value()));
        let decimals = id.map_or(0, |id| price_decimals(model, &id)).max(of_last);
        let fresh = id.is_some_and(|id| {
            model.is_connected() && model.quotes.freshness(model.now, &id, model.age_limit(id.venue)).is_fresh()
        });
        let stale = (!fresh).then_some(Role::Stale);
        let currency = held.currency;
        let profit = unrealized(held, self.gross);
        match column {
            // An average lies between the ticks; it is rounded, where a price never is.
            3 => number(cell, Role::Text, held.average_price, decimals),
            4 => match held.last {
                Some(last) => cell.price(stale.unwrap_or(Role::Strong), last.value(), decimals),
                None => cell.right(Role::Dim, "-"),
            },
            5 => match profit {
                Some(profit) => cell.profit(stale, profit, currency),
                None => cell.right(Role::Dim, "-"),
            },
            6 => match profit.and_then(|profit| percent_of(profit, held.cost)) {
                Some(percent) => cell.percent(stale, percent, 2),
                None => cell.right(Role::Dim, "-"),
            },
            7 => {
                let realized = if self.gross { held.realized_gross } else { held.realized };
                cell.profit(None, realized, currency);
            }
            8 => number(cell, Role::Breakeven, held.breakeven, decimals),
            9 => cell.money(Role::Dim, held.cost, currency),
            10 => number(cell, Role::Warning, held.liquidation_price, decimals),
            11 => match held.leverage {
                Some(leverage) => cell.right(Role::Text, format_args!("{leverage}x")),
                None => cell.right(Role::Dim, "-"),
            },
            _ => {}
        }
    }
}

fn number(cell: &mut Cell<'_, '_>, role: Role, value: Option<Decimal>, decimals: u32) {
    match value {
        Some(value) => cell.number(role, value, decimals),
        None => cell.right(Role::Dim, "-"),
    }
}

/// A part of a whole in per cent; `None` of nothing, or of more than can be counted.
pub fn percent_of(part: Decimal, whole: Decimal) -> Option<Decimal> {
    part.checked_mul(dec!(100))?.checked_div(whole.abs())
}
