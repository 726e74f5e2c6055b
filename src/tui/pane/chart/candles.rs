//! Drawing candles: bodies with ends finer than a cell, thin wicks.

use ratatui::style::Style;

use super::blocks;
use super::columns::{Columns, Slot};
use super::scale::Scale;
use crate::market::indicator::Bar;
use crate::tui::theme::{ColourDepth, Role, Theme};
use crate::tui::widget::Pen;

/// A wick in neither, the lower, the upper, or both halves of a cell.
const WICKS: [&str; 4] = [" ", "╷", "╵", "│"];
/// A body that rose and one that fell, where colour does not say it.
const BODIES: [&str; 2] = ["█", "▒"];
/// A body without height: alone, on a wick.
const FLAT: [&str; 2] = ["━", "┿"];

/// How candles are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Colour tells up from down, so the ends may be exact.
    Fine,
    /// The symbol tells it.
    Plain,
    /// The letter of ASCII tells it.
    Letters,
}

/// Draws the candles of the columns.
pub fn draw(pen: &mut Pen<'_>, columns: &Columns, scale: &Scale, slots: &[Slot]) {
    let colourless = pen.look.depth == ColourDepth::None || pen.look.theme == Theme::Mono;
    let manner = match (pen.look.glyphs.rising.is_empty(), colourless) {
        (true, _) => Manner::Letters,
        (false, true) => Manner::Plain,
        (false, false) => Manner::Fine,
    };
    for slot in slots {
        let Some(x) = columns.x(slot.column) else { continue };
        let candle = Candle::new(&slot.bar, scale);
        let style = pen.style(if candle.fell { Role::CandleDown } else { Role::CandleUp });
        match (manner, columns.body()) {
            (Manner::Fine, body) => candle.fine(pen, x, body, style),
            (_, body) => candle.coarse(pen, x, body, style, manner),
        }
    }
}

/// A candle in rows from the top.
struct Candle {
    fell: bool,
    high: f64,
    low: f64,
    top: f64,
    bottom: f64,
}

impl Candle {
    fn new(bar: &Bar, scale: &Scale) -> Self {
        let rows = f64::from(scale.rows());
        let y = |value: f64| {
            let y = scale.y(value);
            if y.is_finite() { y.clamp(-1.0, rows + 1.0) } else { -1.0 }
        };
        Self {
            fell: bar.close < bar.open,
            high: y(bar.high),
            low: y(bar.low),
            top: y(bar.open.max(bar.close)),
            bottom: y(bar.open.min(bar.close)),
        }
    }

    /// Bodies exact to an eighth of a cell; the wick in their middle, exact to half a cell.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn fine(&self, pen: &mut Pen<'_>, x: u16, body: u16, style: Style) {
        let centre = x + body / 2;
        let half = |y: f64| (y * 2.0).floor() as i32;
        let (high, low) = (half(self.high), ((self.low * 2.0).ceil() as i32 - 1).max(half(self.high)));
        for row in high.div_euclid(2)..=low.div_euclid(2) {
            let there = |at: i32| usize::from((high..=low).contains(&at));
            let symbol = WICKS.get(there(row * 2) * 2 + there(row * 2 + 1));
            if let (Ok(y), Some(symbol)) = (u16::try_from(row), symbol) {
                pen.symbol(centre, y, symbol, style);
            }
        }
        if (self.bottom - self.top) * 16.0 < 1.0 {
            // Open and close are the same: a dash across the wick.
            let row = self.top.floor().max(0.0) as u16;
            for at in x..x + body {
                pen.symbol(at, row, if at == centre && high < low { FLAT[1] } else { FLAT[0] }, style);
            }
            return;
        }
        let (top, bottom) = self.joined_ends();
        blocks::fill(pen, (x, body), top, bottom, style);
    }

    /// Ends of the body, moved to the line between cells where a cell would show too little of the body to give up the
    /// wick in it.
    fn joined_ends(&self) -> (f64, f64) {
        let snapped = |end: f64, wick_goes_on: bool| {
            let near = (end - end.round()).abs() < 0.3;
            if wick_goes_on && near { end.round() } else { end }
        };
        let top = snapped(self.top, self.high < self.top.floor());
        let bottom = snapped(self.bottom, self.low > self.bottom.ceil());
        if top < bottom { (top, bottom) } else { (self.top, self.bottom) }
    }

    /// Whole cells, with a symbol of its own for each direction.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn coarse(&self, pen: &mut Pen<'_>, x: u16, body: u16, style: Style, manner: Manner) {
        let [letter, wick] = pen.look.glyphs.candle;
        let (rose, fell) = if manner == Manner::Letters { (letter, "o") } else { (BODIES[0], BODIES[1]) };
        let symbol = if self.fell { fell } else { rose };
        let row = |y: f64| y.floor().max(0.0) as u16;
        let end = |y: f64, from: u16| ((y.ceil() - 1.0).max(0.0) as u16).max(from);
        let top = row(self.top);
        let bottom = end(self.bottom, top);
        for y in row(self.high)..=end(self.low, bottom) {
            pen.symbol(x + body / 2, y, wick, style);
        }
        for y in top..=bottom {
            for at in x..x + body {
                pen.symbol(at, y, symbol, style);
            }
        }
    }
}
