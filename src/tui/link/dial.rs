//! Making the connection: to the desk that runs, or to one that is started.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::Thread;
use std::time::Duration;

use crate::desk::client::{Caller, Client, StartPlan};
use crate::desk::protocol::Failure;

/// Between two attempts.
const AGAIN_AFTER: Duration = Duration::from_millis(500);

/// Whom to connect to, and as whom.
#[derive(Debug, Clone)]
pub struct Dial {
    /// Where the desk may listen, likeliest first.
    pub sockets: Vec<PathBuf>,
    /// Who the screen is.
    pub caller: Caller,
    /// How to start a desk; `None` when only a running one will do.
    pub plan: Option<StartPlan>,
}

impl Dial {
    /// One attempt.
    ///
    /// # Errors
    /// As [`Client::connect_or_start`].
    pub(super) fn connect(&self) -> Result<Client, Box<Failure>> {
        match &self.plan {
            Some(plan) => Client::connect_or_start(&self.sockets, &self.caller, plan),
            None => Client::connect(&self.sockets, &self.caller),
        }
    }
}

/// Tells the thread that dials to stop.
#[derive(Debug, Default)]
pub(super) struct Stop {
    set: AtomicBool,
    thread: Mutex<Option<Thread>>,
}

impl Stop {
    pub(super) fn wakes(&self, thread: Thread) {
        *self.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
    }

    pub(super) fn is_set(&self) -> bool {
        self.set.load(Ordering::Acquire)
    }

    pub(super) fn set(&self) {
        self.set.store(true, Ordering::Release);
        if let Some(thread) = &*self.thread.lock().unwrap_or_else(PoisonError::into_inner) {
            thread.unpark();
        }
    }

    /// Waits before the next attempt, or until told to stop.
    pub(super) fn wait(&self) {
        if !self.is_set() {
            std::thread::park_timeout(AGAIN_AFTER);
        }
    }
}
