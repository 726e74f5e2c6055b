//! The loop: waits until something happens, takes in everything that waits, draws once.

use std::sync::Arc;
use std::time::Duration;

use super::pace::Pace;
use super::{App, Memory};
use crate::tui::action::Keymap;
use crate::tui::clock::Clock;
use crate::tui::inbox::Inbox;
use crate::tui::link::{Dial, Link, Said};
use crate::tui::model::Model;
use crate::tui::terminal::{AmbiguousWidth, Screen, ScreenError, Signal, TerminalEvent, TerminalOptions};
use crate::tui::theme::GlyphSet;

/// How the screen ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The person left.
    Left,
    /// The system asked.
    Signal(Signal),
    /// It is only to stop for a while.
    Suspend,
    /// The terminal is gone.
    TerminalLost,
}

/// What a screen starts with.
#[derive(Debug)]
pub struct Start {
    /// What is known before the desk says anything.
    pub model: Model,
    /// The keys.
    pub keymap: Keymap,
    /// What was kept.
    pub memory: Memory,
    /// The way to the desk.
    pub dial: Dial,
    /// The terminal.
    pub terminal: TerminalOptions,
    /// Most frames a second.
    pub fps: u32,
    /// Number of this process.
    pub process: u32,
    /// Symbols the terminal can show.
    pub glyphs: GlyphSet,
    /// The clock the model's first moment was read from.
    pub clock: Clock,
}

/// Runs the screen until it ends.
///
/// # Errors
/// There is no terminal to run on, or the system gives no thread.
pub fn run(start: Start) -> Result<Ended, ScreenError> {
    let Start { model, keymap, memory, dial, terminal, fps, process, glyphs, clock } = start;
    let inbox = Arc::new(Inbox::default());
    let to_inbox = inbox.clone();
    let mut screen = Screen::open(&terminal, move |event| to_inbox.input(event))?;
    let link =
        Link::open(dial, inbox.clone()).map_err(|source| ScreenError::System { what: "start a thread", source })?;
    let app = App::new(model, keymap, link, memory, process, glyphs);
    let mut turning = Turning { app, clock, pace: Pace::new(fps), held: false, said: Vec::new() };
    let ended = turning.turn_until_end(&inbox, &mut screen);
    inbox.close();
    turning.app.leave_behind();
    screen.close();
    Ok(ended)
}

struct Turning {
    app: App<Link>,
    clock: Clock,
    pace: Pace,
    /// The terminal has not taken the frame before.
    held: bool,
    said: Vec<Said>,
}

impl Turning {
    fn turn_until_end(&mut self, inbox: &Inbox, screen: &mut Screen) -> Ended {
        loop {
            self.app.tick(self.clock.now());
            if self.app.is_dirty()
                && !self.held
                && self.pace.is_due(self.clock.now().since_start)
                && self.draw(screen).is_err()
            {
                return Ended::TerminalLost;
            }
            inbox.wait(Some(self.clock.instant(self.next_wake())));
            self.app.tick(self.clock.now());
            let pressed = self.take_input(inbox, screen);
            inbox.take_said(&mut self.said);
            for said in self.said.drain(..) {
                self.app.on_said(said);
            }
            match self.app.ended().copied() {
                Some(Ended::Suspend) => {
                    screen.suspend();
                    self.app.resumed();
                }
                Some(ended) => {
                    if matches!(ended, Ended::Signal(_)) {
                        screen.take_signal();
                    }
                    return ended;
                }
                None => {}
            }
            // What a key did is shown at once; data waits for its turn.
            if pressed {
                self.pace.pressed();
            } else if self.app.is_dirty() {
                self.pace.heard(self.clock.now().since_start);
            }
        }
    }

    /// Takes in the input that waits. Whether a person did something.
    fn take_input(&mut self, inbox: &Inbox, screen: &mut Screen) -> bool {
        let mut pressed = false;
        while let Some(event) = inbox.take_input() {
            match &event {
                TerminalEvent::Written => self.held = false,
                TerminalEvent::Signal(Signal::Continue) => screen.resume(),
                TerminalEvent::Input(..) => pressed = true,
                _ => {}
            }
            let clock = self.clock;
            self.app.on_terminal(event, |at| clock.since_start(at));
            // Who left does not press the keys that were typed ahead.
            if self.app.ended().is_some() {
                break;
            }
        }
        pressed
    }

    fn next_wake(&self) -> Duration {
        let tick = self.app.next_tick();
        match self.pace.due() {
            Some(due) if self.app.is_dirty() && !self.held => tick.min(due),
            _ => tick,
        }
    }

    fn draw(&mut self, screen: &mut Screen) -> Result<(), ScreenError> {
        if self.app.take_redraw() {
            screen.redraw_all();
        }
        for announcement in self.app.take_announcements() {
            screen.say(&announcement);
        }
        self.app.note_bytes(screen.bytes_written());
        if screen.ambiguous_width() == AmbiguousWidth::Wide {
            self.app.avoid_ambiguous_symbols();
        }
        if screen.draw(|frame| self.app.draw(frame))? {
            self.app.drawn();
            self.pace.drew(self.clock.now().since_start);
        } else {
            self.held = true;
        }
        Ok(())
    }
}
