//! The whole config, typed.

use std::collections::BTreeMap;

use serde::Serialize;

use super::binance::BinanceSettings;
use super::bracket::BracketTemplate;
use super::desk::DeskSettings;
use super::error::{UnknownProfile, shown};
use super::key_binding::KeyBinding;
use super::language::LanguageChoice;
use super::profile::{BrokerName, FeeOverrides, Profile, ReplaySettings, SimSettings, World};
use super::profile_keys::ProfileKeys;
use super::risk_limits::RiskLimits;
use super::setting::{Rules, SettingTable, choice_setting, setting_table};
use super::ui::UiSettings;
use crate::order::ProfileName;

/// Keys of `[profiles.NAME]` that are tables themselves.
pub(super) const PROFILE_TABLES: &[&str] = &["urls", "risk", "fees", "sim", "replay", "binance", "initial_cash"];

/// Keys of the top level that are tables.
pub(super) const TOP_TABLES: &[&str] = &["profiles", "risk", "desk", "ui", "keys", "brackets"];

/// Profiles that exist without being written: name and broker; their world is virtual.
pub(super) const BUILT_IN: [(&str, BrokerName); 2] = [("sim", BrokerName::Sim), ("replay", BrokerName::Replay)];

/// Everything hoga is told by its config.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Config {
    /// The profile of a command that names none.
    pub default_profile: ProfileName,
    /// What people are spoken to in.
    pub language: LanguageChoice,
    /// Every profile, `sim` and `replay` among them.
    pub profiles: BTreeMap<ProfileName, Profile>,
    /// Limits of profiles that do not say otherwise.
    pub risk: RiskLimits,
    /// The process behind the screens.
    pub desk: DeskSettings,
    /// The screen.
    pub ui: UiSettings,
    /// Keys of the user's own, in the order written.
    pub keys: Vec<KeyBinding>,
    /// Exits that go with an entry, by the name of the template.
    pub brackets: BTreeMap<String, BracketTemplate>,
    /// Where the values came from.
    #[serde(skip)]
    pub origins: Origins,
}

/// Which values came from the file, and from which line of it; the rest is built in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins {
    /// The file; none when there was none.
    pub source_name: Option<String>,
    /// Line by path (`profiles.kis-mock.risk.max_positions`).
    pub lines: BTreeMap<String, usize>,
}

impl Config {
    /// The profile of that name, or the default one.
    ///
    /// # Errors
    /// There is none; the error lists those there are.
    pub fn profile(&self, name: Option<&str>) -> Result<&Profile, UnknownProfile> {
        let name = name.unwrap_or(self.default_profile.as_str());
        self.profiles.values().find(|profile| profile.name.as_str() == name).ok_or_else(|| UnknownProfile {
            name: shown(name),
            profiles: self.profiles.keys().map(ToString::to_string).collect(),
        })
    }

    /// Every key there is, as its table for people (`[desk]`, `[profiles.NAME.risk]`) and its name.
    #[must_use]
    pub fn keys() -> Vec<(&'static str, &'static str)> {
        TABLES.iter().flat_map(|(table, keys)| keys.iter().map(move |key| (*table, *key))).collect()
    }
}

/// Every table with fixed keys.
pub(super) const TABLES: &[(&str, &[&str])] = &[
    ("the top table", TopKeys::KEYS),
    ("[risk]", RiskLimits::KEYS),
    ("[desk]", DeskSettings::KEYS),
    ("[ui]", UiSettings::KEYS),
    ("[brackets.NAME]", BracketTemplate::KEYS),
    ("[profiles.NAME]", ProfileKeys::KEYS),
    ("[profiles.NAME.fees]", FeeOverrides::KEYS),
    ("[profiles.NAME.sim]", SimSettings::KEYS),
    ("[profiles.NAME.replay]", ReplaySettings::KEYS),
    ("[profiles.NAME.binance]", BinanceSettings::KEYS),
    ("the top table", TOP_TABLES),
    ("[profiles.NAME]", PROFILE_TABLES),
];

/// Keys of the top level that are no tables.
#[derive(Debug)]
pub(super) struct TopKeys {
    pub default_profile: ProfileName,
    pub language: LanguageChoice,
}

choice_setting!(LanguageChoice);
setting_table!(TopKeys { default_profile: ProfileName, language: LanguageChoice });

impl Rules for TopKeys {
    fn broken(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }
}

/// A built-in profile's broker and world.
pub(super) fn built_in(name: &str) -> Option<(BrokerName, World)> {
    BUILT_IN.into_iter().find(|(known, _)| *known == name).map(|(_, broker)| (broker, World::Virtual))
}
