//! Shows that no byte of an order to Binance leaves before its row is on the disk: a desk sends 500 orders to the exchange
//! of the tests under `strace`, and the trace is read afterwards by the rules of `loopback_orders`.
//!
//! ```text
//! cargo build --release --example binance_orders
//! strace -f -y -s 65536 -e trace=pwrite64,write,writev,fdatasync,fsync,sendto,sendmsg -o orders.trace \
//!     target/release/examples/binance_orders run
//! target/release/examples/binance_orders check orders.trace
//! ```
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

#[path = "../tests/binance_server/mod.rs"]
mod binance_server;
#[path = "binance_orders/desk.rs"]
mod desk;
#[path = "loopback_orders/trace.rs"]
mod trace;

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use anyhow::{Result, bail, ensure};
use clap::{Parser, Subcommand};
use desk::{Pair, order};
use hoga::desk::protocol::{Command, Response};
use hoga::order::TimeInForce;

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    what: What,
    /// How many orders
    #[arg(long, global = true, default_value_t = 500)]
    orders: usize,
}

#[derive(Subcommand)]
enum What {
    /// A desk, an exchange and a client that sends orders
    Run,
    /// Reads a trace
    Check {
        /// As `strace -f -y -s 65536 -o` wrote it
        trace: PathBuf,
    },
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    match arguments.what {
        What::Run => run(arguments.orders),
        What::Check { trace } => check(&trace, arguments.orders),
    }
}

fn run(orders: usize) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let pair = Pair::start(folder.path())?;
    let mut client = pair.client()?;
    for number in 0..orders {
        match client.request(Command::Submit(order(&format!("trace-{number}"), TimeInForce::Ioc)?))? {
            Response::Order(_) => {}
            other => bail!("unexpected: {other:?}"),
        }
    }
    pair.server.wait_until("all have come", |state| state.exchange.orders.len() == orders);
    let server = pair.end()?;
    let sent = server.requests_to("POST", "/order").len();
    ensure!(sent == orders, "{sent} orders came instead of {orders}");
    println!("{orders} orders sent, each once");
    Ok(())
}

fn check(file: &PathBuf, orders: usize) -> Result<()> {
    let report = trace::read(BufReader::new(File::open(file)?))?;
    for (id, fault) in report.faults.iter().take(10) {
        println!("{id}: {fault}");
    }
    println!(
        "{} of {} orders: row written, committed and synced before the first byte to the exchange ({} syncs of the log, \
         {} commits)",
        report.orders - report.faults.len(),
        report.orders,
        report.syncs,
        report.commits
    );
    ensure!(report.orders == orders, "{} orders in the trace instead of {orders}", report.orders);
    ensure!(report.faults.is_empty(), "{} orders left too early", report.faults.len());
    Ok(())
}
