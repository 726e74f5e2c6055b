//! `hoga stream`: one JSON object a line, until so many, Ctrl-C, or nobody reads.

use serde::Serialize;

use super::arguments::market::Stream;
use super::context::Context;
use super::output::{Done, Stop, json_line, write};
use super::shown::AlertLine;
use crate::desk::protocol::Update;
use crate::desk::record::CandleRecord;
use crate::text::Say;

/// A candle with what it is of.
#[derive(Serialize)]
struct CandleLine<'a> {
    symbol: &'a str,
    #[serde(flatten)]
    candle: &'a CandleRecord,
}

/// An alert with whether it is no more.
#[derive(Serialize)]
struct AlertChange {
    #[serde(flatten)]
    alert: AlertLine,
    removed: bool,
}

/// Runs the command.
///
/// # Errors
/// As every command: [`Stop`].
pub fn run(context: &Context, args: &Stream) -> Done {
    let mut link = context.connect()?;
    link.subscribe(args.topic.topic(), args.symbols.clone())?;
    let mut left = args.count;
    while left != Some(0) {
        let Some(update) = link.next_update(None)? else { continue };
        let Some(line) = line_of(context, &update)? else { continue };
        write(&line)?;
        left = left.map(|left| left - 1);
    }
    Ok(0)
}

/// The line of an update; none for what is no data.
fn line_of(context: &Context, update: &Update) -> Result<Option<String>, Stop> {
    Ok(Some(match update {
        Update::Quote(quote) => json_line(quote)?,
        Update::Book(book) => json_line(book)?,
        Update::Trade(trade) => json_line(trade)?,
        Update::Candle { symbol, candle } => json_line(&CandleLine { symbol, candle })?,
        Update::Order(order) => json_line(order)?,
        Update::Fill(fill) => json_line(fill)?,
        Update::Event(event) => json_line(event)?,
        Update::Queue { .. } | Update::Account(_) | Update::Status { .. } => return Ok(None),
        Update::Alert { alert, removed } => {
            json_line(&AlertChange { alert: AlertLine::from(alert), removed: *removed })?
        }
        Update::Lost { count } => {
            context.say(&Say::Lost(*count));
            return Ok(None);
        }
    }))
}
