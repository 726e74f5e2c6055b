//! The thread that writes frames: one at a time, so that a terminal that takes nothing costs no memory and no waiting.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};

use super::tty::{Tty, Wrote};
use super::{ScreenError, TerminalEvent};

/// A frame larger than this is rare; its memory is not kept.
const KEPT_BYTES: usize = 256 * 1024;

pub(super) struct Writer {
    desk: Arc<Desk>,
    wake: UnixStream,
    thread: Option<JoinHandle<()>>,
}

struct Desk {
    state: Mutex<State>,
    changed: Condvar,
    written: AtomicU64,
}

#[derive(Default)]
struct State {
    frame: Option<Vec<u8>>,
    spare: Vec<u8>,
    is_busy: bool,
    /// Somebody came with a frame while it was busy.
    is_wanted: bool,
    is_lost: bool,
    is_closing: bool,
}

impl Desk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Writer {
    pub fn start(tty: Arc<Tty>, events: impl Fn(TerminalEvent) + Send + 'static) -> Result<Self, ScreenError> {
        let failed = || ScreenError::system("start the thread that writes to the terminal");
        let (wake, woken) = UnixStream::pair().map_err(failed())?;
        let desk = Arc::new(Desk { state: Mutex::default(), changed: Condvar::new(), written: AtomicU64::new(0) });
        let run = {
            let desk = Arc::clone(&desk);
            move || run(&desk, &tty, &woken, &events)
        };
        let thread = std::thread::Builder::new().name("terminal writer".into()).spawn(run).map_err(failed())?;
        Ok(Self { desk, wake, thread: Some(thread) })
    }

    /// An empty buffer for the next frame, or none while the last one is being written.
    pub fn spare(&self) -> Result<Option<Vec<u8>>, ScreenError> {
        let mut state = self.desk.state();
        if state.is_lost {
            return Err(ScreenError::Lost);
        }
        if state.is_busy {
            state.is_wanted = true;
            return Ok(None);
        }
        Ok(Some(std::mem::take(&mut state.spare)))
    }

    /// Gives a frame made in the spare buffer; an empty one only gives the buffer back.
    pub fn give(&self, frame: Vec<u8>) {
        let mut state = self.desk.state();
        if frame.is_empty() {
            state.spare = frame;
            return;
        }
        state.frame = Some(frame);
        state.is_busy = true;
        drop(state);
        self.desk.changed.notify_all();
    }

    /// Waits until the last frame is out; false when that takes longer.
    pub fn finish(&self, timeout: Duration) -> bool {
        let wait =
            self.desk.changed.wait_timeout_while(self.desk.state(), timeout, |state| state.is_busy && !state.is_lost);
        let (state, _) = wait.unwrap_or_else(PoisonError::into_inner);
        !state.is_busy
    }

    /// Throws away the rest of a frame whose terminal was given back.
    pub fn abandon(&self) {
        let _ = (&self.wake).write(&[0]);
    }

    pub fn bytes_written(&self) -> u64 {
        self.desk.written.load(Ordering::Relaxed)
    }
}

impl Drop for Writer {
    /// Ends the thread: the terminal was given back before, so it finds nothing more to write.
    fn drop(&mut self) {
        self.desk.state().is_closing = true;
        self.desk.changed.notify_all();
        self.abandon();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(desk: &Desk, tty: &Tty, woken: &UnixStream, events: &impl Fn(TerminalEvent)) {
    while let Some(mut frame) = next(desk) {
        let is_lost = !write(desk, tty, woken, &frame);
        frame.clear();
        frame.shrink_to(KEPT_BYTES);
        let mut state = desk.state();
        state.spare = frame;
        state.is_busy = false;
        state.is_lost |= is_lost;
        let is_wanted = std::mem::take(&mut state.is_wanted);
        drop(state);
        desk.changed.notify_all();
        if is_lost {
            events(TerminalEvent::Lost);
            return;
        }
        if is_wanted {
            events(TerminalEvent::Written);
        }
    }
}

/// The next frame; none at the end.
fn next(desk: &Desk) -> Option<Vec<u8>> {
    let mut state = desk.state();
    loop {
        if let Some(frame) = state.frame.take() {
            return Some(frame);
        }
        if state.is_closing {
            return None;
        }
        state = desk.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
}

/// Writes a frame, or as much as there is time for before the terminal is given back; false when it is gone.
fn write(desk: &Desk, tty: &Tty, mut woken: &UnixStream, frame: &[u8]) -> bool {
    let mut rest = frame;
    while !rest.is_empty() {
        match tty.write(rest) {
            Ok(Wrote::Some(0)) => {
                let mut fds = [PollFd::new(tty, PollFlags::OUT), PollFd::new(woken, PollFlags::IN)];
                if poll(&mut fds, None).is_err() {
                    continue;
                }
                if fds.get(1).is_some_and(|fd| !fd.revents().is_empty()) {
                    let _ = woken.read(&mut [0; 16]);
                }
            }
            Ok(Wrote::Some(count)) => {
                rest = rest.get(count..).unwrap_or_default();
                desk.written.fetch_add(count as u64, Ordering::Relaxed);
            }
            Ok(Wrote::NotOurs) => return true,
            Err(_) => return false,
        }
    }
    true
}
