//! What the desk said about itself, made ready to be drawn: cleaned, times written out, rates from two answers.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::desk::health::{BudgetRecord, FeedRecord, HealthRecord, LatencyRecord};
use crate::market::gather::Gather;
use crate::text::clean::clean;
use crate::tui::clock::Now;
use crate::tui::time;

/// A feed with what is drawn of it.
#[derive(Debug)]
pub struct Feed {
    /// As the desk said; its texts are clean.
    pub record: FeedRecord,
    /// Time since when it is in its state.
    pub since: String,
    /// Time of the next attempt.
    pub retry: Option<String>,
    /// Messages a second between the last two answers.
    pub per_second: Option<u64>,
}

/// An answer.
#[derive(Debug)]
pub struct Heard {
    /// When it came, on [`Now::since_start`].
    pub at: Duration,
    /// Feeds, those of a profile together.
    pub feeds: Vec<Feed>,
    /// The order path.
    pub order_path: Vec<LatencyRecord>,
    /// Budgets.
    pub budgets: Vec<BudgetRecord>,
    /// Resident memory.
    pub resident_bytes: Option<u64>,
    /// Market events since the desk's start.
    pub market_events: u64,
    /// The same a second, between the last two answers.
    pub events_per_second: Option<u64>,
    /// Bytes of the ledger.
    pub ledger_bytes: u64,
    /// Clock against the venue's.
    pub clock_offset_ms: Option<i64>,
}

impl Heard {
    /// Takes an answer in; rates are against the one before, as long as the same desk counted.
    #[must_use]
    pub fn new(now: Now, record: &HealthRecord, before: Option<&Self>) -> Self {
        let span = before.map(|before| now.after(before.at));
        let rate = |now: u64, then: u64| {
            let millis = u64::try_from(span?.as_millis()).ok().filter(|millis| *millis > 0)?;
            Some(now.checked_sub(then)?.saturating_mul(1_000) / millis)
        };
        let counted: BTreeMap<(&str, &str), u64> = before
            .iter()
            .flat_map(|before| &before.feeds)
            .map(|feed| ((feed.record.profile.as_str(), feed.record.name.as_str()), feed.record.messages))
            .into_map();
        let feed = |record: &FeedRecord| {
            let then = counted.get(&(record.profile.as_str(), record.name.as_str()));
            let record = FeedRecord {
                profile: clean(&record.profile).into_owned(),
                name: clean(&record.name).into_owned(),
                state: clean(&record.state).into_owned(),
                last_error: record.last_error.as_deref().map(|error| clean(error).into_owned()),
                ..record.clone()
            };
            Feed {
                since: time::clock(record.since),
                retry: record.retry_at.map(time::clock),
                per_second: then.and_then(|then| rate(record.messages, *then)),
                record,
            }
        };
        let budget = |budget: &BudgetRecord| BudgetRecord {
            profile: clean(&budget.profile).into_owned(),
            lane: clean(&budget.lane).into_owned(),
            ..budget.clone()
        };
        Self {
            at: now.since_start,
            feeds: record.feeds.iter().map(feed).collect(),
            order_path: record.order_path.clone(),
            budgets: record.budgets.iter().map(budget).collect(),
            resident_bytes: record.resident_bytes,
            market_events: record.market_events,
            events_per_second: before.and_then(|before| rate(record.market_events, before.market_events)),
            ledger_bytes: record.ledger_bytes,
            clock_offset_ms: record.clock_offset_ms,
        }
    }
}
