//! What faces are told of their own affairs without asking: places in the queue, accounts, the state of the desk. Only
//! the newest counts, and nothing is told twice.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Shell;
use super::faces::{FaceId, Slot};
use crate::desk::core::{Link, ProfileIndex};
use crate::desk::protocol::{Topic, Update};
use crate::desk::record::{AccountRecord, DeskStatus, OrderRecord, SessionRecord};
use crate::market::{Quantity, UtcTime};
use crate::order::{Order, OrderId, OrderState, WatchedBy};

/// Shortest time between two looks at places in the queue.
const QUEUE_GAP: Duration = Duration::from_millis(16);
/// Shortest time between two looks at an account while only prices move.
const ACCOUNT_GAP: Duration = Duration::from_millis(250);
/// Shortest time between two looks at the state of the desk while nothing is known to have happened.
const STATUS_GAP: Duration = Duration::from_millis(250);

/// What was told last, and when it was looked at.
#[derive(Debug, Default)]
pub struct Own {
    queues: BTreeMap<OrderId, Option<Quantity>>,
    queues_at: Option<UtcTime>,
    accounts: BTreeMap<ProfileIndex, (UtcTime, AccountRecord)>,
    states: BTreeMap<ProfileIndex, (DeskStatus, Vec<SessionRecord>)>,
    states_at: Option<UtcTime>,
    touched: bool,
}

/// What only the desk knows of an open order, by its id.
pub type Live = BTreeMap<String, (Option<WatchedBy>, Option<Quantity>)>;

impl Own {
    /// Something happened that may have changed an account or the state of the desk.
    pub(super) const fn touch(&mut self) {
        self.touched = true;
    }
}

impl Shell {
    /// Tells what has changed since the last round.
    pub(super) fn publish_own(&mut self, now: UtcTime) {
        let touched = std::mem::take(&mut self.own.touched);
        self.publish_queues(now);
        for profile in 0..self.core.profiles().len() {
            self.publish_account(now, profile, touched);
        }
        let due = self.own.states_at.is_none_or(|at| now.since(at) >= STATUS_GAP);
        if touched || due {
            self.own.states_at = Some(now);
            for profile in 0..self.core.profiles().len() {
                self.publish_state(now, profile);
            }
        }
    }

    /// Units ahead of an order now; `None` unless it rests at a venue that lets it be known.
    pub(super) fn queue_ahead(&self, order: &Order) -> Option<Quantity> {
        if !matches!(order.state, OrderState::Accepted | OrderState::PartiallyFilled) {
            return None;
        }
        let profile = self.core.profile_index(&order.profile)?;
        if self.core.profile(profile)?.link != Link::Up {
            return None;
        }
        self.brokers.get(profile)?.as_ref()?.queue_ahead(order.id)
    }

    /// An order as faces see it, with its place in the queue.
    pub(super) fn placed_record(&self, order: &Order) -> OrderRecord {
        let mut record = self.core.order_record(order);
        record.queue_ahead = self.queue_ahead(order);
        record
    }

    /// The place in the queue as it is now for a record that was made before.
    pub(super) fn place(&self, record: &mut OrderRecord) {
        let order = record.id.parse::<OrderId>().ok();
        let order = order.and_then(|id| self.core.orders().get(&id));
        record.queue_ahead = order.and_then(|order| self.queue_ahead(order));
    }

    /// What the ledger does not know of the open orders of a profile.
    pub(super) fn live(&self, profile: ProfileIndex) -> Live {
        let open = self.core.profile(profile).into_iter().flat_map(|state| state.open_orders());
        let orders = open.filter_map(|id| self.core.orders().get(id));
        orders.map(|order| (order.id.to_string(), (self.core.watcher(order), self.queue_ahead(order)))).collect()
    }

    fn publish_queues(&mut self, now: UtcTime) {
        if !self.faces.values().any(|face| face.wants_any(Topic::Orders)) {
            self.own.queues.clear();
            return;
        }
        if self.own.queues_at.is_some_and(|at| now.since(at) < QUEUE_GAP) {
            return;
        }
        self.own.queues_at = Some(now);
        let mut known = std::mem::take(&mut self.own.queues);
        let mut present = BTreeMap::new();
        for state in self.core.profiles() {
            for order in state.open_orders().iter().filter_map(|id| self.core.orders().get(id)) {
                let ahead = self.queue_ahead(order);
                if known.remove(&order.id).unwrap_or_default() != ahead {
                    let update = Update::Queue { order_id: order.id.to_string(), ahead };
                    self.send_newest(Slot::Queue(order.id), update, |face| face.wants_any(Topic::Orders));
                }
                present.insert(order.id, ahead);
            }
        }
        self.own.queues = present;
    }

    fn account_record(&self, now: UtcTime, profile: ProfileIndex) -> AccountRecord {
        AccountRecord {
            profile: self.core.profile(profile).map(|state| state.name.to_string()).unwrap_or_default(),
            balances: self.core.balances(profile),
            positions: self.core.positions(now, profile),
            pnl: self.core.pnl(now, profile),
        }
    }

    fn publish_account(&mut self, now: UtcTime, profile: ProfileIndex, touched: bool) {
        if !self.faces.values().any(|face| face.wants_of(Topic::Account, profile)) {
            self.own.accounts.remove(&profile);
            return;
        }
        let told = self.own.accounts.get(&profile);
        if !touched && told.is_some_and(|(at, _)| now.since(*at) < ACCOUNT_GAP) {
            return;
        }
        let record = self.account_record(now, profile);
        let news = told.is_none_or(|(_, told)| *told != record);
        if news {
            let update = Update::Account(Box::new(record.clone()));
            self.send_newest(Slot::Account(profile), update, |face| face.wants_of(Topic::Account, profile));
        }
        self.own.accounts.insert(profile, (now, record));
    }

    fn publish_state(&mut self, now: UtcTime, profile: ProfileIndex) {
        if !self.faces.values().any(|face| face.wants_of(Topic::Status, profile)) {
            self.own.states.remove(&profile);
            return;
        }
        let (status, sessions) = (self.status(now), self.sessions(now, profile));
        let lasting = (lasting(&status), sessions.clone());
        if self.own.states.get(&profile) != Some(&lasting) {
            let update = Update::Status { status: Box::new(status), sessions };
            self.send_newest(Slot::Status(profile), update, |face| face.wants_of(Topic::Status, profile));
            self.own.states.insert(profile, lasting);
        }
    }

    /// A face has just asked to be told: it gets the present state at once.
    pub(super) fn push_own(&mut self, now: UtcTime, face: FaceId, topic: Topic, profile: ProfileIndex) {
        match topic {
            Topic::Account => {
                let record = self.account_record(now, profile);
                self.push_to(face, Slot::Account(profile), Update::Account(Box::new(record.clone())));
                self.own.accounts.entry(profile).or_insert((now, record));
            }
            Topic::Status => {
                let (status, sessions) = (self.status(now), self.sessions(now, profile));
                self.own.states.entry(profile).or_insert_with(|| (lasting(&status), sessions.clone()));
                self.push_to(face, Slot::Status(profile), Update::Status { status: Box::new(status), sessions });
            }
            Topic::Orders => {
                let Some(state) = self.core.profile(profile) else { return };
                for order in state.open_orders().iter().filter_map(|id| self.core.orders().get(id)) {
                    if let Some(ahead) = self.queue_ahead(order) {
                        let update = Update::Queue { order_id: order.id.to_string(), ahead: Some(ahead) };
                        self.push_to(face, Slot::Queue(order.id), update);
                    }
                }
            }
            _ => {}
        }
    }
}

/// A status without what changes all the time.
fn lasting(status: &DeskStatus) -> DeskStatus {
    DeskStatus { uptime_s: 0, market_events: 0, ..status.clone() }
}
