//! Conditional orders as REST answers them.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::word::{AlgoStatusWord, PositionSideWord, SideWord, TypeWord};
use super::{number, text};

/// A conditional order: answer to placing and asking, and element of lists.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AlgoOrder {
    /// Number in the id space of conditional orders.
    #[serde(deserialize_with = "number::whole")]
    pub algo_id: i64,
    /// The client's id.
    #[serde(default, deserialize_with = "text::text")]
    pub client_algo_id: String,
    /// What it becomes, and when.
    #[serde(default)]
    pub order_type: TypeWord,
    /// On what.
    pub symbol: String,
    /// Which way.
    #[serde(default)]
    pub side: SideWord,
    /// Which position.
    #[serde(default)]
    pub position_side: PositionSideWord,
    /// `GTC`, `GTE_GTC`, ...
    #[serde(default, deserialize_with = "text::text")]
    pub time_in_force: String,
    /// How much; 0 or missing where it closes a whole position.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub quantity: Option<Decimal>,
    /// Where it is in its life.
    #[serde(default)]
    pub algo_status: AlgoStatusWord,
    /// The order it became; empty text before.
    #[serde(default, deserialize_with = "number::whole_or_none")]
    pub actual_order_id: Option<i64>,
    /// Price that sets it off.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub trigger_price: Option<Decimal>,
    /// Limit price; 0 for market types.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub price: Option<Decimal>,
    /// Price from which a trailing order follows; may be empty text.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub activate_price: Option<Decimal>,
    /// Per cent by which the price must turn; may be empty text.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub callback_rate: Option<Decimal>,
    /// Closes the whole position.
    #[serde(default, deserialize_with = "text::flag")]
    pub close_position: bool,
    /// Only makes a position smaller.
    #[serde(default, deserialize_with = "text::flag")]
    pub reduce_only: bool,
    /// When it was made.
    #[serde(default, deserialize_with = "number::whole_or_none")]
    pub create_time: Option<i64>,
    /// When it last changed.
    #[serde(default, deserialize_with = "number::whole_or_none")]
    pub update_time: Option<i64>,
}

/// The answer to canceling a conditional order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AlgoCanceled {
    /// Which.
    #[serde(deserialize_with = "number::whole")]
    pub algo_id: i64,
    /// The client's id.
    #[serde(default, deserialize_with = "text::text")]
    pub client_algo_id: String,
    /// 200, here as text.
    #[serde(deserialize_with = "number::whole")]
    pub code: i64,
    /// `success`.
    #[serde(default, deserialize_with = "text::text")]
    pub msg: String,
}
