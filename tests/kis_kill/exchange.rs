//! An exchange in a process of its own: this test binary, run again for [`serve`].

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use crate::kis_server::listing::Listing;
use crate::kis_server::market::Market;
use crate::kis_server::{Options, Server};

const SEED: &str = "HOGA_EXCHANGE_SEED";
const SYMBOLS: &str = "HOGA_EXCHANGE_SYMBOLS";
const JOURNAL: &str = "HOGA_EXCHANGE_JOURNAL";
const LIKE: &str = "HOGA_EXCHANGE_LIKE";

/// Held of every issue at the beginning, so that there is something to sell.
const HELD: Decimal = dec!(1_000);

/// What is traded: an issue of `listing.rs` of the server, and others like it.
#[derive(Debug)]
pub struct Issue {
    pub symbol: &'static str,
    /// Where its market begins, and the smallest step from there.
    pub begins_at: u64,
    pub tick: u64,
    /// What the broker and the state take of it, as the server's command says it.
    pub charges: Option<&'static str>,
}

/// A fund on an index: sales of funds are not taxed, and nobody takes a commission.
pub const FUND: Issue = Issue { symbol: "069500", begins_at: 37_200, tick: 5, charges: None };
/// A share whose broker takes something else than is expected, as every broker does, and whose sales are taxed.
pub const SHARE: Issue =
    Issue { symbol: "035720", begins_at: 40_000, tick: 50, charges: Some("charges 0.000140527 0.002") };

impl Issue {
    /// It, and so many like it.
    pub fn symbols(&self, beside: u64) -> Vec<String> {
        std::iter::once(self.symbol.to_owned()).chain((0..beside).map(|n| format!("3{n:05}"))).collect()
    }
}

/// A running exchange; it is killed when dropped.
pub struct Exchange {
    child: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    pub rest: String,
    pub ws: String,
    pub masters: String,
    /// How far its clock is ahead of the machine's, in ms.
    pub ahead: i64,
}

impl Exchange {
    /// With an issue and so many like it.
    pub fn start(seed: u64, issue: &Issue, beside: u64, journal: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["serve_as_exchange", "--exact", "--ignored", "--nocapture"])
            .env(SEED, seed.to_string())
            .env(SYMBOLS, beside.to_string())
            .env(LIKE, issue.symbol)
            .env(JOURNAL, journal)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let (commands, mut answers) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let said = answer(&mut answers);
        let address = |key: &str| said[key].as_str().unwrap().to_owned();
        let (rest, ws, masters) = (address("rest"), address("ws"), address("masters"));
        Self { child, commands, answers, rest, ws, masters, ahead: said["ahead"].as_i64().unwrap() }
    }

    /// Does what a line says; see the commands of the server.
    pub fn ask(&mut self, line: &str) -> Value {
        writeln!(self.commands, "{line}").unwrap();
        let answer = answer(&mut self.answers);
        assert_ne!(answer["ok"], false, "{line}: {answer}");
        answer
    }
}

/// The next line that is an object: the test harness has words of its own.
fn answer(answers: &mut impl BufRead) -> Value {
    loop {
        let mut line = String::new();
        assert_ne!(answers.read_line(&mut line).unwrap(), 0, "the exchange is gone");
        if let Some(begin) = line.find('{') {
            return serde_json::from_str(&line[begin..]).unwrap();
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Is the exchange until its standard input ends.
pub fn serve() {
    let (Ok(seed), Some(journal)) = (std::env::var(SEED), std::env::var_os(JOURNAL)) else { return };
    let options = Options {
        seed: seed.parse().unwrap(),
        journal: Some(journal.into()),
        cash: dec!(10_000_000_000),
        ..Options::default()
    };
    let server = Server::start(options);
    let like = std::env::var(LIKE).unwrap();
    let issue = [FUND, SHARE].into_iter().find(|issue| issue.symbol == like).unwrap();
    list(&server, &issue, std::env::var(SYMBOLS).unwrap().parse().unwrap());
    let ahead = server.change(|state| state.clock_offset);
    say(&json!({"rest": server.rest_url(), "ws": server.ws_url(), "masters": server.masters_url(), "ahead": ahead}));
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        say(&server.command(&line));
    }
}

/// Lists issues like this one and puts some of each into the account.
fn list(server: &Server, issue: &Issue, beside: u64) {
    let like = server.change(|state| state.exchange.listing(issue.symbol).clone());
    for symbol in issue.symbols(beside) {
        // Names of symbols live as long as the process.
        let symbol: &'static str = Box::leak(symbol.into_boxed_str());
        let isin: &'static str = Box::leak(format!("KR7{symbol}007").into_boxed_str());
        let listing = Listing { symbol, isin, ..like.clone() };
        server.change(|state| state.exchange.markets.insert(symbol.to_owned(), Market::new(listing)));
        server.set_position(symbol, HELD, Decimal::from(issue.begins_at));
    }
}

fn say(line: &Value) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").unwrap();
    out.flush().unwrap();
}
