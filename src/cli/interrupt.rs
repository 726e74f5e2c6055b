//! Ctrl-C: ends the command with status 130, and says what stays as it is.

use std::sync::{Mutex, PoisonError};

/// Exit status of an interrupted command.
const STATUS: i32 = 130;

static NOTICE: Mutex<Option<String>> = Mutex::new(None);

/// What to say when the command is interrupted from now on.
pub fn set_notice(text: Option<String>) {
    *NOTICE.lock().unwrap_or_else(PoisonError::into_inner) = text;
}

/// Waits for Ctrl-C beside the command. Without the thread the signal still ends the process, only less politely.
pub fn listen() {
    let _ = std::thread::Builder::new().name("interrupt".into()).spawn(|| {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_io().build() else { return };
        if runtime.block_on(tokio::signal::ctrl_c()).is_ok() {
            let notice = NOTICE.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(notice) = notice {
                super::talk::line(&format!("\n{notice}"));
            }
            std::process::exit(STATUS);
        }
    });
}
