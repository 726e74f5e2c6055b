//! When the next frame is drawn: never sooner than a frame's time after the last one, and a moment after the news.

use std::time::Duration;

/// How long the first piece of news waits for the rest of it. What the desk says at once may arrive in pieces on a busy
/// machine; without this the first is drawn alone, and the rest waits a whole frame.
const SETTLE: Duration = Duration::from_millis(1);

/// Frames on a clock that the caller holds; all times are since the program's start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    gap: Duration,
    drawn: Option<Duration>,
    /// When the first piece of news came that is not on the screen.
    heard: Option<Duration>,
}

impl Pace {
    /// At most `fps` frames a second; 0 counts as 1.
    pub(super) fn new(fps: u32) -> Self {
        Self { gap: Duration::from_secs(1) / fps.max(1), drawn: None, heard: None }
    }

    /// There is news that is not on the screen; only the first piece of it starts the wait.
    pub(super) fn heard(&mut self, now: Duration) {
        self.heard.get_or_insert(now);
    }

    /// A person did something: what it did is shown at once.
    pub(super) fn pressed(&mut self) {
        (self.drawn, self.heard) = (None, None);
    }

    /// A frame was drawn and taken by the terminal.
    pub(super) fn drew(&mut self, now: Duration) {
        (self.drawn, self.heard) = (Some(now), None);
    }

    /// When the next frame may be drawn; `None` at once.
    pub(super) fn due(&self) -> Option<Duration> {
        let frame = self.drawn.map(|drawn| drawn + self.gap);
        frame.max(self.heard.map(|heard| heard + SETTLE))
    }

    pub(super) fn is_due(&self, now: Duration) -> bool {
        self.due().is_none_or(|due| now >= due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn micros(count: u64) -> Duration {
        Duration::from_micros(count)
    }

    #[test]
    fn an_update_in_two_pieces_is_one_frame() {
        let mut pace = Pace::new(60);
        pace.drew(micros(0));
        pace.heard(micros(50_000));
        assert!(!pace.is_due(micros(50_000)), "the first piece drawn alone makes the second wait for a whole frame");
        pace.heard(micros(50_400));
        assert!(pace.is_due(micros(51_000)), "the second piece does not start the wait anew");
    }

    #[test]
    fn news_without_end_still_makes_frames() {
        let mut pace = Pace::new(60);
        pace.drew(micros(0));
        let drawn: Vec<u64> = (1..200_u64)
            .map(|count| count * 500)
            .filter(|&now| {
                pace.heard(micros(now));
                let due = pace.is_due(micros(now));
                if due {
                    pace.drew(micros(now));
                }
                due
            })
            .collect();
        assert_eq!(drawn, [17_000, 34_000, 51_000, 68_000, 85_000], "sixty frames a second, at the steps of the news");
    }

    #[test]
    fn a_key_is_shown_at_once_and_frames_keep_their_distance() {
        let mut pace = Pace::new(60);
        pace.heard(micros(100));
        pace.pressed();
        assert!(pace.is_due(micros(100)));
        pace.drew(micros(100));
        pace.heard(micros(200));
        assert!(!pace.is_due(micros(16_000)));
        assert!(pace.is_due(micros(16_800)));
    }
}
