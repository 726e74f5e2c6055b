//! Which candles stand in which columns: zoom, pan, and several candles in one column when far away.

use super::series::Series;
use crate::market::indicator::Bar;

/// Cells a candle, or candles a cell: from near to far.
const LEVELS: [(u16, i64); 10] = [(6, 1), (4, 1), (2, 1), (1, 1), (1, 2), (1, 3), (1, 5), (1, 10), (1, 20), (1, 50)];

/// How near one looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zoom(u8);

impl Default for Zoom {
    fn default() -> Self {
        Self(2)
    }
}

impl Zoom {
    /// One step nearer, or further away.
    pub fn step(&mut self, nearer: bool) {
        let last = u8::try_from(LEVELS.len()).unwrap_or(u8::MAX) - 1;
        self.0 = if nearer { self.0.saturating_sub(1) } else { (self.0 + 1).min(last) };
    }

    /// The level of a number that was kept.
    #[must_use]
    pub fn kept(level: i64) -> Option<Self> {
        let level = u8::try_from(level).ok()?;
        LEVELS.get(usize::from(level)).map(|_| Self(level))
    }

    /// Its number, to be kept.
    #[must_use]
    pub const fn level(self) -> u8 {
        self.0
    }

    fn cells_and_bars(self) -> (u16, i64) {
        LEVELS.get(usize::from(self.0)).copied().unwrap_or((1, 1))
    }
}

/// Columns of the plot. Candles with numbers in the same multiple of `bars` share one, so that columns do not change as new
/// candles come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns {
    /// Cells of a column.
    pub cells: u16,
    /// Candles of a column.
    pub bars: i64,
    /// Columns that fit.
    pub count: i64,
    /// The column at the right.
    pub right: i64,
    width: u16,
}

impl Columns {
    /// Columns of a plot so many cells wide, with the candle `newest` left of an empty `margin` at the right.
    #[must_use]
    pub fn new(zoom: Zoom, width: u16, newest: i64, margin: i64) -> Self {
        let (cells, bars) = zoom.cells_and_bars();
        let right = newest.div_euclid(bars) + margin.max(0);
        Self { cells, bars, count: i64::from(width / cells), right, width }
    }

    /// Column of a candle.
    #[must_use]
    pub const fn of(&self, number: i64) -> i64 {
        number.div_euclid(self.bars)
    }

    /// The column at the left.
    #[must_use]
    pub const fn left(&self) -> i64 {
        self.right - self.count + 1
    }

    /// Cells a body takes, an odd number.
    #[must_use]
    pub const fn body(&self) -> u16 {
        if self.cells > 2 { self.cells - 1 } else { 1 }
    }

    /// Left cell of a column, when it is in sight.
    #[must_use]
    pub fn x(&self, column: i64) -> Option<u16> {
        if column < self.left() || column > self.right {
            return None;
        }
        let from_right = u16::try_from(self.right - column + 1).ok()?.checked_mul(self.cells)?;
        self.width.checked_sub(from_right)
    }

    /// Middle cell of a column's body.
    #[must_use]
    pub fn centre(&self, column: i64) -> Option<u16> {
        self.x(column).map(|x| x + self.body() / 2)
    }

    /// Middle of a candle position in cells from the left, in sight or not.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn position(&self, number: f64) -> f64 {
        let column = if self.bars == 1 { number } else { (number / self.bars as f64).floor() };
        let from_right = self.right as f64 - column + 1.0;
        f64::from(self.width) - from_right * f64::from(self.cells) + f64::from(self.body()) / 2.0
    }

    /// Column at a cell.
    #[must_use]
    pub fn at(&self, x: u16) -> i64 {
        let from_right = self.width.saturating_sub(x + 1) / self.cells;
        self.right - i64::from(from_right)
    }

    /// Number of the last candle of a column.
    #[must_use]
    pub const fn last_of(&self, column: i64) -> i64 {
        (column + 1) * self.bars - 1
    }
}

/// The candles of one column as one.
#[derive(Debug, Clone, Copy)]
pub struct Slot {
    /// Which column.
    pub column: i64,
    /// Its candles as one.
    pub bar: Bar,
    /// Place of the first of them.
    pub first: usize,
    /// Place of the last.
    pub last: usize,
}

/// Fills in the columns in sight, left to right. `bars` are those of the series, or made from them one by one.
pub fn fill(columns: &Columns, series: &Series, bars: &[Bar], out: &mut Vec<Slot>) {
    out.clear();
    let from = (columns.left() * columns.bars).max(series.first_number());
    let to = columns.last_of(columns.right).min(series.last_number());
    let mut number = from;
    while number <= to {
        let column = columns.of(number);
        let end = columns.last_of(column).min(to);
        let (Some(first), Some(last)) = (series.index(number), series.index(end)) else { break };
        let Some(group) = bars.get(first..=last) else { break };
        if let Some(bar) = merged(group) {
            out.push(Slot { column, bar, first, last });
        }
        number = end + 1;
    }
}

fn merged(group: &[Bar]) -> Option<Bar> {
    let (first, rest) = group.split_first()?;
    let mut bar = *first;
    for next in rest {
        bar.high = bar.high.max(next.high);
        bar.low = bar.low.min(next.low);
        bar.close = next.close;
        bar.volume += next.volume;
    }
    Some(bar)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_candle_is_at_the_right_and_columns_do_not_shift_when_older_ones_come() {
        let columns = Columns::new(Zoom::default(), 80, 599, 2);
        assert_eq!(columns.x(601), Some(78));
        assert_eq!(columns.x(599), Some(74));
        assert_eq!(columns.x(columns.left()), Some(0));
        assert_eq!(columns.x(columns.left() - 1), None);
        assert_eq!(columns.at(74), 599);
        assert_eq!(columns.at(75), 599);
        let mut far = Zoom::default();
        (0..3).for_each(|_| far.step(false));
        let columns = Columns::new(far, 10, -1, 0);
        assert_eq!((columns.bars, columns.of(-1), columns.of(-3), columns.of(-4)), (3, -1, -1, -2));
        assert_eq!(columns.last_of(-1), -1);
    }

    #[test]
    fn zoom_stops_at_both_ends() {
        let mut zoom = Zoom::default();
        (0..99).for_each(|_| zoom.step(true));
        assert_eq!(zoom.level(), 0);
        (0..99).for_each(|_| zoom.step(false));
        assert_eq!(Zoom::kept(zoom.level().into()), Some(zoom));
        assert_eq!(Zoom::kept(99), None);
    }
}
