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

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use futures_util::future::BoxFuture;
    use secrecy::SecretString;

    use super::*;
    use crate::broker::kis::budget::Need;
    use crate::market::{Symbol, Venue};

    const VISIBLE: Urgency = Urgency { need: Need::Visible, is_selected: false };
    const SELECTED: Urgency = Urgency { need: Need::Selected, is_selected: true };
    const HELD: Urgency = Urgency { need: Need::Held, is_selected: false };
    const ORDERED: Urgency = Urgency { need: Need::Ordered, is_selected: false };

    fn share(number: usize) -> InstrumentId {
        InstrumentId { venue: Venue::Krx, symbol: Symbol::new(&format!("{number:06}")).unwrap() }
    }

    /// Answers nothing after a while, and knows what was asked and when.
    struct Slow {
        takes: Duration,
        asked: Mutex<Vec<(Subject, Instant)>>,
    }

    impl Questions for Slow {
        fn approval_key(&self) -> BoxFuture<'static, Result<SecretString, BrokerError>> {
            Box::pin(async { Err(BrokerError::Unsupported("no keys here")) })
        }

        fn look(
            &self,
            instrument: InstrumentId,
            channel: Channel,
        ) -> BoxFuture<'static, Result<Vec<MarketEvent>, BrokerError>> {
            self.asked.lock().unwrap().push(((instrument, channel), Instant::now()));
            let takes = self.takes;
            Box::pin(async move {
                tokio::time::sleep(takes).await;
                Ok(Vec::new())
            })
        }
    }

    /// An asker as the feed's task drives it.
    struct Stage {
        asker: Asker,
        rest: Arc<Slow>,
        urgent: BTreeMap<InstrumentId, Urgency>,
        /// When the quiet books were last heard of.
        quiet: BTreeMap<InstrumentId, Instant>,
    }

    impl Stage {
        fn new(takes: Duration) -> Self {
            let rest = Arc::new(Slow { takes, asked: Mutex::default() });
            let rules = super::super::FeedRules::default();
            let asker = Asker::new(Arc::clone(&rest) as Arc<dyn Questions>, rules.poll_every, rules.poll_gap);
            Self { asker, rest, urgent: BTreeMap::new(), quiet: BTreeMap::new() }
        }

        fn begin(&mut self, numbers: impl IntoIterator<Item = usize>) {
            for number in numbers {
                self.asker.ask((share(number), Channel::Trades), Why::Begin, 0);
                self.asker.ask((share(number), Channel::Book), Why::Begin, 0);
            }
        }

        fn pump(&mut self) {
            let urgent = &self.urgent;
            self.asker.pump(|one| urgent.get(&one).copied().unwrap_or(VISIBLE), |_| Some(0));
        }

        async fn pass(&mut self, time: Duration) {
            let end = Instant::now() + time;
            self.pump();
            while let Ok(turn) = tokio::time::timeout_at(end, self.asker.turn(true)).await {
                match turn {
                    Turn::Answered(Answered { question, reply }) => {
                        self.asker.settle(&question, reply.as_ref().err());
                    }
                    Turn::Tick(now) => {
                        let urgent = &self.urgent;
                        let urgency = |one: InstrumentId| urgent.get(&one).copied().unwrap_or(VISIBLE);
                        let each = self.quiet.iter().map(|(one, at)| Waiting {
                            subject: (*one, Channel::Book),
                            why: Why::Quiet,
                            is_suspicious: false,
                            waited: now - *at,
                            urgency: urgency(*one),
                        });
                        let quiet: Vec<Waiting> = each.filter(|one| one.waited >= one.urgency.patience()).collect();
                        if let Some(asked) = self.asker.look_at_clock(now, &quiet, urgency, |_| Some(0)) {
                            self.quiet.insert(asked, now);
                        }
                    }
                }
                self.pump();
            }
        }

        /// Instruments in the order they were asked about, and how many questions in a row were about each.
        async fn asked(&self) -> Vec<(InstrumentId, usize)> {
            // What was sent begins when its task first runs.
            tokio::task::yield_now().await;
            let asked = self.rest.asked.lock().unwrap();
            let chunks = asked.chunk_by(|one, next| one.0.0 == next.0.0);
            chunks.map(|chunk| (chunk[0].0.0, chunk.len())).collect()
        }

        /// When the book of a share was asked for.
        fn times(&self, instrument: InstrumentId) -> Vec<Instant> {
            let asked = self.rest.asked.lock().unwrap();
            asked.iter().filter(|one| one.0 == (instrument, Channel::Book)).map(|one| one.1).collect()
        }
    }

    const MILLIS: Duration = Duration::from_millis(1);

    #[tokio::test(start_paused = true)]
    async fn the_selected_one_of_twenty_that_begin_together_begins_first() {
        let mut stage = Stage::new(300 * MILLIS);
        stage.begin(1..=20);
        stage.urgent.insert(share(17), SELECTED);
        stage.pass(10_000 * MILLIS).await;
        let order: Vec<usize> = std::iter::once(17).chain((1..=20).filter(|number| *number != 17)).collect();
        let wanted: Vec<(InstrumentId, usize)> = order.into_iter().map(|number| (share(number), 2)).collect();
        assert_eq!(stage.asked().await, wanted, "each whole, the others in the order they came");
        let asked = stage.rest.asked.lock().unwrap();
        assert_eq!((asked[0].0.1, asked[1].0.1), (Channel::Trades, Channel::Book), "what a price may be comes first");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_selected_while_others_wait_goes_next() {
        let mut stage = Stage::new(300 * MILLIS);
        stage.begin(1..=20);
        stage.urgent.insert(share(9), SELECTED);
        stage.pass(100 * MILLIS).await;
        // Somebody steps on while the first four are under way.
        stage.urgent = BTreeMap::from([(share(14), SELECTED)]);
        stage.pass(10_000 * MILLIS).await;
        let asked: Vec<InstrumentId> = stage.asked().await.into_iter().map(|(one, _)| one).collect();
        assert_eq!(asked[..5], [9, 1, 14, 2, 3].map(share));
        assert_eq!((asked.len(), stage.rest.asked.lock().unwrap().len()), (20, 40), "nothing twice, nothing left out");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_half_begun_waits_for_what_is_selected_and_goes_on_after_it() {
        let mut stage = Stage::new(300 * MILLIS);
        // Three questions about what comes first, so that the fourth place has the half of the next.
        stage.asker.ask((share(1), Channel::Quote), Why::Begin, 0);
        stage.begin(1..=5);
        stage.pass(100 * MILLIS).await;
        stage.urgent.insert(share(5), SELECTED);
        stage.pass(10_000 * MILLIS).await;
        let wanted = [(1, 3), (2, 1), (5, 2), (2, 1), (3, 2), (4, 2)].map(|(number, count)| (share(number), count));
        assert_eq!(stage.asked().await, wanted);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_held_or_ordered_begins_before_what_is_looked_at_beside_what_is_selected() {
        let mut stage = Stage::new(300 * MILLIS);
        stage.begin(1..=20);
        for (number, urgency) in [(6, HELD), (12, ORDERED), (15, HELD), (18, SELECTED), (20, SELECTED)] {
            stage.urgent.insert(share(number), urgency);
        }
        stage.pass(10_000 * MILLIS).await;
        let asked = stage.asked().await;
        assert!(asked.iter().all(|(_, count)| *count == 2), "{asked:?}");
        let asked: Vec<InstrumentId> = asked.into_iter().map(|(one, _)| one).collect();
        // Both kinds by turns, as where books are quiet.
        assert_eq!(asked[..7], [6, 18, 12, 20, 15, 1, 2].map(share));
    }

    /// Longest time between two questions about a book, from the beginning to the end of `time`.
    fn longest_gap(times: &[Instant], begun: Instant, time: Duration) -> Duration {
        let edges: Vec<Instant> = std::iter::once(begun).chain(times.iter().copied()).chain([begun + time]).collect();
        edges.windows(2).map(|two| two[1] - two[0]).max().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_quiet_book_with_money_in_it_is_renewed_while_sixty_first_questions_wait() {
        for chosen in [SELECTED, HELD, ORDERED] {
            // Four at once, a second each: fifteen seconds.
            let mut stage = Stage::new(1_000 * MILLIS);
            let (begun, time) = (Instant::now(), 15_000 * MILLIS);
            stage.urgent.insert(share(100), chosen);
            stage.quiet = (90..=100).map(|number| (share(number), begun)).collect();
            stage.begin(1..=30);
            stage.pass(time - 500 * MILLIS).await;
            let gap = longest_gap(&stage.times(share(100)), begun, time - 500 * MILLIS);
            assert!(gap <= 2_500 * MILLIS, "{chosen:?}: {gap:?}");
            let begun = (1..=30).filter(|number| !stage.times(share(*number)).is_empty()).count();
            assert!(begun >= 22, "three of four places at least are theirs: {begun}");
            assert!((90..100).all(|number| stage.times(share(number)).is_empty()), "the others wait");
            // One of them for two of it, and each answer takes a second.
            stage.pass(40_000 * MILLIS).await;
            assert!((90..100).all(|number| !stage.times(share(number)).is_empty()), "and have their turns then");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_selected_book_that_is_polled_is_renewed_while_first_questions_wait_and_begins_but_once() {
        let mut stage = Stage::new(1_000 * MILLIS);
        stage.asker.set_poll((29..=31).map(|number| (share(number), Channel::Book)).collect());
        stage.urgent.insert(share(31), SELECTED);
        stage.begin(1..=31);
        let begun = Instant::now();
        stage.pass(14_500 * MILLIS).await;
        let gap = longest_gap(&stage.times(share(31)), begun, 14_500 * MILLIS);
        // Polled every three seconds at best; an order passes on five.
        assert!(gap <= 4_000 * MILLIS, "{gap:?}");
        assert!((29..=30).all(|number| stage.times(share(number)).len() <= 1), "the others are not polled yet");
    }

    #[tokio::test(start_paused = true)]
    async fn many_that_are_held_and_quiet_leave_the_first_questions_their_pace() {
        let mut stage = Stage::new(1_000 * MILLIS);
        let begun = Instant::now();
        stage.quiet = (61..=100).map(|number| (share(number), begun)).collect();
        stage.urgent = (61..=100).map(|number| (share(number), HELD)).collect();
        stage.begin(1..=30);
        stage.pass(25_000 * MILLIS).await;
        assert!((1..=30).all(|number| stage.times(share(number)).len() == 1));
        let asked = stage.rest.asked.lock().unwrap();
        let held: Vec<Instant> =
            asked.iter().filter(|one| stage.urgent.contains_key(&one.0.0)).map(|one| one.1).collect();
        let gap = super::super::FeedRules::default().poll_gap;
        assert!(held.windows(2).all(|two| two[1] - two[0] >= gap), "never two without the pause");
        let most = (0..24).map(|second| {
            let from = begun + second * 1_000 * MILLIS;
            asked.iter().filter(|one| one.1 >= from && one.1 < from + 1_000 * MILLIS).count()
        });
        // Four first questions a second, and two of the round.
        assert!(most.max().unwrap() <= 6);
    }
}
