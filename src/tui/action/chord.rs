//! Keys and chords, and how they are written: `b`, `X`, `ctrl-k`, `shift-up`, `g g`.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// One key with what is held beside it. A letter's case says whether shift was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// The key.
    pub code: KeyCode,
    /// Control.
    pub control: bool,
    /// Alt, or Escape before it.
    pub alt: bool,
    /// Shift, for keys without a case.
    pub shift: bool,
}

/// One key, or two after each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Chord(Vec<Key>);

/// Text that is no chord.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no key: write b, X, ctrl-k, shift-up, f5 or two keys with a space between")]
pub struct ChordError(pub String);

/// Names of keys that are no letters; of a key with two, the first is shown.
const NAMES: [(&str, KeyCode); 15] = [
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("shift-tab", KeyCode::BackTab),
    ("backtab", KeyCode::BackTab),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
];

impl Key {
    /// A key without anything held.
    #[must_use]
    pub const fn plain(code: KeyCode) -> Self {
        Self { code, control: false, alt: false, shift: false }
    }

    /// The key of an event. Control with a letter is the same with and without shift: terminals cannot tell.
    #[must_use]
    pub fn of(event: &KeyEvent) -> Self {
        let control = event.modifiers.contains(KeyModifiers::CONTROL);
        let alt = event.modifiers.contains(KeyModifiers::ALT);
        let shift = event.modifiers.contains(KeyModifiers::SHIFT);
        match event.code {
            KeyCode::Char(letter) if control => {
                Self { code: KeyCode::Char(letter.to_ascii_lowercase()), control, alt, shift: false }
            }
            // Some terminals send shift with a letter, some the capital alone.
            KeyCode::Char(letter) if shift => {
                Self { code: KeyCode::Char(letter.to_ascii_uppercase()), control, alt, shift: false }
            }
            code @ (KeyCode::Char(_) | KeyCode::BackTab) => Self { code, control, alt, shift: false },
            KeyCode::Tab if shift => Self { code: KeyCode::BackTab, control, alt, shift: false },
            code => Self { code, control, alt, shift },
        }
    }
}

impl Chord {
    /// Its keys, in order; one or two.
    #[must_use]
    pub fn keys(&self) -> &[Key] {
        &self.0
    }
}

impl FromStr for Key {
    type Err = ChordError;

    fn from_str(text: &str) -> Result<Self, ChordError> {
        let wrong = || ChordError(text.to_owned());
        let mut key = Self::plain(KeyCode::Null);
        let mut rest = text;
        loop {
            let (held, after) = if let Some(after) = rest.strip_prefix("ctrl-") {
                (&mut key.control, after)
            } else if let Some(after) = rest.strip_prefix("alt-") {
                (&mut key.alt, after)
            } else if let Some(after) = rest.strip_prefix("shift-") {
                (&mut key.shift, after)
            } else {
                break;
            };
            if after.is_empty() {
                break;
            }
            *held = true;
            rest = after;
        }
        let mut letters = rest.chars();
        key.code = match (letters.next(), letters.next()) {
            (Some(letter), None) if !letter.is_control() && letter != ' ' => KeyCode::Char(letter),
            _ => named(rest).ok_or_else(wrong)?,
        };
        // What terminals send for it is a key of its own.
        if key.code == KeyCode::Tab && key.shift {
            key = Self { code: KeyCode::BackTab, shift: false, ..key };
        }
        if let KeyCode::Char(letter) = key.code {
            if key.shift {
                key.code = KeyCode::Char(letter.to_ascii_uppercase());
            }
            key.shift = false;
            if key.control && !letter.is_ascii_alphabetic() {
                return Err(wrong());
            }
        }
        Ok(key)
    }
}

fn named(text: &str) -> Option<KeyCode> {
    if text == "space" {
        return Some(KeyCode::Char(' '));
    }
    if let Some(number) = text.strip_prefix('f').and_then(|number| number.parse().ok()) {
        return (1..=12).contains(&number).then_some(KeyCode::F(number));
    }
    NAMES.iter().find(|(name, _)| *name == text).map(|(_, code)| *code)
}

impl FromStr for Chord {
    type Err = ChordError;

    fn from_str(text: &str) -> Result<Self, ChordError> {
        let keys: Vec<Key> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        if keys.is_empty() || keys.len() > 2 { Err(ChordError(text.to_owned())) } else { Ok(Self(keys)) }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [(self.control, "ctrl-"), (self.alt, "alt-"), (self.shift, "shift-")] {
            if held {
                f.write_str(name)?;
            }
        }
        match self.code {
            KeyCode::Char(' ') => f.write_str("space"),
            KeyCode::Char(letter) => write!(f, "{letter}"),
            KeyCode::F(number) => write!(f, "f{number}"),
            code => f.write_str(NAMES.iter().find(|(_, known)| *known == code).map_or("?", |(name, _)| name)),
        }
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, key) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{key}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chord_is_written_as_it_is_read() {
        for text in [
            "b",
            "X",
            "ctrl-k",
            "shift-up",
            "alt-down",
            "g g",
            "f12",
            "space",
            "-",
            ",",
            "?",
            "pageup",
            "|",
            "shift-tab",
        ] {
            assert_eq!(text.parse::<Chord>().unwrap().to_string(), text);
        }
        for text in ["", "ctrl-", "ctrl-1", "f13", "f0", "hello", "a b c", "ctrl-alt-", "\u{7}"] {
            assert!(text.parse::<Chord>().is_err(), "{text:?} was taken");
        }
    }

    #[test]
    fn shift_and_the_capital_are_one_key() {
        let capital = KeyEvent::new(KeyCode::Char('K'), KeyModifiers::NONE);
        let shifted = KeyEvent::new(KeyCode::Char('k'), KeyModifiers::SHIFT);
        let both = KeyEvent::new(KeyCode::Char('K'), KeyModifiers::SHIFT);
        assert_eq!(Key::of(&capital), Key::of(&shifted));
        assert_eq!(Key::of(&capital), Key::of(&both));
        assert_eq!("shift-k".parse::<Key>().unwrap(), Key::of(&both));
        for name in ["shift-tab", "backtab"] {
            let pressed = KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT);
            assert_eq!(name.parse::<Key>().unwrap(), Key::of(&pressed), "{name}");
        }
    }
}
