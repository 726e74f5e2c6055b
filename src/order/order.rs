//! An order, and how news changes it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::id::{BrokerOrderId, ClientOrderId, OrderId, ProfileName};
use super::kind::{Bracket, OrderKind, PositionSide, Role, Source, TimeInForce};
use super::money::Cash;
use super::route::Route;
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
    /// Where it goes, where its instrument trades at more than one venue; `None` is the instrument's own.
    #[serde(default)]
    pub route: Option<Route>,
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
    Cancel {
        /// A replace whose outcome was not known when the cancel left: it may hold all the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<Replacement>,
    },
    /// A replace is out.
    Replace {
        /// New type and prices.
        kind: OrderKind,
        /// New total quantity.
        quantity: Quantity,
    },
}

/// What a replace asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacement {
    /// New type and prices.
    pub kind: OrderKind,
    /// New total quantity.
    pub quantity: Quantity,
}

impl PendingChange {
    /// The replace whose outcome is open, also behind a cancel.
    #[must_use]
    pub const fn replacement(&self) -> Option<Replacement> {
        match self {
            Self::Cancel { after } => *after,
            Self::Replace { kind, quantity } => Some(Replacement { kind: *kind, quantity: *quantity }),
        }
    }

    /// Whether a cancel is out.
    #[must_use]
    pub const fn is_cancel(&self) -> bool {
        matches!(self, Self::Cancel { .. })
    }
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
    /// Where it goes, where its instrument trades at more than one venue; `None` is the instrument's own.
    #[serde(default)]
    pub route: Option<Route>,
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
            route: draft.route,
        }
    }

    /// What may still be filled; nothing once it is over. While a replace to a larger quantity is out, that one counts.
    #[must_use]
    pub fn remaining(&self) -> Quantity {
        if self.state.is_final() { Quantity::ZERO } else { self.largest().minus(self.filled) }
    }

    /// The replace whose outcome is open.
    #[must_use]
    pub fn replacement(&self) -> Option<Replacement> {
        self.pending_change.as_ref().and_then(PendingChange::replacement)
    }

    /// Whether its last unit is filled, whatever is still open about it.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.filled.is_zero() && self.filled >= self.quantity
    }

    fn largest(&self) -> Quantity {
        self.replacement()
            .map_or(self.quantity, |new| if new.quantity > self.quantity { new.quantity } else { self.quantity })
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

    /// A change was confirmed under a number that may be new. Told after the order's end it still says how large the
    /// order was; whether a change down to what is filled ends the order is for the caller to see.
    pub fn on_replaced(
        &mut self,
        broker_id: &BrokerOrderId,
        kind: OrderKind,
        quantity: Quantity,
        now: UtcTime,
    ) -> Transition {
        self.take_number(broker_id);
        match &self.pending_change {
            Some(PendingChange::Replace { .. }) => self.pending_change = None,
            Some(PendingChange::Cancel { after: Some(_) }) => {
                self.pending_change = Some(PendingChange::Cancel { after: None });
            }
            _ => {}
        }
        if self.state == OrderState::Filled {
            return Transition::Ignored;
        }
        self.kind = kind;
        self.quantity = quantity;
        self.updated_at = now;
        if self.state.is_final() && self.is_complete() {
            self.state = OrderState::Filled;
        }
        Transition::Changed
    }

    /// Goes by another of the broker's numbers from now on.
    pub fn take_number(&mut self, broker_id: &BrokerOrderId) {
        if !self.is_known_as(broker_id)
            && let Some(former) = self.broker_id.replace(broker_id.clone())
        {
            self.former_broker_ids.push(former);
        }
    }

    /// One fill, already known to be new. Valid in every state: a fill that the broker tells after a cancel happened
    /// before it. More fills than the quantity prove that a replace whose answer is not here yet was taken.
    pub fn on_fill(&mut self, price: Price, quantity: Quantity, now: UtcTime) {
        self.filled = self.filled.plus(quantity);
        self.filled_value += price.times(quantity);
        self.updated_at = now;
        if self.filled > self.quantity
            && let Some(new) = self.replacement().filter(|new| new.quantity >= self.filled)
        {
            let number = self.broker_id.clone();
            if let Some(number) = number {
                self.on_replaced(&number, new.kind, new.quantity, now);
            }
        }
        if self.filled >= self.largest() {
            self.pending_change = None;
            self.state = OrderState::Filled;
        } else if !self.state.is_final() {
            self.state = OrderState::PartiallyFilled;
        }
    }

    /// The broker's report of an order that is over says how large it was, also where the answer to a replace was lost.
    /// `kind` is what the venue works: a stop that was set off is a market order there.
    pub fn on_last_report(&mut self, state: OrderState, kind: OrderKind, quantity: Quantity) {
        let replacement = self.replacement().filter(|new| new.quantity == quantity);
        let tells = state == OrderState::Filled || quantity > self.quantity || replacement.is_some();
        if quantity.is_zero() || quantity < self.filled || !tells {
            return;
        }
        if let Some(new) = replacement {
            let working = if self.triggered { new.kind.once_triggered() } else { new.kind };
            if working == kind {
                self.kind = new.kind;
            }
        }
        self.quantity = quantity;
        match self.state {
            // It was larger than we knew: what looked like its last unit was not.
            OrderState::Filled if !self.is_complete() => self.state = state,
            OrderState::Canceled | OrderState::Expired if self.is_complete() => self.state = OrderState::Filled,
            _ => {}
        }
    }

    /// It is over. What is filled to the last unit is filled, whatever its end is called, and what was filled in part was
    /// not rejected.
    pub fn on_end(&mut self, state: OrderState, reason: Option<String>, now: UtcTime) -> Transition {
        debug_assert!(state.is_final(), "an end needs a final state");
        if self.state.is_final() {
            return Transition::Ignored;
        }
        if reason.is_some() {
            self.reason = reason;
        }
        self.pending_change = None;
        let state = match state {
            _ if self.is_complete() => OrderState::Filled,
            OrderState::Rejected if !self.filled.is_zero() => OrderState::Canceled,
            state => state,
        };
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
