//! The exchanges of the tests as a process: a Binance USD-M futures or spot server on this machine.
//!
//! ```text
//! cargo run --example binance_server -- --port 0 --journal requests.jsonl --seed 7 --faults 'POST /order lost-reply 2'
//! cargo run --example binance_server -- --market spot --drift
//! ```
//! It prints one line with its addresses, `{"rest":"http://127.0.0.1:PORT","ws":"ws://127.0.0.1:PORT",...}`, and serves
//! until it is killed. Lines on its standard input are commands, each answered by one line: `trade BTCUSDT 60000 0.5`,
//! `fault POST /order timeout:executed`, `stream private cut`, `status`; they are in `command.rs` of
//! `tests/binance_parts` and of each server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

#[path = "../tests/binance_server/mod.rs"]
mod binance_server;
#[path = "../tests/binance_spot_server/mod.rs"]
mod binance_spot_server;

use std::io::{BufRead, Write};
use std::path::PathBuf;

use binance_server::{KEY, SECRET, Server};
use binance_spot_server::SpotServer;
use clap::{Parser, ValueEnum};
use serde_json::{Value, json};

#[derive(Clone, Copy, ValueEnum)]
enum Market {
    Futures,
    Spot,
}

#[derive(Parser)]
struct Arguments {
    #[arg(long, value_enum, default_value = "futures")]
    market: Market,
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
    let Arguments { market, port, journal, seed, faults, drift } = Arguments::parse();
    let mut first = Vec::new();
    if !faults.is_empty() {
        first.push(format!("fault {faults}"));
    }
    if drift {
        first.push(format!("drift {seed}"));
    }
    match market {
        Market::Futures => {
            let options = binance_server::Options { port, seed, journal, ..Default::default() };
            let server = Server::start(options);
            let at = json!({"rest": server.rest_url(), "ws": server.ws_url(), "key": KEY, "secret": SECRET});
            serve(&at, &first, |line| server.command(line))
        }
        Market::Spot => {
            let options = binance_spot_server::Options { port, seed, journal, ..Default::default() };
            let server = SpotServer::start(options);
            let at = json!({"rest": server.rest_url(), "ws": server.ws_url(), "wsApi": server.ws_api_url(), "key": KEY,
                            "secret": SECRET});
            serve(&at, &first, |line| server.command(line))
        }
    }
}

/// Does the first commands, says where it is, and then does what it is told.
fn serve(at: &Value, first: &[String], command: impl Fn(&str) -> Value) -> anyhow::Result<()> {
    for line in first {
        let done = command(line);
        anyhow::ensure!(done["ok"] == true, "{line}: {done}");
    }
    say(at)?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if !line.trim().is_empty() {
            say(&command(&line))?;
        }
    }
    // Without a standard input it serves until it is killed.
    loop {
        std::thread::park();
    }
}

fn say(line: &Value) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    Ok(())
}
