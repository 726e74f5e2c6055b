//! What brokers tell of orders and fills: repeated, late, out of order, and once in a while for the first time.

use super::{Core, Effects, ProfileIndex, Purpose};
use crate::broker::api::{FillReport, OrderReport, RequestBody};
use crate::market::UtcTime;
use crate::order::{BrokerOrderId, Order, OrderId, OrderState, Role, Transition};

/// How much earlier than needed fills are asked for: clocks differ, and a venue may list a fill late.
const FILLS_OVERLAP: std::time::Duration = std::time::Duration::from_secs(60);

/// Most fills kept whose order is not known yet.
const EARLY_FILLS_MAX: usize = 1_000;

impl Core {
    /// The order a report is about: by hoga's id, else by the broker's number, else by the asker's id.
    pub(super) fn locate(&self, profile: ProfileIndex, report: &OrderReport) -> Option<OrderId> {
        let state = self.profiles.get(profile)?;
        let own = |id: &OrderId| self.orders.get(id).is_some_and(|order| order.profile == state.name);
        report
            .order_id
            .filter(|id| own(id))
            .or_else(|| state.by_broker_id.get(&report.broker_id).copied())
            .or_else(|| report.replaces.as_ref().and_then(|former| state.by_broker_id.get(former).copied()))
            .or_else(|| {
                let client_id = report.client_id.clone()?;
                self.by_client_id.get(&(profile, client_id)).copied()
            })
    }

    pub(super) fn on_order_report(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        report: OrderReport,
        effects: &mut Effects,
    ) {
        let Some(id) = self.locate(profile, &report) else {
            // Perhaps one of ours whose number is not known yet: the next comparison tells.
            if report.state.is_open() {
                self.compare_by(profile, now.plus(super::compare::SECOND_LOOK));
            }
            return;
        };
        self.learn_broker_id(now, profile, id, &report.broker_id, effects);
        self.take_change(now, profile, id, &report, effects);
        self.take_successor(id, &report, effects);
        let Some(order) = self.order_mut(id) else { return };
        let behind = report.filled > order.filled;
        match report.state {
            OrderState::Accepted | OrderState::PartiallyFilled => {
                if order.on_working(&report.broker_id, now) == Transition::Changed {
                    self.changed(now, id, "accepted", None, effects);
                }
            }
            OrderState::Canceled | OrderState::Rejected | OrderState::Expired | OrderState::Filled => {
                self.take_end(now, id, &report, effects);
            }
            OrderState::Draft | OrderState::Pending | OrderState::Sent | OrderState::Unknown => {}
        }
        if behind {
            self.ask_for_fills(now, profile, effects);
        }
        self.differ_from_start(now, profile, id, None, effects);
    }

    /// The broker's last word about an order, and the number it has it under: another one where it was changed while the
    /// desk was away. A filled one ends with its last fill, never with a word about it.
    fn take_end(&mut self, now: UtcTime, id: OrderId, report: &OrderReport, effects: &mut Effects) {
        let Some(order) = self.order_mut(id) else { return };
        let before = (order.state, order.quantity);
        let renumbered = !order.is_known_as(&report.broker_id);
        order.take_number(&report.broker_id);
        order.on_last_report(report.state, report.kind, report.quantity);
        let corrected = before != (order.state, order.quantity);
        if order.state.is_final() {
            if corrected || renumbered {
                self.write_order(id, effects);
            }
        } else if report.state != OrderState::Filled {
            self.end_order(now, id, report.state, report.reason.clone(), effects);
        } else if order.is_complete() {
            self.end_order(now, id, OrderState::Filled, None, effects);
        } else if order.on_working(&report.broker_id, now) == Transition::Changed || corrected {
            self.changed(now, id, "accepted", None, effects);
        } else if renumbered {
            self.write_order(id, effects);
        }
    }

    /// The broker goes on with an order as it is, under another number: what it kept for the opening it has sent.
    fn take_successor(&mut self, id: OrderId, report: &OrderReport, effects: &mut Effects) {
        let Some(order) = self.order_mut(id) else { return };
        let follows = report.replaces.is_some() && report.replaces == order.broker_id;
        let same = order.quantity == report.quantity && order.kind.limit() == report.kind.limit();
        if !follows || !same || order.replacement().is_some() || report.state.is_final() {
            return;
        }
        order.take_number(&report.broker_id);
        self.write_order(id, effects);
    }

    /// A report that shows the prices and quantity a replace asked for confirms it, also when its answer was lost.
    fn take_change(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        id: OrderId,
        report: &OrderReport,
        effects: &mut Effects,
    ) {
        let Some(order) = self.orders.get_mut(&id) else { return };
        let Some(new) = order.replacement() else { return };
        let working = if order.triggered { new.kind.once_triggered() } else { new.kind };
        let shown = report.kind == working && report.quantity == new.quantity;
        if !shown || report.state.is_final() {
            return;
        }
        self.replaced(now, profile, id, (report.broker_id.clone(), new), effects);
    }

    pub(super) fn index_broker_id(&mut self, profile: ProfileIndex, id: OrderId, broker_id: &BrokerOrderId) {
        if let Some(state) = self.profiles.get_mut(profile) {
            state.by_broker_id.insert(broker_id.clone(), id);
        }
    }

    pub(super) fn learn_broker_id(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        id: OrderId,
        broker_id: &BrokerOrderId,
        effects: &mut Effects,
    ) {
        if let Some(order) = self.orders.get_mut(&id) {
            order.learn(broker_id);
        }
        self.index_broker_id(profile, id, broker_id);
        // Fills may have come before anybody knew whose they were.
        let Some(state) = self.profiles.get_mut(profile) else { return };
        if state.early_fills.iter().any(|fill| fill.broker_id == *broker_id) {
            let (own, rest) =
                std::mem::take(&mut state.early_fills).into_iter().partition(|f| f.broker_id == *broker_id);
            state.early_fills = rest;
            let own: Vec<FillReport> = own;
            for fill in own {
                self.on_fill_report(now, profile, fill, effects);
            }
        }
    }

    pub(super) fn on_fill_report(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        report: FillReport,
        effects: &mut Effects,
    ) {
        let Some(state) = self.profiles.get_mut(profile) else { return };
        let named = report.order_id.filter(|id| self.orders.get(id).is_some_and(|order| order.profile == state.name));
        let Some(id) = named.or_else(|| state.by_broker_id.get(&report.broker_id).copied()) else {
            if !state.early_fills.contains(&report) {
                if state.early_fills.len() >= EARLY_FILLS_MAX {
                    state.early_fills.remove(0);
                }
                state.early_fills.push(report);
            }
            return;
        };
        let fits = |order: &Order| order.instrument == report.instrument && order.side == report.side;
        if !self.orders.get(&id).is_some_and(fits) {
            let text = format!("fill {} of {} is not of the order it names", report.execution_id, report.instrument);
            self.publish_event(now, Some(profile), "notice", Some(id), text, effects);
            return;
        }
        let Some(state) = self.profiles.get_mut(profile) else { return };
        if report.quantity.is_zero() || !state.executions.entry(id).or_default().insert(report.execution_id.clone()) {
            return;
        }
        self.learn_broker_id(now, profile, id, &report.broker_id, effects);
        let was_final = self.orders.get(&id).is_some_and(|order| order.state.is_final());
        self.book(now, profile, id, &report, effects);
        if let Some(order) = self.orders.get_mut(&id)
            && order.state == OrderState::Rejected
        {
            // It was at the broker after all; what is left of it is not.
            order.state = OrderState::Canceled;
        }
        self.refresh_reservation(profile, id, effects);
        let detail = format!("{} @ {} ({})", report.quantity, report.price, report.execution_id);
        if was_final {
            self.late_fill(now, profile, id, detail, effects);
        } else {
            self.changed(now, id, "filled", Some(detail), effects);
        }
        if self.orders.get(&id).is_some_and(|order| order.state.is_final()) {
            self.close_order(now, profile, id, effects);
        }
        self.work_bracket(now, profile, id, effects);
        self.end_other_legs(now, profile, id, effects);
        self.differ_from_start(now, profile, id, None, effects);
    }

    fn late_fill(&mut self, now: UtcTime, profile: ProfileIndex, id: OrderId, detail: String, effects: &mut Effects) {
        self.write_order(id, effects);
        let text = format!("a fill was told after the order had ended: {detail}");
        self.publish_event(now, Some(profile), "missed_fill", Some(id), text, effects);
        if let Some(order) = self.orders.get(&id) {
            effects.actions.push(super::Effect::Publish(super::Update::Order(self.order_record(order))));
        }
    }

    /// Ends an order and lets go of everything it held.
    pub(super) fn end_order(
        &mut self,
        now: UtcTime,
        id: OrderId,
        state: OrderState,
        reason: Option<String>,
        effects: &mut Effects,
    ) {
        let Some(order) = self.orders.get_mut(&id) else { return };
        let reason = reason.map(|text| clean(&text));
        if order.on_end(state, reason.clone(), now) == Transition::Ignored {
            return;
        }
        let Some(profile) = self.orders.get(&id).and_then(|order| self.profile_index(&order.profile)) else { return };
        self.refresh_reservation(profile, id, effects);
        let ended = self.orders.get(&id).map_or(state, |order| order.state);
        if ended == OrderState::Rejected {
            let text = reason.clone().unwrap_or_else(|| "refused without a reason".to_owned());
            self.publish_event(now, Some(profile), "refusal", Some(id), text, effects);
        }
        self.changed(now, id, ended.as_str(), reason, effects);
        self.close_order(now, profile, id, effects);
    }

    /// Forgets what only open orders need.
    fn close_order(&mut self, now: UtcTime, profile: ProfileIndex, id: OrderId, effects: &mut Effects) {
        let Some(order) = self.orders.get(&id) else { return };
        let (instrument, role, filled) = (order.instrument, order.role, order.filled);
        let unprotected = super::held::left_unprotected(order);
        if let Some(owner) = self.profiles.get_mut(profile) {
            owner.open.remove(&id);
            if let Some(market) = owner.markets.get_mut(&instrument) {
                market.held.retain(|held| *held != id);
            }
        }
        if unprotected {
            let text = "an exit was set off and did not get through: the position is watched by NOBODY".to_owned();
            self.publish_event(now, Some(profile), "stop", Some(id), text, effects);
        }
        if role == Role::Entry && filled.is_zero() {
            self.end_legs_of(now, profile, id, effects);
        }
    }

    pub(super) fn ask_for_fills(&mut self, now: UtcTime, profile: ProfileIndex, effects: &mut Effects) {
        let outstanding = self.requests.values().any(|r| r.profile == profile && matches!(r.purpose, Purpose::Fills));
        let Some(state) = self.profiles.get_mut(profile) else { return };
        // What is on its way may have been told before the fill that is missed now.
        state.fills_wanted = outstanding;
        if outstanding {
            return;
        }
        let Some(state) = self.profiles.get(profile) else { return };
        // The first time for everything in memory: fills of orders that are over may have been missed too.
        let oldest = match state.fills_told {
            None => self.orders.values().find(|order| order.profile == state.name).map(|order| order.created_at),
            Some(_) => state.open.first().and_then(|id| self.orders.get(id)).map(|order| order.created_at),
        };
        let since = oldest.into_iter().chain(state.fills_told).min().unwrap_or(now).minus(FILLS_OVERLAP);
        self.send(now, profile, Purpose::Fills, RequestBody::Fills { since }, effects);
    }

    /// The answer to a question for fills: only it moves the time from which the next one asks.
    pub(super) fn fills_told(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        asked_at: UtcTime,
        fills: Vec<FillReport>,
        complete: bool,
        effects: &mut Effects,
    ) {
        let newest = fills.iter().map(|fill| fill.time).max();
        for fill in fills {
            self.on_fill_report(now, profile, fill, effects);
        }
        let Some(state) = self.profiles.get_mut(profile) else { return };
        let until = if complete { Some(asked_at) } else { newest };
        state.fills_told = until.max(state.fills_told);
        if std::mem::take(&mut state.fills_wanted) {
            self.ask_for_fills(now, profile, effects);
        }
    }
}

/// Text from outside without control characters and not longer than a line.
pub(super) fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}
