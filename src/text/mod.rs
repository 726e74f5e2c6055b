//! Everything hoga says to people, in Korean and English. Keys and codes of JSON are never here: they are the same in
//! both. A string that one language lacks does not compile.

pub mod auth;
pub mod clean;
pub mod column;
pub mod doctor;
pub mod event;
pub mod failure;
pub mod form;
pub mod help;
pub mod kept;
pub mod kis;
pub mod notice;
pub mod realised;
pub mod refusal;
pub mod say;
pub mod screen;
pub mod term;
pub mod usage;

pub use crate::config::Language;
pub use column::Column;
pub use form::Form;
pub use say::Say;

/// The one of the two that is in `language`.
pub(crate) const fn pick(language: Language, ko: &'static str, en: &'static str) -> &'static str {
    match language {
        Language::Ko => ko,
        Language::En => en,
    }
}

/// The one of two outside texts, such as names, that is in `language`; the other where that one is empty.
#[must_use]
pub fn pick_owned<'a>(language: Language, ko: &'a str, en: &'a str) -> &'a str {
    let (first, second) = match language {
        Language::Ko => (ko, en),
        Language::En => (en, ko),
    };
    if first.is_empty() { second } else { first }
}
