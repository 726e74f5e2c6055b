//! Widths in cells.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// How many cells a text takes. Hangul takes two a syllable.
#[must_use]
pub fn cells(text: &str) -> u16 {
    if text.is_ascii() {
        u16::try_from(text.len()).unwrap_or(u16::MAX)
    } else {
        text.width().try_into().unwrap_or(u16::MAX)
    }
}

/// The part of a text that fits into so many cells, and the cells it takes. Never half a syllable.
#[must_use]
pub fn cut(text: &str, width: u16) -> (&str, u16) {
    let mut taken = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        let wide = cells(grapheme);
        if taken + wide > width {
            return (text.get(..at).unwrap_or_default(), taken);
        }
        taken += wide;
    }
    (text, taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hangul_is_cut_between_syllables() {
        assert_eq!(cells("삼성전자"), 8);
        assert_eq!(cut("삼성전자", 5), ("삼성", 4));
        assert_eq!(cut("삼성전자", 8), ("삼성전자", 8));
        assert_eq!(cut("ab", 1), ("a", 1));
        assert_eq!(cut("", 3), ("", 0));
    }
}
