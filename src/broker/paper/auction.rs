//! Call auctions: orders collect, then all meet at one price.
//!
//! The curve of real orders is not known, so own orders cannot be added to it. They get the single price if they are
//! better than it, or at it, but together never more than the auction traded, and nothing at a limit price that is
//! locked, where only the queue decides. Such fills are told as [`Liquidity::Auction`].

use std::cmp::Reverse;
use std::time::Duration;

use super::displayed::is_better;
use super::matcher::PaperMatcher;
use super::resting::{Stage, Working};
use super::{PaperBody, PaperExpiry};
use crate::market::arrange::Arrange;
use crate::market::{Expected, Phase, Price, Quantity, Side, Trade, UtcTime};
use crate::order::OrderKind;
use crate::order::fee::Liquidity;

/// How long after the end of an auction its print may come before the last expected price stands in for it.
const PRINT_WITHIN: Duration = Duration::from_secs(5);

/// An auction that ended without its print.
#[derive(Debug, Clone, Copy)]
pub(super) struct Awaited {
    expected: Expected,
    pub(super) until: UtcTime,
}

impl PaperMatcher {
    pub(super) fn enter_phase(&mut self, phase: Phase) {
        let before = std::mem::replace(&mut self.phase, phase);
        if before == phase {
            return;
        }
        if before.is_auction() {
            self.end_auction();
        }
        if phase.is_auction() {
            self.settle_awaited();
            self.begin_auction(phase);
        } else if !before.is_continuous() {
            self.mark_unseen();
        }
    }

    fn begin_auction(&mut self, phase: Phase) {
        self.expected = None;
        for working in &mut self.working {
            working.stage = Stage::Collecting;
            if phase == Phase::ClosingAuction && matches!(working.order.kind, OrderKind::ConditionalLimit { .. }) {
                working.limit = None;
            }
        }
    }

    fn end_auction(&mut self) {
        match self.expected.take() {
            Some(expected) => self.awaited = Some(Awaited { expected, until: self.now.plus(PRINT_WITHIN) }),
            None => self.release(),
        }
    }

    /// Uses the expected price, because the print has not come.
    pub(super) fn settle_awaited(&mut self) {
        if let Some(Awaited { expected, .. }) = self.awaited.take() {
            self.settle(expected.price, expected.quantity);
            self.release();
        }
    }

    /// Takes a print if it is that of an auction. Returns whether it was.
    pub(super) fn auction_print(&mut self, trade: &Trade) -> bool {
        if self.phase.is_auction() && self.awaited.is_none() {
            self.expected = None;
            self.settle(trade.price, trade.quantity);
            return true;
        }
        if self.awaited.is_none() {
            return false;
        }
        if trade.side.is_some() {
            // Continuous trading goes on already: the print was missed.
            self.settle_awaited();
            return false;
        }
        self.awaited = None;
        self.settle(trade.price, trade.quantity);
        self.release();
        true
    }

    /// All collected orders meet the single price: market orders first, then by price, then by time.
    fn settle(&mut self, single: Price, traded: Quantity) {
        for side in [Side::Buy, Side::Sell] {
            let mut left = traded;
            for id in self.eligible(side, single) {
                let Some(at) = self.working.iter().position(|working| working.id() == id) else { continue };
                let remaining = self.working.get(at).map_or(Quantity::ZERO, Working::remaining);
                let quantity = self.lot.floor(remaining.at_most(left).value());
                if !quantity.is_zero() {
                    left = left.minus(quantity);
                    self.fill(at, single, quantity, Liquidity::Auction);
                }
            }
        }
    }

    fn eligible(&self, side: Side, single: Price) -> Vec<crate::order::OrderId> {
        let locked = self.limits.is_some_and(|limits| match side {
            Side::Buy => single >= limits.upper,
            Side::Sell => single <= limits.lower,
        });
        let meets = |working: &&Working| match working.limit {
            None => true,
            Some(limit) => is_better(side, limit, single) || (limit == single && !locked),
        };
        let collected = |working: &&Working| matches!(working.stage, Stage::Collecting) && working.order.side == side;
        let mut found: Vec<&Working> = self.working.iter().filter(collected).filter(meets).collect();
        // Stable, so that orders at one price stay in the order they came.
        match side {
            Side::Buy => found.arrange_by_key(|working| (working.limit.is_some(), Reverse(working.limit))),
            Side::Sell => found.arrange_by_key(|working| (working.limit.is_some(), working.limit)),
        }
        found.iter().map(|working| working.id()).collect()
    }

    /// The auction is over: limit orders rest behind everything that is shown next, market orders end.
    fn release(&mut self) {
        let mut left = Vec::new();
        self.working.retain_mut(|working| {
            if !matches!(working.stage, Stage::Collecting) {
                return true;
            }
            working.stage = Stage::NEW;
            if working.limit.is_none() {
                left.push((working.id(), working.remaining()));
            }
            working.limit.is_some()
        });
        for (order, remaining) in left {
            self.tell(order, PaperBody::Expired { reason: PaperExpiry::LeftByAuction, remaining });
        }
    }
}
