//! Every broker there is, one line each.

use super::api::{Broker, Capabilities};
use super::opening::{BrokerSource, OpenError, Opening};
use super::{replay, sim};
use crate::config::{BrokerName, Profile};
use crate::market::UtcTime;

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
