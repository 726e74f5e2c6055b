//! What is held (잔고), with what it would bring.

mod rows;
#[cfg(test)]
mod tests;
mod totals;

use std::fmt::Write;

use crossterm::event::MouseEvent;
use ratatui::layout::Rect;

use self::rows::{Lines, columns};
use super::list::{Choice, Clicked, deed, instrument_of};
use super::{Ask, Asks, Handled, Pane, PaneKind, TicketStart};
use crate::desk::record::{Direction, PositionRecord};
use crate::market::{InstrumentId, Quantity, Side};
use crate::text::screen::list::{ListText, SortName};
use crate::tui::action::Action;
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::widget::Pen;

/// What the list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum SortBy {
    #[default]
    Own,
    Name,
    Profit,
    Cost,
}

impl SortBy {
    const ALL: [Self; 4] = [Self::Own, Self::Name, Self::Profit, Self::Cost];

    fn next(self) -> Self {
        let at = Self::ALL.iter().position(|known| *known == self).unwrap_or(0);
        Self::ALL.get(at + 1).copied().unwrap_or(Self::Own)
    }

    const fn name(self) -> SortName {
        match self {
            Self::Own => SortName::Own,
            Self::Name => SortName::Name,
            Self::Profit => SortName::Profit,
            Self::Cost => SortName::Cost,
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Name => "name",
            Self::Profit => "profit",
            Self::Cost => "cost",
        }
    }
}

/// The pane.
#[derive(Debug, Default)]
pub struct Positions {
    choice: Choice<(InstrumentId, Direction)>,
    rows: Vec<usize>,
    sort: SortBy,
    reverse: bool,
    /// Profit before fees and taxes; after them when not.
    gross: bool,
}

/// The account's positions.
fn positions(model: &Model) -> &[PositionRecord] {
    model.account.record.as_ref().map_or(&[], |record| record.positions.as_slice())
}

impl Positions {
    fn settle(&mut self, model: &Model) {
        rows::fill(&mut self.rows, model, self.sort, self.reverse, self.gross);
        let lines = Lines { model, rows: &self.rows, gross: self.gross, chosen: None };
        self.choice.settle(&lines, model.now);
    }

    fn chosen<'a>(&self, model: &'a Model) -> Option<&'a PositionRecord> {
        let index = self.choice.row(self.rows.len()).and_then(|row| self.rows.get(row))?;
        positions(model).get(*index)
    }

    fn open(&self, model: &Model, asks: &mut Asks) {
        if let Some(held) = self.chosen(model) {
            deed::select(held.venue, &held.symbol, asks);
        }
    }

    /// A ticket that closes the chosen position; sending it is another key.
    fn close(&self, model: &Model, asks: &mut Asks) -> Handled {
        let Some(held) = self.chosen(model) else { return Handled::No };
        let Some(id) = instrument_of(held.venue, &held.symbol) else { return Handled::No };
        if self.choice.may_act(model, asks) {
            let side = if held.side == Direction::Long { Side::Sell } else { Side::Buy };
            asks.push(Ask::Select(id));
            asks.push(Ask::Ticket(TicketStart {
                side: Some(side),
                quantity: Quantity::new(held.quantity).ok(),
                market: true,
                reduce_only: true,
                ..TicketStart::default()
            }));
        }
        Handled::Yes
    }

    fn toggle_net(&mut self, model: &Model, asks: &mut Asks) {
        self.gross = !self.gross;
        let text = if self.gross { ListText::GrossShown } else { ListText::NetShown };
        asks.say(Role::Text, text.text(model.look.language));
        asks.push(Ask::Keep);
    }
}

impl Pane for Positions {
    fn kind(&self) -> PaneKind {
        PaneKind::Positions
    }

    fn title(&self, model: &Model, title: &mut String) {
        let language = model.look.language;
        // Writing into a string cannot fail.
        let _ = write!(title, "{} {}", self.kind().label().text(language), positions(model).len());
    }

    fn note(&self, model: &Model, note: &mut String) {
        let language = model.look.language;
        let glyphs = model.look.glyphs;
        if self.sort != SortBy::Own || self.reverse {
            let direction = if self.reverse { glyphs.up } else { glyphs.down };
            let _ = write!(note, "{}{direction} {} ", self.sort.name().text(language), glyphs.dot);
        }
        note.push_str(if self.gross { ListText::Gross } else { ListText::Net }.text(language));
    }

    fn draw(&mut self, model: &Model, focused: bool, pen: &mut Pen<'_>) {
        self.settle(model);
        let chosen = if focused { self.choice.row(self.rows.len()) } else { None };
        let lines = Lines { model, rows: &self.rows, gross: self.gross, chosen };
        let totals = totals::height(model, pen.height());
        let (width, body) = (pen.width(), pen.height() - totals);
        let empty = ListText::NoPositions.text(model.look.language);
        self.choice.draw(&lines, &columns(&model.look, width), empty, &mut pen.part(Rect::new(0, 0, width, body)));
        totals::draw(model, self.gross, &mut pen.part(Rect::new(0, body, width, totals)));
    }

    fn act(&mut self, action: Action, model: &Model, asks: &mut Asks) -> Handled {
        self.settle(model);
        match action {
            Action::Open | Action::Select => self.open(model, asks),
            Action::ClosePosition => return self.close(model, asks),
            Action::NetProfit => self.toggle_net(model, asks),
            Action::Sort | Action::SortReverse => {
                if action == Action::Sort {
                    self.sort = self.sort.next();
                } else {
                    self.reverse = !self.reverse;
                }
                asks.push(Ask::Keep);
            }
            _ => {
                let lines = Lines { model, rows: &self.rows, gross: self.gross, chosen: None };
                return self.choice.act(action, &lines);
            }
        }
        Handled::Yes
    }

    fn why_not(&self, action: Action, model: &Model) -> Option<String> {
        let none = action == Action::ClosePosition && positions(model).is_empty();
        none.then(|| ListText::NoPositions.text(model.look.language).to_owned())
    }

    fn hints(&self, _: &Model, hints: &mut Vec<Action>) {
        hints.extend([Action::ClosePosition, Action::Open, Action::NetProfit, Action::Sort]);
    }

    fn mouse(&mut self, mouse: &MouseEvent, area: Rect, model: &Model, asks: &mut Asks) -> Handled {
        self.settle(model);
        let lines = Lines { model, rows: &self.rows, gross: self.gross, chosen: None };
        match self.choice.mouse(mouse, area, &lines, model.now) {
            Clicked::Nothing => return Handled::No,
            Clicked::Moved | Clicked::Chosen => {}
            Clicked::Opened => self.open(model, asks),
        }
        Handled::Yes
    }

    fn save(&self) -> toml::Table {
        let mut table = toml::Table::new();
        table.insert("sort".into(), self.sort.key().into());
        table.insert("reverse".into(), self.reverse.into());
        table.insert("gross".into(), self.gross.into());
        table
    }

    fn restore(&mut self, state: &toml::Table) {
        let flag = |key| state.get(key).and_then(toml::Value::as_bool).unwrap_or_default();
        let sort = state.get("sort").and_then(toml::Value::as_str);
        self.sort = SortBy::ALL.into_iter().find(|known| sort == Some(known.key())).unwrap_or_default();
        self.reverse = flag("reverse");
        self.gross = flag("gross");
    }
}
