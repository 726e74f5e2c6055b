//! Keys, clicks and news of the history.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use super::details::Details;
use super::{FILTER_MAX, History, LIMIT, Which};
use crate::text::screen::portfolio::Page;
use crate::tui::action::Action;
use crate::tui::model::Model;
use crate::tui::pane::{Ask, Asks, Handled, News, Pane, PaneKind};
use crate::tui::theme::Role;
use crate::tui::widget::Pen;

impl Pane for History {
    fn kind(&self) -> PaneKind {
        PaneKind::History
    }

    fn title(&self, model: &Model, title: &mut String) {
        title.push_str(PaneKind::History.label().text(model.look.language));
        title.push(' ');
        title.push_str(model.profile.as_str());
    }

    fn note(&self, model: &Model, note: &mut String) {
        use std::fmt::Write;
        let view = self.shown();
        let (known, shown, all) = view.counts();
        if !known {
            return;
        }
        let language = model.look.language;
        let (sort, falls) = view.sorted();
        let arrow = if falls { model.look.glyphs.down } else { model.look.glyphs.up };
        // As many as were asked for are likely not all there are.
        let more = if self.which != Which::Orders && all >= LIMIT { "+" } else { "" };
        // Writing into a string cannot fail.
        let _ = match self.filter.is_empty() {
            true => write!(note, "{all}{more}"),
            false => write!(note, "{shown}/{all}{more}"),
        };
        let _ = write!(note, " {} {} {arrow}", Page::SortedBy.text(language), sort.label().text(language));
    }

    fn draw(&mut self, model: &Model, focused: bool, pen: &mut Pen<'_>) {
        self.head(model, pen);
        let words = std::mem::take(&mut self.words);
        let is_open = self.open.is_some();
        let (view, names) = self.shown_mut();
        view.refresh().seen(model);
        view.arrange(model, names, &words, is_open);
        self.words = words;
        let (known, _, all) = self.shown().counts();
        let language = model.look.language;
        if !known {
            let dim = pen.style(Role::Dim);
            if self.shown_mut().0.failure().is_none() {
                pen.text(0, 1, Page::NoAnswer.text(language), dim);
            }
            return;
        }
        let empty = if all > 0 { Page::NothingFits } else { self.which.empty() }.text(language);
        let height = pen.height().saturating_sub(1);
        self.page = usize::from(height.saturating_sub(1)).max(1);
        let mut part = pen.part(Rect::new(0, 1, pen.width(), height));
        let mut open = self.open.take().filter(|_| self.shown().id().is_some());
        let (view, names) = self.shown_mut();
        match &mut open {
            Some(details) => view.draw_details(model, names, details, &mut part),
            None => view.draw_list(model, names, (empty, focused), &mut part),
        }
        self.open = open;
    }

    fn act(&mut self, action: Action, model: &Model, asks: &mut Asks) -> Handled {
        match action {
            Action::Left | Action::Right => self.turn(action == Action::Right, model, asks),
            Action::Up => self.scroll(-1),
            Action::Down => self.scroll(1),
            Action::PageUp => self.leap(-1),
            Action::PageDown => self.leap(1),
            Action::Top => self.leap(isize::MIN),
            Action::Bottom => self.leap(isize::MAX),
            Action::Open if self.open.is_some() => self.open = None,
            Action::Open if self.shown().id().is_some() => self.open = Some(Details::default()),
            Action::Escape if self.open.is_some() => self.open = None,
            Action::Filter => {
                self.open = None;
                self.typing = true;
            }
            Action::ClearFilter => self.set_filter(String::clear),
            Action::Sort => self.shown_mut().0.sort(false),
            Action::SortReverse => self.shown_mut().0.sort(true),
            Action::Copy => match self.shown().id() {
                Some(id) => asks.push(Ask::Copy(crate::text::clean::clean(&id).into_owned())),
                None => return Handled::No,
            },
            Action::Select => match self.shown().instrument() {
                Some(id) => asks.push(Ask::Select(id)),
                None => return Handled::No,
            },
            Action::Export => self.begin_export(model, asks),
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn why_not(&self, action: Action, model: &Model) -> Option<String> {
        let nothing = self.shown().counts().1 == 0;
        match action {
            Action::Export if nothing => Some(Page::NothingToExport.text(model.look.language).to_owned()),
            Action::Open | Action::Copy if nothing => Some(self.which.empty().text(model.look.language).to_owned()),
            _ => None,
        }
    }

    fn hints(&self, _: &Model, hints: &mut Vec<Action>) {
        match &self.open {
            Some(open) => {
                hints.extend([Action::Escape, Action::Copy, Action::Up, Action::Down]);
                if open.lines > open.height {
                    hints.push(Action::PageDown);
                }
            }
            None => {
                hints.extend([Action::Left, Action::Right, Action::Open, Action::Filter, Action::Sort, Action::Copy]);
                if !self.filter.is_empty() {
                    hints.push(Action::ClearFilter);
                }
            }
        }
    }

    fn takes_text(&self) -> bool {
        self.typing
    }

    fn type_key(&mut self, key: &KeyEvent, _: &Model, _: &mut Asks) -> Handled {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let plain = !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        match key.code {
            KeyCode::Esc | KeyCode::Enter => self.typing = false,
            KeyCode::Backspace => self.set_filter(|filter| {
                filter.pop();
            }),
            KeyCode::Char('u') if control => self.set_filter(String::clear),
            KeyCode::Char(letter) if plain && self.filter.chars().count() < FILTER_MAX => {
                self.set_filter(|filter| filter.push(letter));
            }
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn paste(&mut self, text: &str, _: &Model, _: &mut Asks) {
        let room = FILTER_MAX.saturating_sub(self.filter.chars().count());
        self.set_filter(|filter| filter.extend(text.chars().take(room)));
    }

    fn mouse(&mut self, mouse: &MouseEvent, area: Rect, _: &Model, _: &mut Asks) -> Handled {
        match mouse.kind {
            MouseEventKind::ScrollUp if self.open.is_some() => self.leap(-1),
            MouseEventKind::ScrollDown if self.open.is_some() => self.leap(1),
            MouseEventKind::ScrollUp => self.scroll(-3),
            MouseEventKind::ScrollDown => self.scroll(3),
            MouseEventKind::Down(MouseButton::Left) if self.open.is_none() => {
                // Above the rows stand the views and the names of the columns.
                let Some(line) = mouse.row.checked_sub(area.y + 2) else { return Handled::No };
                let (_, count, _) = self.shown().counts();
                let scroll = self.shown_mut().0.scroll();
                let Some(row) = scroll.row_at(line, count) else { return Handled::No };
                // A second click on the same row opens it.
                if std::mem::replace(&mut scroll.chosen, row) == row {
                    self.open = Some(Details::default());
                }
            }
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn told(&mut self, news: &News<'_>, model: &Model, asks: &mut Asks) {
        match news {
            News::Reset => {
                for which in Which::ALL {
                    let view = self.view(which);
                    if view.refresh().reset(model) {
                        view.forget();
                        self.open = None;
                    }
                }
            }
            News::Answer { tag, outcome } => self.take(*tag, *outcome, model),
            News::Changed(changed) => self.changed(changed, model),
            News::Second => self.end_export(model, asks),
        }
        self.ask(model, asks);
    }

    fn focus(&mut self, focused: bool, model: &Model, asks: &mut Asks) {
        self.typing = false;
        if focused {
            let which = self.which;
            self.view(which).refresh().seen(model);
            self.ask(model, asks);
        }
    }

    fn save(&self) -> toml::Table {
        let mut table = toml::Table::new();
        table.insert("view".into(), self.which.name().into());
        table
    }

    fn restore(&mut self, state: &toml::Table) {
        let name = state.get("view").and_then(toml::Value::as_str);
        let which = Which::ALL.into_iter().find(|which| Some(which.name()) == name);
        self.which = which.unwrap_or_default();
    }
}
