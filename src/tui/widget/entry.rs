//! One line of text that is being typed.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::style::Style;
use unicode_segmentation::GraphemeCursor;

use super::pen::{Align, Pen};
use super::width::cells;
use crate::tui::theme::Role;

/// A line of text with a place in it where letters go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    text: String,
    /// In bytes, between two graphemes.
    at: usize,
}

impl Entry {
    /// A text, with the place at its end.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { at: text.len(), text }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Puts text in at the place, as much as `most` characters in all allow.
    pub fn insert(&mut self, text: &str, most: usize) {
        let room = most.saturating_sub(self.text.chars().count());
        for letter in text.chars().filter(|letter| crate::text::clean::is_drawable(*letter)).take(room) {
            self.text.insert(self.at, letter);
            self.at += letter.len_utf8();
        }
    }

    /// Takes a key that edits; whether it did.
    pub fn edit(&mut self, key: &KeyEvent, most: usize) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('u') if control => {
                self.text.drain(..self.at);
                self.at = 0;
            }
            KeyCode::Char('w') if control => self.drop_word(),
            KeyCode::Char(_) if control || key.modifiers.contains(KeyModifiers::ALT) => return false,
            KeyCode::Char(letter) => self.insert(letter.encode_utf8(&mut [0; 4]), most),
            KeyCode::Backspace => {
                if let Some(before) = self.before() {
                    self.text.drain(before..self.at);
                    self.at = before;
                }
            }
            KeyCode::Delete => {
                if let Some(after) = self.after() {
                    self.text.drain(self.at..after);
                }
            }
            KeyCode::Left => self.at = self.before().unwrap_or(0),
            KeyCode::Right => self.at = self.after().unwrap_or(self.text.len()),
            KeyCode::Home => self.at = 0,
            KeyCode::End => self.at = self.text.len(),
            _ => return false,
        }
        true
    }

    /// Drops the word before the place, with the blanks after it.
    fn drop_word(&mut self) {
        let head = self.text.get(..self.at).unwrap_or_default().trim_end();
        let from = head.rfind(' ').map_or(0, |blank| blank + 1);
        self.text.drain(from..self.at);
        self.at = from;
    }

    fn before(&self) -> Option<usize> {
        GraphemeCursor::new(self.at, self.text.len(), true).prev_boundary(&self.text, 0).ok().flatten()
    }

    fn after(&self) -> Option<usize> {
        GraphemeCursor::new(self.at, self.text.len(), true).next_boundary(&self.text, 0).ok().flatten()
    }

    /// Draws it into a field, scrolled so that the place is in sight; the cell there stands out.
    pub fn draw(&self, pen: &mut Pen<'_>, field: (u16, u16, u16), style: Style) {
        let (x, y, width) = field;
        let width = width.min(pen.width().saturating_sub(x));
        if width == 0 || y >= pen.height() {
            return;
        }
        pen.rule(x, y, width, " ", style);
        let head = self.text.get(..self.at).unwrap_or_default();
        let mut from = 0;
        // The cell of the place itself is the last of the field, and two wide where a syllable stands there.
        while from < head.len() && cells(head.get(from..).unwrap_or_default()) + 2 > width.max(3) {
            let next = GraphemeCursor::new(from, self.text.len(), true).next_boundary(&self.text, 0);
            from = next.ok().flatten().unwrap_or(head.len());
        }
        let shown = self.text.get(from..).unwrap_or_default();
        pen.field(x, y, width, shown, Align::Left, style);
        let place = pen.style(Role::CursorArmed);
        let column = x + cells(head.get(from..).unwrap_or_default());
        if column < x + width {
            let wide = self.after().map_or(1, |after| cells(self.text.get(self.at..after).unwrap_or_default()).max(1));
            pen.ground(column, y, wide.min(x + width - column), place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(entry: &mut Entry, codes: &[KeyCode]) {
        for code in codes {
            entry.edit(&KeyEvent::new(*code, KeyModifiers::NONE), 40);
        }
    }

    #[test]
    fn letters_go_where_the_cursor_is_and_syllables_whole() {
        let mut entry = Entry::new("가격 >= 5");
        typed(&mut entry, &[KeyCode::Char('0'), KeyCode::Home, KeyCode::Delete, KeyCode::Char('a')]);
        assert_eq!(entry.text(), "a격 >= 50");
        typed(&mut entry, &[KeyCode::Right, KeyCode::Backspace, KeyCode::End, KeyCode::Backspace]);
        assert_eq!(entry.text(), "a >= 5");
        let control = |letter| KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL);
        assert!(entry.edit(&control('w'), 40));
        assert_eq!(entry.text(), "a >= ");
        assert!(!entry.edit(&control('k'), 40), "the kill switch is no letter");
        assert!(entry.edit(&control('u'), 40));
        assert_eq!(entry.text(), "");
    }

    #[test]
    fn a_long_paste_is_cut_and_cleaned() {
        let mut entry = Entry::new("ab");
        entry.insert("c\u{1b}\u{202e}defgh", 5);
        assert_eq!(entry.text(), "abcde");
    }
}
