//! Everything the gate looks at, gathered by the desk for one order.

use std::time::Duration;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::state::DeskState;
use crate::broker::api::{Capabilities, World};
use crate::config::RiskLimits;
use crate::market::{DailyLimits, Instrument, InstrumentId, Phase, Price, Quantity, Side};
use crate::order::{KindName, OrderKind};

/// What the gate looks at for one order. All amounts are in the instrument's currency unless said otherwise.
#[derive(Debug, Clone)]
pub struct View<'a> {
    /// Whether the desk trades.
    pub desk: DeskState,
    /// The profile's world.
    pub world: World,
    /// The profile's limits.
    pub limits: &'a RiskLimits,
    /// What the broker can do.
    pub capabilities: &'a Capabilities,
    /// What is to be traded.
    pub instrument: &'a Instrument,
    /// Trading date of the venue, for ticks and sessions.
    pub trading_date: Date,
    /// Whether the broker connection is up.
    pub connected: bool,
    /// Whether the account is reconciled (always so in virtual worlds).
    pub reconciled: bool,
    /// Whether the clock agrees with the venue's to a second.
    pub clock_ok: bool,
    /// Whether an order of this instrument has an unknown outcome.
    pub unknown_order: bool,
    /// The session's phase, at the venue that the order goes to.
    pub phase: Phase,
    /// The day's price limits, where there are any.
    pub daily_limits: Option<DailyLimits>,
    /// Last price.
    pub last: Option<Price>,
    /// Best bid, from a live book or quote only.
    pub best_bid: Option<Price>,
    /// Best ask, from a live book or quote only.
    pub best_ask: Option<Price>,
    /// Age of the newest market data of the instrument; `None` when there is none, or the book is stale.
    pub data_age: Option<Duration>,
    /// Units held of the position the order is for; negative is short.
    pub held: Decimal,
    /// Units of it that open orders on the closing side already hold back.
    pub held_back: Quantity,
    /// Cash that new orders may use.
    pub cash_available: Decimal,
    /// Cash this order would set aside (cost, fee; margin for margined products), computed by the desk.
    pub cash_needed: Decimal,
    /// Value of this order at the price it is counted with (limit, trigger, or worst possible for a market order).
    pub order_value: Decimal,
    /// Value of the position the order is for, at the last price; its sign is not looked at.
    pub position_value: Decimal,
    /// Value of all positions and opening orders of the profile in this currency.
    pub exposure: Decimal,
    /// Number of instruments held or being opened by other open orders.
    pub positions: u32,
    /// Whether this instrument is among [`Self::positions`].
    pub already_in_position: bool,
    /// Profit of the day so far, realised and open; negative is a loss.
    pub day_profit: Decimal,
    /// Equity now.
    pub equity: Decimal,
    /// Highest equity seen.
    pub peak_equity: Decimal,
    /// Leverage set for the instrument (1 when not margined).
    pub leverage: u32,
    /// Open orders of the profile, this one not counted.
    pub open_orders: u32,
    /// New orders of the profile in the last second, this one not counted.
    pub orders_last_second: u32,
    /// New orders of the profile in the last minute, this one not counted.
    pub orders_last_minute: u32,
    /// New orders of the profile within the duplicate window.
    pub recent: &'a [RecentOrder],
    /// Best price of own resting orders on the other side of the same instrument.
    pub own_opposite_best: Option<Price>,
}

/// A recent order, for the duplicate rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecentOrder {
    /// On what.
    pub instrument: InstrumentId,
    /// Which way.
    pub side: Side,
    /// Type and prices.
    pub kind: OrderKind,
    /// How much.
    pub quantity: Quantity,
}

impl View<'_> {
    /// Whether the broker's venue works this type itself (otherwise the desk holds conditional types).
    #[must_use]
    pub fn is_native(&self, kind: KindName) -> bool {
        self.capabilities.product(self.instrument.product).is_some_and(|p| p.native_kinds.contains(&kind))
    }
}
