//! The broker of the tests as a process: Korea Investment & Securities on this machine.
//!
//! ```text
//! cargo run --example kis_server -- --port 0 --journal requests.jsonl --seed 7 --faults 'POST /order-cash lost-reply 2'
//! cargo run --example kis_server -- --realm paper --now --drift
//! ```
//! It prints one line with its addresses and keys, `{"rest":"http://127.0.0.1:PORT","ws":"ws://127.0.0.1:PORT/tryitout",...}`,
//! and serves until it is killed. Lines on its standard input are commands, each answered by one line: `trade 005930 70000
//! 5`, `fault POST /order-cash timeout:executed`, `stream cut`, `status`; they are in `tests/kis_server/command.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

#[path = "../tests/kis_server/mod.rs"]
mod kis_server;

use std::io::{BufRead, Write};
use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use hoga::broker::kis::environment;
use kis_server::{ACCOUNT, HTS_ID, Options, Server, keys_of};
use serde_json::{Value, json};

#[derive(Clone, Copy, ValueEnum)]
enum Realm {
    Live,
    Paper,
}

#[derive(Parser)]
struct Arguments {
    #[arg(long, value_enum, default_value = "live")]
    realm: Realm,
    /// 0: any that is free
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// File to which requests, orders and fills are appended as JSON lines
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
    /// Its clock is the machine's; else it begins in the middle of a trading day
    #[arg(long)]
    now: bool,
}

fn main() -> anyhow::Result<()> {
    let Arguments { realm, port, journal, seed, faults, drift, now } = Arguments::parse();
    let realm = match realm {
        Realm::Live => environment::Realm::Live,
        Realm::Paper => environment::Realm::Paper,
    };
    let usual = Options::default();
    let start = if now { None } else { usual.start };
    let server = Server::start(Options { realm, port, journal, seed, start, ..usual });
    if !faults.is_empty() {
        obey(&server, &format!("fault {faults}"))?;
    }
    if drift {
        obey(&server, &format!("drift {seed}"))?;
    }
    let (key, secret) = keys_of(realm);
    say(&json!({"rest": server.rest_url(), "ws": server.ws_url(), "masters": server.masters_url(), "key": key,
                "secret": secret, "account": ACCOUNT, "htsId": HTS_ID, "now": server.now()}))?;
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

fn obey(server: &Server, line: &str) -> anyhow::Result<()> {
    let done = server.command(line);
    anyhow::ensure!(done["ok"] == true, "{line}: {done}");
    Ok(())
}

fn say(line: &Value) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    Ok(())
}
