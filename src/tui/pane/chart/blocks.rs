//! Areas filled to an eighth of a cell.

use ratatui::style::{Modifier, Style};

use crate::tui::widget::Pen;

/// Fills cells from one height to another, in rows from the top; at least an eighth of a cell. Sets without eighths fill
/// whole cells.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn fill(pen: &mut Pen<'_>, across: (u16, u16), top: f64, bottom: f64, style: Style) {
    let limit = f64::from(pen.height());
    if !(top.is_finite() && bottom.is_finite()) || bottom < 0.0 || top > limit {
        return;
    }
    let eighth = |y: f64| (y.clamp(0.0, limit) * 8.0).round() as i32;
    let (mut from, mut to) = (eighth(top), eighth(bottom));
    if to <= from {
        // What is there at all is seen: at the lower end of the last cell where there is no room below.
        (from, to) = if to >= i32::from(pen.height()) * 8 { (to - 1, to) } else { (from, from + 1) };
    }
    let (x, width) = across;
    for row in from.div_euclid(8)..=(to - 1).div_euclid(8) {
        let Ok(y) = u16::try_from(row) else { continue };
        let (symbol, style) = part((from - row * 8).clamp(0, 8), (to - row * 8).clamp(0, 8), pen, style);
        for at in x..x + width {
            pen.symbol(at, y, symbol, style);
        }
    }
}

/// The symbol that fills a cell from one eighth to another, counted from the top. Only one end can be inside the cell; of
/// two, the part is moved to the nearer end.
#[allow(clippy::cast_sign_loss)]
fn part(from: i32, to: i32, pen: &Pen<'_>, style: Style) -> (&'static str, Style) {
    let rising = pen.look.glyphs.rising;
    let filled = (to - from).clamp(1, 8) as usize;
    let of = |eighths: usize| rising.get(eighths - 1).copied().unwrap_or(pen.look.glyphs.candle[0]);
    if filled == 8 || rising.is_empty() {
        return (of(8), style);
    }
    if from >= 8 - to {
        (of(filled), style)
    } else {
        // Filled from the top: what is left free below is the symbol, and the cell is turned inside out.
        (of(8 - filled), style.add_modifier(Modifier::REVERSED))
    }
}
