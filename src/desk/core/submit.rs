//! New orders: from what a face asked for, through the gate, to what is written and sent.

use super::reserve::{Costing, date_of, position_side};
use super::{Core, Effects, ProfileIndex, Purpose, Token, route};
use crate::broker::api::{OrderReference, PlaceOrder, RequestBody};
use crate::config::World;
use crate::desk::protocol::{Failure, FailureKind, Preview, Response, SubmitOrder};
use crate::ledger::{OrderEvent, Write};
use crate::market::{InstrumentId, Price, Quantity, Side, UtcTime};
use crate::order::{
    Bracket, Draft, Order, OrderId, OrderKind, OrderState, Reservation, Role, Route, Source, TimeInForce, WatchedBy,
    default_time_in_force,
};
use crate::risk::{self, RecentOrder, Refusal, View};

impl Core {
    pub(super) fn submit(
        &mut self,
        now: UtcTime,
        token: Token,
        profile: ProfileIndex,
        source: Source,
        order: SubmitOrder,
        effects: &mut Effects,
    ) -> Result<(), Box<Failure>> {
        if let Some(known) = self.same_client_id(profile, &order) {
            effects.reply(token, Response::Order(Box::new(self.order_record(known))));
            return Ok(());
        }
        self.storage_ready()?;
        let oco = order.oco;
        let draft = self.draft(profile, source, order)?;
        if oco {
            return self.submit_pair(now, token, profile, &draft, effects);
        }
        let id = self.place(now, profile, &draft, Role::Entry, effects)?;
        if let Some(order) = self.orders.get(&id) {
            effects.reply(token, Response::Order(Box::new(self.order_record(order))));
        }
        Ok(())
    }

    pub(super) fn storage_ready(&self) -> Result<(), Box<Failure>> {
        match &self.storage {
            None => Ok(()),
            Some(reason) => Err(Box::new(
                Failure::new(
                    FailureKind::Unavailable,
                    "STORAGE",
                    format!("the ledger cannot be written ({reason}); nothing was sent"),
                )
                .about(reason)
                .hint("hoga doctor")
                .retryable(),
            )),
        }
    }

    fn same_client_id(&self, profile: ProfileIndex, order: &SubmitOrder) -> Option<&Order> {
        let client_id = order.client_id.clone()?;
        self.by_client_id.get(&(profile, client_id)).and_then(|id| self.orders.get(id))
    }

    pub(super) fn draft(
        &self,
        profile: ProfileIndex,
        source: Source,
        order: SubmitOrder,
    ) -> Result<Draft, Box<Failure>> {
        let instrument = self.resolve(profile, &order.symbol)?;
        let name = self.profiles.get(profile).map(|p| p.name.clone()).ok_or_else(no_profile)?;
        if order.quantity.is_zero() {
            return Err(Box::new(Failure::new(FailureKind::Usage, "BAD_QUANTITY", "the quantity must be above zero")));
        }
        Ok(Draft {
            profile: name,
            client_id: order.client_id,
            instrument,
            side: order.side,
            kind: order.kind,
            quantity: order.quantity,
            time_in_force: order.time_in_force,
            reduce_only: order.reduce_only,
            position_side: order.position_side,
            bracket: order.bracket,
            source,
            route: order.route,
        })
    }

    /// What an order would cost and what the gate would say; changes nothing.
    ///
    /// # Errors
    /// An unknown symbol, or a quantity of zero.
    pub fn preview(
        &self,
        now: UtcTime,
        profile: ProfileIndex,
        source: Source,
        order: SubmitOrder,
    ) -> Result<Preview, Box<Failure>> {
        let draft = self.draft(profile, source, order)?;
        let state = self.profiles.get(profile).ok_or_else(no_profile)?;
        let market = state.markets.get(&draft.instrument).ok_or_else(no_profile)?;
        let (costing, verdict) = self.check(now, profile, &draft, None)?;
        let instrument = &market.instrument;
        let breakeven = costing.price.and_then(|price| {
            self.breakeven(
                profile,
                instrument,
                draft.side,
                price.value(),
                draft.quantity.value(),
                costing.commission,
                now,
            )
        });
        Ok(Preview {
            world: state.badge().into(),
            profile: state.name.clone(),
            instrument: instrument.id.to_string(),
            name: [instrument.name_ko.clone(), instrument.name_en.clone()],
            side: draft.side,
            kind: draft.kind.name(),
            quantity: draft.quantity,
            price: costing.price,
            cost: costing.value,
            fee: costing.commission,
            tax: costing.tax,
            reserved: costing.reservation.cash.amount,
            breakeven,
            available: state.available(instrument.currency),
            currency: instrument.currency,
            held_by_desk: self.held_by_desk(profile, &draft),
            refusals: verdict.err().unwrap_or_default(),
        })
    }

    fn held_by_desk(&self, profile: ProfileIndex, draft: &Draft) -> bool {
        let Some(state) = self.profiles.get(profile) else { return false };
        let Some(market) = state.markets.get(&draft.instrument) else { return false };
        let native = state
            .capabilities
            .product(market.instrument.product)
            .is_some_and(|product| product.native_kinds.contains(&draft.kind.name()));
        draft.kind.is_conditional() && !native
    }

    /// Runs the gate for a draft. `replacing` is an order whose own share of every sum is left out.
    #[allow(clippy::type_complexity)]
    pub(super) fn check(
        &self,
        now: UtcTime,
        profile: ProfileIndex,
        draft: &Draft,
        replacing: Option<OrderId>,
    ) -> Result<(Costing, Result<risk::Approved, Vec<Refusal>>), Box<Failure>> {
        let state = self.profiles.get(profile).ok_or_else(no_profile)?;
        let market = state.markets.get(&draft.instrument).ok_or_else(no_profile)?;
        let instrument = &market.instrument;
        let on = date_of(instrument, now);
        let side = position_side(instrument, draft.position_side);
        let held_back = state.held_back(&self.orders, instrument.id, side, replacing);
        let costing = state.costing(draft, instrument, held_back, on);
        let held = state.position(instrument.id, side).map_or_else(Default::default, |p| p.quantity);
        let standing = self.standing(now, profile, instrument.currency, replacing);
        let own =
            replacing.and_then(|id| self.orders.get(&id)).map_or_else(Default::default, |o| o.reservation.cash.amount);
        let recent: Vec<RecentOrder> = if replacing.is_some() {
            Vec::new()
        } else {
            state.pace.recent_within(now, std::time::Duration::from_millis(state.limits.duplicate_window_ms))
        };
        let (opposite, unknown) = self.own_orders(profile, draft.instrument, draft.side, replacing);
        let view = View {
            desk: self.state,
            world: state.world,
            limits: &state.limits,
            capabilities: &state.capabilities,
            instrument,
            trading_date: on,
            connected: matches!(state.link, super::Link::Up | super::Link::Silent),
            reconciled: state.world == World::Virtual || (state.reconciled && state.differences.is_empty()),
            clock_ok: true,
            unknown_order: unknown,
            phase: route::phase(market, draft.route, now),
            daily_limits: market.limits,
            last: market.last_price().or(market.instrument.base_price),
            best_bid: market.best_bid().map(|level| level.price),
            best_ask: market.best_ask().map(|level| level.price),
            data_age: market.age(now),
            held,
            held_back,
            cash_available: state.available(instrument.currency) + own,
            cash_needed: costing.reservation.cash.amount,
            order_value: costing.value,
            position_value: self.position_value(profile, market, held, replacing),
            exposure: standing.exposure,
            positions: standing.positions,
            already_in_position: self.is_in_position(profile, draft.instrument, replacing),
            day_profit: standing.day_profit,
            equity: standing.equity,
            peak_equity: standing.peak_equity,
            leverage: state.leverage_of(instrument),
            open_orders: standing.open_orders,
            orders_last_second: if replacing.is_some() { 0 } else { state.pace.last_second(now) },
            orders_last_minute: if replacing.is_some() { 0 } else { state.pace.last_minute(now) },
            recent: &recent,
            own_opposite_best: opposite,
        };
        let verdict = risk::check(&view, draft);
        Ok((costing, verdict))
    }

    /// Best own resting price on the other side, and whether an own order here has an unknown outcome.
    fn own_orders(
        &self,
        profile: ProfileIndex,
        instrument: InstrumentId,
        side: Side,
        without: Option<OrderId>,
    ) -> (Option<Price>, bool) {
        let mut best: Option<Price> = None;
        let mut unknown = false;
        let Some(state) = self.profiles.get(profile) else { return (None, false) };
        let own = state.open.iter().filter(|id| Some(**id) != without).filter_map(|id| self.orders.get(id));
        for order in own.filter(|order| order.instrument == instrument) {
            unknown |= order.state == OrderState::Unknown;
            let waits = order.watched_by == Some(WatchedBy::Desk) && !order.triggered;
            if order.side == side || waits {
                continue;
            }
            if let Some(price) = order.kind.limit() {
                let better = best.is_none_or(|b| if order.side == Side::Sell { price < b } else { price > b });
                best = if better { Some(price) } else { best };
            }
        }
        (best, unknown)
    }

    /// Checks a draft and makes the order: written, and sent or held.
    pub(super) fn place(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        draft: &Draft,
        role: Role,
        effects: &mut Effects,
    ) -> Result<OrderId, Box<Failure>> {
        let (costing, verdict) = self.check(now, profile, draft, None)?;
        let approved = match verdict {
            Ok(approved) => approved,
            Err(refusals) => return Err(self.refuse(now, profile, draft, refusals, effects)),
        };
        let draft = approved.into_draft();
        Ok(self.make(now, profile, &draft, role, costing.reservation, effects))
    }

    pub(super) fn refuse(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        draft: &Draft,
        refusals: Vec<Refusal>,
        effects: &mut Effects,
    ) -> Box<Failure> {
        for refusal in &refusals {
            let about = format!("{} {} {} {}", refusal.value, draft.side, draft.instrument, draft.quantity);
            self.risk_event(
                now,
                Some(profile),
                refusal.rule.name(),
                about,
                refusal.limit.clone(),
                &draft.source,
                effects,
            );
        }
        let first = refusals.first();
        let code = first.map_or_else(|| "RISK".to_owned(), |refusal| refusal.rule.name());
        let text = refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        self.publish_event(now, Some(profile), "refusal", None, text.clone(), effects);
        let mut failure = Failure::new(FailureKind::Risk, &code, text).hint("hoga risk show");
        if let Some(first) = first {
            failure.arguments = vec![first.value.clone(), first.limit.clone()];
        }
        failure.client_id = draft.client_id.as_ref().map(ToString::to_string);
        failure.refusals = refusals;
        Box::new(failure)
    }

    /// Makes an order that has passed the gate (or is a leg or closing order of the desk itself).
    pub(super) fn make(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        draft: &Draft,
        role: Role,
        reservation: Reservation,
        effects: &mut Effects,
    ) -> OrderId {
        let id = self.ids.next_order_id(now);
        // Exits that cancel each other are both watched here, so that setting one off and ending the other is one step.
        let held = draft.kind.is_conditional() && (role != Role::Entry || self.held_by_desk(profile, draft));
        let currency = reservation.cash.currency;
        let mut order = Order::from_draft(id, draft, Reservation::none(currency), now);
        order.role = role;
        if held {
            order.state = OrderState::Accepted;
            order.watched_by = Some(WatchedBy::Desk);
        } else if draft.kind.is_conditional() {
            order.watched_by = Some(WatchedBy::Venue);
        }
        self.orders.insert(id, order);
        self.remember(now, profile, id, draft, effects);
        self.set_reservation(profile, id, reservation, effects);
        if held {
            self.hold(profile, draft.instrument, id);
            self.subscribe(now, profile, draft.instrument, effects);
            self.changed(now, id, "held", None, effects);
        } else {
            self.changed(now, id, "created", None, effects);
            self.send_order(now, profile, id, effects);
        }
        id
    }

    fn remember(&mut self, now: UtcTime, profile: ProfileIndex, id: OrderId, draft: &Draft, effects: &mut Effects) {
        let Some(state) = self.profiles.get_mut(profile) else { return };
        state.open.insert(id);
        state.pace.record(
            now,
            RecentOrder { instrument: draft.instrument, side: draft.side, kind: draft.kind, quantity: draft.quantity },
        );
        if let Some(client_id) = &draft.client_id {
            self.by_client_id.insert((profile, client_id.clone()), id);
        }
        self.store_instrument(profile, draft.instrument, effects);
    }

    /// Writes an instrument once, before the first row that names it.
    pub(super) fn store_instrument(&mut self, profile: ProfileIndex, id: InstrumentId, effects: &mut Effects) {
        let Some(state) = self.profiles.get_mut(profile) else { return };
        if state.stored_instruments.insert(id)
            && let Some(market) = state.markets.get(&id)
        {
            effects.writes.insert(0, Write::Instrument(Box::new(market.instrument.clone())));
        }
    }

    /// Asks the shell to send an order that is written down as pending.
    pub(super) fn send_order(&mut self, now: UtcTime, profile: ProfileIndex, id: OrderId, effects: &mut Effects) {
        self.leave_resting_venue(now, profile, id, effects);
        let Some(order) = self.orders.get(&id) else { return };
        let kind = if order.triggered { order.kind.once_triggered() } else { order.kind };
        // A stop that was set off takes what there is.
        let usual = match (order.route, kind) {
            // NXT knows market orders only as immediate ones.
            (Some(Route::Nxt), OrderKind::Market) => TimeInForce::Ioc,
            _ => default_time_in_force(order.instrument.venue),
        };
        let time_in_force = if order.triggered { usual } else { order.time_in_force };
        let place = PlaceOrder {
            order_id: id,
            instrument: order.instrument,
            side: order.side,
            kind,
            quantity: order.quantity.minus(order.filled),
            time_in_force,
            reduce_only: order.reduce_only,
            position_side: order.position_side,
            route: order.route,
        };
        self.send(now, profile, Purpose::Place(id), RequestBody::Place(place), effects);
    }

    pub(super) fn reference(order: &Order) -> OrderReference {
        OrderReference { order_id: order.id, broker_id: order.broker_id.clone(), instrument: order.instrument }
    }

    /// Two exits of a holding that cancel each other: what is done first ends the other.
    fn submit_pair(
        &mut self,
        now: UtcTime,
        token: Token,
        profile: ProfileIndex,
        draft: &Draft,
        effects: &mut Effects,
    ) -> Result<(), Box<Failure>> {
        let (Some(take), true) =
            (draft.bracket.take_profit, draft.bracket.stop_loss.is_some() || draft.bracket.trail.is_some())
        else {
            return Err(Box::new(Failure::new(
                FailureKind::Usage,
                "BAD_PAIR",
                "a pair needs a take-profit price and a stop-loss price or a trail",
            )));
        };
        let stop = stop_kind(&draft.bracket).unwrap_or(OrderKind::Market);
        let leg = |kind| Draft { kind, bracket: Bracket::default(), time_in_force: TimeInForce::Gtc, ..draft.clone() };
        // The gate sees both; only the first holds units back, since only one of them can be filled.
        let (_, second) = self.check(now, profile, &leg(stop), None)?;
        if let Err(refusals) = second {
            return Err(self.refuse(now, profile, draft, refusals, effects));
        }
        let first = self.place(now, profile, &leg(OrderKind::TakeProfit { trigger: take }), Role::Oco, effects)?;
        let currency = self.orders.get(&first).map_or(crate::market::Currency::Krw, |o| o.reservation.cash.currency);
        let without_id = Draft { client_id: None, ..leg(stop) };
        let second = self.make(now, profile, &without_id, Role::Oco, Reservation::none(currency), effects);
        if let Some(order) = self.orders.get_mut(&second) {
            order.parent_id = Some(first);
        }
        self.write_order(second, effects);
        effects.writes.push(Write::OrderEvent(OrderEvent {
            order_id: first,
            at: now,
            what: "paired".into(),
            detail: Some(second.to_string()),
        }));
        let records =
            [first, second].iter().filter_map(|id| self.orders.get(id)).map(|o| self.order_record(o)).collect();
        effects.reply(token, Response::Orders(records));
        Ok(())
    }

    /// Value of a holding at the last price, and of what other open orders would add to it.
    fn position_value(
        &self,
        profile: ProfileIndex,
        market: &super::Market,
        held: rust_decimal::Decimal,
        without: Option<OrderId>,
    ) -> rust_decimal::Decimal {
        let Some(price) = market.valuation() else { return rust_decimal::Decimal::ZERO };
        let instrument = &market.instrument;
        let open = self.profiles.get(profile).into_iter().flat_map(|state| &state.open);
        open.filter(|id| Some(**id) != without)
            .filter_map(|id| self.orders.get(id))
            .filter(|order| order.instrument == instrument.id)
            .fold(price.value() * held.abs() * instrument.multiplier, |sum, order| {
                let opening = order.remaining().at_most(order.reservation.opening);
                sum + instrument.notional(order.kind.limit().unwrap_or(price), opening)
            })
    }

    /// Whether an instrument is held, or being opened by an open order.
    fn is_in_position(&self, profile: ProfileIndex, instrument: InstrumentId, without: Option<OrderId>) -> bool {
        let Some(state) = self.profiles.get(profile) else { return false };
        state.positions.values().any(|p| p.key.instrument == instrument && !p.is_flat())
            || state
                .open
                .iter()
                .filter(|id| Some(**id) != without)
                .filter_map(|id| self.orders.get(id))
                .any(|order| order.instrument == instrument && !order.reservation.opening.is_zero())
    }
}

/// The stop of a bracket.
pub(super) fn stop_kind(bracket: &Bracket) -> Option<OrderKind> {
    bracket
        .stop_loss
        .map(|trigger| OrderKind::Stop { trigger })
        .or_else(|| bracket.trail.map(|distance| OrderKind::TrailingStop { distance, trigger: None }))
}

pub(super) fn no_profile() -> Box<Failure> {
    Box::new(Failure::new(FailureKind::Other, "INTERNAL", "no such profile or instrument in the desk"))
}

pub(super) fn bad_quantity(quantity: Quantity) -> Box<Failure> {
    Box::new(Failure::new(FailureKind::Usage, "BAD_QUANTITY", format!("{quantity} is not a quantity for this order")))
}
