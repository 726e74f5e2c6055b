//! Whose turn it is, of all that goes round over REST: what is polled, and what streams and says nothing.
//!
//! In turn goes what has waited longest. What somebody may want to trade next has to stay younger than an order allows
//! (five seconds unless the risk limits say otherwise), however much goes round with it, so it may go ahead of its turn:
//! what is selected on a screen, what has an open order, what is held. The rule:
//!
//! - Of two questions in a row one at most goes ahead of its turn; whatever else waits has the other.
//! - Where both wait, what is selected and what has money in it go ahead alternately; among each of them, what has waited
//!   longest. What is both counts as selected.
//!
//! With two questions a second one selected share is asked for every two seconds beside any number of others, and two
//! every four beside any number that are held; thirty that are held have at least half of what goes ahead, and their turns.
//!
//! What begins goes in the same order, with one difference: it is asked for once and not again and again, so that nothing
//! of the others is left to wait for ever when all that may goes ahead.

use std::cmp::Reverse;
use std::time::Duration;

use super::heard::QUIET;
use super::poll::{Subject, Why};
use crate::broker::kis::budget::Need;
use crate::market::InstrumentId;

/// A book that may go ahead of its turn is asked for when nothing came of it for so long: a little less than four questions
/// of the live environment take, so that it has the fourth and does not miss it by a hair.
const SOON: Duration = Duration::from_millis(1_750);

/// How urgently an instrument is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Urgency {
    pub need: Need,
    /// Somebody has selected it, whatever else it is needed for.
    pub is_selected: bool,
}

impl Urgency {
    /// Whether it may go ahead of its turn.
    pub(super) const fn may_go_ahead(self) -> bool {
        self.ahead().is_some()
    }

    /// Why it may go ahead of its turn.
    const fn ahead(self) -> Option<Ahead> {
        match (self.is_selected, self.need) {
            (true, _) | (_, Need::Selected) => Some(Ahead::Selected),
            (_, Need::Ordered | Need::Held) => Some(Ahead::Money),
            (_, Need::Visible | Need::Background) => None,
        }
    }

    /// How long its book may be quiet before it is asked for.
    pub(super) const fn patience(self) -> Duration {
        if self.may_go_ahead() { SOON } else { QUIET }
    }
}

/// Why something may go ahead of its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ahead {
    Selected,
    /// An order is open on it, or it is held.
    Money,
}

/// What could be asked for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Waiting {
    pub subject: Subject,
    pub why: Why,
    /// An answer has contradicted its stream: whether that is mute is to be known soon.
    pub is_suspicious: bool,
    pub waited: Duration,
    pub urgency: Urgency,
}

/// Who is asked for next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Next {
    pub subject: Subject,
    pub why: Why,
    ahead: Option<Ahead>,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Turns {
    /// The last question went ahead of its turn.
    went_ahead: bool,
    /// Who last did.
    last: Option<Ahead>,
}

impl Turns {
    /// Who is asked for next of those that wait.
    pub(super) fn next(&self, waiting: &[Waiting]) -> Option<Next> {
        let ahead = if self.went_ahead { None } else { self.ahead(waiting) };
        let in_turn = |one: &&Waiting| {
            (Reverse(one.is_suspicious), Reverse(one.waited.as_secs()), one.urgency.need, Reverse(one.waited))
        };
        let one = ahead.or_else(|| waiting.iter().min_by_key(in_turn))?;
        let ahead = ahead.and_then(|one| one.urgency.ahead());
        Some(Next { subject: one.subject, why: one.why, ahead })
    }

    /// Who begins next of those that wait, in the order they came; `begun` was last. One that has begun goes on, unless
    /// somebody needs another more than it.
    pub(super) fn begins(&self, waiting: &[Waiting], begun: Option<InstrumentId>) -> Option<Next> {
        let ahead = self.ahead(waiting);
        let goes_on = |one: &&Waiting| begun == Some(one.subject.0) && (one.urgency.may_go_ahead() || ahead.is_none());
        let one = waiting.iter().find(goes_on).or(ahead).or_else(|| waiting.first())?;
        Some(Next { subject: one.subject, why: one.why, ahead: one.urgency.ahead() })
    }

    fn ahead<'a>(&self, waiting: &'a [Waiting]) -> Option<&'a Waiting> {
        let may = waiting.iter().filter(|one| one.urgency.may_go_ahead());
        may.min_by_key(|one| (one.urgency.ahead() == self.last, Reverse(one.waited)))
    }

    /// It was asked for.
    pub(super) fn went(&mut self, next: Next) {
        self.went_ahead = next.ahead.is_some();
        self.last = next.ahead.or(self.last);
    }

    /// Nobody waits: whoever comes next has no turn to wait for.
    pub(super) const fn idle(&mut self) {
        self.went_ahead = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broker::api::Channel;
    use crate::market::{Symbol, Venue};

    /// How often it is looked what is due, and the pause between two questions, in milliseconds.
    const LOOK: u64 = 250;
    const GAP: u64 = 500;

    fn subject(number: usize) -> Subject {
        let symbol = Symbol::new(&format!("{number:06}")).unwrap();
        (InstrumentId { venue: Venue::Krx, symbol }, Channel::Book)
    }

    fn urgency(need: Need, is_selected: bool) -> Urgency {
        Urgency { need, is_selected }
    }

    const SELECTED: Urgency = Urgency { need: Need::Selected, is_selected: true };
    const VISIBLE: Urgency = Urgency { need: Need::Visible, is_selected: false };
    const HELD: Urgency = Urgency { need: Need::Held, is_selected: false };

    /// Quiet books for two minutes of a clock that only this moves: the longest time in milliseconds that each went
    /// unasked after the first half minute, and whether two in a row ever went ahead.
    fn longest_gaps(books: &[Urgency]) -> Vec<u64> {
        let mut turns = Turns::default();
        let mut asked: Vec<u64> = vec![0; books.len()];
        let mut longest: Vec<u64> = vec![0; books.len()];
        let mut rested_at = 0;
        for now in (0..120_000).step_by(LOOK as usize) {
            if now >= 30_000 {
                for (gap, at) in longest.iter_mut().zip(&asked) {
                    *gap = (*gap).max(now - at);
                }
            }
            if now < rested_at {
                continue;
            }
            let each = books.iter().zip(&asked).enumerate().map(|(number, (urgency, at))| {
                let waited = Duration::from_millis(now - at);
                let (subject, why) = (subject(number), Why::Quiet);
                Waiting { subject, why, is_suspicious: false, waited, urgency: *urgency }
            });
            let waiting: Vec<Waiting> = each.filter(|one| one.waited >= one.urgency.patience()).collect();
            let Some(next) = turns.next(&waiting) else {
                turns.idle();
                continue;
            };
            turns.went(next);
            let number = (0..books.len()).find(|number| subject(*number) == next.subject).unwrap();
            asked[number] = now;
            rested_at = now + GAP;
        }
        longest
    }

    #[test]
    fn one_selected_of_fourteen_quiet_shares_stays_tradable_and_the_others_have_their_turns() {
        let mut books = vec![VISIBLE; 14];
        books[7] = SELECTED;
        let gaps = longest_gaps(&books);
        assert!(gaps[7] <= 2_500, "{gaps:?}");
        assert!(gaps.iter().all(|gap| *gap <= 10_000), "{gaps:?}");
    }

    #[test]
    fn without_anything_urgent_all_go_in_turn() {
        let gaps = longest_gaps(&[VISIBLE; 14]);
        assert!(gaps.iter().all(|gap| *gap <= 8_000), "{gaps:?}");
    }

    #[test]
    fn one_selected_beside_thirty_that_are_held_stays_tradable() {
        for chosen in [SELECTED, urgency(Need::Held, true), urgency(Need::Ordered, true)] {
            let mut books = vec![HELD; 30];
            books.extend([VISIBLE; 10]);
            books.push(chosen);
            let gaps = longest_gaps(&books);
            assert!(gaps[40] <= 2_500, "{chosen:?}: {gaps:?}");
            // Forty-one shares in two questions a second are twenty seconds at best.
            assert!(gaps.iter().all(|gap| *gap <= 45_000), "nothing is left out: {gaps:?}");
            assert!(gaps[..30].iter().max() < gaps[30..40].iter().max(), "what is held comes more often: {gaps:?}");
        }
    }

    #[test]
    fn two_screens_beside_what_is_held_are_both_within_what_an_order_allows() {
        let mut books = vec![HELD; 30];
        books.extend([SELECTED, SELECTED]);
        let gaps = longest_gaps(&books);
        assert!(gaps[30..].iter().all(|gap| *gap < 5_000), "{gaps:?}");
    }

    #[test]
    fn a_few_with_money_in_them_share_fairly_and_leave_half_to_the_others() {
        let mut books = vec![VISIBLE; 14];
        for (number, need) in [(3, Need::Held), (4, Need::Ordered), (5, Need::Held), (6, Need::Ordered)] {
            books[number] = urgency(need, false);
        }
        let gaps = longest_gaps(&books);
        assert!(gaps[3..=6].iter().all(|gap| *gap <= 4_500), "{gaps:?}");
        assert!(gaps.iter().all(|gap| *gap <= 12_000), "{gaps:?}");
    }
}
