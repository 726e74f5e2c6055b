//! The `[ui]` table: how the screen looks, and what it does before an order.

use rust_decimal::Decimal;
use serde::Serialize;
use toml::de::DeValue;

use super::setting::{Refused, Rules, Setting, choice_setting, quoted, setting_table, text, within};
use crate::market::{InstrumentId, Symbol};

/// An enum whose values are words of the config.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $value:ident = $word:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $value),+
        }

        impl $name {
            /// Every choice.
            pub const ALL: &'static [Self] = &[$(Self::$value),+];

            /// Name in the config.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $word),+
                }
            }
        }

        choice_setting!($name);
    };
}

words! {
    /// Which colours mean up and down.
    Theme {
        /// Red is up, blue is down.
        Korean = "korean",
        /// Green is up, red is down.
        Western = "western",
        /// Blue is up, orange is down: told apart by every eye.
        ColourBlind = "colour_blind",
        /// Signs and brightness only.
        Mono = "mono",
    }
}

words! {
    /// How many colours the terminal is given.
    Colours {
        /// As `COLORTERM`, `TERM` and `NO_COLOR` say.
        Auto = "auto",
        /// Red, green and blue in 256 steps each.
        TrueColour = "24bit",
        /// The palette of xterm.
        Palette = "256",
        /// The terminal's own sixteen.
        Sixteen = "16",
        /// None.
        None = "none",
    }
}

words! {
    /// Which characters frames, bars and marks are drawn with.
    Glyphs {
        /// As the locale and the terminal's answer say.
        Auto = "auto",
        /// Lines, blocks and triangles.
        Full = "full",
        /// Only those that are one cell wide everywhere.
        Narrow = "narrow",
        /// ASCII.
        Ascii = "ascii",
    }
}

words! {
    /// How wide the terminal draws characters that are one or two cells.
    AmbiguousWidthChoice {
        /// The terminal is asked.
        Auto = "auto",
        /// One cell.
        Narrow = "narrow",
        /// Two cells.
        Wide = "wide",
    }
}

words! {
    /// Whether a feature of terminals is used.
    Synchronized {
        /// Where it does no harm.
        Auto = "auto",
        /// Always.
        On = "on",
        /// Never.
        Off = "off",
    }
}

words! {
    /// What the mouse does.
    Mouse {
        /// Nothing; the terminal selects text with it.
        Off = "off",
        /// A click focuses; a double click on an armed ladder sends.
        DoubleClick = "double_click",
        /// A click on an armed ladder sends.
        SingleClick = "single_click",
    }
}

words! {
    /// How the terminal is told to notify.
    Notifications {
        /// OSC 9: iTerm2, Windows Terminal, kitty, WezTerm.
        Osc9 = "osc9",
        /// OSC 777: rxvt, foot, Ghostty, WezTerm.
        Osc777 = "osc777",
        /// Not at all.
        Off = "off",
    }
}

/// Settings of the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UiSettings {
    /// Most frames a second.
    pub fps: u32,
    /// Colours of up and down.
    pub theme: Theme,
    /// How many colours.
    pub colours: Colours,
    /// With which characters.
    pub glyphs: Glyphs,
    /// How wide some of them are.
    pub ambiguous_width: AmbiguousWidthChoice,
    /// Whether frames are marked as such for the terminal.
    pub synchronized: Synchronized,
    /// Milliseconds that the Esc key waits for the rest of another key, which begins with the same byte.
    pub escape_ms: u32,
    /// What the mouse does.
    pub mouse: Mouse,
    /// For slow lines: few frames, and nothing that only decorates.
    pub slow: bool,
    /// The order sizes of the keys 1 to 5 on an armed ladder.
    pub sizes: OrderSizes,
    /// An armed ladder that is not used disarms itself after this.
    pub disarm_seconds: u32,
    /// What the screen opens with.
    pub symbol: FirstSymbol,
    /// Whether a fill or an alert rings the bell.
    pub bell: bool,
    /// How the terminal notifies of them.
    pub notifications: Notifications,
}

impl Default for UiSettings {
    fn default() -> Self {
        Self {
            fps: 30,
            theme: Theme::Korean,
            colours: Colours::Auto,
            glyphs: Glyphs::Auto,
            ambiguous_width: AmbiguousWidthChoice::Auto,
            synchronized: Synchronized::Auto,
            escape_ms: 15,
            mouse: Mouse::DoubleClick,
            slow: false,
            sizes: OrderSizes([1, 10, 50, 100, 500].map(Decimal::from)),
            disarm_seconds: 60,
            symbol: FirstSymbol(Some("005930".to_owned())),
            bell: true,
            notifications: Notifications::Osc9,
        }
    }
}

setting_table!(UiSettings {
    fps: u32,
    theme: Theme,
    colours: Colours,
    glyphs: Glyphs,
    ambiguous_width: AmbiguousWidthChoice,
    synchronized: Synchronized,
    escape_ms: u32,
    mouse: Mouse,
    slow: bool,
    sizes: OrderSizes,
    disarm_seconds: u32,
    symbol: FirstSymbol,
    bell: bool,
    notifications: Notifications,
});

impl Rules for UiSettings {
    fn broken(&self) -> Vec<(&'static str, String)> {
        let mut broken = Vec::new();
        within(&mut broken, "fps", self.fps, (1, 120));
        // No two keys are pressed closer together than the longest.
        within(&mut broken, "escape_ms", self.escape_ms, (1, 50));
        // Shorter than a look at the row, or longer than one stays at the desk.
        within(&mut broken, "disarm_seconds", self.disarm_seconds, (5, 3_600));
        broken
    }
}

/// Five order sizes, in shares or coins, each above 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct OrderSizes(pub [Decimal; 5]);

impl Setting for OrderSizes {
    fn expected() -> String {
        "a list of five sizes such as [\"1\", \"10\", \"50\", \"100\", \"500\"]".into()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Refused> {
        let list = value.as_array().ok_or_else(|| Refused::Type(String::new()))?;
        let sizes: Vec<Decimal> = list.iter().map(|entry| Decimal::read(entry.get_ref())).collect::<Result<_, _>>()?;
        if sizes.iter().any(|size| *size <= Decimal::ZERO) {
            return Err(Refused::Value("an order's size is above 0".into()));
        }
        let count = sizes.len();
        let sizes = sizes.try_into().map_err(|_| Refused::Value(format!("{count} sizes for the five keys 1 to 5")))?;
        Ok(Self(sizes))
    }

    fn write(&self) -> Option<String> {
        let sizes: Vec<String> = self.0.iter().map(|size| quoted(&size.to_string())).collect();
        Some(format!("[{}]", sizes.join(", ")))
    }
}

/// An instrument (`KRX:005930`) or a symbol at whatever venue the profile has (`005930`); none is the first there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct FirstSymbol(pub Option<String>);

impl Setting for FirstSymbol {
    fn expected() -> String {
        "a symbol such as \"KRX:005930\" or \"005930\", or \"\"".into()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Refused> {
        let text = text(value)?;
        if text.is_empty() {
            return Ok(Self(None));
        }
        let name = if text.contains(':') {
            text.parse::<InstrumentId>().map(|id| id.to_string())
        } else {
            Symbol::new(text).map(|symbol| symbol.to_string())
        };
        name.map(|name| Self(Some(name))).map_err(|error| Refused::Value(error.to_string()))
    }

    fn write(&self) -> Option<String> {
        Some(quoted(self.0.as_deref().unwrap_or_default()))
    }
}
