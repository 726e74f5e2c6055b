//! The thread that makes batches durable, so that nobody else waits for the disk.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError, TrySendError};
use std::sync::mpsc::{channel, sync_channel};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use super::error::LedgerError;
use super::record::Batch;
use super::store::Store;

/// What the ledger's thread tells, in the order it happened.
#[derive(Debug)]
pub enum LedgerReport {
    /// Everything up to this batch is on the disk.
    Committed {
        /// The batch.
        sequence: u64,
    },
    /// Nothing more is committed for now; batches wait in their order and are tried again.
    Stalled {
        /// Why.
        reason: LedgerError,
    },
    /// It goes on again.
    Resumed,
}

/// How the thread works.
#[derive(Debug, Clone)]
pub struct LedgerPace {
    /// Batches that may wait to be taken up.
    pub queue: usize,
    /// Batches that are committed together at most.
    pub group: usize,
    /// Pause after the first failure; it doubles with each further one.
    pub first_pause: Duration,
    /// Longest pause.
    pub longest_pause: Duration,
    /// How long nothing must come before work that can wait is done.
    pub idle: Duration,
}

impl Default for LedgerPace {
    fn default() -> Self {
        Self {
            queue: 4096,
            group: 256,
            first_pause: Duration::from_millis(20),
            longest_pause: Duration::from_secs(1),
            idle: Duration::from_millis(500),
        }
    }
}

/// A batch that was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// The queue is full: the disk does not keep up, or stands still.
    #[error("the ledger's queue is full")]
    Full(Batch),
    /// The thread is gone.
    #[error("the ledger is closed")]
    Closed(Batch),
}

/// What was in hand when the ledger was closed and could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{} batches could not be written to the ledger: {reason}", batches.len())]
pub struct Unwritten {
    /// The batches, in their order.
    pub batches: Vec<Batch>,
    /// Why.
    pub reason: LedgerError,
}

/// The ledger's thread.
#[derive(Debug)]
pub struct Ledger {
    batches: SyncSender<Batch>,
    /// Dropped to end a pause.
    open: Sender<()>,
    thread: JoinHandle<Result<(), Unwritten>>,
}

impl Ledger {
    /// Starts the thread. `report` is called on it and must not block.
    ///
    /// # Errors
    /// The system gave no thread.
    pub fn start(
        store: impl Store + 'static,
        pace: LedgerPace,
        report: impl FnMut(LedgerReport) + Send + 'static,
    ) -> io::Result<Self> {
        let (batches, incoming) = sync_channel(pace.queue);
        let (open, closing) = channel();
        let writer = Writer {
            store,
            group: pace.group.max(1),
            pause: pace.first_pause,
            pace,
            report,
            incoming,
            closing,
            waiting: Vec::new(),
            stalled: false,
        };
        let thread = Builder::new().name("hoga-ledger".to_owned()).spawn(move || writer.run())?;
        Ok(Self { batches, open, thread })
    }

    /// Hands over a batch without waiting. It counts only once a report says that it is committed.
    ///
    /// # Errors
    /// The queue is full or the thread is gone; the batch comes back.
    pub fn write(&self, batch: Batch) -> Result<(), NotTaken> {
        self.batches.try_send(batch).map_err(|error| match error {
            TrySendError::Full(batch) => NotTaken::Full(batch),
            TrySendError::Disconnected(batch) => NotTaken::Closed(batch),
        })
    }

    /// Writes what waits and ends the thread. What fails then is tried once more and given back.
    ///
    /// # Errors
    /// Something could not be written.
    pub fn close(self) -> Result<(), Unwritten> {
        let Self { batches, open, thread } = self;
        drop(batches);
        drop(open);
        match thread.join() {
            Ok(outcome) => outcome,
            Err(_) => Err(Unwritten { batches: Vec::new(), reason: LedgerError::ThreadEnded }),
        }
    }
}

struct Writer<S, R> {
    store: S,
    pace: LedgerPace,
    report: R,
    incoming: Receiver<Batch>,
    closing: Receiver<()>,
    /// Taken up and not yet committed, in order.
    waiting: Vec<Batch>,
    /// How many are tried together now: one after a refusal, to get in what stands before the batch at fault.
    group: usize,
    pause: Duration,
    stalled: bool,
}

impl<S: Store, R: FnMut(LedgerReport)> Writer<S, R> {
    fn run(mut self) -> Result<(), Unwritten> {
        while self.take_up() {
            if let Err(reason) = self.commit_waiting() {
                self.take_up_all();
                return Err(Unwritten { batches: self.waiting, reason });
            }
        }
        self.store.tidy();
        Ok(())
    }

    /// Waits for a batch and takes what else is there; `false` when there will be none.
    fn take_up(&mut self) -> bool {
        let mut tidied = false;
        loop {
            let first = if tidied {
                self.incoming.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                self.incoming.recv_timeout(self.pace.idle)
            };
            match first {
                Ok(batch) => {
                    self.waiting.push(batch);
                    while self.waiting.len() < self.pace.group.max(1) {
                        match self.incoming.try_recv() {
                            Ok(batch) => self.waiting.push(batch),
                            Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
                        }
                    }
                    return true;
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.store.tidy();
                    tidied = true;
                }
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
    }

    fn take_up_all(&mut self) {
        self.waiting.extend(self.incoming.try_iter());
    }

    /// Commits everything taken up, however long it takes; an error only when the ledger is closed meanwhile.
    fn commit_waiting(&mut self) -> Result<(), LedgerError> {
        let mut last_try = false;
        while !self.waiting.is_empty() {
            let count = self.group.min(self.waiting.len());
            let outcome = self.store.apply(self.waiting.get(..count).unwrap_or_default());
            match outcome {
                Ok(()) => self.committed(count),
                Err(reason) if last_try => return Err(reason),
                Err(reason) if count > 1 && !reason.may_pass() => self.group = 1,
                Err(reason) => {
                    self.stall(reason);
                    // Nothing is ever sent: this is a pause that closing ends.
                    last_try = matches!(self.closing.recv_timeout(self.pause), Err(RecvTimeoutError::Disconnected));
                    self.pause = self.pause.saturating_mul(2).min(self.pace.longest_pause);
                }
            }
        }
        self.group = self.pace.group.max(1);
        Ok(())
    }

    fn committed(&mut self, count: usize) {
        let sequence = self.waiting.drain(..count).next_back().map(|batch| batch.sequence);
        if std::mem::take(&mut self.stalled) {
            tracing::info!("the ledger is written again");
            (self.report)(LedgerReport::Resumed);
        }
        self.pause = self.pace.first_pause;
        if let Some(sequence) = sequence {
            (self.report)(LedgerReport::Committed { sequence });
        }
    }

    fn stall(&mut self, reason: LedgerError) {
        if std::mem::replace(&mut self.stalled, true) {
            tracing::debug!(%reason, "the ledger still cannot be written");
        } else {
            tracing::error!(%reason, "the ledger cannot be written");
            (self.report)(LedgerReport::Stalled { reason });
        }
    }
}
