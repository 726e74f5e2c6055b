//! Text in aligned columns. Widths are counted in cells of the terminal: Hangul takes two.

use rust_decimal::Decimal;
use unicode_width::UnicodeWidthStr;

use super::fold::{Shrink, fold};

/// Cells between two columns.
pub(super) const GAP: usize = 2;

/// Colour of a cell: Korean boards show what rose in red and what fell in blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// It rose, or is a profit.
    Up,
    /// It fell, or is a loss.
    Down,
    /// Not to be trusted: old.
    Faint,
}

impl Paint {
    /// By the sign of a number.
    #[must_use]
    pub fn of(number: Decimal) -> Option<Self> {
        match number.cmp(&Decimal::ZERO) {
            std::cmp::Ordering::Greater => Some(Self::Up),
            std::cmp::Ordering::Less => Some(Self::Down),
            std::cmp::Ordering::Equal => None,
        }
    }

    const fn start(self) -> &'static str {
        match self {
            Self::Up => "\u{1b}[31m",
            Self::Down => "\u{1b}[34m",
            Self::Faint => "\u{1b}[2m",
        }
    }
}

/// One cell of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    pub(super) text: String,
    pub(super) shrink: Shrink,
    right: bool,
    paint: Option<Paint>,
}

impl Cell {
    /// Text, to the left. Control characters of outside text do not get through.
    #[must_use]
    pub fn text(text: impl AsRef<str>) -> Self {
        Self { text: plain(text.as_ref()), ..Self::default() }
    }

    /// Text that may lose its end where the terminal is narrow: a name, a reason.
    #[must_use]
    pub fn name(text: impl AsRef<str>) -> Self {
        Self { shrink: Shrink::Name, ..Self::text(text) }
    }

    /// An id that may lose its beginning where the terminal is narrow.
    #[must_use]
    pub fn id(text: impl AsRef<str>) -> Self {
        Self { shrink: Shrink::Id, ..Self::text(text) }
    }

    /// A number, to the right.
    #[must_use]
    pub fn number(text: impl Into<String>) -> Self {
        Self { text: text.into(), right: true, ..Self::default() }
    }

    /// In a colour.
    #[must_use]
    pub const fn painted(mut self, paint: Option<Paint>) -> Self {
        self.paint = paint;
        self
    }

    pub(super) fn width(&self) -> usize {
        self.text.width()
    }

    fn write(&self, out: &mut String, width: usize, last: bool, colour: bool) {
        let pad = width.saturating_sub(self.width());
        if self.right {
            out.extend(std::iter::repeat_n(' ', pad));
        }
        match self.paint.filter(|_| colour && !self.text.is_empty()) {
            Some(paint) => {
                out.push_str(paint.start());
                out.push_str(&self.text);
                out.push_str("\u{1b}[0m");
            }
            None => out.push_str(&self.text),
        }
        if !self.right && !last {
            out.extend(std::iter::repeat_n(' ', pad));
        }
    }
}

/// Text without control characters: what brokers and names bring must not move a cursor.
#[must_use]
pub fn plain(text: &str) -> String {
    crate::text::clean::clean(text).into_owned()
}

/// A column: its heading, and a cell of every row.
#[derive(Debug)]
pub(super) struct Column {
    /// What it is, where it has a name by which it can be left out.
    pub heading: Option<crate::text::Column>,
    pub head: String,
    cells: Vec<Cell>,
}

impl Column {
    pub(super) fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.cells.iter()
    }

    pub(super) fn cells_mut(&mut self) -> impl Iterator<Item = &mut Cell> {
        self.cells.iter_mut()
    }

    pub(super) fn width(&self) -> usize {
        self.cells().map(Cell::width).chain([self.head.width()]).max().unwrap_or(0)
    }
}

/// Rows under headings. Columns that no row fills are left out.
#[must_use]
pub fn table(heads: &[&str], rows: Vec<Vec<Cell>>, colour: bool) -> String {
    let heads: Vec<_> = heads.iter().map(|head| (None, (*head).to_owned())).collect();
    lay_out(&columns(heads, rows), colour)
}

/// As [`table`], and no wider than `room` cells where that is given: the columns in `least` go first.
#[must_use]
pub fn folded(
    heads: Vec<(crate::text::Column, &str)>,
    rows: Vec<Vec<Cell>>,
    least: &[crate::text::Column],
    room: Option<usize>,
    colour: bool,
) -> String {
    let heads = heads.into_iter().map(|(heading, head)| (Some(heading), head.to_owned())).collect();
    let mut columns = columns(heads, rows);
    if let Some(room) = room {
        fold(&mut columns, least, room);
    }
    lay_out(&columns, colour)
}

fn columns(heads: Vec<(Option<crate::text::Column>, String)>, rows: Vec<Vec<Cell>>) -> Vec<Column> {
    let column = |(heading, head)| Column { heading, head, cells: Vec::with_capacity(rows.len()) };
    let mut columns: Vec<Column> = heads.into_iter().map(column).collect();
    for row in rows {
        let mut cells = row.into_iter();
        columns.iter_mut().for_each(|column| column.cells.push(cells.next().unwrap_or_default()));
    }
    columns.retain(|column| column.cells().any(|cell| !cell.text.is_empty()));
    columns
}

fn lay_out(columns: &[Column], colour: bool) -> String {
    let heads: Vec<Cell> = columns
        .iter()
        .map(|column| Cell { right: column.cells().any(|cell| cell.right), ..Cell::text(&column.head) })
        .collect();
    let height = columns.first().map_or(0, |column| column.cells.len());
    let mut out = String::new();
    write_line(&mut out, columns.iter().zip(&heads), colour);
    for row in 0..height {
        write_line(&mut out, columns.iter().filter_map(|column| Some((column, column.cells.get(row)?))), colour);
    }
    out
}

fn write_line<'a>(out: &mut String, cells: impl Iterator<Item = (&'a Column, &'a Cell)>, colour: bool) {
    let mut cells = cells.enumerate().peekable();
    while let Some((place, (column, cell))) = cells.next() {
        if place > 0 {
            out.extend(std::iter::repeat_n(' ', GAP));
        }
        cell.write(out, column.width(), cells.peek().is_none(), colour);
    }
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
}

/// A label and a value a line. Lines without a value are left out.
#[must_use]
pub fn card(lines: &[(&str, Cell)], colour: bool) -> String {
    let lines: Vec<_> = lines.iter().filter(|(_, cell)| !cell.text.is_empty()).collect();
    let width = lines.iter().map(|(label, _)| label.width()).max().unwrap_or(0);
    let mut out = String::new();
    for (label, cell) in lines {
        Cell::text(label).write(&mut out, width + GAP, false, colour);
        cell.write(&mut out, 0, true, colour);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hangul_takes_two_cells() {
        let rows = vec![
            vec![Cell::text("005930"), Cell::text("삼성전자"), Cell::number("70,000")],
            vec![Cell::text("BTCUSDT"), Cell::text("Bitcoin"), Cell::number("61,659.7")],
        ];
        assert_eq!(
            table(&["종목", "이름", "현재가"], rows, false),
            "종목     이름        현재가\n005930   삼성전자    70,000\nBTCUSDT  Bitcoin   61,659.7\n"
        );
    }

    #[test]
    fn a_column_without_a_value_is_left_out() {
        let rows = vec![vec![Cell::text("a"), Cell::default(), Cell::number("1")]];
        assert_eq!(table(&["x", "y", "z"], rows, false), "x  z\na  1\n");
    }

    #[test]
    fn colour_is_there_only_when_asked_for_and_does_not_count() {
        let rows = vec![vec![Cell::number("▲1").painted(Some(Paint::Up)), Cell::text("b")]];
        assert_eq!(table(&["change", "b"], rows.clone(), true), "change  b\n    \u{1b}[31m▲1\u{1b}[0m  b\n");
        assert!(!table(&["change", "b"], rows, false).contains('\u{1b}'));
    }

    #[test]
    fn outside_text_moves_no_cursor() {
        assert_eq!(Cell::text("a\u{1b}[2Jb\nc\u{202e}d\u{7}"), Cell::text("ab cd"));
    }
}
