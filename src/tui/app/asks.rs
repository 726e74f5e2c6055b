//! Carrying out what panes and overlays ask for.

use ratatui::layout::Rect;

use super::outbox::Outbox;
use super::{App, NOTICE_SHOWN, Pending, Reply};
use crate::config::UiSettings;
use crate::desk::protocol::Command;
use crate::market::{InstrumentId, Quantity};
use crate::text::screen::finder::Finder;
use crate::text::screen::frame::Frame;
use crate::tui::action::{Action, Context};
use crate::tui::model::Unarmed;
use crate::tui::overlay::{Overlay, QuestionBox};
use crate::tui::pane::{Ask, Asks, News, Notice, PaneKind, Purpose};
use crate::tui::terminal::Announcement;
use crate::tui::theme::Role;

impl<O: Outbox> App<O> {
    /// Does what was asked for, in order.
    pub(super) fn carry_out(&mut self, asks: Asks) {
        for ask in asks.0 {
            self.dirty = true;
            self.carry_out_one(ask);
        }
    }

    fn carry_out_one(&mut self, ask: Ask) {
        match ask {
            Ask::Send(command, purpose) => self.send(*command, Reply::For(purpose)),
            Ask::Trade(trade) => self.trade(trade),
            Ask::Select(id) => self.select(id),
            Ask::Focus(pane) => self.focus(pane),
            Ask::Ticket(start) => {
                let mut asks = Asks::default();
                if let Some(pane) = self.panes.iter_mut().find(|pane| pane.kind() == PaneKind::Ticket) {
                    pane.start(&start, &self.model, &mut asks);
                }
                self.carry_out(asks);
                self.focus(PaneKind::Ticket);
            }
            Ask::Act(action) => self.act(action),
            Ask::Command(words) => self.command(&words),
            Ask::Typed(line) => self.past.typed(line),
            Ask::Workspace(deed) => self.do_workspace(deed),
            Ask::Profile(name) => self.show_profile(name),
            Ask::Language(language) => self.show_language(language),
            Ask::Theme(theme) => self.show_theme(theme),
            Ask::Ask(question) => {
                let since = self.model.now.since_start;
                self.open(Box::new(QuestionBox::new(question, since)));
            }
            Ask::Say(notice) => self.tell(notice),
            Ask::Copy(text) => {
                self.announcements.push(Announcement::Copy(text));
                self.say(Role::Good, Frame::Copied);
            }
            Ask::Size(size) => self.model.trading.size = size,
            Ask::Bracket(name) => self.model.trading.bracket = name,
            Ask::Used => {
                let now = self.model.now.since_start;
                if let Some(armed) = &mut self.model.trading.armed {
                    armed.used = now;
                }
            }
            Ask::Disarm => self.disarm(None),
            Ask::Arm => self.arm(),
            Ask::Kill => self.kill(),
            Ask::Ui(ui) => self.set_ui(*ui),
            Ask::LookOnly(only) => self.look_only(only),
            Ask::Leave => self.ended = Some(super::Ended::Left),
            Ask::Keep => self.keep(),
        }
    }

    /// Other settings of the screen, for this run. The size in hand stays as it is.
    fn set_ui(&mut self, ui: UiSettings) {
        self.model.trading.sizes = ui.sizes.0.iter().filter_map(|size| Quantity::new(*size).ok()).collect();
        self.model.config.ui = ui;
    }

    /// A screen that only looks does not take the right to trade again by itself.
    fn look_only(&mut self, only: bool) {
        self.model.view_only = only;
        if only {
            self.disarm(None);
            self.send(Command::ReleaseTradingLock, Reply::For(Purpose::Deed));
        } else {
            self.perform(Action::TakeLock);
        }
    }

    /// Writes down what is to be kept; a folder that takes no file costs only the comfort.
    pub(super) fn keep(&mut self) {
        self.remember();
        if let Err(error) = self.memory.store() {
            tracing::warn!(%error, "the screen's layout could not be kept");
        }
    }

    /// Puts something over the panes.
    pub(super) fn open(&mut self, mut overlay: Box<dyn Overlay>) {
        let mut asks = Asks::default();
        overlay.opened(&self.past, &self.model, &mut asks);
        self.overlays.push(overlay);
        self.dirty = true;
        self.carry_out(asks);
    }

    /// An action that was asked for by its name and not by its key.
    fn act(&mut self, action: Action) {
        let now = self.model.now.since_start;
        let is_of_armed = action.entry().bindings.iter().any(|(context, _)| *context == Context::LadderArmed);
        match action {
            Action::Kill => self.kill_pressed(false, now),
            Action::Interrupt => self.interrupt(now),
            Action::Suspend => self.ended = Some(super::Ended::Suspend),
            _ if is_of_armed && !self.model.is_armed() => self.say(Role::Warning, Frame::PressToArm),
            _ => self.perform(action),
        }
    }

    /// A command in words: the pane that has the keys is asked first, then the chart.
    fn command(&mut self, words: &str) {
        let mut asks = Asks::default();
        let focused = self.focused();
        let answer = [focused, PaneKind::Chart].into_iter().find_map(|kind| {
            let pane = self.panes.iter_mut().find(|pane| pane.kind() == kind)?;
            pane.command(words, &self.model, &mut asks)
        });
        self.carry_out(asks);
        let (role, text) = match answer {
            Some(Ok(text)) if text.is_empty() => return,
            Some(Ok(text)) => (Role::Good, text),
            Some(Err(text)) => (Role::Error, text),
            None => {
                let unknown = Finder::NoCommand.text(self.model.look.language);
                (Role::Warning, format!("{unknown}: {words}"))
            }
        };
        self.tell(Notice { text, role });
    }

    /// A line for the person.
    pub(super) fn say(&mut self, role: Role, text: Frame) {
        let text = text.text(self.model.look.language).to_owned();
        self.tell(Notice { text, role });
    }

    /// A line for the person, in the footer and the log.
    pub(super) fn tell(&mut self, notice: Notice) {
        let now = self.model.now;
        self.model.activity.add(now.utc, "screen", notice.text.clone(), notice.role);
        self.show(notice);
    }

    /// A line for the person in the footer alone: the log has it from the desk.
    pub(super) fn show(&mut self, notice: Notice) {
        self.notice = Some((notice, self.model.now.since_start + NOTICE_SHOWN));
        self.dirty = true;
    }

    /// Sends a request. Without a desk it fails at once.
    pub(super) fn send(&mut self, command: Command, reply: Reply) {
        if !self.model.is_connected() {
            let lost = crate::desk::client::unanswered(&Command::Status, "not connected");
            self.answered(reply, &command, Err(lost));
            return;
        }
        let profile = Some(self.model.profile.clone());
        match self.outbox.send(self.epoch, profile, command.clone()) {
            Ok(id) => {
                let generation = self.model.selected.generation;
                self.pending.insert(id, Pending { reply, command, generation });
            }
            Err(busy) => {
                let kind = crate::desk::protocol::FailureKind::Unavailable;
                let failure = crate::desk::protocol::Failure::new(kind, "BUSY", busy.to_string()).retryable();
                self.answered(reply, &command, Err(Box::new(failure)));
            }
        }
    }

    /// Shows another instrument. Nothing of the one before stays.
    pub(super) fn select(&mut self, id: InstrumentId) {
        if self.model.selected.is(&id) {
            return;
        }
        self.disarm(None);
        self.past.selected(id);
        self.model.selected.replace(id);
        self.follow();
        let symbol = id.to_string();
        self.send(Command::Info { symbol: symbol.clone() }, Reply::Selected);
        self.send(Command::Trades { symbol, count: 300 }, Reply::Selected);
        self.tell_panes(&News::Reset);
        self.dirty = true;
    }

    /// Gives a pane the keys. The ladder does not stay armed behind another pane.
    pub(super) fn focus(&mut self, pane: PaneKind) {
        let before = self.focused();
        self.arrangement.focus(pane);
        self.focus_moved(before);
    }

    /// What follows when the keys went from one pane to another.
    pub(super) fn focus_moved(&mut self, before: PaneKind) {
        let after = self.focused();
        self.prefix = None;
        self.dirty = true;
        if before == after {
            return;
        }
        if before == PaneKind::Ladder && self.model.is_armed() {
            self.disarm(Some(Frame::FocusLost));
        }
        let mut asks = Asks::default();
        for pane in &mut self.panes {
            if pane.kind() == before {
                pane.focus(false, &self.model, &mut asks);
            }
            if pane.kind() == after {
                pane.focus(true, &self.model, &mut asks);
                pane.told(&News::Second, &self.model, &mut asks);
            }
        }
        self.carry_out(asks);
    }

    /// Disarms the ladder, with a word why.
    pub(super) fn disarm(&mut self, why: Option<Frame>) {
        if self.model.trading.armed.take().is_some() {
            self.dirty = true;
            if let Some(why) = why {
                self.say(Role::Warning, why);
            }
        }
    }

    /// Disarms a ladder that may not stay armed.
    pub(super) fn check_armed(&mut self) {
        let limit = std::time::Duration::from_secs(self.model.config.ui.disarm_seconds.into());
        if let Some(why) = self.model.must_disarm(limit) {
            self.disarm(Some(reason(why)));
        }
    }

    /// Tells every pane and overlay.
    pub(super) fn tell_panes(&mut self, news: &News<'_>) {
        let mut asks = Asks::default();
        for pane in &mut self.panes {
            pane.told(news, &self.model, &mut asks);
        }
        for overlay in &mut self.overlays {
            overlay.told(news, &self.model, &mut asks);
        }
        self.carry_out(asks);
    }

    /// Area between header and footer.
    pub(super) const fn body(screen: Rect) -> Rect {
        Rect { x: screen.x, y: screen.y + 1, width: screen.width, height: screen.height.saturating_sub(2) }
    }
}

/// Why the ladder is not armed, in words.
pub(super) const fn reason(why: Unarmed) -> Frame {
    match why {
        Unarmed::ViewOnly => Frame::NoRight,
        Unarmed::Disconnected => Frame::Disconnected,
        Unarmed::Stale(_) => Frame::Stale,
        Unarmed::Idle => Frame::Idle,
        Unarmed::Halted => Frame::DeskHalted,
    }
}
