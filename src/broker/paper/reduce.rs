//! Reduce-only: such an order must never open a position, whatever else was filled since it was placed.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::account::{Change, Entry, PaperAccount};
use crate::broker::api::PlaceOrder;
use crate::market::{InstrumentId, Price, Quantity, Side};
use crate::order::OrderId;

/// What the fills of this connection add up to, by instrument.
#[derive(Debug, Default)]
pub(super) struct Holdings(BTreeMap<InstrumentId, Holding>);

/// Of one instrument.
#[derive(Debug, Default)]
struct Holding {
    quantity: Decimal,
    /// A reduce-only order came for more than that: there is a position from before the connection, of unknown size.
    has_more: bool,
}

impl Holdings {
    pub(super) fn fill(&mut self, instrument: InstrumentId, side: Side, quantity: Quantity) {
        let held = &mut self.0.entry(instrument).or_default().quantity;
        match side {
            Side::Buy => *held += quantity.value(),
            Side::Sell => *held -= quantity.value(),
        }
    }

    /// The desk has checked the order against its ledger, which knows of more than this connection.
    pub(super) fn expect(&mut self, order: &PlaceOrder) {
        if order.reduce_only {
            let holding = self.0.entry(order.instrument).or_default();
            holding.has_more |= order.quantity.value() > holding.reducible(order.side);
        }
    }
}

impl Holding {
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
    /// the matcher as its [`Change::Venue`]. None of an instrument while a position from before the connection may be
    /// what they reduce.
    pub fn trim(&mut self) -> Vec<Trim> {
        let mut trims = Vec::new();
        for (instrument, holding) in self.holdings.0.iter().filter(|(_, holding)| !holding.has_more) {
            for side in [Side::Buy, Side::Sell] {
                let mut room = holding.reducible(side);
                for number in &self.open {
                    let Some(entry) = self.orders.get_mut(number) else { continue };
                    if entry.wanted.instrument == *instrument && entry.wanted.side == side {
                        trims.extend(entry.trim(&mut room));
                    }
                }
            }
        }
        trims
    }
}

impl Entry {
    /// Takes its share of what can be reduced, and says how it must give way where that is not enough.
    fn trim(&mut self, room: &mut Decimal) -> Option<Trim> {
        if !(self.wanted.reduce_only && self.is_working()) {
            return None;
        }
        let remaining = self.remaining().value();
        let keep = remaining.min(*room);
        *room -= keep;
        if keep == remaining || self.changes.contains(&Change::Venue) {
            return None;
        }
        let order = self.wanted.order_id;
        let total = Quantity::new(keep).ok().map(|keep| self.filled.plus(keep));
        let trim = match (self.kind.limit(), total) {
            (Some(price), Some(total)) if !keep.is_zero() => Trim::Shrink(order, price, total),
            _ if keep.is_zero() => Trim::Cancel(order),
            _ => return None,
        };
        self.changes.push_back(Change::Venue);
        Some(trim)
    }
}
