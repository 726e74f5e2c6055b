//! Silence of a socket that never should be silent: told once, and again only after something has come.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

pub(super) struct Hush {
    limit: Duration,
    /// When it will have been silent too long; nothing while it has brought nothing yet, or was told.
    due: Option<Instant>,
}

impl Hush {
    pub(super) const fn new(limit: Duration) -> Self {
        Self { limit, due: None }
    }

    /// Something came.
    pub(super) fn heard(&mut self, at: Instant) {
        self.due = Some(at + self.limit);
    }

    /// Its silence means nothing until something comes again.
    pub(super) const fn stop(&mut self) {
        self.due = None;
    }

    /// Ends when it has been silent too long. Cancel-safe.
    pub(super) async fn fell(&mut self) {
        match self.due {
            Some(due) => {
                sleep_until(due).await;
                self.due = None;
            }
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_millis(2_500);

    #[tokio::test(start_paused = true)]
    async fn silence_is_told_once_and_again_after_something_came() {
        let mut hush = Hush::new(LIMIT);
        let never = |hush: &mut Hush| futures_util::FutureExt::now_or_never(hush.fell()).is_none();
        assert!(never(&mut hush), "nothing has come yet");
        let begun = Instant::now();
        hush.heard(begun);
        tokio::time::sleep(LIMIT / 2).await;
        hush.heard(Instant::now());
        hush.fell().await;
        assert_eq!(begun.elapsed(), LIMIT + LIMIT / 2);
        tokio::time::sleep(LIMIT).await;
        assert!(never(&mut hush), "told once");
        hush.heard(Instant::now());
        hush.stop();
        tokio::time::sleep(LIMIT).await;
        assert!(never(&mut hush));
    }
}
