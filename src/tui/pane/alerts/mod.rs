//! The alerts: what fired, what waits, and a line in which a new one is written.

mod editor;
mod rows;
mod typed;
mod words;

use crossterm::event::{KeyEvent, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use self::editor::Editor;
use self::rows::{Filter, Inbox, Listed, Names, Row, Stage};
use super::{Ask, Asks, Handled, News, Pane, PaneKind, Purpose, Question};
use crate::desk::protocol::{Command, Response};
use crate::text::screen::alerts::Alerts as Texts;
use crate::text::screen::frame::Frame;
use crate::tui::action::{Action, Context};
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::widget::{Column, Pen, Scroll, Table};

/// Rows that the editor takes.
const EDITOR_ROWS: u16 = 5;
/// Cells from which on every condition fits whole.
const WIDE: u16 = 120;
/// Cells from which on conditions are sentences.
const ROOMY: u16 = 66;

/// The alerts pane.
#[derive(Debug, Default)]
pub struct Alerts {
    inbox: Inbox,
    filter: Filter,
    scroll: Scroll,
    /// The chosen alert: rows move when one fires, the choice does not.
    chosen: Option<u64>,
    editor: Option<Editor>,
    names: Names,
    /// Instrument whose name was asked for, with the tag of the question.
    asked: Option<(u32, String)>,
    questions: u32,
    /// The newest alert when one was sent; the next one is chosen.
    sent_after: Option<u64>,
    /// Line of the first row in the area.
    first_line: u16,
}

impl Alerts {
    /// Brings rows and choice in line with the model.
    fn settle(&mut self, model: &Model) {
        let newest = model.alerts.keys().next_back().copied();
        if let (Some(before), Some(newest)) = (self.sent_after, newest)
            && newest > before
        {
            self.chosen = Some(newest);
            self.sent_after = None;
            self.inbox.forget();
        }
        if self.inbox.make(model, &self.names, self.filter)
            && let Some(at) = self.inbox.rows().iter().position(|row| Some(row.id) == self.chosen)
        {
            self.scroll.chosen = at;
        }
        self.scroll.to(self.scroll.chosen, self.inbox.rows().len());
        self.chosen = self.chosen_row().map(|row| row.id);
    }

    fn chosen_row(&self) -> Option<&Row> {
        self.inbox.rows().get(self.scroll.chosen)
    }

    fn choose(&mut self, row: usize) {
        self.scroll.to(row, self.inbox.rows().len());
        self.chosen = self.chosen_row().map(|row| row.id);
    }

    fn filter_by(&mut self, filter: Filter, model: &Model) {
        self.filter = filter;
        self.settle(model);
    }

    fn add(&mut self, model: &Model, asks: &mut Asks) {
        match &model.selected.id {
            Some(id) => self.editor = Some(Editor::new(model, *id)),
            None => asks.say(Role::Warning, Frame::NothingSelected.text(model.look.language)),
        }
    }

    /// Sends what was written, when it is a condition.
    fn send(&mut self, model: &Model, asks: &mut Asks) {
        let Some(command) = self.editor.as_ref().and_then(Editor::command) else { return };
        if !model.is_connected() {
            // What was written stays for when there is somebody to take it.
            asks.say(Role::Error, Texts::NoDesk.text(model.look.language));
            return;
        }
        self.sent_after = Some(model.alerts.keys().next_back().copied().unwrap_or(0));
        self.editor = None;
        asks.push(Ask::Send(Box::new(command), Purpose::Deed));
    }

    fn delete(&self, model: &Model, asks: &mut Asks) {
        let language = model.look.language;
        let Some((row, alert)) = self.chosen_row().and_then(|row| Some((row, model.alerts.get(&row.id)?))) else {
            asks.say(Role::Dim, Texts::NothingChosen.text(language));
            return;
        };
        let name = rows::name(model, &self.names, &alert.instrument, row.instrument.as_ref());
        let what = words::Words(language, &alert.condition);
        asks.push(Ask::Ask(Question {
            lines: vec![Texts::RemoveQuestion.text(language).to_owned(), format!("{name} {what}")],
            word: None,
            deed: Box::new(Ask::Send(Box::new(Command::AlertRemove { id: row.id }), Purpose::Deed)),
        }));
    }

    fn open(&self, asks: &mut Asks) {
        let Some(row) = self.chosen_row() else { return };
        if row.stage == Stage::Fired {
            asks.push(Ask::Send(Box::new(Command::AlertAcknowledge { ids: vec![row.id] }), Purpose::Deed));
        }
        if let Some(id) = row.instrument {
            asks.push(Ask::Select(id));
        }
    }

    /// Learns the names of instruments that are not on the screen, one question at a time.
    fn learn(&mut self, model: &Model, asks: &mut Asks) {
        let mut unknown = None;
        for alert in model.alerts.values() {
            if self.names.contains_key(&alert.instrument) {
                continue;
            }
            let quote = alert.instrument.parse().ok().and_then(|id| model.quotes.get(&id));
            match quote {
                Some(quote) => {
                    let names = [quote.name_ko.clone(), quote.name_en.clone()];
                    self.names.insert(alert.instrument.clone(), names);
                }
                None => unknown = unknown.or(Some(&alert.instrument)),
            }
        }
        if self.asked.is_none()
            && model.is_connected()
            && let Some(symbol) = unknown
        {
            self.questions = self.questions.wrapping_add(1);
            self.asked = Some((self.questions, symbol.clone()));
            asks.question(PaneKind::Alerts, self.questions, Command::Info { symbol: symbol.clone() });
        }
    }

    fn answered(&mut self, tag: u32, response: Option<&Response>) {
        let Some((_, symbol)) = self.asked.take_if(|(asked, _)| *asked == tag) else { return };
        let names = match response {
            Some(Response::Instruments(found)) => {
                found.first().map(|found| [found.name_ko.clone(), found.name_en.clone()])
            }
            _ => None,
        };
        // One that nobody knows keeps its code, and is not asked for again.
        self.names.insert(symbol, names.unwrap_or_default());
    }

    fn draw_list(&mut self, model: &Model, focused: bool, pen: &mut Pen<'_>) {
        let look = &model.look;
        let title = |text: Texts| text.text(look.language);
        // Where there is room the numbers stand close to what they are about, and the note takes the rest.
        let (name, condition) = match pen.width() {
            WIDE.. => (Column::text(title(Texts::Symbol), 20, 0), Column::text(title(Texts::Condition), 36, 0)),
            ROOMY.. => {
                (Column::text(title(Texts::Symbol), 12, 0), Column::text(title(Texts::Condition), 30, 0).growing())
            }
            _ => (Column::text(title(Texts::Symbol), 8, 0), Column::text(title(Texts::Condition), 17, 0).growing()),
        };
        let columns = [
            Column::text(title(Texts::State), 9, 0),
            name,
            condition,
            Column::number(title(Texts::Value), 11, 1),
            Column::number(title(Texts::Time), 11, 2),
            Column::text(title(Texts::Note), 14, 3).growing(),
        ];
        let empty = if model.alerts.is_empty() { Texts::None } else { Texts::NoneLeft };
        let table = Table { columns: &columns, focused: focused && self.editor.is_none(), empty: title(empty) };
        let listed = Listed { rows: self.inbox.rows(), is_roomy: pen.width() >= ROOMY, model };
        table.draw(pen, &listed, &mut self.scroll);
    }
}

impl Pane for Alerts {
    fn kind(&self) -> PaneKind {
        PaneKind::Alerts
    }

    fn title(&self, model: &Model, title: &mut String) {
        let language = model.look.language;
        title.push_str(PaneKind::Alerts.label().text(language));
        let filter = match self.filter {
            Filter::All => return,
            Filter::Waiting => Texts::Waiting,
            Filter::Fired => Texts::Fired,
        };
        title.push(' ');
        title.push_str(model.look.glyphs.dot);
        title.push(' ');
        title.push_str(filter.text(language));
    }

    fn note(&self, model: &Model, note: &mut String) {
        use std::fmt::Write;
        let count = |wanted: Stage| model.alerts.values().filter(|alert| Stage::of(alert) == wanted).count();
        for stage in [Stage::Fired, Stage::Waiting] {
            let space = if note.is_empty() { "" } else { "  " };
            // Writing into a string cannot fail.
            let _ = write!(note, "{space}{} {}", stage.word().text(model.look.language), count(stage));
        }
    }

    fn contexts(&self, _: &Model) -> &'static [Context] {
        if self.editor.is_some() { &[Context::Form] } else { &[] }
    }

    fn draw(&mut self, model: &Model, focused: bool, pen: &mut Pen<'_>) {
        self.settle(model);
        let taken = match &mut self.editor {
            Some(editor) => {
                editor.draw(model, &self.names, pen);
                EDITOR_ROWS.min(pen.height())
            }
            None => 0,
        };
        self.first_line = taken + 1;
        let left = Rect::new(0, taken, pen.width(), pen.height() - taken);
        self.draw_list(model, focused, &mut pen.part(left));
    }

    fn act(&mut self, action: Action, model: &Model, asks: &mut Asks) -> Handled {
        self.settle(model);
        let count = self.inbox.rows().len();
        match action {
            Action::AddAlert => self.add(model, asks),
            Action::Submit if self.editor.is_some() => self.send(model, asks),
            Action::Escape if self.editor.is_some() => self.editor = None,
            // Fields above and below: there is only the one.
            Action::NextField | Action::PreviousField if self.editor.is_some() => {}
            Action::Up => self.choose(self.scroll.chosen.saturating_sub(1)),
            Action::Down => self.choose(self.scroll.chosen + 1),
            Action::PageUp => self.choose(self.scroll.chosen.saturating_sub(10)),
            Action::PageDown => self.choose(self.scroll.chosen + 10),
            Action::Top => self.choose(0),
            Action::Bottom => self.choose(count.saturating_sub(1)),
            Action::Open => self.open(asks),
            Action::Delete => self.delete(model, asks),
            Action::Filter => self.filter_by(self.filter.next(), model),
            Action::ClearFilter => self.filter_by(Filter::All, model),
            Action::Copy => {
                let Some(alert) = self.chosen.and_then(|id| model.alerts.get(&id)) else { return Handled::Yes };
                asks.push(Ask::Copy(format!("{} {}", alert.instrument, alert.condition)));
            }
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn why_not(&self, action: Action, model: &Model) -> Option<String> {
        let needs_row = matches!(action, Action::Open | Action::Delete | Action::Copy);
        let why = match action {
            Action::AddAlert if model.selected.id.is_none() => Frame::NothingSelected.text(model.look.language),
            _ if needs_row && self.inbox.rows().is_empty() => Texts::NothingChosen.text(model.look.language),
            _ => return None,
        };
        Some(why.to_owned())
    }

    fn hints(&self, _: &Model, hints: &mut Vec<Action>) {
        if self.editor.is_some() {
            hints.extend([Action::Submit, Action::Escape]);
            return;
        }
        hints.push(Action::AddAlert);
        if self.chosen_row().is_some() {
            hints.extend([Action::Open, Action::Delete]);
        }
        hints.push(Action::Filter);
    }

    fn takes_text(&self) -> bool {
        self.editor.is_some()
    }

    fn type_key(&mut self, key: &KeyEvent, _: &Model, _: &mut Asks) -> Handled {
        let edited = self.editor.as_mut().is_some_and(|editor| editor.type_key(key));
        if edited { Handled::Yes } else { Handled::No }
    }

    fn paste(&mut self, text: &str, _: &Model, _: &mut Asks) {
        if let Some(editor) = &mut self.editor {
            editor.paste(text);
        }
    }

    fn mouse(&mut self, mouse: &MouseEvent, area: Rect, model: &Model, _: &mut Asks) -> Handled {
        self.settle(model);
        match mouse.kind {
            MouseEventKind::Down(_) => {
                let line = mouse.row.saturating_sub(area.y);
                let Some(line) = line.checked_sub(self.first_line) else { return Handled::No };
                match self.scroll.row_at(line, self.inbox.rows().len()) {
                    Some(row) => self.choose(row),
                    None => return Handled::No,
                }
            }
            MouseEventKind::ScrollUp => self.choose(self.scroll.chosen.saturating_sub(1)),
            MouseEventKind::ScrollDown => self.choose(self.scroll.chosen + 1),
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn told(&mut self, news: &News<'_>, model: &Model, asks: &mut Asks) {
        match news {
            News::Reset => {
                self.inbox.forget();
                self.asked = None;
                // An alert that was begun for one profile is not made in another.
                if self.editor.as_ref().is_some_and(|editor| !editor.is_for(model)) {
                    self.editor = None;
                }
            }
            News::Second => self.learn(model, asks),
            News::Answer { tag, outcome } => self.answered(*tag, outcome.ok()),
            News::Changed(_) => {}
        }
    }
}

#[cfg(test)]
mod tests;
