//! What happened since the screen was left: how much of what kind, then every line, newest first.

use std::fmt::Write as _;

use crossterm::event::{KeyCode, KeyEvent, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use super::{Overlay, Stay};
use crate::desk::protocol::EventRecord;
use crate::market::arrange::Arrange;
use crate::text::Language;
use crate::text::clean::clean;
use crate::text::event::korean;
use crate::text::screen::away::{Away as Words, EventKind};
use crate::tui::action::Action;
use crate::tui::model::Model;
use crate::tui::pane::Asks;
use crate::tui::terminal::hangul::latin_keys;
use crate::tui::theme::Role;
use crate::tui::time;
use crate::tui::widget::{Align, Pen, cells};

/// Cells of a time and of a kind.
const TIME: u16 = 12;
const KIND: u16 = 14;

/// What happened while away.
#[must_use]
pub fn away(mut events: Vec<EventRecord>) -> Box<dyn Overlay> {
    for event in &mut events {
        event.text = clean(&event.text).into_owned();
    }
    events.arrange_by_key(|event| std::cmp::Reverse(event.time));
    let korean = events.iter().map(|event| korean(&event.kind, &event.text)).collect();
    Box::new(Away { events, korean, top: 0, height: 1 })
}

#[derive(Debug)]
struct Away {
    /// Newest first.
    events: Vec<EventRecord>,
    /// What each of them says in Korean, where its words have a fixed form.
    korean: Vec<Option<String>>,
    top: usize,
    height: usize,
}

const fn role(kind: EventKind) -> Role {
    match kind {
        EventKind::Kill | EventKind::Halt | EventKind::Difference | EventKind::Storage => Role::Error,
        EventKind::Refusal | EventKind::Stop | EventKind::Connection => Role::Warning,
        EventKind::Fill => Role::Good,
        EventKind::Alert | EventKind::Lock | EventKind::Notice => Role::Text,
    }
}

/// The kind of an event. A word that is new here is something else, and is not lost.
fn kind(event: &EventRecord) -> EventKind {
    match event.kind.as_str() {
        "kill" => EventKind::Kill,
        "halt" => EventKind::Halt,
        "fill" => EventKind::Fill,
        "stop" => EventKind::Stop,
        "refusal" => EventKind::Refusal,
        "difference" => EventKind::Difference,
        "connection" => EventKind::Connection,
        "alert" => EventKind::Alert,
        "storage" => EventKind::Storage,
        "lock" => EventKind::Lock,
        _ => EventKind::Notice,
    }
}

impl Away {
    fn scroll(&mut self, rows: isize) {
        let last = self.events.len().saturating_sub(self.height.max(1));
        self.top = self.top.saturating_add_signed(rows).min(last);
    }

    /// How much of each kind there was. Lines it took.
    fn draw_counts(&self, model: &Model, pen: &mut Pen<'_>) -> u16 {
        let (mut x, mut y) = (1, 0);
        let mut text = String::new();
        for known in EventKind::ALL {
            let count = self.events.iter().filter(|event| kind(event) == *known).count();
            if count == 0 {
                continue;
            }
            text.clear();
            // Writing into a string cannot fail.
            let _ = write!(text, "{} {count}", known.text(model.look.language));
            if x > 1 && x + cells(&text) > pen.width() {
                (x, y) = (1, y + 1);
            }
            let style = pen.style(role(*known));
            x += pen.text(x, y, &text, style) + 3;
        }
        y + 1
    }
}

impl Overlay for Away {
    fn size(&self, _: &Model, screen: (u16, u16)) -> (u16, u16) {
        let rows = u16::try_from(self.events.len()).unwrap_or(u16::MAX).saturating_add(7);
        (screen.0.saturating_sub(4).min(110), rows.min(screen.1.saturating_sub(4)))
    }

    fn title(&self, model: &Model) -> String {
        Words::Title.text(model.look.language).to_owned()
    }

    fn draw(&mut self, model: &Model, pen: &mut Pen<'_>) {
        let from = self.draw_counts(model, pen) + 1;
        let (width, height) = (pen.width(), pen.height());
        let lines = height.saturating_sub(from + 1);
        self.height = usize::from(lines);
        self.scroll(0);
        let frame = pen.style(Role::Frame);
        pen.rule(0, from - 1, width, model.look.glyphs.horizontal, frame);
        let (text, dim) = (pen.style(Role::Text), pen.style(Role::Dim));
        for ((event, korean), y) in self.events.iter().zip(&self.korean).skip(self.top).zip(from..from + lines) {
            pen.field(1, y, TIME - 1, &time::day_and_minute(event.time), Align::Left, dim);
            let style = pen.style(role(kind(event)));
            pen.field(1 + TIME, y, KIND - 1, kind(event).text(model.look.language), Align::Left, style);
            let mut x = 1 + TIME + KIND;
            let other = event.profile.as_ref().filter(|profile| **profile != model.profile);
            if let Some(profile) = other {
                x += pen.text(x, y, profile.as_str(), dim) + 1;
            }
            match model.look.language {
                Language::Ko => pen.text(x, y, korean.as_deref().unwrap_or(&event.text), text),
                Language::En => pen.text(x, y, &event.text, text),
            };
        }
        if height > from {
            let used = pen.text(1, height - 1, Words::Close.text(model.look.language), dim);
            if self.events.len() > self.height {
                let shown = (self.top + self.height).min(self.events.len());
                let place = format!("{}-{shown}/{}", self.top + 1, self.events.len());
                let room = width.saturating_sub(used + 3);
                pen.field(used + 2, height - 1, room, &place, Align::Right, dim);
            }
        }
    }

    fn key(&mut self, key: &KeyEvent, _: Option<Action>, _: &Model, _: &mut Asks) -> Stay {
        let page = isize::try_from(self.height).unwrap_or(1).max(1);
        let letter = match key.code {
            // A key of the Hangul layout is the Latin key under the same finger.
            KeyCode::Char(letter) => latin_keys(letter).and_then(|keys| keys.chars().next()).or(Some(letter)),
            _ => None,
        };
        match (key.code, letter) {
            (KeyCode::Esc | KeyCode::Enter, _) | (_, Some('q')) => return Stay::Close,
            (KeyCode::Up, _) | (_, Some('k')) => self.scroll(-1),
            (KeyCode::Down, _) | (_, Some('j')) => self.scroll(1),
            (KeyCode::PageUp, _) => self.scroll(-page),
            (KeyCode::PageDown, _) | (_, Some(' ')) => self.scroll(page),
            (KeyCode::Home, _) => self.scroll(isize::MIN),
            (KeyCode::End, _) => self.scroll(isize::MAX),
            _ => {}
        }
        Stay::Open
    }

    fn mouse(&mut self, mouse: &MouseEvent, _: Rect, _: &Model, _: &mut Asks) -> Stay {
        match mouse.kind {
            MouseEventKind::ScrollUp => self.scroll(-3),
            MouseEventKind::ScrollDown => self.scroll(3),
            _ => {}
        }
        Stay::Open
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyModifiers;
    use ratatui::buffer::Buffer;

    use super::*;
    use crate::config::Language;
    use crate::market::UtcTime;
    use crate::tui::model::fixture::empty;

    fn event(second: i64, kind: &str, text: &str) -> EventRecord {
        let time = UtcTime::from_millis(1_795_000_000_000 + second * 1_000);
        EventRecord { time, kind: kind.into(), profile: None, order_id: None, text: text.into() }
    }

    fn drawn(overlay: &mut dyn Overlay, language: Language, width: u16, height: u16) -> Vec<String> {
        let model = empty(language);
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        let (area, mut scratch) = (buffer.area, String::new());
        overlay.draw(&model, &mut Pen::new(&mut buffer, area, &model.look, &mut scratch));
        (0..height).map(|y| (0..width).map(|x| buffer[(x, y)].symbol()).collect()).collect()
    }

    fn some() -> Vec<EventRecord> {
        let mut events: Vec<_> = (0..40).map(|n| event(n, "fill", &format!("buy {n}"))).collect();
        events.push(event(100, "refusal", "MAX_ORDER \u{1b}[31mvalue"));
        events.push(event(90, "something_new", "who knows"));
        events.push(event(50, "connection", "feed is down"));
        events
    }

    #[test]
    fn counts_stand_above_and_the_newest_line_first() {
        let lines = drawn(&mut *away(some()), Language::En, 90, 20);
        for count in ["fills 40", "refusals 1", "connections 1", "other 1"] {
            assert!(lines[0].contains(count), "{count} in {}", lines[0]);
        }
        assert!(lines[2].contains("MAX_ORDER value"), "{}", lines[2]);
        assert!(lines[3].contains("who knows") && lines[4].contains("feed is down") && lines[5].contains("buy 39"));
        assert!(lines.iter().all(|line| !line.contains('\u{1b}')));
    }

    #[test]
    fn the_oldest_line_can_be_reached_and_nothing_lies_behind_it() {
        let mut overlay = away(some());
        let model = empty(Language::En);
        drawn(&mut *overlay, Language::En, 90, 20);
        let mut press = |code| {
            let key = KeyEvent::new(code, KeyModifiers::NONE);
            overlay.key(&key, None, &model, &mut Asks::default())
        };
        press(KeyCode::End);
        assert_eq!(press(KeyCode::Down), Stay::Open);
        for code in [KeyCode::Esc, KeyCode::Enter, KeyCode::Char('q'), KeyCode::Char('ㅂ')] {
            assert_eq!(press(code), Stay::Close, "{code:?}");
        }
        let lines = drawn(&mut *overlay, Language::En, 90, 20);
        assert!(lines[18].contains("buy 0"), "{lines:?}");
    }

    #[test]
    fn it_draws_at_any_size() {
        for language in [Language::Ko, Language::En] {
            let mut overlay = away(some());
            for width in (1..40).chain([76, 110]) {
                for height in (1..8).chain([20, 40]) {
                    drawn(&mut *overlay, language, width, height);
                }
            }
        }
    }
}
