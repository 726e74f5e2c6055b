//! What waits for the screen's thread: input and signals in one lane, the desk's words in another. Input goes first.
//!
//! Whoever brings the desk's words waits while the lane is full, so that a screen that stands still holds the rest back at
//! the desk, which keeps only the newest state. Input never waits: of mouse moves only the last is kept.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crossterm::event::{Event, MouseEventKind};

use super::link::Said;
use super::terminal::TerminalEvent;

/// Most words of the desk that wait. A book of 20 levels a side is about 3 KB.
const SAID_MAX: usize = 256;
/// Most input that waits; a person types 20 keys a second.
const INPUT_MAX: usize = 65_536;

/// The two lanes.
#[derive(Debug, Default)]
pub struct Inbox {
    lanes: Mutex<Lanes>,
    filled: Condvar,
    emptied: Condvar,
}

#[derive(Debug, Default)]
struct Lanes {
    input: VecDeque<TerminalEvent>,
    said: VecDeque<Said>,
    closed: bool,
}

impl Inbox {
    fn lock(&self) -> MutexGuard<'_, Lanes> {
        // Both queues are whole after every statement.
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Input or a signal. Never waits.
    pub fn input(&self, event: TerminalEvent) {
        let mut lanes = self.lock();
        if is_move(&event) && lanes.input.back().is_some_and(is_move) {
            lanes.input.pop_back();
        }
        if lanes.input.len() < INPUT_MAX {
            lanes.input.push_back(event);
        }
        drop(lanes);
        self.filled.notify_one();
    }

    /// Words of the desk; waits while too many wait. Whether anybody still listens.
    pub fn say(&self, said: Said) -> bool {
        let mut lanes = self.lock();
        while lanes.said.len() >= SAID_MAX && !lanes.closed {
            lanes = self.emptied.wait(lanes).unwrap_or_else(PoisonError::into_inner);
        }
        if lanes.closed {
            return false;
        }
        lanes.said.push_back(said);
        drop(lanes);
        self.filled.notify_one();
        true
    }

    /// Waits until something is there, or until then.
    pub fn wait(&self, until: Option<Instant>) {
        let mut lanes = self.lock();
        while lanes.input.is_empty() && lanes.said.is_empty() {
            match until {
                None => lanes = self.filled.wait(lanes).unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return;
                    }
                    lanes = self.filled.wait_timeout(lanes, left).unwrap_or_else(PoisonError::into_inner).0;
                }
            }
        }
    }

    /// The oldest input.
    pub fn take_input(&self) -> Option<TerminalEvent> {
        self.lock().input.pop_front()
    }

    /// Moves what the desk said into `into`, all of it that waits.
    pub fn take_said(&self, into: &mut Vec<Said>) {
        let mut lanes = self.lock();
        into.extend(lanes.said.drain(..));
        drop(lanes);
        self.emptied.notify_all();
    }

    /// Nobody listens any more.
    pub fn close(&self) {
        self.lock().closed = true;
        self.emptied.notify_all();
    }
}

const fn is_move(event: &TerminalEvent) -> bool {
    match event {
        TerminalEvent::Input(Event::Mouse(mouse), _) => {
            matches!(mouse.kind, MouseEventKind::Moved | MouseEventKind::Drag(_))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyModifiers, MouseEvent};

    use super::*;

    fn moved(column: u16) -> TerminalEvent {
        let mouse = MouseEvent { kind: MouseEventKind::Moved, column, row: 0, modifiers: KeyModifiers::NONE };
        TerminalEvent::Input(Event::Mouse(mouse), Instant::now())
    }

    #[test]
    fn a_storm_of_mouse_reports_is_one_move() {
        let inbox = Inbox::default();
        for column in 0..10_000 {
            inbox.input(moved(column));
        }
        let last = inbox.take_input().unwrap();
        assert!(matches!(last, TerminalEvent::Input(Event::Mouse(mouse), _) if mouse.column == 9_999));
        assert!(inbox.take_input().is_none());
    }

    #[test]
    fn the_desk_waits_for_a_screen_that_stands_still_and_goes_on_when_it_closes() {
        let inbox = Inbox::default();
        for _ in 0..SAID_MAX {
            assert!(inbox.say(Said::Closed));
        }
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| inbox.say(Said::Closed));
            inbox.close();
            assert!(!waiting.join().unwrap());
        });
    }
}
