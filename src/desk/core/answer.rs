//! Answers to requests, good, bad and missing.

use super::{Core, Effects, Outstanding, ProfileIndex, Purpose};
use crate::broker::api::{Answer, BrokerError, Found, OrderReference, RequestId};
use crate::desk::protocol::{BrokerText, Failure, FailureKind, Response};
use crate::market::UtcTime;
use crate::order::{BrokerOrderId, Order, OrderId, OrderState, PendingChange, Replacement, Transition};

use super::report::clean;

/// Most overdue answers that are waited for.
const OVERDUE_MAX: usize = 1_000;

impl Core {
    pub(super) fn on_answer(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        id: RequestId,
        outcome: Result<Answer, BrokerError>,
        effects: &mut Effects,
    ) {
        // An answer that comes twice, or after its time, finds nothing here: what it says reaches the order by reports.
        match self.requests.remove(&id) {
            Some(outstanding) if outstanding.profile == profile => {
                self.settle(now, outstanding, outcome, effects);
            }
            Some(outstanding) => {
                self.requests.insert(id, outstanding);
            }
            None => match self.overdue.remove(&id) {
                Some(outstanding) if outstanding.profile == profile => {
                    self.settle(now, outstanding, outcome, effects);
                }
                _ => self.late_answer(now, profile, outcome, effects),
            },
        }
    }

    /// A late answer that carries an order report is as good as a report.
    fn late_answer(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        outcome: Result<Answer, BrokerError>,
        effects: &mut Effects,
    ) {
        match outcome {
            Ok(Answer::Found(Found::Order(report))) => self.on_order_report(now, profile, *report, effects),
            Ok(Answer::Fills { fills, .. }) => {
                for fill in fills {
                    self.on_fill_report(now, profile, fill, effects);
                }
            }
            _ => {}
        }
    }

    pub(super) fn settle(
        &mut self,
        now: UtcTime,
        outstanding: Outstanding,
        outcome: Result<Answer, BrokerError>,
        effects: &mut Effects,
    ) {
        let (profile, asked_at, list) = (outstanding.profile, outstanding.asked_at, outstanding.list());
        match (outstanding.purpose, outcome) {
            (Purpose::Place(id), outcome) => self.placed(now, profile, id, outcome, effects),
            (Purpose::Cancel(id), outcome) => self.cancel_answered(now, profile, id, outcome, effects),
            (Purpose::Replace(id, new), outcome) => self.replace_answered(now, profile, id, new, outcome, effects),
            (Purpose::Find(id, change), Ok(Answer::Found(found))) => {
                self.found(now, profile, id, (asked_at, change), found, effects);
            }
            (Purpose::OpenOrders, Ok(Answer::Orders { orders, complete })) => {
                self.compare_orders(now, profile, asked_at, orders, complete, effects);
            }
            (Purpose::Fills, Ok(Answer::Fills { fills, complete })) => {
                self.fills_told(now, profile, asked_at, fills, complete, effects);
            }
            (Purpose::Positions, Ok(Answer::Account(reports))) => {
                self.positions_told(now, profile, reports, effects);
            }
            (Purpose::Balances, Ok(Answer::Account(reports))) => {
                self.balances_told(now, profile, reports, effects);
            }
            // What a broker cannot tell cannot be compared.
            (Purpose::Positions, Err(BrokerError::Unsupported(_))) => self.positions_untold(profile),
            (Purpose::Balances, Err(BrokerError::Unsupported(_))) => self.balances_untold(profile),
            (Purpose::Instruments, Ok(Answer::Instruments(instruments))) => {
                if let Some(state) = self.profiles.get_mut(profile) {
                    for instrument in instruments {
                        state.learn_instrument(instrument);
                    }
                    state.instruments_known = true;
                }
                self.subscribe_needed(now, profile, effects);
                // Holdings could not be compared before it was known what they are of.
                self.compare_positions(now, profile, effects);
                self.compare_cash(now, profile, effects);
            }
            (Purpose::Leverage { token, instrument, leverage }, outcome) => {
                self.leverage_answered(profile, token, (instrument, leverage), outcome, effects);
            }
            (Purpose::Subscribe(instrument), outcome) => {
                self.subscribe_answered(now, profile, instrument, outcome.err(), effects);
            }
            (Purpose::LastTrade(instrument), Ok(Answer::Trades(trades))) => {
                let state = self.profiles.get_mut(profile);
                if let Some(market) = state.and_then(|state| state.markets.get_mut(&instrument)) {
                    market.learn_last(&trades);
                }
            }
            // Only spares waiting for the next print: not worth a second question.
            (Purpose::LastTrade(_), _) => {}
            // Asked again on schedule.
            (
                Purpose::Find(..)
                | Purpose::OpenOrders
                | Purpose::Fills
                | Purpose::Positions
                | Purpose::Balances
                | Purpose::Instruments
                | Purpose::Recovered
                | Purpose::Selected
                | Purpose::Unsubscribe,
                _,
            ) => {}
        }
        if let Some(list) = list {
            self.list_answered(now, profile, list, effects);
        }
    }

    fn placed(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        id: OrderId,
        outcome: Result<Answer, BrokerError>,
        effects: &mut Effects,
    ) {
        match outcome {
            Ok(Answer::Placed { broker_id }) => {
                self.learn_broker_id(now, profile, id, &broker_id, effects);
                let working = self.order_mut(id).map(|order| order.on_working(&broker_id, now));
                if working == Some(Transition::Changed) {
                    self.changed(now, id, "accepted", None, effects);
                } else {
                    self.write_order(id, effects);
                }
            }
            Ok(_) => self.outcome_unknown(now, id, "an answer that does not fit".into(), effects),
            // It was still waiting for the disk: now it never leaves.
            Err(error) if self.orders.get(&id).is_some_and(|order| order.state == OrderState::Pending) => {
                let reason = format!("not sent: {}", refusal_text(&error));
                self.end_order(now, id, OrderState::Rejected, Some(reason), effects);
            }
            Err(error) if error.may_have_happened() => self.outcome_unknown(now, id, error.to_string(), effects),
            Err(error) => {
                // Only an order nobody has heard of since can have been refused.
                let silent = self.orders.get(&id).is_some_and(|order| {
                    matches!(order.state, OrderState::Sent | OrderState::Unknown)
                        && order.broker_id.is_none()
                        && order.filled.is_zero()
                });
                if silent {
                    self.end_order(now, id, OrderState::Rejected, Some(refusal_text(&error)), effects);
                }
            }
        }
    }

    pub(super) fn outcome_unknown(&mut self, now: UtcTime, id: OrderId, reason: String, effects: &mut Effects) {
        let Some(order) = self.order_mut(id) else { return };
        if order.on_unknown(clean(&reason), now) == Transition::Ignored {
            return;
        }
        self.changed(now, id, "unknown", Some(clean(&reason)), effects);
        let profile = self.orders.get(&id).and_then(|order| self.profile_index(&order.profile));
        let text = "the broker did not answer: the order is UNKNOWN and is being looked up".to_owned();
        self.publish_event(now, profile, "unknown", Some(id), text, effects);
    }

    fn cancel_answered(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        id: OrderId,
        outcome: Result<Answer, BrokerError>,
        effects: &mut Effects,
    ) {
        match outcome {
            // It is over, but how large it was is not known: the broker's report of it says both.
            Ok(Answer::Canceled { done: true }) if self.orders.get(&id).is_some_and(|o| o.replacement().is_some()) => {
                self.ask_about(now, profile, id, effects);
            }
            Ok(Answer::Canceled { done: true }) => self.end_order(now, id, OrderState::Canceled, None, effects),
            // Its end comes as a report.
            Ok(_) => {}
            Err(error) if error.may_have_happened() => {}
            Err(error) => {
                let canceling =
                    |order: &&mut Order| order.pending_change.as_ref().is_some_and(PendingChange::is_cancel);
                if let Some(order) = self.order_mut(id).filter(canceling) {
                    order.pending_change = order
                        .replacement()
                        .map(|Replacement { kind, quantity }| PendingChange::Replace { kind, quantity });
                    let detail = Some(refusal_text(&error));
                    self.changed(now, id, "cancel_refused", detail, effects);
                }
                // Most cancels are refused because the order is over; find out.
                self.ask_about(now, profile, id, effects);
            }
        }
    }

    fn replace_answered(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        id: OrderId,
        new: Replacement,
        outcome: Result<Answer, BrokerError>,
        effects: &mut Effects,
    ) {
        match outcome {
            Ok(Answer::Replaced { broker_id }) => self.replaced(now, profile, id, (broker_id, new), effects),
            Ok(_) => {}
            Err(error) if error.may_have_happened() => self.ask_about(now, profile, id, effects),
            Err(error) => {
                self.replace_failed(now, profile, id, new, refusal_text(&error), effects);
                self.ask_about(now, profile, id, effects);
            }
        }
    }

    /// A change is certain.
    pub(super) fn replaced(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        id: OrderId,
        (broker_id, new): (BrokerOrderId, Replacement),
        effects: &mut Effects,
    ) {
        self.learn_broker_id(now, profile, id, &broker_id, effects);
        let Some(order) = self.order_mut(id) else { return };
        if order.replacement().is_some_and(|current| current != new) {
            // An older change than the one that is out: how the order looks now is for that one to say.
            order.take_number(&broker_id);
            self.index_broker_id(profile, id, &broker_id);
            return;
        }
        order.on_replaced(&broker_id, new.kind, new.quantity, now);
        self.index_broker_id(profile, id, &broker_id);
        self.settle_change(now, profile, id, "replaced", None, effects);
    }

    /// A change will not be: what was asked for is taken back.
    pub(super) fn replace_failed(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        id: OrderId,
        new: Replacement,
        reason: String,
        effects: &mut Effects,
    ) {
        let Some(order) = self.order_mut(id).filter(|order| order.replacement() == Some(new)) else { return };
        order.pending_change = match order.pending_change.take() {
            Some(PendingChange::Cancel { .. }) => Some(PendingChange::Cancel { after: None }),
            _ => None,
        };
        self.settle_change(now, profile, id, "replace_refused", Some(reason), effects);
    }

    /// After a change was decided: what the order holds back, and whether it is over now.
    pub(super) fn settle_change(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        id: OrderId,
        what: &str,
        detail: Option<String>,
        effects: &mut Effects,
    ) {
        let Some(order) = self.orders.get(&id) else { return };
        if order.state.is_final() {
            self.write_order(id, effects);
            return;
        }
        if order.is_complete() && order.replacement().is_none() {
            self.end_order(now, id, OrderState::Filled, detail, effects);
            return;
        }
        self.reserve_anew(now, profile, id, effects);
        self.changed(now, id, what, detail, effects);
    }

    /// Requests whose answer is overdue.
    pub(super) fn expire_requests(&mut self, now: UtcTime, effects: &mut Effects) {
        // What still waits for the disk has not been asked yet.
        let unsent = |purpose: &Purpose| {
            let Purpose::Place(id) = purpose else { return false };
            self.orders.get(id).is_some_and(|order| order.state == OrderState::Pending)
        };
        let late = self.requests.iter().filter(|(_, request)| request.deadline <= now && !unsent(&request.purpose));
        let overdue: Vec<RequestId> = late.map(|(id, _)| *id).collect();
        for id in overdue {
            if let Some(outstanding) = self.requests.remove(&id) {
                if matches!(outstanding.purpose, Purpose::Place(_) | Purpose::Replace(..)) {
                    self.keep_overdue(id, outstanding.clone());
                }
                self.settle(now, outstanding, Err(BrokerError::Unknown("no answer in time".into())), effects);
            }
        }
    }

    fn keep_overdue(&mut self, id: RequestId, outstanding: Outstanding) {
        self.overdue.insert(id, outstanding);
        if self.overdue.len() > OVERDUE_MAX {
            self.overdue.pop_first();
        }
    }

    fn found(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        id: OrderId,
        (asked_at, change): (UtcTime, Option<PendingChange>),
        found: Found,
        effects: &mut Effects,
    ) {
        match found {
            Found::Order(report) => {
                let mut report = *report;
                report.order_id = Some(id);
                let fresh = self.orders.get(&id).is_some_and(|order| order.updated_at < asked_at);
                self.on_order_report(now, profile, report.clone(), effects);
                // Whatever change was out when it was asked has been decided by now; one made since has not.
                if let Some(order) = self.order_mut(id)
                    && order.state.is_open()
                    && order.pending_change.is_some()
                    && order.pending_change == change
                {
                    order.pending_change = None;
                    self.settle_change(now, profile, id, "confirmed", None, effects);
                }
                if fresh {
                    self.compare_shape(now, profile, id, &report, effects);
                }
            }
            Found::NotThere => self.not_there(now, profile, id, asked_at, effects),
            Found::Ambiguous(candidates) => {
                let text =
                    format!("{} orders at the broker could be this one; a person must say which", candidates.len());
                self.publish_event(now, Some(profile), "unknown", Some(id), text, effects);
            }
        }
    }

    fn leverage_answered(
        &mut self,
        profile: ProfileIndex,
        token: super::Token,
        (instrument, leverage): (crate::market::InstrumentId, u32),
        outcome: Result<Answer, BrokerError>,
        effects: &mut Effects,
    ) {
        match outcome {
            Ok(_) => {
                self.leverage_set(profile, instrument, leverage, effects);
                effects.reply(token, Response::Done);
            }
            Err(error) => effects.fail(token, broker_failure(&error)),
        }
    }

    /// The reference a request about an order needs.
    pub(super) fn order_reference(&self, id: OrderId) -> Option<OrderReference> {
        self.orders.get(&id).map(Self::reference)
    }
}

/// What a person is told of a broker's refusal.
fn refusal_text(error: &BrokerError) -> String {
    match error {
        BrokerError::Refused { code, text } => format!("{}: {}", clean(code), clean(text)),
        other => clean(&other.to_string()),
    }
}

/// A broker's error as a face sees it.
pub(super) fn broker_failure(error: &BrokerError) -> Failure {
    let kind = match error {
        BrokerError::Refused { .. } | BrokerError::NotFound(_) | BrokerError::Unsupported(_) => FailureKind::Broker,
        BrokerError::NotSent(_) | BrokerError::Throttled { .. } => FailureKind::Unavailable,
        BrokerError::Unknown(_) => FailureKind::Unknown,
        BrokerError::Unauthorized(_) => FailureKind::Unauthorized,
    };
    let mut failure = Failure::new(kind, "BROKER", clean(&error.to_string()));
    failure.retryable = error.is_retryable();
    if let BrokerError::Throttled { retry_after } = error {
        failure.retry_after_ms = u64::try_from(retry_after.as_millis()).ok();
    }
    if let BrokerError::Refused { code, text } = error {
        failure.broker = Some(BrokerText { code: clean(code), text: clean(text) });
    }
    failure
}
