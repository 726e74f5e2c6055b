//! Orders of the futures market: plain ones and conditional ones, which live apart and may each be asked about.

#![allow(clippy::result_large_err, reason = "a fault is made when a request failed; nothing hot carries one")]

use std::sync::Arc;

use super::known::{Arrival, locked};
use super::markets::{Ended, Taken};
use super::orders::{about, cancel_once, is_not_open, stranger};
use super::requests::Outcome;
use super::shared::Shared;
use super::words::read;
use crate::broker::api::{Answer, BrokerError, BrokerEvent, OrderReference, OrderReport, PlaceOrder};
use crate::broker::binance::code::Then;
use crate::broker::binance::order_number::{OrderNumber, order_id_of};
use crate::broker::binance::order_request::{self, Placement, Whereabouts};
use crate::broker::binance::query::Query;
use crate::broker::binance::report;
use crate::broker::binance::rest::{Call, Fault, futures};
use crate::broker::binance::wire::algo::AlgoCanceled;
use crate::market::{Quantity, Symbol};
use crate::order::OrderKind;

/// Sends a new order.
pub(super) async fn send(shared: &Arc<Shared>, order: &PlaceOrder, arrival: &Arrival) -> Result<Taken, BrokerError> {
    let (mode, listing) = {
        let words = shared.words();
        (words.mode, words.listing.clone())
    };
    let (Some(mode), Some(listing)) = (mode, listing) else {
        return Err(BrokerError::NotSent("the exchange's rules and the account's mode are not known yet".into()));
    };
    let rules = listing.rules.get(&order.instrument.symbol);
    let rules = rules.ok_or_else(|| BrokerError::NotFound(format!("{} is not listed", order.instrument)))?;
    rules.check(order, None).map_err(|text| BrokerError::Refused { code: "RULE".into(), text })?;
    let (call, waits) = match order_request::place(order, mode)? {
        Placement::Order(query) => (futures::place(query), false),
        Placement::Algo(query) => (futures::place_algo(query), true),
    };
    match shared.rest.change_unless(&call, &arrival.withdrawn).await {
        Ok(answer) => {
            let report = if waits {
                shared.words().algo(&answer.body).map(|(_, report)| report)
            } else {
                shared.words().order(&answer.body)
            };
            let report = report.map_err(|unread| Fault::from(unread).error())?;
            if report.order_id != Some(order.order_id) {
                return Err(stranger().error());
            }
            locked(&shared.known).hear_order(&report);
            let broker_id = report.broker_id.clone();
            // How an order ended that ends at once is told behind the answer that names it.
            let after = report.state.is_final().then_some(BrokerEvent::Order(report)).into_iter().collect();
            Ok(Taken { broker_id, after })
        }
        Err(fault) => {
            shared.follow_up(&fault);
            tracing::warn!(order = %order.order_id, %fault, "an order was not taken");
            Err(fault.error())
        }
    }
}

/// Ends an order.
pub(super) async fn end(shared: &Shared, order: &OrderReference) -> Result<Ended, Fault> {
    let calls = {
        let words = shared.words();
        calls(order_request::cancel(order, &words.links), futures::cancel, futures::cancel_algo)
    };
    for (call, waits) in calls {
        match cancel_once(shared, &call).await {
            // The answer to the end of a conditional order says only that it is over, and names it.
            Ok(answer) if waits => {
                let ended: AlgoCanceled = read("canceled order", &answer.body)?;
                return if is_end_of(&ended, order) { Ok(Ended::Done) } else { Err(stranger()) };
            }
            Ok(answer) => {
                let report = shared.words().order(&answer.body)?;
                return Ok(Ended::Taken(Some(Box::new(about(report, order)?))));
            }
            Err(fault) if is_not_open(&fault) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(Ended::NotOpen)
}

fn is_end_of(ended: &AlgoCanceled, order: &OrderReference) -> bool {
    let told = order.broker_id.as_ref().and_then(OrderNumber::of);
    order_id_of(&ended.client_algo_id) == Some(order.order_id)
        || matches!(told, Some(OrderNumber::Algo { id, .. }) if id == ended.algo_id)
}

/// Another price and total quantity for an order, under its number.
pub(super) async fn replace(
    shared: &Arc<Shared>,
    order: &OrderReference,
    kind: OrderKind,
    quantity: Quantity,
) -> Outcome {
    let known = locked(&shared.known).side(order.order_id);
    let side = match known {
        Some(side) => side,
        // An order from before this session whose list has not been read yet.
        None => match look(shared, order).await {
            Ok(Some(report)) => report.side,
            Ok(None) => return Err(BrokerError::NotFound("the exchange has no such order".into())),
            Err(fault) => return Err(fault.of_question()),
        },
    };
    let query = {
        let words = shared.words();
        order_request::replace(order, side, kind, quantity, &words.links)?
    };
    match shared.rest.change(&futures::replace(query)).await {
        Ok(answer) => {
            let report = shared.words().order(&answer.body).map_err(|unread| Fault::from(unread).error())?;
            let report = about(report, order).map_err(|fault| fault.error())?;
            let broker_id = report.broker_id.clone();
            if report.state.is_final() {
                shared.tell(BrokerEvent::Order(report));
            }
            Ok(Answer::Replaced { broker_id })
        }
        Err(fault) if fault.then() == Then::AlreadyDone => match &order.broker_id {
            Some(broker_id) => Ok(Answer::Replaced { broker_id: broker_id.clone() }),
            None => Err(fault.error()),
        },
        Err(fault) => {
            shared.follow_up(&fault);
            Err(fault.error())
        }
    }
}

/// Ends every order of a symbol, plain and conditional ones.
pub(super) async fn clear(shared: &Shared, symbol: Symbol) -> Result<(), BrokerError> {
    let (plain, conditional) = (futures::cancel_all(symbol.as_str()), futures::cancel_all_algo(symbol.as_str()));
    let both = tokio::join!(cancel_once(shared, &plain), cancel_once(shared, &conditional));
    for outcome in [both.0, both.1] {
        if let Err(fault) = outcome
            && !is_not_open(&fault)
        {
            return Err(fault.error());
        }
    }
    Ok(())
}

/// Asks for an order by its number or by hoga's id, among plain and among conditional orders.
pub(super) async fn look(shared: &Shared, order: &OrderReference) -> Result<Option<OrderReport>, Fault> {
    let calls = {
        let words = shared.words();
        calls(order_request::find(order, &words.links), futures::order_state, futures::algo_order_state)
    };
    // A plain order is the last word on what a conditional one became, so it is asked for first.
    for (call, waits) in calls {
        let found = match shared.rest.ask(&call).await {
            Ok(answer) if waits => of_algo(shared, &answer.body).await,
            Ok(answer) => Ok(shared.words().order(&answer.body)?),
            Err(fault) => Err(fault),
        };
        match found {
            Ok(report) => return about(report, order).map(Some),
            Err(fault) if is_not_open(&fault) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(None)
}

/// A conditional order, or the order it became.
async fn of_algo(shared: &Shared, body: &[u8]) -> Result<OrderReport, Fault> {
    let (order, report) = shared.words().algo(body)?;
    let Some(number @ OrderNumber::Order { .. }) = report::must_be_asked(&order) else { return Ok(report) };
    match by_number(shared, number).await? {
        Some(mut child) => {
            child.order_id = child.order_id.or(report.order_id);
            Ok(child)
        }
        None => Ok(report),
    }
}

/// An order by the exchange's number.
pub(super) async fn by_number(shared: &Shared, number: OrderNumber) -> Result<Option<OrderReport>, Fault> {
    let call = match number {
        OrderNumber::Order { symbol, id } => {
            futures::order_state(Query::new().text("symbol", symbol.as_str()).number("orderId", id))
        }
        OrderNumber::Algo { id, .. } => futures::algo_order_state(Query::new().number("algoId", id)),
    };
    match (shared.rest.ask(&call).await, number) {
        (Ok(answer), OrderNumber::Order { .. }) => {
            let report = shared.words().order(&answer.body)?;
            let is_it = OrderNumber::of(&report.broker_id) == Some(number);
            if is_it { Ok(Some(report)) } else { Err(stranger()) }
        }
        (Ok(answer), OrderNumber::Algo { .. }) => Box::pin(of_algo(shared, &answer.body)).await.map(Some),
        (Err(fault), _) if is_not_open(&fault) => Ok(None),
        (Err(fault), _) => Err(fault),
    }
}

/// Open orders of a symbol, plain and conditional ones, and how many could not be taken in.
pub(super) async fn open_of(shared: &Shared, symbol: Symbol) -> Result<(Vec<OrderReport>, usize), Fault> {
    let (plain, waiting) =
        (futures::open_orders(Some(symbol.as_str())), futures::open_algo_orders(Some(symbol.as_str())));
    let (plain, waiting) = tokio::join!(shared.rest.ask(&plain), shared.rest.ask(&waiting));
    let (plain, waiting) = (plain?, waiting?);
    let (waiting, unread) = shared.words().algos(&waiting.body)?;
    let (mut orders, more_unread) = shared.words().orders(&plain.body)?;
    orders.extend(waiting);
    Ok((orders, unread + more_unread))
}

/// The calls that say where an order may be, and which of them are among conditional orders.
fn calls(at: Whereabouts, plain: fn(Query) -> Call, algo: fn(Query) -> Call) -> Vec<(Call, bool)> {
    match at {
        Whereabouts::Order(query) => vec![(plain(query), false)],
        Whereabouts::Algo(query) => vec![(algo(query), true)],
        Whereabouts::Either { order, algo: other } => vec![(plain(order), false), (algo(other), true)],
    }
}
