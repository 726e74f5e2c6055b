//! Orders and own trades as REST answers them.

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::error::CodeReply;
use super::word::{PositionSideWord, SideWord, StatusWord, TypeWord};
use super::{number, text};
use crate::broker::net::json::{self, JsonError};

/// A plain order: answer to placing, changing, canceling and asking, and element of lists.
///
/// Since the middle of 2026 only the answers to questions carry an average price, so it is never needed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// On what.
    pub symbol: String,
    /// Number, unique per symbol; 19 digits have been seen.
    #[serde(deserialize_with = "number::whole")]
    pub order_id: i64,
    /// The client's id.
    #[serde(default, deserialize_with = "text::text")]
    pub client_order_id: String,
    /// Where it is in its life.
    #[serde(default)]
    pub status: StatusWord,
    /// Which way.
    #[serde(default)]
    pub side: SideWord,
    /// Which position.
    #[serde(default)]
    pub position_side: PositionSideWord,
    /// Type now.
    #[serde(default, rename = "type")]
    pub kind: TypeWord,
    /// `GTC`, `IOC`, `FOK`, `GTX`, `GTD`, `RPI`, `GTE_GTC`.
    #[serde(default, deserialize_with = "text::text")]
    pub time_in_force: String,
    /// Limit price; 0 for a market order, and where the exchange matches the price to the book.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub price: Option<Decimal>,
    /// Total quantity; 0 where the order closes a whole position.
    #[serde(deserialize_with = "number::decimal")]
    pub orig_qty: Decimal,
    /// Filled so far.
    #[serde(deserialize_with = "number::decimal")]
    pub executed_qty: Decimal,
    /// Average price of what is filled; 0 before.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub avg_price: Option<Decimal>,
    /// Value of what is filled.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub cum_quote: Option<Decimal>,
    /// Trigger of an order from before conditional orders moved.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub stop_price: Option<Decimal>,
    /// Price from which a trailing order of that time follows.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub activate_price: Option<Decimal>,
    /// Callback rate of a trailing order of that time, in per cent.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub price_rate: Option<Decimal>,
    /// Only makes a position smaller. In hedge mode the exchange shows it although it was not sent.
    #[serde(default, deserialize_with = "text::flag")]
    pub reduce_only: bool,
    /// Closes the whole position.
    #[serde(default, deserialize_with = "text::flag")]
    pub close_position: bool,
    /// Until when an order with `GTD` lives; 0 for the others.
    #[serde(default, deserialize_with = "number::whole_or_none")]
    pub good_till_date: Option<i64>,
    /// When it was made; only in answers to questions.
    #[serde(default, deserialize_with = "number::whole_or_none")]
    pub time: Option<i64>,
    /// When it last changed.
    #[serde(default, deserialize_with = "number::whole_or_none")]
    pub update_time: Option<i64>,
}

/// A fill of the account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserTrade {
    /// On what.
    pub symbol: String,
    /// Number, unique per symbol.
    #[serde(deserialize_with = "number::whole")]
    pub id: i64,
    /// Of which order.
    #[serde(deserialize_with = "number::whole")]
    pub order_id: i64,
    /// Which way.
    #[serde(default)]
    pub side: SideWord,
    /// At what price.
    #[serde(deserialize_with = "number::decimal")]
    pub price: Decimal,
    /// How much.
    #[serde(deserialize_with = "number::decimal")]
    pub qty: Decimal,
    /// Profit it realised, before the commission.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub realized_pnl: Option<Decimal>,
    /// Commission paid; negative is a rebate.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub commission: Option<Decimal>,
    /// What it was paid in, which may be BNB.
    #[serde(default, deserialize_with = "text::text")]
    pub commission_asset: String,
    /// Which position.
    #[serde(default)]
    pub position_side: PositionSideWord,
    /// Whether it rested in the book.
    #[serde(default, deserialize_with = "text::flag")]
    pub maker: bool,
    /// When.
    #[serde(deserialize_with = "number::whole")]
    pub time: i64,
}

/// An element of the answer to a batch, which is a success as a whole whatever its elements are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchElement {
    /// Done.
    Order(Box<Order>),
    /// Refused.
    Refused(CodeReply),
    /// Neither: what became of this one must be asked.
    Unread,
}

/// Reads the answer to a batch, in the order of the request.
///
/// # Errors
/// When the bytes are no JSON list, or more than `limit`.
pub fn batch(bytes: &[u8], limit: usize) -> Result<Vec<BatchElement>, JsonError> {
    let rows: Vec<&RawValue> = json::parse("batch reply", bytes, limit)?;
    Ok(rows
        .into_iter()
        .map(|row| match CodeReply::of(row.get().as_bytes()) {
            Some(refusal) => BatchElement::Refused(refusal),
            None => serde_json::from_str(row.get())
                .map_or(BatchElement::Unread, |order| BatchElement::Order(Box::new(order))),
        })
        .collect())
}
