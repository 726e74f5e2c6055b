//! Orders of spot. Conditional ones live among the others; a changed one is another order, so that an order is looked for
//! under its number and under the names of what took its place.

#![allow(clippy::result_large_err, reason = "a fault is made when a request failed; nothing hot carries one")]

use std::sync::Arc;
use std::time::Duration;

use crate::broker::api::{BrokerError, BrokerEvent, OrderReference, OrderReport, PlaceOrder};
use crate::broker::binance::order_number::OrderNumber;
use crate::broker::binance::query::Query;
use crate::broker::binance::report::Implausible;
use crate::broker::binance::rest::{Fault, spot};
use crate::broker::binance::session::known::{Arrival, locked};
use crate::broker::binance::session::markets::{Ended, Taken};
use crate::broker::binance::session::orders::{about, cancel_once, is_not_open, stranger};
use crate::broker::binance::session::shared::Shared;
use crate::broker::binance::spot::listing::Listing;
use crate::broker::binance::spot::names::{broker_id, order_of};
use crate::broker::binance::spot::order_request::{self, successor};
use crate::broker::binance::spot::report::{order_report, reply_fills};
use crate::broker::binance::spot::wire::order::{self, OrderReply};
use crate::market::Symbol;
use crate::order::BrokerOrderId;

/// Most changes that are followed from one order to what took its place.
const FOLLOWED_MAX: usize = 50;

/// Sends a new order.
pub async fn send(shared: &Arc<Shared>, order: &PlaceOrder, arrival: &Arrival) -> Result<Taken, BrokerError> {
    let listing = listing(shared)?;
    let query = order_request::place(order)?;
    let rules = listing.rules(order.instrument);
    let rules = rules.ok_or_else(|| BrokerError::NotFound(format!("{} is not listed", order.instrument)))?;
    rules.check(order, None).map_err(|text| BrokerError::Refused { code: "RULE".into(), text })?;
    match shared.rest.change_unless(&spot::place(query), &arrival.withdrawn).await {
        Ok(answer) => taken(shared, order, &answer.body, &listing).map_err(|fault| fault.error()),
        Err(fault) => {
            shared.follow_up(&fault);
            tracing::warn!(order = %order.order_id, %fault, "an order was not taken");
            Err(fault.error())
        }
    }
}

/// The listing, which every order is checked and read with.
pub fn listing(shared: &Shared) -> Result<Arc<Listing>, BrokerError> {
    let listing = shared.spot().listing.clone();
    listing.ok_or_else(|| BrokerError::NotSent("the exchange's rules are not known yet".into()))
}

/// What the reply to a new order says: what it took at once, and how it ended if it did.
fn taken(shared: &Shared, order: &PlaceOrder, body: &[u8], listing: &Listing) -> Result<Taken, Fault> {
    let reply = order::decode(body)?;
    if order_of(reply.own_name()).map(|(id, _)| id) != Some(order.order_id) {
        return Err(stranger());
    }
    let broker_id = broker_id(reply.symbol, reply.order_id)?;
    let mut after = Vec::new();
    match reply_fills(&reply, listing) {
        Ok(fills) => fills.into_iter().for_each(|fill| fill.tell(&mut after)),
        // Whoever is told of the order asks for the fills it is short of.
        Err(error) => tracing::warn!(%error, "fills of a new order were refused"),
    }
    // A short acknowledgement says no more than the number.
    if reply.status.is_some() {
        let report = order_report(&reply)?;
        locked(&shared.known).hear_order(&report);
        if report.state.is_final() {
            after.push(BrokerEvent::Order(report));
        }
    }
    Ok(Taken { broker_id, after })
}

/// Ends an order.
pub async fn end(shared: &Shared, order: &OrderReference) -> Result<Ended, Fault> {
    match cancel_once(shared, &spot::cancel(order_request::by_order(order))).await {
        Ok(answer) => {
            let reply = order::decode(&answer.body)?;
            about(order_report(&reply)?, order)?;
            let report = shared.spot().order(&reply)?;
            Ok(Ended::Taken(report.map(Box::new)))
        }
        Err(fault) if is_not_open(&fault) => Ok(Ended::NotOpen),
        Err(fault) => Err(fault),
    }
}

/// Ends every order of a symbol.
pub async fn clear(shared: &Shared, symbol: Symbol) -> Result<(), BrokerError> {
    match cancel_once(shared, &spot::cancel_all(symbol.as_str())).await {
        Err(fault) if !is_not_open(&fault) => Err(fault.error()),
        _ => Ok(()),
    }
}

/// Open orders of a symbol or of all, and how many could not be taken in.
pub async fn open(shared: &Shared, of: Option<Symbol>) -> Result<(Vec<OrderReport>, usize), Fault> {
    let answer = shared.rest.ask(&spot::open_orders(of.as_ref().map(Symbol::as_str))).await?;
    Ok(shared.spot().orders(&answer.body)?)
}

/// An order as it is now, under whatever number.
pub async fn look(shared: &Shared, order: &OrderReference) -> Result<Option<OrderReport>, Fault> {
    match ask(shared, order_request::by_order(order)).await? {
        Some(reply) => about(newest(shared, reply).await?, order).map(Some),
        None => Ok(None),
    }
}

/// An order by the exchange's number.
pub async fn by_number(shared: &Shared, number: OrderNumber) -> Result<Option<OrderReport>, Fault> {
    let OrderNumber::Order { symbol, id } = number else { return Ok(None) };
    match ask(shared, Query::new().text("symbol", symbol.as_str()).number("orderId", id)).await? {
        Some(reply) => newest(shared, reply).await.map(Some),
        None => Ok(None),
    }
}

/// The exchange's own word about an order; `None` when it has none, or has put it away because nothing of it was filled.
pub async fn ask(shared: &Shared, query: Query) -> Result<Option<OrderReply>, Fault> {
    match shared.rest.ask(&spot::order_state(query)).await {
        Ok(answer) => Ok(Some(order::decode(&answer.body)?)),
        Err(fault) if is_not_open(&fault) || fault.code() == Some(-2026) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// The order, or what took its place.
pub async fn newest(shared: &Shared, was: OrderReply) -> Result<OrderReport, Fault> {
    let old = broker_id(was.symbol, was.order_id)?;
    let question = shared.spot().question(&old, was.symbol);
    if let Some((query, sent_at)) = question {
        let new = ask(shared, query).await?;
        let patience = Duration::from_millis(shared.settings.recv_window_ms) + shared.pace.lag;
        if new.is_none() && shared.rest.local_now().since(sent_at) < patience {
            return Err(Fault::Unbelievable(Implausible { what: "an order whose change may still arrive" }));
        }
        return Ok(shared.spot().resolve(&old, &was, new.as_ref())?);
    }
    let (mut reply, mut replaces): (OrderReply, Option<BrokerOrderId>) = (was, None);
    for _ in 0..FOLLOWED_MAX {
        let Some(query) = successor(&reply) else { break };
        let Some(next) = ask(shared, query).await? else { break };
        replaces = Some(broker_id(reply.symbol, reply.order_id)?);
        reply = next;
    }
    let mut report = order_report(&reply)?;
    report.replaces = replaces;
    Ok(report)
}
