//! The screen as a state machine: input and the desk's words go in, requests and frames come out. It has no clock, no
//! terminal and no socket of its own, so that a test can drive it.

mod asks;
mod deeds;
mod desk;
mod footer;
mod guard;
mod header;
mod keys;
mod layout;
mod memory;
mod mouse;
mod outbox;
mod pace;
mod run;
#[cfg(test)]
mod tests;
mod trade;
mod view;
mod workspaces;

use std::collections::HashMap;
use std::time::Duration;

use ratatui::layout::Rect;

pub use memory::Memory;
pub use outbox::Outbox;
pub use run::{Ended, Start, run};

use self::guard::Guards;
use self::layout::Arrangement;
use super::action::{Key, Keymap};
use super::clock::Now;
use super::link::Epoch;
use super::model::Model;
use super::overlay::{Overlay, Past};
use super::pane::{Notice, Pane, PaneKind, Purpose};
use super::theme::GlyphSet;
use crate::desk::protocol::Command;
use crate::market::InstrumentId;

/// How long a notice stays in the footer.
const NOTICE_SHOWN: Duration = Duration::from_secs(6);

/// A request whose answer is out.
#[derive(Debug)]
struct Pending {
    reply: Reply,
    command: Command,
    generation: u32,
}

/// What an answer is for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reply {
    /// A pane's question or deed.
    For(Purpose),
    /// An order.
    Submit,
    /// A change or cancel of orders.
    Change,
    /// Part of getting to know the desk.
    Greeting,
    /// What the selected instrument is, and its prints so far.
    Selected,
    /// The kill switch.
    Kill,
}

/// The screen.
pub struct App<O: Outbox> {
    /// What is known.
    pub model: Model,
    /// The keys.
    pub keymap: Keymap,
    outbox: O,
    epoch: Epoch,
    pending: HashMap<u64, Pending>,
    panes: Vec<Box<dyn Pane>>,
    overlays: Vec<Box<dyn Overlay>>,
    /// Lines typed and instruments selected before.
    past: Past,
    arrangement: Arrangement,
    guards: Guards,
    prefix: Option<Key>,
    notice: Option<(Notice, Duration)>,
    /// Orders this screen asked for; part of their client ids.
    orders_made: u64,
    /// Number of the screen's process; part of client ids, so that two screens never share one.
    process: u32,
    /// Instruments whose quotes are followed.
    followed: Vec<InstrumentId>,
    /// The instrument whose book and prints are followed.
    followed_book: Option<InstrumentId>,
    memory: Memory,
    ended: Option<Ended>,
    /// Client ids of orders whose answers were lost with a connection.
    unknown: Vec<String>,
    asked_for_lock: bool,
    /// The watch list shown is nobody's choice.
    is_first_watch: bool,
    glyph_set: GlyphSet,
    screen: Rect,
    redraw: bool,
    dirty: bool,
    second: u64,
    bytes_before: u64,
    scratch: String,
    title: String,
    announcements: Vec<super::terminal::Announcement>,
}

impl<O: Outbox> App<O> {
    /// A screen that knows nothing yet.
    #[must_use]
    pub fn new(model: Model, keymap: Keymap, outbox: O, memory: Memory, process: u32, glyph_set: GlyphSet) -> Self {
        let mut panes = super::pane::all();
        for pane in &mut panes {
            if let Some(state) = memory.pane(pane.kind()) {
                pane.restore(state);
            }
        }
        let (own, wrong) = memory.workspaces().read();
        let arrangement = Arrangement::new(&memory, own);
        let mut asks = super::pane::Asks::default();
        if let Some(pane) = panes.iter_mut().find(|pane| pane.kind() == arrangement.focused()) {
            pane.focus(true, &model, &mut asks);
        }
        let mut app = Self {
            model,
            keymap,
            outbox,
            epoch: Epoch(0),
            pending: HashMap::new(),
            panes,
            overlays: Vec::new(),
            past: Past::default(),
            arrangement,
            guards: Guards::default(),
            prefix: None,
            notice: None,
            orders_made: 0,
            process,
            followed: Vec::new(),
            followed_book: None,
            memory,
            ended: None,
            unknown: Vec::new(),
            asked_for_lock: false,
            is_first_watch: false,
            glyph_set,
            screen: Rect::default(),
            redraw: false,
            dirty: true,
            second: 0,
            bytes_before: 0,
            scratch: String::new(),
            title: String::new(),
            announcements: Vec::new(),
        };
        app.carry_out(asks);
        app.tell_put_aside();
        app.tell_wrong_files(&wrong);
        app.note_own();
        app
    }

    /// Whether something changed since the last frame.
    #[must_use]
    pub const fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// A frame was drawn.
    pub const fn drawn(&mut self) {
        self.dirty = false;
    }

    /// Whether, and how, the screen is to end.
    #[must_use]
    pub const fn ended(&self) -> Option<&Ended> {
        self.ended.as_ref()
    }

    /// The pane that gets the keys.
    #[must_use]
    pub fn focused(&self) -> PaneKind {
        self.arrangement.focused()
    }

    /// The process was stopped and goes on.
    pub const fn resumed(&mut self) {
        self.ended = None;
        self.redraw = true;
        self.dirty = true;
    }

    /// The terminal draws symbols of ambiguous width over two cells: those that are never disputed are used instead.
    pub fn avoid_ambiguous_symbols(&mut self) {
        if self.glyph_set == GlyphSet::Full && self.model.config.ui.glyphs == crate::config::Glyphs::Auto {
            self.glyph_set = GlyphSet::Narrow;
            let look = &self.model.look;
            self.model.look = super::theme::Look::new(look.language, look.theme, look.depth, GlyphSet::Narrow);
        }
    }

    /// Whether the next frame is to be drawn whole.
    pub const fn take_redraw(&mut self) -> bool {
        std::mem::replace(&mut self.redraw, false)
    }

    /// How many bytes the terminal was sent so far.
    pub const fn note_bytes(&mut self, written: u64) {
        self.model.screen_bytes.0 = written;
    }

    /// The screen is left: what is to be there again next time is written down.
    pub fn leave_behind(&mut self) {
        let now = self.model.now.utc.to_string();
        self.memory.keep_word("left", &now);
        self.keep();
        self.outbox.close();
    }

    /// What the terminal is to be told beside the next frame.
    pub fn take_announcements(&mut self) -> Vec<super::terminal::Announcement> {
        std::mem::take(&mut self.announcements)
    }

    /// Gathers what is to be kept until the next run.
    fn remember(&mut self) {
        for pane in &self.panes {
            self.memory.keep(pane.kind(), pane.save());
        }
        self.arrangement.keep(&mut self.memory);
        self.memory.keep_selected(self.model.profile.as_str(), self.model.selected.id.as_ref());
    }

    /// Time has passed.
    pub fn tick(&mut self, now: Now) {
        self.model.now = now;
        let second = now.since_start.as_secs();
        if self.notice.as_ref().is_some_and(|(_, until)| now.since_start >= *until) {
            self.notice = None;
            self.dirty = true;
        }
        if second != self.second {
            self.second = second;
            // The clock in the header has changed at least.
            self.dirty = true;
            let written = self.model.screen_bytes.0;
            self.model.screen_bytes.1 = written - self.bytes_before.min(written);
            self.bytes_before = written;
            self.check_armed();
            self.tell_panes(&super::pane::News::Second);
        }
    }

    /// When [`Self::tick`] wants to be called next, on [`Now::since_start`].
    #[must_use]
    pub fn next_tick(&self) -> Duration {
        let second = Duration::from_secs(self.second + 1);
        self.notice.as_ref().map_or(second, |(_, until)| second.min(*until))
    }

    fn pane(&self, kind: PaneKind) -> Option<&dyn Pane> {
        self.panes.iter().find(|pane| pane.kind() == kind).map(AsRef::as_ref)
    }
}
