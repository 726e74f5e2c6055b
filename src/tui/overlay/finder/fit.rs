//! How well a text fits what was typed. A piece of the text that was typed as it is goes before letters found here and
//! there; Korean initials count as their syllables; what was typed with the other keyboard layout counts a little less.

use nucleo_matcher::{Config, Matcher, Utf32Str};
use unicode_normalization::UnicodeNormalization as _;

use crate::market::hangul::initials;
use crate::tui::terminal::hangul::{latin_keys, typed_on_latin};

/// The whole text.
const WHOLE: i32 = 4_000;
/// Its beginning.
const BEGINNING: i32 = 3_000;
/// The beginning of one of its words.
const WORD: i32 = 2_000;
/// Some piece of it. Below this, letters are only found in order.
pub const PIECE: i32 = 1_000;
/// For initials instead of syllables.
const BY_INITIALS: i32 = 100;
/// For the other keyboard layout.
const OTHER_LAYOUT: i32 = 300;
/// Fewest letters that are looked for here and there.
const SCATTERED_MIN: usize = 3;

/// What was typed, in each way it may be meant, in words of lower-case letters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needles {
    ways: Vec<Vec<Vec<char>>>,
}

/// A fit: how good, and which letters of which text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// Higher is better; comparable between texts for the same needles.
    pub score: i32,
    /// Number of the text and number of the letter in it.
    pub letters: Vec<(usize, usize)>,
}

impl Needles {
    /// What was typed.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let text: String = text.nfc().collect();
        let apart = text.chars().map(consonants_apart).collect::<String>();
        let on_latin: String = text.chars().map(|c| latin_keys(c).unwrap_or_else(|| c.to_string())).collect();
        let mut ways: Vec<Vec<Vec<char>>> = Vec::new();
        for way in [apart, typed_on_latin(&text), on_latin] {
            let words: Vec<Vec<char>> = way.split_whitespace().map(|word| word.chars().map(lower).collect()).collect();
            if !words.is_empty() && !ways.contains(&words) {
                ways.push(words);
            }
        }
        Self { ways }
    }

    /// Whether nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ways.is_empty()
    }

    /// Texts to ask the desk for, so that whatever fits in a piece is among its answers: the longest word of each way, and
    /// its initials where it is Hangul.
    #[must_use]
    pub fn questions(&self) -> Vec<String> {
        let mut questions: Vec<String> = Vec::new();
        for words in &self.ways {
            let Some(longest) = words.iter().max_by_key(|word| word.len()) else { continue };
            let text: String = longest.iter().collect();
            // Half a name in syllables and half in initials is in no name; its initials are.
            let mixed = longest.iter().any(|c| is_initial(*c)) && longest.iter().any(|c| is_syllable(*c));
            let text = if mixed { initials(&text) } else { text };
            if !questions.contains(&text) {
                questions.push(text);
            }
        }
        questions
    }
}

/// Finds needles in texts.
#[derive(Debug)]
pub struct Fitter {
    matcher: Matcher,
    text: Vec<char>,
    scattered: Vec<u32>,
}

impl Default for Fitter {
    fn default() -> Self {
        Self { matcher: Matcher::new(Config::DEFAULT), text: Vec::new(), scattered: Vec::new() }
    }
}

impl Fitter {
    /// The best fit over the texts of one thing; every word must fit one of them.
    pub fn fit(&mut self, needles: &Needles, texts: &[String]) -> Option<Fit> {
        let fits = needles.ways.iter().enumerate().filter_map(|(way, words)| {
            let mut fit = self.fit_words(words, texts)?;
            fit.score -= if way == 0 { 0 } else { OTHER_LAYOUT };
            Some(fit)
        });
        // The first of equals: as it was typed.
        fits.reduce(|best, fit| if fit.score > best.score { fit } else { best })
    }

    fn fit_words(&mut self, words: &[Vec<char>], texts: &[String]) -> Option<Fit> {
        let mut whole = Fit { score: 0, letters: Vec::new() };
        for word in words {
            let mut best: Option<Fit> = None;
            for (number, text) in texts.iter().enumerate() {
                if let Some(fit) = self.fit_word(word, number, text)
                    && best.as_ref().is_none_or(|best| fit.score > best.score)
                {
                    best = Some(fit);
                }
            }
            let best = best?;
            whole.score += best.score;
            whole.letters.extend(best.letters);
        }
        whole.score /= i32::try_from(words.len()).unwrap_or(1).max(1);
        Some(whole)
    }

    fn fit_word(&mut self, word: &[char], number: usize, text: &str) -> Option<Fit> {
        self.text.clear();
        self.text.extend(text.chars().map(lower));
        if let Some((start, score)) = piece(&self.text, word) {
            let letters = (start..start + word.len()).map(|at| (number, at)).collect();
            return Some(Fit { score, letters });
        }
        if word.len() < SCATTERED_MIN || word.iter().any(|c| c.is_numeric()) {
            return None;
        }
        let needle: String = word.iter().collect();
        let (mut needle_letters, mut text_letters) = (Vec::new(), Vec::new());
        let needle = Utf32Str::new(&needle, &mut needle_letters);
        let text = match text.is_ascii() {
            true => Utf32Str::new(text, &mut text_letters),
            false => Utf32Str::Unicode(&self.text),
        };
        self.scattered.clear();
        let score = self.matcher.fuzzy_indices(text, needle, &mut self.scattered)?;
        let letters = self.scattered.iter().filter_map(|at| Some((number, usize::try_from(*at).ok()?))).collect();
        Some(Fit { score: i32::from(score).min(PIECE - 1), letters })
    }
}

/// Where a word is in a text as one piece, at the best place there is.
fn piece(text: &[char], word: &[char]) -> Option<(usize, i32)> {
    let mut best: Option<(usize, i32)> = None;
    for start in 0..=text.len().checked_sub(word.len())? {
        let Some(by_initials) = fits_at(text, word, start) else { continue };
        let before = start.checked_sub(1).and_then(|at| text.get(at));
        let place = match before {
            None if text.len() == word.len() => WHOLE,
            None => BEGINNING,
            Some(before) if !before.is_alphanumeric() => WORD,
            Some(_) => PIECE + BY_INITIALS,
        };
        let score = place - if by_initials { BY_INITIALS } else { 0 };
        if best.is_none_or(|(_, known)| score > known) {
            best = Some((start, score));
        }
    }
    best
}

/// Whether a word is in a text at a place; and if so, whether only by initials.
fn fits_at(text: &[char], word: &[char], start: usize) -> Option<bool> {
    let mut by_initials = false;
    for (offset, wanted) in word.iter().enumerate() {
        let letter = text.get(start + offset)?;
        if letter == wanted {
            continue;
        }
        let is_its_initial = is_initial(*wanted) && is_syllable(*letter) && {
            let mut bytes = [0; 4];
            initials(letter.encode_utf8(&mut bytes)).starts_with(*wanted)
        };
        if !is_its_initial {
            return None;
        }
        by_initials = true;
    }
    Some(by_initials)
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

const fn is_initial(c: char) -> bool {
    matches!(c, '\u{3131}'..='\u{314E}')
}

const fn is_syllable(c: char) -> bool {
    matches!(c, '\u{AC00}'..='\u{D7A3}')
}

/// Input methods join ㄱ and ㅅ to ㄳ where no vowel follows; who types initials means the two.
fn consonants_apart(c: char) -> String {
    match latin_keys(c) {
        Some(keys) if is_initial(c) => keys.chars().map(|key| typed_on_latin(&key.to_string())).collect(),
        _ => c.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn score(typed: &str, texts: &[&str]) -> Option<i32> {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        Fitter::default().fit(&Needles::new(typed), &texts).map(|fit| fit.score)
    }

    #[test]
    fn a_name_is_found_by_every_way_of_typing_it() {
        let samsung = ["삼성전자", "005930", "Samsung Electronics"];
        for typed in [
            "삼성전자",
            "삼성",
            "전자",
            "ㅅㅅㅈㅈ",
            "ㅅㅅ",
            "삼ㅅ",
            "tkatjdwjswk",
            "ttww",
            "samsung",
            "SAMSUNG ELEC",
            "005930",
            "5930",
            "ㄴ므녀ㅜㅎ",
            "smsng",
        ] {
            assert!(score(typed, &samsung).is_some(), "{typed}");
        }
        for typed in ["하이닉스", "ㅎㅇㄴㅅ", "000660", "kakao"] {
            assert_eq!(score(typed, &samsung), None, "{typed}");
        }
    }

    #[test]
    fn initials_that_an_input_method_joined_are_two() {
        assert!(score("ㄳ", &["가스공사"]).is_some());
        assert!(score("ㄲ", &["까뮤이앤씨"]).is_some());
    }

    #[test]
    fn the_closer_the_better() {
        let order = ["0600", "06000", "x 0600", "10600"];
        let scores: Vec<_> = order.iter().map(|text| score("0600", &[text]).unwrap()).collect();
        assert!(scores.is_sorted_by(|a, b| a > b), "{scores:?}");
        assert!(score("삼성", &["삼성전자"]) > score("tkatjd", &["삼성전자"]));
        assert!(score("cancel", &["cancel"]) > score("cncl", &["cancel"]));
        assert!(score("cncl", &["cancel"]).is_some());
    }

    #[test]
    fn found_letters_are_those_typed() {
        let fit = Fitter::default().fit(&Needles::new("ㅈㅈ"), &["삼성전자".to_owned()]).unwrap();
        assert_eq!(fit.letters, [(0, 2), (0, 3)]);
        let fit = Fitter::default().fit(&Needles::new("elec"), &["삼성".into(), "Samsung Electronics".into()]).unwrap();
        assert_eq!(fit.letters, [(1, 8), (1, 9), (1, 10), (1, 11)]);
    }

    #[test]
    fn the_desk_is_asked_for_something_that_holds_every_answer() {
        assert_eq!(Needles::new("tkatjd").questions(), ["tkatjd", "삼성"]);
        assert_eq!(Needles::new("삼ㅅ").questions()[0], "ㅅㅅ");
        assert_eq!(Needles::new("samsung elec").questions()[0], "samsung");
        assert!(Needles::new("  ").questions().is_empty());
    }

    proptest! {
        #[test]
        fn anything_can_be_typed(typed in any::<String>(), text in any::<String>()) {
            let needles = Needles::new(&typed);
            let count = text.chars().count();
            if let Some(fit) = Fitter::default().fit(&needles, &[text]) {
                prop_assert!(fit.letters.iter().all(|(_, at)| *at < count));
            }
        }
    }
}
