//! Waiting until an order is as far as was asked for.

use std::time::{Duration, Instant};

use super::arguments::order::Wait;
use super::link::Link;
use crate::desk::protocol::{BrokerText, Failure, FailureKind, Update};
use crate::desk::record::OrderRecord;
use crate::order::OrderState;
use crate::text::kis::coded;

/// An order as last seen, and whether it got where it was waited for.
pub type Followed = (OrderRecord, Result<(), Box<Failure>>);

/// Whether an order is as far as was asked for; `None` while it may still get there.
#[must_use]
pub fn outcome(wait: Wait, order: &OrderRecord) -> Option<Result<(), Box<Failure>>> {
    let reached = match wait {
        Wait::Accepted => {
            matches!(order.state, OrderState::Accepted | OrderState::PartiallyFilled | OrderState::Filled)
        }
        Wait::Filled => order.state == OrderState::Filled,
        Wait::Done => order.state.is_final() && order.state != OrderState::Rejected,
    };
    if reached {
        return Some(Ok(()));
    }
    match order.state {
        OrderState::Rejected => Some(Err(rejected(order))),
        state if state.is_final() => Some(Err(ended(order))),
        _ => None,
    }
}

/// Follows an order until it is as far as was asked for, or `timeout` is over. Orders must be subscribed to before the
/// order was sent. Returns the order as last seen, and what came of it.
///
/// # Errors
/// The desk is gone; whether the order is too is not known.
pub fn follow(
    link: &mut Link,
    mut order: OrderRecord,
    wait: Wait,
    timeout: Duration,
) -> Result<Followed, Box<Failure>> {
    let deadline = Instant::now() + timeout;
    loop {
        if let Some(outcome) = outcome(wait, &order) {
            return Ok((order, outcome));
        }
        let left = deadline.saturating_duration_since(Instant::now());
        let lost = |failure| unknown(&order, failure);
        match if left.is_zero() { None } else { link.next_update(Some(left)).map_err(lost)? } {
            Some(Update::Order(newer)) if newer.id == order.id => order = newer,
            Some(Update::Lost { .. }) => order = link.order(&order.id).map_err(lost)?,
            Some(_) => {}
            None => {
                // The desk may know more than it has told.
                let newest = link.order(&order.id).unwrap_or(order);
                let outcome = outcome(wait, &newest).unwrap_or_else(|| Err(timed_out(&newest)));
                return Ok((newest, outcome));
            }
        }
    }
}

/// What an order that nobody waits for came to so far.
///
/// # Errors
/// It was refused, or nobody knows.
pub fn so_far(order: &OrderRecord) -> Result<(), Box<Failure>> {
    match order.state {
        OrderState::Rejected => Err(rejected(order)),
        OrderState::Unknown => Err(timed_out(order)),
        _ => Ok(()),
    }
}

fn name_of(order: &OrderRecord) -> &str {
    order.client_id.as_deref().unwrap_or(&order.id)
}

fn rejected(order: &OrderRecord) -> Box<Failure> {
    let reason = order.reason.clone().unwrap_or_default();
    let mut failure =
        Failure::new(FailureKind::Broker, "BROKER_REJECTED", format!("the broker refused the order: {reason}"))
            .about(reason.clone());
    let (code, text) = coded(&reason).unwrap_or(("", &reason));
    failure.broker = Some(BrokerText { code: code.to_owned(), text: text.to_owned() });
    failure.client_id.clone_from(&order.client_id);
    failure.into()
}

fn ended(order: &OrderRecord) -> Box<Failure> {
    let state = order.state.as_str();
    let mut failure =
        Failure::new(FailureKind::Other, "ORDER_ENDED", format!("the order ended as {state}")).about(state);
    failure.client_id.clone_from(&order.client_id);
    failure.into()
}

fn timed_out(order: &OrderRecord) -> Box<Failure> {
    let state = order.state.as_str();
    let mut failure =
        Failure::new(FailureKind::Unknown, "WAIT_TIMEOUT", format!("not there in time; the order is {state}"))
            .about(state)
            .hint(format!("hoga order show {}", name_of(order)));
    failure.client_id.clone_from(&order.client_id);
    failure.into()
}

fn unknown(order: &OrderRecord, cause: Box<Failure>) -> Box<Failure> {
    let mut failure = cause.hint(format!("hoga order show {}", name_of(order)));
    failure.kind = FailureKind::Unknown;
    failure.retryable = false;
    failure.client_id.clone_from(&order.client_id);
    failure.into()
}
