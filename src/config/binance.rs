//! `[profiles.NAME.binance]`: which of its markets, and what hoga asks of it.

use serde::{Deserialize, Serialize};

use super::setting::{Rules, choice_setting, setting_table, within};

/// A market of Binance. Each has its own wallet, so a profile is of one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BinanceMarket {
    /// Perpetual futures settled in USDT or USDC.
    #[default]
    Futures,
    /// Coins bought and held.
    Spot,
}

impl BinanceMarket {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Futures, Self::Spot];

    /// Name in the config.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Futures => "futures",
            Self::Spot => "spot",
        }
    }
}

/// Names of its routes in `[profiles.NAME.urls]`.
pub(super) const ROUTES: [&str; 5] = ["rest", "public", "market", "private", "ws_api"];

/// `[profiles.NAME.binance]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BinanceSettings {
    /// Which market.
    pub market: BinanceMarket,
    /// How long after its time stamp a request may still take effect, in milliseconds.
    pub recv_window_ms: u64,
    /// After so many seconds without a sign of life from hoga the exchange cancels the open orders of every symbol that
    /// has some; 0 switches this off. Futures only.
    pub dead_man_seconds: u64,
}

impl Default for BinanceSettings {
    fn default() -> Self {
        Self { market: BinanceMarket::Futures, recv_window_ms: 5_000, dead_man_seconds: 0 }
    }
}

choice_setting!(BinanceMarket);
setting_table!(BinanceSettings { market: BinanceMarket, recv_window_ms: u64, dead_man_seconds: u64 });

impl Rules for BinanceSettings {
    fn broken(&self) -> Vec<(&'static str, String)> {
        let mut broken = Vec::new();
        within(&mut broken, "recv_window_ms", self.recv_window_ms, (500, 60_000));
        if self.dead_man_seconds != 0 {
            within(&mut broken, "dead_man_seconds", self.dead_man_seconds, (10, 3_600));
            if self.market == BinanceMarket::Spot {
                broken.push(("dead_man_seconds", "Binance spot has no dead man's switch: write 0".into()));
            }
        }
        broken
    }
}
