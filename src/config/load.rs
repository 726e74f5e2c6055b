//! From a file or text to a [`Config`], with every mistake named at its place.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use rust_decimal::Decimal;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::address::Address;
use super::bracket::BracketTemplate;
use super::desk::DeskSettings;
use super::error::{ConfigError, Problem, ProblemKind, Problems, shown};
use super::key_binding::{Chords, KeyBinding};
use super::language::LanguageChoice;
use super::place::Place;
use super::profile::BrokerName;
use super::profile::{Profile, World, environment_prefix};
use super::profile_keys::{ProfileKeys, misfits};
use super::reader::Reader;
use super::risk_limits::RiskLimits;
use super::schema::{BUILT_IN, Config, Origins, PROFILE_TABLES, TOP_TABLES, TopKeys, built_in};
use super::setting::Setting;
use super::ui::UiSettings;
use crate::market::Currency;
use crate::market::arrange::Arrange;
use crate::market::gather::Gather;
use crate::order::ProfileName;

/// No config is longer; another file given by mistake is.
const BYTES_MAX: u64 = 1 << 20;

type Key<'t, 'i> = &'t Spanned<std::borrow::Cow<'i, str>>;

impl Config {
    /// The config without any file: the profiles `sim` and `replay`, every limit as built in.
    #[must_use]
    pub fn built_in() -> Self {
        let risk = RiskLimits::default();
        let profiles = BUILT_IN
            .into_iter()
            .filter_map(|(name, broker)| Some((ProfileName::new(name).ok()?, broker)))
            .map(|(name, broker)| (name.clone(), Profile::new(name, broker, World::Virtual, risk.clone())))
            .into_map();
        let top = top_keys(&profiles);
        Self {
            default_profile: top.0,
            language: top.1,
            profiles,
            risk,
            desk: DeskSettings::default(),
            ui: UiSettings::default(),
            keys: Vec::new(),
            brackets: BTreeMap::new(),
            origins: Origins::default(),
        }
    }

    /// The config of a file.
    ///
    /// # Errors
    /// The file cannot be read, is not the owner's alone to write, or its text is wrong.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let read = |source| ConfigError::Read { path: path.to_owned(), source };
        let file = File::open(path).map_err(read)?;
        let metadata = file.metadata().map_err(read)?;
        if metadata.is_dir() {
            return Err(read(io::Error::from(io::ErrorKind::IsADirectory)));
        }
        if super::private_dir::is_writable_by_everyone(&metadata) {
            return Err(ConfigError::WritableByOthers { path: path.to_owned() });
        }
        let mut bytes = Vec::new();
        file.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(read)?;
        if bytes.len() as u64 > BYTES_MAX {
            return Err(ConfigError::TooLarge { path: path.to_owned(), limit: BYTES_MAX });
        }
        let text = String::from_utf8(bytes)
            .map_err(|_| read(io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text")))?;
        Self::parse(&text, &path.display().to_string())
    }

    /// The config of a file, or the built-in one when there is no such file.
    ///
    /// # Errors
    /// As [`Config::load`], but for a missing file.
    pub fn load_if_there(path: &Path) -> Result<Self, ConfigError> {
        match Self::load(path) {
            Err(ConfigError::Read { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(Self::built_in()),
            loaded => loaded,
        }
    }

    /// The config of a text; `source_name` stands before each problem.
    ///
    /// # Errors
    /// Everything wrong with the text, each with line and column.
    pub fn parse(text: &str, source_name: &str) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(text);
        let config = match DeTable::parse(text) {
            Ok(document) => whole(&mut reader, document.get_ref()),
            Err(error) => {
                let offset = error.span().map_or(text.len(), |span| span.start);
                // Only the message: the error's own display repeats the line, which may hold a secret.
                reader.problem(offset, ProblemKind::Syntax(shown_syntax(error.message())));
                Self::built_in()
            }
        };
        let (mut problems, lines) = reader.finish();
        if problems.is_empty() {
            return Ok(Self { origins: Origins { source_name: Some(source_name.to_owned()), lines }, ..config });
        }
        problems.arrange_by_key(|problem: &Problem| (problem.line, problem.column));
        problems.dedup();
        Err(Problems { source_name: source_name.to_owned(), problems }.into())
    }
}

fn shown_syntax(message: &str) -> String {
    message.chars().filter(|c| !c.is_control()).take(160).collect()
}

/// Default profile and language where the file says nothing.
fn top_keys(profiles: &BTreeMap<ProfileName, Profile>) -> (ProfileName, LanguageChoice) {
    let sim = profiles.keys().find(|name| name.as_str() == "sim").or_else(|| profiles.keys().next());
    // The built-in names are valid ones, so there always is a profile.
    #[allow(clippy::expect_used)]
    (sim.cloned().expect("the built-in profiles have valid names"), LanguageChoice::Auto)
}

fn whole(reader: &mut Reader<'_>, document: &DeTable<'_>) -> Config {
    let mut config = Config::built_in();
    let top = Place::default();
    let mut keys = TopKeys { default_profile: config.default_profile.clone(), language: config.language };
    reader.fill(&top, document, &mut keys, TOP_TABLES);
    config.language = keys.language;
    if let Some((place, table)) = reader.table(&top, document, "risk") {
        reader.fill(&place, table, &mut config.risk, &[]);
    }
    if let Some((place, table)) = reader.table(&top, document, "desk") {
        reader.fill(&place, table, &mut config.desk, &[]);
    }
    if let Some((place, table)) = reader.table(&top, document, "ui") {
        reader.fill(&place, table, &mut config.ui, &[]);
    }
    if let Some((place, table)) = reader.table(&top, document, "keys") {
        config.keys = key_bindings(reader, &place, table);
    }
    if let Some((place, table)) = reader.table(&top, document, "brackets") {
        config.brackets = brackets(reader, &place, table);
    }
    for profile in config.profiles.values_mut() {
        profile.risk = config.risk.clone();
    }
    if let Some((place, table)) = reader.table(&top, document, "profiles") {
        profiles(reader, &place, table, &mut config);
    }
    config.default_profile = keys.default_profile;
    if let Err(unknown) = config.profile(None) {
        let offset = document.get("default_profile").map_or(0, |value| value.span().start);
        // A profile with mistakes of its own is there all the same.
        let written = document.get("profiles").and_then(|value| value.get_ref().get(config.default_profile.as_str()));
        if written.is_none() {
            let kind = ProblemKind::UnknownChoice {
                key: "default_profile".into(),
                table: top.to_string(),
                found: unknown.name,
                choices: unknown.profiles,
            };
            reader.problem(offset, kind);
        }
    }
    config
}

fn key_bindings(reader: &mut Reader<'_>, place: &Place, table: &DeTable<'_>) -> Vec<KeyBinding> {
    let mut bindings = Vec::new();
    for (key, value) in table {
        let line = reader.line(key.span().start);
        if let Some(Chords(chords)) = reader.value(place, key, value) {
            bindings.push(KeyBinding { action: shown(key.get_ref()), chords, line });
        }
    }
    bindings.arrange_by_key(|binding| binding.line);
    bindings
}

fn brackets(reader: &mut Reader<'_>, place: &Place, table: &DeTable<'_>) -> BTreeMap<String, BracketTemplate> {
    let mut brackets = BTreeMap::new();
    for key in table.keys() {
        // The same letters as a profile's name: it is typed in commands.
        if ProfileName::new(key.get_ref()).is_err() {
            let reason = "a template's name has 1 to 32 letters, digits, '-' or '_'";
            reader.bad_value(key.span().start, place, key.get_ref(), reason.into());
            continue;
        }
        let Some((inner_place, inner)) = reader.table(place, table, key.get_ref()) else { continue };
        let before = reader.problem_count();
        let mut template = BracketTemplate::default();
        reader.fill(&inner_place, inner, &mut template, &[]);
        if template.is_empty() && reader.problem_count() == before {
            let reason =
                "a bracket takes profit, stops a loss, or trails; write take_profit, stop_loss or trail".into();
            let kind = ProblemKind::Missing { key: "stop_loss", table: inner_place.to_string(), reason };
            reader.problem(key.span().start, kind);
        }
        brackets.insert(key.get_ref().to_string(), template);
    }
    brackets
}

fn profiles(reader: &mut Reader<'_>, place: &Place, table: &DeTable<'_>, config: &mut Config) {
    for (key, value) in table {
        let name = match ProfileName::new(key.get_ref()) {
            Ok(name) => name,
            Err(error) => {
                reader.bad_value(key.span().start, place, key.get_ref(), error.to_string());
                continue;
            }
        };
        // The same variables would give one profile's keys to the other: a mock's to a live one.
        let prefix = environment_prefix(name.as_str());
        let same = |other: &&ProfileName| **other != name && environment_prefix(other.as_str()) == prefix;
        if let Some(other) = config.profiles.keys().find(same) {
            let reason = format!("its keys would be {prefix}_APP_KEY, as those of the profile '{other}'; rename one");
            reader.bad_value(key.span().start, place, name.as_str(), reason);
        }
        let DeValue::Table(inner) = value.get_ref() else {
            reader.wrong_type(value, place, name.as_str(), "a table".into(), String::new());
            continue;
        };
        if let Some(profile) = profile(reader, &place.inner(name.as_str()), key, inner, &name, &config.risk) {
            config.profiles.insert(name, profile);
        }
    }
    quotes(reader, place, table, config);
}

/// Looks up the profiles that others take their market data from, once all of them are known.
fn quotes(reader: &mut Reader<'_>, place: &Place, table: &DeTable<'_>, config: &mut Config) {
    let paper = config.profiles.values().filter(|profile| profile.broker == BrokerName::Kis);
    let names: Vec<ProfileName> =
        paper.filter(|profile| profile.world == World::Paper).map(|p| p.name.clone()).collect();
    for name in names {
        let written = table.get(name.as_str()).and_then(|profile| profile.get_ref().get("quotes"));
        let Some((value, from)) = written.and_then(|value| Some((value, value.get_ref().as_str()?))) else { continue };
        let live = config.profiles.values().find(|other| other.name.as_str() == from);
        let live = live.filter(|other| other.broker == BrokerName::Kis && other.world == World::Live).cloned();
        match live {
            Some(live) => {
                if let Some(profile) = config.profiles.get_mut(&name) {
                    profile.quotes = Some(Box::new(live));
                }
            }
            None => {
                let reason = "it names another profile, with broker = \"kis\" and world = \"live\"".to_owned();
                reader.bad_value(value.span().start, &place.inner(name.as_str()), "quotes", reason);
            }
        }
    }
}

fn profile(
    reader: &mut Reader<'_>,
    place: &Place,
    header: Key<'_, '_>,
    table: &DeTable<'_>,
    name: &ProfileName,
    risk: &RiskLimits,
) -> Option<Profile> {
    let before = reader.problem_count();
    let base = built_in(name.as_str());
    let mut keys = ProfileKeys { broker: base.map(|base| base.0), ..ProfileKeys::default() };
    reader.fill(place, table, &mut keys, PROFILE_TABLES);
    // Only the built-in brokers have one world; whose money a real broker moves is never guessed.
    if keys.world.is_none() && keys.broker.is_some_and(|broker| broker.is_built_in()) {
        keys.world = Some(World::Virtual);
    }
    for (key, missing, expected) in [
        ("broker", keys.broker.is_none(), <super::profile::BrokerName as Setting>::expected()),
        ("world", keys.world.is_none(), <World as Setting>::expected()),
    ] {
        if missing && !table.contains_key(key) {
            let reason = format!("write {expected}");
            reader.problem(header.span().start, ProblemKind::Missing { key, table: place.to_string(), reason });
        }
    }
    let (broker, world) =
        (keys.broker.unwrap_or(super::profile::BrokerName::Sim), keys.world.unwrap_or(World::Virtual));
    let whole = keys.broker.is_some() && keys.world.is_some();
    let mut profile = Profile::new(name.clone(), broker, world, risk.clone());
    (profile.account, profile.hts_id, profile.rest_url, profile.ws_url) =
        (keys.account, keys.hts_id, keys.rest_url, keys.ws_url);
    tables(reader, place, table, &mut profile);
    if whole {
        for (key, reason) in misfits(&profile, table) {
            match table.get(key) {
                Some(value) => reader.bad_value(value.span().start, place, key, reason),
                None => {
                    let kind = ProblemKind::Missing { key, table: place.to_string(), reason };
                    reader.problem(header.span().start, kind);
                }
            }
        }
    }
    (reader.problem_count() == before).then_some(profile)
}

/// The tables within `[profiles.NAME]`.
fn tables(reader: &mut Reader<'_>, place: &Place, table: &DeTable<'_>, profile: &mut Profile) {
    if let Some((place, table)) = reader.table(place, table, "risk") {
        reader.fill(&place, table, &mut profile.risk, &[]);
    }
    if let Some((place, table)) = reader.table(place, table, "fees") {
        reader.fill(&place, table, &mut profile.fees, &[]);
    }
    if let Some((place, table)) = reader.table(place, table, "sim") {
        reader.fill(&place, table, &mut profile.sim, &[]);
    }
    if let Some((place, table)) = reader.table(place, table, "replay") {
        reader.fill(&place, table, &mut profile.replay, &[]);
    }
    if let Some((place, table)) = reader.table(place, table, "binance") {
        reader.fill(&place, table, &mut profile.binance, &[]);
    }
    if let Some((place, table)) = reader.table(place, table, "initial_cash") {
        profile.initial_cash = initial_cash(reader, &place, table);
    }
    if let Some((place, table)) = reader.table(place, table, "urls") {
        for (route, value) in table {
            if let Some(url) = reader.value::<Address>(&place, route, value) {
                profile.urls.insert(shown(route.get_ref()), url);
            }
        }
    }
}

fn initial_cash(reader: &mut Reader<'_>, place: &Place, table: &DeTable<'_>) -> BTreeMap<Currency, Decimal> {
    let mut cash = BTreeMap::new();
    for (key, value) in table {
        let Some(currency) = Currency::ALL.into_iter().find(|currency| currency.as_str() == key.get_ref()) else {
            reader.unknown_key(place, key, &Currency::ALL.map(Currency::as_str));
            continue;
        };
        match reader.value::<Decimal>(place, key, value) {
            Some(amount) if amount < Decimal::ZERO => {
                reader.bad_value(
                    value.span().start,
                    place,
                    currency.as_str(),
                    "an account starts with 0 or more".into(),
                );
            }
            Some(amount) if amount.normalize().scale() > currency.decimals() => {
                let reason = format!("{currency} has {} decimals", currency.decimals());
                reader.bad_value(value.span().start, place, currency.as_str(), reason);
            }
            Some(amount) => {
                cash.insert(currency, amount);
            }
            None => {}
        }
    }
    cash
}
