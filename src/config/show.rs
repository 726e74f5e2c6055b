//! The config as it is in force, for `config show`.

use std::fmt::Write as _;

use super::key_binding::Chords;
use super::place::Place;
use super::profile::Profile;
use super::schema::{Config, TopKeys};
use super::setting::{Setting, SettingTable, quoted};

impl Config {
    /// The config in force as TOML, each value with where it came from as a comment. Account numbers are masked;
    /// secrets are never in a config. Of a profile's limits only its own are listed: the rest are those of `[risk]`.
    #[must_use]
    pub fn to_redacted_toml(&self) -> String {
        let mut out = Text { config: self, out: String::new() };
        let top = Place::default();
        let keys = TopKeys { default_profile: self.default_profile.clone(), language: self.language };
        out.table(&top, &keys, false);
        out.table(&top.inner("risk"), &self.risk, false);
        out.table(&top.inner("desk"), &self.desk, false);
        out.table(&top.inner("ui"), &self.ui, false);
        out.keys(&top.inner("keys"));
        for (name, template) in &self.brackets {
            out.table(&top.inner("brackets").inner(name), template, true);
        }
        for profile in self.profiles.values() {
            out.profile(&top.inner("profiles").inner(profile.name.as_str()), profile);
        }
        out.out
    }
}

struct Text<'a> {
    config: &'a Config,
    out: String,
}

impl Text<'_> {
    fn keys(&mut self, place: &Place) {
        let config = self.config;
        if !config.keys.is_empty() {
            self.header(place);
        }
        for binding in &config.keys {
            self.entry(place, &binding.action, Chords(binding.chords.clone()).write());
        }
    }

    fn profile(&mut self, place: &Place, profile: &Profile) {
        self.header(place);
        self.entry(place, "broker", profile.broker.write());
        self.entry(place, "world", profile.world.write());
        self.entry(place, "account", profile.account.write());
        self.entry(place, "hts_id", profile.hts_id.write());
        self.entry(place, "quotes", profile.quotes.as_ref().and_then(|quotes| quotes.name.write()));
        self.entry(place, "rest_url", profile.rest_url.write());
        self.entry(place, "ws_url", profile.ws_url.write());
        if !profile.urls.is_empty() {
            let place = place.inner("urls");
            self.header(&place);
            for (route, url) in &profile.urls {
                self.entry(&place, route, url.write());
            }
        }
        self.table(&place.inner("risk"), &profile.risk, true);
        self.table(&place.inner("fees"), &profile.fees, true);
        if profile.broker == super::BrokerName::Sim {
            self.table(&place.inner("sim"), &profile.sim, false);
        }
        if profile.broker == super::BrokerName::Replay {
            self.table(&place.inner("replay"), &profile.replay, false);
        }
        if profile.broker == super::BrokerName::Binance {
            self.table(&place.inner("binance"), &profile.binance, false);
        }
        if profile.world == super::World::Virtual {
            let place = place.inner("initial_cash");
            self.header(&place);
            for (currency, amount) in &profile.initial_cash {
                self.entry(&place, currency.as_str(), amount.write());
            }
        }
    }

    /// A table; with `own_only`, just the keys the file has, and nothing when it has none.
    fn table<T: SettingTable>(&mut self, place: &Place, table: &T, own_only: bool) {
        let is_own = |key: &str| self.config.origins.lines.contains_key(&place.path(key));
        let entries: Vec<_> = table.written().into_iter().filter(|(key, _)| !own_only || is_own(key)).collect();
        if entries.is_empty() {
            return;
        }
        self.header(place);
        for (key, value) in entries {
            self.entry(place, key, value);
        }
    }

    fn header(&mut self, place: &Place) {
        if let Some(header) = place.header() {
            let _ = write!(self.out, "\n{header}\n");
        }
    }

    fn entry(&mut self, place: &Place, key: &str, value: Option<String>) {
        let Some(value) = value else { return };
        let bare = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        let key_text = if bare { key.to_owned() } else { quoted(key) };
        let origin = match self.config.origins.lines.get(&place.path(key)) {
            Some(line) => format!("{}, line {line}", self.config.origins.source_name.as_deref().unwrap_or("file")),
            None => "default".into(),
        };
        let origin: String = origin.chars().filter(|c| !c.is_control()).collect();
        let _ = writeln!(self.out, "{key_text} = {value}  # {origin}");
    }
}
