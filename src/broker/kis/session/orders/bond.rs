//! Orders in bonds: limits for the day in the general market.

use super::{Change, Ready, Sender, Target};
use crate::broker::api::{BrokerError, PlaceOrder};
use crate::broker::kis::capability::Lack;
use crate::broker::kis::environment::Realm;
use crate::broker::kis::exchange::StockRoute;
use crate::broker::kis::request::{Call, bond};
use crate::market::{Price, Quantity, Side};
use crate::order::{OrderKind, TimeInForce};

fn limit(kind: &OrderKind) -> Result<Price, BrokerError> {
    match kind {
        OrderKind::Limit { price } => Ok(*price),
        _ => Err(BrokerError::Unsupported("KIS takes limit orders only in bonds")),
    }
}

/// A new order.
pub(super) fn place(sender: &Sender<'_>, order: &PlaceOrder) -> Result<Ready, BrokerError> {
    if sender.realm == Realm::Paper {
        return Err(Lack::Bond.error());
    }
    if order.time_in_force != TimeInForce::Day {
        return Err(BrokerError::Unsupported("KIS takes orders in bonds for the day only"));
    }
    let price = limit(&order.kind)?;
    let isin = order.instrument.symbol.as_str();
    let request = match order.side {
        Side::Buy => bond::buy,
        Side::Sell => bond::sell,
    };
    let call = request(sender.account, sender.realm, isin, order.quantity, price)?;
    let mut ready = Ready::new(call, order, StockRoute::default());
    // What a sell is sent with says which purchases it takes, and is no type that a change would repeat.
    ready.known.code = "".into();
    Ok(ready)
}

fn change(sender: &Sender<'_>, target: &Target, price: Option<Price>) -> Result<Call, BrokerError> {
    let isin = target.known.instrument.symbol.as_str();
    bond::change(sender.account, sender.realm, isin, &target.number, price)
}

/// The end of an order.
pub(super) fn cancel(sender: &Sender<'_>, target: &Target) -> Result<Call, BrokerError> {
    change(sender, target, None)
}

/// Another price; the quantity stays as it is.
pub(super) fn replace(
    sender: &Sender<'_>,
    target: &Target,
    kind: &OrderKind,
    (quantity, total): (Quantity, Quantity),
) -> Result<(Call, Change), BrokerError> {
    let price = limit(kind)?;
    if quantity != total {
        let reason = "hoga changes only the price of an order in bonds: cancel it and place another";
        return Err(BrokerError::Unsupported(reason));
    }
    Ok((change(sender, target, Some(price))?, Change::NewNumber))
}
