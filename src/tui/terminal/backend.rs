//! Frames as bytes: the cells that changed, with as few cursor moves and colour changes as they need.

use std::convert::Infallible;
use std::io::Write as _;

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::pen::{PLAIN, Pen};
use crate::text::clean::is_drawable;

/// Collects what a frame sends.
pub(super) struct FrameBytes {
    /// The frame so far.
    pub out: Vec<u8>,
    /// Columns and rows the next frame is drawn for.
    pub size: Size,
    /// Whether characters of ambiguous width take two cells; the place after one is then not assumed.
    pub ambiguous_is_wide: bool,
    is_cursor_shown: bool,
    cursor: Position,
}

impl FrameBytes {
    pub const fn new(size: Size) -> Self {
        Self {
            out: Vec::new(),
            size,
            ambiguous_is_wide: false,
            is_cursor_shown: false,
            cursor: Position { x: 0, y: 0 },
        }
    }

    /// The terminal was taken anew, with its cursor hidden.
    pub const fn forget_cursor(&mut self) {
        self.is_cursor_shown = false;
    }

    fn go(&mut self, from: Option<Position>, to: Position) {
        let _ = match from {
            Some(from) if from == to => Ok(()),
            Some(from) if from.y == to.y && from.x < to.x => match to.x - from.x {
                1 => write!(self.out, "\x1b[C"),
                columns => write!(self.out, "\x1b[{columns}C"),
            },
            _ if to.x == 0 => write!(self.out, "\x1b[{}H", to.y.saturating_add(1)),
            _ => write!(self.out, "\x1b[{};{}H", to.y.saturating_add(1), to.x.saturating_add(1)),
        };
    }

    /// Writes a cell and says how many columns it took; none when that is for the terminal to know.
    fn symbol(&mut self, symbol: &str, columns_left: u16) -> Option<u16> {
        if let [byte @ b' '..=b'~'] = symbol.as_bytes() {
            self.out.push(*byte);
            return Some(1);
        }
        let width = u16::try_from(symbol.width()).unwrap_or(u16::MAX).max(1);
        if width > columns_left || !symbol.chars().all(is_drawable) || symbol.is_empty() {
            let blanks = width.min(columns_left).min(2);
            self.out.extend((0..blanks).map(|_| b' '));
            return Some(blanks);
        }
        self.out.extend_from_slice(symbol.as_bytes());
        let mut chars = symbol.chars();
        let is_single = chars.next().is_some_and(|first| !self.ambiguous_is_wide || first.width() == first.width_cjk())
            && chars.next().is_none();
        is_single.then_some(width)
    }
}

impl Backend for FrameBytes {
    type Error = Infallible;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), Infallible>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut pen = PLAIN;
        let mut at = None;
        for (x, y, cell) in content {
            self.go(at, Position { x, y });
            pen.change(Pen::of(cell), &mut self.out);
            let width = self.symbol(cell.symbol(), self.size.width.saturating_sub(x));
            // In the last column the cursor waits at the edge, and terminals differ in where that is.
            at = width.map(|width| Position { x: x.saturating_add(width), y }).filter(|next| next.x < self.size.width);
        }
        pen.change(PLAIN, &mut self.out);
        Ok(())
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        if std::mem::take(&mut self.is_cursor_shown) {
            self.out.extend_from_slice(b"\x1b[?25l");
        }
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        if !std::mem::replace(&mut self.is_cursor_shown, true) {
            self.out.extend_from_slice(b"\x1b[?25h");
        }
        Ok(())
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        Ok(self.cursor)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        self.cursor = position.into();
        self.go(None, self.cursor);
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        self.out.extend_from_slice(b"\x1b[m\x1b[2J");
        Ok(())
    }

    fn clear_region(&mut self, clear_type: ClearType) -> Result<(), Infallible> {
        let sequence: &[u8] = match clear_type {
            ClearType::All => b"\x1b[m\x1b[2J",
            ClearType::AfterCursor => b"\x1b[J",
            ClearType::BeforeCursor => b"\x1b[1J",
            ClearType::CurrentLine => b"\x1b[2K",
            ClearType::UntilNewLine => b"\x1b[K",
        };
        self.out.extend_from_slice(sequence);
        Ok(())
    }

    fn size(&self) -> Result<Size, Infallible> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        Ok(WindowSize { columns_rows: self.size, pixels: Size::default() })
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
