//! Sends the recorded market of `assets/replay`, again and again and several times as fast, through the Binance exchange of
//! the tests, the adapter and the desk's core, and tells every minute what arrived and how much memory that took.
//!
//! ```text
//! cargo run --release --example binance_soak -- --seconds 3600 --speed 20
//! ```
//! It ends with an error when an event was lost, a book had a gap, a connection was lost, or resident memory grew after
//! the first quarter by more than 4 MiB.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::result_large_err,
    clippy::print_stdout,
    missing_docs
)]

#[path = "../tests/binance_server/mod.rs"]
mod binance_server;
#[path = "../tests/binance_session/desk.rs"]
mod desk;
#[path = "binance_soak/recorded.rs"]
mod recorded;
#[allow(dead_code)]
#[path = "../tests/binance_session/stage.rs"]
mod stage;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use binance_server::{Options, Server};
use clap::Parser;
use hoga::broker::api::Connection;
use recorded::Recorded;
use stage::{BTC, Desk, Setup};

/// Growth of resident memory after the first quarter that is noise of the allocator.
const GROWTH_MAX: u64 = 4 << 10;
/// Longest wait for what is still on its way at the end.
const LAST: Duration = Duration::from_secs(5);

#[derive(Parser)]
struct Arguments {
    #[arg(long, default_value_t = 3_600)]
    seconds: u64,
    /// Recorded seconds a second.
    #[arg(long, default_value_t = 20)]
    speed: u32,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let server = Arc::new(Server::start(Options::default()));
    let mut recorded = Recorded::open(arguments.speed)?;
    server.change(|state| {
        state.breathes = false;
        recorded.begin(&mut state.exchange);
    });
    let mut desk = Desk::starting(server.as_ref(), Setup::default());
    let over = Arc::new(AtomicBool::new(false));
    let sender = {
        let (server, over) = (Arc::clone(&server), Arc::clone(&over));
        std::thread::spawn(move || {
            recorded.play(&server, &over);
            recorded
        })
    };
    desk.until_ready();
    let during = Duration::from_secs(arguments.seconds);
    let samples = watch(&mut desk, during)?;
    over.store(true, Ordering::Relaxed);
    let recorded = sender.join().expect("the sender goes on");
    desk.live(LAST);
    judge(&desk, &recorded, &samples)
}

/// Resident memory in KiB, a hundred times in all.
fn watch(desk: &mut Desk, during: Duration) -> Result<Vec<u64>> {
    let (begun, mut samples) = (Instant::now(), Vec::new());
    while begun.elapsed() < during {
        desk.live(during / 100);
        samples.push(resident()?);
        let [trades, quotes, books] = desk.heard;
        let (seconds, memory) = (begun.elapsed().as_secs(), samples[samples.len() - 1]);
        println!("{seconds:>6} s  {memory} KiB  {trades} trades, {quotes} best prices, {books} changes of the book");
    }
    Ok(samples)
}

fn judge(desk: &Desk, recorded: &Recorded, samples: &[u64]) -> Result<()> {
    let books = desk.core.profile(0).context("a profile")?.book_counts();
    let lost = desk.connections.iter().filter(|told| **told != Connection::Up).count();
    let (from, to) = (samples[samples.len() / 4], samples[samples.len() - 1]);
    println!(
        "sent {:?}, heard {:?} (trades, best prices, changes of the book), {} gaps, {} resyncs, {lost} losses, memory {from} \
         to {to} KiB, {:?}",
        recorded.sent,
        desk.heard,
        books.gaps,
        books.resyncs,
        desk.market(BTC).book.counts()
    );
    ensure!(lost == 0, "{:?}", desk.connections);
    // What was sent before the first subscription was heard by nobody; from there on everything must come.
    let first = recorded.heard_from.context("somebody subscribed")?;
    for (kind, name) in ["trades", "best prices"].into_iter().enumerate() {
        let (sent, heard) = (recorded.sent[kind] - first[kind], desk.heard[kind]);
        ensure!(heard >= sent && heard <= recorded.sent[kind], "{name}: {sent} sent, {heard} heard");
    }
    ensure!(books.gaps == 0 && books.dropped == 0 && books.resyncs == 0, "the book: {books:?}");
    ensure!(desk.market(BTC).book.live().is_some(), "the book is not live");
    ensure!(to <= from + GROWTH_MAX, "memory grew from {from} to {to} KiB");
    Ok(())
}

fn resident() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("Linux tells it")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}
