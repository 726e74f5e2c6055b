//! Orders: each is sent once. What is not certain is said to be unknown, and what is asked about is asked for wherever it
//! can be.

#![allow(clippy::result_large_err, reason = "a fault is made when a request failed; nothing hot carries one")]

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::join_all;

use super::fills;
use super::known::{Arrival, locked};
use super::markets::{self, Ended, Taken};
use super::requests::Outcome;
use super::shared::Shared;
use crate::broker::api::{
    Answer, BrokerError, BrokerEvent, FindOrder, Found, OrderReference, OrderReport, PlaceOrder, RequestId,
};
use crate::broker::binance::order_number::OrderNumber;
use crate::broker::binance::report::Implausible;
use crate::broker::binance::rest::{Call, Fault};
use crate::broker::net::http::Response;
use crate::market::gather::Gather;
use crate::market::{InstrumentId, Symbol};
use crate::order::OrderState;

/// How often the end of an order is asked for that turns out to go on under another number.
const ENDS_MAX: usize = 3;

/// Sends a new order, and answers for it.
pub(super) async fn place(shared: &Arc<Shared>, id: RequestId, order: PlaceOrder, arrival: Arrival) {
    let heard = shared.frames_heard();
    let outcome = markets::send(shared, &order, &arrival).await;
    if outcome.is_ok() {
        shared.orders_changed.notify_one();
        shared.prove_stream(heard);
    }
    let (answer, after) = match outcome {
        Ok(Taken { broker_id, after }) => (Ok(Answer::Placed { broker_id }), after),
        Err(error) => (Err(error), Vec::new()),
    };
    shared.outlet.answer(id, answer);
    drop(arrival);
    if !after.is_empty() {
        shared.tell_all(after);
    }
}

/// Ends an order. One that is still on its way is taken back if it has not left, and waited for if it has.
pub(super) async fn cancel(shared: &Arc<Shared>, order: &OrderReference) -> Outcome {
    let placing = locked(&shared.known).placing(order.order_id);
    if let Some(placing) = placing {
        placing.withdrawn.cancel();
        placing.done().await;
    }
    let mut order = order.clone();
    for _ in 0..ENDS_MAX {
        match markets::end(shared, &order).await {
            Ok(Ended::Done) => return Ok(Answer::Canceled { done: true }),
            Ok(Ended::Taken(report)) => {
                if let Some(report) = report {
                    shared.tell(BrokerEvent::Order(*report));
                }
                return Ok(Answer::Canceled { done: false });
            }
            Ok(Ended::NotOpen) => {}
            Err(fault) => {
                shared.follow_up(&fault);
                return Err(fault.error());
            }
        }
        let report = match markets::look(shared, &order).await {
            Ok(Some(report)) => report,
            Ok(None) => return Err(BrokerError::NotFound("the exchange has no such open order".into())),
            Err(fault) => return Err(fault.error()),
        };
        let state = report.state;
        let number = Some(report.broker_id.clone());
        shared.tell(BrokerEvent::Order(report));
        if !state.is_open() || order.broker_id == number {
            return too_late(state);
        }
        order.broker_id = number;
    }
    too_late(OrderState::Accepted)
}

/// Ending an order twice is harmless, so a cancel of unknown outcome is sent once more.
pub(super) async fn cancel_once(shared: &Shared, call: &Call) -> Result<Response, Fault> {
    match shared.rest.change(call).await {
        Err(fault) if fault.error().may_have_happened() => shared.rest.change(call).await,
        outcome => outcome,
    }
}

/// An answer about another order than the one asked about, as of a proxy that mixes them up: it proves nothing of either.
pub(super) const fn stranger() -> Fault {
    Fault::Unbelievable(Implausible { what: "an answer about another order" })
}

/// A report if it is of this order: by hoga's id, and where that is not told by the exchange's.
pub(super) fn about(report: OrderReport, order: &OrderReference) -> Result<OrderReport, Fault> {
    let numbers = [Some(&report.broker_id), report.replaces.as_ref()];
    let is_it = match report.order_id {
        Some(id) => id == order.order_id,
        None => order.broker_id.is_some() && numbers.contains(&order.broker_id.as_ref()),
    };
    if is_it { Ok(report) } else { Err(stranger()) }
}

pub(super) fn is_not_open(fault: &Fault) -> bool {
    matches!(fault.code(), Some(-2011 | -2013))
}

/// What is said of a cancel that came too late.
fn too_late(state: OrderState) -> Outcome {
    match state {
        OrderState::Canceled | OrderState::Expired | OrderState::Rejected => Ok(Answer::Canceled { done: true }),
        OrderState::Filled => {
            Err(BrokerError::Refused { code: "-2011".into(), text: "the order is filled already".into() })
        }
        _ => Err(BrokerError::Unknown("the exchange would not end the order and still has it".into())),
    }
}

/// Ends every order of a symbol, or of all that have any.
pub(super) async fn cancel_all(shared: &Arc<Shared>, instrument: Option<InstrumentId>) -> Outcome {
    if let Some(instrument) = instrument {
        markets::clear(shared, instrument.symbol).await?;
        return Ok(Answer::Done);
    }
    // What is known goes first; the list shows what is not.
    let known = locked(&shared.known).with_orders();
    let cleared = join_all(known.iter().map(|symbol| markets::clear(shared, *symbol))).await;
    let listed = markets::open_orders(shared).await?;
    let Answer::Orders { orders, complete } = listed else { return Ok(Answer::Done) };
    let rest: BTreeSet<Symbol> = orders.iter().map(|report| report.instrument.symbol).into_set();
    let again = join_all(rest.iter().map(|symbol| markets::clear(shared, *symbol))).await;
    again.into_iter().collect::<Result<Vec<()>, _>>()?;
    if !complete {
        cleared.into_iter().collect::<Result<Vec<()>, _>>()?;
        return Err(BrokerError::Unknown("the list of open orders was not whole".into()));
    }
    Ok(Answer::Done)
}

/// What became of an order. That there is none is said only when nothing knows its id, no open order has it, and no fill
/// since it was sent can be its.
pub(super) async fn find(shared: &Arc<Shared>, find: &FindOrder) -> Result<Found, BrokerError> {
    locked(&shared.known).note_traded(find.order.instrument.symbol, shared.rest.server_now());
    let found = match markets::look(shared, &find.order).await {
        Ok(Some(report)) => Some(report),
        Ok(None) => look_everywhere(shared, find).await.map_err(|fault| fault.of_question())?,
        Err(fault) => return Err(fault.of_question()),
    };
    Ok(match found {
        Some(report) => {
            locked(&shared.known).hear_order(&report);
            Found::Order(Box::new(report))
        }
        None => Found::NotThere,
    })
}

/// Looks where an order nobody knows by its id could still be: among open ones, and among fills since it was sent.
async fn look_everywhere(shared: &Shared, find: &FindOrder) -> Result<Option<OrderReport>, Fault> {
    let symbol = find.order.instrument.symbol;
    let (open, unread) = markets::open_of(shared, symbol).await?;
    let is_it = |report: &OrderReport| report.order_id == Some(find.order.order_id);
    if let Some(own) = open.into_iter().find(is_it) {
        return Ok(Some(own));
    }
    if unread > 0 {
        return Err(Fault::Unbelievable(Implausible { what: "an open order" }));
    }
    let strangers = fills::orders_since(shared, symbol, find).await?;
    for id in strangers {
        let report = markets::by_number(shared, OrderNumber::Order { symbol, id }).await?;
        if let Some(report) = report.filter(is_it) {
            return Ok(Some(report));
        }
    }
    Ok(None)
}

/// Tells what became of an order, after an event that did not say it.
pub(super) async fn tell_state(shared: &Shared, number: OrderNumber) {
    match markets::by_number(shared, number).await {
        Ok(Some(report)) => shared.tell(BrokerEvent::Order(report)),
        Ok(None) => tracing::warn!(%number, "the exchange has no such order"),
        Err(fault) => tracing::warn!(%number, %fault, "an order was not looked up"),
    }
}
