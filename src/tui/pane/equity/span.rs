//! How far back a page looks.

use crate::text::screen::portfolio::Page;

/// How far back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Span {
    /// Today.
    Day,
    /// A week.
    #[default]
    Week,
    /// A month.
    Month,
    /// Since the beginning.
    All,
}

impl Span {
    const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::All];

    /// Days back, today included.
    #[must_use]
    pub const fn days(self) -> u32 {
        match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month => 31,
            Self::All => 36_500,
        }
    }

    /// What it is called.
    #[must_use]
    pub const fn label(self) -> Page {
        match self {
            Self::Day => Page::SpanDay,
            Self::Week => Page::SpanWeek,
            Self::Month => Page::SpanMonth,
            Self::All => Page::SpanAll,
        }
    }

    /// The next longer one, or the next shorter; itself at the ends.
    #[must_use]
    pub fn step(self, longer: bool) -> Self {
        let at = self as usize;
        let to = if longer { at + 1 } else { at.wrapping_sub(1) };
        Self::ALL.get(to).copied().unwrap_or(self)
    }

    /// Name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        Page::text(self.label(), crate::text::Language::En)
    }

    /// The span of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|span| span.name() == name)
    }
}
