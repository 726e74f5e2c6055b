//! Shows that no byte of an order leaves before its row is on the disk: a desk sends 500 orders over TCP to a broker on
//! this machine under `strace`, and the trace is read afterwards.
//!
//! ```text
//! cargo build --release --example loopback_orders
//! strace -f -y -s 65536 -e trace=pwrite64,write,writev,fdatasync,fsync,sendto,sendmsg -o orders.trace \
//!     target/release/examples/loopback_orders run --orders 500
//! target/release/examples/loopback_orders check orders.trace
//! ```
//! `strace` is a package of that name in every distribution. For each order the check asks for, in this order:
//!  1. a write of a page with the order's id into the ledger's write-ahead log,
//!  2. the frame that commits it: the same one or a later one whose header names the size of the database,
//!  3. an `fdatasync` or `fsync` of that log that began after the commit was written, and returned 0,
//!  4. the first write of the id to a socket of the broker, begun after that.
#![allow(clippy::print_stdout)]

#[path = "loopback_orders/broker.rs"]
mod broker;
#[path = "loopback_orders/trace.rs"]
mod trace;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use clap::{Parser, Subcommand};
use hoga::config::{Config, Paths, Surroundings};
use hoga::desk::client::{Caller, Client};
use hoga::desk::protocol::{Command, FailureKind, Response, SubmitOrder};
use hoga::desk::shell::{DeskOptions, run_with};
use hoga::market::{Quantity, Side};
use hoga::order::{Bracket, OrderKind, PositionSide, Source, TimeInForce};

/// Clients that send at the same time.
const CLIENTS: usize = 4;

const CONFIG: &str = r#"
[risk]
max_order_amount = "off"
max_positions = "off"
max_open_orders = "off"
max_orders_per_second = "off"
max_orders_per_minute = "off"
duplicate_window_ms = 0
"#;

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// A desk, a broker and a client that sends orders
    Run {
        /// How many
        #[arg(long, default_value_t = 500)]
        orders: usize,
    },
    /// Reads a trace
    Check {
        /// As `strace -f -y -s 65536 -o` wrote it
        trace: PathBuf,
        /// How many orders it must have
        #[arg(long, default_value_t = 500)]
        orders: usize,
    },
}

fn main() -> Result<()> {
    match Arguments::parse().what {
        What::Run { orders } => run(orders),
        What::Check { trace, orders } => check(&trace, orders),
    }
}

fn run(orders: usize) -> Result<()> {
    let folder = std::env::temp_dir().join(format!("hoga-loopback-{}", std::process::id()));
    std::fs::create_dir(&folder)?;
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700))?;
    let done = trade(&folder, orders);
    std::fs::remove_dir_all(&folder)?;
    let (sent, taken) = done?;
    ensure!(sent == taken, "the broker took {} orders, {} were answered", taken.len(), sent.len());
    println!("{} orders sent, each taken by the broker once", sent.len());
    Ok(())
}

/// Sends orders through a desk; the ids that were answered and those that the broker took.
fn trade(folder: &Path, orders: usize) -> Result<(BTreeSet<String>, BTreeSet<String>)> {
    let file = folder.join("config.toml");
    std::fs::write(&file, CONFIG)?;
    let config = Config::load(&file)?;
    let paths = Paths::resolve(Some(&file), Some(&folder.join("data")), &Surroundings::of_system())?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let source = broker::Loopback { address: listener.local_addr()? };
    let venue = std::thread::spawn(move || serve(&listener));
    let sockets = paths.socket_candidates().to_vec();
    let options = DeskOptions { data_dir: paths.data_dir.clone(), idle_exit: None };
    let desk =
        std::thread::spawn(move || run_with(&config, &paths, options, Box::new(source), |store| Box::new(store)));
    let mut client = connect(&sockets, &desk)?;
    let sent = send(&sockets, orders)?;
    client.request(Command::Shutdown { force: true })?;
    desk.join().map_err(|_| anyhow!("the desk panicked"))??;
    let taken = venue.join().map_err(|_| anyhow!("the venue panicked"))??;
    let once: BTreeSet<String> = taken.iter().cloned().collect();
    ensure!(once.len() == taken.len(), "an order came twice");
    Ok((sent, once))
}

/// Several clients at a time, so that orders share transactions and syncs.
fn send(sockets: &[PathBuf], orders: usize) -> Result<BTreeSet<String>> {
    let share = |first: usize| -> Result<Vec<String>> {
        let mut client = Client::connect(sockets, &caller())?;
        let mut sent = Vec::new();
        for number in (first..orders).step_by(CLIENTS) {
            match client.request(Command::Submit(order(number)?))? {
                Response::Order(record) => sent.push(record.id),
                other => bail!("unexpected: {other:?}"),
            }
        }
        Ok(sent)
    };
    let share = &share;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..CLIENTS).map(|first| scope.spawn(move || share(first))).collect();
        let mut sent = BTreeSet::new();
        for thread in threads {
            sent.extend(thread.join().map_err(|_| anyhow!("a client panicked"))??);
        }
        Ok(sent)
    })
}

fn caller() -> Caller {
    Caller { name: "loopback".into(), source: Source::Cli, profile: None }
}

fn connect<T>(sockets: &[PathBuf], desk: &JoinHandle<T>) -> Result<Client> {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        match Client::connect(sockets, &caller()) {
            Err(failure) if failure.kind == FailureKind::NoDesk => {}
            other => return Ok(other?),
        }
        ensure!(!desk.is_finished() && Instant::now() < deadline, "the desk does not listen");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

fn order(number: usize) -> Result<SubmitOrder> {
    Ok(SubmitOrder {
        client_id: Some(format!("loopback-{number}").parse()?),
        symbol: "SIM:005930".into(),
        side: Side::Buy,
        kind: OrderKind::Limit { price: "70000".parse()? },
        quantity: Quantity::whole(1),
        time_in_force: TimeInForce::Gtc,
        reduce_only: false,
        position_side: PositionSide::Net,
        bracket: Bracket::default(),
        oco: false,
        route: None,
    })
}

/// The venue: a line with an id comes in, `taken` and the id go out.
fn serve(listener: &TcpListener) -> Result<Vec<String>> {
    let (stream, _) = listener.accept()?;
    let mut answers: TcpStream = stream.try_clone()?;
    let mut taken = Vec::new();
    for line in BufReader::new(stream).lines() {
        let id = line?.strip_prefix("place ").context("not an order")?.to_owned();
        answers.write_all(format!("taken {id}\n").as_bytes())?;
        taken.push(id);
    }
    Ok(taken)
}

fn check(file: &Path, orders: usize) -> Result<()> {
    let report = trace::read(BufReader::new(std::fs::File::open(file)?))?;
    for (id, fault) in report.faults.iter().take(10) {
        println!("{id}: {fault}");
    }
    println!(
        "{} of {} orders: row written, committed and synced before the first byte to the broker ({} syncs of the log, {} \
         commits)",
        report.orders - report.faults.len(),
        report.orders,
        report.syncs,
        report.commits
    );
    ensure!(report.orders == orders, "{} orders in the trace instead of {orders}", report.orders);
    ensure!(report.faults.is_empty(), "{} orders left too early", report.faults.len());
    Ok(())
}
