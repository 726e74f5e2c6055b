//! Rows of the stops.

use ratatui::style::{Modifier, Style};
use rust_decimal::{Decimal, dec};

use crate::desk::record::OrderRecord;
use crate::market::{InstrumentId, Price};
use crate::order::{KindName, WatchedBy};
use crate::text::screen::list::{ListColumn, ListText};
use crate::text::term::term;
use crate::tui::model::Model;
use crate::tui::pane::list::{Cell, Keyed, Titled, instrument_of, name_of, order_state, price_decimals, side};
use crate::tui::theme::{Look, Role};
use crate::tui::widget::{Column, Pen, Rows};

/// Whether an order waits for a price, or ends a position as part of a bracket or pair.
pub fn is_stop(order: &OrderRecord) -> bool {
    order.stop_price.is_some()
        || matches!(order.kind, KindName::Stop | KindName::StopLimit | KindName::TrailingStop | KindName::TakeProfit)
        || matches!(order.role.as_str(), "take_profit" | "stop_loss" | "oco")
}

/// The price at which it goes off; of a take-profit that rests in the book its limit.
pub fn trigger(order: &OrderRecord) -> Option<Price> {
    order.stop_price.or(order.price)
}

/// How far the last price is from the trigger, in per cent of the last price.
pub fn distance(trigger: Price, last: Price) -> Option<Decimal> {
    (trigger.value() - last.value()).checked_mul(dec!(100))?.checked_div(last.value())
}

/// The columns; what does not fit goes by rank.
pub fn columns(look: &Look) -> [Column; 10] {
    let title = |column: ListColumn| column.text(look.language);
    [
        Column::text(title(ListColumn::MarkedName), 8, 0).growing(),
        Column::text(title(ListColumn::Side), 4, 2),
        Column::number(title(ListColumn::Trigger), 9, 0),
        Column::number(title(ListColumn::Distance), 7, 0),
        Column::text(title(ListColumn::Watcher), 7, 0),
        Column::text(title(ListColumn::Kind), 13, 3),
        Column::number(title(ListColumn::Quantity), 7, 3),
        Column::text(title(ListColumn::Group), 16, 4),
        Column::number(title(ListColumn::Limit), 9, 5),
        Column::text(title(ListColumn::State), 12, 6),
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
        let id = instrument_of(order.venue, &order.symbol);
        let decimals = id.map_or(0, |id| price_decimals(model, &id));
        let mut cell = Cell::new(pen, field, column, self.chosen == Some(row));
        match column {
            0 => {
                let selected = id.is_some_and(|id| model.selected.is(&id));
                cell.mark_selected(selected);
                cell.text(Role::Text, name_of(model, order.venue, &order.symbol));
            }
            1 => side(model, order.side, &mut cell),
            2 => match trigger(order) {
                Some(price) => cell.price(Role::Strong, price.value(), decimals),
                None => cell.right(Role::Dim, "-"),
            },
            3 => self.distance(order, id, &mut cell),
            4 => self.watcher(order, &mut cell),
            5 => {
                // What it is for says more than how it is done, except that it follows the price; what makes a pair
                // stands in a column of its own.
                let is_for = matches!(order.role.as_str(), "take_profit" | "stop_loss");
                let follows = order.kind == KindName::TrailingStop;
                let word = if is_for && !follows { &order.role } else { order.kind.as_str() };
                cell.text(Role::Text, term(language, word));
            }
            6 => cell.quantity(Role::Text, order.quantity.minus(order.filled_quantity).value()),
            7 => self.group(order, decimals, &mut cell),
            8 => match order.price {
                Some(price) => cell.price(Role::Text, price.value(), decimals),
                None => cell.right(Role::Dim, term(language, "market")),
            },
            9 => order_state(model, order, &mut cell),
            _ => {}
        }
    }
}

impl Lines<'_> {
    fn distance(&self, order: &OrderRecord, id: Option<InstrumentId>, cell: &mut Cell<'_, '_>) {
        let model = self.model;
        let quote = id.and_then(|id| model.quotes.get(&id).map(|quote| (id, quote)));
        let far = quote.and_then(|(id, quote)| {
            let far = distance(trigger(order)?, quote.last?)?;
            let fresh =
                model.is_connected() && model.quotes.freshness(model.now, &id, model.age_limit(id.venue)).is_fresh();
            Some((far, fresh))
        });
        match far {
            Some((far, fresh)) => cell.percent(Some(if fresh { Role::Text } else { Role::Stale }), far, 2),
            None => cell.right(Role::Dim, "-"),
        }
    }

    /// Who watches it. Nobody blinks, in step with the clock.
    fn watcher(&self, order: &OrderRecord, cell: &mut Cell<'_, '_>) {
        let language = self.model.look.language;
        match order.watched_by {
            Some(WatchedBy::Nobody) => {
                let odd = self.model.now.since_start.as_secs() % 2 == 1;
                let more = if odd { Modifier::REVERSED } else { Modifier::empty() };
                cell.text_with(Role::Error, Style::new().add_modifier(more), term(language, "NOBODY"));
            }
            Some(watcher) => {
                let role = if watcher == WatchedBy::Venue { Role::Good } else { Role::Text };
                cell.text(role, term(language, watcher.as_str()));
            }
            // What rests in the book is watched by nobody else than the venue.
            None => {
                cell.text(Role::Dim, term(language, "VENUE"));
            }
        }
    }

    /// The other half of a pair, or the entry that is still open.
    fn group(&self, order: &OrderRecord, decimals: u32, cell: &mut Cell<'_, '_>) {
        let language = self.model.look.language;
        let orders = &self.model.account.orders;
        let parent = order.parent_id.as_ref().and_then(|id| orders.get(id)).filter(|parent| !parent.state.is_final());
        let (word, other) = match parent.filter(|parent| !is_stop(parent)) {
            Some(entry) => (ListText::Entry, Some(entry)),
            None => (ListText::Pair, self.partner(order)),
        };
        let Some(other) = other else {
            cell.text(Role::Dim, "-");
            return;
        };
        match other.price.or(other.stop_price) {
            Some(price) => cell.left(Role::Text, Titled::price(word.text(language), price.value(), decimals)),
            None => cell.left(Role::Text, word.text(language)),
        }
    }

    /// The other exit of the same bracket or pair.
    fn partner(&self, order: &OrderRecord) -> Option<&OrderRecord> {
        let is_partner = |other: &OrderRecord| {
            other.id != order.id
                && is_stop(other)
                && (other.parent_id.as_deref() == Some(&order.id)
                    || order.parent_id.as_deref() == Some(&other.id)
                    || (other.parent_id.is_some() && other.parent_id == order.parent_id))
        };
        self.model.account.open_orders().find(|other| is_partner(other))
    }
}
