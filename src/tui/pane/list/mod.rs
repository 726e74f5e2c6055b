//! What the lists have in common: a chosen row that is remembered by what it is, not by where it stands, so that a list
//! that changes under a finger does not turn a cancel of one order into a cancel of another.

mod about;
mod cell;
pub mod deed;
mod foot;
mod order;
mod wrap;

pub use about::{day_of, instrument_of, name_of, price_decimals, scale};
pub use cell::{Cell, KoreanTime};
pub use foot::Foot;
pub use order::{Titled, order_state, side, since};
pub use wrap::{wrap, wrapped_lines};

use std::time::Duration;

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use super::{Asks, Handled};
use crate::text::screen::list::ListText;
use crate::tui::action::Action;
use crate::tui::clock::Now;
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::widget::{Column, Pen, Rows, Scroll, Table};

/// Two clicks on a row within this time open it.
const DOUBLE_CLICK: Duration = Duration::from_millis(400);
/// A row that took the place of the chosen one is nobody's choice until a person could have seen it.
const UNSEEN: Duration = Duration::from_millis(700);
/// Rows a step of the wheel moves.
const WHEEL_ROWS: isize = 3;

/// Most cells a name gets beyond those its column has.
const NAME_GROWS_MAX: u16 = 16;

/// Rows that can be told apart.
pub trait Keyed: Rows {
    /// What a row is.
    type Key: Clone;

    /// The key of a row.
    fn key(&self, row: usize) -> Option<Self::Key>;

    /// Whether a row is that one.
    fn is(&self, row: usize, key: &Self::Key) -> bool;
}

/// What a click came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clicked {
    /// Nothing of the list.
    Nothing,
    /// The list moved.
    Moved,
    /// A row was chosen.
    Chosen,
    /// A row was to be opened.
    Opened,
}

/// The choice in a list.
#[derive(Debug)]
pub struct Choice<K> {
    scroll: Scroll,
    key: Option<K>,
    /// When the list put another row in the place of the chosen one.
    replaced: Option<Duration>,
    /// The choice stays on the first row, whatever comes there.
    follows: bool,
    height: u16,
    clicked: Option<Duration>,
}

impl<K> Default for Choice<K> {
    fn default() -> Self {
        Self { scroll: Scroll::default(), key: None, replaced: None, follows: false, height: 0, clicked: None }
    }
}

impl<K: Clone> Choice<K> {
    /// A choice that stays on the newest row until another is chosen.
    #[must_use]
    pub fn of_newest() -> Self {
        Self { follows: true, ..Self::default() }
    }

    /// The chosen one of so many rows; `None` in an empty list.
    #[must_use]
    pub fn row(&self, count: usize) -> Option<usize> {
        (self.scroll.chosen < count).then_some(self.scroll.chosen)
    }

    /// Finds the chosen row again in a list that may have changed.
    pub fn settle<R: Keyed<Key = K>>(&mut self, rows: &R, now: Now) {
        let count = rows.count();
        if self.follows {
            self.scroll.to(0, count);
            self.key = rows.key(0);
            return;
        }
        let at = self.scroll.chosen;
        let Some(key) = &self.key else {
            self.scroll.to(at, count);
            self.key = rows.key(self.scroll.chosen);
            self.replaced = self.key.is_some().then_some(now.since_start);
            return;
        };
        if at < count && rows.is(at, key) {
            return;
        }
        match (0..count).find(|row| rows.is(*row, key)) {
            Some(row) => self.scroll.to(row, count),
            None => {
                self.scroll.to(at, count);
                self.key = rows.key(self.scroll.chosen);
                self.replaced = Some(now.since_start);
            }
        }
    }

    /// Whether the chosen row has been that long enough for its person to mean it.
    #[must_use]
    pub fn is_meant(&self, now: Now) -> bool {
        self.replaced.is_none_or(|at| now.after(at) >= UNSEEN)
    }

    /// The same, with a word when it is not so.
    pub fn may_act(&self, model: &Model, asks: &mut Asks) -> bool {
        let meant = self.is_meant(model.now);
        if !meant {
            asks.say(Role::Warning, ListText::JustChanged.text(model.look.language));
        }
        meant
    }

    /// Moves the choice, when that is what an action asks for.
    pub fn act<R: Keyed<Key = K>>(&mut self, action: Action, rows: &R) -> Handled {
        let page = isize::try_from(self.height.max(2) - 1).unwrap_or(1);
        let count = rows.count();
        match action {
            Action::Up => self.scroll.by(-1, count),
            Action::Down => self.scroll.by(1, count),
            Action::PageUp => self.scroll.by(-page, count),
            Action::PageDown => self.scroll.by(page, count),
            Action::Top => self.scroll.to(0, count),
            Action::Bottom => self.scroll.to(count.saturating_sub(1), count),
            _ => return Handled::No,
        }
        self.choose(rows);
        Handled::Yes
    }

    fn choose<R: Keyed<Key = K>>(&mut self, rows: &R) {
        self.key = rows.key(self.scroll.chosen);
        self.replaced = None;
        self.follows = false;
    }

    /// The first row is chosen, and stays so whatever comes there.
    pub fn follow(&mut self) {
        self.follows = true;
    }

    /// Whether the choice is on the first row.
    #[must_use]
    pub const fn is_at_top(&self) -> bool {
        self.scroll.chosen == 0
    }

    /// Takes a click or the wheel. The first line of `area` has the names of the columns.
    pub fn mouse<R: Keyed<Key = K>>(&mut self, mouse: &MouseEvent, area: Rect, rows: &R, now: Now) -> Clicked {
        match mouse.kind {
            MouseEventKind::ScrollUp => self.scroll.by(-WHEEL_ROWS, rows.count()),
            MouseEventKind::ScrollDown => self.scroll.by(WHEEL_ROWS, rows.count()),
            MouseEventKind::Down(MouseButton::Left) => return self.click(mouse, area, rows, now),
            _ => return Clicked::Nothing,
        }
        self.choose(rows);
        Clicked::Moved
    }

    fn click<R: Keyed<Key = K>>(&mut self, mouse: &MouseEvent, area: Rect, rows: &R, now: Now) -> Clicked {
        let line = mouse.row.checked_sub(area.y + 1).filter(|line| *line < self.height);
        let Some(row) = line.and_then(|line| self.scroll.row_at(line, rows.count())) else {
            self.clicked = None;
            return Clicked::Nothing;
        };
        let same = self.key.as_ref().is_some_and(|key| rows.is(row, key));
        let twice = same && self.clicked.is_some_and(|at| now.after(at) <= DOUBLE_CLICK);
        self.clicked = (!twice).then_some(now.since_start);
        self.scroll.to(row, rows.count());
        self.choose(rows);
        if twice { Clicked::Opened } else { Clicked::Chosen }
    }

    /// Draws a list into the pen's area. The rows draw the ground of the chosen one themselves, so that it keeps its
    /// colours.
    pub fn draw(&mut self, rows: &impl Rows, columns: &[Column], empty: &str, pen: &mut Pen<'_>) {
        self.height = pen.height().saturating_sub(1);
        let (width, height) = (readable_width(columns, pen.width()), pen.height());
        let mut part = pen.part(Rect::new(0, 0, width, height));
        Table { columns, focused: false, empty: "" }.draw(&mut part, rows, &mut self.scroll);
        if rows.count() == 0 {
            let dim = pen.style(Role::Dim);
            let width = pen.width();
            for (line, y) in wrap(empty, width).zip(1..pen.height()) {
                pen.text(0, y, line, dim);
            }
        }
    }
}

/// The part of a width over which an eye keeps its line: a name does not push its numbers across a whole screen. Texts at
/// the end of a row take all there is.
fn readable_width(columns: &[Column], width: u16) -> u16 {
    if columns.last().is_some_and(|last| last.grows) {
        return width;
    }
    let needed: u16 = columns.iter().map(|column| column.width + 1).sum();
    width.min(needed + NAME_GROWS_MAX)
}

#[cfg(test)]
pub mod stage;
#[cfg(test)]
mod tests;
