//! What waits for the disk: effects that must not happen before the rows they stand on are durable.

use std::collections::VecDeque;

use crate::broker::api::RequestBody;
use crate::desk::core::{Effect, ProfileIndex};
use crate::desk::protocol::{Failure, FailureKind, Outcome};

/// An effect and the batch it waits for.
#[derive(Debug)]
struct Waiting {
    after: u64,
    effect: Effect,
}

/// Effects in order, each with the batch that must be durable first.
#[derive(Debug, Default)]
pub struct Outbox {
    waiting: VecDeque<Waiting>,
    submitted: u64,
    committed: u64,
    stalled: bool,
}

impl Outbox {
    /// Begins where the ledger ended.
    #[must_use]
    pub fn after(sequence: u64) -> Self {
        Self { waiting: VecDeque::new(), submitted: sequence, committed: sequence, stalled: false }
    }

    /// A batch was handed to the ledger.
    pub fn submitted(&mut self, sequence: u64) {
        self.submitted = self.submitted.max(sequence);
    }

    /// Everything up to this batch is durable.
    pub fn committed(&mut self, sequence: u64) {
        self.committed = self.committed.max(sequence);
    }

    /// Batches handed over and not yet durable.
    #[must_use]
    pub fn in_flight(&self) -> u64 {
        self.submitted.saturating_sub(self.committed)
    }

    /// Puts an effect behind everything handed to the ledger so far.
    pub fn push(&mut self, effect: Effect) {
        self.waiting.push_back(Waiting { after: self.submitted, effect });
    }

    /// The disk takes writes again.
    pub fn resume(&mut self) {
        self.stalled = false;
    }

    /// Whether an effect may go now: what it stands on is durable, or it need not wait. Cancels, questions and failures
    /// never wait for the disk. While it takes no writes at all nothing new is promised (the core refuses orders), so
    /// whatever there is to say is said at once.
    #[must_use]
    pub fn may_pass(&self, effect: &Effect) -> bool {
        let waits = match effect {
            Effect::Send { request, .. } => {
                matches!(request.body, RequestBody::Place(_) | RequestBody::Replace { .. })
            }
            Effect::Reply { outcome: Outcome::Failed(_), .. } => false,
            Effect::Reply { .. } | Effect::Publish(_) => !self.stalled,
        };
        !waits || (self.waiting.is_empty() && self.committed >= self.submitted)
    }

    /// The next effect whose rows are durable.
    pub fn pop(&mut self) -> Option<Effect> {
        if self.waiting.front().is_some_and(|waiting| waiting.after <= self.committed) {
            return self.waiting.pop_front().map(|waiting| waiting.effect);
        }
        None
    }

    /// The disk does not take writes: whoever waits is told so now, and new orders that have not left never will.
    /// Returns the requests to be given up, and the answers.
    pub fn give_up(&mut self, reason: &str) -> (Vec<(ProfileIndex, crate::broker::api::BrokerRequest)>, Vec<Effect>) {
        self.stalled = true;
        let mut requests = Vec::new();
        let mut now = Vec::new();
        for waiting in self.waiting.drain(..) {
            match waiting.effect {
                Effect::Send { profile, request } => requests.push((profile, request)),
                Effect::Reply { token, outcome } => {
                    now.push(Effect::Reply { token, outcome: stalled(reason, outcome) });
                }
                Effect::Publish(update) => now.push(Effect::Publish(update)),
            }
        }
        (requests, now)
    }
}

fn stalled(reason: &str, outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Failed(failure) => Outcome::Failed(failure),
        Outcome::Ok(_) => Outcome::Failed(Box::new(
            Failure::new(
                FailureKind::Unavailable,
                "STORAGE",
                format!("the ledger cannot be written ({reason}); no order was sent"),
            )
            .about(reason)
            .hint("hoga doctor")
            .retryable(),
        )),
    }
}
