//! Writes texts and numbers into cells, within an area that nothing leaves.

use std::fmt::{Display, Write};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::width::{cells, cut};
use crate::tui::theme::{Look, Role};

/// Where in its field a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// At the left.
    Left,
    /// At the right, as numbers.
    Right,
    /// In the middle.
    Centre,
}

/// Writes into an area. Positions are cells from the area's top left; what lies outside is not drawn.
#[derive(Debug)]
pub struct Pen<'a> {
    /// The cells.
    pub buffer: &'a mut Buffer,
    /// The part of them that is written to.
    pub area: Rect,
    /// How things look.
    pub look: &'a Look,
    scratch: &'a mut String,
}

impl<'a> Pen<'a> {
    /// A pen for an area. `scratch` is kept between frames so that numbers are written without allocating.
    pub fn new(buffer: &'a mut Buffer, area: Rect, look: &'a Look, scratch: &'a mut String) -> Self {
        let area = area.intersection(buffer.area);
        Self { buffer, area, look, scratch }
    }

    /// The same pen for a part of its area, given in cells from the area's top left.
    pub fn part(&mut self, part: Rect) -> Pen<'_> {
        let moved = Rect::new(self.area.x + part.x, self.area.y + part.y, part.width, part.height);
        let area = moved.intersection(self.area);
        Pen { buffer: self.buffer, area, look: self.look, scratch: self.scratch }
    }

    /// Width of the area.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.area.width
    }

    /// Height of the area.
    #[must_use]
    pub const fn height(&self) -> u16 {
        self.area.height
    }

    /// The style of a role.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.look.style(role)
    }

    /// Writes a text from a position on, as far as the area goes; a text that does not fit ends in an ellipsis. The
    /// cells it took.
    pub fn text(&mut self, x: u16, y: u16, text: &str, style: Style) -> u16 {
        let width = self.area.width.saturating_sub(x);
        self.field(x, y, width, text, Align::Left, style)
    }

    /// Writes a text into a field of so many cells; one that does not fit is cut and ends in an ellipsis. The cells it
    /// took.
    pub fn field(&mut self, x: u16, y: u16, width: u16, text: &str, align: Align, style: Style) -> u16 {
        let width = width.min(self.area.width.saturating_sub(x));
        if width == 0 || y >= self.area.height {
            return 0;
        }
        let whole = cells(text);
        let (shown, taken, cut_off) = if whole <= width {
            (text, whole, false)
        } else {
            let (shown, taken) = cut(text, width - 1);
            (shown, taken, true)
        };
        let used = taken + u16::from(cut_off);
        let from = match align {
            Align::Left => 0,
            Align::Right => width - used,
            Align::Centre => (width - used) / 2,
        };
        let (left, top) = (self.area.x + x + from, self.area.y + y);
        if shown.is_ascii() {
            self.put_ascii(left, top, shown, style);
        } else {
            self.buffer.set_stringn(left, top, shown, usize::from(taken), style);
        }
        if cut_off && let Some(cell) = self.buffer.cell_mut((left + taken, top)) {
            cell.set_symbol(self.look.glyphs.ellipsis).set_style(style);
        }
        used
    }

    fn put_ascii(&mut self, left: u16, top: u16, text: &str, style: Style) {
        for (x, byte) in (left..).zip(text.bytes()) {
            // What is no letter of ASCII has no place on a screen; it takes its cell so that columns stay.
            let letter = if byte.is_ascii_graphic() { char::from(byte) } else { ' ' };
            if let Some(cell) = self.buffer.cell_mut((x, top)) {
                cell.set_char(letter).set_style(style);
            }
        }
    }

    /// Writes a number, or anything else that can be written out, into a field.
    pub fn value(&mut self, x: u16, y: u16, width: u16, value: impl Display, align: Align, style: Style) -> u16 {
        let mut scratch = std::mem::take(self.scratch);
        scratch.clear();
        // Writing into a string cannot fail.
        let _ = write!(scratch, "{value}");
        let used = self.field(x, y, width, &scratch, align, style);
        *self.scratch = scratch;
        used
    }

    /// Gives cells a style, and leaves what is written there.
    pub fn ground(&mut self, x: u16, y: u16, width: u16, style: Style) {
        let area = Rect::new(self.area.x + x, self.area.y + y, width, 1).intersection(self.area);
        self.buffer.set_style(area, style);
    }

    /// Writes one symbol of one cell.
    pub fn symbol(&mut self, x: u16, y: u16, symbol: &str, style: Style) {
        if x < self.area.width
            && y < self.area.height
            && let Some(cell) = self.buffer.cell_mut((self.area.x + x, self.area.y + y))
        {
            cell.set_symbol(symbol).set_style(style);
        }
    }

    /// Writes a symbol over a whole width.
    pub fn rule(&mut self, x: u16, y: u16, width: u16, symbol: &str, style: Style) {
        for at in x..x.saturating_add(width).min(self.area.width) {
            self.symbol(at, y, symbol, style);
        }
    }

    /// A bar that fills a share (0 to 1) of a field from the left or, for `Align::Right`, from the right; drawn as ground
    /// under what is written later, with eighths of cells where there are symbols for them and it grows to the right.
    pub fn bar(&mut self, x: u16, y: u16, width: u16, share: f64, align: Align, style: Style) {
        let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let filled = (share * f64::from(width)).round() as u16;
        let from = if align == Align::Right { x + width - filled } else { x };
        self.ground(from, y, filled, style);
    }

    /// Empties the area, with a style.
    pub fn clear(&mut self, style: Style) {
        for y in self.area.top()..self.area.bottom() {
            for x in self.area.left()..self.area.right() {
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.reset();
                    cell.set_style(style);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Language;
    use crate::tui::theme::{ColourDepth, GlyphSet, Theme};

    fn line(buffer: &Buffer) -> String {
        (0..buffer.area.width).map(|x| buffer[(x, 0)].symbol()).collect()
    }

    fn drawn(width: u16, draw: impl FnOnce(&mut Pen<'_>)) -> String {
        let look = Look::new(Language::Ko, Theme::Korean, ColourDepth::None, GlyphSet::Full);
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, 1));
        let mut scratch = String::new();
        let area = buffer.area;
        draw(&mut Pen::new(&mut buffer, area, &look, &mut scratch));
        line(&buffer)
    }

    #[test]
    fn a_text_too_long_ends_in_an_ellipsis_and_never_in_half_a_syllable() {
        assert_eq!(
            drawn(6, |pen| {
                let _ = pen.text(0, 0, "abcdefgh", Style::new());
            }),
            "abcde…"
        );
        let hangul = drawn(6, |pen| {
            let _ = pen.text(0, 0, "삼성전자", Style::new());
        });
        assert_eq!(hangul.replace(' ', ""), "삼성…");
        assert_eq!(
            drawn(4, |pen| {
                let _ = pen.field(0, 0, 4, "12", Align::Right, Style::new());
            }),
            "  12"
        );
    }

    #[test]
    fn nothing_leaves_the_area() {
        let text = drawn(8, |pen| {
            let mut part = pen.part(Rect::new(2, 0, 3, 1));
            part.text(0, 0, "abcdefgh", Style::new());
            part.text(9, 0, "x", Style::new());
            part.text(0, 9, "x", Style::new());
            part.ground(0, 0, 90, Style::new());
        });
        assert_eq!(text, "  ab…   ");
    }

    #[test]
    fn control_characters_are_never_written() {
        let text = drawn(8, |pen| {
            let _ = pen.text(0, 0, "a\u{1b}[2Jb\u{7}", Style::new());
        });
        assert!(text.chars().all(|letter| !letter.is_control()), "{text:?}");
    }
}
