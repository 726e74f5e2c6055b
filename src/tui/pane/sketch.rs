//! Drawing a pane into cells, for tests.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Pane;
use crate::config::Language;
use crate::tui::model::Model;
use crate::tui::theme::{ColourDepth, GlyphSet, Look, Theme};
use crate::tui::widget::{Pen, cells};

/// The cells of a pane of this size.
pub fn buffer(pane: &mut dyn Pane, model: &Model, width: u16, height: u16) -> Buffer {
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    let mut scratch = String::new();
    pane.draw(model, true, &mut Pen::new(&mut buffer, area, &model.look, &mut scratch));
    buffer
}

/// The lines of a pane of this size, without the cells that wide letters cover.
pub fn lines(pane: &mut dyn Pane, model: &Model, width: u16, height: u16) -> Vec<String> {
    let buffer = buffer(pane, model, width, height);
    let line = |y: u16| {
        let mut text = String::new();
        let mut x = 0;
        while x < width {
            let symbol = buffer[(x, y)].symbol();
            text.push_str(symbol);
            x += cells(symbol).max(1);
        }
        text.trim_end().to_owned()
    };
    (0..height).map(line).collect()
}

/// Draws a pane at many sizes in every language and glyph set; nothing may panic or leave control characters.
pub fn every_size(pane: &mut dyn Pane, model: &mut Model) {
    for language in [Language::Ko, Language::En] {
        for glyphs in [GlyphSet::Full, GlyphSet::Narrow, GlyphSet::Ascii] {
            model.look = Look::new(language, Theme::Korean, ColourDepth::True, glyphs);
            for width in [1, 2, 3, 5, 8, 13, 20, 28, 36, 45, 61, 78, 158, 250] {
                for height in [1, 2, 3, 6, 22, 60] {
                    let lines = lines(pane, model, width, height);
                    assert!(lines.iter().all(|line| !line.chars().any(char::is_control)));
                    if glyphs == GlyphSet::Ascii && language == Language::En {
                        let other = lines.iter().flat_map(|line| line.chars()).find(|letter| !letter.is_ascii());
                        assert_eq!(other, None, "{width}x{height}");
                    }
                }
            }
        }
    }
}
