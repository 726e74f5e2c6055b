//! The kill switch, flattening, and the desk's state.
//!
//! A kill first changes the state (written before anything is sent), then cancels, then reads the broker's open orders
//! back until none is left or time is up, then closes positions where asked, and only then answers.

use std::time::Duration;

use super::{Core, Effects, ProfileIndex, Purpose, Token};
use crate::broker::api::RequestBody;
use crate::desk::protocol::{Failure, FailureKind, Killed, RESUME_WORD, Response};
use crate::ledger::Write;
use crate::market::{InstrumentId, Quantity, Side, UtcTime};
use crate::order::{
    Bracket, Draft, OrderId, OrderKind, OrderState, PositionSide, Reservation, Role, Source, default_time_in_force,
};
use crate::risk::DeskState;

/// How long before a cancel that brought nothing is sent again.
const CANCEL_AGAIN: Duration = Duration::from_millis(1_000);

/// A kill or flatten on its way.
#[derive(Debug)]
pub(super) struct Kill {
    token: Token,
    scope: Scope,
    flatten: bool,
    source: Source,
    targets: Vec<OrderId>,
    deadline: UtcTime,
    cancel_at: UtcTime,
    read_back: Vec<ProfileIndex>,
    asked: bool,
}

/// What a kill or flatten is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Everything,
    Profile(ProfileIndex),
    Instrument(ProfileIndex, InstrumentId),
}

impl Scope {
    fn covers(self, profile: ProfileIndex, instrument: InstrumentId) -> bool {
        match self {
            Self::Everything => true,
            Self::Profile(index) => index == profile,
            Self::Instrument(index, id) => index == profile && id == instrument,
        }
    }
}

impl Core {
    pub(super) fn start_kill(
        &mut self,
        now: UtcTime,
        token: Token,
        flatten: bool,
        source: &Source,
        effects: &mut Effects,
    ) -> Result<(), Box<Failure>> {
        self.enter_state(now, DeskState::Halted, "KILL", source, effects);
        self.begin(now, token, Scope::Everything, flatten, source, effects);
        Ok(())
    }

    pub(super) fn start_flatten(
        &mut self,
        now: UtcTime,
        token: Token,
        profile: ProfileIndex,
        symbol: Option<&str>,
        source: &Source,
        effects: &mut Effects,
    ) -> Result<(), Box<Failure>> {
        let scope = match symbol {
            Some(symbol) => Scope::Instrument(profile, self.resolve(profile, symbol)?),
            None => Scope::Profile(profile),
        };
        self.begin(now, token, scope, true, source, effects);
        Ok(())
    }

    fn begin(
        &mut self,
        now: UtcTime,
        token: Token,
        scope: Scope,
        flatten: bool,
        source: &Source,
        effects: &mut Effects,
    ) {
        // A second one takes over: whoever asked first is told what it has come to so far.
        if let Some(former) = self.kill.take() {
            self.answer_kill(now, &former, Vec::new(), effects);
        }
        let targets: Vec<OrderId> = self
            .orders
            .values()
            .filter(|order| order.state.is_open())
            .filter(|order| {
                self.profile_index(&order.profile).is_some_and(|index| scope.covers(index, order.instrument))
            })
            .map(|order| order.id)
            .collect();
        for id in &targets {
            self.cancel_order(now, *id, "kill switch", effects);
        }
        let read_back = (0..self.profiles.len())
            .filter(|index| match scope {
                Scope::Everything => true,
                Scope::Profile(of) | Scope::Instrument(of, _) => of == *index,
            })
            .collect();
        self.kill = Some(Kill {
            token,
            scope,
            flatten,
            source: source.clone(),
            targets,
            deadline: now.plus(self.settings.kill_timeout),
            cancel_at: now.plus(CANCEL_AGAIN),
            read_back,
            asked: false,
        });
    }

    /// Moves a kill on: after every step, so that it ends with the news it waits for.
    pub(super) fn advance_kill(&mut self, now: UtcTime, effects: &mut Effects) {
        let Some(mut kill) = self.kill.take() else { return };
        let open: Vec<OrderId> = kill.targets.iter().copied().filter(|id| self.is_open(*id)).collect();
        let late = now >= kill.deadline;
        if !open.is_empty() && !late {
            if now >= kill.cancel_at {
                kill.cancel_at = now.plus(CANCEL_AGAIN);
                for id in open {
                    self.cancel_order(now, id, "kill switch", effects);
                }
            }
            self.kill = Some(kill);
            return;
        }
        if !kill.asked && !late {
            kill.asked = true;
            for index in kill.read_back.clone() {
                if let Some(state) = self.profiles.get_mut(index) {
                    state.comparison.orders_read = false;
                }
                self.send(now, index, Purpose::OpenOrders, RequestBody::OpenOrders, effects);
            }
        }
        let unread = kill.read_back.iter().any(|index| {
            self.profiles.get(*index).is_some_and(|state| {
                !state.comparison.orders_read && matches!(state.link, super::Link::Up | super::Link::Silent)
            })
        });
        if unread && !late {
            self.kill = Some(kill);
            return;
        }
        let closing =
            if kill.flatten { self.close_positions(now, kill.scope, &kill.source, effects) } else { Vec::new() };
        self.answer_kill(now, &kill, closing, effects);
    }

    fn is_open(&self, id: OrderId) -> bool {
        self.orders.get(&id).is_some_and(|order| order.state.is_open())
    }

    fn answer_kill(&self, now: UtcTime, kill: &Kill, closing: Vec<OrderId>, effects: &mut Effects) {
        let records = |ids: &[OrderId]| {
            ids.iter().filter_map(|id| self.orders.get(id)).map(|order| self.order_record(order)).collect::<Vec<_>>()
        };
        let open: Vec<OrderId> = kill.targets.iter().copied().filter(|id| self.is_open(*id)).collect();
        let canceled = kill
            .targets
            .iter()
            .filter(|id| self.orders.get(id).is_some_and(|order| order.state == OrderState::Canceled))
            .count();
        let read = kill.read_back.iter().filter_map(|index| self.profiles.get(*index));
        let not_ours =
            read.flat_map(|state| &state.differences).filter(|difference| difference.kind == "extra_order").cloned();
        let killed = Killed {
            verified_at: now,
            canceled,
            still_open: records(&open),
            closing: records(&closing),
            not_ours: not_ours.collect(),
        };
        let text = format!("{} orders canceled, {} still open", killed.canceled, killed.still_open.len());
        self.publish_event(now, None, "kill", None, text, effects);
        effects.reply(kill.token, Response::Killed(killed));
    }

    /// Market orders that close every position in scope. They pass the gate of a halted desk: they only reduce.
    fn close_positions(&mut self, now: UtcTime, scope: Scope, source: &Source, effects: &mut Effects) -> Vec<OrderId> {
        let mut open: Vec<(ProfileIndex, InstrumentId, PositionSide, rust_decimal::Decimal)> = Vec::new();
        for (index, profile) in self.profiles.iter().enumerate() {
            for position in profile.positions.values().filter(|position| !position.is_flat()) {
                if scope.covers(index, position.key.instrument) {
                    open.push((index, position.key.instrument, position.key.side, position.quantity));
                }
            }
        }
        open.into_iter()
            .filter_map(|(index, instrument, side, held)| {
                self.close(now, index, (instrument, side, held), source, effects)
            })
            .collect()
    }

    pub(super) fn close(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        (instrument, position_side, held): (InstrumentId, PositionSide, rust_decimal::Decimal),
        source: &Source,
        effects: &mut Effects,
    ) -> Option<OrderId> {
        let state = self.profiles.get(profile)?;
        let market = state.markets.get(&instrument)?;
        let held_back = state.held_back(&self.orders, instrument, position_side, None);
        let quantity = Quantity::new(held.abs()).ok()?.minus(held_back);
        if quantity.is_zero() {
            return None;
        }
        let currency = market.instrument.currency;
        let draft = Draft {
            profile: state.name.clone(),
            client_id: None,
            instrument,
            side: if held.is_sign_positive() { Side::Sell } else { Side::Buy },
            kind: OrderKind::Market,
            quantity,
            time_in_force: default_time_in_force(instrument.venue),
            reduce_only: market.instrument.product.is_margined(),
            position_side,
            bracket: Bracket::default(),
            source: source.clone(),
            route: None,
        };
        let reservation = Reservation { quantity, ..Reservation::none(currency) };
        Some(self.make(now, profile, &draft, Role::Flatten, reservation, effects))
    }

    pub(super) fn set_state(
        &mut self,
        now: UtcTime,
        token: Token,
        state: DeskState,
        word: &str,
        source: &Source,
        effects: &mut Effects,
    ) -> Result<(), Box<Failure>> {
        // Out of HALTED there is only one way, and it needs the word.
        if self.state == DeskState::Halted && state != DeskState::Halted {
            return Err(halted());
        }
        self.enter_state(now, state, word, source, effects);
        effects.reply(token, Response::Done);
        Ok(())
    }

    pub(super) fn resume(
        &mut self,
        now: UtcTime,
        token: Token,
        word: Option<&str>,
        source: &Source,
        effects: &mut Effects,
    ) -> Result<(), Box<Failure>> {
        if self.state == DeskState::Halted && word.map(str::trim) != Some(RESUME_WORD) {
            return Err(halted());
        }
        if self.kill.is_some() {
            return Err(Box::new(Failure::new(FailureKind::Other, "KILL_RUNS", "a kill is still running").retryable()));
        }
        self.enter_state(now, DeskState::Active, "RESUME", source, effects);
        effects.reply(token, Response::Done);
        Ok(())
    }

    fn enter_state(&mut self, now: UtcTime, state: DeskState, word: &str, source: &Source, effects: &mut Effects) {
        let before = self.state;
        self.state = state;
        effects.writes.push(Write::Setting { key: "desk:state".into(), value: Some(state.as_str().into()) });
        self.risk_event(now, None, word.into(), state.as_str().into(), before.as_str().into(), source, effects);
        let text = format!("{} by {source}: {} -> {}", word, before.as_str(), state.as_str());
        self.publish_event(now, None, "halt", None, text, effects);
    }

    /// Virtual margined positions whose mark price has reached their liquidation price are closed at the market.
    pub(super) fn liquidate(&mut self, now: UtcTime, effects: &mut Effects) {
        let mut reached = Vec::new();
        for (index, profile) in self.profiles.iter().enumerate().filter(|(_, p)| p.capabilities.virtual_cash) {
            for position in profile.positions.values().filter(|position| !position.margin.is_zero()) {
                let Some(market) = profile.markets.get(&position.key.instrument) else { continue };
                let Some(mark) = market.valuation() else { continue };
                let Some(limit) = self.liquidation_price(index, position) else { continue };
                let long = position.quantity.is_sign_positive();
                let hit = if long { mark.value() <= limit } else { mark.value() >= limit };
                if hit {
                    reached.push((index, (position.key.instrument, position.key.side, position.quantity)));
                }
            }
        }
        for (index, position) in reached {
            let own = self.profiles.get(index).map(|state| state.open.clone()).unwrap_or_default();
            let resting = own.iter().filter(|id| {
                self.orders.get(id).is_some_and(|o| o.instrument == position.0 && o.role != Role::Flatten)
            });
            for id in resting.copied().collect::<Vec<_>>() {
                self.cancel_order(now, id, "liquidation", effects);
            }
            if self.close(now, index, position, &Source::Desk, effects).is_some() {
                let text = format!("{} reached its liquidation price and is being closed", position.0);
                self.publish_event(now, Some(index), "liquidation", None, text, effects);
            }
        }
    }
}

fn halted() -> Box<Failure> {
    let text = format!("the desk is HALTED; type {RESUME_WORD} to trade again");
    Box::new(
        Failure::new(FailureKind::Risk, "HALTED", text)
            .about(RESUME_WORD)
            .hint(format!("hoga resume --word {RESUME_WORD}")),
    )
}
