//! Symbols, in three sets. `▲ ▼ │ ─ █ ·` are one cell wide on most terminals and two on some that follow old East Asian
//! tables, so a set without them exists; braille, and what the ASCII set uses, are one cell everywhere.

/// Which symbols.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GlyphSet {
    /// All of them.
    Full,
    /// Only those whose width no terminal disputes.
    Narrow,
    /// Only ASCII.
    Ascii,
}

/// The symbols.
#[derive(Debug, PartialEq, Eq)]
pub struct Glyphs {
    /// Beside a number that rose.
    pub up: &'static str,
    /// Beside a number that fell.
    pub down: &'static str,
    /// At a daily limit above.
    pub limit_up: &'static str,
    /// At a daily limit below.
    pub limit_down: &'static str,
    /// Level line.
    pub horizontal: &'static str,
    /// Upright line.
    pub vertical: &'static str,
    /// Corners: top left, top right, bottom left, bottom right.
    pub corners: [&'static str; 4],
    /// End of a text that was cut; one cell.
    pub ellipsis: &'static str,
    /// In front of the chosen row.
    pub cursor: &'static str,
    /// An own order.
    pub own: &'static str,
    /// Something bought, on a chart.
    pub bought: &'static str,
    /// Something sold, on a chart.
    pub sold: &'static str,
    /// An alert.
    pub alert: &'static str,
    /// Beside what comes by asking and not by a stream.
    pub polled: &'static str,
    /// Between parts of a line.
    pub dot: &'static str,
    /// A level line that is only a mark.
    pub dashed: &'static str,
    /// Eighths of a cell, growing to the right; empty where bars are drawn by ground colour alone.
    pub eighths: &'static [&'static str],
    /// Eighths of a cell, growing upwards.
    pub rising: &'static [&'static str],
    /// Body, upper wick and lower wick of a candle, whole cells: body, wick.
    pub candle: [&'static str; 2],
    /// Halves of a cell: upper, lower.
    pub halves: [&'static str; 2],
    /// Whether lines of charts may be drawn in braille dots.
    pub braille: bool,
}

const FULL: Glyphs = Glyphs {
    up: "▲",
    down: "▼",
    limit_up: "↑",
    limit_down: "↓",
    horizontal: "─",
    vertical: "│",
    corners: ["┌", "┐", "└", "┘"],
    ellipsis: "…",
    cursor: "▸",
    own: "●",
    bought: "▲",
    sold: "▼",
    alert: "◆",
    polled: "↻",
    dot: "·",
    dashed: "╌",
    eighths: &["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
    rising: &["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    candle: ["┃", "│"],
    halves: ["▀", "▄"],
    braille: true,
};

const NARROW: Glyphs = Glyphs {
    up: "+",
    down: "-",
    limit_up: "^",
    limit_down: "v",
    horizontal: "-",
    vertical: "|",
    corners: ["+", "+", "+", "+"],
    ellipsis: "~",
    cursor: ">",
    own: "*",
    bought: "^",
    sold: "v",
    alert: "!",
    polled: "@",
    dot: "-",
    dashed: "-",
    eighths: &[],
    rising: &[],
    candle: ["#", "|"],
    halves: ["\"", "_"],
    braille: true,
};

const ASCII: Glyphs = Glyphs { braille: false, ..NARROW };

impl GlyphSet {
    /// The symbols of the set.
    #[must_use]
    pub const fn glyphs(self) -> &'static Glyphs {
        match self {
            Self::Full => &FULL,
            Self::Narrow => &NARROW,
            Self::Ascii => &ASCII,
        }
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    fn all(glyphs: &Glyphs) -> Vec<&'static str> {
        let mut all = vec![
            glyphs.up,
            glyphs.down,
            glyphs.limit_up,
            glyphs.limit_down,
            glyphs.horizontal,
            glyphs.vertical,
            glyphs.ellipsis,
            glyphs.cursor,
            glyphs.own,
            glyphs.bought,
            glyphs.sold,
            glyphs.alert,
            glyphs.polled,
            glyphs.dot,
            glyphs.dashed,
        ];
        all.extend(glyphs.corners);
        all.extend(glyphs.eighths);
        all.extend(glyphs.rising);
        all.extend(glyphs.candle);
        all.extend(glyphs.halves);
        all
    }

    #[test]
    fn every_symbol_is_one_cell() {
        for set in [GlyphSet::Full, GlyphSet::Narrow, GlyphSet::Ascii] {
            for glyph in all(set.glyphs()) {
                assert_eq!(glyph.width(), 1, "{glyph}");
            }
        }
    }

    #[test]
    fn the_narrow_sets_hold_nothing_a_terminal_may_draw_wide() {
        for set in [GlyphSet::Narrow, GlyphSet::Ascii] {
            for glyph in all(set.glyphs()) {
                assert_eq!(glyph.width_cjk(), 1, "{glyph}");
                assert!(glyph.is_ascii(), "{glyph}");
            }
        }
    }
}
