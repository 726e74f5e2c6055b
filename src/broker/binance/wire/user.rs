//! Events of the account's stream.

use std::borrow::Cow;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::word::{AlgoStatusWord, ExecutionWord, PositionSideWord, SideWord, StatusWord, TypeWord};
use super::{number, text};
use crate::broker::net::json::{self, JsonError};

/// Types asked for by name when the stream is opened. A misspelt name is ignored without a word, so they stand here once.
pub const EVENT_TYPES: [&str; 7] = [
    "ORDER_TRADE_UPDATE",
    "ACCOUNT_UPDATE",
    "ALGO_UPDATE",
    "MARGIN_CALL",
    "ACCOUNT_CONFIG_UPDATE",
    "TRADE_LITE",
    "listenKeyExpired",
];

/// Largest event that is read, in bytes.
const EVENT_MAX: usize = 1 << 20;

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserEvent {
    /// News of an order.
    Order(Box<OrderEvent>),
    /// A fill, told early and without its commission and position.
    TradeLite(TradeLite),
    /// Cash and positions changed.
    Account(Box<AccountEvent>),
    /// News of a conditional order.
    Algo(Box<AlgoEvent>),
    /// The margin of positions runs out.
    MarginCall(Box<MarginCall>),
    /// A setting changed.
    Config(ConfigEvent),
    /// The stream is dead although its connection stays open.
    ListenKeyExpired {
        /// When, in milliseconds.
        time: i64,
    },
    /// Of a type that is not known; its name, empty for a message that is no event.
    Other(String),
}

/// Reads an event, plain or in the wrapper of a combined stream.
///
/// # Errors
/// When the bytes are no JSON, larger than 1 MiB, or of a known type with a field missing or malformed.
pub fn decode(bytes: &[u8]) -> Result<UserEvent, JsonError> {
    let head: Head<'_> = json::parse("user event", bytes, EVENT_MAX)?;
    match head.data {
        Some(data) if head.name.is_none() => {
            let inner = data.get().as_bytes();
            let head: Head<'_> = json::parse("user event", inner, EVENT_MAX)?;
            event(head.name.as_deref().unwrap_or_default(), inner)
        }
        _ => event(head.name.as_deref().unwrap_or_default(), bytes),
    }
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow, default, rename = "e")]
    name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
}

fn event(name: &str, bytes: &[u8]) -> Result<UserEvent, JsonError> {
    Ok(match name {
        "ORDER_TRADE_UPDATE" => UserEvent::Order(json::parse("order event", bytes, EVENT_MAX)?),
        "TRADE_LITE" => UserEvent::TradeLite(json::parse("early fill", bytes, EVENT_MAX)?),
        "ACCOUNT_UPDATE" => UserEvent::Account(json::parse("account event", bytes, EVENT_MAX)?),
        "ALGO_UPDATE" => UserEvent::Algo(json::parse("conditional order event", bytes, EVENT_MAX)?),
        "MARGIN_CALL" => UserEvent::MarginCall(json::parse("margin call", bytes, EVENT_MAX)?),
        "ACCOUNT_CONFIG_UPDATE" => UserEvent::Config(json::parse("account setting", bytes, EVENT_MAX)?),
        "listenKeyExpired" => {
            let expired: Expired = json::parse("end of the stream", bytes, EVENT_MAX)?;
            UserEvent::ListenKeyExpired { time: expired.time }
        }
        other => UserEvent::Other(other.to_owned()),
    })
}

#[derive(Deserialize)]
struct Expired {
    #[serde(rename = "E", deserialize_with = "number::whole")]
    time: i64,
}

/// `ORDER_TRADE_UPDATE`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OrderEvent {
    /// When it was sent, in milliseconds; events are ordered by it.
    #[serde(rename = "E", deserialize_with = "number::whole")]
    pub event_time: i64,
    /// The order.
    #[serde(rename = "o")]
    pub order: EventOrder,
}

/// The order of an [`OrderEvent`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct EventOrder {
    /// On what.
    #[serde(rename = "s")]
    pub symbol: String,
    /// The client's id, or a word of the exchange's own such as `autoclose-...`.
    #[serde(default, rename = "c", deserialize_with = "text::text")]
    pub client_order_id: String,
    /// Which way.
    #[serde(default, rename = "S")]
    pub side: SideWord,
    /// Type now.
    #[serde(default, rename = "o")]
    pub kind: TypeWord,
    /// Type as it was placed.
    #[serde(default, rename = "ot")]
    pub original_kind: TypeWord,
    /// Time in force.
    #[serde(default, rename = "f", deserialize_with = "text::text")]
    pub time_in_force: String,
    /// Total quantity.
    #[serde(rename = "q", deserialize_with = "number::decimal")]
    pub quantity: Decimal,
    /// Limit price; 0 for a market order.
    #[serde(default, rename = "p", deserialize_with = "number::decimal_or_none")]
    pub price: Option<Decimal>,
    /// Average price of what is filled.
    #[serde(default, rename = "ap", deserialize_with = "number::decimal_or_none")]
    pub average_price: Option<Decimal>,
    /// Trigger; not to be used of trailing orders.
    #[serde(default, rename = "sp", deserialize_with = "number::decimal_or_none")]
    pub stop_price: Option<Decimal>,
    /// Why this event came.
    #[serde(default, rename = "x")]
    pub execution: ExecutionWord,
    /// Where the order is in its life. Can stay at `NEW` while the exchange liquidates.
    #[serde(default, rename = "X")]
    pub status: StatusWord,
    /// Number, unique per symbol.
    #[serde(rename = "i", deserialize_with = "number::whole")]
    pub order_id: i64,
    /// Quantity of this fill.
    #[serde(default, rename = "l", deserialize_with = "number::decimal_or_none")]
    pub last_quantity: Option<Decimal>,
    /// Price of this fill.
    #[serde(default, rename = "L", deserialize_with = "number::decimal_or_none")]
    pub last_price: Option<Decimal>,
    /// Filled so far.
    #[serde(rename = "z", deserialize_with = "number::decimal")]
    pub filled: Decimal,
    /// Commission of this fill.
    #[serde(default, rename = "n", deserialize_with = "number::decimal_or_none")]
    pub commission: Option<Decimal>,
    /// What it was paid in.
    #[serde(default, rename = "N", deserialize_with = "text::text")]
    pub commission_asset: String,
    /// When it happened.
    #[serde(rename = "T", deserialize_with = "number::whole")]
    pub time: i64,
    /// Number of the fill, unique per symbol; 0 for none.
    #[serde(default, rename = "t", deserialize_with = "number::whole_or_none")]
    pub trade_id: Option<i64>,
    /// Whether this fill rested in the book.
    #[serde(default, rename = "m", deserialize_with = "text::flag")]
    pub maker: bool,
    /// Only makes a position smaller. In hedge mode shown of closing orders although it was not sent.
    #[serde(default, rename = "R", deserialize_with = "text::flag")]
    pub reduce_only: bool,
    /// Which position.
    #[serde(default, rename = "ps")]
    pub position_side: PositionSideWord,
    /// Profit this fill realised, before the commission.
    #[serde(default, rename = "rp", deserialize_with = "number::decimal_or_none")]
    pub realized: Option<Decimal>,
    /// Price from which a trailing order follows.
    #[serde(default, rename = "AP", deserialize_with = "number::decimal_or_none")]
    pub activate_price: Option<Decimal>,
    /// Callback rate of a trailing order, in per cent.
    #[serde(default, rename = "cr", deserialize_with = "number::decimal_or_none")]
    pub callback_rate: Option<Decimal>,
    /// Why it ended, 0 to 9.
    #[serde(default, rename = "er", deserialize_with = "text::text")]
    pub expiry_reason: String,
}

/// `TRADE_LITE`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TradeLite {
    /// On what.
    #[serde(rename = "s")]
    pub symbol: String,
    /// Of which order.
    #[serde(rename = "i", deserialize_with = "number::whole")]
    pub order_id: i64,
    /// The client's id.
    #[serde(default, rename = "c", deserialize_with = "text::text")]
    pub client_order_id: String,
    /// Number of the fill, the same as in the full event.
    #[serde(rename = "t", deserialize_with = "number::whole")]
    pub trade_id: i64,
    /// Price.
    #[serde(rename = "L", deserialize_with = "number::decimal")]
    pub price: Decimal,
    /// Quantity.
    #[serde(rename = "l", deserialize_with = "number::decimal")]
    pub quantity: Decimal,
    /// When.
    #[serde(rename = "T", deserialize_with = "number::whole")]
    pub time: i64,
}

/// `ACCOUNT_UPDATE`: only what changed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AccountEvent {
    /// When it was sent, in milliseconds.
    #[serde(rename = "E", deserialize_with = "number::whole")]
    pub event_time: i64,
    /// When it happened.
    #[serde(rename = "T", deserialize_with = "number::whole")]
    pub time: i64,
    /// What changed.
    #[serde(rename = "a")]
    pub change: AccountChange,
}

/// The change of an [`AccountEvent`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AccountChange {
    /// Why: `ORDER`, `FUNDING_FEE`, `DEPOSIT`, ...
    #[serde(default, rename = "m", deserialize_with = "text::text")]
    pub reason: String,
    /// Cash.
    #[serde(default, rename = "B")]
    pub balances: Vec<ChangedBalance>,
    /// Positions; one that was closed shows 0. Hedge mode sends `BOTH` as well, with 0.
    #[serde(default, rename = "P")]
    pub positions: Vec<ChangedPosition>,
}

/// Cash of an [`AccountChange`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ChangedBalance {
    /// Of what.
    #[serde(rename = "a")]
    pub asset: String,
    /// Wallet balance.
    #[serde(rename = "wb", deserialize_with = "number::decimal")]
    pub wallet: Decimal,
    /// The part that backs crossed positions.
    #[serde(default, rename = "cw", deserialize_with = "number::decimal_or_none")]
    pub cross_wallet: Option<Decimal>,
    /// Change that is neither profit nor commission.
    #[serde(default, rename = "bc", deserialize_with = "number::decimal_or_none")]
    pub change: Option<Decimal>,
}

/// A position of an [`AccountChange`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ChangedPosition {
    /// In what.
    #[serde(rename = "s")]
    pub symbol: String,
    /// Signed units.
    #[serde(rename = "pa", deserialize_with = "number::decimal")]
    pub amount: Decimal,
    /// Average cost of a unit; 0 when flat.
    #[serde(default, rename = "ep", deserialize_with = "number::decimal_or_none")]
    pub entry_price: Option<Decimal>,
    /// Which.
    #[serde(default, rename = "ps")]
    pub side: PositionSideWord,
}

/// `ALGO_UPDATE`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AlgoEvent {
    /// When it was sent, in milliseconds.
    #[serde(rename = "E", deserialize_with = "number::whole")]
    pub event_time: i64,
    /// When it happened.
    #[serde(rename = "T", deserialize_with = "number::whole")]
    pub time: i64,
    /// The order.
    #[serde(rename = "o")]
    pub order: EventAlgo,
}

/// The conditional order of an [`AlgoEvent`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct EventAlgo {
    /// The client's id.
    #[serde(default, rename = "caid", deserialize_with = "text::text")]
    pub client_algo_id: String,
    /// Number in the id space of conditional orders.
    #[serde(rename = "aid", deserialize_with = "number::whole")]
    pub algo_id: i64,
    /// What it becomes, and when.
    #[serde(default, rename = "o")]
    pub order_type: TypeWord,
    /// On what.
    #[serde(rename = "s")]
    pub symbol: String,
    /// Which way.
    #[serde(default, rename = "S")]
    pub side: SideWord,
    /// Which position.
    #[serde(default, rename = "ps")]
    pub position_side: PositionSideWord,
    /// How much.
    #[serde(default, rename = "q", deserialize_with = "number::decimal_or_none")]
    pub quantity: Option<Decimal>,
    /// Where it is in its life.
    #[serde(default, rename = "X")]
    pub status: AlgoStatusWord,
    /// The order it became; empty text before.
    #[serde(default, rename = "ai", deserialize_with = "number::whole_or_none")]
    pub child: Option<i64>,
    /// Filled quantity of that order; missing before.
    #[serde(default, rename = "aq", deserialize_with = "number::decimal_or_none")]
    pub filled: Option<Decimal>,
    /// Price that sets it off.
    #[serde(default, rename = "tp", deserialize_with = "number::decimal_or_none")]
    pub trigger_price: Option<Decimal>,
    /// Limit price.
    #[serde(default, rename = "p", deserialize_with = "number::decimal_or_none")]
    pub price: Option<Decimal>,
    /// Callback rate of a trailing order, in per cent.
    #[serde(default, rename = "cr", deserialize_with = "number::decimal_or_none")]
    pub callback_rate: Option<Decimal>,
    /// Why it was refused.
    #[serde(default, rename = "rm", deserialize_with = "text::text")]
    pub reject_reason: String,
    /// Whether a trailing order has begun to follow.
    #[serde(default, rename = "ia", deserialize_with = "text::flag")]
    pub activated: bool,
}

/// `MARGIN_CALL`. May come after the liquidation it warns of.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MarginCall {
    /// When it was sent, in milliseconds.
    #[serde(rename = "E", deserialize_with = "number::whole")]
    pub event_time: i64,
    /// Positions in danger.
    #[serde(default, rename = "p")]
    pub positions: Vec<EndangeredPosition>,
}

/// A position of a [`MarginCall`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct EndangeredPosition {
    /// In what.
    #[serde(rename = "s")]
    pub symbol: String,
    /// Which.
    #[serde(default, rename = "ps")]
    pub side: PositionSideWord,
    /// Signed units.
    #[serde(default, rename = "pa", deserialize_with = "number::decimal_or_none")]
    pub amount: Option<Decimal>,
    /// Mark price.
    #[serde(default, rename = "mp", deserialize_with = "number::decimal_or_none")]
    pub mark_price: Option<Decimal>,
    /// Margin that must stay.
    #[serde(default, rename = "mm", deserialize_with = "number::decimal_or_none")]
    pub maintenance: Option<Decimal>,
}

/// `ACCOUNT_CONFIG_UPDATE`: one of the two.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ConfigEvent {
    /// Leverage of a symbol changed.
    #[serde(default, rename = "ac")]
    pub leverage: Option<ChangedLeverage>,
    /// Multi-assets mode changed.
    #[serde(default, rename = "ai")]
    pub multi_assets: Option<ChangedMultiAssets>,
}

/// Leverage of a symbol.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ChangedLeverage {
    /// Of what.
    #[serde(rename = "s")]
    pub symbol: String,
    /// As it is now.
    #[serde(rename = "l", deserialize_with = "number::whole")]
    pub leverage: i64,
}

/// Multi-assets mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct ChangedMultiAssets {
    /// Whether every asset backs every position now.
    #[serde(rename = "j", deserialize_with = "text::flag")]
    pub on: bool,
}
