//! An order, and how news changes it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::id::{BrokerOrderId, ClientOrderId, OrderId, ProfileName};
use super::kind::{Bracket, OrderKind, PositionSide, Role, Source, TimeInForce};
use super::money::Cash;
use super::state::{OrderState, WatchedBy};
use crate::market::{InstrumentId, Price, Quantity, Side, UtcTime};

/// What somebody wants; not yet checked, not yet an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// For which profile.
    pub profile: ProfileName,
    /// The asker's own id; the same one never sends twice.
    pub client_id: Option<ClientOrderId>,
    /// On what.
    pub instrument: InstrumentId,
    /// Which way.
    pub side: Side,
    /// Type and prices.
    pub kind: OrderKind,
    /// How much.
    pub quantity: Quantity,
    /// How long.
    pub time_in_force: TimeInForce,
    /// Only make a position smaller.
    pub reduce_only: bool,
    /// Which position, in hedge mode.
    pub position_side: PositionSide,
    /// What follows once it is filled.
    pub bracket: Bracket,
    /// Who asks.
    pub source: Source,
}

/// What an order holds back until it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// Price and cost that cash for one unit was set aside at; `None` when it reserves no cash.
    pub cash_per_unit: Option<Decimal>,
    /// Units that open a position and so need cash; what closes one needs none.
    pub opening: Quantity,
    /// Cash held back now.
    pub cash: Cash,
    /// Holdings held back now (sales of what is owned).
    pub quantity: Quantity,
}

impl Reservation {
    /// Nothing held back.
    #[must_use]
    pub const fn none(currency: crate::market::Currency) -> Self {
        Self { cash_per_unit: None, opening: Quantity::ZERO, cash: Cash::zero(currency), quantity: Quantity::ZERO }
    }
}

/// A change that was sent and is not yet confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum PendingChange {
    /// A cancel is out.
    Cancel,
    /// A replace is out.
    Replace {
        /// New type and prices.
        kind: OrderKind,
        /// New total quantity.
        quantity: Quantity,
    },
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// hoga's id.
    pub id: OrderId,
    /// The asker's id.
    pub client_id: Option<ClientOrderId>,
    /// The broker's number now.
    pub broker_id: Option<BrokerOrderId>,
    /// Numbers it had before changes, oldest first.
    pub former_broker_ids: Vec<BrokerOrderId>,
    /// Profile.
    pub profile: ProfileName,
    /// On what.
    pub instrument: InstrumentId,
    /// Which way.
    pub side: Side,
    /// Type and prices now.
    pub kind: OrderKind,
    /// Total quantity now.
    pub quantity: Quantity,
    /// Filled so far.
    pub filled: Quantity,
    /// Sum of price times quantity of its fills.
    pub filled_value: Decimal,
    /// How long.
    pub time_in_force: TimeInForce,
    /// Only make a position smaller.
    pub reduce_only: bool,
    /// Which position, in hedge mode.
    pub position_side: PositionSide,
    /// State.
    pub state: OrderState,
    /// A change that is out.
    pub pending_change: Option<PendingChange>,
    /// Who watches it, when it is a stop; `None` for orders without a condition.
    pub watched_by: Option<WatchedBy>,
    /// Whether the desk has set it off already (stops held by the desk).
    pub triggered: bool,
    /// What follows once it is filled.
    pub bracket: Bracket,
    /// Its part in a bracket or pair.
    pub role: Role,
    /// The entry order of a bracket, or the first of a pair.
    pub parent_id: Option<OrderId>,
    /// Who asked.
    pub source: Source,
    /// Why it was refused or ended, for people.
    pub reason: Option<String>,
    /// What it holds back.
    pub reservation: Reservation,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it was given to the broker.
    pub sent_at: Option<UtcTime>,
    /// Last change.
    pub updated_at: UtcTime,
    /// Venue time of the newest report: older ones say nothing about price and quantity any more.
    #[serde(default)]
    pub reported_at: Option<UtcTime>,
}

/// What a piece of news did to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transition {
    /// It changed.
    Changed,
    /// It was old or repeated news.
    Ignored,
}

impl Order {
    /// A fresh order from a draft that passed every check.
    #[must_use]
    pub fn from_draft(id: OrderId, draft: &Draft, reservation: Reservation, now: UtcTime) -> Self {
        Self {
            id,
            client_id: draft.client_id.clone(),
            broker_id: None,
            former_broker_ids: Vec::new(),
            profile: draft.profile.clone(),
            instrument: draft.instrument,
            side: draft.side,
            kind: draft.kind,
            quantity: draft.quantity,
            filled: Quantity::ZERO,
            filled_value: Decimal::ZERO,
            time_in_force: draft.time_in_force,
            reduce_only: draft.reduce_only,
            position_side: draft.position_side,
            state: OrderState::Pending,
            pending_change: None,
            watched_by: None,
            triggered: false,
            bracket: draft.bracket,
            role: Role::Entry,
            parent_id: None,
            source: draft.source.clone(),
            reason: None,
            reservation,
            created_at: now,
            sent_at: None,
            updated_at: now,
            reported_at: None,
        }
    }

    /// What may still be filled; nothing once it is over.
    #[must_use]
    pub fn remaining(&self) -> Quantity {
        if self.state.is_final() { Quantity::ZERO } else { self.quantity.minus(self.filled) }
    }

    /// Average price of its fills.
    #[must_use]
    pub fn average_price(&self) -> Option<Decimal> {
        if self.filled.is_zero() {
            None
        } else {
            self.filled_value.checked_div(self.filled.value()).map(|p| p.normalize())
        }
    }

    /// Whether a broker's number is or was this order's.
    #[must_use]
    pub fn is_known_as(&self, broker_id: &BrokerOrderId) -> bool {
        self.broker_id.as_ref() == Some(broker_id) || self.former_broker_ids.contains(broker_id)
    }

    /// The order was handed to the broker.
    pub fn on_sent(&mut self, now: UtcTime) -> Transition {
        if self.state != OrderState::Pending {
            return Transition::Ignored;
        }
        self.sent_at = Some(now);
        self.enter(OrderState::Sent, now)
    }

    /// The broker took it, or still has it.
    ///
    /// Late news never brings a finished order back: a report of a working order that arrives after its end is old.
    pub fn on_working(&mut self, broker_id: &BrokerOrderId, now: UtcTime) -> Transition {
        let learned = self.learn(broker_id);
        if self.state.is_final() || matches!(self.state, OrderState::Accepted | OrderState::PartiallyFilled) {
            return learned;
        }
        let state = if self.filled.is_zero() { OrderState::Accepted } else { OrderState::PartiallyFilled };
        self.enter(state, now)
    }

    /// Takes the broker's number if it has none yet.
    pub fn learn(&mut self, broker_id: &BrokerOrderId) -> Transition {
        if self.broker_id.is_some() {
            return Transition::Ignored;
        }
        self.broker_id = Some(broker_id.clone());
        Transition::Changed
    }

    /// The broker's word on price and quantity, told at `time` by the venue's clock. The newest word holds, whatever was
    /// asked for and whichever answers were lost: a change that was never confirmed shows here.
    pub fn on_terms(&mut self, kind: OrderKind, quantity: Quantity, time: UtcTime, now: UtcTime) -> Transition {
        if self.reported_at.is_some_and(|newest| time < newest) {
            return Transition::Ignored;
        }
        self.reported_at = Some(time);
        let own = if self.triggered { self.kind.once_triggered() } else { self.kind };
        let told = match (own, kind, self.kind) {
            // A venue that turns a type into a limit order on arrival does not change what was asked for.
            (OrderKind::Limit { .. }, OrderKind::Limit { price }, OrderKind::StopLimit { trigger, .. }) => {
                OrderKind::StopLimit { trigger, price }
            }
            (own, kind, _) if own.name() == kind.name() && !self.triggered => kind,
            _ => self.kind,
        };
        let mut transition = Transition::Ignored;
        if !matches!(self.pending_change, None | Some(PendingChange::Cancel))
            && self.pending_change == Some(PendingChange::Replace { kind: told, quantity })
        {
            self.pending_change = None;
            transition = Transition::Changed;
        }
        if (self.kind, self.quantity) != (told, quantity) && quantity >= self.filled {
            self.kind = told;
            self.quantity = quantity;
            transition = Transition::Changed;
        }
        if transition == Transition::Changed {
            self.updated_at = now;
            // Lowered to what its fills had already come to.
            if self.filled >= self.quantity {
                self.pending_change = None;
                self.state = OrderState::Filled;
            }
        }
        transition
    }

    /// A change was confirmed under a number that may be new.
    pub fn on_replaced(
        &mut self,
        broker_id: &BrokerOrderId,
        kind: OrderKind,
        quantity: Quantity,
        now: UtcTime,
    ) -> Transition {
        if self.broker_id.as_ref() != Some(broker_id)
            && !self.former_broker_ids.contains(broker_id)
            && let Some(former) = self.broker_id.replace(broker_id.clone())
        {
            self.former_broker_ids.push(former);
        }
        if matches!(self.pending_change, Some(PendingChange::Replace { .. })) {
            self.pending_change = None;
        }
        if self.state.is_final() {
            return Transition::Ignored;
        }
        self.kind = kind;
        self.quantity = quantity;
        self.updated_at = now;
        // A change down to what is already filled ends the order.
        if self.filled >= self.quantity {
            return self.enter(OrderState::Filled, now);
        }
        Transition::Changed
    }

    /// One fill, already known to be new. Valid in every state: a fill that the broker tells after a cancel happened
    /// before it.
    pub fn on_fill(&mut self, price: Price, quantity: Quantity, now: UtcTime) {
        self.filled = self.filled.plus(quantity);
        self.filled_value += price.times(quantity);
        self.updated_at = now;
        if self.filled >= self.quantity {
            self.pending_change = None;
            self.state = OrderState::Filled;
        } else if !self.state.is_final() {
            self.state = OrderState::PartiallyFilled;
        }
    }

    /// It is over without being filled to the last unit.
    ///
    /// `filled` is what the broker counts as filled, where it says: while fills are still on their way the order stays
    /// open, so that what they need is not given away.
    pub fn on_end(&mut self, state: OrderState, reason: Option<String>, now: UtcTime) -> Transition {
        debug_assert!(state.is_final(), "an end needs a final state");
        if self.state.is_final() {
            return Transition::Ignored;
        }
        if reason.is_some() {
            self.reason = reason;
        }
        self.pending_change = None;
        self.enter(state, now)
    }

    /// The broker did not answer.
    pub fn on_unknown(&mut self, reason: String, now: UtcTime) -> Transition {
        if !matches!(self.state, OrderState::Sent) {
            return Transition::Ignored;
        }
        self.reason = Some(reason);
        self.enter(OrderState::Unknown, now)
    }

    fn enter(&mut self, state: OrderState, now: UtcTime) -> Transition {
        if self.state == state {
            return Transition::Ignored;
        }
        if self.state == OrderState::Unknown {
            self.reason = self.reason.take().filter(|_| state.is_final());
        }
        self.state = state;
        self.updated_at = now;
        Transition::Changed
    }
}

/// Orders by id, iterated in the order they were made (ids grow with time).
pub type Orders = BTreeMap<OrderId, Order>;
