//! Brings one book together from a snapshot and the changes before and after it, by the exchange's procedure ("How to
//! manage a local order book correctly"). Pure: it says what to ask for and what to tell, and waits for nothing.
//!
//! The markets differ in one rule only: whether an event follows what is known. On futures ids are shared by all symbols
//! of the market, so only `pu` tells whether an event is missing; on spot a symbol counts its own, so that `U` must be the
//! next one.

use std::collections::VecDeque;
use std::time::Duration;

use crate::market::{BookUpdate, Sequence, UtcTime};

/// Events kept while a snapshot is on its way: 100 seconds of the fastest stream.
const BUFFER_MAX: usize = 1_000;
/// A book that held this long may be asked for at once when it is lost: a line that breaks now and then must not be
/// without its books for longer and longer.
const STABLE_AFTER: Duration = Duration::from_secs(20);
/// A book that held this long may be asked for once more without a longer wait.
const HELD_AFTER: Duration = Duration::from_secs(3);
/// Shortest and longest wait before a question that is not the first.
const WAIT: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(32));

/// An update with its times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamped {
    /// The update.
    pub update: BookUpdate,
    /// The engine's time of it.
    pub venue_time: UtcTime,
    /// When it reached this machine.
    pub received_at: UtcTime,
}

/// A snapshot that is wanted. The answer names the ticket: answers to older questions mean nothing any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// Number of the question, per book.
    pub ticket: u64,
    /// How long to wait before it is sent: nothing, then three times 1 s, then 2, 4 … 32 s while the book does not hold. The
    /// time since the question before counts, and one that could not go out before the line broke again goes out when it
    /// would have.
    pub after: Duration,
}

/// What became of an event or a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Put out.
    Told,
    /// Kept until a snapshot comes.
    Buffered,
    /// Contained in the book, or the answer to an old question.
    Dropped,
    /// Kept, or not usable: a snapshot is wanted.
    Wanted(Ask),
    /// The book was live and is lost; a snapshot is wanted.
    Lost(Ask),
}

/// What happened to a book since it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SyncCounts {
    /// Events missing before one that came.
    pub gaps: u64,
    /// Books that were live, were lost and came together again.
    pub resyncs: u64,
    /// Events that came again.
    pub repeats: u64,
    /// Events thrown away because too many waited.
    pub overflowed: u64,
    /// Snapshots that were older than the oldest event kept, crossed or empty.
    pub unusable: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Waiting { events: VecDeque<Stamped>, asked: bool },
    Live { last: u64, from_snapshot: bool, since: UtcTime },
}

/// One book.
#[derive(Debug, Clone)]
pub struct BookSync {
    state: State,
    ticket: u64,
    questions: u32,
    /// When the last question went out or goes out, and how long it waited for that.
    due: Option<(UtcTime, Duration)>,
    was_live: bool,
    counts: SyncCounts,
}

impl Default for BookSync {
    fn default() -> Self {
        Self::new()
    }
}

impl BookSync {
    /// A book of which nothing is known.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            state: State::Waiting { events: VecDeque::new(), asked: false },
            ticket: 0,
            questions: 0,
            due: None,
            was_live: false,
            counts: SyncCounts { gaps: 0, resyncs: 0, repeats: 0, overflowed: 0, unusable: 0 },
        }
    }

    /// Whether what is put out is the whole truth now.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        matches!(self.state, State::Live { .. })
    }

    /// What happened so far.
    #[must_use]
    pub const fn counts(&self) -> SyncCounts {
        self.counts
    }

    /// Takes the next event of the stream; its sequence must be [`Sequence::Chained`] or [`Sequence::Counted`], the same
    /// for all of a book. What can be told is added to `out`.
    pub fn event(&mut self, event: Stamped, out: &mut Vec<Stamped>) -> Step {
        let Some(last) = last_of(&event.update.sequence) else { return Step::Dropped };
        let now = event.received_at;
        match &mut self.state {
            State::Waiting { events, asked } => {
                let newest = events.back().and_then(|event| last_of(&event.update.sequence));
                match newest.map(|newest| fit(&event.update.sequence, newest, false)) {
                    Some(Fit::Contained) => {
                        self.counts.repeats += 1;
                        return Step::Dropped;
                    }
                    Some(Fit::Missing) => {
                        // What came before the gap can no longer be joined to what comes after.
                        self.counts.gaps += 1;
                        events.clear();
                    }
                    Some(Fit::Follows) | None => {}
                }
                if events.len() >= BUFFER_MAX {
                    events.pop_front();
                    self.counts.overflowed += 1;
                }
                events.push_back(event);
                if *asked { Step::Buffered } else { Step::Wanted(self.ask_for_lost(now)) }
            }
            State::Live { last: have, from_snapshot, .. } => match fit(&event.update.sequence, *have, *from_snapshot) {
                Fit::Contained => {
                    self.counts.repeats += 1;
                    Step::Dropped
                }
                Fit::Follows => {
                    (*have, *from_snapshot) = (last, false);
                    out.push(event);
                    Step::Told
                }
                Fit::Missing => {
                    self.counts.gaps += 1;
                    self.lose(now);
                    if let State::Waiting { events, .. } = &mut self.state {
                        events.push_back(event);
                    }
                    Step::Lost(self.ask_for_lost(now))
                }
            },
        }
    }

    /// Takes the snapshot asked for with this ticket; its sequence must be [`Sequence::Snapshot`]. It and the events it
    /// makes usable are added to `out`.
    pub fn snapshot(&mut self, ticket: u64, snapshot: Stamped, out: &mut Vec<Stamped>) -> Step {
        let State::Waiting { events, asked: true } = &mut self.state else { return Step::Dropped };
        let Sequence::Snapshot { last } = snapshot.update.sequence else { return Step::Dropped };
        if ticket != self.ticket {
            return Step::Dropped;
        }
        while events.front().is_some_and(|event| fit(&event.update.sequence, last, true) == Fit::Contained) {
            events.pop_front();
        }
        let joins = events.front().is_none_or(|event| fit(&event.update.sequence, last, true) == Fit::Follows);
        if !joins || !is_sound(&snapshot.update) {
            self.counts.unusable += 1;
            return Step::Wanted(self.ask_again(snapshot.received_at, Duration::ZERO));
        }
        let since = snapshot.received_at;
        let (mut have, mut from_snapshot) = (last, true);
        let kept = std::mem::take(events);
        out.push(snapshot);
        for event in kept {
            // The buffer holds only events that follow one another.
            if let Some(last) = last_of(&event.update.sequence) {
                (have, from_snapshot) = (last, false);
                out.push(event);
            }
        }
        self.state = State::Live { last: have, from_snapshot, since };
        self.counts.resyncs += u64::from(self.was_live);
        self.was_live = true;
        Step::Told
    }

    /// The snapshot asked for with this ticket could not be had. Asks again, no sooner than `at_least` from now.
    pub fn failed(&mut self, ticket: u64, at_least: Duration, now: UtcTime) -> Step {
        match &mut self.state {
            State::Waiting { asked: true, .. } if ticket == self.ticket => Step::Wanted(self.ask_again(now, at_least)),
            _ => Step::Dropped,
        }
    }

    /// The reader wants the whole book once more. One that is on its way already is what it wants. Says whether the book
    /// was live until now.
    pub fn renew(&mut self, at: UtcTime) -> bool {
        let State::Live { since, .. } = self.state else { return false };
        self.lose(at);
        if at.since(since) >= HELD_AFTER {
            self.questions = self.questions.saturating_sub(1);
        }
        true
    }

    /// The stream broke, or frames of it were thrown away: begins anew with the next event. Says whether the book was live
    /// until now.
    pub fn restart(&mut self, at: UtcTime) -> bool {
        let was_live = self.is_live();
        self.lose(at);
        was_live
    }

    fn lose(&mut self, at: UtcTime) {
        if let State::Live { since, .. } = self.state
            && at.since(since) >= STABLE_AFTER
        {
            self.questions = 0;
        }
        self.state = State::Waiting { events: VecDeque::new(), asked: false };
    }

    /// The book begins, or was lost.
    fn ask_for_lost(&mut self, now: UtcTime) -> Ask {
        let after = match self.due {
            // A line that breaks again and again must not put its question off for ever.
            Some((due, waits)) if due > now => due.since(now).min(waits),
            due => {
                let wait = self.next_wait();
                let waited = due.map_or(Duration::ZERO, |(due, _)| now.since(due));
                wait.saturating_sub(waited).max(wait.min(WAIT.0))
            }
        };
        self.ask(now, after)
    }

    /// The answer to the last question was none, or of no use.
    fn ask_again(&mut self, now: UtcTime, at_least: Duration) -> Ask {
        let wait = self.next_wait();
        self.ask(now, wait.max(at_least))
    }

    fn next_wait(&mut self) -> Duration {
        let (shortest, longest) = WAIT;
        let wait = match self.questions {
            0 => Duration::ZERO,
            n => (shortest * (1 << n.saturating_sub(3).min(5))).min(longest),
        };
        self.questions = self.questions.saturating_add(1);
        wait
    }

    fn ask(&mut self, now: UtcTime, after: Duration) -> Ask {
        if let State::Waiting { asked, .. } = &mut self.state {
            *asked = true;
        }
        self.due = Some((now.plus(after), after));
        self.ticket += 1;
        Ask { ticket: self.ticket, after }
    }
}

/// How an event stands to what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    /// It is known already.
    Contained,
    /// It comes next.
    Follows,
    /// Something between is missing.
    Missing,
}

/// How an event stands to a book that has come to `have`, by a snapshot or by the event before. Quantities are absolute,
/// so an event that also repeats some of what is known follows all the same.
const fn fit(event: &Sequence, have: u64, from_snapshot: bool) -> Fit {
    let (contained, follows) = match *event {
        Sequence::Chained { first, last, previous } => {
            (last < have || (last == have && !from_snapshot), previous == have || (from_snapshot && first <= have))
        }
        Sequence::Counted { first, last } => (last <= have, first <= have.saturating_add(1)),
        Sequence::Whole | Sequence::Snapshot { .. } => (true, false),
    };
    match (contained, follows) {
        (true, _) => Fit::Contained,
        (false, true) => Fit::Follows,
        (false, false) => Fit::Missing,
    }
}

/// The last id in an event; `None` for what is no change.
const fn last_of(event: &Sequence) -> Option<u64> {
    match *event {
        Sequence::Chained { last, .. } | Sequence::Counted { last, .. } => Some(last),
        Sequence::Whole | Sequence::Snapshot { .. } => None,
    }
}

/// A crossed or wholly empty book is no book.
fn is_sound(snapshot: &BookUpdate) -> bool {
    let bid = snapshot.bids.iter().map(|level| level.price).max();
    let ask = snapshot.asks.iter().map(|level| level.price).min();
    match (bid, ask) {
        (Some(bid), Some(ask)) => bid < ask,
        (bid, ask) => bid.is_some() || ask.is_some(),
    }
}
