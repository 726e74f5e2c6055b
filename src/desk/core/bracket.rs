//! Brackets and pairs: exits that follow an entry, grow with its fills, and cancel each other.

use super::submit::stop_kind;
use super::{Core, Effects, ProfileIndex};
use crate::market::{Quantity, UtcTime};
use crate::order::{Bracket, Draft, OrderId, OrderKind, OrderState, Reservation, Role, Source, TimeInForce};

impl Core {
    /// After a fill of an entry: its exits cover exactly what it has filled and no exit has closed yet.
    pub(super) fn work_bracket(&mut self, now: UtcTime, profile: ProfileIndex, entry: OrderId, effects: &mut Effects) {
        let Some(order) = self.orders.get(&entry) else { return };
        if order.bracket.is_empty() || order.role != Role::Entry {
            return;
        }
        let filled = order.filled;
        let legs = self.legs_of(entry);
        // Each set of exits closes its units once, whichever of the two did it.
        let spent = legs
            .iter()
            .filter_map(|id| self.orders.get(id))
            .filter(|leg| leg.triggered)
            .fold(Quantity::ZERO, |sum, leg| sum.plus(leg.quantity));
        let target = filled.minus(spent);
        let waiting: Vec<OrderId> = legs
            .into_iter()
            .filter(|id| self.orders.get(id).is_some_and(|leg| !leg.triggered && leg.state == OrderState::Accepted))
            .collect();
        if waiting.is_empty() {
            if !target.is_zero() {
                self.make_legs(now, profile, entry, target, effects);
            }
            return;
        }
        for id in waiting {
            if let Some(leg) = self.orders.get_mut(&id)
                && leg.quantity != target
            {
                leg.quantity = target;
                leg.updated_at = now;
                self.changed(now, id, "resized", Some(target.to_string()), effects);
            }
        }
    }

    fn make_legs(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        entry: OrderId,
        quantity: Quantity,
        effects: &mut Effects,
    ) {
        let Some(order) = self.orders.get(&entry) else { return };
        let currency = order.reservation.cash.currency;
        let bracket = order.bracket;
        let draft = Draft {
            profile: order.profile.clone(),
            client_id: None,
            instrument: order.instrument,
            side: order.side.opposite(),
            kind: OrderKind::Market,
            quantity,
            time_in_force: TimeInForce::Gtc,
            reduce_only: order.reduce_only || self.is_margined(profile, order.instrument),
            position_side: order.position_side,
            bracket: Bracket::default(),
            source: Source::Desk,
            route: order.route,
        };
        let stop = stop_kind(&bracket).map(|kind| (kind, Role::StopLoss));
        let take = bracket.take_profit.map(|trigger| (OrderKind::TakeProfit { trigger }, Role::TakeProfit));
        for (kind, role) in stop.into_iter().chain(take) {
            let leg = Draft { kind, ..draft.clone() };
            let id = self.make(now, profile, &leg, role, Reservation::none(currency), effects);
            if let Some(order) = self.orders.get_mut(&id) {
                order.parent_id = Some(entry);
            }
            self.write_order(id, effects);
        }
    }

    fn is_margined(&self, profile: ProfileIndex, instrument: crate::market::InstrumentId) -> bool {
        let market = self.profiles.get(profile).and_then(|state| state.markets.get(&instrument));
        market.is_some_and(|market| market.instrument.product.is_margined())
    }

    /// Exits of an entry, ended ones included.
    fn legs_of(&self, entry: OrderId) -> Vec<OrderId> {
        let leg = |order: &&crate::order::Order| {
            order.parent_id == Some(entry) && matches!(order.role, Role::TakeProfit | Role::StopLoss)
        };
        self.orders.range(entry..).map(|(_, order)| order).filter(leg).map(|order| order.id).collect()
    }

    /// The other order of a pair.
    pub(super) fn pair_of(&self, id: OrderId) -> Option<OrderId> {
        let order = self.orders.get(&id).filter(|order| order.role == Role::Oco)?;
        order.parent_id.or_else(|| {
            self.orders.range(id..).map(|(_, other)| other).find(|other| other.parent_id == Some(id)).map(|o| o.id)
        })
    }

    /// One exit was set off or filled: the others that still wait are over, in the same batch.
    pub(super) fn end_other_legs(&mut self, now: UtcTime, profile: ProfileIndex, id: OrderId, effects: &mut Effects) {
        let _ = profile;
        let Some(order) = self.orders.get(&id) else { return };
        let others: Vec<OrderId> = match (order.role, order.parent_id) {
            (Role::TakeProfit | Role::StopLoss, Some(entry)) => self.legs_of(entry),
            (Role::Oco, _) => self.pair_of(id).into_iter().collect(),
            _ => return,
        };
        for other in others {
            let waits = self.orders.get(&other).is_some_and(|leg| !leg.triggered && leg.state == OrderState::Accepted);
            if other != id && waits {
                let reason = "the other exit was set off".to_owned();
                self.end_order(now, other, OrderState::Canceled, Some(reason), effects);
            }
        }
    }

    /// An entry ended without a fill: its exits have nothing to do.
    pub(super) fn end_legs_of(&mut self, now: UtcTime, _profile: ProfileIndex, entry: OrderId, effects: &mut Effects) {
        if self.orders.get(&entry).is_none_or(|order| order.bracket.is_empty()) {
            return;
        }
        for leg in self.legs_of(entry) {
            self.end_order(now, leg, OrderState::Canceled, Some("the entry was not filled".into()), effects);
        }
    }
}
