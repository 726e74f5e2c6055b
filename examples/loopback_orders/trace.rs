//! Reading what `strace -f -y` wrote: which bytes went where, in which order, and which syncs had returned.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;

use anyhow::{Context, Result};

/// Bytes of the header of a write-ahead log, and of each frame's header in it (SQLite file format, section 4.1).
const LOG_HEADER: u64 = 32;
const FRAME_HEADER: usize = 24;
/// Bytes of an order id as text.
const ID: usize = 36;

/// What a trace says.
#[derive(Debug, Default)]
pub struct Report {
    /// Orders that reached a socket of the broker.
    pub orders: usize,
    /// Orders that left too early, and what was missing.
    pub faults: Vec<(String, &'static str)>,
    /// Syncs of the log that returned 0.
    pub syncs: usize,
    /// Transactions.
    pub commits: usize,
}

/// How far an order's row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Row {
    Written,
    Committed,
    Synced,
}

/// A system call that has begun.
#[derive(Debug)]
struct Call {
    name: String,
    arguments: String,
}

#[derive(Debug, Default)]
struct Reading {
    rows: BTreeMap<String, Row>,
    /// Rows that a sync which has begun will make durable.
    syncing: BTreeMap<String, Vec<String>>,
    begun: BTreeMap<String, Call>,
    /// Whether the page that is written next ends a transaction.
    commits_next: bool,
    sent: BTreeSet<String>,
    report: Report,
}

/// Reads a trace.
///
/// # Errors
/// It cannot be read.
pub fn read(lines: impl BufRead) -> Result<Report> {
    let mut reading = Reading::default();
    for line in lines.split(b'\n') {
        reading.line(&String::from_utf8_lossy(&line?)).context("a line of the trace")?;
    }
    reading.report.orders = reading.sent.len();
    Ok(reading.report)
}

impl Reading {
    fn line(&mut self, line: &str) -> Result<()> {
        let Some((thread, rest)) = line.trim_start().split_once(' ') else { return Ok(()) };
        let rest = rest.trim_start();
        if let Some(resumed) = rest.strip_prefix("<... ") {
            let Some(call) = self.begun.remove(thread) else { return Ok(()) };
            return self.ended(thread, &call, result(resumed));
        }
        let Some((name, arguments)) = rest.split_once('(') else { return Ok(()) };
        let call = Call { name: name.to_owned(), arguments: arguments.to_owned() };
        self.began(thread, &call);
        if rest.ends_with("<unfinished ...>") {
            self.begun.insert(thread.to_owned(), call);
            return Ok(());
        }
        self.ended(thread, &call, result(rest))
    }

    /// A byte for the broker may be on its way as soon as the call begins; a sync covers what was written by then.
    fn began(&mut self, thread: &str, call: &Call) {
        match call.name.as_str() {
            "fdatasync" | "fsync" if is_log(&call.arguments) => {
                let covered = self.rows.iter().filter(|(_, row)| **row == Row::Committed).map(|(id, _)| id.clone());
                self.syncing.insert(thread.to_owned(), covered.collect());
            }
            "write" | "writev" | "sendto" | "sendmsg" if is_broker(&call.arguments) => {
                let bytes = quoted(&call.arguments);
                for id in placed(&bytes) {
                    self.leaves(id);
                }
            }
            _ => {}
        }
    }

    fn ended(&mut self, thread: &str, call: &Call, result: Option<i64>) -> Result<()> {
        match call.name.as_str() {
            "fdatasync" | "fsync" => {
                let covered = self.syncing.remove(thread).unwrap_or_default();
                if result == Some(0) && is_log(&call.arguments) {
                    self.report.syncs += 1;
                    for id in covered {
                        self.rows.insert(id, Row::Synced);
                    }
                }
            }
            "pwrite64" if is_log(&call.arguments) && result.is_some_and(|count| count > 0) => self.logged(call),
            _ => {}
        }
        Ok(())
    }

    /// A write into the log: its header, a frame's header, or a frame's page.
    fn logged(&mut self, call: &Call) {
        let bytes = quoted(&call.arguments);
        let offset = call.arguments.rsplit_once(", ").and_then(|(_, tail)| number(tail)).unwrap_or(0);
        if offset < LOG_HEADER {
            return;
        }
        if bytes.len() == FRAME_HEADER {
            // Bytes 4 to 7: the size of the database in pages where the frame ends a transaction, else zero.
            self.commits_next = bytes.get(4..8).is_some_and(|size| size.iter().any(|byte| *byte != 0));
            return;
        }
        for id in ids(&bytes) {
            self.rows.entry(id).or_insert(Row::Written);
        }
        if std::mem::take(&mut self.commits_next) {
            self.report.commits += 1;
            for row in self.rows.values_mut().filter(|row| **row == Row::Written) {
                *row = Row::Committed;
            }
        }
    }

    fn leaves(&mut self, id: String) {
        let fault = match self.rows.get(&id) {
            Some(Row::Synced) => None,
            Some(Row::Committed) => Some("not synced when it left"),
            Some(Row::Written) => Some("not committed when it left"),
            None => Some("not in the ledger when it left"),
        };
        if self.sent.insert(id.clone())
            && let Some(fault) = fault
        {
            self.report.faults.push((id, fault));
        }
    }
}

/// With `-y` each descriptor is followed by what it is, in angle brackets.
fn target(arguments: &str) -> &str {
    arguments.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or("", |(target, _)| target)
}

fn is_log(arguments: &str) -> bool {
    target(arguments).ends_with("ledger.db-wal")
}

/// Files have paths; sockets of the desk's faces are of another family and carry no line that begins with `place`.
fn is_broker(arguments: &str) -> bool {
    let target = target(arguments);
    target.starts_with("socket:") || target.starts_with("TCP:")
}

fn result(rest: &str) -> Option<i64> {
    let (_, tail) = rest.rsplit_once(" = ")?;
    tail.split_whitespace().next()?.parse().ok()
}

fn number(text: &str) -> Option<u64> {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// The bytes of the first text in quotes, C escapes undone.
fn quoted(arguments: &str) -> Vec<u8> {
    let Some((_, text)) = arguments.split_once('"') else { return Vec::new() };
    let mut bytes = Vec::new();
    let mut rest = text.bytes().peekable();
    while let Some(byte) = rest.next() {
        match byte {
            b'"' => break,
            b'\\' => match rest.next() {
                Some(b'n') => bytes.push(b'\n'),
                Some(b't') => bytes.push(b'\t'),
                Some(b'r') => bytes.push(b'\r'),
                Some(b'v') => bytes.push(0x0b),
                Some(b'f') => bytes.push(0x0c),
                Some(digit @ b'0'..=b'7') => {
                    let mut value = u32::from(digit - b'0');
                    for _ in 0..2 {
                        let Some(digit) = rest.next_if(|byte| (b'0'..=b'7').contains(byte)) else { break };
                        value = value * 8 + u32::from(digit - b'0');
                    }
                    bytes.push(u8::try_from(value).unwrap_or(0));
                }
                Some(other) => bytes.push(other),
                None => break,
            },
            other => bytes.push(other),
        }
    }
    bytes
}

/// Ids of orders placed by these bytes.
fn placed(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let lines = text.lines().filter_map(|line| line.strip_prefix("place ")).map(str::to_owned);
    let queries = text.lines().filter(|line| line.starts_with("POST ")).filter_map(|line| {
        let (_, id) = line.split_once("newClientOrderId=")?;
        hyphenated(id.get(..32)?)
    });
    lines.chain(queries).collect()
}

/// An id as the ledger has it, of one as Binance has it.
fn hyphenated(simple: &str) -> Option<String> {
    let part = |from: usize, to: usize| simple.get(from..to);
    Some([part(0, 8)?, part(8, 12)?, part(12, 16)?, part(16, 20)?, part(20, 32)?].join("-"))
}

/// Everything in a page that looks like an order id.
fn ids(page: &[u8]) -> BTreeSet<String> {
    let looks = |window: &[u8]| {
        window.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(byte),
        })
    };
    page.windows(ID).filter(|window| looks(window)).map(|id| String::from_utf8_lossy(id).into_owned()).collect()
}
