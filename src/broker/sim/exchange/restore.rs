//! Coming back after the end of a process: open orders return to the book.

use super::super::matching::{Lasting, NewOrder, Owner, Pricing};
use super::SimExchange;
use crate::order::{OrderKind, OrderState, TimeInForce};

impl SimExchange {
    /// Enters open orders again, oldest first, each at the back of the line at its price. One that the market has meanwhile
    /// passed is filled by the book as any new order would be. What cannot go on (market orders, IOC and FOK remainders,
    /// day orders of an earlier date, prices outside today's limits) ends.
    pub(super) fn reenter(&mut self) {
        let today = super::super::date_of(self.now);
        for number in self.truth.open() {
            let Some(order) = self.truth.orders.get(&number).cloned() else { continue };
            let index = self.index.get(&order.instrument).copied();
            let Some((index, pit)) = index.and_then(|index| Some((index, self.pits.get(index)?))) else {
                self.end(number, OrderState::Expired, Some("no longer listed".into()));
                continue;
            };
            let tick = match order.kind {
                OrderKind::Limit { price } => pit.grid.index(price),
                _ => None,
            };
            let inside = tick.filter(|tick| (pit.bounds.lowest..=pit.bounds.highest).contains(tick));
            let lots = pit.grid.lots(order.remaining()).filter(|lots| *lots > 0);
            let lives = match order.time_in_force {
                TimeInForce::Gtc => true,
                TimeInForce::Day | TimeInForce::PostOnly => super::super::date_of(order.time) == today,
                TimeInForce::Ioc | TimeInForce::Fok | TimeInForce::Reserved => false,
            };
            if let Some(order) = self.truth.orders.get_mut(&number) {
                order.pit = index;
                order.key = None;
            }
            match (inside, lots) {
                (Some(tick), Some(quantity)) if lives => {
                    let owner = Owner::Desk(number);
                    let (side, pricing) = (order.side, Pricing::Limit(tick));
                    // An order that only wanted to rest must not be made to take because the exchange was away.
                    let post_only = order.time_in_force == TimeInForce::PostOnly;
                    let lasting = if post_only { Lasting::PostOnly } else { Lasting::Rest };
                    self.work(index, number, NewOrder { owner, side, pricing, quantity, lasting });
                }
                _ => self.end(number, OrderState::Expired, Some("the exchange was restarted".into())),
            }
        }
    }
}
