//! Orders and conditional orders.

use rust_decimal::Decimal;

use super::{Implausible, side};
use crate::broker::api::OrderReport;
use crate::broker::binance::algo_links::AlgoLinks;
use crate::broker::binance::order_number::{OrderNumber, order_id_of};
use crate::broker::binance::wire::algo::AlgoOrder;
use crate::broker::binance::wire::order::Order;
use crate::broker::binance::wire::plausible::{future, price_or_none, quantity, time};
use crate::broker::binance::wire::word::{AlgoStatusWord, SideWord, StatusWord, TypeWord};
use crate::market::Symbol;
use crate::order::{BrokerOrderId, OrderId, OrderKind, OrderState, Trail};

/// Prices of an order as they came, of which each type uses its own.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Prices {
    pub limit: Option<Decimal>,
    pub trigger: Option<Decimal>,
    pub callback: Option<Decimal>,
}

/// What the two kinds of order have in common, wherever they came from.
pub(super) struct Told<'a> {
    pub symbol: &'a str,
    pub side: &'a SideWord,
    pub kind: &'a TypeWord,
    pub prices: Prices,
    pub quantity: Decimal,
    pub filled: Decimal,
    pub state: OrderState,
    pub reason: Option<String>,
    pub time: i64,
}

/// An order. Of a child of a conditional order the report carries hoga's id of that one, and its number as the former.
///
/// A limit order without a price is one whose price the exchange matches to the book, and comes out as
/// [`OrderKind::BestLimit`].
///
/// # Errors
/// A side that is not known, a price or quantity no market has, a time outside the exchange's life.
pub fn order_report(order: &Order, links: &AlgoLinks) -> Result<OrderReport, Implausible> {
    let symbol = future(&order.symbol)?.symbol;
    let told = Told {
        symbol: &order.symbol,
        side: &order.side,
        kind: &order.kind,
        prices: Prices { limit: order.price, trigger: order.stop_price, callback: order.price_rate },
        quantity: order.orig_qty,
        filled: order.executed_qty,
        state: state(&order.status, order.executed_qty),
        reason: status_reason(&order.status),
        time: order.update_time.filter(|time| *time > 0).or(order.time).unwrap_or_default(),
    };
    let names = Names::of_order(symbol, order.order_id, &order.client_order_id, links)?;
    report(told, names)
}

/// A conditional order. Once it was triggered the report goes by the number of the order it became, with its own as the
/// former; that order alone says what was filled and how it ended, so until it was asked the report stays open
/// ([`must_be_asked`]).
///
/// A take-profit to limit has no type here: it is shown by its trigger.
///
/// # Errors
/// A side that is not known, a price or quantity no market has, a time outside the exchange's life.
pub fn algo_report(order: &AlgoOrder, links: &AlgoLinks) -> Result<OrderReport, Implausible> {
    let symbol = future(&order.symbol)?.symbol;
    let told = Told {
        symbol: &order.symbol,
        side: &order.side,
        kind: &order.order_type,
        prices: Prices { limit: order.price, trigger: order.trigger_price, callback: order.callback_rate },
        quantity: order.quantity.unwrap_or_default(),
        filled: Decimal::ZERO,
        state: algo_state(&order.algo_status),
        reason: None,
        time: order.update_time.filter(|time| *time > 0).or(order.create_time).unwrap_or_default(),
    };
    let names = Names::of_algo(symbol, order.algo_id, &order.client_algo_id, order.actual_order_id, links)?;
    report(told, names)
}

/// The order to ask about when a conditional order's own word is not the last: the one it became.
#[must_use]
pub fn must_be_asked(order: &AlgoOrder) -> Option<OrderNumber> {
    let over =
        matches!(order.algo_status, AlgoStatusWord::Canceled | AlgoStatusWord::Rejected | AlgoStatusWord::Expired);
    let symbol = future(&order.symbol).ok()?.symbol;
    match order.actual_order_id {
        Some(id) => Some(OrderNumber::Order { symbol, id }),
        None if over || order.algo_status == AlgoStatusWord::New => None,
        None => Some(OrderNumber::Algo { symbol, id: order.algo_id }),
    }
}

/// Names of an order: hoga's, the exchange's, and the exchange's former one.
pub(super) struct Names {
    pub order_id: Option<OrderId>,
    pub broker_id: BrokerOrderId,
    pub replaces: Option<BrokerOrderId>,
}

impl Names {
    pub fn of_order(symbol: Symbol, id: i64, client_id: &str, links: &AlgoLinks) -> Result<Self, Implausible> {
        let own = order_id_of(client_id);
        let link = links.of_child(symbol, id);
        let replaces = link.map(|link| OrderNumber::Algo { symbol, id: link.algo_id }.broker_id()).transpose()?;
        Ok(Self {
            order_id: own.or_else(|| link.and_then(|link| link.order_id)),
            broker_id: OrderNumber::Order { symbol, id }.broker_id()?,
            replaces,
        })
    }

    pub fn of_algo(
        symbol: Symbol,
        algo_id: i64,
        client_id: &str,
        child: Option<i64>,
        links: &AlgoLinks,
    ) -> Result<Self, Implausible> {
        let link = links.of_algo(algo_id);
        let order_id = order_id_of(client_id).or_else(|| link.and_then(|link| link.order_id));
        let own = OrderNumber::Algo { symbol, id: algo_id }.broker_id()?;
        match child.or_else(|| link.and_then(|link| link.child)) {
            Some(id) => {
                let broker_id = OrderNumber::Order { symbol, id }.broker_id()?;
                Ok(Self { order_id, broker_id, replaces: Some(own) })
            }
            None => Ok(Self { order_id, broker_id: own, replaces: None }),
        }
    }
}

pub(super) fn report(told: Told<'_>, names: Names) -> Result<OrderReport, Implausible> {
    Ok(OrderReport {
        order_id: names.order_id,
        client_id: None,
        broker_id: names.broker_id,
        replaces: names.replaces,
        instrument: future(told.symbol)?,
        side: side(told.side)?,
        kind: kind(told.kind, told.prices)?,
        quantity: quantity("quantity", told.quantity)?,
        filled: quantity("filled quantity", told.filled)?,
        state: told.state,
        reason: told.reason,
        queue_ahead: None,
        time: time("time of an order", told.time)?,
    })
}

/// Type and prices. A conditional type without its trigger is one that was triggered: the exchange then writes 0. A type
/// that is not known is what its price makes of it.
fn kind(word: &TypeWord, prices: Prices) -> Result<OrderKind, Implausible> {
    let limit = price_or_none("limit price", prices.limit)?;
    let trigger = price_or_none("trigger price", prices.trigger)?;
    let plain = limit.map_or(OrderKind::Market, |price| OrderKind::Limit { price });
    Ok(match word {
        TypeWord::Limit => limit.map_or(OrderKind::BestLimit, |price| OrderKind::Limit { price }),
        TypeWord::Market | TypeWord::Liquidation => OrderKind::Market,
        TypeWord::Stop => match (trigger, limit) {
            (Some(trigger), Some(price)) => OrderKind::StopLimit { trigger, price },
            (Some(trigger), None) => OrderKind::Stop { trigger },
            (None, _) => plain,
        },
        TypeWord::StopMarket => trigger.map_or(OrderKind::Market, |trigger| OrderKind::Stop { trigger }),
        TypeWord::TakeProfit => trigger.map_or(plain, |trigger| OrderKind::TakeProfit { trigger }),
        TypeWord::TakeProfitMarket => trigger.map_or(OrderKind::Market, |trigger| OrderKind::TakeProfit { trigger }),
        TypeWord::TrailingStopMarket => {
            let percent = prices.callback.unwrap_or_default();
            if percent.is_sign_negative() || percent > Decimal::ONE_HUNDRED {
                return Err(Implausible { what: "callback rate" });
            }
            OrderKind::TrailingStop { distance: Trail::Percent(percent), trigger: None }
        }
        TypeWord::Other(_) => plain,
    })
}

/// A status that is not known keeps the order open; whoever sees one asks about the order.
pub(super) fn state(status: &StatusWord, filled: Decimal) -> OrderState {
    match status {
        StatusWord::Filled => OrderState::Filled,
        StatusWord::Canceled => OrderState::Canceled,
        StatusWord::Rejected => OrderState::Rejected,
        StatusWord::Expired | StatusWord::ExpiredInMatch => OrderState::Expired,
        StatusWord::PartiallyFilled => OrderState::PartiallyFilled,
        StatusWord::New | StatusWord::NewInsurance | StatusWord::NewAdl | StatusWord::Other(_) => {
            if filled.is_zero() {
                OrderState::Accepted
            } else {
                OrderState::PartiallyFilled
            }
        }
    }
}

/// `FINISHED` says that the order it became is over, and not how.
pub(super) const fn algo_state(status: &AlgoStatusWord) -> OrderState {
    match status {
        AlgoStatusWord::Canceled => OrderState::Canceled,
        AlgoStatusWord::Rejected => OrderState::Rejected,
        AlgoStatusWord::Expired => OrderState::Expired,
        AlgoStatusWord::New
        | AlgoStatusWord::Triggering
        | AlgoStatusWord::Triggered
        | AlgoStatusWord::Finished
        | AlgoStatusWord::Other(_) => OrderState::Accepted,
    }
}

pub(super) fn status_reason(status: &StatusWord) -> Option<String> {
    (*status == StatusWord::ExpiredInMatch).then(|| "would have traded with this account itself".to_owned())
}
