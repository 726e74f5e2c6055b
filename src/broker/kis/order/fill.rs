//! The report of a fill, named after its order's number and what was filled under it until then.

use rust_decimal::Decimal;

use super::number::OrderNumber;
use super::track::Tracked;
use crate::broker::api::FillReport;
use crate::market::{Price, Quantity, UtcTime};
use crate::order::fee::Liquidity;
use crate::order::{ExecutionId, PositionSide};

/// A fill of `quantity` that makes `filled` of an order; `None` where its numbers cannot be.
pub(super) fn fill_report(
    number: &OrderNumber,
    order: &Tracked,
    filled: Decimal,
    quantity: Decimal,
    price: Decimal,
    time: UtcTime,
) -> Option<FillReport> {
    let broker_id = number.id().ok()?;
    let execution_id = ExecutionId::new(&format!("{broker_id}:{}", filled.normalize())).ok()?;
    Some(FillReport {
        execution_id,
        order_id: order.order_id,
        broker_id,
        instrument: order.instrument,
        side: order.side,
        price: Price::new(price).ok()?,
        quantity: Quantity::new(quantity).ok()?,
        // The broker charges both the same and does not say which it was.
        liquidity: Liquidity::Taker,
        commission: None,
        tax: None,
        fee_in_kind: None,
        realized: None,
        position_side: PositionSide::Net,
        time,
    })
}
