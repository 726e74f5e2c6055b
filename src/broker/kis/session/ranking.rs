//! Who leads the Korean market, by money, by shares, by change.
//!
//! The broker ranks 30 and has no further page. Who asks for more gets the rankings of bands of prices that do not overlap,
//! merged. That is exact when every band that was full ends below the last place wanted; until then the band that could hide
//! most is split in two. Where that does not come to an end the list ends where it is no longer certain.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::requests::Outcome;
use super::shared::Shared;
use crate::broker::api::{Answer, BrokerError};
use crate::broker::kis::request::ranking::{Band, ranking};
use crate::broker::kis::wire::Part;
use crate::broker::kis::wire::product::plain_symbol;
use crate::broker::kis::wire::ranking::Ranked as Row;
use crate::broker::net::lanes::Lane;
use crate::market::arrange::Arrange;
use crate::market::{InstrumentId, RankBy, Ranked, Symbol, Venue};

/// Rows of a whole reply.
const FULL: usize = 30;
/// Most questions for one ranking.
const QUESTIONS_MAX: usize = 24;
/// Most places of a ranking: beyond it the bands become very many.
const PLACES_MAX: usize = 200;

/// The first places of a ranking.
pub(super) async fn leaders(shared: &Shared, by: RankBy, count: u32) -> Outcome {
    let mut bands = Bands::new(by, (count as usize).min(PLACES_MAX));
    for _ in 0..QUESTIONS_MAX {
        let Some(band) = bands.next() else { break };
        let call = ranking(shared.market.realm(), by, band)?;
        let reply = shared.market.ask(&call, Lane::Bulk).await.map_err(|fault| fault.of_question())?;
        let rows = reply.envelope().map_err(|fault| fault.of_question())?.rows::<Row>(Part::First);
        if rows.refused > 0 {
            return Err(BrokerError::NotSent("a row of the ranking cannot be read".into()));
        }
        bands.took(band, rows.rows.iter().filter_map(ranked).collect(), rows.rows.len() >= FULL);
    }
    Ok(Answer::Ranking(bands.leaders()))
}

fn ranked(row: &Row) -> Option<Ranked> {
    let symbol = Symbol::new(plain_symbol(&row.symbol)).ok()?;
    Some(Ranked {
        instrument: InstrumentId { venue: Venue::Krx, symbol },
        name: row.name.to_string(),
        last: row.last.price(),
        change_percent: row.change_percent.get().map(|percent| row.sign.apply(percent)),
        volume: row.volume.or_zero(),
        value: row.value.get(),
    })
}

/// A band that was asked for and had more than it told.
#[derive(Debug)]
struct Full {
    band: Band,
    /// The number of its last row: what it did not tell has no more.
    least: Decimal,
    /// Last price of its lower half, and the first one of its upper half; none when all its prices are one.
    split: Option<(Decimal, Decimal)>,
}

/// What has been asked, and what is still to be.
#[derive(Debug)]
struct Bands {
    by: RankBy,
    places: usize,
    /// Bands that were split off, and the most that what they have not told can have.
    due: Vec<(Band, Option<Decimal>)>,
    full: Vec<Full>,
    rows: Vec<Ranked>,
    seen: BTreeSet<InstrumentId>,
}

impl Bands {
    fn new(by: RankBy, places: usize) -> Self {
        let due = vec![(Band::default(), None)];
        Self { by, places, due, full: Vec::new(), rows: Vec::new(), seen: BTreeSet::new() }
    }

    /// The band to ask for next; none when the places are certain, or nothing can be split any more.
    fn next(&mut self) -> Option<Band> {
        if let Some((band, _)) = self.due.pop() {
            return Some(band);
        }
        let last = self.rows.get(self.places.checked_sub(1)?).map(|row| row.key(self.by));
        let hides = |full: &&Full| full.split.is_some() && last.is_none_or(|last| full.least > last);
        let most = self.full.iter().filter(hides).max_by_key(|full| full.least)?.band;
        let at = self.full.iter().position(|full| full.band == most)?;
        let full = self.full.swap_remove(at);
        let (below, above) = full.split?;
        self.due.push((Band { from: Some(above), to: full.band.to }, Some(full.least)));
        Some(Band { from: full.band.from, to: Some(below) })
    }

    fn took(&mut self, band: Band, rows: Vec<Ranked>, is_full: bool) {
        if is_full {
            let least = rows.iter().map(|row| row.key(self.by)).min().unwrap_or_default();
            self.full.push(Full { band, least, split: middle(&rows) });
        }
        for row in rows {
            if self.seen.insert(row.instrument) {
                self.rows.push(row);
            }
        }
        let by = self.by;
        self.rows.arrange_by(|a, b| b.key(by).cmp(&a.key(by)).then_with(|| a.instrument.cmp(&b.instrument)));
    }

    /// As many places as are certain, and no more than were wanted.
    fn leaders(mut self) -> Vec<Ranked> {
        let due = self.due.iter().filter_map(|(_, hidden)| *hidden);
        let hidden = self.full.iter().map(|full| full.least).chain(due).max();
        let certain = |row: &&Ranked| hidden.is_none_or(|hidden| row.key(self.by) >= hidden);
        let certain = self.rows.iter().take_while(certain).count();
        self.rows.truncate(certain.min(self.places));
        self.rows
    }
}

/// Where the prices of rows part in two halves of about the same size, in whole won.
fn middle(rows: &[Ranked]) -> Option<(Decimal, Decimal)> {
    let mut prices: Vec<Decimal> = rows.iter().filter_map(|row| Some(row.last?.value().trunc())).collect();
    prices.arrange();
    let highest = *prices.last()?;
    let half = *prices.get((prices.len() - 1) / 2)?;
    let below = if half < highest { half } else { *prices.iter().rev().find(|price| **price < highest)? };
    Some((below, below.checked_add(Decimal::ONE)?))
}

#[cfg(test)]
mod tests;
