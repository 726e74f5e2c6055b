//! What hoga asks of an order, as the parameters that say it.
//!
//! Whatever cannot be said exactly is refused here and never sent in another form. Time stamp, window and signature are
//! added where the request is sent.

use rust_decimal::Decimal;

use super::algo_links::AlgoLinks;
use super::order_number::OrderNumber;
pub use super::order_number::{client_id, order_id_of};
use super::query::Query;
use crate::broker::api::{BrokerError, OrderReference, PlaceOrder};
use crate::market::{InstrumentId, Price, Quantity, Side, Venue};
use crate::order::{OrderKind, PositionSide, TimeInForce, Trail};

/// Smallest and largest distance of a trailing stop, in per cent; in steps of a tenth.
const CALLBACK_PERCENT: (Decimal, Decimal) = (rust_decimal::dec!(0.1), rust_decimal::dec!(20));

/// Whether an account holds one position an instrument or a long and a short one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PositionMode {
    /// One net position.
    OneWay,
    /// A long and a short one at once.
    Hedge,
}

/// Where a new order goes, with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placement {
    /// `POST /fapi/v1/order`.
    Order(Query),
    /// `POST /fapi/v1/algoOrder`.
    Algo(Query),
}

/// Where an order is canceled or asked about, with the parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whereabouts {
    /// Among plain orders: `/fapi/v1/order`.
    Order(Query),
    /// Among conditional orders: `/fapi/v1/algoOrder`.
    Algo(Query),
    /// Nobody has told its number yet, so it can be among either, by hoga's id; a conditional order that was triggered
    /// can be among both. Ask the first, and the second when there is none.
    Either {
        /// Among plain orders.
        order: Query,
        /// Among conditional orders.
        algo: Query,
    },
}

/// A new order.
///
/// # Errors
/// [`BrokerError::Unsupported`] for what the exchange has no words for; nothing is sent then.
pub fn place(order: &PlaceOrder, mode: PositionMode) -> Result<Placement, BrokerError> {
    is_future(order.instrument)?;
    if order.quantity.is_zero() {
        return Err(BrokerError::Unsupported("an order of nothing"));
    }
    match order.kind {
        OrderKind::Limit { price } => {
            let word = time_in_force(order.time_in_force)?;
            let query = head(Query::new(), "LIMIT", order, mode)?.text("timeInForce", word);
            let query = size(query, order, mode).decimal("price", price.value());
            Ok(Placement::Order(named(query, order, order.time_in_force != TimeInForce::Gtc)))
        }
        OrderKind::Market => {
            takes_what_is_there(order.time_in_force)?;
            let query = size(head(Query::new(), "MARKET", order, mode)?, order, mode);
            Ok(Placement::Order(named(query, order, true)))
        }
        kind => conditional(kind, order, mode),
    }
}

fn conditional(kind: OrderKind, order: &PlaceOrder, mode: PositionMode) -> Result<Placement, BrokerError> {
    let start = |word: &str| {
        head(Query::new().text("algoType", "CONDITIONAL"), word, order, mode).map(|query| size(query, order, mode))
    };
    let query = match kind {
        OrderKind::Stop { trigger } => start("STOP_MARKET")?.decimal("triggerPrice", trigger.value()),
        OrderKind::TakeProfit { trigger } => start("TAKE_PROFIT_MARKET")?.decimal("triggerPrice", trigger.value()),
        OrderKind::TrailingStop { distance, .. } => {
            start("TRAILING_STOP_MARKET")?.decimal("callbackRate", callback(distance)?)
        }
        OrderKind::StopLimit { trigger, price } => {
            let query = start("STOP")?.decimal("price", price.value()).decimal("triggerPrice", trigger.value());
            query.text("timeInForce", time_in_force(order.time_in_force)?)
        }
        _ => return Err(BrokerError::Unsupported("an order type of the Korean exchange")),
    };
    if order.time_in_force != TimeInForce::Gtc && !matches!(kind, OrderKind::StopLimit { .. }) {
        return Err(BrokerError::Unsupported("a stop to market that does not wait until it is canceled"));
    }
    let query = query.text("workingType", "CONTRACT_PRICE").text("clientAlgoId", &client_id(order.order_id));
    Ok(Placement::Algo(query))
}

fn head(query: Query, word: &str, order: &PlaceOrder, mode: PositionMode) -> Result<Query, BrokerError> {
    let query = query.text("symbol", order.instrument.symbol.as_str()).text("side", side_word(order.side));
    Ok(position_side(query, order, mode)?.text("type", word))
}

/// How much, and whether only to reduce. In hedge mode the position side says that, and the flag is refused.
fn size(query: Query, order: &PlaceOrder, mode: PositionMode) -> Query {
    let query = query.decimal("quantity", order.quantity.value());
    if order.reduce_only && mode == PositionMode::OneWay { query.flag("reduceOnly", true) } else { query }
}

/// Why no order is kept for an opening.
const NO_OPENING: &str = "an order for the opening: this market does not close";

/// A market order is over at once, so how long it may last says nothing about it, unless it asks for what it cannot be.
const fn takes_what_is_there(of: TimeInForce) -> Result<(), BrokerError> {
    match of {
        TimeInForce::Day | TimeInForce::Gtc | TimeInForce::Ioc => Ok(()),
        TimeInForce::Fok => Err(BrokerError::Unsupported("a market order that is filled whole or not at all")),
        TimeInForce::PostOnly => Err(BrokerError::Unsupported("a market order that must rest")),
        TimeInForce::Reserved => Err(BrokerError::Unsupported(NO_OPENING)),
    }
}

/// Another price and total quantity for an order (`PUT /fapi/v1/order`), what is filled included in the quantity. Both
/// always go, and the order loses its place in the queue.
///
/// # Errors
/// [`BrokerError::Unsupported`] for anything but the limit price of an order that is in the book: a conditional order
/// that waits cannot be changed.
pub fn replace(
    order: &OrderReference,
    side: Side,
    kind: OrderKind,
    quantity: Quantity,
    links: &AlgoLinks,
) -> Result<Query, BrokerError> {
    is_future(order.instrument)?;
    if quantity.is_zero() {
        return Err(BrokerError::Unsupported("a change to nothing: cancel instead"));
    }
    let number = number(order, links);
    let price: Price = match (kind, number) {
        (_, Some(OrderNumber::Algo { .. })) => {
            return Err(BrokerError::Unsupported("a change of a conditional order: cancel it and place another"));
        }
        (OrderKind::Limit { price }, _) => price,
        // What a stop to limit became is a limit order like any other.
        (OrderKind::StopLimit { price, .. }, Some(OrderNumber::Order { .. })) => price,
        _ => return Err(BrokerError::Unsupported("a change of anything but a limit order")),
    };
    let query = by_order(order, number)
        .text("side", side_word(side))
        .decimal("quantity", quantity.value())
        .decimal("price", price.value());
    Ok(query)
}

/// The end of an order (`DELETE`).
#[must_use]
pub fn cancel(order: &OrderReference, links: &AlgoLinks) -> Whereabouts {
    whereabouts(order, links)
}

/// What became of an order (`GET`).
#[must_use]
pub fn find(order: &OrderReference, links: &AlgoLinks) -> Whereabouts {
    whereabouts(order, links)
}

/// The number it goes by now: of what it became, where it was triggered.
#[must_use]
pub fn number(order: &OrderReference, links: &AlgoLinks) -> Option<OrderNumber> {
    let told = order.broker_id.as_ref().and_then(OrderNumber::of).filter(|n| n.symbol() == order.instrument.symbol);
    let link = match told {
        Some(plain @ OrderNumber::Order { .. }) => return Some(plain),
        Some(OrderNumber::Algo { id, .. }) => links.of_algo(id),
        None => links.of_order(order.order_id),
    };
    match link {
        Some(link) => Some(match link.child {
            Some(id) => OrderNumber::Order { symbol: link.symbol, id },
            None => OrderNumber::Algo { symbol: link.symbol, id: link.algo_id },
        }),
        None => told,
    }
}

fn whereabouts(order: &OrderReference, links: &AlgoLinks) -> Whereabouts {
    match number(order, links) {
        Some(OrderNumber::Algo { id, .. }) => Whereabouts::Algo(Query::new().number("algoId", id)),
        number @ Some(OrderNumber::Order { .. }) => Whereabouts::Order(by_order(order, number)),
        None => Whereabouts::Either {
            order: by_order(order, None),
            algo: Query::new().text("clientAlgoId", &client_id(order.order_id)),
        },
    }
}

/// By number, else by hoga's id. Only one of the two: with both the number would win without a word.
fn by_order(order: &OrderReference, number: Option<OrderNumber>) -> Query {
    let query = Query::new().text("symbol", order.instrument.symbol.as_str());
    match number {
        Some(OrderNumber::Order { id, .. }) => query.number("orderId", id),
        _ => query.text("origClientOrderId", &client_id(order.order_id)),
    }
}

/// hoga's id, and for what is over at once the wish to be told how it ended.
fn named(query: Query, order: &PlaceOrder, ends_at_once: bool) -> Query {
    let query = query.text("newClientOrderId", &client_id(order.order_id));
    if ends_at_once { query.text("newOrderRespType", "RESULT") } else { query }
}

fn position_side(query: Query, order: &PlaceOrder, mode: PositionMode) -> Result<Query, BrokerError> {
    let (word, opens) = match (mode, order.position_side) {
        (PositionMode::OneWay, PositionSide::Net) => return Ok(query),
        (PositionMode::OneWay, PositionSide::Long | PositionSide::Short) => {
            return Err(BrokerError::Unsupported(
                "a long and a short position at once: the account is in one-way mode",
            ));
        }
        (PositionMode::Hedge, PositionSide::Net) => {
            return Err(BrokerError::Unsupported("one net position: the account is in hedge mode, say long or short"));
        }
        (PositionMode::Hedge, PositionSide::Long) => ("LONG", Side::Buy),
        (PositionMode::Hedge, PositionSide::Short) => ("SHORT", Side::Sell),
    };
    // The flag cannot be sent, so an order that would open although it must only reduce would not be stopped there.
    if order.reduce_only && order.side == opens {
        return Err(BrokerError::Unsupported("an order that must only reduce and would open a position"));
    }
    Ok(query.text("positionSide", word))
}

fn time_in_force(of: TimeInForce) -> Result<&'static str, BrokerError> {
    match of {
        TimeInForce::Gtc => Ok("GTC"),
        TimeInForce::Ioc => Ok("IOC"),
        TimeInForce::Fok => Ok("FOK"),
        TimeInForce::PostOnly => Ok("GTX"),
        TimeInForce::Day => Err(BrokerError::Unsupported("an order for the day: this market does not close")),
        TimeInForce::Reserved => Err(BrokerError::Unsupported(NO_OPENING)),
    }
}

fn callback(distance: Trail) -> Result<Decimal, BrokerError> {
    let Trail::Percent(percent) = distance else {
        return Err(BrokerError::Unsupported("a trailing distance in money: say per cent"));
    };
    let (least, most) = CALLBACK_PERCENT;
    if percent < least || percent > most || percent.normalize().scale() > 1 {
        return Err(BrokerError::Unsupported("a trailing distance other than 0.1 to 20 per cent in steps of 0.1"));
    }
    Ok(percent)
}

const fn side_word(side: Side) -> &'static str {
    match side {
        Side::Buy => "BUY",
        Side::Sell => "SELL",
    }
}

fn is_future(instrument: InstrumentId) -> Result<(), BrokerError> {
    if instrument.venue == Venue::BinanceFutures {
        Ok(())
    } else {
        Err(BrokerError::Unsupported("an instrument of another venue"))
    }
}
