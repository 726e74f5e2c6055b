//! From a key to an action.

use std::time::Instant;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::guard::Refused;
use super::outbox::Outbox;
use super::{App, Ended};
use crate::text::screen::frame::Frame;
use crate::tui::action::{Action, Context, Key, Looked};
use crate::tui::overlay::Stay;
use crate::tui::pane::{Asks, Handled, PaneKind};
use crate::tui::terminal::paste::field_text;
use crate::tui::terminal::{Signal, TerminalEvent, hangul};
use crate::tui::theme::Role;

impl<O: Outbox> App<O> {
    /// Takes what came from the terminal.
    pub fn on_terminal(&mut self, event: TerminalEvent, since_start: impl Fn(Instant) -> std::time::Duration) {
        match event {
            TerminalEvent::Input(Event::Key(key), at) => self.on_key(&key, at, since_start(at)),
            TerminalEvent::Input(Event::Paste(text), at) => {
                self.guards.pasted(at);
                self.on_paste(&text);
            }
            TerminalEvent::Input(Event::Mouse(mouse), at) => {
                if self.guards.mouse(at) {
                    self.on_mouse(&mouse, since_start(at));
                }
            }
            TerminalEvent::Input(..) | TerminalEvent::Written => {}
            TerminalEvent::Signal(Signal::Resize | Signal::Continue) => self.dirty = true,
            TerminalEvent::Signal(signal) if signal.is_terminating() => self.ended = Some(Ended::Signal(signal)),
            TerminalEvent::Signal(_) => self.ended = Some(Ended::Suspend),
            TerminalEvent::Lost => self.ended = Some(Ended::TerminalLost),
        }
    }

    fn on_paste(&mut self, text: &str) {
        let text = field_text(text);
        let mut asks = Asks::default();
        let focused = self.focused();
        if let Some(overlay) = self.overlays.last_mut().filter(|overlay| !overlay.lets_keys_through()) {
            overlay.paste(&text, &self.model, &mut asks);
        } else if let Some(pane) = self.panes.iter_mut().find(|pane| pane.kind() == focused && pane.takes_text()) {
            pane.paste(&text, &self.model, &mut asks);
        } else {
            self.say(Role::Warning, Frame::Pasted);
        }
        self.dirty = true;
        self.carry_out(asks);
    }

    fn on_key(&mut self, event: &KeyEvent, at: Instant, since_start: std::time::Duration) {
        if event.kind == KeyEventKind::Release {
            return;
        }
        if !self.guards.key(at) {
            if self.notice.is_none() {
                self.say(Role::Warning, Frame::Pasted);
            }
            return;
        }
        self.dirty = true;
        let key = Key::of(event);
        let mut refused = self.guards.press(key, since_start);
        if event.kind == KeyEventKind::Repeat {
            refused = Some(Refused::Held);
        }
        match self.keymap.look(&[Context::Global], &[key]) {
            Looked::Action(Action::Kill) => return self.kill_pressed(event.kind == KeyEventKind::Repeat, since_start),
            Looked::Action(Action::Interrupt) => return self.interrupt(since_start),
            Looked::Action(Action::Suspend) => {
                self.ended = Some(Ended::Suspend);
                return;
            }
            _ => {}
        }
        if !self.overlays.is_empty() && self.key_to_overlay(event, key, refused) {
            return;
        }
        if self.key_as_text(event) {
            return;
        }
        let letters = match event.code {
            KeyCode::Char(letter) if !key.control && !key.alt => hangul::latin_keys(letter),
            _ => None,
        };
        match letters {
            // A key of the Hangul layout is the Latin key under the same finger.
            Some(letters) => {
                for letter in letters.chars() {
                    self.press(Key::plain(KeyCode::Char(letter)), refused);
                }
            }
            None => self.press(key, refused),
        }
    }

    /// Whether an overlay took the key.
    fn key_to_overlay(&mut self, event: &KeyEvent, key: Key, refused: Option<Refused>) -> bool {
        let Some(overlay) = self.overlays.last_mut() else { return false };
        let key = match event.code {
            KeyCode::Char(letter) if overlay.contexts().contains(&Context::Question) => {
                let letters = hangul::latin_keys(letter);
                let only = letters.as_deref().and_then(|text| text.chars().next());
                only.map_or(key, |letter| Key::plain(KeyCode::Char(letter)))
            }
            _ => key,
        };
        let action = match self.keymap.look(overlay.contexts(), &[key]) {
            // A yes that is held, or pasted, is none.
            Looked::Action(action) if action.trades() && refused.is_some() => None,
            Looked::Action(action) => Some(action),
            _ => None,
        };
        if overlay.lets_keys_through() && action.is_none() && event.code != KeyCode::Esc {
            return false;
        }
        if refused.is_some() && key.code == KeyCode::Char('y') && overlay.contexts().contains(&Context::Question) {
            return true;
        }
        let mut asks = Asks::default();
        if overlay.key(event, action, &self.model, &mut asks) == Stay::Close {
            self.overlays.pop();
        }
        self.carry_out(asks);
        true
    }

    /// Whether the key was text for the focused pane.
    fn key_as_text(&mut self, event: &KeyEvent) -> bool {
        let focused = self.focused();
        let Some(pane) = self.panes.iter_mut().find(|pane| pane.kind() == focused && pane.takes_text()) else {
            return false;
        };
        let mut asks = Asks::default();
        let handled = pane.type_key(event, &self.model, &mut asks);
        self.carry_out(asks);
        let plain = !event.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        let is_letter = matches!(event.code, KeyCode::Char(_)) && plain;
        handled == Handled::Yes || is_letter
    }

    /// Looks a key up and does what it asks for.
    fn press(&mut self, key: Key, refused: Option<Refused>) {
        let contexts = self.contexts();
        let before = self.prefix.take();
        let looked = match before {
            Some(first) => match self.keymap.look(&contexts, &[first, key]) {
                // The second key stands for itself when the two are no chord.
                Looked::Nothing => self.keymap.look(&contexts, &[key]),
                looked => looked,
            },
            None => self.keymap.look(&contexts, &[key]),
        };
        match looked {
            Looked::Prefix => self.prefix = Some(key),
            // A key that would trade if the ladder were armed says so.
            Looked::Nothing
                if self.focused() == PaneKind::Ladder
                    && matches!(self.keymap.look(&[Context::LadderArmed], &[key]), Looked::Action(_)) =>
            {
                self.say(Role::Warning, Frame::PressToArm);
            }
            Looked::Nothing => {}
            Looked::Action(action) => match refused {
                Some(refused) if self.would_trade(action) => {
                    let why = if refused == Refused::Held { Frame::KeyHeld } else { Frame::Pasted };
                    self.say(Role::Warning, why);
                }
                _ => self.perform(action),
            },
        }
    }

    /// Whether an action would send something, or make keys send.
    fn would_trade(&self, action: Action) -> bool {
        match action {
            Action::Arm => !self.model.is_armed(),
            Action::Submit => self.pane(self.focused()).is_none_or(|pane| pane.sends_on_submit()),
            action => action.trades(),
        }
    }

    /// Contexts of the focused pane, the most specific first.
    pub(super) fn contexts(&self) -> Vec<Context> {
        let own = self.pane(self.focused()).map(|pane| pane.contexts(&self.model)).unwrap_or_default();
        own.iter().copied().chain([Context::Global]).collect()
    }

    /// Does what an action asks for: the focused pane first, then the screen.
    pub(super) fn perform(&mut self, action: Action) {
        self.dirty = true;
        let mut asks = Asks::default();
        let focused = self.focused();
        let pane = self.panes.iter_mut().find(|pane| pane.kind() == focused);
        let handled = pane.map_or(Handled::No, |pane| pane.act(action, &self.model, &mut asks));
        self.carry_out(asks);
        if handled == Handled::No {
            self.do_deed(action);
        }
    }

    /// Closes what is open (a form that is filled in too) or disarms; where there is nothing of that, or at the second
    /// press, it leaves. What lets keys through, such as the tour, is in nobody's way and does not count as open. It
    /// never cancels an order.
    pub(super) fn interrupt(&mut self, since_start: std::time::Duration) {
        let open = self.overlays.iter().rposition(|overlay| !overlay.lets_keys_through());
        if self.guards.interrupt(since_start) {
            self.ended = Some(Ended::Left);
        } else if let Some(open) = open {
            self.overlays.remove(open);
            self.dirty = true;
        } else if self.model.is_armed() {
            self.disarm(Some(Frame::Disarmed));
        } else if self.is_filled_in() {
            self.dirty = true;
            let escape = KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE);
            if !self.key_as_text(&escape) {
                self.press(Key::of(&escape), None);
            }
        } else {
            self.leave();
        }
    }

    /// Whether what is typed goes into a field of the focused pane.
    fn is_filled_in(&self) -> bool {
        self.contexts().contains(&Context::Form) || self.pane(self.focused()).is_some_and(|pane| pane.takes_text())
    }
}
