//! How things look: a role has a style, which depends on the theme and on what the terminal can show. Panes name roles and
//! glyphs, never colours or symbols.

mod colour;
mod glyph;
mod role;

pub use colour::{ColourDepth, Theme};
pub use glyph::{GlyphSet, Glyphs};
pub use role::Role;

use ratatui::style::Style;

use crate::config::Language;

/// How everything looks to one person on one terminal.
#[derive(Debug, Clone)]
pub struct Look {
    /// Language of texts.
    pub language: Language,
    /// Colours.
    pub theme: Theme,
    /// How many of them the terminal has.
    pub depth: ColourDepth,
    /// Symbols.
    pub glyphs: &'static Glyphs,
    styles: [Style; Role::COUNT],
}

impl Look {
    /// A look. Styles are worked out once, so that drawing only looks them up.
    #[must_use]
    pub fn new(language: Language, theme: Theme, depth: ColourDepth, glyphs: GlyphSet) -> Self {
        let mut styles = [Style::new(); Role::COUNT];
        for role in Role::ALL {
            if let Some(style) = styles.get_mut(*role as usize) {
                *style = colour::style(theme, depth, *role);
            }
        }
        Self { language, theme, depth, glyphs: glyphs.glyphs(), styles }
    }

    /// The style of a role.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role as usize).copied().unwrap_or_default()
    }

    /// The role of a number by its sign: up, down or flat.
    #[must_use]
    pub fn direction(sign: std::cmp::Ordering) -> Role {
        match sign {
            std::cmp::Ordering::Greater => Role::Up,
            std::cmp::Ordering::Less => Role::Down,
            std::cmp::Ordering::Equal => Role::Flat,
        }
    }

    /// The sign that stands beside a colour, so that the colour is never alone.
    #[must_use]
    pub const fn arrow(&self, sign: std::cmp::Ordering) -> &'static str {
        match sign {
            std::cmp::Ordering::Greater => self.glyphs.up,
            std::cmp::Ordering::Less => self.glyphs.down,
            std::cmp::Ordering::Equal => " ",
        }
    }

    /// The text of the two that is in the language.
    #[must_use]
    pub const fn pick(&self, ko: &'static str, en: &'static str) -> &'static str {
        crate::text::pick(self.language, ko, en)
    }
}
