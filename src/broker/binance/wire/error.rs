//! Refusals: `{"code":-2011,"msg":"Unknown order sent."}`. A few settings answer a success in the same form, with code 200.

use serde::Deserialize;

use super::{number, text};

/// Code and text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CodeReply {
    /// Negative for a refusal, 200 for a success. The reply to the cancel of a conditional order has it as text.
    #[serde(deserialize_with = "number::whole")]
    pub code: i64,
    /// As it came: not cleaned.
    #[serde(default, deserialize_with = "text::text")]
    pub msg: String,
}

impl CodeReply {
    /// From a body; `None` when it is anything else, such as a page of a gateway.
    #[must_use]
    pub fn of(body: &[u8]) -> Option<Self> {
        let start = body.iter().find(|byte| !byte.is_ascii_whitespace());
        if start == Some(&b'{') { serde_json::from_slice(body).ok() } else { None }
    }

    /// Whether it is a success.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        self.code == 200
    }
}
