//! Asking a broker what a key may do: the question behind `hoga auth test`, which needs no desk.

use std::path::Path;

use crate::broker::api::BrokerError;
use crate::broker::registry::Registry;
use crate::config::Profile;
use crate::desk::protocol::{Failure, FailureKind};
use crate::secrets::Credential;
use crate::text::clean::clean;

pub use crate::broker::opening::KeyRights;

/// Asks the broker of a profile; `None` for one that cannot be asked with this version. A token that is given out for it is
/// kept in the data folder, where a desk finds it. Waits.
#[must_use]
pub fn ask(profile: &Profile, credential: Credential, data_dir: &Path) -> Option<Result<KeyRights, Failure>> {
    let told = Registry.check_key(profile, credential, data_dir)?;
    Some(told.map_err(|error| not_taken(&error, profile)))
}

/// Why the broker does not take a key, or could not be asked.
fn not_taken(error: &BrokerError, profile: &Profile) -> Failure {
    let (kind, code) = match error {
        BrokerError::Unauthorized(_) | BrokerError::Refused { .. } => (FailureKind::Unauthorized, "KEY_REFUSED"),
        _ => (FailureKind::Unavailable, "BROKER_NOT_ASKED"),
    };
    Failure::new(kind, code, clean(&error.to_string())).about(profile.name.as_str())
}
