//! What is wrong with a workspace of the person's own.

use crate::text::Language;
use crate::text::clean::clean;
use crate::text::screen::workspace::Workspace as Words;

/// What is wrong, and with what.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text(Language::En))]
pub struct Trouble {
    words: Words,
    about: String,
}

impl Trouble {
    /// About a part of what was typed or read.
    #[must_use]
    pub fn about(words: Words, about: impl Into<String>) -> Self {
        Self { words, about: about.into() }
    }

    /// About all of it.
    #[must_use]
    pub const fn of(words: Words) -> Self {
        Self { words, about: String::new() }
    }

    /// In a language, without what would be a command to a terminal.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        self.words.text(language).replace("{}", &clean(&self.about))
    }
}
