//! The thread that reads keys: asleep until there are some, and awake to a terminal that is gone.

use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::parser::{Parsed, Parser};
use super::probe::AmbiguousWidth;
use super::tty::Tty;
use super::{ScreenError, TerminalEvent};

/// More keys than this in one read are a paste that the terminal did not mark as one.
const BURST_KEYS: usize = 16;

/// One read: what a terminal's input queue holds.
const READ_BYTES: usize = 4096;

pub(super) struct Input {
    /// Closed to end the thread.
    stop: Option<UnixStream>,
    thread: Option<JoinHandle<()>>,
}

/// Now, for the arrival of a key.
pub(super) fn now() -> Instant {
    Instant::now()
}

/// `1.5 s` as poll takes it.
pub(super) fn timespec(duration: Duration) -> Timespec {
    Timespec { tv_sec: duration.as_secs().try_into().unwrap_or(i64::MAX), tv_nsec: duration.subsec_nanos().into() }
}

impl Input {
    /// `early` are bytes that were read before, when the terminal was asked something; `width` takes an answer that
    /// comes late; an escape waits `escape_wait` for its rest.
    pub fn start(
        tty: Arc<Tty>,
        early: &[u8],
        escape_wait: Duration,
        width: Arc<AtomicU8>,
        events: impl Fn(TerminalEvent) + Send + 'static,
    ) -> Result<Self, ScreenError> {
        let failed = || ScreenError::system("start the thread that reads the terminal");
        let (stop, stopped) = UnixStream::pair().map_err(failed())?;
        let early = early.to_vec();
        let run = move || {
            let mut reading = Reading { parser: Parser::new(escape_wait), width, events };
            reading.take(&early);
            reading.run(&tty, &stopped);
        };
        let thread = std::thread::Builder::new().name("terminal input".into()).spawn(run).map_err(failed())?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Reading<F> {
    parser: Parser,
    width: Arc<AtomicU8>,
    events: F,
}

impl<F: Fn(TerminalEvent)> Reading<F> {
    fn run(&mut self, tty: &Tty, stopped: &UnixStream) {
        let mut buffer = [0; READ_BYTES];
        loop {
            let mut fds = [PollFd::new(tty, PollFlags::IN), PollFd::new(stopped, PollFlags::IN)];
            let timeout = self.parser.wait().map(timespec);
            match poll(&mut fds, timeout.as_ref()) {
                Ok(0) => {
                    self.parser.timed_out();
                    self.deliver();
                    continue;
                }
                Err(rustix::io::Errno::INTR) => continue,
                Ok(_) => {}
                Err(_) => return (self.events)(TerminalEvent::Lost),
            }
            if fds.get(1).is_some_and(|fd| !fd.revents().is_empty()) {
                return;
            }
            match tty.read(&mut buffer) {
                Ok(None) => {}
                Ok(Some(0)) | Err(_) => return (self.events)(TerminalEvent::Lost),
                Ok(Some(count)) => self.take(buffer.get(..count).unwrap_or_default()),
            }
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.parser.feed(bytes);
        self.deliver();
    }

    /// What one read brought, as of now.
    fn deliver(&mut self) {
        let at = now();
        let mut events = Vec::new();
        while let Some(parsed) = self.parser.next() {
            match parsed {
                Parsed::Event(event) => events.push(event),
                Parsed::CursorAt { column, .. } => {
                    self.width.store(AmbiguousWidth::of_column(column) as u8, Ordering::Relaxed);
                }
            }
        }
        for event in without_burst(events) {
            (self.events)(TerminalEvent::Input(event, at));
        }
    }
}

/// Nobody presses so many keys between two reads: their letters are a paste, the rest of them nothing.
fn without_burst(events: Vec<Event>) -> Vec<Event> {
    if events.iter().filter(|event| matches!(event, Event::Key(_))).count() <= BURST_KEYS {
        return events;
    }
    let mut text = String::new();
    let mut others = Vec::new();
    for event in events {
        match event {
            Event::Key(key) => match key.code {
                KeyCode::Char(c) if !key.modifiers.intersects(super::parser::COMMAND) => text.push(c),
                KeyCode::Enter => text.push('\n'),
                KeyCode::Tab => text.push('\t'),
                _ => {}
            },
            Event::Paste(pasted) => text.push_str(&pasted),
            Event::FocusGained | Event::FocusLost => others.push(event),
            _ => {}
        }
    }
    others.insert(0, Event::Paste(text));
    others
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::terminal::{PasteGuard, Take};

    const ESCAPE_WAIT: Duration = Duration::from_millis(15);

    fn read(bytes: &[u8]) -> Vec<Event> {
        let mut parser = Parser::new(ESCAPE_WAIT);
        parser.feed(bytes);
        let parsed = std::iter::from_fn(|| parser.next());
        without_burst(
            parsed.filter_map(|parsed| if let Parsed::Event(event) = parsed { Some(event) } else { None }).collect(),
        )
    }

    #[test]
    fn a_read_full_of_keys_is_a_paste() {
        assert_eq!(read(b"0123456789abcdef").len(), 16);
        assert_eq!(read(b"0123456789abcdef\rAX"), [Event::Paste("0123456789abcdef\nAX".into())]);
        let clicks = b"0123456789abcdefg\x1b[<0;3;4M\x0b\x1b[I";
        assert_eq!(read(clicks), [Event::Paste("0123456789abcdefg".into()), Event::FocusGained]);
    }

    /// Keys that would act, of bytes that come in packets of changing size, a millisecond apart.
    fn acting(bytes: &[u8], sizes: &[usize]) -> usize {
        let mut parser = Parser::new(ESCAPE_WAIT);
        let mut guard = PasteGuard::new();
        let mut at = now();
        let mut acting = 0;
        let mut rest = bytes;
        for size in sizes.iter().cycle() {
            let (packet, after) = rest.split_at((*size).min(rest.len()));
            parser.feed(packet);
            let parsed = std::iter::from_fn(|| parser.next());
            let events = parsed.filter_map(|one| if let Parsed::Event(event) = one { Some(event) } else { None });
            for event in without_burst(events.collect()) {
                acting += match event {
                    Event::Key(_) => usize::from(guard.key(at) == Take::Key),
                    Event::Mouse(_) => usize::from(guard.mouse(at) == Take::Key),
                    Event::Paste(_) => {
                        guard.pasted(at);
                        0
                    }
                    _ => 0,
                };
            }
            rest = after;
            at += Duration::from_millis(1);
            if rest.is_empty() {
                break;
            }
        }
        acting
    }

    /// Every key that trades, keys that confirm, clicks, and what looks like the paste's end.
    #[test]
    fn a_megabyte_of_paste_presses_no_key() {
        let line = b"bsAXxcm1\ry\r\x0b\x1a\x1b[<0;5;5M\x1b[201~b\ry\x1bOM\xe3\x85\xa0 ";
        let text: Vec<u8> = line.iter().copied().cycle().take(1 << 20).collect();
        let paste = [&b"\x1b[200~"[..], &text, b"\x1b[201~"].concat();
        for sizes in [&[4096][..], &[1, 7, 1024], &[17, 3, 16], &[6]] {
            assert_eq!(acting(&paste, sizes), 0, "{sizes:?}");
        }
        // Not marked as a paste: a read holds more than anybody types.
        assert_eq!(acting(&text, &[1024]), 0);
        assert_eq!(acting(&b"bsAXy\r".repeat(1_000), &[1]), 16, "where only time tells");
    }
}
