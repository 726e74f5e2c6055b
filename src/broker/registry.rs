//! Every broker there is, one line each.

use std::path::Path;

use super::api::{Broker, BrokerError, Capabilities};
use super::opening::{BrokerSource, KeyRights, OpenError, Opening};
use super::{binance, kis, replay, sim};
use crate::config::{BrokerName, Profile};
use crate::market::UtcTime;
use crate::secrets::Credential;

/// The brokers of this build.
#[derive(Debug, Clone, Copy, Default)]
pub struct Registry;

struct Entry {
    name: BrokerName,
    capabilities: fn(&Profile) -> Capabilities,
    open: Open,
    check_key: Option<CheckKey>,
}

type CheckKey = fn(&Profile, Credential, &Path) -> Result<KeyRights, BrokerError>;
type Open = fn(&Opening, UtcTime) -> Result<Box<dyn Broker>, OpenError>;

const BROKERS: [Entry; 4] = [
    Entry { name: BrokerName::Sim, capabilities: sim::capabilities, open: sim::open, check_key: None },
    Entry { name: BrokerName::Replay, capabilities: replay::capabilities, open: replay::open, check_key: None },
    Entry {
        name: BrokerName::Binance,
        capabilities: binance::capabilities,
        open: binance::open,
        check_key: Some(|profile, credential, _| binance::auth_check::check(profile, credential)),
    },
    Entry {
        name: BrokerName::Kis,
        capabilities: kis::capabilities,
        open: kis::open,
        check_key: Some(kis::auth_check::check),
    },
];

fn entry(name: BrokerName) -> Result<&'static Entry, OpenError> {
    BROKERS.iter().find(|entry| entry.name == name).ok_or(OpenError::NotHere(name.as_str()))
}

impl Registry {
    /// Asks a profile's broker what a key may do; `None` where that cannot be asked. What the broker gives out with it is
    /// kept in the data folder for the desk. Waits; not for the desk's thread.
    #[must_use]
    pub fn check_key(
        self,
        profile: &Profile,
        credential: Credential,
        data_dir: &Path,
    ) -> Option<Result<KeyRights, BrokerError>> {
        let check = entry(profile.broker).ok()?.check_key?;
        Some(check(profile, credential, data_dir))
    }
}

impl BrokerSource for Registry {
    fn capabilities(&self, profile: &Profile) -> Result<Capabilities, OpenError> {
        Ok((entry(profile.broker)?.capabilities)(profile))
    }

    fn open(&self, opening: &Opening, now: UtcTime) -> Result<Box<dyn Broker>, OpenError> {
        (entry(opening.profile.broker)?.open)(opening, now)
    }
}
