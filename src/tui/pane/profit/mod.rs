//! Realised profit by day and by instrument, before and after what trading cost.

mod book;
mod list;
mod strip;

use std::time::Duration;

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use self::book::{Book, Entry, Subject};
use self::list::List;
use super::equity::Span;
use super::refresh::Refresh;
use super::{Ask, Asks, Handled, News, Pane, PaneKind};
use crate::desk::protocol::{Command, Response};
use crate::text::screen::portfolio::Page;
use crate::tui::action::Action;
use crate::tui::model::{Changed, Model};
use crate::tui::theme::Role;
use crate::tui::widget::{Pen, Scroll, Table};

/// How often it is asked for anew while nothing happens.
const EVERY: Duration = Duration::from_secs(60);
/// The desk books the whole ledger again for each answer: however often fills come, they are counted this far apart.
const APART: Duration = Duration::from_secs(5);
/// Cells and rows from which on the last days stand beside each other.
const STRIP: (u16, u16) = (60, 10);

/// Profit.
#[derive(Debug)]
pub struct Profit {
    refresh: Refresh,
    span: Span,
    by_symbol: bool,
    reversed: bool,
    book: Option<Book>,
    failure: Option<String>,
    scroll: Scroll,
    body: u16,
    page: usize,
}

impl Default for Profit {
    fn default() -> Self {
        Self {
            refresh: Refresh::every(EVERY).apart(APART),
            span: Span::Month,
            by_symbol: false,
            reversed: false,
            book: None,
            failure: None,
            scroll: Scroll::default(),
            body: 0,
            page: 1,
        }
    }
}

impl Profit {
    fn entries(&self) -> &[Entry] {
        match (&self.book, self.by_symbol) {
            (Some(book), true) => &book.symbols,
            (Some(book), false) => &book.days,
            (None, _) => &[],
        }
    }

    fn turn(&mut self, asks: &mut Asks) {
        self.by_symbol = !self.by_symbol;
        self.scroll = Scroll::default();
        asks.push(Ask::Keep);
    }

    fn stretch(&mut self, longer: bool, model: &Model, asks: &mut Asks) {
        let span = self.span.step(longer);
        if span != self.span {
            self.span = span;
            self.book = None;
            self.scroll = Scroll::default();
            self.refresh.restart();
            self.ask(model, asks);
            asks.push(Ask::Keep);
        }
    }

    fn ask(&mut self, model: &Model, asks: &mut Asks) {
        if let Some(tag) = self.refresh.ask(model) {
            asks.question(PaneKind::Profit, tag, Command::Performance { days: self.span.days() });
        }
    }

    /// Shows the chosen instrument.
    fn open(&self, asks: &mut Asks) -> Handled {
        let entries = self.entries();
        let row = self.scroll.chosen;
        let at = if self.reversed { entries.len().checked_sub(row + 1) } else { Some(row) };
        match at.and_then(|at| entries.get(at)).map(|entry| &entry.subject) {
            Some(Subject::Symbol(Some(id), ..)) => {
                asks.push(Ask::Select(*id));
                Handled::Yes
            }
            _ => Handled::No,
        }
    }

    fn head(&self, model: &Model, pen: &mut Pen<'_>) {
        let (dim, chosen) = (pen.style(Role::Dim), pen.style(Role::Chosen));
        let language = model.look.language;
        let mut x = 0;
        for (name, shown) in [(Page::ByDay, !self.by_symbol), (Page::BySymbol, self.by_symbol)] {
            x += pen.text(x, 0, name.text(language), if shown { chosen } else { dim }) + 1;
        }
        x += 1;
        for span in [Span::Day, Span::Week, Span::Month, Span::All] {
            x += pen.text(x, 0, span.label().text(language), if span == self.span { chosen } else { dim }) + 1;
        }
        if let Some(failure) = &self.failure {
            let warning = pen.style(Role::Warning);
            x += pen.text(x + 1, 0, Page::Failed.text(language), warning) + 2;
            pen.text(x, 0, failure, warning);
        }
    }

    fn scroll_by(&mut self, rows: isize) {
        let count = self.entries().len();
        self.scroll.by(rows, count);
    }
}

impl Pane for Profit {
    fn kind(&self) -> PaneKind {
        PaneKind::Profit
    }

    fn title(&self, model: &Model, title: &mut String) {
        title.push_str(PaneKind::Profit.label().text(model.look.language));
        title.push(' ');
        title.push_str(model.profile.as_str());
    }

    fn draw(&mut self, model: &Model, focused: bool, pen: &mut Pen<'_>) {
        self.refresh.seen(model);
        self.head(model, pen);
        let language = model.look.language;
        let Some(book) = &self.book else {
            let dim = pen.style(Role::Dim);
            if self.failure.is_none() {
                pen.text(0, 1, Page::NoAnswer.text(language), dim);
            }
            return;
        };
        let mut top = 1;
        if !self.by_symbol && pen.width() >= STRIP.0 && pen.height() >= STRIP.1 && !book.calendar.is_empty() {
            strip::draw(model, &book.calendar, top, pen);
            top += strip::ROWS;
        }
        let sums = u16::try_from(book.totals.len()).unwrap_or(u16::MAX);
        // A list of one line needs no sum.
        let sums = if sums > 0 && pen.height() > top + sums + 4 { sums + 1 } else { 0 };
        let entries = if self.by_symbol { &book.symbols } else { &book.days };
        let list = List { model, book, entries, reversed: self.reversed, by_symbol: self.by_symbol };
        let (columns, count) = list.columns();
        let columns = columns.get(..count).unwrap_or_default();
        let height = pen.height().saturating_sub(top + sums);
        let table = Table { columns, focused, empty: Page::NoFills.text(language) };
        table.draw(&mut pen.part(Rect::new(0, top, pen.width(), height)), &list, &mut self.scroll);
        self.body = top + 1;
        self.page = usize::from(height.saturating_sub(1)).max(1);
        if sums > 0 {
            let totals = List { entries: &book.totals, reversed: false, ..list };
            let table = Table { columns, focused: false, empty: "" };
            let area = Rect::new(0, top + height, pen.width(), sums);
            table.draw(&mut pen.part(area), &totals, &mut Scroll::default());
            // The names of the columns stand above the list already.
            let frame = pen.style(Role::Frame);
            pen.rule(0, top + height, pen.width(), pen.look.glyphs.horizontal, frame);
        }
    }

    fn act(&mut self, action: Action, model: &Model, asks: &mut Asks) -> Handled {
        let page = isize::try_from(self.page).unwrap_or(isize::MAX);
        match action {
            Action::Left | Action::Right | Action::Sort => self.turn(asks),
            Action::SortReverse => self.reversed = !self.reversed,
            Action::IntervalDown => self.stretch(false, model, asks),
            Action::IntervalUp => self.stretch(true, model, asks),
            Action::Up => self.scroll_by(-1),
            Action::Down => self.scroll_by(1),
            Action::PageUp => self.scroll_by(-page),
            Action::PageDown => self.scroll_by(page),
            Action::Top => self.scroll_by(isize::MIN),
            Action::Bottom => self.scroll_by(isize::MAX),
            Action::Open | Action::Select => return self.open(asks),
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn hints(&self, _: &Model, hints: &mut Vec<Action>) {
        if self.by_symbol {
            hints.push(Action::Open);
        }
        hints.extend([Action::Left, Action::Right, Action::IntervalDown, Action::IntervalUp, Action::SortReverse]);
    }

    fn mouse(&mut self, mouse: &MouseEvent, area: Rect, _: &Model, asks: &mut Asks) -> Handled {
        match mouse.kind {
            MouseEventKind::ScrollUp => self.scroll_by(-3),
            MouseEventKind::ScrollDown => self.scroll_by(3),
            MouseEventKind::Down(MouseButton::Left) => {
                let Some(line) = mouse.row.checked_sub(area.y + self.body) else { return Handled::No };
                let Some(row) = self.scroll.row_at(line, self.entries().len()) else { return Handled::No };
                if usize::from(line) >= self.page {
                    return Handled::No;
                }
                // A second click on the same row opens it.
                if std::mem::replace(&mut self.scroll.chosen, row) == row {
                    self.open(asks);
                }
            }
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn told(&mut self, news: &News<'_>, model: &Model, asks: &mut Asks) {
        match news {
            News::Reset => {
                if self.refresh.reset(model) {
                    self.book = None;
                    self.failure = None;
                }
            }
            News::Answer { tag, outcome } => {
                if !self.refresh.answered(*tag, outcome.is_ok()) {
                    return;
                }
                match outcome {
                    Ok(Response::Performance(record)) => {
                        self.book = Some(Book::of(record));
                        self.failure = None;
                    }
                    Ok(_) => {}
                    Err(failure) => self.failure = Some(crate::tui::said::failure_line(&model.look, failure)),
                }
            }
            News::Changed(Changed::Fill(_)) => self.refresh.stale(),
            News::Changed(_) => return,
            News::Second => {}
        }
        self.ask(model, asks);
    }

    fn focus(&mut self, focused: bool, model: &Model, asks: &mut Asks) {
        if focused {
            self.refresh.seen(model);
            self.ask(model, asks);
        }
    }

    fn save(&self) -> toml::Table {
        let mut table = toml::Table::new();
        table.insert("span".into(), self.span.name().into());
        table.insert("by_symbol".into(), self.by_symbol.into());
        table
    }

    fn restore(&mut self, state: &toml::Table) {
        let span = state.get("span").and_then(toml::Value::as_str).and_then(Span::named);
        self.span = span.unwrap_or(self.span);
        self.by_symbol = state.get("by_symbol").and_then(toml::Value::as_bool).unwrap_or(false);
    }
}

#[cfg(test)]
mod tests;
