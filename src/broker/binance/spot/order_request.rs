//! What hoga asks of an order on spot, as the parameters that say it.
//!
//! Whatever cannot be said exactly is refused here and never sent in another form. Time stamp, window and signature are
//! added where the request is sent.

use rust_decimal::{Decimal, dec};

use super::listing::SymbolRules;
use super::names::{REVISION_MAX, client_id, number_of, order_of};
use super::wire::WireError;
use super::wire::order::OrderReply;
use crate::broker::api::{BrokerError, OrderReference, PlaceOrder};
use crate::broker::binance::query::Query;
use crate::market::{Quantity, Side};
use crate::order::{OrderId, OrderKind, PositionSide, TimeInForce, Trail};

/// What an order is, apart from its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Which way.
    pub side: Side,
    /// Type and prices.
    pub kind: OrderKind,
    /// How long.
    pub time_in_force: TimeInForce,
    /// How much.
    pub quantity: Quantity,
}

/// A new order: `POST /api/v3/order`. The reply is asked for with what the order took at once.
///
/// # Errors
/// [`BrokerError::Unsupported`] for what the exchange has no words for; nothing is sent then.
pub fn place(order: &PlaceOrder) -> Result<Query, BrokerError> {
    if order.reduce_only {
        return Err(BrokerError::Unsupported("reduce-only: there are no positions on Binance spot"));
    }
    if order.position_side != PositionSide::Net {
        return Err(BrokerError::Unsupported("a side of a position: there are no positions on Binance spot"));
    }
    let PlaceOrder { side, kind, quantity, time_in_force, .. } = *order;
    let query = Query::new().text("symbol", order.instrument.symbol.as_str());
    let query = terms(query, &Terms { side, kind, time_in_force, quantity })?;
    Ok(query.text("newClientOrderId", &client_id(order.order_id, 0)).text("newOrderRespType", "FULL"))
}

/// Side, type and everything the type needs, and nothing else: the exchange refuses what a type does not need.
fn terms(query: Query, terms: &Terms) -> Result<Query, BrokerError> {
    if terms.quantity.is_zero() {
        return Err(BrokerError::Unsupported("an order of nothing"));
    }
    let tif = terms.time_in_force;
    let name = type_name(&terms.kind, tif)?;
    let query = query.text("side", side_word(terms.side)).text("type", name);
    let query = match name {
        "LIMIT" | "STOP_LOSS_LIMIT" => query.text("timeInForce", time_in_force(tif)?),
        _ => query,
    };
    let query = query.decimal("quantity", terms.quantity.value());
    Ok(match terms.kind {
        OrderKind::Limit { price } => query.decimal("price", price.value()),
        OrderKind::StopLimit { trigger, price } => {
            query.decimal("price", price.value()).decimal("stopPrice", trigger.value())
        }
        OrderKind::Stop { trigger } | OrderKind::TakeProfit { trigger } => query.decimal("stopPrice", trigger.value()),
        OrderKind::TrailingStop { distance, .. } => query.number("trailingDelta", basis_points(distance)?),
        _ => query,
    })
}

/// The exchange's name of a type.
///
/// # Errors
/// [`BrokerError::Unsupported`] when it has none, or not with this time in force.
pub fn type_name(kind: &OrderKind, tif: TimeInForce) -> Result<&'static str, BrokerError> {
    match (kind, tif) {
        (OrderKind::Limit { .. }, TimeInForce::PostOnly) => Ok("LIMIT_MAKER"),
        (OrderKind::Limit { .. }, _) => Ok("LIMIT"),
        (OrderKind::StopLimit { .. }, TimeInForce::PostOnly) => {
            Err(BrokerError::Unsupported("a stop that only rests once it is set off"))
        }
        (OrderKind::StopLimit { .. }, _) => Ok("STOP_LOSS_LIMIT"),
        // A market order is over at once, so how long it may last says nothing about it.
        (OrderKind::Market, TimeInForce::Day | TimeInForce::Gtc | TimeInForce::Ioc) => Ok("MARKET"),
        (OrderKind::Market, TimeInForce::Fok) => {
            Err(BrokerError::Unsupported("a market order that is filled whole or not at all"))
        }
        (OrderKind::Market, TimeInForce::PostOnly) => Err(BrokerError::Unsupported("a market order that must rest")),
        (OrderKind::Market, TimeInForce::Reserved) => Err(BrokerError::Unsupported(NO_OPENING)),
        (OrderKind::Stop { .. } | OrderKind::TrailingStop { .. }, TimeInForce::Gtc) => Ok("STOP_LOSS"),
        (OrderKind::TakeProfit { .. }, TimeInForce::Gtc) => Ok("TAKE_PROFIT"),
        (OrderKind::Stop { .. } | OrderKind::TrailingStop { .. } | OrderKind::TakeProfit { .. }, _) => {
            Err(BrokerError::Unsupported("a stop to market that does not wait until it is canceled"))
        }
        _ => Err(BrokerError::Unsupported("an order type of the Korean exchange")),
    }
}

/// Why no order is kept for an opening.
const NO_OPENING: &str = "an order for the opening: Binance does not close";

fn time_in_force(tif: TimeInForce) -> Result<&'static str, BrokerError> {
    match tif {
        TimeInForce::Gtc => Ok("GTC"),
        TimeInForce::Ioc => Ok("IOC"),
        TimeInForce::Fok => Ok("FOK"),
        TimeInForce::Day => Err(BrokerError::Unsupported("an order for the day: Binance has no end of day")),
        TimeInForce::PostOnly => Err(BrokerError::Unsupported("post-only with a time in force")),
        TimeInForce::Reserved => Err(BrokerError::Unsupported(NO_OPENING)),
    }
}

/// Distance of a trailing stop: hundredths of a per cent.
pub(super) fn basis_points(distance: Trail) -> Result<i64, BrokerError> {
    let Trail::Percent(percent) = distance else {
        return Err(BrokerError::Unsupported("a trailing stop at a distance in money"));
    };
    let exact = percent.checked_mul(dec!(100)).filter(|points| points.fract().is_zero() && *points > Decimal::ZERO);
    let points = exact.and_then(|points| i64::try_from(points).ok());
    points.ok_or(BrokerError::Unsupported("a trailing distance that is no whole number of hundredths of a per cent"))
}

/// `BUY` or `SELL`.
#[must_use]
pub const fn side_word(side: Side) -> &'static str {
    match side {
        Side::Buy => "BUY",
        Side::Sell => "SELL",
    }
}

/// The end of an order (`DELETE /api/v3/order`), or what became of it (`GET`): by its number, else by hoga's id.
#[must_use]
pub fn by_order(order: &OrderReference) -> Query {
    let symbol = order.instrument.symbol;
    let query = Query::new().text("symbol", symbol.as_str());
    match order.broker_id.as_ref().and_then(|id| number_of(id, symbol)) {
        Some(number) => query.number("orderId", number),
        None => query.text("origClientOrderId", &client_id(order.order_id, 0)),
    }
}

/// An order at the exchange, as a change of it must know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Working {
    /// Its number.
    pub number: i64,
    /// What it is now.
    pub terms: Terms,
    /// Filled so far.
    pub filled: Quantity,
    /// Its name.
    pub name: String,
    /// Whether it is on the book: a stop that is was set off.
    pub is_on_book: bool,
}

impl Working {
    /// From the exchange's own word about it, which must have been asked for.
    ///
    /// # Errors
    /// Something that cannot be right.
    pub fn of(reply: &OrderReply) -> Result<Self, WireError> {
        let report = super::report::order_report(reply)?;
        let time_in_force = match (reply.order_type.as_deref(), reply.time_in_force.as_deref()) {
            (Some("LIMIT_MAKER"), _) => TimeInForce::PostOnly,
            (_, Some("IOC")) => TimeInForce::Ioc,
            (_, Some("FOK")) => TimeInForce::Fok,
            _ => TimeInForce::Gtc,
        };
        Ok(Self {
            number: reply.order_id,
            terms: Terms { side: report.side, kind: report.kind, time_in_force, quantity: report.quantity },
            filled: report.filled,
            name: reply.client_order_id.clone(),
            is_on_book: reply.is_working.unwrap_or(true),
        })
    }
}

/// How an order is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// `PUT /api/v3/order/amend/keepPriority`: a smaller quantity in place, with its place in the queue.
    Amend(Query),
    /// `POST /api/v3/order/cancelReplace`: the old order ends and a new one is placed, or neither, or only the first.
    Replace {
        /// Its parameters.
        query: Query,
        /// The change's number in the name of the new order.
        revision: u16,
    },
}

/// Other prices, or another total quantity, for an order.
///
/// A replacement cancels only an order of which nothing is filled yet, so that no fill on the way makes the two together
/// more than was asked.
///
/// # Errors
/// [`BrokerError::Unsupported`] for what cannot be changed without that danger, or at all.
pub fn change(
    order: &OrderReference,
    working: &Working,
    kind: OrderKind,
    quantity: Quantity,
    rules: &SymbolRules,
) -> Result<Change, BrokerError> {
    let now = &working.terms;
    let query = Query::new().text("symbol", order.instrument.symbol.as_str());
    if !working.filled.is_zero() && quantity <= working.filled {
        return Err(BrokerError::Unsupported("a change to what is filled already: cancel instead"));
    }
    let same_prices = kind.limit() == now.kind.limit() && kind.trigger() == now.kind.trigger();
    if same_prices && kind.name() == now.kind.name() && quantity < now.quantity && rules.allows_amend {
        // Without its name the order would get another one.
        let query = query.number("orderId", working.number).decimal("newQty", quantity.value());
        return Ok(Change::Amend(query.text("newClientOrderId", &working.name)));
    }
    if !working.filled.is_zero() {
        return Err(BrokerError::Unsupported(
            "a change of an order that is partly filled, on Binance spot: cancel it and place the rest",
        ));
    }
    if !rules.allows_replace {
        return Err(BrokerError::Unsupported("a change of an order of this symbol: cancel it and place another"));
    }
    let revision = next_revision(order.order_id, &working.name)?;
    // What a stop became is on the book; as a stop it would wait again.
    let kind = if working.is_on_book { kind.once_triggered() } else { kind };
    let wanted = Terms { kind, quantity, ..*now };
    let query = terms(query, &wanted)?
        .text("cancelReplaceMode", "STOP_ON_FAILURE")
        .number("cancelOrderId", working.number)
        .text("cancelRestrictions", "ONLY_NEW")
        .text("newClientOrderId", &client_id(order.order_id, revision))
        .text("newOrderRespType", "FULL");
    Ok(Change::Replace { query, revision })
}

fn next_revision(order: OrderId, name: &str) -> Result<u16, BrokerError> {
    let now = order_of(name).filter(|(of, _)| *of == order).map_or(0, |(_, revision)| revision);
    if now >= REVISION_MAX {
        return Err(BrokerError::Unsupported("one more change of this order: cancel it and place another"));
    }
    Ok(now + 1)
}

/// Where the order is that took the place of one that was canceled without a fill, if there is one: after a restart only
/// its name tells.
#[must_use]
pub fn successor(canceled: &OrderReply) -> Option<Query> {
    let filled = canceled.executed_qty.0.is_some_and(|units| !units.is_zero());
    let (order, revision) = order_of(canceled.own_name())?;
    if filled || canceled.status.as_deref() != Some("CANCELED") || revision >= REVISION_MAX {
        return None;
    }
    let query = Query::new().text("symbol", canceled.symbol.as_str());
    Some(query.text("origClientOrderId", &client_id(order, revision + 1)))
}
