//! The watch list (관심종목): what is watched, with its quotes.

mod rows;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseEvent};
use ratatui::layout::Rect;

use self::rows::{Lines, columns};
use super::list::{Choice, Clicked};
use super::{Ask, Asks, Handled, News, Pane, PaneKind, Question};
use crate::market::{InstrumentId, Price};
use crate::text::screen::list::{ListText, SortName};
use crate::tui::action::Action;
use crate::tui::model::{Changed, Model};
use crate::tui::said;
use crate::tui::widget::Pen;

/// Most letters of a filter.
const FILTER_MAX: usize = 24;

/// What the list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum SortBy {
    #[default]
    Own,
    Name,
    Change,
    Value,
}

impl SortBy {
    const ALL: [Self; 4] = [Self::Own, Self::Name, Self::Change, Self::Value];

    fn next(self) -> Self {
        let at = Self::ALL.iter().position(|known| *known == self).unwrap_or(0);
        Self::ALL.get(at + 1).copied().unwrap_or(Self::Own)
    }

    const fn name(self) -> SortName {
        match self {
            Self::Own => SortName::Own,
            Self::Name => SortName::Name,
            Self::Change => SortName::Change,
            Self::Value => SortName::Value,
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Name => "name",
            Self::Change => "change",
            Self::Value => "value",
        }
    }
}

/// A last price with the moment it became another.
#[derive(Debug, Clone, Copy)]
struct Seen {
    last: Option<Price>,
    changed: Option<Duration>,
}

/// The pane.
#[derive(Debug, Default)]
pub struct Watchlist {
    choice: Choice<InstrumentId>,
    rows: Vec<InstrumentId>,
    sort: SortBy,
    reverse: bool,
    filter: String,
    typing: bool,
    seen: BTreeMap<InstrumentId, Seen>,
}

impl Watchlist {
    /// Finds rows and choice again.
    fn settle(&mut self, model: &Model) {
        rows::fill(&mut self.rows, model, &self.filter, self.sort, self.reverse);
        let lines = Lines { model, rows: &self.rows, seen: &self.seen, chosen: None };
        self.choice.settle(&lines, model.now);
    }

    fn chosen(&self) -> Option<InstrumentId> {
        self.choice.row(self.rows.len()).and_then(|row| self.rows.get(row).copied())
    }

    fn open(&self, asks: &mut Asks) {
        if let Some(id) = self.chosen() {
            asks.push(Ask::Select(id));
        }
    }

    /// Asks whether the chosen one is to go. The screen takes the selected one off the list, so that is what it becomes.
    fn remove(&self, model: &Model, asks: &mut Asks) {
        let Some(id) = self.chosen().filter(|_| self.choice.may_act(model, asks)) else { return };
        let look = &model.look;
        let name = model.quotes.get(&id).map_or("", |quote| said::name(look, &quote.name_ko, &quote.name_en));
        let lines = vec![ListText::RemoveQuestion.text(look.language).to_owned(), format!("{name} {id}")];
        asks.push(Ask::Select(id));
        asks.push(Ask::Ask(Question { lines, word: None, deed: Box::new(Ask::Act(Action::WatchToggle)) }));
    }

    fn clear_filter(&mut self) -> Handled {
        if self.filter.is_empty() && !self.typing {
            return Handled::No;
        }
        self.filter.clear();
        self.typing = false;
        Handled::Yes
    }

    fn note_quote(&mut self, id: InstrumentId, model: &Model) {
        let last = model.quotes.get(&id).and_then(|quote| quote.last);
        match self.seen.get_mut(&id) {
            Some(seen) if seen.last != last => {
                // The first price ever heard is no change of price.
                let is_change = seen.last.is_some();
                *seen = Seen { last, changed: is_change.then_some(model.now.since_start) };
            }
            Some(_) => {}
            None => {
                self.seen.insert(id, Seen { last, changed: None });
            }
        }
    }
}

impl Pane for Watchlist {
    fn kind(&self) -> PaneKind {
        PaneKind::Watchlist
    }

    fn title(&self, model: &Model, title: &mut String) {
        let language = model.look.language;
        // Writing into a string cannot fail.
        let _ = write!(title, "{} {}", self.kind().label().text(language), model.watch.len());
        if self.typing || !self.filter.is_empty() {
            let _ = write!(title, " /{}{}", self.filter, if self.typing { "_" } else { "" });
        }
    }

    fn note(&self, model: &Model, note: &mut String) {
        if self.sort != SortBy::Own || self.reverse {
            let glyphs = model.look.glyphs;
            note.push_str(self.sort.name().text(model.look.language));
            note.push_str(if self.reverse { glyphs.up } else { glyphs.down });
        }
    }

    fn draw(&mut self, model: &Model, focused: bool, pen: &mut Pen<'_>) {
        self.settle(model);
        let chosen = if focused { self.choice.row(self.rows.len()) } else { None };
        let lines = Lines { model, rows: &self.rows, seen: &self.seen, chosen };
        let empty = if model.watch.is_empty() { ListText::NoWatch } else { ListText::NoMatch };
        self.choice.draw(&lines, &columns(&model.look), empty.text(model.look.language), pen);
    }

    fn act(&mut self, action: Action, model: &Model, asks: &mut Asks) -> Handled {
        self.settle(model);
        match action {
            Action::Open | Action::Select => self.open(asks),
            Action::Delete => self.remove(model, asks),
            Action::Sort => {
                self.sort = self.sort.next();
                asks.push(Ask::Keep);
            }
            Action::SortReverse => {
                self.reverse = !self.reverse;
                asks.push(Ask::Keep);
            }
            Action::Filter => self.typing = true,
            Action::ClearFilter | Action::Escape => return self.clear_filter(),
            _ => {
                let lines = Lines { model, rows: &self.rows, seen: &self.seen, chosen: None };
                return self.choice.act(action, &lines);
            }
        }
        Handled::Yes
    }

    fn hints(&self, _: &Model, hints: &mut Vec<Action>) {
        hints.extend([Action::Open, Action::Filter, Action::Sort, Action::Delete, Action::Search]);
    }

    fn takes_text(&self) -> bool {
        self.typing
    }

    fn type_key(&mut self, key: &KeyEvent, model: &Model, asks: &mut Asks) -> Handled {
        if key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) {
            return Handled::No;
        }
        match key.code {
            KeyCode::Char(letter) if self.filter.chars().count() < FILTER_MAX => self.filter.push(letter),
            KeyCode::Char(_) => {}
            KeyCode::Backspace => {
                self.filter.pop();
            }
            KeyCode::Esc => {
                self.clear_filter();
            }
            KeyCode::Enter => {
                self.typing = false;
                self.settle(model);
                self.open(asks);
            }
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn paste(&mut self, text: &str, _: &Model, _: &mut Asks) {
        let room = FILTER_MAX.saturating_sub(self.filter.chars().count());
        self.filter.extend(text.chars().take(room));
    }

    fn mouse(&mut self, mouse: &MouseEvent, area: Rect, model: &Model, asks: &mut Asks) -> Handled {
        self.settle(model);
        let lines = Lines { model, rows: &self.rows, seen: &self.seen, chosen: None };
        match self.choice.mouse(mouse, area, &lines, model.now) {
            Clicked::Nothing => return Handled::No,
            Clicked::Moved => {}
            Clicked::Chosen | Clicked::Opened => self.open(asks),
        }
        Handled::Yes
    }

    fn told(&mut self, news: &News<'_>, model: &Model, _: &mut Asks) {
        match news {
            News::Changed(Changed::Quote(id)) => self.note_quote(*id, model),
            News::Reset => self.seen.retain(|id, _| model.quotes.get(id).is_some()),
            _ => {}
        }
    }

    fn focus(&mut self, focused: bool, _: &Model, _: &mut Asks) {
        if !focused {
            self.typing = false;
        }
    }

    fn save(&self) -> toml::Table {
        let mut table = toml::Table::new();
        table.insert("sort".into(), self.sort.key().into());
        table.insert("reverse".into(), self.reverse.into());
        table
    }

    fn restore(&mut self, state: &toml::Table) {
        let sort = state.get("sort").and_then(toml::Value::as_str);
        self.sort = SortBy::ALL.into_iter().find(|known| sort == Some(known.key())).unwrap_or_default();
        self.reverse = state.get("reverse").and_then(toml::Value::as_bool).unwrap_or_default();
    }
}
