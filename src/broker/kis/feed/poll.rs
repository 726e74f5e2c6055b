//! Questions over REST: the state an instrument begins with, and what has no stream, again and again.
//!
//! First questions go out a few at a time. Polling goes round, one question at a time and never two without a pause between
//! them; books whose streams are quiet go round with it, and [`Turns`] says who is next of either. While first questions wait,
//! only what may go ahead of its turn goes round beside them: its price would be too old for an order before all of a long
//! list have begun. What fails waits longer each time.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::task::JoinSet;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, timeout};

use super::Questions;
use super::turns::{Next, Turns, Urgency, Waiting};
use crate::broker::api::{BrokerError, Channel};
use crate::market::{InstrumentId, MarketEvent};

/// First questions under way at once; the broker advises against bursts.
const AT_ONCE: usize = 4;
/// Longest wait for an answer, the wait for its turn included.
const PATIENCE: Duration = Duration::from_secs(60);
/// First and longest wait after a failure.
const AGAIN: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(60));
/// How often it is looked what is due, at least: what falls due between two looks waits for the next.
const LOOK: Duration = Duration::from_millis(250);

/// What is asked about.
pub(super) type Subject = (InstrumentId, Channel);

/// Why something is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// Whoever wants it begins with it.
    Begin,
    /// Its stream has just been registered: what changed since it was last asked was told by nobody. A frame makes it needless.
    Gap,
    /// It has no stream.
    Poll,
    /// Its stream says nothing.
    Quiet,
}

impl Why {
    /// Whether it goes round, one at a time, and comes again by itself.
    const fn goes_round(self) -> bool {
        matches!(self, Self::Poll | Self::Quiet)
    }
}

/// A question under way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question {
    pub subject: Subject,
    pub why: Why,
    /// Frames of its stream when it was asked: an answer is older than any that has come since.
    pub frames: u64,
}

/// What came of a question.
pub(super) struct Answered {
    pub question: Question,
    pub reply: Result<Vec<MarketEvent>, BrokerError>,
}

/// What has happened.
pub(super) enum Turn {
    /// A question was answered.
    Answered(Answered),
    /// It is time to look what is due.
    Tick(Instant),
}

struct Fault {
    count: u32,
    wait: Duration,
    /// Set at the first tick after the failure.
    due: Option<Instant>,
    /// Nobody polls it: it must be asked again all the same.
    is_owed: bool,
}

pub(super) struct Asker {
    questions: Arc<dyn Questions>,
    poll_every: Duration,
    poll_gap: Duration,
    /// In the order they came.
    first: VecDeque<Question>,
    /// Whose first question went last.
    begun: Option<InstrumentId>,
    /// Of first questions.
    beginning: Turns,
    poll: Vec<Subject>,
    polled_at: BTreeMap<Subject, Instant>,
    faults: BTreeMap<Subject, Fault>,
    /// What nobody answers, such as what paper does not have.
    hopeless: BTreeSet<Subject>,
    running: JoinSet<Answered>,
    is_polling: bool,
    /// When the last of what goes round was asked.
    went_at: Option<Instant>,
    /// Of what goes round.
    turns: Turns,
    tick: Interval,
    is_ticking: bool,
}

impl Asker {
    /// Within a runtime.
    pub(super) fn new(questions: Arc<dyn Questions>, poll_every: Duration, poll_gap: Duration) -> Self {
        let mut tick = interval(poll_gap.clamp(Duration::from_millis(1), LOOK));
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            questions,
            poll_every,
            poll_gap,
            first: VecDeque::new(),
            begun: None,
            beginning: Turns::default(),
            poll: Vec::new(),
            polled_at: BTreeMap::new(),
            faults: BTreeMap::new(),
            hopeless: BTreeSet::new(),
            running: JoinSet::new(),
            is_polling: false,
            went_at: None,
            turns: Turns::default(),
            tick,
            is_ticking: false,
        }
    }

    /// Asks as soon as possible, once, `frames` being those of its stream so far. What waits already is not asked twice.
    pub(super) fn ask(&mut self, subject: Subject, why: Why, frames: u64) {
        if let Some(fault) = self.faults.get_mut(&subject) {
            fault.is_owed = false;
        }
        match self.first.iter_mut().find(|question| question.subject == subject) {
            // Whatever the reason was: who begins is answered in any case.
            Some(waiting) if why == Why::Begin => waiting.why = Why::Begin,
            Some(_) => {}
            None => self.first.push_back(Question { subject, why, frames }),
        }
    }

    /// What is polled from now on, most urgent first.
    pub(super) fn set_poll(&mut self, poll: Vec<Subject>) {
        self.polled_at.retain(|subject, _| poll.contains(subject));
        self.poll = poll;
    }

    /// Nobody wants it any more.
    pub(super) fn forget(&mut self, instrument: InstrumentId) {
        let is_other = |subject: &Subject| subject.0 != instrument;
        self.first.retain(|question| is_other(&question.subject));
        self.poll.retain(is_other);
        self.polled_at.retain(|subject, _| is_other(subject));
        self.faults.retain(|subject, _| is_other(subject));
        self.hopeless.retain(is_other);
    }

    /// Sends first questions as long as there is room. `urgency` says how urgently an instrument is needed now, `frames` how
    /// many a stream has brought; nothing where nobody wants it.
    pub(super) fn pump(&mut self, urgency: impl Fn(InstrumentId) -> Urgency, frames: impl Fn(Subject) -> Option<u64>) {
        while self.running.len() < AT_ONCE
            && let Some(question) = self.begins(&urgency)
        {
            let Some(now) = frames(question.subject) else { continue };
            if question.why == Why::Gap && now != question.frames {
                continue;
            }
            self.send(Question { frames: now, ..question });
        }
    }

    /// Takes the first question that is next.
    fn begins(&mut self, urgency: impl Fn(InstrumentId) -> Urgency) -> Option<Question> {
        let one = |question: &Question| {
            let Question { subject, why, .. } = *question;
            // Their place says who came first.
            Waiting { subject, why, is_suspicious: false, waited: Duration::ZERO, urgency: urgency(subject.0) }
        };
        let waiting: Vec<Waiting> = self.first.iter().map(one).collect();
        let next = self.beginning.begins(&waiting, self.begun)?;
        let place = self.first.iter().position(|question| question.subject == next.subject)?;
        self.begun = Some(next.subject.0);
        self.beginning.went(next);
        self.first.remove(place)
    }

    fn send(&mut self, question: Question) {
        let questions = Arc::clone(&self.questions);
        self.running.spawn(async move {
            let (instrument, channel) = question.subject;
            // A question whose answer panics counts as unanswered.
            let asked = AssertUnwindSafe(async move { questions.look(instrument, channel).await }).catch_unwind();
            let unknown = |why: &str| Err(BrokerError::Unknown(why.to_owned()));
            let reply = match timeout(PATIENCE, asked).await {
                Ok(Ok(reply)) => reply,
                Ok(Err(_)) => unknown("the question ended"),
                Err(_) => unknown("no answer in time"),
            };
            Answered { question, reply }
        });
    }

    /// The next thing that happens; never ends while nothing can. Cancel-safe.
    pub(super) async fn turn(&mut self, must_tick: bool) -> Turn {
        let ticks = must_tick || !self.poll.is_empty() || self.faults.values().any(|fault| fault.is_owed);
        if ticks && !self.is_ticking {
            self.tick.reset();
        }
        self.is_ticking = ticks;
        loop {
            tokio::select! {
                biased;
                Some(done) = self.running.join_next() => if let Ok(answered) = done {
                    return Turn::Answered(answered);
                },
                at = self.tick.tick(), if ticks => return Turn::Tick(at),
                else => std::future::pending().await,
            }
        }
    }

    /// Takes note of how a question went. Whoever calls it takes the events.
    pub(super) fn settle(&mut self, question: &Question, error: Option<&BrokerError>) {
        if question.why.goes_round() {
            self.is_polling = false;
        }
        let Some(error) = error else {
            self.faults.remove(&question.subject);
            return;
        };
        if matches!(error, BrokerError::Unsupported(_)) {
            self.hopeless.insert(question.subject);
            self.faults.remove(&question.subject);
            return;
        }
        let count = self.faults.get(&question.subject).map_or(0, |fault| fault.count);
        let (shortest, longest) = AGAIN;
        let grown = shortest.saturating_mul(1_u32.checked_shl(count).unwrap_or(u32::MAX)).min(longest);
        let wait = match error {
            BrokerError::Throttled { retry_after } => grown.max(*retry_after),
            _ => grown,
        };
        let count = count.saturating_add(1).min(16);
        let is_owed = !question.why.goes_round();
        self.faults.insert(question.subject, Fault { count, wait, due: None, is_owed });
    }

    /// Looks what is due: first what failed, then one of what is polled or quiet, which is named when it is quiet.
    pub(super) fn look_at_clock(
        &mut self,
        now: Instant,
        quiet: &[Waiting],
        urgency: impl Fn(InstrumentId) -> Urgency,
        frames: impl Fn(Subject) -> Option<u64>,
    ) -> Option<InstrumentId> {
        let mut again = Vec::new();
        for (subject, fault) in &mut self.faults {
            let due = *fault.due.get_or_insert(now + fault.wait);
            if fault.is_owed && due <= now {
                fault.is_owed = false;
                again.push(*subject);
            }
        }
        again.retain(|subject| !self.poll.contains(subject));
        for subject in again {
            self.ask(subject, Why::Begin, 0);
        }
        let has_rested = self.went_at.is_none_or(|at| at + self.poll_gap <= now);
        if self.is_polling || !has_rested {
            return None;
        }
        let Some(next) = self.due(now, quiet, urgency) else {
            self.turns.idle();
            return None;
        };
        let Next { subject, why, .. } = next;
        let frames = frames(subject)?;
        self.turns.went(next);
        if why == Why::Poll {
            self.polled_at.insert(subject, now);
        }
        self.went_at = Some(now);
        self.is_polling = true;
        self.send(Question { subject, why, frames });
        (why == Why::Quiet).then_some(subject.0)
    }

    /// Who is next of what is polled and what is quiet; of what may go ahead alone while first questions wait.
    fn due(&self, now: Instant, quiet: &[Waiting], urgency: impl Fn(InstrumentId) -> Urgency) -> Option<Next> {
        let may = |subject: &Subject| {
            let waits = self.faults.get(subject).is_some_and(|fault| fault.due.is_none_or(|due| due > now));
            !waits && !self.hopeless.contains(subject)
        };
        let begins = |subject: &Subject| self.first.iter().any(|question| question.subject == *subject);
        let goes_round = |one: &Waiting| self.first.is_empty() || (one.urgency.may_go_ahead() && !begins(&one.subject));
        let polled = self.poll.iter().filter_map(|subject| {
            let waited = self.polled_at.get(subject).map_or(Duration::MAX, |at| now.saturating_duration_since(*at));
            let urgency = urgency(subject.0);
            let one = Waiting { subject: *subject, why: Why::Poll, is_suspicious: false, waited, urgency };
            (waited >= self.poll_every).then_some(one)
        });
        let quiet = quiet.iter().filter(|one| !self.poll.contains(&one.subject)).copied();
        let waiting: Vec<Waiting> = polled.chain(quiet).filter(|one| may(&one.subject) && goes_round(one)).collect();
        self.turns.next(&waiting)
    }
}
