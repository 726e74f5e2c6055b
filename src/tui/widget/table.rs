//! Lists in columns, with a chosen row that stays in sight.

use super::pen::{Align, Pen};
use crate::tui::theme::Role;

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its name.
    pub title: &'static str,
    /// Cells it needs at least.
    pub width: u16,
    /// Whether it takes the room that is left.
    pub grows: bool,
    /// Where its texts stand.
    pub align: Align,
    /// Columns of lower rank go first when there is no room; 0 always stays.
    pub rank: u8,
}

impl Column {
    /// A column of texts.
    #[must_use]
    pub const fn text(title: &'static str, width: u16, rank: u8) -> Self {
        Self { title, width, grows: false, align: Align::Left, rank }
    }

    /// A column of numbers.
    #[must_use]
    pub const fn number(title: &'static str, width: u16, rank: u8) -> Self {
        Self { title, width, grows: false, align: Align::Right, rank }
    }

    /// It takes the room that is left.
    #[must_use]
    pub const fn growing(mut self) -> Self {
        self.grows = true;
        self
    }
}

/// Which row is chosen, and which is drawn first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scroll {
    /// Chosen row.
    pub chosen: usize,
    /// Row at the top.
    pub top: usize,
}

impl Scroll {
    /// Moves the choice by so many rows and stops at the ends.
    pub fn by(&mut self, rows: isize, count: usize) {
        self.to(self.chosen.saturating_add_signed(rows), count);
    }

    /// Chooses a row, or the last one.
    pub fn to(&mut self, row: usize, count: usize) {
        self.chosen = row.min(count.saturating_sub(1));
    }

    /// Keeps the choice within `count` rows and in sight of `height` of them.
    pub fn keep(&mut self, count: usize, height: usize) {
        self.to(self.chosen, count);
        if height == 0 {
            return;
        }
        self.top = self.top.min(count.saturating_sub(height)).min(self.chosen);
        if self.chosen >= self.top + height {
            self.top = self.chosen + 1 - height;
        }
    }

    /// The row at a line of the table's body, when there is one.
    #[must_use]
    pub fn row_at(&self, line: u16, count: usize) -> Option<usize> {
        let row = self.top + usize::from(line);
        (row < count).then_some(row)
    }
}

/// What fills a table.
pub trait Rows {
    /// How many there are.
    fn count(&self) -> usize;
    /// Writes one cell; `x` and `width` are its field. `chosen` rows have their ground already.
    fn cell(&self, row: usize, column: usize, pen: &mut Pen<'_>, field: (u16, u16, u16));
}

/// Draws a list: names of columns, then rows.
#[derive(Debug)]
pub struct Table<'a> {
    /// The columns.
    pub columns: &'a [Column],
    /// Whether the chosen row is marked.
    pub focused: bool,
    /// What to say when there are no rows.
    pub empty: &'a str,
}

/// Most columns of a table.
const COLUMNS_MAX: usize = 24;

impl Table<'_> {
    /// Draws the table over the pen's whole area. The first line has the names.
    pub fn draw(&self, pen: &mut Pen<'_>, rows: &dyn Rows, scroll: &mut Scroll) {
        let mut widths = [0_u16; COLUMNS_MAX];
        self.widths(pen.width(), &mut widths);
        let label = pen.style(Role::Label);
        let mut x = 0;
        for (column, width) in self.columns.iter().zip(widths) {
            if width > 0 {
                pen.field(x, 0, width, column.title, column.align, label);
                x += width + 1;
            }
        }
        let height = pen.height().saturating_sub(1);
        scroll.keep(rows.count(), usize::from(height));
        if rows.count() == 0 {
            let dim = pen.style(Role::Dim);
            pen.text(0, 1, self.empty, dim);
            return;
        }
        for line in 0..height {
            let Some(row) = scroll.row_at(line, rows.count()) else { break };
            let mut x = 0;
            for (index, width) in widths.iter().copied().enumerate().take(self.columns.len()) {
                if width > 0 {
                    rows.cell(row, index, pen, (x, line + 1, width));
                    x += width + 1;
                }
            }
            if self.focused && row == scroll.chosen {
                let chosen = pen.style(Role::Chosen);
                pen.ground(0, line + 1, pen.width(), chosen);
            }
        }
    }

    /// Width of each column that is shown, 0 for one that has no room.
    fn widths(&self, room: u16, widths: &mut [u16; COLUMNS_MAX]) {
        let mut shown = [true; COLUMNS_MAX];
        let needed = |shown: &[bool; COLUMNS_MAX]| -> u16 {
            let columns = self.columns.iter().zip(shown).filter(|(_, shown)| **shown);
            columns.map(|(column, _)| column.width + 1).sum::<u16>().saturating_sub(1)
        };
        let mut rank = self.columns.iter().map(|column| column.rank).max().unwrap_or(0);
        while needed(&shown) > room && rank > 0 {
            for (column, shown) in self.columns.iter().zip(&mut shown) {
                if column.rank == rank {
                    *shown = false;
                }
            }
            rank -= 1;
        }
        let spare = room.saturating_sub(needed(&shown));
        let growing = self.columns.iter().zip(shown).filter(|(column, shown)| *shown && column.grows).count();
        let share = u16::try_from(growing).ok().and_then(|count| spare.checked_div(count)).unwrap_or(0);
        for ((column, shown), width) in self.columns.iter().zip(shown).zip(widths) {
            if shown {
                *width = column.width + if column.grows { share } else { 0 };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_stays_in_sight() {
        let mut scroll = Scroll::default();
        scroll.by(7, 10);
        scroll.keep(10, 4);
        assert_eq!((scroll.chosen, scroll.top), (7, 4));
        scroll.by(-100, 10);
        scroll.keep(10, 4);
        assert_eq!((scroll.chosen, scroll.top), (0, 0));
        scroll.to(9, 10);
        scroll.keep(3, 4);
        assert_eq!((scroll.chosen, scroll.top), (2, 0), "the list became shorter");
    }

    #[test]
    fn columns_that_matter_least_go_first() {
        let columns = [Column::text("a", 4, 0), Column::number("b", 4, 2), Column::number("c", 4, 1).growing()];
        let table = Table { columns: &columns, focused: false, empty: "" };
        let widths = |room| {
            let mut widths = [0; COLUMNS_MAX];
            table.widths(room, &mut widths);
            [widths[0], widths[1], widths[2]]
        };
        assert_eq!(widths(20), [4, 4, 10]);
        assert_eq!(widths(10), [4, 0, 5]);
        assert_eq!(widths(5), [4, 0, 0]);
    }
}
