//! Orders in foreign shares.

use super::call::{Account, Call, Parameters, whole};
use crate::broker::api::{BrokerError, PlaceOrder};
use crate::broker::kis::environment::Realm;
use crate::broker::kis::exchange::{Deed, OverseasExchange, OverseasMarket};
use crate::broker::kis::order::OrderNumber;
use crate::market::{Price, Quantity, Side};
use crate::order::{OrderKind, TimeInForce};

const LIMIT_ONLY: &str = "KIS takes limit orders for the day in foreign shares; there is no market order";
const WHOLE_SHARES: &str = "foreign shares are ordered whole";

/// The services of a market: its own, or those of the daytime session.
const fn market(exchange: OverseasExchange, daytime: bool) -> Result<OverseasMarket, BrokerError> {
    match (exchange.market(), daytime) {
        (market, false) => Ok(market),
        (OverseasMarket::UnitedStates, true) => Ok(OverseasMarket::UnitedStatesDaytime),
        (_, true) => Err(BrokerError::Unsupported("only US shares trade in the daytime session")),
    }
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
    let (OrderKind::Limit { price }, TimeInForce::Day) = (&order.kind, order.time_in_force) else {
        return Err(BrokerError::Unsupported(LIMIT_ONLY));
    };
    let market = market(exchange, daytime)?;
    let mut parameters = account
        .parameters()
        .with("OVRS_EXCG_CD", exchange.orders())
        .with("PDNO", order.instrument.symbol.as_str())
        .with("ORD_QTY", whole(order.quantity.value(), WHOLE_SHARES)?)
        .with("OVRS_ORD_UNPR", written(*price))
        .with("CTAC_TLNO", "")
        .with("MGCO_APTM_ODNO", "")
        .with("SLL_TYPE", if order.side == Side::Sell { "00" } else { "" })
        .with("ORD_SVR_DVSN_CD", "0");
    // The other markets take limit orders only and want the type left out.
    if matches!(market, OverseasMarket::UnitedStates | OverseasMarket::UnitedStatesDaytime) {
        parameters = parameters.with("ORD_DVSN", "00");
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
