//! Orders in Korean index futures and options. There is no flag for opening or closing: positions net.

use super::{Change, Ready, Sender, Target};
use crate::broker::api::{BrokerError, PlaceOrder};
use crate::broker::kis::derivative::DAY_ONLY;
use crate::broker::kis::exchange::StockRoute;
use crate::broker::kis::request::Call;
use crate::broker::kis::request::future::{self, FutureKind, FutureOrder, Session};
use crate::market::session::local;
use crate::market::{Phase, Price, Quantity};
use crate::order::OrderKind;

/// The type at the exchange.
fn kind(order: &OrderKind) -> Result<FutureKind, BrokerError> {
    match order {
        OrderKind::Limit { price } => Ok(FutureKind::Limit(*price)),
        OrderKind::Market => Ok(FutureKind::Market),
        OrderKind::ConditionalLimit { price } => Ok(FutureKind::ConditionalLimit(*price)),
        OrderKind::BestLimit => Ok(FutureKind::Best),
        _ => Err(BrokerError::Unsupported("KIS has no such order type for futures and options")),
    }
}

/// The evening belongs to the night session, which has services of its own: an order sent to those of the day would at best
/// be refused.
fn is_night(sender: &Sender<'_>, order: &PlaceOrder) -> bool {
    let hour = local(order.instrument.venue, sender.now).hour();
    sender.phase(order.instrument.venue) == Phase::Closed && !(6..17).contains(&hour)
}

/// A new order.
pub(super) fn place(sender: &Sender<'_>, order: &PlaceOrder) -> Result<Ready, BrokerError> {
    if is_night(sender, order) {
        return Err(BrokerError::Unsupported(DAY_ONLY));
    }
    let asked = FutureOrder {
        contract: order.instrument.symbol.as_str(),
        side: order.side,
        kind: kind(&order.kind)?,
        time_in_force: order.time_in_force,
        quantity: order.quantity,
    };
    let call = future::place(sender.account, sender.realm, Session::Day, asked)?;
    Ok(Ready::new(call, order, StockRoute::default()))
}

/// What is open of an order.
fn open(target: &Target) -> Result<Quantity, BrokerError> {
    let quantity = target.known.quantity.ok_or_else(|| BrokerError::NotSent("its quantity is not known".into()))?;
    let open = quantity.minus(Quantity::new(target.known.filled).unwrap_or_default());
    if open.is_zero() {
        return Err(BrokerError::NotFound("nothing of the order is open".into()));
    }
    Ok(open)
}

fn change(sender: &Sender<'_>, target: &Target, price: Option<Price>) -> Result<Call, BrokerError> {
    future::change(sender.account, sender.realm, Session::Day, (&target.number, open(target)?), price)
}

/// The end of an order.
pub(super) fn cancel(sender: &Sender<'_>, target: &Target) -> Result<Call, BrokerError> {
    change(sender, target, None)
}

/// Another price of a limit; the quantity stays as it is.
pub(super) fn replace(
    sender: &Sender<'_>,
    target: &Target,
    kind: &OrderKind,
    (quantity, total): (Quantity, Quantity),
) -> Result<(Call, Change), BrokerError> {
    // A change is sent as a limit: any other type would lose what it is.
    let (OrderKind::Limit { price }, Some(OrderKind::Limit { .. })) = (kind, target.known.kind) else {
        return Err(BrokerError::Unsupported("KIS changes only limit orders in futures and options"));
    };
    if quantity != total {
        let reason = "KIS changes only the price of an order in futures or options: cancel it and place another";
        return Err(BrokerError::Unsupported(reason));
    }
    Ok((change(sender, target, Some(*price))?, Change::NewNumber))
}
