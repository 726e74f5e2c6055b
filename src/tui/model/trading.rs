//! What stands between a key and an order: arming, the size in hand, and orders whose answer is still out.

use std::time::Duration;

use rust_decimal::Decimal;

use super::Model;
use crate::market::{InstrumentId, Price, Quantity, Side};
use crate::tui::clock::Now;

/// The ladder is armed: its keys trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Armed {
    /// Since when, on [`Now::since_start`].
    pub since: Duration,
    /// When one of its keys was last pressed.
    pub used: Duration,
}

/// An order that was asked for and not answered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InFlight {
    /// Number of the request.
    pub request: u64,
    /// Client id of the order.
    pub client_id: String,
    /// On what.
    pub instrument: InstrumentId,
    /// Which way.
    pub side: Side,
    /// At what limit.
    pub price: Option<Price>,
    /// Since when.
    pub since: Duration,
}

/// What stands between a key and an order.
#[derive(Debug)]
pub struct Trading {
    /// Whether the ladder's keys trade.
    pub armed: Option<Armed>,
    /// Quantity of a ladder order.
    pub size: Quantity,
    /// Presets of it, as in the config.
    pub sizes: Vec<Quantity>,
    /// Name of the bracket template that ladder and ticket attach; none when none.
    pub bracket: Option<String>,
    /// Orders whose answer is out.
    pub in_flight: Vec<InFlight>,
}

impl Trading {
    /// Disarmed, with these presets.
    #[must_use]
    pub fn new(sizes: Vec<Quantity>) -> Self {
        let size = sizes.first().copied().unwrap_or_else(|| Quantity::whole(1));
        Self { armed: None, size, sizes, bracket: None, in_flight: Vec::new() }
    }

    /// Whether the answer to such an order is out.
    #[must_use]
    pub fn awaits(&self, instrument: &InstrumentId, side: Side, price: Option<Price>) -> Option<&InFlight> {
        self.in_flight
            .iter()
            .find(|order| order.instrument == *instrument && order.side == side && order.price == price)
    }

    /// The size one step larger or smaller: a preset's worth of the first preset.
    pub fn step_size(&mut self, up: bool) {
        let step = self.sizes.first().map_or(Decimal::ONE, |size| size.value());
        let value = if up { self.size.value() + step } else { self.size.value() - step };
        if value > Decimal::ZERO
            && let Ok(size) = Quantity::new(value)
        {
            self.size = size;
        }
    }

    /// Arms or keeps armed.
    pub fn arm(&mut self, now: Now) {
        self.armed = Some(Armed { since: now.since_start, used: now.since_start });
    }
}

/// Why the ladder may not be, or stay, armed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unarmed {
    /// This screen has no right to trade.
    ViewOnly,
    /// No connection to the desk.
    Disconnected,
    /// The book is too old or has a gap.
    Stale(Option<Duration>),
    /// Nothing was pressed for a while.
    Idle,
    /// The desk is halted.
    Halted,
}

impl Model {
    /// Why the ladder may not be armed now; `None` when it may.
    #[must_use]
    pub fn cannot_arm(&self) -> Option<Unarmed> {
        if !self.is_connected() {
            return Some(Unarmed::Disconnected);
        }
        if !self.may_trade() {
            return Some(Unarmed::ViewOnly);
        }
        if self.risk_state() == "halted" {
            return Some(Unarmed::Halted);
        }
        let freshness = self.book_freshness();
        (!freshness.is_fresh()).then(|| Unarmed::Stale(freshness.age()))
    }

    /// Why an armed ladder must be disarmed now.
    #[must_use]
    pub fn must_disarm(&self, idle_limit: Duration) -> Option<Unarmed> {
        let armed = self.trading.armed?;
        let idle = self.now.after(armed.used) > idle_limit;
        self.cannot_arm().or_else(|| idle.then_some(Unarmed::Idle))
    }

    /// Whether the ladder is armed.
    #[must_use]
    pub const fn is_armed(&self) -> bool {
        self.trading.armed.is_some()
    }
}
