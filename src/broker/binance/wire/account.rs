//! Balances, positions, settings and income as REST answers them.

use std::fmt;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::word::{MarginWord, PositionSideWord};
use super::{number, text};

/// Cash in one asset (`/fapi/v3/balance`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Balance {
    /// Of what.
    pub asset: String,
    /// Wallet balance: open profit is not in it.
    #[serde(deserialize_with = "number::decimal")]
    pub balance: Decimal,
    /// The part that backs crossed positions.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub cross_wallet_balance: Option<Decimal>,
    /// Free for orders.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub available_balance: Option<Decimal>,
    /// What may be taken out.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub max_withdraw_amount: Option<Decimal>,
}

/// The whole account (`/fapi/v3/account`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Wallets together: USDT alone, or the value of all of them in USD in multi-assets mode.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub total_wallet_balance: Option<Decimal>,
    /// Margin that must stay.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub total_maint_margin: Option<Decimal>,
    /// Wallets with open profit.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub total_margin_balance: Option<Decimal>,
    /// Free for orders.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub available_balance: Option<Decimal>,
    /// By asset.
    #[serde(default)]
    pub assets: Vec<AccountAsset>,
    /// Only symbols with a position or an open order; without entry price and leverage.
    #[serde(default)]
    pub positions: Vec<AccountPosition>,
}

/// An asset of [`Account`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountAsset {
    /// Which.
    pub asset: String,
    /// Cash.
    #[serde(deserialize_with = "number::decimal")]
    pub wallet_balance: Decimal,
    /// Free for orders.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub available_balance: Option<Decimal>,
}

/// A position of [`Account`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountPosition {
    /// In what.
    pub symbol: String,
    /// Which.
    #[serde(default)]
    pub position_side: PositionSideWord,
    /// Signed units.
    #[serde(deserialize_with = "number::decimal")]
    pub position_amt: Decimal,
}

/// A position (`/fapi/v3/positionRisk`). Rows exist only for symbols with a position or an open order: none means flat.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PositionRisk {
    /// In what.
    pub symbol: String,
    /// Which.
    #[serde(default)]
    pub position_side: PositionSideWord,
    /// Signed units; negative is short, also for the short one of hedge mode.
    #[serde(deserialize_with = "number::decimal")]
    pub position_amt: Decimal,
    /// Average cost of a unit; 0 when flat.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub entry_price: Option<Decimal>,
    /// Mark price.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub mark_price: Option<Decimal>,
    /// Profit at the mark price.
    #[serde(default, rename = "unRealizedProfit", deserialize_with = "number::decimal_or_none")]
    pub unrealized_profit: Option<Decimal>,
    /// Mark price at which it is closed by force; 0 for none.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub liquidation_price: Option<Decimal>,
    /// Own wallet of an isolated position; 0 says crossed.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub isolated_wallet: Option<Decimal>,
    /// What it is settled in.
    #[serde(default, deserialize_with = "text::text")]
    pub margin_asset: String,
    /// Place in the queue of those whose positions are reduced by force, 0 to 4.
    #[serde(default, deserialize_with = "number::whole_or_none")]
    pub adl: Option<i64>,
    /// When it last changed; may be 0.
    #[serde(default, deserialize_with = "number::whole_or_none")]
    pub update_time: Option<i64>,
}

/// Settings of a symbol (`/fapi/v1/symbolConfig`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SymbolConfig {
    /// Which.
    pub symbol: String,
    /// Crossed or isolated.
    #[serde(default)]
    pub margin_type: MarginWord,
    /// Leverage.
    #[serde(deserialize_with = "number::whole")]
    pub leverage: i64,
    /// Largest position with it.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub max_notional_value: Option<Decimal>,
}

/// Settings of the account (`/fapi/v1/accountConfig`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountConfig {
    /// Whether it may trade.
    #[serde(default, deserialize_with = "text::flag")]
    pub can_trade: bool,
    /// Whether the key may move money out.
    #[serde(default, deserialize_with = "text::flag")]
    pub can_withdraw: bool,
    /// Hedge mode.
    pub dual_side_position: bool,
    /// Whether every asset backs every position.
    #[serde(default, deserialize_with = "text::flag")]
    pub multi_assets_margin: bool,
    /// Step of the fee schedule.
    #[serde(default, deserialize_with = "number::whole_or_none")]
    pub fee_tier: Option<i64>,
}

/// The answer to setting leverage.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Leverage {
    /// Of what.
    pub symbol: String,
    /// As it is now.
    #[serde(deserialize_with = "number::whole")]
    pub leverage: i64,
    /// Largest position with it.
    #[serde(default, deserialize_with = "number::decimal_or_none")]
    pub max_notional_value: Option<Decimal>,
}

/// Hedge or one-way mode (`/fapi/v1/positionSide/dual`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PositionModeReply {
    /// Hedge mode.
    pub dual_side_position: bool,
}

/// Fee rates of a symbol, as fractions (`/fapi/v1/commissionRate`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CommissionRate {
    /// Of what.
    pub symbol: String,
    /// For what rests.
    #[serde(deserialize_with = "number::decimal")]
    pub maker_commission_rate: Decimal,
    /// For what takes.
    #[serde(deserialize_with = "number::decimal")]
    pub taker_commission_rate: Decimal,
}

/// Money that moved (`/fapi/v1/income`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Income {
    /// On what; may be empty.
    #[serde(default, deserialize_with = "text::text")]
    pub symbol: String,
    /// Why: `FUNDING_FEE`, `COMMISSION`, `TRANSFER`, and new ones without notice.
    #[serde(deserialize_with = "text::text")]
    pub income_type: String,
    /// How much; negative when paid.
    #[serde(deserialize_with = "number::decimal")]
    pub income: Decimal,
    /// Of what.
    #[serde(default, deserialize_with = "text::text")]
    pub asset: String,
    /// When.
    #[serde(deserialize_with = "number::whole")]
    pub time: i64,
    /// Number, unique only together with the type.
    #[serde(deserialize_with = "text::text")]
    pub tran_id: String,
    /// Fill it belongs to; may be empty.
    #[serde(default, deserialize_with = "text::text")]
    pub trade_id: String,
}

/// A budget of the account's own (`/fapi/v1/rateLimit/order`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderBudget {
    /// `ORDERS`.
    #[serde(deserialize_with = "text::text")]
    pub rate_limit_type: String,
    /// `SECOND`, `MINUTE`, `DAY`.
    #[serde(deserialize_with = "text::text")]
    pub interval: String,
    /// How many of them.
    #[serde(deserialize_with = "number::whole")]
    pub interval_num: i64,
    /// Orders in that time.
    #[serde(deserialize_with = "number::whole")]
    pub limit: i64,
}

/// The answer to starting or stopping the exchange's dead man's switch of a symbol.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Countdown {
    /// Of what.
    pub symbol: String,
    /// Milliseconds until its orders are canceled; 0 when stopped. Comes as text.
    #[serde(deserialize_with = "number::whole")]
    pub countdown_time: i64,
}

/// The key of the account's stream. Whoever has it can read the account, so it does not print.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListenKey {
    /// The key; empty in the answer of older versions to an extension.
    #[serde(default, deserialize_with = "text::text")]
    pub listen_key: String,
}

impl fmt::Debug for ListenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ListenKey(hidden)")
    }
}
