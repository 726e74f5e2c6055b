//! The two-set Korean keyboard (두벌식): which key a letter is on, in both directions.
//!
//! With the Korean input method on, ㅂ arrives where q was pressed; and a name typed with it off arrives as Latin
//! letters (`tkatjd` for 삼성).

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// Initial consonants in the order of the Unicode syllable block, each as its keys.
const INITIALS: [(char, &str); 19] = [
    ('ㄱ', "r"),
    ('ㄲ', "R"),
    ('ㄴ', "s"),
    ('ㄷ', "e"),
    ('ㄸ', "E"),
    ('ㄹ', "f"),
    ('ㅁ', "a"),
    ('ㅂ', "q"),
    ('ㅃ', "Q"),
    ('ㅅ', "t"),
    ('ㅆ', "T"),
    ('ㅇ', "d"),
    ('ㅈ', "w"),
    ('ㅉ', "W"),
    ('ㅊ', "c"),
    ('ㅋ', "z"),
    ('ㅌ', "x"),
    ('ㅍ', "v"),
    ('ㅎ', "g"),
];

/// Vowels in the same order.
const VOWELS: [(char, &str); 21] = [
    ('ㅏ', "k"),
    ('ㅐ', "o"),
    ('ㅑ', "i"),
    ('ㅒ', "O"),
    ('ㅓ', "j"),
    ('ㅔ', "p"),
    ('ㅕ', "u"),
    ('ㅖ', "P"),
    ('ㅗ', "h"),
    ('ㅘ', "hk"),
    ('ㅙ', "ho"),
    ('ㅚ', "hl"),
    ('ㅛ', "y"),
    ('ㅜ', "n"),
    ('ㅝ', "nj"),
    ('ㅞ', "np"),
    ('ㅟ', "nl"),
    ('ㅠ', "b"),
    ('ㅡ', "m"),
    ('ㅢ', "ml"),
    ('ㅣ', "l"),
];

/// Finals in the same order; the first of the block is none.
const FINALS: [(char, &str); 27] = [
    ('ㄱ', "r"),
    ('ㄲ', "R"),
    ('ㄳ', "rt"),
    ('ㄴ', "s"),
    ('ㄵ', "sw"),
    ('ㄶ', "sg"),
    ('ㄷ', "e"),
    ('ㄹ', "f"),
    ('ㄺ', "fr"),
    ('ㄻ', "fa"),
    ('ㄼ', "fq"),
    ('ㄽ', "ft"),
    ('ㄾ', "fx"),
    ('ㄿ', "fv"),
    ('ㅀ', "fg"),
    ('ㅁ', "a"),
    ('ㅂ', "q"),
    ('ㅄ', "qt"),
    ('ㅅ', "t"),
    ('ㅆ', "T"),
    ('ㅇ', "d"),
    ('ㅈ', "w"),
    ('ㅊ', "c"),
    ('ㅋ', "z"),
    ('ㅌ', "x"),
    ('ㅍ', "v"),
    ('ㅎ', "g"),
];

/// The first syllable of the block, and how many share an initial or a vowel.
const FIRST: u32 = 0xAC00;
const SYLLABLES: u32 = 11_172;
const PER_INITIAL: u32 = 588;
const PER_VOWEL: u32 = 28;

/// The keys that were pressed for a Hangul letter or syllable, in order; nothing for any other character.
#[must_use]
pub fn latin_keys(hangul: char) -> Option<String> {
    let offset = u32::from(hangul).wrapping_sub(FIRST);
    if offset < SYLLABLES {
        let initial = INITIALS.get((offset / PER_INITIAL) as usize)?.1;
        let vowel = VOWELS.get((offset % PER_INITIAL / PER_VOWEL) as usize)?.1;
        let last = (offset % PER_VOWEL).checked_sub(1).map_or(Some(""), |at| Some(FINALS.get(at as usize)?.1))?;
        return Some([initial, vowel, last].concat());
    }
    let tables = INITIALS.iter().chain(&VOWELS).chain(&FINALS);
    tables.copied().find(|(letter, _)| *letter == hangul).map(|(_, keys)| keys.to_owned())
}

/// A key as commands know it: Hangul as the Latin keys that were pressed, anything else as it is. For commands only: a
/// text field takes the Hangul. A composed syllable is the several keys it was typed with.
#[must_use]
pub fn command_keys(key: KeyEvent) -> Vec<KeyEvent> {
    let KeyCode::Char(c) = key.code else { return vec![key] };
    let Some(keys) = latin_keys(c) else { return vec![key] };
    let pressed = |c: char| {
        let mut key = KeyEvent { code: KeyCode::Char(c), ..key };
        key.modifiers.set(KeyModifiers::SHIFT, c.is_uppercase());
        key
    };
    keys.chars().map(pressed).collect()
}

/// Latin letters as the Hangul they would have been with the Korean input method on: `tkatjd` is 삼성. Letters that
/// form no syllable stay single (`ttww` is ㅅㅅㅈㅈ), and what is no letter stays as it is.
#[must_use]
pub fn typed_on_latin(text: &str) -> String {
    let mut out = String::new();
    let mut rest: Vec<char> = text.chars().collect();
    rest.reverse();
    while let Some(key) = rest.pop() {
        let initial = position(&INITIALS, &[key]);
        match (initial, vowel(&mut rest, None)) {
            (Some(initial), Some(vowel)) => {
                let last = last(&mut rest).map_or(0, |last| last + 1);
                let offset = (initial * 21 + vowel) * 28 + last;
                out.extend(u32::try_from(offset).ok().and_then(|offset| char::from_u32(FIRST + offset)));
            }
            (Some(initial), None) => out.extend(INITIALS.get(initial).map(|(letter, _)| *letter)),
            (None, taken) => {
                // What the next keys are is for them to say: only a vowel's own may join it.
                if let Some(vowel) = taken {
                    put_back(&mut rest, vowel);
                }
                match vowel(&mut rest, Some(key)) {
                    Some(vowel) => out.extend(VOWELS.get(vowel).map(|(letter, _)| *letter)),
                    None => out.push(key),
                }
            }
        }
    }
    out
}

fn position(table: &[(char, &str)], keys: &[char]) -> Option<usize> {
    let find = |keys: &[char]| table.iter().position(|(_, known)| known.chars().eq(keys.iter().copied()));
    // Caps Lock, or a shift that changes nothing: only seven keys have two letters.
    find(keys).or_else(|| find(&keys.iter().map(char::to_ascii_lowercase).collect::<Vec<_>>()))
}

/// The longest vowel at the front of what is left, after `first` when that was taken already.
fn vowel(rest: &mut Vec<char>, first: Option<char>) -> Option<usize> {
    let mut keys: Vec<char> = first.into_iter().collect();
    let missing = 2 - keys.len();
    keys.extend(rest.iter().rev().take(missing));
    for length in (1..=keys.len()).rev() {
        if let Some(found) = position(&VOWELS, keys.get(..length)?) {
            let taken = length - usize::from(first.is_some());
            rest.truncate(rest.len() - taken);
            return Some(found);
        }
    }
    None
}

fn put_back(rest: &mut Vec<char>, vowel: usize) {
    if let Some((_, keys)) = VOWELS.get(vowel) {
        rest.extend(keys.chars().rev());
    }
}

/// The final at the front of what is left: as long as can be, but a consonant before a vowel begins the next syllable.
fn last(rest: &mut Vec<char>) -> Option<usize> {
    let ahead: Vec<char> = rest.iter().rev().take(3).copied().collect();
    let is_vowel = |at: usize| ahead.get(at).is_some_and(|key| position(&VOWELS, &[*key]).is_some());
    for length in [2, 1] {
        let Some(keys) = ahead.get(..length) else { continue };
        if is_vowel(length) {
            continue;
        }
        if let Some(found) = position(&FINALS, keys) {
            rest.truncate(rest.len() - length);
            return Some(found);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_letter_is_on_its_key() {
        for (letters, keys) in [
            ("ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ", "qwertyuiop"),
            ("ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", "asdfghjkl"),
            ("ㅋㅌㅊㅍㅠㅜㅡ", "zxcvbnm"),
            ("ㅃㅉㄸㄲㅆㅒㅖ", "QWERTOP"),
            ("뱌", "qi"),
            ("닭", "ekfr"),
            ("왜", "dho"),
            ("ㅘ", "hk"),
            ("ㄳ", "rt"),
        ] {
            let typed: String = letters.chars().filter_map(latin_keys).collect();
            assert_eq!(typed, keys);
        }
        assert_eq!(latin_keys('q'), None);
        assert_eq!(latin_keys('漢'), None);
    }

    #[test]
    fn commands_come_through_the_korean_input_method() {
        let key = |c, modifiers| KeyEvent::new(KeyCode::Char(c), modifiers);
        assert_eq!(command_keys(key('ㅂ', KeyModifiers::NONE)), [key('q', KeyModifiers::NONE)]);
        assert_eq!(command_keys(key('ㅃ', KeyModifiers::NONE)), [key('Q', KeyModifiers::SHIFT)]);
        assert_eq!(command_keys(key('ㅏ', KeyModifiers::CONTROL)), [key('k', KeyModifiers::CONTROL)]);
        let both = [key('q', KeyModifiers::NONE), key('i', KeyModifiers::NONE)];
        assert_eq!(command_keys(key('뱌', KeyModifiers::NONE)), both);
        assert_eq!(command_keys(key('7', KeyModifiers::NONE)), [key('7', KeyModifiers::NONE)]);
        let enter = KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE);
        assert_eq!(command_keys(enter), [enter]);
    }

    #[test]
    fn names_typed_on_the_wrong_layout() {
        for (typed, meant) in [
            ("tkatjd", "삼성"),
            ("tkatjdwjswk", "삼성전자"),
            ("gusekck", "현대차"),
            ("dpfwl", "엘지"),
            ("zkzkdh", "카카오"),
            ("ekfr", "닭"),
            ("ekfrk", "달가"),
            ("dhodho", "왜왜"),
            ("Tkdtjs", "쌍선"),
            ("TKATJD", "쌈성"),
            ("ttww", "ㅅㅅㅈㅈ"),
            ("k", "ㅏ"),
            ("hk", "ㅘ"),
            ("khk", "ㅏㅘ"),
            ("005930", "005930"),
            ("tk 1", "사 1"),
            ("", ""),
        ] {
            assert_eq!(typed_on_latin(typed), meant, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn every_syllable_comes_back(offsets in proptest::collection::vec(0..SYLLABLES, 1..6)) {
            let text: String = offsets.iter().filter_map(|offset| char::from_u32(FIRST + offset)).collect();
            // An initial that joins the final before it reads otherwise, as it does on a keyboard.
            let keys: Vec<String> = text.chars().filter_map(latin_keys).collect();
            for (syllable, keys) in text.chars().zip(&keys) {
                prop_assert_eq!(typed_on_latin(keys), syllable.to_string());
            }
        }

        #[test]
        fn any_text_can_be_given(text in any::<String>()) {
            let _ = typed_on_latin(&text);
        }
    }
}
