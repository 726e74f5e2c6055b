//! Rows of what happened.

use std::fmt;

use super::{Key, kind_name};
use crate::text::screen::list::ListColumn;
use crate::tui::model::{Line, Model};
use crate::tui::pane::list::{Cell, Keyed, KoreanTime};
use crate::tui::theme::{Look, Role};
use crate::tui::widget::{Column, Pen, Rows, cells};

/// Cells of the kind.
const KIND: u16 = 9;

/// Cells of the time.
const fn time_width(width: u16) -> u16 {
    if width < 60 { 5 } else { 8 }
}

/// Columns: where there is room for the hour only, the time is that short.
pub fn columns(look: &Look, width: u16) -> [Column; 3] {
    let title = |column: ListColumn| column.text(look.language);
    [
        Column::text(title(ListColumn::Time), time_width(width), 1),
        Column::text(title(ListColumn::Event), KIND, 0),
        Column::text(title(ListColumn::Text), 8, 0).growing(),
    ]
}

/// Whether a text is seen whole in its column.
pub fn fits(text: &str, width: u16) -> bool {
    cells(text) <= width.saturating_sub(time_width(width) + KIND + 2)
}

/// The rows as they are drawn: places in the log.
pub struct Lines<'a> {
    pub model: &'a Model,
    pub rows: &'a [usize],
    pub chosen: Option<usize>,
}

impl<'a> Lines<'a> {
    fn line(&self, row: usize) -> Option<&'a Line> {
        self.model.activity.lines().nth(*self.rows.get(row)?)
    }
}

impl Keyed for Lines<'_> {
    type Key = Key;

    fn key(&self, row: usize) -> Option<Key> {
        self.line(row).map(|line| (line.time, line.text.clone()))
    }

    fn is(&self, row: usize, (time, text): &Key) -> bool {
        self.line(row).is_some_and(|line| line.time == *time && line.text == *text)
    }
}

impl Rows for Lines<'_> {
    fn count(&self) -> usize {
        self.rows.len()
    }

    fn cell(&self, row: usize, column: usize, pen: &mut Pen<'_>, field: (u16, u16, u16)) {
        let Some(line) = self.line(row) else { return };
        let mut cell = Cell::new(pen, field, column, self.chosen == Some(row));
        match column {
            0 => {
                // Of what happened often the last time counts.
                let time = KoreanTime::new(line.last, cell.width());
                cell.left(Role::Dim, time);
            }
            1 => {
                cell.text(line.role, kind_name(self.model, &line.kind));
            }
            2 => {
                if line.count > 1 {
                    cell.right_first(Role::Label, Times(line.count));
                }
                let role = if line.role == Role::Good { Role::Text } else { line.role };
                cell.text(role, &line.text);
            }
            _ => {}
        }
    }
}

/// How often something happened.
struct Times(u32);

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "x{}", self.0)
    }
}
