//! Orders in Korean shares.

use super::{Change, Ready, Sender, Target};
use crate::broker::api::{BrokerError, PlaceOrder};
use crate::broker::kis::exchange::StockRoute;
use crate::broker::kis::request::{Call, stock};
use crate::market::{Quantity, Venue};
use crate::order::OrderKind;

const ONLY_KRX: BrokerError =
    BrokerError::Unsupported("a share is held at KRX: name it KRX:<code> and choose NXT as the order's route");

/// A new order.
pub(super) fn place(sender: &Sender<'_>, order: &PlaceOrder) -> Result<Ready, BrokerError> {
    // The account has one holding of a share, and it is one of KRX.
    if order.instrument.venue != Venue::Krx {
        return Err(ONLY_KRX);
    }
    let route = StockRoute::chosen(order.route);
    let call = stock::place(sender.account, sender.realm, order, route, sender.phase(route.hours()))?;
    Ok(Ready::new(call, order, route))
}

/// The end of an order.
pub(super) fn cancel(sender: &Sender<'_>, target: &Target) -> Result<Call, BrokerError> {
    stock::cancel(sender.account, sender.realm, &target.number, &target.known)
}

/// Another price, or less of it. Making it smaller is a cancel of a part, and leaves the order its number.
pub(super) fn replace(
    sender: &Sender<'_>,
    target: &Target,
    kind: &OrderKind,
    (quantity, total): (Quantity, Quantity),
) -> Result<(Call, Change), BrokerError> {
    let phase = sender.phase(target.known.route.hours());
    let order = (&target.number, &target.known);
    let call = stock::replace(sender.account, sender.realm, order, kind, (quantity, total), phase)?;
    Ok((call, if quantity < total { Change::SameNumber } else { Change::NewNumber }))
}
