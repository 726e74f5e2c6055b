//! Frames of the WebSocket API: replies to our requests and, mixed with them, the account's events.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::WireError;
use super::account::Balance;
use super::exchange_info::RateLimit;
use super::order::Refusal;
use crate::broker::binance::wire::digits::MaybeNumber;
use crate::broker::net::json::parse;
use crate::market::Symbol;

const FRAME_MAX: usize = 4 * 1024 * 1024;

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserFrame {
    /// The answer to a request of ours.
    Reply(Reply),
    /// An event of a subscription.
    Event {
        /// Which subscription; 0 is one.
        subscription: Option<u64>,
        /// The event.
        event: Box<UserEvent>,
    },
    /// The server is about to close the connection.
    ServerShutdown,
    /// Anything else; nothing to do.
    Other,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The request's own id, as text.
    pub id: String,
    /// As an HTTP status.
    pub status: u16,
    /// Of a subscription that was taken.
    pub subscription: Option<u64>,
    /// Why it was refused.
    pub error: Option<Refusal>,
    /// Budgets as they stand.
    pub rate_limits: Vec<RateLimit>,
}

/// An event of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserEvent {
    /// News of an order.
    Execution(Box<Execution>),
    /// Balances that may have changed.
    AccountPosition(AccountPosition),
    /// A deposit, withdrawal or transfer.
    BalanceUpdate(BalanceUpdate),
    /// An order list; its orders report themselves.
    ListStatus,
    /// Something beside trading locks or frees a part of a balance.
    ExternalLock(BalanceUpdate),
    /// No more events come on this subscription.
    Terminated,
    /// Anything else, by its name.
    Other(String),
}

/// `executionReport`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Execution {
    /// When it was sent, in ms.
    #[serde(rename = "E")]
    pub sent_ms: i64,
    /// On what.
    #[serde(rename = "s")]
    pub symbol: Symbol,
    /// Name of the order, or of the cancel.
    #[serde(rename = "c")]
    pub client_id: String,
    /// Name of the order when this is about its cancel; else empty.
    #[serde(rename = "C", default)]
    pub original_client_id: Option<String>,
    /// `BUY`, `SELL`.
    #[serde(rename = "S")]
    pub side: String,
    /// `LIMIT`, `STOP_LOSS`.
    #[serde(rename = "o")]
    pub order_type: String,
    /// `GTC`, `IOC`, `FOK`.
    #[serde(rename = "f", default)]
    pub time_in_force: Option<String>,
    /// Total quantity.
    #[serde(rename = "q")]
    pub quantity: MaybeNumber,
    /// Limit price; zero when it has none.
    #[serde(rename = "p", default)]
    pub price: MaybeNumber,
    /// Price that sets it off; zero when it has none.
    #[serde(rename = "P", default)]
    pub stop_price: MaybeNumber,
    /// The list it belongs to; -1 for none.
    #[serde(rename = "g", default)]
    pub order_list_id: Option<i64>,
    /// What happened: `NEW`, `CANCELED`, `REPLACED`, `REJECTED`, `TRADE`, `EXPIRED`, `TRADE_PREVENTION`.
    #[serde(rename = "x")]
    pub execution_type: String,
    /// State after it.
    #[serde(rename = "X")]
    pub status: String,
    /// Why it was rejected; `NONE` otherwise.
    #[serde(rename = "r", default)]
    pub reject_reason: Option<String>,
    /// Why it expired, where said.
    #[serde(rename = "eR", default)]
    pub expiry_reason: Option<String>,
    /// Its number.
    #[serde(rename = "i")]
    pub order_id: i64,
    /// Quantity of this fill.
    #[serde(rename = "l", default)]
    pub last_quantity: MaybeNumber,
    /// Filled so far.
    #[serde(rename = "z")]
    pub filled: MaybeNumber,
    /// Price of this fill.
    #[serde(rename = "L", default)]
    pub last_price: MaybeNumber,
    /// Commission of this fill.
    #[serde(rename = "n", default)]
    pub commission: MaybeNumber,
    /// In what; null when there is none.
    #[serde(rename = "N", default)]
    pub commission_asset: Option<String>,
    /// When it happened, in ms.
    #[serde(rename = "T")]
    pub happened_ms: i64,
    /// MaybeNumber of this fill; -1 when it is none.
    #[serde(rename = "t", default = "no_trade")]
    pub trade_id: i64,
    /// Whether it is on the book.
    #[serde(rename = "w", default)]
    pub on_book: bool,
    /// Whether this fill was made by resting.
    #[serde(rename = "m", default)]
    pub is_maker: bool,
    /// When the order was made, in ms.
    #[serde(rename = "O", default)]
    pub created_ms: Option<i64>,
    /// Money of what is filled.
    #[serde(rename = "Z", default)]
    pub cumulative_quote: MaybeNumber,
    /// Distance of a trailing stop, in basis points.
    #[serde(rename = "d", default)]
    pub trailing_delta: MaybeNumber,
}

const fn no_trade() -> i64 {
    -1
}

/// `outboundAccountPosition`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountPosition {
    /// When the account last changed, in ms.
    pub updated_ms: i64,
    /// Only what may have changed.
    pub balances: Vec<Balance>,
}

/// `balanceUpdate`, and `externalLockUpdate` of the same shape.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BalanceUpdate {
    /// Of what.
    #[serde(rename = "a")]
    pub asset: String,
    /// Change; negative when it left.
    #[serde(rename = "d")]
    pub change: MaybeNumber,
    /// When, in ms.
    #[serde(rename = "T")]
    pub cleared_ms: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    subscription_id: Option<u64>,
    #[serde(borrow)]
    event: Option<&'a RawValue>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    status: Option<u16>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    error: Option<Refusal>,
    #[serde(default)]
    rate_limits: Vec<RateLimit>,
    e: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subscribed {
    subscription_id: Option<u64>,
}

/// Reads a frame.
///
/// # Errors
/// Not JSON, or another shape than its name says.
pub fn decode(frame: &[u8]) -> Result<UserFrame, WireError> {
    let envelope: Envelope<'_> = parse("user frame", frame, FRAME_MAX)?;
    if let Some(event) = envelope.event {
        return match decode_event(event.get().as_bytes())? {
            UserEvent::Other(name) if name == "serverShutdown" => Ok(UserFrame::ServerShutdown),
            event => Ok(UserFrame::Event { subscription: envelope.subscription_id, event: Box::new(event) }),
        };
    }
    if envelope.e.as_deref() == Some("serverShutdown") {
        return Ok(UserFrame::ServerShutdown);
    }
    let (Some(id), Some(status)) = (envelope.id, envelope.status) else { return Ok(UserFrame::Other) };
    let subscribed = |result: &RawValue| parse::<Subscribed>("result", result.get().as_bytes(), FRAME_MAX).ok();
    Ok(UserFrame::Reply(Reply {
        id: id.get().trim_matches('"').to_owned(),
        status,
        subscription: envelope.result.and_then(subscribed).and_then(|result| result.subscription_id),
        error: envelope.error,
        rate_limits: envelope.rate_limits,
    }))
}

fn decode_event(event: &[u8]) -> Result<UserEvent, WireError> {
    #[derive(Deserialize)]
    struct Named {
        e: String,
    }
    #[derive(Deserialize)]
    struct Wallet {
        #[serde(rename = "u")]
        updated_ms: i64,
        #[serde(rename = "B")]
        balances: Vec<Row>,
    }
    #[derive(Deserialize)]
    struct Row {
        #[serde(rename = "a")]
        asset: String,
        #[serde(rename = "f")]
        free: MaybeNumber,
        #[serde(rename = "l")]
        locked: MaybeNumber,
    }
    let named: Named = parse("user event", event, FRAME_MAX)?;
    Ok(match named.e.as_str() {
        "executionReport" => UserEvent::Execution(Box::new(parse("executionReport", event, FRAME_MAX)?)),
        "outboundAccountPosition" => {
            let wallet: Wallet = parse("outboundAccountPosition", event, FRAME_MAX)?;
            let balance = |row: Row| Balance { asset: row.asset, free: row.free, locked: row.locked };
            let balances = wallet.balances.into_iter().map(balance).collect();
            UserEvent::AccountPosition(AccountPosition { updated_ms: wallet.updated_ms, balances })
        }
        "balanceUpdate" => UserEvent::BalanceUpdate(parse("balanceUpdate", event, FRAME_MAX)?),
        "externalLockUpdate" => UserEvent::ExternalLock(parse("externalLockUpdate", event, FRAME_MAX)?),
        "listStatus" => UserEvent::ListStatus,
        "eventStreamTerminated" => UserEvent::Terminated,
        _ => UserEvent::Other(named.e),
    })
}

impl Execution {
    /// The name our order was given: on a cancel `c` names the cancel and `C` the order.
    #[must_use]
    pub fn own_name(&self) -> &str {
        self.original_client_id.as_deref().filter(|name| !name.is_empty()).unwrap_or(&self.client_id)
    }
}
