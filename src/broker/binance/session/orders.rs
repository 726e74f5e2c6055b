//! Orders: each is sent once. What is not certain is said to be unknown, and what is asked about is asked for wherever it
//! can be.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::join_all;

use super::fills;
use super::known::{Arrival, locked};
use super::requests::Outcome;
use super::shared::Shared;
use super::words::read;
use crate::broker::api::{
    Answer, BrokerError, BrokerEvent, FindOrder, Found, OrderReference, OrderReport, PlaceOrder, RequestId,
};
use crate::broker::binance::code::Then;
use crate::broker::binance::order_number::{OrderNumber, order_id_of};
use crate::broker::binance::order_request::{self, Placement, Whereabouts};
use crate::broker::binance::query::Query;
use crate::broker::binance::report;
use crate::broker::binance::rest::{Call, Fault, futures};
use crate::broker::binance::wire::algo::AlgoCanceled;
use crate::market::{InstrumentId, Quantity, Symbol};
use crate::order::{OrderKind, OrderState};

/// Sends a new order, and answers for it.
pub(super) async fn place(shared: &Arc<Shared>, id: RequestId, order: PlaceOrder, arrival: Arrival) {
    let outcome = send(shared, &order, &arrival).await;
    let after = match &outcome {
        // How an order ended that ends at once is told behind the answer that names it.
        Ok(report) if report.state.is_final() => Some(report.clone()),
        _ => None,
    };
    let answer = outcome.map(|report| Answer::Placed { broker_id: report.broker_id });
    shared.outlet.answer(id, answer);
    drop(arrival);
    if let Some(report) = after {
        shared.tell(BrokerEvent::Order(report));
    }
}

async fn send(shared: &Arc<Shared>, order: &PlaceOrder, arrival: &Arrival) -> Result<OrderReport, BrokerError> {
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
    let heard = shared.frames_heard();
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
            shared.orders_changed.notify_one();
            shared.prove_stream(heard);
            Ok(report)
        }
        Err(fault) => {
            shared.follow_up(&fault);
            tracing::warn!(order = %order.order_id, %fault, "an order was not taken");
            Err(fault.error())
        }
    }
}

/// Ends an order. One that is still on its way is taken back if it has not left, and waited for if it has.
pub(super) async fn cancel(shared: &Arc<Shared>, order: &OrderReference) -> Outcome {
    let placing = locked(&shared.known).placing(order.order_id);
    if let Some(placing) = placing {
        placing.withdrawn.cancel();
        placing.done().await;
    }
    let calls = {
        let words = shared.words();
        calls(order_request::cancel(order, &words.links), futures::cancel, futures::cancel_algo)
    };
    for (call, waits) in calls {
        match cancel_once(shared, &call).await {
            // The answer to the end of a conditional order says only that it is over, and names it.
            Ok(answer) if waits => {
                let ended: AlgoCanceled = read("canceled order", &answer.body).map_err(|fault| fault.error())?;
                let own = is_end_of(&ended, order);
                return if own { Ok(Answer::Canceled { done: true }) } else { Err(stranger().error()) };
            }
            Ok(answer) => {
                let report = shared.words().order(&answer.body).map_err(|unread| Fault::from(unread).error())?;
                if !is_about(&report, order) {
                    return Err(stranger().error());
                }
                shared.tell(BrokerEvent::Order(report));
                return Ok(Answer::Canceled { done: false });
            }
            Err(fault) if is_not_open(&fault) => {}
            Err(fault) => {
                shared.follow_up(&fault);
                return Err(fault.error());
            }
        }
    }
    already_over(shared, order).await
}

/// Ending an order twice is harmless, so a cancel of unknown outcome is sent once more.
async fn cancel_once(shared: &Shared, call: &Call) -> Result<crate::broker::net::http::Response, Fault> {
    match shared.rest.change(call).await {
        Err(fault) if fault.error().may_have_happened() => shared.rest.change(call).await,
        outcome => outcome,
    }
}

/// An answer about another order than the one asked about, as of a proxy that mixes them up: it proves nothing of either.
const fn stranger() -> Fault {
    Fault::Unbelievable(report::Implausible { what: "an answer about another order" })
}

/// Whether a report is of this order: by hoga's id, and where that is not told by the exchange's.
fn is_about(report: &OrderReport, order: &OrderReference) -> bool {
    let numbers = [Some(&report.broker_id), report.replaces.as_ref()];
    match report.order_id {
        Some(id) => id == order.order_id,
        None => order.broker_id.is_some() && numbers.contains(&order.broker_id.as_ref()),
    }
}

fn is_end_of(ended: &AlgoCanceled, order: &OrderReference) -> bool {
    let told = order.broker_id.as_ref().and_then(OrderNumber::of);
    order_id_of(&ended.client_algo_id) == Some(order.order_id)
        || matches!(told, Some(OrderNumber::Algo { id, .. }) if id == ended.algo_id)
}

fn is_not_open(fault: &Fault) -> bool {
    matches!(fault.code(), Some(-2011 | -2013))
}

/// What is said of a cancel that came too late.
async fn already_over(shared: &Arc<Shared>, order: &OrderReference) -> Outcome {
    let report = match look(shared, order).await {
        Ok(Some(report)) => report,
        Ok(None) => return Err(BrokerError::NotFound("the exchange has no such open order".into())),
        Err(fault) => return Err(fault.error()),
    };
    let state = report.state;
    shared.tell(BrokerEvent::Order(report));
    match state {
        OrderState::Canceled | OrderState::Expired | OrderState::Rejected => Ok(Answer::Canceled { done: true }),
        OrderState::Filled => {
            Err(BrokerError::Refused { code: "-2011".into(), text: "the order is filled already".into() })
        }
        _ => Err(BrokerError::Unknown("the exchange would not end the order and still has it".into())),
    }
}

/// Another price and total quantity for an order.
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
            if !is_about(&report, order) {
                return Err(stranger().error());
            }
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

/// Ends every order of a symbol, or of all that have any: plain and conditional ones.
pub(super) async fn cancel_all(shared: &Arc<Shared>, instrument: Option<InstrumentId>) -> Outcome {
    if let Some(instrument) = instrument {
        clear(shared, instrument.symbol).await?;
        return Ok(Answer::Done);
    }
    // What is known goes first; the list shows what is not.
    let known = locked(&shared.known).with_orders();
    let cleared = join_all(known.iter().map(|symbol| clear(shared, *symbol))).await;
    let listed = super::account::open_orders(shared).await?;
    let Answer::Orders { orders, complete } = listed else { return Ok(Answer::Done) };
    let rest: BTreeSet<Symbol> = orders.iter().map(|report| report.instrument.symbol).collect();
    let again = join_all(rest.iter().map(|symbol| clear(shared, *symbol))).await;
    again.into_iter().collect::<Result<Vec<()>, _>>()?;
    if !complete {
        cleared.into_iter().collect::<Result<Vec<()>, _>>()?;
        return Err(BrokerError::Unknown("the list of open orders was not whole".into()));
    }
    Ok(Answer::Done)
}

async fn clear(shared: &Shared, symbol: Symbol) -> Result<(), BrokerError> {
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

/// What became of an order. That there is none is said only when neither kind of order knows its id, no open order has it,
/// and no fill since it was sent can be its.
pub(super) async fn find(shared: &Arc<Shared>, find: &FindOrder) -> Result<Found, BrokerError> {
    locked(&shared.known).note_traded(find.order.instrument.symbol);
    let found = match look(shared, &find.order).await {
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

/// Asks for an order by its number or by hoga's id, among plain and among conditional orders.
async fn look(shared: &Arc<Shared>, order: &OrderReference) -> Result<Option<OrderReport>, Fault> {
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
            Ok(report) if is_about(&report, order) => return Ok(Some(report)),
            Ok(_) => return Err(stranger()),
            Err(fault) if is_not_open(&fault) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(None)
}

/// A conditional order, or the order it became.
async fn of_algo(shared: &Arc<Shared>, body: &[u8]) -> Result<OrderReport, Fault> {
    let (order, report) = shared.words().algo(body)?;
    let Some(OrderNumber::Order { symbol, id }) = report::must_be_asked(&order) else { return Ok(report) };
    match by_number(shared, symbol, id).await? {
        Some(mut child) => {
            child.order_id = child.order_id.or(report.order_id);
            Ok(child)
        }
        None => Ok(report),
    }
}

async fn by_number(shared: &Shared, symbol: Symbol, id: i64) -> Result<Option<OrderReport>, Fault> {
    let query = Query::new().text("symbol", symbol.as_str()).number("orderId", id);
    match shared.rest.ask(&futures::order_state(query)).await {
        Ok(answer) => {
            let report = shared.words().order(&answer.body)?;
            let own = OrderNumber::of(&report.broker_id) == Some(OrderNumber::Order { symbol, id });
            if own { Ok(Some(report)) } else { Err(stranger()) }
        }
        Err(fault) if is_not_open(&fault) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Looks where an order nobody knows by its id could still be: among open ones, and among fills since it was sent.
async fn look_everywhere(shared: &Arc<Shared>, find: &FindOrder) -> Result<Option<OrderReport>, Fault> {
    let symbol = find.order.instrument.symbol;
    let (plain, waiting) =
        (futures::open_orders(Some(symbol.as_str())), futures::open_algo_orders(Some(symbol.as_str())));
    let (plain, waiting) = tokio::join!(shared.rest.ask(&plain), shared.rest.ask(&waiting));
    let (plain, waiting) = (plain?, waiting?);
    let (waiting, unread) = shared.words().algos(&waiting.body)?;
    let (plain, more_unread) = shared.words().orders(&plain.body)?;
    let own = plain.into_iter().chain(waiting).find(|report| report.order_id == Some(find.order.order_id));
    if own.is_some() {
        return Ok(own);
    }
    if unread + more_unread > 0 {
        return Err(Fault::Unbelievable(report::Implausible { what: "an open order" }));
    }
    let strangers = fills::orders_since(shared, symbol, find).await?;
    for id in strangers {
        if let Some(report) = by_number(shared, symbol, id).await?.filter(|r| r.order_id == Some(find.order.order_id)) {
            return Ok(Some(report));
        }
    }
    Ok(None)
}

/// The calls that say where an order may be, and which of them are among conditional orders.
fn calls(at: Whereabouts, plain: fn(Query) -> Call, algo: fn(Query) -> Call) -> Vec<(Call, bool)> {
    match at {
        Whereabouts::Order(query) => vec![(plain(query), false)],
        Whereabouts::Algo(query) => vec![(algo(query), true)],
        Whereabouts::Either { order, algo: other } => vec![(plain(order), false), (algo(other), true)],
    }
}

/// Tells what became of an order, after an event that did not say it.
pub(super) async fn tell_state(shared: &Arc<Shared>, number: OrderNumber) {
    let outcome = match number {
        OrderNumber::Order { symbol, id } => by_number(shared, symbol, id).await,
        OrderNumber::Algo { id, .. } => {
            let call = futures::algo_order_state(Query::new().number("algoId", id));
            match shared.rest.ask(&call).await {
                Ok(answer) => of_algo(shared, &answer.body).await.map(Some),
                Err(fault) => Err(fault),
            }
        }
    };
    match outcome {
        Ok(Some(report)) => shared.tell(BrokerEvent::Order(report)),
        Ok(None) => tracing::warn!(%number, "the exchange has no such order"),
        Err(fault) => tracing::warn!(%number, %fault, "an order was not looked up"),
    }
}
