//! Sign-in: the access token, the approval key of streams.

use serde::{Deserialize, Deserializer};

use super::record::record;
use super::{Number, Text};

/// A secret of a reply; it does not print.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct SecretText(secrecy::SecretString);

impl SecretText {
    /// The secret, for the header it belongs in.
    #[must_use]
    pub const fn secret(&self) -> &secrecy::SecretString {
        &self.0
    }
}

/// `tokenP`.
#[derive(Clone, Deserialize)]
pub struct Token {
    /// The token.
    pub access_token: SecretText,
    /// Seconds it lives.
    pub expires_in: Number,
    /// When it ends: Korean time without a zone, `2026-10-15 08:16:59`.
    #[serde(default, rename = "access_token_token_expired", deserialize_with = "ending")]
    pub expires_at: Option<jiff::civil::DateTime>,
}

impl Token {
    /// The instant it ends: as it says, else by how long it lives.
    #[must_use]
    pub fn ends(&self, received: crate::market::UtcTime) -> Option<crate::market::UtcTime> {
        use rust_decimal::prelude::ToPrimitive as _;
        let said = self.expires_at.map(|at| crate::market::session::instant(crate::market::Venue::Krx, at));
        let lives = self.expires_in.get().and_then(|seconds| seconds.to_u64());
        said.or_else(|| lives.map(|seconds| received.plus(std::time::Duration::from_secs(seconds))))
    }
}

fn ending<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<jiff::civil::DateTime>, D::Error> {
    let text = Text::deserialize(deserializer)?;
    Ok(jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M:%S", text.as_str()).ok())
}

/// `Approval`.
#[derive(Clone, Deserialize)]
pub struct Approval {
    /// The key that goes with every registration.
    pub approval_key: SecretText,
}

record! {
    /// `revokeP`. Its code is a number or text.
    Revoked {
        code: Number = "code", "200 when the token is gone.";
        message: Text = "message", "In words.";
    }
}
