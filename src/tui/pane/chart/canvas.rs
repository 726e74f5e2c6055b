//! Lines finer than cells: dots of braille, eight a cell, or letters of ASCII that come near them.

use ratatui::style::{Color, Modifier};

use crate::tui::theme::Role;
use crate::tui::widget::Pen;

/// Bits of a braille cell by row, left and right.
const DOTS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
/// The braille symbol without dots.
const BLANK: u32 = 0x2800;

/// Dots over an area of cells.
#[derive(Debug, Default)]
pub struct Canvas {
    width: u16,
    height: u16,
    cells: Vec<(u8, Role)>,
}

impl Canvas {
    /// Empties it, for so many cells.
    pub fn reset(&mut self, width: u16, height: u16) {
        (self.width, self.height) = (width, height);
        self.cells.clear();
        self.cells.resize(usize::from(width) * usize::from(height), (0, Role::Text));
    }

    /// A dot; positions count dots, two a cell across and four down.
    #[allow(clippy::cast_sign_loss)]
    pub fn dot(&mut self, x: i32, y: i32, role: Role) {
        if x < 0 || y < 0 || x >= i32::from(self.width) * 2 || y >= i32::from(self.height) * 4 {
            return;
        }
        let at = (y as usize / 4) * usize::from(self.width) + x as usize / 2;
        let bit = DOTS.get(y as usize % 4).and_then(|row| row.get(x as usize % 2)).copied().unwrap_or(0);
        if let Some(cell) = self.cells.get_mut(at) {
            *cell = (cell.0 | bit, role);
        }
    }

    /// A line between two positions in cells. What is out of sight is left out.
    #[allow(clippy::cast_possible_truncation)]
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), role: Role) {
        if ![from.0, from.1, to.0, to.1].into_iter().all(f64::is_finite) {
            return;
        }
        let (from, to) = if from.0 <= to.0 { (from, to) } else { (to, from) };
        let (x0, y0, x1, y1) = (from.0 * 2.0, from.1 * 4.0, to.0 * 2.0, to.1 * 4.0);
        let limit = f64::from(self.height) * 4.0;
        let first = x0.max(0.0).floor() as i32;
        let last = x1.min(f64::from(self.width) * 2.0 - 1.0).floor() as i32;
        let steep = if x1 - x0 < 1e-9 { 0.0 } else { (y1 - y0) / (x1 - x0) };
        for x in first..=last {
            // What the line passes within this column of dots.
            let (left, right) = (f64::from(x).max(x0), f64::from(x + 1).min(x1));
            let (a, b) = if x1 - x0 < 1e-9 { (y0, y1) } else { (y0 + (left - x0) * steep, y0 + (right - x0) * steep) };
            let (top, bottom) = (a.min(b).max(-1.0), a.max(b).min(limit));
            let mut y = top.floor() as i32;
            while f64::from(y) <= bottom {
                self.dot(x, y, role);
                y += 1;
            }
        }
    }

    /// Writes the dots where `may` says that nothing else stands.
    pub fn flush(&self, pen: &mut Pen<'_>, may: impl Fn(&Pen<'_>, u16, u16) -> bool) {
        let mut letters = [0; 4];
        let braille = pen.look.glyphs.braille;
        for y in 0..self.height {
            for x in 0..self.width {
                let at = usize::from(y) * usize::from(self.width) + usize::from(x);
                let Some((dots, role)) = self.cells.get(at).copied().filter(|(dots, _)| *dots != 0) else { continue };
                if !may(pen, x, y) {
                    continue;
                }
                // A bar under the line may have turned its cell inside out.
                let mut style = pen.style(role).remove_modifier(Modifier::REVERSED);
                let full = pen.look.glyphs.rising.last();
                if let Some(cell) = pen.buffer.cell((pen.area.x + x, pen.area.y + y))
                    && full.is_some_and(|full| cell.symbol() == *full)
                    && cell.fg != Color::Reset
                {
                    // The bar stays, as the ground of the line.
                    style = style.bg(cell.fg);
                }
                if braille {
                    let symbol = char::from_u32(BLANK + u32::from(dots)).unwrap_or(' ');
                    pen.symbol(x, y, symbol.encode_utf8(&mut letters), style);
                } else {
                    pen.symbol(x, y, letter(dots), style);
                }
            }
        }
    }
}

/// The letter of ASCII that comes nearest to some dots.
fn letter(dots: u8) -> &'static str {
    let has = |row: usize| DOTS.get(row).is_some_and(|[left, right]| dots & (left | right) != 0);
    let rows = [has(0), has(1), has(2), has(3)];
    if rows.iter().filter(|row| **row).count() >= 3 {
        let lower = |side: usize| (0..4).rev().find(|row| DOTS.get(*row).is_some_and(|row| dots & row[side] != 0));
        return match (lower(0), lower(1)) {
            (Some(left), Some(right)) if left > right => "/",
            (Some(left), Some(right)) if left < right => "\\",
            _ => "|",
        };
    }
    match rows {
        [true, _, false, false] => "'",
        [false, _, _, true] => ".",
        _ => "-",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_beyond_every_number_cost_nothing_and_draw_nothing() {
        let mut canvas = Canvas::default();
        canvas.reset(10, 5);
        canvas.line((-1e18, -1e18), (1e18, -1e17), Role::Line1);
        canvas.line((f64::NAN, 0.0), (3.0, 3.0), Role::Line1);
        assert!(canvas.cells.iter().all(|(dots, _)| *dots == 0));
        canvas.line((3.0, -1e12), (3.0, 1e12), Role::Line1);
        let lit: Vec<usize> = (0..5).filter(|y| canvas.cells[y * 10 + 3].0 != 0).collect();
        assert_eq!(lit, [0, 1, 2, 3, 4]);
        canvas.reset(0, 0);
        canvas.line((0.0, 0.0), (1.0, 1.0), Role::Line1);
    }

    #[test]
    fn ascii_says_at_what_height() {
        assert_eq!(letter(0x01 | 0x08), "'");
        assert_eq!(letter(0x40 | 0x80), ".");
        assert_eq!(letter(0x02 | 0x10), "-");
        assert_eq!(letter(0x47), "|");
        assert_eq!(letter(0x40 | 0x04 | 0x10 | 0x08), "/");
    }
}
