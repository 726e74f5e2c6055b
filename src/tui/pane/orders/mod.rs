//! Working orders (미체결), the newest first.

mod rows;
#[cfg(test)]
mod tests;

use std::fmt::Write;

use crossterm::event::MouseEvent;
use ratatui::layout::Rect;

use self::rows::{Lines, columns};
use super::list::{Choice, Clicked, deed, since};
use super::{Asks, Handled, Pane, PaneKind};
use crate::desk::record::OrderRecord;
use crate::order::OrderState;
use crate::text::screen::list::ListText;
use crate::tui::action::Action;
use crate::tui::model::Model;
use crate::tui::time;
use crate::tui::widget::Pen;

/// The pane.
#[derive(Debug, Default)]
pub struct Orders {
    choice: Choice<String>,
    rows: Vec<usize>,
    only_selected: bool,
}

/// Whether an order is about the selected instrument.
fn is_of_selected(model: &Model, order: &OrderRecord) -> bool {
    model.selected.id.as_ref().is_some_and(|id| id.venue == order.venue && id.symbol.as_str() == order.symbol)
}

impl Orders {
    fn settle(&mut self, model: &Model) {
        let orders = model.account.orders.values().enumerate().rev();
        let shown = orders
            .filter(|(_, order)| !order.state.is_final() && (!self.only_selected || is_of_selected(model, order)));
        self.rows.clear();
        self.rows.extend(shown.map(|(index, _)| index));
        self.choice.settle(&Lines { model, rows: &self.rows, chosen: None }, model.now);
    }

    fn chosen<'a>(&self, model: &'a Model) -> Option<&'a OrderRecord> {
        let index = self.choice.row(self.rows.len()).and_then(|row| self.rows.get(row))?;
        model.account.orders.get_index(*index).map(|(_, order)| order)
    }
}

impl Pane for Orders {
    fn kind(&self) -> PaneKind {
        PaneKind::Orders
    }

    fn title(&self, model: &Model, title: &mut String) {
        let language = model.look.language;
        let count = model.account.open_orders().count();
        // Writing into a string cannot fail.
        let _ = write!(title, "{} {count}", self.kind().label().text(language));
        if self.only_selected {
            let _ = write!(title, " {} {}", model.look.glyphs.dot, ListText::OfSymbol.text(language));
        }
    }

    fn note(&self, model: &Model, note: &mut String) {
        let unknown = model.account.open_orders().filter(|order| order.state == OrderState::Unknown);
        let (count, oldest) = unknown.fold((0_usize, None), |(count, oldest), order| {
            (count + 1, Some(oldest.map_or(order.updated_at, |known| order.updated_at.min(known))))
        });
        if let Some(oldest) = oldest {
            let age = time::age(since(model, oldest));
            let _ =
                write!(note, "{} {count} {} {age}", ListText::Unknown.text(model.look.language), model.look.glyphs.dot);
        }
    }

    fn draw(&mut self, model: &Model, focused: bool, pen: &mut Pen<'_>) {
        self.settle(model);
        let chosen = if focused { self.choice.row(self.rows.len()) } else { None };
        let none = model.account.open_orders().next().is_none();
        let empty = if none { ListText::NoOrders } else { ListText::NoOrdersOfSymbol };
        let language = model.look.language;
        let lines = Lines { model, rows: &self.rows, chosen };
        self.choice.draw(&lines, &columns(&model.look, pen.width()), empty.text(language), pen);
    }

    fn act(&mut self, action: Action, model: &Model, asks: &mut Asks) -> Handled {
        self.settle(model);
        match action {
            Action::Filter => self.only_selected = !self.only_selected,
            Action::ClearFilter => self.only_selected = false,
            Action::Open | Action::Select | Action::Cancel | Action::Modify | Action::Edit => {
                let Some(order) = self.chosen(model) else { return Handled::No };
                match action {
                    Action::Open | Action::Select => deed::select(order.venue, &order.symbol, asks),
                    _ if !self.choice.may_act(model, asks) => {}
                    Action::Cancel => deed::cancel(order, asks),
                    _ => deed::modify(order, asks),
                }
            }
            _ => return self.choice.act(action, &Lines { model, rows: &self.rows, chosen: None }),
        }
        Handled::Yes
    }

    fn why_not(&self, action: Action, model: &Model) -> Option<String> {
        let needs_order = matches!(action, Action::Cancel | Action::Modify | Action::Edit);
        let none = model.account.open_orders().next().is_none();
        (needs_order && none).then(|| ListText::NoOrders.text(model.look.language).to_owned())
    }

    fn hints(&self, _: &Model, hints: &mut Vec<Action>) {
        hints.extend([Action::Cancel, Action::Modify, Action::CancelSymbol, Action::Open, Action::Filter]);
    }

    fn mouse(&mut self, mouse: &MouseEvent, area: Rect, model: &Model, asks: &mut Asks) -> Handled {
        self.settle(model);
        match self.choice.mouse(mouse, area, &Lines { model, rows: &self.rows, chosen: None }, model.now) {
            Clicked::Nothing => return Handled::No,
            Clicked::Moved | Clicked::Chosen => {}
            Clicked::Opened => {
                if let Some(order) = self.chosen(model) {
                    deed::select(order.venue, &order.symbol, asks);
                }
            }
        }
        Handled::Yes
    }
}
