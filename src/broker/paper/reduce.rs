//! Reduce-only: such an order must never open a position, whatever else was filled since it was placed.

use rust_decimal::Decimal;

use super::account::{Change, PaperAccount};
use crate::broker::api::PlaceOrder;
use crate::market::{Price, Quantity, Side};
use crate::order::OrderId;

/// What the fills of this connection add up to.
#[derive(Debug, Default)]
pub(super) struct Holding {
    quantity: Decimal,
    /// A reduce-only order came for more than that: there is a position from before the connection, of unknown size.
    has_more: bool,
}

impl Holding {
    pub(super) fn fill(&mut self, side: Side, quantity: Quantity) {
        match side {
            Side::Buy => self.quantity += quantity.value(),
            Side::Sell => self.quantity -= quantity.value(),
        }
    }

    /// The desk has checked the order against its ledger, which knows of more than this connection.
    pub(super) fn expect(&mut self, order: &PlaceOrder) {
        self.has_more |= order.reduce_only && order.quantity.value() > self.reducible(order.side);
    }

    /// Units that an order of this side can close.
    fn reducible(&self, side: Side) -> Decimal {
        let closable = if side == Side::Buy { -self.quantity } else { self.quantity };
        closable.max(Decimal::ZERO)
    }
}

/// What is to be done to a reduce-only order that has become too large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trim {
    /// There is nothing left to reduce.
    Cancel(OrderId),
    /// It keeps its price and its place, and this total quantity.
    Shrink(OrderId, Price, Quantity),
}

impl PaperAccount {
    /// Reduce-only orders that are larger than what is left to reduce, the newest giving way first. Each must be sent to
    /// the matcher as its [`Change::Venue`]. None while a position from before the connection may be what they reduce.
    pub fn trim(&mut self) -> Vec<Trim> {
        let mut trims = Vec::new();
        if self.holding.has_more {
            return trims;
        }
        for side in [Side::Buy, Side::Sell] {
            let mut room = self.holding.reducible(side);
            for number in &self.open {
                let Some(entry) = self.orders.get_mut(number) else { continue };
                if !(entry.wanted.reduce_only && entry.wanted.side == side && entry.is_working()) {
                    continue;
                }
                let remaining = entry.remaining().value();
                let keep = remaining.min(room);
                room -= keep;
                if keep == remaining || entry.changes.contains(&Change::Venue) {
                    continue;
                }
                let order = entry.wanted.order_id;
                let total = Quantity::new(keep).ok().map(|keep| entry.filled.plus(keep));
                match (entry.kind.limit(), total) {
                    (Some(price), Some(total)) if !keep.is_zero() => trims.push(Trim::Shrink(order, price, total)),
                    _ if keep.is_zero() => trims.push(Trim::Cancel(order)),
                    _ => continue,
                }
                entry.changes.push_back(Change::Venue);
            }
        }
        trims
    }
}
