//! Orders in Korean shares.

use rust_decimal::Decimal;

use super::call::{Account, Call, Parameters, whole};
use crate::broker::api::{BrokerError, PlaceOrder};
use crate::broker::kis::environment::Realm;
use crate::broker::kis::exchange::StockRoute;
use crate::broker::kis::order::{OrderNumber, Tracked, kind};
use crate::broker::kis::service::Service;
use crate::market::{Phase, Quantity, Side};
use crate::order::OrderKind;

const NO_FRACTIONS: &str = "KRX and NXT trade whole shares";
const NO_PARTS_OF_A_WON: &str = "prices at KRX and NXT are whole won";
const PAPER_ROUTE: &str = "paper trading of KIS orders at KRX only";

/// `ORD_UNPR` and `CNDT_PRIC` of a type; zero where it has no price.
fn prices(order: &OrderKind) -> Result<(String, Option<String>), BrokerError> {
    let price = order.limit().map_or(Ok("0".into()), |price| whole(price.value(), NO_PARTS_OF_A_WON))?;
    let trigger = order.trigger().map(|trigger| whole(trigger.value(), NO_PARTS_OF_A_WON)).transpose()?;
    Ok((price, trigger))
}

/// A route the environment has.
fn routed(parameters: Parameters, route: StockRoute, realm: Realm) -> Result<Parameters, BrokerError> {
    match (realm, route) {
        (Realm::Paper, StockRoute::Nxt | StockRoute::Best) => Err(BrokerError::Unsupported(PAPER_ROUTE)),
        _ => Ok(parameters.with("EXCG_ID_DVSN_CD", route.code())),
    }
}

/// A new order by a route, in a phase of its venue.
///
/// # Errors
/// What the interface cannot carry; nothing has been sent.
pub fn place(
    account: &Account,
    realm: Realm,
    order: &PlaceOrder,
    route: StockRoute,
    phase: Phase,
) -> Result<Call, BrokerError> {
    let code = kind::code(&order.kind, order.time_in_force, route, phase)
        .map_err(|fault| BrokerError::Unsupported(fault.text()))?;
    let (price, trigger) = prices(&order.kind)?;
    let service = match order.side {
        Side::Buy => Service::StockBuy,
        Side::Sell => Service::StockSell,
    };
    let mut parameters = account
        .parameters()
        .with("PDNO", order.instrument.symbol.as_str())
        .with("ORD_DVSN", code)
        .with("ORD_QTY", whole(order.quantity.value(), NO_FRACTIONS)?)
        .with("ORD_UNPR", price);
    parameters = routed(parameters, route, realm)?;
    if order.side == Side::Sell {
        parameters = parameters.with("SLL_TYPE", "01");
    }
    if let Some(trigger) = trigger {
        parameters = parameters.with("CNDT_PRIC", trigger);
    }
    Call::new(service, realm, parameters)
}

/// What identifies the order that is changed: the newest of its numbers, its branch, its route.
fn target(account: &Account, number: &OrderNumber, order: &Tracked) -> Parameters {
    account.parameters().with("KRX_FWDG_ORD_ORGNO", &*order.branch).with("ORGN_ODNO", &*number.digits)
}

/// `ORD_DVSN` of a change: that of the order, or a limit's where it is not known.
fn own_code(order: &Tracked) -> &str {
    if order.code.is_empty() { "00" } else { &order.code }
}

/// The end of all that is open of an order. `number` is the newest of its chain.
///
/// # Errors
/// The environment does not have its route.
pub fn cancel(account: &Account, realm: Realm, number: &OrderNumber, order: &Tracked) -> Result<Call, BrokerError> {
    let parameters = target(account, number, order)
        .with("ORD_DVSN", own_code(order))
        .with("RVSE_CNCL_DVSN_CD", "02")
        .with("ORD_QTY", "0")
        .with("ORD_UNPR", "0")
        .with("QTY_ALL_ORD_YN", "Y");
    Call::new(Service::StockChange, realm, routed(parameters, order.route, realm)?)
}

/// Another price for all that is open, or less of it at the same price. The interface cannot do both at once, and never
/// raises a quantity: for that an order is canceled and another placed.
///
/// `quantity` is the new total, what has been filled included; `filled` what has been filled over the whole chain, `total`
/// the total until now.
///
/// # Errors
/// What the interface cannot carry; nothing has been sent.
pub fn replace(
    account: &Account,
    realm: Realm,
    (number, order): (&OrderNumber, &Tracked),
    new: &OrderKind,
    (quantity, total): (Quantity, Quantity),
    phase: Phase,
) -> Result<Call, BrokerError> {
    let same_kind = order.kind.as_ref() == Some(new);
    if quantity > total {
        return Err(BrokerError::Unsupported("KIS cannot raise the quantity of an order: cancel it and place another"));
    }
    let parameters = target(account, number, order);
    let parameters = if quantity == total {
        let code = kind::code(new, order.time_in_force, order.route, phase)
            .map_err(|fault| BrokerError::Unsupported(fault.text()))?;
        let (price, trigger) = prices(new)?;
        let parameters = parameters
            .with("ORD_DVSN", code)
            .with("RVSE_CNCL_DVSN_CD", "01")
            .with("ORD_QTY", "0")
            .with("ORD_UNPR", price)
            .with("QTY_ALL_ORD_YN", "Y");
        match trigger {
            Some(trigger) => parameters.with("CNDT_PRIC", trigger),
            None => parameters,
        }
    } else if same_kind {
        let less: Decimal = total.value() - quantity.value();
        parameters
            .with("ORD_DVSN", own_code(order))
            .with("RVSE_CNCL_DVSN_CD", "02")
            .with("ORD_QTY", whole(less, NO_FRACTIONS)?)
            .with("ORD_UNPR", "0")
            .with("QTY_ALL_ORD_YN", "N")
    } else {
        return Err(BrokerError::Unsupported("KIS cannot change price and quantity of an order at once"));
    };
    Call::new(Service::StockChange, realm, routed(parameters, order.route, realm)?)
}
