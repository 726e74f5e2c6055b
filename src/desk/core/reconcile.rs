//! Comparing with the broker: at every connection, on schedule, and when asked. Differences are events and stay listed
//! until a person accepts them; nothing is overwritten in silence.

use rust_decimal::Decimal;

use super::submit::no_profile;
use super::{Core, Effects, ProfileIndex, Purpose, Token};
use crate::broker::api::{OrderReport, RequestBody};
use crate::config::World;
use crate::desk::protocol::{Failure, Response};
use crate::desk::record::DifferenceRecord;
use crate::market::UtcTime;
use crate::order::{OrderId, OrderState, Source};

use super::profile::Link;

impl Core {
    /// Asks the broker for everything that can be compared.
    pub(super) fn compare_with_broker(&mut self, now: UtcTime, profile: ProfileIndex, effects: &mut Effects) {
        if let Some(state) = self.profiles.get_mut(profile) {
            state.reconcile_at = now.plus(self.settings.reconcile_interval);
        }
        self.send(now, profile, Purpose::OpenOrders, RequestBody::OpenOrders, effects);
        self.ask_for_fills(now, profile, effects);
        self.send(now, profile, Purpose::Account, RequestBody::Positions, effects);
        self.send(now, profile, Purpose::Account, RequestBody::Balances, effects);
    }

    pub(super) fn reconcile_on_schedule(&mut self, now: UtcTime, effects: &mut Effects) {
        let due: Vec<ProfileIndex> = self
            .profiles
            .iter()
            .enumerate()
            .filter(|(_, state)| matches!(state.link, Link::Up | Link::Silent) && state.reconcile_at <= now)
            .map(|(index, _)| index)
            .collect();
        for index in due {
            self.compare_with_broker(now, index, effects);
        }
    }

    pub(super) fn reconcile_now(
        &mut self,
        now: UtcTime,
        token: Token,
        profile: ProfileIndex,
        effects: &mut Effects,
    ) -> Result<(), Box<Failure>> {
        let state = self.profiles.get_mut(profile).ok_or_else(no_profile)?;
        state.reconciled = false;
        self.compare_with_broker(now, profile, effects);
        effects.reply(token, Response::Done);
        Ok(())
    }

    /// The broker's open orders against ours.
    pub(super) fn compare_orders(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        reports: Vec<OrderReport>,
        complete: bool,
        effects: &mut Effects,
    ) {
        let mut seen: Vec<OrderId> = Vec::new();
        self.forget_differences(profile, "extra_order");
        for report in reports {
            match self.locate(profile, &report) {
                Some(id) => {
                    seen.push(id);
                    // Ours says it is over, the broker still has it: it must not stay there unwatched.
                    let revenant = self.orders.get(&id).is_some_and(|order| order.state.is_final());
                    if revenant {
                        self.foreign_order(now, profile, &report, effects);
                    } else {
                        self.on_order_report(now, profile, report, effects);
                    }
                }
                None => self.foreign_order(now, profile, &report, effects),
            }
        }
        let Some(state) = self.profiles.get_mut(profile) else { return };
        state.reconciled |= complete;
        let missing: Vec<OrderId> = state
            .open
            .iter()
            .filter(|id| !seen.contains(id))
            .filter(|id| {
                self.orders.get(id).is_some_and(|order| {
                    let held = order.watched_by == Some(crate::order::WatchedBy::Desk) && !order.triggered;
                    order.state.may_be_at_venue() && !held
                })
            })
            .copied()
            .collect();
        if complete {
            for id in missing {
                self.ask_about(now, profile, id, effects);
            }
        }
    }

    /// An order at the broker that is not ours, or that we count as over.
    pub(super) fn foreign_order(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        report: &OrderReport,
        effects: &mut Effects,
    ) {
        if report.state.is_final() {
            return;
        }
        let difference = DifferenceRecord {
            kind: "extra_order".into(),
            subject: report.broker_id.to_string(),
            local: "none".into(),
            venue: format!("{} {} {} {}", report.side, report.instrument, report.quantity, report.state),
        };
        self.differ(now, profile, difference, effects);
    }

    /// Positions and cash, where the broker keeps them.
    pub(super) fn compare_account(&mut self, now: UtcTime, profile: ProfileIndex, effects: &mut Effects) {
        let Some(state) = self.profiles.get(profile) else { return };
        if state.world == World::Virtual {
            return;
        }
        let mut differences = Vec::new();
        for ((instrument, side), quantity) in &state.venue_positions {
            let local = state.position(*instrument, *side).map_or(Decimal::ZERO, |position| position.quantity);
            if local != *quantity {
                differences.push(DifferenceRecord {
                    kind: "position".into(),
                    subject: instrument.to_string(),
                    local: local.normalize().to_string(),
                    venue: quantity.normalize().to_string(),
                });
            }
        }
        for (currency, cash) in &state.venue_cash {
            let local = state.accounts.get(currency).map_or(Decimal::ZERO, |account| account.cash);
            if local != *cash {
                differences.push(DifferenceRecord {
                    kind: "cash".into(),
                    subject: currency.to_string(),
                    local: local.normalize().to_string(),
                    venue: cash.normalize().to_string(),
                });
            }
        }
        self.forget_differences(profile, "position");
        self.forget_differences(profile, "cash");
        for difference in differences {
            self.differ(now, profile, difference, effects);
        }
    }

    fn forget_differences(&mut self, profile: ProfileIndex, kind: &str) {
        if let Some(state) = self.profiles.get_mut(profile) {
            state.differences.retain(|difference| difference.kind != kind);
        }
    }

    fn differ(&mut self, now: UtcTime, profile: ProfileIndex, difference: DifferenceRecord, effects: &mut Effects) {
        let Some(state) = self.profiles.get_mut(profile) else { return };
        if state.differences.contains(&difference) {
            return;
        }
        let text =
            format!("{} {}: here {}, at the broker {}", difference.kind, difference.subject, difference.local, difference.venue);
        state.differences.push(difference);
        self.risk_event(now, Some(profile), "RECONCILE".into(), text.clone(), String::new(), &Source::Venue, effects);
        self.publish_event(now, Some(profile), "difference", None, text, effects);
    }

    pub(super) fn accept_differences(
        &mut self,
        now: UtcTime,
        token: Token,
        profile: ProfileIndex,
        source: &Source,
        effects: &mut Effects,
    ) -> Result<(), Box<Failure>> {
        let state = self.profiles.get_mut(profile).ok_or_else(no_profile)?;
        let accepted = std::mem::take(&mut state.differences);
        for difference in &accepted {
            let text = format!("accepted {} {}: {}", difference.kind, difference.subject, difference.venue);
            self.risk_event(now, Some(profile), "RECONCILE".into(), text, String::new(), source, effects);
        }
        effects.reply(token, Response::Differences(accepted));
        Ok(())
    }

    /// Marks a connection that is up but brings nothing, and one that brings data again.
    pub(super) fn watch_feeds(&mut self, now: UtcTime, effects: &mut Effects) {
        let mut turned = Vec::new();
        for (index, state) in self.profiles.iter_mut().enumerate() {
            let limit = std::time::Duration::from_millis(state.limits.max_data_age_ms.max(1_000));
            let trading = state.markets.values().filter(|m| m.subscribed && m.phase.phase.is_continuous());
            let Some(newest) = trading.filter_map(|market| market.updated_at).max() else { continue };
            let quiet = now.since(newest) > limit;
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

    /// Orders that nobody would watch if the desk ended now, as sentences for people.
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
        lines
    }
}
