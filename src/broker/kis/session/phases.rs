//! The phases of the venues, told for what is subscribed, by hoga's own calendar. That a single share is halted or
//! interrupted is told by its stream; the calendar speaks again when the venue's phase changes, of a halted share on the next
//! day only.
//!
//! At the beginning of a trading day the base price and limits are asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::civil::Date;
use tokio::sync::Notify;

use super::look::LastDays;
use super::market;
use super::shared::Shared;
use crate::broker::api::{BrokerError, BrokerEvent, Channel};
use crate::broker::kis::environment::Realm;
use crate::broker::kis::feed::Questions as _;
use crate::market::{Calendar, InstrumentId, Phase, PhaseChange, UtcTime, trading_date};

/// Wait before a base price is asked for again that did not come.
const ASK_AGAIN: Duration = Duration::from_secs(30);

/// What was told of a subscribed instrument.
#[derive(Debug, Clone, Copy)]
struct Told {
    change: PhaseChange,
    /// The date that was told for.
    date: Date,
    /// Its day has begun, and its base price is to be asked for from then on.
    day_due: Option<UtcTime>,
    /// The phase that stands against the calendar's, as its stream has told.
    status: Option<Phase>,
}

/// The instruments that are subscribed, and the phase each was told to be in.
#[derive(Debug, Default)]
pub(super) struct Phases {
    told: Mutex<BTreeMap<InstrumentId, Told>>,
    /// A day has begun.
    begun: Notify,
    /// The calendar with the broker's own days, where it has said them.
    calendar: Mutex<Option<Arc<Calendar>>>,
    /// Paper has no night session.
    is_paper: bool,
    /// When contracts end, where the broker has told it.
    last_days: LastDays,
}

impl Phases {
    /// Of an environment; contracts end as told.
    pub(super) fn of(realm: Realm, last_days: LastDays) -> Self {
        Self { is_paper: realm == Realm::Paper, last_days, ..Self::default() }
    }

    /// Keeps an instrument from now on, and says which phase it is in; `None` where there is no calendar.
    pub(super) fn watch(&self, instrument: InstrumentId, now: UtcTime) -> Option<PhaseChange> {
        let change = self.phase(instrument, now)?;
        // A day that is due stays due: the instrument was only subscribed anew.
        let mut told = self.told();
        let before = told.get(&instrument);
        let (day_due, status) = (before.and_then(|one| one.day_due), before.and_then(|one| one.status));
        told.insert(instrument, Told { change, date: trading_date(instrument.venue, now), day_due, status });
        Some(status.map_or(change, |phase| PhaseChange { phase, until: None }))
    }

    /// The stream of an instrument says that it is in this phase whatever the calendar has, or in the calendar's again.
    pub(super) fn stands(&self, instrument: InstrumentId, phase: Option<Phase>) {
        if let Some(told) = self.told().get_mut(&instrument) {
            told.status = phase;
        }
    }

    /// Keeps it no longer.
    pub(super) fn forget(&self, instrument: InstrumentId) {
        self.told().remove(&instrument);
    }

    /// What has changed since it was told.
    fn changes(&self, now: UtcTime) -> Vec<(InstrumentId, PhaseChange)> {
        let mut changes = Vec::new();
        let mut has_begun = false;
        for (instrument, told) in self.told().iter_mut() {
            let Some(change) = self.phase(*instrument, now).filter(|change| *change != told.change) else { continue };
            let date = trading_date(instrument.venue, now);
            // A machine that slept overnight has not seen the market close.
            let is_new = told.change.phase == Phase::Closed || told.date != date;
            if is_new && change.phase != Phase::Closed {
                told.day_due = Some(now);
                has_begun = true;
            }
            // The next session of the same day ends no halt.
            let stays = told.status == Some(Phase::Halted) && told.date == date;
            (told.change, told.date) = (change, date);
            if !stays {
                told.status = None;
                changes.push((*instrument, change));
            }
        }
        if has_begun {
            self.begun.notify_one();
        }
        changes
    }

    /// The instrument whose day has been due for longest.
    fn due(&self, now: UtcTime) -> Option<InstrumentId> {
        let told = self.told();
        let due = told.iter().filter_map(|(instrument, told)| Some((told.day_due?, *instrument)));
        due.filter(|(from, _)| *from <= now).min().map(|(_, instrument)| instrument)
    }

    /// Its day is told, or will be asked for again.
    fn set_due(&self, instrument: InstrumentId, from: Option<UtcTime>) {
        if let Some(told) = self.told().get_mut(&instrument) {
            told.day_due = from;
        }
    }

    /// From now on the phases are those of this calendar.
    pub(super) fn follow(&self, calendar: Calendar) {
        *self.calendar.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(calendar));
    }

    /// The phase by the calendar.
    pub(super) fn phase(&self, instrument: InstrumentId, now: UtcTime) -> Option<PhaseChange> {
        let followed = self.calendar.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let last = self.last_days.lock().unwrap_or_else(PoisonError::into_inner).get(&instrument).copied();
        let calendar = match &followed {
            Some(calendar) => calendar,
            None => Calendar::builtin().ok()?,
        };
        let at = calendar.phase_of(instrument, last, now);
        match at.until.filter(|_| self.is_paper && at.phase == Phase::Night) {
            Some(morning) => {
                Some(PhaseChange { phase: Phase::Closed, until: calendar.phase_of(instrument, last, morning).until })
            }
            None => Some(PhaseChange { phase: at.phase, until: at.until }),
        }
    }

    fn told(&self) -> MutexGuard<'_, BTreeMap<InstrumentId, Told>> {
        // Every change of it is whole, even when its holder panics.
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells every change of a phase, and the beginning of a day.
pub(super) async fn keep(shared: Arc<Shared>) {
    tokio::join!(tell_changes(&shared), tell_days(&shared));
}

async fn tell_changes(shared: &Shared) {
    loop {
        tokio::time::sleep(shared.pace.phases_every).await;
        let now = shared.now();
        let changes = shared.phases.changes(now).into_iter();
        let events = changes.map(|(instrument, change)| market::phase(instrument, change, now));
        shared.outlet.tell_all(events.map(BrokerEvent::Market));
    }
}

/// One after the other: hundreds of questions at once would stand in the way of a person's.
async fn tell_days(shared: &Shared) {
    loop {
        let Some(instrument) = shared.phases.due(shared.now()) else {
            // Either way it is looked at again.
            let _ = tokio::time::timeout(ASK_AGAIN, shared.phases.begun.notified()).await;
            continue;
        };
        match shared.look.look(instrument, Channel::Quote).await {
            Ok(events) => {
                shared.phases.set_due(instrument, None);
                shared.outlet.tell_all(events.into_iter().map(BrokerEvent::Market));
            }
            Err(error @ (BrokerError::Unsupported(_) | BrokerError::NotFound(_))) => {
                tracing::warn!(%instrument, %error, "the base price of the day cannot be asked for");
                shared.phases.set_due(instrument, None);
            }
            // Yesterday's limits would stand until it is known.
            Err(error) => {
                tracing::warn!(%instrument, %error, "the base price of the day did not come");
                shared.phases.set_due(instrument, Some(shared.now().plus(ASK_AGAIN)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broker::kis::map::stock_market::instrument;
    use crate::market::Venue;

    fn at(text: &str) -> UtcTime {
        UtcTime::parse(text).unwrap()
    }

    /// Drives the clock second by second and writes down what is told of the only instrument.
    fn driven(phases: &Phases, from: &str, until: &str) -> Vec<(String, Phase)> {
        let (mut now, until) = (at(from), at(until));
        let mut told = Vec::new();
        while now <= until {
            for (_, change) in phases.changes(now) {
                let until = change.until.expect("a phase of a venue with hours ends");
                assert!(now < until);
                told.push((now.to_string().replace(".000Z", "Z"), change.phase));
            }
            now = now.plus(Duration::from_secs(1));
        }
        told
    }

    #[test]
    fn a_day_at_krx_is_told_as_it_goes() {
        let (phases, samsung) = (Phases::default(), instrument(Venue::Krx, "005930").unwrap());
        let begins = phases.watch(samsung, at("2026-11-20T07:00:00+09:00")).unwrap();
        assert_eq!((begins.phase, begins.until), (Phase::Closed, Some(at("2026-11-20T08:30:00+09:00"))));
        let told = driven(&phases, "2026-11-20T07:00:00+09:00", "2026-11-20T20:30:00+09:00");
        let expected = [
            ("2026-11-19T23:30:00Z", Phase::OpeningAuction),
            ("2026-11-20T00:00:00Z", Phase::Continuous),
            ("2026-11-20T06:20:00Z", Phase::ClosingAuction),
            ("2026-11-20T06:30:00Z", Phase::ClosingPrice),
            ("2026-11-20T07:00:00Z", Phase::AfterMarket),
            ("2026-11-20T11:00:00Z", Phase::Closed),
        ];
        assert_eq!(told, expected.map(|(time, phase)| (time.to_owned(), phase)));
    }

    #[test]
    fn a_future_trades_through_the_night_and_on_paper_by_day_only() {
        let future: InstrumentId = "KRX_FUTURES:A01612".parse().unwrap();
        let told = |realm| {
            let phases = Phases::of(realm, LastDays::default());
            phases.watch(future, at("2026-11-19T23:00:00+09:00")).unwrap();
            let told = driven(&phases, "2026-11-20T15:44:00+09:00", "2026-11-21T06:30:00+09:00");
            told.into_iter().map(|(time, phase)| (time[5..16].to_owned(), phase)).collect::<Vec<_>>()
        };
        let live = [
            ("11-20T06:44", Phase::ClosingAuction),
            ("11-20T06:45", Phase::Closed),
            ("11-20T09:00", Phase::Night),
            ("11-20T21:00", Phase::Closed),
        ];
        assert_eq!(told(Realm::Live), live.map(|(time, phase)| (time.to_owned(), phase)));
        assert!(told(Realm::Paper).iter().all(|(_, phase)| *phase != Phase::Night));
    }

    #[test]
    fn a_contract_is_closed_from_the_end_of_its_last_day() {
        let weekly: InstrumentId = "KRX_FUTURES:B09611415".parse().unwrap();
        let last_days = LastDays::default();
        let phases = Phases::of(Realm::Live, Arc::clone(&last_days));
        let phase = |time: &str| phases.phase(weekly, at(time)).unwrap().phase;
        assert_eq!(phase("2026-11-20T15:30:00+09:00"), Phase::Continuous);
        last_days.lock().unwrap().insert(weekly, jiff::civil::date(2026, 11, 20));
        assert_eq!(phase("2026-11-20T15:19:59+09:00"), Phase::Continuous);
        for time in ["2026-11-20T15:20:00+09:00", "2026-11-20T20:00:00+09:00", "2026-11-23T10:00:00+09:00"] {
            assert_eq!(phase(time), Phase::Closed, "{time}");
        }
    }

    #[test]
    fn a_us_session_goes_on_over_korean_midnight() {
        let (phases, apple) = (Phases::default(), instrument(Venue::Nasdaq, "AAPL").unwrap());
        phases.watch(apple, at("2026-11-20T23:00:00+09:00")).unwrap();
        let told = driven(&phases, "2026-11-20T23:00:00+09:00", "2026-11-21T11:00:00+09:00");
        let expected = [
            ("2026-11-20T14:30:00Z", Phase::Continuous),
            ("2026-11-20T21:00:00Z", Phase::AfterMarket),
            ("2026-11-21T01:00:00Z", Phase::Closed),
        ];
        assert_eq!(told, expected.map(|(time, phase)| (time.to_owned(), phase)));
    }

    #[test]
    fn the_base_price_is_asked_for_when_the_day_begins_and_again_until_it_comes() {
        let (phases, samsung) = (Phases::default(), instrument(Venue::Krx, "005930").unwrap());
        let opens = at("2026-11-20T08:30:00+09:00");
        phases.watch(samsung, opens.minus(Duration::from_secs(1)));
        phases.changes(opens.minus(Duration::from_secs(1)));
        assert_eq!(phases.due(opens), None);
        phases.changes(opens);
        assert_eq!(phases.due(opens), Some(samsung));
        phases.watch(samsung, opens.plus(Duration::from_secs(1)));
        assert_eq!(phases.due(opens), Some(samsung), "subscribed anew before it was answered");
        phases.set_due(samsung, Some(opens.plus(ASK_AGAIN)));
        assert_eq!((phases.due(opens), phases.due(opens.plus(ASK_AGAIN))), (None, Some(samsung)));
        phases.set_due(samsung, None);
        let continuous = at("2026-11-20T09:00:00+09:00");
        assert_eq!(phases.changes(continuous).len(), 1);
        assert_eq!(phases.due(continuous), None, "another phase of the same day begins no day");
    }

    #[test]
    fn a_machine_that_slept_overnight_asks_for_the_new_base_price() {
        let (phases, samsung) = (Phases::default(), instrument(Venue::Krx, "005930").unwrap());
        phases.watch(samsung, at("2026-11-17T17:00:00+09:00"));
        let woken = at("2026-11-18T10:00:00+09:00");
        assert_eq!(phases.changes(woken).len(), 1);
        assert_eq!(phases.due(woken), Some(samsung));
    }

    #[test]
    fn a_halt_outlasts_the_sessions_of_its_day_and_an_interruption_ends_with_its_session() {
        let (phases, samsung) = (Phases::default(), instrument(Venue::Krx, "005930").unwrap());
        let (day, next) = ("2026-11-19", "2026-11-20");
        let time = |day: &str, time: &str| at(&format!("{day}T{time}+09:00"));
        phases.watch(samsung, time(day, "10:00:00"));
        phases.stands(samsung, Some(Phase::Halted));
        assert_eq!(phases.changes(time(day, "15:20:00")), []);
        assert_eq!(phases.watch(samsung, time(day, "15:21:00")).unwrap().phase, Phase::Halted, "subscribed anew");
        let opens = phases.changes(time(next, "08:30:00"));
        assert_eq!((opens.len(), phases.due(time(next, "08:30:00"))), (1, Some(samsung)));
        phases.changes(time(next, "10:00:00"));
        phases.stands(samsung, Some(Phase::Volatility));
        assert_eq!(phases.changes(time(next, "15:20:00"))[0].1.phase, Phase::ClosingAuction);
        phases.stands(samsung, Some(Phase::Halted));
        phases.stands(samsung, None);
        assert_eq!(phases.changes(time(next, "15:30:00"))[0].1.phase, Phase::ClosingPrice);
    }

    #[test]
    fn nothing_is_told_of_what_nobody_wants() {
        let (phases, samsung) = (Phases::default(), instrument(Venue::Krx, "005930").unwrap());
        phases.watch(samsung, at("2026-11-20T08:59:00+09:00"));
        phases.forget(samsung);
        assert_eq!(phases.changes(at("2026-11-20T09:00:00+09:00")), []);
        // Weekends and holidays change nothing.
        phases.watch(samsung, at("2026-11-20T20:00:00+09:00"));
        assert_eq!(phases.changes(at("2026-11-22T12:00:00+09:00")), []);
    }
}
