//! The endpoints of spot that a session uses beside those of both markets, each with what it must carry and what it
//! costs.

use reqwest::Method;

use super::{Call, Security};
use crate::broker::binance::code;
use crate::broker::binance::limits::{order, weight};
use crate::broker::binance::query::Query;
use crate::broker::net::lanes::Lane;

const ORDER: &str = "/api/v3/order";
const OPEN_ORDERS: &str = "/api/v3/openOrders";

fn signed(path: &'static str, units: u32) -> Call {
    Call::ask(path, weight(units)).carrying(Security::Signed)
}

/// A new order.
#[must_use]
pub fn place(query: Query) -> Call {
    let call = signed(ORDER, 0).by(Method::POST).with(query).within(Lane::Order).asking(code::Call::Place);
    Call { cost: order(), ..call }
}

/// The end of an order and a new one in its place, or neither, or only the first.
#[must_use]
pub fn cancel_replace(query: Query) -> Call {
    let call = signed("/api/v3/order/cancelReplace", 0).by(Method::POST).with(query).within(Lane::Order);
    Call { cost: order(), ..call.asking(code::Call::Change) }
}

/// A smaller quantity of an order, which keeps its place in the queue.
#[must_use]
pub fn amend(query: Query) -> Call {
    let call = signed("/api/v3/order/amend/keepPriority", 4).by(Method::PUT).with(query);
    call.within(Lane::Order).asking(code::Call::Change)
}

/// The end of an order.
#[must_use]
pub fn cancel(query: Query) -> Call {
    signed(ORDER, 1).by(Method::DELETE).with(query).within(Lane::Cancel).asking(code::Call::Cancel)
}

/// The end of every order of a symbol.
#[must_use]
pub fn cancel_all(of: &str) -> Call {
    let call = signed(OPEN_ORDERS, 1).by(Method::DELETE).with(Query::new().text("symbol", of));
    call.within(Lane::Cancel).asking(code::Call::Cancel)
}

/// What became of an order.
#[must_use]
pub fn order_state(query: Query) -> Call {
    signed(ORDER, 4).with(query)
}

/// Open orders, of a symbol or of all.
#[must_use]
pub fn open_orders(of: Option<&str>) -> Call {
    signed(OPEN_ORDERS, if of.is_some() { 6 } else { 80 }).with(Query::new().text_if("symbol", of))
}

/// Own fills of a symbol, oldest first; the query narrows them down.
#[must_use]
pub fn my_trades(query: Query) -> Call {
    signed("/api/v3/myTrades", 20).with(query)
}

/// What every symbol last traded at.
#[must_use]
pub fn prices() -> Call {
    Call::ask("/api/v3/ticker/price", weight(4))
}

/// What the account may do, and the assets it holds any of.
#[must_use]
pub fn account() -> Call {
    signed("/api/v3/account", 20).with(Query::new().flag("omitZeroBalances", true))
}
