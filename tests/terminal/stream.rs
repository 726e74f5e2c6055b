//! What comes from the program: a thread that reads and emulates, one that waits for its end, and everybody who waits
//! for either, woken with each piece.

use std::fmt::Write;
use std::io::Read;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

use super::screen::Screen;

/// Called at each new sight of the screen.
pub type Observer = Box<dyn FnMut(&Screen, Instant) + Send>;

/// A piece as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    pub at: Instant,
    pub offset: usize,
    pub length: usize,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit {
    /// Its status, when it ended by itself.
    pub status: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
}

struct State {
    screen: Screen,
    bytes: Vec<u8>,
    chunks: Vec<Chunk>,
    observer: Option<Observer>,
    reading: bool,
    closing: bool,
    output_ended: bool,
    stopped: bool,
    exit: Option<Exit>,
}

#[derive(Clone)]
pub struct Stream {
    shared: Arc<(Mutex<State>, Condvar)>,
}

impl Stream {
    pub fn follow(screen: Screen, reader: Box<dyn Read + Send>, pid: Pid) -> Self {
        let state = State {
            screen,
            bytes: Vec::new(),
            chunks: Vec::new(),
            observer: None,
            reading: true,
            closing: false,
            output_ended: false,
            stopped: false,
            exit: None,
        };
        let stream = Self { shared: Arc::new((Mutex::new(state), Condvar::new())) };
        let (reads, waits) = (stream.clone(), stream.clone());
        std::thread::spawn(move || reads.read(reader));
        std::thread::spawn(move || waits.watch(pid));
        stream
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A failed assertion inside a look leaves the state whole.
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_while(&self, timeout: Duration, mut waiting: impl FnMut(&mut State) -> bool) -> MutexGuard<'_, State> {
        let deadline = Instant::now() + timeout;
        let mut state = self.lock();
        while waiting(&mut state) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self.shared.1.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state
    }

    fn read(&self, mut reader: Box<dyn Read + Send>) {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            drop(self.readable());
            let count = reader.read(&mut buffer).unwrap_or(0);
            let mut guard = self.readable();
            let state = &mut *guard;
            if count == 0 {
                state.screen.show();
                state.output_ended = true;
                self.shared.1.notify_all();
                return;
            }
            let at = Instant::now();
            let piece = &buffer[..count];
            state.chunks.push(Chunk { at, offset: state.bytes.len(), length: count });
            state.bytes.extend_from_slice(piece);
            let observer = &mut state.observer;
            state.screen.take(piece, &mut |screen| {
                if let Some(observer) = observer {
                    observer(screen, at);
                }
            });
            self.shared.1.notify_all();
        }
    }

    /// Waits while reading is stopped.
    fn readable(&self) -> MutexGuard<'_, State> {
        let state = self.lock();
        let stopped = |state: &mut State| !state.reading && !state.closing;
        self.shared.1.wait_while(state, stopped).unwrap_or_else(PoisonError::into_inner)
    }

    fn watch(&self, pid: Pid) {
        let events = WaitIdOptions::EXITED | WaitIdOptions::STOPPED | WaitIdOptions::CONTINUED;
        loop {
            let event = waitid(WaitId::Pid(pid), events);
            let mut state = self.lock();
            match event {
                Err(rustix::io::Errno::INTR) | Ok(None) => {}
                Ok(Some(event)) if event.stopped() => state.stopped = true,
                Ok(Some(event)) if event.continued() => state.stopped = false,
                other => {
                    let event = other.ok().flatten();
                    let status = event.as_ref().and_then(|event| event.exit_status());
                    let signal = event.as_ref().and_then(|event| event.terminating_signal());
                    state.exit = Some(Exit { status, signal });
                }
            }
            self.shared.1.notify_all();
            if state.exit.is_some() {
                return;
            }
        }
    }

    pub fn look<T>(&self, look: impl FnOnce(&Screen) -> T) -> T {
        look(&self.lock().screen)
    }

    pub fn becomes(&self, timeout: Duration, mut wanted: impl FnMut(&Screen) -> bool) -> bool {
        let mut is = false;
        drop(self.wait_while(timeout, |state| {
            is = wanted(&state.screen);
            let is_over = state.output_ended && state.exit.is_some();
            !(is || is_over)
        }));
        is
    }

    pub fn wait_exit(&self, timeout: Duration) -> Option<Exit> {
        self.wait_while(timeout, |state| state.exit.is_none() || !state.output_ended).exit
    }

    pub fn wait_stopped(&self, stopped: bool, timeout: Duration) -> bool {
        self.wait_while(timeout, |state| state.stopped != stopped && state.exit.is_none()).stopped == stopped
    }

    pub fn exit(&self) -> Option<Exit> {
        self.lock().exit
    }

    pub fn set_reading(&self, reading: bool) {
        self.lock().reading = reading;
        self.shared.1.notify_all();
    }

    /// Reads to the end, whatever was said before, and waits a moment for that end.
    pub fn close(&self) {
        self.lock().closing = true;
        self.shared.1.notify_all();
        drop(self.wait_while(Duration::from_secs(5), |state| state.exit.is_none() || !state.output_ended));
    }

    pub fn resize(&self, rows: u16, columns: u16) {
        self.lock().screen.resize(rows, columns);
    }

    pub fn observe(&self, observer: Option<Observer>) {
        self.lock().observer = observer;
    }

    pub fn length(&self) -> usize {
        self.lock().bytes.len()
    }

    pub fn bytes(&self, from: usize) -> Vec<u8> {
        self.lock().bytes.get(from..).unwrap_or_default().to_vec()
    }

    pub fn chunks(&self) -> Vec<Chunk> {
        self.lock().chunks.clone()
    }

    /// The screen in a frame, for messages of failed tests.
    pub fn state(&self) -> String {
        let state = self.lock();
        let (rows, columns) = state.screen.size();
        let mut text = format!("{} bytes read, ended: {:?}\n", state.bytes.len(), state.exit);
        let edge = "─".repeat(usize::from(columns));
        let _ = writeln!(text, "┌{edge}┐ {columns}x{rows}");
        for row in state.screen.rows() {
            let _ = writeln!(text, "│{row}");
        }
        let _ = write!(text, "└{edge}┘");
        text
    }
}
