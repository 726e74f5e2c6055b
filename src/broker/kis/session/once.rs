//! One answer for questions that are asked in one breath: the desk asks for orders and fills at once, and for holdings and
//! cash, and either pair is in one answer of the broker. On paper, with one request a second, that is seconds.

use std::future::Future;
use std::time::Duration;

use tokio::sync::Mutex;

use crate::broker::api::BrokerError;
use crate::broker::net::WallClock;
use crate::market::UtcTime;

/// Questions no further apart than this are one.
const ONE_BREATH: Duration = Duration::from_millis(250);

/// The last answer to a question, and to which.
#[derive(Debug)]
pub(super) struct Once<Q, A>(Mutex<Option<(Q, UtcTime, A)>>);

impl<Q, A> Default for Once<Q, A> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<Q: PartialEq, A: Clone> Once<Q, A> {
    /// The answer to a question asked in the same breath, else that of `ask`. One that fails is no answer.
    pub(super) async fn ask(
        &self,
        question: Q,
        clock: &WallClock,
        ask: impl Future<Output = Result<A, BrokerError>>,
    ) -> Result<A, BrokerError> {
        let now = clock();
        let mut last = self.0.lock().await;
        if let Some((known, asked_at, answer)) = last.as_ref() {
            let apart = now.since(*asked_at).max(asked_at.since(now));
            if *known == question && apart <= ONE_BREATH {
                return Ok(answer.clone());
            }
        }
        *last = None;
        let asked_at = clock();
        let answer = ask.await?;
        *last = Some((question, asked_at, answer.clone()));
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    #[tokio::test]
    async fn what_is_asked_in_one_breath_is_asked_once_and_later_anew() {
        let (once, millis) = (Once::default(), Arc::new(AtomicI64::new(10_000)));
        let now = Arc::clone(&millis);
        let clock: WallClock = Arc::new(move || UtcTime::from_millis(now.load(Ordering::Relaxed)));
        let asked = AtomicI64::new(0);
        let ask = || async { Ok(asked.fetch_add(1, Ordering::Relaxed)) };
        let (one, other) = tokio::join!(once.ask(1, &clock, ask()), once.ask(1, &clock, ask()));
        assert_eq!((one.unwrap(), other.unwrap()), (0, 0));
        assert_eq!(once.ask(2, &clock, ask()).await.unwrap(), 1);
        assert_eq!(once.ask(1, &clock, ask()).await.unwrap(), 2);
        for later in [10_300, 5_000] {
            millis.store(later, Ordering::Relaxed);
            let known = asked.load(Ordering::Relaxed);
            assert_eq!(once.ask(1, &clock, ask()).await.unwrap(), known, "also when the clock went back");
        }
        let failed = once.ask(3, &clock, async { Err(BrokerError::NotSent(String::new())) }).await;
        assert!(failed.is_err());
        assert!(once.ask(3, &clock, ask()).await.is_ok());
    }
}
