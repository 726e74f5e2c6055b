//! Changes of orders. A smaller quantity keeps its place in the queue; anything else ends the order and places another in
//! one request, of which a part may have been done, and whose answer may be lost.

use std::sync::Arc;

use super::orders::{ask, listing, newest};
use crate::broker::api::{Answer, BrokerError, BrokerEvent, OrderReference, PlaceOrder};
use crate::broker::binance::order_number::OrderNumber;
use crate::broker::binance::query::Query;
use crate::broker::binance::rest::{Fault, spot};
use crate::broker::binance::session::requests::Outcome;
use crate::broker::binance::session::shared::Shared;
use crate::broker::binance::spot::listing::SymbolRules;
use crate::broker::binance::spot::names::broker_id;
use crate::broker::binance::spot::order_request::{self, Change, Working};
use crate::broker::binance::spot::report::order_report;
use crate::broker::binance::spot::wire::order::{self, CancelReplace};
use crate::market::Quantity;
use crate::order::{BrokerOrderId, OrderKind, PositionSide};

/// Another price or total quantity for an order, as the exchange has it now.
pub async fn replace(shared: &Arc<Shared>, order: &OrderReference, kind: OrderKind, quantity: Quantity) -> Outcome {
    let listing = listing(shared)?;
    let rules = listing.rules(order.instrument);
    let rules = rules.ok_or_else(|| BrokerError::NotFound(format!("{} is not listed", order.instrument)))?;
    let asked = ask(shared, order_request::by_order(order)).await.map_err(|fault| fault.of_question())?;
    let reply = asked.ok_or_else(|| BrokerError::NotFound("the exchange has no such order".into()))?;
    let unusable = |error| Fault::from(error).of_question();
    if !order_report(&reply).map_err(unusable)?.state.is_open() {
        let report = newest(shared, reply).await.map_err(|fault| fault.of_question())?;
        shared.tell(BrokerEvent::Order(report));
        return Err(BrokerError::Refused { code: "-2011".into(), text: "that order is not open any more".into() });
    }
    let working = Working::of(&reply).map_err(unusable)?;
    let old = broker_id(reply.symbol, reply.order_id).map_err(unusable)?;
    check(order, &working, kind, quantity, rules)?;
    match order_request::change(order, &working, kind, quantity, rules)? {
        Change::Amend(query) => amend(shared, old, query).await,
        Change::Replace { query, revision } => {
            let now = shared.rest.local_now();
            shared.spot().begin(&old, (order.order_id, revision), now);
            cancel_replace(shared, &old, query).await
        }
    }
}

/// Whether the exchange would take the order as it is to be: otherwise it could lose the old one for it.
fn check(
    order: &OrderReference,
    working: &Working,
    kind: OrderKind,
    quantity: Quantity,
    rules: &SymbolRules,
) -> Result<(), BrokerError> {
    let wanted = PlaceOrder {
        order_id: order.order_id,
        instrument: order.instrument,
        side: working.terms.side,
        kind: if working.is_on_book { kind.once_triggered() } else { kind },
        quantity,
        time_in_force: working.terms.time_in_force,
        reduce_only: false,
        position_side: PositionSide::Net,
        route: None,
    };
    rules.check(&wanted, None).map_err(|text| BrokerError::Refused { code: "RULE".into(), text })
}

async fn amend(shared: &Arc<Shared>, old: BrokerOrderId, query: Query) -> Outcome {
    match shared.rest.change(&spot::amend(query)).await {
        Ok(answer) => {
            // It can be the end of the order, when so much is filled already.
            let is_over = order::decode_amend(&answer.body)
                .is_ok_and(|reply| !matches!(reply.status.as_deref(), None | Some("NEW" | "PARTIALLY_FILLED")));
            if let (true, Some(number)) = (is_over, OrderNumber::of(&old)) {
                let own = Arc::clone(shared);
                tokio::spawn(async move { super::super::orders::tell_state(&own, number).await });
            }
            Ok(Answer::Replaced { broker_id: old })
        }
        Err(fault) => {
            shared.follow_up(&fault);
            Err(fault.error())
        }
    }
}

async fn cancel_replace(shared: &Arc<Shared>, old: &BrokerOrderId, query: Query) -> Outcome {
    let fault = match shared.rest.change(&spot::cancel_replace(query)).await {
        Ok(answer) => return settle(shared, old, &answer.body),
        Err(fault) => fault,
    };
    if let Fault::Refused(refusal) = &fault
        && matches!(refusal.code, Some(-2021 | -2022))
    {
        return settle(shared, old, &refusal.body);
    }
    shared.follow_up(&fault);
    let error = fault.error();
    if !error.may_have_happened() {
        let ended = shared.spot().nothing_happened(old);
        if let Some(report) = ended {
            shared.tell(BrokerEvent::Order(report));
        }
    }
    Err(error)
}

/// What the exchange says became of the two halves. What cannot be read leaves the outcome unknown, to be looked up.
fn settle(shared: &Arc<Shared>, old: &BrokerOrderId, body: &[u8]) -> Outcome {
    let said: Result<CancelReplace, _> = order::decode_cancel_replace(body);
    let outcome = said.and_then(|said| shared.spot().settle(old, &said));
    let outcome = outcome.map_err(|error| BrokerError::Unknown(format!("the answer cannot be used: {error}")))?;
    shared.tell_all(outcome.events);
    outcome.then.into_iter().for_each(|follow| shared.follow_spot(follow));
    outcome.answer
}
