//! Parameters of a request, as the bytes that are signed and sent.
//!
//! Values are percent-encoded as they are added (only letters, digits, `-`, `_`, `.` and `~` stay), because the exchange
//! checks the signature against the encoded text; nothing may encode or reorder it again.

use std::fmt::Write as _;

use rust_decimal::Decimal;

/// `name=value` pairs joined by `&`, in the order they were added. It does not print: what is signed is not for logs.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Query(String);

impl Query {
    /// No parameters.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds text.
    #[must_use]
    pub fn text(mut self, name: &str, value: &str) -> Self {
        self.name(name);
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
                self.0.push(char::from(byte));
            } else {
                // Writing to a string cannot fail.
                let _ = write!(self.0, "%{byte:02X}");
            }
        }
        self
    }

    /// Adds a whole number.
    #[must_use]
    pub fn number(mut self, name: &str, value: i64) -> Self {
        self.name(name);
        let _ = write!(self.0, "{value}");
        self
    }

    /// Adds a decimal in plain notation without trailing zeros.
    #[must_use]
    pub fn decimal(mut self, name: &str, value: Decimal) -> Self {
        self.name(name);
        let _ = write!(self.0, "{}", value.normalize());
        self
    }

    /// Adds `true` or `false`.
    #[must_use]
    pub fn flag(self, name: &str, value: bool) -> Self {
        self.text(name, if value { "true" } else { "false" })
    }

    /// Adds text where there is one.
    #[must_use]
    pub fn text_if(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    /// Adds a whole number where there is one.
    #[must_use]
    pub fn number_if(self, name: &str, value: Option<i64>) -> Self {
        match value {
            Some(value) => self.number(name, value),
            None => self,
        }
    }

    /// The encoded text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there are no parameters.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn name(&mut self, name: &str) {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.push_str(name);
        self.0.push('=');
    }
}

impl std::fmt::Debug for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Query({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn values_are_encoded_once_and_names_are_left() {
        let query = Query::new()
            .text("symbol", "１２３４５６")
            .decimal("price", dec!(0.10000))
            .number("timestamp", 1_499_827_319_559)
            .flag("reduceOnly", true)
            .text("ids", r#"["a b","c"]"#);
        assert_eq!(
            query.as_str(),
            "symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96&price=0.1&timestamp=1499827319559\
             &reduceOnly=true&ids=%5B%22a%20b%22%2C%22c%22%5D"
        );
        assert_eq!(format!("{query:?}"), "Query(143 bytes)");
    }
}
