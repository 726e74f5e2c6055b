//! Questions that the core's state answers at once.

use super::Shell;
use crate::desk::core::ProfileIndex;
use crate::desk::protocol::RankBy;
use crate::desk::record::{DeskStatus, InstrumentRecord, SessionRecord};
use crate::market::session::Calendar;
use crate::market::{UtcTime, Venue};

impl Shell {
    pub(super) fn status(&self, now: UtcTime) -> DeskStatus {
        DeskStatus {
            running: true,
            pid: Some(std::process::id()),
            version: env!("CARGO_PKG_VERSION").into(),
            uptime_s: now.since(self.started_at).as_secs(),
            state: self.core.state().as_str().into(),
            profiles: self.core.profile_statuses(),
            faces: self.faces.len(),
            trading_lock: self.lock_holder().map(str::to_owned),
            holds: self.core.holdings(),
            storage: self.core.storage_problem().map(str::to_owned),
            market_events: self.core.market_events(),
            data_dir: self.options.data_dir.display().to_string(),
        }
    }

    pub(super) fn search(
        &self,
        now: UtcTime,
        profile: ProfileIndex,
        text: &str,
        limit: usize,
    ) -> Vec<InstrumentRecord> {
        let wanted = text.trim().to_lowercase();
        let Some(state) = self.core.profile(profile) else { return Vec::new() };
        let fits = |market: &&crate::desk::core::Market| {
            let instrument = &market.instrument;
            instrument.id.symbol.as_str().to_lowercase().contains(&wanted)
                || instrument.name_ko.to_lowercase().contains(&wanted)
                || instrument.name_en.to_lowercase().contains(&wanted)
                || crate::market::hangul::initials(&instrument.name_ko).contains(&wanted)
        };
        state.instruments().filter(fits).take(limit).map(|market| self.core.instrument_record(now, market)).collect()
    }

    pub(super) fn rank(&self, now: UtcTime, profile: ProfileIndex, by: RankBy, count: usize) -> Vec<InstrumentRecord> {
        let Some(state) = self.core.profile(profile) else { return Vec::new() };
        let mut records: Vec<InstrumentRecord> =
            state.instruments().map(|market| self.core.instrument_record(now, market)).collect();
        records.sort_by(|a, b| {
            match by {
                RankBy::Value => b.value.cmp(&a.value),
                RankBy::Volume => b.volume.cmp(&a.volume),
                RankBy::Change => b.change_percent.cmp(&a.change_percent),
            }
            .then_with(|| a.symbol.cmp(&b.symbol))
        });
        records.truncate(count);
        records
    }

    /// Phases: what the profile's own markets say, then the calendar's for the venues people trade.
    pub(super) fn sessions(&self, now: UtcTime, profile: ProfileIndex) -> Vec<SessionRecord> {
        let mut records: Vec<SessionRecord> = Vec::new();
        let markets = self.core.profile(profile).into_iter().flat_map(|state| state.instruments());
        for market in markets {
            let venue = market.instrument.id.venue;
            if records.iter().any(|record| record.venue == venue && record.phase == market.phase.phase) {
                continue;
            }
            records.push(SessionRecord {
                venue,
                phase: market.phase.phase,
                until: market.phase.until,
                next_phase: None,
                next_at: market.phase.until,
                trading_date: crate::market::session::trading_date(venue, now).to_string(),
            });
        }
        let Ok(calendar) = Calendar::builtin() else { return records };
        for venue in [Venue::Krx, Venue::Nxt, Venue::Nasdaq, Venue::BinanceFutures] {
            let at = calendar.phase_at(venue, now);
            records.push(SessionRecord {
                venue,
                phase: at.phase,
                until: at.until,
                next_phase: at.next.map(|(phase, _)| phase),
                next_at: at.next.map(|(_, time)| time),
                trading_date: at.trading_date.to_string(),
            });
        }
        records
    }
}
