//! From an adapter's tasks to the desk: what they tell waits here until the desk polls, and the desk is woken.
//!
//! What is said of orders, fills and money is never lost. Market data may be: a desk that has stood still for long must
//! not fill the memory, and old prices are worth nothing to it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::broker::api::{Answer, BrokerError, BrokerEvent, RequestId};
use crate::market::MarketEvent;

/// Market events that may wait. At ten thousand a second the desk has stood still for several seconds by then.
const MARKET_MAX: usize = 65_536;

type Wake = Arc<dyn Fn() + Send + Sync>;

#[derive(Default)]
struct Waiting {
    events: VecDeque<BrokerEvent>,
    market: usize,
    dropped: u64,
    closed: bool,
}

/// The end at which an adapter's tasks speak. Cheap to clone.
#[derive(Clone)]
pub struct Outlet {
    waiting: Arc<Mutex<Waiting>>,
    wake: Wake,
}

/// The end at which the desk listens.
pub struct Inbox(Arc<Mutex<Waiting>>);

/// Market data was thrown away because the desk did not come for it: every book told here must be told anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the desk does not keep up: market data was dropped")]
pub struct Overflow;

/// Both ends. `wake` is called whenever something comes to an empty inbox; it must not wait.
#[must_use]
pub fn inbox(wake: Wake) -> (Outlet, Inbox) {
    let waiting = Arc::new(Mutex::new(Waiting::default()));
    (Outlet { waiting: Arc::clone(&waiting), wake }, Inbox(waiting))
}

fn locked(waiting: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    // Every change of it is whole, even when its holder panics.
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Outlet {
    /// Tells something that must not be lost.
    pub fn tell(&self, event: BrokerEvent) {
        self.push(|waiting| waiting.events.push_back(event));
    }

    /// Answers a request.
    pub fn answer(&self, id: RequestId, outcome: Result<Answer, BrokerError>) {
        self.tell(BrokerEvent::Answer { id, outcome });
    }

    /// Tells several things at once, in their order, that must not be lost.
    pub fn tell_all(&self, events: impl IntoIterator<Item = BrokerEvent>) {
        self.push(|waiting| waiting.events.extend(events));
    }

    /// Tells what a market says, and empties `events`.
    ///
    /// # Errors
    /// Too much waits already: these events are gone.
    pub fn tell_market(&self, events: &mut Vec<MarketEvent>) -> Result<(), Overflow> {
        if events.is_empty() {
            return Ok(());
        }
        let count = events.len();
        let mut fits = true;
        self.push(|waiting| {
            fits = waiting.market + count <= MARKET_MAX;
            if fits {
                waiting.market += count;
                waiting.events.extend(events.drain(..).map(BrokerEvent::Market));
            } else {
                waiting.dropped += count as u64;
                events.clear();
            }
        });
        if fits { Ok(()) } else { Err(Overflow) }
    }

    /// Market events thrown away so far.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        locked(&self.waiting).dropped
    }

    fn push(&self, change: impl FnOnce(&mut Waiting)) {
        let mut waiting = locked(&self.waiting);
        if waiting.closed {
            return;
        }
        let was_empty = waiting.events.is_empty();
        change(&mut waiting);
        let wakes = was_empty && !waiting.events.is_empty();
        drop(waiting);
        if wakes {
            (self.wake)();
        }
    }
}

impl Inbox {
    /// Moves up to `count` of what waits to `out`, oldest first, and says whether more is left.
    pub fn take(&self, count: usize, out: &mut Vec<BrokerEvent>) -> bool {
        let mut waiting = locked(&self.0);
        let count = count.min(waiting.events.len());
        let before = out.len();
        out.extend(waiting.events.drain(..count));
        let market = out.iter().skip(before).filter(|event| matches!(event, BrokerEvent::Market(_))).count();
        waiting.market -= market;
        !waiting.events.is_empty()
    }

    /// Takes nothing more, and forgets what waits.
    pub fn close(&self) {
        let mut waiting = locked(&self.0);
        *waiting = Waiting { closed: true, ..Waiting::default() };
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::market::{InstrumentId, MarketBody, Symbol, UtcTime, Venue};

    fn print() -> MarketEvent {
        let instrument = InstrumentId { venue: Venue::BinanceFutures, symbol: Symbol::new("BTCUSDT").unwrap() };
        let at = UtcTime::from_millis(1);
        MarketEvent { instrument, venue_time: at, received_at: at, body: MarketBody::Stale }
    }

    fn counted() -> (Outlet, Inbox, Arc<AtomicUsize>) {
        let woken = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&woken);
        let (outlet, inbox) = inbox(Arc::new(move || {
            count.fetch_add(1, Ordering::Relaxed);
        }));
        (outlet, inbox, woken)
    }

    #[test]
    fn what_is_told_comes_in_order_and_wakes_once() {
        let (outlet, inbox, woken) = counted();
        for number in 0..3 {
            outlet.answer(RequestId(number), Ok(Answer::Done));
        }
        assert_eq!(woken.load(Ordering::Relaxed), 1);
        let mut out = Vec::new();
        assert!(inbox.take(2, &mut out));
        assert!(!inbox.take(2, &mut out));
        let ids: Vec<u64> = out
            .iter()
            .map(|event| match event {
                BrokerEvent::Answer { id, .. } => id.0,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(ids, [0, 1, 2]);
        outlet.tell(BrokerEvent::Notice("more".into()));
        assert_eq!(woken.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn a_desk_that_stands_still_loses_prices_and_no_answer() {
        let (outlet, inbox, _) = counted();
        let mut burst: Vec<MarketEvent> = (0..MARKET_MAX).map(|_| print()).collect();
        assert_eq!(outlet.tell_market(&mut burst), Ok(()));
        assert_eq!(outlet.tell_market(&mut vec![print()]), Err(Overflow));
        outlet.answer(RequestId(1), Ok(Answer::Done));
        assert_eq!(outlet.dropped(), 1);
        let mut out = Vec::new();
        while inbox.take(1_000, &mut out) {}
        assert_eq!(out.len(), MARKET_MAX + 1);
        assert_eq!(outlet.tell_market(&mut vec![print()]), Ok(()));
    }

    #[test]
    fn after_its_end_nothing_is_told() {
        let (outlet, inbox, _) = counted();
        inbox.close();
        outlet.tell(BrokerEvent::Notice("late".into()));
        let mut out = Vec::new();
        assert!(!inbox.take(10, &mut out));
        assert!(out.is_empty());
    }
}
