//! Orders in Korean index futures and options. There is no flag for opening or closing: positions net.

use super::{Change, Ready, Sender, Target};
use crate::broker::api::{BrokerError, PlaceOrder};
use crate::broker::kis::capability::Lack;
use crate::broker::kis::environment::Realm;
use crate::broker::kis::exchange::StockRoute;
use crate::broker::kis::order::Line;
use crate::broker::kis::request::Call;
use crate::broker::kis::request::future::{self, FutureKind, FutureOrder, Session};
use crate::market::{Calendar, Phase, Price, Quantity};
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

/// Why a contract takes no order, whatever its market does.
const ENDED: BrokerError = BrokerError::Unsupported("the last trading day of this contract is over");

/// The session whose services take an order. Paper has those of the day only, which would at best refuse it.
fn session(sender: &Sender<'_>, order: &PlaceOrder) -> Result<Session, BrokerError> {
    let id = order.instrument;
    let phase = sender.phase(id.venue);
    let of_contract = Calendar::builtin().map_or(phase, |calendar| calendar.phase_of(id, None, sender.now).phase);
    if phase != Phase::Closed && of_contract == Phase::Closed {
        return Err(ENDED);
    }
    match phase {
        Phase::Night if sender.realm == Realm::Paper => Err(Lack::Night.error()),
        Phase::Night => Ok(Session::Night),
        _ => Ok(Session::Day),
    }
}

/// A new order.
pub(super) fn place(sender: &Sender<'_>, order: &PlaceOrder) -> Result<Ready, BrokerError> {
    let session = session(sender, order)?;
    let asked = FutureOrder {
        contract: order.instrument.symbol.as_str(),
        side: order.side,
        kind: kind(&order.kind)?,
        time_in_force: order.time_in_force,
        quantity: order.quantity,
    };
    let call = future::place(sender.account, sender.realm, session, asked)?;
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
    let session = if target.number.line == Line::Night { Session::Night } else { Session::Day };
    let contract = target.known.instrument.symbol;
    let order = (&target.number, contract.as_str(), open(target)?);
    future::change(sender.account, sender.realm, session, order, price)
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
