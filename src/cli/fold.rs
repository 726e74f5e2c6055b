//! Tables that are wider than the terminal: what gives way, and in which turn. Only what people see on a terminal is
//! folded; JSON, CSV and what goes into a pipe are whole.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::table::{Cell, Column, GAP};

/// Cells of a shortened id: an ellipsis and its last eight characters, which the commands take for the whole id.
const ID: usize = 9;
/// Cells a name is not cut below.
const NAME: usize = 12;

/// What a cell gives up where the terminal is too narrow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Shrink {
    /// Nothing: half a price is a wrong price.
    #[default]
    Never,
    /// Its beginning.
    Id,
    /// Its end.
    Name,
}

impl Shrink {
    fn least(self, natural: usize) -> usize {
        match self {
            Self::Never => natural,
            Self::Id => natural.min(ID),
            Self::Name => natural.min(NAME),
        }
    }
}

/// Narrows a table to `room` cells: first long ids become short and names lose their end, then whole columns go as
/// `least` says, first of it first. Names get what room is left.
pub(super) fn fold(columns: &mut Vec<Column>, least: &[crate::text::Column], room: usize) {
    let natural = |columns: &[Column]| width(columns, Column::width);
    if natural(columns) <= room {
        return;
    }
    let narrowest = |columns: &[Column]| width(columns, floor);
    let mut going = least.iter();
    while narrowest(columns) > room {
        match going.next() {
            Some(goes) => columns.retain(|column| column.heading != Some(*goes)),
            // A terminal narrower than what matters most: from the right, as it would be cut off anyway.
            None if columns.len() > 1 => drop(columns.pop()),
            None => break,
        }
    }
    let mut spare = room.saturating_sub(narrowest(columns));
    for column in columns {
        let (floor, natural) = (floor(column), column.width());
        let wanted = natural - floor;
        // An id is whole or short: a piece of any other length helps nobody.
        let is_id = column.cells().any(|cell| cell.shrink == Shrink::Id);
        let given = if is_id && wanted > spare { 0 } else { wanted.min(spare) };
        spare -= given;
        column.cells_mut().for_each(|cell| cell.text = within(cell, floor + given));
    }
}

fn width(columns: &[Column], of: impl Fn(&Column) -> usize) -> usize {
    columns.iter().map(of).sum::<usize>() + GAP * columns.len().saturating_sub(1)
}

fn floor(column: &Column) -> usize {
    let cells = column.cells().map(|cell| cell.shrink.least(cell.width()));
    cells.chain([column.head.width()]).max().unwrap_or(0)
}

fn within(cell: &Cell, room: usize) -> String {
    let text = &cell.text;
    if text.width() <= room {
        return text.clone();
    }
    match cell.shrink {
        Shrink::Never => text.clone(),
        Shrink::Id => format!("…{}", end_of(text, room.saturating_sub(1))),
        Shrink::Name => format!("{}…", beginning_of(text, room.saturating_sub(1))),
    }
}

fn beginning_of(text: &str, room: usize) -> &str {
    let mut taken = 0;
    for (at, character) in text.char_indices() {
        taken += character.width().unwrap_or(0);
        if taken > room {
            return text[..at].trim_end();
        }
    }
    text
}

fn end_of(text: &str, room: usize) -> &str {
    let mut taken = 0;
    for (at, character) in text.char_indices().rev() {
        taken += character.width().unwrap_or(0);
        if taken > room {
            return &text[at + character.len_utf8()..];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_by_cells() {
        assert_eq!(within(&Cell::name("삼성전자우"), 7), "삼성전…");
        assert_eq!(within(&Cell::name("삼성전자우"), 8), "삼성전…");
        assert_eq!(within(&Cell::name("Samsung Electronics"), 9), "Samsung…");
        assert_eq!(within(&Cell::name("Kakao"), 9), "Kakao");
        assert_eq!(within(&Cell::id("01a1fcf5-c738-7000-bd72-df6448d3ed80"), 9), "…48d3ed80");
        assert_eq!(within(&Cell::number("70,700"), 3), "70,700");
    }
}
