//! How well the desk itself does: what its feeds brought, what its budgets stand at, what it takes of the machine.

use std::path::Path;

use super::Shell;
use super::latency::OrderPath;
use super::requests::Answered;
use crate::broker::api::{BrokerEvent, BrokerRequest, Connection, RequestBody, RequestId};
use crate::desk::core::{Effect, Event, Link, ProfileIndex};
use crate::desk::health::{BudgetRecord, FeedRecord, HealthRecord};
use crate::desk::protocol::Response;
use crate::market::UtcTime;
use crate::order::OrderId;

/// The ways in which a broker tells things.
const FEEDS: [&str; 3] = ["market", "user", "rest"];

/// What came in one of these ways.
#[derive(Debug, Clone, Copy, Default)]
struct Feed {
    messages: u64,
    newest: Option<UtcTime>,
}

/// A profile's connection since the desk's start.
#[derive(Debug, Clone)]
struct Line {
    feeds: [Feed; FEEDS.len()],
    since: UtcTime,
    retry_at: Option<UtcTime>,
    last_error: Option<String>,
    losses: u64,
}

/// What is counted while the desk runs.
#[derive(Debug)]
pub struct Health {
    lines: Vec<Line>,
    path: OrderPath,
}

impl Health {
    /// For so many profiles.
    #[must_use]
    pub fn new(profiles: usize, now: UtcTime) -> Self {
        let line = Line { feeds: Default::default(), since: now, retry_at: None, last_error: None, losses: 0 };
        Self { lines: vec![line; profiles], path: OrderPath::default() }
    }

    fn hear(&mut self, now: UtcTime, profile: ProfileIndex, event: &BrokerEvent) {
        let Some(line) = self.lines.get_mut(profile) else { return };
        let feed = match event {
            BrokerEvent::Market(_) => 0,
            BrokerEvent::Order(_) | BrokerEvent::Fill(_) | BrokerEvent::Account(_) | BrokerEvent::CashFlow(_) => 1,
            BrokerEvent::Answer { .. } => 2,
            BrokerEvent::Connection(connection) => return line.turn(now, connection),
            BrokerEvent::Notice(_) | BrokerEvent::Funding(_) | BrokerEvent::Polled(_) => return,
        };
        if let Some(feed) = line.feeds.get_mut(feed) {
            feed.messages += 1;
            feed.newest = Some(now);
        }
    }
}

impl Line {
    fn turn(&mut self, now: UtcTime, connection: &Connection) {
        self.since = now;
        self.retry_at = None;
        if let Connection::Down { reason, retry_at } = connection {
            self.losses += 1;
            self.retry_at = *retry_at;
            self.last_error = Some(reason.chars().filter(|c| !c.is_control()).take(200).collect());
        }
    }
}

/// New orders among what a step asks for.
fn placed(actions: &[Effect]) -> impl Iterator<Item = (OrderId, RequestId)> {
    actions.iter().filter_map(|effect| match effect {
        Effect::Send { request: BrokerRequest { id, body: RequestBody::Place(place) }, .. } => {
            Some((place.order_id, *id))
        }
        _ => None,
    })
}

impl Shell {
    /// Counts what a broker tells. Only what belongs to an order on its way asks for the time.
    pub(super) fn count_event(&mut self, now: UtcTime, profile: ProfileIndex, event: &BrokerEvent) {
        self.health.hear(now, profile, event);
        match event {
            BrokerEvent::Answer { id, .. } => {
                let now = self.clock.now();
                self.health.path.acknowledged(*id, now);
            }
            BrokerEvent::Fill(fill) => {
                if let Some(order) = fill.order_id {
                    let now = self.clock.now();
                    self.health.path.filled(order, now);
                }
            }
            _ => {}
        }
    }

    /// When a step that may make orders begins.
    pub(super) fn begin_of(&mut self, now: UtcTime, event: &Event) -> UtcTime {
        if matches!(event, Event::Command { .. }) { self.clock.now() } else { now }
    }

    /// Notes the new orders of the step that has just been made.
    pub(super) fn note_gated(&mut self, begun: UtcTime) {
        if placed(&self.effects.actions).next().is_none() {
            return;
        }
        let now = self.clock.now();
        for (order, request) in placed(&self.effects.actions) {
            self.health.path.gated(order, request, begun, now);
        }
    }

    /// Notes that a request is with its broker; its row was durable at `durable`.
    pub(super) fn note_sent(&mut self, request: RequestId, durable: UtcTime) {
        let now = self.clock.now();
        self.health.path.sent(request, durable, now);
    }

    pub(super) fn health_answer(&self, now: UtcTime) -> Answered {
        let profiles = 0..self.core.profiles().len();
        Ok(Response::Health(Box::new(HealthRecord {
            feeds: profiles.clone().flat_map(|profile| self.feed_records(now, profile)).collect(),
            order_path: self.health.path.records(),
            budgets: profiles.flat_map(|profile| self.budget_records(now, profile)).collect(),
            resident_bytes: resident_bytes(),
            market_events: self.core.market_events(),
            ledger_bytes: ledger_bytes(&self.opener.ledger()),
            clock_offset_ms: None,
        })))
    }

    /// Feeds of a profile whose broker has been opened.
    fn feed_records(&self, now: UtcTime, profile: ProfileIndex) -> Vec<FeedRecord> {
        // One that failed and is about to be opened again is down, not absent.
        let opened = self.brokers.get(profile).is_some_and(Option::is_some)
            || self.lapses.get(profile).is_some_and(|lapses| lapses.reopen_at.is_some());
        let (Some(state), Some(line)) = (self.core.profile(profile), self.health.lines.get(profile)) else {
            return Vec::new();
        };
        if !opened {
            return Vec::new();
        }
        let link = match state.link {
            Link::Connecting => "connecting",
            Link::Up => "up",
            Link::Silent => "silent",
            Link::Down(_) => "down",
        };
        let books = state.book_counts();
        let record = |(name, feed): (&str, &Feed)| {
            let market = name == "market";
            FeedRecord {
                profile: state.name.to_string(),
                name: name.into(),
                state: link.into(),
                since: line.since,
                age_ms: feed.newest.and_then(|at| u64::try_from(now.since(at).as_millis()).ok()),
                messages: feed.messages,
                dropped: if market { books.dropped } else { 0 },
                gaps: if market { books.gaps } else { 0 },
                resyncs: if market { books.resyncs } else { 0 },
                bytes: 0,
                reconnects: line.losses,
                retry_at: line.retry_at,
                last_error: line.last_error.clone(),
            }
        };
        FEEDS.into_iter().zip(&line.feeds).map(record).collect()
    }

    fn budget_records(&self, now: UtcTime, profile: ProfileIndex) -> Vec<BudgetRecord> {
        let Some(state) = self.core.profile(profile) else { return Vec::new() };
        let name = state.name.to_string();
        let record = |lane: &str, used, limit, window_ms| BudgetRecord {
            profile: name.clone(),
            lane: lane.into(),
            used,
            limit,
            window_ms,
        };
        let (second, minute) = state.orders_lately(now);
        let registered = state.markets.values().filter(|market| market.subscribed).count();
        let registered = u32::try_from(registered).unwrap_or(u32::MAX);
        vec![
            record("order", second, state.limits.max_orders_per_second, 1_000),
            record("order", minute, state.limits.max_orders_per_minute, 60_000),
            record("registrations", registered, state.capabilities.registrations_max, 0),
        ]
    }
}

/// Resident memory, where the system says it as Linux does.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1_024)
}

/// The database with its write-ahead log.
fn ledger_bytes(path: &Path) -> u64 {
    let beside = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        std::fs::metadata(name).map_or(0, |file| file.len())
    };
    ["", "-wal", "-shm"].into_iter().map(beside).sum()
}
