//! Comparing with the broker: at every connection, on schedule, and when asked. Differences are events and stay listed
//! until a person accepts them; nothing is overwritten in silence.

use std::collections::BTreeSet;
use std::time::Duration;

use rust_decimal::Decimal;

use super::compare::{Mismatch, Part, Subject};
use super::submit::no_profile;
use super::{Core, Effects, Outstanding, ProfileIndex, Purpose, Token};
use crate::broker::api::{OrderReport, RequestBody};
use crate::config::World;
use crate::desk::protocol::{Failure, Response};
use crate::desk::record::DifferenceRecord;
use crate::market::{UtcTime, Venue};
use crate::order::{Order, OrderId, OrderState, Replacement, WatchedBy};

use super::profile::Link;

/// A connection that brings nothing for less is not quiet yet, whatever age orders may be based on.
const QUIET_LEAST: Duration = Duration::from_secs(1);

impl Outstanding {
    /// Which list it asks for.
    pub(super) const fn list(&self) -> Option<Part> {
        match self.purpose {
            Purpose::OpenOrders => Some(Part::Orders),
            Purpose::Positions => Some(Part::Positions),
            Purpose::Balances => Some(Part::Cash),
            _ => None,
        }
    }
}

impl Core {
    /// Asks the broker for everything that can be compared. A list that is still on its way is not asked for again: a
    /// broker that answers one question a second would fall behind for good.
    pub(super) fn compare_with_broker(&mut self, now: UtcTime, profile: ProfileIndex, effects: &mut Effects) {
        if let Some(state) = self.profiles.get_mut(profile) {
            state.reconcile_at = now.plus(self.settings.reconcile_interval);
            state.expire_charges(now, effects);
        }
        self.ask_for_list(now, profile, Part::Orders, effects);
        self.ask_for_fills(now, profile, effects);
        self.ask_for_list(now, profile, Part::Positions, effects);
        self.ask_for_list(now, profile, Part::Cash, effects);
    }

    /// The same from the beginning. What is on its way may have been told before what is to be found now, so that it is
    /// asked for once more when it has come.
    pub(super) fn compare_all_anew(&mut self, now: UtcTime, profile: ProfileIndex, effects: &mut Effects) {
        let on_their_way = self.requests.values().filter(|request| request.profile == profile);
        let lists: Vec<Part> = on_their_way.filter_map(Outstanding::list).collect();
        if let Some(state) = self.profiles.get_mut(profile) {
            state.compare_anew();
            state.comparison.wanted_again = lists;
        }
        self.compare_with_broker(now, profile, effects);
    }

    fn ask_for_list(&mut self, now: UtcTime, profile: ProfileIndex, part: Part, effects: &mut Effects) {
        let is_same = |request: &Outstanding| request.profile == profile && request.list() == Some(part);
        if self.requests.values().any(is_same) {
            return;
        }
        let (purpose, body) = match part {
            Part::Orders => (Purpose::OpenOrders, RequestBody::OpenOrders),
            Part::Positions => (Purpose::Positions, RequestBody::Positions),
            Part::Cash => (Purpose::Balances, RequestBody::Balances),
            Part::Own => return,
        };
        self.send(now, profile, purpose, body, effects);
    }

    /// A list has come, or never will.
    pub(super) fn list_answered(&mut self, now: UtcTime, profile: ProfileIndex, part: Part, effects: &mut Effects) {
        let Some(state) = self.profiles.get_mut(profile) else { return };
        let before = state.comparison.wanted_again.len();
        state.comparison.wanted_again.retain(|wanted| *wanted != part);
        if state.comparison.wanted_again.len() != before {
            self.ask_for_list(now, profile, part, effects);
        }
    }

    pub(super) fn reconcile_on_schedule(&mut self, now: UtcTime, effects: &mut Effects) {
        for index in 0..self.profiles.len() {
            let due = self
                .profiles
                .get(index)
                .is_some_and(|state| matches!(state.link, Link::Up | Link::Silent) && state.reconcile_at <= now);
            if due {
                self.compare_with_broker(now, index, effects);
            }
        }
    }

    pub(super) fn reconcile_now(
        &mut self,
        now: UtcTime,
        token: Token,
        profile: ProfileIndex,
        effects: &mut Effects,
    ) -> Result<(), Box<Failure>> {
        self.profiles.get(profile).ok_or_else(no_profile)?;
        self.compare_all_anew(now, profile, effects);
        effects.reply(token, Response::Done);
        Ok(())
    }

    /// The broker's open orders against ours, as they were when it was asked.
    pub(super) fn compare_orders(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        asked_at: UtcTime,
        reports: Vec<OrderReport>,
        complete: bool,
        effects: &mut Effects,
    ) {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for report in reports {
            let own = self.locate(profile, &report);
            seen.extend(own);
            match own.and_then(|id| self.orders.get(&id)) {
                None => found.extend(foreign(&report, None)),
                // Ours says it is over, the broker still has it: it must not stay there unwatched.
                Some(order) if order.state.is_final() => {
                    found.extend(foreign(&report, Some(order)).filter(|_| order.updated_at < asked_at));
                }
                Some(order) => self.see_own(now, profile, asked_at, (order.id, report), effects),
            }
        }
        if !complete {
            return;
        }
        self.ask_about_missing(now, profile, &seen, effects);
        if let Some(state) = self.profiles.get_mut(profile) {
            state.comparison.orders_read = true;
        }
        self.weigh(now, profile, Part::Orders, found, effects);
    }

    fn see_own(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        asked_at: UtcTime,
        (id, report): (OrderId, OrderReport),
        effects: &mut Effects,
    ) {
        self.on_order_report(now, profile, report.clone(), effects);
        let Some(order) = self.orders.get(&id).filter(|order| order.state.is_open()) else { return };
        let differs = !has_shape(order, &report) && order.pending_change.is_none();
        let confirmed = order.filled == report.filled;
        if let Some(state) = self.profiles.get_mut(profile)
            && confirmed
            && state.comparison.at_start.get(&id).is_some_and(|was| was.filled == report.filled)
        {
            state.comparison.at_start.remove(&id);
        }
        if differs && order_is_older(self.orders.get(&id), asked_at) {
            self.ask_about(now, profile, id, effects);
        }
    }

    /// Orders that should be at the broker and were not in its list.
    fn ask_about_missing(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        seen: &BTreeSet<OrderId>,
        effects: &mut Effects,
    ) {
        let Some(state) = self.profiles.get(profile) else { return };
        let at_venue = |id: &&OrderId| {
            self.orders.get(id).is_some_and(|order| {
                let held = order.watched_by == Some(WatchedBy::Desk) && !order.triggered;
                order.state.may_be_at_venue() && !held
            })
        };
        let missing: Vec<OrderId> =
            state.open.iter().filter(|id| !seen.contains(id)).filter(at_venue).copied().collect();
        for id in missing {
            self.ask_about(now, profile, id, effects);
        }
    }

    /// An order of ours as the broker has it now, asked after our last change of it: somebody else may have changed it.
    pub(super) fn compare_shape(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        id: OrderId,
        report: &OrderReport,
        effects: &mut Effects,
    ) {
        let Some(order) = self.orders.get(&id) else { return };
        let settled = order.state.is_final() || report.state.is_final() || order.pending_change.is_some();
        if settled || has_shape(order, report) {
            return;
        }
        let show = |kind: &crate::order::OrderKind, quantity| {
            let price = kind.limit().map_or_else(|| kind.name().to_string(), |price| price.to_string());
            format!("{quantity} @ {price}")
        };
        let mismatch = Mismatch {
            part: Part::Own,
            subject: Subject::Own(id),
            instrument: Some(order.instrument),
            gap: Decimal::ZERO,
            price: None,
            report: Some(Box::new(report.clone())),
            record: difference(
                "order_changed",
                &id,
                show(&order.kind, order.quantity),
                show(&report.kind, report.quantity),
            ),
        };
        if self.profiles.get(profile).is_some_and(|state| state.world == World::Virtual) {
            // Nobody but this desk trades there: a change of its own came through late.
            self.adopt_shape(now, profile, id, report, effects);
        } else {
            self.note(now, profile, mismatch, effects);
        }
    }

    pub(super) fn adopt_shape(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        id: OrderId,
        report: &OrderReport,
        effects: &mut Effects,
    ) {
        let Some(order) = self.orders.get(&id).filter(|order| order.state.is_open()) else { return };
        let kind = if order.triggered { order.kind } else { report.kind };
        self.replaced(
            now,
            profile,
            id,
            (report.broker_id.clone(), Replacement { kind, quantity: report.quantity }),
            effects,
        );
    }

    /// What has become of an order while the desk was away. Its fills are booked as they are told; nothing new is sent
    /// until a person has seen it.
    pub(super) fn differ_from_start(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        id: OrderId,
        venue: Option<&str>,
        effects: &mut Effects,
    ) {
        let Some(state) = self.profiles.get(profile) else { return };
        let (Some(was), Some(order)) = (state.comparison.at_start.get(&id), self.orders.get(&id)) else { return };
        if venue.is_none() && (was.state, was.filled) == (order.state, order.filled) {
            return;
        }
        let kind = match (venue, order.state) {
            (Some(_), _) => "missing_order",
            (None, OrderState::PartiallyFilled) => "order_partly_filled",
            (None, OrderState::Filled) => "order_filled",
            (None, OrderState::Canceled) => "order_canceled",
            (None, OrderState::Expired | OrderState::Rejected) => "order_ended",
            (None, _) => return,
        };
        let show = |state: OrderState, filled| {
            format!("{state}, {filled} of {} {} {} filled", order.quantity, order.side, order.instrument)
        };
        let here = show(was.state, was.filled);
        let there = venue.map_or_else(|| show(order.state, order.filled), ToOwned::to_owned);
        let mismatch = Mismatch {
            part: Part::Own,
            subject: Subject::Own(id),
            instrument: Some(order.instrument),
            gap: Decimal::ZERO,
            price: None,
            report: None,
            record: difference(kind, &id, here, there),
        };
        self.note(now, profile, mismatch, effects);
    }

    /// Marks a connection that is up but brings nothing, and one that brings data again.
    pub(super) fn watch_feeds(&mut self, now: UtcTime, effects: &mut Effects) {
        let mut turned = Vec::new();
        for (index, state) in self.profiles.iter_mut().enumerate() {
            let trading = state.markets.values().filter(|m| m.subscribed && m.phase.phase.is_continuous());
            let ages = trading.filter_map(|market| Some((market.instrument.id.venue, now.since(market.updated_at?))));
            let is_old = |(venue, age): (Venue, Duration)| age > state.limits.data_age(venue).max(QUIET_LEAST);
            let mut old = ages.map(is_old).peekable();
            if old.peek().is_none() {
                continue;
            }
            let quiet = old.all(|old| old);
            let next = match (&state.link, quiet) {
                (Link::Up, true) => Link::Silent,
                (Link::Silent, false) => Link::Up,
                _ => continue,
            };
            state.link = next.clone();
            turned.push((index, next));
        }
        for (index, link) in turned {
            let text = if link == Link::Silent { "no market data is coming" } else { "market data is coming again" };
            self.publish_event(now, Some(index), "connection", None, text.into(), effects);
        }
    }

    /// What nobody would watch if the desk ended now, as sentences for people.
    #[must_use]
    pub fn holdings(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for order in self.orders.values().filter(|order| order.state.is_open()) {
            let what = if order.watched_by.is_some() { "stop" } else { "order" };
            lines.push(format!(
                "{what} {} {} {} {} ({})",
                order.side,
                order.instrument.symbol,
                order.remaining(),
                order.kind.name(),
                if order.state == OrderState::Unknown { "unknown" } else { order.state.as_str() },
            ));
        }
        for profile in self.profiles.iter().filter(|profile| profile.world != World::Virtual) {
            for position in profile.positions.values().filter(|position| !position.is_flat()) {
                lines.push(format!("position {} {}", position.key.instrument.symbol, position.quantity.normalize()));
            }
        }
        lines.extend(self.held_alerts());
        lines
    }
}

pub(super) fn difference(kind: &str, subject: &impl ToString, local: String, venue: String) -> DifferenceRecord {
    DifferenceRecord { kind: kind.into(), subject: subject.to_string(), local, venue }
}

/// An open order at the broker that is not ours, or that we count as over.
fn foreign(report: &OrderReport, own: Option<&Order>) -> Option<Mismatch> {
    if report.state.is_final() {
        return None;
    }
    let venue = format!("{} {} {} {}", report.side, report.instrument, report.quantity, report.state);
    let local = own.map_or_else(|| "none".to_owned(), |order| order.state.to_string());
    Some(Mismatch {
        part: Part::Orders,
        subject: Subject::Foreign(report.broker_id.clone()),
        instrument: Some(report.instrument),
        gap: Decimal::ZERO,
        price: None,
        report: None,
        record: difference("extra_order", &report.broker_id, local, venue),
    })
}

/// Whether a report shows the price and quantity an order has here. What a broker does not tell cannot differ.
fn has_shape(order: &Order, report: &OrderReport) -> bool {
    let working = if order.triggered { order.kind.once_triggered() } else { order.kind };
    let price = working.limit().is_none() || report.kind.limit().is_none() || working.limit() == report.kind.limit();
    price && (report.quantity.is_zero() || report.quantity == order.quantity)
}

fn order_is_older(order: Option<&Order>, asked_at: UtcTime) -> bool {
    order.is_some_and(|order| order.updated_at < asked_at)
}
