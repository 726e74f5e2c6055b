//! The `[risk]` table: limits every order is held to.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

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
        }
    }
}
