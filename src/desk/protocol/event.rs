//! What a person should know, as faces get it.

use serde::{Deserialize, Serialize};

use crate::market::UtcTime;
use crate::order::ProfileName;

/// Something a person should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRecord {
    /// When.
    pub time: UtcTime,
    /// One word of [`KINDS`](crate::text::event::KINDS).
    pub kind: String,
    /// Profile, where for one.
    pub profile: Option<ProfileName>,
    /// Order, where about one.
    pub order_id: Option<String>,
    /// Text, in English; faces translate by `kind` where they can.
    pub text: String,
}
