//! The one door to the JSON parser.
//!
//! An error says where the text broke and never what stood there: a body may hold a token, an account or an order.

use serde::Deserialize;
use serde_json::error::Category;
use thiserror::Error;

/// Why bytes are not the JSON they should be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JsonError {
    /// Larger than the caller allows; not parsed at all.
    #[error("{what}: {size} bytes, at most {limit} allowed")]
    TooLarge {
        /// What was being read, such as `order reply`.
        what: &'static str,
        /// Bytes received.
        size: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// Ends in the middle: a cut connection or a truncated file.
    #[error("{what}: ends early at line {line}, column {column}")]
    CutShort {
        /// What was being read.
        what: &'static str,
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
    /// Not JSON at all: an HTML maintenance page, another encoding, garbage.
    #[error("{what}: not JSON at line {line}, column {column}")]
    NotJson {
        /// What was being read.
        what: &'static str,
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
    /// JSON of another shape: a field missing, or of another kind.
    #[error("{what}: unexpected shape at line {line}, column {column}")]
    Shape {
        /// What was being read.
        what: &'static str,
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
}

/// Parses `bytes` as one JSON value, borrowing from them where the type allows.
///
/// # Errors
/// When there are more than `limit` bytes, or they are not JSON of the wanted shape. `what` names the message in the
/// error and must be a name of ours, never text that came from outside.
pub fn parse<'a, T: Deserialize<'a>>(what: &'static str, bytes: &'a [u8], limit: usize) -> Result<T, JsonError> {
    if bytes.len() > limit {
        return Err(JsonError::TooLarge { what, size: bytes.len(), limit });
    }
    serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        match error.classify() {
            Category::Eof => JsonError::CutShort { what, line, column },
            Category::Syntax | Category::Io => JsonError::NotJson { what, line, column },
            Category::Data => JsonError::Shape { what, line, column },
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Reply<'a> {
        #[serde(borrow)]
        code: &'a str,
        price: u32,
    }

    fn error_of(text: &str, limit: usize) -> JsonError {
        parse::<Reply>("reply", text.as_bytes(), limit).unwrap_err()
    }

    #[test]
    fn text_is_borrowed_and_not_copied() {
        let bytes = br#"{"code":"0","price":71500}"#;
        let reply: Reply = parse("reply", bytes, 100).unwrap();
        assert_eq!((reply.code, reply.price), ("0", 71500));
        assert!(bytes.as_ptr_range().contains(&reply.code.as_ptr()));
    }

    #[test]
    fn each_fault_has_its_own_name() {
        assert!(matches!(error_of(r#"{"code":"0","price":1}"#, 10), JsonError::TooLarge { size: 22, limit: 10, .. }));
        assert!(matches!(error_of(r#"{"code":"0","pri"#, 100), JsonError::CutShort { .. }));
        assert!(matches!(error_of("<html>maintenance</html>", 100), JsonError::NotJson { line: 1, column: 1, .. }));
        assert!(matches!(error_of(r#"{"code":"0"}"#, 100), JsonError::Shape { .. }));
        assert!(matches!(error_of("", 100), JsonError::CutShort { .. }));
    }

    #[test]
    fn an_error_never_quotes_the_body() {
        for text in [r#"{"code":"0","price":"canary"}"#, r#"{"code":canary}"#, r#"{"canary":1}"#] {
            let error = error_of(text, 100);
            assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
        }
    }

    #[test]
    fn endless_nesting_is_refused_and_does_not_overflow_the_stack() {
        let deep = "[".repeat(100_000);
        assert!(parse::<serde_json::Value>("deep", deep.as_bytes(), 1 << 20).is_err());
    }
}
