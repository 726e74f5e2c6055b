//! Orders and trades of the REST interface.
//!
//! One shape serves every reply about an order: a short acknowledgement has five fields, a full one has its fills, a
//! cancel names our order by `origClientOrderId` because `clientOrderId` is then the name of the cancel.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::WireError;
use crate::broker::binance::wire::digits::MaybeNumber;
use crate::broker::net::json::parse;
use crate::market::Symbol;

/// Largest reply about orders that is read.
pub const ORDERS_MAX: usize = 32 * 1024 * 1024;

/// An order as a reply tells it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderReply {
    /// On what.
    pub symbol: Symbol,
    /// Its number; unique per symbol only.
    pub order_id: i64,
    /// The list it belongs to; -1 for none.
    #[serde(default = "no_list")]
    pub order_list_id: i64,
    /// Its name, or that of the cancel.
    pub client_order_id: String,
    /// Its name, in replies to a cancel.
    #[serde(default)]
    pub orig_client_order_id: Option<String>,
    /// Limit price; zero when it has none.
    #[serde(default)]
    pub price: MaybeNumber,
    /// Total quantity. Absent in a short acknowledgement.
    #[serde(default, alias = "qty")]
    pub orig_qty: MaybeNumber,
    /// Filled.
    #[serde(default)]
    pub executed_qty: MaybeNumber,
    /// Money of what is filled; below zero on old rows, which do not know it. The two m are Binance's.
    #[serde(default, rename = "cummulativeQuoteQty", alias = "cumulativeQuoteQty")]
    pub cumulative_quote_qty: MaybeNumber,
    /// `NEW`, `FILLED`. Absent in a short acknowledgement.
    #[serde(default)]
    pub status: Option<String>,
    /// `GTC`, `IOC`, `FOK`.
    #[serde(default)]
    pub time_in_force: Option<String>,
    /// `LIMIT`, `STOP_LOSS`.
    #[serde(default, rename = "type")]
    pub order_type: Option<String>,
    /// `BUY`, `SELL`.
    #[serde(default)]
    pub side: Option<String>,
    /// Price that sets it off; zero when it has none.
    #[serde(default)]
    pub stop_price: MaybeNumber,
    /// Distance of a trailing stop, in basis points.
    #[serde(default)]
    pub trailing_delta: MaybeNumber,
    /// When it was made, in ms; in queries.
    #[serde(default)]
    pub time: Option<i64>,
    /// When it last changed, in ms; in queries.
    #[serde(default)]
    pub update_time: Option<i64>,
    /// When it happened, in ms; in replies to a request.
    #[serde(default, alias = "transactionTime")]
    pub transact_time: Option<i64>,
    /// Whether it is on the book.
    #[serde(default)]
    pub is_working: Option<bool>,
    /// What it took at once; only with `newOrderRespType=FULL`.
    #[serde(default)]
    pub fills: Vec<ReplyFill>,
}

const fn no_list() -> i64 {
    -1
}

/// A fill inside a reply to a new order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplyFill {
    /// Price.
    pub price: MaybeNumber,
    /// Quantity.
    pub qty: MaybeNumber,
    /// Commission.
    pub commission: MaybeNumber,
    /// In what.
    pub commission_asset: String,
    /// Its number; unique per symbol only.
    pub trade_id: i64,
}

/// A row of `GET /api/v3/myTrades`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MyTrade {
    /// On what.
    pub symbol: Symbol,
    /// Its number; unique per symbol only.
    pub id: i64,
    /// Of which order.
    pub order_id: i64,
    /// Price.
    pub price: MaybeNumber,
    /// Quantity.
    pub qty: MaybeNumber,
    /// Commission.
    pub commission: MaybeNumber,
    /// In what.
    pub commission_asset: String,
    /// When, in ms.
    pub time: i64,
    /// Whether we bought.
    pub is_buyer: bool,
    /// Whether our order rested.
    pub is_maker: bool,
}

/// Levels of a list, read one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T> {
    /// Levels that could be read.
    pub rows: Vec<T>,
    /// Levels that could not: the list is not complete.
    pub unreadable: usize,
}

/// A reply about one order.
///
/// # Errors
/// Not JSON, or another shape.
pub fn decode(body: &[u8]) -> Result<OrderReply, WireError> {
    Ok(parse("order reply", body, ORDERS_MAX)?)
}

/// `openOrders`, `allOrders`: rows of orders.
///
/// # Errors
/// Not JSON, or no list.
pub fn decode_orders(body: &[u8]) -> Result<List<OrderReply>, WireError> {
    decode_rows("orders", body)
}

/// `myTrades`.
///
/// # Errors
/// Not JSON, or no list.
pub fn decode_trades(body: &[u8]) -> Result<List<MyTrade>, WireError> {
    decode_rows("myTrades", body)
}

/// The reply to `DELETE openOrders`: orders, and lists of orders with theirs inside.
///
/// # Errors
/// Not JSON, or no list.
pub fn decode_canceled(body: &[u8]) -> Result<List<OrderReply>, WireError> {
    #[derive(Deserialize)]
    struct OrderList<'a> {
        #[serde(borrow, rename = "orderReports")]
        reports: Vec<&'a RawValue>,
    }
    let elements: Vec<&RawValue> = parse("canceled orders", body, ORDERS_MAX)?;
    let mut out = List { rows: Vec::with_capacity(elements.len()), unreadable: 0 };
    for element in elements {
        match parse::<OrderList<'_>>("order list", element.get().as_bytes(), ORDERS_MAX) {
            Ok(list) => list.reports.into_iter().for_each(|row| out.read("canceled order", row)),
            Err(_) => out.read("canceled order", element),
        }
    }
    Ok(out)
}

fn decode_rows<'a, T: Deserialize<'a>>(what: &'static str, body: &'a [u8]) -> Result<List<T>, WireError> {
    let elements: Vec<&RawValue> = parse(what, body, ORDERS_MAX)?;
    let mut out = List { rows: Vec::with_capacity(elements.len()), unreadable: 0 };
    elements.into_iter().for_each(|row| out.read(what, row));
    Ok(out)
}

impl<'a, T: Deserialize<'a>> List<T> {
    fn read(&mut self, what: &'static str, row: &'a RawValue) {
        match parse(what, row.get().as_bytes(), ORDERS_MAX) {
            Ok(row) => self.rows.push(row),
            Err(_) => self.unreadable += 1,
        }
    }
}

impl OrderReply {
    /// The name our order was given, whoever cancels it under whatever name.
    #[must_use]
    pub fn own_name(&self) -> &str {
        self.orig_client_order_id.as_deref().filter(|name| !name.is_empty()).unwrap_or(&self.client_order_id)
    }

    /// When this was so, in ms.
    #[must_use]
    pub fn at_ms(&self) -> Option<i64> {
        self.transact_time.or(self.update_time).or(self.time)
    }
}

/// What became of the two halves of a `cancelReplace`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CancelReplace {
    /// The old order is gone and the new one was taken.
    Done {
        /// The end of the old one.
        canceled: Box<OrderReply>,
        /// The new one.
        placed: Box<OrderReply>,
    },
    /// The old order is gone and the new one was refused (409, -2021).
    OldGone {
        /// The end of the old one.
        canceled: Box<OrderReply>,
        /// Why there is no new one.
        refusal: Refusal,
    },
    /// Neither happened: the old order was not canceled (400, -2022).
    Nothing {
        /// Why the old one was not canceled.
        refusal: Refusal,
    },
    /// The new order was taken although the old one was not canceled; only where failures are allowed, which hoga does
    /// not ask for.
    Both {
        /// Why the old one was not canceled.
        refusal: Refusal,
        /// The new one.
        placed: Box<OrderReply>,
    },
}

/// A code and text of the exchange; the text as it came.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Refusal {
    /// Its code, below zero.
    pub code: i64,
    /// Its text.
    #[serde(default)]
    pub msg: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Halves<'a> {
    cancel_result: String,
    new_order_result: String,
    #[serde(borrow)]
    cancel_response: &'a RawValue,
    #[serde(borrow)]
    new_order_response: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Failed<'a> {
    #[serde(borrow)]
    data: Halves<'a>,
}

/// Reads the reply to a `cancelReplace`, whatever its HTTP status: a failure has its halves under `data`.
///
/// # Errors
/// Not JSON, another shape, or halves that do not say what happened. The outcome then is unknown.
pub fn decode_cancel_replace(body: &[u8]) -> Result<CancelReplace, WireError> {
    match parse::<Failed<'_>>("cancelReplace failure", body, ORDERS_MAX) {
        Ok(failed) => halves(&failed.data),
        Err(_) => halves(&parse("cancelReplace", body, ORDERS_MAX)?),
    }
}

fn halves(halves: &Halves<'_>) -> Result<CancelReplace, WireError> {
    let order = |raw: &RawValue| decode(raw.get().as_bytes()).map(Box::new);
    let refusal = |raw: &RawValue| Ok::<Refusal, WireError>(parse("refusal", raw.get().as_bytes(), ORDERS_MAX)?);
    let new = halves.new_order_response;
    match (halves.cancel_result.as_str(), halves.new_order_result.as_str(), new) {
        ("SUCCESS", "SUCCESS", Some(new)) => {
            Ok(CancelReplace::Done { canceled: order(halves.cancel_response)?, placed: order(new)? })
        }
        ("SUCCESS", "FAILURE", Some(new)) => {
            Ok(CancelReplace::OldGone { canceled: order(halves.cancel_response)?, refusal: refusal(new)? })
        }
        ("FAILURE", "SUCCESS", Some(new)) => {
            Ok(CancelReplace::Both { refusal: refusal(halves.cancel_response)?, placed: order(new)? })
        }
        ("FAILURE", "FAILURE" | "NOT_ATTEMPTED", _) => {
            Ok(CancelReplace::Nothing { refusal: refusal(halves.cancel_response)? })
        }
        _ => Err(WireError::implausible("cancelReplace", "result")),
    }
}

/// The reply to a smaller quantity in place.
///
/// # Errors
/// Not JSON, or another shape.
pub fn decode_amend(body: &[u8]) -> Result<OrderReply, WireError> {
    #[derive(Deserialize)]
    struct Amend<'a> {
        #[serde(borrow, rename = "amendedOrder")]
        order: &'a RawValue,
    }
    let amend: Amend<'_> = parse("amend", body, ORDERS_MAX)?;
    decode(amend.order.get().as_bytes())
}
