//! Text in aligned columns. Widths are counted in cells of the terminal: Hangul takes two.

use rust_decimal::Decimal;
use unicode_width::UnicodeWidthStr;

/// Cells between two columns.
const GAP: usize = 2;

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
    text: String,
    right: bool,
    paint: Option<Paint>,
}

impl Cell {
    /// Text, to the left. Control characters of outside text do not get through.
    #[must_use]
    pub fn text(text: impl AsRef<str>) -> Self {
        Self { text: plain(text.as_ref()), right: false, paint: None }
    }

    /// A number, to the right.
    #[must_use]
    pub fn number(text: impl Into<String>) -> Self {
        Self { text: text.into(), right: true, paint: None }
    }

    /// In a colour.
    #[must_use]
    pub const fn painted(mut self, paint: Option<Paint>) -> Self {
        self.paint = paint;
        self
    }

    fn width(&self) -> usize {
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
    text.chars().filter(|c| !c.is_control()).collect()
}

/// Rows under headings. Columns that no row fills are left out.
#[must_use]
pub fn table(heads: &[&str], rows: &[Vec<Cell>], colour: bool) -> String {
    let filled = |column: usize| rows.iter().any(|row| row.get(column).is_some_and(|cell| !cell.text.is_empty()));
    let columns: Vec<usize> = (0..heads.len()).filter(|column| filled(*column)).collect();
    let right = |column: usize| rows.iter().any(|row| row.get(column).is_some_and(|cell| cell.right));
    let head: Vec<Cell> = heads
        .iter()
        .enumerate()
        .map(|(column, head)| Cell { text: (*head).to_owned(), right: right(column), paint: None })
        .collect();
    let lines: Vec<&[Cell]> = std::iter::once(head.as_slice()).chain(rows.iter().map(Vec::as_slice)).collect();
    let width = |column: usize| lines.iter().filter_map(|line| line.get(column)).map(Cell::width).max().unwrap_or(0);
    let widths: Vec<(usize, usize)> = columns.iter().map(|column| (*column, width(*column))).collect();
    let mut out = String::new();
    for line in lines {
        for (place, (column, width)) in widths.iter().enumerate() {
            if place > 0 {
                out.extend(std::iter::repeat_n(' ', GAP));
            }
            if let Some(cell) = line.get(*column) {
                cell.write(&mut out, *width, place + 1 == widths.len(), colour);
            }
        }
        out.truncate(out.trim_end_matches(' ').len());
        out.push('\n');
    }
    out
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
            table(&["종목", "이름", "현재가"], &rows, false),
            "종목     이름        현재가\n005930   삼성전자    70,000\nBTCUSDT  Bitcoin   61,659.7\n"
        );
    }

    #[test]
    fn a_column_without_a_value_is_left_out() {
        let rows = vec![vec![Cell::text("a"), Cell::default(), Cell::number("1")]];
        assert_eq!(table(&["x", "y", "z"], &rows, false), "x  z\na  1\n");
    }

    #[test]
    fn colour_is_there_only_when_asked_for_and_does_not_count() {
        let rows = vec![vec![Cell::number("▲1").painted(Some(Paint::Up)), Cell::text("b")]];
        assert_eq!(table(&["change", "b"], &rows, true), "change  b\n    \u{1b}[31m▲1\u{1b}[0m  b\n");
        assert!(!table(&["change", "b"], &rows, false).contains('\u{1b}'));
    }

    #[test]
    fn outside_text_moves_no_cursor() {
        assert_eq!(Cell::text("a\u{1b}[2Jb\nc\u{9b}d"), Cell::text("a[2Jbcd"));
    }
}
