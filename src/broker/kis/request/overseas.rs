//! Orders in foreign shares.

use super::call::{Account, Call, Parameters, whole};
use crate::broker::api::{BrokerError, PlaceOrder};
use crate::broker::kis::capability::{Lack, only_sold};
use crate::broker::kis::environment::Realm;
use crate::broker::kis::exchange::{Deed, OverseasExchange, OverseasMarket};
use crate::broker::kis::order::OrderNumber;
use crate::market::{Price, Quantity, Side};
use crate::order::{OrderKind, TimeInForce};

const LIMIT_ONLY: &str = "KIS takes limit orders for the day in foreign shares; there is no market order";
const US_ONLY: &str = "orders on open and on close are for US shares in their own hours";
const WHOLE_SHARES: &str = "foreign shares are ordered whole";

/// The services of a market: its own, or those of the daytime session.
const fn market(exchange: OverseasExchange, daytime: bool) -> Result<OverseasMarket, BrokerError> {
    match (exchange.market(), daytime) {
        (market, false) => Ok(market),
        (OverseasMarket::UnitedStates, true) => Ok(OverseasMarket::UnitedStatesDaytime),
        (_, true) => Err(BrokerError::Unsupported("only US shares trade in the daytime session")),
    }
}

/// `ORD_DVSN` and `OVRS_ORD_UNPR` of an order.
fn kind(realm: Realm, order: &PlaceOrder, market: OverseasMarket) -> Result<(&'static str, String), BrokerError> {
    if order.time_in_force != TimeInForce::Day {
        return Err(BrokerError::Unsupported(LIMIT_ONLY));
    }
    let (code, price) = match order.kind {
        OrderKind::Limit { price } => return Ok(("00", written(price))),
        OrderKind::OnOpen { price: None } => ("31", None),
        OrderKind::OnOpen { price } => ("32", price),
        OrderKind::OnClose { price: None } => ("33", None),
        OrderKind::OnClose { price } => ("34", price),
        _ => return Err(BrokerError::Unsupported(LIMIT_ONLY)),
    };
    if realm == Realm::Paper {
        return Err(Lack::OverseasKinds.error());
    }
    if market != OverseasMarket::UnitedStates {
        return Err(BrokerError::Unsupported(US_ONLY));
    }
    if price.is_none() && order.side == Side::Buy {
        return Err(BrokerError::Unsupported(only_sold()));
    }
    Ok((code, price.map_or_else(|| "0".to_owned(), written)))
}

fn written(price: Price) -> String {
    price.value().normalize().to_string()
}

/// A new order. `daytime` sends it to the US session of the Korean day.
///
/// # Errors
/// What the interface cannot carry; nothing has been sent.
pub fn place(account: &Account, realm: Realm, order: &PlaceOrder, daytime: bool) -> Result<Call, BrokerError> {
    let exchange =
        OverseasExchange::at(order.instrument.venue).ok_or(BrokerError::Unsupported("not a foreign exchange"))?;
    let market = market(exchange, daytime)?;
    let (code, price) = kind(realm, order, market)?;
    let mut parameters = account
        .parameters()
        .with("OVRS_EXCG_CD", exchange.orders())
        .with("PDNO", order.instrument.symbol.as_str())
        .with("ORD_QTY", whole(order.quantity.value(), WHOLE_SHARES)?)
        .with("OVRS_ORD_UNPR", price)
        .with("CTAC_TLNO", "")
        .with("MGCO_APTM_ODNO", "")
        .with("SLL_TYPE", if order.side == Side::Sell { "00" } else { "" })
        .with("ORD_SVR_DVSN_CD", "0");
    // The others take limit orders only and want the type left out.
    if matches!(market, OverseasMarket::UnitedStates | OverseasMarket::UnitedStatesDaytime) {
        parameters = parameters.with("ORD_DVSN", code);
    }
    let deed = Deed::Order(order.side);
    Call::post(market.path(deed), market.id(realm, deed), parameters)
}

/// An order that is changed.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// Where it is.
    pub exchange: OverseasExchange,
    /// Its symbol.
    pub symbol: &'a str,
    /// The newest of its numbers.
    pub number: &'a OrderNumber,
    /// What is open of it: a change must say it, there is no word for "all".
    pub open: Quantity,
    /// Whether it was sent to the daytime session.
    pub daytime: bool,
}

fn change(account: &Account, realm: Realm, target: Target<'_>, kind: &str, price: String) -> Result<Call, BrokerError> {
    let market = market(target.exchange, target.daytime)?;
    let parameters: Parameters = account
        .parameters()
        .with("OVRS_EXCG_CD", target.exchange.orders())
        .with("PDNO", target.symbol)
        .with("ORGN_ODNO", &*target.number.digits)
        .with("RVSE_CNCL_DVSN_CD", kind)
        .with("ORD_QTY", whole(target.open.value(), WHOLE_SHARES)?)
        .with("OVRS_ORD_UNPR", price)
        .with("MGCO_APTM_ODNO", "")
        .with("ORD_SVR_DVSN_CD", "0");
    Call::post(market.path(Deed::Change), market.id(realm, Deed::Change), parameters)
}

/// The end of an order.
///
/// # Errors
/// What the interface cannot carry.
pub fn cancel(account: &Account, realm: Realm, target: Target<'_>) -> Result<Call, BrokerError> {
    change(account, realm, target, "02", "0".into())
}

/// Another price for what is open.
///
/// # Errors
/// Markets whose orders can only be canceled.
pub fn modify(account: &Account, realm: Realm, target: Target<'_>, price: Price) -> Result<Call, BrokerError> {
    if !target.exchange.market().modifies() {
        return Err(BrokerError::Unsupported("orders of this market can only be canceled"));
    }
    change(account, realm, target, "01", written(price))
}
