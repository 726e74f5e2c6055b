//! Orders whose outcome nobody knows: asked about until the broker itself has said what became of them.

use super::{Core, Effects, ProfileIndex, Purpose};
use crate::broker::api::{BrokerError, FindOrder, RequestBody};
use crate::market::gather::Gather;
use crate::market::{InstrumentId, UtcTime};
use crate::order::{OrderId, OrderState, PendingChange};

impl Core {
    /// Asks about every unknown order, and about changes whose answer was lost, once an interval.
    pub(super) fn ask_about_unknown(&mut self, now: UtcTime, effects: &mut Effects) {
        let mut due: Vec<(ProfileIndex, OrderId)> = Vec::new();
        let longest = self.settings.answer_timeout;
        for (index, profile) in self.profiles.iter().enumerate() {
            if !matches!(profile.link, super::Link::Up | super::Link::Silent) {
                continue;
            }
            for id in &profile.open {
                let Some(order) = self.orders.get(id) else { continue };
                let unknown = order.state == OrderState::Unknown;
                // Nobody will answer a change that was asked for before a restart.
                let answer_comes = self.requests.values().any(
                    |request| matches!(request.purpose, Purpose::Cancel(of) | Purpose::Replace(of, _) if of == *id),
                );
                let patience = if answer_comes { longest } else { profile.capabilities.request_lifetime.min(longest) };
                let stuck = order.pending_change.is_some()
                    && now.since(order.updated_at) > patience
                    && order.state.may_be_at_venue();
                if (unknown || stuck) && now.since(order.updated_at) >= self.settings.unknown_interval {
                    due.push((index, *id));
                }
            }
        }
        for (index, id) in due {
            self.ask_about(now, index, id, effects);
        }
    }

    /// Asks the broker what became of an order, unless that question is out already.
    pub(super) fn ask_about(&mut self, now: UtcTime, profile: ProfileIndex, id: OrderId, effects: &mut Effects) {
        let asked = self.requests.values().any(|request| matches!(request.purpose, Purpose::Find(of, _) if of == id));
        let Some(order) = self.orders.get(&id) else { return };
        if asked || order.state.is_final() || order.state == OrderState::Pending {
            return;
        }
        let others = self.profiles.get(profile).map(|state| {
            state.by_broker_id.iter().filter(|(_, of)| **of != id).map(|(number, _)| number.clone()).collect::<Vec<_>>()
        });
        let mut not_these = others.unwrap_or_default();
        not_these.sort_unstable();
        let working = if order.triggered { order.kind.once_triggered() } else { order.kind };
        let find = FindOrder {
            order: Self::reference(order),
            side: order.side,
            price: working.limit(),
            quantity: order.quantity,
            sent_at: order.sent_at.unwrap_or(order.created_at),
            not_these,
            route: order.route,
        };
        // A change that still waits for the disk cannot have been decided.
        let waits = |request: &super::Outstanding| {
            !request.left && matches!(request.purpose, Purpose::Replace(of, _) if of == id)
        };
        let change = order.pending_change.clone().filter(|_| !self.requests.values().any(waits));
        self.send(now, profile, Purpose::Find(id, change), RequestBody::FindOrder(find), effects);
        if let Some(order) = self.orders.get_mut(&id)
            && order.state == OrderState::Unknown
        {
            // Counts the interval from this question.
            order.updated_at = now;
        }
    }

    /// The broker itself says that it had no such order when it was asked.
    pub(super) fn not_there(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        id: OrderId,
        asked_at: UtcTime,
        effects: &mut Effects,
    ) {
        let Some(order) = self.orders.get(&id) else { return };
        let lifetime = self.profiles.get(profile).map(|state| state.capabilities.request_lifetime).unwrap_or_default();
        let sent_at = order.sent_at.unwrap_or(order.created_at);
        // Asked earlier, the order could still arrive after the broker had looked, however late its word comes.
        if asked_at.since(sent_at) < lifetime {
            return;
        }
        match order.state {
            OrderState::Unknown | OrderState::Sent if order.filled.is_zero() => {
                let reason = "the broker has no such order: it never arrived".to_owned();
                self.end_order(now, id, OrderState::Rejected, Some(reason), effects);
            }
            OrderState::Accepted | OrderState::PartiallyFilled | OrderState::Unknown | OrderState::Sent => {
                let held = order.watched_by == Some(crate::order::WatchedBy::Desk) && !order.triggered;
                if held {
                    return;
                }
                self.ask_for_fills(now, profile, effects);
                self.differ_from_start(now, profile, id, Some("none"), effects);
                let reason = "the broker no longer has it".to_owned();
                self.end_order(now, id, OrderState::Expired, Some(reason), effects);
            }
            _ => {
                if let Some(order) = self.orders.get_mut(&id)
                    && order.pending_change.as_ref().is_some_and(PendingChange::is_cancel)
                {
                    order.pending_change = None;
                }
            }
        }
    }

    /// Asks for an instrument's market data, once.
    pub(super) fn subscribe(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        instrument: InstrumentId,
        effects: &mut Effects,
    ) {
        let Some(state) = self.profiles.get_mut(profile) else { return };
        let channels = state.capabilities.streams.clone();
        let Some(market) = state.markets.get_mut(&instrument) else { return };
        if !market.asks_for_data(now) {
            return;
        }
        market.subscribed = true;
        let printed = market.last.is_some();
        self.send(now, profile, Purpose::Subscribe(instrument), RequestBody::Subscribe(instrument, channels), effects);
        // The stream begins with the next print, which may be long in coming.
        if !printed {
            self.send(now, profile, Purpose::LastTrade(instrument), RequestBody::RecentTrades(instrument, 1), effects);
        }
    }

    /// Data came or did not. A refusal is told once; what was not sent is asked for again without a word.
    pub(super) fn subscribe_answered(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        instrument: InstrumentId,
        refusal: Option<BrokerError>,
        effects: &mut Effects,
    ) {
        let state = self.profiles.get_mut(profile);
        let Some(market) = state.and_then(|state| state.markets.get_mut(&instrument)) else { return };
        match refusal {
            None => market.data_given(),
            Some(error) => {
                if market.data_refused(now, !error.is_retryable() && !error.may_have_happened()) {
                    let text = format!("no market data of {instrument}: {error}");
                    self.publish_event(now, Some(profile), "notice", None, text, effects);
                }
            }
        }
    }

    /// Asks for a book anew that lost its way: subscribing to what is subscribed already brings it whole.
    pub(super) fn ask_for_book(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        instrument: InstrumentId,
        effects: &mut Effects,
    ) {
        let Some(state) = self.profiles.get_mut(profile) else { return };
        let channels = state.capabilities.streams.clone();
        let market = state.markets.get_mut(&instrument).filter(|market| market.subscribed);
        if market.is_some_and(|market| market.asks_for_book(now)) {
            let body = RequestBody::Subscribe(instrument, channels);
            self.send(now, profile, Purpose::Subscribe(instrument), body, effects);
        }
    }

    /// Asks again for instruments and data whose first answer was lost.
    pub(super) fn ask_for_data(&mut self, now: UtcTime, effects: &mut Effects) {
        for index in 0..self.profiles.len() {
            let Some(state) = self.profiles.get(index) else { continue };
            if !matches!(state.link, super::Link::Up | super::Link::Silent) {
                continue;
            }
            let asked = |wanted: fn(&Purpose) -> bool| {
                self.requests.values().any(|request| request.profile == index && wanted(&request.purpose))
            };
            if state.instruments_known {
                if !asked(|purpose| matches!(purpose, Purpose::Subscribe(_))) {
                    self.subscribe_needed(now, index, effects);
                }
            } else if !asked(|purpose| matches!(purpose, Purpose::Instruments)) {
                self.send(now, index, Purpose::Instruments, RequestBody::Instruments, effects);
            }
        }
    }

    /// Asks for the data of everything that is held, ordered, waited for by an alert, or cheap to have.
    pub(super) fn subscribe_needed(&mut self, now: UtcTime, profile: ProfileIndex, effects: &mut Effects) {
        for instrument in self.needed_data(profile) {
            self.subscribe(now, profile, instrument, effects);
        }
    }

    /// Instruments whose data is held, ordered, waited for by an alert, or cheap to have.
    fn needed_data(&self, profile: ProfileIndex) -> std::collections::BTreeSet<InstrumentId> {
        let Some(state) = self.profiles.get(profile) else { return std::collections::BTreeSet::new() };
        let all = state.capabilities.registrations_max.is_none() && state.markets.len() <= 64;
        let mut needed: std::collections::BTreeSet<InstrumentId> = if all {
            state.markets.keys().copied().into_set()
        } else {
            state.positions.values().filter(|p| !p.is_flat()).map(|p| p.key.instrument).into_set()
        };
        needed.extend(self.alerts.instruments(profile));
        needed.extend(state.open.iter().filter_map(|id| self.orders.get(id)).map(|order| order.instrument));
        needed
    }

    /// Ends an instrument's market data, unless the core itself needs it. What is known of it then is no price to trade on.
    pub(super) fn unsubscribe(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        instrument: InstrumentId,
        effects: &mut Effects,
    ) {
        if self.needed_data(profile).contains(&instrument) {
            return;
        }
        let market = self.profiles.get_mut(profile).and_then(|state| state.markets.get_mut(&instrument));
        let Some(market) = market.filter(|market| market.subscribed) else { return };
        market.let_go();
        self.send(now, profile, Purpose::Unsubscribe, RequestBody::Unsubscribe(instrument), effects);
    }
}
