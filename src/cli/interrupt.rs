//! Ctrl-C: ends the command with status 130, and says what stays as it is.

use std::io;
use std::sync::{Mutex, PoisonError};

use tokio::io::Interest;
use tokio::net::unix::pipe;

/// Exit status of an interrupted command.
const STATUS: i32 = 130;

static NOTICE: Mutex<Option<String>> = Mutex::new(None);

/// What to say when the command is interrupted from now on.
pub fn set_notice(text: Option<String>) {
    *NOTICE.lock().unwrap_or_else(PoisonError::into_inner) = text;
}

/// Waits for Ctrl-C beside the command, and where it may be silent for long, for its reader to go away. Without the
/// thread the signal still ends the process, only less politely.
pub fn listen(is_endless: bool) {
    let _ = std::thread::Builder::new().name("interrupt".into()).spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_io().build() else { return };
        runtime.block_on(async {
            tokio::select! {
                biased;
                Ok(()) = tokio::signal::ctrl_c() => interrupted(),
                Ok(()) = reader_gone(), if is_endless => std::process::exit(0),
                else => {}
            }
        });
    });
}

/// Ends the command as Ctrl-C does.
pub fn interrupted() {
    let notice = NOTICE.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(notice) = notice {
        super::talk::line(&format!("\n{notice}"));
    }
    std::process::exit(STATUS);
}

/// Ends when nobody reads standard output any more: a write would find out, but there may be none for hours. An error
/// when it is no pipe.
async fn reader_gone() -> io::Result<()> {
    // Opened anew: what is set on this end must not be set on the one that data is written to.
    let stdout = pipe::OpenOptions::new().open_sender("/proc/self/fd/1")?;
    stdout.ready(Interest::ERROR).await.map(drop)
}
