//! The terminal goes back however the program ends: by its own will, by a panic, by a signal.

use std::io::Write as _;
use std::panic::{self, PanicHookInfo};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::thread::{self, ThreadId};

use super::ScreenError;
use super::tty::Tty;

/// Panics of other threads that are told after the screen was closed; the log has all.
const TOLD_MAX: usize = 8;

static CURRENT: Mutex<Option<Current>> = Mutex::new(None);
static TOLD: Mutex<Vec<String>> = Mutex::new(Vec::new());
static HOOK: Once = Once::new();

/// The screen of this process.
#[derive(Clone)]
struct Current {
    tty: Arc<Tty>,
    owner: ThreadId,
}

fn current() -> MutexGuard<'static, Option<Current>> {
    CURRENT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// While it lives, whatever ends the process gives the terminal back; when it goes, so does the terminal.
pub(super) struct Held(Arc<Tty>);

impl Held {
    /// # Errors
    /// Another screen holds the terminal.
    pub fn new(tty: Arc<Tty>) -> Result<Self, ScreenError> {
        HOOK.call_once(install);
        let mut current = current();
        if current.is_some() {
            return Err(ScreenError::AlreadyOpen);
        }
        *current = Some(Current { tty: Arc::clone(&tty), owner: thread::current().id() });
        Ok(Self(tty))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.give_back();
        *current() = None;
        let told = std::mem::take(&mut *TOLD.lock().unwrap_or_else(PoisonError::into_inner));
        for text in told {
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }
}

/// Gives the terminal of this process's screen back, from any thread, as often as wanted.
pub(super) fn give_back() {
    let current = current().clone();
    if let Some(current) = current {
        current.tty.give_back();
    }
}

fn install() {
    let former = panic::take_hook();
    panic::set_hook(Box::new(move |info| panicked(info, &*former)));
}

/// The panic of the screen's thread, or of the main one, ends the screen: it goes first, and the message is read where
/// the prompt will be. Any other thread's is its owner's to deal with, and must not tear the frame.
fn panicked(info: &PanicHookInfo<'_>, former: &dyn Fn(&PanicHookInfo<'_>)) {
    let current = current().clone();
    let Some(current) = current else { return former(info) };
    let panicking = thread::current();
    let is_fatal = panicking.id() == current.owner || panicking.name() == Some("main");
    if is_fatal {
        current.tty.give_back();
    }
    let name = panicking.name().unwrap_or("without a name");
    let text = format!("thread '{name}': {info}");
    tracing::error!(target: "hoga::panic", "{text}");
    if is_fatal {
        return former(info);
    }
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    if told.len() < TOLD_MAX {
        told.push(crate::text::clean::clean(&text).into_owned());
    }
}
