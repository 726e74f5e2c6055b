//! Orders, changes and cancels. Each is sent once; what is not certain is said to be unknown.
//!
//! A change gives the order a new number, and only its newest number may be named. What the broker has taken it may still
//! be refused by the exchange: that comes as a notice or shows in a list.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::lists::{self, span};
use super::notices;
use super::requests::Outcome;
use super::shared::Shared;
use super::unanswered::{Leaving, Unanswered};
use crate::broker::api::{Answer, BrokerError, BrokerEvent, Found, OrderReference, PlaceOrder};
use crate::broker::kis::environment::Realm;
use crate::broker::kis::exchange::StockRoute;
use crate::broker::kis::order::noticed::REFUSED;
use crate::broker::kis::order::{Line, OrderNumber, Tracked, Tracker};
use crate::broker::kis::request::{Account, Call};
use crate::broker::kis::rest::Reply;
use crate::broker::kis::wire::Part;
use crate::broker::kis::wire::stock_order::OrderReply;
use crate::broker::net::lanes::Lane;
use crate::market::session::{Calendar, night_date, trading_date};
use crate::market::{Phase, Quantity, UtcTime, Venue};
use crate::order::{OrderId, OrderKind, OrderState, TimeInForce};

mod bond;
mod future;
mod given;
mod overseas;
mod reserved;
mod stock;

/// How often a cancel is sent for an order that turns out to go on under another number or with less open.
const CANCELS_MAX: usize = 3;
/// Longest pause the broker may ask for before a cancel goes out again: it said that it had not looked at it.
const PAUSE_MAX: Duration = Duration::from_secs(2);
/// A reply's own time that is further from ours than this is no Korean time of today.
const CLOCKS_APART: Duration = Duration::from_secs(10 * 60);

const ONLY_DERIVATIVES: BrokerError =
    BrokerError::Unsupported("an account that ends in -03 trades futures and options only");
const NO_DERIVATIVES: BrokerError =
    BrokerError::Unsupported("futures and options need a derivatives account: one that ends in -03");
const NO_LINE: BrokerError = BrokerError::Unsupported("KIS takes no orders for this venue yet");

fn of_another() -> BrokerError {
    BrokerError::Unknown("the broker answered with the number of another order".into())
}

/// Who sends, and when.
struct Sender<'a> {
    account: &'a Account,
    realm: Realm,
    now: UtcTime,
}

impl<'a> Sender<'a> {
    fn of(shared: &'a Shared) -> Self {
        Self { account: &shared.account, realm: shared.realm(), now: shared.now() }
    }

    /// The phase of a venue by its calendar.
    fn phase(&self, venue: Venue) -> Phase {
        Calendar::builtin().map_or(Phase::Continuous, |calendar| calendar.phase_at(venue, self.now).phase)
    }
}

/// An order ready to leave, and how it will be known.
struct Ready {
    call: Call,
    known: Tracked,
}

impl Ready {
    fn new(call: Call, order: &PlaceOrder, route: StockRoute) -> Self {
        let known = Tracked {
            order_id: Some(order.order_id),
            branch: "".into(),
            route,
            instrument: order.instrument,
            side: order.side,
            kind: Some(order.kind),
            time_in_force: order.time_in_force,
            code: code_of(&call),
            quantity: Some(order.quantity),
            filled: rust_decimal::Decimal::ZERO,
            filled_value: rust_decimal::Decimal::ZERO,
            replaces: None,
            replaced_by: None,
            state: OrderState::Accepted,
        };
        Self { call, known }
    }
}

fn code_of(call: &Call) -> Box<str> {
    let parameters = &call.parameters;
    parameters.get("ORD_DVSN").or_else(|| parameters.get("ORD_DVSN_CD")).unwrap_or_default().into()
}

/// An order that is changed, under the number it has now.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Target {
    number: OrderNumber,
    known: Tracked,
}

impl Target {
    /// Whether everything is known that a change has to say.
    fn is_whole(&self) -> bool {
        match self.number.line {
            Line::Stock => !self.known.branch.is_empty() && self.known.quantity.is_some(),
            _ => self.known.quantity.is_some(),
        }
    }
}

/// What a change does to the order's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    /// It gets another.
    NewNumber,
    /// It keeps it.
    SameNumber,
}

/// An order sets out; a cancel right behind it finds it.
pub(super) fn set_out(shared: &Shared, order: &PlaceOrder) -> Leaving {
    notices::begin(shared);
    Unanswered::set_out(&shared.unanswered, order, shared.now())
}

/// Sends an order, once.
pub(super) async fn place(shared: &Shared, order: &PlaceOrder, leaving: Leaving) -> Outcome {
    let sender = Sender::of(shared);
    let is_reserved = order.time_in_force == TimeInForce::Reserved;
    let line = lists::line_of(shared, order.instrument.venue, sender.now);
    let ready = match line {
        Some(Line::Stock | Line::Overseas) if is_reserved => reserved::place(&sender, order),
        Some(Line::Stock) => stock::place(&sender, order),
        Some(Line::Overseas) => overseas::place(&sender, order),
        Some(Line::Bond) => bond::place(&sender, order),
        Some(Line::Future | Line::Night) => future::place(&sender, order),
        _ if shared.account.is_derivatives() => Err(ONLY_DERIVATIVES),
        _ if order.instrument.venue == Venue::KrxFutures => Err(NO_DERIVATIVES),
        _ => Err(NO_LINE),
    };
    let ready = ready.inspect_err(|_| leaving.settle())?;
    let reply = shared.rest.change(&ready.call, Lane::Order, &leaving.withdrawn).await.map_err(|fault| {
        let error = fault.of_order();
        if !error.may_have_happened() {
            leaving.settle();
        }
        error
    })?;
    let given = match line {
        _ if is_reserved => reserved::number_in(&reply, order.instrument.venue),
        line => line.and_then(|line| number_in(&reply, line, order.instrument.venue)),
    };
    let (number, branch) =
        given.ok_or_else(|| BrokerError::Unknown("the broker took the order and gave it no number".into()))?;
    let broker_id = number.id().map_err(|error| BrokerError::Unknown(error.to_string()))?;
    let mut tracker = shared.tracker();
    if !given::may_be_of_new(&tracker, &number, order) {
        return Err(of_another());
    }
    let events = placed(&mut tracker, order.order_id, &number, Tracked { branch, ..ready.known }, reply.received_at);
    if is_reserved {
        tracker.placed_at(&number, reply.received_at);
    }
    shared.outlet.tell_all(events);
    drop(tracker);
    leaving.settle();
    Ok(Answer::Placed { broker_id })
}

/// Number and branch in a reply to an order or a change.
fn number_in(reply: &Reply, line: Line, venue: Venue) -> Option<(OrderNumber, Box<str>)> {
    let said: OrderReply = reply.envelope().ok()?.one(Part::First).ok()?;
    Some((numbered(&said, line, venue, reply.received_at)?, said.branch.as_str().into()))
}

/// The number of a reply, with the day that is at the exchange when it was given.
fn numbered(reply: &OrderReply, line: Line, venue: Venue, received_at: UtcTime) -> Option<OrderNumber> {
    let near = |time: &UtcTime| time.since(received_at).max(received_at.since(*time)) <= CLOCKS_APART;
    let given_at = reply.time.near(received_at).filter(near).unwrap_or(received_at);
    let date = if line == Line::Night { night_date(given_at) } else { trading_date(venue, given_at) };
    OrderNumber::new(line, date, &reply.number)
}

/// Takes in the number of an order. What a notice told of it before anybody knew whose it was is told again.
fn placed(
    tracker: &mut Tracker,
    order: OrderId,
    number: &OrderNumber,
    known: Tracked,
    now: UtcTime,
) -> Option<BrokerEvent> {
    let heard_of = tracker.get(number).is_some();
    let sent = (known.kind, known.time_in_force);
    let route = known.route;
    tracker.remember(number.clone(), known);
    if matches!(number.line, Line::Future | Line::Night | Line::Overseas) {
        // A notice or a list that came first does not tell one type with a price from another.
        tracker.sent_as(number, sent);
    }
    tracker.sent_by(number, route);
    tracker.own(number, order);
    let number = tracker.newest(number);
    let is_refused = tracker.get(&number)?.state == OrderState::Rejected;
    let report = tracker.report(&number, now, is_refused.then(|| REFUSED.to_owned()))?;
    heard_of.then_some(BrokerEvent::Order(report))
}

/// Cancels what is open of an order, under the number it has now.
pub(super) async fn cancel(shared: &Shared, order: &OrderReference) -> Outcome {
    notices::begin(shared);
    let on_its_way = shared.unanswered().on_its_way(order.order_id);
    if let Some(on_its_way) = on_its_way {
        on_its_way.withdraw().await;
        if shared.tracker().of_order(order.order_id).is_none() && !shared.unanswered().holds(order.order_id) {
            // It was withdrawn or refused, and that has been said.
            return Ok(Answer::Canceled { done: true });
        }
    }
    let mut target = target(shared, order).await?;
    for _ in 0..CANCELS_MAX {
        let sender = Sender::of(shared);
        let call = match target.number.line {
            Line::Stock => stock::cancel(&sender, &target)?,
            Line::Overseas => overseas::cancel(&sender, &target)?,
            Line::Bond => bond::cancel(&sender, &target)?,
            Line::Future | Line::Night => future::cancel(&sender, &target)?,
            Line::ReservedStock | Line::ReservedOverseas => reserved::cancel(&sender, &target)?,
        };
        let error = match send_cancel(shared, &call).await {
            Ok(reply) if target.number.line.is_reserved() => return reserved::canceled(shared, &target, &reply),
            Ok(reply) => {
                let given = number_in(&reply, target.number.line, target.known.instrument.venue);
                given::take_from_cancel(&mut shared.tracker(), given.map(|(number, _)| number));
                return Ok(Answer::Canceled { done: false });
            }
            Err(error) => error,
        };
        if !is_no(&error) || !look_again(shared, &target).await {
            return Err(error);
        }
        match after_no(&shared.tracker(), &target) {
            AfterNo::Over(OrderState::Filled) | AfterNo::Same => return Err(error),
            AfterNo::Over(_) => return Ok(Answer::Canceled { done: true }),
            AfterNo::Another(next) => target = *next,
        }
    }
    Err(BrokerError::Unknown("the broker would not end the order and still has it".into()))
}

/// A cancel that the broker did not look at, because too much was asked in that second, goes out again.
async fn send_cancel(shared: &Shared, call: &Call) -> Result<Reply, BrokerError> {
    let nobody = CancellationToken::new();
    let mut outcome = shared.rest.change(call, Lane::Cancel, &nobody).await.map_err(|fault| fault.of_order());
    for _ in 1..CANCELS_MAX {
        match outcome {
            Err(BrokerError::Throttled { retry_after }) if retry_after <= PAUSE_MAX => {
                tokio::time::sleep(retry_after).await;
                outcome = shared.rest.change(call, Lane::Cancel, &nobody).await.map_err(|fault| fault.of_order());
            }
            _ => break,
        }
    }
    outcome
}

/// Whether the broker said no to what was asked of an order: mostly because the order is over, or goes by another number.
const fn is_no(error: &BrokerError) -> bool {
    matches!(error, BrokerError::Refused { .. } | BrokerError::NotFound(_))
}

/// Reads the list again that an order is in; whether the order is in it.
async fn look_again(shared: &Shared, target: &Target) -> bool {
    let line = lists::reserved::told_by(shared.realm(), target.number.line);
    let days = span::of_number(&target.number, shared.now());
    let Ok(taken) = lists::refresh(shared, line, days).await else { return false };
    let newest = shared.tracker().newest(&target.number);
    // What was kept is listed under the number it had, also once it has another.
    let is_it = |row: &OrderNumber| *row == newest || line.is_reserved() && *row == target.number;
    taken.rows.iter().any(|row| is_it(&row.number))
}

/// How an order stands after the broker said no and the list was read again.
#[derive(Debug, Clone, PartialEq, Eq)]
enum AfterNo {
    /// Certainly over.
    Over(OrderState),
    /// It has another number, or less of it is open.
    Another(Box<Target>),
    /// As it was.
    Same,
}

fn after_no(tracker: &Tracker, tried: &Target) -> AfterNo {
    let number = tracker.newest(&tried.number);
    let Some(known) = tracker.get(&number).cloned() else { return AfterNo::Same };
    if known.state.is_final() {
        return AfterNo::Over(known.state);
    }
    let open = |order: &Tracked| order.quantity.map(|all| all.value() - order.filled);
    let same = number == tried.number && open(&known) == open(&tried.known) && known.branch == tried.known.branch;
    if same { AfterNo::Same } else { AfterNo::Another(Box::new(Target { number, known })) }
}

/// Changes an order; it goes on under a new number.
pub(super) async fn replace(shared: &Shared, order: &OrderReference, kind: OrderKind, quantity: Quantity) -> Outcome {
    notices::begin(shared);
    let target = target(shared, order).await?;
    let total = shared.tracker().report(&target.number, shared.now(), None).map(|report| report.quantity);
    let total = total.ok_or_else(|| BrokerError::NotSent("the quantity of the order is not known".into()))?;
    let sender = Sender::of(shared);
    let (call, change) = match target.number.line {
        Line::Stock => stock::replace(&sender, &target, &kind, (quantity, total))?,
        Line::Overseas => overseas::replace(&sender, &target, &kind, (quantity, total))?,
        Line::Bond => bond::replace(&sender, &target, &kind, (quantity, total))?,
        Line::Future | Line::Night => future::replace(&sender, &target, &kind, (quantity, total))?,
        Line::ReservedStock | Line::ReservedOverseas => reserved::replace(&sender, &target, &kind, quantity)?,
    };
    let reply = match shared.rest.change(&call, Lane::Order, &CancellationToken::new()).await {
        Ok(reply) => reply,
        Err(fault) => {
            let error = fault.of_order();
            if is_no(&error) {
                // What it shows is told; the desk hears first how the order stands.
                look_again(shared, &target).await;
            }
            return Err(error);
        }
    };
    let number = match change {
        Change::SameNumber if target.number.line.is_reserved() => {
            reserved::replaced(shared, &target, (kind, quantity), &reply)?;
            target.number
        }
        Change::SameNumber => target.number,
        Change::NewNumber => {
            let (number, branch) = number_in(&reply, target.number.line, target.known.instrument.venue)
                .ok_or_else(|| BrokerError::Unknown("the broker took the change and gave it no number".into()))?;
            let mut tracker = shared.tracker();
            if !given::may_be_of_change(&tracker, &number, &target) {
                return Err(of_another());
            }
            replaced(&mut tracker, &target, &number, (kind, code_of(&call), branch));
            number
        }
    };
    let broker_id = number.id().map_err(|error| BrokerError::Unknown(error.to_string()))?;
    Ok(Answer::Replaced { broker_id })
}

/// The order goes on under another number, whether its notice came before the reply or not.
fn replaced(
    tracker: &mut Tracker,
    target: &Target,
    number: &OrderNumber,
    (kind, code, branch): (OrderKind, Box<str>, Box<str>),
) {
    tracker.moved(&target.number, number, Some(kind), None);
    tracker.sent_with(number, code, branch);
}

/// The order of a reference under the number it has now, with all that a change has to say of it.
async fn target(shared: &Shared, order: &OrderReference) -> Result<Target, BrokerError> {
    if let Some(target) = known_target(&shared.tracker(), order).filter(Target::is_whole) {
        return Ok(target);
    }
    let number = order.broker_id.as_ref().and_then(OrderNumber::parse);
    let question = shared.unanswered().question(order);
    if let (None, Some(find)) = (&number, question) {
        // Nobody said what became of it: only when it is found for certain can it be named.
        return match lists::find(shared, &find).await? {
            Answer::Found(Found::Order(_)) => known_target(&shared.tracker(), order),
            Answer::Found(Found::NotThere) => return Err(BrokerError::NotFound("the broker has no such order".into())),
            _ => None,
        }
        .ok_or_else(|| BrokerError::NotSent("it is not certain which order at the broker this is".into()));
    }
    let now = shared.now();
    let of_venue = || lists::line_at(shared.realm(), order.instrument.venue, now);
    let line = number.as_ref().map(|number| number.line).or_else(of_venue).ok_or(NO_LINE)?;
    let days = number.as_ref().map_or_else(|| span::today(line, now), |number| span::of_number(number, now));
    let read = lists::refresh(shared, line, days).await;
    let known = known_target(&shared.tracker(), order);
    match (known, read) {
        // The broker takes a change without the branch too.
        (Some(target), _) => Ok(target),
        (None, Err(error)) => Err(error),
        (None, Ok(_)) => Err(BrokerError::NotFound("the broker lists no such order".into())),
    }
}

fn known_target(tracker: &Tracker, order: &OrderReference) -> Option<Target> {
    let named = order.broker_id.as_ref().and_then(OrderNumber::parse).map(|number| tracker.newest(&number));
    let number = named.filter(|number| tracker.get(number).is_some()).or_else(|| tracker.of_order(order.order_id))?;
    let known = tracker.get(&number)?.clone();
    Some(Target { number, known })
}

#[cfg(test)]
mod tests;
