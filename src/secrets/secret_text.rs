//! Text that must not be seen.

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

use super::dump;

/// Fewer letters than this would be told apart by the last four.
const SHOWN_FROM: usize = 16;

/// A key, secret or passphrase: prints as `***`, is wiped when it goes, is neither copied nor serialised.
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// Takes the text over; its memory is wiped with this.
    #[must_use]
    pub fn new(text: String) -> Self {
        dump::forbid();
        Self(Zeroizing::new(text))
    }

    /// Text of bytes; those are wiped when they are none.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        match String::from_utf8(bytes) {
            Ok(text) => Some(Self::new(text)),
            Err(error) => {
                error.into_bytes().zeroize();
                None
            }
        }
    }

    /// The text itself, for the one place that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Without white space around it, as text that was typed or piped comes.
    #[must_use]
    pub fn trimmed(self) -> Self {
        let trimmed = self.0.trim();
        if trimmed.len() == self.0.len() { self } else { Self::new(trimmed.to_owned()) }
    }

    /// The last four letters of a long text, by which its owner knows it; nothing of a short one.
    #[must_use]
    pub fn tail(&self) -> String {
        let count = self.0.chars().count();
        if count < SHOWN_FROM {
            return String::new();
        }
        self.0.chars().skip(count - 4).collect()
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_its_end_only_where_that_gives_nothing_away() {
        assert_eq!(SecretText::new("abcdefghijklmnop".into()).tail(), "mnop");
        assert_eq!(SecretText::new("abcdefghijklmno".into()).tail(), "");
        assert_eq!(format!("{:?}", SecretText::new("hunter2".into())), "***");
    }

    #[test]
    fn what_is_no_text_is_none() {
        assert!(SecretText::from_bytes(vec![0xff, 0xfe]).is_none());
        assert_eq!(SecretText::from_bytes(b" key\r\n".to_vec()).unwrap().trimmed().expose(), "key");
    }
}
