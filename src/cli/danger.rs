//! The emergency commands and the risk gate. What takes risk away asks nothing; what sends orders asks.

use clap::Parser;

use super::arguments::danger::{Flatten, Kill, Resume, Risk};
use super::arguments::order::Place;
use super::arguments::value;
use super::context::Context;
use super::link::Link;
use super::output::{Done, Shown, Stop};
use super::shown::KillPreview;
use super::{account, ask, draft, order, talk};
use crate::desk::protocol::{Command, Failure, FailureKind, Killed, OrderFilter, RESUME_WORD, Response};
use crate::market::Side;
use crate::risk::DeskState;
use crate::text::Say;

/// `hoga kill`.
///
/// # Errors
/// As every command: [`Stop`].
pub fn kill(context: &Context, args: &Kill) -> Done {
    if args.dry_run {
        let preview = preview(&mut context.connect()?, None, args.flatten)?;
        context.output.one(&preview)?;
        return Ok(0);
    }
    if args.flatten {
        ask::can_ask(context)?;
    }
    let mut link = context.connect()?;
    if args.flatten {
        agree(context, &mut link, None)?;
    }
    killed(context, &mut link, Command::Kill { flatten: args.flatten })
}

/// `hoga flatten`.
///
/// # Errors
/// As every command: [`Stop`].
pub fn flatten(context: &Context, args: &Flatten) -> Done {
    ask::can_ask(context)?;
    let mut link = context.connect()?;
    agree(context, &mut link, args.symbol.as_deref())?;
    killed(context, &mut link, Command::Flatten { symbol: args.symbol.clone() })
}

fn agree(context: &Context, link: &mut Link, symbol: Option<&str>) -> Result<(), Stop> {
    let (world, profile) = link.world()?;
    context.say(&Say::Banner(&world, &profile));
    if context.global.yes {
        return Ok(());
    }
    let preview = preview(link, symbol, true)?;
    talk::line(preview.alone(&context.output.look).trim_end());
    ask::confirm(context, &Say::AskFlatten)
}

fn preview(link: &mut Link, symbol: Option<&str>, with_positions: bool) -> Result<KillPreview, Stop> {
    let fits = |venue: &str, code: &str| {
        let full = format!("{venue}:{code}");
        symbol.is_none_or(|symbol| symbol.eq_ignore_ascii_case(code) || symbol.eq_ignore_ascii_case(&full))
    };
    let mut cancel = match link.ask(Command::Orders { filter: OrderFilter::Open })? {
        Response::Orders(orders) => orders,
        other => return Err((&other).into()),
    };
    cancel.retain(|order| fits(order.venue.as_str(), &order.symbol));
    let mut close = Vec::new();
    if with_positions {
        close = match link.ask(Command::Positions)? {
            Response::Positions(positions) => positions,
            other => return Err((&other).into()),
        };
        close.retain(|position| fits(position.venue.as_str(), &position.symbol));
    }
    Ok(KillPreview { cancel, close })
}

fn killed(context: &Context, link: &mut Link, command: Command) -> Done {
    match link.ask(command)? {
        Response::Killed(killed) => {
            context.output.one(&killed)?;
            still_open(&killed)
        }
        other => Err((&other).into()),
    }
}

fn still_open(killed: &Killed) -> Done {
    if killed.still_open.is_empty() {
        return Ok(0);
    }
    let names: Vec<&str> = killed.still_open.iter().map(|order| order.id.as_str()).collect();
    let names = names.join(", ");
    let message = format!("still open, or not known to be ended: {names}");
    Err(Failure::new(FailureKind::Unknown, "STILL_OPEN", message).about(names).hint("hoga order list").into())
}

/// `hoga halt`.
///
/// # Errors
/// As every command: [`Stop`].
pub fn halt(context: &Context) -> Done {
    let mut link = context.connect()?;
    link.tell(Command::Halt)?;
    state_now(context, &mut link, &Say::NowHalted)
}

/// `hoga reduce`.
///
/// # Errors
/// As every command: [`Stop`].
pub fn reduce(context: &Context) -> Done {
    let mut link = context.connect()?;
    link.tell(Command::Reduce)?;
    state_now(context, &mut link, &Say::NowReducing)
}

/// `hoga resume`: out of a halt only with the word, typed or given; `--yes` is no word.
///
/// # Errors
/// As every command: [`Stop`].
pub fn resume(context: &Context, args: &Resume) -> Done {
    let mut link = context.connect()?;
    let mut word = args.word.clone();
    if word.is_none() && link.status()?.state == DeskState::Halted.as_str() {
        let typed = ask::typed(context, &Say::AskResumeWord).map_err(|stop| match stop {
            Stop::Failed(failure) => Stop::from(failure.hint(format!("hoga resume --word {RESUME_WORD}"))),
            closed @ Stop::PipeClosed => closed,
        })?;
        word = Some(typed);
    }
    link.tell(Command::Resume { word })?;
    state_now(context, &mut link, &Say::NowActive)
}

/// The state is data for scripts, a sentence for people.
fn state_now(context: &Context, link: &mut Link, say: &Say<'_>) -> Done {
    if context.output.is_for_people() && !context.global.quiet {
        context.say(say);
    } else {
        context.output.one(&link.status()?)?;
    }
    Ok(0)
}

/// An order as `risk test` takes it.
#[derive(Parser)]
#[command(name = "hoga risk test", no_binary_name = true, disable_help_flag = true)]
struct TestOrder {
    #[arg(value_parser = value::side())]
    side: Side,
    #[command(flatten)]
    place: Place,
}

/// `hoga risk`.
///
/// # Errors
/// As every command: [`Stop`].
pub fn risk(context: &Context, risk: &Risk) -> Done {
    match risk {
        Risk::Show => match context.connect()?.ask(Command::RiskShow)? {
            Response::Risk(limits) => context.output.one(&limits)?,
            other => return Err((&other).into()),
        },
        Risk::Set { key, value } => {
            let mut link = context.connect()?;
            link.tell(Command::RiskSet { key: key.clone(), value: value.clone() })?;
            context.say(&Say::LimitSet(key));
            if !context.output.is_for_people() {
                match link.ask(Command::RiskShow)? {
                    Response::Risk(limits) => context.output.one(&limits)?,
                    other => return Err((&other).into()),
                }
            }
        }
        Risk::Test { order } => return test(context, order),
        Risk::Log(args) => return account::list(context, Command::RiskLog { limit: args.count as usize }),
    }
    Ok(0)
}

fn test(context: &Context, words: &[String]) -> Done {
    let words = words.iter().flat_map(|word| word.split_whitespace());
    let typed = TestOrder::try_parse_from(words).map_err(|error| super::usage::failure(&error, context.language))?;
    let draft = draft::order(typed.side, &typed.place, typed.place.client_id.clone())?;
    order::dry_run(context, draft, typed.place.tif)
}
