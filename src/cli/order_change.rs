//! `hoga order cancel` and `replace`.

use std::time::{Duration, Instant};

use super::arguments::order::{Cancel, Replace};
use super::ask;
use super::context::Context;
use super::link::Link;
use super::output::{Done, Shown, Stop};
use super::talk;
use crate::desk::protocol::{Command, Failure, FailureKind, OrderSelection, Response, Topic, Update};
use crate::desk::record::OrderRecord;
use crate::order::OrderState;
use crate::text::{Say, term};

/// Longest wait until canceled orders are ended.
const CANCEL_WAIT_MAX: Duration = Duration::from_secs(5);

/// `hoga order cancel`: returns when every order is ended, or says which are not. Asks nothing: a cancel only takes risk
/// away.
///
/// # Errors
/// As every command: [`Stop`].
pub fn cancel(context: &Context, args: &Cancel) -> Done {
    let selection = if args.orders.is_empty() {
        OrderSelection::Matching { symbol: args.symbol.clone(), side: args.side }
    } else {
        OrderSelection::Ids { orders: args.orders.clone() }
    };
    let mut link = context.connect()?;
    link.subscribe(Topic::Orders, Vec::new())?;
    let mut orders = match link.ask(Command::Cancel(selection))? {
        Response::Orders(orders) => orders,
        Response::Order(order) => vec![*order],
        other => return Err((&other).into()),
    };
    until_ended(&mut link, &mut orders)?;
    match orders.as_slice() {
        [one] if args.orders.len() == 1 => context.output.one(one)?,
        several => context.output.list(several)?,
    }
    for order in orders.iter().filter(|order| order.state.is_final() && order.state != OrderState::Canceled) {
        context.say(&Say::EndedOtherwise(&order.id, term::term(context.language, order.state.as_str())));
    }
    match unended(&orders) {
        None => Ok(0),
        Some(failure) => Err(failure.into()),
    }
}

fn until_ended(link: &mut Link, orders: &mut [OrderRecord]) -> Result<(), Stop> {
    let deadline = Instant::now() + CANCEL_WAIT_MAX;
    while orders.iter().any(|order| order.state.is_open()) {
        let left = deadline.saturating_duration_since(Instant::now());
        match if left.is_zero() { None } else { link.next_update(Some(left))? } {
            Some(Update::Order(newer)) => {
                if let Some(order) = orders.iter_mut().find(|order| order.id == newer.id) {
                    *order = newer;
                }
            }
            Some(Update::Lost { .. }) => look_up(link, orders)?,
            Some(_) => {}
            None => {
                look_up(link, orders)?;
                break;
            }
        }
    }
    Ok(())
}

fn look_up(link: &mut Link, orders: &mut [OrderRecord]) -> Result<(), Box<Failure>> {
    for order in orders.iter_mut().filter(|order| order.state.is_open()) {
        *order = link.order(&order.id)?;
    }
    Ok(())
}

fn unended(orders: &[OrderRecord]) -> Option<Failure> {
    let open: Vec<&str> = orders.iter().filter(|order| order.state.is_open()).map(|order| order.id.as_str()).collect();
    let first = open.first()?;
    let names = open.join(", ");
    let message = format!("not confirmed as ended: {names}");
    let hint = format!("hoga order show {first}");
    Some(Failure::new(FailureKind::Unknown, "CANCEL_UNCONFIRMED", message).about(names).hint(hint))
}

/// `hoga order replace`: shows the order as it is and as it would be, and asks.
///
/// # Errors
/// As every command: [`Stop`].
pub fn replace(context: &Context, args: &Replace) -> Done {
    ask::can_ask(context)?;
    let mut link = context.connect()?;
    let (world, profile) = link.world()?;
    context.say(&Say::Banner(&world, &profile));
    if !context.global.yes {
        let now = link.order(&args.order)?;
        let mut then = now.clone();
        then.price = args.price.or(then.price);
        then.stop_price = args.stop.or(then.stop_price);
        then.quantity = args.quantity.unwrap_or(then.quantity);
        talk::line(&format!("{}\n{}", Say::WasFrom.text(context.language), now.alone(&context.output.look)));
        talk::line(&format!("{}\n{}", Say::WillBe.text(context.language), difference(context, &now, &then)));
        ask::confirm(context, &Say::AskReplace)?;
    }
    let command = Command::Replace {
        order: args.order.clone(),
        price: args.price,
        stop_price: args.stop,
        quantity: args.quantity,
    };
    match link.ask(command)? {
        Response::Order(order) => context.output.one(order.as_ref())?,
        other => return Err((&other).into()),
    }
    Ok(0)
}

/// The lines of an order that would change.
fn difference(context: &Context, now: &OrderRecord, then: &OrderRecord) -> String {
    let look = &context.output.look;
    let before = now.row(look);
    let lines: Vec<_> = then
        .row(look)
        .into_iter()
        .filter(|line| !before.contains(line))
        .map(|(column, cell)| (look.head(column), cell))
        .collect();
    super::table::card(&lines, look.colour)
}
