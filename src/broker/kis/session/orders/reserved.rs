//! Orders that the broker keeps for the opening.

use super::{Change, Outcome, Ready, Sender, Target};
use crate::broker::api::{Answer, BrokerError, PlaceOrder};
use crate::broker::kis::exchange::StockRoute;
use crate::broker::kis::order::{Line, OrderNumber};
use crate::broker::kis::request::{Call, reserved};
use crate::broker::kis::rest::Reply;
use crate::broker::kis::session::lists;
use crate::broker::kis::session::shared::Shared;
use crate::broker::kis::wire::Part;
use crate::broker::kis::wire::reserved::{ReservedDone, ReservedReply};
use crate::market::session::trading_date;
use crate::market::{Quantity, Venue};
use crate::order::{OrderKind, OrderState, Route};

const ONLY_KRX: BrokerError = BrokerError::Unsupported("an order is kept for the opening of KRX only");

/// A new order.
pub(super) fn place(sender: &Sender<'_>, order: &PlaceOrder) -> Result<Ready, BrokerError> {
    if !matches!(order.route, None | Some(Route::Krx)) {
        return Err(ONLY_KRX);
    }
    let call = reserved::place(sender.account, sender.realm, order)?;
    Ok(Ready::new(call, order, StockRoute::default()))
}

/// Its number in the reply. Where the date is not said it is that of Korea.
pub(super) fn number_in(reply: &Reply, venue: Venue) -> Option<(OrderNumber, Box<str>)> {
    let said: ReservedReply = reply.envelope().ok()?.one(Part::First).ok()?;
    let line = lists::line(venue)?.reserved()?;
    let digits = [&said.foreign, &said.other].into_iter().find(|text| !text.is_empty());
    let digits = if line == Line::ReservedStock { Some(&said.korean) } else { digits }?;
    let date = said.date.get().unwrap_or_else(|| trading_date(Venue::Krx, reply.received_at));
    Some((OrderNumber::new(line, date, digits)?, "".into()))
}

/// The end of an order before the opening.
pub(super) fn cancel(sender: &Sender<'_>, target: &Target) -> Result<Call, BrokerError> {
    reserved::cancel(sender.account, sender.realm, target.known.instrument, &target.number)
}

/// The broker has taken it out: nobody tells of that any more.
pub(super) fn canceled(shared: &Shared, target: &Target, reply: &Reply) -> Outcome {
    check(reply)?;
    shared.tracker().ended(&target.number, OrderState::Canceled);
    Ok(Answer::Canceled { done: true })
}

/// Another price or quantity, under the same number.
pub(super) fn replace(
    sender: &Sender<'_>,
    target: &Target,
    kind: &OrderKind,
    quantity: Quantity,
) -> Result<(Call, Change), BrokerError> {
    let order = (&target.number, target.known.instrument, target.known.side);
    let call = reserved::replace(sender.account, sender.realm, order, kind, quantity)?;
    Ok((call, Change::SameNumber))
}

/// The broker has it otherwise now.
pub(super) fn replaced(
    shared: &Shared,
    target: &Target,
    (kind, quantity): (OrderKind, Quantity),
    reply: &Reply,
) -> Result<(), BrokerError> {
    check(reply)?;
    shared.tracker().changed_in_place(&target.number, kind, quantity);
    Ok(())
}

/// Korea says in the reply whether it was done.
fn check(reply: &Reply) -> Result<(), BrokerError> {
    let done = reply.envelope().ok().and_then(|envelope| envelope.one::<ReservedDone>(Part::First).ok());
    match done {
        Some(said) if &*said.done == "N" => {
            Err(BrokerError::Refused { code: "nrml_prcs_yn".into(), text: "the broker did not do it".into() })
        }
        _ => Ok(()),
    }
}
