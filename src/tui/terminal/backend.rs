//! Frames as bytes: the cells that changed, with as few cursor moves and colour changes as they need.

use std::convert::Infallible;
use std::io::Write as _;

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::{Buffer, Cell, CellDiffOption};
use ratatui::layout::{Position, Size};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::pen::{PLAIN, Pen};
use crate::text::clean::is_drawable;

/// Takes out of a frame what would be a command to the terminal. Ratatui's own widths hold for what is left.
pub(super) fn blank_commands(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        let symbol = cell.symbol();
        let is_plain = matches!(symbol.as_bytes(), [b' '..=b'~']);
        if !is_plain && !symbol.chars().all(is_drawable) {
            cell.set_symbol(" ");
        }
    }
}

/// Second halves of wide letters in the frame before. A cell that stops being one is sent again even if it holds what it
/// held: the letter that covered it has gone, and took what was under it along.
#[derive(Debug, Default)]
pub(super) struct SecondHalves {
    before: Vec<bool>,
    now: Vec<bool>,
}

impl SecondHalves {
    /// Marks cells of a frame that must be sent whatever they held before.
    pub fn mark(&mut self, buffer: &mut Buffer) {
        self.now.clear();
        self.now.resize(buffer.content.len(), false);
        self.before.resize(buffer.content.len(), false);
        let columns = usize::from(buffer.area.width).max(1);
        for (at, cell) in buffer.content.iter_mut().enumerate() {
            let is_second = self.now.get(at).copied().unwrap_or(false);
            if self.before.get(at).copied().unwrap_or(false) && !is_second {
                cell.set_diff_option(CellDiffOption::AlwaysUpdate);
            }
            let symbol = cell.symbol();
            if symbol.len() > 1
                && !is_second
                && symbol.width() > 1
                && (at + 1) % columns != 0
                && let Some(next) = self.now.get_mut(at + 1)
            {
                *next = true;
            }
        }
        std::mem::swap(&mut self.before, &mut self.now);
    }
}

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
            _ if to.x == 0 && to.y == 0 => write!(self.out, "\x1b[H"),
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::Terminal;
    use ratatui::style::{Color, Modifier, Style};

    use super::*;

    const WIDTH: u16 = 20;
    const HEIGHT: u16 = 6;

    struct Drawn {
        terminal: Terminal<FrameBytes>,
        halves: SecondHalves,
    }

    fn terminal() -> Terminal<FrameBytes> {
        let Ok(terminal) = Terminal::new(FrameBytes::new(Size { width: WIDTH, height: HEIGHT }));
        terminal
    }

    fn drawn() -> Drawn {
        Drawn { terminal: terminal(), halves: SecondHalves::default() }
    }

    /// Where, what, and in which colour.
    type Texts = Vec<(u16, u16, String, u8)>;

    fn frame(drawn: &mut Drawn, texts: &Texts) -> Vec<u8> {
        let Drawn { terminal, halves } = drawn;
        let Ok(_) = terminal.draw(|frame| {
            for (x, y, text, color) in texts {
                let mut style = Style::new().fg(Color::Indexed(*color));
                if color % 2 == 0 {
                    style = style.add_modifier(Modifier::BOLD | Modifier::REVERSED);
                }
                frame.buffer_mut().set_string(*x, *y, text, style);
            }
            halves.mark(frame.buffer_mut());
        });
        std::mem::take(&mut terminal.backend_mut().out)
    }

    fn one(symbol: &str) -> String {
        let mut cell = Cell::default();
        cell.set_symbol(symbol);
        let mut backend = FrameBytes::new(Size { width: WIDTH, height: HEIGHT });
        let Ok(()) = backend.draw([(0, 0, &cell), (WIDTH - 1, 1, &cell)].into_iter());
        String::from_utf8(backend.out).unwrap()
    }

    fn texts() -> impl Strategy<Value = Texts> {
        let text = "(삼|성|전|자|호|가| |1|2|,|a|▲|─|é){1,8}";
        proptest::collection::vec((0..WIDTH, 0..HEIGHT, text, 0_u8..4), 0..8)
    }

    proptest! {
        /// However frames follow each other, the terminal shows what a whole repaint would.
        #[test]
        fn what_changed_is_as_good_as_everything(frames in proptest::collection::vec(texts(), 1..6)) {
            let mut partial = drawn();
            let mut screen = vt100::Parser::new(HEIGHT, WIDTH, 0);
            for texts in &frames {
                screen.process(&frame(&mut partial, texts));
                let mut whole = vt100::Parser::new(HEIGHT, WIDTH, 0);
                whole.process(&frame(&mut drawn(), texts));
                for row in 0..HEIGHT {
                    for column in 0..WIDTH {
                        let (seen, meant) = (screen.screen().cell(row, column), whole.screen().cell(row, column));
                        let (seen, meant) = (seen.unwrap(), meant.unwrap());
                        // A blank cell may never have been written.
                        prop_assert_eq!(seen.contents().trim_end(), meant.contents().trim_end(), "{} {}", row, column);
                        if !seen.contents().trim().is_empty() {
                            prop_assert_eq!(seen.fgcolor(), meant.fgcolor());
                            prop_assert_eq!(seen.bold(), meant.bold());
                            prop_assert_eq!(seen.is_wide(), meant.is_wide());
                        }
                    }
                }
            }
        }

        /// Whatever is put into a cell, only the sequences of this file come out.
        #[test]
        fn no_symbol_is_a_command(symbol in "(\u{1b}|\\[|\\]|2J|\u{7}|\u{9b}|\u{202e}|호|a|\\PC|\\p{Cc}){1,6}") {
            let bytes = one(&symbol);
            let mut rest = bytes.as_str();
            while let Some(at) = rest.find(|c: char| c.is_control()) {
                let sequence = rest.split_at(at).1;
                let Some(body) = sequence.strip_prefix("\u{1b}[") else {
                    return Err(TestCaseError::fail(format!("{sequence:?}")));
                };
                let body = body.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
                prop_assert!(body.starts_with(['H', 'C', 'm']), "{:?}", sequence);
                rest = body;
            }
        }
    }

    #[test]
    fn a_wide_letter_half_covered_by_another_leaves_no_hole() {
        let first: Texts = vec![(8, 0, "1자a─삼삼성".into(), 0), (18, 0, "a".into(), 3)];
        let second: Texts = vec![(13, 0, "가▲전a".into(), 3)];
        let (mut partial, mut screen) = (drawn(), vt100::Parser::new(HEIGHT, WIDTH, 0));
        screen.process(&frame(&mut partial, &first));
        screen.process(&frame(&mut partial, &second));
        assert_eq!(screen.screen().contents().trim(), "가▲전a");
    }

    #[test]
    fn hostile_cells_are_blank() {
        for symbol in ["\u{1b}[2J", "\u{9b}2J", "\u{7}", "\u{202e}a", "\u{200b}", "\u{1b}]0;x\u{7}"] {
            let drawn = one(symbol);
            assert!(!drawn.contains("2J") && !drawn.contains("x") && !drawn.contains('\u{7}'), "{drawn:?}");
        }
        assert!(one("호").contains("\u{1b}[2;20H "), "no wide character in the last column");
    }

    #[test]
    fn a_frame_of_hostile_cells_is_drawn_without_them() {
        let mut terminal = terminal();
        let Ok(_) = terminal.draw(|frame| {
            for (x, symbol) in (0..).zip(["a", "\u{1b}[2J", "호", "", "\u{200b}", "\u{85}", "b"]) {
                frame.buffer_mut()[(x, 0)].set_symbol(symbol);
            }
            blank_commands(frame.buffer_mut());
        });
        let mut screen = vt100::Parser::new(HEIGHT, WIDTH, 0);
        screen.process(&terminal.backend().out);
        assert_eq!(screen.screen().contents().trim(), "a 호  b");
    }

    #[test]
    fn a_frame_that_changes_nothing_sends_nothing() {
        let mut terminal = drawn();
        let texts: Texts = vec![(0, 0, "삼성전자 12,300".into(), 1)];
        assert_eq!(
            String::from_utf8(frame(&mut terminal, &texts)).unwrap(),
            "\u{1b}[H\u{1b}[38;5;1m삼성전자 12,300\u{1b}[m",
            "no cursor is moved within a text"
        );
        assert_eq!(frame(&mut terminal, &texts), b"");
        let next: Texts = vec![(0, 0, "삼성전자 12,400".into(), 1)];
        assert_eq!(frame(&mut terminal, &next), b"\x1b[1;13H\x1b[38;5;1m4\x1b[m");
    }

    #[test]
    fn after_an_ambiguous_character_its_width_is_not_assumed() {
        let mut terminal = drawn();
        terminal.terminal.backend_mut().ambiguous_is_wide = true;
        let texts: Texts = vec![(0, 0, "─x".into(), 1)];
        assert_eq!(
            String::from_utf8(frame(&mut terminal, &texts)).unwrap(),
            "\u{1b}[H\u{1b}[38;5;1m─\u{1b}[1;2Hx\u{1b}[m"
        );
    }

    #[test]
    fn the_cursor_is_told_only_when_it_changes() {
        let mut terminal = terminal();
        let mut at = |position: Option<(u16, u16)>| {
            let Ok(_) = terminal.draw(|frame| {
                if let Some(position) = position {
                    frame.set_cursor_position(position);
                }
            });
            String::from_utf8(std::mem::take(&mut terminal.backend_mut().out)).unwrap()
        };
        assert_eq!(at(None), "");
        assert_eq!(at(Some((3, 1))), "\u{1b}[?25h\u{1b}[2;4H");
        assert_eq!(at(None), "\u{1b}[?25l");
        assert_eq!(at(None), "");
    }
}
