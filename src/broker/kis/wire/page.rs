//! Pages of a list: the header says whether there are more, two keys say where the next begins.

use super::text::Text;

/// Where the next page begins; sent back as they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageKeys {
    /// `CTX_AREA_FK…`: what was searched for. It holds the account, so it is never logged.
    pub search: Text,
    /// `CTX_AREA_NK…`: where it goes on.
    pub next: Text,
}

/// What follows a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// That was all.
    Complete,
    /// There is more, from these keys, asked with the header `tr_cont: N`.
    More(PageKeys),
    /// More is said to follow, but the keys stand still: to ask again would never end. What came is not all.
    Stuck,
}

/// What follows a page, by its `tr_cont` header, the keys it was asked with and the keys it came with. A short page is no
/// sign of the end: sizes differ between the environments.
#[must_use]
pub fn after(header: Option<&str>, asked: &PageKeys, came: &PageKeys) -> After {
    match header.map(str::trim) {
        Some("F" | "M") if came.next.is_empty() || came == asked => After::Stuck,
        Some("F" | "M") => After::More(came.clone()),
        _ => After::Complete,
    }
}
