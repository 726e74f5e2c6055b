//! The settings: what is in force, where it came from, and what of it can be changed while the screen runs.

mod change;
mod item;
mod list;
mod typed;

use crossterm::event::{KeyEvent, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use self::item::{Item, LimitRow, Opened, limit_rows};
use self::list::Line;
use self::typed::Typing;
use super::{Ask, Asks, Handled, News, Pane, PaneKind};
use crate::config::{Notifications, RiskLimits, UiSettings};
use crate::desk::protocol::{Command, Response};
use crate::text::screen::settings::Settings as Texts;
use crate::tui::action::{Action, Context};
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::widget::{Pen, Scroll};

/// Tag of the question for the limits.
const SHOW: u32 = 0;
/// Tag of a change of a limit.
const SET: u32 = 1;
/// The limits are asked for again after so many seconds in sight: somebody else may change them.
const AGAIN: u64 = 5;
/// Most characters of a value.
const VALUE_MAX: usize = 400;

/// The limits, as the desk said.
#[derive(Debug)]
struct Limits {
    record: RiskLimits,
    rows: Vec<LimitRow>,
}

/// Comforts changed in an earlier run, with what the config said then: a config that was changed since wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kept {
    bell: bool,
    notifications: Notifications,
    over: (bool, Notifications),
}

/// The settings page.
#[derive(Debug, Default)]
pub struct Settings {
    opened: Option<Opened>,
    /// The screen's settings as they were last seen.
    now: Option<UiSettings>,
    kept: Option<Kept>,
    limits: Option<Limits>,
    asked: bool,
    drawn: bool,
    lines: Vec<Line>,
    scroll: Scroll,
    typing: Option<Typing>,
    value: String,
}

impl Settings {
    /// Brings the lines in line with the model.
    fn settle(&mut self, model: &Model) {
        if self.opened.is_none() {
            let (language, ui) = (model.look.language, model.config.ui.clone());
            self.opened = Some(Opened { language, ui, view_only: model.view_only });
        }
        if self.now.as_ref() != Some(&model.config.ui) {
            self.now = Some(model.config.ui.clone());
        }
        list::lines(&mut self.lines, self.limits.is_some());
        self.choose(self.scroll.chosen, true);
    }

    fn chosen(&self) -> Option<Item> {
        match self.lines.get(self.scroll.chosen) {
            Some(Line::Item(item)) => Some(*item),
            _ => None,
        }
    }

    /// Chooses a line, or the next one that is a setting; backwards where there is none further on.
    fn choose(&mut self, line: usize, forward: bool) {
        let is_item = |at: &usize| matches!(self.lines.get(*at), Some(Line::Item(_)));
        let line = line.min(self.lines.len().saturating_sub(1));
        let after = || (line..self.lines.len()).find(is_item);
        let before = || (0..=line).rev().find(is_item);
        let found = if forward { after().or_else(before) } else { before().or_else(after) };
        self.scroll.chosen = found.unwrap_or(0);
    }

    fn ask(&mut self, model: &Model, asks: &mut Asks) {
        if !self.asked && model.is_connected() {
            self.asked = true;
            asks.question(PaneKind::Settings, SHOW, Command::RiskShow);
        }
    }

    fn begin(&mut self, item: Item, model: &Model) {
        let rows = self.limits.as_ref().map(|limits| limits.rows.as_slice());
        self.typing = Some(Typing::new(item, model.profile.clone(), &model.config.ui, rows));
    }

    fn answered(
        &mut self,
        tag: u32,
        outcome: Result<&Response, &crate::desk::protocol::Failure>,
        model: &Model,
        asks: &mut Asks,
    ) {
        match (tag, outcome) {
            (SHOW, outcome) => {
                self.asked = false;
                if let Ok(Response::Risk(record)) = outcome
                    && record.profile == model.profile.as_str()
                {
                    let rows = limit_rows(model, &record.limits);
                    self.limits = Some(Limits { record: record.limits.clone(), rows });
                }
            }
            (_, Ok(_)) => {
                asks.say(Role::Good, Texts::LimitChanged.text(model.look.language));
                self.asked = false;
                self.ask(model, asks);
            }
            (_, Err(failure)) => asks.say(Role::Error, crate::tui::said::failure_line(&model.look, failure)),
        }
    }

    /// What an earlier run kept is in force again, unless the config says something else since.
    fn bring_back(&mut self, model: &Model, asks: &mut Asks) {
        let Some(kept) = self.kept.take() else { return };
        let ui = &model.config.ui;
        if kept.over == (ui.bell, ui.notifications) {
            let ui = UiSettings { bell: kept.bell, notifications: kept.notifications, ..ui.clone() };
            asks.push(Ask::Ui(Box::new(ui)));
        }
    }
}

impl Pane for Settings {
    fn kind(&self) -> PaneKind {
        PaneKind::Settings
    }

    fn title(&self, model: &Model, title: &mut String) {
        title.push_str(PaneKind::Settings.label().text(model.look.language));
    }

    fn note(&self, _: &Model, note: &mut String) {
        note.push_str(self.chosen().map_or("", Item::key));
    }

    fn contexts(&self, _: &Model) -> &'static [Context] {
        if self.typing.is_some() { &[Context::Form] } else { &[] }
    }

    fn draw(&mut self, model: &Model, focused: bool, pen: &mut Pen<'_>) {
        self.drawn = true;
        self.settle(model);
        self.draw_list(model, focused, pen);
    }

    fn act(&mut self, action: Action, model: &Model, asks: &mut Asks) -> Handled {
        self.settle(model);
        let chosen = self.scroll.chosen;
        match action {
            Action::Submit if self.typing.is_some() => self.take_typed(model, asks),
            Action::Escape if self.typing.is_some() => self.typing = None,
            Action::NextField | Action::PreviousField if self.typing.is_some() => {}
            Action::Up if chosen == 0 => {}
            Action::Up => self.choose(chosen - 1, false),
            Action::Down => self.choose(chosen + 1, true),
            Action::PageUp => self.choose(chosen.saturating_sub(10), false),
            Action::PageDown => self.choose(chosen + 10, true),
            Action::Top => self.choose(0, true),
            Action::Bottom => self.choose(usize::MAX, false),
            Action::Left | Action::Right => self.step(action == Action::Right, model, asks),
            Action::Open | Action::Edit => match self.chosen() {
                Some(item) if item.is_typed() => self.begin(item, model),
                Some(_) => self.step(true, model, asks),
                None => {}
            },
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn why_not(&self, action: Action, model: &Model) -> Option<String> {
        if !matches!(action, Action::Left | Action::Right | Action::Open | Action::Edit) {
            return None;
        }
        let item = self.chosen().filter(|item| self.is_fixed(*item, model))?;
        Some(format!("{} {}", Texts::OnlyFile.text(model.look.language), item.key()))
    }

    fn hints(&self, _: &Model, hints: &mut Vec<Action>) {
        if self.typing.is_some() {
            hints.extend([Action::Submit, Action::Escape]);
        } else {
            hints.push(Action::Edit);
        }
    }

    fn takes_text(&self) -> bool {
        self.typing.is_some()
    }

    fn type_key(&mut self, key: &KeyEvent, _: &Model, _: &mut Asks) -> Handled {
        let Some(typing) = &mut self.typing else { return Handled::No };
        if !typing.entry.edit(key, VALUE_MAX) {
            return Handled::No;
        }
        typing.wrong = None;
        Handled::Yes
    }

    fn paste(&mut self, text: &str, _: &Model, _: &mut Asks) {
        if let Some(typing) = &mut self.typing {
            typing.entry.insert(text, VALUE_MAX);
        }
    }

    fn mouse(&mut self, mouse: &MouseEvent, area: Rect, model: &Model, _: &mut Asks) -> Handled {
        self.settle(model);
        match mouse.kind {
            // A value that is typed stays in its row.
            _ if self.typing.is_some() => return Handled::No,
            MouseEventKind::Down(_) => {
                let line = mouse.row.saturating_sub(area.y);
                match self.scroll.row_at(line, self.lines.len()) {
                    Some(line) if matches!(self.lines.get(line), Some(Line::Item(_))) => self.choose(line, true),
                    _ => return Handled::No,
                }
            }
            MouseEventKind::ScrollUp => self.choose(self.scroll.chosen.saturating_sub(1), false),
            MouseEventKind::ScrollDown => self.choose(self.scroll.chosen + 1, true),
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn told(&mut self, news: &News<'_>, model: &Model, asks: &mut Asks) {
        self.settle(model);
        match news {
            News::Reset => {
                self.asked = false;
                self.limits = None;
                // A value that was begun for one profile is not taken for another.
                self.typing.take_if(|typing| typing.profile != model.profile);
                self.bring_back(model, asks);
                if self.drawn {
                    self.ask(model, asks);
                }
            }
            News::Second => {
                let due = self.limits.is_none() || model.now.since_start.as_secs().is_multiple_of(AGAIN);
                if std::mem::take(&mut self.drawn) && due {
                    self.ask(model, asks);
                }
            }
            News::Answer { tag, outcome } => self.answered(*tag, *outcome, model, asks),
            News::Changed(_) => {}
        }
    }

    fn focus(&mut self, focused: bool, model: &Model, asks: &mut Asks) {
        if focused {
            self.ask(model, asks);
        } else {
            self.typing = None;
        }
    }

    fn save(&self) -> toml::Table {
        let mut table = toml::Table::new();
        let (Some(now), Some(opened)) = (&self.now, &self.opened) else { return table };
        let (is, was) = ((now.bell, now.notifications), (opened.ui.bell, opened.ui.notifications));
        table.insert("changed".into(), (is != was).into());
        table.insert("bell".into(), is.0.into());
        table.insert("notifications".into(), is.1.as_str().into());
        table.insert("over_bell".into(), was.0.into());
        table.insert("over_notifications".into(), was.1.as_str().into());
        table
    }

    fn restore(&mut self, state: &toml::Table) {
        let switch = |key: &str| state.get(key).and_then(toml::Value::as_bool);
        let word = |key: &str| {
            let word = state.get(key)?.as_str()?;
            Notifications::ALL.iter().copied().find(|known| known.as_str() == word)
        };
        let kept = || {
            let over = (switch("over_bell")?, word("over_notifications")?);
            Some(Kept { bell: switch("bell")?, notifications: word("notifications")?, over })
        };
        self.kept = if switch("changed") == Some(true) { kept() } else { None };
    }
}

#[cfg(test)]
mod tests;
