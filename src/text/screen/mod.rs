//! What the screen says. Each pane has a file of its own; a text is a variant with both languages in one line, so that
//! none can lack one.

pub mod action;
pub mod alerts;
pub mod away;
pub mod chart;
pub mod finder;
pub mod frame;
pub mod help;
pub mod ladder;
pub mod list;
pub mod portfolio;
pub mod settings;
pub mod system;
pub mod ticket;
pub mod tour;

/// Makes an enum of texts, each with its Korean and its English.
macro_rules! texts {
    ($(#[$meta:meta])* $name:ident { $($variant:ident: $ko:literal, $en:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "each is its own English text")]
        pub enum $name { $($variant),+ }

        impl $name {
            /// Every text.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// In a language.
            #[must_use]
            pub const fn text(self, language: $crate::text::Language) -> &'static str {
                match self {
                    $(Self::$variant => $crate::text::pick(language, $ko, $en)),+
                }
            }
        }
    };
}

pub(crate) use texts;
