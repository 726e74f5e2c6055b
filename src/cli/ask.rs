//! Questions before money moves. Enter answers no; without a terminal nothing is asked and nothing is sent.

use std::io::{self, BufRead, IsTerminal};

use super::context::Context;
use super::output::Stop;
use super::talk;
use crate::desk::protocol::{Failure, FailureKind};
use crate::text::Say;

/// Whether the command may go on to a question: `--yes`, or a terminal to ask on.
///
/// # Errors
/// Neither; nothing was sent.
pub fn can_ask(context: &Context) -> Result<(), Stop> {
    if context.global.yes || has_terminal() {
        return Ok(());
    }
    let message = "there is no terminal to ask on, so nothing was sent";
    Err(Failure::new(FailureKind::Usage, "CANNOT_ASK", message).hint("--yes").into())
}

fn has_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks; `--yes` answers.
///
/// # Errors
/// The answer was no, or there is nobody to ask.
pub fn confirm(context: &Context, question: &Say<'_>) -> Result<(), Stop> {
    can_ask(context)?;
    if context.global.yes {
        return Ok(());
    }
    if says_yes(&typed(context, question)?) {
        return Ok(());
    }
    Err(Failure::new(FailureKind::Other, "DECLINED", "nothing was sent").into())
}

/// Asks for a line of text.
///
/// # Errors
/// There is nobody to ask.
pub fn typed(context: &Context, question: &Say<'_>) -> Result<String, Stop> {
    if !has_terminal() {
        let message = "there is no terminal to ask on, so nothing was sent";
        return Err(Failure::new(FailureKind::Usage, "CANNOT_ASK", message).into());
    }
    talk::question(&question.text(context.language));
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

/// `y` in either keyboard layout, or the word.
fn says_yes(answer: &str) -> bool {
    matches!(answer.to_lowercase().as_str(), "y" | "yes" | "ㅛ" | "예" | "네")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_yes_is_one() {
        assert!(["y", "Y", "yes", "ㅛ", "예"].into_iter().all(says_yes));
        assert!(!["", "n", "no", "yy", "ok", "1", "아니요"].into_iter().any(says_yes));
    }
}
