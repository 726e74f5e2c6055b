//! Orders as the matching engine sees them: whole ticks, whole lots, and what came of them.

use super::matching::OrderKey;
use crate::market::Side;

/// Whose an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// A trader of the simulation, by its place in the crowd.
    Agent(u16),
    /// The desk, by the number of its order.
    Desk(u64),
}

/// Which price an order asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pricing {
    /// This tick or better.
    Limit(i64),
    /// Any price inside the bounds; what finds nobody is canceled, in a call auction it waits at the bound.
    Market,
    /// A limit at the best opposite price on arrival (최유리지정가).
    Best,
    /// A limit at the best price of its own side on arrival (최우선지정가).
    Priority,
}

/// What becomes of the part that finds nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasting {
    /// It rests.
    Rest,
    /// It is canceled.
    Ioc,
    /// All or nothing.
    Fok,
    /// It rests, and it must not take.
    PostOnly,
}

/// A new order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewOrder {
    /// Whose.
    pub owner: Owner,
    /// Which way.
    pub side: Side,
    /// At what price.
    pub pricing: Pricing,
    /// Lots.
    pub quantity: i64,
    /// How long.
    pub lasting: Lasting,
}

/// Prices that orders and trades must stay within.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Lowest tick of the day.
    pub lowest: i64,
    /// Highest tick of the day.
    pub highest: i64,
    /// A trade at or below this tick interrupts trading instead (VI).
    pub trip_below: i64,
    /// A trade at or above this tick interrupts trading instead (VI).
    pub trip_above: i64,
}

impl Bounds {
    /// No bounds at all.
    pub const NONE: Self = Self { lowest: 1, highest: i64::MAX, trip_below: i64::MIN, trip_above: i64::MAX };

    /// Whether a trade at this tick would interrupt trading.
    #[must_use]
    pub const fn trips(&self, tick: i64) -> bool {
        tick <= self.trip_below || tick >= self.trip_above
    }
}

/// One side of a trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Party {
    /// Whose order.
    pub owner: Owner,
    /// The order's number in this book.
    pub number: u64,
    /// What is left of it.
    pub left: i64,
}

/// A trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// Price: that of the order that was there first.
    pub tick: i64,
    /// Lots.
    pub quantity: i64,
    /// Side of the taker; `None` in an auction, where `taker` is the buyer.
    pub taker_side: Option<Side>,
    /// The order that came.
    pub taker: Party,
    /// The order that was there.
    pub maker: Party,
}

/// Why an order was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Post-only, and it would take.
    #[error("the order would take liquidity")]
    WouldTake,
    /// Best or priority limit without a price to follow.
    #[error("there is no price to follow")]
    NoPrice,
    /// IOC, FOK, post-only, best and priority limit are not for call auctions.
    #[error("this order type is not taken in a call auction")]
    NotInAuction,
    /// Outside the daily limits.
    #[error("the price is outside the daily limits")]
    OutOfBounds,
    /// Nothing to trade.
    #[error("the quantity must be above zero")]
    NoQuantity,
}

/// What happened to a new order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// The handle, when a part rests.
    pub key: Option<OrderKey>,
    /// The order's number in this book.
    pub number: u64,
    /// Tick that it was worked at.
    pub tick: i64,
    /// Lots filled.
    pub filled: i64,
    /// Lots that rest.
    pub resting: i64,
    /// Whether the next trade would have tripped a volatility interruption.
    pub interrupted: bool,
}
