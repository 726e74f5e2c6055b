//! The system page: how well the desk, its connections and this screen do.

mod amounts;
mod heard;
mod page;
mod sections;

use std::time::Duration;

use crossterm::event::{MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use self::amounts::Age;
use self::heard::Heard;
use self::page::Page;
use self::sections::Facts;
use super::{Asks, Handled, News, Pane, PaneKind};
use crate::desk::protocol::{Command, Response};
use crate::desk::record::DeskStatus;
use crate::text::screen::system::System as Texts;
use crate::tui::action::Action;
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::widget::Pen;

/// Tag of the question how well the desk does.
const HEALTH: u32 = 0;
/// Tag of the question for its state.
const STATUS: u32 = 1;
/// Cells a section needs; from twice that on there are two columns.
const SECTION: u16 = 78;
/// Cells between two columns.
const BETWEEN: u16 = 2;
/// An answer older than this does not stand for now.
const OLD: Duration = Duration::from_secs(3);

/// The system page.
#[derive(Debug, Default)]
pub struct System {
    heard: Option<Heard>,
    status: Option<DeskStatus>,
    /// A question is out.
    asked: bool,
    /// Frames since the last second; none when the page is out of sight.
    drawn: u32,
    frames: u32,
    top: u16,
    lines: u16,
    height: u16,
}

impl System {
    fn ask(&mut self, model: &Model, asks: &mut Asks) {
        if !self.asked && model.is_connected() {
            self.asked = true;
            asks.question(PaneKind::System, HEALTH, Command::Health);
            // What is pushed of the desk's state comes only when something else about it changes than the time.
            asks.question(PaneKind::System, STATUS, Command::Status);
        }
    }

    fn scroll(&mut self, by: i32) {
        let last = self.lines.saturating_sub(self.height);
        let top = i32::from(self.top).saturating_add(by).max(0);
        self.top = u16::try_from(top).unwrap_or(u16::MAX).min(last);
    }

    /// Lines of both columns, or of the one.
    fn write(&self, heard: &Heard, model: &Model, pen: &mut Pen<'_>) -> u16 {
        let (width, height) = (pen.width(), pen.height());
        let terminal = (pen.buffer.area.width, pen.buffer.area.height);
        let status = self.status.as_ref().or(model.status.as_ref());
        let facts = Facts { model, heard, status, is_old: is_old(model, heard), frames: self.frames, terminal };
        if width < 2 * SECTION + BETWEEN {
            let mut page = Page::new(pen.part(Rect::new(0, 0, width, height)), self.top);
            facts.feeds(&mut page);
            facts.order_path(&mut page);
            facts.budgets(&mut page);
            facts.desk(&mut page);
            facts.screen(&mut page);
            return page.lines();
        }
        let column = (width - BETWEEN) / 2;
        let mut page = Page::new(pen.part(Rect::new(0, 0, column, height)), self.top);
        facts.feeds(&mut page);
        facts.order_path(&mut page);
        facts.budgets(&mut page);
        let left = page.lines();
        let mut page = Page::new(pen.part(Rect::new(column + BETWEEN, 0, column, height)), self.top);
        facts.desk(&mut page);
        facts.screen(&mut page);
        left.max(page.lines())
    }
}

fn is_old(model: &Model, heard: &Heard) -> bool {
    !model.is_connected() || model.now.after(heard.at) > OLD
}

impl Pane for System {
    fn kind(&self) -> PaneKind {
        PaneKind::System
    }

    fn title(&self, model: &Model, title: &mut String) {
        title.push_str(PaneKind::System.label().text(model.look.language));
    }

    fn note(&self, model: &Model, note: &mut String) {
        use std::fmt::Write;
        // Writing into a string cannot fail.
        if let Some(heard) = self.heard.as_ref().filter(|heard| is_old(model, heard)) {
            let _ = write!(note, "{} {}  ", Age(model.now.after(heard.at)), Texts::Old.text(model.look.language));
        }
        if self.lines > self.height && self.height > 0 {
            let _ = write!(note, "{}-{}/{}", self.top + 1, (self.top + self.height).min(self.lines), self.lines);
        }
    }

    fn draw(&mut self, model: &Model, _: bool, pen: &mut Pen<'_>) {
        self.drawn = self.drawn.saturating_add(1);
        let language = model.look.language;
        let warning = pen.style(Role::Warning);
        let Some(heard) = self.heard.take() else {
            let text = if model.is_connected() { Texts::Asking } else { Texts::NoDesk };
            pen.text(0, 0, text.text(language), warning);
            return;
        };
        let lost = u16::from(!model.is_connected());
        if lost > 0 {
            pen.text(0, 0, Texts::NoDesk.text(language), warning);
        }
        let area = Rect::new(0, lost, pen.width(), pen.height().saturating_sub(lost));
        self.height = area.height;
        self.scroll(0);
        self.lines = self.write(&heard, model, &mut pen.part(area));
        self.heard = Some(heard);
    }

    fn act(&mut self, action: Action, _: &Model, _: &mut Asks) -> Handled {
        let page = i32::from(self.height.max(2) - 1);
        match action {
            Action::Up => self.scroll(-1),
            Action::Down => self.scroll(1),
            Action::PageUp => self.scroll(-page),
            Action::PageDown => self.scroll(page),
            Action::Top => self.top = 0,
            Action::Bottom => self.scroll(i32::from(self.lines)),
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn hints(&self, _: &Model, hints: &mut Vec<Action>) {
        if self.lines > self.height {
            hints.extend([Action::Down, Action::PageDown]);
        }
    }

    fn mouse(&mut self, mouse: &MouseEvent, _: Rect, _: &Model, _: &mut Asks) -> Handled {
        match mouse.kind {
            MouseEventKind::ScrollUp => self.scroll(-3),
            MouseEventKind::ScrollDown => self.scroll(3),
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn told(&mut self, news: &News<'_>, model: &Model, asks: &mut Asks) {
        match news {
            News::Reset => {
                // Another desk counts from the start again; a question to the one before has no answer.
                self.asked = false;
                self.status = None;
                if self.drawn > 0 {
                    self.ask(model, asks);
                }
            }
            News::Second => {
                self.frames = std::mem::take(&mut self.drawn);
                if self.frames > 0 {
                    self.ask(model, asks);
                }
            }
            News::Answer { tag: STATUS, outcome } => {
                if let Ok(Response::Status(status)) = outcome {
                    self.status = Some(status.clone());
                }
            }
            News::Answer { outcome, .. } => {
                self.asked = false;
                if let Ok(Response::Health(record)) = outcome {
                    self.heard = Some(Heard::new(model.now, record, self.heard.as_ref()));
                }
            }
            News::Changed(_) => {}
        }
    }

    fn focus(&mut self, focused: bool, model: &Model, asks: &mut Asks) {
        if focused {
            self.ask(model, asks);
        }
    }
}

#[cfg(test)]
mod tests;
