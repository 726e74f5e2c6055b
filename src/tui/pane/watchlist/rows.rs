//! Rows of the watch list.

use std::collections::BTreeMap;
use std::time::Duration;

use ratatui::style::{Modifier, Style};
use rust_decimal::Decimal;

use super::{Seen, SortBy};
use crate::desk::record::QuoteRecord;
use crate::market::arrange::Arrange;
use crate::market::hangul::initials;
use crate::market::{InstrumentId, Phase};
use crate::text::screen::list::{ListColumn, ListText};
use crate::tui::model::Model;
use crate::tui::pane::list::{Cell, Keyed, price_decimals};
use crate::tui::said;
use crate::tui::theme::{Look, Role};
use crate::tui::widget::{Column, Digits, Pen, Rows};

/// How long a price that changed stands out.
const FLASH: Duration = Duration::from_secs(1);

/// The columns; what does not fit goes by rank.
pub fn columns(look: &Look) -> [Column; 10] {
    let title = |column: ListColumn| column.text(look.language);
    [
        Column::text(title(ListColumn::MarkedName), 12, 0).growing(),
        Column::number(title(ListColumn::Last), 11, 0),
        Column::number(title(ListColumn::ChangePercent), 8, 0),
        Column::number(title(ListColumn::Change), 9, 2),
        Column::number(title(ListColumn::Volume), 8, 1),
        Column::number(title(ListColumn::Value), 8, 3),
        Column::number(title(ListColumn::Bid), 10, 4),
        Column::number(title(ListColumn::Ask), 10, 4),
        Column::number(title(ListColumn::Low), 10, 5),
        Column::number(title(ListColumn::High), 10, 5),
    ]
}

/// What is watched and fits the filter, sorted.
pub fn fill(rows: &mut Vec<InstrumentId>, model: &Model, filter: &str, sort: SortBy, reverse: bool) {
    rows.clear();
    if filter.is_empty() {
        rows.extend_from_slice(&model.watch);
    } else {
        let wanted = filter.to_lowercase();
        rows.extend(model.watch.iter().copied().filter(|id| fits(model, id, &wanted)));
    }
    // The largest comes first, and names in their order. A sort is stable: equals keep their own order.
    match sort {
        SortBy::Own if reverse => rows.reverse(),
        SortBy::Own => {}
        SortBy::Name => rows.arrange_by(|a, b| {
            let order = name(model, a).cmp(name(model, b));
            if reverse { order.reverse() } else { order }
        }),
        SortBy::Change | SortBy::Value => rows.arrange_by(|a, b| {
            let (a, b) = (figure(model, a, sort), figure(model, b, sort));
            // What has no figure comes last either way.
            match (a, b) {
                (Some(a), Some(b)) if reverse => a.cmp(&b),
                _ => b.cmp(&a),
            }
        }),
    }
}

fn figure(model: &Model, id: &InstrumentId, sort: SortBy) -> Option<Decimal> {
    let quote = model.quotes.get(id)?;
    if sort == SortBy::Change { quote.change_percent } else { Some(quote.value) }
}

fn name<'a>(model: &'a Model, id: &InstrumentId) -> &'a str {
    model.quotes.get(id).map_or("", |quote| said::name(&model.look, &quote.name_ko, &quote.name_en))
}

fn fits(model: &Model, id: &InstrumentId, wanted: &str) -> bool {
    id.symbol.as_str().to_lowercase().contains(wanted)
        || model.quotes.get(id).is_some_and(|quote| {
            quote.name_ko.to_lowercase().contains(wanted)
                || quote.name_en.to_lowercase().contains(wanted)
                || initials(&quote.name_ko).contains(wanted)
        })
}

/// The rows as they are drawn.
pub struct Lines<'a> {
    pub model: &'a Model,
    pub rows: &'a [InstrumentId],
    pub seen: &'a BTreeMap<InstrumentId, Seen>,
    pub chosen: Option<usize>,
}

impl Keyed for Lines<'_> {
    type Key = InstrumentId;

    fn key(&self, row: usize) -> Option<InstrumentId> {
        self.rows.get(row).copied()
    }

    fn is(&self, row: usize, key: &InstrumentId) -> bool {
        self.rows.get(row) == Some(key)
    }
}

impl Rows for Lines<'_> {
    fn count(&self) -> usize {
        self.rows.len()
    }

    fn cell(&self, row: usize, column: usize, pen: &mut Pen<'_>, field: (u16, u16, u16)) {
        let Some(id) = self.rows.get(row) else { return };
        let mut cell = Cell::new(pen, field, column, self.chosen == Some(row));
        let quote = self.model.quotes.get(id);
        if column == 0 {
            self.name_cell(id, quote, &mut cell);
        } else if let Some(quote) = quote {
            self.quote_cell(id, quote, column, &mut cell);
        }
    }
}

impl Lines<'_> {
    fn name_cell(&self, id: &InstrumentId, quote: Option<&QuoteRecord>, cell: &mut Cell<'_, '_>) {
        let look = &self.model.look;
        let selected = self.model.selected.is(id);
        cell.mark_selected(selected);
        if quote.is_some_and(|quote| quote.polled) {
            cell.mark_end(Role::Dim, look.glyphs.polled);
        }
        let name = quote.map(|quote| said::name(look, &quote.name_ko, &quote.name_en)).filter(|name| !name.is_empty());
        let role = if selected { Role::Strong } else { Role::Text };
        cell.text(role, name.unwrap_or(id.symbol.as_str()));
    }

    fn quote_cell(&self, id: &InstrumentId, quote: &QuoteRecord, column: usize, cell: &mut Cell<'_, '_>) {
        let model = self.model;
        let fresh = model.is_connected() && model.quotes.freshness(model.now, id, model.age_limit(id.venue)).is_fresh();
        let stale = (!fresh).then_some(Role::Stale);
        let direction = stale.unwrap_or_else(|| Look::direction(quote.change.unwrap_or_default().cmp(&0.into())));
        let decimals = price_decimals(model, id);
        let korean = model.look.language == crate::config::Language::Ko;
        let plain = stale.unwrap_or(Role::Text);
        match column {
            1 => {
                if let Some((role, mark)) = mark(&model.look, quote) {
                    cell.under(role, mark);
                }
                let Some(last) = quote.last else { return };
                let flash = if self.flashes(id) { Modifier::BOLD } else { Modifier::empty() };
                cell.price_with(direction, Style::new().add_modifier(flash), last.value(), decimals);
            }
            2 => {
                if let Some(percent) = quote.change_percent {
                    cell.percent(stale, percent, 2);
                }
            }
            3 => {
                if let Some(change) = quote.change {
                    cell.signed(stale, change, decimals);
                }
            }
            4 => cell.right(plain, Digits::new(quote.volume.value(), korean)),
            5 => cell.right(plain, Digits::new(quote.value, korean)),
            6..=9 => {
                let price = [quote.bid, quote.ask, quote.low, quote.high].get(column - 6).copied().flatten();
                if let Some(price) = price {
                    cell.price(plain, price.value(), decimals);
                }
            }
            _ => {}
        }
    }

    fn flashes(&self, id: &InstrumentId) -> bool {
        let changed = self.seen.get(id).and_then(|seen| seen.changed);
        changed.is_some_and(|at| self.model.now.after(at) < FLASH)
    }
}

/// What stands out about an instrument: a volatility interruption, a halt, a price at its daily limit.
fn mark(look: &Look, quote: &QuoteRecord) -> Option<(Role, &'static str)> {
    match quote.phase {
        Phase::Volatility => return Some((Role::Warning, "VI")),
        Phase::Halted => return Some((Role::Warning, ListText::Halted.text(look.language))),
        _ => {}
    }
    let last = quote.last?;
    if quote.upper_limit == Some(last) {
        Some((Role::Limit, look.glyphs.limit_up))
    } else if quote.lower_limit == Some(last) {
        Some((Role::Limit, look.glyphs.limit_down))
    } else {
        None
    }
}
