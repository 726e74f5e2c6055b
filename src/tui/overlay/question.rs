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

    fn prompt(&self, model: &Model) -> &'static str {
        let text = if self.question.word.is_some() { Frame::TypeWord } else { Frame::YesNo };
        text.text(model.look.language)
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
        let prompt = cells(self.prompt(model)) + self.question.word.map_or(0, |word| cells(word) + 2);
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
        let used = pen.text(2, y + 1, self.prompt(model), warning);
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
