//! Between the screen and the terminal it is shown in: modes, frames, keys, signals.
//!
//! The thread that draws never waits for the terminal: frames go out on a writer thread that holds one at a time, keys
//! come in on another that sleeps until there are some, and whatever ends the program gives the terminal back first.

mod announcement;
mod backend;
pub mod hangul;
mod input;
mod parser;
pub mod paste;
mod pen;
mod probe;
mod restore;
mod screen;
mod signals;
mod tty;
mod writer;

use std::io;
use std::time::{Duration, Instant};

pub use announcement::Announcement;
pub use paste::{PasteGuard, Take};
pub use probe::AmbiguousWidth;
pub use screen::Screen;

/// What the terminal can do and what it is told to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalOptions {
    /// Whether clicks, drags and the wheel are reported.
    pub mouse: bool,
    /// Whether each frame is marked as one, for terminals that then show it whole (DEC mode 2026).
    pub synchronized: bool,
    /// Whether the terminal is asked how wide it draws characters of ambiguous width. One that never answers costs a
    /// tenth of a second.
    pub probe: bool,
    /// How long an escape waits for the rest of its sequence before it is the Esc key. A rest that comes later presses
    /// no key.
    pub escape_wait: Duration,
}

/// What comes from the terminal.
#[derive(Debug, Clone)]
pub enum TerminalEvent {
    /// A key, a paste, the mouse or the focus, with its arrival. A change of size is [`Signal::Resize`] instead.
    Input(crossterm::event::Event, Instant),
    /// The writer is free again, after [`Screen::draw`] was refused because it was not.
    Written,
    /// What the system asks.
    Signal(Signal),
    /// Nothing comes from the terminal any more, and nothing reaches it.
    Lost,
}

/// What the system asks. The first four are to end the program: a screen that is neither closed nor says that it
/// knows ([`Screen::take_signal`]) within a second is closed and the process ended with 128 and the signal's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGTERM.
    Terminate,
    /// SIGHUP: the terminal or the connection to it is gone.
    Hangup,
    /// SIGINT from outside; Ctrl-C is a key.
    Interrupt,
    /// SIGQUIT from outside.
    Quit,
    /// SIGTSTP from outside: to be answered by [`Screen::suspend`].
    Suspend,
    /// SIGCONT after a stop that was not [`Screen::suspend`]'s: to be answered by [`Screen::resume`].
    Continue,
    /// SIGWINCH: [`Screen::size`] has the new size, and the next frame is drawn whole.
    Resize,
}

impl Signal {
    /// Its number, as POSIX numbers them; 0 for those that do not end a program.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Hangup => 1,
            Self::Interrupt => 2,
            Self::Quit => 3,
            Self::Terminate => 15,
            Self::Suspend | Self::Continue | Self::Resize => 0,
        }
    }

    /// Whether it is to end the program.
    #[must_use]
    pub const fn is_terminating(self) -> bool {
        matches!(self, Self::Terminate | Self::Hangup | Self::Interrupt | Self::Quit)
    }
}

/// Why there is no screen.
#[derive(Debug, thiserror::Error)]
pub enum ScreenError {
    /// Input or output is a pipe or a file.
    #[error(
        "{stream} is no terminal: run hoga in a terminal window, or use its commands (`hoga help`), which work in pipes"
    )]
    NoTerminal {
        /// `standard input` or `standard output`.
        stream: &'static str,
    },
    /// The terminal cannot move its cursor.
    #[error(
        "TERM is {term}, a terminal without a screen: set TERM to what your terminal is (such as xterm-256color), or \
         use the commands of hoga (`hoga help`)"
    )]
    DumbTerminal {
        /// The value of `TERM`.
        term: String,
    },
    /// A screen is open in this process already.
    #[error("this process has a screen already")]
    AlreadyOpen,
    /// The terminal cannot be opened or set up.
    #[error("cannot {what}: {source}")]
    System {
        /// What was tried.
        what: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// The terminal is gone.
    #[error("the terminal is gone")]
    Lost,
}

impl ScreenError {
    pub(crate) fn system(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { what, source }
    }
}
