//! Stops that the desk works itself because the broker has no such type: watched on every print, kept over restarts.

use rust_decimal::{Decimal, dec};

use super::reserve::date_of;
use super::{Core, Effects, ProfileIndex};
use crate::ledger::Write;
use crate::market::{InstrumentId, Price, Quantity, Side, TickRule, UtcTime};
use crate::order::{Order, OrderId, OrderKind, OrderState, Reservation, Role, TimeInForce, Trail, WatchedBy};
use crate::risk::DeskState;

impl Core {
    /// Watches an order's condition from now on.
    pub(super) fn hold(&mut self, profile: ProfileIndex, instrument: InstrumentId, id: OrderId) {
        if let Some(market) = self.profiles.get_mut(profile).and_then(|state| state.markets.get_mut(&instrument))
            && !market.held.contains(&id)
        {
            market.held.push(id);
        }
    }

    /// One print: trailing stops follow it, and whatever it reaches is set off.
    pub(super) fn watch_price(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        instrument: InstrumentId,
        last: Price,
        effects: &mut Effects,
    ) {
        let Some(market) = self.profiles.get(profile).and_then(|state| state.markets.get(&instrument)) else { return };
        let (ticks, on) = (market.instrument.ticks, date_of(&market.instrument, now));
        let mut reached: smallvec::SmallVec<[OrderId; 4]> = smallvec::SmallVec::new();
        for id in &market.held {
            let Some(order) = self.orders.get_mut(id) else { continue };
            if order.triggered || order.state != OrderState::Accepted {
                continue;
            }
            if let OrderKind::TrailingStop { distance, trigger } = order.kind {
                let next = trail(distance, trigger, order.side, last, ticks, on);
                if next != trigger {
                    order.kind = OrderKind::TrailingStop { distance, trigger: next };
                    order.updated_at = now;
                }
            }
            if is_reached(order.kind, order.side, last) {
                reached.push(*id);
            }
        }
        for id in reached {
            self.set_off(now, profile, id, last, effects);
        }
    }

    /// A condition was met: the order goes to the broker, once, for no more than there is to close.
    pub(super) fn set_off(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        id: OrderId,
        last: Price,
        effects: &mut Effects,
    ) {
        let Some(order) = self.orders.get(&id) else { return };
        // An earlier leg of the same print may have ended this one.
        if order.triggered || order.state != OrderState::Accepted {
            return;
        }
        let exits = is_exit(order);
        let barred = match self.state {
            DeskState::Halted => true,
            DeskState::Reducing => !exits,
            DeskState::Active => false,
        };
        // What may not be held any more must not be sold, and nothing is opened on an account that is not certain.
        let certain = self.profiles.get(profile).is_some_and(|state| state.may_act(order.instrument, exits));
        if barred || !certain {
            return;
        }
        let (instrument, side, role) = (order.instrument, order.position_side, order.role);
        let quantity = if exits { self.closable(profile, id) } else { order.quantity };
        if quantity.is_zero() {
            let reason = "nothing is left to close".to_owned();
            self.end_order(now, id, OrderState::Canceled, Some(reason), effects);
            return;
        }
        let _ = side;
        let needs_units = exits && role != Role::Entry;
        if let Some(order) = self.orders.get_mut(&id) {
            order.triggered = true;
            order.state = OrderState::Pending;
            order.quantity = quantity;
            order.updated_at = now;
            if needs_units && order.reservation.quantity.is_zero() {
                let currency = order.reservation.cash.currency;
                order.reservation = Reservation { quantity, ..Reservation::none(currency) };
            }
        }
        if let Some(market) = self.profiles.get_mut(profile).and_then(|state| state.markets.get_mut(&instrument)) {
            market.held.retain(|held| *held != id);
        }
        self.end_other_legs(now, profile, id, effects);
        self.changed(now, id, "triggered", Some(format!("last {last}")), effects);
        self.send_order(now, profile, id, effects);
        self.publish_event(now, Some(profile), "stop", Some(id), format!("set off at {last}"), effects);
    }

    /// Units an exit may close: what is held and not held back by others, at most its own quantity.
    fn closable(&self, profile: ProfileIndex, id: OrderId) -> Quantity {
        let (Some(order), Some(state)) = (self.orders.get(&id), self.profiles.get(profile)) else {
            return Quantity::ZERO;
        };
        let held = state.position(order.instrument, order.position_side).map_or(Decimal::ZERO, |p| p.quantity);
        let against = if order.side == Side::Sell { held } else { -held };
        let there = Quantity::new(against.max(Decimal::ZERO)).unwrap_or_default();
        let others = state.held_back(&self.orders, order.instrument, order.position_side, Some(id));
        // The other leg of a pair holds the same units back.
        let pair = self
            .pair_of(id)
            .and_then(|other| self.orders.get(&other))
            .map_or(Quantity::ZERO, |o| o.reservation.quantity);
        order.remaining().at_most(there.minus(others.minus(pair)))
    }

    /// Ends held orders that were good for the day only, of Korean derivatives for its session or the night's. A feed
    /// tells the day's prices also to who has just connected: unless the day is `new` only orders of an earlier date
    /// are over.
    pub(super) fn expire_held_day_orders(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        instrument: InstrumentId,
        new: bool,
        effects: &mut Effects,
    ) {
        let Some(market) = self.profiles.get(profile).and_then(|state| state.markets.get(&instrument)) else { return };
        let date = |time| crate::market::session::session_of(instrument.venue, time);
        let over: Vec<OrderId> = market
            .held
            .iter()
            .filter_map(|id| self.orders.get(id))
            .filter(|order| order.time_in_force == TimeInForce::Day && !order.triggered)
            .filter(|order| new || date(order.created_at) < date(now))
            .map(|order| order.id)
            .collect();
        for id in over {
            self.end_order(now, id, OrderState::Expired, Some("the day is over".into()), effects);
        }
    }

    /// Writes where trailing stops stand, at most once a second: a crash costs at most that much of their way.
    pub(super) fn write_trailing(&mut self, effects: &mut Effects) {
        let before = self.last_tick.minus(std::time::Duration::from_secs(2));
        for profile in &self.profiles {
            for market in profile.markets.values().filter(|market| !market.held.is_empty()) {
                let moved =
                    market.held.iter().filter_map(|id| self.orders.get(id)).filter(|order| {
                        matches!(order.kind, OrderKind::TrailingStop { .. }) && order.updated_at > before
                    });
                effects.writes.extend(moved.map(|order| Write::Order(Box::new(order.clone()))));
            }
        }
    }

    /// Who watches an order now; a stop of the desk is watched by nobody while the desk cannot act on it.
    #[must_use]
    pub fn watcher(&self, order: &Order) -> Option<WatchedBy> {
        let watched_by = order.watched_by?;
        if order.state.is_final() || order.triggered {
            return Some(watched_by).filter(|_| order.state.is_open()).map(|_| WatchedBy::Venue);
        }
        if watched_by == WatchedBy::Venue {
            return Some(WatchedBy::Venue);
        }
        let profile = self.profile_index(&order.profile).and_then(|index| self.profiles.get(index));
        let exits = is_exit(order);
        let fed = profile.is_some_and(|state| state.link == super::Link::Up && state.may_act(order.instrument, exits));
        Some(if fed && self.state != DeskState::Halted { WatchedBy::Desk } else { WatchedBy::Nobody })
    }
}

/// Whether an order only closes what is held.
fn is_exit(order: &Order) -> bool {
    order.reduce_only || order.role != Role::Entry || order.reservation.opening.is_zero()
}

/// Whether an exit was set off and is over without a fill, and not because somebody wanted it so.
pub(super) fn left_unprotected(order: &Order) -> bool {
    let exit = matches!(order.role, Role::StopLoss | Role::TakeProfit | Role::Oco);
    let over = order.state.is_final() && order.state != OrderState::Canceled;
    exit && order.triggered && order.filled.is_zero() && over
}

/// Whether the last price meets an order's condition.
fn is_reached(kind: OrderKind, side: Side, last: Price) -> bool {
    let Some(trigger) = kind.trigger() else { return false };
    let rising = match kind {
        OrderKind::TakeProfit { .. } => side == Side::Sell,
        _ => side == Side::Buy,
    };
    if rising { last >= trigger } else { last <= trigger }
}

/// Where a trailing stop stands after a print: it follows the best price at its distance, on tick, and never goes back.
fn trail(
    distance: Trail,
    trigger: Option<Price>,
    side: Side,
    last: Price,
    ticks: TickRule,
    on: jiff::civil::Date,
) -> Option<Price> {
    let away = match distance {
        Trail::Amount(amount) => amount,
        Trail::Percent(percent) => last.value() * percent / dec!(100),
    };
    let next = match side {
        Side::Sell => ticks.floor(last.value() - away, on),
        Side::Buy => ticks.ceil(last.value() + away, on),
    };
    match (trigger, next, side) {
        (Some(old), Some(new), Side::Sell) => Some(old.max(new)),
        (Some(old), Some(new), Side::Buy) => Some(old.min(new)),
        (None, new, _) => new,
        (old, None, _) => old,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(value: i64) -> Price {
        Price::new(Decimal::from(value)).unwrap()
    }

    #[test]
    fn a_trailing_stop_follows_and_never_goes_back() {
        let on = jiff::civil::date(2026, 11, 20);
        let follow =
            |trigger, last| trail(Trail::Percent(dec!(1)), trigger, Side::Sell, price(last), TickRule::KrxStock, on);
        let first = follow(None, 70_000);
        assert_eq!(first, Some(price(69_300)));
        let risen = follow(first, 71_000);
        assert_eq!(risen, Some(price(70_200)), "70,290 floored to the tick");
        assert_eq!(follow(risen, 70_500), risen);
    }

    #[test]
    fn conditions_point_the_right_way() {
        let stop = OrderKind::Stop { trigger: price(100) };
        let take = OrderKind::TakeProfit { trigger: price(100) };
        assert!(is_reached(stop, Side::Sell, price(100)) && !is_reached(stop, Side::Sell, price(101)));
        assert!(is_reached(stop, Side::Buy, price(101)) && !is_reached(stop, Side::Buy, price(99)));
        assert!(is_reached(take, Side::Sell, price(101)) && !is_reached(take, Side::Sell, price(99)));
        assert!(is_reached(take, Side::Buy, price(99)) && !is_reached(take, Side::Buy, price(101)));
    }
}
