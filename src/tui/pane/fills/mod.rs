//! Fills of the day (체결내역), the newest first.

mod rows;
#[cfg(test)]
mod tests;
mod totals;

use std::fmt::Write;

use crossterm::event::MouseEvent;
use ratatui::layout::Rect;

use self::rows::{Lines, columns};
use super::list::{Choice, Clicked, day_of, deed};
use super::{Asks, Handled, Pane, PaneKind};
use crate::desk::record::FillRecord;
use crate::text::screen::list::ListText;
use crate::tui::action::Action;
use crate::tui::model::Model;
use crate::tui::widget::Pen;

/// The pane.
#[derive(Debug)]
pub struct Fills {
    /// Order and number of the fill: a broker's numbers may repeat from order to order.
    choice: Choice<(String, String)>,
    rows: Vec<usize>,
    only_selected: bool,
}

impl Default for Fills {
    fn default() -> Self {
        Self { choice: Choice::of_newest(), rows: Vec::new(), only_selected: false }
    }
}

/// Fills of the Korean day the screen is in.
fn of_today(model: &Model) -> impl DoubleEndedIterator<Item = (usize, &FillRecord)> {
    let today = day_of(model.now.utc);
    model.account.fills.iter().enumerate().filter(move |(_, fill)| day_of(fill.time) == today)
}

fn is_of_selected(model: &Model, fill: &FillRecord) -> bool {
    model.selected.id.as_ref().is_some_and(|id| id.venue == fill.venue && id.symbol.as_str() == fill.symbol)
}

impl Fills {
    fn settle(&mut self, model: &Model) {
        let shown = of_today(model).rev().filter(|(_, fill)| !self.only_selected || is_of_selected(model, fill));
        self.rows.clear();
        self.rows.extend(shown.map(|(index, _)| index));
        self.choice.settle(&Lines { model, rows: &self.rows, chosen: None }, model.now);
    }

    fn open(&self, model: &Model, asks: &mut Asks) {
        let index = self.choice.row(self.rows.len()).and_then(|row| self.rows.get(row));
        if let Some(fill) = index.and_then(|index| model.account.fills.get(*index)) {
            deed::select(fill.venue, &fill.symbol, asks);
        }
    }
}

impl Pane for Fills {
    fn kind(&self) -> PaneKind {
        PaneKind::Fills
    }

    fn title(&self, model: &Model, title: &mut String) {
        let language = model.look.language;
        // Writing into a string cannot fail.
        let _ = write!(title, "{} {}", self.kind().label().text(language), of_today(model).count());
        if self.only_selected {
            let _ = write!(title, " {} {}", model.look.glyphs.dot, ListText::OfSymbol.text(language));
        }
    }

    fn draw(&mut self, model: &Model, focused: bool, pen: &mut Pen<'_>) {
        self.settle(model);
        let chosen = if focused { self.choice.row(self.rows.len()) } else { None };
        let lines = Lines { model, rows: &self.rows, chosen };
        let none = of_today(model).next().is_none();
        let empty = if none { ListText::NoFills } else { ListText::NoFillsOfSymbol };
        let totals = totals::height(model, &self.rows, pen.height());
        let (width, body) = (pen.width(), pen.height() - totals);
        let mut list = pen.part(Rect::new(0, 0, width, body));
        self.choice.draw(&lines, &columns(&model.look, width), empty.text(model.look.language), &mut list);
        totals::draw(model, &self.rows, &mut pen.part(Rect::new(0, body, width, totals)));
    }

    fn act(&mut self, action: Action, model: &Model, asks: &mut Asks) -> Handled {
        self.settle(model);
        match action {
            Action::Filter => self.only_selected = !self.only_selected,
            Action::ClearFilter => self.only_selected = false,
            Action::Open | Action::Select => self.open(model, asks),
            _ => {
                let lines = Lines { model, rows: &self.rows, chosen: None };
                let handled = self.choice.act(action, &lines);
                if handled == Handled::Yes && self.choice.is_at_top() {
                    self.choice.follow();
                }
                return handled;
            }
        }
        Handled::Yes
    }

    fn hints(&self, _: &Model, hints: &mut Vec<Action>) {
        hints.extend([Action::Open, Action::Filter, Action::Top]);
    }

    fn mouse(&mut self, mouse: &MouseEvent, area: Rect, model: &Model, asks: &mut Asks) -> Handled {
        self.settle(model);
        match self.choice.mouse(mouse, area, &Lines { model, rows: &self.rows, chosen: None }, model.now) {
            Clicked::Nothing => return Handled::No,
            Clicked::Moved | Clicked::Chosen => {}
            Clicked::Opened => self.open(model, asks),
        }
        Handled::Yes
    }
}
