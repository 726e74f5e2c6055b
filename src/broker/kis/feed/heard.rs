//! What was last heard of a book. A share that nobody trades says nothing for minutes although its stream is well, and a
//! stream that has died says nothing either: only a question tells the one from the other.

use std::time::Duration;

use crate::market::{BookUpdate, Level, UtcTime};

/// A book of which nothing came for so long is asked for; an order is let through on data that is not much older.
pub(super) const QUIET: Duration = Duration::from_secs(3);

/// Best bid and ask, with their quantities.
type Best = (Option<Level>, Option<Level>);

fn best(book: &BookUpdate) -> Best {
    (book.bids.first().copied(), book.asks.first().copied())
}

/// What an answer about a quiet book says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// What was told stands.
    Same,
    /// Something else: the frame that tells it may be on its way.
    Suspicious,
    /// Something else, once more, and no frame came in between: the stream brings nothing.
    Mute,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// When a frame or an answer came, or it was last asked for.
    at: Option<UtcTime>,
    /// What was told last, as far as it stands.
    best: Option<Best>,
    is_suspicious: bool,
}

impl Heard {
    /// A book is told.
    pub(super) fn told(&mut self, book: &BookUpdate, now: UtcTime) {
        *self = Self { at: Some(now), best: Some(best(book)), is_suspicious: false };
    }

    /// An answer says that what was told stands: that is as old as its question.
    pub(super) fn confirmed(&mut self, book: &BookUpdate) {
        (self.best, self.is_suspicious) = (Some(best(book)), false);
    }

    /// It was asked for, or an answer came.
    pub(super) fn asked(&mut self, now: UtcTime) {
        self.at = Some(now);
    }

    /// What was told does not stand any more.
    pub(super) fn forget(&mut self) {
        (self.best, self.is_suspicious) = (None, false);
    }

    /// How long nothing was heard, where that is so long or longer; never before anything was.
    pub(super) fn quiet_for(&self, now: UtcTime, patience: Duration) -> Option<Duration> {
        let at = self.at?;
        // A clock that was set back must not stop the questions.
        if at > now { Some(patience) } else { Some(now.since(at)).filter(|silence| *silence >= patience) }
    }

    /// Whether an answer has said something else than what stands.
    pub(super) const fn is_suspicious(&self) -> bool {
        self.is_suspicious
    }

    /// Compares an answer, since whose question no frame has come, with what was told.
    pub(super) fn compare(&mut self, book: &BookUpdate) -> Found {
        let is_same = self.best.is_none_or(|told| told == best(book));
        match (is_same, std::mem::replace(&mut self.is_suspicious, !is_same)) {
            (true, _) => Found::Same,
            (false, false) => Found::Suspicious,
            (false, true) => {
                self.is_suspicious = false;
                Found::Mute
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::{Quantity, Sequence};

    fn at(seconds: u64) -> UtcTime {
        UtcTime::parse("2026-09-14T00:20:00Z").unwrap().plus(Duration::from_secs(seconds))
    }

    fn book(bid: &str, quantity: u32, deeper: &str) -> BookUpdate {
        let level = |price: &str| Level { price: price.parse().unwrap(), quantity: Quantity::whole(quantity) };
        BookUpdate { sequence: Sequence::Whole, bids: vec![level(bid), level(deeper)], asks: Vec::new() }
    }

    #[test]
    fn what_differs_twice_without_a_frame_between_is_mute() {
        let mut heard = Heard::default();
        heard.told(&book("100", 5, "99"), at(0));
        assert_eq!(heard.compare(&book("100", 5, "98")), Found::Same, "best prices count");
        assert_eq!(heard.compare(&book("100", 6, "99")), Found::Suspicious);
        assert_eq!(heard.compare(&book("100", 5, "99")), Found::Same);
        assert_eq!(heard.compare(&book("101", 5, "99")), Found::Suspicious, "the one before was cleared");
        heard.told(&book("101", 5, "99"), at(1));
        assert_eq!(heard.compare(&book("102", 5, "99")), Found::Suspicious, "a frame came");
        assert!(heard.is_suspicious());
        assert_eq!(heard.compare(&book("102", 5, "99")), Found::Mute);
        heard.forget();
        assert_eq!(heard.compare(&book("103", 5, "99")), Found::Same, "nothing stands that it could contradict");
    }

    #[test]
    fn it_is_quiet_after_three_seconds_and_when_the_clock_went_back() {
        let mut heard = Heard::default();
        assert_eq!(heard.quiet_for(at(100), QUIET), None, "whoever begins is answered first");
        heard.asked(at(100));
        assert_eq!(heard.quiet_for(at(102), QUIET), None);
        assert_eq!(heard.quiet_for(at(103), QUIET), Some(QUIET));
        assert_eq!(heard.quiet_for(at(50), QUIET), Some(QUIET));
    }
}
