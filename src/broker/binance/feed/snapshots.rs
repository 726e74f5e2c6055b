//! Whole books fetched one after the other, so that fifty instruments do not spend a minute's budget at once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Mutex;
use tokio::task::{AbortHandle, JoinError, JoinSet};
use tokio::time::{sleep, timeout};

use super::Snapshots;
use crate::broker::api::BrokerError;
use crate::broker::binance::book_sync::Ask;
use crate::market::Symbol;

/// Levels a side; more the exchange does not give, and spot only for much more of the budget.
const LEVELS: u32 = 1_000;
/// The same while so many instruments are watched that books in full would use up the minute's budget.
const LEVELS_OF_MANY: u32 = 100;
/// How many that are.
const MANY: usize = 50;

/// What came of a question.
pub(super) struct Fetched {
    pub symbol: Symbol,
    pub ticket: u64,
    pub reply: Result<Bytes, BrokerError>,
}

pub(super) struct Fetcher {
    rest: Arc<dyn Snapshots>,
    /// Held for the pause before each question.
    turn: Arc<Mutex<()>>,
    gap: Duration,
    limit: Duration,
    running: JoinSet<Fetched>,
    newest: BTreeMap<Symbol, (u64, AbortHandle)>,
}

impl Fetcher {
    pub(super) fn new(rest: Arc<dyn Snapshots>, gap: Duration, limit: Duration) -> Self {
        let (turn, running, newest) = (Arc::default(), JoinSet::new(), BTreeMap::new());
        Self { rest, turn, gap, limit, running, newest }
    }

    /// Asks after the wait, in its turn, while so many instruments are watched. An older question about the same symbol is dropped.
    pub(super) fn ask(&mut self, symbol: Symbol, ask: Ask, watched: usize) {
        let levels = if watched > MANY { LEVELS_OF_MANY } else { LEVELS };
        let (rest, turn) = (Arc::clone(&self.rest), Arc::clone(&self.turn));
        let (gap, limit) = (self.gap, self.limit);
        let question = async move {
            sleep(ask.after).await;
            let held = turn.lock().await;
            sleep(gap).await;
            drop(held);
            let late = BrokerError::Unknown("no answer in time".into());
            let reply = timeout(limit, rest.depth(symbol, levels)).await.unwrap_or(Err(late));
            Fetched { symbol, ticket: ask.ticket, reply }
        };
        let handle = self.running.spawn(question);
        if let Some((_, older)) = self.newest.insert(symbol, (ask.ticket, handle)) {
            older.abort();
        }
    }

    /// Drops the question about a symbol.
    pub(super) fn forget(&mut self, symbol: Symbol) {
        if let Some((_, running)) = self.newest.remove(&symbol) {
            running.abort();
        }
    }

    /// Drops every question.
    pub(super) fn forget_all(&mut self) {
        self.newest.clear();
        self.running.abort_all();
    }

    /// The next that came; never ends while nothing runs. Cancel-safe.
    pub(super) async fn next(&mut self) -> Fetched {
        loop {
            match self.running.join_next().await {
                Some(Ok(fetched)) => return fetched,
                Some(Err(ended)) => {
                    if let Some(fetched) = self.broken(&ended) {
                        return fetched;
                    }
                }
                None => std::future::pending().await,
            }
        }
    }

    /// A question whose task panicked counts as unanswered; one that was dropped does not count.
    fn broken(&self, ended: &JoinError) -> Option<Fetched> {
        let (symbol, (ticket, _)) = self.newest.iter().find(|(_, (_, handle))| handle.id() == ended.id())?;
        let reply = Err(BrokerError::Unknown("the question for a book ended".into()));
        ended.is_panic().then_some(Fetched { symbol: *symbol, ticket: *ticket, reply })
    }
}
