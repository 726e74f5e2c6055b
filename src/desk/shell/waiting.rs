//! Questions that wait: for the first data of an instrument, or for the broker's word.

use std::time::Duration;

use super::requests::Answered;
use super::{Asker, Shell};
use crate::desk::core::{CoreCommand, Event, Profile, ProfileIndex, Token};
use crate::desk::protocol::{Command, Failure, FailureKind, Response};
use crate::market::{InstrumentId, UtcTime};
use crate::order::Source;

/// How long a question waits for the first data of its instrument.
pub(super) const DATA_PATIENCE: Duration = Duration::from_secs(4);
/// How long a quote waits for the first print: an instrument that does not trade has none to wait for.
const PRINT_PATIENCE: Duration = Duration::from_secs(2);

/// How long a comparison that was asked for, or the first of an account, may take: some brokers answer one question a
/// second.
const COMPARE_PATIENCE: Duration = Duration::from_secs(40);

/// A request that waits for data.
#[derive(Debug)]
pub struct Waiting {
    /// Whose.
    pub asker: Asker,
    pub(super) profile: ProfileIndex,
    pub(super) command: Command,
    pub(super) until: UtcTime,
    /// An order that waits for the first comparison of its account.
    compares: bool,
    /// It waits no longer than this in all, for whatever it is.
    at_most: UtcTime,
}

impl Waiting {
    /// From now on; for the first comparison of an account when it `compares`, else for data.
    pub(super) fn new(now: UtcTime, asker: Asker, profile: ProfileIndex, command: Command, compares: bool) -> Self {
        let until = now.plus(if compares { COMPARE_PATIENCE } else { DATA_PATIENCE });
        let at_most = now.plus(COMPARE_PATIENCE + DATA_PATIENCE);
        Self { asker, profile, command, until, compares, at_most }
    }

    /// The same question after another look: its time counts from the first asking, unless it waits for something else now.
    fn goes_on(&mut self, until: UtcTime, compares: bool, at_most: UtcTime) {
        self.at_most = at_most;
        self.until = if self.compares == compares { until } else { self.until.min(at_most) };
    }
}

impl Shell {
    pub(super) fn market_question(&mut self, now: UtcTime, asker: Asker, profile: ProfileIndex, command: Command) {
        let symbols = match &command {
            Command::Quote { symbols } => symbols.clone(),
            Command::Book { symbol, .. } => vec![symbol.clone()],
            _ => Vec::new(),
        };
        let mut ids = Vec::with_capacity(symbols.len());
        for symbol in &symbols {
            match self.core.resolve(profile, symbol) {
                Ok(id) => ids.push(id),
                Err(failure) => return self.reply(asker, Err(failure)),
            }
        }
        for id in &ids {
            self.want_data(now, profile, *id);
            self.ask_earlier_prints(now, profile, *id);
        }
        if self.has_data(profile, &ids, &command) {
            let outcome = self.market_answer(now, profile, &ids, &command);
            self.reply(asker, outcome);
        } else {
            let patience = if matches!(command, Command::Quote { .. }) { PRINT_PATIENCE } else { DATA_PATIENCE };
            let until = now.plus(patience);
            self.waiting.push(Waiting { until, ..Waiting::new(now, asker, profile, command, false) });
        }
    }

    /// Whether an order waits for the first comparison of its account, without which the gate would refuse it.
    pub(super) fn awaits_comparison(&self, profile: ProfileIndex, command: &Command) -> bool {
        let is_order = matches!(command, Command::Submit(_) | Command::Preview(_));
        is_order && self.core.profile(profile).is_some_and(Profile::is_being_compared)
    }

    /// Whether an order would be refused only because nothing has been heard of its instrument or of its account yet: the
    /// desk has just been started for it, say.
    pub(super) fn lacks_first_data(&mut self, now: UtcTime, profile: ProfileIndex, command: &Command) -> bool {
        let (Command::Submit(order) | Command::Preview(order)) = command else { return false };
        let is_compared = !self.awaits_comparison(profile, command);
        let Ok(id) = self.core.resolve(profile, &order.symbol) else { return !is_compared };
        // It comes while the account is compared.
        self.want_data(now, profile, id);
        if !is_compared {
            return true;
        }
        let market = self.core.profile(profile).and_then(|state| state.markets.get(&id));
        market.is_some_and(|market| market.last.is_none() && market.book.live().is_none())
    }

    pub(super) fn want_data(&mut self, now: UtcTime, profile: ProfileIndex, id: InstrumentId) {
        let subscribed =
            self.core.profile(profile).and_then(|state| state.markets.get(&id)).is_some_and(|market| market.subscribed);
        if !subscribed {
            self.next_token += 1;
            let command = CoreCommand::Subscribe { symbol: id.to_string() };
            self.step(now, Event::Command { token: Token(self.next_token), profile, source: Source::Desk, command });
        }
    }

    pub(super) fn has_data(&self, profile: ProfileIndex, ids: &[InstrumentId], command: &Command) -> bool {
        let Some(state) = self.core.profile(profile) else { return true };
        ids.iter().filter_map(|id| state.markets.get(id)).all(|market| match command {
            Command::Book { .. } => market.book.live().is_some(),
            // A script that asks for a price means the last one; a book alone does not answer it. Of what nobody has traded
            // there is none to wait for.
            _ => {
                market.last.is_some()
                    || (market.printless && market.day.previous_close.is_some() && market.has_prices())
            }
        })
    }

    pub(super) fn market_answer(
        &self,
        now: UtcTime,
        profile: ProfileIndex,
        ids: &[InstrumentId],
        command: &Command,
    ) -> Answered {
        Ok(match command {
            Command::Book { levels, .. } => {
                let levels = (*levels).clamp(1, 1_000);
                let record = ids.first().and_then(|id| self.core.book_record(now, profile, *id, levels));
                match record {
                    Some(record) => Response::Book(record),
                    None => return Err(Box::new(Failure::new(FailureKind::Other, "INTERNAL", "no such market"))),
                }
            }
            _ => Response::Quotes(ids.iter().filter_map(|id| self.core.quote(now, profile, *id)).collect()),
        })
    }

    /// Answers what has waited long enough, or has its data now.
    pub(super) fn serve_waiting(&mut self, now: UtcTime) {
        self.expire_histories(now);
        if self.waiting.is_empty() {
            return;
        }
        for waiting in std::mem::take(&mut self.waiting) {
            if matches!(waiting.command, Command::Reconcile { .. }) {
                self.compared(now, waiting);
                continue;
            }
            let known = self.core.profile(waiting.profile).is_some_and(|state| state.instruments_known);
            let late = now >= waiting.until;
            if late && !known {
                let failure = Failure::new(FailureKind::Unavailable, "DISCONNECTED", "the broker is not connected yet");
                self.reply(waiting.asker, Err(Box::new(failure.retryable())));
            } else if late {
                self.answer_late(now, waiting);
            } else {
                let Waiting { asker, profile, command, until, compares, at_most } = waiting;
                let before = self.waiting.len();
                if known {
                    self.dispatch(now, asker, profile, command);
                } else {
                    let still_compares = self.awaits_comparison(profile, &command);
                    self.waiting.push(Waiting::new(now, asker, profile, command, still_compares));
                }
                if let Some(again) = self.waiting.get_mut(before) {
                    again.goes_on(until, compares, at_most);
                }
            }
        }
    }

    /// What there is, marked stale, when the data has not come in time; an order is judged without it.
    pub(super) fn answer_late(&mut self, now: UtcTime, waiting: Waiting) {
        if !matches!(waiting.command, Command::Quote { .. } | Command::Book { .. }) {
            return self.carry_on(now, waiting.asker, waiting.profile, waiting.command);
        }
        let symbols = match &waiting.command {
            Command::Quote { symbols } => symbols.clone(),
            Command::Book { symbol, .. } => vec![symbol.clone()],
            _ => Vec::new(),
        };
        let ids: Vec<InstrumentId> =
            symbols.iter().filter_map(|symbol| self.core.resolve(waiting.profile, symbol).ok()).collect();
        let outcome = self.market_answer(now, waiting.profile, &ids, &waiting.command);
        self.reply(waiting.asker, outcome);
    }

    pub(super) fn reconcile(&mut self, now: UtcTime, asker: Asker, profile: ProfileIndex, accept: bool) {
        if accept {
            self.pass_on(now, asker, profile, CoreCommand::AcceptDifferences);
            return;
        }
        self.next_token += 1;
        let command = CoreCommand::Reconcile;
        self.step(now, Event::Command { token: Token(self.next_token), profile, source: Source::Desk, command });
        self.waiting.push(Waiting::new(now, asker, profile, Command::Reconcile { accept }, true));
    }

    /// A comparison with the broker that was asked for: answered when the broker has answered.
    pub(super) fn compared(&mut self, now: UtcTime, waiting: Waiting) {
        let Some(state) = self.core.profile(waiting.profile) else { return };
        if state.reconciled {
            let differences = state.differences.clone();
            self.reply(waiting.asker, Ok(Response::Differences(differences)));
        } else if now >= waiting.until {
            let failure = Failure::new(FailureKind::Unavailable, "NO_ANSWER", "the broker did not answer in time");
            self.reply(waiting.asker, Err(Box::new(failure.retryable())));
        } else {
            self.waiting.push(waiting);
        }
    }
}
