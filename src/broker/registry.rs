//! Every broker there is, one line each.

use std::path::PathBuf;
use std::sync::Arc;

use super::api::{Broker, Capabilities};
use super::{replay, sim};
use crate::config::{BrokerName, Profile};
use crate::market::UtcTime;

/// What an adapter is opened with.
pub struct Opening {
    /// The profile.
    pub profile: Profile,
    /// Where the adapter may keep what its exchange must not forget (the simulated exchange's own truth).
    pub journal: PathBuf,
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

/// Where a desk gets its brokers from: [`Registry`], or a test's own.
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

/// The brokers of this build.
#[derive(Debug, Clone, Copy, Default)]
pub struct Registry;

struct Entry {
    name: BrokerName,
    capabilities: fn(&Profile) -> Capabilities,
    open: Open,
}

type Open = fn(&Opening, UtcTime) -> Result<Box<dyn Broker>, OpenError>;

const BROKERS: [Entry; 2] = [
    Entry { name: BrokerName::Sim, capabilities: sim::capabilities, open: sim::open },
    Entry { name: BrokerName::Replay, capabilities: replay::capabilities, open: replay::open },
];

fn entry(name: BrokerName) -> Result<&'static Entry, OpenError> {
    BROKERS.iter().find(|entry| entry.name == name).ok_or(OpenError::NotHere(name.as_str()))
}

impl BrokerSource for Registry {
    fn capabilities(&self, profile: &Profile) -> Result<Capabilities, OpenError> {
        Ok((entry(profile.broker)?.capabilities)(profile))
    }

    fn open(&self, opening: &Opening, now: UtcTime) -> Result<Box<dyn Broker>, OpenError> {
        (entry(opening.profile.broker)?.open)(opening, now)
    }
}
