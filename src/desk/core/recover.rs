//! Starting: a new ledger and one left by a crash go through the same door.

use rust_decimal::Decimal;

use super::compare::AtStart;
use super::{Core, CoreSettings, Effects, ProfileIndex, ProfileSetup, Purpose, profile::Profile};
use crate::broker::api::{RecoveredOrder, RequestBody};
use crate::config::World;
use crate::ledger::{OrderEvent, Recovered, Write};
use crate::market::UtcTime;
use crate::market::session::session_of;
use crate::order::{IdSource, Order, OrderId, OrderState, ProfileName, TimeInForce, TransactionKind, WatchedBy};
use crate::risk::DeskState;

impl Core {
    /// A core over what the ledger held. Orders that were on their way when the desk ended are unknown until the broker
    /// has said what became of them; none is sent again. Stops are watched again.
    #[must_use]
    pub fn new(
        settings: CoreSettings,
        setups: Vec<ProfileSetup>,
        recovered: Recovered,
        ids: Box<dyn IdSource>,
        now: UtcTime,
        effects: &mut Effects,
    ) -> Self {
        let mut core = Self {
            settings,
            state: DeskState::default(),
            storage: None,
            profiles: setups.into_iter().map(Profile::new).collect(),
            orders: Default::default(),
            by_client_id: Default::default(),
            finished: Default::default(),
            ids,
            requests: Default::default(),
            overdue: Default::default(),
            next_request: 0,
            next_transaction: recovered.last_transaction.map_or(0, |id| id.0),
            last_sequence: recovered.last_sequence,
            kill: None,
            alerts: Default::default(),
            last_tick: now,
        };
        core.take_settings(&recovered);
        core.mark_new_ledgers(&recovered);
        core.recover_alerts(&recovered, now, effects);
        core.take_holdings(recovered, now, effects);
        core.open_accounts(now, effects);
        core.watch_orders(now, 0, effects);
        core
    }

    fn take_settings(&mut self, recovered: &Recovered) {
        if let Some(state) = recovered.settings.get("desk:state").and_then(|text| DeskState::parse(text)) {
            self.state = state;
        }
        for (key, value) in &recovered.settings {
            let mut parts = key.splitn(3, ':');
            let (Some(what), Some(name), Some(rest)) = (parts.next(), parts.next(), parts.next()) else { continue };
            let index = ProfileName::new(name).ok().and_then(|name| self.profile_index(&name));
            let Some(state) = index.and_then(|index| self.profiles.get_mut(index)) else { continue };
            match what {
                "leverage" => {
                    if let (Ok(instrument), Ok(leverage)) = (rest.parse(), value.parse()) {
                        state.leverage.insert(instrument, leverage);
                    }
                }
                "limit" => {
                    if let Ok(limits) = crate::config::with_limit(&state.limits, rest, value) {
                        state.limits = limits;
                    }
                }
                "day" | "peak" => state.recover_day(what, rest, value),
                super::charges::KEY => state.recover_charges(rest, value),
                _ => {}
            }
        }
    }

    /// What the broker first says of an account the ledger knows nothing of is its opening balance.
    fn mark_new_ledgers(&mut self, recovered: &Recovered) {
        for state in self.profiles.iter_mut().filter(|state| state.world != World::Virtual) {
            let opened = |what: &str| recovered.settings.contains_key(&format!("opened:{}:{what}", state.name));
            let (cash, positions) = (opened("cash"), opened("positions"));
            let has = recovered.accounts.iter().any(|account| account.profile == state.name)
                || recovered.positions.iter().any(|position| position.key.profile == state.name)
                || recovered.orders.iter().any(|order| order.profile == state.name);
            // One without the other: the desk ended between the two.
            let begun = cash || positions;
            state.comparison.opens_cash = !cash && (begun || !has);
            state.comparison.opens_positions = !positions && (begun || !has);
        }
    }

    fn take_holdings(&mut self, recovered: Recovered, now: UtcTime, effects: &mut Effects) {
        self.remember_untold(&recovered);
        for account in recovered.accounts {
            if let Some(index) = self.profile_index(&account.profile)
                && let Some(state) = self.profiles.get_mut(index)
            {
                state.accounts.insert(account.currency, account);
            }
        }
        for position in recovered.positions {
            if let Some(index) = self.profile_index(&position.key.profile)
                && let Some(state) = self.profiles.get_mut(index)
            {
                state.positions.insert((position.key.instrument, position.key.side), position);
            }
        }
        for instrument in recovered.instruments {
            for state in &mut self.profiles {
                let used = state.positions.keys().any(|(id, _)| *id == instrument.id)
                    || recovered.orders.iter().any(|o| o.profile == state.name && o.instrument == instrument.id);
                if used {
                    state.stored_instruments.insert(instrument.id);
                    state.learn_instrument(instrument.clone());
                }
            }
        }
        for fill in recovered.fills {
            if let Some(index) = self.profile_index(&fill.profile)
                && let Some(state) = self.profiles.get_mut(index)
            {
                state.executions.entry(fill.order_id).or_default().insert(fill.id);
            }
        }
        for (name, flow) in recovered.cash_flows {
            if let Some(state) = self.profile_index(&name).and_then(|index| self.profiles.get_mut(index)) {
                state.cash_flows.insert(flow);
            }
        }
        for order in recovered.orders {
            self.take_order(order, now, effects);
        }
    }

    /// Where a fill is named by what its order's number has filled so far, the broker must know what is booked already, or
    /// it would tell two fills of before as one of another name.
    fn remember_untold(&mut self, recovered: &Recovered) {
        for order in &recovered.orders {
            let Some(index) = self.profile_index(&order.profile) else { continue };
            let Some(state) = self.profiles.get_mut(index) else { continue };
            if state.capabilities.client_order_ids || state.world == World::Virtual {
                continue;
            }
            // Refused before it had a number: nothing at the broker can be taken for it.
            if order.state.is_final() && order.broker_id.is_none() && order.former_broker_ids.is_empty() {
                continue;
            }
            // One that the desk still holds has never left: at the broker it would be taken for an order that is missed there,
            // and the place of another that looks the same would be given to it.
            if order.watched_by == Some(WatchedBy::Desk) && !order.triggered {
                continue;
            }
            let of_it = recovered.fills.iter().filter(|fill| fill.order_id == order.id);
            state.untold.push(RecoveredOrder {
                order_id: order.id,
                broker_ids: order.former_broker_ids.iter().chain(&order.broker_id).cloned().collect(),
                instrument: order.instrument,
                side: order.side,
                // It left as what its trigger made of it.
                kind: if order.triggered { order.kind.once_triggered() } else { order.kind },
                time_in_force: order.time_in_force,
                quantity: order.quantity,
                sent_at: order.sent_at.unwrap_or(order.created_at),
                fills: of_it.map(|fill| (fill.id.clone(), fill.price, fill.quantity)).collect(),
                route: order.route,
                ended: order.state.is_final().then_some(order.state),
            });
        }
    }

    /// Tells a broker without client order ids what the ledger held, once, before it is asked for anything.
    pub(super) fn tell_recovered(&mut self, now: UtcTime, profile: ProfileIndex, effects: &mut Effects) {
        let Some(state) = self.profiles.get_mut(profile) else { return };
        let orders = std::mem::take(&mut state.untold);
        if !orders.is_empty() {
            self.send(now, profile, Purpose::Recovered, RequestBody::Recovered(orders), effects);
        }
    }

    fn take_order(&mut self, mut order: Order, now: UtcTime, effects: &mut Effects) {
        let Some(index) = self.profile_index(&order.profile) else { return };
        let id = order.id;
        let held = order.watched_by == Some(WatchedBy::Desk) && !order.triggered;
        let on_its_way = matches!(order.state, OrderState::Draft | OrderState::Pending | OrderState::Sent);
        if on_its_way {
            order.state = OrderState::Unknown;
            order.reason = Some("the desk ended before the broker's answer".into());
            order.sent_at = order.sent_at.or(Some(order.updated_at));
        }
        let instrument = order.instrument;
        let open = order.state.is_open();
        if let Some(client_id) = order.client_id.clone() {
            self.by_client_id.insert((index, client_id), id);
        }
        if let Some(state) = self.profiles.get_mut(index) {
            for broker_id in order.broker_id.iter().chain(&order.former_broker_ids) {
                state.by_broker_id.insert(broker_id.clone(), id);
            }
            if open {
                state.open.insert(id);
            }
            let working = matches!(order.state, OrderState::Accepted | OrderState::PartiallyFilled);
            if working && !held && order.pending_change.is_none() && state.world != World::Virtual {
                let was = AtStart { state: order.state, filled: order.filled };
                state.comparison.at_start.insert(id, was);
            }
        }
        if !open {
            self.finished.push_back(id);
        }
        self.orders.insert(id, order);
        if held && open {
            self.hold(index, instrument, id);
            self.expire_if_slept_over(now, id, effects);
        }
        if on_its_way {
            self.write_order(id, effects);
            effects.writes.push(Write::OrderEvent(OrderEvent {
                order_id: id,
                at: now,
                what: "unknown".into(),
                detail: Some("the desk ended before the broker's answer".into()),
            }));
        }
    }

    /// A stop that was good for a day which ended while the desk was away.
    fn expire_if_slept_over(&mut self, now: UtcTime, id: OrderId, effects: &mut Effects) {
        let Some(order) = self.orders.get(&id) else { return };
        let date = |time| session_of(order.instrument.venue, time);
        if order.time_in_force == TimeInForce::Day && date(order.created_at) < date(now) {
            self.end_order(now, id, OrderState::Expired, Some("the day is over".into()), effects);
        }
    }

    /// Virtual accounts that have never held anything get their first cash.
    fn open_accounts(&mut self, now: UtcTime, effects: &mut Effects) {
        for index in 0..self.profiles.len() {
            let Some(state) = self.profiles.get(index) else { continue };
            if state.world != World::Virtual || !state.accounts.is_empty() {
                continue;
            }
            for (currency, amount) in state.initial_cash.clone() {
                if amount > Decimal::ZERO {
                    self.move_money(now, index, (TransactionKind::Deposit, amount, currency), (None, None), effects);
                }
            }
        }
    }
}

/// A name no profile has.
pub(super) fn nobody() -> ProfileName {
    // One letter is always a valid name; the loop ends at its first turn.
    loop {
        if let Ok(name) = ProfileName::new("-") {
            return name;
        }
    }
}
