//! What can be set, where its value came from, and how it reads.

use std::fmt::{self, Write};

use rust_decimal::Decimal;

use crate::config::{Config, Language, LanguageChoice, Mouse, Notifications, RiskLimits, UiSettings, limit_text};
use crate::text::screen::settings::Settings as Texts;
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use crate::tui::widget::Grouped;

/// A setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// Language of the screen.
    Language,
    /// Colours of up and down.
    Theme,
    /// What a click does.
    Mouse,
    /// Whether fills and alerts ring.
    Bell,
    /// Whether the terminal notifies.
    Notifications,
    /// Most frames a second.
    Frames,
    /// The profile shown.
    Profile,
    /// Who may trade.
    Lock,
    /// Sizes of the ladder.
    Sizes,
    /// When an unused ladder disarms.
    Disarm,
    /// A limit, by its place in [`LIMITS`].
    Limit(usize),
}

/// Settings of the screen.
pub const SCREEN: [Item; 6] = [Item::Language, Item::Theme, Item::Mouse, Item::Bell, Item::Notifications, Item::Frames];
/// Settings of trading from this screen.
pub const TRADING: [Item; 4] = [Item::Profile, Item::Lock, Item::Sizes, Item::Disarm];

/// Key and name of each limit, in the order of the config.
pub const LIMITS: [(&str, Texts); 18] = [
    ("permission", Texts::Permission),
    ("max_order_amount", Texts::MaxOrderAmount),
    ("max_order_quantity", Texts::MaxOrderQuantity),
    ("max_positions", Texts::MaxPositions),
    ("max_position_amount", Texts::MaxPositionAmount),
    ("max_exposure", Texts::MaxExposure),
    ("max_daily_loss", Texts::MaxDailyLoss),
    ("max_drawdown_percent", Texts::MaxDrawdown),
    ("price_collar_percent", Texts::PriceCollar),
    ("max_open_orders", Texts::MaxOpenOrders),
    ("max_orders_per_second", Texts::MaxPerSecond),
    ("max_orders_per_minute", Texts::MaxPerMinute),
    ("duplicate_window_ms", Texts::Duplicate),
    ("max_data_age_ms", Texts::DataAge),
    ("max_leverage", Texts::MaxLeverage),
    ("refuse_self_crossing", Texts::SelfCrossing),
    ("blocked", Texts::Blocked),
    ("late_markets", Texts::LateMarkets),
];

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Built in.
    Default,
    /// A line of the config.
    File(usize),
    /// Changed here; gone with this run.
    ThisRun,
    /// Changed on this machine's screen, and there again next time.
    Kept,
    /// Changed at the desk, which keeps it.
    Desk,
    /// A flag, `HOGA_LANG` or the locale.
    Environment,
    /// It is a state, not a setting.
    State,
}

/// An origin in a language.
#[derive(Debug)]
pub struct Whence(pub Language, pub Origin);

impl fmt::Display for Whence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(language, origin) = self;
        let text = match origin {
            Origin::File(line) => {
                let (file, word) = (Texts::File.text(*language), Texts::Line.text(*language));
                return match language {
                    Language::Ko => write!(f, "{file} {line}{word}"),
                    Language::En => write!(f, "{file}, {word} {line}"),
                };
            }
            Origin::State => return Ok(()),
            Origin::Default => Texts::Default,
            Origin::ThisRun => Texts::ThisRun,
            Origin::Kept => Texts::Kept,
            Origin::Desk => Texts::ByDesk,
            Origin::Environment => Texts::Environment,
        };
        f.write_str(text.text(*language))
    }
}

/// What was in force when the screen opened.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The language.
    pub language: Language,
    /// The screen's settings, as the config says.
    pub ui: UiSettings,
    /// Whether it only looks, by the wish of who opened it.
    pub view_only: bool,
}

impl Item {
    /// Its name.
    #[must_use]
    pub fn name(self) -> Texts {
        match self {
            Self::Language => Texts::Language,
            Self::Theme => Texts::Theme,
            Self::Mouse => Texts::Mouse,
            Self::Bell => Texts::Bell,
            Self::Notifications => Texts::Notifications,
            Self::Frames => Texts::Frames,
            Self::Profile => Texts::Profile,
            Self::Lock => Texts::Lock,
            Self::Sizes => Texts::Sizes,
            Self::Disarm => Texts::Disarm,
            Self::Limit(at) => LIMITS.get(at).map_or(Texts::Limits, |(_, name)| *name),
        }
    }

    /// Its key in the config; empty for a state.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Language => "language",
            Self::Theme => "ui.theme",
            Self::Mouse => "ui.mouse",
            Self::Bell => "ui.bell",
            Self::Notifications => "ui.notifications",
            Self::Frames => "ui.fps",
            Self::Sizes => "ui.sizes",
            Self::Disarm => "ui.disarm_seconds",
            Self::Limit(at) => LIMITS.get(at).map_or("", |(key, _)| key),
            Self::Profile | Self::Lock => "",
        }
    }

    /// Whether its value is typed.
    #[must_use]
    pub const fn is_typed(self) -> bool {
        matches!(self, Self::Sizes | Self::Disarm | Self::Limit(1..))
    }

    /// Writes its value; limits have theirs elsewhere.
    pub fn value(self, model: &Model, out: &mut String) {
        let language = model.look.language;
        let ui = &model.config.ui;
        let switch = |on: bool| if on { Texts::On } else { Texts::Off };
        let text = match self {
            Self::Language if language == Language::Ko => Texts::Korean,
            Self::Language => Texts::English,
            Self::Theme => match model.look.theme {
                Theme::Korean => Texts::ThemeKorean,
                Theme::Western => Texts::ThemeWestern,
                Theme::ColourBlind => Texts::ThemeColourBlind,
                Theme::Mono => Texts::ThemeMono,
            },
            Self::Mouse => match ui.mouse {
                Mouse::Off => Texts::MouseOff,
                Mouse::DoubleClick => Texts::MouseDouble,
                Mouse::SingleClick => Texts::MouseSingle,
            },
            Self::Bell => switch(ui.bell),
            Self::Notifications => match ui.notifications {
                Notifications::Off => Texts::Off,
                Notifications::Osc9 | Notifications::Osc777 => return out.push_str(ui.notifications.as_str()),
            },
            Self::Frames => return number(out, ui.fps),
            Self::Disarm => return number(out, ui.disarm_seconds),
            Self::Profile => return out.push_str(model.profile.as_str()),
            Self::Sizes => return sizes(out, &ui.sizes.0),
            Self::Lock => match model.status.as_ref().and_then(|status| status.trading_lock.as_deref()) {
                Some(holder) if holder == model.name => Texts::LockHere,
                Some(holder) => return out.push_str(holder),
                None if model.view_only => Texts::ViewOnly,
                None => Texts::LockNobody,
            },
            Self::Limit(_) => return,
        };
        out.push_str(text.text(language));
    }

    /// Where its value came from; limits know theirs elsewhere.
    #[must_use]
    pub fn origin(self, model: &Model, opened: &Opened) -> Origin {
        let (ui, then, config) = (&model.config.ui, &opened.ui, &model.config);
        let by_ui = |changed: Origin, is_same: bool| if is_same { of_file(config, self.key()) } else { changed };
        match self {
            Self::Language if model.look.language != opened.language => Origin::ThisRun,
            Self::Language => {
                let said = match opened.language {
                    Language::Ko => LanguageChoice::Ko,
                    Language::En => LanguageChoice::En,
                };
                if config.language == said { of_file(config, "language") } else { Origin::Environment }
            }
            Self::Theme => by_ui(Origin::Kept, model.look.theme.name() == ui.theme.as_str()),
            Self::Mouse => by_ui(Origin::ThisRun, ui.mouse == then.mouse),
            Self::Bell => by_ui(Origin::Kept, ui.bell == then.bell),
            Self::Notifications => by_ui(Origin::Kept, ui.notifications == then.notifications),
            Self::Frames => by_ui(Origin::ThisRun, ui.fps == then.fps),
            Self::Sizes => by_ui(Origin::ThisRun, ui.sizes == then.sizes),
            Self::Disarm => by_ui(Origin::ThisRun, ui.disarm_seconds == then.disarm_seconds),
            Self::Profile | Self::Lock | Self::Limit(_) => Origin::State,
        }
    }
}

fn of_file(config: &Config, path: &str) -> Origin {
    config.origins.lines.get(path).map_or(Origin::Default, |line| Origin::File(*line))
}

fn number(out: &mut String, number: u32) {
    // Writing into a string cannot fail.
    let _ = write!(out, "{number}");
}

/// Sizes with blanks between, as they are typed.
pub fn sizes(out: &mut String, sizes: &[Decimal]) {
    for size in sizes {
        let blank = if out.is_empty() { "" } else { " " };
        let _ = write!(out, "{blank}{}", size.normalize());
    }
}

/// A limit as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitRow {
    /// As it is typed: `10000000`, `off`.
    pub typed: String,
    /// As it is read: `10,000,000`.
    pub shown: String,
    /// Where it came from.
    pub origin: Origin,
}

/// The limits of a profile, in the order of [`LIMITS`].
#[must_use]
pub fn limit_rows(model: &Model, limits: &RiskLimits) -> Vec<LimitRow> {
    let configured = model.config.profiles.get(&model.profile).map(|profile| &profile.risk);
    let row = |(key, _): &(&str, Texts)| {
        let typed = limit_text(limits, key);
        let own = format!("profiles.{}.risk.{key}", model.profile);
        let lines = &model.config.origins.lines;
        let line = lines.get(&own).or_else(|| lines.get(&format!("risk.{key}"))).copied();
        let origin = match (configured.map(|limits| limit_text(limits, key)), line) {
            (Some(said), _) if said != typed => Origin::Desk,
            (_, Some(line)) => Origin::File(line),
            (_, None) => Origin::Default,
        };
        LimitRow { shown: shown(&typed), typed, origin }
    };
    LIMITS.iter().map(row).collect()
}

/// A number with its thousands apart; what is no number as it is.
#[must_use]
pub fn shown(typed: &str) -> String {
    match typed.parse::<Decimal>() {
        Ok(number) => Grouped::new(number).to_string(),
        Err(_) if typed.is_empty() => "-".to_owned(),
        Err(_) => crate::text::clean::clean(typed).into_owned(),
    }
}
