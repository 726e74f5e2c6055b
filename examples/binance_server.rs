//! The exchange of the tests as a process: a Binance USD-M futures server on this machine.
//!
//! ```text
//! cargo run --example binance_server -- --port 0 --journal requests.jsonl --seed 7 --faults 'POST /order lost-reply 2'
//! ```
//! It prints one line with its addresses, `{"rest":"http://127.0.0.1:PORT","ws":"ws://127.0.0.1:PORT",...}`, and serves
//! until it is killed. Lines on its standard input are commands, each answered by one line: `trade BTCUSDT 60000 0.5`,
//! `fault POST /order timeout:executed`, `stream private cut`, `status`; all are in `tests/binance_server/command.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

#[path = "../tests/binance_server/mod.rs"]
mod binance_server;

use std::io::{BufRead, Write};
use std::path::PathBuf;

use binance_server::{Faults, KEY, Options, SECRET, Server};
use clap::Parser;
use serde_json::json;

#[derive(Parser)]
struct Arguments {
    /// 0: any that is free
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// File to which requests, orders and trades are appended as JSON lines
    #[arg(long)]
    journal: Option<PathBuf>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// `METHOD PATH FAULT [COUNT [SKIP]]` apart by `;`, or `seed=N,rate=R`
    #[arg(long, default_value = "")]
    faults: String,
    /// The market moves by itself
    #[arg(long)]
    drift: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let faults = Faults::parse(&arguments.faults).map_err(anyhow::Error::msg)?;
    let options =
        Options { port: arguments.port, seed: arguments.seed, journal: arguments.journal, ..Options::default() };
    let server = Server::start(options);
    server.faults(faults);
    if arguments.drift {
        server.drift(arguments.seed);
    }
    say(&json!({"rest": server.rest_url(), "ws": server.ws_url(), "key": KEY, "secret": SECRET}))?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if !line.trim().is_empty() {
            say(&server.command(&line))?;
        }
    }
    // Without a standard input it serves until it is killed.
    loop {
        std::thread::park();
    }
}

fn say(line: &serde_json::Value) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    Ok(())
}
