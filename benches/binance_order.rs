//! An order's way to Binance: from a face's command through the desk's socket, gate, core and the durable commit
//! (synchronous=FULL) to its arrival at the exchange of the tests, beside the bare yardstick (two inserts in one IMMEDIATE
//! transaction, WAL, FULL) on the same disk in the same run; and a hundred open orders canceled while others ask for
//! candles without end.
//!
//! Prints one JSON line. Goals: `p50_ms` at most 3, `p99_ms` at most 20, `ratio_full` at most 2 beside what the two sockets
//! take; `cancels_ms`, from the command to the arrival of the last, at most 100.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[path = "../tests/binance_server/mod.rs"]
mod binance_server;
#[path = "../examples/binance_orders/desk.rs"]
mod desk;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use desk::{Pair, order};
use hoga::desk::protocol::{Command, OrderSelection, Response};
use hoga::market::{Interval, UtcTime};
use hoga::order::TimeInForce;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

const ORDERS: usize = 500;
const OPEN: usize = 100;
/// Faces that ask for candles while the orders are canceled.
const ASKERS: usize = 4;
const ROUNDS: usize = 5;

fn main() {
    let folder = match std::env::var_os("HOGA_BENCH_DIR") {
        Some(folder) => tempfile::tempdir_in(folder).unwrap(),
        None => tempfile::tempdir().unwrap(),
    };
    let yardstick = yardstick(&folder.path().join("yardstick.db"));
    let pair = Pair::start(folder.path()).unwrap();
    let (mut ways, mut bare) = orders(&pair, &yardstick);
    let mut cancels: Vec<(Duration, usize)> = (0..ROUNDS).map(|round| cancel_all(&pair, round)).collect();
    cancels.sort_unstable();
    let asked = pair.server.requests_to("GET", "/klines").len();
    pair.end().unwrap();
    let (p50, p99) = (at(&mut ways, 0.5), at(&mut ways, 0.99));
    let full = at(&mut bare, 0.5);
    let (typical, longest) = (cancels[ROUNDS / 2].0.as_secs_f64() * 1e3, cancels[ROUNDS - 1].0.as_secs_f64() * 1e3);
    let between = cancels.iter().map(|(_, between)| *between).max().unwrap();
    println!(
        "{{\"bench\":\"binance_order\",\"orders\":{ORDERS},\"p50_ms\":{p50:.3},\"p99_ms\":{p99:.3},\"full_p50_ms\":{full:.3},\
         \"ratio_full\":{:.2},\"cancels\":{OPEN},\"cancels_ms\":{typical:.1},\"cancels_worst_ms\":{longest:.1},\
         \"queries_among_cancels\":{between},\"queries\":{asked}}}",
        p50 / full
    );
}

fn at(times: &mut [Duration], share: f64) -> f64 {
    times.sort_unstable();
    times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3
}

/// Times from the command to the arrival of its order, and of the yardstick between them.
fn orders(pair: &Pair, yardstick: &Connection) -> (Vec<Duration>, Vec<Duration>) {
    let mut client = pair.client().unwrap();
    let mut begun = Vec::new();
    let mut bare = Vec::new();
    for number in 0..ORDERS {
        let command = Command::Submit(order(&format!("bench-{number}"), TimeInForce::Ioc).unwrap());
        let start = Instant::now();
        match client.request(command).unwrap() {
            Response::Order(record) => begun.push((record.id.replace('-', ""), start)),
            other => panic!("{other:?}"),
        }
        pair.server.wait_until("it has come", |state| state.exchange.orders.len() > number);
        bare.push(two_inserts(yardstick, number as i64));
    }
    let seen = pair.server.requests_to("POST", "/order");
    assert_eq!(seen.len(), ORDERS, "each once");
    let way = |(id, start): &(String, Instant)| {
        let came = seen.iter().find(|seen| seen.param("newClientOrderId") == Some(id)).unwrap();
        came.arrived - *start
    };
    (begun.iter().map(way).collect(), bare)
}

/// The time from the command to the arrival of the last cancel, and the queries that arrived among the cancels.
fn cancel_all(pair: &Pair, round: usize) -> (Duration, usize) {
    let mut client = pair.client().unwrap();
    for number in 0..OPEN {
        client.request(Command::Submit(order(&format!("open-{round}-{number}"), TimeInForce::Gtc).unwrap())).unwrap();
    }
    let open = |state: &binance_server::State| state.exchange.orders.values().filter(|order| order.is_open()).count();
    pair.server.wait_until("all rest", |state| open(state) == OPEN);
    let ids = pair.server.open_orders().iter().map(|order| order.client_id.clone()).collect::<Vec<_>>();
    let before = pair.server.requests().len();
    let (over, asked) = (AtomicBool::new(false), AtomicU64::new(0));
    let start = std::thread::scope(|scope| {
        for _ in 0..ASKERS {
            scope.spawn(|| {
                let mut client = pair.client().unwrap();
                while !over.load(Ordering::Relaxed) {
                    let (symbol, count) = ("BTCUSDT".into(), 500);
                    // Refusals of one who asks without end are as good as answers.
                    // Of another time each time, so that nothing has them at hand.
                    let back = Duration::from_secs(60 * asked.fetch_add(1, Ordering::Relaxed));
                    let before = Some(UtcTime::from_millis(1_795_219_200_000).minus(back));
                    let _ = client.request(Command::Candles { symbol, interval: Interval::Minute1, count, before });
                }
            });
        }
        pair.server.wait_until("candles are asked for", |state| state.journal.requests.len() > before + 20);
        let start = Instant::now();
        client.request(Command::Cancel(OrderSelection::Matching { symbol: None, side: None })).unwrap();
        pair.server.wait_until("all are canceled", |state| open(state) == 0);
        over.store(true, Ordering::Relaxed);
        start
    });
    let seen = pair.server.requests().split_off(before);
    let cancels: Vec<usize> = (0..seen.len()).filter(|at| seen[*at].method == "DELETE").collect();
    assert!(!cancels.is_empty() && !ids.is_empty());
    let (first, last) = (cancels[0], cancels[cancels.len() - 1]);
    let between = (first..last).filter(|at| seen[*at].path.ends_with("/klines")).count();
    (seen[last].arrived - start, between)
}

fn yardstick(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE orders (id INTEGER PRIMARY KEY, cid TEXT UNIQUE, sym INT, side INT, px INT, qty INT, state INT, ts INT);
             CREATE TABLE ev (seq INTEGER PRIMARY KEY, cid TEXT, kind INT, body TEXT, ts INT);",
        )
        .unwrap();
    connection
}

fn two_inserts(connection: &Connection, number: i64) -> Duration {
    let cid = format!("hg-{number:016x}");
    let start = Instant::now();
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate).unwrap();
    transaction
        .prepare_cached("INSERT INTO orders (cid, sym, side, px, qty, state, ts) VALUES (?, ?, ?, ?, ?, ?, ?)")
        .unwrap()
        .execute(params![cid, number % 100, 1, 59_000, 10, 0, number])
        .unwrap();
    transaction
        .prepare_cached("INSERT INTO ev (cid, kind, body, ts) VALUES (?, ?, ?, ?)")
        .unwrap()
        .execute(params![cid, 1, "{\"a\":1}", number])
        .unwrap();
    transaction.commit().unwrap();
    start.elapsed()
}
