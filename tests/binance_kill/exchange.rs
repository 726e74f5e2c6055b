//! An exchange in a process of its own: this test binary, run again for [`serve`].

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use rust_decimal::dec;
use serde_json::Value;

use crate::binance_server::{Options, Server};

const SEED: &str = "HOGA_EXCHANGE_SEED";
const SYMBOLS: &str = "HOGA_EXCHANGE_SYMBOLS";
const JOURNAL: &str = "HOGA_EXCHANGE_JOURNAL";

/// Bitcoin, and so many symbols like it.
pub fn symbols(beside: u64) -> Vec<String> {
    std::iter::once("BTCUSDT".to_owned()).chain((0..beside).map(|n| format!("COIN{n}USDT"))).collect()
}

/// A running exchange; it is killed when dropped.
pub struct Exchange {
    child: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    pub rest: String,
    pub ws: String,
}

impl Exchange {
    /// With so many symbols like Bitcoin beside it; see [`symbols`].
    pub fn start(seed: u64, symbols: u64, journal: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["serve_as_exchange", "--exact", "--ignored", "--nocapture"])
            .env(SEED, seed.to_string())
            .env(SYMBOLS, symbols.to_string())
            .env(JOURNAL, journal)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let (commands, answers) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut exchange = Self { child, commands, answers, rest: String::new(), ws: String::new() };
        let address = |value: &Value, key: &str| value[key].as_str().unwrap().to_owned();
        let said = exchange.answer();
        (exchange.rest, exchange.ws) = (address(&said, "rest"), address(&said, "ws"));
        exchange
    }

    /// Does what a line says; see the commands of the server.
    pub fn ask(&mut self, line: &str) -> Value {
        writeln!(self.commands, "{line}").unwrap();
        let answer = self.answer();
        assert_ne!(answer["ok"], false, "{line}: {answer}");
        answer
    }

    /// The next line that is an object: the test harness has words of its own.
    fn answer(&mut self) -> Value {
        loop {
            let mut line = String::new();
            assert_ne!(self.answers.read_line(&mut line).unwrap(), 0, "the exchange is gone");
            if let Some(begin) = line.find('{') {
                return serde_json::from_str(&line[begin..]).unwrap();
            }
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
        wallet: dec!(1_000_000),
        ..Options::default()
    };
    let server = Server::start(options);
    let beside = std::env::var(SYMBOLS).unwrap().parse().unwrap();
    let bitcoin = server.change(|state| state.exchange.listing("BTCUSDT"));
    for symbol in symbols(beside).into_iter().skip(1) {
        // Names of symbols live as long as the process.
        let symbol: &'static str = Box::leak(symbol.into_boxed_str());
        server.list(crate::binance_server::Listing {
            symbol,
            base: symbol.trim_end_matches("USDT"),
            ..bitcoin.clone()
        });
    }
    say(&serde_json::json!({"rest": server.rest_url(), "ws": server.ws_url()}));
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        say(&server.command(&line));
    }
}

fn say(line: &Value) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").unwrap();
    out.flush().unwrap();
}
