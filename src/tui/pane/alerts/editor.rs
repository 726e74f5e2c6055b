//! The line in which a new alert is written, with what it means beneath.

use crossterm::event::KeyEvent;

use super::rows::{Names, name};
use super::typed::{Sentence, read};
use super::words::{Words, distance, is_percent, stands_at};
use crate::desk::alert::AlertCondition;
use crate::desk::protocol::Command;
use crate::market::InstrumentId;
use crate::order::ProfileName;
use crate::text::screen::alerts::Alerts as Texts;
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::widget::{Align, Entry, Grouped, Pen, cells};

/// Most characters of a condition with its note.
const TEXT_MAX: usize = 200;

/// A new alert while it is written.
#[derive(Debug)]
pub struct Editor {
    instrument: InstrumentId,
    profile: ProfileName,
    entry: Entry,
}

impl Editor {
    /// Begins with the last price.
    #[must_use]
    pub fn new(model: &Model, instrument: InstrumentId) -> Self {
        let last = model.quotes.get(&instrument).and_then(|quote| quote.last);
        let text = last.map_or_else(|| "price >= ".to_owned(), |last| format!("price >= {last}"));
        Self { instrument, profile: model.profile.clone(), entry: Entry::new(text) }
    }

    /// Whether it was begun for the profile shown.
    #[must_use]
    pub fn is_for(&self, model: &Model) -> bool {
        self.profile == model.profile
    }

    /// What it asks of the desk, when it is a condition.
    #[must_use]
    pub fn command(&self) -> Option<Command> {
        let (condition, note) = read(self.entry.text());
        let symbol = self.instrument.to_string();
        Some(Command::AlertAdd { symbol, condition: condition.ok()?, note: note.map(str::to_owned) })
    }

    /// Takes a key that edits; whether it did.
    pub fn type_key(&mut self, key: &KeyEvent) -> bool {
        self.entry.edit(key, TEXT_MAX)
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        self.entry.insert(text, TEXT_MAX);
    }

    /// Draws five lines: of what, the text, what it means, how far it is, the grammar.
    pub fn draw(&self, model: &Model, names: &Names, pen: &mut Pen<'_>) {
        let language = model.look.language;
        let (label, dim) = (pen.style(Role::Label), pen.style(Role::Dim));
        let (strong, width) = (pen.style(Role::Strong), pen.width());
        let id = self.instrument;
        let code = id.to_string();
        let used = pen.text(0, 0, Texts::NewFor.text(language), label);
        let used = used + 1 + pen.text(used + 1, 0, &name(model, names, &code, Some(&id)), strong);
        let used = used + 1 + pen.text(used + 1, 0, &code, dim);
        let hint = Texts::NoteHint.text(language);
        if used + 2 + cells(hint) <= width {
            pen.field(used, 0, width - used, hint, Align::Right, dim);
        }
        let (condition, note) = read(self.entry.text());
        let field = pen.style(if condition.is_ok() { Role::FieldFocused } else { Role::FieldWrong });
        self.entry.draw(pen, (0, 1, width), field);
        match condition {
            Ok(condition) => {
                let good = pen.style(Role::Good);
                let used = pen.value(2, 2, width.saturating_sub(2), Words(language, &condition), Align::Left, good);
                if let Some(note) = note {
                    let text = format_args!("({}: {note})", Texts::NoteAfter.text(language));
                    pen.value(used + 4, 2, width.saturating_sub(used + 4), text, Align::Left, dim);
                }
                pen.symbol(0, 2, pen.look.glyphs.cursor, good);
                self.draw_distance(model, &condition, pen);
            }
            Err(wrong) => {
                let error = pen.style(Role::Error);
                pen.value(2, 2, width.saturating_sub(2), Sentence(language, &wrong), Align::Left, error);
            }
        }
        pen.text(0, 4, Texts::Grammar.text(language), dim);
    }

    /// Where the figure stands: one that is there already would fire at once.
    fn draw_distance(&self, model: &Model, condition: &AlertCondition, pen: &mut Pen<'_>) {
        let language = model.look.language;
        let room = pen.width().saturating_sub(2);
        let unit = if is_percent(condition) { "%" } else { "" };
        let (dim, warning) = (pen.style(Role::Dim), pen.style(Role::Warning));
        let Some(value) = stands_at(model, &self.instrument, condition) else {
            let happens = matches!(
                condition,
                AlertCondition::VolatilityInterruption | AlertCondition::Order { .. } | AlertCondition::StopUnwatched
            );
            if !happens {
                pen.field(2, 3, room, Texts::Unknown.text(language), Align::Left, dim);
            }
            return;
        };
        let (now, number) = (Texts::StandsAt.text(language), Grouped::new(value));
        match distance(condition, value) {
            None => {
                let already = Texts::AlreadySo.text(language);
                let text = format_args!("{now} {number}{unit}: {already}");
                pen.value(2, 3, room, text, Align::Left, warning);
            }
            Some(left) => {
                let (away, left) = (Texts::Away.text(language), Grouped::new(left));
                let text = format_args!("{now} {number}{unit}, {left}{unit} {away}");
                pen.value(2, 3, room, text, Align::Left, dim);
            }
        }
    }
}
