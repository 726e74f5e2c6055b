//! Colours and attributes as escape sequences: what changed, in one sequence.

use std::io::Write as _;

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

/// What the terminal draws with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pen {
    foreground: Color,
    background: Color,
    underline: Color,
    modifier: Modifier,
}

/// As a terminal has it after `CSI m`.
pub(super) const PLAIN: Pen =
    Pen { foreground: Color::Reset, background: Color::Reset, underline: Color::Reset, modifier: Modifier::empty() };

const ATTRIBUTES: [(Modifier, u8); 9] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::SLOW_BLINK, 5),
    (Modifier::RAPID_BLINK, 6),
    (Modifier::REVERSED, 7),
    (Modifier::HIDDEN, 8),
    (Modifier::CROSSED_OUT, 9),
];

impl Pen {
    pub fn of(cell: &Cell) -> Self {
        Self { foreground: cell.fg, background: cell.bg, underline: cell.underline_color, modifier: cell.modifier }
    }

    /// Writes what turns this pen into `next`.
    pub fn change(&mut self, next: Self, out: &mut Vec<u8>) {
        if *self == next {
            return;
        }
        if next == PLAIN {
            out.extend_from_slice(b"\x1b[m");
            *self = next;
            return;
        }
        out.extend_from_slice(b"\x1b[");
        let start = out.len();
        // Attributes end only together: some terminals take 22 for bold alone, some for dim too.
        if !next.modifier.contains(self.modifier) {
            out.extend_from_slice(b"0;");
            *self = PLAIN;
        }
        for (attribute, code) in ATTRIBUTES {
            if next.modifier.contains(attribute) && !self.modifier.contains(attribute) {
                let _ = write!(out, "{code};");
            }
        }
        if next.foreground != self.foreground {
            color(out, next.foreground, 30);
        }
        if next.background != self.background {
            color(out, next.background, 40);
        }
        if next.underline != self.underline {
            underline(out, next.underline);
        }
        if out.len() > start {
            out.pop();
        }
        out.push(b'm');
        *self = next;
    }
}

fn color(out: &mut Vec<u8>, color: Color, base: u8) {
    let plain = |out: &mut Vec<u8>, code: u8| {
        let _ = write!(out, "{};", base + code);
    };
    let bright = |out: &mut Vec<u8>, code: u8| {
        let _ = write!(out, "{};", base + 60 + code);
    };
    match color {
        Color::Reset => plain(out, 9),
        Color::Black => plain(out, 0),
        Color::Red => plain(out, 1),
        Color::Green => plain(out, 2),
        Color::Yellow => plain(out, 3),
        Color::Blue => plain(out, 4),
        Color::Magenta => plain(out, 5),
        Color::Cyan => plain(out, 6),
        Color::Gray => plain(out, 7),
        Color::DarkGray => bright(out, 0),
        Color::LightRed => bright(out, 1),
        Color::LightGreen => bright(out, 2),
        Color::LightYellow => bright(out, 3),
        Color::LightBlue => bright(out, 4),
        Color::LightMagenta => bright(out, 5),
        Color::LightCyan => bright(out, 6),
        Color::White => bright(out, 7),
        Color::Rgb(red, green, blue) => {
            let _ = write!(out, "{};2;{red};{green};{blue};", base + 8);
        }
        Color::Indexed(index) => {
            let _ = write!(out, "{};5;{index};", base + 8);
        }
    }
}

fn underline(out: &mut Vec<u8>, color: Color) {
    let index = match color {
        Color::Reset => {
            out.extend_from_slice(b"59;");
            return;
        }
        Color::Rgb(red, green, blue) => {
            let _ = write!(out, "58;2;{red};{green};{blue};");
            return;
        }
        Color::Indexed(index) => index,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    };
    let _ = write!(out, "58;5;{index};");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(from: &Cell, to: &Cell) -> String {
        let mut pen = Pen::of(from);
        let mut out = Vec::new();
        pen.change(Pen::of(to), &mut out);
        assert_eq!(pen, Pen::of(to));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn only_what_changed_is_said() {
        let plain = Cell::default();
        let mut red = Cell::default();
        red.set_fg(Color::Red);
        let mut bold = red.clone();
        bold.modifier = Modifier::BOLD;
        let mut true_color = Cell::default();
        true_color.set_bg(Color::Rgb(1, 2, 3)).set_fg(Color::Indexed(200));
        assert_eq!(change(&plain, &plain), "");
        assert_eq!(change(&plain, &red), "\x1b[31m");
        assert_eq!(change(&red, &bold), "\x1b[1m");
        assert_eq!(change(&bold, &red), "\x1b[0;31m");
        assert_eq!(change(&bold, &plain), "\x1b[m");
        assert_eq!(change(&red, &true_color), "\x1b[38;5;200;48;2;1;2;3m");
        let mut line = red.clone();
        line.underline_color = Color::Blue;
        assert_eq!(change(&red, &line), "\x1b[58;5;4m");
    }
}
