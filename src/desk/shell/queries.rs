//! Questions that only the ledger's history can answer, on a thread of their own so that the desk never waits for them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use rust_decimal::Decimal;

use super::faces::Outbound;
use super::own::Live;
use super::performance::performance;
use super::realised::{Names, report};
use super::told::event_record;
use crate::broker::api::Realised;
use crate::desk::core::{fill_record, plain_order_record, transaction_record};
use crate::desk::protocol::{Failure, FailureKind, Message, OrderFilter, Outcome, Response};
use crate::desk::record::RiskEventRecord;
use crate::desk::wire;
use crate::ledger::{DeskEvent, LedgerError, LedgerReader, OrderScope, RiskEvent};
use crate::market::{InstrumentId, UtcTime};
use crate::order::{BrokerOrderId, ClientOrderId, Fill, Order, OrderId, ProfileName};

/// Most questions waiting.
const QUEUE_MAX: usize = 256;

/// Most orders in one answer.
const ORDERS_MAX: u32 = 10_000;

/// A question about the past.
#[derive(Debug)]
pub enum Question {
    /// Orders, with what only the desk knows of the open ones.
    Orders(ProfileName, OrderFilter, UtcTime, Live),
    /// One order by any of its ids.
    Order(ProfileName, String),
    /// Fills, the newest ones.
    Fills(ProfileName, usize),
    /// Transactions, the newest ones.
    Transactions(ProfileName, usize),
    /// Refusals and changes of state, the newest ones.
    RiskLog(usize),
    /// How the account did on the last days.
    Performance(ProfileName, UtcTime, u32),
    /// What the broker has realised by its own count, beside the ledger's, with the names of its instruments.
    Realised(ProfileName, Box<Realised>, Names),
    /// What people were told after a time, the newest ones, with what is not written yet.
    Told(UtcTime, usize, Vec<DeskEvent>),
}

struct Job {
    outbound: Arc<Outbound>,
    id: u64,
    question: Question,
}

/// The thread that reads the ledger.
#[derive(Debug)]
pub struct Reader {
    jobs: SyncSender<Job>,
}

impl Reader {
    /// Starts the thread on a ledger.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn start(path: &Path) -> std::io::Result<Self> {
        let (jobs, queue) = sync_channel(QUEUE_MAX);
        let path = path.to_owned();
        std::thread::Builder::new().name("ledger-reader".into()).spawn(move || work(path, queue))?;
        Ok(Self { jobs })
    }

    /// Puts a question; its answer goes straight to the face.
    pub fn ask(&self, outbound: Arc<Outbound>, id: u64, question: Question) {
        if let Err(TrySendError::Full(job) | TrySendError::Disconnected(job)) =
            self.jobs.try_send(Job { outbound, id, question })
        {
            let failure = Failure::new(FailureKind::Unavailable, "BUSY", "too many questions wait").retryable();
            reply(&job.outbound, job.id, Outcome::Failed(Box::new(failure)));
        }
    }
}

#[allow(clippy::needless_pass_by_value)]
fn work(path: PathBuf, queue: Receiver<Job>) {
    let mut reader: Option<LedgerReader> = None;
    while let Ok(job) = queue.recv() {
        let outcome = match open(&mut reader, &path).and_then(|reader| answer(reader, &job.question)) {
            Ok(Some(response)) => Outcome::Ok(Box::new(response)),
            Ok(None) => Outcome::Failed(Box::new(
                Failure::new(FailureKind::Usage, "NO_SUCH_ORDER", "no such order").hint("hoga order list --all"),
            )),
            Err(error) => {
                reader = None;
                Outcome::Failed(Box::new(
                    Failure::new(FailureKind::Unavailable, "STORAGE", error.to_string()).retryable(),
                ))
            }
        };
        reply(&job.outbound, job.id, outcome);
    }
}

fn open<'a>(reader: &'a mut Option<LedgerReader>, path: &Path) -> Result<&'a LedgerReader, LedgerError> {
    match reader {
        Some(reader) => Ok(reader),
        None => Ok(reader.insert(LedgerReader::open(path)?)),
    }
}

fn answer(reader: &LedgerReader, question: &Question) -> Result<Option<Response>, LedgerError> {
    let limit = |limit: usize| u32::try_from(limit).unwrap_or(u32::MAX);
    Ok(Some(match question {
        Question::Orders(profile, filter, today, live) => {
            let scope = match filter {
                OrderFilter::Open => OrderScope::Open,
                OrderFilter::Today => OrderScope::Since(*today),
                OrderFilter::All => OrderScope::All,
            };
            let orders = reader.orders(scope, Some(profile), ORDERS_MAX)?;
            let record = |order: &Order| {
                let mut record = plain_order_record(order);
                if let Some((watched_by, queue_ahead)) = live.get(&record.id) {
                    (record.watched_by, record.queue_ahead) = (*watched_by, *queue_ahead);
                }
                record
            };
            Response::Orders(orders.iter().rev().map(record).collect())
        }
        Question::Order(profile, text) => {
            let order = find(reader, profile, text)?;
            return Ok(order.map(|order| Response::Order(Box::new(plain_order_record(&order)))));
        }
        Question::Fills(profile, count) => {
            let fills = reader.fills(Some(profile), UtcTime::from_nanos(i64::MIN), limit(*count))?;
            let mut multipliers: BTreeMap<InstrumentId, Decimal> = BTreeMap::new();
            for fill in &fills {
                if let Entry::Vacant(unknown) = multipliers.entry(fill.instrument) {
                    let known = reader.instrument(fill.instrument)?;
                    unknown.insert(known.map_or(Decimal::ONE, |known| known.multiplier));
                }
            }
            let of = |fill: &Fill| multipliers.get(&fill.instrument).copied().unwrap_or(Decimal::ONE);
            Response::Fills(fills.iter().rev().map(|fill| fill_record(fill, of(fill))).collect())
        }
        Question::Transactions(profile, count) => {
            let rows = reader.transactions(Some(profile), UtcTime::from_nanos(i64::MIN), limit(*count))?;
            Response::Transactions(rows.iter().rev().map(transaction_record).collect())
        }
        Question::RiskLog(count) => {
            let events = reader.risk_events(UtcTime::from_nanos(i64::MIN), limit(*count))?;
            let record = |event: RiskEvent| RiskEventRecord {
                time: event.at,
                profile: event.profile.map(|name| name.to_string()),
                rule: event.rule,
                value: event.value,
                limit: event.limit,
                source: event.source,
            };
            Response::RiskLog(events.into_iter().rev().map(record).collect())
        }
        Question::Performance(profile, now, days) => {
            Response::Performance(Box::new(performance(reader, profile, *now, *days)?))
        }
        Question::Realised(profile, realised, names) => {
            Response::Realised(Box::new(report(reader, profile, realised, names)?))
        }
        Question::Told(since, count, waiting) => {
            let mut events = reader.desk_events(*since, limit(*count))?;
            // What waited then may have been written meanwhile.
            let new: Vec<DeskEvent> = waiting.iter().filter(|event| !events.contains(event)).cloned().collect();
            events.extend(new);
            let surplus = events.len().saturating_sub(*count);
            Response::Events(events.into_iter().skip(surplus).map(event_record).collect())
        }
    }))
}

/// An order by hoga's id, the asker's, or the broker's number.
fn find(reader: &LedgerReader, profile: &ProfileName, text: &str) -> Result<Option<Order>, LedgerError> {
    if let Ok(id) = text.parse::<OrderId>()
        && let Some(order) = reader.order(id)?
    {
        return Ok(Some(order));
    }
    if let Ok(id) = ClientOrderId::new(text)
        && let Some(order) = reader.order_by_client_id(profile, &id)?
    {
        return Ok(Some(order));
    }
    match BrokerOrderId::new(text) {
        Ok(id) => Ok(reader.orders_by_broker_id(profile, &id)?.into_iter().next()),
        Err(_) => Ok(None),
    }
}

fn reply(outbound: &Outbound, id: u64, outcome: Outcome) {
    if let Ok(bytes) = wire::encode(&Message::Reply { id, outcome }) {
        outbound.reply(bytes.into());
    }
}
