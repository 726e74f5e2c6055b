//! What a person would see: the emulated grid. A synchronized update is seen when it is whole, as on a terminal that
//! knows them.

use super::modes::Modes;
use super::sequence::Sequences;

/// A cell of the grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// What it shows; empty where nothing was written, and in the right half of a wide character.
    pub text: String,
    /// Whether the character takes this cell and the next.
    pub wide: bool,
    /// Colour of the text.
    pub foreground: vt100::Color,
    /// Colour behind it.
    pub background: vt100::Color,
    /// Attributes.
    pub bold: bool,
    /// Faint.
    pub dim: bool,
    /// Slanted.
    pub italic: bool,
    /// Underlined.
    pub underline: bool,
    /// Text and background exchanged.
    pub inverse: bool,
}

/// The emulator has no place for a wide character on a narrower screen, and falls over it.
const COLUMNS_MIN: u16 = 2;

/// The emulator has no row to come from when text wraps on a single one, and falls over it.
const ROWS_MIN: u16 = 2;

/// The emulated terminal.
pub struct Screen {
    emulator: vt100::Parser,
    parser: Sequences,
    modes: Modes,
    held: Vec<u8>,
    updates: u64,
}

impl Screen {
    /// An empty one.
    pub fn new(rows: u16, columns: u16) -> Self {
        Self {
            emulator: vt100::Parser::new(rows.max(ROWS_MIN), columns.max(COLUMNS_MIN), 0),
            parser: Sequences::default(),
            modes: Modes::default(),
            held: Vec::new(),
            updates: 0,
        }
    }

    /// Takes bytes, and calls `seen` at each moment at which a person would see something new: at the end of each
    /// synchronized update, and behind bytes outside of one.
    pub fn take(&mut self, bytes: &[u8], seen: &mut dyn FnMut(&Self)) {
        let mut unseen = false;
        for byte in bytes {
            self.held.push(*byte);
            let mut completed = Vec::new();
            self.parser.push(*byte, &mut |sequence| completed.push(sequence));
            for sequence in completed {
                let was_open = self.modes.is_synchronized();
                self.modes.take(&sequence);
                match (was_open, self.modes.is_synchronized()) {
                    (true, true) => {}
                    (false, false) => unseen = true,
                    (true, false) => {
                        self.updates += 1;
                        self.show();
                        seen(self);
                        unseen = false;
                    }
                    (false, true) => {
                        self.show();
                        if std::mem::take(&mut unseen) {
                            seen(self);
                        }
                    }
                }
            }
        }
        if !self.modes.is_synchronized() {
            self.show();
            if unseen {
                seen(self);
            }
        }
    }

    /// The program has ended: what it held back is shown.
    pub fn show(&mut self) {
        let held = std::mem::take(&mut self.held);
        self.emulator.process(&held);
    }

    /// Another size.
    pub fn resize(&mut self, rows: u16, columns: u16) {
        let (rows, columns) = (rows.max(ROWS_MIN), columns.max(COLUMNS_MIN));
        let screen = self.emulator.screen_mut();
        screen.set_size(rows, columns);
        // The emulator keeps the left half of a wide letter cut by the new edge, and falls over it when it is written over.
        let is_cut = |row| screen.cell(row, columns - 1).is_some_and(vt100::Cell::is_wide);
        if (0..rows).any(is_cut) {
            screen.set_size(rows, columns - 1);
            screen.set_size(rows, columns);
        }
    }

    /// Rows and columns.
    pub fn size(&self) -> (u16, u16) {
        self.emulator.screen().size()
    }

    /// Each row as text, without the blanks at its end. A wide character counts once.
    pub fn rows(&self) -> Vec<String> {
        (0..self.size().0).map(|row| self.row(row)).collect()
    }

    /// One row.
    pub fn row(&self, y: u16) -> String {
        let mut text = String::new();
        for x in 0..self.size().1 {
            let Some(cell) = self.emulator.screen().cell(y, x) else { continue };
            if !cell.is_wide_continuation() {
                text.push_str(if cell.has_contents() { cell.contents() } else { " " });
            }
        }
        text.truncate(text.trim_end().len());
        text
    }

    /// All rows, a line each.
    pub fn text(&self) -> String {
        self.rows().join("\n")
    }

    /// Whether a text stands somewhere in a row.
    pub fn shows(&self, text: &str) -> bool {
        self.find(text).is_some()
    }

    /// Column and row of the first cell of a text.
    pub fn find(&self, text: &str) -> Option<(u16, u16)> {
        self.find_all(text).first().copied()
    }

    /// The same of each place, from the top left.
    pub fn find_all(&self, text: &str) -> Vec<(u16, u16)> {
        let (rows, columns) = self.size();
        let mut found = Vec::new();
        for y in 0..rows {
            let mut line = String::new();
            let mut starts = Vec::new();
            for x in 0..columns {
                let Some(cell) = self.emulator.screen().cell(y, x) else { continue };
                if !cell.is_wide_continuation() {
                    starts.push((line.len(), x));
                    line.push_str(if cell.has_contents() { cell.contents() } else { " " });
                }
            }
            let column = |at: usize| starts.iter().find(|(start, _)| *start == at).map(|(_, x)| *x);
            found.extend(line.match_indices(text).filter_map(|(at, _)| Some((column(at)?, y))));
        }
        found
    }

    /// The cell in a column of a row, both from 0.
    pub fn cell(&self, x: u16, y: u16) -> Option<Cell> {
        self.emulator.screen().cell(y, x).map(|cell| Cell {
            text: cell.contents().to_owned(),
            wide: cell.is_wide(),
            foreground: cell.fgcolor(),
            background: cell.bgcolor(),
            bold: cell.bold(),
            dim: cell.dim(),
            italic: cell.italic(),
            underline: cell.underline(),
            inverse: cell.inverse(),
        })
    }

    /// Column and row of the cursor, from 0; `None` while it is hidden.
    pub fn cursor(&self) -> Option<(u16, u16)> {
        let (y, x) = self.emulator.screen().cursor_position();
        self.modes.is_on(25).then_some((x, y))
    }

    /// Modes as they stand.
    pub fn modes(&self) -> &Modes {
        &self.modes
    }

    /// Synchronized updates that ended.
    pub fn updates(&self) -> u64 {
        self.updates
    }

    /// What the program leaves behind, in words: modes, and colours that later text would have.
    pub fn left_behind(&self) -> Vec<String> {
        let screen = self.emulator.screen();
        let plain = screen.fgcolor() == vt100::Color::Default && screen.bgcolor() == vt100::Color::Default;
        let styled = screen.bold() || screen.dim() || screen.italic() || screen.underline() || screen.inverse();
        let mut left = self.modes.left_on();
        if styled || !plain {
            left.push("colours".to_owned());
        }
        left
    }
}
