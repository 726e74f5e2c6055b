//! `hoga order`: place and look up. Changing what is open is in [`super::order_change`].

use super::arguments::order::{List, Order, Place};
use super::ask;
use super::context::Context;
use super::draft;
use super::interrupt;
use super::link::Link;
use super::order_change;
use super::order_wait;
use super::output::{Done, Shown, Stop};
use super::talk;
use crate::desk::protocol::{Command, Failure, FailureKind, OrderFilter, Preview, Response, SubmitOrder, Topic};
use crate::desk::record::OrderRecord;
use crate::market::{InstrumentId, Side, Venue};
use crate::order::{ClientOrderId, TimeInForce, default_time_in_force};
use crate::text::Say;

/// Runs the command.
///
/// # Errors
/// As every command: [`Stop`].
pub fn run(context: &Context, order: &Order) -> Done {
    match order {
        Order::Buy(args) => place(context, Side::Buy, args),
        Order::Sell(args) => place(context, Side::Sell, args),
        Order::Cancel(args) => order_change::cancel(context, args),
        Order::Replace(args) => order_change::replace(context, args),
        Order::List(args) => list(context, args),
        Order::Show { order } => {
            let order = context.connect()?.order(order)?;
            context.output.one(&order)?;
            Ok(0)
        }
    }
}

fn list(context: &Context, args: &List) -> Done {
    let filter = match (args.today, args.all) {
        (true, _) => OrderFilter::Today,
        (_, true) => OrderFilter::All,
        _ => OrderFilter::Open,
    };
    match context.connect()?.ask(Command::Orders { filter })? {
        Response::Orders(orders) => context.output.list(&orders)?,
        other => return Err((&other).into()),
    }
    Ok(0)
}

fn place(context: &Context, side: Side, args: &Place) -> Done {
    if args.dry_run {
        let order = draft::order(side, args, args.client_id.clone())?;
        return dry_run(context, order, args.tif);
    }
    let made = args.client_id.is_none();
    let client_id = args.client_id.clone().map_or_else(new_client_id, Ok)?;
    let mut order = draft::order(side, args, Some(client_id.clone()))?;
    ask::can_ask(context)?;
    let mut link = context.connect()?;
    // An id that was used before answers its first result and sends nothing: there is nothing to ask.
    let is_again = !made && link.order(client_id.as_str()).is_ok();
    tell_first_comparison(context, &mut link);
    if !is_again {
        let venue = await_market(&mut link, &order.symbol)?;
        order.time_in_force = meant(args.tif, venue);
        agree(context, &mut link, &order)?;
    }
    if made {
        context.say(&Say::ClientIdMade(client_id.as_str()));
    }
    interrupt::set_notice(Some(Say::InterruptedOrder(client_id.as_str()).text(context.language)));
    if args.wait.is_some() {
        link.subscribe(Topic::Orders, Vec::new())?;
    }
    let placed = match submit(&mut link, order, &client_id)? {
        Placed::One(placed) => *placed,
        // The two exits of a pair wait for the market, not for an answer.
        Placed::Pair(placed) => {
            context.output.list(&placed)?;
            return Ok(0);
        }
    };
    let (placed, outcome) = match args.wait {
        Some(wait) => order_wait::follow(&mut link, placed, wait, args.timeout)?,
        None => {
            let outcome = order_wait::so_far(&placed);
            (placed, outcome)
        }
    };
    context.output.one(&placed)?;
    Ok(outcome.map(|()| 0)?)
}

/// What an order would cost and what the gate says; exit 6 when it would refuse.
///
/// # Errors
/// As every command: [`Stop`].
pub fn dry_run(context: &Context, mut order: SubmitOrder, typed: Option<TimeInForce>) -> Done {
    let mut link = context.connect()?;
    tell_first_comparison(context, &mut link);
    let venue = await_market(&mut link, &order.symbol)?;
    order.time_in_force = meant(typed, venue);
    let preview = preview(&mut link, order)?;
    context.output.one(&preview)?;
    Ok(if preview.refusals.is_empty() { 0 } else { FailureKind::Risk.exit_status() })
}

/// The desk lets an order wait for the first comparison of its account, which takes ten seconds and more where a broker
/// answers one question a second. Nobody waits for that without knowing what for.
fn tell_first_comparison(context: &Context, link: &mut Link) {
    if !context.global.quiet && link.is_being_compared() {
        link.say_when_slow(Say::FirstComparison.text(context.language));
    }
}

/// The gate refuses an order on an instrument without fresh data, and a desk that has just started has none: the
/// question for the book waits for it. What else is wrong the gate says better. Gives the venue, as far as it is known.
fn await_market(link: &mut Link, symbol: &str) -> Result<Option<Venue>, Box<Failure>> {
    match link.ask(Command::Book { symbol: symbol.to_owned(), levels: 1 }) {
        Ok(Response::Book(book)) => Ok(Some(book.venue)),
        Err(failure) if failure.kind == FailureKind::Usage => Err(failure),
        _ => Ok(symbol.parse().ok().map(|id: InstrumentId| id.venue)),
    }
}

fn meant(typed: Option<TimeInForce>, venue: Option<Venue>) -> TimeInForce {
    typed.or(venue.map(default_time_in_force)).unwrap_or_default()
}

fn preview(link: &mut Link, order: SubmitOrder) -> Result<Preview, Stop> {
    match link.ask(Command::Preview(order))? {
        Response::Preview(preview) => Ok(preview),
        other => Err((&other).into()),
    }
}

/// Shows what the order comes to and asks. With `--yes` only whose money it is gets said: the gate answers anyway.
fn agree(context: &Context, link: &mut Link, order: &SubmitOrder) -> Result<(), Stop> {
    let preview = preview(link, order.clone())?;
    if context.global.yes {
        context.say(&Say::Banner(&preview.world, preview.profile.as_str()));
        return Ok(());
    }
    talk::line(preview.alone(&context.output.look).trim_end());
    if let Some(first) = preview.refusals.first() {
        let mut failure = Failure::new(FailureKind::Risk, &first.rule.name(), first.to_string());
        failure.refusals = preview.refusals;
        failure.client_id = order.client_id.as_ref().map(ToString::to_string);
        return Err(failure.into());
    }
    ask::confirm(context, &Say::AskSend)
}

/// What became of a new order.
enum Placed {
    /// An order.
    One(Box<OrderRecord>),
    /// Take-profit and stop that cancel each other.
    Pair(Vec<OrderRecord>),
}

fn submit(link: &mut Link, order: SubmitOrder, client_id: &ClientOrderId) -> Result<Placed, Stop> {
    match link.ask(Command::Submit(order)) {
        Ok(Response::Order(order)) => Ok(Placed::One(order)),
        Ok(Response::Orders(orders)) => Ok(Placed::Pair(orders)),
        Ok(other) => Err((&other).into()),
        Err(mut failure) => {
            failure.client_id.get_or_insert_with(|| client_id.to_string());
            if failure.kind == FailureKind::Unknown {
                failure.hint.get_or_insert_with(|| format!("hoga order show {client_id}"));
            }
            Err(failure.into())
        }
    }
}

/// A new id for an order, so that it can be looked up whatever becomes of the answer.
fn new_client_id() -> Result<ClientOrderId, Stop> {
    let id = uuid::Uuid::now_v7().simple().to_string();
    ClientOrderId::new(&id).map_err(|error| Failure::new(FailureKind::Other, "INTERNAL", error.to_string()).into())
}
