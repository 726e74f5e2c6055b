//! The screen of this process: it holds the terminal while it lives.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use ratatui::Terminal;
use ratatui::layout::Size;
use rustix::process::{getpgrp, getppid, getsid, kill_current_process_group};

use super::backend::{FrameBytes, SecondHalves, blank_commands};
use super::input::Input;
use super::probe::{self, AmbiguousWidth};
use super::restore::Held;
use super::signals::Signals;
use super::tty::Tty;
use super::writer::Writer;
use super::{Announcement, ScreenError, TerminalEvent, TerminalOptions};

/// Longest wait for the last frame, with what was copied or announced, before the terminal is given back.
const LAST_FRAME: Duration = Duration::from_millis(200);

const BEGIN_FRAME: &[u8] = b"\x1b[?2026h";
const END_FRAME: &[u8] = b"\x1b[?2026l";

/// Announcements that wait for a frame, in bytes; more than a terminal that is stuck for long would be told at once.
const ANNOUNCED_MAX: usize = 64 * 1024;

/// The terminal in raw mode with its alternate screen; given back by [`Screen::close`], when it is dropped, when its
/// thread or the main one panics, and before a signal ends the process.
pub struct Screen {
    // Dropped in this order: the terminal goes back first, then the threads find nothing to do.
    held: Option<Held>,
    input: Option<Input>,
    writer: Writer,
    signals: Signals,
    tty: Arc<Tty>,
    terminal: Terminal<FrameBytes>,
    halves: SecondHalves,
    announced: Vec<u8>,
    width: Arc<AtomicU8>,
    is_synchronized: bool,
    is_whole: bool,
    is_lost: bool,
}

impl Screen {
    /// Takes the terminal of standard output. `events` is called from other threads and must not wait: it sends on a
    /// channel that has room, or drops.
    ///
    /// # Errors
    /// Standard input or output is no terminal, `TERM` names one without a screen, a screen is open already, or the
    /// system refuses something; the terminal is as before then.
    pub fn open(
        options: &TerminalOptions,
        events: impl Fn(TerminalEvent) + Send + Clone + 'static,
    ) -> Result<Self, ScreenError> {
        let tty = Arc::new(Tty::open(options.mouse)?);
        let term = std::env::var_os("TERM").unwrap_or_default();
        if term.is_empty() || term == "dumb" {
            let term = if term.is_empty() { "not set".into() } else { term.to_string_lossy().into_owned() };
            return Err(ScreenError::DumbTerminal { term });
        }
        let signals = Signals::start(events.clone())?;
        let held = Held::new(Arc::clone(&tty))?;
        tty.take().map_err(ScreenError::system("set up the terminal"))?;
        let (answer, early) = if options.probe { probe::ask(&tty) } else { (AmbiguousWidth::Narrow, Vec::new()) };
        let width = Arc::new(AtomicU8::new(answer as u8));
        let writer = Writer::start(Arc::clone(&tty), events.clone())?;
        let input = Input::start(Arc::clone(&tty), &early, options.escape_wait, Arc::clone(&width), events)?;
        let Ok(terminal) = Terminal::new(FrameBytes::new(size_of(&tty)));
        Ok(Self {
            held: Some(held),
            input: Some(input),
            writer,
            signals,
            tty,
            terminal,
            halves: SecondHalves::default(),
            announced: Vec::new(),
            width,
            is_synchronized: options.synchronized,
            is_whole: true,
            is_lost: false,
        })
    }

    /// Columns and rows, at least 1 each.
    #[must_use]
    pub fn size(&self) -> (u16, u16) {
        self.tty.size()
    }

    /// How wide the terminal draws characters of ambiguous width, as far as it has said. An answer that was too slow
    /// for [`Screen::open`] counts from when it comes.
    #[must_use]
    pub fn ambiguous_width(&self) -> AmbiguousWidth {
        AmbiguousWidth::of_cells(self.width.load(Ordering::Relaxed))
    }

    /// Draws a frame and hands what changed to the writer, in one piece. False, without calling `draw`, while the
    /// terminal has not taken the frame before: [`TerminalEvent::Written`] tells when it has.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn draw(&mut self, draw: impl FnOnce(&mut ratatui::Frame<'_>)) -> Result<bool, ScreenError> {
        if self.is_lost || !self.tty.is_ours() {
            return Err(ScreenError::Lost);
        }
        let Some(mut out) = self.writer.spare()? else { return Ok(false) };
        if self.is_synchronized {
            out.extend_from_slice(BEGIN_FRAME);
        }
        let begun = out.len();
        let size = size_of(&self.tty);
        let backend = self.terminal.backend_mut();
        backend.out = out;
        backend.ambiguous_is_wide = self.width.load(Ordering::Relaxed) == AmbiguousWidth::Wide as u8;
        let is_resized = std::mem::replace(&mut backend.size, size) != size;
        // Ratatui clears by itself what has another size.
        if std::mem::take(&mut self.is_whole) && !is_resized {
            let Ok(()) = self.terminal.clear();
        }
        let halves = &mut self.halves;
        let Ok(_) = self.terminal.draw(|frame| {
            draw(frame);
            blank_commands(frame.buffer_mut());
            halves.mark(frame.buffer_mut());
        });
        let mut out = std::mem::take(&mut self.terminal.backend_mut().out);
        out.append(&mut self.announced);
        if out.len() == begun {
            out.clear();
        } else if self.is_synchronized {
            out.extend_from_slice(END_FRAME);
        }
        self.writer.give(out);
        Ok(true)
    }

    /// The next frame is drawn whole, for a terminal on which something else has written.
    pub const fn redraw_all(&mut self) {
        self.is_whole = true;
    }

    /// Says something beside the frame, with the next one. What a terminal that takes nothing for long should have
    /// been told is dropped.
    pub fn say(&mut self, announcement: &Announcement) {
        if self.announced.len() < ANNOUNCED_MAX {
            announcement.write(&mut self.announced);
        }
    }

    /// Stops the process as Ctrl-Z does elsewhere: the shell gets the terminal, and this returns when it is taken
    /// again. Only redraws where nobody could continue the process, as in a window without a shell.
    pub fn suspend(&mut self) {
        if !has_job_control() {
            self.redraw_all();
            return;
        }
        self.writer.finish(LAST_FRAME);
        self.signals.stop_with(|| {
            self.tty.give_back();
            self.writer.abandon();
            let _ = kill_current_process_group(rustix::process::Signal::STOP);
        });
        self.resume();
    }

    /// Takes the terminal again after something else had it.
    pub fn resume(&mut self) {
        self.is_lost |= self.tty.take().is_err();
        self.terminal.backend_mut().forget_cursor();
        self.redraw_all();
    }

    /// The program knows of the signal that is to end it and closes the screen when it is ready: the deadline of one
    /// second is off until the next such signal.
    pub fn take_signal(&self) {
        self.signals.take();
    }

    /// Bytes the terminal has taken for frames.
    #[must_use]
    pub fn bytes_written(&self) -> u64 {
        self.writer.bytes_written()
    }

    /// Gives the terminal back as it was found.
    pub fn close(self) {}
}

impl Drop for Screen {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.writer.finish(LAST_FRAME);
        }
        self.held = None;
        self.input = None;
    }
}

fn size_of(tty: &Tty) -> Size {
    let (width, height) = tty.size();
    Size { width, height }
}

/// Whether a shell made a group of its own for this process, and so can continue it. A group that is the session's
/// first, or whose parent is of another session, would stay stopped forever.
fn has_job_control() -> bool {
    let Ok(session) = getsid(None) else { return false };
    let parent = getppid().and_then(|parent| getsid(Some(parent)).ok());
    getpgrp() != session && parent == Some(session)
}
