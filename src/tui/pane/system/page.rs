//! A page that is longer than its area: lines are counted as they are written, and those out of sight are not drawn.

use std::fmt::Display;

use ratatui::layout::Rect;

use crate::tui::theme::Role;
use crate::tui::widget::{Align, Pen};

/// A field in a line: where it begins, how wide it is, where its text stands.
pub type Field = (u16, u16, Align);

/// A page being written.
pub struct Page<'a> {
    pen: Pen<'a>,
    top: u16,
    next: u16,
}

impl<'a> Page<'a> {
    /// A page whose lines before `top` are out of sight.
    pub const fn new(pen: Pen<'a>, top: u16) -> Self {
        Self { pen, top, next: 0 }
    }

    /// Lines written so far.
    pub const fn lines(&self) -> u16 {
        self.next
    }

    /// Whether only ASCII may be written.
    pub fn is_ascii(&self) -> bool {
        self.pen.look.glyphs.eighths.is_empty()
    }

    /// The next line, to be drawn into when it is in sight.
    pub fn line(&mut self) -> Option<Pen<'_>> {
        let y = self.next.checked_sub(self.top);
        self.next = self.next.saturating_add(1);
        let y = y.filter(|y| *y < self.pen.height())?;
        let width = self.pen.width();
        Some(self.pen.part(Rect::new(0, y, width, 1)))
    }

    /// A heading with a rule after it, and an empty line before all but the first.
    pub fn heading(&mut self, text: &str) {
        if self.next > 0 {
            self.line();
        }
        let Some(mut pen) = self.line() else { return };
        let (strong, frame) = (pen.style(Role::Strong), pen.style(Role::Frame));
        let used = pen.text(0, 0, text, strong) + 1;
        let width = pen.width().saturating_sub(used);
        pen.rule(used, 0, width, pen.look.glyphs.horizontal, frame);
    }

    /// A line of one text.
    pub fn text(&mut self, text: &str, role: Role) {
        if let Some(mut pen) = self.line() {
            let style = pen.style(role);
            pen.text(0, 0, text, style);
        }
    }

    /// Names of columns.
    pub fn titles(&mut self, fields: &[Field], titles: &[&str]) {
        let Some(mut pen) = self.line() else { return };
        let style = pen.style(Role::Label);
        for ((x, width, align), title) in fields.iter().zip(titles) {
            pen.field(*x, 0, *width, title, *align, style);
        }
    }

    /// A name with its value.
    pub fn pair(&mut self, name: &str, value: impl Display, role: Role) {
        let Some(mut pen) = self.line() else { return };
        let (label, style) = (pen.style(Role::Label), pen.style(role));
        pen.field(0, 0, NAME, name, Align::Left, label);
        let room = pen.width().saturating_sub(NAME + 1);
        pen.value(NAME + 1, 0, room, value, Align::Left, style);
    }
}

/// Cells of the name of a pair.
const NAME: u16 = 18;

/// Fields beside each other, a cell between them, from widths and alignments.
pub fn fields<const N: usize>(columns: [(u16, Align); N]) -> [Field; N] {
    let mut x = 0;
    columns.map(|(width, align)| {
        let field = (x, width, align);
        x += width + 1;
        field
    })
}
