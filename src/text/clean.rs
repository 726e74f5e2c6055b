//! Text from outside, made safe to draw: no control characters, no escape sequences, nothing without a width.

use std::borrow::Cow;
use std::iter::Peekable;

use unicode_normalization::UnicodeNormalization as _;
use unicode_width::UnicodeWidthChar as _;

/// Text that draws as it reads: escape sequences are taken out whole, control characters, marks of direction and
/// characters of no width too, and what is left is composed (NFC), so that decomposed Hangul takes its two cells.
/// Line breaks and tabs become one space.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) || text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let composed = visible(text).chars().nfc().filter(|c| has_width(*c)).collect();
    Cow::Owned(composed)
}

/// The first `most` characters of a text from outside, clean. However long the text is, only its start is looked at: enough
/// for them where not nearly all of it is taken out.
#[must_use]
pub fn short(text: &str, most: usize) -> String {
    /// Bytes of the longest character, and as many again for what is taken out.
    const BYTES: usize = 8;
    let start = text.get(..text.floor_char_boundary(most.saturating_mul(BYTES))).unwrap_or(text);
    clean(start).chars().take(most).collect()
}

/// Whether a character may reach a terminal: it neither controls it nor turns the direction of what follows.
#[must_use]
pub fn is_drawable(c: char) -> bool {
    !c.is_control() && !is_invisible(c)
}

/// ASCII, Hangul syllables and the letters that neither compose nor change: nothing to do.
const fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{AC00}'..='\u{D7A3}' | '\u{3131}'..='\u{3163}')
}

fn has_width(c: char) -> bool {
    c.width().is_some_and(|width| width > 0)
}

/// Marks of direction, joiners, fillers, variation selectors, tags: what changes a text without being seen.
const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// The characters that are seen, with breaks as spaces.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1B}' => escape(&mut chars),
            '\u{9B}' => control_sequence(&mut chars),
            '\u{90}' | '\u{98}' | '\u{9D}' | '\u{9E}' | '\u{9F}' => control_string(&mut chars),
            '\r' if chars.peek() == Some(&'\n') => {}
            '\t' | '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push(' '),
            c if is_drawable(c) => out.push(c),
            _ => {}
        }
    }
    out
}

/// What follows an ESC (ECMA-48, 5.3 and 5.4).
fn escape(chars: &mut Peekable<std::str::Chars<'_>>) {
    while chars.next_if(|c| (' '..='/').contains(c)).is_some() {}
    match chars.next_if(|c| ('0'..='~').contains(c)) {
        Some('[') => control_sequence(chars),
        Some(']' | 'P' | 'X' | '^' | '_') => control_string(chars),
        _ => {}
    }
}

/// Parameters, intermediates and the final byte of a control sequence.
fn control_sequence(chars: &mut Peekable<std::str::Chars<'_>>) {
    while chars.next_if(|c| (' '..='?').contains(c)).is_some() {}
    let _ = chars.next_if(|c| ('@'..='~').contains(c));
}

/// A command string to its terminator; one without end is the rest of the text, as a terminal would take it. An escape
/// ends it too: that of the terminator `ESC \`, or one that begins another sequence.
fn control_string(chars: &mut Peekable<std::str::Chars<'_>>) {
    while chars.next_if(|c| !matches!(c, '\u{7}' | '\u{9C}' | '\u{18}' | '\u{1A}' | '\u{1B}')).is_some() {}
    let _ = chars.next_if(|c| *c != '\u{1B}');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn of_a_long_text_only_the_start_is_looked_at() {
        assert_eq!(short("주문\u{1b}[2J 거부\u{7f}", 4), "주문 거");
        let long = format!("{}{}", "가\u{7f}".repeat(20), "[".repeat(1 << 20));
        assert_eq!(short(&long, 10), "가".repeat(10));
        // Cut where a character ends, and never more than was asked for.
        for most in 0..40 {
            assert!(short(&"각".repeat(30), most).chars().count() == most.min(30), "{most}");
        }
    }

    #[test]
    fn ordinary_text_is_not_copied() {
        for text in ["", "SK hynix 005930", "삼성전자우", "ㅅㅅㅈㅈ 12,300"] {
            assert!(matches!(clean(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn sequences_go_whole() {
        for (hostile, plain) in [
            ("a\u{1b}[31;1mb\u{1b}[0mc", "abc"),
            ("a\u{9b}2Jb", "ab"),
            ("a\u{1b}]0;title\u{7}b", "ab"),
            ("a\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\b", "alinkb"),
            ("a\u{1b}]52;c;Zm9v\u{9c}b", "ab"),
            ("a\u{1b}P1$r0m\u{1b}\\b", "ab"),
            ("a\u{1b}_Gi=1;AAAA\u{1b}\\b", "ab"),
            ("a\u{1b}^private\u{1b}\\b", "ab"),
            ("a\u{1b}Xstart\u{1b}\\b", "ab"),
            ("a\u{1b}(0b\u{1b}cd", "abd"),
            ("a\u{1b}]0;no end", "a"),
            ("a\u{1b}]0;no end\u{1b}[31mb", "ab"),
            ("a\u{1b}", "a"),
            ("a\u{1b}[", "a"),
            ("a\u{1b}[31", "a"),
            ("a\u{1b}\u{1b}[31mb", "ab"),
            ("a\u{1b}[삼", "a삼"),
        ] {
            assert_eq!(clean(hostile), plain, "{hostile:?}");
        }
    }

    #[test]
    fn what_is_not_seen_is_not_there() {
        assert_eq!(clean("12\u{202e}34\u{2066}5\u{200b}6\u{feff}7\u{ad}8"), "12345678");
        assert_eq!(clean("a\u{0}\u{7f}\u{80}\u{9f}"), "a");
        assert_eq!(clean("one\r\ntwo\nthree\tfour"), "one two three four");
        assert_eq!(clean("\u{1f468}\u{200d}\u{1f469}"), "\u{1f468}\u{1f469}");
    }

    #[test]
    fn hangul_is_composed() {
        assert_eq!(clean("\u{1109}\u{1161}\u{11b7}\u{1109}\u{1165}\u{11bc}"), "삼성");
        assert_eq!(clean("\u{1109}\u{200b}\u{1161}\u{11b7}"), "삼");
        assert_eq!(clean("e\u{301}"), "é");
        assert_eq!(clean("a\u{300}\u{301}\u{302}\u{303}"), "à");
    }

    proptest! {
        #[test]
        fn nothing_of_any_text_reaches_the_terminal_as_a_command(text in any::<String>()) {
            let once = clean(&text).into_owned();
            prop_assert!(once.chars().all(|c| is_drawable(c) && has_width(c)), "{:?}", once);
            prop_assert_eq!(clean(&once).into_owned(), once.clone());
        }

        #[test]
        fn sequences_of_any_shape_are_taken_out(
            text in "(a|\u{1b}|\\[|\\]|P|_|;|1|m|\\\\|\u{7}|\u{9b}|\u{9c}|\u{9d}|삼|\u{1109}|\u{1161}|\u{301}|\u{200d}|\n){0,40}"
        ) {
            let once = clean(&text).into_owned();
            prop_assert!(once.chars().all(|c| is_drawable(c) && has_width(c)), "{:?}", once);
            prop_assert_eq!(clean(&once).into_owned(), once.clone());
        }
    }
}
