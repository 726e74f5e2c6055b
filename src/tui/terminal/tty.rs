//! The terminal device: opened anew, so that what is set on it is set for nobody else, and given back as it was found.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::termios::{self, OptionalActions, QueueSelector, Termios};

use super::ScreenError;

/// Longest wait for a terminal that takes nothing, while it is given back.
const STUCK: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };

/// Width and height where the terminal does not tell.
const USUAL_SIZE: (u16, u16) = (80, 24);

/// Presses, drags and the wheel, in the encoding without a limit of 223 columns.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1002h\x1b[?1006h";

/// Alternate screen, no cursor, pastes marked as such.
const TAKE: &str = "\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[m\x1b[2J\x1b[H";

/// Everything that may be on, off; what was on last goes first. The end of a synchronised frame comes before all, as a
/// terminal that waits for it shows nothing.
const GIVE_BACK: &str =
    "\x1b[?2026l\x1b[?1006l\x1b[?1003l\x1b[?1002l\x1b[?1000l\x1b[?1004l\x1b[?2004l\x1b[m\x1b[?1049l\x1b[?25h";

/// Cancels a sequence that was cut in the middle.
const CANCEL: &str = "\x18\x1b\\";

pub(super) struct Tty {
    fd: OwnedFd,
    found: Termios,
    mouse: bool,
    hold: Mutex<Hold>,
}

/// Who has the terminal. Its lock is held over every write, so that nothing is written after it was given back.
#[derive(Default)]
struct Hold {
    is_ours: bool,
    /// Whether the last write ended within a frame.
    is_cut: bool,
}

/// What became of a write.
pub(super) enum Wrote {
    /// So many bytes; none when the terminal takes nothing now.
    Some(usize),
    /// The terminal is not ours.
    NotOurs,
}

impl Tty {
    /// The terminal of standard output.
    pub fn open(mouse: bool) -> Result<Self, ScreenError> {
        let stdout = io::stdout();
        for (stream, is_terminal) in
            [("standard input", termios::isatty(io::stdin())), ("standard output", termios::isatty(&stdout))]
        {
            if !is_terminal {
                return Err(ScreenError::NoTerminal { stream });
            }
        }
        let name = termios::ttyname(&stdout, Vec::new()).ok().and_then(|name| name.into_string().ok());
        let named = name.map(PathBuf::from).ok_or(rustix::io::Errno::NODEV).and_then(open_device);
        let fd = named
            .or_else(|_| open_device("/dev/tty".into()))
            .map_err(io::Error::from)
            .map_err(ScreenError::system("open the terminal"))?;
        let found = termios::tcgetattr(&fd)
            .map_err(io::Error::from)
            .map_err(ScreenError::system("ask the terminal for its settings"))?;
        Ok(Self { fd, found, mouse, hold: Mutex::default() })
    }

    fn hold(&self) -> MutexGuard<'_, Hold> {
        self.hold.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Raw mode and the screen's own modes. In the background this stops the process until it is in front again.
    pub fn take(&self) -> io::Result<()> {
        let mut hold = self.hold();
        let mut raw = self.found.clone();
        raw.make_raw();
        termios::tcsetattr(&self.fd, OptionalActions::Now, &raw)?;
        *hold = Hold { is_ours: true, is_cut: false };
        self.push(TAKE.as_bytes());
        if self.mouse {
            self.push(MOUSE_ON.as_bytes());
        }
        Ok(())
    }

    /// Whether it was taken and not given back.
    pub fn is_ours(&self) -> bool {
        self.hold().is_ours
    }

    /// The terminal as it was found. What cannot be written to it in time is thrown away, errors too: a terminal that
    /// is gone needs nothing back. Does nothing when it was given back already.
    pub fn give_back(&self) {
        let mut hold = self.hold();
        if !hold.is_ours {
            return;
        }
        hold.is_ours = false;
        // A shell in front of us has its own settings in force, and changing them would stop this process.
        let in_front = termios::tcgetpgrp(&self.fd).map_or(true, |group| group == rustix::process::getpgrp());
        if !in_front {
            return;
        }
        if hold.is_cut {
            self.push(CANCEL.as_bytes());
        }
        self.push(GIVE_BACK.as_bytes());
        // Typed or pasted ahead for the screen, it must not run in the shell.
        let _ = termios::tcflush(&self.fd, QueueSelector::IFlush);
        let _ = termios::tcsetattr(&self.fd, OptionalActions::Now, &self.found);
    }

    /// Writes all, unless the terminal takes nothing for a while; what waits in it is then thrown away first.
    fn push(&self, mut bytes: &[u8]) {
        let mut thrown_away = false;
        while !bytes.is_empty() {
            match rustix::io::write(&self.fd, bytes) {
                Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
                Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::AGAIN) => {
                    if self.wait(PollFlags::OUT, Some(&STUCK)).is_ok_and(|ready| ready) {
                        continue;
                    }
                    if thrown_away {
                        return;
                    }
                    thrown_away = true;
                    let _ = termios::tcflush(&self.fd, QueueSelector::OFlush);
                }
                Err(_) => return,
            }
        }
    }

    /// One write of what the terminal takes without waiting; `is_last` when nothing of the frame is left then.
    pub fn write(&self, bytes: &[u8]) -> io::Result<Wrote> {
        let mut hold = self.hold();
        if !hold.is_ours {
            return Ok(Wrote::NotOurs);
        }
        match rustix::io::write(&self.fd, bytes) {
            Ok(count) => {
                hold.is_cut = count < bytes.len();
                Ok(Wrote::Some(count))
            }
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => Ok(Wrote::Some(0)),
            Err(error) => Err(error.into()),
        }
    }

    /// What there is to read: nothing now (`None`), the end (`Some(0)`), or so many bytes.
    pub fn read(&self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        match rustix::io::read(&self.fd, buffer) {
            Ok(count) => Ok(Some(count)),
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Waits until the terminal is ready for `what`, or has gone; false when it was not in time.
    pub fn wait(&self, what: PollFlags, timeout: Option<&Timespec>) -> io::Result<bool> {
        let mut fds = [PollFd::new(&self.fd, what)];
        match poll(&mut fds, timeout) {
            Ok(count) => Ok(count > 0),
            Err(rustix::io::Errno::INTR) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// Columns and rows.
    pub fn size(&self) -> (u16, u16) {
        match termios::tcgetwinsize(&self.fd) {
            Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col, size.ws_row),
            _ => USUAL_SIZE,
        }
    }
}

impl AsFd for Tty {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

fn open_device(path: PathBuf) -> rustix::io::Result<OwnedFd> {
    rustix::fs::open(&path, OFlags::RDWR | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())
}
