//! One line of input and a list of what fits it: the palette finds everything that can be done, the search finds
//! instruments. What is typed is text, whatever keys mean elsewhere.

mod draw;
mod fit;
mod list;
mod past;
mod pool;
#[cfg(test)]
mod tests;
mod words;

pub use past::Past;
pub use words::done_line;

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;
use tui_input::{Input, InputRequest};

use self::fit::{Fitter, Needles};
use self::list::{Item, Row, Sources};
use self::pool::{Pool, REFRESHED};
use self::words::Reading;
use super::{Overlay, Stay};
use crate::desk::protocol::{Command, Response};
use crate::market::InstrumentId;
use crate::text::clean::is_drawable;
use crate::text::screen::finder::Finder as Words;
use crate::tui::action::{Action, Keymap};
use crate::tui::model::Model;
use crate::tui::pane::{Ask, Asks, News, Question, WorkspaceDeed};
use crate::tui::widget::{Pen, Scroll};

/// Longest line, in characters.
const LINE_MAX: usize = 120;
/// Instruments asked for at the start, so that letters here and there find something too.
const FIRST_MAX: usize = 500;
/// Instruments asked for with each text.
const ANSWER_MAX: usize = 60;

/// Finds actions, symbols, pages.
#[must_use]
pub fn palette(keymap: &Keymap) -> Box<dyn Overlay> {
    Box::new(Finder::new(Some(keymap.clone())))
}

/// Finds symbols.
#[must_use]
pub fn symbols() -> Box<dyn Overlay> {
    Box::new(Finder::new(None))
}

/// The palette or the search.
#[derive(Debug)]
struct Finder {
    /// The keys; the search has none to show.
    keymap: Option<Keymap>,
    input: Input,
    fitter: Fitter,
    pool: Pool,
    rows: Vec<Row>,
    scroll: Scroll,
    /// Answers with an earlier tag are about another profile, or about a text that is not there any more.
    tag: u32,
    /// Answers that are still out for the present text.
    awaited: usize,
    asked_at: Duration,
    no_answer: bool,
    lines: Vec<String>,
    recalled: Option<usize>,
    recent: Vec<InstrumentId>,
    /// Enter was pressed before the desk had answered for what was typed.
    entered: bool,
    over: bool,
    /// Rows the list had when it was drawn last.
    height: usize,
}

impl Finder {
    fn new(keymap: Option<Keymap>) -> Self {
        Self {
            keymap,
            input: Input::default(),
            fitter: Fitter::default(),
            pool: Pool::default(),
            rows: Vec::new(),
            scroll: Scroll::default(),
            tag: 0,
            awaited: 0,
            asked_at: Duration::ZERO,
            no_answer: false,
            lines: Vec::new(),
            recalled: None,
            recent: Vec::new(),
            entered: false,
            over: false,
            height: 1,
        }
    }

    const fn is_palette(&self) -> bool {
        self.keymap.is_some()
    }

    /// The part of the line that may name an instrument.
    fn wanted(&self) -> &str {
        let text = self.input.value();
        match words::split(text) {
            Some((word, rest)) if self.is_palette() && word.name == "goto" => rest,
            Some((_, rest)) if self.is_palette() && !rest.is_empty() => "",
            _ => text,
        }
    }

    /// Asks the desk for what fits the line; answers to what was asked before are not waited for any more.
    fn ask(&mut self, model: &Model, asks: &mut Asks) {
        self.tag = self.tag.wrapping_add(1);
        self.asked_at = model.now.since_start;
        let mut questions = Needles::new(self.wanted()).questions();
        let mut limit = ANSWER_MAX;
        if questions.is_empty() && !self.is_palette() {
            questions.push(String::new());
            limit = FIRST_MAX;
        }
        self.awaited = questions.len();
        for text in questions {
            asks.overlay_question(self.tag, Command::Search { text, limit });
        }
    }

    /// Makes the list anew. The choice goes back to the best, unless it is to stay on what it was on.
    fn list(&mut self, model: &Model, keep_choice: bool) {
        let chosen = self.rows.get(self.scroll.chosen).map(|row| row.item.clone());
        let mut followed: Vec<InstrumentId> = model.watch.clone();
        followed.extend(model.selected.id);
        followed.extend(&self.recent);
        self.pool.put_quoted(&followed, model);
        let from = Sources { model, pool: &self.pool, recent: &self.recent };
        self.rows = match &self.keymap {
            Some(keymap) => list::everything(self.input.value(), keymap, &from, &mut self.fitter),
            None => list::symbols(self.input.value(), &from, &mut self.fitter),
        };
        let place = chosen.filter(|_| keep_choice).and_then(|item| self.rows.iter().position(|row| row.item == item));
        self.scroll.to(place.unwrap_or(0), self.rows.len());
        if !keep_choice {
            self.scroll.top = 0;
        }
    }

    fn changed(&mut self, model: &Model, asks: &mut Asks) {
        self.entered = false;
        self.list(model, false);
        self.ask(model, asks);
    }

    fn set(&mut self, line: String, model: &Model, asks: &mut Asks) {
        self.input = Input::new(line);
        self.changed(model, asks);
    }

    fn insert(&mut self, text: &str, model: &Model, asks: &mut Asks) {
        self.recalled = None;
        for letter in text.chars().filter(|letter| is_drawable(*letter)) {
            if self.input.value().chars().count() < LINE_MAX {
                self.input.handle(InputRequest::InsertChar(letter));
            }
        }
        self.changed(model, asks);
    }

    fn edit(&mut self, request: InputRequest, model: &Model, asks: &mut Asks) {
        let before = self.input.value().to_owned();
        self.input.handle(request);
        if before != self.input.value() {
            self.recalled = None;
            self.changed(model, asks);
        }
    }

    /// Up and down on an empty line, or on one that came so, go through lines typed before. Whether there are any.
    fn recall(&mut self, older: bool, model: &Model, asks: &mut Asks) -> bool {
        if !self.is_palette() || (self.recalled.is_none() && (!older || !self.input.value().is_empty())) {
            return false;
        }
        let next = match (self.recalled, older) {
            (None, _) => Some(0),
            (Some(at), true) => Some((at + 1).min(self.lines.len().saturating_sub(1))),
            (Some(at), false) => at.checked_sub(1),
        };
        let Some(line) = next.map_or(Some(String::new()), |at| self.lines.get(at).cloned()) else { return false };
        self.recalled = next;
        self.set(line, model, asks);
        true
    }

    fn complete(&mut self, model: &Model, asks: &mut Asks) {
        let Some(row) = self.rows.get(self.scroll.chosen) else { return };
        let line = match &row.item {
            Item::Action(action) => action.entry().name.to_owned(),
            Item::Word(word) => format!("{} ", word.name),
            Item::Line(line) => match self.read(line, model) {
                Reading::Ready(_) => line.clone(),
                _ => format!("{line} "),
            },
            Item::Symbol(id) if self.is_palette() && self.wanted() != self.input.value() => {
                format!("goto {}", id.symbol)
            }
            Item::Symbol(id) => id.symbol.to_string(),
            Item::Workspace(_) | Item::Pane(_) => row.texts.get(1).cloned().unwrap_or_default(),
            Item::Own(name) => format!("workspace {name}"),
            Item::Typed(_) | Item::Run(_) => return,
        };
        self.set(line, model, asks);
    }

    fn read(&self, line: &str, model: &Model) -> Reading {
        words::split(line).map_or(Reading::Unfinished, |(word, rest)| words::read(word, rest, model))
    }

    /// Does what the chosen row says.
    fn choose(&mut self, model: &Model, asks: &mut Asks) -> Stay {
        let Some(row) = self.rows.get(self.scroll.chosen) else { return Stay::Open };
        match row.item.clone() {
            Item::Action(action) => {
                asks.push(Ask::Typed(action.entry().name.to_owned()));
                asks.push(asked_for(action, model));
            }
            Item::Workspace(index) => {
                asks.push(Ask::Typed(row.texts.get(1).cloned().unwrap_or_default()));
                asks.0.extend(Action::named(&format!("workspace_{}", index + 1)).map(Ask::Act));
            }
            Item::Own(name) => {
                asks.push(Ask::Typed(format!("workspace {name}")));
                asks.push(Ask::Workspace(WorkspaceDeed::Show(name)));
            }
            Item::Pane(kind) => {
                asks.push(Ask::Typed(kind.name().to_owned()));
                asks.push(Ask::Focus(kind));
            }
            Item::Symbol(id) => asks.push(Ask::Select(id)),
            Item::Word(_) => {
                self.complete(model, asks);
                return Stay::Open;
            }
            Item::Line(line) => match self.read(&line, model) {
                Reading::Ready(ask) => asks.0.extend([Ask::Typed(line), *ask]),
                _ => {
                    self.complete(model, asks);
                    return Stay::Open;
                }
            },
            Item::Typed(Reading::Ready(ask)) => {
                asks.0.extend([Ask::Typed(self.input.value().trim().to_owned()), *ask]);
            }
            Item::Typed(_) => return Stay::Open,
            Item::Run(line) => asks.0.extend([Ask::Typed(line.clone()), Ask::Command(line)]),
        }
        Stay::Close
    }

    /// Enter. In the search, what was typed before the desk could answer is chosen when it has.
    fn enter(&mut self, model: &Model, asks: &mut Asks) -> Stay {
        let waits = self.awaited > 0 && !self.is_palette() && self.scroll.chosen == 0 && !self.input.value().is_empty();
        if waits && model.is_connected() {
            self.entered = true;
            return Stay::Open;
        }
        self.choose(model, asks)
    }

    fn scroll_by(&mut self, rows: isize) {
        self.scroll.by(rows, self.rows.len());
    }
}

/// What trades at once when its key is pressed is asked about first when it comes from a list.
fn asked_for(action: Action, model: &Model) -> Ask {
    if !action.trades() {
        return Ask::Act(action);
    }
    let language = model.look.language;
    let account = format!("{} {}", model.world().badge(), model.profile);
    let lines =
        vec![Words::SureTrade.text(language).to_owned(), action.entry().label.text(language).to_owned(), account];
    Ask::Ask(Question { lines, word: None, deed: Box::new(Ask::Act(action)) })
}

impl Overlay for Finder {
    fn size(&self, _: &Model, screen: (u16, u16)) -> (u16, u16) {
        (screen.0.saturating_sub(4).min(96), screen.1.saturating_sub(4).min(30))
    }

    fn title(&self, model: &Model) -> String {
        let title = if self.is_palette() { Words::Palette } else { Words::Symbols };
        title.text(model.look.language).to_owned()
    }

    fn opened(&mut self, past: &Past, model: &Model, asks: &mut Asks) {
        self.lines = past.lines().cloned().collect();
        self.recent = past.instruments().copied().collect();
        self.changed(model, asks);
    }

    fn draw(&mut self, model: &Model, pen: &mut Pen<'_>) {
        self.draw_all(model, pen);
    }

    fn key(&mut self, key: &KeyEvent, _: Option<Action>, model: &Model, asks: &mut Asks) -> Stay {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        let page = isize::try_from(self.height).unwrap_or(1).max(1);
        match key.code {
            KeyCode::Esc => return Stay::Close,
            KeyCode::Enter => return self.enter(model, asks),
            KeyCode::Char('n') if control => self.scroll_by(1),
            KeyCode::Char('p') if control => self.scroll_by(-1),
            KeyCode::Char('u') if control => self.edit(InputRequest::DeleteFromStart, model, asks),
            KeyCode::Char('w') if control => self.edit(InputRequest::DeletePrevWord, model, asks),
            KeyCode::Char('a') if control => self.edit(InputRequest::GoToStart, model, asks),
            KeyCode::Char('e') if control => self.edit(InputRequest::GoToEnd, model, asks),
            KeyCode::Char(letter) if !control && !alt => {
                let mut bytes = [0; 4];
                self.insert(letter.encode_utf8(&mut bytes), model, asks);
            }
            KeyCode::Backspace => self.edit(InputRequest::DeletePrevChar, model, asks),
            KeyCode::Delete => self.edit(InputRequest::DeleteNextChar, model, asks),
            KeyCode::Left => self.edit(InputRequest::GoToPrevChar, model, asks),
            KeyCode::Right => self.edit(InputRequest::GoToNextChar, model, asks),
            KeyCode::Home => self.edit(InputRequest::GoToStart, model, asks),
            KeyCode::End => self.edit(InputRequest::GoToEnd, model, asks),
            KeyCode::Tab => self.complete(model, asks),
            KeyCode::Up if self.scroll.chosen == 0 && self.recall(true, model, asks) => {}
            KeyCode::Down if self.recalled.is_some() && self.recall(false, model, asks) => {}
            KeyCode::Up => self.scroll_by(-1),
            KeyCode::Down => self.scroll_by(1),
            KeyCode::PageUp => self.scroll_by(-page),
            KeyCode::PageDown => self.scroll_by(page),
            _ => {}
        }
        Stay::Open
    }

    fn paste(&mut self, text: &str, model: &Model, asks: &mut Asks) {
        self.insert(text, model, asks);
    }

    fn mouse(&mut self, mouse: &MouseEvent, area: Rect, model: &Model, asks: &mut Asks) -> Stay {
        match mouse.kind {
            MouseEventKind::ScrollUp => self.scroll_by(-3),
            MouseEventKind::ScrollDown => self.scroll_by(3),
            MouseEventKind::Down(MouseButton::Left) => {
                let line = mouse.row.saturating_sub(area.y).checked_sub(self.list_from());
                let row = line.filter(|line| usize::from(*line) < self.height);
                if let Some(row) = row.and_then(|line| self.scroll.row_at(line, self.rows.len())) {
                    self.scroll.to(row, self.rows.len());
                    return self.choose(model, asks);
                }
            }
            _ => {}
        }
        Stay::Open
    }

    fn told(&mut self, news: &News<'_>, model: &Model, asks: &mut Asks) {
        match news {
            // Another profile or instrument: what was found may be of another venue.
            News::Reset => {
                self.pool.clear();
                self.list(model, true);
                self.ask(model, asks);
            }
            News::Answer { tag, outcome } if *tag == self.tag => {
                self.awaited = self.awaited.saturating_sub(1);
                self.no_answer = outcome.is_err();
                if let Ok(Response::Instruments(found)) = outcome {
                    self.pool.put(found, model);
                    // Who has not moved the choice wants the best there is.
                    self.list(model, self.scroll.chosen > 0);
                }
                if self.entered && self.awaited == 0 {
                    self.entered = false;
                    self.over = self.choose(model, asks) == Stay::Close;
                }
            }
            News::Second if self.awaited == 0 && model.now.after(self.asked_at) >= REFRESHED => self.ask(model, asks),
            _ => {}
        }
    }

    fn is_over(&self) -> bool {
        self.over
    }
}
