//! Questions that the core's state answers at once.

use super::Shell;
use crate::desk::core::{Market, Profile, ProfileIndex};
use crate::desk::protocol::RankBy;
use crate::desk::record::{DeskStatus, InstrumentRecord, SessionRecord};
use crate::market::arrange::Arrange;
use crate::market::session::Calendar;
use crate::market::{Instrument, PhaseChange, Product, UtcTime, Venue};

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
        let fits = |instrument: &&Instrument| {
            instrument.id.symbol.as_str().to_lowercase().contains(&wanted)
                || instrument.name_ko.to_lowercase().contains(&wanted)
                || instrument.name_en.to_lowercase().contains(&wanted)
                || crate::market::hangul::initials(&instrument.name_ko).contains(&wanted)
        };
        // Of bonds there are more than of everything else: they come last, and are not looked through when others are enough.
        let is_bond = |instrument: &&Instrument| instrument.product == Product::KrxBond;
        let others = state.instruments().filter(|instrument| !is_bond(instrument)).filter(fits);
        let bonds = state.instruments().filter(is_bond).filter(fits);
        let found = others.chain(bonds).take(limit).filter_map(|instrument| state.markets.get(&instrument.id));
        found.map(|market| self.core.instrument_record(now, market)).collect()
    }

    pub(super) fn rank(&self, now: UtcTime, profile: ProfileIndex, by: RankBy, count: usize) -> Vec<InstrumentRecord> {
        let Some(state) = self.core.profile(profile) else { return Vec::new() };
        // What is traded of bonds is not told in money, and their units are not those of shares.
        let shares = state.instruments().filter(|instrument| instrument.product != Product::KrxBond);
        let mut rest = count;
        // Nobody has looked at most of what is listed. Those are all alike: of them the first are enough.
        let candidates = shares.filter_map(|instrument| match state.markets.made(&instrument.id) {
            None if rest == 0 => None,
            None => {
                rest -= 1;
                state.markets.get(&instrument.id)
            }
            made => made,
        });
        let mut records: Vec<InstrumentRecord> =
            candidates.map(|market| self.core.instrument_record(now, market)).collect();
        records.arrange_by(|a, b| {
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

    /// Phases of the venues people trade, one line a venue, those of the profile first. The calendar's, unless every market
    /// of the profile there that is heard says another one: a halt of one instrument is none of its venue. The simulated
    /// exchange keeps a clock of its own for each of its boards.
    pub(super) fn sessions(&self, now: UtcTime, profile: ProfileIndex) -> Vec<SessionRecord> {
        let mut told: Vec<(Venue, PhaseChange)> = Vec::new();
        for market in self.core.profile(profile).into_iter().flat_map(heard) {
            let venue = market.instrument.id.venue;
            if !told.iter().any(|(known, change)| *known == venue && change.phase == market.phase.phase) {
                told.push((venue, market.phase));
            }
        }
        let mut venues: Vec<Venue> = Vec::new();
        for (venue, _) in &told {
            if *venue != Venue::Sim && !venues.contains(venue) {
                venues.push(*venue);
            }
        }
        for venue in [Venue::Krx, Venue::Nxt, Venue::Nasdaq, Venue::BinanceFutures] {
            if !venues.contains(&venue) {
                venues.push(venue);
            }
        }
        let simulated = told.iter().filter(|(venue, _)| *venue == Venue::Sim);
        let mut records: Vec<SessionRecord> =
            simulated.map(|(venue, change)| by_market(*venue, *change, now)).collect();
        let calendar = Calendar::builtin().ok();
        for venue in venues {
            let mut own = told.iter().filter(|(known, _)| *known == venue).map(|(_, change)| *change);
            match (own.next(), own.next(), calendar) {
                (Some(change), None, Some(calendar)) if calendar.phase_at(venue, now).phase != change.phase => {
                    records.push(by_market(venue, change, now));
                }
                (_, _, Some(calendar)) => records.push(by_calendar(venue, calendar, now)),
                (Some(change), ..) => records.push(by_market(venue, change, now)),
                (None, ..) => {}
            }
        }
        records
    }
}

/// Markets of a profile that have told anything, in the order of their codes, and all of the simulated exchange.
fn heard(state: &Profile) -> Vec<&Market> {
    let is_heard = |market: &&Market| market.updated_at.is_some() || market.instrument.id.venue == Venue::Sim;
    let mut heard: Vec<&Market> = state.markets.values().filter(is_heard).collect();
    heard.arrange_by_key(|market| market.instrument.id.symbol);
    heard
}

fn by_market(venue: Venue, change: PhaseChange, now: UtcTime) -> SessionRecord {
    SessionRecord {
        venue,
        phase: change.phase,
        until: change.until,
        next_phase: None,
        next_at: change.until,
        trading_date: crate::market::session::trading_date(venue, now).to_string(),
    }
}

fn by_calendar(venue: Venue, calendar: &Calendar, now: UtcTime) -> SessionRecord {
    let at = calendar.phase_at(venue, now);
    SessionRecord {
        venue,
        phase: at.phase,
        until: at.until,
        next_phase: at.next.map(|(phase, _)| phase),
        next_at: at.next.map(|(_, time)| time),
        trading_date: at.trading_date.to_string(),
    }
}
