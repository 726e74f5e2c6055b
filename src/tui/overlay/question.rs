//! A question about money or the desk. Only `y`, or the word that is asked for, is a yes; everything else is a no.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent};

use super::{Overlay, Stay};
use crate::text::screen::frame::Frame;
use crate::tui::action::{Action, Context};
use crate::tui::model::Model;
use crate::tui::pane::{Asks, Question};
use crate::tui::theme::Role;
use crate::tui::widget::{Pen, cells};

/// For so long after it appeared nothing answers it: a key meant for what was there before is no answer.
const DEAF: Duration = Duration::from_millis(300);

/// Longest word that is taken.
const WORD_MAX: usize = 32;

/// A question that waits for its answer.
#[derive(Debug)]
pub struct QuestionBox {
    question: Question,
    since: Duration,
    typed: String,
}

impl QuestionBox {
    /// Asks.
    #[must_use]
    pub const fn new(question: Question, since: Duration) -> Self {
        Self { question, since, typed: String::new() }
    }

    /// What is to be done, in pieces that follow each other; the second is the word to type.
    fn prompt(&self, model: &Model) -> [&'static str; 3] {
        let text = |frame: Frame| frame.text(model.look.language);
        match self.question.word {
            Some(word) => {
                let (before, after) = text(Frame::TypeWord).split_once("{}").unwrap_or_default();
                [before, word, after]
            }
            None => [text(Frame::YesNo), "", ""],
        }
    }

    fn type_word(&mut self, key: &KeyEvent, word: &str, asks: &mut Asks) -> Stay {
        match key.code {
            KeyCode::Char(letter) if self.typed.chars().count() < WORD_MAX => {
                self.typed.push(letter);
                Stay::Open
            }
            KeyCode::Backspace => {
                self.typed.pop();
                Stay::Open
            }
            KeyCode::Enter => {
                if self.typed == word {
                    asks.push((*self.question.deed).clone());
                }
                Stay::Close
            }
            KeyCode::Esc => Stay::Close,
            _ => Stay::Open,
        }
    }
}

impl Overlay for QuestionBox {
    fn size(&self, model: &Model, _: (u16, u16)) -> (u16, u16) {
        let widest = self.question.lines.iter().map(|line| cells(line)).max().unwrap_or(0);
        let prompt: u16 = self.prompt(model).iter().map(|piece| cells(piece)).sum();
        let prompt = prompt + self.question.word.map_or(0, |word| cells(word) + 2);
        let rows = u16::try_from(self.question.lines.len()).unwrap_or(u16::MAX);
        (widest.max(prompt) + 6, rows.saturating_add(4))
    }

    fn title(&self, _: &Model) -> String {
        "?".to_owned()
    }

    fn contexts(&self) -> &'static [Context] {
        &[Context::Question]
    }

    fn draw(&mut self, model: &Model, pen: &mut Pen<'_>) {
        let (text, strong) = (pen.style(Role::Text), pen.style(Role::Strong));
        let mut y = 0;
        for line in &self.question.lines {
            pen.text(2, y, line, if y == 0 { strong } else { text });
            y += 1;
        }
        let warning = pen.style(Role::Warning);
        let mut used = 0;
        for (piece, style) in self.prompt(model).into_iter().zip([warning, strong, warning]) {
            used += pen.text(2 + used, y + 1, piece, style);
        }
        if self.question.word.is_some() {
            let field = pen.style(Role::FieldFocused);
            pen.text(3 + used, y + 1, &self.typed, field);
        }
    }

    fn key(&mut self, key: &KeyEvent, action: Option<Action>, model: &Model, asks: &mut Asks) -> Stay {
        if model.now.after(self.since) < DEAF {
            return Stay::Open;
        }
        if let Some(word) = self.question.word {
            return self.type_word(key, word, asks);
        }
        if action == Some(Action::Yes) {
            asks.push((*self.question.deed).clone());
        }
        // Enter is the key a hand rests on; it neither answers nor takes the question away.
        if key.code == KeyCode::Enter { Stay::Open } else { Stay::Close }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;

    use super::*;
    use crate::config::Language;
    use crate::tui::model::fixture::trading;
    use crate::tui::pane::Ask;

    #[test]
    fn the_word_to_type_is_shown() {
        for (language, expected) in
            [(Language::En, "type RESUME and press Enter:"), (Language::Ko, "RESUME 입력하고 Enter:")]
        {
            let model = trading(language);
            let question = Question { lines: vec!["?".into()], word: Some("RESUME"), deed: Box::new(Ask::Leave) };
            let mut question = QuestionBox::new(question, Duration::ZERO);
            let (width, height) = question.size(&model, (160, 45));
            let area = Rect::new(0, 0, width, height);
            let (mut buffer, mut scratch) = (Buffer::empty(area), String::new());
            question.draw(&model, &mut Pen::new(&mut buffer, area, &model.look, &mut scratch));
            // The second half of a wide letter is a cell of its own.
            let text: String = buffer.content.iter().map(|cell| cell.symbol()).collect();
            let squeezed = |text: &str| text.replace(' ', "");
            assert!(squeezed(&text).contains(&squeezed(expected)), "{text}");
        }
    }
}
