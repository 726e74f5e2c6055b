//! What happened: events of the desk and notices of the screen, newest last. The same thing again is counted, not listed.

use std::collections::VecDeque;

use crate::desk::protocol::EventRecord;
use crate::market::UtcTime;
use crate::tui::theme::Role;

/// Most lines kept.
const LINES_MAX: usize = 1_000;

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When it happened first.
    pub time: UtcTime,
    /// When it happened last.
    pub last: UtcTime,
    /// One word: as of an event; `screen` for notices of this screen.
    pub kind: String,
    /// What happened.
    pub text: String,
    /// How often in a row.
    pub count: u32,
    /// How it is drawn.
    pub role: Role,
}

/// The log.
#[derive(Debug, Default)]
pub struct Activity {
    lines: VecDeque<Line>,
}

impl Activity {
    /// Adds a line, or counts the last one again when it says the same.
    pub fn add(&mut self, time: UtcTime, kind: &str, text: String, role: Role) {
        if let Some(last) = self.lines.back_mut()
            && last.kind == kind
            && last.text == text
        {
            last.count += 1;
            last.last = time;
            return;
        }
        if self.lines.len() >= LINES_MAX {
            self.lines.pop_front();
        }
        self.lines.push_back(Line { time, last: time, kind: kind.to_owned(), text, count: 1, role });
    }

    /// Adds an event of the desk.
    pub fn add_event(&mut self, event: &EventRecord) {
        let role = match event.kind.as_str() {
            "halt" | "kill" | "difference" | "storage" => Role::Error,
            "refusal" | "stop" | "alert" | "lock" => Role::Warning,
            "fill" => Role::Good,
            _ => Role::Text,
        };
        self.add(event.time, &event.kind, event.text.clone(), role);
    }

    /// Replaces the lines by events that happened before this screen came.
    pub fn put_earlier(&mut self, events: &[EventRecord]) {
        let own = std::mem::take(&mut self.lines);
        for event in events {
            self.add_event(event);
        }
        let last = events.last().map(|event| event.time);
        for line in own.into_iter().filter(|line| line.kind == "screen" || last.is_none_or(|last| line.time > last)) {
            self.lines.push_back(line);
        }
    }

    /// Lines, oldest first.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = &Line> + ExactSizeIterator {
        self.lines.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_notice_again_is_counted() {
        let mut activity = Activity::default();
        for second in 0..5 {
            activity.add(UtcTime::from_millis(second * 1_000), "connection", "feed is down".into(), Role::Warning);
        }
        activity.add(UtcTime::from_millis(9_000), "connection", "feed is up".into(), Role::Text);
        let lines: Vec<_> = activity.lines().collect();
        assert_eq!(lines.len(), 2);
        assert_eq!((lines[0].count, lines[0].last), (5, UtcTime::from_millis(4_000)));
    }
}
