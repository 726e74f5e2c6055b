//! `GET /api/v3/account`.

use serde::Deserialize;

use super::WireError;
use crate::broker::binance::wire::digits::MaybeNumber;
use crate::broker::net::json::parse;

const ACCOUNT_MAX: usize = 16 * 1024 * 1024;

/// What an account may do and holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Whether it may trade.
    pub can_trade: bool,
    /// Whether money may be taken out with this account; a key has its own permissions beside it.
    #[serde(default)]
    pub can_withdraw: bool,
    /// `SPOT`.
    #[serde(default)]
    pub account_type: String,
    /// When it last changed, in ms.
    #[serde(default)]
    pub update_time: i64,
    /// Current rates.
    #[serde(default)]
    pub commission_rates: Option<CommissionRates>,
    /// Assets.
    pub balances: Vec<Balance>,
    /// Groups of symbols it may trade.
    #[serde(default)]
    pub permissions: Vec<String>,
}

/// Commission rates as fractions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CommissionRates {
    /// Of orders that rested.
    pub maker: MaybeNumber,
    /// Of orders that took.
    pub taker: MaybeNumber,
}

/// One asset.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Balance {
    /// Which; may hold letters beyond ASCII.
    pub asset: String,
    /// Free for orders.
    pub free: MaybeNumber,
    /// In open orders.
    pub locked: MaybeNumber,
}

/// Reads the reply.
///
/// # Errors
/// Not JSON, or another shape.
pub fn decode(body: &[u8]) -> Result<Account, WireError> {
    Ok(parse("account", body, ACCOUNT_MAX)?)
}
