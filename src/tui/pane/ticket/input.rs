//! A line of text with a cursor, for numbers: separators of thousands come and go by themselves.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// Most letters of a field; longer than any number or amount there is.
const LETTERS_MAX: usize = 40;

/// A field's text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Input {
    letters: Vec<char>,
    cursor: usize,
    /// The next letter replaces the whole: the field was just entered.
    whole: bool,
    text: String,
}

impl Input {
    /// The text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where the next letter goes, in letters.
    pub(super) const fn cursor(&self) -> usize {
        self.cursor
    }

    /// Whether there is nothing but blanks.
    pub(super) fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Replaces the text.
    pub(super) fn set(&mut self, text: &str) {
        self.letters = text.chars().map(ascii).filter(|letter| !letter.is_control()).take(LETTERS_MAX).collect();
        self.cursor = self.letters.len();
        self.whole = true;
        self.keep();
    }

    /// Empties it.
    pub(super) fn clear(&mut self) {
        self.set("");
    }

    /// The field was entered: the next letter begins anew.
    pub(super) const fn enter(&mut self) {
        self.cursor = self.letters.len();
        self.whole = true;
    }

    /// The field was left: a number is written with its thousands apart.
    pub(super) fn leave(&mut self) {
        self.whole = false;
        if is_grouped(&self.letters) {
            self.group();
        }
    }

    /// Puts in a letter.
    pub(super) fn insert(&mut self, letter: char) {
        let letter = ascii(letter);
        if letter.is_control() {
            return;
        }
        if std::mem::take(&mut self.whole) {
            self.letters.clear();
            self.cursor = 0;
        }
        if self.letters.len() >= LETTERS_MAX {
            return;
        }
        let grouped = is_grouped(&self.letters);
        let at = self.cursor.min(self.letters.len());
        self.letters.insert(at, letter);
        self.cursor = at + 1;
        // A comma typed by hand is judged, not moved: `1,5` must not become 15.
        if grouped && letter != ',' {
            self.group();
        }
        self.keep();
    }

    /// Puts in pasted text.
    pub(super) fn paste(&mut self, text: &str) {
        if std::mem::take(&mut self.whole) {
            self.letters.clear();
            self.cursor = 0;
        }
        for letter in text.trim().chars().map(ascii).filter(|letter| !letter.is_control()) {
            if self.letters.len() >= LETTERS_MAX {
                break;
            }
            let at = self.cursor.min(self.letters.len());
            self.letters.insert(at, letter);
            self.cursor = at + 1;
        }
        if is_grouped(&self.letters) {
            self.group();
        }
        self.keep();
    }

    /// Does what an editing key asks for; whether it was one.
    pub(super) fn key(&mut self, key: &KeyEvent) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Backspace => self.erase(true),
            KeyCode::Delete => self.erase(false),
            KeyCode::Left => self.go(self.cursor.saturating_sub(1)),
            KeyCode::Right => self.go(self.cursor.saturating_add(1)),
            KeyCode::Home => self.go(0),
            KeyCode::End => self.go(usize::MAX),
            KeyCode::Char('a') if control => self.go(0),
            KeyCode::Char('e') if control => self.go(usize::MAX),
            KeyCode::Char('u') if control => {
                self.clear();
                self.whole = false;
            }
            _ => return false,
        }
        true
    }

    fn go(&mut self, to: usize) {
        self.whole = false;
        self.cursor = to.min(self.letters.len());
    }

    fn erase(&mut self, before: bool) {
        if std::mem::take(&mut self.whole) && !before {
            self.clear();
            self.whole = false;
            return;
        }
        let grouped = is_grouped(&self.letters);
        let mut at = if before { self.cursor.checked_sub(1) } else { Some(self.cursor) };
        // The comma would come back at once; the digit beside it is meant.
        if grouped && at.and_then(|at| self.letters.get(at)) == Some(&',') {
            at = if before { at.and_then(|at| at.checked_sub(1)) } else { at.map(|at| at + 1) };
        }
        let Some(at) = at.filter(|at| *at < self.letters.len()) else { return };
        self.letters.remove(at);
        self.cursor = at;
        if grouped {
            self.group();
        }
        self.keep();
    }

    /// Sets the thousands apart; the cursor stays between the same digits.
    fn group(&mut self) {
        let cursor = self.cursor.min(self.letters.len());
        let passed = self.letters.iter().take(cursor).filter(|letter| **letter != ',').count();
        let plain: Vec<char> = self.letters.iter().copied().filter(|letter| *letter != ',').collect();
        let (lead, whole) = number_part(&plain);
        let mut grouped = Vec::with_capacity(plain.len() + plain.len() / 3);
        let mut seen = 0;
        self.cursor = 0;
        for (index, letter) in plain.iter().enumerate() {
            let left = (lead + whole).saturating_sub(index);
            if index > lead && index < lead + whole && left.is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(*letter);
            seen += 1;
            if seen == passed {
                self.cursor = grouped.len();
            }
        }
        self.letters = grouped;
        self.keep();
    }

    fn keep(&mut self) {
        self.text.clear();
        self.text.extend(&self.letters);
    }
}

/// Full-width forms, as some Korean input methods give them, as the ASCII they stand for.
fn ascii(letter: char) -> char {
    match letter {
        '\u{ff01}'..='\u{ff5e}' => u32::from(letter).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(letter),
        '\u{ffe6}' => '₩',
        '\u{3000}' => ' ',
        letter => letter,
    }
}

/// Letters before the number (a sign of a currency, a plus) and digits before its point.
fn number_part(letters: &[char]) -> (usize, usize) {
    let lead = letters.iter().take_while(|letter| matches!(letter, '+' | '-' | '₩' | '$')).count();
    let whole = letters.iter().skip(lead).take_while(|letter| letter.is_ascii_digit()).count();
    (lead, whole)
}

/// Whether commas, if there are any, stand before three digits each and nowhere else.
fn is_grouped(letters: &[char]) -> bool {
    let (lead, _) = number_part(letters);
    let body = letters.get(lead..).unwrap_or_default();
    let end = body.iter().position(|letter| !letter.is_ascii_digit() && *letter != ',').unwrap_or(body.len());
    let (number, rest) = body.split_at(end);
    if rest.contains(&',') {
        return false;
    }
    let mut groups = number.split(|letter| *letter == ',');
    let first = groups.next().unwrap_or_default().len();
    let mut others = groups.peekable();
    others.peek().is_none() || ((1..=3).contains(&first) && others.all(|group| group.len() == 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Input {
        let mut input = Input::default();
        for letter in text.chars() {
            input.insert(letter);
        }
        input
    }

    fn press(input: &mut Input, code: KeyCode) {
        assert!(input.key(&KeyEvent::new(code, KeyModifiers::NONE)));
    }

    #[test]
    fn thousands_come_apart_while_typing_and_while_erasing() {
        let mut input = typed("1234567");
        assert_eq!((input.text(), input.cursor()), ("1,234,567", 9));
        press(&mut input, KeyCode::Backspace);
        assert_eq!((input.text(), input.cursor()), ("123,456", 7));
        press(&mut input, KeyCode::Home);
        input.insert('9');
        assert_eq!((input.text(), input.cursor()), ("9,123,456", 1));
        press(&mut input, KeyCode::Delete);
        assert_eq!(input.text(), "923,456", "the digit behind the comma goes");
        assert_eq!(typed("1234.5678").text(), "1,234.5678");
        assert_eq!(typed("₩1000000").text(), "₩1,000,000");
        assert_eq!(typed("1000000원").text(), "1,000,000원");
    }

    #[test]
    fn a_comma_in_the_wrong_place_stays_there() {
        assert_eq!(typed("1,5").text(), "1,5");
        assert_eq!(typed("1,000").text(), "1,000");
        let mut input = Input::default();
        input.paste("12,34");
        assert_eq!(input.text(), "12,34");
    }

    #[test]
    fn what_is_typed_first_replaces_what_was_there() {
        let mut input = Input::default();
        input.set("71,200");
        input.insert('5');
        assert_eq!(input.text(), "5");
        input.set("71,200");
        press(&mut input, KeyCode::Left);
        input.insert('5');
        assert_eq!(input.text(), "712,050");
        input.set("71,200");
        press(&mut input, KeyCode::Backspace);
        assert_eq!(input.text(), "7,120");
    }

    #[test]
    fn full_width_digits_are_digits_and_length_has_an_end() {
        assert_eq!(typed("１０．５").text(), "10.5");
        assert!(typed(&"9".repeat(200)).text().chars().filter(|letter| *letter == '9').count() <= LETTERS_MAX);
        assert_eq!(typed("\u{1b}\u{7}").text(), "");
    }
}
