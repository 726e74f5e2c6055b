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
pub mod workspace;

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

            /// Texts that lack a language: an empty one, or a Korean one that is nothing but the English.
            #[cfg(test)]
            #[must_use]
            pub fn incomplete() -> Vec<Self> {
                use $crate::text::Language::{En, Ko};
                Self::ALL.iter().copied().filter(|text| text.text(Ko).is_empty() || text.text(En).is_empty()).collect()
            }

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

#[cfg(test)]
mod tests {
    #[test]
    fn no_text_of_the_screen_lacks_a_language() {
        macro_rules! complete {
            ($($texts:path),+ $(,)?) => {$(
                assert_eq!(<$texts>::incomplete(), Vec::<$texts>::new(), stringify!($texts));
            )+};
        }
        complete!(
            super::action::Label,
            super::alerts::Alerts,
            super::away::Away,
            super::away::EventKind,
            super::chart::Chart,
            super::finder::Finder,
            super::finder::WordLabel,
            super::finder::WordSaid,
            super::frame::Frame,
            super::frame::PaneName,
            super::frame::WorkspaceName,
            super::help::ContextName,
            super::help::Help,
            super::ladder::Words,
            super::list::EventName,
            super::list::ListColumn,
            super::list::ListText,
            super::list::SortName,
            super::portfolio::Page,
            super::settings::Settings,
            super::system::System,
            super::ticket::Ticket,
            super::tour::Tour,
            super::workspace::Workspace,
        );
    }
}
