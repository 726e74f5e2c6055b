//! The `[risk]` table: limits every order is held to.

use std::time::Duration;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use toml::de::DeValue;

use super::setting::{Refused, Rules, Setting, choice_setting, quoted, setting_table, within};
use crate::market::{InstrumentId, Symbol, Venue};

/// Who may do what with a profile; each level includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// May look.
    Viewer,
    /// May trade in virtual and paper worlds.
    PaperTrader,
    /// May trade real money.
    RealTrader,
    /// May also change limits and lift a halt.
    Admin,
}

impl Permission {
    /// Every level, lowest first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::PaperTrader, Self::RealTrader, Self::Admin];

    /// Name in the config and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::PaperTrader => "paper_trader",
            Self::RealTrader => "real_trader",
            Self::Admin => "admin",
        }
    }
}

choice_setting!(Permission);

/// How late a market's prices may be where they are known to be late: a quarter of an hour, by which exchanges let those be
/// told who have not paid for them, and a minute for the way.
const LATENESS: Duration = Duration::from_secs(16 * 60);

/// Limits of a profile. Amounts are in the quote currency of the order's instrument; `None` switches a rule off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RiskLimits {
    /// What this profile may do.
    pub permission: Permission,
    /// Largest value of one order.
    pub max_order_amount: Option<Decimal>,
    /// Largest quantity of one order.
    pub max_order_quantity: Option<Decimal>,
    /// Most instruments held at a time.
    pub max_positions: Option<u32>,
    /// Largest value of one position, the order's own share included.
    pub max_position_amount: Option<Decimal>,
    /// Largest value of all positions and opening orders together.
    pub max_exposure: Option<Decimal>,
    /// Largest loss of a day, realised and open together, before new risk is refused.
    pub max_daily_loss: Option<Decimal>,
    /// Largest fall from the highest equity, in per cent.
    pub max_drawdown_percent: Option<Decimal>,
    /// Farthest a limit price may be from the last price, in per cent.
    pub price_collar_percent: Option<Decimal>,
    /// Most open orders at a time.
    pub max_open_orders: Option<u32>,
    /// Most new orders in any one second.
    pub max_orders_per_second: Option<u32>,
    /// Most new orders in any one minute.
    pub max_orders_per_minute: Option<u32>,
    /// Two orders with the same instrument, side, type, price and quantity within this time are a slip of the finger.
    pub duplicate_window_ms: u64,
    /// Oldest market data an order may be based on.
    pub max_data_age_ms: u64,
    /// Highest leverage.
    pub max_leverage: Option<u32>,
    /// Whether an order that would meet an own resting order is refused.
    pub refuse_self_crossing: bool,
    /// Instruments that may not be traded, as `KRX:005930` or `005930`.
    pub blocked: Vec<String>,
    /// Markets whose prices may be late, as a broker tells them that has no others: orders may be based on them all the same.
    pub late_markets: Vec<Venue>,
}

impl RiskLimits {
    /// Oldest data of a venue that an order may be based on.
    #[must_use]
    pub fn data_age(&self, venue: Venue) -> Duration {
        let lateness = if self.late_markets.contains(&venue) { LATENESS } else { Duration::ZERO };
        Duration::from_millis(self.max_data_age_ms).saturating_add(lateness)
    }
}

impl Default for RiskLimits {
    fn default() -> Self {
        Self {
            permission: Permission::PaperTrader,
            max_order_amount: Some(Decimal::new(10_000_000, 0)),
            max_order_quantity: None,
            max_positions: Some(10),
            max_position_amount: None,
            max_exposure: None,
            max_daily_loss: Some(Decimal::new(500_000, 0)),
            max_drawdown_percent: None,
            price_collar_percent: Some(Decimal::new(30, 0)),
            max_open_orders: Some(200),
            max_orders_per_second: Some(10),
            max_orders_per_minute: Some(200),
            duplicate_window_ms: 500,
            max_data_age_ms: 5_000,
            max_leverage: Some(20),
            refuse_self_crossing: true,
            blocked: Vec::new(),
            late_markets: Vec::new(),
        }
    }
}

setting_table!(RiskLimits {
    permission: Permission,
    max_order_amount: Option<Decimal>,
    max_order_quantity: Option<Decimal>,
    max_positions: Option<u32>,
    max_position_amount: Option<Decimal>,
    max_exposure: Option<Decimal>,
    max_daily_loss: Option<Decimal>,
    max_drawdown_percent: Option<Decimal>,
    price_collar_percent: Option<Decimal>,
    max_open_orders: Option<u32>,
    max_orders_per_second: Option<u32>,
    max_orders_per_minute: Option<u32>,
    duplicate_window_ms: u64,
    max_data_age_ms: u64,
    max_leverage: Option<u32>,
    refuse_self_crossing: bool,
    blocked: Vec<String>,
    late_markets: Vec<Venue>,
});

impl Rules for RiskLimits {
    fn broken(&self) -> Vec<(&'static str, String)> {
        let mut broken = Vec::new();
        let limits = [
            ("max_order_amount", self.max_order_amount),
            ("max_order_quantity", self.max_order_quantity),
            ("max_position_amount", self.max_position_amount),
            ("max_exposure", self.max_exposure),
            ("max_daily_loss", self.max_daily_loss),
            ("max_drawdown_percent", self.max_drawdown_percent),
            ("price_collar_percent", self.price_collar_percent),
            ("max_positions", self.max_positions.map(Decimal::from)),
            ("max_open_orders", self.max_open_orders.map(Decimal::from)),
            ("max_orders_per_second", self.max_orders_per_second.map(Decimal::from)),
            ("max_orders_per_minute", self.max_orders_per_minute.map(Decimal::from)),
            ("max_leverage", self.max_leverage.map(Decimal::from)),
        ];
        for (key, limit) in limits {
            // A zero may mean "nothing" or "no limit", and guessing wrong costs money.
            if limit.is_some_and(|limit| limit <= Decimal::ZERO) {
                let reason =
                    "a limit is above 0; write \"off\" for no limit, or permission = \"viewer\" to refuse every order";
                broken.push((key, reason.into()));
            }
        }
        for (key, percent) in limits.into_iter().filter(|(key, _)| key.ends_with("_percent")) {
            if percent.is_some_and(|percent| percent > Decimal::ONE_HUNDRED) {
                broken.push((key, "more than 100 per cent limits nothing; write \"off\" to switch it off".into()));
            }
        }
        within(&mut broken, "max_data_age_ms", self.max_data_age_ms, (100, 3_600_000));
        within(&mut broken, "duplicate_window_ms", self.duplicate_window_ms, (0, 600_000));
        broken
    }
}

/// Instruments: a name that can be none would block nothing, so it is refused.
impl Setting for Vec<String> {
    fn expected() -> String {
        "a list of instruments such as [\"KRX:005930\", \"000660\"]".into()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Refused> {
        let list = value.as_array().ok_or_else(|| Refused::Type(String::new()))?;
        list.iter().map(|entry| instrument(entry.get_ref())).collect()
    }

    fn write(&self) -> Option<String> {
        let entries: Vec<String> = self.iter().map(|entry| quoted(entry)).collect();
        Some(format!("[{}]", entries.join(", ")))
    }
}

/// Venues by their names.
impl Setting for Vec<Venue> {
    fn expected() -> String {
        "a list of markets such as [\"HKEX\", \"TSE\"]".into()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Refused> {
        let list = value.as_array().ok_or_else(|| Refused::Type(String::new()))?;
        let venue = |entry: &DeValue<'_>| {
            let text = entry.as_str().ok_or_else(|| Refused::Type("; each entry is text in quotes".into()))?;
            text.parse::<Venue>().map_err(|error| Refused::Value(error.to_string()))
        };
        list.iter().map(|entry| venue(entry.get_ref())).collect()
    }

    fn write(&self) -> Option<String> {
        let entries: Vec<String> = self.iter().map(|venue| quoted(venue.as_str())).collect();
        Some(format!("[{}]", entries.join(", ")))
    }
}

fn instrument(entry: &DeValue<'_>) -> Result<String, Refused> {
    let text = entry.as_str().ok_or_else(|| Refused::Type("; each entry is text in quotes".into()))?;
    let name = if text.contains(':') {
        text.parse::<InstrumentId>().map(|id| id.to_string())
    } else {
        Symbol::new(text).map(|symbol| symbol.to_string())
    };
    name.map_err(|error| Refused::Value(error.to_string()))
}
