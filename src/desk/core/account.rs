//! Holdings and cash as the broker tells them against ours.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::compare::{Mismatch, Part, Subject, VenuePositions};
use super::reconcile::difference;
use super::{Core, Effects, ProfileIndex};
use crate::broker::api::AccountReport;
use crate::config::World;
use crate::market::UtcTime;
use crate::market::gather::Gather;

impl Core {
    pub(super) fn positions_told(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        reports: Vec<AccountReport>,
        effects: &mut Effects,
    ) {
        let Some(state) = self.profiles.get_mut(profile) else { return };
        // The same holding told twice is one holding.
        let told: VenuePositions = reports
            .into_iter()
            .filter_map(|report| match report {
                AccountReport::Position { instrument, side, quantity, average_price } => {
                    Some(((instrument, side), (quantity, average_price)))
                }
                AccountReport::Cash { .. } | AccountReport::Leverage { .. } => None,
            })
            .collect();
        state.comparison.venue_positions = Some(told);
        self.compare_positions(now, profile, effects);
    }

    pub(super) fn balances_told(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        reports: Vec<AccountReport>,
        effects: &mut Effects,
    ) {
        let Some(state) = self.profiles.get_mut(profile) else { return };
        let told: BTreeMap<_, _> = reports
            .into_iter()
            .filter_map(|report| match report {
                AccountReport::Cash { total, .. } => Some((total.currency, total.amount)),
                AccountReport::Position { .. } | AccountReport::Leverage { .. } => None,
            })
            .into_map();
        state.comparison.venue_cash = Some(told);
        self.compare_cash(now, profile, effects);
    }

    pub(super) fn positions_untold(&mut self, profile: ProfileIndex) {
        if let Some(state) = self.profiles.get_mut(profile) {
            state.settle_part(Part::Positions);
        }
    }

    pub(super) fn balances_untold(&mut self, profile: ProfileIndex) {
        if let Some(state) = self.profiles.get_mut(profile) {
            state.settle_part(Part::Cash);
        }
    }

    /// Holdings as the broker last told them against ours.
    pub(super) fn compare_positions(&mut self, now: UtcTime, profile: ProfileIndex, effects: &mut Effects) {
        let Some(state) = self.profiles.get(profile) else { return };
        if state.world == World::Virtual || !state.instruments_known {
            return;
        }
        let Some(told) = state.comparison.venue_positions.clone() else { return };
        if state.comparison.opens_positions {
            self.open_positions(now, profile, &told, effects);
        }
        let Some(state) = self.profiles.get(profile) else { return };
        let own = state.positions.iter().filter(|(_, position)| !position.is_flat()).map(|(key, _)| *key);
        let keys: BTreeSet<_> = own.chain(told.keys().copied()).into_set();
        let mut found = Vec::new();
        for (instrument, side) in keys {
            let local = state.position(instrument, side).map_or(Decimal::ZERO, |position| position.quantity);
            let (venue, price) = told.get(&(instrument, side)).copied().unwrap_or_default();
            if local == venue {
                continue;
            }
            let kind = match (local, venue) {
                _ if !state.markets.contains_key(&instrument) => "unknown_instrument",
                (here, _) if here.is_zero() => "extra_position",
                (_, there) if there.is_zero() => "missing_position",
                (here, there) if here.is_sign_negative() != there.is_sign_negative() => "position_side",
                _ => "position",
            };
            found.push(Mismatch {
                part: Part::Positions,
                subject: Subject::Position(instrument, side),
                instrument: Some(instrument),
                gap: venue - local,
                price,
                report: None,
                record: difference(kind, &instrument, local.normalize().to_string(), venue.normalize().to_string()),
            });
        }
        self.weigh(now, profile, Part::Positions, found, effects);
    }

    /// Cash as the broker last told it against ours.
    pub(super) fn compare_cash(&mut self, now: UtcTime, profile: ProfileIndex, effects: &mut Effects) {
        let Some(state) = self.profiles.get(profile) else { return };
        if state.world == World::Virtual || !state.instruments_known {
            return;
        }
        let Some(told) = state.comparison.venue_cash.clone() else { return };
        if state.comparison.opens_cash {
            self.open_cash(now, profile, &told, effects);
        }
        let Some(state) = self.profiles.get(profile) else { return };
        let currencies: BTreeSet<_> = state.accounts.keys().chain(told.keys()).copied().into_set();
        let mut found = Vec::new();
        for currency in currencies {
            let local = state.accounts.get(&currency).map(|account| account.cash);
            let venue = told.get(&currency).copied().unwrap_or_default();
            let here = local.unwrap_or_default();
            if here == venue {
                continue;
            }
            let kind = if local.is_none() { "extra_currency" } else { "cash" };
            found.push(Mismatch {
                part: Part::Cash,
                subject: Subject::Cash(currency),
                instrument: None,
                gap: venue - here,
                price: None,
                report: None,
                record: difference(kind, &currency, here.normalize().to_string(), venue.normalize().to_string()),
            });
        }
        self.weigh(now, profile, Part::Cash, found, effects);
    }
}
