//! Names of orders and of what they belong to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

/// Text that cannot be the id it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' cannot be {what}: {rule}")]
pub struct IdError {
    /// What was expected.
    pub what: &'static str,
    /// The text, cut and without control characters.
    pub text: String,
    /// What it must look like.
    pub rule: &'static str,
}

impl IdError {
    fn new(what: &'static str, text: &str, rule: &'static str) -> Self {
        Self { what, text: text.chars().filter(|c| !c.is_control()).take(48).collect(), rule }
    }
}

/// hoga's own id of an order: a UUIDv7, made before anything else happens to the order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderId(Uuid);

impl OrderId {
    /// From a UUID made by the shell (or by a seeded source in tests).
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The UUID.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.0
    }

    /// 32 hexadecimal digits without hyphens: fits a Binance client order id.
    #[must_use]
    pub fn simple(self) -> String {
        self.0.simple().to_string()
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for OrderId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        Uuid::try_parse(text.trim())
            .map(Self)
            .map_err(|_| IdError::new("an order id", text, "a UUID as `hoga order list` shows it"))
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:literal, $rule:literal, $ok:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(Box<str>);

        impl $name {
            /// Checked text.
            ///
            /// # Errors
            /// Empty, too long, or with characters that are not allowed in it.
            pub fn new(text: &str) -> Result<Self, IdError> {
                let ok: fn(u8) -> bool = $ok;
                if text.is_empty() || text.len() > $max || !text.bytes().all(ok) {
                    return Err(IdError::new($what, text, $rule));
                }
                Ok(Self(text.into()))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::new(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

text_id!(
    /// The id under which a client (person, script, strategy) asked for an order. The same id never sends twice.
    ClientOrderId, "a client id", 36, "1 to 36 letters, digits, '-', '_', '.', ':' or '/'",
    |b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':' | b'/')
);
text_id!(
    /// The broker's number of an order.
    BrokerOrderId, "a broker's order number", 64, "1 to 64 visible ASCII characters",
    |b| b.is_ascii_graphic()
);
text_id!(
    /// The broker's number of a fill; unique within a profile. A fill is counted once by it.
    ExecutionId, "an execution id", 96, "1 to 96 visible ASCII characters",
    |b| b.is_ascii_graphic()
);
text_id!(
    /// Name of a profile of the config: broker, world and account.
    ProfileName, "a profile name", 32, "1 to 32 letters, digits, '-' or '_'",
    |b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')
);

/// Makes order ids. The core gets one and never makes an id itself.
pub trait IdSource: Send {
    /// A new id, later than every one before it.
    fn next_order_id(&mut self, now: crate::market::UtcTime) -> OrderId;
}
