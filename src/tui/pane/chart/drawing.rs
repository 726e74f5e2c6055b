//! Lines drawn by hand, kept for each instrument.

use ratatui::style::Style;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::canvas::Canvas;
use super::columns::Columns;
use super::scale::Scale;
use super::series::Series;
use crate::market::arrange::Arrange;
use crate::market::{Price, UtcTime};
use crate::tui::theme::Role;
use crate::tui::widget::{Align, Grouped, Pen};

/// Most drawings of an instrument.
pub const DRAWINGS_MAX: usize = 50;
/// Cells that the name and price of a level take.
const LABEL: u16 = 18;
/// Levels of Fibonacci retracement, as shares of the move back from its end.
pub const FIBONACCI: [(f64, &str); 7] =
    [(0.0, "0%"), (0.236, "23.6%"), (0.382, "38.2%"), (0.5, "50%"), (0.618, "61.8%"), (0.786, "78.6%"), (1.0, "100%")];

/// A moment and a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// When.
    pub time: UtcTime,
    /// At what price.
    pub price: Price,
}

/// A line drawn by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawing {
    /// A price over all time.
    Level(Price),
    /// A line between two points.
    Trend(Point, Point),
    /// Levels of retracement of a move.
    Fibonacci(Point, Point),
}

/// Which drawing takes two points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pair {
    /// [`Drawing::Trend`].
    Trend,
    /// [`Drawing::Fibonacci`].
    Fibonacci,
}

impl Pair {
    /// The drawing between two points.
    #[must_use]
    pub const fn between(self, from: Point, to: Point) -> Drawing {
        match self {
            Self::Trend => Drawing::Trend(from, to),
            Self::Fibonacci => Drawing::Fibonacci(from, to),
        }
    }
}

impl Drawing {
    /// As it is kept.
    #[must_use]
    pub fn written(&self) -> String {
        let point = |point: &Point| format!("{} {}", point.time, point.price);
        match self {
            Self::Level(price) => format!("line {price}"),
            Self::Trend(from, to) => format!("trend {} {}", point(from), point(to)),
            Self::Fibonacci(from, to) => format!("fib {} {}", point(from), point(to)),
        }
    }

    /// What [`Self::written`] wrote.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let kind = words.next()?;
        let rest: Vec<&str> = words.collect();
        let point = |time: &str, price: &str| Some(Point { time: UtcTime::parse(time)?, price: price.parse().ok()? });
        match (kind, rest.as_slice()) {
            ("line", [price]) => price.parse().ok().map(Self::Level),
            ("trend", [time, price, time2, price2]) => Some(Self::Trend(point(time, price)?, point(time2, price2)?)),
            ("fib", [time, price, time2, price2]) => Some(Self::Fibonacci(point(time, price)?, point(time2, price2)?)),
            _ => None,
        }
    }

    /// How far it is from a position, in cells, a row counting twice: cells are twice as tall as wide.
    #[must_use]
    pub fn distance(&self, at: (f64, f64), place: &Place<'_>) -> f64 {
        match self {
            Self::Level(price) => (place.y(price.value()) - at.1).abs() * 2.0,
            Self::Trend(from, to) => match (place.position(from), place.position(to)) {
                (Some(from), Some(to)) => to_segment(at, from, to),
                _ => f64::INFINITY,
            },
            Self::Fibonacci(from, to) => {
                let levels = FIBONACCI.iter().map(|(share, _)| place.scale.y(level(from, to, *share)));
                levels.map(|y| (y - at.1).abs() * 2.0).fold(f64::INFINITY, f64::min)
            }
        }
    }

    /// Draws its lines.
    pub fn draw(&self, canvas: &mut Canvas, place: &Place<'_>, width: u16) {
        match self {
            Self::Level(price) => {
                let y = place.y(price.value());
                canvas.line((0.0, y), (f64::from(width), y), Role::Drawing);
            }
            Self::Trend(from, to) => {
                if let (Some(from), Some(to)) = (place.position(from), place.position(to)) {
                    canvas.line(from, to, Role::Drawing);
                }
            }
            Self::Fibonacci(from, to) => {
                let (Some(start), Some(end)) = (place.position(from), place.position(to)) else { return };
                canvas.line(start, end, Role::Drawing);
                for (share, _) in FIBONACCI {
                    let y = place.scale.y(level(from, to, share));
                    canvas.line((start.0.min(end.0), y), (f64::from(width), y), Role::Drawing);
                }
            }
        }
    }

    /// Names of its levels.
    pub fn label(&self, pen: &mut Pen<'_>, place: &Place<'_>, decimals: u32) {
        let Self::Fibonacci(from, to) = self else { return };
        let (Some(start), Some(end)) = (place.position(from), place.position(to)) else { return };
        let style = Style::reset().patch(pen.style(Role::Drawing));
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let x = start.0.min(end.0).clamp(0.0, f64::from(pen.width().saturating_sub(LABEL))) as u16;
        let mut above = None;
        // From the top, whichever way the move went; names that would stand on another are left out.
        let mut levels = FIBONACCI.map(|(share, name)| (level(from, to, share), name));
        levels.arrange_by(|a, b| b.0.total_cmp(&a.0));
        for (value, name) in levels {
            let Some(row) = place.scale.row(value).filter(|row| above != Some(*row)) else { continue };
            above = Some(row);
            if let Ok(value) = Decimal::try_from(value) {
                let price = Grouped::with_decimals(value, decimals);
                let width = pen.width().saturating_sub(x);
                pen.value(x, row, width, format_args!(" {name} {price} "), Align::Left, style);
            }
        }
    }
}

/// Price of a level: from the end of the move back towards its start.
fn level(from: &Point, to: &Point, share: f64) -> f64 {
    let float = |price: Price| price.value().to_f64().unwrap_or(f64::NAN);
    let (start, end) = (float(from.price), float(to.price));
    end + (start - end) * share
}

fn to_segment(at: (f64, f64), from: (f64, f64), to: (f64, f64)) -> f64 {
    let (x, y) = (to.0 - from.0, (to.1 - from.1) * 2.0);
    let (dx, dy) = (at.0 - from.0, (at.1 - from.1) * 2.0);
    let length = x * x + y * y;
    let share = if length > 0.0 { ((dx * x + dy * y) / length).clamp(0.0, 1.0) } else { 0.0 };
    (dx - share * x).hypot(dy - share * y)
}

/// Where moments and prices are in the plot.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Candles.
    pub series: &'a Series,
    /// Columns.
    pub columns: &'a Columns,
    /// Rows.
    pub scale: &'a Scale,
}

impl Place<'_> {
    /// Rows from the top.
    #[must_use]
    pub fn y(&self, price: Decimal) -> f64 {
        self.scale.y(price.to_f64().unwrap_or(f64::NAN))
    }

    /// Cells from the left, rows from the top.
    #[must_use]
    pub fn position(&self, point: &Point) -> Option<(f64, f64)> {
        let number = self.series.position(point.time)?;
        Some((self.columns.position(number), self.y(point.price.value())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_is_read_back_as_it_was_written() {
        let point =
            |time: &str, price: &str| Point { time: UtcTime::parse(time).unwrap(), price: price.parse().unwrap() };
        let (a, b) = (point("2026-11-20T00:31:00Z", "71000.5"), point("2026-11-20T01:00:00Z", "0.00012"));
        for drawing in [Drawing::Level("71000".parse().unwrap()), Drawing::Trend(a, b), Drawing::Fibonacci(b, a)] {
            assert_eq!(Drawing::read(&drawing.written()), Some(drawing));
        }
        for text in ["", "line", "line -1", "line 1 2", "trend 2026-11-20T00:31:00Z 1", "circle 1", "fib a b c d"] {
            assert_eq!(Drawing::read(text), None, "{text}");
        }
    }

    #[test]
    fn retracements_count_from_the_end_of_the_move() {
        let point = |price: &str| Point { time: UtcTime::EPOCH, price: price.parse().unwrap() };
        assert!((level(&point("100"), &point("200"), 0.382) - 161.8).abs() < 1e-9);
        assert!((level(&point("200"), &point("100"), 0.382) - 138.2).abs() < 1e-9);
    }
}
