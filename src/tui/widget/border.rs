//! The lines around a pane, with its title.

use ratatui::layout::Rect;

use super::pen::{Align, Pen};
use crate::tui::theme::Role;

/// What stands on the lines of a pane.
#[derive(Debug, Clone, Copy)]
pub struct Border<'a> {
    /// At the left of the upper line.
    pub title: &'a str,
    /// At the right of the upper line.
    pub note: &'a str,
    /// Whether the pane gets the keys.
    pub focused: bool,
    /// Whether real money trades.
    pub live: bool,
}

/// Draws the lines and gives the area within. A pane too small for lines has none.
pub fn border(pen: &mut Pen<'_>, border: &Border<'_>) -> Rect {
    let area = pen.area;
    if area.width < 4 || area.height < 3 {
        return area;
    }
    let role = match (border.focused, border.live) {
        (_, true) => Role::FrameLive,
        (true, false) => Role::FrameFocused,
        (false, false) => Role::Frame,
    };
    let style = pen.style(role);
    let glyphs = pen.look.glyphs;
    let (right, bottom) = (area.width - 1, area.height - 1);
    pen.rule(1, 0, area.width - 2, glyphs.horizontal, style);
    pen.rule(1, bottom, area.width - 2, glyphs.horizontal, style);
    for y in 1..bottom {
        pen.symbol(0, y, glyphs.vertical, style);
        pen.symbol(right, y, glyphs.vertical, style);
    }
    for (glyph, (x, y)) in glyphs.corners.iter().zip([(0, 0), (right, 0), (0, bottom), (right, bottom)]) {
        pen.symbol(x, y, glyph, style);
    }
    let title = pen.style(if border.focused { Role::TitleFocused } else { Role::Title });
    let room = area.width - 4;
    let used = if border.title.is_empty() {
        0
    } else {
        let used = pen.field(2, 0, room, border.title, Align::Left, title);
        pen.symbol(1, 0, " ", title);
        pen.symbol(2 + used, 0, " ", title);
        used + 2
    };
    // The title goes before the note; half a note says nothing, so one that does not fit is left out.
    let wanted = super::width::cells(border.note);
    if wanted > 0 && used + wanted + 2 <= room {
        let dim = pen.style(Role::Dim);
        pen.field(right - 2 - wanted, 0, wanted, border.note, Align::Left, dim);
        pen.symbol(right - 3 - wanted, 0, " ", dim);
        pen.symbol(right - 2, 0, " ", dim);
    }
    Rect::new(area.x + 1, area.y + 1, area.width - 2, area.height - 2)
}
