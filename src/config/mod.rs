//! The config file, profiles, the language, and where hoga keeps its files.
//!
//! A config is whole or refused: an unknown key, a wrong type or an unsafe combination is an error that names its place.

pub mod address;
mod binance;
pub mod bracket;
pub mod desk;
pub mod error;
pub mod key_binding;
pub mod language;
mod limit_change;
mod load;
pub mod nearest;
pub mod paths;
mod place;
pub mod private_dir;
pub mod profile;
mod profile_keys;
mod reader;
pub mod risk_limits;
pub mod schema;
mod setting;
mod show;
pub mod ui;

pub use address::Address;
pub use binance::{BinanceMarket, BinanceSettings};
pub use bracket::{BracketTemplate, BreakevenTicks, Distance, DistanceUnit, Gain, Loss};
pub use desk::{DeskSettings, LogLevel};
pub use error::{ConfigError, Problem, ProblemKind, Problems, UnknownProfile};
pub use key_binding::KeyBinding;
pub use language::{Language, LanguageChoice};
pub use limit_change::{LimitChangeError, limit_text, with_limit};
pub use paths::{PathError, Paths, Surroundings};
pub use profile::{BrokerName, FeeOverrides, Masked, Profile, Rate, ReplaySettings, SimSettings, World};
pub use risk_limits::{Permission, RiskLimits};
pub use schema::{Config, Origins};
pub use ui::{
    AmbiguousWidthChoice, Colours, FirstSymbol, Glyphs, Mouse, Notifications, OrderSizes, Synchronized, Theme,
    UiSettings,
};
