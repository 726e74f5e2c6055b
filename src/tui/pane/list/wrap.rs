//! A text over several lines.

use crate::tui::widget::{cells, cut};

/// The lines of a text in so many cells: broken between words, and within one that is wider than a line.
pub fn wrap(text: &str, width: u16) -> impl Iterator<Item = &str> {
    let mut rest = text.trim();
    std::iter::from_fn(move || {
        if rest.is_empty() || width == 0 {
            return None;
        }
        let (fits, _) = cut(rest, width);
        if fits.is_empty() {
            return None;
        }
        let at = if fits.len() == rest.len() || rest.as_bytes().get(fits.len()) == Some(&b' ') {
            fits.len()
        } else {
            fits.rfind(' ').filter(|at| *at > 0).unwrap_or(fits.len())
        };
        let (line, after) = rest.split_at(at);
        rest = after.trim_start();
        Some(line.trim_end())
    })
}

/// How many lines that makes.
#[must_use]
pub fn wrapped_lines(text: &str, width: u16) -> u16 {
    if cells(text) <= width { 1 } else { u16::try_from(wrap(text, width).count()).unwrap_or(u16::MAX) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_never_within_a_syllable() {
        assert_eq!(wrap("press A on the ladder", 10).collect::<Vec<_>>(), ["press A on", "the ladder"]);
        assert_eq!(wrap("관심종목이 없습니다", 11).collect::<Vec<_>>(), ["관심종목이", "없습니다"]);
        assert_eq!(wrap("abcdefgh", 3).collect::<Vec<_>>(), ["abc", "def", "gh"]);
        assert_eq!(wrap("삼성", 1).count(), 0);
        assert_eq!(wrapped_lines("press A on the ladder", 10), 2);
    }
}
