//! Positions, cash, and money that moved without an order.

use rust_decimal::Decimal;

use super::{CurrencyOf, Implausible, currency, position_side};
use crate::broker::api::{AccountReport, CashFlow, CashFlowKind};
use crate::broker::binance::wire::account::{Balance, Income, PositionRisk};
use crate::broker::binance::wire::plausible::{amount, average, future, signed_units, time};
use crate::broker::binance::wire::word::PositionSideWord;
use crate::order::{Cash, ExecutionId};
use crate::text::clean::short;

/// More than any exchange gives.
const LEVERAGE_MAX: u32 = 1_000;

/// Cash, and assets that are not kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CashTold {
    /// Cash by currency.
    pub reports: Vec<AccountReport>,
    /// Assets with something in them that hoga keeps no amounts of; cleaned text.
    pub left_out: Vec<String>,
}

/// Money that moved, and what could not be taken in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FlowsTold {
    /// What is booked.
    pub flows: Vec<CashFlow>,
    /// Amounts of assets hoga keeps no amounts of; cleaned text, for people.
    pub notices: Vec<String>,
    /// Rows that cannot be right.
    pub refused: usize,
}

/// Positions. All or none: a position that were left out would look closed.
///
/// # Errors
/// A row that cannot be right.
pub fn positions(rows: &[PositionRisk]) -> Result<Vec<AccountReport>, Implausible> {
    rows.iter().map(|row| position(&row.symbol, &row.position_side, row.position_amt, row.entry_price)).collect()
}

pub(super) fn position(
    symbol: &str,
    side: &PositionSideWord,
    units: Decimal,
    entry_price: Option<Decimal>,
) -> Result<AccountReport, Implausible> {
    Ok(AccountReport::Position {
        instrument: future(symbol)?,
        side: position_side(side)?,
        quantity: signed_units("position", units)?,
        average_price: average("entry price", entry_price)?,
    })
}

/// Leverage of a symbol; `None` of one hoga cannot carry, and of a number that is none.
#[must_use]
pub fn leverage(symbol: &str, times: i64) -> Option<AccountReport> {
    let leverage = u32::try_from(times).ok().filter(|times| (1..=LEVERAGE_MAX).contains(times))?;
    Some(AccountReport::Leverage { instrument: future(symbol).ok()?, leverage })
}

/// Cash: the wallet balance, which open profit is not part of. All or nothing, like [`positions`].
///
/// # Errors
/// An amount that cannot be right.
pub fn cash(rows: &[Balance]) -> Result<CashTold, Implausible> {
    let mut told = CashTold::default();
    for row in rows {
        let total = amount("balance", row.balance)?;
        let available = row.available_balance.map(|free| amount("free balance", free)).transpose()?;
        match currency(&row.asset) {
            Some(currency) => {
                told.reports.push(AccountReport::Cash { total: Cash::new(total, currency), available });
            }
            None if total.is_zero() => {}
            None => told.left_out.push(asset_name(&row.asset)),
        }
    }
    Ok(told)
}

/// Money that moved without an order. Commissions and realised profit are part of fills, transfers and conversions are not
/// earned or paid for anything: none of these is a flow.
///
/// Funding is booked from here and never from the stream, whose event has no number by which it could be known again.
#[must_use]
pub fn cash_flows(rows: &[Income], currency_of: CurrencyOf<'_>) -> FlowsTold {
    let mut told = FlowsTold::default();
    for row in rows {
        let Some(kind) = flow_kind(&row.income_type) else { continue };
        match flow(row, kind, currency_of) {
            Ok(Some(flow)) => told.flows.push(flow),
            Ok(None) if row.income.is_zero() => {}
            Ok(None) => told.notices.push(format!(
                "{} of {} {}, which is not kept here",
                asset_name(&row.income_type),
                row.income.normalize(),
                asset_name(&row.asset)
            )),
            Err(_) => told.refused += 1,
        }
    }
    told
}

fn flow_kind(income_type: &str) -> Option<CashFlowKind> {
    match income_type {
        "FUNDING_FEE" => Some(CashFlowKind::Funding),
        "INSURANCE_CLEAR"
        | "POSITION_LIMIT_INCREASE_FEE"
        | "FEE_RETURN"
        | "COMMISSION_REBATE"
        | "API_REBATE"
        | "REFERRAL_KICKBACK" => Some(CashFlowKind::Fee),
        "BFUSD_REWARD" => Some(CashFlowKind::Interest),
        _ => None,
    }
}

/// `None` for an asset that is not kept.
fn flow(row: &Income, kind: CashFlowKind, currency_of: CurrencyOf<'_>) -> Result<Option<CashFlow>, Implausible> {
    let money = amount("income", row.income)?;
    let time = time("time of an income", row.time)?;
    let instrument = if row.symbol.is_empty() { None } else { Some(future(&row.symbol)?) };
    let Some(currency) = currency(&row.asset) else { return Ok(None) };
    // What is no money of the instrument's does not belong into what it has earned.
    let instrument = instrument.filter(|id| currency_of(*id) == Some(currency));
    let id = ExecutionId::new(&format!("income:{}:{}:{}", row.income_type, row.tran_id, row.asset))
        .map_err(|_| Implausible { what: "number of an income" })?;
    Ok(Some(CashFlow { id, kind, instrument, amount: Cash::new(money, currency), time }))
}

fn asset_name(text: &str) -> String {
    short(text, 32)
}
