//! What is written of a panic: where it was and what it said, without anything in it that could be a key.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};

use crate::text::clean::clean;

/// Most characters of a panic's text that are kept.
const TEXT_MAX: usize = 300;
/// A word this long may be a key, a token or a signature.
const WORD_MAX: usize = 20;
/// A word with so many digits may be an account number.
const DIGITS_MAX: usize = 7;

/// Runs something that may panic, and gives the text of the panic if it did.
pub(super) fn caught<T>(call: impl FnOnce() -> T) -> Result<T, String> {
    panic::catch_unwind(AssertUnwindSafe(call)).map_err(|payload| text_of(payload.as_ref()))
}

/// The text of a panic, safe to show and to log.
pub(super) fn text_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.map_or_else(|| "a panic".to_owned(), without_secrets)
}

/// Logs every panic of this process instead of writing it to the terminal: a panic's text may hold what must not be
/// seen there, and a detached desk has no terminal.
pub fn log_panics() {
    panic::set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let thread = std::thread::current();
        let thread = thread.name().unwrap_or("unnamed");
        tracing::error!(thread, place, text = text_of(info.payload()), "panic");
    }));
}

/// The text with every word left out that could be a secret, cut to a length people read.
fn without_secrets(text: &str) -> String {
    let text = clean(text);
    let mut kept = String::new();
    for part in text.split_inclusive(|c: char| !is_of_word(c)) {
        let word = part.trim_end_matches(|c: char| !is_of_word(c));
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        if word.len() >= WORD_MAX || digits > DIGITS_MAX {
            kept.push('…');
            kept.push_str(part.get(word.len()..).unwrap_or_default());
        } else {
            kept.push_str(part);
        }
    }
    kept.chars().take(TEXT_MAX).collect()
}

/// What keys, tokens in base64 or hex, and account numbers are made of.
const fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+' | '/' | '=' | '%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_keeps_its_text_and_loses_what_could_be_a_key() {
        let said = caught(|| panic!("index out of bounds: the len is 3 but the index is 5")).unwrap_err();
        assert_eq!(said, "index out of bounds: the len is 3 but the index is 5");
        let key = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A";
        let said =
            caught(|| panic!("GET /fapi/v3/account?signature={key}&x=1 of account 12345678-01: 가나다")).unwrap_err();
        assert!(!said.contains(&key[..8]) && !said.contains("123456"), "{said}");
        assert!(said.starts_with("GET /fapi/v3/account?") && said.ends_with("of account …: 가나다"), "{said}");
        assert_eq!(caught(|| panic::panic_any(7_u8)).unwrap_err(), "a panic");
    }
}
