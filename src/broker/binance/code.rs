//! What an answer other than "done" means: whether it can have happened, what a person is told, and what follows from it.
//!
//! Three things decide: the HTTP status, the code in the body (looked up by market, for a few mean different things), and
//! for a handful of codes the text. An answer that says nothing certain about an order is [`BrokerError::Unknown`], never
//! a refusal: the order is then looked up and not sent again.

use std::time::Duration;

use super::wire::error::CodeReply;
use crate::broker::api::BrokerError;
use crate::config::BinanceMarket;
use crate::market::UtcTime;
use crate::text::clean::short;

mod table;
#[cfg(test)]
mod tests;

pub use table::{Line, Verdict, line};

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// Something was read: nothing can have happened.
    Read,
    /// A new order.
    Place,
    /// Another price or quantity for an order.
    Change,
    /// The end of one order or of several.
    Cancel,
    /// A setting, which is the same however often it is set.
    Setting,
}

impl Call {
    /// Whether doing it twice, or not knowing whether it was done, is harmless.
    const fn is_harmless(self) -> bool {
        matches!(self, Self::Read | Self::Setting)
    }
}

/// A bad answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What the desk is told.
    pub error: BrokerError,
    /// What the adapter does about it.
    pub then: Then,
}

/// What an adapter does after a bad answer, beside passing it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Nothing.
    Nothing,
    /// What was sent cannot be right: a mistake of hoga's or of a setting. Never the same again; worth a line in the log.
    OurMistake,
    /// Read the exchange's clock. Nothing was executed, so the same request may be sent once more with a new time stamp.
    SyncClock,
    /// Read the listing again: ticks, steps or symbols are not what they were.
    RenewListing,
    /// Read whether the account is in hedge mode.
    RenewMode,
    /// Read the positions.
    RenewPositions,
    /// Ask what became of the order: it may live, or be over already.
    LookAgain,
    /// It is as it should be: the same as a success.
    AlreadyDone,
    /// The account's stream needs a new key and a new connection.
    NewListenKey,
    /// This key or this account cannot trade at all: stop, and tell.
    StopTrading,
    /// Only orders that make a position smaller are taken, on this symbol or on all.
    OnlyReduce,
    /// Nothing was executed and the exchange is busy. A read or a setting may be sent again after this long; an order only
    /// by a person, except one that closes a position while the exchange sheds load, which it lets through.
    TryAgain(Duration),
    /// No new orders for this long; cancels and reads go on.
    HoldOrders(Duration),
    /// Send nothing at all for this long. The window is a minute of the clock, so without a word from the exchange it is
    /// the longest there can be left of one.
    HoldAll(Duration),
    /// The exchange answers nobody at this address until then; when it does not say, the error says how long at least.
    Banned {
        /// End of the ban.
        until: Option<UtcTime>,
    },
    /// A firewall stands before the exchange: too fast, or something in the request looked like an attack. Send nothing
    /// for a minute, and tell.
    Firewall,
}

/// The shortest ban.
const BAN_MIN: Duration = Duration::from_secs(120);
/// After a limit without a word on how long: the longest rest of a minute.
const LIMIT_PAUSE: Duration = Duration::from_secs(60);
/// The short window of orders.
const ORDER_PAUSE: Duration = Duration::from_secs(10);
/// First pause after "not accepted".
const BUSY_PAUSE: Duration = Duration::from_millis(200);
/// While the exchange is shut for maintenance or restarts.
const CLOSED_PAUSE: Duration = Duration::from_secs(1);
/// Bytes at the start of an answer whose words are looked at.
const WORDS_MAX: usize = 4_096;
/// Most characters of a text from outside.
const TEXT_MAX: usize = 200;

/// The meaning of an answer whose status is not 2xx. `retry_after` is that header.
#[must_use]
pub fn fault(market: BinanceMarket, call: Call, status: u16, body: &[u8], retry_after: Option<Duration>) -> Fault {
    let reply = CodeReply::of(body);
    if matches!(status, 418 | 429) && reply.as_ref().is_none_or(|reply| reply.code != -1015) {
        return limited(status, reply.as_ref(), retry_after);
    }
    // What says "execution status unknown" is not made certain by a code.
    if status == 408 {
        return unknown(call, said(status, reply.as_ref(), body));
    }
    match reply {
        Some(reply) => by_code(market, call, status, &reply, retry_after),
        None => by_status(call, status, body),
    }
}

/// The meaning of a refusal inside an answer that is a success as a whole: an element of a batch.
#[must_use]
pub fn element_fault(market: BinanceMarket, call: Call, reply: &CodeReply) -> Fault {
    by_code(market, call, 400, reply, None)
}

fn by_code(market: BinanceMarket, call: Call, status: u16, reply: &CodeReply, retry_after: Option<Duration>) -> Fault {
    let text = shown(&reply.msg);
    let words = words(&reply.msg);
    let line = match (market, reply.code) {
        (_, -1003) => return limited(status, Some(reply), retry_after),
        (_, -1000) => return by_words(call, status, &words, format!("-1000 {text}")),
        (BinanceMarket::Futures, -1001) if status == 503 => Some(Line { verdict: Verdict::Busy, then: Then::Nothing }),
        (_, -2010) if words.contains("duplicate") => Some(Line { verdict: Verdict::Open, then: Then::LookAgain }),
        _ => table::line(market, reply.code),
    };
    let Some(line) = line else {
        return unlisted(call, status, reply.code, &words, text);
    };
    let code = reply.code;
    match line.verdict {
        Verdict::Open => unknown(call, format!("{code} {text}")),
        Verdict::Busy => busy(pause_of(code)),
        Verdict::Paced => {
            let pause = retry_after.unwrap_or(ORDER_PAUSE);
            Fault { error: BrokerError::Throttled { retry_after: pause }, then: Then::HoldOrders(pause) }
        }
        Verdict::Denied => Fault { error: BrokerError::Unauthorized(format!("{code} {text}")), then: line.then },
        // Only a question can be answered with "there is none"; of a request it is a refusal like any other.
        Verdict::Absent if call != Call::Place => {
            Fault { error: BrokerError::NotFound(format!("{code} {text}")), then: line.then }
        }
        Verdict::Absent | Verdict::Refused => Fault { error: refused(code, text), then: line.then },
    }
}

/// A code nobody has listed: the status says whether it is a refusal, unless the text says that nobody knows.
fn unlisted(call: Call, status: u16, code: i64, words: &str, text: String) -> Fault {
    if status >= 500 {
        return by_words(call, status, words, format!("{code} {text}"));
    }
    if says_unknown(words) {
        return unknown(call, format!("{code} {text}"));
    }
    let error = if status == 401 { BrokerError::Unauthorized(format!("{code} {text}")) } else { refused(code, text) };
    Fault { error, then: if status == 401 { Then::StopTrading } else { Then::Nothing } }
}

/// The family of texts of status 503, which come with code -1000, with others, and without JSON.
fn by_words(call: Call, status: u16, words: &str, text: String) -> Fault {
    let not_accepted = words.contains("service unavailable")
        || words.contains("internal error; unable to process your request. please try again");
    if status == 503 && not_accepted && !says_unknown(words) {
        return busy(BUSY_PAUSE);
    }
    unknown(call, text)
}

fn says_unknown(words: &str) -> bool {
    words.contains("status unknown") || words.contains("unknown error")
}

/// An answer without a code: a gateway, a firewall, an old path.
fn by_status(call: Call, status: u16, body: &[u8]) -> Fault {
    match status {
        401 => Fault { error: BrokerError::Unauthorized(said(status, None, body)), then: Then::StopTrading },
        403 => Fault { error: refused_by_status(status, "a firewall before the exchange"), then: Then::Firewall },
        404 | 410 => Fault { error: refused_by_status(status, "no such path any more"), then: Then::OurMistake },
        409 => unknown(call, said(status, None, body)),
        400..=499 => Fault { error: refused_by_status(status, "no reason given"), then: Then::OurMistake },
        503 => {
            let start = String::from_utf8_lossy(body.get(..body.len().min(WORDS_MAX)).unwrap_or_default());
            by_words(call, status, &start.to_ascii_lowercase(), said(status, None, body))
        }
        _ => unknown(call, said(status, None, body)),
    }
}

/// Too many requests, or banned for them.
fn limited(status: u16, reply: Option<&CodeReply>, retry_after: Option<Duration>) -> Fault {
    let until = reply.and_then(|reply| ban_end(&reply.msg));
    if status == 418 || until.is_some() {
        let pause = retry_after.unwrap_or(BAN_MIN);
        return Fault { error: BrokerError::Throttled { retry_after: pause }, then: Then::Banned { until } };
    }
    let pause = retry_after.unwrap_or(LIMIT_PAUSE);
    Fault { error: BrokerError::Throttled { retry_after: pause }, then: Then::HoldAll(pause) }
}

/// The end of a ban out of "... IP banned until 1784000120000.", in milliseconds since 1970.
fn ban_end(text: &str) -> Option<UtcTime> {
    let words = words(text);
    let after = words.split_once("until ")?.1;
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    // Thirteen digits are the milliseconds of the years 2001 to 2286.
    if digits.len() == 13 { digits.parse().ok().map(UtcTime::from_millis) } else { None }
}

fn pause_of(code: i64) -> Duration {
    match code {
        -1004 | -1016 | -1109 | 239_999 | -4531 | -1008 => CLOSED_PAUSE,
        _ => BUSY_PAUSE,
    }
}

fn busy(pause: Duration) -> Fault {
    Fault { error: BrokerError::Throttled { retry_after: pause }, then: Then::TryAgain(pause) }
}

fn unknown(call: Call, text: String) -> Fault {
    let then = if call.is_harmless() { Then::TryAgain(CLOSED_PAUSE) } else { Then::LookAgain };
    Fault { error: BrokerError::Unknown(text), then }
}

fn refused(code: i64, text: String) -> BrokerError {
    BrokerError::Refused { code: code.to_string(), text }
}

fn refused_by_status(status: u16, text: &str) -> BrokerError {
    BrokerError::Refused { code: format!("HTTP {status}"), text: text.to_owned() }
}

/// What is shown of an answer: its own words where it has some, never a page.
fn said(status: u16, reply: Option<&CodeReply>, body: &[u8]) -> String {
    match reply {
        Some(reply) => format!("HTTP {status}: {} {}", reply.code, shown(&reply.msg)),
        None if body.is_empty() => format!("HTTP {status} without a word"),
        None => format!("HTTP {status} with a page instead of an answer"),
    }
}

/// In small letters, to be searched. Whatever it says it says at the start.
fn words(text: &str) -> String {
    text.get(..text.floor_char_boundary(WORDS_MAX)).unwrap_or_default().to_ascii_lowercase()
}

fn shown(text: &str) -> String {
    short(text, TEXT_MAX)
}
