//! Profiles: which broker, in which world, with which account.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize, Serializer};
use toml::de::DeValue;

use super::address::Address;
use super::binance::BinanceSettings;
use super::risk_limits::RiskLimits;
use super::setting::{Refused, Rules, Setting, choice_setting, optional_setting, quoted, setting_table, text, within};
use crate::market::Currency;
use crate::market::gather::Gather;
use crate::order::ProfileName;

/// Where the money of a profile is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum World {
    /// hoga's own virtual cash, filled by the simulated exchange or by paper matching.
    Virtual,
    /// The broker's mock environment.
    Paper,
    /// Real money.
    Live,
}

impl World {
    /// Every world.
    pub const ALL: [Self; 3] = [Self::Virtual, Self::Paper, Self::Live];

    /// Name in the config and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Virtual => "virtual",
            Self::Paper => "paper",
            Self::Live => "live",
        }
    }
}

/// Who carries the orders of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BrokerName {
    /// hoga's simulated exchange.
    Sim,
    /// A recorded market, played again.
    Replay,
    /// Korea Investment & Securities (한국투자증권).
    Kis,
    /// Kiwoom (키움증권), REST.
    Kiwoom,
    /// Binance.
    Binance,
    /// Kiwoom's Windows control behind a bridge.
    Ocx,
}

impl BrokerName {
    /// Every broker.
    pub const ALL: [Self; 6] = [Self::Sim, Self::Replay, Self::Kis, Self::Kiwoom, Self::Binance, Self::Ocx];

    /// Name in the config and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sim => "sim",
            Self::Replay => "replay",
            Self::Kis => "kis",
            Self::Kiwoom => "kiwoom",
            Self::Binance => "binance",
            Self::Ocx => "ocx",
        }
    }

    /// Whether it lives inside hoga, without network or account.
    #[must_use]
    pub const fn is_built_in(self) -> bool {
        matches!(self, Self::Sim | Self::Replay)
    }
}

/// Text that names a person's account: debug output, JSON and `config show` have only its last four characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Masked(Box<str>);

impl Masked {
    /// Text to be shown only in part.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The whole text, for the broker only.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The text with all but its last four letters and digits as `*`; all of them when there are eight or fewer.
    #[must_use]
    pub fn masked(&self) -> String {
        let counted = self.0.chars().filter(|c| c.is_alphanumeric()).count();
        let hidden = if counted > 8 { counted - 4 } else { counted };
        let mut seen = 0;
        let mask = |c: char| {
            seen += usize::from(c.is_alphanumeric());
            if c.is_alphanumeric() && seen <= hidden { '*' } else { c }
        };
        self.0.chars().map(mask).collect()
    }
}

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl Serialize for Masked {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.masked())
    }
}

impl Setting for Masked {
    fn expected() -> String {
        "text in quotes".into()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Refused> {
        let text = text(value)?;
        if text.is_empty() || text.len() > 64 || !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Refused::Value("1 to 64 visible ASCII characters".into()));
        }
        Ok(Self(text.into()))
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&self.masked()))
    }
}

/// A share of an amount as a fraction: 0.00015 is 0.015 %. Below zero is a rebate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Rate(Decimal);

impl Rate {
    /// The fraction.
    #[must_use]
    pub const fn fraction(self) -> Decimal {
        self.0
    }
}

impl Setting for Rate {
    fn expected() -> String {
        "a fraction in quotes such as \"0.00015\"".into()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Refused> {
        let fraction = Decimal::read(value)?;
        // No broker of these markets takes 5 %: such a number is per cent by mistake.
        let most = Decimal::new(5, 2);
        if fraction.abs() > most {
            return Err(Refused::Value(format!(
                "{fraction} is over {most}; a rate is a fraction: \"0.00015\" is 0.015 %"
            )));
        }
        Ok(Self(fraction))
    }

    fn write(&self) -> Option<String> {
        self.0.write()
    }
}

choice_setting!(World, BrokerName);
optional_setting!(World, BrokerName, Masked, Rate);

/// One way to trade: a broker, a world, an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Profile {
    /// Its name.
    pub name: ProfileName,
    /// Who carries its orders.
    pub broker: BrokerName,
    /// Where its money is.
    pub world: World,
    /// The broker's number of the account.
    pub account: Option<Masked>,
    /// KIS only: the login name that execution notices are registered under.
    pub hts_id: Option<Masked>,
    /// KIS paper only: the live profile whose key market data is asked with, for the paper environment has less of it.
    #[serde(serialize_with = "named")]
    pub quotes: Option<Box<Self>>,
    /// Instead of the broker's own address for requests.
    pub rest_url: Option<Address>,
    /// Instead of the broker's own address for streams.
    pub ws_url: Option<Address>,
    /// Addresses of single routes, by the adapter's name of the route; they go before `rest_url` and `ws_url`.
    pub urls: BTreeMap<String, Address>,
    /// Its limits: those of `[risk]` with the profile's own over them.
    pub risk: RiskLimits,
    /// Instead of the broker's usual fees.
    pub fees: FeeOverrides,
    /// The simulated exchange.
    pub sim: SimSettings,
    /// The recorded market.
    pub replay: ReplaySettings,
    /// Binance.
    pub binance: BinanceSettings,
    /// Virtual worlds only: cash of a new account.
    pub initial_cash: BTreeMap<Currency, Decimal>,
}

impl Profile {
    /// A profile with everything else as built in.
    #[must_use]
    pub fn new(name: ProfileName, broker: BrokerName, world: World, risk: RiskLimits) -> Self {
        Self {
            name,
            broker,
            world,
            account: None,
            hts_id: None,
            quotes: None,
            rest_url: None,
            ws_url: None,
            urls: BTreeMap::new(),
            risk,
            fees: FeeOverrides::default(),
            sim: SimSettings::default(),
            replay: ReplaySettings::default(),
            binance: BinanceSettings::default(),
            initial_cash: if world == World::Virtual { default_cash() } else { BTreeMap::new() },
        }
    }

    /// What the environment variables of its keys begin with: `HOGA_KIS_MOCK` for `kis-mock`.
    #[must_use]
    pub fn environment_prefix(&self) -> String {
        environment_prefix(self.name.as_str())
    }
}

/// Another profile, by its name alone.
#[allow(clippy::ref_option, reason = "serde hands over the field")]
fn named<S: Serializer>(profile: &Option<Box<Profile>>, serializer: S) -> Result<S::Ok, S::Error> {
    profile.as_ref().map(|profile| profile.name.as_str()).serialize(serializer)
}

pub(super) fn environment_prefix(profile: &str) -> String {
    format!("HOGA_{}", profile.to_ascii_uppercase().replace('-', "_"))
}

/// Cash of a new virtual account where the config says nothing.
pub(super) fn default_cash() -> BTreeMap<Currency, Decimal> {
    [(Currency::Krw, Decimal::new(100_000_000, 0)), (Currency::Usdt, Decimal::new(100_000, 0))].into_iter().into_map()
}

/// `[profiles.NAME.fees]`: rates instead of the broker's usual ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FeeOverrides {
    /// Of shares, either way.
    pub commission_rate: Option<Rate>,
    /// Of orders that rested.
    pub maker_rate: Option<Rate>,
    /// Of orders that took.
    pub taker_rate: Option<Rate>,
    /// Of bonds, either way.
    pub bond_rate: Option<Rate>,
    /// Of Korean index futures, either way.
    pub future_rate: Option<Rate>,
    /// Of the premium of Korean index options, either way.
    pub option_rate: Option<Rate>,
}

setting_table!(FeeOverrides {
    commission_rate: Option<Rate>,
    maker_rate: Option<Rate>,
    taker_rate: Option<Rate>,
    bond_rate: Option<Rate>,
    future_rate: Option<Rate>,
    option_rate: Option<Rate>,
});

impl Rules for FeeOverrides {
    fn broken(&self) -> Vec<(&'static str, String)> {
        let rates = [
            ("commission_rate", self.commission_rate),
            ("bond_rate", self.bond_rate),
            ("future_rate", self.future_rate),
            ("option_rate", self.option_rate),
        ];
        let is_below = |rate: Option<Rate>| rate.is_some_and(|rate| rate.fraction() < Decimal::ZERO);
        let broken = rates.into_iter().filter(|(_, rate)| is_below(*rate));
        broken.map(|(name, _)| (name, "a commission is not below 0".into())).collect()
    }
}

/// `[profiles.NAME.sim]`: the simulated exchange. The same seed gives the same market.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SimSettings {
    /// Of the random numbers.
    pub seed: u64,
    /// Simulated seconds a second.
    pub speed: Decimal,
    /// From the desk to the exchange and back.
    pub latency_ms: u64,
    /// Whether the exchange remembers its orders and market across restarts.
    pub journal: bool,
    /// Length of the opening call auction (시가 단일가), simulated.
    pub opening_auction_seconds: u64,
    /// Length of continuous trading (접속매매), simulated.
    pub continuous_seconds: u64,
    /// Length of the closing call auction (종가 단일가), simulated.
    pub closing_auction_seconds: u64,
    /// Length of the night between two sessions, simulated.
    pub closed_seconds: u64,
}

impl Default for SimSettings {
    fn default() -> Self {
        Self {
            seed: 1,
            speed: Decimal::ONE,
            latency_ms: 20,
            journal: true,
            opening_auction_seconds: 20,
            continuous_seconds: 3_600,
            closing_auction_seconds: 20,
            closed_seconds: 10,
        }
    }
}

setting_table!(SimSettings {
    seed: u64,
    speed: Decimal,
    latency_ms: u64,
    journal: bool,
    opening_auction_seconds: u64,
    continuous_seconds: u64,
    closing_auction_seconds: u64,
    closed_seconds: u64,
});

impl Rules for SimSettings {
    fn broken(&self) -> Vec<(&'static str, String)> {
        let mut broken = Vec::new();
        within(&mut broken, "speed", self.speed, (Decimal::new(1, 2), Decimal::ONE_THOUSAND));
        within(&mut broken, "latency_ms", self.latency_ms, (0, 10_000));
        within(&mut broken, "opening_auction_seconds", self.opening_auction_seconds, (0, 86_400));
        within(&mut broken, "continuous_seconds", self.continuous_seconds, (1, 86_400));
        within(&mut broken, "closing_auction_seconds", self.closing_auction_seconds, (0, 86_400));
        within(&mut broken, "closed_seconds", self.closed_seconds, (0, 86_400));
        broken
    }
}

/// `[profiles.NAME.replay]`: a recorded market.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReplaySettings {
    /// The recording.
    pub file: Option<PathBuf>,
    /// Recorded seconds a second.
    pub speed: Decimal,
    /// Whether it begins again at its end.
    #[serde(rename = "loop")]
    pub repeat: bool,
}

impl Default for ReplaySettings {
    fn default() -> Self {
        Self { file: None, speed: Decimal::ONE, repeat: false }
    }
}

setting_table!(ReplaySettings { file: Option<PathBuf>, speed: Decimal, repeat: bool as "loop" });

impl Rules for ReplaySettings {
    fn broken(&self) -> Vec<(&'static str, String)> {
        let mut broken = Vec::new();
        within(&mut broken, "speed", self.speed, (Decimal::new(1, 2), Decimal::ONE_THOUSAND));
        broken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_all_but_the_end_and_short_names_whole() {
        assert_eq!(Masked::new("12345678-01").masked(), "******78-01");
        assert_eq!(Masked::new("myid").masked(), "****");
        assert_eq!(format!("{:?}", Masked::new("12345678")), "********");
    }
}
