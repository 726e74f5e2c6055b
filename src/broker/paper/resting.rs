//! Orders at the venue, and what continuous trading does to them.

use rust_decimal::Decimal;

use super::displayed::is_better;
use super::matcher::PaperMatcher;
use super::queue::QueuePlace;
use super::{PaperBody, PaperEvent, PaperFill, PaperOrder};
use crate::market::{Price, Quantity, Side, Trade};
use crate::order::OrderId;
use crate::order::fee::Liquidity;

/// An order the venue has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Working {
    pub(super) order: PaperOrder,
    /// Its limit; `None` for a market order that waits for an auction.
    pub(super) limit: Option<Price>,
    pub(super) filled: Quantity,
    pub(super) stage: Stage,
}

/// What a working order is doing.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stage {
    /// Waiting for the single price of a call auction.
    Collecting,
    /// Resting in the book.
    Resting {
        /// Where in the queue; `None` until the feed shows its price for the first time.
        place: Option<QueuePlace>,
        /// The feed was interrupted or did not reach its price for a while.
        unseen: bool,
    },
}

impl Stage {
    /// Resting at a price that has not been looked at yet.
    pub(super) const NEW: Self = Self::Resting { place: None, unseen: false };
}

impl Working {
    pub(super) fn id(&self) -> OrderId {
        self.order.id
    }

    pub(super) fn remaining(&self) -> Quantity {
        self.order.quantity.minus(self.filled)
    }

    fn is_resting(&self) -> bool {
        matches!(self.stage, Stage::Resting { .. })
    }
}

impl PaperMatcher {
    /// A print in continuous trading: through a resting order's price it fills the order, at it the queue decides.
    pub(super) fn match_trade(&mut self, trade: &Trade) {
        // Of one trade at a price, what an earlier own order got is not there for a later one.
        let mut own_before = Decimal::ZERO;
        let mut at = 0;
        while let Some(working) = self.working.get_mut(at) {
            let fill = match_one(working, trade, own_before, |quantity| self.lot.floor(quantity));
            match fill {
                Some((price, quantity)) if !quantity.is_zero() => {
                    if price == trade.price {
                        own_before += quantity.value();
                    }
                    if !self.fill(at, price, quantity, Liquidity::Maker) {
                        at += 1;
                    }
                }
                _ => at += 1,
            }
        }
    }

    /// The feed shows something new: orders move in their queues, and those the other side has come to are filled.
    pub(super) fn match_displayed(&mut self) {
        let model = self.config.queue;
        let mut at = 0;
        while let Some(working) = self.working.get_mut(at) {
            let side = working.order.side;
            let (Some(limit), Stage::Resting { place, unseen }) = (working.limit, &mut working.stage) else {
                at += 1;
                continue;
            };
            let shown = self.displayed.shown_at(side, limit);
            match (shown, place.as_mut()) {
                (None, _) => {}
                (Some(shown), None) => *place = Some(QueuePlace::behind(shown.value())),
                (Some(shown), Some(place)) if *unseen => place.after_interruption(shown.value()),
                (Some(shown), Some(place)) => place.on_shown(shown.value(), model),
            }
            *unseen = shown.is_none();
            let remaining = working.remaining();
            let reached = self.displayed.best(side.opposite()).is_some_and(|best| self.reaches(side, limit, best));
            if !(reached && self.fill(at, limit, remaining, Liquidity::Maker)) {
                at += 1;
            }
        }
    }

    /// Whether the other side's best price fills a resting order. At a locked limit price only the queue does: that an
    /// offer was seen there does not mean that it reached this order.
    fn reaches(&self, side: Side, limit: Price, opposite_best: Price) -> bool {
        let locked = self.limits.is_some_and(|limits| match side {
            Side::Buy => limit >= limits.upper,
            Side::Sell => limit <= limits.lower,
        });
        is_better(side, limit, opposite_best) || (limit == opposite_best && !locked)
    }

    /// What a taking order would get now, best price first.
    pub(super) fn walk(&self, side: Side, limit: Option<Price>, quantity: Quantity) -> Vec<(Price, Quantity)> {
        let mut wanted = quantity;
        let mut fills = Vec::new();
        for level in self.displayed.available(side.opposite()) {
            if wanted.is_zero() || limit.is_some_and(|limit| is_better(side, level.price, limit)) {
                break;
            }
            let quantity = self.lot.floor(level.quantity.at_most(wanted).value());
            if !quantity.is_zero() {
                wanted = wanted.minus(quantity);
                fills.push((level.price, quantity));
            }
        }
        fills
    }

    /// Fills part or all of the order at a position of the list, and tells. Returns whether it left the list.
    pub(super) fn fill(&mut self, at: usize, price: Price, quantity: Quantity, liquidity: Liquidity) -> bool {
        let Some(working) = self.working.get_mut(at) else { return false };
        working.filled = working.filled.plus(quantity);
        let (order, remaining) = (working.id(), working.remaining());
        if remaining.is_zero() {
            self.working.remove(at);
        }
        self.fills += 1;
        let fill = PaperFill { number: self.fills, price, quantity, remaining, liquidity };
        self.tell(order, PaperBody::Filled(fill));
        remaining.is_zero()
    }

    pub(super) fn tell(&mut self, order: OrderId, body: PaperBody) {
        let (happened_at, known_at) = (self.now, self.now.plus(self.config.response_latency));
        self.outbox.push_back(PaperEvent { order, happened_at, known_at, body });
    }

    /// Resting orders have not been looked at for a while.
    pub(super) fn mark_unseen(&mut self) {
        for working in &mut self.working {
            if let Stage::Resting { unseen, .. } = &mut working.stage {
                *unseen = true;
            }
        }
    }

    /// What stands before a resting order at its price: others by the model's guess, and own orders that came before.
    /// `None` for orders that do not rest, and while the feed does not show the price.
    #[must_use]
    pub fn queue_ahead(&self, order: OrderId) -> Option<Quantity> {
        let at = self.working.iter().position(|working| working.id() == order)?;
        let (before, from) = self.working.split_at_checked(at)?;
        let working = from.first()?;
        let Stage::Resting { place: Some(place), .. } = working.stage else { return None };
        let same = |other: &&Working| {
            other.is_resting() && other.order.side == working.order.side && other.limit == working.limit
        };
        let own = before.iter().filter(same).fold(Quantity::ZERO, |sum, other| sum.plus(other.remaining()));
        Some(Quantity::new(place.ahead().round_dp(12)).ok()?.plus(own))
    }
}

/// Price and quantity at which a print fills a resting order, if it does.
fn match_one(
    working: &mut Working,
    trade: &Trade,
    own_before: Decimal,
    floor: impl Fn(Decimal) -> Quantity,
) -> Option<(Price, Quantity)> {
    let (side, remaining) = (working.order.side, working.remaining());
    let (Some(limit), Stage::Resting { place, .. }) = (working.limit, &mut working.stage) else { return None };
    if is_better(side, limit, trade.price) && trade.side != Some(side) {
        return Some((limit, remaining));
    }
    if limit != trade.price || trade.side != Some(side.opposite()) {
        return None;
    }
    let place = place.as_mut()?;
    let past = (place.on_trade(trade.quantity.value()) - own_before).max(Decimal::ZERO);
    let quantity = floor(past).at_most(remaining);
    place.at_head(past - quantity.value());
    Some((limit, quantity))
}
