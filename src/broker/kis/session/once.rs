//! One answer for questions that wait for the same: the desk asks for orders and fills in one breath, and for holdings and
//! cash, and either pair is in one answer of the broker. And while one answer is on its way whoever asks for the same waits
//! for the next, which is asked for once for all of them: a desk that looks twice must not let a line of questions grow that
//! a broker with one request a second never gets through.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::broker::api::BrokerError;
use crate::broker::net::WallClock;
use crate::market::UtcTime;

/// Questions no further apart than this are one.
const ONE_BREATH: Duration = Duration::from_millis(250);
/// How long the first question waits for others of the same breath, which may ask for more.
const GATHERING: Duration = Duration::from_millis(10);

/// What is asked for.
pub(super) trait Question: Clone {
    /// Whether an answer to this one answers another, too.
    fn holds(&self, other: &Self) -> bool;

    /// The smallest question that holds both.
    #[must_use]
    fn and(&self, other: &Self) -> Self;
}

impl Question for () {
    fn holds(&self, (): &Self) -> bool {
        true
    }

    fn and(&self, (): &Self) {}
}

/// How new an answer must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    /// One that was asked for in the same breath will do.
    OneBreath,
    /// Asked for after the question for it was there.
    Anew,
}

/// What came of asking, and for whom it counts.
#[derive(Debug)]
struct Known<Q, A> {
    question: Q,
    /// Whoever has a lower number asked before this was asked for.
    before: u64,
    asked_at: UtcTime,
    outcome: Result<A, BrokerError>,
}

/// The last answer to a question, and who waits for the next.
#[derive(Debug)]
pub(super) struct Once<Q, A> {
    numbers: AtomicU64,
    gathered: Mutex<BTreeMap<u64, Q>>,
    last: tokio::sync::Mutex<Option<Known<Q, A>>>,
}

impl<Q, A> Default for Once<Q, A> {
    fn default() -> Self {
        Self { numbers: AtomicU64::new(0), gathered: Mutex::default(), last: tokio::sync::Mutex::new(None) }
    }
}

/// Takes a question out of those that are gathered, also when nobody waits for its answer any more.
struct Place<'a, Q>(&'a Mutex<BTreeMap<u64, Q>>, u64);

impl<Q> Drop for Place<'_, Q> {
    fn drop(&mut self) {
        locked(self.0).remove(&self.1);
    }
}

/// Every change of it is whole, even when its holder panics.
fn locked<Q>(gathered: &Mutex<BTreeMap<u64, Q>>) -> MutexGuard<'_, BTreeMap<u64, Q>> {
    gathered.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<Q: Question, A: Clone> Once<Q, A> {
    /// The answer to a question: one that is new enough, else that of `ask`, which is asked for all who wait in the same
    /// breath. One that failed is an answer only to those who waited for it.
    pub(super) async fn ask<F>(
        &self,
        question: Q,
        age: Age,
        clock: &WallClock,
        ask: impl FnOnce(Q) -> F,
    ) -> Result<A, BrokerError>
    where
        F: Future<Output = Result<A, BrokerError>>,
    {
        let number = self.numbers.fetch_add(1, Ordering::SeqCst);
        let now = clock();
        let place = Place(&self.gathered, number);
        if age == Age::OneBreath {
            locked(&self.gathered).insert(number, question.clone());
            tokio::time::sleep(GATHERING).await;
        }
        let mut last = self.last.lock().await;
        if let Some(known) = last.as_ref().filter(|known| known.question.holds(&question)) {
            if known.before > number {
                return known.outcome.clone();
            }
            let apart = now.since(known.asked_at).max(known.asked_at.since(now));
            if age == Age::OneBreath && apart <= ONE_BREATH && known.outcome.is_ok() {
                return known.outcome.clone();
            }
        }
        *last = None;
        let all = locked(&self.gathered).values().fold(question, |all, one| all.and(one));
        drop(place);
        let (before, asked_at) = (self.numbers.load(Ordering::SeqCst), clock());
        let outcome = ask(all.clone()).await;
        *last = Some(Known { question: all, before, asked_at, outcome: outcome.clone() });
        outcome
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicI64;

    use super::*;

    /// Numbers from the first to the last.
    impl Question for (i64, i64) {
        fn holds(&self, other: &Self) -> bool {
            self.0 <= other.0 && other.1 <= self.1
        }

        fn and(&self, other: &Self) -> Self {
            (self.0.min(other.0), self.1.max(other.1))
        }
    }

    struct Broker {
        once: Once<(i64, i64), (i64, i64)>,
        millis: Arc<AtomicI64>,
        clock: WallClock,
        asked: Mutex<Vec<(i64, i64)>>,
        fails: bool,
    }

    impl Broker {
        fn new(fails: bool) -> Self {
            let millis = Arc::new(AtomicI64::new(10_000));
            let now = Arc::clone(&millis);
            let clock: WallClock = Arc::new(move || UtcTime::from_millis(now.load(Ordering::Relaxed)));
            Self { once: Once::default(), millis, clock, asked: Mutex::default(), fails }
        }

        /// Asks; the broker takes a second.
        async fn ask(&self, question: (i64, i64), age: Age) -> Result<(i64, i64), BrokerError> {
            let ask = |all| async move {
                self.asked.lock().unwrap().push(all);
                tokio::time::sleep(Duration::from_secs(1)).await;
                self.millis.fetch_add(1_000, Ordering::Relaxed);
                if self.fails { Err(BrokerError::NotSent(String::new())) } else { Ok(all) }
            };
            self.once.ask(question, age, &self.clock, ask).await
        }

        fn asked(&self) -> Vec<(i64, i64)> {
            self.asked.lock().unwrap().clone()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_asked_in_one_breath_is_asked_once_for_all_of_it_and_later_anew() {
        let broker = Broker::new(false);
        let (one, other) = tokio::join!(broker.ask((5, 5), Age::OneBreath), broker.ask((1, 5), Age::OneBreath));
        assert_eq!((one.unwrap(), other.unwrap()), ((1, 5), (1, 5)));
        assert_eq!(broker.asked(), [(1, 5)]);
        for later in [11_300, 5_000] {
            broker.millis.store(later, Ordering::Relaxed);
            assert_eq!(broker.ask((5, 5), Age::OneBreath).await.unwrap(), (5, 5), "also when the clock went back");
        }
        assert_eq!(broker.asked().len(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_asks_while_an_answer_is_on_its_way_waits_for_the_next_and_all_of_them_for_one() {
        let broker = Broker::new(false);
        let late = |wait: u64, age| {
            let broker = &broker;
            async move {
                tokio::time::sleep(Duration::from_millis(wait)).await;
                broker.millis.fetch_add(300, Ordering::Relaxed);
                broker.ask((5, 5), age).await
            }
        };
        let ages = [Age::OneBreath, Age::Anew];
        let (first, second, third, fourth) =
            tokio::join!(late(0, ages[0]), late(400, ages[0]), late(600, ages[1]), late(800, ages[0]));
        assert!([first, second, third, fourth].iter().all(Result::is_ok));
        assert_eq!(broker.asked().len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_asked_for_before_is_not_new_and_a_fault_counts_for_those_who_waited_only() {
        let broker = Broker::new(false);
        broker.ask((5, 5), Age::Anew).await.unwrap();
        broker.millis.store(10_000, Ordering::Relaxed);
        broker.ask((5, 5), Age::Anew).await.unwrap();
        assert_eq!(broker.asked().len(), 2);
        let broker = Broker::new(true);
        let (one, other) = tokio::join!(broker.ask((5, 5), Age::OneBreath), broker.ask((5, 5), Age::OneBreath));
        assert!(one.is_err() && other.is_err());
        assert_eq!(broker.asked().len(), 1);
        broker.millis.store(10_000, Ordering::Relaxed);
        assert!(broker.ask((5, 5), Age::OneBreath).await.is_err());
        assert_eq!(broker.asked().len(), 2);
    }
}
