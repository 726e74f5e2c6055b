//! What happened, the newest on top, as on a tape.

mod rows;
#[cfg(test)]
mod tests;

use std::fmt::Write;

use crossterm::event::MouseEvent;
use ratatui::layout::Rect;

use self::rows::{Lines, columns};
use super::list::{Choice, Clicked, wrap, wrapped_lines};
use super::{Ask, Asks, Handled, Pane, PaneKind};
use crate::market::{InstrumentId, UtcTime};
use crate::text::clean::clean;
use crate::text::screen::list::{EventName, ListText};
use crate::tui::action::Action;
use crate::tui::model::{Line, Model, instrument};
use crate::tui::theme::Role;
use crate::tui::widget::Pen;

/// Most lines the whole text of the chosen line takes.
const DETAIL_LINES_MAX: u16 = 3;

/// What tells a line from another: when it happened first, and what.
type Key = (UtcTime, String);

/// The pane.
#[derive(Debug)]
pub struct Activity {
    choice: Choice<Key>,
    rows: Vec<usize>,
    /// The only kind that is shown, as events name it.
    kind: Option<String>,
}

impl Default for Activity {
    fn default() -> Self {
        Self { choice: Choice::of_newest(), rows: Vec::new(), kind: None }
    }
}

/// What people call a kind of event.
fn kind_name<'a>(model: &Model, kind: &'a str) -> &'a str {
    EventName::of(kind).map_or(kind, |name| name.text(model.look.language))
}

impl Activity {
    fn settle(&mut self, model: &Model) {
        let lines = model.activity.lines().enumerate().rev();
        let shown = lines.filter(|(_, line)| self.kind.as_deref().is_none_or(|kind| kind == line.kind));
        self.rows.clear();
        self.rows.extend(shown.map(|(index, _)| index));
        self.choice.settle(&Lines { model, rows: &self.rows, chosen: None }, model.now);
    }

    fn chosen<'a>(&self, model: &'a Model) -> Option<&'a Line> {
        let index = self.choice.row(self.rows.len()).and_then(|row| self.rows.get(row))?;
        model.activity.lines().nth(*index)
    }

    /// The kinds there are, one after another, then all of them.
    fn next_kind(&mut self, model: &Model) {
        let now = self.kind.as_deref();
        let mut kinds: Vec<&str> = model.activity.lines().map(|line| line.kind.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let next = kinds.into_iter().find(|kind| now.is_none_or(|now| *kind > now));
        self.kind = next.map(str::to_owned);
        self.choice.follow();
    }

    fn open(&self, model: &Model, asks: &mut Asks) {
        let Some(line) = self.chosen(model) else { return };
        match instrument_in(model, &line.text) {
            Some(id) => asks.push(Ask::Select(id)),
            None => asks.say(Role::Dim, ListText::NoInstrument.text(model.look.language)),
        }
    }

    fn copy(&self, model: &Model, asks: &mut Asks) {
        if let Some(line) = self.chosen(model) {
            let text = format!("{} {} {}", line.time, line.kind, line.text);
            asks.push(Ask::Copy(clean(&text).into_owned()));
        }
    }
}

/// The instrument a text is about: one it names, or that of an order it names.
fn instrument_in(model: &Model, text: &str) -> Option<InstrumentId> {
    let words = || text.split(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c))).filter(|it| !it.is_empty());
    let named = || words().filter(|word| word.contains(':')).find_map(|word| word.parse().ok());
    let of_order = |word: &str| {
        let order = model.account.orders.get(word)?;
        instrument(order.venue, &order.symbol)
    };
    let known = |word: &str| {
        let selected = model.selected.id.iter().chain(&model.watch);
        selected.copied().find(|id| id.symbol.as_str() == word)
    };
    let traded = |word: &str| {
        let order = model.account.orders.values().find(|order| order.symbol == word)?;
        instrument(order.venue, &order.symbol)
    };
    named()
        .or_else(|| words().find_map(of_order))
        .or_else(|| words().find_map(|word| known(word).or_else(|| traded(word))))
}

impl Pane for Activity {
    fn kind(&self) -> PaneKind {
        PaneKind::Activity
    }

    fn title(&self, model: &Model, title: &mut String) {
        let language = model.look.language;
        // Writing into a string cannot fail.
        let _ = write!(title, "{} {}", PaneKind::Activity.label().text(language), model.activity.lines().len());
        if let Some(kind) = &self.kind {
            let _ = write!(title, " {} {}", model.look.glyphs.dot, kind_name(model, kind));
        }
    }

    fn draw(&mut self, model: &Model, focused: bool, pen: &mut Pen<'_>) {
        self.settle(model);
        let chosen = if focused { self.choice.row(self.rows.len()) } else { None };
        let columns = columns(&model.look, pen.width());
        let text = self.chosen(model).filter(|_| focused).map(|line| line.text.as_str()).unwrap_or_default();
        let (width, height) = (pen.width(), pen.height());
        // The whole of a text that its column cuts stands below the list.
        let wanted = if rows::fits(text, width) { 0 } else { wrapped_lines(text, width).min(DETAIL_LINES_MAX) };
        let detail = if height >= wanted + 4 { wanted } else { 0 };
        let body = height - detail;
        let lines = Lines { model, rows: &self.rows, chosen };
        let empty = if self.kind.is_none() { ListText::NoActivity } else { ListText::NoSuchActivity };
        let mut list = pen.part(Rect::new(0, 0, width, body));
        self.choice.draw(&lines, &columns, empty.text(model.look.language), &mut list);
        let style = pen.style(Role::Strong);
        for (line, y) in wrap(text, width).zip(body..height) {
            pen.text(0, y, line, style);
        }
    }

    fn act(&mut self, action: Action, model: &Model, asks: &mut Asks) -> Handled {
        self.settle(model);
        match action {
            Action::Filter => self.next_kind(model),
            Action::ClearFilter => self.kind = None,
            Action::Copy => self.copy(model, asks),
            Action::Open | Action::Select => self.open(model, asks),
            _ => {
                let handled = self.choice.act(action, &Lines { model, rows: &self.rows, chosen: None });
                if handled == Handled::Yes && self.choice.is_at_top() {
                    self.choice.follow();
                }
                return handled;
            }
        }
        Handled::Yes
    }

    fn hints(&self, _: &Model, hints: &mut Vec<Action>) {
        hints.extend([Action::Filter, Action::Copy, Action::Open, Action::Top]);
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
