//! Canceling and changing open orders.

use super::reserve::date_of;
use super::submit::{bad_quantity, no_profile};
use super::{Core, Effects, ProfileIndex, Purpose, Token};
use crate::broker::api::{ModifySupport, RequestBody};
use crate::desk::protocol::{Failure, FailureKind, OrderSelection, Response};
use crate::market::{Price, Quantity, UtcTime};
use crate::order::{
    Cash, Draft, Order, OrderId, OrderKind, OrderState, PendingChange, Replacement, Reservation, Role, TimeInForce,
    WatchedBy, session_runs,
};

impl Core {
    pub(super) fn cancel_selected(
        &mut self,
        now: UtcTime,
        token: Token,
        profile: ProfileIndex,
        selection: &OrderSelection,
        effects: &mut Effects,
    ) -> Result<(), Box<Failure>> {
        let chosen = match selection {
            OrderSelection::Ids { orders } => {
                orders.iter().map(|text| self.order_named(profile, text)).collect::<Result<Vec<_>, _>>()?
            }
            OrderSelection::Matching { symbol, side } => {
                let instrument = symbol.as_deref().map(|text| self.resolve(profile, text)).transpose()?;
                let state = self.profiles.get(profile).ok_or_else(no_profile)?;
                let fits = |order: &&Order| {
                    instrument.is_none_or(|id| order.instrument == id) && side.is_none_or(|s| order.side == s)
                };
                state.open.iter().filter_map(|id| self.orders.get(id)).filter(fits).map(|order| order.id).collect()
            }
        };
        for id in &chosen {
            self.cancel_order(now, *id, "canceled by hand", effects);
        }
        let records = chosen.iter().filter_map(|id| self.orders.get(id)).map(|o| self.order_record(o)).collect();
        effects.reply(token, Response::Orders(records));
        Ok(())
    }

    /// Ends an order: at once where nobody else has it, else by asking the broker. Passes in every state of the desk.
    pub(super) fn cancel_order(&mut self, now: UtcTime, id: OrderId, reason: &str, effects: &mut Effects) {
        let Some(order) = self.orders.get(&id) else { return };
        let Some(profile) = self.profile_index(&order.profile) else { return };
        match order.state {
            state if state.is_final() => {}
            OrderState::Draft => self.end_order(now, id, OrderState::Canceled, Some(reason.into()), effects),
            // Written down but not yet handed over: `may_send` will find it ended.
            OrderState::Pending => {
                self.end_order(now, id, OrderState::Canceled, Some(format!("{reason} before it was sent")), effects);
            }
            _ if order.watched_by == Some(WatchedBy::Desk) && !order.triggered => {
                self.end_order(now, id, OrderState::Canceled, Some(reason.into()), effects);
            }
            _ => {
                let first = !order.pending_change.as_ref().is_some_and(PendingChange::is_cancel);
                if let Some(order) = self.orders.get_mut(&id) {
                    order.pending_change = Some(PendingChange::Cancel { after: order.replacement() });
                    order.updated_at = now;
                }
                if first {
                    self.changed(now, id, "cancel_sent", Some(reason.into()), effects);
                }
                if let Some(reference) = self.order_reference(id) {
                    self.send(now, profile, Purpose::Cancel(id), RequestBody::Cancel(reference), effects);
                }
            }
        }
    }

    pub(super) fn replace(
        &mut self,
        now: UtcTime,
        token: Token,
        profile: ProfileIndex,
        order: &str,
        (price, stop_price, quantity): (Option<Price>, Option<Price>, Option<Quantity>),
        effects: &mut Effects,
    ) -> Result<(), Box<Failure>> {
        let id = self.order_named(profile, order)?;
        self.storage_ready()?;
        let order = self.orders.get(&id).ok_or_else(no_profile)?;
        self.may_change(profile, order)?;
        let kind = changed_kind(order.kind, price, stop_price)?;
        let quantity = quantity.unwrap_or(order.quantity);
        if quantity <= order.filled {
            return Err(bad_quantity(quantity));
        }
        let draft = Draft {
            profile: order.profile.clone(),
            client_id: order.client_id.clone(),
            instrument: order.instrument,
            side: order.side,
            kind,
            quantity: quantity.minus(order.filled),
            time_in_force: self.lasts(profile, order),
            // A leg closes what its entry opened.
            reduce_only: order.reduce_only,
            position_side: order.position_side,
            bracket: order.bracket,
            source: order.source.clone(),
            route: order.route,
        };
        let held = order.watched_by == Some(WatchedBy::Desk) && !order.triggered;
        let leg =
            matches!(order.role, Role::TakeProfit | Role::StopLoss) || order.reservation.quantity.is_zero() && held;
        let (costing, verdict) = self.check(now, profile, &draft, Some(id))?;
        if let Err(refusals) = verdict {
            return Err(self.refuse(now, profile, &draft, refusals, effects));
        }
        let reservation = if leg { None } else { Some(costing.reservation) };
        if held {
            self.change_held(now, profile, id, (kind, quantity), reservation, effects);
        } else {
            self.change_at_venue(now, profile, id, (kind, quantity), reservation, effects);
        }
        if let Some(order) = self.orders.get(&id) {
            effects.reply(token, Response::Order(Box::new(self.order_record(order))));
        }
        Ok(())
    }

    /// How long an order lives by now: one that was kept for a session which runs is one of its day.
    fn lasts(&self, profile: ProfileIndex, order: &Order) -> TimeInForce {
        let market = self.profiles.get(profile).and_then(|state| state.markets.get(&order.instrument));
        let runs = market.is_some_and(|market| session_runs(market.phase.phase));
        if order.time_in_force == TimeInForce::Reserved && runs { TimeInForce::Day } else { order.time_in_force }
    }

    fn may_change(&self, profile: ProfileIndex, order: &Order) -> Result<(), Box<Failure>> {
        let failure = |code: &str, text: String| {
            Err(Box::new(Failure::new(FailureKind::Usage, code, text).about(order.id.to_string())))
        };
        let held = order.watched_by == Some(WatchedBy::Desk) && !order.triggered;
        if !matches!(order.state, OrderState::Accepted | OrderState::PartiallyFilled) {
            return failure("NOT_OPEN", format!("order {} is {} and cannot be changed", order.id, order.state));
        }
        if order.pending_change.is_some() {
            return failure("CHANGE_PENDING", format!("a change of order {} is still out", order.id));
        }
        let support = self.profiles.get(profile).map(|p| p.capabilities.modify);
        if !held && support == Some(ModifySupport::None) {
            return failure("UNSUPPORTED", "this broker cannot change orders: cancel it and place a new one".into());
        }
        Ok(())
    }

    fn change_held(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        id: OrderId,
        (kind, quantity): (OrderKind, Quantity),
        reservation: Option<Reservation>,
        effects: &mut Effects,
    ) {
        if let Some(order) = self.orders.get_mut(&id) {
            order.kind = kind;
            order.quantity = quantity;
            order.updated_at = now;
        }
        if let Some(reservation) = reservation {
            self.set_reservation(profile, id, reservation, effects);
        }
        self.changed(now, id, "replaced", None, effects);
    }

    fn change_at_venue(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        id: OrderId,
        (kind, quantity): (OrderKind, Quantity),
        reservation: Option<Reservation>,
        effects: &mut Effects,
    ) {
        // An older change was decided before this one could be asked for: its answer, when it comes, is old news.
        let older = |request: &super::Outstanding| matches!(request.purpose, Purpose::Replace(of, _) if of == id);
        self.requests.retain(|_, request| !older(request));
        self.overdue.retain(|_, request| !older(request));
        let Some(order) = self.orders.get_mut(&id) else { return };
        order.pending_change = Some(PendingChange::Replace { kind, quantity });
        order.updated_at = now;
        let old = order.reservation;
        // While both prices may still hold, the larger of the two needs is held back.
        if let Some(new) = reservation {
            let larger = Reservation {
                cash_per_unit: new.cash_per_unit.max(old.cash_per_unit),
                opening: Quantity::new(new.opening.value().max(old.opening.value())).unwrap_or(new.opening),
                cash: Cash::new(new.cash.amount.max(old.cash.amount), old.cash.currency),
                quantity: Quantity::new(new.quantity.value().max(old.quantity.value())).unwrap_or(new.quantity),
            };
            self.set_reservation(profile, id, larger, effects);
        }
        self.changed(now, id, "replace_sent", Some(format!("{kind:?} {quantity}")), effects);
        if let Some(reference) = self.order_reference(id) {
            let body = RequestBody::Replace { order: reference, kind, quantity };
            self.send(now, profile, Purpose::Replace(id, Replacement { kind, quantity }), body, effects);
        }
    }

    /// Holds back what an order needs as it stands now, after a change was confirmed or refused.
    pub(super) fn reserve_anew(&mut self, now: UtcTime, profile: ProfileIndex, id: OrderId, effects: &mut Effects) {
        let Some(order) = self.orders.get(&id) else { return };
        let currency = order.reservation.cash.currency;
        if order.state.is_final() {
            self.set_reservation(profile, id, Reservation::none(currency), effects);
            return;
        }
        let remaining = order.remaining();
        let draft = Draft {
            profile: order.profile.clone(),
            client_id: None,
            instrument: order.instrument,
            side: order.side,
            kind: order.kind,
            quantity: remaining,
            time_in_force: order.time_in_force,
            reduce_only: order.reduce_only
                || order.reservation.opening.is_zero() && order.reservation.cash_per_unit.is_none(),
            position_side: order.position_side,
            bracket: order.bracket,
            source: order.source.clone(),
            route: order.route,
        };
        let Some(state) = self.profiles.get(profile) else { return };
        let Some(market) = state.markets.get(&order.instrument) else { return };
        let side = super::reserve::position_side(&market.instrument, order.position_side);
        let held_back = state.held_back(&self.orders, order.instrument, side, Some(id));
        let costing = state.costing(&draft, &market.instrument, held_back, date_of(&market.instrument, now));
        self.set_reservation(profile, id, costing.reservation, effects);
    }
}

/// The kind an order has after a change of its prices.
fn changed_kind(kind: OrderKind, price: Option<Price>, stop: Option<Price>) -> Result<OrderKind, Box<Failure>> {
    let misfit = |what: &str| {
        Err(Box::new(
            Failure::new(FailureKind::Usage, "BAD_CHANGE", format!("a {} order has no {what}", kind.name()))
                .about(what),
        ))
    };
    let has_price = kind.limit().is_some();
    let has_stop = matches!(
        kind,
        OrderKind::Stop { .. }
            | OrderKind::StopLimit { .. }
            | OrderKind::TakeProfit { .. }
            | OrderKind::TrailingStop { .. }
    );
    if price.is_some() && !has_price {
        return misfit("price");
    }
    if stop.is_some() && !has_stop {
        return misfit("stop price");
    }
    Ok(match kind {
        OrderKind::Limit { price: old } => OrderKind::Limit { price: price.unwrap_or(old) },
        OrderKind::ConditionalLimit { price: old } => OrderKind::ConditionalLimit { price: price.unwrap_or(old) },
        OrderKind::Stop { trigger } => OrderKind::Stop { trigger: stop.unwrap_or(trigger) },
        OrderKind::TakeProfit { trigger } => OrderKind::TakeProfit { trigger: stop.unwrap_or(trigger) },
        OrderKind::StopLimit { trigger, price: old } => {
            OrderKind::StopLimit { trigger: stop.unwrap_or(trigger), price: price.unwrap_or(old) }
        }
        OrderKind::TrailingStop { distance, trigger } => {
            OrderKind::TrailingStop { distance, trigger: stop.or(trigger) }
        }
        OrderKind::OnOpen { price: old } => OrderKind::OnOpen { price: price.or(old) },
        OrderKind::OnClose { price: old } => OrderKind::OnClose { price: price.or(old) },
        other => other,
    })
}
