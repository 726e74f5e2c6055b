//! How long requests wait for their turn and for their answer.

use std::time::Duration;

use crate::broker::kis::code::Meaning;
use crate::broker::kis::environment::Realm;
use crate::broker::net::backoff::Jitter;
use crate::broker::net::lanes::Lane;

use super::Fault;

/// Times of an environment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    order_turn: Duration,
    /// A question with all its repetitions.
    pub(super) question: Duration,
    /// From the turn of one try of a question to its answer.
    pub(super) question_answer: Duration,
}

/// From the turn of an order to its answer. Later its outcome is unknown, and lists of orders are asked.
pub(super) const ORDER_ANSWER: Duration = Duration::from_secs(10);

/// How long a cancel waits for its turn: it is right at any time, so it outlasts what a busy minute brings.
const CANCEL_TURN: Duration = Duration::from_secs(20);

impl Patience {
    /// The times of an environment.
    pub(super) const fn of(realm: Realm) -> Self {
        match realm {
            Realm::Live => Self {
                // Later its price is of another market.
                order_turn: Duration::from_secs(2),
                question: Duration::from_secs(12),
                question_answer: Duration::from_secs(5),
            },
            // One request a second, one after the other: a turn comes a second after whatever is being asked has its
            // answer, and a second later for every order and cancel before. Two seconds would refuse the second order of
            // a basket; ten let eight or so of them go.
            Realm::Paper => Self {
                order_turn: Duration::from_secs(10),
                question: Duration::from_secs(30),
                question_answer: Duration::from_secs(8),
            },
        }
    }

    /// How long what may change something waits until it leaves, all in all.
    pub(super) const fn turn(self, lane: Lane) -> Duration {
        match lane {
            Lane::Cancel => CANCEL_TURN,
            _ => self.order_turn,
        }
    }
}

/// First pause between two tries after a fault that may pass at once; each is twice the one before.
const PAUSE: Duration = Duration::from_millis(250);
/// Longest of those.
const PAUSE_MAX: Duration = Duration::from_secs(4);
/// Shortest pause after a refusal as too many.
const CROWDED_PAUSE: Duration = Duration::from_secs(1);

/// The pause before a question is asked again after its fault, the first of which has number 0; `None` where asking again
/// does not help.
pub(super) fn pause_after(fault: &Fault, number: u32, jitter: &mut Jitter) -> Option<Duration> {
    let growing = PAUSE.saturating_mul(1_u32.checked_shl(number).unwrap_or(u32::MAX)).min(PAUSE_MAX);
    let (shortest, longest) = match fault {
        Fault::Net(error) if error.is_retryable_read() => (growing, growing + growing / 2),
        Fault::Unreadable(_) | Fault::Unbelievable(_) | Fault::Late => (growing, growing + growing / 2),
        Fault::Refused(_) => match fault.meaning()? {
            Meaning::Inside => (growing, growing + growing / 2),
            Meaning::TooMany | Meaning::LedgerBusy => (CROWDED_PAUSE.max(growing), CROWDED_PAUSE.max(growing) * 2),
            _ => return None,
        },
        Fault::Net(_) | Fault::Token(_) | Fault::NotAsked(_) => return None,
    };
    Some(jitter.between(shortest, longest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broker::kis::wire::{Refusal, Text};

    #[test]
    fn a_crowded_broker_is_left_alone_for_a_second_and_a_clear_no_is_no() {
        let mut jitter = Jitter::from_seed(1);
        let mut pause = |code: &str, number| {
            let fault = Fault::Refused(Refusal { code: Text::new(code), text: Text::default() });
            pause_after(&fault, number, &mut jitter)
        };
        for code in ["EGW00201", "EGW00215"] {
            for number in 0..40 {
                assert!(pause(code, number).is_some_and(|wait| wait >= CROWDED_PAUSE && wait <= PAUSE_MAX * 2));
            }
        }
        assert!(pause("EGW00302", 0).is_some_and(|wait| wait < CROWDED_PAUSE));
        for code in ["EGW00123", "EGW00206", "OPSQ2001", "APBK0952", "EGW02006", "XX"] {
            assert_eq!(pause(code, 0), None, "{code}");
        }
    }
}
