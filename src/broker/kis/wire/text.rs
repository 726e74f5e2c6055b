//! Text of the interface: padded with blanks, cleaned of what a terminal would obey.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use serde::de::{Deserialize, Deserializer, Error};
use serde_json::value::RawValue;

use crate::text::clean::clean;

/// Longest text kept, in characters; names have up to 120.
const LENGTH_MAX: usize = 400;

/// Text without padding and without control characters, whatever stood in the reply.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Text(Box<str>);

impl Text {
    /// Cleaned text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let cleaned = clean(text.trim());
        match cleaned.char_indices().nth(LENGTH_MAX) {
            Some((end, _)) => Self(cleaned.get(..end).unwrap_or_default().trim().into()),
            None => Self(cleaned.trim().into()),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it says yes.
    #[must_use]
    pub fn is_yes(&self) -> bool {
        matches!(&*self.0, "Y" | "y" | "1")
    }
}

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl<'de> Deserialize<'de> for Text {
    /// From text, from a bare number or word, or from null, which is empty.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        match raw.as_bytes().first() {
            Some(b'"') => {
                let text: Cow<'_, str> = serde_json::from_str(raw).map_err(D::Error::custom)?;
                Ok(Self::new(&text))
            }
            Some(b'{' | b'[') | None => Err(D::Error::custom("text expected")),
            Some(b'n') => Ok(Self::default()),
            Some(_) => Ok(Self::new(raw)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_and_control_characters_go() {
        let read = |text: &str| serde_json::from_str::<Text>(text).unwrap();
        assert_eq!(read(r#""조회가 완료되었습니다      ""#), "조회가 완료되었습니다");
        assert_eq!(read(r#""삼성\u001b[2J전자\r\n""#), "삼성전자");
        assert_eq!(read("200"), "200");
        assert_eq!(read("null"), "");
        assert!(serde_json::from_str::<Text>("[]").is_err());
        assert_eq!(Text::new(&"가".repeat(1_000)).chars().count(), LENGTH_MAX);
    }
}
