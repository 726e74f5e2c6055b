//! What the screen knows: only what the desk said. Panes read it; nothing but [`Model::take`] and the few switches of the
//! person change it.

mod account;
mod activity;
#[cfg(test)]
pub mod fixture;
mod market;
mod selected;
mod take;
mod trading;

pub use account::Account;
pub use activity::{Activity, Line};
pub use market::{Freshness, Quotes};
pub use selected::{BookView, Selected};
pub use take::{Changed, instrument};
pub use trading::{Armed, InFlight, Trading, Unarmed};

use std::collections::BTreeMap;

use super::clock::Now;
use super::theme::{Look, Role};
use crate::config::Config;
use crate::desk::alert::AlertRecord;
use crate::desk::protocol::Failure;
use crate::desk::record::{DeskStatus, SessionRecord};
use crate::market::{InstrumentId, Venue};
use crate::order::ProfileName;

/// Where orders of the profile go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum World {
    /// hoga's own matching, virtual money.
    Virtual,
    /// The broker's own mock environment.
    Paper,
    /// A recorded market, virtual money.
    Replay,
    /// Real money.
    Live,
}

impl World {
    /// As a badge.
    #[must_use]
    pub const fn badge(self) -> &'static str {
        match self {
            Self::Virtual => "VIRTUAL",
            Self::Paper => "PAPER",
            Self::Replay => "REPLAY",
            Self::Live => "LIVE",
        }
    }

    /// Role of the badge.
    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            Self::Virtual => Role::Virtual,
            Self::Paper => Role::Paper,
            Self::Replay => Role::Replay,
            Self::Live => Role::Live,
        }
    }
}

/// Connection to the desk.
#[derive(Debug, Clone)]
pub enum Connection {
    /// Being made.
    Connecting,
    /// There.
    Up {
        /// Version of the desk's binary.
        version: String,
    },
    /// Lost, or never there.
    Down(Box<Failure>),
}

/// What the screen knows.
#[derive(Debug)]
pub struct Model {
    /// The moment.
    pub now: Now,
    /// How things look.
    pub look: Look,
    /// The config.
    pub config: Config,
    /// Whether this screen only looks, by its own wish.
    pub view_only: bool,
    /// Connection to the desk.
    pub connection: Connection,
    /// Profiles of the desk.
    pub profiles: Vec<ProfileName>,
    /// The profile shown.
    pub profile: ProfileName,
    /// Who this screen is to the desk.
    pub name: String,
    /// State of the desk.
    pub status: Option<DeskStatus>,
    /// Phases of the profile's venues.
    pub sessions: Vec<SessionRecord>,
    /// Latest quotes.
    pub quotes: Quotes,
    /// The instrument that chart, ladder and ticket show.
    pub selected: Selected,
    /// The watch list, in its order.
    pub watch: Vec<InstrumentId>,
    /// Cash, positions, orders, fills.
    pub account: Account,
    /// What happened.
    pub activity: Activity,
    /// Alerts, by number.
    pub alerts: BTreeMap<u64, AlertRecord>,
    /// Arming, orders on their way.
    pub trading: Trading,
    /// Bytes written to the terminal so far, and in the last whole second.
    pub screen_bytes: (u64, u64),
    /// Names of the person's own workspaces.
    pub workspaces: Vec<String>,
}

impl Model {
    /// Where orders go, as far as the config says.
    #[must_use]
    pub fn world(&self) -> World {
        use crate::config::{BrokerName, World as Configured};
        match self.config.profiles.get(&self.profile) {
            Some(profile) if profile.broker == BrokerName::Replay => World::Replay,
            Some(profile) => match profile.world {
                Configured::Virtual => World::Virtual,
                Configured::Paper => World::Paper,
                Configured::Live => World::Live,
            },
            None => World::Virtual,
        }
    }

    /// Whether real money trades.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.world() == World::Live
    }

    /// Whether the desk is there.
    #[must_use]
    pub const fn is_connected(&self) -> bool {
        matches!(self.connection, Connection::Up { .. })
    }

    /// Whether this screen holds the right to trade.
    #[must_use]
    pub fn may_trade(&self) -> bool {
        !self.view_only
            && self.status.as_ref().and_then(|status| status.trading_lock.as_deref()) == Some(self.name.as_str())
    }

    /// Phase of a venue.
    #[must_use]
    pub fn session(&self, venue: Venue) -> Option<&SessionRecord> {
        self.sessions.iter().find(|session| session.venue == venue)
    }

    /// `active`, `reducing` or `halted`, as the desk says.
    #[must_use]
    pub fn risk_state(&self) -> &str {
        self.status.as_ref().map_or("active", |status| status.state.as_str())
    }
}
