//! Money that moves without an order.

use rust_decimal::Decimal;

use crate::market::{InstrumentId, Price, UtcTime};
use crate::order::{Cash, ExecutionId};

/// Money that moved without an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CashFlow {
    /// Unique within the profile, so that it is booked once.
    pub id: ExecutionId,
    /// Why.
    pub kind: CashFlowKind,
    /// On what, where on something.
    pub instrument: Option<InstrumentId>,
    /// How much; negative when paid.
    pub amount: Cash,
    /// Venue time.
    pub time: UtcTime,
}

/// A moment at which the holders of a perpetual pay each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundingStamp {
    /// Of what.
    pub instrument: InstrumentId,
    /// The stamp, by the venue's clock.
    pub time: UtcTime,
    /// Mark price and rate at the stamp; `None` where the feed was away and nobody can say.
    pub terms: Option<(Price, Decimal)>,
}

/// Why money moved without an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CashFlowKind {
    /// Funding of a perpetual.
    Funding,
    /// Dividend.
    Dividend,
    /// Interest.
    Interest,
    /// A fee that belongs to no fill (liquidation clearance, borrowing).
    Fee,
}
