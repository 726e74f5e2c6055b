//! How a broker is opened, and what can stand in the way. Adapters and their registry both build on it; neither on the
//! other's account of it.

use std::path::PathBuf;
use std::sync::Arc;

use super::api::{Broker, Capabilities};
use crate::config::Profile;
use crate::market::UtcTime;

/// What an adapter is opened with.
pub struct Opening {
    /// The profile.
    pub profile: Profile,
    /// Where the adapter may keep what its exchange must not forget (the simulated exchange's own truth).
    pub journal: PathBuf,
    /// The data folder, for what an adapter keeps of its own and for the encrypted keys.
    pub data_dir: PathBuf,
    /// Wakes the desk when events wait; adapters with a network call it from their tasks.
    pub wake: Arc<dyn Fn() + Send + Sync>,
}

impl std::fmt::Debug for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opening").field("profile", &self.profile.name).finish_non_exhaustive()
    }
}

/// A broker that cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// No adapter for it in this build.
    #[error("broker {0} is not part of this version of hoga")]
    NotHere(&'static str),
    /// Its settings, files or keys do not serve.
    #[error("{0}")]
    Unusable(String),
}

/// Where a desk gets its brokers from: [`super::registry::Registry`], or a test's own.
pub trait BrokerSource: Send + Sync {
    /// What the broker of a profile can do, without opening it.
    ///
    /// # Errors
    /// There is no such adapter.
    fn capabilities(&self, profile: &Profile) -> Result<Capabilities, OpenError>;

    /// Opens the broker of a profile.
    ///
    /// # Errors
    /// There is no such adapter, or it cannot work with what it was given.
    fn open(&self, opening: &Opening, now: UtcTime) -> Result<Box<dyn Broker>, OpenError>;
}

/// What a broker says of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyRights {
    /// Whether orders are taken.
    pub trades: bool,
    /// Whether money can be moved out with it, which hoga never needs.
    pub withdraws: bool,
    /// Whether the account is in hedge mode; spot has none.
    pub hedge_mode: Option<bool>,
    /// Exchange's time less this machine's, in milliseconds.
    pub clock_offset_ms: Option<i64>,
}
