//! Orders in foreign shares.

use std::time::Duration;

use super::{Change, Ready, Sender, Target};
use crate::broker::api::{BrokerError, PlaceOrder};
use crate::broker::kis::environment::Realm;
use crate::broker::kis::exchange::{OverseasExchange, StockRoute};
use crate::broker::kis::request::{Call, overseas};
use crate::market::session::local;
use crate::market::{Phase, Quantity, UtcTime, Venue};
use crate::order::OrderKind;

const NOT_FOREIGN: BrokerError = BrokerError::Unsupported("not a foreign exchange");

/// The US session of the Korean day, by the Korean clock: first hour, and the hour at which it is over.
const DAYTIME: (i8, i8) = (10, 16);
/// How long after its end what is left of it may still be canceled.
const DAYTIME_SPILL: Duration = Duration::from_secs(10 * 60);

/// Whether orders go to the session of the Korean day, which has services of its own. No other US session is open then.
fn is_daytime(sender: &Sender<'_>, venue: Venue, at: UtcTime) -> bool {
    let hour = local(Venue::Krx, at).hour();
    venue.is_american()
        && sender.realm == Realm::Live
        && (DAYTIME.0..DAYTIME.1).contains(&hour)
        && sender.phase(venue) == Phase::Closed
}

/// A new order.
pub(super) fn place(sender: &Sender<'_>, order: &PlaceOrder) -> Result<Ready, BrokerError> {
    let daytime = is_daytime(sender, order.instrument.venue, sender.now);
    let call = overseas::place(sender.account, sender.realm, order, daytime)?;
    Ok(Ready::new(call, order, StockRoute::default()))
}

fn target<'a>(sender: &Sender<'_>, target: &'a Target) -> Result<overseas::Target<'a>, BrokerError> {
    let venue = target.known.instrument.venue;
    let exchange = OverseasExchange::at(venue).ok_or(NOT_FOREIGN)?;
    let filled = Quantity::new(target.known.filled).unwrap_or_default();
    let quantity = target.known.quantity.ok_or_else(|| BrokerError::NotSent("its quantity is not known".into()))?;
    let open = quantity.minus(filled);
    if open.is_zero() {
        return Err(BrokerError::NotFound("nothing of the order is open".into()));
    }
    // An order that ends with the session is of that session for a moment longer.
    let daytime = is_daytime(sender, venue, sender.now) || is_daytime(sender, venue, sender.now.minus(DAYTIME_SPILL));
    Ok(overseas::Target {
        exchange,
        symbol: target.known.instrument.symbol.as_str(),
        number: &target.number,
        open,
        daytime,
    })
}

/// The end of an order.
pub(super) fn cancel(sender: &Sender<'_>, order: &Target) -> Result<Call, BrokerError> {
    overseas::cancel(sender.account, sender.realm, target(sender, order)?)
}

/// Another price; the quantity stays as it is.
pub(super) fn replace(
    sender: &Sender<'_>,
    order: &Target,
    kind: &OrderKind,
    (quantity, total): (Quantity, Quantity),
) -> Result<(Call, Change), BrokerError> {
    if kind.is_for_auction() {
        // A change does not name the type, and which one the order had after it nobody could say.
        let reason = "KIS does not change an order on open or on close: cancel it and place another";
        return Err(BrokerError::Unsupported(reason));
    }
    let OrderKind::Limit { price } = kind else {
        return Err(BrokerError::Unsupported("KIS takes limit orders only in foreign shares"));
    };
    if quantity != total {
        let reason = "KIS changes only the price of a foreign order: cancel it and place another";
        return Err(BrokerError::Unsupported(reason));
    }
    let call = overseas::modify(sender.account, sender.realm, target(sender, order)?, *price)?;
    Ok((call, Change::NewNumber))
}
