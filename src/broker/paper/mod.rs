//! Virtual fills against somebody else's market: orders of virtual cash, matched with what a real feed shows.
//!
//! Nobody at the venue knows of these orders, so every fill is a guess about what would have happened. The rules lean to
//! the unfavourable side: a resting order waits its turn behind everything that was shown before it, a taking order
//! walks the levels shown at the time it would have arrived and takes none of them twice, and nothing is filled on a
//! feed that is not current.
//!
//! Pure: the same feed and the same requests at the same times give the same fills.

mod account;
mod auction;
mod displayed;
mod matcher;
mod queue;
mod reduce;
mod resting;
#[cfg(test)]
mod tests;
mod told;

use std::time::Duration;

use crate::market::{Price, Quantity, Side, UtcTime};
use crate::order::fee::Liquidity;
use crate::order::{OrderId, OrderKind, TimeInForce};

pub use account::{Change, PaperAccount, QueueAhead};
pub use matcher::PaperMatcher;
pub use queue::{Probability, QueueModel};
pub use reduce::Trim;
pub(crate) use told::refused;

/// How far from the venue the orders are, and how their place in a queue is guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaperConfig {
    /// From sending an order to its arrival at the venue.
    pub order_latency: Duration,
    /// From the venue back: answers and fills are known this much later.
    pub response_latency: Duration,
    /// What a shrinking queue means.
    pub queue: QueueModel,
}

impl PaperConfig {
    /// A Korean retail line to KRX (a setting for tests, without a measured source).
    pub const KRX: Self = Self::with_latency(30);
    /// A Korean line to a crypto exchange (a setting for tests, without a measured source).
    pub const CRYPTO: Self = Self::with_latency(40);

    const fn with_latency(millis: u64) -> Self {
        let latency = Duration::from_millis(millis);
        Self { order_latency: latency, response_latency: latency, queue: QueueModel::Conservative }
    }
}

/// A virtual order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaperOrder {
    /// hoga's id of it.
    pub id: OrderId,
    /// Which way.
    pub side: Side,
    /// Limit, market, best limit, priority limit or conditional limit; others are refused.
    pub kind: OrderKind,
    /// How much.
    pub quantity: Quantity,
    /// How long.
    pub time_in_force: TimeInForce,
}

/// Something the venue would have told about an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaperEvent {
    /// Which order.
    pub order: OrderId,
    /// When it happened at the venue.
    pub happened_at: UtcTime,
    /// When its owner hears of it: the response latency later.
    pub known_at: UtcTime,
    /// What.
    pub body: PaperBody,
}

/// What happened to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperBody {
    /// The venue has it.
    Accepted,
    /// Some or all of it was filled.
    Filled(PaperFill),
    /// It has another price or quantity.
    Replaced {
        /// Its limit now.
        price: Price,
        /// Its total quantity now, what was filled before included.
        quantity: Quantity,
    },
    /// It was canceled as asked.
    Canceled,
    /// It ended by itself, with this much never filled.
    Expired {
        /// Why.
        reason: PaperExpiry,
        /// What was not filled.
        remaining: Quantity,
    },
    /// It was not taken.
    Rejected(PaperRefusal),
    /// A cancel or replace came to nothing; the order is as it was.
    ChangeRefused(PaperRefusal),
}

/// A virtual fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaperFill {
    /// Counts the fills of an instrument from 1.
    pub number: u64,
    /// At this price.
    pub price: Price,
    /// This much.
    pub quantity: Quantity,
    /// This much of the order is still open.
    pub remaining: Quantity,
    /// Rested, taking, or in a call auction. A fill in an auction is a guess: the real curve of orders is not known.
    pub liquidity: Liquidity,
}

/// Why an order or a change was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PaperRefusal {
    /// The feed is not current: nobody can say what would have happened.
    #[error("there is no current price to match against")]
    NoMarket,
    /// The venue takes no orders now.
    #[error("the market is closed or halted")]
    Closed,
    /// A type that paper matching does not work.
    #[error("paper matching has no orders of this type")]
    Kind,
    /// A time in force that makes no sense while orders collect for a single price.
    #[error("not during a call auction: it must be filled at once or rest")]
    DuringAuction,
    /// Post only, and the price would take.
    #[error("post only, but it would have taken")]
    WouldTake,
    /// Beyond the daily limits.
    #[error("the price is outside the daily limits")]
    OutsideLimits,
    /// Zero, or no multiple of the lot.
    #[error("the quantity is no multiple of the lot")]
    Quantity,
    /// A price the instrument cannot have.
    #[error("the price has more decimals than the instrument")]
    Price,
    /// The id is in use.
    #[error("there is an order with this id already")]
    SameId,
    /// No open order has the id.
    #[error("the order is not open")]
    NotOpen,
    /// Replacing to no more than what is filled already.
    #[error("that much is filled already")]
    AlreadyFilled,
}

/// Why an order ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperExpiry {
    /// Immediate or cancel: the rest could not be filled at once.
    ImmediateOrCancel,
    /// Fill or kill: not all of it could be filled at once.
    FillOrKill,
    /// A market order took everything that was shown, or there was nothing.
    NothingShown,
    /// A market order that the auction left over.
    LeftByAuction,
    /// Its day ended.
    DayEnded,
}
