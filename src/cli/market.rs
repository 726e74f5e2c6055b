//! Market data and the watch list.

use super::arguments::market::{Book, Candles, Flow, Info, Quote, Rank, Search, Trades, Watch};
use super::context::Context;
use super::link::Link;
use super::output::{Done, Stop};
use super::shown::InformedRecord;
use crate::desk::protocol::{Command, FailureKind, Response};
use crate::desk::record::QuoteRecord;
use crate::market::Facts;
use crate::text::failure::korean;
use crate::text::{Language, Say};

/// `hoga quote`: an object for one symbol, a list for several.
///
/// # Errors
/// As every command: [`Stop`].
pub fn quote(context: &Context, args: &Quote) -> Done {
    let quotes = quotes(&mut context.connect()?, args.symbols.clone())?;
    match quotes.as_slice() {
        [one] if args.symbols.len() == 1 => context.output.one(one)?,
        several => context.output.list(several)?,
    }
    explain_closes(context, &quotes);
    Ok(0)
}

/// Says which prices are no last prices.
fn explain_closes(context: &Context, quotes: &[QuoteRecord]) {
    let closes: Vec<&str> =
        quotes.iter().filter(|quote| quote.last_is_close).map(|quote| quote.symbol.as_str()).collect();
    if !closes.is_empty() {
        context.say(&Say::LastIsClose(&closes.join(", ")));
    }
}

fn quotes(link: &mut Link, symbols: Vec<String>) -> Result<Vec<QuoteRecord>, Stop> {
    if symbols.is_empty() {
        return Ok(Vec::new());
    }
    match link.ask(Command::Quote { symbols })? {
        Response::Quotes(quotes) => Ok(quotes),
        other => Err((&other).into()),
    }
}

/// `hoga book`.
///
/// # Errors
/// As every command: [`Stop`].
pub fn book(context: &Context, args: &Book) -> Done {
    let command = Command::Book { symbol: args.symbol.clone(), levels: args.levels as usize };
    match context.connect()?.ask(command)? {
        Response::Book(book) => context.output.one(&book)?,
        other => return Err((&other).into()),
    }
    Ok(0)
}

/// `hoga trades`.
///
/// # Errors
/// As every command: [`Stop`].
pub fn trades(context: &Context, args: &Trades) -> Done {
    match context.connect()?.ask(Command::Trades { symbol: args.symbol.clone(), count: args.count })? {
        Response::Trades(trades) => context.output.list(&trades)?,
        other => return Err((&other).into()),
    }
    Ok(0)
}

/// `hoga candles`.
///
/// # Errors
/// As every command: [`Stop`].
pub fn candles(context: &Context, args: &Candles) -> Done {
    let command =
        Command::Candles { symbol: args.symbol.clone(), interval: args.interval, count: args.count, before: None };
    match context.connect()?.ask(command)? {
        Response::Candles(candles) => context.output.list(&candles)?,
        other => return Err((&other).into()),
    }
    Ok(0)
}

/// `hoga flow`.
///
/// # Errors
/// As every command: [`Stop`].
pub fn flow(context: &Context, args: &Flow) -> Done {
    let Flow { symbol, series, interval, count } = args;
    let (symbol, series) = (symbol.clone(), series.series());
    match context.connect()?.ask(Command::Flow { symbol, series, interval: *interval, count: *count })? {
        Response::Flow(points) => context.output.list(&points)?,
        other => return Err((&other).into()),
    }
    Ok(0)
}

/// `hoga search`.
///
/// # Errors
/// As every command: [`Stop`].
pub fn search(context: &Context, args: &Search) -> Done {
    instruments(context, Command::Search { text: args.text.join(" "), limit: args.count as usize })
}

/// `hoga rank`.
///
/// # Errors
/// As every command: [`Stop`].
pub fn rank(context: &Context, args: &Rank) -> Done {
    instruments(context, Command::Rank { by: args.by.rank_by(), count: args.count as usize })
}

fn instruments(context: &Context, command: Command) -> Done {
    match context.connect()?.ask(command)? {
        Response::Instruments(instruments) => context.output.list(&instruments)?,
        other => return Err((&other).into()),
    }
    Ok(0)
}

/// `hoga session`.
///
/// # Errors
/// As every command: [`Stop`].
pub fn session(context: &Context) -> Done {
    match context.connect()?.ask(Command::Session)? {
        Response::Sessions(sessions) => context.output.list(&sessions)?,
        other => return Err((&other).into()),
    }
    Ok(0)
}

/// `hoga info`.
///
/// # Errors
/// As every command: [`Stop`].
pub fn info(context: &Context, args: &Info) -> Done {
    let mut link = context.connect()?;
    let instruments = match link.ask(Command::Info { symbol: args.symbol.clone() })? {
        Response::Instruments(instruments) => instruments,
        other => return Err((&other).into()),
    };
    match instruments.as_slice() {
        [one] => {
            let id = format!("{}:{}", one.venue, one.symbol);
            let facts = facts(context, &mut link, id)?;
            context.output.one(&InformedRecord { record: one.clone(), facts })?;
        }
        several => context.output.list(several)?,
    }
    Ok(0)
}

/// What the broker knows beside the listing. That it does not tell is said, and is no reason to show nothing.
fn facts(context: &Context, link: &mut Link, symbol: String) -> Result<Facts, Stop> {
    match link.ask(Command::Facts { symbol }) {
        Ok(Response::Facts(facts)) => Ok(*facts),
        Ok(other) => Err((&other).into()),
        Err(failure) if failure.kind == FailureKind::Usage => Err(failure.into()),
        Err(failure) => {
            let why = match context.language {
                Language::Ko => korean(&failure.code, &failure.arguments),
                Language::En => None,
            };
            context.say(&Say::FactsNotTold(&why.unwrap_or(failure.message)));
            Ok(Facts::default())
        }
    }
}

/// `hoga watch`: each verb ends with the list as it is then.
///
/// # Errors
/// As every command: [`Stop`].
pub fn watch(context: &Context, watch: &Watch) -> Done {
    let mut link = context.connect()?;
    match watch {
        Watch::List => {}
        Watch::Add { symbols } => {
            for symbol in symbols {
                link.tell(Command::WatchAdd { symbol: symbol.clone() })?;
            }
        }
        Watch::Rm { symbols } => {
            for symbol in symbols {
                link.tell(Command::WatchRemove { symbol: symbol.clone() })?;
            }
        }
    }
    watched(context, &mut link)?;
    Ok(0)
}

fn watched(context: &Context, link: &mut Link) -> Result<(), Stop> {
    let symbols = match link.ask(Command::WatchList)? {
        Response::Watch(symbols) => symbols,
        other => return Err((&other).into()),
    };
    let quotes = quotes(link, symbols)?;
    context.output.list(&quotes)?;
    explain_closes(context, &quotes);
    Ok(())
}
