//! Alerts: made, seen and removed by people, fired by what happens, kept over restarts. They need no face.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::alert_watch::Watched;
use super::report::clean;
use super::{Core, Effect, Effects, ProfileIndex, Token};
use crate::desk::alert::{AlertCondition, AlertRecord};
use crate::desk::protocol::{Failure, FailureKind, Response, Update};
use crate::ledger::{Alert, Recovered, Write};
use crate::market::{InstrumentId, UtcTime};
use crate::order::{OrderId, OrderState};

/// Most alerts that wait to fire, over all profiles: each is looked at with every event of its instrument.
const UNFIRED_MAX: usize = 1_000;
/// Most alerts kept that have fired; the oldest go first.
const FIRED_MAX: usize = 2_000;
/// Most alerts that are told one by one as held.
const HELD_TOLD_MAX: usize = 10;
/// Setting with the highest number ever given, so that the number of a removed alert never names another.
const LAST_KEY: &str = "alerts:last";

/// What a person does with alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlertCommand {
    /// One more. One that waits for the same, with the same note, is there already and is answered.
    Add {
        /// Of what.
        symbol: String,
        /// What it waits for.
        condition: AlertCondition,
        /// What to remember with it.
        note: Option<String>,
    },
    /// One less.
    Remove {
        /// Its number.
        id: u64,
    },
    /// Seen.
    Acknowledge {
        /// Their numbers; every fired one when empty.
        ids: Vec<u64>,
    },
}

/// An alert in memory.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub profile: ProfileIndex,
    pub instrument: InstrumentId,
    pub condition: AlertCondition,
    note: Option<String>,
    created_at: UtcTime,
    fired_at: Option<UtcTime>,
    value: Option<String>,
    acknowledged_at: Option<UtcTime>,
}

/// Alerts by number, and what is watched for those that have not fired.
#[derive(Debug, Default)]
pub(super) struct Alerts {
    kept: BTreeMap<u64, Kept>,
    pub watched: FxHashMap<(ProfileIndex, InstrumentId), Watched>,
    /// Where an alert waits for a stop that nobody watches.
    pub stops: BTreeSet<(ProfileIndex, InstrumentId)>,
    unfired: usize,
    last: u64,
}

impl Alerts {
    pub fn get(&self, id: u64) -> Option<&Kept> {
        self.kept.get(&id)
    }

    fn of_profile(&self, profile: ProfileIndex) -> impl Iterator<Item = (u64, &Kept)> {
        self.kept.iter().filter(move |(_, kept)| kept.profile == profile).map(|(id, kept)| (*id, kept))
    }

    /// Instruments of a profile whose data alerts need.
    pub fn instruments(&self, profile: ProfileIndex) -> impl Iterator<Item = InstrumentId> + '_ {
        self.watched.keys().filter(move |(index, _)| *index == profile).map(|(_, instrument)| *instrument)
    }

    /// Takes one in; `states` are those its instrument's orders are in before anything it could wait for.
    fn insert(&mut self, id: u64, kept: Kept, states: impl Iterator<Item = (OrderId, OrderState)>) {
        let place = (kept.profile, kept.instrument);
        if kept.fired_at.is_none() {
            self.unfired += 1;
            let watched = self.watched.entry(place).or_default();
            watched.waiting.push((id, kept.condition.clone()));
            if matches!(kept.condition, AlertCondition::Order { .. } | AlertCondition::StopUnwatched) {
                for (order, state) in states {
                    watched.states.entry(order).or_insert(state);
                }
            }
            if kept.condition == AlertCondition::StopUnwatched {
                self.stops.insert(place);
            }
        }
        self.last = self.last.max(id);
        self.kept.insert(id, kept);
    }

    /// Watches no more for one that has fired or goes.
    fn unwatch(&mut self, id: u64) {
        let Some(kept) = self.kept.get(&id).filter(|kept| kept.fired_at.is_none()) else { return };
        let place = (kept.profile, kept.instrument);
        self.unfired = self.unfired.saturating_sub(1);
        let Some(watched) = self.watched.get_mut(&place) else { return };
        watched.waiting.retain(|(other, _)| *other != id);
        let waits =
            |wanted: fn(&AlertCondition) -> bool| watched.waiting.iter().any(|(_, condition)| wanted(condition));
        let stops = waits(|condition| *condition == AlertCondition::StopUnwatched);
        let orders = stops || waits(|condition| matches!(condition, AlertCondition::Order { .. }));
        if !stops {
            watched.unwatched_since = None;
            self.stops.remove(&place);
        }
        if !orders {
            watched.states = FxHashMap::default();
        }
        if watched.waiting.is_empty() {
            self.watched.remove(&place);
        }
    }

    fn remove(&mut self, id: u64) -> Option<Kept> {
        self.unwatch(id);
        self.kept.remove(&id)
    }

    /// The oldest fired one, when there are too many of them.
    fn surplus(&self) -> Option<u64> {
        let fired = self.kept.len().saturating_sub(self.unfired);
        let mut ids = self.kept.iter().filter(|(_, kept)| kept.fired_at.is_some()).map(|(id, _)| *id);
        if fired > FIRED_MAX { ids.next() } else { None }
    }
}

impl Core {
    /// Alerts of a profile, oldest first.
    #[must_use]
    pub fn alerts(&self, profile: ProfileIndex) -> Vec<AlertRecord> {
        self.alerts.of_profile(profile).map(|(id, kept)| self.alert_record(id, kept)).collect()
    }

    fn alert_record(&self, id: u64, kept: &Kept) -> AlertRecord {
        AlertRecord {
            id,
            profile: self.profiles.get(kept.profile).map(|state| state.name.to_string()).unwrap_or_default(),
            instrument: kept.instrument.to_string(),
            condition: kept.condition.clone(),
            note: kept.note.clone(),
            created_at: kept.created_at,
            fired_at: kept.fired_at,
            value: kept.value.clone(),
            acknowledged_at: kept.acknowledged_at,
        }
    }

    pub(super) fn on_alert_command(
        &mut self,
        now: UtcTime,
        token: Token,
        profile: ProfileIndex,
        command: AlertCommand,
        effects: &mut Effects,
    ) -> Result<(), Box<Failure>> {
        if let Some(reason) = self.storage.as_deref() {
            // What cannot be kept would be forgotten by the next restart.
            let text = format!("the ledger cannot be written ({reason}); alerts stay as they are");
            let failure = Failure::new(FailureKind::Unavailable, "STORAGE", text).about(reason);
            return Err(Box::new(failure.hint("hoga doctor").retryable()));
        }
        let response = match command {
            AlertCommand::Add { symbol, condition, note } => {
                let instrument = self.resolve(profile, &symbol)?;
                let id = self.add_alert(now, profile, instrument, condition, note, effects)?;
                let kept = self.alerts.get(id).ok_or_else(|| no_such_alert(id))?;
                Response::Alert(self.alert_record(id, kept))
            }
            AlertCommand::Remove { id } => Response::Alert(self.remove_alert(profile, id, effects)?),
            AlertCommand::Acknowledge { ids } => Response::Alerts(self.acknowledge(now, profile, ids, effects)?),
        };
        effects.reply(token, response);
        Ok(())
    }

    fn add_alert(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        instrument: InstrumentId,
        condition: AlertCondition,
        note: Option<String>,
        effects: &mut Effects,
    ) -> Result<u64, Box<Failure>> {
        condition.check().map_err(|error| {
            Box::new(Failure::new(FailureKind::Usage, "BAD_ALERT", error.to_string()).about(error.to_string()))
        })?;
        let note = note.map(|text| clean(text.trim())).filter(|text| !text.is_empty());
        let same = |kept: &Kept| {
            kept.fired_at.is_none() && kept.instrument == instrument && kept.condition == condition && kept.note == note
        };
        if let Some((id, _)) = self.alerts.of_profile(profile).find(|(_, kept)| same(kept)) {
            return Ok(id);
        }
        if self.alerts.unfired >= UNFIRED_MAX {
            let text = format!("{UNFIRED_MAX} alerts wait to fire, and a desk watches no more");
            let failure = Failure::new(FailureKind::Usage, "ALERTS_FULL", text).about(UNFIRED_MAX.to_string());
            return Err(Box::new(failure.hint("hoga alert rm ID")));
        }
        let id = self.alerts.last + 1;
        let (fired_at, value, acknowledged_at) = (None, None, None);
        let kept = Kept { profile, instrument, condition, note, created_at: now, fired_at, value, acknowledged_at };
        let name = self.profiles.get(profile).map(|state| &state.name);
        let of = |order: &&crate::order::Order| order.instrument == instrument && Some(&order.profile) == name;
        let states: Vec<_> = self.orders.values().filter(of).map(|order| (order.id, order.state)).collect();
        self.alerts.insert(id, kept, states.into_iter());
        effects.writes.push(Write::Setting { key: LAST_KEY.into(), value: Some(id.to_string()) });
        self.alert_changed(id, effects);
        self.subscribe(now, profile, instrument, effects);
        self.look_at_once(now, id, effects);
        Ok(id)
    }

    fn remove_alert(
        &mut self,
        profile: ProfileIndex,
        id: u64,
        effects: &mut Effects,
    ) -> Result<AlertRecord, Box<Failure>> {
        self.alerts.get(id).filter(|kept| kept.profile == profile).ok_or_else(|| no_such_alert(id))?;
        let kept = self.alerts.remove(id).ok_or_else(|| no_such_alert(id))?;
        let alert = self.alert_record(id, &kept);
        effects.writes.push(Write::Alert { id, alert: None });
        effects.actions.push(Effect::Publish(Update::Alert { alert: alert.clone(), removed: true }));
        Ok(alert)
    }

    /// All of them or, when one cannot be, none.
    fn acknowledge(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        mut ids: Vec<u64>,
        effects: &mut Effects,
    ) -> Result<Vec<AlertRecord>, Box<Failure>> {
        if ids.is_empty() {
            let unseen = |kept: &Kept| kept.fired_at.is_some() && kept.acknowledged_at.is_none();
            ids = self.alerts.of_profile(profile).filter(|(_, kept)| unseen(kept)).map(|(id, _)| id).collect();
        }
        for id in &ids {
            let kept = self.alerts.get(*id).filter(|kept| kept.profile == profile);
            if kept.ok_or_else(|| no_such_alert(*id))?.fired_at.is_none() {
                let failure = Failure::new(FailureKind::Usage, "NOT_FIRED", format!("alert {id} has not fired"));
                return Err(Box::new(failure.about(id.to_string()).hint(format!("hoga alert rm {id}"))));
            }
        }
        for id in &ids {
            if let Some(kept) = self.alerts.kept.get_mut(id).filter(|kept| kept.acknowledged_at.is_none()) {
                kept.acknowledged_at = Some(now);
                self.alert_changed(*id, effects);
            }
        }
        Ok(ids.iter().filter_map(|id| Some(self.alert_record(*id, self.alerts.get(*id)?))).collect())
    }

    /// Writes an alert as it is now, and tells those who follow alerts.
    fn alert_changed(&self, id: u64, effects: &mut Effects) {
        let Some(kept) = self.alerts.get(id) else { return };
        let row = Alert {
            profile: self.profiles.get(kept.profile).map(|state| state.name.clone()),
            instrument: kept.instrument,
            condition: kept.condition.to_string(),
            note: kept.note.clone(),
            created_at: kept.created_at,
            fired_at: kept.fired_at,
            value: kept.value.clone(),
            acknowledged_at: kept.acknowledged_at,
        };
        effects.writes.push(Write::Alert { id, alert: Some(Box::new(row)) });
        let alert = self.alert_record(id, kept);
        effects.actions.push(Effect::Publish(Update::Alert { alert, removed: false }));
    }

    /// A condition holds. It is written before anybody is told, and never fires again.
    pub(super) fn fire(&mut self, now: UtcTime, id: u64, value: String, order: Option<OrderId>, effects: &mut Effects) {
        if self.alerts.get(id).is_none_or(|kept| kept.fired_at.is_some()) {
            return;
        }
        self.alerts.unwatch(id);
        let Some(kept) = self.alerts.kept.get_mut(&id) else { return };
        kept.fired_at = Some(now);
        let note = kept.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
        let at = if value.is_empty() { String::new() } else { format!(", {value}") };
        let text = format!("alert {id}: {} {}{at}{note}", kept.instrument, kept.condition);
        kept.value = Some(value).filter(|value| !value.is_empty());
        let profile = kept.profile;
        self.alert_changed(id, effects);
        self.publish_event(now, Some(profile), "alert", order, text, effects);
        while let Some(oldest) = self.alerts.surplus() {
            let Some(kept) = self.alerts.remove(oldest) else { return };
            effects.writes.push(Write::Alert { id: oldest, alert: None });
            let alert = self.alert_record(oldest, &kept);
            effects.actions.push(Effect::Publish(Update::Alert { alert, removed: true }));
        }
    }

    /// Watches again for what the ledger holds. One whose profile is no longer in the config waits there for its return.
    pub(super) fn recover_alerts(&mut self, recovered: &Recovered, now: UtcTime, effects: &mut Effects) {
        let last = recovered.settings.get(LAST_KEY).and_then(|text| text.parse().ok());
        self.alerts.last = last.unwrap_or(0).max(recovered.alerts.keys().next_back().copied().unwrap_or(0));
        for (id, alert) in &recovered.alerts {
            let Some(profile) = alert.profile.as_ref().and_then(|name| self.profile_index(name)) else { continue };
            let condition = match alert.condition.parse::<AlertCondition>() {
                Ok(condition) => condition,
                Err(error) => {
                    let text = format!("alert {id} of the ledger cannot be read and is not watched: {error}");
                    self.publish_event(now, Some(profile), "notice", None, text, effects);
                    continue;
                }
            };
            let kept = Kept {
                profile,
                instrument: alert.instrument,
                condition,
                note: alert.note.clone(),
                created_at: alert.created_at,
                fired_at: alert.fired_at,
                value: alert.value.clone(),
                acknowledged_at: alert.acknowledged_at,
            };
            let of = |order: &&crate::order::Order| {
                order.instrument == alert.instrument && Some(&order.profile) == alert.profile.as_ref()
            };
            let states = recovered.orders.iter().filter(of).map(|order| (order.id, order.state));
            self.alerts.insert(*id, kept, states);
        }
    }

    /// Alerts that would not be watched if the desk ended now, as sentences for people.
    pub(super) fn held_alerts(&self) -> Vec<String> {
        let waiting = || self.alerts.kept.iter().filter(|(_, kept)| kept.fired_at.is_none());
        let line = |(id, kept): (&u64, &Kept)| format!("alert {id} {} {}", kept.instrument.symbol, kept.condition);
        let mut lines: Vec<String> = waiting().take(HELD_TOLD_MAX).map(line).collect();
        let more = self.alerts.unfired.saturating_sub(HELD_TOLD_MAX);
        if more > 0 {
            lines.push(format!("alerts, {more} more"));
        }
        lines
    }
}

fn no_such_alert(id: u64) -> Box<Failure> {
    let failure = Failure::new(FailureKind::Usage, "NO_SUCH_ALERT", format!("no alert {id}"));
    Box::new(failure.about(id.to_string()).hint("hoga alert list"))
}
