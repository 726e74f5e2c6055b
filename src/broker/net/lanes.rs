//! Rate lanes: who may send next, so that a cancel never waits behind a query and the broker never says "too many".
//!
//! A request names its [`Lane`] and what it costs of each [`Budget`]. The queue decides, purely; [`Lanes`] gives it
//! tokio's clock and one task that wakes it. A [`Permit`] is kept until the answer is there: only then is it certain
//! on which side of a window's edge the broker counted the request.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use thiserror::Error;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub mod budget;
mod queue;

pub use budget::{Budget, BudgetId, Cost};
use queue::{LaneQueue, Waiting};

/// Priorities, most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Taking risk away: cancels.
    Cancel,
    /// New orders and amendments.
    Order,
    /// What a person or the reconciliation waits for.
    Query,
    /// History, rankings, everything that can wait.
    Bulk,
}

impl Lane {
    /// All lanes, most urgent first.
    pub const ALL: [Self; 4] = [Self::Cancel, Self::Order, Self::Query, Self::Bulk];

    /// Position in [`Lane::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// What a set of lanes allows.
#[derive(Debug, Clone)]
pub struct LaneRules {
    /// Every limit the broker counts, in the order of their [`BudgetId`]s.
    pub budgets: Vec<Budget>,
    /// Requests on the wire at the same time.
    pub in_flight_max: usize,
    /// Of those, how many only cancels may use, so that slow queries cannot occupy every connection.
    pub in_flight_for_cancels: usize,
    /// Waiting requests in each lane; one more is refused. The bound keeps a runaway strategy from filling memory.
    pub waiting_max: usize,
}

/// Why a request never left. In every case nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LaneError {
    /// As many requests wait in this lane as may.
    #[error("{0:?} lane is full")]
    Full(Lane),
    /// The deadline came, or could not be met because of a pause, before a slot was free.
    #[error("no slot in the {0:?} lane before the deadline")]
    Deadline(Lane),
    /// The broker asked for silence for longer than the request may wait.
    #[error("the broker asked for silence for another {} s", .remaining.as_secs())]
    Paused {
        /// How long the silence still lasts.
        remaining: Duration,
    },
    /// It costs more than this lane may ever use of a budget.
    #[error("costs more than the {0:?} lane may use of its budgets")]
    TooDear(Lane),
    /// Withdrawn by its owner while it waited.
    #[error("withdrawn while waiting")]
    Withdrawn,
    /// The lanes were closed.
    #[error("the lanes are closed")]
    Closed,
}

impl LaneError {
    /// Whether the same request may find a slot later.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Full(_) | Self::Deadline(_) | Self::Paused { .. })
    }
}

struct Shared {
    queue: Mutex<LaneQueue>,
    /// Wakes the task when the next possible grant may have come nearer.
    changed: Notify,
    closed: CancellationToken,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, LaneQueue> {
        // The queue's methods leave it whole even if one of them should panic.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self) {
        self.queue().grant(Instant::now());
        self.changed.notify_one();
    }
}

/// The lanes to one broker's host with one key. Cheap to share by reference; dropping it ends its task.
pub struct Lanes {
    shared: Arc<Shared>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Lanes {
    /// Starts the lanes and their task; must be called within a tokio runtime.
    #[must_use]
    pub fn start(rules: LaneRules) -> Self {
        let shared = Arc::new(Shared {
            queue: Mutex::new(LaneQueue::new(rules)),
            changed: Notify::new(),
            closed: CancellationToken::new(),
        });
        let task = tokio::spawn(wake_at_the_right_time(Arc::clone(&shared)));
        Self { shared, task: Mutex::new(Some(task)) }
    }

    /// Waits for a slot until `deadline`. Dropping the future gives the place up and costs nothing.
    ///
    /// # Errors
    /// When there is no slot in time; see [`LaneError`].
    pub async fn enter(&self, lane: Lane, cost: Cost, deadline: Instant) -> Result<Permit, LaneError> {
        if self.shared.closed.is_cancelled() {
            return Err(LaneError::Closed);
        }
        let (granted, grant) = oneshot::channel();
        let id = {
            let mut queue = self.shared.queue();
            let id = queue.join(lane, cost, deadline, granted, Instant::now())?;
            queue.grant(Instant::now());
            id
        };
        self.shared.changed.notify_one();
        let mut place = Place { shared: &self.shared, id: Some(id) };
        tokio::select! {
            biased;
            answer = grant => {
                place.id = None;
                match answer {
                    Ok(Ok(())) => Ok(Permit { shared: Arc::clone(&self.shared), id }),
                    Ok(Err(error)) => Err(error),
                    Err(_) => Err(LaneError::Closed),
                }
            }
            () = tokio::time::sleep_until(deadline) => Err(LaneError::Deadline(lane)),
        }
    }

    /// The broker says that `used` units of this budget are gone. More than we know of (another program on the same
    /// address) is booked for a whole window; less changes nothing, for requests still under way are not in its count.
    pub fn observe(&self, budget: BudgetId, used: u32) {
        self.shared.queue().observe(budget, used, Instant::now());
        self.shared.changed();
    }

    /// The broker published another limit.
    pub fn set_limit(&self, budget: BudgetId, limit: u32) {
        self.shared.queue().set_limit(budget, limit);
        self.shared.changed();
    }

    /// The broker refused although we counted less: half the limit for this long.
    pub fn halve(&self, budget: BudgetId, duration: Duration) {
        self.shared.queue().halve(budget, Instant::now() + duration);
        self.shared.changed();
    }

    /// The broker says this one budget is used up for this long (orders, say, while cancels still pass).
    pub fn hold(&self, budget: BudgetId, duration: Duration) {
        self.shared.queue().hold(budget, Instant::now() + duration);
        self.shared.changed();
    }

    /// Silence in every lane, cancels included, for this long: `Retry-After`, a ban. Never shortens an earlier one.
    pub fn pause(&self, duration: Duration) {
        self.shared.queue().pause(Instant::now() + duration);
        self.shared.changed();
    }

    /// How long the silence still lasts, if there is one.
    #[must_use]
    pub fn paused_for(&self) -> Option<Duration> {
        self.shared.queue().paused_for(Instant::now())
    }

    /// Refuses everything waiting in a lane as [`LaneError::Withdrawn`]; how many that were. The kill switch empties
    /// the order lane so.
    pub fn withdraw(&self, lane: Lane) -> usize {
        let n = self.shared.queue().withdraw(lane);
        self.shared.changed();
        n
    }

    /// Requests waiting, by lane.
    #[must_use]
    pub fn waiting(&self) -> [usize; 4] {
        self.shared.queue().waiting()
    }

    /// Refuses all that wait, and ends the task.
    pub async fn close(&self) {
        self.shared.closed.cancel();
        self.shared.queue().close();
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            // The task only waits and calls the queue; it has no result to lose.
            let _ = task.await;
        }
    }
}

impl Drop for Lanes {
    fn drop(&mut self) {
        self.shared.closed.cancel();
        self.shared.queue().close();
    }
}

/// A place in the queue, given up when its owner goes away.
struct Place<'a> {
    shared: &'a Shared,
    id: Option<Waiting>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            self.shared.queue().leave(id);
            self.shared.changed();
        }
    }
}

/// The right to send one request. Drop it when the answer is read, or when none will come.
#[must_use = "a request without its permit is not counted"]
pub struct Permit {
    shared: Arc<Shared>,
    id: Waiting,
}

impl Permit {
    /// Gives the cost back: the request was never sent.
    pub fn unused(self) {
        self.shared.queue().leave(self.id);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.shared.queue().answered(self.id, Instant::now());
        self.shared.changed();
    }
}

impl std::fmt::Debug for Permit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Permit").field(&self.id).finish()
    }
}

async fn wake_at_the_right_time(shared: Arc<Shared>) {
    loop {
        let next = shared.queue().grant(Instant::now());
        let asleep = async {
            match next {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = shared.closed.cancelled() => return,
            () = shared.changed.notified() => {}
            () = asleep => {}
        }
    }
}
