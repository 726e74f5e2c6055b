//! A fill (체결): part or all of an order that was traded.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::fee::Liquidity;
use super::id::{ExecutionId, OrderId, ProfileName};
use super::kind::PositionSide;
use crate::market::{Currency, InstrumentId, Price, Quantity, Side, UtcTime};

/// A fill as it is booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fill {
    /// The broker's number of it; unique within the profile.
    pub id: ExecutionId,
    /// Of which order.
    pub order_id: OrderId,
    /// Of which profile.
    pub profile: ProfileName,
    /// On what.
    pub instrument: InstrumentId,
    /// Which way.
    pub side: Side,
    /// Which position.
    pub position_side: PositionSide,
    /// Price.
    pub price: Price,
    /// Quantity.
    pub quantity: Quantity,
    /// Commission, not negative (a rebate is negative).
    pub commission: Decimal,
    /// Tax.
    pub tax: Decimal,
    /// Currency of both, and of the price.
    pub currency: Currency,
    /// Maker, taker or auction.
    pub liquidity: Liquidity,
    /// Venue time.
    pub time: UtcTime,
}
