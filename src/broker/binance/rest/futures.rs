//! The endpoints of USD-M futures that a session uses beside those of both markets, each with what it must carry and what
//! it costs.

use reqwest::Method;

use super::{Call, Security};
use crate::broker::binance::limits::{order, statistics, weight};
use crate::broker::binance::query::Query;
use crate::broker::binance::{code, fund_flow};
use crate::broker::net::lanes::Lane;
use crate::market::FlowSeries;

const ORDER: &str = "/fapi/v1/order";
const ALGO_ORDER: &str = "/fapi/v1/algoOrder";
const LISTEN_KEY: &str = "/fapi/v1/listenKey";

fn symbol(symbol: &str) -> Query {
    Query::new().text("symbol", symbol)
}

fn signed(path: &'static str, units: u32) -> Call {
    Call::ask(path, weight(units)).carrying(Security::Signed)
}

fn places(method: Method, path: &'static str, query: Query) -> Call {
    let asks = if method == Method::POST { code::Call::Place } else { code::Call::Change };
    Call { cost: order(), ..signed(path, 0) }.by(method).with(query).within(Lane::Order).asking(asks)
}

fn cancels(path: &'static str, query: Query) -> Call {
    signed(path, 1).by(Method::DELETE).with(query).within(Lane::Cancel).asking(code::Call::Cancel)
}

/// Position mode and rights of the account.
#[must_use]
pub fn account_config() -> Call {
    signed("/fapi/v1/accountConfig", 5)
}

/// Leverage and margin type of every symbol.
#[must_use]
pub fn symbol_config() -> Call {
    signed("/fapi/v1/symbolConfig", 5)
}

/// Margin brackets of every symbol.
#[must_use]
pub fn leverage_brackets() -> Call {
    signed("/fapi/v1/leverageBracket", 1)
}

/// A new plain order.
#[must_use]
pub fn place(query: Query) -> Call {
    places(Method::POST, ORDER, query)
}

/// A new conditional order.
#[must_use]
pub fn place_algo(query: Query) -> Call {
    places(Method::POST, ALGO_ORDER, query)
}

/// Another price and quantity of a limit order.
#[must_use]
pub fn replace(query: Query) -> Call {
    places(Method::PUT, ORDER, query)
}

/// The end of a plain order.
#[must_use]
pub fn cancel(query: Query) -> Call {
    cancels(ORDER, query)
}

/// The end of a conditional order that has not triggered.
#[must_use]
pub fn cancel_algo(query: Query) -> Call {
    cancels(ALGO_ORDER, query)
}

/// The end of every plain order of a symbol.
#[must_use]
pub fn cancel_all(of: &str) -> Call {
    cancels("/fapi/v1/allOpenOrders", symbol(of))
}

/// The end of every conditional order of a symbol.
#[must_use]
pub fn cancel_all_algo(of: &str) -> Call {
    cancels("/fapi/v1/algoOpenOrders", symbol(of))
}

/// What became of a plain order.
#[must_use]
pub fn order_state(query: Query) -> Call {
    signed(ORDER, 1).with(query)
}

/// What became of a conditional order.
#[must_use]
pub fn algo_order_state(query: Query) -> Call {
    signed(ALGO_ORDER, 1).with(query)
}

/// Open plain orders, of a symbol or of all.
#[must_use]
pub fn open_orders(of: Option<&str>) -> Call {
    signed("/fapi/v1/openOrders", if of.is_some() { 1 } else { 40 }).with(Query::new().text_if("symbol", of))
}

/// Conditional orders that have not triggered, of a symbol or of all.
#[must_use]
pub fn open_algo_orders(of: Option<&str>) -> Call {
    signed("/fapi/v1/openAlgoOrders", if of.is_some() { 1 } else { 40 }).with(Query::new().text_if("symbol", of))
}

/// Own fills of a symbol, oldest first; the query narrows them down.
#[must_use]
pub fn user_trades(query: Query) -> Call {
    signed("/fapi/v1/userTrades", 5).with(query)
}

/// Positions.
#[must_use]
pub fn positions() -> Call {
    signed("/fapi/v3/positionRisk", 5)
}

/// Cash.
#[must_use]
pub fn balances() -> Call {
    signed("/fapi/v3/balance", 5)
}

/// Money that moved, oldest first.
#[must_use]
pub fn income(query: Query) -> Call {
    signed("/fapi/v1/income", 30).with(query).within(Lane::Bulk)
}

/// Another leverage of a symbol.
#[must_use]
pub fn set_leverage(of: &str, leverage: u32) -> Call {
    let query = symbol(of).number("leverage", i64::from(leverage));
    signed("/fapi/v1/leverage", 1).by(Method::POST).with(query).within(Lane::Order).asking(code::Call::Setting)
}

/// All plain orders of a symbol end after so many milliseconds, unless this is asked again; 0 takes it back.
#[must_use]
pub fn countdown(of: &str, milliseconds: i64) -> Call {
    let query = symbol(of).number("countdownTime", milliseconds);
    signed("/fapi/v1/countdownCancelAll", 10)
        .by(Method::POST)
        .with(query)
        .within(Lane::Order)
        .asking(code::Call::Setting)
}

/// A key for the account's stream: a new one, or the one that lives, extended.
#[must_use]
pub fn new_listen_key() -> Call {
    let call = Call::ask(LISTEN_KEY, weight(1)).by(Method::POST).carrying(Security::Key);
    call.within(Lane::Order).asking(code::Call::Setting)
}

/// The account's stream goes on for another hour.
#[must_use]
pub fn extend_listen_key() -> Call {
    new_listen_key().by(Method::PUT)
}

/// A series of who holds what.
#[must_use]
pub fn flow(series: FlowSeries, query: Query) -> Call {
    Call::ask(fund_flow::path(series), statistics()).with(query).within(Lane::Bulk)
}
