//! What the system asks of a program with a screen, and the end of one that does not answer.

use std::ffi::c_int;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::{Handle, Signals as Iterator};

use super::{ScreenError, Signal, TerminalEvent, restore};

/// Time a program has to close its screen after a signal that ends it.
const GRACE: Duration = Duration::from_secs(1);

/// Signals whose default is to end or stop the process, which they do again once the screen is closed.
const WITH_DEFAULT: [c_int; 5] = [SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP];

/// Whether the defaults are in force; set by the first screen.
static NO_SCREEN: OnceLock<Arc<AtomicBool>> = OnceLock::new();

pub(super) struct Signals {
    shared: Arc<Shared>,
    handle: Handle,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// The terminating signal that nobody has answered yet.
    unanswered: Option<c_int>,
    is_closed: bool,
    is_stopping: bool,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.changed.notify_all();
    }
}

impl Signals {
    pub fn start(events: impl Fn(TerminalEvent) + Send + 'static) -> Result<Self, ScreenError> {
        let failed = || ScreenError::system("listen to signals");
        defaults_until_now().map_err(failed())?;
        let mut signals = Iterator::new(WITH_DEFAULT.into_iter().chain([SIGCONT, SIGWINCH])).map_err(failed())?;
        let handle = signals.handle();
        let shared = Arc::new(Shared::default());
        let mut started = Self { shared: Arc::clone(&shared), handle, threads: Vec::new() };
        let listen = {
            let shared = Arc::clone(&shared);
            move || {
                for number in signals.forever() {
                    came(&shared, number, &events);
                }
            }
        };
        for (name, run) in [
            ("signals", Box::new(listen) as Box<dyn FnOnce() + Send>),
            ("signal deadline", Box::new(move || deadline(&shared))),
        ] {
            started.threads.push(std::thread::Builder::new().name(name.into()).spawn(run).map_err(failed())?);
        }
        Ok(started)
    }

    /// The program knows of the signal that is to end it, and takes the time it needs.
    pub fn take(&self) {
        self.shared.change(|state| state.unanswered = None);
    }

    /// Runs `stop`, which stops the process, and returns when it goes on.
    pub fn stop_with(&self, stop: impl FnOnce()) {
        self.shared.change(|state| state.is_stopping = true);
        stop();
        // The signal takes effect when the system likes; the terminal is not taken again before it has.
        let wait = self.shared.changed.wait_timeout_while(self.shared.state(), GRACE, |state| state.is_stopping);
        wait.unwrap_or_else(PoisonError::into_inner).0.is_stopping = false;
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        if let Some(no_screen) = NO_SCREEN.get() {
            no_screen.store(true, Ordering::SeqCst);
        }
        self.shared.change(|state| state.is_closed = true);
        self.handle.close();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// Registered before everything else and once: a signal that comes while there is no screen does what it always does.
fn defaults_until_now() -> std::io::Result<()> {
    let no_screen = match NO_SCREEN.get() {
        Some(no_screen) => no_screen,
        None => {
            let no_screen = Arc::new(AtomicBool::new(true));
            for number in WITH_DEFAULT {
                signal_hook::flag::register_conditional_default(number, Arc::clone(&no_screen))?;
            }
            NO_SCREEN.get_or_init(|| no_screen)
        }
    };
    no_screen.store(false, Ordering::SeqCst);
    Ok(())
}

fn came(shared: &Shared, number: c_int, events: &impl Fn(TerminalEvent)) {
    let signal = match number {
        SIGTERM => Signal::Terminate,
        SIGHUP => Signal::Hangup,
        SIGINT => Signal::Interrupt,
        SIGQUIT => Signal::Quit,
        SIGTSTP => Signal::Suspend,
        SIGWINCH => Signal::Resize,
        _ => Signal::Continue,
    };
    if signal == Signal::Continue && shared.state().is_stopping {
        return shared.change(|state| state.is_stopping = false);
    }
    if signal.is_terminating() {
        shared.change(|state| state.unanswered = Some(number));
    }
    events(TerminalEvent::Signal(signal));
}

/// Ends the process for a program that hangs.
fn deadline(shared: &Shared) {
    let mut state = shared.state();
    while !state.is_closed {
        let Some(number) = state.unanswered else {
            state = shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        let waits = |state: &mut State| state.unanswered.is_some() && !state.is_closed;
        let wait = shared.changed.wait_timeout_while(state, GRACE, waits);
        let (after, timeout) = wait.unwrap_or_else(PoisonError::into_inner);
        state = after;
        if timeout.timed_out() {
            drop(state);
            restore::give_back();
            signal_hook::low_level::exit(128 + number);
        }
    }
}
