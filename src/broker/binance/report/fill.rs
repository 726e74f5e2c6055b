//! Fills, and commissions in another asset.

use rust_decimal::Decimal;

use super::{CurrencyOf, Implausible, currency, position_side, side};
use crate::broker::api::{CashFlow, CashFlowKind, FillReport};
use crate::broker::binance::algo_links::AlgoLinks;
use crate::broker::binance::order_number::{OrderNumber, execution_id, order_id_of};
use crate::broker::binance::wire::order::UserTrade;
use crate::broker::binance::wire::plausible::{amount, future, price, quantity, time};
use crate::broker::binance::wire::word::{PositionSideWord, SideWord};
use crate::market::UtcTime;
use crate::order::fee::Liquidity;
use crate::order::{Cash, ExecutionId};
use crate::text::clean::short;

/// A fill with what came with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Executed {
    /// The fill. Its commission is nothing in the instrument's currency when it was paid in another asset.
    pub fill: FillReport,
    /// The commission, where it was paid in another asset than the instrument's currency. It names no instrument, for a
    /// position's costs are kept in its own currency.
    pub fee: Option<CashFlow>,
    /// The commission, where it was paid in an asset hoga keeps no amounts of.
    pub notice: Option<String>,
}

/// A fill as both roads tell it.
pub(super) struct Told<'a> {
    pub symbol: &'a str,
    pub order_id: i64,
    pub client_id: &'a str,
    pub trade_id: i64,
    pub side: &'a SideWord,
    pub position_side: &'a PositionSideWord,
    pub price: Decimal,
    pub quantity: Decimal,
    pub maker: bool,
    pub commission: Option<Decimal>,
    pub commission_asset: &'a str,
    pub realized: Option<Decimal>,
    pub time: i64,
}

/// A fill of the account's list. The list names no client id: hoga's id is known only of what a conditional order became.
///
/// # Errors
/// A side that is not known, a price or quantity that is nothing or that no market has, a time outside the exchange's life.
pub fn fill_report(trade: &UserTrade, currency_of: CurrencyOf<'_>, links: &AlgoLinks) -> Result<Executed, Implausible> {
    let told = Told {
        symbol: &trade.symbol,
        order_id: trade.order_id,
        client_id: "",
        trade_id: trade.id,
        side: &trade.side,
        position_side: &trade.position_side,
        price: trade.price,
        quantity: trade.qty,
        maker: trade.maker,
        commission: trade.commission,
        commission_asset: &trade.commission_asset,
        realized: trade.realized_pnl,
        time: trade.time,
    };
    executed(&told, currency_of, links)
}

pub(super) fn executed(
    told: &Told<'_>,
    currency_of: CurrencyOf<'_>,
    links: &AlgoLinks,
) -> Result<Executed, Implausible> {
    let instrument = future(told.symbol)?;
    let symbol = instrument.symbol;
    let units = quantity("quantity of a fill", told.quantity)?;
    if units.is_zero() || told.trade_id <= 0 {
        return Err(Implausible { what: "fill of nothing" });
    }
    let time = time("time of a fill", told.time)?;
    let own = order_id_of(told.client_id);
    let mut done = Executed {
        fill: FillReport {
            execution_id: execution_id(symbol, told.trade_id)?,
            order_id: own.or_else(|| links.of_child(symbol, told.order_id).and_then(|link| link.order_id)),
            broker_id: OrderNumber::Order { symbol, id: told.order_id }.broker_id()?,
            instrument,
            side: side(told.side)?,
            price: price("price of a fill", told.price)?,
            quantity: units,
            liquidity: if told.maker { Liquidity::Maker } else { Liquidity::Taker },
            commission: None,
            tax: None,
            fee_in_kind: None,
            realized: told.realized.map(|profit| amount("profit of a fill", profit)).transpose()?,
            position_side: position_side(told.position_side)?,
            time,
        },
        fee: None,
        notice: None,
    };
    // Without an asset it is not known what was paid: the profile's schedule computes it.
    if let Some(paid) = told.commission.filter(|paid| paid.is_zero() || !told.commission_asset.is_empty()) {
        charge(&mut done, amount("commission", paid)?, told, currency_of, time)?;
    }
    Ok(done)
}

/// Puts the commission where it belongs: into the fill, or beside it.
fn charge(
    done: &mut Executed,
    paid: Decimal,
    told: &Told<'_>,
    currency_of: CurrencyOf<'_>,
    time: UtcTime,
) -> Result<(), Implausible> {
    let instrument = done.fill.instrument;
    let (asset, own) = (currency(told.commission_asset), currency_of(instrument));
    let Some(own) = own.or(asset) else { return Ok(()) };
    if paid.is_zero() {
        done.fill.commission = Some(Cash::zero(own));
        return Ok(());
    }
    match asset {
        Some(asset) if asset == own => done.fill.commission = Some(Cash::new(paid, own)),
        Some(asset) => {
            done.fill.commission = Some(Cash::zero(own));
            let id = ExecutionId::new(&format!("fee:{}:{}", instrument.symbol, told.trade_id))
                .map_err(|_| Implausible { what: "number of a fill" })?;
            let amount = Cash::new(-paid, asset);
            done.fee = Some(CashFlow { id, kind: CashFlowKind::Fee, instrument: None, amount, time });
        }
        None => {
            done.fill.commission = Some(Cash::zero(own));
            let asset: String = short(told.commission_asset, 20);
            done.notice = Some(format!(
                "the commission of fill {} was {} {asset}, which is not kept here",
                done.fill.execution_id,
                paid.normalize()
            ));
        }
    }
    Ok(())
}
