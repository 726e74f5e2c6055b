//! What was typed for a new alert: a condition and a note, or what is wrong with the text.

use std::fmt;

use crate::config::nearest::nearest;
use crate::desk::alert::{AlertCondition, ConditionError};
use crate::market::NumberError;
use crate::text::Language;
use crate::text::screen::alerts::Alerts;
use crate::tui::terminal::hangul;

/// First words of conditions.
const FIGURES: [&str; 7] = ["price", "change", "strength", "imbalance", "vi", "order", "stop"];
/// Orders can be waited for in these states.
const STATES: [&str; 7] = ["accepted", "partially_filled", "filled", "canceled", "rejected", "expired", "unknown"];

/// What is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// There is none.
    Empty,
    /// No condition begins with this word; with the one that was most likely meant.
    Figure(String, Option<&'static str>),
    /// No sign after the figure.
    Sign(&'static str),
    /// No number after the sign.
    NoNumber,
    /// The number as it must be written.
    Comma(String),
    /// Not a number.
    Number(String),
    /// No price.
    Price,
    /// Lowest and highest in per cent.
    Range(String, String),
    /// Not a state of orders; with the one that was most likely meant.
    State(Option<&'static str>),
    /// Something else than `unwatched` after `stop`.
    Stop,
    /// More after what needs no more.
    Rest(&'static str),
}

/// The condition in a text, and the note after its `|`. Hangul in the condition is taken as the Latin keys that were
/// pressed: no condition has Hangul, and the input method is easily left on.
pub fn read(text: &str) -> (Result<AlertCondition, Wrong>, Option<&str>) {
    let (condition, note) = match text.split_once('|') {
        Some((condition, note)) => (condition, Some(note.trim()).filter(|note| !note.is_empty())),
        None => (text, None),
    };
    let mut latin = String::with_capacity(condition.len());
    for letter in condition.chars() {
        match hangul::latin_keys(letter) {
            Some(keys) => latin.push_str(&keys),
            None => latin.push(letter),
        }
    }
    (latin.parse::<AlertCondition>().map_err(|error| wrong(&latin, error)), note)
}

fn wrong(text: &str, error: ConditionError) -> Wrong {
    if let ConditionError::Percent { low, high, .. } = error {
        return Wrong::Range(low.to_string(), high.to_string());
    }
    let lower = text.trim().to_ascii_lowercase();
    if lower.is_empty() {
        return Wrong::Empty;
    }
    let first = lower.split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default();
    let Some(figure) = FIGURES.into_iter().find(|figure| *figure == first) else {
        let word: String = lower.split_whitespace().next().unwrap_or_default().chars().take(20).collect();
        let near = nearest(if first.is_empty() { &word } else { first }, FIGURES);
        return Wrong::Figure(word, near);
    };
    let rest = lower.get(figure.len()..).unwrap_or_default().trim();
    match figure {
        "vi" => Wrong::Rest("vi"),
        "stop" => Wrong::Stop,
        "order" => Wrong::State(nearest(rest, STATES)),
        _ => wrong_bound(figure, rest, &error),
    }
}

/// What is wrong after the figure of a comparison.
fn wrong_bound(figure: &'static str, rest: &str, error: &ConditionError) -> Wrong {
    let signs = [">=", "<=", ">", "<", "above", "below"];
    let Some(bound) = signs.iter().find_map(|sign| rest.strip_prefix(sign)) else { return Wrong::Sign(figure) };
    let bound = bound.trim();
    if bound.is_empty() || bound == "-" || bound == "=" {
        return Wrong::NoNumber;
    }
    if let ConditionError::Price(NumberError::NotPositive(_) | NumberError::OutOfRange(_)) = error {
        return Wrong::Price;
    }
    let without = bound.replace(',', "");
    let is_number = without.parse::<rust_decimal::Decimal>().is_ok();
    if bound.contains(',') && is_number {
        Wrong::Comma(without)
    } else {
        Wrong::Number(bound.chars().take(20).collect())
    }
}

/// What is wrong, as a sentence.
#[derive(Debug)]
pub struct Sentence<'a>(pub Language, pub &'a Wrong);

impl fmt::Display for Sentence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(language, wrong) = self;
        let say = |text: Alerts| text.text(*language);
        let meant = |f: &mut fmt::Formatter<'_>, near: &Option<&'static str>| match near {
            Some(near) => write!(f, "; {} '{near}'?", say(Alerts::DidYouMean)),
            None => Ok(()),
        };
        match wrong {
            Wrong::Empty => f.write_str(say(Alerts::WrongEmpty)),
            Wrong::Figure(word, near) => {
                write!(f, "{} '{word}'", say(Alerts::WrongFigure))?;
                meant(f, near)
            }
            Wrong::Sign(figure) => write!(f, "{} {figure}", say(Alerts::WrongSign)),
            Wrong::NoNumber => f.write_str(say(Alerts::WrongNoNumber)),
            Wrong::Comma(number) => write!(f, "{} {number}", say(Alerts::WrongComma)),
            Wrong::Number(text) => write!(f, "{} '{text}'", say(Alerts::WrongNumber)),
            Wrong::Price => f.write_str(say(Alerts::WrongPrice)),
            Wrong::Range(low, high) => write!(f, "{} {low} ~ {high}", say(Alerts::WrongRange)),
            Wrong::State(near) => {
                f.write_str(say(Alerts::WrongState))?;
                for (index, state) in STATES.iter().enumerate() {
                    write!(f, "{} {state}", if index == 0 { "" } else { "," })?;
                }
                meant(f, near)
            }
            Wrong::Stop => f.write_str(say(Alerts::WrongStop)),
            Wrong::Rest(word) => write!(f, "{} {word}", say(Alerts::WrongRest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_wrong(text: &str) -> Wrong {
        read(text).0.unwrap_err()
    }

    #[test]
    fn a_note_follows_the_bar() {
        let (condition, note) = read("price >= 71000 | 전고점 돌파 | 두 번째");
        assert_eq!(condition.unwrap().to_string(), "price >= 71000");
        assert_eq!(note, Some("전고점 돌파 | 두 번째"));
        assert_eq!(read("vi |  ").1, None);
    }

    #[test]
    fn the_input_method_may_be_on() {
        // `price` with the Hangul layout on.
        let (condition, _) = read("ㅔ걏ㄷ >= 71000");
        assert_eq!(condition.map(|condition| condition.to_string()), Ok("price >= 71000".into()));
        assert_eq!(read("퍄").0.unwrap(), AlertCondition::VolatilityInterruption);
    }

    #[test]
    fn the_nearest_is_named() {
        assert_eq!(read_wrong("prise >= 5"), Wrong::Figure("prise".into(), Some("price")));
        assert_eq!(read_wrong("order fileld"), Wrong::State(Some("filled")));
        assert_eq!(read_wrong("price >= 71,000"), Wrong::Comma("71000".into()));
        assert_eq!(read_wrong("price 71000"), Wrong::Sign("price"));
        assert_eq!(read_wrong("price = 71000"), Wrong::Sign("price"));
        assert_eq!(read_wrong("price >="), Wrong::NoNumber);
        assert_eq!(read_wrong("price >= 7x"), Wrong::Number("7x".into()));
        assert_eq!(read_wrong("price >= 0"), Wrong::Price);
        assert_eq!(read_wrong("imbalance >= 101"), Wrong::Range("0".into(), "100".into()));
        assert_eq!(read_wrong(""), Wrong::Empty);
        assert_eq!(read_wrong("stop it"), Wrong::Stop);
        assert_eq!(read_wrong("vi now"), Wrong::Rest("vi"));
        let said = Sentence(Language::En, &read_wrong("prise >= 5")).to_string();
        assert_eq!(said, "there is no such condition: 'prise'; did you mean 'price'?");
    }

    #[test]
    fn nothing_that_can_be_typed_is_without_a_sentence() {
        for text in
            ["|", "|||", "가", ">=", "=", "price>", "change <= -", "strength >= 1e400", "price >= 1\u{2028}", "v i"]
        {
            if let Err(wrong) = read(text).0 {
                for language in [Language::Ko, Language::En] {
                    assert!(!Sentence(language, &wrong).to_string().is_empty());
                }
            }
        }
    }
}
