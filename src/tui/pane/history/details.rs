//! Every field of one record, a line each.

use std::fmt::{Display, Write};

use super::listed::Listed;
use crate::text::clean::clean;
use crate::text::screen::portfolio::Page;
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::widget::{Align, Pen, cut};

/// Cells of the names of fields.
const NAMES: u16 = 17;
/// Cells of the names of fields in a narrow pane.
const NAMES_NARROW: u16 = 14;

/// The record that is open.
#[derive(Debug, Default)]
pub struct Details {
    /// First line in sight.
    pub top: u16,
    /// Lines there are.
    pub lines: u16,
    /// Lines in sight.
    pub height: u16,
    text: String,
}

impl Details {
    /// Moves by so many lines.
    pub fn scroll(&mut self, lines: isize) {
        let last = self.lines.saturating_sub(self.height);
        let top = usize::from(self.top).saturating_add_signed(lines);
        self.top = u16::try_from(top).unwrap_or(u16::MAX).min(last);
    }
}

/// Draws every field of a record. A text longer than its line goes on below.
pub fn draw<R: Listed>(record: &R, name: &str, model: &Model, details: &mut Details, pen: &mut Pen<'_>) {
    let names = if pen.width() >= 60 { NAMES } else { NAMES_NARROW };
    details.height = pen.height();
    details.scroll(0);
    let (label, value) = (pen.style(Role::Label), pen.style(Role::Text));
    let room = pen.width().saturating_sub(names + 1).max(2);
    let top = details.top;
    let mut line = 0_u16;
    let mut text = std::mem::take(&mut details.text);
    let mut put = |page: Page, shown: &dyn Display| {
        text.clear();
        // Writing into a string cannot fail.
        let _ = write!(text, "{shown}");
        let cleaned = clean(&text);
        let mut rest: &str = &cleaned;
        if line >= top {
            pen.field(0, line - top, names, page.text(model.look.language), Align::Left, label);
        }
        loop {
            let (part, _) = cut(rest, room);
            if line >= top {
                pen.text(names + 1, line - top, part, value);
            }
            line = line.saturating_add(1);
            rest = rest.get(part.len()..).unwrap_or_default();
            if rest.is_empty() || part.is_empty() {
                return;
            }
        }
    };
    if !name.is_empty() {
        put(Page::Name, &name);
    }
    record.fields(&model.look, &mut put);
    details.lines = line;
    details.text = text;
}
