//! Secrets that a person types: nothing of them is shown, and the terminal is given back whatever ends the question.

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};

use super::context::Context;
use super::{interrupt, talk};
use crate::secrets::SecretText;
use crate::text::Say;

const CONTROL_C: u8 = 0x03;

/// Asks for a secret on the terminal; `None` where there is nobody to ask, or who is asked gives up.
pub fn ask(context: &Context, question: &Say<'_>) -> Option<SecretText> {
    if !io::stderr().is_terminal() {
        return None;
    }
    let keyboard = OpenOptions::new().read(true).write(true).open("/dev/tty").ok()?;
    let stopped = Arc::new(AtomicBool::new(false));
    let typed = {
        let quiet = Quiet::new(keyboard).ok()?;
        let input = Keyboard { keyboard: quiet.keyboard.try_clone().ok()?, stopped: stopped.clone() };
        talk::question(&question.text(context.language));
        let config = rpassword::ConfigBuilder::new().input_reader(input).output_discard().password_feedback_hide();
        rpassword::read_password_with_config(config.build())
    };
    talk::line("");
    // Only now, with the terminal as it was.
    if stopped.load(Ordering::SeqCst) {
        interrupt::interrupted();
    }
    typed.ok().map(SecretText::new)
}

/// The keys as they come. Ctrl-C ends the question here, not the process: that would leave the terminal silent.
struct Keyboard {
    keyboard: File,
    stopped: Arc<AtomicBool>,
}

impl Read for Keyboard {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.keyboard.read(buffer)?;
        // Half a passphrase is none: a terminal that goes away ends the question too.
        if count == 0 || buffer.iter().take(count).any(|byte| *byte == CONTROL_C) {
            self.stopped.store(true, Ordering::SeqCst);
            return Err(io::Error::other("interrupted"));
        }
        Ok(count)
    }
}

/// A terminal that shows nothing and gives every key at once, until this goes.
struct Quiet {
    keyboard: File,
    before: Termios,
}

impl Quiet {
    fn new(keyboard: File) -> io::Result<Self> {
        let before = tcgetattr(&keyboard)?;
        let mut silent = before.clone();
        silent.local_modes -= LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG;
        silent.special_codes[SpecialCodeIndex::VMIN] = 1;
        silent.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(&keyboard, OptionalActions::Now, &silent)?;
        Ok(Self { keyboard, before })
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        let _ = tcsetattr(&self.keyboard, OptionalActions::Now, &self.before);
    }
}
