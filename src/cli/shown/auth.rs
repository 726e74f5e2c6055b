//! Keys of brokers, without the keys.

use serde::{Deserialize, Serialize};

use super::{optional_text, text_of_time};
use crate::cli::output::{Look, Shown};
use crate::cli::table::Cell;
use crate::config::{BrokerName, World};
use crate::market::UtcTime;
use crate::secrets::{Origin, SecretKind};
use crate::text::Column;

/// A key as people and scripts see it: `auth list`, `auth add`, `auth rm`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyLine {
    /// Whose it is.
    pub profile: String,
    /// The broker it is for.
    pub broker: Option<BrokerName>,
    /// The world of the profile; none when the config has no such profile any more.
    pub world: Option<World>,
    /// The world it was added for; the environment does not say.
    pub key_world: Option<World>,
    /// Where it is.
    pub origin: Origin,
    /// Its last four letters behind `****`; none when it cannot be read.
    pub key: Option<String>,
    /// How its secret is used.
    pub kind: Option<SecretKind>,
    /// When it was added.
    pub added_at: Option<UtcTime>,
    /// Whether it is the one that the profile uses.
    pub in_use: bool,
    /// Why it cannot be used.
    pub problem: Option<String>,
}

impl Shown for KeyLine {
    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        vec![
            (Column::Profile, Cell::text(&self.profile)),
            (Column::Broker, optional_text(self.broker.map(BrokerName::as_str))),
            (Column::World, look.optional_word(self.world.map(World::as_str))),
            (Column::KeyPlace, look.word(self.origin.as_str())),
            (Column::BrokerKey, optional_text(self.key.as_deref())),
            (Column::KeyWorld, look.optional_word(self.key_world.map(World::as_str))),
            (Column::Kind, look.optional_word(self.kind.map(SecretKind::as_str))),
            (Column::AddedAt, text_of_time(look, self.added_at)),
            (Column::InUse, look.word(if self.in_use { "true" } else { "false" })),
            (Column::Reason, optional_text(self.problem.as_deref())),
        ]
    }

    const LEAST: &'static [Column] = &[Column::AddedAt, Column::Kind, Column::KeyWorld];

    fn key(&self) -> String {
        self.profile.clone()
    }
}

const fn word_of(is: bool) -> &'static str {
    if is { "true" } else { "false" }
}

/// What `auth test` found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyTest {
    /// Whose key.
    pub profile: String,
    /// The profile's broker.
    pub broker: BrokerName,
    /// The profile's world.
    pub world: World,
    /// The world the key was added for; the environment does not say.
    pub key_world: Option<World>,
    /// Where it was found.
    pub origin: Origin,
    /// Its last four letters behind `****`.
    pub key: String,
    /// How its secret is used.
    pub kind: SecretKind,
    /// When it was added.
    pub added_at: Option<UtcTime>,
    /// Whether key and secret have the usual length.
    pub usual_form: bool,
    /// Whether the broker was asked what the key may do.
    pub broker_asked: bool,
    /// Whether orders are taken with it; `None` where the broker was not asked.
    pub trades: Option<bool>,
    /// Broker's time less this machine's, in milliseconds.
    pub clock_offset_ms: Option<i64>,
}

impl Shown for KeyTest {
    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        vec![
            (Column::Profile, Cell::text(&self.profile)),
            (Column::Broker, Cell::text(self.broker.as_str())),
            (Column::World, look.word(self.world.as_str())),
            (Column::KeyPlace, look.word(self.origin.as_str())),
            (Column::BrokerKey, Cell::text(&self.key)),
            (Column::KeyWorld, look.optional_word(self.key_world.map(World::as_str))),
            (Column::Kind, look.word(self.kind.as_str())),
            (Column::AddedAt, text_of_time(look, self.added_at)),
            (Column::BrokerAsked, look.word(word_of(self.broker_asked))),
            (Column::KeyTrades, look.optional_word(self.trades.map(word_of))),
        ]
    }

    fn key(&self) -> String {
        self.origin.as_str().to_owned()
    }

    fn alone(&self, look: &Look) -> String {
        super::lines(look, self.row(look))
    }
}
