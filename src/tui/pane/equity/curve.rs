//! A curve in cells: dots of braille, two by four a cell, or one sign a cell where there is no braille.

use crate::tui::theme::Role;
use crate::tui::widget::Pen;

/// Dots of a cell by column and row, as Unicode numbers them.
const DOTS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

/// The cells of a curve, kept between frames.
#[derive(Debug, Default)]
pub struct Curve {
    cells: Vec<u8>,
    width: u16,
    height: u16,
    braille: bool,
}

impl Curve {
    /// Draws a curve over a part of the pen's area. Points are shares of the width and of the height (0 at the bottom), in
    /// order of the width.
    pub fn draw(&mut self, pen: &mut Pen<'_>, points: impl Iterator<Item = (f64, f64)>, role: Role) {
        (self.width, self.height) = (pen.width(), pen.height());
        self.braille = pen.look.glyphs.braille;
        self.cells.clear();
        self.cells.resize(usize::from(self.width) * usize::from(self.height), 0);
        let (across, up) = self.dots();
        if across == 0 || up == 0 {
            return;
        }
        let mut before: Option<(i32, i32)> = None;
        for (x, y) in points {
            let at = (dot(x, across), dot(1.0 - y, up));
            match before {
                Some(before) => self.line(before, at),
                None => self.mark(at),
            }
            before = Some(at);
        }
        self.write(pen, role);
    }

    fn dots(&self) -> (i32, i32) {
        let (width, height) = (i32::from(self.width), i32::from(self.height));
        if self.braille { (width * 2, height * 4) } else { (width, height) }
    }

    /// A straight line, a dot at a time (Bresenham).
    fn line(&mut self, (mut x, mut y): (i32, i32), to: (i32, i32)) {
        let (across, down) = ((to.0 - x).abs(), -(to.1 - y).abs());
        let (right, below) = ((to.0 - x).signum(), (to.1 - y).signum());
        let mut error = across + down;
        loop {
            self.mark((x, y));
            if (x, y) == to {
                return;
            }
            let twice = error * 2;
            if twice >= down {
                error += down;
                x += right;
            }
            if twice <= across {
                error += across;
                y += below;
            }
        }
    }

    fn mark(&mut self, (x, y): (i32, i32)) {
        let (wide, tall) = if self.braille { (2, 4) } else { (1, 1) };
        let (Ok(column), Ok(row)) = (usize::try_from(x / wide), usize::try_from(y / tall)) else { return };
        let bit = match (usize::try_from(x % wide), usize::try_from(y % tall)) {
            (Ok(x), Ok(y)) => DOTS.get(x).and_then(|dots| dots.get(y)).copied().unwrap_or(0),
            _ => 0,
        };
        if let Some(cell) = self.cells.get_mut(row * usize::from(self.width) + column) {
            *cell |= bit;
        }
    }

    fn write(&self, pen: &mut Pen<'_>, role: Role) {
        let style = pen.style(role);
        let sign = pen.look.glyphs.own;
        let mut bytes = [0_u8; 4];
        for (row, y) in self.cells.chunks(usize::from(self.width)).zip(0..) {
            for (dots, x) in row.iter().zip(0..) {
                if *dots == 0 {
                    continue;
                }
                let letter = char::from_u32(0x2800 + u32::from(*dots)).unwrap_or(' ');
                let symbol = if self.braille { &*letter.encode_utf8(&mut bytes) } else { sign };
                pen.symbol(x, y, symbol, style);
            }
        }
    }
}

fn dot(share: f64, count: i32) -> i32 {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    #[allow(clippy::cast_possible_truncation)]
    let at = (share * f64::from(count - 1)).round() as i32;
    at
}
