//! Stops and exits: where each goes off, how far that is, and who watches it.

mod rows;
#[cfg(test)]
mod tests;

use std::fmt::Write;

use crossterm::event::MouseEvent;
use ratatui::layout::Rect;

use self::rows::{Lines, columns, is_stop};
use super::list::{Choice, Clicked, deed, instrument_of};
use super::{Asks, Handled, Pane, PaneKind};
use crate::desk::record::OrderRecord;
use crate::order::WatchedBy;
use crate::text::screen::list::ListText;
use crate::tui::action::Action;
use crate::tui::model::Model;
use crate::tui::widget::Pen;

/// The pane.
#[derive(Debug, Default)]
pub struct Stops {
    choice: Choice<String>,
    rows: Vec<usize>,
    only_selected: bool,
}

fn stops(model: &Model) -> impl Iterator<Item = &OrderRecord> {
    model.account.open_orders().filter(|order| is_stop(order))
}

impl Stops {
    fn settle(&mut self, model: &Model) {
        let is_shown = |order: &OrderRecord| {
            let id = instrument_of(order.venue, &order.symbol);
            !self.only_selected || id.is_some_and(|id| model.selected.is(&id))
        };
        let orders = model.account.orders.values().enumerate().rev();
        let shown = orders.filter(|(_, order)| !order.state.is_final() && is_stop(order) && is_shown(order));
        self.rows.clear();
        self.rows.extend(shown.map(|(index, _)| index));
        self.choice.settle(&Lines { model, rows: &self.rows, chosen: None }, model.now);
    }

    fn chosen<'a>(&self, model: &'a Model) -> Option<&'a OrderRecord> {
        let index = self.choice.row(self.rows.len()).and_then(|row| self.rows.get(row))?;
        model.account.orders.get_index(*index).map(|(_, order)| order)
    }
}

impl Pane for Stops {
    fn kind(&self) -> PaneKind {
        PaneKind::Stops
    }

    fn title(&self, model: &Model, title: &mut String) {
        let language = model.look.language;
        // Writing into a string cannot fail.
        let _ = write!(title, "{} {}", self.kind().label().text(language), stops(model).count());
        if self.only_selected {
            let _ = write!(title, " {} {}", model.look.glyphs.dot, ListText::OfSymbol.text(language));
        }
    }

    fn note(&self, model: &Model, note: &mut String) {
        let unwatched = stops(model).filter(|order| order.watched_by == Some(WatchedBy::Nobody)).count();
        if unwatched > 0 {
            let _ = write!(note, "{} {unwatched}", ListText::Unwatched.text(model.look.language));
        }
    }

    fn draw(&mut self, model: &Model, focused: bool, pen: &mut Pen<'_>) {
        self.settle(model);
        let chosen = if focused { self.choice.row(self.rows.len()) } else { None };
        let none = stops(model).next().is_none();
        let empty = if none { ListText::NoStops } else { ListText::NoOrdersOfSymbol };
        let lines = Lines { model, rows: &self.rows, chosen };
        self.choice.draw(&lines, &columns(&model.look), empty.text(model.look.language), pen);
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
        let none = stops(model).next().is_none();
        (needs_order && none).then(|| ListText::NoStops.text(model.look.language).to_owned())
    }

    fn hints(&self, _: &Model, hints: &mut Vec<Action>) {
        hints.extend([Action::Cancel, Action::Modify, Action::Open, Action::Filter]);
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
